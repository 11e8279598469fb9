"""Permissions written without the zero that makes a number octal."""

from collections.abc import Iterator

from cmlint.api import Context, Draft, Volume, rule

MODES = frozenset(("400", "404", "440", "444", "500", "505", "550"))
"""What permissions look like in octal; as decimal numbers they mean some that nobody wants, larger ones are refused."""


@rule(
    name="decimal-mode",
    summary="permissions of files written without the leading zero, so that they are a decimal number",
    consequence="silent",
    since="0.1.0",
)
def decimal_mode(volume: Volume, ctx: Context) -> Iterator[Draft]:
    """`400` is 0620 in octal: the group may write, and nobody meant that."""
    for mode in volume.modes:
        if mode.value in MODES:
            means = f"0{int(mode.value):o}"
            draft = ctx.finding(mode.span, f"`{mode.value}` is a decimal number, and means the permissions {means}")
            yield draft.help(f"did you mean `0{mode.value}`? In JSON, write {int(mode.value, 8)}")
