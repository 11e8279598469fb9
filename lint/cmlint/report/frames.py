"""The source lines of a finding, with what belongs to it underlined, like a compiler's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from cmlint.model.facts import Span
from cmlint.model.findings import Finding, Location
from cmlint.report.characters import HIDDEN, width
from cmlint.report.paint import Paint
from cmlint.system.text import characters, printable
from cmlint.texts import Texts

WIDTH = 120
"""The columns of a frame without a terminal."""

FARTHEST = 20
"""The part of a long line that is read, as a multiple of the width of a frame."""

SHOWN = 6
"""Of a place with more lines than this only the first and the last are shown."""


class Mark(NamedTuple):
    """A place to be underlined: lines are 1-based, `start` and `end` are 0-based characters in the first and last."""

    first: int
    last: int
    start: int
    end: int
    label: str
    primary: bool


class Cell(NamedTuple):
    """A character as it is shown, and its columns; one that is not shown at all is empty."""

    text: str
    columns: int


class Frames:
    """Draws findings; the places in `masked` are never shown."""

    def __init__(self, texts: Texts, masked: Mapping[str, Sequence[Span]], paint: Paint, columns: int | None) -> None:
        self.texts, self.paint, self.width = texts, paint, columns or WIDTH
        self.masked = {path: Masked(spans) for path, spans in masked.items()}

    def draw(self, finding: Finding, margin: int) -> Iterator[str]:
        """The lines of a frame: the finding's own file first, then the others; line numbers take `margin` columns."""
        by_path: dict[str, list[Mark]] = {}
        by_path[finding.location.path] = [mark_of(finding.location, "", primary=True)]
        for related in finding.related:
            mark = mark_of(related.location, related.label, primary=False)
            by_path.setdefault(related.location.path, []).append(mark)
        arrow = "-->"
        for path, marks in by_path.items():
            head = finding.location.start if arrow == "-->" else None
            line, column = (head.line, head.column) if head else (marks[0].first, marks[0].start + 1)
            where = "" if self.texts.listing(path) is not None else f":{line}:{column}"
            yield f"{' ' * margin}{self.paint('line', arrow)} {printable(path)}{where}"
            yield from Snippet(self, path, marks, finding.severity, margin).lines()
            arrow = ":::"


class Masked:
    """Places that are never shown, by where they are."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = sorted(spans, key=lambda span: span.start)
        self.ends = list(accumulate((span.end for span in self.spans), max))

    def within(self, start: int, end: int) -> Iterator[Span]:
        """Those that have something between two offsets."""
        for span in islice(self.spans, bisect_right(self.ends, start), None):
            if span.start >= end:
                return
            if span.end > start:
                yield span


class Snippet:
    """The lines of one file that belong to a finding."""

    def __init__(self, frames: Frames, path: str, marks: list[Mark], severity: str, margin: int) -> None:
        self.text = frames.texts.get(path)
        self.masked = frames.masked.get(path) or Masked(())
        self.numbered = frames.texts.listing(path) is None
        self.paint, self.severity, self.margin = frames.paint, severity, margin
        self.long = next((mark for mark in marks if mark.last > mark.first), None)
        self.width = max(frames.width - margin - 3 - (2 if self.long else 0), 20)
        self.marks = [mark if mark is self.long else self.cut(mark) for mark in marks]

    def cut(self, mark: Mark) -> Mark:
        """A mark of several lines, as its first."""
        if mark.last == mark.first:
            return mark
        line = self.text.part(mark.first, mark.start, mark.start + FARTHEST * self.width)
        return mark._replace(last=mark.first, end=mark.start + len(line.rstrip()))

    def lines(self) -> Iterator[str]:
        """The snippet, between two lines without anything."""
        yield self.bare()
        before = 0
        for number in self.numbers():
            if before and number == before + 2:
                yield from self.source(number - 1)
            elif before and number > before + 1:
                yield self.paint("line", "...") + (self.bar(number)).rstrip()
            yield from self.source(number)
            before = number
        yield self.bare()

    def numbers(self) -> list[int]:
        """The lines that are shown."""
        found = {mark.first for mark in self.marks}
        if self.long:
            whole = range(self.long.first, self.long.last + 1)
            found.update(whole if len(whole) <= SHOWN else (*whole[: SHOWN // 2], whole[-1]))
        return sorted(found)

    def bare(self) -> str:
        """The margin of a line that has no number."""
        return f"{' ' * self.margin} {self.paint('line', '|')}"

    def bar(self, number: int) -> str:
        """What is between the margin and a source line: the side of a place with several lines."""
        if self.long is None:
            return " "
        inside = self.long.first < number <= self.long.last
        return f" {self.mark('|', self.long)} " if inside else "   "

    def mark(self, text: str, mark: Mark) -> str:
        """A text in a mark's colour."""
        return self.paint(self.severity if mark.primary else "line", text)

    def source(self, number: int) -> Iterator[str]:
        """A source line, and what is underlined in it; again for a place too far away to be shown with the first."""
        marks = sorted((mark for mark in self.marks if mark.first == mark.last == number), key=lambda m: m.start)
        begins = self.long is not None and self.long.first == number
        shown = (
            f"{self.paint('line', str(number if self.numbered else '').rjust(self.margin))} {self.paint('line', '|')}"
        )
        for part in self.parts(number, marks):
            window = self.window(number, part)
            side = f" {self.mark('/', self.long)} " if begins and self.long else self.bar(number)
            yield f"{shown}{side}{window.text}".rstrip()
            for mark in sorted(part, key=lambda m: not m.primary):
                yield from self.underlined(window, mark, self.bar(number))
        if self.long and self.long.last == number:
            yield from self.ended(self.window(number, []), self.long)

    def parts(self, number: int, marks: list[Mark]) -> list[list[Mark]]:
        """The marks of a line, those together that can be shown at once."""
        fits = self.text.length(number) <= self.width and width(printable(self.text.line(number))) <= self.width
        parts: list[list[Mark]] = [[]]
        for mark in marks:
            if not fits and parts[-1] and mark.end - parts[-1][0].start > self.width // 2:
                parts.append([])
            parts[-1].append(mark)
        return parts

    def window(self, number: int, marks: list[Mark]) -> Window:
        """What is shown of a source line; of a very long one only what is around the marks is looked at."""
        length = self.text.length(number)
        low = max((marks[0].start if marks else 0) - self.width, 0)
        high = min(max((mark.end for mark in marks), default=0) + self.width, low + FARTHEST * self.width, length)
        cells = [Cell(shown, width(shown)) for shown in characters(self.text.part(number, low, high))]
        start = self.text.starts[number - 1] + low
        for span in self.masked.within(start, start + len(cells)):
            hide(cells, max(span.start - start, 0), min(span.end - start, len(cells)))
        return Window(cells, low, length, marks, self.width)

    def underlined(self, window: Window, mark: Mark, bar: str) -> Iterator[str]:
        """The line below a source line for one mark, and another for a label that has no room beside it."""
        start, length = window.place(mark.start, mark.end)
        line = self.mark(("^" if mark.primary else "-") * length, mark)
        label = printable(mark.label)
        room = self.width - start - length - 1
        prefix = self.bare() + bar
        if not label or width(label) <= room:
            yield f"{prefix}{' ' * start}{line}" + (f" {self.mark(label, mark)}" if label else "")
            return
        yield f"{prefix}{' ' * start}{line}"
        yield f"{prefix}{' ' * max(min(start, self.width - width(label)), 0)}{self.mark(label, mark)}"

    def ended(self, window: Window, mark: Mark) -> Iterator[str]:
        """The line below the last source line of a place with several."""
        line = "|_" + "_" * (window.place(0, mark.end)[1] - 1) + ("^" if mark.primary else "-")
        label = f" {printable(mark.label)}" if mark.label else ""
        yield f"{self.bare()} {self.mark(line + label, mark)}"


class Window:
    """The part of a source line that is shown: all of it, or what is around the marks.

    `cells` are the characters from `low` on, of a line with `length` characters.
    """

    def __init__(self, cells: list[Cell], low: int, length: int, marks: list[Mark], room: int) -> None:
        self.cells, self.low = cells, low
        self.left, self.right = 0, len(cells)
        if self.columns(0, len(cells)) > room:
            first = marks[0].start - low if marks else 0
            last = max((mark.end - low for mark in marks), default=0)
            self.fit(first, last, room - 2)
        self.before = "…" if low + self.left else ""
        after = "…" if low + self.right < length else ""
        self.text = self.before + "".join(cell.text for cell in cells[self.left : self.right]) + after

    def columns(self, start: int, end: int) -> int:
        """The columns from one cell to another."""
        return sum(cell.columns for cell in self.cells[start:end])

    def fit(self, first: int, last: int, room: int) -> None:
        """Cuts the line so that what is marked is in the middle, as far as there is room for it."""
        self.left, self.right = first, first
        half = (room - self.columns(first, last)) // 2
        taken = self.widen_left(0, half)
        while self.right < len(self.cells) and taken + self.cells[self.right].columns <= room:
            taken += self.cells[self.right].columns
            self.right += 1
        self.widen_left(taken, room)

    def widen_left(self, taken: int, room: int) -> int:
        """Shows more on the left as long as there is room, and says how many columns are taken then."""
        while self.left and taken + self.cells[self.left - 1].columns <= room:
            self.left -= 1
            taken += self.cells[self.left].columns
        return taken

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the shown text a place begins, and its columns, at least one."""
        start, end = max(start - self.low, self.left), min(end - self.low, self.right)
        return len(self.before) + self.columns(self.left, start), max(self.columns(start, end), 1)


def mark_of(location: Location, label: str, *, primary: bool) -> Mark:
    """A place to be underlined; one that ends before the first character of a line ends with the line above."""
    start, end = location.start, location.end
    if end.column == 1 and end.line > start.line:
        return Mark(
            first=start.line, last=end.line - 1, start=start.column - 1, end=end.offset, label=label, primary=primary
        )
    return Mark(
        first=start.line, last=end.line, start=start.column - 1, end=end.column - 1, label=label, primary=primary
    )


def hide(cells: list[Cell], start: int, end: int) -> None:
    """Replaces what must not be shown, its indentation left as it is."""
    while start < end and cells[start].text == " ":
        start += 1
    if start < end:
        cells[start:end] = [Cell(HIDDEN, len(HIDDEN)), *[Cell("", 0)] * (end - start - 1)]
