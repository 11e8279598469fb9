"""Mermaid, as GitHub and GitLab draw it in Markdown.

Mermaid draws no more than 500 edges and 50,000 characters (`maxEdges` and `maxTextSize` of its configuration, which a
document cannot set).
"""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.bundle.graph import Kind, Status
from cmlint.report.graph.labels import heading, named, nested, said
from cmlint.report.graph.model import EdgeEntry, NodeEntry, Report

EDGES, CHARACTERS = 400, 45_000

SHAPES: dict[Kind, tuple[str, str]] = {
    "workload": ("[", "]"),
    "container": ("(", ")"),
    "object": ("[/", "/]"),
    "key": ("([", "])"),
    "source": ("[[", "]]"),
    "namespace": ("[", "]"),
    "bundle": ("[", "]"),
}
SECRET = ("{{", "}}")

PLAIN = frozenset(" ,:;()/+")
"""The characters besides letters and digits that mean nothing to Mermaid in a quoted label."""

CLASSES: dict[Status, str] = {
    "missing": "stroke:#d1242f,stroke-width:2px,stroke-dasharray:6 4",
    "wrong-namespace": "stroke:#d1242f,stroke-width:2px,stroke-dasharray:2 3",
    "unknown": "stroke:#8250df,stroke-dasharray:2 3",
    "external": "stroke:#8250df",
    "command": "stroke:#1a7f37",
    "unused": "stroke:#9a6700,stroke-dasharray:6 4",
}


def fits(report: Report) -> bool:
    """Whether Mermaid draws a graph."""
    return len(drawn_edges(report)) <= EDGES and len(render(report)) <= CHARACTERS


def render(report: Report) -> str:
    """The diagram."""
    return "\n".join(lines(report)) + "\n"


def drawn_edges(report: Report) -> list[EdgeEntry]:
    """The edges that are lines; what namespaces hold is drawn inside of them."""
    if report.summary.detail == "namespace":
        return [edge for edge in report.edges if edge.type == "reads"]
    holders = {node.id for node in report.nodes if node.type in ("bundle", "namespace")}
    return [edge for edge in report.edges if edge.source not in holders]


def lines(report: Report) -> Iterator[str]:
    """The lines of the diagram."""
    yield "flowchart LR"
    yield f"  %% {heading(report)}"
    ids = {node.id: f"n{number}" for number, node in enumerate(report.nodes)}
    children = nested(report)
    flat = report.summary.detail == "namespace"
    for node in children[None]:
        yield from drawn(node, children, ids, "  ", flat=flat)
    for edge in drawn_edges(report):
        label = said(edge)
        text = f'|"{escaped(label)}"|' if label else ""
        yield f"  {ids[edge.source]} {ARROWS[edge.type]}{text} {ids[edge.target]}"
    for status, style in CLASSES.items():
        found = [ids[node.id] for node in report.nodes if node.status == status]
        if found:
            yield f"  classDef {status} {style}"
            yield f"  class {','.join(found)} {status}"
    bad = [ids[node.id] for node in report.nodes if node.problems and node.status == "found"]
    if bad:
        yield "  classDef problem stroke:#d1242f,stroke-width:2px"
        yield f"  class {','.join(bad)} problem"


ARROWS = {"reads": "-->", "contains": "---", "defines": "---", "makes": "==>"}


def drawn(
    node: NodeEntry, children: dict[str | None, list[NodeEntry]], ids: dict[str, str], indent: str, *, flat: bool
) -> Iterator[str]:
    """A node, or a subgraph with all nodes in it."""
    label = f"{escaped(named(node))}{problems_of(node)}"
    if node.type == "bundle" or (node.type == "namespace" and not flat):
        if children[node.id]:
            yield f'{indent}subgraph {ids[node.id]}["{label}"]'
            for child in children[node.id]:
                yield from drawn(child, children, ids, f"{indent}  ", flat=flat)
            yield f"{indent}end"
        return
    opened, closed = SECRET if node.kind == "Secret" else SHAPES[node.type]
    yield f'{indent}{ids[node.id]}{opened}"{label}"{closed}'


def problems_of(node: NodeEntry) -> str:
    """How many findings a node has."""
    number = len(node.problems)
    return f" #9888; {number}" if number else ""


def escaped(text: str) -> str:
    """A text in which nothing means anything to Mermaid, to HTML or to Markdown.

    A hyphen or a dot may begin a list, unless it is between letters.
    """
    before = " "
    parts: list[str] = []
    for character in text:
        plain = character.isalnum() or character in PLAIN or (character in "-." and before.isalpha())
        parts.append(character if plain else f"#{ord(character)};")
        before = character
    return "".join(parts)


def fenced(report: Report) -> str:
    """The diagram in a Markdown document."""
    return f"ConfigMaps, Secrets and what reads them: {heading(report)}.\n\n```mermaid\n{render(report)}```\n"
