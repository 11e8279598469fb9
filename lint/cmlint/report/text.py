"""Text for people: a frame with the source line for each finding, then what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cmlint.model.findings import Finding, Related
from cmlint.model.site import see
from cmlint.pipeline.result import Result
from cmlint.report.characters import wrapped
from cmlint.report.paint import Paint
from cmlint.report.problems import Problem, also_at, problems
from cmlint.report.summary import count, extras, is_unread, mark_of, place, summary
from cmlint.report.view import View
from cmlint.system.text import printable

if TYPE_CHECKING:
    from cmlint.report.frames import Frames


MANY, FEW = 5, 3
"""Of more related places with one label than the first number, the frame shows the second."""


def render(result: Result, view: View) -> str:
    """All findings, and unless only those are wanted what was counted."""
    paint = Paint(view)
    shown = () if view.statistics else findings(result, view, paint)
    blocks = [*shown, *extras(result, view, paint)]
    if not view.quiet and not is_unread(result):
        blocks.append(summary(result, view, paint))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def findings(result: Result, view: View, paint: Paint) -> Iterator[str]:
    """Each finding with its frame; what draws is imported only where there is something to draw."""
    if not result.outcome.findings:
        return
    from cmlint.report.frames import Frames

    frames = Frames(result.texts, result.masked(), paint, view.width)
    if result.outcome.live:
        yield from in_clusters(result, view, paint, frames)
        return
    for finding, others in problems(result.outcome.findings, apart=view.verbose):
        yield block((finding, others), [about(finding)], view, paint, frames)


def in_clusters(result: Result, view: View, paint: Paint, frames: Frames) -> Iterator[str]:
    """The findings about live objects: by what they mean, then by namespace."""
    from cmlint.report import audit_order

    for part in audit_order.parts(result.outcome.findings, apart=view.verbose):
        yield paint("bold", f"{audit_order.TITLES[part.state]}: {count(part.number, 'problem')}")
        for space, found in part.spaces:
            yield paint("bold", f"{printable(audit_order.titled(space))}: {count(len(found), 'problem')}")
            for problem in found:
                first, *more = meaning(problem, view)
                said = [f"{who}: {first}" if (who := whose(problem[0])) else first, *more]
                yield block((problem[0], audit_order.further(problem)), said, view, paint, frames)


def meaning(problem: Problem, view: View) -> Iterator[str]:
    """What a problem in a cluster means."""
    from cmlint.report import audit_order

    return audit_order.meaning(problem, view.now)


def block(problem: Problem, said: list[str], view: View, paint: Paint, frames: Frames) -> str:
    """A problem: its first finding with its frame, its notes, and the places of the others."""
    finding, others = problem
    drawn, listed = (finding.related, []) if view.verbose else places_of(finding)
    margin = margin_of(finding)
    further = [*(place(each.location) for each in listed), *(place(each.location) for each in others)]
    frame = frames.draw(replace(finding, related=drawn), margin)
    after = notes(finding, further, said, view, paint, margin=margin)
    return "\n".join((headline(finding, view, paint), *frame, *after))


def places_of(finding: Finding) -> tuple[tuple[Related, ...], list[Related]]:
    """The related places that a frame shows, and those that a note lists: of many with one label, all but a few."""
    drawn: list[Related] = []
    listed: list[Related] = []
    for label, alike in groupby(finding.related, key=lambda each: each.label):
        places = list(alike)
        number = FEW if label and len(places) > MANY else len(places)
        drawn += places[:number]
        listed += places[number:]
    return tuple(drawn), listed


def headline(finding: Finding, view: View, paint: Paint) -> str:
    """What a finding is."""
    kind = f"{finding.severity}[{finding.rule}]"
    first, *more = wrapped(f"{kind}: {printable(finding.message)}{mark_of(finding)}", view.width, 2)
    linked = paint(finding.severity, f"{finding.severity}[{paint.link(finding.rule, finding.url)}]")
    return "\n  ".join((linked + paint("bold", first.removeprefix(kind)), *(paint("bold", line) for line in more)))


def notes(
    finding: Finding, further: Sequence[str], said: list[str], view: View, paint: Paint, *, margin: int
) -> Iterator[str]:
    """What to do about it, its notes with further places, and where to read more."""
    indent = " " * (margin + 1)
    read_more = None if paint.links else see(finding.rule, finding.url)
    parts = (
        ("help", finding.help),
        *(("note", each) for each in said),
        ("note", also_at(further)),
        ("see", read_more),
    )
    for word, text in parts:
        if text:
            lines = [
                part for line in text.split("\n") for part in wrapped(printable(line), view.width, len(indent) + 8)
            ]
            yield f"{indent}{paint('line', '=')} {paint('bold', f'{word}:')} " + f"\n{indent}        ".join(lines)


def about(finding: Finding) -> str:
    """Whose problem it is, and what the cluster does about it."""
    who, what = whose(finding), finding.effect
    return f"{who}: {what}" if who else what


def whose(finding: Finding) -> str:
    """Whose problem it is: the object, and its container."""
    who = ""
    if finding.object:
        name = "/".join(part for part in (finding.object.namespace, finding.object.name) if part)
        who = f"{finding.object.kind} `{name}`" if name else finding.object.kind
    if finding.container:
        who += f", container `{finding.container}`"
    return who


def margin_of(finding: Finding) -> int:
    """The columns of the line numbers in a finding's frame."""
    places = (finding.location, *(related.location for related in finding.related))
    return len(str(max((place.end.line for place in places if not place.field), default=1)))
