"""The graph with places and findings: version 1 of what `cmlint graph --format json` prints."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from cmlint.bundle.graph import NOWHERE, Edge, Graph, Kind, Node, Relation, Status
from cmlint.bundle.next_steps import CommandOptions, commands
from cmlint.bundle.readers import ALL, Effect, How
from cmlint.model.facts import Span
from cmlint.model.findings import RANKS, Finding, Location, Severity
from cmlint.report.json import VERSION
from cmlint.texts import Texts

Detail = Literal["namespace", "workload", "container", "key"]
"""What the finest nodes are."""


class NodeEntry(msgspec.Struct, frozen=True):
    """A node: `type` is what it represents, `kind` the kind of the object, `parent` the node that it is a part of.

    `problems` are the places of its findings in `findings`, `commands` what makes a change of an object arrive.
    """

    id: str
    type: Kind
    kind: str
    name: str
    namespace: str | None
    status: Status
    parent: str | None
    location: Location | None
    problems: tuple[int, ...]
    attributes: dict[str, str]
    commands: tuple[str, ...]


class EdgeEntry(msgspec.Struct, frozen=True):
    """An edge; `count` is the number of edges that it represents, `names` the variables or files of a read.

    A read that is `possible` leads to one of several objects that are never applied together.

    What is not a read has neither `how` nor `effect`.
    """

    source: str
    target: str
    type: Relation
    how: How | None = None
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    optional: bool = False
    possible: bool = False
    effect: Effect | None = None
    why: str = ""
    location: Location | None = None
    problems: tuple[int, ...] = ()
    count: int = 1


class Problem(msgspec.Struct, frozen=True):
    """A finding of `cmlint check`."""

    rule: str
    severity: Severity
    message: str
    help: str | None
    url: str
    location: Location


class Summary(msgspec.Struct, frozen=True):
    """The number of nodes of each type and status, of reads and of findings; `detail` is what the finest nodes are."""

    detail: Detail
    nodes: dict[Kind, int]
    statuses: dict[Status, int]
    reads: int
    findings: int


class Report(msgspec.Struct, frozen=True):
    """What `cmlint graph --format json` prints."""

    version: Literal[1]
    nodes: tuple[NodeEntry, ...]
    edges: tuple[EdgeEntry, ...]
    findings: tuple[Problem, ...]
    summary: Summary


Place = tuple[str, int]


def build(graph: Graph, findings: Sequence[Finding], texts: Texts, ways: CommandOptions) -> Report:
    """The graph with places, and each finding at the nodes and edges that it is about."""
    ranked = sorted(findings, key=lambda finding: (-RANKS[finding.severity], finding.location))
    found = tuple(
        Problem(rule=f.rule, severity=f.severity, message=f.message, help=f.help, url=f.url, location=f.location)
        for f in ranked
    )
    of_nodes, of_edges = Problems(graph).assign(ranked)
    lines = {name: tuple(each.command for each in commands(impact, ways)) for name, impact in graph.impacts.items()}
    nodes = tuple(
        node_entry(name, node, of_nodes.get(name, ()), texts, lines.get(name, ())) for name, node in graph.nodes.items()
    )
    edges = tuple(edge_entry(edge, of_edges.get(i, ()), texts) for i, edge in enumerate(graph.edges))
    return counted(nodes, edges, found, "key")


def counted(
    nodes: tuple[NodeEntry, ...], edges: tuple[EdgeEntry, ...], findings: tuple[Problem, ...], detail: Detail
) -> Report:
    """The report with its summary."""
    types: Counter[Kind] = Counter(node.type for node in nodes)
    statuses: Counter[Status] = Counter(node.status for node in nodes)
    reads = sum(edge.count for edge in edges if edge.type == "reads")
    by_type: dict[Kind, int] = dict(sorted(types.items()))
    by_status: dict[Status, int] = dict(sorted(statuses.items()))
    summary = Summary(detail, by_type, by_status, reads, len(findings))
    return Report(VERSION, nodes, edges, findings, summary)


def node_entry(name: str, node: Node, problems: Sequence[int], texts: Texts, lines: tuple[str, ...]) -> NodeEntry:
    """A node with its place."""
    place = node.placed.written(node.spans[0]) if node.placed and node.spans else None
    return NodeEntry(
        id=name,
        type=node.kind,
        kind=node.type,
        name=node.name,
        namespace=node.namespace or None,
        status=node.status,
        parent=node.owner or None,
        location=texts.locate(*place) if place else None,
        problems=tuple(problems),
        attributes=node.attributes,
        commands=lines if node.status in ("found", "command") else (),
    )


def edge_entry(edge: Edge, problems: Sequence[int], texts: Texts) -> EdgeEntry:
    """An edge with its place."""
    read = edge.read
    if read is None:
        return EdgeEntry(edge.source, edge.target, edge.relation)
    return EdgeEntry(
        source=edge.source,
        target=edge.target,
        type=edge.relation,
        how=read.how,
        keys=() if read.key == ALL else (read.key,),
        names=edge.names,
        optional=read.reference.optional,
        possible=edge.possible,
        effect=edge.effect,
        why=edge.why,
        location=texts.locate(*read.placed.written(read.reference.name.span)),
        problems=tuple(problems),
    )


class Problems:
    """The nodes and edges by their places, and by the objects that they are in."""

    def __init__(self, graph: Graph) -> None:
        self.nodes: dict[Place, list[str]] = defaultdict(list)
        self.edges: dict[Place, list[int]] = defaultdict(list)
        self.objects: dict[tuple[str, str | None, str, str], list[str]] = defaultdict(list)
        for name, node in graph.nodes.items():
            for place in places(node, node.spans):
                self.nodes[place].append(name)
            if node.kind in ("workload", "object", "source"):
                self.objects[node.type, node.namespace or None, node.name, ""].append(name)
            elif node.kind == "container":
                owner = graph.nodes[node.owner]
                self.objects[owner.type, owner.namespace or None, owner.name, node.name].append(name)
        for number, edge in enumerate(graph.edges):
            if read := edge.read:
                spans = (read.reference.name.span, *(key.span for key in read.reference.keys), read.span)
                for path, span in (read.placed.written(span) for span in spans):
                    self.edges[path, span.start].append(number)

    def assign(self, findings: Iterable[Finding]) -> tuple[Mapping[str, list[int]], Mapping[int, list[int]]]:
        """The numbers of findings by node and by edge; one without a place of its own goes to its object."""
        nodes: dict[str, list[int]] = defaultdict(list)
        edges: dict[int, list[int]] = defaultdict(list)
        for number, finding in enumerate(findings):
            place = finding.location.path, finding.location.start.offset
            for edge in dict.fromkeys(self.edges.get(place, ())):
                edges[edge].append(number)
            here = self.nodes.get(place) or (() if place in self.edges else self.around(finding))
            for name in dict.fromkeys(here):
                nodes[name].append(number)
        return nodes, edges

    def around(self, finding: Finding) -> list[str]:
        """The container or object that a finding is about."""
        about = finding.object
        if about is None:
            return []
        key = about.kind, about.namespace, about.name or "?"
        return self.objects.get((*key, finding.container or "")) or self.objects.get((*key, ""), [])


def places(node: Node, spans: Iterable[Span]) -> Iterator[Place]:
    """Where a node is written."""
    for path, span in (node.placed.written(span) for span in spans) if node.placed else ():
        yield path, span.start


def namespace_of(node: NodeEntry) -> str:
    """The namespace of a node, in words."""
    return node.namespace or NOWHERE
