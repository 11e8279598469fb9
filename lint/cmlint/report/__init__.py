"""What is shown of a run: one module an output format, each with `render(result, view) -> str`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cmlint.pipeline.result import Result
from cmlint.report.view import View

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html", "prometheus")


def formatter(form: str) -> Callable[[Result, View], str]:
    """What makes the report in one of the formats."""
    render: Callable[[Result, View], str] = import_module(f"cmlint.report.{form}").render
    return render
