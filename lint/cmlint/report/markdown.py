"""Markdown for a job summary or for a comment on a pull request: one table, no longer than a comment may be."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from cmlint.model.findings import RANKS, Finding
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.paint import Paint
from cmlint.report.places import Repository
from cmlint.report.problems import elsewhere, problems
from cmlint.report.summary import count, place, summary
from cmlint.report.view import View
from cmlint.system.markdown import SPECIAL
from cmlint.system.text import printable

LIMIT = 65_000
"""The characters of a report. GitHub takes 65,536 in a comment; the rest is for whoever adds a line of their own."""

LONGEST = 500
"""The characters of a message that are shown."""

REFERENCE = re.compile(r"(?<=@)|(?<=[#!])(?=\d)|(?<=GH)(?=-\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a mention, an issue or an address is broken up that GitHub or GitLab would make a link, escaped or not."""


def render(result: Result, view: View) -> str:
    """What was counted, and a table of the findings, the worst first, as far as there is room."""
    head, *more = summary(result, view, Paint(View())).split("\n")
    problems = [f"- {escaped(f'{problem.path}: {problem.message}'[:LONGEST])}" for problem in result.problems[:10]]
    before = f"### cmlint: {head}\n"
    after = "".join(f"\n{line}" for line in (*problems, *(f"- {coded(line)}" for line in more)))
    table = "".join(rows(result, LIMIT - len(before) - len(after) - 100))
    return f"{before}{table}{after}\n" if table or after else before


def rows(result: Result, room: int) -> Iterator[str]:
    """The table, cut where there is no room for more of it."""
    ranked = sorted(result.outcome.findings, key=lambda finding: -RANKS[finding.severity])
    repository = Repository()
    found = problems(ranked)
    for number, (finding, others) in enumerate(found):
        line = ("" if number else "\n| | where | what |\n| --- | --- | --- |\n") + row(finding, others, repository)
        room -= len(line)
        if room < 0:
            yield f"\n{count(len(found) - number, 'more problem')} not shown: the report is too long.\n"
            return
        yield line


def row(finding: Finding, others: list[Finding], repository: Repository) -> str:
    """The line of one problem."""
    where = code(place(finding.location))
    written = not finding.location.field
    address = repository.address(finding.location.path, finding.location.start.line) if written else None
    lines = [finding.message, finding.effect, *(finding.help or "").split("\n")]
    shown = [*(coded(line) for line in lines if line), *filter(None, [elsewhere(others, code)])]
    read_more = see(finding.rule, finding.url)
    link = f"[`{finding.rule}`]({read_more})" if read_more == finding.url else f"see `{read_more}`"
    what = "<br>".join((*shown, link))
    return f"| {finding.severity} | {f'[{where}]({address})' if address else where} | {what} |\n"


def coded(text: str) -> str:
    """A text in which what is between backticks is code, and nothing else means anything to Markdown."""
    text = printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escaped(text)
    plain, quoted = map(escaped, parts[::2]), map(code, parts[1::2])
    return "".join(part for pair in zip(plain, (*quoted, ""), strict=True) for part in pair)


def code(text: str) -> str:
    """A text as code in a cell of a table, in which nothing can end the code or the cell."""
    text = printable(text)
    if "`" in text or "\\" in text:
        return (
            "<code>" + "".join(f"&#{ord(each)};" if each in string.punctuation else each for each in text) + "</code>"
        )
    return "`{}`".format(text.replace("|", "\\|")) if text else ""


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, in one line, and that mentions nobody and links to nothing."""
    parts = REFERENCE.split(printable(text))
    return "\N{WORD JOINER}".join(SPECIAL.sub(r"\\\1", part) for part in parts)
