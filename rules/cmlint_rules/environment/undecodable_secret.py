"""A value of a Secret that decodes to no text, read into a variable."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.environment import arriving


@rule(
    name="undecodable-secret",
    summary="a value of a Secret that does not decode to text, read into a variable",
    consequence="silent",
    since="0.1.0",
)
def undecodable_secret(container: Container, ctx: Context) -> Iterator[Draft]:
    """Plain text that happens to be valid base64 is accepted, and decoded to other bytes."""
    for found in arriving(container, ctx, "binary"):
        if "nul" in found.traits:
            continue
        draft = found.finding(f"{found.what} decodes to bytes that are not text", ctx)
        yield draft.help("if it is plain text, put it under `stringData`, or encode it; if not, mount it as a file")
