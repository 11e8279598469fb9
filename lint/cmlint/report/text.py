"""Frames with the source line, like a compiler's."""

from __future__ import annotations

from cmlint.check import Result
from cmlint.report import concise
from cmlint.report.view import View


def render(result: Result, view: View) -> str:
    """All findings."""
    return concise.render(result, view)
