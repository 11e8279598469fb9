"""What is shown beside the text: how many read an object, and what a reference brings. Never values of Secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.readers import effect_of
from cmlint.kube.credentials import may_be_secret
from cmlint.model.facts import COMMAND, EXAMPLE, Reference, Span
from cmlint.server.at import Spot
from cmlint.server.diagnostics import FileRange
from cmlint.server.navigate import Reader, place, place_of, place_read, readers_of, unique
from cmlint.server.positions import Position, Range

MOST_CHARACTERS = 40
"""The most characters of a value that are shown beside its reference."""


class Lens(NamedTuple):
    """How many read an object, above its name; `places` are the reads."""

    range: Range
    title: str
    places: tuple[FileRange, ...]


class Hint(NamedTuple):
    """What a reference brings, behind it."""

    position: Position
    label: str


def ranges(spot: Spot) -> Iterator[Range]:
    """Where the lenses of a file are: at the name of each object that it defines."""
    yield from (found for found, _ in named_in(spot))


def lens_at(spot: Spot) -> Lens | None:
    """The lens at a place."""
    for found, definition in named_in(spot):
        if spot.opened.lines.offset(*found.start) == spot.offset:
            readers = [each for each in readers_of(spot.snapshot, [definition], None) if not each.apart]
            places = (place_read(each.read, None, spot.locator) for each in readers)
            return Lens(found, counted(readers), tuple(unique(places)))
    return None


def named_in(spot: Spot) -> Iterator[tuple[Range, Definition]]:
    """The objects that a file defines, each once, with where their names are."""
    seen: set[FileRange] = set()
    for definition in defined_in(spot):
        name = place_of(definition, None, spot.locator)
        if name and name.path == spot.opened.path and name not in seen:
            seen.add(name)
            yield name.range, definition


def defined_in(spot: Spot) -> Iterator[Definition]:
    """The objects that a file defines, once for each bundle."""
    for bundle in spot.bundles:
        for definitions in bundle.index.by_name.values():
            yield from (each for each in definitions if each.provider.kind not in (COMMAND, EXAMPLE))


def counted(found: list[Reader]) -> str:
    """How many workloads read an object, and how many of them only see a change when they are restarted."""
    effects: dict[tuple[str, str | None, str | None], bool] = {}
    for reader in found:
        identity = reader.read.placed.identity
        restart = effect_of(reader.read, reader.definition) == "next-start"
        effects[identity] = effects.get(identity, False) or restart
    number, restarts = len(effects), sum(effects.values())
    readers = f"{number} reader{'' if number == 1 else 's'}"
    return f"{readers}, {restarts} need{'s' if restarts == 1 else ''} a restart" if restarts else readers


def hints(spot: Spot, span: Span) -> Iterator[Hint]:
    """What the references in a stretch of a file bring: the value of a key, or the number of variables."""
    seen: set[Position] = set()
    for bundle in spot.bundles:
        for placed in (each for each in bundle.placed if each.built or each.path == spot.point.path):
            for reference in brought(placed):
                resolution = bundle.resolver.resolve(reference, placed)
                sure = resolution.status == "found" and len(resolution.definitions) == 1
                label = label_of(reference, resolution.definitions[0]) if sure else ""
                last = reference.keys[-1].span if reference.keys else reference.name.span
                there = place(placed, last, spot.locator) if label else None
                if there and there.path == spot.opened.path and there.range.end not in seen:
                    seen.add(there.range.end)
                    if span.start <= spot.opened.lines.offset(*there.range.end) <= span.end:
                        yield Hint(there.range.end, label)


def brought(placed: Placed) -> Iterator[Reference]:
    """The references of the variables in a document."""
    for container in (container for pod in placed.document.pods for container in pod.containers):
        yield from (each.reference for each in container.env_from if each.reference)
        yield from (each.reference for each in container.env if each.reference)


def label_of(reference: Reference, definition: Definition) -> str:
    """What a reference brings, in few words; empty where nothing may be said."""
    if reference.via == "envFrom":
        number = sum(not key.binary for key in definition.provider.keys)
        return f"{number} variable{'' if number == 1 else 's'}"
    if reference.target == "Secret" or not reference.keys:
        return ""
    key = reference.keys[0].value
    value = next((each.value for each in definition.provider.keys if each.name == key), None)
    if value is None or may_be_secret(key):
        return ""
    first = value.partition("\n")[0]
    cut = first if len(first) <= MOST_CHARACTERS and first == value else f"{first[:MOST_CHARACTERS]}…"
    return f'= "{cut}"'
