"""The texts that findings are in: loaded again only where something has to be shown."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping

from cmlint.model.facts import Span
from cmlint.model.findings import Location, Position


class Text:
    """One text with its lines; a line ends with `\\n`, `\\r\\n` or `\\r`, as in every editor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("Q", [1 if text.startswith("\ufeff") else 0])
        position = 0
        if "\r" not in text:
            while (position := text.find("\n", position) + 1) > 0:
                self.starts.append(position)
        else:
            for i, character in enumerate(text):
                if character == "\n" or (character == "\r" and text[i + 1 : i + 2] != "\n"):
                    self.starts.append(i + 1)

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        line = max(bisect_right(self.starts, offset) - 1, 0)
        return Position(line + 1, max(offset - self.starts[line], 0) + 1, offset)

    def line(self, number: int) -> str:
        """A line by its 1-based number, without its end; empty if the text has fewer."""
        return self.part(number, 0, len(self.text))

    def part(self, number: int, low: int, high: int) -> str:
        """The characters of a line from one column to another; nothing else of a long line is copied."""
        begin = self.starts[number - 1] if number <= len(self.starts) else len(self.text)
        return self.text[begin + low : min(begin + high, begin + self.length(number))]

    def length(self, number: int) -> int:
        """The characters of a line, without its end."""
        if number > len(self.starts):
            return 0
        begin = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        while end > begin and self.text[end - 1] in "\r\n":
            end -= 1
        return end - begin


class Texts:
    """Texts by the path under which they are shown; `read` loads one, `listings` are those of live objects."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.known: dict[str, Text] = {}
        self.listings: list[Mapping[str, str]] = []

    def get(self, path: str) -> Text:
        """The text at a path."""
        if path not in self.known:
            listing = self.listing(path)
            self.known[path] = Text(self.read(path) if listing is None else listing)
        return self.known[path]

    def listing(self, path: str) -> str | None:
        """The listing of a live object, or None if the path is not of a live object."""
        return next((listings[path] for listings in self.listings if path in listings), None)

    def locate(self, path: str, span: Span) -> Location:
        """A span with its lines and columns, and in a listing its field."""
        text = self.get(path)
        start, end = text.position(span.start), text.position(span.end)
        if not self.listings or self.listing(path) is None:
            return Location(path, start, end)
        from cmlint.model.cluster_objects import field_at

        return Location(path, start, end, field_at(text.line(start.line)))
