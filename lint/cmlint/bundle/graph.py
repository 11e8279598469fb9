"""Workloads, containers, ConfigMaps, Secrets and keys as a graph: what is defined, and who reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Literal, NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import LIVE, Definition, Placed
from cmlint.bundle.impact import Defined, Impact, Reader, Subject, judged, mentioned, rollers_in
from cmlint.bundle.readers import ALL, Effect, Read, reads_of
from cmlint.bundle.resolve import Resolution
from cmlint.kube.credentials import may_be_secret
from cmlint.model.facts import COMMAND, EXAMPLE, Container, Key, Span, Target

Kind = Literal["bundle", "namespace", "workload", "container", "object", "key", "source"]
"""What a node represents."""

Status = Literal["found", "missing", "wrong-namespace", "unknown", "external", "command", "unused"]
"""Whether what a node represents is there: defined, missing, only in another namespace, perhaps made elsewhere,
surely made elsewhere, made by a command, or defined and read by nobody."""

Relation = Literal["contains", "reads", "defines", "makes"]
"""What an edge says of its two nodes."""

PLAIN = ("ConfigMap", "Secret")
NOWHERE = "-"
"""Represents the namespace of objects that name none."""

VALUE = 200
"""The characters of a value that a node has."""

STATUSES: dict[str, Status] = {
    "missing": "missing",
    "wrong-namespace": "wrong-namespace",
    "external": "external",
}
"""The statuses of references that lead to no definition; every other one is `unknown`."""


class Node(NamedTuple):
    """A node: `spans` are the places of which findings belong to it, the first one is where it is.

    `owner` is the node that it is a part of, `scope` tells nodes of one name apart.
    """

    kind: Kind
    type: str
    name: str
    namespace: str
    status: Status
    owner: str
    scope: str
    placed: Placed | None
    spans: tuple[Span, ...]
    attributes: dict[str, str]


class Edge(NamedTuple):
    """An edge between the nodes with two identifiers; only one that `reads` has a `read`, an effect and names.

    A read of which several definitions are never applied together is `possible`, for it leads to one of them.
    """

    source: str
    target: str
    relation: Relation
    read: Read | None = None
    names: tuple[str, ...] = ()
    effect: Effect | None = None
    why: str = ""
    possible: bool = False


class Graph(NamedTuple):
    """Nodes by their identifiers, edges, and what a change of each object that is read does."""

    nodes: dict[str, Node]
    edges: list[Edge]
    impacts: dict[str, Impact]


class Builder:
    """Adds the objects and reads of bundles to a graph."""

    def __init__(self, bundles: Sequence[Bundle]) -> None:
        self.bundles, self.running = bundles, rollers_in(bundles)
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.names: dict[tuple[str, Placed | None, tuple[Span, ...], str], str] = {}
        self.numbered: dict[str, Iterator[str]] = {}
        self.by_definition: dict[Definition, str] = {}
        self.impacts: dict[str, Impact] = {}
        self.made: set[str] = set()
        self.apart = len([bundle for bundle in bundles if bundle.placed]) > 1

    def build(self) -> Graph:
        """The graph of all bundles, in the order of namespaces, kinds and names."""
        for bundle in self.bundles:
            for placed in bundle.placed:
                for definition in defined_by(placed):
                    self.define(bundle, definition)
        for bundle in self.bundles:
            for placed in bundle.placed:
                self.add_reads(bundle, placed)
        self.add_mentions()
        for name, node in self.nodes.items():
            read = name in self.impacts or name in self.made  # What a controller makes, it often reads itself.
            if node.kind == "object" and node.status == "found" and not read:
                self.nodes[name] = node._replace(status="unused")
        ordered = sorted(self.nodes, key=lambda name: order(name, self.nodes[name]))
        return Graph({name: self.nodes[name] for name in ordered}, self.edges, self.impacts)

    # nodes

    def put(self, name: str, node: Node) -> str:
        """Adds a node under a name of its own, which begins with what tells it from others where they share one."""
        same = name, node.placed, node.spans[:1], node.scope
        if same not in self.names:
            apart = f"{node.scope}!{name}"
            numbered = self.numbered.setdefault(apart, (f"{apart}#{number}" for number in count(2)))
            self.names[same] = free = next(each for each in chain((name, apart), numbered) if each not in self.nodes)
            self.nodes[free] = node
            if node.owner:
                relation: Relation = "defines" if node.kind == "key" else "contains"
                self.edges.append(Edge(node.owner, free, relation))
        return self.names[same]

    def home(self, bundle: Bundle, placed: Placed, namespace: str | None) -> str:
        """The namespace of an object, in its build where there are several bundles."""
        scope, name = scope_of(bundle, placed), namespace or NOWHERE
        owner = ""
        if self.apart:
            owner = f"bundle/{scope}"
            if owner not in self.nodes:
                self.nodes[owner] = Node(
                    kind="bundle",
                    type="bundle",
                    name=scope,
                    namespace="",
                    status="found",
                    owner="",
                    scope=scope,
                    placed=None,
                    spans=(),
                    attributes={},
                )
        key = f"{scope}!{name}" if self.apart else name
        if key not in self.nodes:
            node = Node(
                kind="namespace",
                type="Namespace",
                name=name,
                namespace=namespace or "",
                status="found",
                owner=owner,
                scope=scope,
                placed=None,
                spans=(),
                attributes={},
            )
            self.nodes[key] = node
            if owner:
                self.edges.append(Edge(owner, key, "contains"))
        return key

    def define(self, bundle: Bundle, definition: Definition) -> None:
        """Adds an object with its keys, and what makes it where that is another object or a command."""
        placed, provider = definition.placed, definition.provider
        target, namespace = provider.target, definition.namespace
        status: Status = "command" if provider.kind == COMMAND else "found"
        flags = {"open": provider.open, "immutable": provider.immutable}
        attributes = {name: "true" for name, flag in flags.items() if flag}
        home, scope = self.home(bundle, placed, namespace), scope_of(bundle, placed)
        spans = (provider.name.span, placed.document.head)
        called = placed.reword(definition.spelled)
        node = Node(
            kind="object",
            type=target,
            name=called,
            namespace=namespace or "",
            status=status,
            owner=home,
            scope=scope,
            placed=placed,
            spans=spans,
            attributes=attributes,
        )
        name = self.put(f"{namespace or NOWHERE}/{target}/{called}", node)
        self.by_definition[definition] = name
        for key in provider.keys:
            self.add_key(name, node, key)
        if provider.kind not in PLAIN:
            kind = placed.document.kind if provider.kind != COMMAND else "command"
            own = placed.reword(placed.document.name.value) if placed.document.name else placed.path
            source = Node(
                kind="source",
                type=kind,
                name=own,
                namespace=namespace or "",
                status="found",
                owner=home,
                scope=scope,
                placed=placed,
                spans=spans,
                attributes={},
            )
            maker = self.put(f"{namespace or NOWHERE}/{kind}/{own}", source)
            self.edges.append(Edge(maker, name, "makes"))
            self.made.add(name)

    def add_key(self, owner: str, node: Node, key: Key) -> None:
        """Adds a key of an object, with its value if it is one of a ConfigMap and not named like a credential."""
        placed = node.placed
        hidden = placed is None or any(span.overlaps(key.place or key.span) for span in placed.document.masked)
        hidden = hidden or may_be_secret(key.name)
        shown = node.type == "ConfigMap" and key.value is not None and not hidden
        attributes = {"value": (key.value or "")[:VALUE]} if shown else {}
        if key.binary:
            attributes["binary"] = "true"
        name = f"{owner}:{key.name}"
        if name not in self.nodes:
            part = Node(
                kind="key",
                type="key",
                name=key.name,
                namespace=node.namespace,
                status="found",
                owner=owner,
                scope=node.scope,
                placed=placed,
                spans=(key.span,),
                attributes=attributes,
            )
            self.nodes[name] = part
            self.edges.append(Edge(owner, name, "defines"))

    def workload(self, bundle: Bundle, placed: Placed) -> str:
        """Adds an object that reads."""
        document = placed.document
        own = placed.reword(document.name.value) if document.name else "?"
        rolling = document.rolling
        attributes = {
            name: str(value)
            for name, value in (("replicas", rolling.replicas), ("strategy", rolling.strategy))
            if value not in (None, "")
        }
        home = self.home(bundle, placed, placed.namespace)
        spans = (document.name.span if document.name else document.head, document.head)
        node = Node(
            kind="workload",
            type=document.kind,
            name=own,
            namespace=placed.namespace or "",
            status="found",
            owner=home,
            scope=scope_of(bundle, placed),
            placed=placed,
            spans=spans,
            attributes=attributes,
        )
        return self.put(f"{placed.namespace or NOWHERE}/{document.kind}/{own}", node)

    def container(self, bundle: Bundle, owner: str, placed: Placed, container: Container) -> str:
        """Adds a container."""
        own = container.called
        pull = (("image", container.image), ("policy", container.pull_policy))
        attributes = {name: scalar.value for name, scalar in pull if scalar}
        if container.list != "containers":
            attributes["list"] = container.list
        named = container.name.span if container.name else container.span
        spans = (named, *(scalar.span for _, scalar in pull if scalar), container.span)
        node = Node(
            kind="container",
            type="container",
            name=own,
            namespace=placed.namespace or "",
            status="found",
            owner=owner,
            scope=scope_of(bundle, placed),
            placed=placed,
            spans=spans,
            attributes=attributes,
        )
        return self.put(f"{owner}/{own}", node)

    # edges

    def add_reads(self, bundle: Bundle, placed: Placed) -> None:
        """Adds an object with all that it reads; one that has no pods only where it reads something."""
        reads = list(reads_of(placed))
        if not reads and not placed.document.pods:
            return
        owner = self.workload(bundle, placed)
        containers = {
            container.path: self.container(bundle, owner, placed, container)
            for pod in placed.document.pods
            for container in pod.containers
        }
        for read in reads:
            source = containers[read.container.path] if read.container else owner
            self.add_read(bundle, read, source)

    def add_read(self, bundle: Bundle, read: Read, source: str) -> None:
        """Adds what one read leads to; several definitions that are equally near are all it may mean."""
        resolution = bundle.resolver.resolve(read.reference, read.placed)
        if resolution.status == "found":
            for definition in resolution.definitions:
                possible = len(resolution.definitions) > 1 and resolution.apart
                self.join(bundle, read, source, self.defined(bundle, definition), definition, possible=possible)
        else:
            self.join(bundle, read, source, self.absent(bundle, read, resolution), None)

    def add_mentions(self) -> None:
        """Adds the Ingresses and custom resources in which the name of an object is a value."""
        subjects = [
            subject_of(bundle, definition)
            for bundle in self.bundles
            for placed in (*bundle.placed, *bundle.commands)
            for definition in defined_by(placed)
        ]
        for touched in mentioned(self.bundles, subjects):
            name, read = self.defined(*touched.subject.defined[0]), touched.read
            source = self.workload(touched.bundle, read.placed)
            self.impacts.setdefault(name, Impact([touched.subject], [], [])).touched.append(touched)
            self.edges.append(Edge(source, name, "reads", read=read, effect=touched.effect, why=touched.why))

    def defined(self, bundle: Bundle, definition: Definition) -> str:
        """The node of a definition; one that a command or a cluster has is added here."""
        if definition not in self.by_definition:
            name = f"{definition.namespace or NOWHERE}/{definition.provider.target}/{definition.provider.name.value}"
            if definition.placed.number == LIVE and name in self.nodes:
                return name
            self.define(bundle, definition)
        return self.by_definition[definition]

    def absent(self, bundle: Bundle, read: Read, resolution: Resolution) -> str:
        """The node of a name that nothing defines."""
        reference, placed = read.reference, read.placed
        namespace = reference.namespace.value if reference.namespace else placed.namespace
        name = placed.as_written(reference.name.value)
        status = STATUSES.get(resolution.status, "unknown")
        attributes = {"why": resolution.why} if resolution.why else {}
        if status == "wrong-namespace":
            found = sorted({each.namespace or NOWHERE for each in resolution.definitions})
            attributes["elsewhere"] = ", ".join(found)
        home, scope = self.home(bundle, placed, namespace), scope_of(bundle, placed)
        spans = (reference.name.span,)
        node = Node(
            kind="object",
            type=reference.target,
            name=name,
            namespace=namespace or "",
            status=status,
            owner=home,
            scope=scope,
            placed=placed,
            spans=spans,
            attributes=attributes,
        )
        plain = f"{namespace or NOWHERE}/{reference.target}/{name}"
        for key in (plain, f"{scope}!{plain}", f"{scope}!{plain} ({status})"):
            known = self.nodes.get(key)
            if known is None:
                self.nodes[key] = node
                self.edges.append(Edge(home, key, "contains"))
                return key
            if (known.status, known.scope) == (status, scope):
                return key
        return plain

    def join(
        self,
        bundle: Bundle,
        read: Read,
        source: str,
        target: str,
        definition: Definition | None,
        *,
        possible: bool = False,
    ) -> None:
        """Adds the edge of a read, to a key where it names one."""
        node = self.nodes[target]
        if target not in self.impacts:
            defined = (Defined(bundle, definition),) if definition else ()
            kind: Target = read.reference.target
            subject = Subject(
                target=kind,
                namespace=node.namespace or None,
                name=node.name,
                key=ALL,
                change="asked",
                defined=defined,
                place=None,
            )
            self.impacts[target] = Impact([subject], [], [])
        subjects, touched, _ = self.impacts[target]
        judgement = judged(Reader(bundle, read, subjects[0], definition, self.running), not possible)
        touched.append(judgement)
        if read.key != ALL:
            owner, target = target, f"{target}:{read.key}"
            if target not in self.nodes:
                is_open = definition is None or definition.provider.open
                status: Status = node.status if definition is None else "unknown" if is_open else "missing"
                written = next((key.span for key in read.reference.keys if key.value == read.key), None)
                spans = (written or read.reference.name.span,)
                part = Node(
                    kind="key",
                    type="key",
                    name=read.key,
                    namespace=node.namespace,
                    status=status,
                    owner=owner,
                    scope=node.scope,
                    placed=read.placed,
                    spans=spans,
                    attributes={},
                )
                self.nodes[target] = part
                self.edges.append(Edge(owner, target, "defines"))
        self.edges.append(
            Edge(
                source=source,
                target=target,
                relation="reads",
                read=read,
                names=judgement.names,
                effect=judgement.effect,
                why=judgement.why,
                possible=possible,
            )
        )


def defined_by(placed: Placed) -> Iterator[Definition]:
    """What an object defines under a name of its own."""
    for provider in placed.document.providers:
        if provider.kind != EXAMPLE and not provider.glob:
            yield Definition(placed, provider)


def subject_of(bundle: Bundle, definition: Definition) -> Subject:
    """An object of which is asked who reads it."""
    return Subject(
        target=definition.provider.target,
        namespace=definition.namespace,
        name=definition.spelled,
        key=ALL,
        change="asked",
        defined=(Defined(bundle, definition),),
        place=None,
    )


CLUSTER = "cluster"


def scope_of(bundle: Bundle, placed: Placed) -> str:
    """What tells objects of one name apart: the folder of what is built, or of a file; or a cluster."""
    return CLUSTER if bundle.live or placed.number == LIVE else placed.directory or "."


def order(name: str, node: Node) -> tuple[str, ...]:
    """The order of nodes."""
    return node.namespace, node.scope, node.kind, node.type, node.name, name


def build(bundles: Iterable[Bundle]) -> Graph:
    """The graph of some bundles."""
    return Builder(list(bundles)).build()
