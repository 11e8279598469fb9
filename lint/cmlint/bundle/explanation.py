"""Why a reference ends as it does: what it could mean, which reasons excuse it, and what would change that.

All of it comes from the same index, steps and evidence by which references are resolved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.causes import NOT_THERE
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.endings import End, ending
from cmlint.bundle.evidence.question import LookupOptions, Question
from cmlint.bundle.evidence.reasons import ABSENT, ELSEWHERE, maker_of_name
from cmlint.bundle.nearest import meets
from cmlint.bundle.resolve import Resolution, answer, by_command, is_open, key_of
from cmlint.model.evidence import IGNORABLE, Evidence
from cmlint.model.facts import Reference, Scalar

ANY_NAMESPACE = "NAMESPACE"
"""A namespace in which nothing else is."""


MOST_CANDIDATES = 100
"""The most definitions that one explanation lists."""


class Candidate(NamedTuple):
    """A definition that a reference could mean, whether it counts, and why or why not."""

    definition: Definition
    taken: bool
    why: str


class Reason(NamedTuple):
    """Evidence that the object may be made by something else; where it does not count, `why` says why."""

    evidence: Evidence
    counts: bool
    why: str = ""


class Change(NamedTuple):
    """Something that a user can change, and what becomes of the reference then."""

    setting: str
    effect: str


class Explanation(NamedTuple):
    """A reference of a document, what it leads to, how it ends, and why."""

    reference: Reference
    placed: Placed
    resolution: Resolution
    end: End
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]


def explain(bundle: Bundle, reference: Reference, placed: Placed, end: End | None = None) -> Explanation:
    """Why a reference of a bundle ends as it does; `end` is how it really ended, if that is known."""
    question = bundle.resolver.question(reference, placed)
    resolution = bundle.resolver.resolve(reference, placed)
    end = end or ending(question, resolution)
    return Explanation(
        reference=reference,
        placed=placed,
        resolution=resolution,
        end=end,
        candidates=tuple(islice(candidates(question, resolution), MOST_CANDIDATES)),
        reasons=tuple(reasons_for(question, resolution, end)),
        changes=tuple(changes(question, resolution, end)),
    )


# candidates


def candidates(question: Question, resolution: Resolution) -> Iterator[Candidate]:
    """Every definition that could have been meant, those that count first."""
    taken = resolution.definitions if resolution.status == "found" else ()
    for definition in taken:
        yield Candidate(definition, True, f"{how_taken(definition, resolution)}{keys_in(definition, question)}")
    for definition in resolution.created:
        yield Candidate(definition, True, f"its keys count as well{keys_in(definition, question)}")
    seen = {place_of(definition) for definition in (*taken, *resolution.created)}
    for definition, why in considered(question, resolution):
        if place_of(definition) not in seen:
            seen.add(place_of(definition))
            yield Candidate(definition, False, why)


def place_of(definition: Definition) -> tuple[int, int]:
    """What tells a definition from all others."""
    return id(definition.placed), definition.provider.name.start


def how_taken(definition: Definition, resolution: Resolution) -> str:
    """Why a definition counts."""
    if resolution.command:
        return by_command(definition).sentence
    if len(resolution.definitions) == 1:
        return "it is the nearest definition"
    return "it is one of several definitions that are equally near"


def keys_in(definition: Definition, question: Question) -> str:
    """Which of the keys that are read a definition has, in words."""
    return "".join(f"; {key_in(definition, key)}" for key in question.reference.keys)


def key_in(definition: Definition, key: Scalar) -> str:
    """Whether a definition has a key, in words."""
    found = key_of(definition, key.value)
    if found:
        return f"it has the key `{key.value}`{' in `binaryData`' if found.binary else ''}"
    may = "shows no" if is_open(definition) else "has no"
    return f"it {may} key `{key.value}`{', and may have more keys' if is_open(definition) else ''}"


def considered(question: Question, resolution: Resolution) -> Iterator[tuple[Definition, str]]:
    """Definitions that do not count unless they are taken, each with the reason."""
    scope, target, name = question.scope, question.target, question.name
    for definition in resolution.cause.definitions if resolution.cause else ():
        yield definition, NOT_THERE[resolution.cause.code] if resolution.cause else ""
    for definition in scope.index.named(target, name):
        yield definition, why_not(definition, question)
    for index, _ in scope.siblings:
        yield from ((each, why_not(each, question)) for each in index.named(target, name))
    for definition in (*scope.index.created(target, name), *scope.index.perhaps_created(target, name)):
        yield definition, why_no_command(definition, question)
    for index in scope.others.that_have(target, name) if scope.others else ():
        why = "another build has it" if not question.is_alternative(index) else "it belongs to an alternative build"
        if index is not scope.index:
            yield from ((each, why) for each in index.named(target, name))
    if example := scope.index.examples.get((target, name)):
        yield example, "a document only shows it"
    for answer_ in question.answers:
        yield from ((each, f"it is in the namespace `{each.namespace}` of the cluster") for each in answer_.elsewhere)
    for definition in (*resolution.near, *question.near.definitions):
        yield definition, f"its name differs from `{name}`"


def why_not(definition: Definition, question: Question) -> str:
    """Why a definition with the right name in the same or a sibling bundle does not count."""
    if definition.provider.everywhere or meets(question.namespace, definition.namespace):
        return "another definition is nearer"
    return f"it is in the namespace `{definition.namespace}`, and the reference in `{question.namespace}`"


def why_no_command(definition: Definition, question: Question) -> str:
    """Why a command that creates such an object does not count."""
    if not question.heeds("command"):
        return "the setting `evidence` turns commands off"
    if not meets(question.namespace, definition.namespace):
        return why_not(definition, question)
    if not question.scope.index.serves(definition, question.placed):
        return "the command is for another folder"
    return "a definition is nearer than the command"


# reasons


def reasons_for(question: Question, resolution: Resolution, end: End) -> Iterator[Reason]:
    """Everything that speaks for an object that something else makes; what excuses the reference comes first."""
    if end.evidence:
        yield Reason(end.evidence, True)
    ways = question.ways
    for evidence in evidence_for(question) if resolution.status != "found" else ():
        if evidence != end.evidence:
            if evidence.code in ways.ignored:
                yield Reason(evidence, False, "the setting `evidence` turns it off")
            elif ways.strict:
                yield Reason(evidence, False, "`references: strict` ignores it")
            elif end.kind == "excused":
                yield Reason(evidence, True)
            else:
                yield Reason(evidence, False, "something else decides")


def evidence_for(question: Question) -> Iterator[Evidence]:
    """All evidence about a name that nothing defines, whether it counts or not."""
    for reason in (*ELSEWHERE, *ABSENT):
        if reason is not maker_of_name and (evidence := reason(question)):
            yield evidence
    seen: set[str] = set()
    while around := question.scope.around.maker(question.placed, seen, question.name):
        seen.add(around.code)
        yield around


# changes


def changes(question: Question, resolution: Resolution, end: End) -> Iterator[Change]:
    """What a user can change, and what the same question would then give."""
    if end.kind == "resolved":
        return
    for setting, other in (*settings(question, end), *namespaces(question, end)):
        then = ending(other, answer(other))
        if (then.kind, code_of(then)) != (end.kind, code_of(end)):
            yield Change(setting, EFFECTS[then.kind].format(why=then.evidence.sentence if then.evidence else ""))
    if end.evidence and end.evidence.code in BY_HAND:
        yield Change(*BY_HAND[end.evidence.code])
    if resolution.status in ("missing", "unknown") and not question.scope.clusters:
        yield Change("--live, or --against SNAPSHOT", "cmlint looks it up in the cluster")


EFFECTS = {
    "resolved": "it resolves",
    "reported": "it is reported",
    "optional": "it is optional, and absent",
    "excused": "it is excused: {why}",
    "not-looked-at": "it is not checked: {why}",
}
"""What becomes of a reference, by its end."""

BY_HAND: dict[str, tuple[str, str]] = {
    "not-built": (
        "a build that works, or --no-build",
        "it is resolved in what is built, or in the source files",
    ),
    "rule-off": ("`select` and `ignore`", "the rule reports it"),
    "open-object": ("a definition that lists all keys", "the key is found or reported"),
}
"""What helps where no setting does, by the code of the evidence."""


def code_of(end: End) -> str:
    """The code of the evidence of an end; empty without any."""
    return end.evidence.code if end.evidence else ""


def settings(question: Question, end: End) -> Iterator[tuple[str, Question]]:
    """The settings that may change an end, each with the question under it."""
    ways, full = question.ways, f"{question.target}/{question.name}"
    yield f"external: [{full}]", within(question, msgspec.structs.replace(ways, external=(*ways.external, full)))
    if end.evidence and end.evidence.code in IGNORABLE:
        more = ways.ignored | {end.evidence.code}
        other = msgspec.structs.replace(ways, ignored=more, all_secrets=ways.all_secrets or SECRET in more)
        yield f"evidence: {{{end.evidence.code}: ignore}}", within(question, other)
    yield "references: strict", within(question, msgspec.structs.replace(ways, strict=True))
    if question.target == "Secret":
        yield "secrets: all", within(question, msgspec.structs.replace(ways, all_secrets=True))
    if question.reference.optional:
        needed = msgspec.structs.replace(question.reference, optional=False)
        yield "optional: false", msgspec.structs.replace(question, reference=needed)


SECRET = "secret-elsewhere"


def within(question: Question, ways: LookupOptions) -> Question:
    """The same question where references are looked up in other ways."""
    scope = msgspec.structs.replace(question.scope, ways=lambda _: ways)
    return Question(question.reference, question.namespace, question.placed, scope)


def namespaces(question: Question, end: End) -> Iterator[tuple[str, Question]]:
    """The namespaces that the reading object could name, each with the question there."""
    named = question.scope.index.named(question.target, question.name)
    found = {each.namespace for each in named if each.namespace} - {question.namespace}
    names: Iterable[str] = sorted(found)
    if question.namespace is None and end.kind == "excused":
        names = (*names, ANY_NAMESPACE)
    for name in names:
        there = Scalar(name, 0, 0)
        document = msgspec.structs.replace(question.placed.document, namespace=there)
        placed = question.placed.read_as(document)
        yield f"namespace: {name}", Question(question.reference, name, placed, question.scope)
