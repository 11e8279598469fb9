"""The providers of a bundle, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import NamedTuple, Protocol

import msgspec

from cmlint.model.facts import Document, FileFacts, Ignore, Provider, Reference, Scalar, Span, Target


class Built(Protocol):
    """A text that was built from others: it leads back to them.

    `last_wins` says that who applies it lets the last of two equal keys count, and nobody refuses them. What is
    `rendered` comes from templates, which say it in other words.
    """

    text: str
    last_wins: bool
    rendered: bool

    def lead(self, span: Span) -> tuple[str, Span]:
        """Where a stretch of it was written: the path of a text, and the place there."""
        ...

    def through(self, path: str) -> tuple[str, Span] | None:
        """Where the text at a path is brought in, unless what builds this one names it itself."""
        ...

    def spelled(self, name: Scalar) -> str:
        """An object's name as it was written, without the prefixes, suffixes and hashes that building adds."""
        ...

    def reword(self, text: str) -> str:
        """A text about it with names as they were written."""
        ...

    def ignores(self, path: str) -> Sequence[Ignore]:
        """The suppressions in a text that it was built from."""
        ...

    def paths(self) -> Iterable[str]:
        """The paths of the texts that it was built from."""
        ...

    def used(self) -> Iterator[tuple[str, FileFacts]]:
        """Those of these texts that have suppressions."""
        ...

    def masked(self) -> Mapping[str, Sequence[Span]]:
        """What must not be shown of the texts that it has led to."""
        ...


class Supply(Protocol):
    """What whoever installs a bundle gives it."""

    def why(self, target: Target, name: str, made: Sequence[str]) -> str | None:
        """How an object that the bundle does not make may be there, in words; `made` are the names that it makes."""
        ...


class Placed(msgspec.Struct, frozen=True, eq=False):
    """A document of a bundle: its facts, and the text that it stands in.

    `path` names the text as it is shown, with `/`; `number` is the document's place among all of the bundle. A text
    that was `built` has the path of what builds it.
    """

    path: str
    document: Document
    file: FileFacts
    number: int
    built: Built | None = None

    def written(self, span: Span) -> tuple[str, Span]:
        """Where a stretch of the text was written: the path of a text, and the place there."""
        return self.built.lead(span) if self.built else (self.path, span)

    @property
    def directory(self) -> str:
        """The folder of the text; empty at the top."""
        return self.path.rpartition("/")[0]

    @property
    def folders(self) -> list[str]:
        """The names of the folders that the text lies in, outermost first."""
        return self.path.split("/")[:-1]

    @property
    def namespace(self) -> str | None:
        """The namespace written in the document, or None."""
        return self.document.namespace.value if self.document.namespace else None

    @property
    def identity(self) -> tuple[str, str | None, str | None]:
        """Kind, namespace and name, as far as they are written."""
        return self.document.kind, self.namespace, self.document.name.value if self.document.name else None


class Definition(NamedTuple):
    """A provider and the document that defines it."""

    placed: Placed
    provider: Provider

    @property
    def namespace(self) -> str | None:
        """The namespace that the object will be in, or None where the files leave it open."""
        return self.provider.namespace.value if self.provider.namespace else self.placed.namespace

    @property
    def spelled(self) -> str:
        """The name as it was written."""
        name = self.provider.name
        return self.placed.built.spelled(name) if self.placed.built else name.value


class Index:
    """All providers of a bundle; `commands` are the documents that commands create.

    A `whole` bundle is what one kustomization builds, so that all of it is applied together.
    """

    def __init__(self, placed: list[Placed], commands: list[Placed], *, whole: bool = False) -> None:
        self.placed, self.whole = placed, whole
        self.by_name: dict[tuple[Target, str], list[Definition]] = {}
        self.globs: list[Definition] = []
        for item in placed:
            for provider in item.document.providers:
                definition = Definition(item, provider)
                if provider.glob:
                    self.globs.append(definition)
                else:
                    self.by_name.setdefault((provider.target, provider.name.value), []).append(definition)
        self.folders = {"/".join(item.folders[:i]) for item in placed for i in range(len(item.folders) + 1)}
        self.commands: dict[tuple[Target, str], list[Definition]] = {}
        self.patterns: list[Definition] = []
        for item in commands:
            for provider in item.document.providers:
                definition = Definition(item, provider)
                if provider.glob:
                    self.patterns.append(definition)
                else:
                    self.commands.setdefault((provider.target, provider.name.value), []).append(definition)

    def named(self, target: Target, name: str) -> list[Definition]:
        """The providers of a name, in any namespace."""
        found = self.by_name.get((target, name), [])
        if not self.globs:
            return found
        made = [d for d in self.globs if d.provider.target == target and fnmatchcase(name, d.provider.name.value)]
        return found + made

    def told(self, name: str, placed: Placed) -> Placed | None:
        """The first other object with a container that is told a name, as those are that make one while they run."""
        word = re.compile(rf"(?:^|[=,\s\"']){re.escape(name)}(?:$|[,\s\"'])")
        for other in self.placed:
            for container in (container for pod in other.document.pods for container in pod.containers):
                texts = (*container.command, *container.args, *(env.value for env in container.env if env.value))
                if other is not placed and any(word.search(text.value) for text in texts):
                    return other
        return None

    @cached_property
    def objects(self) -> set[tuple[str, str | None, str | None]]:
        """Kind, namespace and name of everything in the bundle."""
        return {item.identity for item in self.placed}

    def names(self, target: Target) -> list[str]:
        """All names of one kind of provider."""
        return [name for kind, name in self.by_name if kind == target]

    def created(self, target: Target, name: str) -> list[Definition]:
        """What commands create under a name."""
        return self.commands.get((target, name), [])

    def perhaps_created(self, target: Target, name: str) -> list[Definition]:
        """What commands may create under a name of which they leave a part open."""
        return [d for d in self.patterns if d.provider.target == target and fnmatchcase(name, d.provider.name.value)]

    def serves(self, command: Definition, placed: Placed) -> bool:
        """Whether a document lies below the folder of a command, or the first one above that with documents."""
        folders = command.placed.folders
        while "/".join(folders) not in self.folders and folders:
            folders = folders[:-1]
        return placed.folders[: len(folders)] == folders


def references_of(placed: Placed) -> Iterator[Reference]:
    """Every reference of a document."""
    yield from placed.document.references
    for pod in placed.document.pods:
        for volume in pod.volumes:
            yield from (source.reference for source in volume.sources)
        for container in pod.containers:
            yield from (entry.reference for entry in container.env_from if entry.reference)
            yield from (entry.reference for entry in container.env if entry.reference)
