"""Text for people: a frame with the source line for each finding, then what was counted."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.model.findings import WHAT_HAPPENS, Finding
from cmlint.pipeline.result import Result
from cmlint.report.characters import wrapped
from cmlint.report.paint import Paint
from cmlint.report.problems import elsewhere, problems
from cmlint.report.summary import extras, summary
from cmlint.report.view import View
from cmlint.system.text import printable


def render(result: Result, view: View) -> str:
    """All findings, and unless only those are wanted what was counted."""
    paint = Paint(view)
    blocks = [*findings(result, view, paint), *extras(result, view, paint)]
    if not view.quiet:
        blocks.append(summary(result, view, paint))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def findings(result: Result, view: View, paint: Paint) -> Iterator[str]:
    """Each finding with its frame; what draws is imported only where there is something to draw."""
    if not result.outcome.findings:
        return
    from cmlint.report.frames import Frames

    frames = Frames(result.texts, result.masked(), paint, view.width)
    for finding, others in problems(result.outcome.findings, apart=view.verbose):
        margin = margin_of(finding)
        frame, after = frames.draw(finding, margin), notes(finding, others, view, paint, margin)
        yield "\n".join((headline(finding, view, paint), *frame, *after))


def headline(finding: Finding, view: View, paint: Paint) -> str:
    """What a finding is."""
    kind = f"{finding.severity}[{finding.rule}]"
    first, *more = wrapped(f"{kind}: {printable(finding.message)}", view.width, 2)
    linked = paint(finding.severity, f"{finding.severity}[{paint.link(finding.rule, finding.url)}]")
    return "\n  ".join((linked + paint("bold", first.removeprefix(kind)), *(paint("bold", line) for line in more)))


def notes(finding: Finding, others: list[Finding], view: View, paint: Paint, margin: int) -> Iterator[str]:
    """What to do about it, whose problem it is, and where to read more."""
    indent = " " * (margin + 1)
    url = None if paint.links else finding.url
    parts = (("help", finding.help), ("note", about(finding)), ("note", elsewhere(others)), ("see", url))
    for word, text in parts:
        if text:
            lines = [
                part for line in text.split("\n") for part in wrapped(printable(line), view.width, len(indent) + 8)
            ]
            yield f"{indent}{paint('line', '=')} {paint('bold', f'{word}:')} " + f"\n{indent}        ".join(lines)


def about(finding: Finding) -> str:
    """Whose problem it is, and what the cluster does about it."""
    who = ""
    if finding.object:
        name = "/".join(part for part in (finding.object.namespace, finding.object.name) if part)
        who = f"{finding.object.kind} `{name}`" if name else finding.object.kind
    if finding.container:
        who += f", container `{finding.container}`"
    what = WHAT_HAPPENS[finding.consequence]
    return f"{who}: {what}" if who else what


def margin_of(finding: Finding) -> int:
    """The columns of the line numbers in a finding's frame."""
    places = (finding.location, *(related.location for related in finding.related))
    return len(str(max((place.end.line for place in places if not place.field), default=1)))
