"""One page of HTML."""

from __future__ import annotations

from cmlint.report.graph.model import Report


def render(report: Report) -> str:
    """The page."""
    return ""
