"""An annotation under cmlint's own prefix that it does not know."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule

IGNORE = "cmlint.dev/ignore"


@rule(
    name="unknown-annotation",
    summary="an unknown annotation `cmlint.dev/...`",
    consequence="silent",
    since="0.1.0",
)
def unknown_annotation(document: Document, ctx: Context) -> Iterator[Draft]:
    """There is one: `cmlint.dev/ignore`. Whoever wrote another believes that something is suppressed."""
    for name in document.strangers:
        if name.value == IGNORE:
            draft = ctx.finding(name.span, f"`{IGNORE}` of a pod template suppresses nothing")
            yield draft.help("write it under the `metadata` of the object itself")
            continue
        draft = ctx.finding(name.span, f"`{name.value}` is not an annotation of cmlint and suppresses nothing")
        yield draft.help(f"write `{IGNORE}: rule, ...`")
