"""From a name to where it is defined and to all that read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.places import holds
from cmlint.bundle.readers import ALL, Read
from cmlint.model.facts import EXAMPLE, Span
from cmlint.server import at
from cmlint.server.at import Spot, Word
from cmlint.server.diagnostics import FileRange, Locator
from cmlint.server.positions import Range
from cmlint.server.project import Snapshot

MOST_SYMBOLS = 500
"""The most objects in one list."""


class Defined(NamedTuple):
    """The places of definitions, the nearest first, and the stretch of the text at hand that leads to them."""

    origin: Range | None
    places: list[FileRange]


class Reader(NamedTuple):
    """A read of an object or key, with its bundle and the definition that it meets there.

    It is `apart` where it names the object from another namespace, so that it does not reach it.
    """

    bundle: Bundle
    read: Read
    definition: Definition
    apart: bool


class Symbol(NamedTuple):
    """An object by its kind and name."""

    kind: str
    name: str
    place: FileRange


def definitions(spot: Spot) -> Defined | None:
    """Where what is under the cursor is defined; several where they are equally near."""
    if word := at.word_at(spot):
        return defined(spot, word.span, (place_of(each, word.key, spot.locator) for _, each in at.defined_for(word)))
    if found := at.expansion_at(spot):
        name, origin, inside = found
        variable = inside.bundle.environment(inside.container, inside.placed).variables.get(name)
        entry = next((each for each in inside.container.env if each.name and each.name.value == name), None)
        span = entry.name.span if entry and entry.name else variable.origin.span if variable else None
        return defined(spot, origin, [place(inside.placed, span, spot.locator)]) if span else None
    mounts = [*volumes(spot)]
    return defined(spot, mounts[0][0], (volume for _, volume in mounts)) if mounts else None


def defined(spot: Spot, origin: Span, found: Iterable[FileRange | None]) -> Defined:
    """The places to which a stretch of the text at hand leads."""
    here = spot.locator.place(spot.point.path, origin)
    return Defined(here.range if here else None, unique(found))


def volumes(spot: Spot) -> Iterator[tuple[Span, FileRange | None]]:
    """The volume that a mount under the cursor names, with the name there."""
    for inside in at.containers_at(spot):
        for mount in inside.container.mounts:
            path, span = inside.placed.written(mount.name.span)
            if path == spot.point.path and holds(span, spot.point.first):
                for volume in inside.pod.volumes:
                    if volume.name and volume.name.value == mount.name.value:
                        yield span, place(inside.placed, volume.name.span, spot.locator)


def references(spot: Spot, *, declared: bool) -> list[FileRange]:
    """Everything that reads what is under the cursor; with its definitions where these are `declared`."""
    word = at.word_at(spot)
    if word is None:
        return []
    found: list[FileRange | None] = []
    if declared:
        found += (place_of(definition, word.key, spot.locator) for _, definition in at.defined_for(word))
    found += (place_read(reader.read, word.key, spot.locator) for reader in readers(spot, word))
    return unique(found)


def highlights(spot: Spot) -> list[FileRange]:
    """The same in the file at hand."""
    return [each for each in references(spot, declared=True) if each.path == spot.opened.path]


def readers(spot: Spot, word: Word) -> Iterator[Reader]:
    """All reads of the objects that a word means; of a key also those that take all of the object."""
    yield from readers_of(spot.snapshot, [definition for _, definition in at.defined_for(word)], word.key)


def readers_of(snapshot: Snapshot, meant: Sequence[Definition], key: str | None) -> Iterator[Reader]:
    """All reads of definitions, or of a key of them."""
    places = {each.placed.written(each.provider.name.span) for each in meant}
    names = {(each.provider.target, name) for each in meant for name in (each.provider.name.value, each.spelled)}
    seen: set[int] = set()
    for bundle, read in (each for name in sorted(names) for each in snapshot.reads.get(name, ())):
        if id(read) in seen or (key is not None and read.key not in (key, ALL)):
            continue
        seen.add(id(read))
        resolution = bundle.resolver.resolve(read.reference, read.placed)
        for each in resolution.definitions:
            if each.placed.written(each.provider.name.span) in places:
                yield Reader(bundle, read, each, resolution.status == "wrong-namespace")
                break


def place_of(definition: Definition, key: str | None, locator: Locator) -> FileRange | None:
    """Where a definition is written, or a key of it."""
    keys = [each.span for each in definition.provider.keys if each.name == key] if key is not None else []
    return place(definition.placed, keys[-1] if keys else definition.provider.name.span, locator)


def place_read(read: Read, key: str | None, locator: Locator) -> FileRange | None:
    """Where a read is written: its key, or the name of its object."""
    keys = [each.span for each in read.reference.keys if each.value == key]
    return place(read.placed, keys[0] if keys else read.reference.name.span, locator)


def place(placed: Placed, span: Span, locator: Locator) -> FileRange | None:
    """Where a stretch of a document is written, in the text as it is now."""
    return locator.place(*placed.written(span))


def unique(found: Iterable[FileRange | None]) -> list[FileRange]:
    """Places, each once."""
    return list(dict.fromkeys(each for each in found if each))


def symbols(bundles: Iterable[Bundle], query: str, locator: Locator) -> Iterator[Symbol]:
    """The objects of which the kind and name hold every word of a query."""
    words, seen = query.lower().split(), set[tuple[str, str, FileRange]]()
    for bundle in bundles:
        for placed in bundle.placed:
            for kind, name, span in named(placed):
                described = f"{kind} {name}".lower()
                if not all(word in described for word in words):
                    continue
                there = place(placed, span, locator)
                if there and (kind, name, there) not in seen:
                    seen.add((kind, name, there))
                    yield Symbol(kind, name, there)
                if len(seen) >= MOST_SYMBOLS:
                    return


def named(placed: Placed) -> Iterator[tuple[str, str, Span]]:
    """The objects of a document by kind and name: its own, and those that a controller makes of it."""
    document = placed.document
    if document.name:
        yield document.kind, placed.as_written(document.name.value), document.name.span
    for provider in document.providers:
        if provider.kind != EXAMPLE and (not document.name or provider.name.span != document.name.span):
            yield provider.target, provider.name.value, provider.name.span
