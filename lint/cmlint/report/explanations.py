"""Why references end as they do, and what is known of images. Names and places are shown, and no value."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

import msgspec

from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.explanation import Explanation
from cmlint.bundle.image_explanation import Known
from cmlint.model.evidence import MEANINGS
from cmlint.model.facts import COMMAND, EXAMPLE, Span
from cmlint.model.findings import Finding, Location
from cmlint.model.outcome import Ending
from cmlint.report.findings import Said, said_lines
from cmlint.report.image_explanations import Pictured, image_lines, pictured
from cmlint.report.json import VERSION, encode
from cmlint.report.paint import Paint
from cmlint.report.summary import ENDS, place
from cmlint.report.view import View
from cmlint.system.text import printable
from cmlint.texts import Texts

SHOWN_KEYS = 20
"""The most keys of a definition that are shown to people."""


class Because(msgspec.Struct, frozen=True):
    """Evidence: its code, what it says here, what the code means, and the place that shows it, where one is known.

    `counts` says whether it excuses the reference, and `why` why it does not.
    """

    code: str
    reason: str
    meaning: str
    location: Location | None
    counts: bool
    why: str


class Candidate(msgspec.Struct, frozen=True):
    """A definition that was considered, whether it counts, and why."""

    what: str
    namespace: str | None
    location: Location
    taken: bool
    why: str


class Change(msgspec.Struct, frozen=True):
    """What a user can change, and what becomes of the reference then."""

    setting: str
    effect: str


class Explained(msgspec.Struct, frozen=True):
    """A reference: what it names, what reads it, how it ends, and why.

    `name` is kind and name as they are written, `built_as` the name that kustomize gives to a ConfigMap instead; that
    of a Secret may end with a hash of its values.
    """

    name: str
    built_as: str
    keys: tuple[str, ...]
    optional: bool
    via: str
    object: str
    namespace: str | None
    location: Location
    end: Ending
    findings: tuple[Said, ...]
    candidates: tuple[Candidate, ...]
    reasons: tuple[Because, ...]
    changes: tuple[Change, ...]


class Defined(msgspec.Struct, frozen=True):
    """A definition, the names of its keys, and the references that read it; if `open`, it may have more keys."""

    what: str
    namespace: str | None
    location: Location
    keys: tuple[str, ...]
    open: bool


class ExplainReport(msgspec.Struct, frozen=True):
    """All that is known of a place or a name; `note` says what is there where nothing is known."""

    target: str
    references: list[Explained]
    definitions: list[Defined]
    images: list[Pictured] = []
    note: str = ""


class Teller:
    """Makes explanations ready to be shown: with the lines of `texts`, and the findings of a run.

    `plain` are the paths of the texts that are checked as they are written; evidence in others has no place there.
    """

    def __init__(self, texts: Texts, findings: Iterable[tuple[Finding, bool]], plain: Container[str]) -> None:
        self.texts, self.plain = texts, plain
        self.by_place: dict[tuple[str, int], list[Said]] = {}
        for finding, suppressed in findings:
            said = Said(finding.rule, finding.severity, finding.message, suppressed)
            for location in (finding.location, *(related.location for related in finding.related)):
                self.by_place.setdefault((location.path, location.start.offset), []).append(said)

    def said_of(self, placed: Placed, spans: Iterable[Span]) -> tuple[Said, ...]:
        """The findings at places of a document."""
        places = ((path, span.start) for path, span in map(placed.written, spans))
        return tuple(dict.fromkeys(said for each in places for said in self.by_place.get(each, ())))

    def explained(self, explanation: Explanation, said: tuple[Said, ...]) -> Explained:
        """A reference with all that is known of it."""
        reference, placed, end = explanation.reference, explanation.placed, explanation.end
        written = placed.as_written(reference.name.value)
        renamed = reference.name.value != written and reference.target != "Secret" and is_kustomized(placed)
        return Explained(
            name=f"{reference.target}/{written}",
            built_as=reference.name.value if renamed else "",
            keys=tuple(key.value for key in reference.keys),
            optional=reference.optional,
            via=reference.via,
            object=called(placed),
            namespace=reference.namespace.value if reference.namespace else placed.namespace,
            location=self.locate(placed, reference.name.span),
            end=end.kind,
            findings=said if end.kind == "reported" else (),
            candidates=unique(
                Candidate(
                    described(candidate.definition),
                    candidate.definition.namespace,
                    self.locate(candidate.definition.placed, candidate.definition.provider.name.span),
                    candidate.taken,
                    candidate.why,
                )
                for candidate in explanation.candidates
            ),
            reasons=tuple(
                Because(
                    code=code,
                    reason=sentence,
                    meaning=MEANINGS[code],
                    location=self.shown_at(path, span),
                    counts=counts,
                    why=why,
                )
                for (code, sentence, path, span), counts, why in explanation.reasons
            ),
            changes=tuple(Change(*change) for change in explanation.changes),
        )

    def pictured(self, known: Known) -> Pictured:
        """An image with all that is known of it."""
        written = known.use.written.span
        return pictured(known, called(known.placed), self.said_of(known.placed, (written,)), self.texts)

    def defined(self, definition: Definition) -> Defined:
        """A definition with its keys."""
        provider = definition.provider
        keys = tuple(dict.fromkeys(key.name for key in provider.keys))
        location = self.locate(definition.placed, provider.name.span)
        return Defined(described(definition), definition.namespace, location, keys, provider.open)

    def shown_at(self, path: str, span: Span | None) -> Location | None:
        """The place of evidence, where it is known."""
        return self.texts.locate(path, span) if span and path in self.plain else None

    def locate(self, placed: Placed, span: Span) -> Location:
        """Where a stretch of a document is written."""
        return self.texts.locate(*placed.written(span))


def unique(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Candidates without those that look the same, as one file has in several builds."""
    return tuple(dict.fromkeys(candidates))


def called(placed: Placed) -> str:
    """Kind and name of an object, as they are written."""
    name, built = placed.document.name, placed.built
    return built.reword(f"{placed.document.kind} `{built.spelled(name)}`") if built and name else placed.described


def is_kustomized(placed: Placed) -> bool:
    """Whether kustomize has built a document; a name that helm writes holds only what the release is called."""
    return placed.built is not None and any(placed.built.kustomizations())


def described(definition: Definition) -> str:
    """What a definition is, in words."""
    provider = definition.provider
    name = f"{provider.target} `{definition.placed.as_written(provider.name.value)}`"
    if provider.kind == COMMAND:
        return f"{name} of a command"
    if provider.kind == EXAMPLE:
        return f"{name} shown in a document"
    return name if provider.kind == provider.target else f"{name} of the {called(definition.placed)}"


# for machines


def render_json(shown: ExplainReport) -> str:
    """JSON, version 1."""
    return encode({"version": VERSION, **msgspec.structs.asdict(shown)})


# for people


def render_text(shown: ExplainReport, view: View) -> str:
    """Definitions, then references, then images; equal explanations are shown once, with all their places."""
    paint = Paint(view)
    alike: dict[tuple[object, ...], list[Explained]] = {}
    for each in shown.references:
        alike.setdefault(likeness(each), []).append(each)
    blocks = [[printable(shown.note)]] if shown.note else []
    blocks += [list(definition_lines(each, paint)) for each in shown.definitions]
    blocks += [list(reference_lines(group, paint)) for group in alike.values()]
    blocks += [list(image_lines(each, paint)) for each in shown.images]
    return "\n\n".join(map("\n".join, blocks)) + "\n"


def likeness(each: Explained) -> tuple[object, ...]:
    """Everything about a reference but its place and its object."""
    values = msgspec.structs.asdict(each)
    return tuple(repr(value) for name, value in values.items() if name not in ("location", "object"))


def definition_lines(each: Defined, paint: Paint) -> Iterator[str]:
    """A definition: where it is, and the names of its keys."""
    yield paint("bold", f"{place(each.location)}: {printable(each.what)}{in_namespace(each.namespace)}")
    names = ", ".join(f"`{printable(key)}`" for key in each.keys[:SHOWN_KEYS])
    more = f" and {len(each.keys) - SHOWN_KEYS} more" if len(each.keys) > SHOWN_KEYS else ""
    others = "; it may have others" if each.open else ""
    yield f"  keys: {names or 'none'}{more}{others}"


def reference_lines(group: Sequence[Explained], paint: Paint) -> Iterator[str]:
    """References with one explanation: where they are, how they end and why."""
    first = group[0]
    keys = "".join(f", key `{printable(key)}`" for key in first.keys)
    optional = ", optional" if first.optional else ""
    built = f", built as `{printable(first.built_as)}`" if first.built_as else ""
    more = f"{keys}{optional}{built}"
    yield paint(
        "bold", f"{printable(first.name)}{more}{',' * bool(more and first.namespace)}{in_namespace(first.namespace)}"
    )
    yield from (f"  read at {place(each.location)} by {printable(each.object)} ({each.via})" for each in group)
    yield f"  {paint('bold', ENDS[first.end])}{why(first)}"
    yield from said_lines(first.findings, paint)
    if first.candidates:
        yield "  considered:"
        yield from (f"    {candidate_line(each)}" for each in first.candidates)
    others = first.reasons[1:] if first.end not in ("resolved", "reported") else first.reasons
    if others:
        yield "  other reasons:"
        yield from (f"    {because(each)}{f': {each.why}' * bool(each.why)}" for each in others)
    if first.changes:
        yield "  what would change that:"
        yield from (f"    {printable(each.setting)}: {printable(each.effect)}" for each in first.changes)


def why(each: Explained) -> str:
    """The evidence that decides, in words."""
    if not each.reasons or each.end in ("resolved", "reported"):
        return ""
    return f": {because(each.reasons[0])}\n    {each.reasons[0].meaning}"


def because(reason: Because) -> str:
    """A reason with its place and its code."""
    at = f" ({place(reason.location)})" if reason.location else ""
    return f"{printable(reason.reason)}{at} [{reason.code}]"


def candidate_line(each: Candidate) -> str:
    """A candidate, and why it counts or not."""
    taken = "taken" if each.taken else "not taken"
    where = place(each.location)
    return f"{taken}: {where}: {printable(each.what)}{in_namespace(each.namespace)}: {printable(each.why)}"


def in_namespace(namespace: str | None) -> str:
    """The namespace of something, in words."""
    return f" in the namespace `{printable(namespace)}`" if namespace else ""
