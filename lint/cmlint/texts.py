"""The texts that findings stand in: loaded again only where something has to be shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from cmlint.model.facts import Span
from cmlint.model.findings import Location, Position


class Text:
    """One text with its lines; a line ends with `\\n`, `\\r\\n` or `\\r`, as in every editor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [1 if text.startswith("\ufeff") else 0]
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
        """A line by its 1-based number, without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Texts:
    """Texts by the path under which they are shown; `read` loads one."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.known: dict[str, Text] = {}

    def get(self, path: str) -> Text:
        """The text at a path."""
        if path not in self.known:
            self.known[path] = Text(self.read(path))
        return self.known[path]

    def locate(self, path: str, span: Span) -> Location:
        """A span with its lines and columns."""
        text = self.get(path)
        return Location(path, text.position(span.start), text.position(span.end))
