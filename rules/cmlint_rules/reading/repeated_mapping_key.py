"""A key that occurs twice in one mapping."""

from collections.abc import Iterator

from cmlint.api import Consequence, Context, Draft, Fault, rule


@rule(
    name="repeated-mapping-key",
    summary="a key that occurs twice in one mapping",
    consequence="rejected",
    since="0.1.0",
    codes=("repeated-key", "joined-objects"),
)
def repeated_mapping_key(fault: Fault, ctx: Context) -> Iterator[Draft]:
    """Strict validation refuses it; clients that make JSON of the file first let the last one win."""
    unrefused = ctx.placed.built is not None and ctx.placed.built.last_wins
    consequence: Consequence = "silent" if unrefused else "rejected"
    joined = fault.code == "joined-objects"
    message = "another object begins here, in the same document" if joined else f"the key `{fault.text}` {fault.reason}"
    draft = ctx.finding(fault.span, message, consequence=consequence)
    if fault.other:
        draft.also(fault.other, fault.label)
    for place in fault.more:
        draft.also(place, "and again here")
    if joined:
        yield draft.help("put a line `---` above it; if it is not rejected, only the last object is applied")
    else:
        which = "all but one" if fault.more else "one of the two"
        yield draft.help(f"remove {which}; if it is not rejected, the last one wins")
