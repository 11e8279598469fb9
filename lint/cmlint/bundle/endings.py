"""How each reference ends: resolved, reported, or neither, and then for which reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from cmlint.bundle.documents import LIVE, Definition, Placed
from cmlint.bundle.evidence.question import Question
from cmlint.bundle.evidence.reasons import own_field
from cmlint.bundle.resolve import Resolution, Resolver, by_command, is_open, key_of
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.model.evidence import NOT_LOOKED_AT, Code, Evidence
from cmlint.model.facts import FileFacts, Reference, Scalar, SkipCode, Span
from cmlint.model.outcome import Ending


class End(msgspec.Struct, frozen=True):
    """How a reference ends; `evidence` says why, where it is neither resolved nor reported."""

    kind: Ending
    evidence: Evidence | None = None


RESOLVED, REPORTED = End("resolved"), End("reported")

NOT_MOUNTED = Evidence("not-mounted", "no container mounts the volume, so the pod starts without it")
OPTIONAL = Evidence("optional", "it is optional, and nothing defines it")
PLACEHOLDER_KEY = Evidence("placeholder", "its key has a placeholder")
SECRET_ELSEWHERE = Evidence(
    "secret-elsewhere", "most Secrets are kept where no file shows them; `secrets: all` asks for each"
)
CHANGED = Evidence("changed-when-applied", "an Argo CD Application or a Flux Kustomization changes what is built")
LEFT_OUT = Evidence("left-out", "it is in a folder that is left out; name the folder to check it")
RULE_OFF = Evidence("rule-off", "the rule that would report it does not run")


def excused(evidence: Evidence) -> End:
    """The end of a reference that is neither resolved nor reported."""
    if evidence.code == "optional":
        return End("optional", evidence)
    return End("not-looked-at" if evidence.code in NOT_LOOKED_AT else "excused", evidence)


def confirmed(end: End, *, spoken: bool) -> End:
    """How a reference really ended, where a finding has `spoken` of its place, or none has."""
    if end.kind == "resolved":
        return end
    if spoken:
        return REPORTED
    return excused(RULE_OFF) if end.kind == "reported" else end


def end_of(resolver: Resolver, reference: Reference, placed: Placed) -> End:
    """How a reference of a document ends, if all rules run."""
    return ending(resolver.question(reference, placed), resolver.resolve(reference, placed))


def ending(question: Question, resolution: Resolution) -> End:
    """How a reference ends by what its bundle shows; it is `reported` where nothing excuses it and all rules run."""
    if resolution.status == "found":
        return of_found(question, resolution)
    reason = excuse(question, resolution)
    return excused(reason) if reason else REPORTED


def excuse(question: Question, resolution: Resolution) -> Evidence | None:
    """Why a reference to an object that nothing here defines is not reported."""
    evidence, optional = resolution.evidence, question.reference.optional
    if resolution.status in ("unknown", "external", "placeholder") and evidence:
        unknown = resolution.status == "unknown" and evidence.code not in NOT_LOOKED_AT
        return OPTIONAL if optional and unknown else evidence
    if not question.scope.complete:
        return changed(question)
    if harmless := needless(question):
        return harmless
    if question.excuses_field and not resolution.is_needed_by(question.placed.document, question.reference):
        return evidence or own_field(question)
    bare_secret = resolution.bare and question.target == "Secret"
    return SECRET_ELSEWHERE if bare_secret and not question.ways.wants_secrets else None


def needless(question: Question) -> Evidence | None:
    """Why a pod starts although nothing defines what it names; `--pedantic` reports it."""
    if question.reference.optional:
        return OPTIONAL
    return NOT_MOUNTED if question.reference.idle else None


def changed(question: Question) -> Evidence:
    """Why what is in a bundle may still change."""
    why = question.scope.changed_by
    return Evidence("not-built", why) if why else CHANGED


def of_found(question: Question, resolution: Resolution) -> End:
    """How a reference to an object that is defined ends: all its keys must be there as well."""
    reference = question.reference
    absent = [key for key in reference.keys if not has_key(resolution, key, question)]
    ends = [of_key(key, question, resolution) for key in absent]
    if REPORTED in ends:
        return REPORTED if question.scope.complete else excused(changed(question))
    if ends:
        return ends[0]
    return excused(resolution.evidence) if resolution.command and resolution.evidence else RESOLVED


def has_key(resolution: Resolution, key: Scalar, question: Question) -> bool:
    """Whether every definition has a key, and not only in `binaryData` where a variable reads it."""
    found = resolution.keys(key.value)
    binary = question.reference.via == "env" and any(each.binary for _, each in found)
    return len(found) == len(resolution.definitions) and not binary


def of_key(key: Scalar, question: Question, resolution: Resolution) -> End:
    """How a reference to a key ends that not every definition has."""
    if is_placeholder(key.value):
        return excused(PLACEHOLDER_KEY)
    if resolution.lacking(key.value) or any(found.binary for _, found in resolution.keys(key.value)):
        if harmless := needless(question):
            return excused(harmless)
        empty = question.target == "Secret" and not any(each.provider.keys for each in resolution.definitions)
        if not empty or question.ways.wants_secrets:
            return REPORTED
    return excused(why_unsure(key, resolution))


def why_unsure(key: Scalar, resolution: Resolution) -> Evidence:
    """Why a key that no definition shows may be there all the same."""
    if resolution.evidence:
        return resolution.evidence
    made = next((each for each in resolution.created if is_open(each) or key_of(each, key.value)), None)
    if made:
        return by_command(made)
    lacking = [each for each in resolution.definitions if not key_of(each, key.value)]
    opened = next(filter(is_open, lacking), None)
    if opened or len(resolution.definitions) == 1:
        return open_object(opened or resolution.definitions[0])
    first = resolution.definitions[0]
    sentence = f"several objects have this name, and it is not known that the one in {first.placed.path} is read"
    return Evidence("several-definitions", sentence, first.placed.path, first.provider.name.span)


def open_object(definition: Definition) -> Evidence:
    """The evidence of an object that may have more keys than are shown."""
    placed = definition.placed
    sentence = f"the {placed.document.kind} in {placed.path} may give it more keys"
    return Evidence("open-object", sentence, placed.path, definition.provider.name.span)


ASIDE: dict[SkipCode, tuple[Code, str]] = {
    "completed-elsewhere": ("part", "no container has an image, so that something else completes it"),
    "filled-in": ("part", "a program in Java has it among its resources, and fills it in"),
    "expectation": ("compared", "a test compares it with a cluster"),
}
"""The evidence of documents that a bundle leaves out, by the reason why they are skipped."""

Files = Sequence[tuple[str, FileFacts]]


def all_aside(files: Files, evidence: Evidence) -> Iterator[tuple[Placed, Evidence]]:
    """All documents of files that a bundle leaves out, and why."""
    for path, facts in files:
        for document in facts.documents:
            yield Placed(path, document, facts, LIVE), evidence


def set_aside(before: Files, after: Files) -> Iterator[tuple[Placed, Evidence]]:
    """The documents of files that a bundle leaves out, and why."""
    for (path, old), (_, new) in zip(before, after, strict=True):
        if new is not old:
            codes: dict[Span, SkipCode] = {skip.span: skip.code for skip in new.skipped}
            kept = {id(document) for document in new.documents}
            for document in old.documents:
                if id(document) not in kept:
                    code, sentence = ASIDE[codes[document.span]]
                    yield Placed(path, document, new, LIVE), Evidence(code, sentence, path, document.head)
