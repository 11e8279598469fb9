"""The order of nodes in their columns, so that few edges cross: the same graph always has the same order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cmlint.bundle.graph import Kind
from cmlint.report.graph.model import Report

COLUMNS: dict[Kind, int] = {"source": 0, "workload": 0, "container": 1, "object": 2, "key": 3}
"""The column of each type of node."""

SWEEPS = 4


def ranks(report: Report) -> dict[str, int]:
    """The place of each node in its column: by the mean place of its neighbours, equal ones by name."""
    nodes = {node.id: node for node in report.nodes if node.type in COLUMNS}
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in report.edges:
        if edge.source in nodes and edge.target in nodes:
            beside[edge.source].append(edge.target)
            beside[edge.target].append(edge.source)
    columns: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, node in sorted(nodes.items(), key=lambda item: (item[1].kind, item[1].name, item[0])):
        columns[node.namespace or "", COLUMNS[node.type]].append(name)
    place = {name: number for column in columns.values() for number, name in enumerate(column)}
    for sweep in range(SWEEPS):
        for key in sorted(columns, key=lambda key: key[1], reverse=sweep % 2 == 1):
            ordered = sorted(columns[key], key=lambda name: (mean(name, beside[name], place), nodes[name].name, name))
            columns[key] = ordered
            place.update((name, number) for number, name in enumerate(ordered))
    return place


def mean(name: str, others: Sequence[str], place: Mapping[str, int]) -> float:
    """The mean place of the neighbours of a node; one without any stays where it is."""
    return sum(place[other] for other in others) / len(others) if others else place[name]
