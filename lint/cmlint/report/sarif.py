"""SARIF 2.1.0, which code scanning services and editors read.

No line of a text is in it, nor a hash of one: it could be a Secret's, and the hash of a short value can be guessed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from cmlint import __version__
from cmlint.engine.engine import INTERNAL
from cmlint.engine.registry import load_rules
from cmlint.engine.rules import Rule
from cmlint.model.findings import SEVERITIES, Edit, Finding, Fix, Location, Position, Severity, Suppression
from cmlint.model.site import BASE
from cmlint.pipeline.result import Result
from cmlint.report.json import encode
from cmlint.report.places import Repository
from cmlint.report.text import about
from cmlint.report.view import View

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

ROOT = "%SRCROOT%"
"""The base of the paths: the root of the repository."""

LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
"""What GitHub calls the severity of what is not a vulnerability."""

HELPFUL = ("What it does", "Why is this bad?", "Example", "Use instead", "Options", "When not to use it", "Kubernetes")
"""The parts of a rule's page that are its help; the others are more cases."""

Json = dict[str, Any]


def render(result: Result, view: View) -> str:
    """A log with one run."""
    return encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [Run(result).log()]})


class Run:
    """One run, with the rules and the files that its results refer to by number."""

    def __init__(self, result: Result) -> None:
        self.outcome, self.problems, self.texts = result.outcome, result.problems, result.texts
        self.masked, self.repository = result.masked(), Repository()
        self.rules: dict[str, int] = {}
        self.files: dict[str, int] = {}

    def log(self) -> Json:
        """The run as SARIF has it."""
        shown = [finding for finding in self.outcome.findings if finding.rule != INTERNAL]
        results = [self.result(finding) for finding in (*shown, *self.suppressed())]
        notifications = [*self.crashes(), *self.unread()]
        known = load_rules()
        return {
            "tool": {
                "driver": {
                    "name": "cmlint",
                    "version": __version__,
                    "semanticVersion": __version__,
                    "informationUri": BASE,
                    "rules": [rule_json(known[name]) for name in self.rules],
                }
            },
            "invocations": [
                {
                    "executionSuccessful": all(entry["level"] != "error" for entry in notifications),
                    "toolExecutionNotifications": notifications,
                }
            ],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
            "artifacts": [{"location": self.address(path), "roles": ["analysisTarget"]} for path in self.files],
            "columnKind": "utf16CodeUnits",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "results": results,
        }

    def suppressed(self) -> Iterable[Finding]:
        """What is suppressed or in the baseline; GitHub would open an alert for each, so nothing in its pipelines."""
        if os.environ.get("GITHUB_ACTIONS") != "true":
            yield from self.outcome.suppressed
            for finding in self.outcome.baselined:
                yield msgspec.structs.replace(finding, suppression=Suppression("external", "in the baseline"))

    def result(self, finding: Finding) -> Json:
        """A finding as SARIF has it."""
        links = [f"[{in_link(place.label)}]({i})" for i, place in enumerate(finding.related, 1)]
        parts = [finding.message, finding.help, f"See {', '.join(links)}" if links else None, about(finding)]
        result: Json = {
            "ruleId": finding.rule,
            "ruleIndex": self.rules.setdefault(finding.rule, len(self.rules)),
            "level": LEVELS[finding.severity],
            "message": {"text": "\n".join(line for line in parts if line)},
            "locations": [logical(finding) | self.location(finding.location)],
            "partialFingerprints": {"cmlint/v2": finding.fingerprint},
        }
        if finding.related:
            result["relatedLocations"] = [
                {"id": i, "message": {"text": place.label}, **self.location(place.location)}
                for i, place in enumerate(finding.related, 1)
            ]
        if fixes := [self.fix(fix) for fix in finding.fixes if not any(map(self.reveals, fix.edits))]:
            result["fixes"] = fixes
        if finding.suppression:
            result["suppressions"] = [{"kind": finding.suppression.kind, "status": "accepted"}]
            if finding.suppression.reason:
                result["suppressions"][0]["justification"] = finding.suppression.reason
        return result

    def location(self, location: Location) -> Json:
        """A place in a file, or a field of a live object, which has none."""
        if location.field:
            return {"logicalLocations": [{"fullyQualifiedName": f"{location.path}/{location.field}", "kind": "member"}]}
        region = self.region(location.path, location.start, location.end)
        return {"physicalLocation": {"artifactLocation": self.artifact(location.path), "region": region}}

    def artifact(self, path: str) -> Json:
        """A file, and its number."""
        return {**self.address(path), "index": self.files.setdefault(path, len(self.files))}

    def address(self, path: str) -> Json:
        """The address of a file, seen from the repository's root if it is below it."""
        name = self.repository.path(path)
        if os.path.isabs(name):
            return {"uri": Path(name).as_uri()}
        return {"uri": quote(name.encode("utf-8", "surrogateescape")), "uriBaseId": ROOT}

    def region(self, path: str, start: Position, end: Position) -> Json:
        """A stretch of a text, its columns counted as UTF-16 does, whatever a reader takes them for."""
        return {
            "startLine": start.line,
            "startColumn": self.column(path, start),
            "endLine": end.line,
            "endColumn": self.column(path, end),
        }

    def column(self, path: str, position: Position) -> int:
        """A position's column in code units of UTF-16."""
        text = self.texts.get(path)
        before = text.text[text.starts[position.line - 1] : position.offset]
        return 1 + (len(before) if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2)

    def reveals(self, edit: Edit) -> bool:
        """Whether an edit writes something in the place of what must not be shown, and so may repeat it."""
        return any(edit.start < span.end and span.start < edit.end for span in self.masked.get(edit.path, ()))

    def fix(self, fix: Fix) -> Json:
        """A way to fix a finding."""
        changes: dict[str, list[Json]] = {}
        for edit in fix.edits:
            text = self.texts.get(edit.path)
            region = self.region(edit.path, text.position(edit.start), text.position(edit.end))
            replacement = {"deletedRegion": region, "insertedContent": {"text": edit.text}}
            changes.setdefault(edit.path, []).append(replacement)
        return {
            "description": {"text": fix.title},
            "artifactChanges": [
                {"artifactLocation": self.artifact(path), "replacements": all_of} for path, all_of in changes.items()
            ],
        }

    def crashes(self) -> Iterable[Json]:
        """The message about rules that crashed: a mistake in cmlint, and none of the text."""
        for finding in self.outcome.findings:
            if finding.rule == INTERNAL:
                location = self.location(finding.location)
                yield {"level": "error", "message": {"text": finding.message}, "locations": [location]}

    def unread(self) -> Iterable[Json]:
        """The message about files that could not be read or built."""
        for problem in self.problems:
            place: Json = {"artifactLocation": self.artifact(problem.path)}
            if problem.line:
                place["region"] = {"startLine": problem.line}
            yield {
                "level": "error" if problem.fatal else "warning",
                "message": {"text": problem.message},
                "locations": [{"physicalLocation": place}],
            }


def rule_json(rule: Rule) -> Json:
    """A rule, with its page as the help."""
    severity = SEVERITIES[rule.consequence]
    sections = sections_of(rule.page())
    what = re.sub(r"\s+", " ", sections["What it does"].strip().partition("\n\n")[0])
    page = "\n".join(f"## {title}\n{sections[title]}" for title in HELPFUL if title in sections)
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": what},
        "help": {"text": f"{what}\n\n{rule.url}", "markdown": page},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "tags": [rule.family, rule.consequence],
            "precision": "very-high",
            "problem.severity": PROBLEMS[severity],
        },
    }


def sections_of(page: str) -> dict[str, str]:
    """The sections of a rule's page by their headings."""
    parts = re.split(r"^## (.*)\n", page, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def logical(finding: Finding) -> Json:
    """The object and the container that a finding is about."""
    if not finding.object:
        return {}
    names = (finding.object.kind, finding.object.namespace, finding.object.name, finding.container)
    parts = [name for name in names if name]
    return {"logicalLocations": [{"name": parts[-1], "fullyQualifiedName": "/".join(parts), "kind": "object"}]}


def in_link(text: str) -> str:
    """A text as it is between the brackets of a link."""
    return re.sub(r"([\[\]\\])", r"\\\1", text)
