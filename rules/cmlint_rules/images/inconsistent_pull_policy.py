"""One image that moves, pulled by different policies."""

from collections.abc import Iterator

from cmlint.api import Bundle, Context, Draft, Placed, Pull, rule
from cmlint_rules.images import movement, pulls

Group = tuple[str, str | None, str]


@rule(
    name="inconsistent-pull-policy",
    summary="one moving image with different pull policies",
    consequence="stale",
    since="0.1.0",
)
def inconsistent_pull_policy(bundle: Bundle, ctx: Context) -> Iterator[Draft]:
    """Within one namespace of what is applied together: other folders may be for other clusters."""
    for (_, _, name), found in groups(bundle, ctx).items():
        always = [entry for entry in found if entry[1].policy == "Always"]
        others = [entry for entry in found if entry[1].policy != "Always"]
        placed, pull = others[0]
        message = f"`{name}` is pulled by `{pull.policy}` here and by `Always` elsewhere: one name, different builds"
        span = (pull.use.policy or pull.use.written).span
        draft = ctx.finding(span, message, container=pull.use.container_name, placed=placed)
        for place, other in always + others[1:]:
            draft.also((other.use.policy or other.use.written).span, f"`{other.policy}` here", place)
        yield draft.help("give all of them the same policy; for a tag that moves, `Always`")


def groups(bundle: Bundle, ctx: Context) -> dict[Group, list[tuple[Placed, Pull]]]:
    """Where each moving image is pulled that is pulled by `Always` and by another policy.

    An image that is replaced before it is applied does not move.
    """
    found: dict[Group, list[tuple[Placed, Pull]]] = {}
    for group, placed, pull in moving(bundle, ctx):
        found.setdefault(group, []).append((placed, pull))
    differing = {group: entries for group, entries in found.items() if differ(entries)}
    applied = {
        group: [(placed, pull) for placed, pull in entries if not bundle.proofs.replaced(pull.subject)]
        for group, entries in differing.items()
    }
    return {group: entries for group, entries in applied.items() if differ(entries)}


def differ(entries: list[tuple[Placed, Pull]]) -> bool:
    """Whether some are pulled by `Always`, and others by another policy."""
    return len({pull.policy == "Always" for _, pull in entries}) > 1


def moving(bundle: Bundle, ctx: Context) -> Iterator[tuple[Group, Placed, Pull]]:
    """The images that move, each with what is applied together, the namespace and the name."""
    for placed in bundle.placed:
        for pull in pulls(placed, ctx):
            if movement(pull, ctx.settings) == "moves":
                name = f"{pull.image.short}:{pull.image.tag or 'latest'}"
                yield (together(placed, bundle), placed.namespace, name), placed, pull


def together(placed: Placed, bundle: Bundle) -> str:
    """What a document is applied together with: its cluster or folder, or its file where files go one by one."""
    if bundle.live:
        return ""
    return placed.path if placed.directory in bundle.index.repeated else placed.directory
