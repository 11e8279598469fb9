"""JUnit XML, for whatever shows test results: a suite for each file, a case for each finding."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from cmlint.model.findings import Finding
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.text import about
from cmlint.report.view import View
from cmlint.system.text import printable

Case = tuple[str, Element]
"""A test case, and the file that it belongs to."""


def render(result: Result, view: View) -> str:
    """Errors and warnings fail, infos and files without any pass, what was suppressed is skipped."""
    suites: dict[str, list[Element]] = {}
    for path, case in sorted(cases(result), key=lambda entry: entry[0]):
        suites.setdefault(path, []).append(case)
    root = Element("testsuites", {"name": "cmlint"})
    for path, inside in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": clean(path), **counts(inside)})
        suite.extend(inside)
    root.attrib |= counts([case for inside in suites.values() for case in inside])
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def cases(result: Result) -> Iterator[Case]:
    """The test cases of a run."""
    outcome = result.outcome
    for finding in outcome.findings:
        yield found(finding)
    for finding in outcome.suppressed:
        path, case = case_of(finding.location.path, name_of(finding), finding.location.start.line)
        ElementTree.SubElement(case, "skipped", {"message": clean(f"suppressed: {finding.message}")})
        yield path, case
    for problem in result.problems:
        path, case = case_of(problem.path, "can be read", problem.line or 1)
        kind = "error" if problem.fatal else "skipped"
        ElementTree.SubElement(case, kind, {"message": clean(problem.message)})
        yield path, case
    reported = {finding.location.path for finding in (*outcome.findings, *outcome.suppressed)}
    reported |= {problem.path for problem in result.problems}
    for path in set(outcome.linted) - reported:
        yield case_of(path, "has no problems", 1)


def found(finding: Finding) -> Case:
    """The case of a finding."""
    path, case = case_of(finding.location.path, name_of(finding), finding.location.start.line)
    lines = [finding.message, finding.help, about(finding), f"see {see(finding.rule, finding.url)}"]
    details = clean("\n".join(line for line in lines if line))
    if finding.severity == "info":
        ElementTree.SubElement(case, "system-out").text = details
    else:
        attributes = {"type": finding.severity, "message": clean(finding.message)}
        ElementTree.SubElement(case, "failure", attributes).text = details
    return path, case


def name_of(finding: Finding) -> str:
    """What the case of a finding is called: its rule, and where it is in the file."""
    return f"{finding.rule} at {finding.location.place}"


def case_of(path: str, name: str, line: int) -> Case:
    """A case without a result, which is one that has passed."""
    return path, Element(
        "testcase", {"name": clean(name), "classname": clean(path), "file": clean(path), "line": str(line)}
    )


def counts(inside: list[Element]) -> dict[str, str]:
    """How many cases there are, and how they ended."""
    ends = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    numbers = {name: str(sum(case.find(tag) is not None for case in inside)) for name, tag in ends.items()}
    return {"tests": str(len(inside)), **numbers}


def clean(text: str) -> str:
    """A text that XML can hold and a reader can see, line by line."""
    return "\n".join(map(printable, text.split("\n")))
