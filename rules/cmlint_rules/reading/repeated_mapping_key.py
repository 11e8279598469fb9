"""A key that stands twice in one mapping."""

from collections.abc import Iterator

from cmlint.api import Consequence, Context, Draft, Fault, rule


@rule(
    name="repeated-mapping-key",
    summary="a key that stands twice in one mapping",
    consequence="rejected",
    since="0.1.0",
    codes=("repeated-key",),
)
def repeated_mapping_key(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Strict validation refuses it; clients that make JSON of the file first let the last one win."""
    unrefused = ctx.placed.built is not None and ctx.placed.built.last_wins
    consequence: Consequence = "silent" if unrefused else "rejected"
    draft = ctx.finding(fault.span, f"the key `{fault.text}` {fault.reason}", consequence=consequence)
    if fault.other:
        draft.also(fault.other, fault.label)
    yield draft.help("remove one of the two; where it is not refused, the last one wins")
