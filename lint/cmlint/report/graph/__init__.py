"""The graph of workloads, ConfigMaps and Secrets, in every format that `cmlint graph` writes."""

from __future__ import annotations

from collections.abc import Callable

from cmlint.report.graph import dot, html, mermaid
from cmlint.report.graph.model import Report
from cmlint.report.json import encode

FORMATS = ("mermaid", "dot", "json", "html")
"""The names of the formats; the first one is the default."""

FITS: dict[str, Callable[[Report], bool]] = {"mermaid": mermaid.fits, "dot": dot.fits}
"""Whether a format can show a graph; the others can show all."""

RENDERERS: dict[str, Callable[[Report], str]] = {
    "mermaid": mermaid.render,
    "markdown": mermaid.fenced,
    "dot": dot.render,
    "json": encode,
    "html": html.render,
}
