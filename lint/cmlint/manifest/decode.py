"""Reads nodes as the API server's strict decoder reads them into Go types, and notes what it would refuse.

Nothing is raised for a wrong type: the fault is noted once, and the value counts as absent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import takewhile

from msgspec.structs import replace

from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube import characters, scalars
from cmlint.kube.fields import INSIDE, TYPES, WAY
from cmlint.kube.near import nearest
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode, YamlSyntaxError
from cmlint.model.facts import SHAPES, Fault, FaultCode, FaultKind, Scalar, Shape, Span

SECRET = r"""kind["']?[ \t]*:[ \t]*["']?[sS]ecrets?\b"""
FIELD = "stringData"
"""How a text says that it holds a Secret, whatever else is wrong with it."""

PROPERTIES = r"(?:[&!]\S*\s+)+"

TYPE_FAULTS: dict[tuple[str, str], FaultCode] = {
    ("EnvVar", "value"): "env-value-type",
    ("EnvVar", "name"): "env-name",
    ("Container", "image"): "image",
    ("EphemeralContainer", "image"): "image",
    ("ImageVolumeSource", "reference"): "image",
    ("Container", "imagePullPolicy"): "pull-policy",
    ("EphemeralContainer", "imagePullPolicy"): "pull-policy",
    ("ImageVolumeSource", "pullPolicy"): "pull-policy",
    **{(kind, field): "object" for kind in ("ConfigMap", "Secret", "ObjectMeta") for field in TYPES[kind]},
}
"""Which fault a value of the wrong type is; elsewhere it is a malformed reference."""

WHOLE_OBJECTS = frozenset(
    (*WAY, "PodSpec", "Container", "EphemeralContainer", "Volume", "ConfigMap", "Secret", "ObjectMeta")
)
"""The types in which a name that is not a field is an unknown field; in all others it spoils a reference."""

SCALARS: dict[str, Shape] = {"string": "string", "bool": "boolean", "int": "number"}
"""The types of fields that hold a scalar."""

PATCHING = ("(", "$")
"""How names begin that are not fields but say how to patch: an anchor of Kyverno, a directive of a merge patch."""

Struct = dict[str, Node]


class Decoder:
    """Decodes one document that begins at character `base` of its text.

    `container` names the container that the faults now noted belong to; `secret` keeps what is written out of them,
    except names, and `holds_secret` says whether there may be any. The document's root ends at `end`; what follows it
    there is not read.
    """

    def __init__(self, text: str, base: int) -> None:
        self.text, self.base = text, base
        self.faults: list[Fault] = []
        self.container: str | None = None
        self.holds_secret = self.secret = holds_secret(text)
        self.end = len(text)

    # spans

    def span(self, node: Node) -> Span:
        """Where a node is, without its anchor and tag, and without the line break that ends a block scalar."""
        start, end = node.start_mark.index, last_in(node).end_mark.index
        text = self.text
        if start < end and text[start] in "&!" and (found := re.match(PROPERTIES, text[start:end])):
            start += found.end()
        while end > start and text[end - 1] in " \t\r\n":
            end -= 1
        return Span(self.base + start, self.base + end)

    def written(self, node: Node) -> str:
        """A node's text as it is in the document."""
        return self.text_at(self.span(node))

    def text_at(self, span: Span) -> str:
        """The text of the document at a place."""
        return self.text[span.start - self.base : span.end - self.base]

    def is_bare(self, node: Node) -> bool:
        """Whether a node has neither an anchor nor a tag, which may have been meant as a part of it."""
        return self.text[node.start_mark.index : node.start_mark.index + 1] not in ("&", "!")

    # faults

    def fault(  # noqa: PLR0913 - what a fault may say besides its place and reason
        self,
        code: FaultCode,
        where: Node | Span,
        path: str,
        reason: str,
        *,
        text: str | None = None,
        near: str | None = None,
        other: Span | None = None,
        label: str = "",
        kind: FaultKind = "",
        expected: Shape = "",
        found: Shape = "",
        more: tuple[Span, ...] = (),
    ) -> None:
        """Notes one thing that the API server refuses."""
        span = where if isinstance(where, Span) else self.span(where)
        if odd := characters.first_odd(self.text_at(span).partition("\n")[0]):
            reason = f"{reason}: it has {characters.described(odd)}"
        if self.secret:
            text = None if text is None or code in ("data-value-type", "base64") else as_name(text)
            path = as_name(path)
        self.faults.append(
            Fault(
                code=code,
                span=span,
                path=path,
                reason=reason,
                container=self.container,
                text=text,
                near=near,
                other=other,
                label=label,
                kind=kind,
                expected=expected,
                found=found,
                more=more,
            )
        )

    def noted_below(self, path: str) -> Iterator[Fault]:
        """The faults that were noted last, as long as they are about a field below a path."""
        return takewhile(lambda fault: fault.path.startswith(f"{path}."), reversed(self.faults))

    # scalars

    def resolve(self, node: ScalarNode) -> scalars.Resolved:
        """A scalar's value as Kubernetes reads it."""
        if not node.tag and (node.style or is_plain(node)):
            return str(node.value)
        return scalars.resolve(node.tag, node.value)

    def scalar(self, node: Node) -> Scalar:
        """A string node's value and place; the caller has made sure that it is one."""
        span = self.span(node)
        value = self.resolve(node) if isinstance(node, ScalarNode) else None
        return Scalar(value if isinstance(value, str) else "", span.start, span.end)

    def string(self, struct: Struct, field: str) -> Scalar | None:
        """A field that has been decoded as a string, or None when it is absent."""
        node = struct.get(field)
        return self.scalar(node) if node is not None else None

    def value(self, struct: Struct, field: str) -> str:
        """A string field's value; empty when it is absent, as in Go."""
        found = self.string(struct, field)
        return found.value if found else ""

    def boolean(self, struct: Struct, field: str) -> bool:
        """A boolean field's value; false when it is absent."""
        node = struct.get(field)
        return isinstance(node, ScalarNode) and self.resolve(node) is True

    def integer(self, struct: Struct, field: str) -> int | None:
        """An integer field's value, or None when it is absent."""
        node = struct.get(field)
        value = self.resolve(node) if isinstance(node, ScalarNode) else None
        return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    # collections

    def items(self, node: Node) -> Iterator[tuple[str, Node, Node]]:
        """The entries of a mapping as (name, key, value); merge keys are followed, the last of equal names counts."""
        if not isinstance(node, MappingNode):
            return
        entries: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            if is_merge(key):
                entries.update((name, (inner, merged)) for name, inner, merged in self.merged(value))
            elif isinstance(key, ScalarNode):
                entries[self.key_name(key)] = (key, value)
        for name, (key, value) in entries.items():
            yield name, key, value

    def merged(self, node: Node) -> Iterator[tuple[str, Node, Node]]:
        """What a merge key brings in: one mapping, or several of which earlier ones win."""
        for item in reversed(node.value) if isinstance(node, SequenceNode) else (node,):
            yield from self.items(item)

    def key_name(self, key: ScalarNode) -> str:
        """The name that a mapping key gets in JSON."""
        return key.value if is_plain(key) else scalars.key_name(self.resolve(key))

    def struct(self, node: Node | None, kind: str, path: str) -> Struct | None:
        """The fields of a mapping that is to become the type `kind`; None when it is absent, null or no mapping.

        Unknown fields and values of the wrong type are noted and left out, null counts as absent.
        """
        if node is None or self.is_null(node):
            return None
        if not isinstance(node, MappingNode):
            self.wrong_type(node, self.type_fault(kind, ""), path, "mapping")
            return None
        known = TYPES[kind]
        result: Struct = {}
        empty: Node | None = None
        for name, key, value in self.items(node):
            expected = known.get(name)
            where = f"{path}.{name}" if path else name
            if expected is None:
                if not name.startswith(PATCHING) and not self.is_indented_too_little(key, name, kind, path, empty):
                    self.unknown_field(key, name, kind, path)
                continue
            empty = key if self.is_null(value) else None
            if empty is None and self.fits(value, expected, kind, name, where):
                result[name] = value
        return result

    def is_indented_too_little(self, key: Node, name: str, kind: str, path: str, empty: Node | None) -> bool:
        """Notes that a field is beside the one that it belongs to, which is just above and `empty`; once for all."""
        above = self.key_name(empty) if isinstance(empty, ScalarNode) and kind in WHOLE_OBJECTS else ""
        inner = TYPES[kind].get(above, "")
        below = INSIDE.get(above, ()) if inner == "any" else TYPES.get(inner, ())
        if empty is None or not (inner.startswith("{}") or name in below):
            return False
        other, last = self.span(empty), self.faults[-1] if self.faults else None
        if last and last.other == other:
            self.faults[-1] = replace(last, more=(*last.more, self.span(key)))
            return True
        where, reason = f"{path}.{above}.{name}".lstrip("."), f"is beside `{above}`, and not indented below it"
        label = "this is empty"
        self.fault("unknown-field", key, where, reason, text=name, other=other, label=label, kind="unknown-field")
        return True

    def unknown_field(self, key: Node, name: str, kind: str, path: str) -> None:
        """Notes a field that the type `kind` does not have."""
        code: FaultCode = "unknown-field" if kind in WHOLE_OBJECTS else "reference"
        where = f"{path}.{name}" if path else name
        plain = name if name.isascii() else characters.straight(name).strip(' "')
        near = plain if plain in TYPES[kind] else nearest(plain, TYPES[kind])
        self.fault(code, key, where, "is not a field that Kubernetes knows", text=name, near=near, kind="unknown-field")

    def sequence(self, struct: Struct, field: str) -> list[Node]:
        """The entries of a list field; empty when it is absent."""
        node = struct.get(field)
        return node.value if isinstance(node, SequenceNode) else []

    def fits(self, node: Node, expected: str, kind: str, field: str, path: str) -> bool:
        """Whether a value that is not null has the type that its field needs; if not, the fault is noted."""
        code = self.type_fault(kind, field)
        if expected == "any":
            return True
        if expected.startswith("[]"):
            if not isinstance(node, SequenceNode):
                return self.wrong_type(node, code, path, "list")
            if expected == "[]string":
                for i, item in enumerate(node.value):
                    self.fits(item, "string", kind, field, f"{path}[{i}]") if not self.is_null(item) else None
            return True
        if expected in SCALARS:
            return self.is_scalar(node, expected) or self.wrong_type(node, code, path, SCALARS[expected])
        return isinstance(node, MappingNode) or self.wrong_type(node, code, path, "mapping")

    def is_scalar(self, node: Node, expected: str) -> bool:
        """Whether a node is a scalar of the expected type."""
        if not isinstance(node, ScalarNode):
            return False
        value = self.resolve(node)
        if expected == "string":
            return isinstance(value, str)
        if expected == "bool":
            return isinstance(value, bool)
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )

    def is_null(self, node: Node) -> bool:
        """Whether a node is null, which everywhere counts as absent."""
        return isinstance(node, ScalarNode) and bool(node.tag or not node.style) and self.resolve(node) is None

    def type_fault(self, kind: str, field: str) -> FaultCode:
        """The fault that a wrong type in this field is."""
        return TYPE_FAULTS.get(
            (kind, field), "object" if kind in ("ConfigMap", "Secret", "ObjectMeta") else "reference"
        )

    def wrong_type(self, node: Node, code: FaultCode, path: str, expected: Shape) -> bool:
        """Notes a value of the wrong type, unless it is to be replaced; always False, so as to end a condition."""
        if isinstance(node, ScalarNode) and expected in ("mapping", "list") and is_placeholder(node.value):
            return False
        found = self.shape(node)
        text = self.written(node) if isinstance(node, ScalarNode) and not self.secret else None
        reason = f"must be {SHAPES[expected]}, but it is {SHAPES[found]}"
        self.fault(code, node, path, reason, text=text, kind="wrong-type", expected=expected, found=found)
        return False

    def shape(self, node: Node) -> Shape:
        """What a node is."""
        if isinstance(node, MappingNode):
            return "mapping"
        if isinstance(node, SequenceNode):
            return "list"
        assert isinstance(node, ScalarNode)
        return scalars.type_of(self.resolve(node))


def last_in(node: Node) -> Node:
    """What a block collection ends with, else the node itself: for libyaml, comments that follow one belong to it."""
    while isinstance(node, (MappingNode, SequenceNode)) and node.value and not node.flow_style:
        inner: Node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        if inner.start_mark.index < node.start_mark.index:
            return node  # met through an alias, while what is in it is elsewhere
        node = inner
    return node


def holds_secret(text: str) -> bool:
    """Whether a text holds a Secret, even a broken one."""
    return FIELD in text or ("ecret" in text and re.search(SECRET, text) is not None)


def as_name(text: str) -> str:
    """As much of a text as can be part of a name: `password:1234` is a name and a value, written as one."""
    found = re.match(r"[\w.\-/\[\]]*", text)
    name = found[0] if found else ""
    return name if name == text else f"{name}..."


def is_plain(node: ScalarNode) -> bool:
    """Whether a scalar is a string without a closer look, as nearly every one is."""
    value: str = node.value
    return not node.tag and value not in scalars.WORDS and value[0] not in NUMERIC and value != "<<"


NUMERIC = frozenset("+-.0123456789")
NOT_FINITE = r"(?<![\w.])[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)(?![\w.])"
DOTTED = (".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN")


def is_merge(key: Node) -> bool:
    """Whether a key merges another mapping in."""
    return (
        isinstance(key, ScalarNode)
        and key.value == "<<"
        and not key.style
        and key.tag in ("", scalars.PREFIX + "merge")
    )


def check_tree(decoder: Decoder, root: Node) -> None:
    """Notes every name that occurs twice in one mapping, anywhere in a document.

    Raises YamlSyntaxError for what YAML allows and JSON does not, so that Kubernetes cannot read the document at all: a
    key that is null or no scalar, NaN and infinity, a tag that does not fit.
    """
    text = decoder.text
    careful = "!!" in text or (any(word in text for word in DOTTED) and re.search(NOT_FINITE, text) is not None)
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, ScalarNode):
            if careful:
                check_scalar(decoder, node)
            continue
        if id(node.value) in seen:
            continue
        seen.add(id(node.value))
        if isinstance(node, SequenceNode):
            stack.extend(node.value)
            continue
        assert isinstance(node, MappingNode)
        check_keys(decoder, node)
        stack.extend(value for _, value in node.value if careful or value.__class__ is not ScalarNode)


def check_keys(decoder: Decoder, node: MappingNode) -> None:
    """The keys of one mapping: each must have a name in JSON, and no name may occur twice."""
    names = {key.value for key, _ in node.value if isinstance(key, ScalarNode) and is_plain(key)}
    if len(names) < len(node.value):
        check_keys_closely(decoder, node)


def check_keys_closely(decoder: Decoder, node: MappingNode) -> None:
    """The same, where some name is repeated or not plainly a string."""
    first: dict[object, Node] = {}
    again: dict[object, list[Node]] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise YamlSyntaxError("a mapping key must be a scalar", key.start_mark.index, key.start_mark.line)
        if is_merge(key):
            check_merged(decoder, key, value)
            continue
        try:
            identity = decoder.resolve(key)
            decoder.key_name(key)
        except scalars.BadScalarError as error:
            raise YamlSyntaxError(str(error), key.start_mark.index, key.start_mark.line) from None
        same: object = (type(identity), identity)
        if same in first:
            again.setdefault(same, []).append(key)
        else:
            first[same] = key
    for name, keys in again.items():
        note_repeated(decoder, first[name], keys)


def note_repeated(decoder: Decoder, first: Node, again: list[Node]) -> None:
    """One fault for a name that is in several places of one mapping."""
    assert isinstance(again[0], ScalarNode)
    name, more = decoder.key_name(again[0]), tuple(decoder.span(key) for key in again[1:])
    often = "twice" if not more else f"{len(again) + 1} times"
    reason = f"occurs {often} in one mapping"
    other = decoder.span(first)
    decoder.fault("repeated-key", again[0], name, reason, text=name, other=other, label="first here", more=more)


def check_merged(decoder: Decoder, key: Node, value: Node) -> None:
    """A merge key takes a mapping, or a list of mappings that is written there (`merge` in `goyaml.v2/decode.go`)."""
    listed = isinstance(value, SequenceNode) and decoder.text[value.start_mark.index] != "*"
    parts = value.value if listed else [value]
    if not all(isinstance(part, MappingNode) for part in parts):
        raise YamlSyntaxError("a merge key needs a mapping", key.start_mark.index, key.start_mark.line)


def check_scalar(decoder: Decoder, node: ScalarNode) -> None:
    """A value must fit its tag and be neither NaN nor infinite."""
    try:
        value = decoder.resolve(node)
    except scalars.BadScalarError as error:
        raise YamlSyntaxError(str(error), node.start_mark.index, node.start_mark.line) from None
    if isinstance(value, float) and not math.isfinite(value):
        reason = f"JSON has no number `{node.value}`"
        raise YamlSyntaxError(reason, node.start_mark.index, node.start_mark.line)
