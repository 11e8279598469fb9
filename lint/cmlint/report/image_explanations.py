"""What is known of images, for machines and for people."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cmlint.bundle.image_explanation import Known, Line
from cmlint.model.facts import Deed
from cmlint.model.findings import Location
from cmlint.report.findings import Said, said_lines
from cmlint.report.paint import Paint
from cmlint.report.summary import place
from cmlint.system.text import printable
from cmlint.texts import Texts

DEEDS: dict[Deed, str] = {
    "pushed": "pushes it",
    "loaded": "loads it onto nodes",
    "replaced": "puts another image in its place",
    "built": "builds it",
    "restarted": "restarts what runs it",
}
"""What lines do, in words."""


class Trace(msgspec.Struct, frozen=True):
    """A line that does something to the image: what, by which tool, and where it does not `count` here, why."""

    deed: Deed
    tool: str
    location: Location
    counts: bool
    why: str


class Pictured(msgspec.Struct, frozen=True):
    """An image: what runs it, the policy by which nodes pull it, whether it is reported, and why.

    `policy` is empty for an image that cannot be read, `default` says that the API server sets it. `arrives` says what
    makes a new build arrive in pods.
    """

    image: str
    container: str | None
    object: str
    namespace: str | None
    location: Location
    policy: str
    default: bool
    reported: bool
    why: str
    findings: tuple[Said, ...]
    lines: tuple[Trace, ...]
    arrives: str


def pictured(known: Known, object_: str, said: tuple[Said, ...], texts: Texts) -> Pictured:
    """All that is known of an image, with where it is written."""
    pull, placed = known.pull, known.placed
    reported = any(each.rule == "mutable-tag" for each in said)
    return Pictured(
        image=known.use.written.value,
        container=known.use.container_name,
        object=object_,
        namespace=placed.namespace,
        location=texts.locate(*placed.written(known.use.written.span)),
        policy=pull.policy if pull else "",
        default=pull is not None and pull.by_default and not pull.stored,
        reported=reported,
        why=why(known, reported=reported),
        findings=said,
        lines=tuple(trace(line, texts) for line in known.lines),
        arrives=known.arrives,
    )


def why(known: Known, *, reported: bool) -> str:
    """Why `mutable-tag` reports an image, or not."""
    if not known.moves or reported:
        return known.why
    if known.changed:
        return f"{known.why}; but {known.changed}"
    return f"{known.why}; " + ("only `--pedantic` reports it" if known.pedantic else "but `mutable-tag` does not run")


def trace(line: Line, texts: Texts) -> Trace:
    """A line with where it is."""
    proof = line.proof
    location = texts.locate(proof.path, proof.fact.span)
    return Trace(proof.fact.deed, proof.fact.tool, location, line.counts, line.why)


def image_lines(each: Pictured, paint: Paint) -> Iterator[str]:
    """An image for people: how it is pulled, why it is reported or not, and what makes a new build arrive."""
    inside = f", container `{printable(each.container)}`" if each.container else ""
    space = f" in the namespace `{printable(each.namespace)}`" if each.namespace else ""
    yield paint("bold", f"image `{printable(each.image)}`{space}")
    yield f"  named at {place(each.location)} by {printable(each.object)}{inside}"
    if each.policy:
        yield f"  pull policy: `{each.policy}`{', the default' * each.default}"
    yield f"  {paint('bold', 'reported' if each.reported else 'not reported')}: {printable(each.why)}"
    yield from said_lines(each.findings, paint)
    if each.lines:
        yield "  what is done to it:"
        yield from (f"    {trace_line(line)}" for line in each.lines)
    if each.arrives:
        yield "  how a new build arrives:"
        yield f"    {printable(each.arrives)}"


def trace_line(line: Trace) -> str:
    """What a line does, and why it does not count."""
    aside = f", but does not count: {line.why}" * (not line.counts)
    return f"{place(line.location)}: {printable(line.tool)} {DEEDS[line.deed]}{aside}"
