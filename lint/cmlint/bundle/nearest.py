"""Which of several providers of one name is the nearest to a document, without looking at each for each reference."""

from __future__ import annotations

from cmlint.bundle.documents import Definition, Placed, folders_above
from cmlint.knowledge.placeholders import is_placeholder


class Spaces:
    """The providers of one name by their namespaces."""

    def __init__(self, definitions: list[Definition]) -> None:
        self.definitions = definitions
        self.anywhere: list[int] = []
        self.by_namespace: dict[str, list[int]] = {}
        for number, definition in enumerate(definitions):
            namespace = definition.namespace
            if definition.provider.everywhere or namespace is None or is_placeholder(namespace):
                self.anywhere.append(number)
            else:
                self.by_namespace.setdefault(namespace, []).append(number)

    def meeting(self, namespace: str | None) -> list[Definition]:
        """The definitions that can be in a namespace, in order; an unset namespace matches any."""
        if namespace is None or is_placeholder(namespace):
            return self.definitions
        numbers = sorted((*self.anywhere, *self.by_namespace.get(namespace, ())))
        return [self.definitions[number] for number in numbers]


class Meeting:
    """The providers of one name that can be in one namespace; `shared` says that several hands may fill the object."""

    def __init__(self, definitions: list[Definition]) -> None:
        self.definitions = definitions
        self.shared = shared(definitions)
        self.below: dict[str, list[Definition]] = {}
        self.inside: dict[str, list[Definition]] = {}
        self.known: dict[tuple[str, str | None, bool], tuple[Definition, ...]] = {}

    def nearest(self, placed: Placed) -> tuple[Definition, ...]:
        """Those that are nearest to a document.

        Nothing outside of a folder is nearer than anything below it, and nothing outside of a file than what is in it.
        From all files that have none, in one folder or below it, the same ones are the nearest.
        """
        if len(self.definitions) == 1:
            return (self.definitions[0],)
        if not self.below:
            for definition in self.definitions:
                inner = definition.placed.directory
                for folder in (inner, *folders_above(inner)):
                    self.below.setdefault(folder, []).append(definition)
                self.inside.setdefault(definition.placed.path, []).append(definition)
        here, own = placed.directory, self.inside.get(placed.path)
        folder = next(folder for folder in (here, *folders_above(here)) if folder in self.below)
        key = placed.path if own else folder, placed.namespace, is_for_tests(placed)
        if key not in self.known:
            self.known[key] = nearest_definitions(own or self.below[folder], placed)
        return self.known[key]


def meets(wanted: str | None, offered: str | None) -> bool:
    """Whether two namespaces can be the same; an unset namespace matches any."""
    if wanted is None or offered is None or wanted == offered:
        return True
    return is_placeholder(wanted) or is_placeholder(offered)


def shared(found: list[Definition]) -> bool:
    """Whether several hands may fill the object: some say so, and a Secret that an operator may make is often begun."""
    patterns = [definition.provider.glob for definition in found if definition.provider.target == "Secret"]
    return any(definition.provider.shared for definition in found) or (any(patterns) and not all(patterns))


def nearest_definitions(found: list[Definition], placed: Placed) -> tuple[Definition, ...]:
    """Those that are nearest to a document: in its file, in its folder, then upwards; in one file the last.

    Of those that are equally near, the ones that have the very name come before patterns that it matches. What only
    `helm test` applies comes last, unless a test reads it.
    """
    if len(found) == 1:
        return (found[0],)
    if not is_for_tests(placed):
        found = [each for each in found if not is_for_tests(each.placed)] or found
    best = min((*distance(definition, placed), definition.provider.glob) for definition in found)
    near = [d for d in found if (*distance(d, placed), d.provider.glob) == best]
    last: dict[tuple[str, str | None], Definition] = {}
    for definition in near:
        last[definition.placed.path, definition.namespace] = definition
    return tuple(last.values())


def is_for_tests(placed: Placed) -> bool:
    """Whether only `helm test` applies a document; in what helm does not render, the annotation says nothing."""
    hook = placed.document.hook
    return hook is not None and hook.is_for_tests and placed.built is not None and placed.built.rendered


def distance(definition: Definition, placed: Placed) -> tuple[int, bool, bool]:
    """How far a definition is: folders upwards, whether then downwards again, and whether its namespace is another."""
    apart = definition.namespace != placed.namespace
    if definition.placed.path == placed.path:
        return 0, False, apart
    here, there = placed.folders, definition.placed.folders
    shared = 0
    for a, b in zip(here, there, strict=False):
        if a != b:
            break
        shared += 1
    return 1 + len(here) - shared, shared < len(there), apart
