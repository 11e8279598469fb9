"""What is wrong in clusters in the order in which one looks after them, what it means, and the commands that fix it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, get_args

from cmlint.bundle.audited import WAITING
from cmlint.model.findings import Audited, Finding, State
from cmlint.report.problems import Problem, problems
from cmlint.report.summary import count

TITLES: dict[State, str] = {
    "broken": "Broken now",
    "at-restart": "Breaks at the next restart",
    "stale": "Stale",
    "silent": "Running, but with a different value than intended",
    "unchecked": "Not checked",
    "unused": "Unused or untidy",
}

UNSEEN = "Unused objects are not listed: run `cmlint audit --pedantic`."

RANKS: dict[State, int] = {state: rank for rank, state in enumerate(get_args(State))}

SHOWN = 3
"""The pods that are named."""


class Space(NamedTuple):
    """A namespace of a cluster."""

    cluster: str
    namespace: str


class Part(NamedTuple):
    """The problems in one state, by namespace."""

    state: State
    spaces: list[tuple[Space, list[Problem]]]

    @property
    def number(self) -> int:
        """How many problems there are."""
        return sum(len(found) for _, found in self.spaces)


def parts(findings: Iterable[Finding], *, apart: bool = False) -> list[Part]:
    """The problems by state, what is worst first, and by namespace; what says why pods wait is before what says so."""
    known = problems(sorted(findings, key=is_waiting), apart=apart)
    known.sort(key=lambda problem: (rank(problem), space_of(problem), problem[0].location))
    by_state = groupby(known, key=state_of)
    return [Part(state, [(s, list(f)) for s, f in groupby(found, key=space_of)]) for state, found in by_state]


def head_of(problem: Problem) -> Finding:
    """The finding of a problem that says why it is one."""
    return min(members(problem), key=is_waiting)


def is_waiting(finding: Finding) -> bool:
    """Whether a finding only says that pods wait."""
    return finding.rule == WAITING


def audit_of(finding: Finding) -> Audited:
    """What is known of a finding besides."""
    return finding.audit or Audited()


def state_of(problem: Problem) -> State:
    """The worst state in which a problem shows an object to be."""
    return min((audit_of(each).state for each in members(problem)), key=RANKS.__getitem__)


def rank(problem: Problem) -> int:
    """The place of a problem's state in the order."""
    return RANKS[state_of(problem)]


def space_of(problem: Problem) -> Space:
    """Where a problem is."""
    audit = audit_of(problem[0])
    return Space(audit.cluster, audit.namespace)


def members(problem: Problem) -> list[Finding]:
    """All findings of a problem."""
    return [problem[0], *problem[1]]


def further(problem: Problem) -> list[Finding]:
    """The findings of a problem at other places than the first, one a place."""
    first, others = problem
    places = {each.location: each for each in others}
    places.pop(first.location, None)
    return list(places.values())


def meaning(problem: Problem, now: datetime | None) -> Iterator[str]:
    """What a problem means now, and at the next restart."""
    found = members(problem)
    state = state_of(problem)
    if state not in ("broken", "at-restart"):
        yield problem[0].effect + since(found, now)
        return
    waiting = sorted({pod for each in found for pod in audit_of(each).pods})
    running = {each.object: audit_of(each).running for each in found}
    number = sum(running.values())
    if waiting:
        verb = "does" if len(waiting) == 1 else "do"
        yield f"{count(len(waiting), 'pod')} {verb} not start now{since(found, now)}"
    if number:
        yield f"at the next restart, {count(number, 'running pod')} will not start again"
    elif not waiting:
        yield "its pods will not start"


def since(findings: Iterable[Finding], now: datetime | None) -> str:
    """Since when a problem has been there, and how long that is; empty where nobody knows."""
    moments = sorted(filter(None, (audit_of(each).since for each in findings)))
    if not moments:
        return ""
    age = age_of(moments[0], now)
    return f", since {moments[0]}{f' ({age})' if age else ''}"


UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


def age_of(moment: str, now: datetime | None) -> str:
    """How long ago a moment was, in its largest unit; empty where that is not known."""
    try:
        seconds = int((now - datetime.fromisoformat(moment.replace("Z", "+00:00"))).total_seconds()) if now else -1
    except (ValueError, TypeError):
        return ""
    if seconds < 0:
        return ""
    size, unit = next((each for each in UNITS if seconds >= each[0]), (1, "s"))
    return f"{seconds // size} {unit}"


def commands_in(findings: Iterable[Finding]) -> list[str]:
    """The commands that findings advise and that can be run as they are, each once."""
    return list(dict.fromkeys(command for each in findings for command in audit_of(each).commands))


def titled(space: Space) -> str:
    """A namespace in words."""
    return f"namespace `{space.namespace}` of {space.cluster}" if space.namespace else space.cluster
