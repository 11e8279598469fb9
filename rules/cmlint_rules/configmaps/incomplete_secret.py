"""A typed Secret without what its type requires."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule


@rule(
    name="incomplete-secret",
    summary="a typed Secret without what its type requires",
    consequence="rejected",
    since="0.1.0",
    codes=("secret-keys",),
)
def incomplete_secret(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Keys that are absent, and values that cannot be what they represent."""
    if fault.path == "type":
        draft = ctx.finding(fault.span, f"a Secret of the type `{fault.text}` {fault.reason}")
        yield draft.help("add it; where the type does not matter, use `Opaque`")
    else:
        yield ctx.finding(fault.span, f"the value of `{fault.path.partition('.')[2]}` {fault.reason}")
