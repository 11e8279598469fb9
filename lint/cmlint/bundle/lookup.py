"""What is at a place of a text, and what has a name: references, definitions and documents, as they are written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
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


class ReferenceAt(NamedTuple):
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


def is_read(bundles: Iterable[Bundle], point: Point) -> bool:
    """Whether some document is written in the text of a point."""
    return any(reaches(placed, point) for bundle in bundles for placed in bundle.placed)


def references_at(bundles: Iterable[Bundle], point: Point) -> list[ReferenceAt]:
    """The references whose name or key is at a point, or else those whose entry is."""
    near = [
        ReferenceAt(bundle, placed, reference)
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


def aside_at(bundles: Iterable[Bundle], point: Point) -> list[tuple[ReferenceAt, str]]:
    """The references at a point in documents that a bundle sets aside, each with the sentence that says why."""
    return [
        (ReferenceAt(bundle, placed, reference), evidence.sentence)
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


def images_at(bundles: Sequence[Bundle], point: Point, text: str) -> list[Used]:
    """The images at a point, where this text is, each as often as it is built.

    What an entry of `images` in a kustomization writes is at all lines of the entry, and at the image that it replaces.
    """
    near = [
        Used(bundle, placed, use)
        for bundle in bundles
        for placed in bundle.placed
        if reaches(placed, point)
        for use in uses(placed.document)
    ]
    named = [used for used in near if covers(used.placed, used.use.written.span, point)]
    return named or [used for used in near if used.bundle.built and is_replaced_at(used, point, text)]


def is_replaced_at(used: Used, point: Point, text: str) -> bool:
    """Whether an image is written by the entry of a kustomization at a point, or instead of the one there."""
    container, placed = used.use.container, used.placed
    path, place = placed.written(used.use.written.span)
    if path == point.path:
        return any(
            setting.path == path and setting.name.start <= point.last and point.first <= place.end
            for setting, _ in used.bundle.image_settings()
            if used.use.written.value.startswith(setting.becomes)
        )
    return container is not None and "image:" in text and covers(placed, container.span, point)


def document_at(bundles: Iterable[Bundle], point: Point) -> Placed | None:
    """The document at a point of a text that is checked as it is written."""
    placed = (each for bundle in bundles if not bundle.built for each in bundle.placed)
    return next((each for each in placed if covers(each, each.document.span, point)), None)


def skipped_at(bundles: Iterable[Bundle], point: Point) -> str:
    """Why the document at a point, or its file, is skipped; empty where it is not."""
    files = (facts for bundle in bundles for path, facts in bundle.files if path == point.path)
    skips = (skip for facts in files for skip in facts.skipped)
    at = (skip for skip in skips if skip.span.start <= point.last and point.first <= skip.span.end)
    return next((skip.reason for skip in at), "")


def failure_at(bundles: Iterable[Bundle], path: str) -> Failure | None:
    """Why a chart or kustomization that reads a file is not built; None where it is."""
    failures = (failure for bundle in bundles for failure in bundle.failures if not failure.partly)
    return next((each for each in failures if each.reads(path)), None)


def part_of_chart(bundles: Iterable[Bundle], path: str) -> str:
    """The path of a file in the folder of a rendered chart; empty where it is in none."""
    for bundle in bundles:
        for placed in bundle.placed:
            if placed.built and placed.built.rendered:
                folder = f"{posixpath.dirname(placed.path)}/".lstrip("/")
                if path.startswith(folder):
                    return path.removeprefix(folder)
    return ""


def references_to(bundles: Iterable[Bundle], target: Target, name: str) -> list[ReferenceAt]:
    """The references to a name, as it is written or as a build changes it."""
    return [
        ReferenceAt(bundle, placed, reference)
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
        if definition.provider.target == target and name in names_of(definition)
    ]


def names_of(definition: Definition) -> tuple[str, ...]:
    """The names that a definition is known by: as it is built, as it was written, and as findings call it."""
    name = definition.provider.name.value
    return name, definition.spelled, definition.placed.as_written(name)


def known_names(bundles: Iterable[Bundle], target: Target) -> set[str]:
    """All names of ConfigMaps or Secrets that are defined or read, as they are written."""
    found: set[str] = set()
    for bundle in bundles:
        for placed in (*bundle.placed, *bundle.commands):
            named: Iterable[Provider | Reference] = (*placed.document.providers, *references_of(placed))
            names = [each.name.value for each in named if each.target == target]
            found.update(map(placed.as_written, names))
            if placed.built and placed.built.rendered:
                found.update(names)
    return found
