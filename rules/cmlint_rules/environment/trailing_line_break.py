"""A value of one line whose line break reaches the variable."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule
from cmlint_rules.environment import arriving

ENCODED = "encode it without the line break: `echo -n` or `printf %s`"
PLAIN = "end the block with `|-` instead of `|`, or write the value in one line"


@rule(
    name="trailing-line-break",
    summary="a value of one line that ends in a line break, read into a variable",
    consequence="silent",
    since="0.1.0",
)
def trailing_line_break(container: Container, ctx: Context) -> Iterator[Draft]:
    """The kubelet takes values as they are (makeEnvironmentVariables), and the line break with them.

    What the values of a chart give to containers goes through its templates first. A name with a dot is a file's:
    `envFrom` brings it along, and nothing reads it as a variable.
    """
    if not (ctx.pod and ctx.pod.exact) and not ctx.placed.plain_pods:
        return
    for found in arriving(container, ctx, "line-break"):
        if found.origin and "." in found.variable:
            continue
        draft = found.finding(f"{found.what} ends in a line break, which becomes part of the variable", ctx)
        yield draft.help(f"{PLAIN}; {ENCODED}" if found.origin and found.origin.kind == "Secret" else PLAIN)
