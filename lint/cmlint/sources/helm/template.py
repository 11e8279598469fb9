"""A Helm template, read line by line as far as its layout shows what it writes.

A template is not YAML before it is rendered, so it is not parsed: each line is taken for the field or item that it
seems to hold, by its indentation, and actions (`{{ ... }}`) represent any text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.kube.names import gaps
from cmlint.manifest.documents import cut
from cmlint.sources.yaml_tree import FileSpan, Part, read_part, unquoted

VERBATIM, POSSIBLE, OTHER = 2, 1, 0
"""How like a rendered text what is in a template is: the same, something that can become it, or neither."""

ACTION = r"\{\{(?:[^{}]|\{(?!\{)|\}(?!\}))*\}\}"
FIELD = (
    r"""("[^"\n]*"|'[^'\n]*'|[^\s:#"'\-{\[](?:[^:#\n]*[^:#\s])?|\{\{[^\n]{0,300}?\}\}[^\s:#]{0,300})"""
    r"[ \t]*:(?=[ \t]|$)[ \t]*"
)
COMMENT = r"(?:^|(?<=[ \t]))#[^\n]*$"
EMPTY = r"\{\{\s*\}\}"
ITEM = re.compile(r"-(?:[ \t]+|$)")
BEGIN = r"\{\{-?\s*(?:if|with|range|define|block)\b"
END = r"\{\{-?\s*end\b"
BLOCK = r"[|>][-+0-9]*"
ANYTHING = "\0"
"""What an action is before it is rendered."""


class Entry(NamedTuple):
    """A field or an item: the names of the fields that lead to it, and the numbers of the items that it is in.

    `text` is the value as it is written on the line, without quotes, with one ANYTHING for each action. It is the name
    of the item with the number `names`.
    """

    path: tuple[str, ...]
    items: tuple[int, ...]
    key: FileSpan | None
    value: FileSpan
    text: str
    names: int = 0


class Chunk:
    """A part of a template between two lines `---`."""

    def __init__(self, path: str, text: str, start: int, end: int) -> None:
        self.path, self.start, self.end = path, start, end
        self.entries = list(entries_in(path, blanked(text[start:end]), start))
        self.names = {entry.names: entry.text for entry in self.entries if entry.names}

    def top(self, *path: str) -> Entry | None:
        """The first field at a path."""
        return next((entry for entry in self.entries if entry.path == path and entry.key), None)

    def likeness(self, built: Part) -> tuple[int, int]:
        """Whether a rendered object may have been written here, by its name, where one is written, and its kind."""
        kind, name = self.top("kind"), self.top("metadata", "name")
        same = likeness_of(kind.text, built.word("kind")) if kind else OTHER
        named = likeness_of(name.text, built.word("metadata", "name")) if name else POSSIBLE
        return (named, same) if named and same else (OTHER, OTHER)

    @property
    def head(self) -> FileSpan:
        """What represents the complete object: the line of its kind, else its first."""
        kind = self.top("kind")
        return FileSpan(self.path, kind.key.start, kind.value.end) if kind and kind.key else self.first

    @property
    def first(self) -> FileSpan:
        """The first line that writes something."""
        found = next(iter(self.entries), None)
        return FileSpan(self.path, (found.key or found.value).start, found.value.end) if found else self.top_of_file

    @property
    def top_of_file(self) -> FileSpan:
        """The place before everything."""
        return FileSpan(self.path, self.start, self.start)


def entry_behind(chunk: Chunk, text: str, position: int) -> int:
    """Where the first entry begins on a line behind a position; the end of the part where there is none."""
    line = text.find("\n", position)
    starts = ((entry.key or entry.value).start for entry in chunk.entries)
    return min((start for start in starts if start > line >= 0), default=chunk.end)


def read_template(path: str, text: str) -> list[Chunk]:
    """The parts of a template."""
    return [Chunk(path, text, start, end) for start, end in cut(text)]


def blanked(text: str) -> str:
    """A template of the same length without what writes nothing: comments, and actions that fill complete lines.

    Actions inside a line keep their braces; what is between them is blank.
    """
    text = without_comments(text)
    text = re.sub(ACTION, lambda found: "{{" + re.sub(r"[^\n]", " ", found[0][2:-2]) + "}}", text)
    return re.sub(r"(?m)^[ \t]*(?:\{\{\s*\}\}[ \t]*)+$", lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def without_comments(text: str) -> str:
    """A template of the same length in which its comments are blank."""
    ends = [found.span() for found in re.finditer(r"\*/\s*-?\}\}", text)]
    parts: list[str] = []
    position = 0
    for found in re.finditer(r"\{\{-?\s*/\*", text) if ends else ():
        number = bisect_left(ends, (found.end(), 0))
        if position <= found.start() and number < len(ends):
            parts += text[position : found.start()], re.sub(r"[^\n]", " ", text[found.start() : ends[number][1]])
            position = ends[number][1]
    return "".join((*parts, text[position:]))


def without_actions(text: str) -> str:
    """A text of the same length in which all actions are blank."""
    return re.sub(ACTION, lambda found: " " * len(found[0]), text)


def as_yaml(text: str) -> str:
    """A template of the same length in which actions are letters, so that comments can be found as in YAML."""
    return re.sub(ACTION, lambda found: re.sub(r"[^\n]", "x", found[0]), blanked(text))


class Layout:
    """The fields and items that a line is in, by the columns at which they begin; an item has no name."""

    def __init__(self) -> None:
        self.open: list[tuple[int, str | None, int]] = []
        self.items = 0

    def enter(self, column: int, name: str | None) -> None:
        """Begins a field or an item, and so ends what is not around it; items may begin at the column of their list."""
        while self.open and (
            self.open[-1][0] > column or (self.open[-1][0] == column and (name is not None or self.open[-1][1] is None))
        ):
            self.open.pop()
        self.items += name is None
        self.open.append((column, name, self.items))

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(name for _, name, _ in self.open if name is not None)

    @property
    def named(self) -> int:
        """The number of the item that the innermost field is the name of; 0 when it is none."""
        if len(self.open) < 2 or self.open[-1][1] != "name" or self.open[-2][1] is not None:
            return 0
        return self.open[-2][2]

    @property
    def inside(self) -> tuple[int, ...]:
        """The numbers of the items."""
        return tuple(number for _, name, number in self.open if name is None)


def entries_in(path: str, text: str, base: int) -> Iterator[Entry]:
    """The fields and items of a text, in order."""
    layout = Layout()
    block = -1
    for line in re.finditer(r"[^\n]+", text):
        body = line[0].rstrip()
        column = len(body) - len(body.lstrip(" "))
        if not body or body[column] == "#" or 0 <= block < column:
            continue
        last, block = -1, -1
        while item := ITEM.match(body, column):
            layout.enter(column, None)
            last, column = column, item.end()
        field = re.match(FIELD, body[column:])
        if field:
            layout.enter(column, unquoted(field[1]))
            last = column
        if last < 0:
            continue
        start = column + (field.end() if field else 0)
        written = re.sub(COMMENT, "", body[start:]).rstrip()
        if re.fullmatch(BLOCK, written):
            block, shown = last, ANYTHING
        else:
            shown = unquoted(re.sub(EMPTY, ANYTHING, written))
        at = base + line.start()
        key = FileSpan(path, at + column, at + column + len(field[1])) if field else None
        value = FileSpan(path, at + start, at + start + len(written))
        entry = Entry(path=layout.path, items=layout.inside, key=key, value=value, text=shown, names=layout.named)
        yield entry
        if written.startswith("{"):
            yield from flow_entries(entry, written)


def is_conditional(text: str, offset: int) -> bool:
    """Whether what is at an offset of a template is written with some values only, or several times."""
    before = without_comments(text)[:offset]
    return len(re.findall(BEGIN, before)) > len(re.findall(END, before))


def opening(text: str, offset: int) -> int:
    """Where the field begins whose value is a block of lines around an offset; the offset where there is none."""
    blank = blanked(text)
    entries = list(entries_in("", blank, 0))
    number = bisect_left(entries, offset, key=lambda entry: (entry.key or entry.value).start) - 1
    if number < 0 or not re.fullmatch(BLOCK, blank[entries[number].value.start : entries[number].value.end]):
        return offset
    behind = entries[number + 1 :]
    end = (behind[0].key or behind[0].value).start if behind else len(blank)
    last = len(blank[: blank.rfind("\n", 0, end) + 1 if behind else end].rstrip())
    start = (entries[number].key or entries[number].value).start
    return start if offset <= last else offset


def flow_entries(around: Entry, written: str) -> Iterator[Entry]:
    """The fields of a mapping that is written on one line, and those inside of these."""
    place = around.value
    part = read_part(place.path, re.sub(EMPTY, lambda found: "x" * len(found[0]), written), place.start)
    stack = [(around.path, part)] if part else []
    while stack:
        path, inner = stack.pop()
        for name, (key, value) in inner.fields.items():
            text = written[value.place.start - place.start : value.place.end - place.start]
            names = around.items[-1] if around.items and not around.key and inner is part and name == "name" else 0
            shown = unquoted(re.sub(EMPTY, ANYTHING, text))
            yield Entry(path=(*path, name), items=around.items, key=key, value=value.place, text=shown, names=names)
            stack.append(((*path, name), value))


def filled(written: str, rendered: str) -> tuple[str, ...]:
    """What the actions in a text have become in what was rendered; nothing where that cannot be."""
    return tuple(gaps(written.split(ANYTHING), rendered.strip()) or ())


def likeness_of(written: str, rendered: str) -> int:
    """How like a rendered text what is in a template is."""
    if ANYTHING not in written:
        return VERBATIM if written == rendered else OTHER
    return POSSIBLE if filled(written, rendered) else OTHER
