"""What of a Secret must never be shown: all of it but its name, its type and the names of its keys.

What may be shown is picked out, and everything between is masked: values, but comments, anchors, tags and misspelt
fields as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.decode import FIELD, Decoder, as_name, holds_secret
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.model.facts import Span

SHOWN = ("apiVersion", "kind", "type")
SHOWN_METADATA = ("name", "namespace", "generateName")
"""The fields whose values may be shown."""

HEAD = r"(?:apiVersion|kind|type|metadata|immutable|data|stringData)[ \t]*:[ \t]*"
SIMPLE = r"(?:apiVersion|kind|type)[ \t]*:[ \t]*[\w./-]+[ \t]*\Z"

BEFORE, AFTER = ":,{[- \t\r\n", ",}] \t\r\n"
"""What is around a value and is none."""


def masked_in(decoder: Decoder, root: Node) -> tuple[Span, ...]:
    """What must not be shown of a document: what it holds of Secrets, itself or somewhere inside."""
    secrets = list(secrets_in(decoder, root))
    found = [span for node in secrets for span in between(decoder, node)]
    if secrets and decoder.text[decoder.end :].strip():
        found.append(Span(decoder.base + decoder.end, decoder.base + len(decoder.text)))
    return tuple(found)


def secrets_in(decoder: Decoder, root: Node) -> Iterator[MappingNode]:
    """The outermost mappings that are Secrets."""
    stack, seen = [root], {id(root.value)}
    while stack:
        node = stack.pop()
        children: list[Node] = []
        if isinstance(node, MappingNode):
            if is_secret(decoder, node):
                yield node
                continue
            children = [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            children = node.value
        for child in children:
            if not isinstance(child, ScalarNode) and id(child.value) not in seen:
                seen.add(id(child.value))
                stack.append(child)


def is_secret(decoder: Decoder, node: MappingNode) -> bool:
    """Whether a mapping is a Secret, or has what only Secrets have."""
    return any(
        name == FIELD or (name == "kind" and isinstance(value, ScalarNode) and value.value.lower().startswith("secret"))
        for name, _, value in decoder.items(node)
    )


def between(decoder: Decoder, root: MappingNode) -> Iterator[Span]:
    """The places between those of a Secret that may be shown, and the comments behind its last value."""
    text, base = decoder.text, decoder.base
    places = sorted((span.start, span.end) for span in shown_in(decoder, root))
    start, end = base + root.start_mark.index, base + root.end_mark.index
    for low, high in (*places, (end, end)):
        if low > start:
            written = text[start - base : low - base]
            inner = written.lstrip(BEFORE)
            begin = low - len(inner)
            if inner := inner.rstrip(AFTER):
                yield Span(begin, begin + len(inner))
        start = max(start, high)


def shown_in(decoder: Decoder, root: MappingNode) -> Iterator[Span]:
    """The names of fields and keys, and the values of the few fields that are never secret."""
    for name, key, value in entries(decoder, root):
        yield decoder.span(key)
        if name in SHOWN and isinstance(value, ScalarNode):
            yield decoder.span(value)
        for inner_name, inner_key, inner in entries(decoder, value):
            yield decoder.span(inner_key)
            if name != "metadata":
                continue
            if inner_name in SHOWN_METADATA and isinstance(inner, ScalarNode):
                yield decoder.span(inner)
            yield from (decoder.span(part) for _, part, _ in entries(decoder, inner))


def entries(decoder: Decoder, node: Node) -> Iterator[tuple[str, ScalarNode, Node]]:
    """The entries of a mapping as they are written, those of one name too, but not those whose key is not a name."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if isinstance(key, ScalarNode) and decoder.is_bare(key) and as_name(name := decoder.key_name(key)) == name:
            yield name, key, value


def masked_lines(text: str, base: int) -> tuple[Span, ...]:
    """What must not be shown of a document that cannot be parsed: every line except the fields at its top."""
    if not holds_secret(text):
        return ()
    masked: list[Span] = []
    for found in re.finditer(r"[^\r\n]+", text):
        line = found[0]
        head = re.match(HEAD, line)
        start = head.end() if head else 0
        if line[start:].strip() and not re.match(SIMPLE, line):
            masked.append(Span(base + found.start() + start, base + found.end()))
    return tuple(masked)


PUNCTUATION = r"[^`'\"]*(?:',' or '[\]}]'|'-'|':'|'>'|'!')[^`'\"]*"
"""What a parser says that quotes only signs of YAML."""


def unquoted(reason: str) -> str:
    """What a parser says, without the words that it quotes from the text."""
    return reason if re.fullmatch(PUNCTUATION, reason) else re.sub(r"[`'\"].*[`'\"]", "...", reason)
