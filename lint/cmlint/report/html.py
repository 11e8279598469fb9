"""One page of HTML that needs nothing else: findings with their frames, filtered by rule, severity and path."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from cmlint.model.findings import RANKS, Finding, Severity
from cmlint.pipeline.result import Result
from cmlint.report.characters import width
from cmlint.report.frames import Frames
from cmlint.report.paint import CODES, Paint
from cmlint.report.problems import elsewhere, problems
from cmlint.report.states import STATES, UNSEEN, by_state, commands_in, state_of
from cmlint.report.summary import count, place, summary
from cmlint.report.text import about, margin_of
from cmlint.report.view import View
from cmlint.system.files import CONFIGURATION, read
from cmlint.system.text import printable

WIDTH = 100
"""The columns of a frame."""

STYLES = {code: style for style, code in CODES.items()}


def render(result: Result, view: View) -> str:
    """The page."""
    head, *more = summary(result, view, Paint(View())).split("\n")
    findings = result.outcome.findings
    style, script = part("html.css"), part("html.js")
    policy = f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>cmlint: {escape(head.partition(' in ')[0])}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#findings">Skip to the findings</a>',
            f"<header>\n<h1>cmlint</h1>\n<p>{escape(head)}</p>",
            *listed("what else there is to say", [coded(line) for line in more]),
            *listed("not read", [coded(f"{problem.path}: {problem.message}") for problem in result.problems]),
            "</header>",
            *(filters(findings) if findings else ()),
            '<main id="findings" tabindex="-1">',
            *(states(result, view) if result.outcome.live else files(result)),
            "</main>",
            f"<script>{script}</script>",
            "</body>",
            "</html>\n",
        )
    )


def part(name: str) -> str:
    """One of the files beside this module that go into the page."""
    return read(os.path.join(os.path.dirname(__file__), name), CONFIGURATION).decode("utf-8")


def digest(text: str) -> str:
    """By what a browser knows the only style and the only script that the page may have."""
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def listed(label: str, lines: list[str]) -> Iterator[str]:
    """A list, where there is something in it."""
    if lines:
        yield f'<ul aria-label="{label}">'
        yield from (f"<li>{line}</li>" for line in lines)
        yield "</ul>"


def filters(findings: Iterable[Finding]) -> Iterator[str]:
    """What to filter by; the script shows it, for without one it does nothing."""
    rules = Counter(finding.rule for finding in findings)
    severities: Counter[Severity] = Counter(finding.severity for finding in findings)
    yield '<form id="filters" role="search" aria-label="findings" hidden>'
    yield "<fieldset><legend>Severity</legend>"
    for severity in sorted(severities, key=lambda severity: -RANKS[severity]):
        box = f'<input type="checkbox" name="severity" value="{severity}" checked>'
        yield f'<label class="{severity}">{box} {severity} ({severities[severity]})</label>'
    yield "</fieldset>"
    yield '<label>Rule <select name="rule"><option value="">all</option>'
    yield from (f'<option value="{escape(rule)}">{escape(rule)} ({rules[rule]})</option>' for rule in sorted(rules))
    yield "</select></label>"
    yield '<label>Path <input type="search" name="path" placeholder="part of it" autocomplete="off"></label>'
    yield '<button type="reset">Show all</button>'
    yield '<output name="shown" role="status"></output>'
    yield "</form>"


def states(result: Result, view: View) -> Iterator[str]:
    """The findings about a cluster by what they mean for it, and at the end the commands that fix it."""
    frames = Frames(result.texts, result.masked(), Paint(View(color=True)), WIDTH)
    ranked = by_state(result.outcome.findings)
    for state, group in groupby(ranked, key=state_of):
        findings = list(group)
        yield f"<h2>{state} <small>{count(len(findings), 'finding')}</small></h2>"
        for finding in findings:
            yield f'<section data-path="{escape(printable(finding.location.path))}">'
            yield from article(finding, [], frames)
            yield "</section>"
    if not view.tidy:
        yield f"<h2>{STATES['tidiness']}</h2>\n<p>{coded(UNSEEN)}</p>"
    if commands := commands_in(ranked):
        yield f"<h2>Commands</h2>\n<pre>{escape(printable_lines(commands))}</pre>"


def printable_lines(lines: Iterable[str]) -> str:
    """Lines of which each stays one."""
    return "\n".join(map(printable, lines))


def files(result: Result) -> Iterator[str]:
    """The findings of each file."""
    frames = Frames(result.texts, result.masked(), Paint(View(color=True)), WIDTH)
    found = problems(result.outcome.findings)
    for path, group in groupby(found, key=lambda problem: problem[0].location.path):
        here = list(group)
        yield f'<section data-path="{escape(printable(path))}">'
        yield f"<h2>{escape(printable(path))} <small>{count(len(here), 'problem')}</small></h2>"
        for finding, others in here:
            yield from article(finding, others, frames)
        yield "</section>"


def article(finding: Finding, others: list[Finding], frames: Frames) -> Iterator[str]:
    """One problem: its first finding, and the places of the others."""
    rule, severity, name = escape(finding.rule), finding.severity, f"f-{finding.fingerprint}"
    yield f'<article id="{name}" class="{severity}" data-rule="{rule}" data-severity="{severity}">'
    yield f'<h3><span class="severity">{severity}</span> {coded(finding.message)}</h3>'
    frame = "\n".join(marked(line) for line in frames.draw(finding, margin_of(finding)))
    yield f'<pre tabindex="0" role="group" aria-label="{escape(place(finding.location))}">{frame}</pre>'
    if finding.help:
        yield f'<p class="help">{"<br>".join(map(coded, finding.help.split(chr(10))))}</p>'
    yield f'<p class="note">{coded(about(finding))}</p>'
    if others:
        yield f'<p class="note">{escape(elsewhere(others))}</p>'
    yield f'<p class="more"><a href="{escape(finding.url)}">{rule}</a> <a href="#{name}">link to this</a></p>'
    yield "</article>"


def coded(text: str) -> str:
    """A text in which what is between backticks is code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(printable(text)))


def marked(line: str) -> str:
    """A line of a frame: its colours as classes, and whatever is two columns wide given the room of two."""
    line = "".join(character if width(character) < 2 else f"<i>{character}</i>" for character in escape(line))
    line = re.sub("\033\\[([1-9][0-9;]*)m", lambda match: f'<b class="{STYLES[match[1]]}">', line)
    return line.replace("\033[0m", "</b>")
