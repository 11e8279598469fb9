"""JSON, version 1: for machines, so that it only ever grows. `docs/report-schema.json` is its schema."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import msgspec

from cmlint.model.findings import Finding, Known, Location
from cmlint.model.outcome import Created, Outcome
from cmlint.pipeline.result import Result
from cmlint.report.view import View
from cmlint.system.text import json_of

VERSION: Literal[1] = 1


class Entry(msgspec.Struct, frozen=True):
    """A reference that is neither resolved nor reported, and why; `times` is how often it is read by several builds."""

    name: str
    code: str
    reason: str
    location: Location
    times: int


class Skipped(msgspec.Struct, frozen=True, order=True):
    """A document, file or folder that is not looked at, and why."""

    path: str
    reason: str


class Summary(msgspec.Struct, frozen=True):
    """The counts. `references` is the sum of the five counts that follow it.

    `optional` counts the references that may lead nowhere and do, `excused` those that something else may satisfy, and
    `not_looked_at` those that were not decided. These three together are the entries of `unverified`.
    """

    files: int
    documents: int
    containers: int
    references: int
    resolved: int
    reported: int
    optional: int
    excused: int
    not_looked_at: int
    errors: int
    warnings: int
    infos: int
    suppressed: int
    older: int
    baselined: int
    left_out: list[str]
    skipped: list[Skipped]


class Report(msgspec.Struct, frozen=True):
    """What `cmlint check --format json` prints."""

    version: Literal[1]
    findings: list[Finding]
    unverified: list[Entry]
    created: list[Created]
    gone: list[Known]
    summary: Summary


def render(result: Result, view: View) -> str:
    """The findings, the references that are neither resolved nor reported, and the counts of the summary."""
    outcome = result.outcome
    skipped = [*outcome.skipped, *((problem.path, problem.message) for problem in result.problems)]
    report = Report(
        version=VERSION,
        findings=[msgspec.structs.replace(finding, subject="", overlap="") for finding in outcome.findings],
        unverified=[
            Entry(u.name, u.code, u.why, u.location, n) for u, n in sorted(Counter(outcome.unverified).items())
        ],
        created=sorted(set(outcome.created)),
        gone=outcome.gone,
        summary=summary(outcome, [Skipped(path, reason) for path, reason in sorted(skipped)]),
    )
    return encode(report)


def summary(outcome: Outcome, skipped: list[Skipped]) -> Summary:
    """The counts of a run."""
    severities = Counter(finding.severity for finding in outcome.findings)
    ends = Counter(outcome.ends)
    return Summary(
        files=outcome.files,
        documents=outcome.documents,
        containers=outcome.containers,
        references=outcome.references,
        resolved=ends["resolved"],
        reported=ends["reported"],
        optional=ends["optional"],
        excused=ends["excused"],
        not_looked_at=ends["not-looked-at"],
        errors=severities["error"],
        warnings=severities["warning"],
        infos=severities["info"],
        suppressed=len(outcome.suppressed),
        older=len(outcome.older),
        baselined=len(outcome.baselined),
        left_out=outcome.left_out,
        skipped=skipped,
    )


def encode(value: Any) -> str:
    """Indented JSON; what a terminal would obey is escaped, so that the report can be printed."""
    return json_of(value, 2) + "\n"
