"""A key in both `data` and `binaryData`."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Fault, rule


@rule(
    name="key-defined-twice",
    summary="a key in both `data` and `binaryData`",
    consequence="rejected",
    since="0.1.0",
    codes=("key-twice",),
)
def key_defined_twice(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """They share one space of names."""
    draft = ctx.finding(fault.span, f"the key `{fault.text}` {fault.reason}")
    if fault.other:
        draft.also(fault.other, fault.label)
    yield draft.help("remove one of the two")
