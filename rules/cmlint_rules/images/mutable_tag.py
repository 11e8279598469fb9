"""A tag that moves, which nodes do not pull again."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule, versions
from cmlint_rules.images import Pull, is_loaded, movement, pulls
from cmlint_rules.rollout import ROLLING, named, renewal


@rule(
    name="mutable-tag",
    summary="a tag that moves, but that a node does not pull again",
    consequence="stale",
    since="0.1.0",
    fixable=True,
)
def mutable_tag(document: Document, ctx: Context) -> Iterator[Draft]:
    """Containers and image volumes."""
    for pull in pulls(ctx.placed, ctx):
        moving = movement(pull, ctx.settings)
        if pull.policy == "Always" or moving == "pinned" or is_loaded(pull.image):
            continue
        floats = moving == "floats"
        message = f"{subject(pull, floats=floats)}, but {once(pull)}: {outcome(floats=floats)}"
        draft = ctx.finding(pull.use.written.span, message, pedantic=floats, container=pull.use.container_name)
        if pull.use.policy:
            draft.also(pull.use.policy.span, "set here")
        wanted = f"set `{pull.use.field}: Always`"
        way = f"{renewal(ctx, 'after each push')}{other_spelling(pull, ctx)}"
        draft.help(f"{wanted}, and {way}; or pin a full version or a digest")
        yield draft.fix(wanted, pull.use.always, safe=pull.policy != "Never")


def other_spelling(pull: Pull, ctx: Context) -> str:
    """The other way to roll what runs `latest` where kubectl cannot restart: `app` and `app:latest` are the same."""
    old = ctx.settings.kubernetes_version < versions.ROLLOUT_RESTART and ctx.document.kind in ROLLING
    if not old or pull.image.tag not in (None, "latest") or not pull.use.container_name:
        return ""
    other = pull.image.short if pull.image.tag else f"{pull.image.short}:latest"
    return f", or `kubectl set image {named(ctx.document)} {pull.use.container_name}={other}`"


def subject(pull: Pull, *, floats: bool) -> str:
    """What moves."""
    if pull.image.tag is None:
        return "without a tag it is `latest`, which moves"
    return f"the tag `{pull.image.tag}` " + ("follows a version" if floats else "moves")


def once(pull: Pull) -> str:
    """Why no node notices."""
    if pull.policy == "Never":
        return "no node pulls it (`Never`)"
    if pull.stored:
        return f"the live object was created with `{pull.policy}` and keeps it, so that a node pulls it once"
    return f"{'by default ' * pull.by_default}a node pulls it once (`IfNotPresent`)"


def outcome(*, floats: bool) -> str:
    """What the author will wait for in vain."""
    if floats:
        return "a newer build of that version does not arrive"
    return "pushing it again and restarting changes nothing"
