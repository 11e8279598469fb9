"""A value with a NUL, which no variable can hold."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.environment import arriving


@rule(
    name="nul-in-value",
    summary="a value with a NUL, read into a variable",
    consequence="stuck",
    since="0.1.0",
)
def nul_in_value(container: Container, ctx: Context) -> Iterator[Draft]:
    """A NUL ends a string of the operating system: the runtime refuses the variable, and the container stays away."""
    for found in arriving(container, ctx, "nul"):
        message = f"{found.what} has a NUL, which no variable can hold"
        yield found.finding(message, ctx).help("remove the NUL, or mount the value as a file")
