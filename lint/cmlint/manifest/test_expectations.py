"""Files that tests of Chainsaw and kuttl compare with the cluster: they are patterns, and never applied."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode

TESTERS = frozenset(
    (
        # https://kyverno.github.io/chainsaw/latest/operations/assert/
        ("chainsaw.kyverno.io", "Test"),
        ("chainsaw.kyverno.io", "StepTemplate"),
        # https://kuttl.dev/docs/testing/reference.html
        ("kuttl.dev", "TestStep"),
        ("kuttl.dev", "TestAssert"),
    )
)

COMPARING = ("assert", "error", "errors")
"""The fields under which a test names such files."""

DEPTH = 30


def read_compared(decoder: Decoder, root: Node) -> tuple[str, ...]:
    """The files that one of the TESTERS compares, as it names them: relative to its folder, perhaps with `*`."""
    return tuple(dict.fromkeys(compared_below(decoder, root, 0)))


def compared_below(decoder: Decoder, node: Node, depth: int) -> Iterator[str]:
    """Those that are named in a node or below it."""
    if depth > DEPTH:
        return
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from compared_below(decoder, item, depth + 1)
    for name, _, value in decoder.items(node) if isinstance(node, MappingNode) else ():
        if name in COMPARING:
            yield from files_in(decoder, value)
        yield from compared_below(decoder, value, depth + 1)


def files_in(decoder: Decoder, node: Node) -> Iterator[str]:
    """The files of one operation: its field `file`, or the entries of a list."""
    for item in node.value if isinstance(node, SequenceNode) else [node]:
        if isinstance(item, MappingNode):
            yield from (value.value for name, _, value in decoder.items(item) if name == "file" and is_text(value))
        elif isinstance(node, SequenceNode) and isinstance(item, ScalarNode) and item.value:
            yield item.value


def is_text(node: Node) -> bool:
    """Whether a node is a scalar with a text."""
    return isinstance(node, ScalarNode) and bool(node.value)
