"""Findings that are one problem, of which a report for people shows the first one in full and the others as places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cmlint.model.findings import Finding
from cmlint.report.summary import count, place

MOST = 10
"""The number of further places that are listed."""

Problem = tuple[Finding, list[Finding]]
"""The first finding of a problem, and the others."""


def problems(findings: Iterable[Finding], *, apart: bool = False) -> list[Problem]:
    """The problems among findings, in the order of their first ones; `apart` makes each finding one by itself."""
    found: dict[str, Problem] = {}
    for number, finding in enumerate(findings):
        key = finding.group if finding.group and not apart else str(number)
        found.setdefault(key, (finding, []))[1].append(finding)
    return [(first, others[1:]) for first, others in found.values()]


def elsewhere(others: list[Finding], show: Callable[[str], str] = str) -> str:
    """Where else a problem is; empty for one with a single place. `show` gives a place as the report writes it."""
    return also_at([show(place(finding.location)) for finding in others])


def also_at(places: Sequence[str]) -> str:
    """More places of what is already shown with one; empty where there are none."""
    if not places:
        return ""
    more = ", ..." if len(places) > MOST else ""
    return f"also at {count(len(places), 'more place')}: {', '.join(places[:MOST])}{more}"
