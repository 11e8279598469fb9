"""A typed Secret without what its type requires."""

from collections.abc import Iterator

from cmlint.api import Consequence, Context, Draft, Fault, rule
from cmlint_rules.configmaps import is_example


@rule(
    name="incomplete-secret",
    summary="a typed Secret without what its type requires",
    consequence="rejected",
    since="0.1.0",
    codes=("secret-keys",),
)
def incomplete_secret(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Keys that are absent, and values that cannot be what they represent; a file to be copied need not have them."""
    consequence: Consequence | None = "tidiness" if is_example(ctx) else None
    if fault.path == "type":
        draft = ctx.finding(fault.span, f"a Secret of the type `{fault.text}` {fault.reason}", consequence=consequence)
        yield draft.help("add it; where the type does not matter, use `Opaque`")
    else:
        message = f"the value of `{fault.path.partition('.')[2]}` {fault.reason}"
        yield ctx.finding(fault.span, message, consequence=consequence)
