"""DOT, which Graphviz draws."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.bundle.graph import Kind, Status
from cmlint.report.graph.labels import address, heading, named, nested, said
from cmlint.report.graph.model import NodeEntry, Report
from cmlint.report.summary import place
from cmlint.system.text import printable

EDGES = 2_000

SHAPES: dict[Kind, str] = {
    "workload": "box",
    "container": "box",
    "object": "folder",
    "key": "note",
    "source": "component",
    "namespace": "box",
    "bundle": "box",
}

STYLES: dict[Status, str] = {
    "missing": 'color="#d1242f", style="dashed"',
    "wrong-namespace": 'color="#d1242f", style="dotted"',
    "unknown": 'color="#8250df", style="dotted"',
    "external": 'color="#8250df"',
    "command": 'color="#1a7f37"',
    "unused": 'color="#9a6700", style="dashed"',
}


def fits(report: Report) -> bool:
    """Whether Graphviz draws a graph in a reasonable time."""
    return len(report.edges) <= EDGES


def render(report: Report, base: str = "") -> str:
    """The graph, in which links begin with `base`."""
    return "\n".join(lines(report, base)) + "\n"


def lines(report: Report, base: str) -> Iterator[str]:
    """The lines of the graph."""
    yield "digraph cmlint {"
    yield f"  // {heading(report)}"
    yield "  rankdir=LR; compound=true; fontname=Helvetica;"
    yield "  node [fontname=Helvetica, fontsize=11]; edge [fontname=Helvetica, fontsize=9];"
    children = nested(report)
    flat = report.summary.detail == "namespace"
    for node in children[None]:
        yield from drawn(node, children, "  ", base, flat=flat)
    holders = {node.id for node in report.nodes if node.type == "bundle" or (node.type == "namespace" and not flat)}
    for edge in report.edges:
        if edge.source not in holders and edge.target not in holders:
            label = f" [label={quoted(said(edge))}]" if said(edge) else ""
            yield f"  {quoted(edge.source)} -> {quoted(edge.target)}{label};"
    yield "}"


def drawn(
    node: NodeEntry, children: dict[str | None, list[NodeEntry]], indent: str, base: str, *, flat: bool
) -> Iterator[str]:
    """A node, or a cluster with all nodes in it."""
    if node.type == "bundle" or (node.type == "namespace" and not flat):
        yield f"{indent}subgraph {quoted(f'cluster {node.id}')} {{"
        yield f"{indent}  label={quoted(named(node))};"
        for child in children[node.id]:
            yield from drawn(child, children, f"{indent}  ", base, flat=flat)
        yield f"{indent}}}"
        return
    shape = "hexagon" if node.kind == "Secret" else SHAPES[node.type]
    more = [f"shape={shape}", f"label={quoted(named(node))}"]
    if node.location:
        more.append(f"tooltip={quoted(place(node.location))}")
        if link := address(node.location, base):
            more.append(f"URL={quoted(link)}")
    if style := STYLES.get(node.status) or ('color="#d1242f"' if node.problems else ""):
        more.append(style)
    yield f"{indent}{quoted(node.id)} [{', '.join(more)}];"


def quoted(text: str) -> str:
    """A text as a quoted identifier, in which nothing is an escape."""
    text = printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
