"""Gauges in Prometheus' text format, for the textfile collector of the node exporter.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format; the collector takes no timestamps,
and gives the time of the file itself, `node_textfile_mtime_seconds`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from cmlint.model.findings import Audited
from cmlint.pipeline.result import Result
from cmlint.report.audit_order import head_of, state_of
from cmlint.report.problems import Problem, problems
from cmlint.report.view import View
from cmlint.system.text import printable

Labels = tuple[tuple[str, str], ...]


def render(result: Result, view: View) -> str:
    """How many problems there are, and how much was looked at and could not be read."""
    outcome = result.outcome
    found = Counter(map(labels_of, problems(outcome.findings)))
    unread: Counter[Labels] = Counter()
    unread.update((("cluster", each.path),) if outcome.live else () for each in result.problems if each.fatal)
    return "".join(
        (
            gauge("cmlint_problems", "Problems by rule and place.", found),
            gauge("cmlint_objects", "Objects of a cluster, or files, that were looked at.", {(): outcome.files}),
            gauge("cmlint_unread", "What could not be read although it had to be.", unread or {(): 0}),
        )
    )


def labels_of(problem: Problem) -> Labels:
    """By what problems are counted: that of the findings which says most of why, and the worst state."""
    finding = head_of(problem)
    audit = finding.audit or Audited(namespace=(finding.object.namespace if finding.object else None) or "")
    state = (("state", state_of(problem)),) if finding.audit else ()
    return (
        ("cluster", audit.cluster),
        ("namespace", audit.namespace),
        ("rule", finding.rule),
        ("severity", finding.severity),
        *state,
    )


def gauge(name: str, help_: str, values: Mapping[Labels, int]) -> str:
    """One gauge with its values."""
    lines = (f"{name}{labelled(labels)} {value}\n" for labels, value in sorted(values.items()))
    return f"# HELP {name} {help_}\n# TYPE {name} gauge\n{''.join(lines)}"


def labelled(labels: Iterable[tuple[str, str]]) -> str:
    """Labels as they are written."""
    written = ",".join(f'{name}="{escaped(value)}"' for name, value in labels)
    return f"{{{written}}}" if written else ""


def escaped(value: str) -> str:
    """The value of a label, in which these three must be escaped."""
    return printable(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
