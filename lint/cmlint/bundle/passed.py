"""What one file passes to another that pushes an image: `make push TAG=dev`, `./push.sh dev`, `uses: ./.github/...`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec
from msgspec import structs

from cmlint.bundle.documents import folders_above
from cmlint.kube.names import glob
from cmlint.model.facts import HOLE, ImageFact

CALLEES = {
    "make": ("Makefile", "makefile", "GNUmakefile", ".mk"),
    "task": (
        "Taskfile.yml",
        "Taskfile.yaml",
        "Taskfile.dist.yml",
        "Taskfile.dist.yaml",
        "taskfile.yml",
        "taskfile.yaml",
    ),
    "just": ("justfile", "Justfile", ".justfile", ".just"),
    "earthly": ("Earthfile",),
}
"""How the names of the files end that a program reads."""

PUSHING = r"push|publish|release|deploy|image|all|ci\b"
"""Targets that may lead to the one that pushes."""

MOST = 200
"""The largest number of pushes that are looked at for one call."""

MOST_OF_PATTERN = 30
"""The most files that a pattern such as `*.mk` includes."""

LONGEST = 1000
"""The most characters that an image may have with its variables filled."""


class Open(NamedTuple):
    """An open push in the file at a path, and the names of the variables in it."""

    path: str
    push: ImageFact
    holes: frozenset[str]


def passed(
    calls: Iterable[tuple[str, ImageFact]],
    pushes: Iterable[tuple[str, ImageFact]],
    sets: Iterable[tuple[str, ImageFact]] = (),
) -> Iterator[tuple[str, ImageFact]]:
    """The images that files push with what others give to them.

    What a call gives is a fact of the file that calls; what a file includes, or what includes it, makes one of its own.
    """
    opened = Opened(pushes)
    included = Included(sets, {one.path for one in opened.all})
    for caller, call in calls:
        callee, given = call.files[0].removeprefix("./"), Given.of(call)
        near = islice(opened.near(caller, callee), MOST)
        reached = [one for one in near if reaches(call, callee, one.path, one.push)]
        for path, push, holes in nearest(reached, caller, callee):
            if not holes.isdisjoint(given.names):
                own = {**given.around, **included.values_of(path), **known(push.given)}
                yield from found(caller, call, push, filled(push.name, own, dict(given.named)))
    for path, push, holes in opened.all:
        others = included.values_of(path)
        if not holes.isdisjoint(others):
            yield from found(path, push, push, filled(push.name, {**others, **known(push.given)}, {}))


def found(path: str, fact: ImageFact, push: ImageFact, image: str) -> Iterator[tuple[str, ImageFact]]:
    """A push of an image, by a fact of the file at a path."""
    name, tag = split(image)
    if any(map(str.isalnum, name)):
        more = {"name": name, "tag": tag, "was": "", "files": (), "given": ()}
        yield path, structs.replace(fact, deed="pushed", tool=push.tool, **more)


class Given(msgspec.Struct, frozen=True):
    """What a call gives: by name, and as variables that are set around it, which count less."""

    named: dict[str, str]
    around: dict[str, str]

    @classmethod
    def of(cls, call: ImageFact) -> Given:
        """What a fact says."""
        pairs = [value.split("=", 1) for value in call.given]
        return cls(
            {name: value for name, value in pairs if not name.endswith("?")},
            {name[:-1]: value for name, value in pairs if name.endswith("?")},
        )

    @property
    def names(self) -> frozenset[str]:
        """The names of the variables."""
        return frozenset((*self.named, *self.around))


class Opened:
    """The open pushes, by the last part of the names of their files and folders, and by complete folders."""

    def __init__(self, pushes: Iterable[tuple[str, ImageFact]]) -> None:
        self.by_name: dict[str, list[Open]] = {}
        self.by_folder: dict[str, list[Open]] = {}
        self.all: list[Open] = []
        for path, push in pushes:
            folder, _, name = path.rpartition("/")
            one = Open(path, push, frozenset(re.findall(HOLE, " ".join((push.name, *push.given)))))
            self.all.append(one)
            for part in {name, folder.rpartition("/")[2]}:
                self.by_name.setdefault(part, []).append(one)
            self.by_folder.setdefault(folder, []).append(one)

    def near(self, caller: str, callee: str) -> Iterator[Open]:
        """The pushes in files that have the name that is called; for make without a folder, those above the caller."""
        if callee:
            yield from self.by_name.get(callee.rpartition("/")[2], ())
            return
        for folder in reversed([*folders_above(caller)]):
            yield from self.by_folder.get(folder, ())


class Included:
    """Which files include each other, and the values that all of them together give to variables."""

    def __init__(self, sets: Iterable[tuple[str, ImageFact]], others: Iterable[str]) -> None:
        facts = dict(sets)
        self.first: dict[str, str] = {}
        by_folder: dict[str, list[str]] = {}
        paths = {*facts, *others}
        for path in paths:
            by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        for path, fact in facts.items():
            for name in fact.files:
                for other in {*included_as(name, path, paths, by_folder)} - {path}:
                    self.first[self.head(other)] = self.head(path)
        self.groups: dict[str, dict[str, str]] = {}
        for path in {*self.first, *self.first.values()}:
            group = self.groups.setdefault(self.head(path), {})
            for name, value in known(facts[path].given if path in facts else ()).items():
                if name in group or len(group) < MOST:
                    group[name] = value if group.get(name, value) == value else "*"

    def head(self, path: str) -> str:
        """The file that represents all those that include each other."""
        while (other := self.first.get(path, path)) != path:
            self.first[path] = path = self.first.get(other, other)
        return path

    def values_of(self, path: str) -> dict[str, str]:
        """What the files give that a file includes, or that include it."""
        return self.groups.get(self.head(path), {})


def included_as(name: str, path: str, paths: Container[str], by_folder: Mapping[str, list[str]]) -> Iterator[str]:
    """The files that a name in a file means: in the folder of the file, or in one above it."""
    for folder in folders_above(path):
        whole = f"{folder}/{name}" if folder else name
        within, _, last = whole.rpartition("/")
        if "*" in last:
            yield from (
                one for one in by_folder.get(within, ())[:MOST_OF_PATTERN] if glob(last, one.rpartition("/")[2])
            )
        elif whole in paths:
            yield whole


def reaches(call: ImageFact, callee: str, path: str, push: ImageFact) -> bool:
    """Whether a call leads to an open push in the file at a path."""
    folder, _, name = path.rpartition("/")
    if call.tool in CALLEES:
        targets = call.was.split()
        leads = (
            not push.was
            or push.was in targets
            or (call.tool != "just" and any(re.search(PUSHING, each) for each in targets))
        )
        named = callee.rpartition("/")[2] == name
        near = not callee or f"/{folder}/".endswith(f"/{callee}/")
        return leads and name.endswith(CALLEES[call.tool]) and (near or named)
    if call.tool == "extends" and push.was not in call.was.split():
        return False
    if call.tool == "uses" and name in ("action.yml", "action.yaml"):
        return folder == callee or folder.endswith(f"/{callee}")
    return path == callee or path.endswith(f"/{callee}")


def nearest(reached: Sequence[Open], caller: str, callee: str) -> Sequence[Open]:
    """Of the files that a path may mean, the one that it leads to from the folder of the caller, or from one above."""
    paths = {one.path for one in reached}
    for folder in folders_above(caller) if len(paths) > 1 else ():
        if (path := f"{folder}/{callee}".lstrip("/")) in paths:
            return [one for one in reached if one.path == path]
    return reached


def split(image: str) -> tuple[str, str]:
    """The name and the tag of an image."""
    head, colon, tag = image.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (image, "")


def known(given: Iterable[str]) -> dict[str, str]:
    """The values by name, of `NAME=value`, as far as something of them is known."""
    pairs = (value.split("=", 1) for value in given)
    return {name: value for name, value in pairs if value != "*"}


def filled(text: str, own: Mapping[str, str], known: dict[str, str]) -> str:
    """A text with the values of its variables: those that are known, else its own; `*` for all others.

    Own values may have variables themselves, so each is filled once, and what gets longer than an image is `*`.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in known:
            known[name] = "*"  # while it is being filled, for one that is made of itself
            known[name] = filled(own.get(name, "*"), own, known)
        return known[name]

    whole = re.sub(HOLE, value, text)
    return whole if len(whole) <= LONGEST else "*"
