"""Other names for objects and keys, in all places that mean the same definition; refused where that is not sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cmlint.bundle.documents import LIVE, Definition, Placed
from cmlint.fixes.proof import applied
from cmlint.kube import names
from cmlint.manifest.edits import CannotEditError, pieces_of
from cmlint.model.changes import Rewrite
from cmlint.model.facts import COMMAND, Scalar, Span
from cmlint.model.findings import Edit, Finding
from cmlint.pipeline.result import Result
from cmlint.server import at
from cmlint.server.actions import Edited
from cmlint.server.at import Spot, Word
from cmlint.server.navigate import Reader, readers
from cmlint.server.positions import Range
from cmlint.sources.kustomize.places import BuiltText

ALL_KEYS = {"envFrom": "a variable", "file": "a file", "subPath": "a file"}
"""What is called like a key that is read in this way."""


class RefusedError(Exception):
    """A rename that is not made; the message says why."""


class Renamed(NamedTuple):
    """The edits of a rename; `confirm` says what it changes besides, where that needs to be confirmed."""

    edits: tuple[Edited, ...]
    confirm: str = ""


def prepare(spot: Spot) -> tuple[Range, str]:
    """The name that can be changed; raises RefusedError."""
    word, _ = meant(spot)
    place = spot.locator.place(spot.point.path, word.span)
    old = word.key if word.key is not None else word.name
    if place is None:
        raise RefusedError("the text is being read; try again")
    start = spot.opened.lines.offset(*place.range.start)
    text = spot.opened.text[start : spot.opened.lines.offset(*place.range.end)]
    if text[:1] in ("'", '"'):
        inner = spot.opened.lines.range(Span(start + 1, start + len(text) - 1))
        return inner, text[1:-1]
    return place.range, text or old


def meant(spot: Spot) -> tuple[Word, Definition]:
    """The name under the cursor and the one definition that it means; raises RefusedError."""
    word = at.word_at(spot)
    if word is None:
        raise RefusedError("only names and keys of ConfigMaps and Secrets can be renamed")
    found = at.defined_for(word)
    if not found:
        raise RefusedError(f"nothing here defines `{word.name}`")
    if len(found) > 1 and len({each.placed.written(each.provider.name.span) for _, each in found}) > 1:
        raise RefusedError(f"several definitions of `{word.name}` are equally near")
    definition = found[0][1]
    kind = definition.provider.kind
    if definition.placed.number == LIVE:
        raise RefusedError(f"`{word.name}` is in the cluster")
    if kind == COMMAND:
        raise RefusedError(f"a command makes `{word.name}`")
    if kind != definition.provider.target:
        raise RefusedError(f"a controller makes `{word.name}` of {kind}")
    return word, definition


def rename(spot: Spot, new: str, *, confirms: bool) -> Renamed:
    """The edits that give what is under the cursor another name; raises RefusedError.

    Where the client `confirms` changes, one that also changes names of variables is made all the same.
    """
    word, definition = meant(spot)
    refuse_name(spot, word, definition, new)
    found = list(readers(spot, word))
    confirm = also_renamed(word, found)
    if confirm and not confirms:
        raise RefusedError(confirm)
    edits = list(dict.fromkeys(edits_of(spot, word, found, new)))
    refuse_new_findings(spot, edits, new, confirmed=bool(confirm))
    return Renamed(tuple(edited(spot, edits)), confirm)


def refuse_name(spot: Spot, word: Word, definition: Definition, new: str) -> None:
    """Raises RefusedError for a name that Kubernetes refuses, or that another object or key has."""
    wrong = names.why_not_subdomain(new) if word.key is None else names.why_not_data_key(new)
    if wrong:
        raise RefusedError(f"the name {wrong}")
    if word.key is not None and any(key.name == new for key in definition.provider.keys):
        raise RefusedError(f"`{definition.spelled}` already has a key `{new}`")
    if word.key is None and any(each.index.named(word.target, new) for each in spot.bundles):
        raise RefusedError(f"there already is a {word.target} `{new}`")
    if word.key is None:
        others = places_defining(spot, definition)
        if len(others) > 1:
            raise RefusedError(f"`{definition.spelled}` is also defined in {', '.join(sorted(others)[1:])}")


def places_defining(spot: Spot, definition: Definition) -> set[str]:
    """The paths of all texts that define an object of this name, as it is written."""
    found: set[str] = set()
    for bundle in spot.everything:
        for each in bundle.index.named(definition.provider.target, definition.provider.name.value):
            found.add(each.placed.written(each.provider.name.span)[0])
    return found


def also_renamed(word: Word, found: Sequence[Reader]) -> str:
    """What else is called like a key, in words; empty where nothing is."""
    if word.key is None:
        return ""
    for reader in found:
        what = ALL_KEYS.get(reader.read.how)
        if what and not reader.read.reference.keys:
            return f"`{word.key}` is also the name of {what} in {reader.read.placed.described}"
    return ""


def edits_of(spot: Spot, word: Word, found: Sequence[Reader], new: str) -> Iterator[Edit]:
    """The edits in all texts."""
    old = word.key if word.key is not None else None
    for _, definition in at.defined_for(word):
        provider = definition.provider
        scalars = (
            [provider.name] if old is None else [named(key.name, key.span) for key in provider.keys if key.name == old]
        )
        for scalar in scalars:
            yield edit_of(spot, definition.placed, scalar, new)
    for reader in found:
        reference = reader.read.reference
        own = [reference.name] if old is None else [key for key in reference.keys if key.value == old]
        for scalar in own:
            yield edit_of(spot, reader.read.placed, scalar, new)


def named(name: str, span: Span) -> Scalar:
    """A name at a place."""
    return Scalar(name, span.start, span.end)


def edit_of(spot: Spot, placed: Placed, scalar: Scalar, new: str) -> Edit:
    """The edit of one place; raises RefusedError where the name is not written there as it is."""
    path, span = placed.written(scalar.span)
    text = spot.snapshot.shown_texts.get(path).text
    written = text[span.start : span.end].strip("\"'")
    if placed.built and (not isinstance(placed.built, BuiltText) or written not in scalar.value):
        raise RefusedError(f"in {path} the name is not written as it is")
    try:
        pieces = pieces_of(Rewrite(span, written if placed.built else scalar.value, new), text)
    except CannotEditError as error:
        raise RefusedError(f"in {path}: {error}") from None
    return Edit(path, *pieces[0])


def refuse_new_findings(spot: Spot, edits: Sequence[Edit], new: str, *, confirmed: bool) -> None:
    """Raises RefusedError where a check of the changed texts finds what was not found before."""
    texts: dict[str, str] = {}
    for path in dict.fromkeys(edit.path for edit in edits):
        if spot.locator.now(path)[1]:
            raise RefusedError("the text is being read; try again")
        old = spot.snapshot.shown_texts.get(path).text
        own = [edit for edit in edits if edit.path == path]
        texts[spot.locator.path(path)] = applied(old, own)
    why = new_in(spot.project.checked(texts), spot.snapshot.result, edits)
    if why and not confirmed:
        raise RefusedError(f"with the name `{new}` {why}")


def new_in(after: Result, before: Result, edits: Sequence[Edit]) -> str:
    """What a check has found that it did not find before the edits; what is at the same place may say the new name."""
    for problem in sorted(Counter(after.problems) - Counter(before.problems)):
        return f"{problem.path}: {problem.message}"
    known = Counter((each.rule, each.location.path, moved(each, edits)) for each in before.outcome.findings)
    for finding in after.outcome.findings:
        start = finding.location.start
        place = finding.rule, finding.location.path, start.offset
        known[place] -= 1
        if known[place] < 0:
            return f"`{finding.rule}` would be found at {finding.location.path}:{start.line}:{start.column}"
    return ""


def moved(finding: Finding, edits: Sequence[Edit]) -> int:
    """Where a finding begins once the edits are made."""
    path, start = finding.location.path, finding.location.start.offset
    before = (each for each in edits if each.path == path and each.end <= start)
    return start + sum(len(each.text) - (each.end - each.start) for each in before)


def edited(spot: Spot, edits: Sequence[Edit]) -> Iterator[Edited]:
    """Edits in the texts as they are now."""
    for each in edits:
        lines = spot.locator.now(each.path)[0]
        yield Edited(spot.locator.path(each.path), lines.range(Span(each.start, each.end)), each.text)
