"""Fewer nodes: a graph whose finest nodes are coarser, or a part of it around one node."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from cmlint.bundle.graph import Kind
from cmlint.bundle.impact import STRONGEST
from cmlint.report.graph.model import Detail, EdgeEntry, NodeEntry, Report, counted

T = TypeVar("T")

DETAILS: tuple[Detail, ...] = ("key", "container", "workload", "namespace")
"""The finest first."""

PLURALS: dict[Kind, str] = {"workload": "workloads", "container": "containers", "object": "objects", "key": "keys"}
KEPT: dict[Detail, tuple[Kind, ...]] = {
    "key": ("bundle", "namespace", "workload", "container", "object", "source", "key"),
    "container": ("bundle", "namespace", "workload", "container", "object", "source"),
    "workload": ("bundle", "namespace", "workload", "object", "source"),
    "namespace": ("bundle", "namespace"),
}


def coarsened(report: Report, detail: Detail) -> Report:
    """The graph in which nodes finer than a detail are parts of what holds them, and edges say how many they are."""
    if detail == "key":
        return report
    nodes = {node.id: node for node in report.nodes}
    kept = KEPT[detail]
    into = {name: holder(name, nodes, kept) for name in nodes}
    parts: dict[str, list[NodeEntry]] = defaultdict(list)
    for node in report.nodes:
        if into[node.id] != node.id:
            parts[into[node.id]].append(node)
    merged: dict[tuple[object, ...], list[EdgeEntry]] = defaultdict(list)
    inner: Counter[str] = Counter()
    for edge in report.edges:
        source, target = into[edge.source], into[edge.target]
        if source != target:
            merged[source, target, edge.type, edge.how].append(edge)
        elif edge.type == "reads":
            inner[source] += edge.count
    edges = tuple(together(each, into) for each in merged.values())
    within = {
        edge: tuple(p for e in report.edges if into[e.source] == edge == into[e.target] for p in e.problems)
        for edge in inner
    }
    found = tuple(
        holding(node, parts[node.id], inner[node.id], within.get(node.id, ()))
        for node in report.nodes
        if into[node.id] == node.id
    )
    return counted(found, edges, report.findings, detail)


def holder(name: str, nodes: Mapping[str, NodeEntry], kept: Sequence[Kind]) -> str:
    """The node of a kind that is kept, in which a node is."""
    node = nodes[name]
    while node.type not in kept and node.parent:
        node = nodes[node.parent]
    return node.id


def holding(node: NodeEntry, parts: Sequence[NodeEntry], inner: int, problems: Sequence[int]) -> NodeEntry:
    """A node with the numbers of its parts, and with their problems."""
    if not parts and not inner:
        return node
    counts = Counter(PLURALS.get(part.type, f"{part.type}s") for part in parts)
    counts.update(part.status for part in parts if part.status != "found")
    if inner:
        counts["reads"] += inner
    found = union((node.problems, *(part.problems for part in parts), problems))
    return replace(node, problems=found, attributes=node.attributes | {k: str(n) for k, n in sorted(counts.items())})


def together(edges: Sequence[EdgeEntry], into: Mapping[str, str]) -> EdgeEntry:
    """Edges between the same two nodes as one."""
    effects = [edge.effect for edge in edges if edge.effect]
    return replace(
        edges[0],
        source=into[edges[0].source],
        target=into[edges[0].target],
        keys=union(edge.keys for edge in edges),
        names=union(edge.names for edge in edges),
        optional=all(edge.optional for edge in edges),
        possible=all(edge.possible for edge in edges),
        effect=min(effects, key=STRONGEST.index) if effects else None,
        why="" if len(edges) > 1 else edges[0].why,
        problems=union(edge.problems for edge in edges),
        count=sum(edge.count for edge in edges),
    )


def union(found: Iterable[Iterable[T]]) -> tuple[T, ...]:
    """All of several, each once."""
    return tuple(dict.fromkeys(each for some in found for each in some))


def fitting(report: Report, details: Sequence[Detail], fits: Callable[[Report], bool]) -> Report | None:
    """The graph in the finest of some details that fits; None where none does."""
    return next((each for each in (coarsened(report, detail) for detail in details) if fits(each)), None)


def around(report: Report, names: Iterable[str], depth: int) -> Report:
    """The nodes within a number of steps of some nodes, and what holds them."""
    nodes = {node.id: node for node in report.nodes}
    beside: dict[str, set[str]] = defaultdict(set)
    for edge in report.edges:
        if nodes[edge.source].type not in ("bundle", "namespace"):
            beside[edge.source].add(edge.target)
            beside[edge.target].add(edge.source)
    reached, border = set(names), set(names)
    for _ in range(depth):
        border = {other for name in border for other in beside[name]} - reached
        reached |= border
    return limited(report, reached)


def troubled(report: Report) -> Report:
    """The nodes and edges with problems, and what these edges join."""
    bad = {node.id for node in report.nodes if node.problems or node.status in ("missing", "wrong-namespace")}
    ends = {end for edge in report.edges if edge.problems or {edge.target} & bad for end in (edge.source, edge.target)}
    return limited(report, bad | ends)


def limited(report: Report, names: set[str]) -> Report:
    """A part of the graph with what holds its nodes, and the findings of these."""
    nodes = {node.id: node for node in report.nodes}
    kept = set(names)
    for name in names:
        parent = nodes[name].parent
        while parent:
            kept.add(parent)
            parent = nodes[parent].parent
    found = tuple(node for node in report.nodes if node.id in kept)
    edges = tuple(edge for edge in report.edges if edge.source in kept and edge.target in kept)
    numbers = sorted(union((*(node.problems for node in found), *(edge.problems for edge in edges))))
    place = {number: i for i, number in enumerate(numbers)}
    return counted(
        tuple(replace(node, problems=tuple(place[n] for n in node.problems)) for node in found),
        tuple(replace(edge, problems=tuple(place[n] for n in edge.problems)) for edge in edges),
        tuple(report.findings[number] for number in numbers),
        report.summary.detail,
    )
