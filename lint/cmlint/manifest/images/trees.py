"""Reading of YAML that is not a manifest: mappings and what is in them, with where that is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cmlint.manifest.documents import cut
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, TooDeepError, YamlSyntaxError, compose

DEEPEST = 60
"""The maximum depth of nodes that are read."""


class Mapping:
    """A mapping, or what is at one place where one is expected; `at` is its first character in the text."""

    def __init__(self, node: Node | None, base: int) -> None:
        self.node, self.base = node, base
        self.entries: dict[str, tuple[Node, Node]] = {}
        if isinstance(node, MappingNode):
            self.entries = {str(k.value): (k, v) for k, v in node.value if isinstance(k, ScalarNode)}

    def get(self, *names: str) -> Mapping:
        """The mapping that a chain of keys leads to; an empty one where there is none."""
        found = self
        for name in names:
            found = Mapping(found.entries[name][1] if name in found.entries else None, self.base)
        return found

    def at(self, *names: str) -> int:
        """Where the first of the keys is written that is there, else where the mapping begins."""
        found = next((self.entries[name][0] for name in names if name in self.entries), self.node)
        return self.base + found.start_mark.index if found is not None else self.base

    def text(self, *names: str) -> str:
        """The text of the first of the keys that has one, else of the node itself where no key is given."""
        nodes = [self.entries[name][1] for name in names if name in self.entries] if names else [self.node]
        return next((str(node.value).strip() for node in nodes if isinstance(node, ScalarNode)), "")

    def written(self, text: str, name: str) -> str:
        """How the value of a key is written in the text."""
        node = self.entries[name][1] if name in self.entries else None
        return text[self.base + node.start_mark.index : self.base + node.end_mark.index] if node is not None else ""

    def items(self, name: str = "") -> list[Mapping]:
        """What is in a list, or alone in place of one."""
        node = self.entries[name][1] if name in self.entries else None if name else self.node
        nodes = node.value if isinstance(node, SequenceNode) else [node] if isinstance(node, ScalarNode) else []
        return [Mapping(item, self.base) for item in nodes]

    def words(self, *names: str) -> list[tuple[str, int]]:
        """The words of a list, of lines or separated by commas, each with where it is written."""
        found: list[tuple[str, int]] = []
        for item in (item for name in names for item in self.items(name)):
            if isinstance(item.node, ScalarNode):
                found += item.parts()
        return found

    def parts(self) -> list[tuple[str, int]]:
        """The words of a text of several lines; of a block they are one below the other."""
        assert isinstance(self.node, ScalarNode)
        value, begin = str(self.node.value), self.base + self.node.start_mark.index
        lines = [line.strip() for line in value.replace(",", "\n").splitlines() if line.strip()]
        return [(line, begin) for line in lines]


def documents(text: str) -> Iterator[Mapping]:
    """The mapping that each document of a text is; none if it is not YAML."""
    return (Mapping(root, start) for root, start in composed(text) if isinstance(root, MappingNode))


def mappings(text: str) -> Iterator[tuple[Mapping, Mapping]]:
    """Every mapping of a text, outermost first, each with the document that it is in; none if it is not YAML."""
    for root, start in composed(text):
        top = Mapping(root, start)
        stack: list[tuple[Node | None, int]] = [(root, 0)]
        while stack:
            node, depth = stack.pop()
            if depth > DEEPEST:
                continue
            if isinstance(node, MappingNode):
                yield Mapping(node, start), top
                stack.extend((value, depth + 1) for _, value in reversed(node.value))
            elif isinstance(node, SequenceNode):
                stack.extend((item, depth + 1) for item in reversed(node.value))


@lru_cache(maxsize=1)
def composed(text: str) -> tuple[tuple[Node | None, int], ...]:
    """The documents of a text that are valid YAML, each with where it begins."""
    found: list[tuple[Node | None, int]] = []
    for start, end in cut(text):
        try:
            found.append((compose(text[start:end]), start))
        except (YamlSyntaxError, TooDeepError):
            continue
    return tuple(found)
