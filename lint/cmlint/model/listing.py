"""The text that the facts of a live object stand in: its fields, one a line, each `path: value`.

A live object has no file. Spans into this text do for it what spans into a file do for a manifest, so that findings,
related places and what must not be shown need nothing of their own for a cluster.
"""

from __future__ import annotations

from cmlint.model.facts import Scalar, Span

LONGEST = 200
"""The characters of a value that are shown."""

SEPARATOR = ": "


class Listing:
    """Writes the listing of one object."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.length = 0

    def put(self, path: str, value: str) -> Scalar:
        """Adds a field, and gives its value with the place where it stands."""
        shown = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
        if not shown.isprintable():
            shown = "".join(c if c.isprintable() else " " for c in shown)
        start = self.length + len(path) + len(SEPARATOR)
        self.add(f"{path}{SEPARATOR}{shown}")
        return Scalar(value, start, start + len(shown))

    def name(self, path: str, key: str) -> Span:
        """Adds a field of which only the key is known, and gives the key's place."""
        start = self.length + len(path)
        self.add(path + key)
        return Span(start, start + len(key))

    def add(self, line: str) -> None:
        """Adds a line."""
        self.lines.append(line)
        self.length += len(line) + 1

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def field_at(line: str) -> str:
    """The path of the field that a line of a listing is about."""
    return line.partition(SEPARATOR)[0]
