"""GitLab's code quality report: findings beside the lines of a merge request."""

from __future__ import annotations

from typing import Any

from cmlint.model.findings import Consequence, Finding
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.json import encode
from cmlint.report.places import Repository
from cmlint.report.view import View

SEVERITIES: dict[Consequence, str] = {
    "rejected": "blocker",
    "stuck": "critical",
    "stale": "major",
    "silent": "major",
    "unchecked": "major",
    "tidiness": "info",
}
"""GitLab knows more severities than findings have, so they follow from the consequence."""


def render(result: Result, view: View) -> str:
    """A list with one entry a finding."""
    repository = Repository()
    return encode([entry(finding, repository) for finding in result.outcome.findings])


def entry(finding: Finding, repository: Repository) -> dict[str, Any]:
    """One finding, as GitLab wants it."""
    location, read_more = finding.location, f"see {see(finding.rule, finding.url)}"
    return {
        "description": "\n".join(
            filter(None, (finding.message, finding.effect, finding.help, location.field, read_more))
        ),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": SEVERITIES[finding.consequence],
        "location": {
            "path": repository.path(location.path),
            "lines": {"begin": location.start.line, "end": location.end.line},
        },
    }
