"""What a controller makes from a document, by the table in `cmlint.knowledge.controllers`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmlint.knowledge.controllers import ANY, MAKERS, Maker
from cmlint.kube.fields import BUILT_IN_GROUPS, group_of
from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.model.facts import Key, Provider, Scalar


class Makers:
    """Rows of the table by kind.

    `custom` are the kinds of custom resources in it: a document of one is worth a look, whatever words it holds.
    """

    def __init__(self, makers: Iterable[Maker]) -> None:
        self.by_kind: dict[str, list[Maker]] = {}
        for maker in makers:
            for kind in maker.kinds.split():
                self.by_kind.setdefault(kind, []).append(maker)
        self.custom = frozenset(
            kind for kind, makers in self.by_kind.items() if any(m.group not in BUILT_IN_GROUPS for m in makers)
        )

    def read(self, decoder: Decoder, root: Node, api_version: str, kind: str) -> Iterator[Provider]:
        """The providers that a controller makes from a document."""
        group = group_of(api_version)
        for maker in (*self.by_kind.get(kind, ()), *self.by_kind.get(ANY, ())):
            if group == maker.group or (maker.group and group.endswith(f".{maker.group}")):
                for node in walk(root, maker.each) if maker.each else (root,):
                    if all(holds(decoder, root, node, condition) for condition in maker.when):
                        yield from read_one(decoder, maker, kind, root, node)


TABLE = Makers(MAKERS)


def read_one(decoder: Decoder, maker: Maker, kind: str, root: Node, node: Node) -> Iterator[Provider]:
    """The providers that one maker makes of a node, if their name can be told."""
    name = first_string(decoder, root, node, maker.names)
    if name is None:
        return
    name = Scalar(maker.pattern.replace("{}", name.value), name.start, name.end)
    keys = [Key(key, key, name.span, None, False) for key in maker.fixed]
    for route in maker.keys:
        for leaf in walk(node, route):
            if isinstance(leaf, MappingNode):
                for key_name, key, _ in decoder.items(leaf):
                    keys.append(Key(key_name, decoder.written(key), decoder.span(key), None, False))
            elif decoder.is_scalar(leaf, "string"):
                text = decoder.scalar(leaf)
                keys.append(Key(text.value, decoder.written(leaf), text.span, None, False))
    opened = maker.open or any(True for route in maker.opens for _ in walk(node, route))
    namespace = first_string(decoder, root, node, (maker.namespace,)) if maker.namespace else None
    for target in maker.targets:
        yield Provider(
            target=target,
            kind=kind,
            name=name,
            keys=tuple(keys),
            open=opened,
            immutable=False,
            span=decoder.span(root),
            namespace=namespace,
            everywhere=maker.everywhere,
            glob="*" in name.value,
            shared=maker.shared,
        )


def holds(decoder: Decoder, root: Node, node: Node, condition: str) -> bool:
    """Whether a condition like `route,route=value|value` holds."""
    routes, _, allowed = condition.partition("=")
    values = allowed.split("|")
    found = [leaf for route in routes.split(",") for leaf in leaves(root, node, route)]
    if not found:
        return "" in values
    if "*" in values:
        return True
    return any(isinstance(leaf, ScalarNode) and leaf.value in values for leaf in found)


def first_string(decoder: Decoder, root: Node, node: Node, routes: tuple[str, ...]) -> Scalar | None:
    """The string at the first route that leads to one."""
    for route in routes:
        for leaf in leaves(root, node, route):
            if decoder.is_scalar(leaf, "string") and (found := decoder.scalar(leaf)).value:
                return found
    return None


def leaves(root: Node, node: Node, route: str) -> Iterator[Node]:
    """The nodes that a route leads to; one to an annotation begins at the object."""
    if route.startswith("@"):
        for annotations in walk(root, "metadata.annotations"):
            yield from field_of(annotations, route[1:])
    else:
        yield from walk(node, route)


def walk(node: Node, route: str) -> Iterator[Node]:
    """The nodes that a route of fields leads to."""
    nodes = [node]
    for part in route.split("."):
        name, bracket, _ = part.partition("[]")
        nodes = [value for current in nodes for value in field_of(current, name)]
        if bracket:
            nodes = [item for current in nodes if isinstance(current, SequenceNode) for item in current.value]
    yield from nodes


def field_of(node: Node, name: str) -> Iterator[Node]:
    """The value of a field, or the values of all."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if name == "*" or (isinstance(key, ScalarNode) and key.value == name):
                yield value
