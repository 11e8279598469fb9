"""What is shown of a run: one module an output format, each with `render(result, view) -> str`."""

from __future__ import annotations

from importlib import import_module

from cmlint.pipeline.result import Result
from cmlint.report.view import View

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html", "prometheus")


def render(form: str, result: Result, view: View) -> str:
    """The report in one of the formats."""
    text: str = import_module(f"cmlint.report.{form}").render(result, view)
    return text
