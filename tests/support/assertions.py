"""Findings that a text expects of itself, written as comments.

`# error: [missing-key] 17 "the whole message"` stands at the end of the finding's line or alone above it and gives the
column of the primary span; `# error: [yaml-syntax] 5:1 "the whole message"` gives the line too and may stand anywhere,
also in a text that cannot be parsed. `# error: [stuck-pod] pod/shop/web:metadata.name "the whole message"` gives a live
object and its field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cmlint.manifest.comments import comments_in
from cmlint.manifest.documents import cut, read_text
from cmlint.model.findings import Finding

LIKE = re.compile(r"# ?(?:error|warning|info): ?\[")
ASSERTION = re.compile(r'# (error|warning|info): \[([a-z0-9-]+)\] (?:(?:(\d+):)?(\d+)|(\S+:\S+)) "(.*)"')
LONG = re.compile(r'(?:^|[ \t])(# (?:error|warning|info): \[[a-z0-9-]+\] \d+:\d+ ".*")[ \t]*$')


class Comment(NamedTuple):
    """A comment: its 1-based line, the 0-based column of its `#`, and its text from there."""

    line: int
    column: int
    text: str


class Expected(NamedTuple):
    """One finding, as far as tests compare it."""

    path: str
    line: int
    column: int
    severity: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f'{self.path}: # {self.severity}: [{self.rule}] {self.line}:{self.column} "{self.message}"'


def expected_of(finding: Finding) -> Expected:
    """A finding, as far as tests compare it."""
    start = finding.location.start
    path = finding.location.path
    if field := finding.location.field:
        return Expected(f"{path}:{field}", 0, 0, finding.severity, finding.rule, finding.message)
    return Expected(path, start.line, start.column, finding.severity, finding.rule, finding.message)


def read(path: str, text: str) -> tuple[str, list[Expected]]:
    """A text without its assertions, every other character where it was, and the findings that they expect.

    Raises ValueError for a comment that looks like an assertion and is none.
    """
    lines = text.split("\n")
    found = [comment for comment in comments_of(text, lines) if LIKE.match(comment.text)]
    if any(document.broken for document in read_text(text).documents):
        known = {comment.line for comment in found}
        found += [comment for comment in long_forms(lines) if comment.line not in known]
    alone = {comment.line for comment in found if not lines[comment.line - 1][: comment.column].strip()}
    expected = [expect(path, comment, alone) for comment in found]
    for comment in found:
        lines[comment.line - 1] = lines[comment.line - 1][: comment.column].rstrip()
    return "\n".join(lines), expected


def comments_of(text: str, lines: list[str]) -> Iterator[Comment]:
    """The comments of all documents, as the scanner for suppressions sees them: never a `#` inside a string."""
    for start, end in cut(text):
        for offset in dict.fromkeys(start + inner for inner in comments_in(text[start:end])):
            line = text.count("\n", 0, offset)
            column = offset - text.rfind("\n", 0, offset) - 1
            yield Comment(line + 1, column, lines[line][column:].rstrip())


def long_forms(lines: Iterable[str]) -> list[Comment]:
    """The assertions with line and column in a text that has no comments, because it cannot be read."""
    found = ((number, LONG.search(line)) for number, line in enumerate(lines, 1))
    return [Comment(number, match.start(1), match[1]) for number, match in found if match]


def expect(path: str, comment: Comment, alone: set[int]) -> Expected:
    """The finding that a comment expects; `alone` are the lines that hold nothing but assertions."""
    match = ASSERTION.fullmatch(comment.text)
    if not match:
        raise ValueError(f'{path}:{comment.line}: `{comment.text}` is not like `# error: [missing-key] 17 "message"`')
    severity, rule, line, column, live, message = match.groups()
    if live:
        return Expected(live, 0, 0, severity, rule, message)
    target = int(line) if line else comment.line
    while not line and target in alone:
        target += 1
    return Expected(path, target, int(column), severity, rule, message)


def differences(expected: Iterable[Expected], findings: Iterable[Finding]) -> list[str]:
    """What is missing and what is too much, each as an assertion that can be copied."""
    wanted, found = sorted(expected), sorted(map(expected_of, findings))
    missing = [f"not found: {item}" for item in wanted if wanted.count(item) > found.count(item)]
    surplus = [f"not expected: {item}" for item in found if found.count(item) > wanted.count(item)]
    return missing + surplus
