"""Any YAML text as a tree in which every value knows where it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cmlint.manifest.decode import Decoder
from cmlint.manifest.documents import cut
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, TooDeepError, YamlSyntaxError, compose
from cmlint.model.facts import Span

LARGEST = 1_000_000
"""A document with more values than this is made of aliases of aliases, and none that anybody wrote."""


BINARY = "tag:yaml.org,2002:binary"
MERGE = "<<"
"""The key that merges other mappings in."""


class FileSpan(NamedTuple):
    """A stretch of a text that is known by its path."""

    path: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Part:
    """A value: a scalar has a `text`, a mapping `fields`, a sequence `items`.

    `repeated` are entries of the mapping with a name that counts elsewhere in it: readers differ in which of them wins.
    """

    __slots__ = ("fields", "items", "place", "repeated", "text")

    def __init__(
        self,
        place: FileSpan,
        text: str | None = None,
        fields: dict[str, Field] | None = None,
        items: list[Part] | None = None,
        repeated: Sequence[tuple[str, Part]] = (),
    ) -> None:
        self.place, self.text = place, text
        self.fields: dict[str, Field] = fields or {}
        self.items: list[Part] = items or []
        self.repeated = repeated

    def at(self, *names: str) -> Part | None:
        """What is at a path of fields, or None."""
        part: Part | None = self
        for name in names:
            field = part.fields.get(name) if part else None
            part = field.value if field else None
        return part

    def word(self, *names: str) -> str:
        """The scalar at a path of fields; empty where there is none."""
        part = self.at(*names)
        return part.text or "" if part else ""

    def entries(self, name: str) -> list[Part]:
        """The items of a list that is a field."""
        part = self.at(name)
        return part.items if part else []

    def entries_written(self) -> list[tuple[str, Part]]:
        """Every entry of a mapping, also those that another one of the name may replace."""
        return [*((name, field.value) for name, field in self.fields.items()), *self.repeated]

    @property
    def collections(self) -> list[Part]:
        """The mappings and sequences directly in it."""
        values = (*(value for _, value in self.entries_written()), *self.items)
        return [value for value in values if value.text is None]

    def scalars(self) -> Iterator[Part]:
        """Every scalar in the tree."""
        if self.text is not None:
            yield self
        for part in (*(field.value for field in self.fields.values()), *self.items):
            yield from part.scalars()

    def names(self) -> Iterator[str]:
        """The name of every field in the tree."""
        yield from self.fields
        for part in (*(field.value for field in self.fields.values()), *self.items):
            yield from part.names()


class Field(NamedTuple):
    """An entry of a mapping: where its key is written, and its value."""

    key: FileSpan
    value: Part


def read_parts(path: str, text: str) -> list[Part]:
    """The documents of a text that can be parsed."""
    return [part for start, end in cut(text) if (part := read_part(path, text[start:end], start))]


def read_whole(path: str, text: str) -> tuple[list[Part], bool]:
    """The documents of a text, and whether these are all: no other one has failed to be parsed."""
    found = [(read_part(path, text[start:end], start), text[start:end]) for start, end in cut(text)]
    parts = [part for part, _ in found if part]
    return parts, all(part or is_empty(chunk) for part, chunk in found)


def is_empty(chunk: str) -> bool:
    """Whether a document holds nothing."""
    try:
        return compose(chunk) is None
    except (YamlSyntaxError, TooDeepError, ValueError):
        return False


def read_part(path: str, chunk: str, base: int) -> Part | None:
    """One document, which begins at a character of its text; None where it is empty or cannot be parsed."""
    try:
        node = compose(chunk)
        if node is None or ("*" in chunk and size_of(node, {}) > LARGEST):
            return None
        return part_of(Decoder(chunk, base), path, node)
    except (YamlSyntaxError, TooDeepError, ValueError):
        return None


def size_of(node: Node, known: dict[int, int]) -> int:
    """The values in a tree, those behind aliases as often as they are met."""
    if isinstance(node, ScalarNode):
        return 1
    if id(node.value) not in known:
        children = node.value if isinstance(node, SequenceNode) else (part for pair in node.value for part in pair)
        known[id(node.value)] = 1 + sum(size_of(child, known) for child in children)
    return known[id(node.value)]


def part_of(decoder: Decoder, path: str, node: Node) -> Part:
    """A node with all that is below it."""
    place = FileSpan(path, *place_of(decoder, node))
    if isinstance(node, ScalarNode):
        value = decoder.resolve(node) if node.tag == BINARY else node.value
        return Part(place, text=str(value))
    if isinstance(node, SequenceNode):
        return Part(place, items=[part_of(decoder, path, item) for item in node.value])
    fields = {
        name: Field(FileSpan(path, *place_of(decoder, key)), part_of(decoder, path, value))
        for name, key, value in decoder.items(node)
    }
    if len(fields) == len(node.value) and all(key.value != MERGE for key, _ in node.value):
        return Part(place, fields=fields)
    return Part(place, fields=fields, repeated=[(name, part_of(decoder, path, value)) for name, value in pairs(node)])


def pairs(node: Node) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping with scalar keys as they are written, those of mappings that are merged in included."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key, ScalarNode):
            yield str(key.value), value
            if key.value == MERGE:
                for item in value.value if isinstance(value, SequenceNode) else (value,):
                    yield from pairs(item)


def place_of(decoder: Decoder, node: Node) -> tuple[int, int]:
    """Where a node begins and ends."""
    span = decoder.span(node)
    return span.start, span.end


def inner_part(part: Part, text: str) -> list[Part]:
    """The documents written inside a scalar, such as a patch in a kustomization; `text` is the complete text around it.

    Inside a literal block everything before is blanked out, so that each place is one in the complete text; what is in
    quotes has the place of the scalar.
    """
    written = text[part.place.start : part.place.end]
    if written.startswith("|"):
        header = text.find("\n", part.place.start) + 1
        blank = "".join(c if c in "\r\n" else " " for c in text[:header])
        if found := read_part(part.place.path, blank + text[header : part.place.end], 0):
            return [found]
    return [moved(inner, part.place) for inner in read_parts(part.place.path, part.text or "")]


def moved(part: Part, place: FileSpan) -> Part:
    """A tree of which every part is at one place."""
    fields = {name: Field(place, moved(field.value, place)) for name, field in part.fields.items()}
    return Part(place, part.text, fields, [moved(item, place) for item in part.items])


def unquoted(text: str) -> str:
    """A text without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
