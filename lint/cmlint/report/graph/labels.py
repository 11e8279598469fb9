"""What nodes and edges are called in pictures."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote

from cmlint.bundle.graph import Status
from cmlint.model.findings import Location
from cmlint.report.graph.model import EdgeEntry, NodeEntry, Report
from cmlint.report.summary import count
from cmlint.system.text import printable

WORDS: dict[Status, str] = {
    "found": "",
    "missing": "missing",
    "wrong-namespace": "wrong namespace",
    "unknown": "not checked",
    "external": "made elsewhere",
    "command": "made by a command",
    "unused": "unused",
}
"""The statuses in words."""

MOST = 2
"""The most names that the label of an edge shows."""

LONGEST = 80
"""The characters of a name that a picture shows."""


def named(node: NodeEntry) -> str:
    """What a node is called: its status where it is not simply there, its kind and its name, and what it holds."""
    name = "no namespace" if node.type == "namespace" and node.namespace is None else f"{kind_of(node)}{node.name}"
    status = f"{WORDS[node.status]}: " if WORDS[node.status] else ""
    held = {name: value for name, value in node.attributes.items() if value.isdecimal() and name not in OWN}
    parts = ", ".join(f"{number} {what.removesuffix('s') if number == '1' else what}" for what, number in held.items())
    return shortened(f"{status}{name}") + (f" ({parts})" if parts else "")


def kind_of(node: NodeEntry) -> str:
    """The kind of a node before its name, where that does not follow from its shape."""
    return "" if node.type in ("key", "container", "bundle") else f"{node.kind} "


OWN = ("replicas",)
"""The attributes that are numbers of a node itself, and not of its parts."""


def said(edge: EdgeEntry) -> str:
    """What an edge says: how it reads, as what, and how often where it represents several."""
    if edge.type != "reads" or edge.how is None:
        return "makes" if edge.type == "makes" else ""
    names = ", ".join(shortened(name) for name in edge.names[:MOST])
    more = f" +{len(edge.names) - MOST}" if len(edge.names) > MOST else ""
    which = f": {names}{more}" if names and edge.how in ("env", "subPath", "item") else ""
    return f"{marks_of(edge)}{edge.how}{which}" + (f" x {edge.count}" if edge.count > 1 else "")


def marks_of(edge: EdgeEntry) -> str:
    """What comes before how an edge reads: whether it only may lead there, and whether it may lead nowhere."""
    return f"{'possible ' if edge.possible else ''}{'optional ' if edge.optional else ''}"


def shortened(text: str) -> str:
    """A text that can be printed, and is not too long for a picture."""
    text = printable(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def heading(report: Report) -> str:
    """What a diagram shows, in words; a namespace that several builds have is counted once."""
    numbers = dict(report.summary.nodes)
    if "namespace" in numbers:
        numbers["namespace"] = len({node.namespace for node in report.nodes if node.type == "namespace"})
    counts = ", ".join(count(number, kind) for kind, number in numbers.items() if kind != "bundle")
    shown = ", ".join(filter(None, (counts, count(report.summary.reads, "read"))))
    return f"{shown}; detail: {report.summary.detail}"


def nested(report: Report) -> dict[str | None, list[NodeEntry]]:
    """The nodes by the namespace or bundle that they are drawn in; None for those that are in none."""
    nodes = {node.id: node for node in report.nodes}
    found: dict[str | None, list[NodeEntry]] = defaultdict(list)
    for node in report.nodes:
        parent = nodes.get(node.parent or "")
        while parent and parent.type not in ("bundle", "namespace"):
            parent = nodes.get(parent.parent or "")
        found[parent.id if parent else None].append(node)
    return found


def address(location: Location, base: str) -> str:
    """Where a place is: relative to a page on the web, or to the working directory if `base` is empty.

    It is empty for what no repository has below the working directory: live objects, standard input, other folders.
    """
    path = location.path
    if location.field or path.startswith(("/", "../", "<")):
        return ""
    return f"{base}{'/' if base else ''}{quote(path)}#L{location.start.line}"
