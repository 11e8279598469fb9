"""What is wrong in a cluster in the order in which one looks after it, and the commands that fix it."""

from __future__ import annotations

from collections.abc import Iterable

from cmlint.bundle.renewal import ready
from cmlint.model.findings import Consequence, Finding

BROKEN_NOW = "stuck-pod"
"""The rule about what waits already; what other rules call stuck breaks when it starts again."""

STATES: dict[Consequence, str] = {
    "stuck": "About to break",
    "rejected": "Refused at the next apply",
    "stale": "Stale",
    "silent": "Running, but with a different value than intended",
    "unchecked": "Not checked",
    "tidiness": "Unused or untidy",
}

UNSEEN = "What nobody reads was not looked for: `cmlint audit --pedantic` shows it."

ORDER = ("Broken now", *STATES.values())


def state_of(finding: Finding) -> str:
    """In which state a finding shows its object to be."""
    return ORDER[0] if finding.rule == BROKEN_NOW else STATES[finding.consequence]


def by_state(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with what is worst first; within one state they stay in their order."""
    return sorted(findings, key=lambda finding: ORDER.index(state_of(finding)))


def commands_in(findings: Iterable[Finding]) -> list[str]:
    """The commands that findings advise and that can be run as they are, each once."""
    return list(dict.fromkeys(found for finding in findings for found in ready(finding.help or "")))
