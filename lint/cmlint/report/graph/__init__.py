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

RENDERERS: dict[str, Callable[[Report, str], str]] = {
    "mermaid": lambda report, _: mermaid.render(report),
    "markdown": lambda report, _: mermaid.fenced(report),
    "dot": dot.render,
    "json": lambda report, _: encode(report),
    "html": html.render,
}
"""What writes each format; `html` and `dot` put the second argument before the paths in links."""
