"""What one file passes to another that pushes an image: `make push TAG=dev`, `./push.sh dev`, `uses: ./.github/...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from msgspec import structs

from cmlint.model.facts import HOLE, ImageFact

MAKEFILES = ("Makefile", "makefile", "GNUmakefile", ".mk")
PUSHING = re.compile(r"push|publish|release|deploy|image|all|ci\b")
"""Targets of make that may lead to the one that pushes."""

MOST = 200
"""The largest number of pushes that are looked at for one call."""

LONGEST = 1000
"""The most characters that an image may have with its variables filled."""


class Open(NamedTuple):
    """An open push in the file at a path, and the names of the variables in it."""

    path: str
    push: ImageFact
    holes: frozenset[str]


def passed(
    calls: Iterable[tuple[str, ImageFact]], pushes: Iterable[tuple[str, ImageFact]]
) -> Iterator[tuple[str, ImageFact]]:
    """The images that files push with what others pass to them, each as a fact of the file that calls."""
    opened = Opened(pushes)
    for caller, call in calls:
        callee, given = call.files[0].removeprefix("./"), values(call.given)
        for path, push, holes in islice(opened.near(caller, callee), MOST):
            if not holes.isdisjoint(given) and reaches(caller, call, callee, path, push):
                name, tag = split(filled(push.name, values(push.given), dict(given)))
                if any(map(str.isalnum, name)):
                    yield (
                        caller,
                        structs.replace(call, deed="pushed", tool=push.tool, name=name, tag=tag, was="", files=()),
                    )


class Opened:
    """The open pushes, by the last part of the names of their files and folders, and by complete folders."""

    def __init__(self, pushes: Iterable[tuple[str, ImageFact]]) -> None:
        self.by_name: dict[str, list[Open]] = {}
        self.by_folder: dict[str, list[Open]] = {}
        for path, push in pushes:
            folder, _, name = path.rpartition("/")
            one = Open(path, push, frozenset(re.findall(HOLE, " ".join((push.name, *push.given)))))
            for part in {name, folder.rpartition("/")[2]}:
                self.by_name.setdefault(part, []).append(one)
            self.by_folder.setdefault(folder, []).append(one)

    def near(self, caller: str, callee: str) -> Iterator[Open]:
        """The pushes in files that have the name that is called; for make without a folder, those above the caller."""
        if callee:
            yield from self.by_name.get(callee.rpartition("/")[2], ())
            return
        parts = caller.split("/")[:-1]
        for folder in dict.fromkeys("/".join(parts[:depth]) for depth in range(len(parts) + 1)):
            yield from self.by_folder.get(folder, ())


def reaches(caller: str, call: ImageFact, callee: str, path: str, push: ImageFact) -> bool:
    """Whether a call leads to an open push in the file at a path."""
    folder, _, name = path.rpartition("/")
    if call.tool == "make":
        targets = call.was.split()
        leads = not push.was or push.was in targets or any(map(PUSHING.search, targets))
        near = f"{folder}/".endswith(f"/{callee}/") if callee else caller.startswith(f"{folder}/" if folder else "")
        return leads and name.endswith(MAKEFILES) and (near or folder == callee)
    if call.tool == "uses" and name in ("action.yml", "action.yaml"):
        return folder == callee or folder.endswith(f"/{callee}")
    return path == callee or path.endswith(f"/{callee}")


def split(image: str) -> tuple[str, str]:
    """The name and the tag of an image."""
    head, colon, tag = image.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (image, "")


def values(given: Iterable[str]) -> dict[str, str]:
    """The values by name, of `NAME=value`."""
    return dict(value.split("=", 1) for value in given)


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
