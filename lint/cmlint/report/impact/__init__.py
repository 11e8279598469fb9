"""What changes do, in every format that `cmlint impact` writes."""

from __future__ import annotations

from collections.abc import Callable

from cmlint.report.impact.markdown import render as markdown
from cmlint.report.impact.model import Report
from cmlint.report.impact.text import render as text
from cmlint.report.impact.text import render_commands, render_concise
from cmlint.report.json import encode
from cmlint.report.view import View

RENDERERS: dict[str, Callable[[Report, View], str]] = {
    "text": text,
    "concise": render_concise,
    "json": lambda report, _: encode(report),
    "markdown": markdown,
    "commands": render_commands,
}

FORMATS = tuple(RENDERERS)
"""The names of the formats; the first one is the default."""
