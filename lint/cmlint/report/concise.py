"""One line a finding, for editors and `grep`."""

from __future__ import annotations

from cmlint.check import Result
from cmlint.report.view import View


def render(result: Result, view: View) -> str:  # noqa: ARG001
    """`path:line:column: severity[rule] message`."""
    lines: list[str] = []
    for finding in result.outcome.findings:
        start = finding.location.start
        place = f"{finding.location.path}:{start.line}:{start.column}"
        lines.append(f"{place}: {finding.severity}[{finding.rule}] {finding.message}\n")
    return "".join(lines)
