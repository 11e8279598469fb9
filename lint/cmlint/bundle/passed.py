"""What one file passes to another that pushes an image: `make push TAG=dev`, `./push.sh dev`, `uses: ./.github/...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from cmlint.model.facts import HOLE, ImageFact

MAKEFILES = ("Makefile", "makefile", "GNUmakefile", ".mk")
PUSHING = re.compile(r"push|publish|release|deploy|image|all|ci\b")
"""Targets of make that may lead to the one that pushes."""

DEEPEST = 5


def passed(
    calls: Iterable[tuple[str, ImageFact]], pushes: Iterable[tuple[str, ImageFact]]
) -> Iterator[tuple[str, ImageFact]]:
    """The images that files push with what others pass to them, each as a fact of the file that calls."""
    opened = list(pushes)
    for caller, call in calls:
        for path, push in opened:
            if reaches(caller, call, path, push):
                given = dict(value.split("=", 1) for value in (*push.given, *call.given))
                name, tag = split(filled(push.name, given))
                if any(map(str.isalnum, name)):
                    yield (
                        caller,
                        structs.replace(call, deed="pushed", tool=push.tool, name=name, tag=tag, was="", files=()),
                    )


def reaches(caller: str, call: ImageFact, path: str, push: ImageFact) -> bool:
    """Whether a call leads to an open push in the file at a path, and gives something to it."""
    names = {value.partition("=")[0] for value in call.given}
    if names.isdisjoint(re.findall(HOLE, " ".join((push.name, *push.given)))):
        return False
    callee = call.files[0].removeprefix("./")
    folder, _, name = path.rpartition("/")
    if call.tool == "make":
        targets = call.was.split()
        leads = not push.was or push.was in targets or any(map(PUSHING.search, targets))
        near = (
            f"{folder}/".endswith(f"/{callee}/") if callee else f"{caller}".startswith(f"{folder}/" if folder else "")
        )
        return leads and name.endswith(MAKEFILES) and (near or folder == callee)
    if call.tool == "uses" and name in ("action.yml", "action.yaml"):
        return folder == callee or folder.endswith(f"/{callee}")
    return path == callee or path.endswith(f"/{callee}")


def split(image: str) -> tuple[str, str]:
    """The name and the tag of an image."""
    head, colon, tag = image.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (image, "")


def filled(text: str, given: Mapping[str, str], depth: int = 0) -> str:
    """A text with the values of its variables; `*` for those that are not given."""
    if depth > DEEPEST:
        return "*"
    return re.sub(HOLE, lambda found: filled(given.get(found[1], "*"), given, depth + 1), text)
