"""A value with characters that look like blanks or quotes and are none."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.environment import arriving


@rule(
    name="typographic-characters",
    summary="a value with typographic quotes around it, or invisible characters at its ends",
    consequence="silent",
    since="0.1.0",
)
def typographic_characters(container: Container, ctx: Context) -> Iterator[Draft]:
    """YAML knows plain quotes and blanks; others, as web pages and word processors have them, are part of the value."""
    for found in arriving(container, ctx, "typographic"):
        message = f"{found.what} has typographic quotes or invisible characters, which become part of the variable"
        yield found.finding(message, ctx).help('remove them, or write plain quotes: `"..."`')
