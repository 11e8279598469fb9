"""Workflow commands of GitHub Actions, which show each finding at its line of a pull request."""

from __future__ import annotations

from cmlint.model.findings import RANKS, Finding
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.places import Repository
from cmlint.report.problems import elsewhere, problems
from cmlint.report.summary import place
from cmlint.report.view import View
from cmlint.system.text import printable

Properties = dict[str, str | int]

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}

IN_MESSAGES, IN_PROPERTIES = "%\r\n", "%\r\n:,"
"""The characters that would end a part of a command."""


def render(result: Result, view: View) -> str:
    """A command a line: the worst first, for GitHub shows ten of each level; then what could not be read."""
    repository = Repository()
    ranked = sorted(result.outcome.findings, key=lambda finding: -RANKS[finding.severity])
    lines = [annotation(finding, others, repository) for finding, others in problems(ranked)]
    for problem in result.problems:
        level = "error" if problem.fatal else "warning"
        places: Properties = {"file": repository.path(problem.path), "line": problem.line or 1, "title": "cmlint"}
        lines.append(command(level, places, problem.message))
    return "".join(f"{line}\n" for line in lines)


def annotation(finding: Finding, others: list[Finding], repository: Repository) -> str:
    """One problem; GitHub takes columns only of a place in one line."""
    start, end = finding.location.start, finding.location.end
    if finding.location.field:
        text = f"{place(finding.location)}: {finding.message}"
        properties: Properties = {"title": f"cmlint: {finding.rule}"}
        return command(LEVELS[finding.severity], properties, text, *more_of(finding, others))
    places: Properties = {"file": repository.path(finding.location.path), "line": start.line}
    if start.line == end.line:
        places |= {"endLine": end.line, "col": start.column, "endColumn": end.column}
    else:
        places["endLine"] = end.line if end.column > 1 else end.line - 1
    places["title"] = f"cmlint: {finding.rule}"
    return command(LEVELS[finding.severity], places, finding.message, *more_of(finding, others))


def more_of(finding: Finding, others: list[Finding]) -> list[str]:
    """The lines below a message: what the cluster does, the help, where else it is, and where to read more."""
    read_more = f"see {see(finding.rule, finding.url)}"
    lines = (finding.effect, *(finding.help or "").split("\n"), elsewhere(others), read_more)
    return [line for line in lines if line]


def command(name: str, properties: Properties, *lines: str) -> str:
    """A workflow command, in which nothing can end a part but its end."""
    pairs = ",".join(f"{key}={escaped(printable(str(value)), IN_PROPERTIES)}" for key, value in properties.items())
    text = "\n".join(map(printable, lines))
    return f"::{name} {pairs}::{escaped(text, IN_MESSAGES)}"


def escaped(text: str, special: str) -> str:
    """A text with the special characters as a workflow command writes them."""
    return "".join(f"%{ord(character):02X}" if character in special else character for character in text)
