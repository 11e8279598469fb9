"""Patterns of lines that are searched from a word, because to go back over the indentation of each line takes long."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

REACH = 1000
"""The number of characters before a word that are searched."""


class FromWord(msgspec.Struct, frozen=True):
    """A pattern of a line, or of a few `lines`, which a text can only have if it has a certain word.

    `pattern` begins with what can be searched quickly. `before` is what must be there before it, back to the end of the
    line above. Both are compiled at first use.
    """

    word: str
    pattern: str
    before: str = ""
    lines: int = 0

    def find(self, text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
        """Where it is in a text: what is before, and what the pattern finds."""
        before = re.compile(rf"{self.before}\Z")
        for found in re.finditer(self.pattern, text) if self.word in text else ():
            if begin := before.search(text, above(text, found.start(), self.lines), found.start()):
                yield begin, found


def above(text: str, at: int, lines: int) -> int:
    """The end of the line that is a few lines above a character."""
    far, begin = max(at - REACH, 0), at
    for _ in range(lines):
        begin = max(text.rfind("\n", far, begin), far)
    return begin
