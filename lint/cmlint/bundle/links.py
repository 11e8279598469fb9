"""From the image of a container to the folder with the source of its program, and the line that proves it."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

import msgspec

from cmlint.bundle.proofs import Proof, Proofs, Subject
from cmlint.model.facts import HOLE, Build

Grade = Literal["certain", "configured", "likely", "none"]
"""How sure it is of which folder an image is built.

`certain`: a build names both. `configured`: the configuration does. `likely`: a folder with a Dockerfile has the name
of the image. `none`: nothing is known, or builds disagree.
"""

OWN_FOLDER = ("compose", "skaffold", "Tilt", "bake", "DevSpace", "jib")
"""The tools for which paths are relative to their own file."""

DOCKERFILES = ("Dockerfile", "Containerfile")
DEEPEST = 3
"""How often one name of an image may be made of another."""

MOST_HOLES = 6
"""The most parts of a name that may be unknown."""

MOST_BESIDE = 2
"""The most unknown parts between which nothing certain need be: a search tries all ways to divide a text among them."""


class Link(msgspec.Struct, frozen=True):
    """The folder of which an image is built, as it is shown, and its Dockerfile; where there is none, `why`.

    `sure` says that findings may follow from it.
    """

    grade: Grade
    context: str = ""
    dockerfile: str = ""
    proof: Proof | None = None
    why: str = ""

    @property
    def sure(self) -> bool:
        """Whether findings may follow from it."""
        return self.grade in ("certain", "configured")

    @property
    def where(self) -> str:
        """The line that proves it, in words."""
        return "the configuration" if self.grade == "configured" else self.proof.where if self.proof else ""


class Links:
    """What leads from images to folders.

    `list_files` gives the paths of all files of the run as they are shown, `root` is the shown path of the repository,
    and `configured` gives folders by patterns of images.
    """

    def __init__(
        self,
        proofs: Proofs,
        list_files: Callable[[], Collection[str]],
        root: str = "",
        configured: Mapping[str, str] | None = None,
    ) -> None:
        self.proofs, self.list_files, self.root, self.configured = proofs, list_files, root, configured or {}
        self.known: dict[tuple[str, ...], Link] = {}

    @cached_property
    def files(self) -> Collection[str]:
        """The paths of all files."""
        return self.list_files()

    @cached_property
    def sorted_files(self) -> list[str]:
        """The paths of all files, in order."""
        return sorted(self.files)

    @cached_property
    def dockerfiles(self) -> list[str]:
        """The paths of those that say how an image is built, in order."""
        return [path for path in self.sorted_files if is_dockerfile(path)]

    @cached_property
    def by_path(self) -> dict[str, list[Proof]]:
        """The facts about builds by their files."""
        found: dict[str, list[Proof]] = {}
        for proof in self.proofs.found:
            if proof.fact.builds:
                found.setdefault(proof.path, []).append(proof)
        return found

    def link(self, subject: Subject) -> Link:
        """Where the source of an image is."""
        if subject.names not in self.known:
            self.known[subject.names] = self.find(subject)
        return self.known[subject.names]

    def find(self, subject: Subject) -> Link:
        """The same, of an image that is asked for the first time."""
        for pattern, folder in self.configured.items():
            if any(fnmatchcase(name, pattern) for name in (*subject.names, subject.written)):
                return Link("configured", folder, self.dockerfile_in(folder))
        found = list(dict.fromkeys(self.builds(subject)))
        contexts = {link.context for link in found}
        widest = min(found, key=lambda link: len(link.context), default=None)
        if widest and (len(contexts) == 1 or is_one_program(widest, found)):
            return widest
        if contexts:
            names = " and ".join(f"`{context or '.'}`" for context in sorted(contexts)[:2])
            return Link("none", why=f"it is built of {names}", proof=found[0].proof)
        return Link("none", why="no build in these files names the image and a folder")

    def builds(self, subject: Subject) -> Iterator[Link]:
        """The folders that builds of the image name, the strongest evidence first."""
        for proof in self.proofs.about(subject, "built", "pushed", "loaded", "replaced"):
            for build in proof.fact.builds:
                yield from self.of_build(build, proof, subject.names)

    def of_build(self, build: Build, proof: Proof, names: Iterable[str], depth: int = 0) -> Iterator[Link]:
        """The folder of one build of an image with one of some names."""
        image = self.proofs.own(build.image, proof.path)
        values = next((values for name in names if (values := matched(image, name)) is not None), None)
        if values is None or depth > DEEPEST or not says_which(image, build):
            return
        if build.of:
            source = put_in(build.of, values)
            for other in self.by_path[proof.path]:
                for each in other.fact.builds:
                    yield from self.of_build(each, proof, (source,), depth + 1)
            return
        context, dockerfile = (without_root(put_in(path, values)) for path in (build.context, build.dockerfile))
        if dockerfile.startswith("**/"):
            dockerfile = self.only(posixpath.basename(dockerfile))
            context = posixpath.dirname(dockerfile) if context == "**" else context
        if "*" not in context + dockerfile:
            link = self.placed(context, dockerfile, build.builder, proof)
            if link:
                yield link

    def leads(self, proof: Proof, link: Link) -> bool:
        """Whether a build is of the folder of a link."""
        found = (self.placed(each.context, each.dockerfile, each.builder, proof) for each in proof.fact.builds)
        return any(other and other.context == link.context and other.dockerfile == link.dockerfile for other in found)

    def only(self, name: str) -> str:
        """The one Dockerfile of a name in the repository; a pattern where there are several."""
        found = self.by_file_name.get(name, [])
        return found[0] if len(found) == 1 else "*"

    @cached_property
    def by_file_name(self) -> dict[str, list[str]]:
        """The Dockerfiles by the names of the files."""
        found: dict[str, list[str]] = {}
        for path in self.dockerfiles:
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def placed(self, context: str, dockerfile: str, builder: str, proof: Proof) -> Link | None:
        """The folder of a build: the first one in which its Dockerfile is."""
        for base in self.bases(proof):
            folder = joined(base, context)
            path = joined(base, dockerfile) if dockerfile else self.dockerfile_in(folder)
            if path in self.files or (builder and not dockerfile and self.has_files(folder)):
                return Link("certain", folder, path if path in self.files else "", proof)
        return None

    def bases(self, proof: Proof) -> Iterator[str]:
        """The folders that the paths of a build may be relative to."""
        own = posixpath.dirname(proof.path)
        if proof.fact.tool in OWN_FOLDER:
            yield own
        elif proof.whose == "ci":
            yield self.root
        else:
            yield from dict.fromkeys((own, self.root))

    def dockerfile_in(self, folder: str) -> str:
        """The usual Dockerfile of a folder; empty where it has none."""
        return next((path for name in DOCKERFILES if (path := joined(folder, name)) in self.files), "")

    def has_files(self, folder: str) -> bool:
        """Whether there are files in a folder or below it."""
        return bool(below(self.sorted_files, folder))

    def guess(self, subject: Subject) -> Link:
        """Where the source of an image is; without any proof, the folder with a Dockerfile that has its name."""
        link = self.link(subject)
        if link.grade != "none" or link.proof:
            return link
        last = subject.names[0].rpartition("/")[2].lower()
        folders = {posixpath.dirname(path) for path in self.dockerfiles}
        near = sorted(folder for folder in folders if folder and posixpath.basename(folder).lower() == last)
        if len(near) == 1:
            return Link("likely", near[0], self.dockerfile_in(near[0]), why="a folder has the name of the image")
        return link


def is_one_program(widest: Link, found: Iterable[Link]) -> bool:
    """Whether builds of several folders are of one Dockerfile, and the widest folder has all others."""
    return bool(widest.dockerfile) and all(
        link.dockerfile == widest.dockerfile and is_below(link.context, widest.context) for link in found
    )


def is_dockerfile(path: str) -> bool:
    """Whether a file says how an image is built, by its name."""
    name = posixpath.basename(path)
    return name.startswith(DOCKERFILES) or name.lower().endswith(".dockerfile")


def joined(base: str, path: str) -> str:
    """A path that is relative to a folder; the working directory is empty."""
    whole = posixpath.normpath(posixpath.join(base, path.lstrip("/") or "."))
    return "" if whole == "." else whole


def below(paths: Sequence[str], folder: str) -> Sequence[str]:
    """Those of some paths, in order, that are in a folder or below it."""
    if not folder:
        return paths
    # `0` is the character behind `/`, so that all that begins with the folder is between both.
    return paths[bisect_left(paths, f"{folder}/") : bisect_left(paths, f"{folder}0")]


def is_below(path: str, folder: str) -> bool:
    """Whether a path is in a folder or below it."""
    return not folder or path.startswith(f"{folder}/")


def matched(pattern: str, name: str) -> dict[str, str] | None:
    """What the variables in the name of a build are for an image; None where it is not its name."""
    pattern = pattern.removeprefix("index.").removeprefix("docker.io/").removeprefix("library/")
    pattern = re.sub(r"\*(?:/\*)+", "*", pattern)
    holes = [part.count("*") + part.count("{-") for part in pattern.split("/")]
    far = pattern.count("*") + pattern.startswith("{-")
    if sum(holes) > MOST_HOLES or far + max([holes[0] - far, *holes[1:]]) > MOST_BESIDE:
        return None
    parts = re.split(rf"({HOLE}|\*)", pattern)
    # The pattern of a hole has a group of its own, so that each hole leaves two parts.
    expression, names, rest = "", list[str](), iter(parts)
    for text in rest:
        expression += re.escape(text)
        if next(rest, None) is not None:
            inner = next(rest)
            if inner is None:
                expression += ".*"
            elif inner in names:
                expression += rf"(?:\{names.index(inner) + 1})"
            else:
                names.append(inner)
                expression += "(.*)" if not names[:-1] and text == "" else "([^/]*)"
    found = re.fullmatch(expression, name)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def says_which(image: str, build: Build) -> bool:
    """Whether the name of a build says which folder it is of: its last part is known, or is in the path as well."""
    last = image.rpartition("/")[2]
    holes = re.findall(HOLE, last)
    return ("*" not in last and not holes) or any(
        f"{{-{hole}}}" in f"{build.context}{build.dockerfile}{build.of}" for hole in holes
    )


def without_root(path: str) -> str:
    """A path without an unknown folder at its beginning: scripts put there the one that they are in, or the top."""
    return re.sub(r"^\*(?:/|\Z)", "", path) or (path and ".")


def put_in(text: str, values: Mapping[str, str]) -> str:
    """A path with the values of its variables; `*` for those that are not known."""
    return re.sub(HOLE, lambda found: values.get(found[1], "*"), text)
