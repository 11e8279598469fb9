"""JSON, version 1: for machines, so that it only ever grows."""

from __future__ import annotations

from typing import Any

import msgspec

from cmlint.report.view import View
from cmlint.result import Result

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
                "skipped": [{"path": path, "reason": reason} for path, reason in sorted(skipped)],
            },
        }
    )


SEVERITIES = ("error", "warning", "info")


def encode(value: dict[str, Any] | list[Any]) -> str:
    """Indented JSON; a file name that is no UTF-8 is shown with the replacement character."""
    try:
        raw = msgspec.json.encode(value)
    except UnicodeEncodeError:
        raw = msgspec.json.encode(readable(msgspec.to_builtins(value)))
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def readable(value: Any) -> Any:
    """The same without lone surrogates, which no UTF-8 has."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [readable(inner) for inner in value]
    return value
