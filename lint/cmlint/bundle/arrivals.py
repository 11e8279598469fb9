"""As what a value arrives in a container: variables in their order, what `$(NAME)` brings them into, and files."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from cmlint.bundle.documents import Placed
from cmlint.bundle.environment import Environment
from cmlint.bundle.resolve import Resolver
from cmlint.kube import expansion
from cmlint.model.facts import Container, PodSpec, Reference, Span, VolumeSource

FIRST = -1
"""The position of `envFrom`, which is before all entries of `env`."""


class Set(msgspec.Struct, frozen=True):
    """A variable that an entry of `env` sets, by its position, or that `envFrom` sets before all of them."""

    position: int
    name: str


class Arrivals:
    """The variables of a container, by their positions."""

    def __init__(self, container: Container, environment: Environment) -> None:
        self.container = container
        self.order = {name: position for position, name in enumerate(environment.variables)}
        self.entries: list[str] = []
        self.of_reference: dict[int, Set] = {}
        self.setting: dict[str, list[int]] = defaultdict(list)
        self.using: dict[str, list[int]] = defaultdict(list)
        for position, entry in enumerate(container.env):
            name = entry.name.value if entry.name else ""
            self.entries.append(name)
            self.setting[name].append(position)
            if entry.reference:
                self.of_reference[id(entry.reference)] = Set(position, name)
            elif entry.source == "literal" and entry.value:
                for used in names_in(entry.value.value):
                    self.using[used].append(position)
        words = (("command", container.command), ("args", container.args))
        self.fields = {field: {used for word in found for used in names_in(word.value)} for field, found in words}

    def ordered(self, names: set[str]) -> Iterator[str]:
        """Names in the order of the environment; those that it does not know come last."""
        yield from sorted(names & self.order.keys(), key=self.order.__getitem__)
        yield from sorted(names - self.order.keys())

    def through(self, reference: Reference, names: Iterable[str]) -> Iterator[str]:
        """The variables into which a value is brought, then `command` and `args`; `names` are those from `envFrom`.

        A variable sees only what is above it, so that a value that a later entry hides may have been expanded before.
        """
        waiting = [Set(FIRST, name) for name in names]
        if entry := self.of_reference.get(id(reference)):
            waiting.append(entry)
        seen = set(waiting)
        last: set[str] = set()
        while waiting:
            found = waiting.pop()
            hidden = self.hidden(found)
            if hidden is None:
                last.add(found.name)
            for position in self.users(found, hidden):
                new = Set(position, self.entries[position])
                if new not in seen:
                    seen.add(new)
                    waiting.append(new)
        positions = sorted(each.position for each in seen if each.position > FIRST and each != entry)
        yield from (self.entries[position] for position in positions)
        yield from (field for field, used in self.fields.items() if used & last)

    def hidden(self, found: Set) -> int | None:
        """The position at which a variable is set again."""
        positions = self.setting.get(found.name, [])
        place = bisect_right(positions, found.position)
        return positions[place] if place < len(positions) else None

    def users(self, found: Set, hidden: int | None) -> list[int]:
        """The entries that expand a variable before it is set again, and the one that sets it."""
        positions = self.using.get(found.name, [])
        end = len(positions) if hidden is None else bisect_right(positions, hidden)
        return positions[bisect_right(positions, found.position) : end]


class VolumeFiles:
    """Which source of a projected volume brings each file: the last one (`pkg/volume/projected/projected.go`)."""

    def __init__(self, placed: Placed, pod: PodSpec, resolver: Resolver) -> None:
        self.placed, self.pod = placed, pod
        self.numbers: dict[int, tuple[int, int]] = {}
        self.last: dict[tuple[int, str], tuple[int, Reference]] = {}
        for volume in pod.volumes if any(len(volume.sources) > 1 for volume in pod.volumes) else ():
            for number, source in enumerate(volume.sources):
                self.numbers[id(source.reference)] = id(volume), number
                for path in paths_of(source, placed, resolver):
                    self.last[id(volume), path] = number, source.reference

    def replacing(self, reference: Reference, path: str) -> tuple[str, Span] | None:
        """Where the later source is named that has a file which a read takes; None where there is none."""
        volume, number = self.numbers.get(id(reference), (0, 0))
        last, other = self.last.get((volume, path), (0, reference))
        return self.placed.written(other.name.span) if last > number else None


def paths_of(source: VolumeSource, placed: Placed, resolver: Resolver) -> Iterator[str]:
    """The files that a source brings into its volume."""
    if source.items is not None:
        yield from (item.path.value for item in source.items)
        return
    for definition in resolver.resolve(source.reference, placed).definitions[:1]:
        yield from (key.name for key in definition.provider.keys)


def names_in(text: str) -> set[str]:
    """The names in `$(NAME)` of a text."""
    return {name for name, _ in expansion.names(text)} if "$(" in text else set()
