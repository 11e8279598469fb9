"""A value that should be base64 and is not."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule


@rule(
    name="invalid-base64",
    summary="a value that should be base64 and is not",
    consequence="rejected",
    since="0.1.0",
    codes=("base64",),
)
def invalid_base64(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """`data` of a Secret and `binaryData` of a ConfigMap."""
    field, _, key = fault.path.partition(".")
    draft = ctx.finding(fault.span, f"the value of `{key}` {fault.reason}")
    plain = "stringData" if field == "data" else "data"
    yield draft.help(f"put plain text under `{plain}`, or encode it: `base64 -w0 FILE`")
