"""A tag that moves, which nodes do not pull again."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule
from cmlint_rules.images import Pull, is_loaded, movement, pulls
from cmlint_rules.rollout import renewal

SAID = {
    "moves": ("moves", "pushing it again and restarting changes nothing"),
    "floats": ("follows a version", "a newer build of that version does not arrive"),
    "named": ("names no version", "if it is pushed again, restarting changes nothing"),
}
"""What a tag does, and what its author will then wait for in vain."""


@rule(
    name="mutable-tag",
    summary="a tag that moves, but that a node does not pull again",
    consequence="stale",
    since="0.1.0",
    fixable=True,
)
def mutable_tag(document: Document, ctx: Context) -> Iterator[Draft]:
    """Containers and image volumes."""
    for pull in pulls(document, ctx.settings):
        moving = movement(pull, ctx.settings)
        if pull.policy == "Always" or moving == "pinned" or is_loaded(pull):
            continue
        does, outcome = SAID[moving]
        what = f"the tag `{pull.image.tag}` {does}" if pull.image.tag else "without a tag it is `latest`, which moves"
        message = f"{what}, but {once(pull)}: {outcome}"
        pedantic = moving != "moves"
        draft = ctx.finding(pull.use.written.span, message, pedantic=pedantic, container=pull.use.container_name)
        if pull.use.policy:
            draft.also(pull.use.policy.span, "set here")
        wanted = f"set `{pull.use.field}: Always`"
        draft.help(f"{wanted}, and {renewal(ctx, 'after each push')}; or pin a full version or a digest")
        yield draft.fix(wanted, pull.use.always, safe=pull.policy != "Never")


def once(pull: Pull) -> str:
    """Why no node notices."""
    if pull.policy == "Never":
        return "no node pulls it (`Never`)"
    return f"{'by default ' * pull.by_default}a node pulls it once (`IfNotPresent`)"
