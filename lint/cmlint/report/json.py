"""JSON, version 1: for machines, so that it only ever grows."""

from __future__ import annotations

from typing import Any

import msgspec

from cmlint.report.view import View
from cmlint.result import Result
from cmlint.system.text import json_of

VERSION = 1


def render(result: Result, view: View) -> str:
    """The findings, what could not be verified, and the counts of the summary."""
    outcome = result.outcome
    skipped = [*outcome.skipped, *((problem.path, problem.message) for problem in result.problems)]
    unverified = [
        {"name": u.name, "code": u.code, "reason": u.why, "location": u.location}
        for u in sorted(set(outcome.unverified))
    ]
    return encode(
        {
            "version": VERSION,
            "findings": [msgspec.structs.replace(finding, subject="") for finding in outcome.findings],
            "unverified": unverified,
            "created": sorted(set(outcome.created)),
            "gone": outcome.gone,
            "summary": {
                "files": outcome.files,
                "documents": outcome.documents,
                "containers": outcome.containers,
                "references": outcome.references,
                **{f"{severity}s": sum(f.severity == severity for f in outcome.findings) for severity in SEVERITIES},
                "suppressed": len(outcome.suppressed),
                "older": len(outcome.older),
                "baselined": len(outcome.baselined),
                "left_out": outcome.left_out,
                "skipped": [{"path": path, "reason": reason} for path, reason in sorted(skipped)],
            },
        }
    )


SEVERITIES = ("error", "warning", "info")


def encode(value: dict[str, Any] | list[Any]) -> str:
    """Indented JSON; what a terminal would obey is escaped, so that the report can be printed."""
    return json_of(value, 2) + "\n"
