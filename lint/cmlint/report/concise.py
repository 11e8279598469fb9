"""One line a finding, for editors and `grep`."""

from __future__ import annotations

from cmlint.pipeline.result import Result
from cmlint.report.paint import Paint
from cmlint.report.summary import extras, summary
from cmlint.report.view import View
from cmlint.system.text import printable


def render(result: Result, view: View) -> str:
    """`path:line:column: severity[rule] message`, and unless only findings are wanted what was counted."""
    paint = Paint(view)
    lines: list[str] = []
    for finding in result.outcome.findings:
        place = f"{printable(finding.location.path)}:{printable(finding.location.place)}"
        kind = paint(finding.severity, f"{finding.severity}[{paint.link(finding.rule, finding.url)}]")
        lines.append(f"{place}: {kind} {printable(finding.message)}")
    lines += extras(result, view, paint)
    if not view.quiet:
        lines.append(summary(result, view, paint))
    return "\n".join(lines) + "\n" if lines else ""
