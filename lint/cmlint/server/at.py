"""What is under the cursor: from a position in a text as it is now to what the snapshot knows of that place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cmlint.bundle import lookup, places
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.lookup import Point, Used
from cmlint.bundle.places import holds
from cmlint.kube import expansion
from cmlint.model.facts import Container, Ignore, PodSpec, Scalar, Span, Target
from cmlint.server.diagnostics import Locator
from cmlint.server.project import Project, Snapshot
from cmlint.server.workspace import Opened, Workspace


class Spot(NamedTuple):
    """A place in an open file; `point` is where it was in the text that was read, in `bundles` that hold it."""

    locator: Locator
    opened: Opened
    offset: int
    point: Point
    bundles: list[Bundle]

    @property
    def snapshot(self) -> Snapshot:
        """What is known."""
        return self.locator.snapshot

    @property
    def project(self) -> Project:
        """The project of the file."""
        return self.locator.project

    @property
    def everything(self) -> list[Bundle]:
        """All bundles of the project."""
        return self.snapshot.bundles


class Word(NamedTuple):
    """The name of an object, or one of its keys (`key`), where it is read or defined.

    `readers` are the references there, once for each bundle, `definitions` the objects defined there. `span` is where
    it is written in the text that was read.
    """

    target: Target
    name: str
    key: str | None
    span: Span
    readers: tuple[lookup.ReferenceAt, ...] = ()
    definitions: tuple[tuple[Bundle, Definition], ...] = ()


class Inside(NamedTuple):
    """The container around a place, with what holds it."""

    bundle: Bundle
    placed: Placed
    pod: PodSpec
    container: Container


def spot_at(workspace: Workspace, uri: str, line: int, character: int) -> Spot | None:
    """The place at a position; None where nothing is known of the file."""
    opened = workspace.opened.get(uri)
    project = workspace.project_of(opened.path) if opened else None
    if not opened or not project or not project.snapshot or project.gone:
        return None
    locator = Locator(workspace, project, project.snapshot)
    shown, offset = project.shown(opened.path), opened.lines.offset(line, character)
    bundles = project.snapshot.by_path.get(shown, [])
    moved = locator.now(shown)[1] if bundles else None
    there = moved.back(offset) if moved else offset
    return Spot(locator, opened, offset, Point(shown, there, there), bundles)


def word_at(spot: Spot) -> Word | None:
    """The name or key under the cursor."""
    return read_at(spot) or defined_at(spot)


def read_at(spot: Spot) -> Word | None:
    """The name or key that a reference reads there."""
    found = lookup.references_at(spot.bundles, spot.point)
    for read in found:
        name = read.reference.name
        for scalar in (name, *read.reference.keys):
            path, span = read.placed.written(scalar.span)
            if path == spot.point.path and holds(span, spot.point.first):
                key = None if scalar is name else scalar.value
                same = (each for each in found if each.reference.target == read.reference.target)
                return Word(read.reference.target, name.value, key, span, readers=tuple(same))
    return None


def defined_at(spot: Spot) -> Word | None:
    """The object or key that is defined there."""
    found = [(b, each) for b in spot.bundles for each in lookup.definitions_at([b], spot.point)]
    for _, definition in found:
        provider, placed = definition.provider, definition.placed
        named: list[tuple[str | None, Span]] = [(None, provider.name.span)]
        named += [(key.name, key.span) for key in provider.keys]
        for key, scalar in named:
            path, span = placed.written(scalar)
            if path == spot.point.path and holds(span, spot.point.first):
                return Word(provider.target, provider.name.value, key, span, definitions=tuple(found))
    return None


def defined_for(word: Word) -> list[tuple[Bundle, Definition]]:
    """The definitions that a word means: of one that is read, the nearest ones, and with a key those that have it."""
    if word.definitions:
        return list(word.definitions)
    found: dict[tuple[str, int], tuple[Bundle, Definition]] = {}
    for bundle, placed, reference in word.readers:
        resolution = bundle.resolver.resolve(reference, placed)
        have = [each for each, _ in resolution.keys(word.key)] if word.key is not None else resolution.definitions
        for definition in have:
            path, span = definition.placed.written(definition.provider.name.span)
            found.setdefault((path, span.start), (bundle, definition))
    return list(found.values())


def containers_at(spot: Spot) -> Iterator[Inside]:
    """The containers around the cursor, once for each bundle."""
    for bundle in spot.bundles:
        for placed in bundle.placed:
            if lookup.reaches(placed, spot.point):
                for pod in placed.document.pods:
                    for container in pod.containers:
                        if lookup.covers(placed, container.span, spot.point):
                            yield Inside(bundle, placed, pod, container)


def expansion_at(spot: Spot) -> tuple[str, Span, Inside] | None:
    """The name in the `$(NAME)` under the cursor, with its place in the text that was read."""
    for inside in containers_at(spot):
        text = spot.snapshot.shown_texts.get(spot.point.path).text
        for scalar in words_of(inside.container):
            path, span = inside.placed.written(scalar.span)
            if path != spot.point.path or not holds(span, spot.point.first):
                continue
            for name, start in expansion.names(text[span.start : span.end]):
                place = Span(span.start + start, span.start + start + len(f"$({name})"))
                if holds(place, spot.point.first):
                    return name, place, inside
    return None


def words_of(container: Container) -> Iterable[Scalar]:
    """The texts of a container in which variables are expanded."""
    values = (each.value for each in container.env if each.value and each.source == "literal")
    return (*container.command, *container.args, *values)


def image_at(spot: Spot) -> Used | None:
    """The image under the cursor."""
    if not spot.bundles:
        return None
    text = spot.snapshot.shown_texts.get(spot.point.path)
    line = text.line(text.position(spot.point.first).line)
    return next(iter(lookup.images_at(spot.bundles, spot.point, line)), None)


def rule_at(spot: Spot) -> tuple[str, Span] | None:
    """The rule that a comment or an annotation names under the cursor."""
    for ignore in ignores_in(spot):
        for name in ignore.rules:
            if holds(name.span, spot.point.first):
                return name.value, name.span
    return None


def ignores_in(spot: Spot) -> Iterator[Ignore]:
    """The suppressions that are written in the file."""
    for bundle in spot.bundles:
        if bundle.built:
            yield from bundle.built.ignores(spot.point.path)
        for path, facts in bundle.files if not bundle.built else ():
            if path == spot.point.path:
                yield from facts.ignores
                yield from (each.ignore for each in facts.documents if each.ignore)


def place_at(spot: Spot) -> places.Place | None:
    """What is written there, where the file is read as it is."""
    documents = [each for b in spot.bundles if not b.built for each in b.placed if each.path == spot.point.path]
    return places.place_at(documents, spot.point.first)
