"""What is at a place of a text, and what has a name: references, definitions and documents, as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed, references_of
from cmlint.bundle.pulls import Use, uses
from cmlint.model.facts import Provider, Reference, Span, Target
from cmlint.model.failures import Failure


class Point(NamedTuple):
    """A stretch of a text, from the offset `first` to the offset `last`; the two are equal for one character."""

    path: str
    first: int
    last: int


class Read(NamedTuple):
    """A reference with the document and the bundle that hold it."""

    bundle: Bundle
    placed: Placed
    reference: Reference


def covers(placed: Placed, span: Span, point: Point) -> bool:
    """Whether a stretch of a document is written at a point."""
    path, place = placed.written(span)
    return path == point.path and place.start <= point.last and point.first <= place.end


def reaches(placed: Placed, point: Point) -> bool:
    """Whether something of a document may be written in the text of a point."""
    return point.path in placed.built.paths() if placed.built else placed.path == point.path


def references_at(bundles: Iterable[Bundle], point: Point) -> list[Read]:
    """The references whose name or key is at a point, or else those whose entry is."""
    near = [
        Read(bundle, placed, reference)
        for bundle in bundles
        for placed in bundle.placed
        if reaches(placed, point)
        for reference in references_of(placed)
    ]
    named = [read for read in near if any(covers(read.placed, span, point) for span in words_of(read.reference))]
    return named or [read for read in near if covers(read.placed, read.reference.span, point)]


def words_of(reference: Reference) -> Iterator[Span]:
    """The places of the name and of the keys of a reference."""
    yield reference.name.span
    yield from (key.span for key in reference.keys)


def aside_at(bundles: Iterable[Bundle], point: Point) -> list[tuple[Read, str]]:
    """The references at a point in documents that a bundle sets aside, each with the sentence that says why."""
    return [
        (Read(bundle, placed, reference), evidence.sentence)
        for bundle in bundles
        for placed, evidence in bundle.aside
        for reference in references_of(placed)
        if covers(placed, reference.span, point)
    ]


def definitions_at(bundles: Iterable[Bundle], point: Point) -> list[Definition]:
    """The definitions whose name or one of whose keys is at a point; those of commands count as well."""
    return [
        Definition(placed, provider)
        for bundle in bundles
        for placed in (*bundle.placed, *bundle.commands)
        if reaches(placed, point)
        for provider in placed.document.providers
        if any(covers(placed, span, point) for span in (provider.name.span, *(key.span for key in provider.keys)))
    ]


class Used(NamedTuple):
    """An image with the document and the bundle that name it."""

    bundle: Bundle
    placed: Placed
    use: Use


def images_at(bundles: Iterable[Bundle], point: Point) -> list[Used]:
    """The images at a point, each as often as it is built."""
    return [
        Used(bundle, placed, use)
        for bundle in bundles
        for placed in bundle.placed
        if reaches(placed, point)
        for use in uses(placed.document)
        if covers(placed, use.written.span, point)
    ]


def images_around(bundles: Iterable[Bundle], point: Point) -> list[Used]:
    """The images of the containers at a point, also where a kustomization has put another one in; the innermost."""
    found = [
        (place.end - place.start, Used(bundle, placed, use))
        for bundle in bundles
        for placed in bundle.placed
        if placed.built and reaches(placed, point)
        for use in uses(placed.document)
        if use.container and covers(placed, use.container.span, point)
        for place in [placed.written(use.container.span)[1]]
    ]
    return [used for length, used in found if length == min(each for each, _ in found)]


def document_at(bundles: Iterable[Bundle], point: Point) -> Placed | None:
    """The document at a point of a text that is checked as it is written."""
    placed = (each for bundle in bundles if not bundle.built for each in bundle.placed)
    return next((each for each in placed if each.path == point.path and covers(each, each.document.span, point)), None)


def skipped_at(bundles: Iterable[Bundle], point: Point) -> str:
    """Why the document at a point, or its file, is skipped; empty where it is not."""
    files = (facts for bundle in bundles for path, facts in bundle.files if path == point.path)
    skips = (skip for facts in files for skip in facts.skipped)
    at = (skip for skip in skips if skip.span.start <= point.last and point.first <= skip.span.end)
    return next((skip.reason for skip in at), "")


def failure_at(bundles: Iterable[Bundle], path: str) -> Failure | None:
    """Why a chart or kustomization that reads a file is not built; None where it is."""
    failures = (failure for bundle in bundles for failure in bundle.failures if not failure.partly)
    return next((each for each in failures if any(f"{path}/".startswith(f"{read}/") for read in each.inputs)), None)


def references_to(bundles: Iterable[Bundle], target: Target, name: str) -> list[Read]:
    """The references to a name, as it is written or as a build changes it."""
    return [
        Read(bundle, placed, reference)
        for bundle in bundles
        for placed in bundle.placed
        for reference in references_of(placed)
        if reference.target == target and name in (reference.name.value, placed.as_written(reference.name.value))
    ]


def definitions_of(bundles: Iterable[Bundle], target: Target, name: str) -> list[Definition]:
    """What manifests, commands and documents have under a name, as it is written or as a build changes it."""
    return [
        definition
        for bundle in bundles
        for placed in (*bundle.placed, *bundle.commands)
        for definition in (Definition(placed, provider) for provider in placed.document.providers)
        if definition.provider.target == target and name in (definition.provider.name.value, definition.spelled)
    ]


def known_names(bundles: Iterable[Bundle], target: Target) -> set[str]:
    """All names of ConfigMaps or Secrets that are defined or read, as they are written."""
    found: set[str] = set()
    for bundle in bundles:
        for placed in (*bundle.placed, *bundle.commands):
            named: Iterable[Provider | Reference] = (*placed.document.providers, *references_of(placed))
            found.update(placed.as_written(each.name.value) for each in named if each.target == target)
    return found
