"""One line a finding, for editors and `grep`."""

from __future__ import annotations

from cmlint.model.findings import Finding
from cmlint.pipeline.result import Result
from cmlint.report.paint import Paint
from cmlint.report.summary import extras, is_unread, mark_of, summary
from cmlint.report.view import View
from cmlint.system.text import printable


def render(result: Result, view: View) -> str:
    """`path:line:column: severity[rule] message (consequence) [fix]`, then what was counted.

    If only findings are wanted, a line ends with the message.
    """
    paint = Paint(view)
    lines = [] if view.statistics else [line(finding, view, paint) for finding in result.outcome.findings]
    lines += extras(result, view, paint)
    if not view.quiet and not is_unread(result):
        lines.append(summary(result, view, paint))
    return "\n".join(lines) + "\n" if lines else ""


def line(finding: Finding, view: View, paint: Paint) -> str:
    """The line of a finding."""
    place = f"{printable(finding.location.path)}:{printable(finding.location.place)}"
    kind = paint(finding.severity, f"{finding.severity}[{paint.link(finding.rule, finding.url)}]")
    more = "" if view.quiet else f" ({finding.consequence}){mark_of(finding)}"
    return f"{place}: {kind} {printable(finding.message)}{more}"
