"""A ConfigMap or Secret that holds too much."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule


@rule(
    name="too-large",
    summary="a ConfigMap or Secret that holds more than 1 MiB",
    consequence="rejected",
    since="0.1.0",
    codes=("size",),
)
def too_large(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """All values together count, the keys do not."""
    draft = ctx.finding(fault.span, f"`{fault.path}` {fault.reason}")
    yield draft.help("split it, or put large files into an image or a volume")
