"""One page of HTML that needs nothing else: findings with their frames, filtered by rule, severity and path."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from msgspec.structs import replace

from cmlint.model.findings import RANKS, Finding, Severity
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.audit_order import TITLES, UNSEEN, Part, commands_in, further, meaning, parts, titled
from cmlint.report.characters import width
from cmlint.report.frames import Frames
from cmlint.report.paint import CODES, Paint
from cmlint.report.problems import Problem, also_at, problems
from cmlint.report.summary import count, place, summary
from cmlint.report.text import about, margin_of, places_of
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
            *((f'<p class="run">{escape(printable(", ".join(view.run)))}</p>',) if view.run else ()),
            "</header>",
            *(filters(findings) if findings else ()),
            '<main id="findings" tabindex="-1">',
            *(in_clusters(result, view) if result.outcome.live else files(result)),
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


def in_clusters(result: Result, view: View) -> Iterator[str]:
    """The findings about clusters by what they mean for these, and at the end the commands that fix it."""
    frames = Frames(result.texts, result.masked(), Paint(View(color=True)), WIDTH)
    found = parts(result.outcome.findings)
    yield from overview(found)
    for part in found:
        yield f"<h2>{TITLES[part.state]} <small>{count(part.number, 'problem')}</small></h2>"
        for space, here in part.spaces:
            yield "<section>"
            yield f"<h3>{coded(titled(space))} <small>{count(len(here), 'problem')}</small></h3>"
            for problem in here:
                said = list(meaning(problem, view.now))
                yield from article((problem[0], further(problem)), said, frames, level=4)
            yield "</section>"
    if not view.tidy:
        yield f"<h2>{TITLES['unused']}</h2>\n<p>{coded(UNSEEN)}</p>"
    if commands := commands_in(each for part in found for _, here in part.spaces for each, _ in here):
        yield f'<h2>Commands</h2>\n<pre tabindex="0">{escape(printable_lines(commands))}</pre>'


def overview(found: list[Part]) -> Iterator[str]:
    """How many problems there are in each state, by cluster and namespace."""
    spaces = sorted({space for part in found for space, _ in part.spaces})
    if not spaces:
        return
    yield '<div class="overview" tabindex="0" role="group" aria-label="overview">'
    yield "<table><caption>Problems by cluster and namespace</caption>"
    titles = "".join(f'<th scope="col">{TITLES[part.state]}</th>' for part in found)
    yield f'<thead><tr><th scope="col">Cluster</th><th scope="col">Namespace</th>{titles}</tr></thead><tbody>'
    for space in spaces:
        numbers = (sum(len(here) for each, here in part.spaces if each == space) for part in found)
        cells = "".join(f"<td>{number or ''}</td>" for number in numbers)
        names = "".join(f'<th scope="row">{escape(printable(name))}</th>' for name in space)
        yield f"<tr>{names}{cells}</tr>"
    yield "</tbody></table></div>"


def printable_lines(lines: Iterable[str]) -> str:
    """Lines of which each stays one."""
    return "\n".join(map(printable, lines))


def files(result: Result) -> Iterator[str]:
    """The findings of each file."""
    frames = Frames(result.texts, result.masked(), Paint(View(color=True)), WIDTH)
    found = problems(result.outcome.findings)
    for path, group in groupby(found, key=lambda problem: problem[0].location.path):
        here = list(group)
        yield "<section>"
        yield f"<h2>{escape(printable(path))} <small>{count(len(here), 'problem')}</small></h2>"
        for problem in here:
            yield from article(problem, [about(problem[0])], frames)
        yield "</section>"


def article(problem: Problem, said: list[str], frames: Frames, *, level: int = 3) -> Iterator[str]:
    """One problem: its first finding, its notes, and the places of the others."""
    finding, others = problem
    path = escape(printable(finding.location.path))
    rule, severity, name = escape(finding.rule), finding.severity, f"f-{finding.fingerprint}"
    yield f'<article id="{name}" class="{severity}" data-rule="{rule}" data-severity="{severity}" data-path="{path}">'
    yield f'<h{level}><span class="severity">{severity}</span> {coded(finding.message)}</h{level}>'
    drawn, more = places_of(finding)
    frame = "\n".join(marked(line) for line in frames.draw(replace(finding, related=drawn), margin_of(finding)))
    yield f'<pre tabindex="0" role="group" aria-label="{escape(place(finding.location))}">{frame}</pre>'
    if finding.help:
        yield f'<p class="help">{"<br>".join(map(coded, finding.help.split(chr(10))))}</p>'
    yield from (f'<p class="note">{coded(line)}</p>' for line in said)
    places = [*(place(each.location) for each in more), *(place(each.location) for each in others)]
    if further := also_at(places):
        yield f'<p class="note">{escape(further)}</p>'
    read_more = see(finding.rule, finding.url)
    link = (
        f'<a href="{escape(finding.url)}">{rule}</a>'
        if read_more == finding.url
        else f"<code>{escape(read_more)}</code>"
    )
    yield f'<p class="more">{link} <a href="#{name}">link to this</a></p>'
    yield "</article>"


def coded(text: str) -> str:
    """A text in which what is between backticks is code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(printable(text)))


def marked(line: str) -> str:
    """A line of a frame: its colours as classes, and whatever is two columns wide given the room of two."""
    line = "".join(character if width(character) < 2 else f"<i>{character}</i>" for character in escape(line))
    line = re.sub("\033\\[([1-9][0-9;]*)m", lambda match: f'<b class="{STYLES[match[1]]}">', line)
    return line.replace("\033[0m", "</b>")
