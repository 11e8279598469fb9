"""One page of HTML that needs nothing else: the problems, the picture, what is chosen, and all reads as a table."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from typing import Any

import msgspec

from cmlint.report.graph.labels import WORDS, address, heading, marks_of
from cmlint.report.graph.layout import ranks
from cmlint.report.graph.model import EdgeEntry, NodeEntry, Report
from cmlint.report.html import digest
from cmlint.system.files import CONFIGURATION, read
from cmlint.system.text import printable

OWN_EDGES = ("contains", "defines")
"""The edges that follow from the parents of nodes, so that the data of the page need not hold them."""


def render(report: Report, base: str = "") -> str:
    """The page, in which places are links that begin with `base` unless it is empty."""
    style, script = part("page.css"), part("page.js")
    policy = f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'"
    frame = part("page.html")
    values = {
        "policy": policy,
        "style": style,
        "script": script,
        "heading": escape(heading(report)),
        "rows": "\n".join(rows(report, base)),
        "data": data(report, base),
    }
    for name, value in values.items():
        before, _, after = frame.partition(f"<!--{name}-->")
        frame = f"{before}{value}{after}"
    return frame


def part(name: str) -> str:
    """One of the files beside this module that go into the page."""
    return read(os.path.join(os.path.dirname(__file__), name), CONFIGURATION).decode("utf-8")


def rows(report: Report, base: str) -> Iterator[str]:
    """The reads as rows of a table, for those who see no picture."""
    nodes = {node.id: node for node in report.nodes}
    for edge in report.edges:
        if edge.type == "reads":
            source, target = nodes[edge.source], nodes[edge.target]
            owner = nodes[target.parent] if target.type == "key" and target.parent else target
            cells = (
                target.namespace or "",
                reader_of(source, nodes),
                f"{marks_of(edge)}{edge.how}",
                f"{owner.kind} {owner.name}",
                target.name if target.type == "key" else "",
                WORDS[target.status],
                ", ".join(edge.names[:MOST]) + (f" +{len(edge.names) - MOST}" if len(edge.names) > MOST else ""),
                edge.effect or "",
            )
            yield "<tr>" + "".join(f"<td>{escape(printable(cell))}" for cell in cells) + f"<td>{at(edge, base)}"


def at(edge: EdgeEntry, base: str) -> str:
    """The place of a read, and a link to it if there is a base."""
    if edge.location is None:
        return ""
    text = escape(printable(f"{edge.location.path}:{edge.location.place.partition(':')[0]}"))
    link = address(edge.location, base) if base else ""
    return f'<a href="{escape(link)}">{text}</a>' if link else text


MOST = 4
"""The most names in a cell."""


def reader_of(node: NodeEntry, nodes: dict[str, NodeEntry]) -> str:
    """What reads, with its container."""
    if node.type != "container" or not node.parent:
        return f"{node.kind} {node.name}"
    owner = nodes[node.parent]
    return f"{owner.kind} {owner.name}, {node.name}"


class Table:
    """Texts that are written once, and named by their numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self.numbers.setdefault(printable(text), len(self.numbers))


def data(report: Report, base: str) -> str:
    """What the script draws, as JSON in which nothing ends the script; arrays, because there are many of them."""
    place, texts = ranks(report), Table()
    numbers = {node.id: number for number, node in enumerate(report.nodes)}

    def where(location: Any) -> list[Any]:
        if location is None:
            return [-1, 0]
        return [texts.number(location.path), location.field or location.start.line]

    nodes = [
        [
            node.type,
            texts.number(node.kind),
            printable(node.name),
            texts.number(node.namespace or ""),
            node.status,
            numbers[node.parent] if node.parent else -1,
            where(node.location),
            node.problems,
            {name: printable(value) for name, value in node.attributes.items()},
            place.get(node.id, 0),
            [texts.number(line) for line in node.commands],
        ]
        for node in report.nodes
    ]
    edges = [
        [
            numbers[edge.source],
            numbers[edge.target],
            edge.how or "",
            [printable(name) for name in edge.names[:MOST]],
            len(edge.names),
            marks_of(edge),
            edge.effect or "",
            texts.number(edge.why),
            where(edge.location),
            edge.problems,
        ]
        for edge in report.edges
        if edge.type not in OWN_EDGES
    ]
    findings = [
        [f.rule, f.severity, printable(f.message), printable(f.help or ""), f.url, where(f.location)]
        for f in report.findings
    ]
    parts = {"nodes": nodes, "edges": edges, "findings": findings, "texts": list(texts.numbers)}
    found = {**parts, "words": WORDS, "base": base}
    return msgspec.json.encode(found).decode().replace("<", "\\u003c")
