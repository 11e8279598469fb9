"""One YAML document as a tree of nodes with spans, composed by libyaml once.

PyYAML's C parser does the work; the resolver is left out (`cmlint.kube.scalars` decides what a scalar is), and what
Kubernetes' own reader accepts or rejects differently is decided here: a repeated anchor is fine, `%YAML 1.2` is not.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from cmlint.kube.scalars import QUOTED

__all__ = ["MappingNode", "Node", "ScalarNode", "SequenceNode", "TooDeepError", "YamlSyntaxError", "compose"]

DEPTH = 300
"""Deeper nesting than any manifest has; libyaml's composer would exhaust the stack far beyond it."""

TOO_DEEP = "exceeded maximum nesting depth"
"""How newer versions of libyaml refuse to nest deeper than 1,000 (`src/parser.c` in yaml/libyaml)."""

ALIAS = r"\*(?<![^\s\[{,:?-]\*)[A-Za-z0-9_-]"
ANCHOR = r"&(?<![^\s\[{,:?-]&)[A-Za-z0-9_-]"
"""Both begin with their sign, because that is what can be looked for quickly.

libyaml takes no other characters in their names (`yaml_parser_scan_anchor` in `src/scanner.c` of yaml/libyaml), so that
`cd app && make` and `*.md` in a script are neither.
"""


class YamlSyntaxError(ValueError):
    """A text that Kubernetes' YAML reader refuses: the message says why, `offset` and `line` (0-based) where."""

    def __init__(self, reason: str, offset: int, line: int) -> None:
        super().__init__(reason)
        self.reason, self.offset, self.line = reason, offset, line


class TooDeepError(ValueError):
    """A text that is nested more deeply than any manifest; it is not reported."""


class Parser(CParser):
    """libyaml without PyYAML's resolver: a plain scalar gets the empty tag, a quoted one `!`."""

    ascend_resolver = staticmethod(int)
    descend_resolver = staticmethod(operator.is_)

    def resolve(self, kind: type[Node], value: object, implicit: bool | tuple[bool, bool]) -> str:
        """The tag of a node that has none of its own."""
        return "" if isinstance(implicit, bool) or implicit[0] else QUOTED


def compose(text: str) -> Node | None:
    """The root node of the first document in a text, or None where it is empty; raises YamlSyntaxError."""
    try:
        node = compose_events(text) if needs_events(text) else compose_plainly(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = words(error)
        if reason == TOO_DEEP:
            raise TooDeepError from None
        if reason == "found unknown escape character" and mark and text[mark.index : mark.index + 2] == "\\'":
            return compose_with_escaped_quotes(text)
        raise YamlSyntaxError(reason, mark.index if mark else 0, mark.line if mark else 0) from None
    except YAMLError as error:
        raise YamlSyntaxError(str(error).splitlines()[0], getattr(error, "position", 0) or 0, 0) from None
    if node is not None and needs_settling(text):
        correct(node, text)
    return node


def needs_settling(text: str) -> bool:
    """Whether a text may hold something that go-yaml reads otherwise than libyaml."""
    return "\\/" in text or ("?" in text and ("{" in text or "[" in text)) or ("! " in text or "!\n" in text)


def compose_plainly(text: str) -> Node | None:
    """The first document by libyaml's own composer; like Go's reader it does not look at what follows."""
    parser = Parser(text)
    return parser.get_node() if parser.check_node() else None


def compose_with_escaped_quotes(text: str) -> Node | None:
    """Go-yaml knows the escape `\\'`, libyaml does not: it is read as another of equal length, and put right."""
    root = compose(re.sub(r"(?<!\\)((?:\\\\)*)\\'", r"\1\\e", text))
    stack = [root] if root else []
    while stack:
        node = stack.pop()
        if isinstance(node, ScalarNode):
            node.value = node.value.replace("\x1b", "'")
        elif isinstance(node, SequenceNode):
            stack.extend(node.value)
        else:
            stack.extend(part for pair in node.value for part in pair)
    return root


def words(error: MarkedYAMLError) -> str:
    """libyaml's own words for an error."""
    return error.problem or error.context or "not valid YAML"


def needs_events(text: str) -> bool:
    """Whether libyaml's own composer would lose an alias's place, refuse a repeated anchor, or nest too deeply."""
    if "&" in text and ("*" in text or text.count("&") > 1) and re.search(ANCHOR, text):
        return True
    if "*" in text and re.search(ALIAS, text):
        return True
    if text.startswith("%") or "\n%" in text:
        return True
    return text.count("[") + text.count("{") > DEPTH or deep(text)


def deep(text: str) -> bool:
    """Whether block nesting could be deep: a line that begins with very many indicators or spaces."""
    return "- " * DEPTH in text or " " * (DEPTH * 2) in text or "? " * DEPTH in text


def compose_events(text: str) -> Node | None:
    """As libyaml's composer, from its events: an alias keeps its own place, an anchor may be repeated."""
    parser: Any = Parser(text)
    parser.get_event()
    event: Any = parser.get_event()
    if isinstance(event, StreamEndEvent):
        return None
    if event.version and event.version != (1, 1):
        raise MarkedYAMLError(None, None, "found incompatible YAML document", event.start_mark)
    anchors: dict[str, Node] = {}
    root = compose_node(parser, anchors, 0)
    refuse_excess(root)
    return root


def refuse_excess(root: Node) -> None:
    """Raises YamlSyntaxError where aliases make a document far larger than it is written, as Kubernetes' reader does.

    `allowedAliasRatio` in `goyaml.v2/decode.go` of sigs.k8s.io/yaml: of up to 400,000 nodes 99 % may be met through
    aliases, of 4,000,000 or more 10 %.
    """
    known: dict[int, int] = {}
    size = size_of(root, known)
    written = written_size(root)
    low, high = 400_000, 4_000_000
    allowed = 0.99 - 0.89 * min(max((size - low) / (high - low), 0.0), 1.0)
    if size > 1000 and size - written > 100 and (size - written) / size > allowed:
        start = root.start_mark
        raise YamlSyntaxError("aliases repeat their content too often", start.index, start.line)


def size_of(node: Node, known: dict[int, int]) -> int:
    """How many scalars and collections a node holds, those behind aliases counted each time."""
    if isinstance(node, ScalarNode):
        return 1
    if id(node.value) not in known:
        known[id(node.value)] = 1 + sum(size_of(part, known) for part in parts_of(node))
    return known[id(node.value)]


def written_size(root: Node) -> int:
    """How many scalars and collections are written, an alias counted as one."""
    seen: set[int] = set()
    stack, count = [root], 0
    while stack:
        node = stack.pop()
        count += 1
        if not isinstance(node, ScalarNode) and id(node.value) not in seen:
            seen.add(id(node.value))
            stack.extend(parts_of(node))
    return count


def parts_of(collection: Any) -> Iterator[Node]:
    """What is directly in a collection."""
    if isinstance(collection, MappingNode):
        return (part for pair in collection.value for part in pair)
    return iter(collection.value)


def compose_node(parser: Any, anchors: dict[str, Node], depth: int) -> Node:
    """The node that begins at the parser's next event."""
    event: Any = parser.get_event()
    if depth > DEPTH:
        raise TooDeepError
    kind: type = type(event)
    if kind is AliasEvent:
        if event.anchor not in anchors:
            raise MarkedYAMLError(None, None, f"unknown anchor '{event.anchor}' referenced", event.start_mark)
        return moved(anchors[event.anchor], event)
    if kind is ScalarEvent:
        tag = event.tag
        if tag is None or tag == "!":
            tag = "" if event.implicit[0] else QUOTED
        scalar = ScalarNode(tag, event.value, event.start_mark, event.end_mark, event.style)
        if event.anchor:
            anchors[event.anchor] = scalar
        return scalar
    return compose_collection(parser, event, anchors, depth)


def compose_collection(parser: Any, event: Any, anchors: dict[str, Node], depth: int) -> Node:
    """A sequence or mapping; while it is being read its anchor may not be used, for it would contain itself."""
    anchors.pop(event.anchor, None)
    node: SequenceNode | MappingNode
    kind: type = type(event)
    if kind is SequenceStartEvent:
        items: list[Node] = []
        node = SequenceNode(event.tag or "", items, event.start_mark, None, event.flow_style)
        while not parser.check_event(SequenceEndEvent):
            items.append(compose_node(parser, anchors, depth + 1))
    else:
        pairs: list[tuple[Node, Node]] = []
        node = MappingNode(event.tag or "", pairs, event.start_mark, None, event.flow_style)
        while not parser.check_event(MappingEndEvent):
            key = compose_node(parser, anchors, depth + 1)
            pairs.append((key, compose_node(parser, anchors, depth + 1)))
    node.end_mark = parser.get_event().end_mark
    if event.anchor:
        anchors[event.anchor] = node
    return node


def moved(node: Any, event: Any) -> Node:
    """A node as it is met through an alias: the same content, at the alias's place."""
    if isinstance(node, ScalarNode):
        return ScalarNode(node.tag, node.value, event.start_mark, event.end_mark, node.style)
    kind: type[SequenceNode | MappingNode] = type(node)
    return kind(node.tag, node.value, event.start_mark, event.end_mark, node.flow_style)


def correct(root: Node, text: str) -> None:
    """Corrects what go-yaml reads differently than libyaml; raises YamlSyntaxError for what only libyaml accepts."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, in_flow = stack.pop()
        if isinstance(node, ScalarNode):
            correct_scalar(node, text, in_flow)
        elif isinstance(node, SequenceNode):
            stack.extend((item, bool(node.flow_style)) for item in node.value)
        else:
            stack.extend((part, bool(node.flow_style)) for pair in node.value for part in pair)


def correct_scalar(node: ScalarNode, text: str, in_flow: bool) -> None:
    """The escape `\\/` and a plain `?` in a flow collection are refused; a plain scalar tagged `!` is a string."""
    if not node.style:
        if in_flow and "?" in node.value and text[node.start_mark.index] != "*":
            raise YamlSyntaxError(
                "found `?` in a plain scalar between brackets", node.start_mark.index, node.start_mark.line
            )
        if not node.tag and re.match(r"(&\S+\s+)?!(\s|\Z)", text[node.start_mark.index : node.end_mark.index]):
            node.tag = QUOTED
    elif node.style == '"':
        written = text[node.start_mark.index : node.end_mark.index]
        if found := re.search(r"(?<!\\)(?:\\\\)*(\\/)", written):
            offset = node.start_mark.index + found.start(1)
            raise YamlSyntaxError("found unknown escape character `\\/`", offset, node.start_mark.line)
