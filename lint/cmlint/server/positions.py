"""Offsets to positions and back, as the Language Server Protocol counts them: lines from 0, and UTF-16 code units.

A line ends with `\\n`, `\\r\\n` or a lone `\\r`. U+0085 and U+2028 end none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.model.facts import Span
from cmlint.texts import Text


class Position(NamedTuple):
    """A place in a text: the line, and the UTF-16 code units before it there, both from 0."""

    line: int
    character: int


class Range(NamedTuple):
    """A stretch of a text, from `start` up to but not including `end`."""

    start: Position
    end: Position


class Lines:
    """The lines of a text; a byte order mark counts as a character only in a text that an editor has sent."""

    def __init__(self, text: str, *, sent: bool = False) -> None:
        self.content, self.length = text, len(text)
        self.text = Text(text)
        if sent:
            self.text.starts[0] = 0

    def position(self, offset: int) -> Position:
        """The position of an offset; one outside of the text is at its nearer end."""
        starts = self.text.starts
        offset = min(max(offset, starts[0]), self.length)
        line = max(bisect_right(starts, offset) - 1, 0)
        return Position(line, units(self.content[starts[line] : offset]))

    def offset(self, line: int, character: int) -> int:
        """The offset of a position; behind the end of a line it is that end, behind the last line the text's end."""
        starts = self.text.starts
        if line >= len(starts):
            return self.length
        line = max(line, 0)
        start, length = starts[line], self.text.length(line + 1)
        content = self.content[start : start + length]
        if content.isascii():
            return start + min(max(character, 0), length)
        for number, letter in enumerate(content):
            if character <= 0:
                return start + number
            character -= units(letter)
        return start + length

    def range(self, span: Span) -> Range:
        """A stretch of the text."""
        return Range(self.position(span.start), self.position(span.end))

    def span(self, start: tuple[int, int], end: tuple[int, int]) -> Span:
        """The offsets of a range."""
        return Span(self.offset(*start), self.offset(*end))


def sound(text: str) -> str:
    """A text in which U+FFFD is in the place of each half of a character; all positions stay as they are."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def units(text: str) -> int:
    """The UTF-16 code units of a text."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


class Moved:
    """How the characters of a text move when it becomes another one: one stretch is replaced, and no more is known."""

    def __init__(self, old: str, new: str) -> None:
        self.same = old == new
        shorter = min(len(old), len(new))
        self.first = common(old, new, shorter)
        behind = common(old[self.first :][::-1], new[self.first :][::-1], shorter - self.first)
        self.last, self.shift = len(old) - behind, len(new) - len(old)
        self.lines = [self.first, self.last]
        if not self.same:
            self.lines = [old.rfind("\n", 0, self.first) + 1, end_of_line(old, self.last)]

    def span(self, span: Span) -> Span | None:
        """Where a stretch is in the new text; None where a line of it was changed."""
        if self.same or span.end <= self.lines[0]:
            return span
        if span.start >= self.lines[1]:
            return Span(span.start + self.shift, span.end + self.shift)
        return None

    def back(self, offset: int) -> int:
        """Where a character of the new text was in the old one, or the nearest one that was there."""
        if self.same or offset <= self.first:
            return offset
        return max(offset - self.shift, self.first) if offset - self.shift >= self.last else self.first


def common(one: str, other: str, most: int) -> int:
    """How many characters two texts have in common at their beginnings."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def end_of_line(text: str, offset: int) -> int:
    """Where the line ends that an offset is in, its break included."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text without their ends, each with its offset."""
    found = Text(text)
    for number, start in enumerate(found.starts, 1):
        yield start, text[start : start + found.length(number)]
