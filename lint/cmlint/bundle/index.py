"""The providers of a bundle, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from operator import itemgetter
from typing import Protocol

from cmlint.bundle.documents import (
    HASH,
    Definition,
    Placed,
    definitions_in,
    folder_of,
    folders_above,
    is_hashed,
    references_of,
)
from cmlint.bundle.nearest import Meeting, Spaces, meets
from cmlint.knowledge.controllers import CALLED_APART
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.near import Nearby
from cmlint.model.evidence import Evidence
from cmlint.model.facts import EXAMPLE, Reference, Target

NOTHING = Meeting([])
"""What a name meets that no provider has."""


COPIED = (".example", ".sample", ".template", ".dist")
"""How the names of files end that people copy, and complete."""


class Supply(Protocol):
    """What whoever installs a bundle gives it."""

    def evidence(self, target: Target, name: str, namespace: str | None, made: Sequence[str]) -> Evidence | None:
        """How an object that the bundle does not make may be there; `made` are the names that it makes."""
        ...

    def may_make(self, target: Target, name: str) -> bool:
        """Whether the bundle may make such an object when it is installed in another way."""
        ...

    def always_makes(self, target: Target, name: str) -> bool:
        """Whether the bundle makes such an object in whatever way it is installed, and nothing else may make it."""
        ...


class Indexes:
    """The indexes of several bundles, in order."""

    def __init__(self) -> None:
        self.by_name: dict[tuple[Target, str], list[tuple[int, Index]]] = {}
        self.globbing: list[tuple[int, Index]] = []
        self.all: list[Index] = []
        self.spelled: dict[Target, tuple[Nearby, dict[str, list[tuple[Index, Definition]]]]] = {}

    def add(self, index: Index) -> None:
        """Adds the next index."""
        number = len(self.all)
        for name in index.by_name:
            self.by_name.setdefault(name, []).append((number, index))
        if index.globs:
            self.globbing.append((number, index))
        self.all.append(index)
        self.spelled.clear()

    def nearby(self, target: Target) -> tuple[Nearby, dict[str, list[tuple[Index, Definition]]]]:
        """The names of one kind of provider in all indexes without kustomize's hashes, and where each is defined."""
        if target not in self.spelled:
            spelled: dict[str, list[tuple[Index, Definition]]] = {}
            for (kind, name), found in self.by_name.items():
                if kind == target:
                    known = [(index, each) for _, index in found for each in index.named(target, name)]
                    spelled.setdefault(re.sub(HASH, "", name), []).extend(known)
            self.spelled[target] = Nearby(spelled), spelled
        return self.spelled[target]

    def that_have(self, target: Target, name: str) -> Iterator[Index]:
        """The indexes in which a name may be found."""
        found = self.by_name.get((target, name), [])
        if self.globbing:
            found = sorted(dict.fromkeys((*found, *self.globbing)), key=itemgetter(0))
        yield from (index for _, index in found)


class Index:
    """All providers of a bundle; `commands` are the documents that commands create.

    What `is_built` comes from one kustomization or chart, so that all of it is applied together.
    """

    def __init__(self, placed: list[Placed], commands: list[Placed], *, is_built: bool) -> None:
        self.placed, self.is_built = placed, is_built
        self.by_name: dict[tuple[Target, str], list[Definition]] = {}
        self.globs: list[Definition] = []
        for item in placed:
            for definition in definitions_in(item):
                provider = definition.provider
                if provider.glob:
                    self.globs.append(definition)
                else:
                    self.by_name.setdefault((provider.target, provider.name.value), []).append(definition)
        self.spelled: dict[Target, tuple[Nearby, dict[str, list[Definition]]]] = {}
        self.meetings: dict[tuple[Target, str, str | None], Meeting] = {}
        self.spaces: dict[tuple[Target, str], Spaces] = {}
        self.folders = {each for item in placed for each in (item.directory, *folders_above(item.directory))}
        self.commands: dict[tuple[Target, str], list[Definition]] = {}
        self.patterns: list[Definition] = []
        self.examples: dict[tuple[Target, str], Definition] = {}
        self.copied: dict[tuple[Target, str], list[Definition]] = {}
        for item in commands:
            for provider in item.document.providers:
                definition = Definition(item, provider)
                if provider.kind == EXAMPLE:
                    self.examples.setdefault((provider.target, provider.name.value), definition)
                    if item.path.endswith(COPIED):
                        self.copied.setdefault((provider.target, provider.name.value), []).append(definition)
                elif provider.glob:
                    self.patterns.append(definition)
                else:
                    self.commands.setdefault((provider.target, provider.name.value), []).append(definition)

    def named(self, target: Target, name: str) -> list[Definition]:
        """The providers of a name, in any namespace.

        Where only the makers of a pattern have the very name as well, the pattern says nothing more of it.
        """
        found = self.by_name.get((target, name), [])
        if not self.globs:
            return found
        made = [d for d in self.globs if d.provider.target == target and fnmatchcase(name, d.provider.name.value)]
        makers = {each.placed for each in made}
        return found if found and makers.issuperset(each.placed for each in found) else found + made

    def meeting(self, target: Target, name: str, namespace: str | None) -> Meeting:
        """The providers of a name that may be in a namespace."""
        if not self.globs and (target, name) not in self.by_name:
            return NOTHING
        key = target, name, namespace
        if key not in self.meetings:
            if self.globs:
                found = Spaces(self.named(target, name))
            else:
                if (target, name) not in self.spaces:
                    self.spaces[target, name] = Spaces(self.named(target, name))
                found = self.spaces[target, name]
            self.meetings[key] = Meeting(found.meeting(namespace))
        return self.meetings[key]

    def nearby(self, target: Target) -> tuple[Nearby, dict[str, list[Definition]]]:
        """The names of one kind of provider as they were written, and the providers of each."""
        if target not in self.spelled:
            spelled: dict[str, list[Definition]] = {}
            for name in self.names(target):
                for definition in self.named(target, name):
                    written = definition.spelled if definition.placed.built else name
                    spelled.setdefault(written, []).append(definition)
            self.spelled[target] = Nearby(spelled), spelled
        return self.spelled[target]

    def passed_to(self, name: str, placed: Placed) -> Placed | None:
        """The first other object with a container that gets a name in its arguments or environment."""
        word = re.compile(rf"(?:^|[=,\s\"']){re.escape(name)}(?:$|[,\s\"'])")
        for other in self.placed:
            for container in (container for pod in other.document.pods for container in pod.containers):
                texts = (*container.command, *container.args, *(env.value for env in container.env if env.value))
                if other is not placed and any(word.search(text.value) for text in texts):
                    return other
        return None

    @cached_property
    def mounted(self) -> frozenset[str]:
        """The SecretProviderClasses that a pod mounts, and whatever custom resources name."""
        pods = (pod for item in self.placed for pod in item.document.pods)
        classes = {volume.provider_class for pod in pods for volume in pod.volumes if volume.provider_class}
        return frozenset(classes.union(*(item.document.mentions for item in self.placed if item.document.mentions)))

    def kustomized(self, placed: Placed) -> frozenset[str]:
        """The folders of the kustomizations that a built document may come from."""
        paths = placed.built.kustomizations() if placed.built else ()
        return frozenset(folder_of(path, placed.frame) for path in paths)

    @cached_property
    def needed_secrets(self) -> dict[str | None, dict[str, Placed]]:
        """The names of the Secrets that containers of each namespace need, each with the first reader."""
        found: dict[str | None, dict[str, Placed]] = {}
        for item in self.placed:
            for read in references_of(item):
                if read.target == "Secret" and read.via not in ("field", "pull") and not read.optional:
                    found.setdefault(item.namespace_of(read), {}).setdefault(read.name.value, item)
        return found

    @cached_property
    def shown_secrets(self) -> dict[str | None, list[str]]:
        """Those of them that something here defines or creates in any namespace."""
        return {
            namespace: [name for name in names if self.named("Secret", name) or self.created("Secret", name)]
            for namespace, names in self.needed_secrets.items()
        }

    def is_read_beside(self, definition: Definition) -> bool:
        """Whether another document in the namespace of an object reads it, or is a custom resource that names it."""
        naming = self.naming.get((definition.namespace, definition.provider.name.value), ())
        return any(item is not definition.placed for item in naming)

    def is_for_others(self, definition: Definition) -> bool:
        """Whether kustomize adds a hash to the name of an object, and nothing that is built with it knows that name."""
        return self.is_built and is_hashed(definition.provider.name.value) and not self.is_read_beside(definition)

    @cached_property
    def naming(self) -> dict[tuple[str | None, str], list[Placed]]:
        """The documents of each namespace that read an object of a name, or may name it in a custom resource."""
        found: dict[tuple[str | None, str], list[Placed]] = {}
        for item in self.placed:
            for name in {*item.document.mentions, *(read.name.value for read in references_of(item))}:
                found.setdefault((item.namespace, name), []).append(item)
        return found

    @cached_property
    def named_anywhere(self) -> frozenset[str]:
        """The names that a document reads, or may name in a custom resource, in any namespace."""
        return frozenset(name for _, name in self.naming)

    @cached_property
    def unread(self) -> dict[tuple[Target, str], list[Definition]]:
        """The ConfigMaps and Secrets that nothing here reads, by the path of the text that they are written in."""
        found: dict[tuple[Target, str], list[Definition]] = {}
        for (target, name), definitions in self.by_name.items():
            if name not in self.named_anywhere and not is_placeholder(name):
                for each in definitions:
                    if each.provider.kind == target:
                        path, _ = each.placed.written(each.provider.name.span)
                        found.setdefault((target, path), []).append(each)
        return found

    @cached_property
    def read_in(self) -> dict[str, list[Reference]]:
        """All references by the paths of the texts that they are written in."""
        found: dict[str, list[Reference]] = {}
        for item in self.placed:
            for read in references_of(item):
                found.setdefault(item.written(read.name.span)[0], []).append(read)
        return found

    @cached_property
    def keys_read(self) -> dict[tuple[Target, str], frozenset[str]]:
        """The keys that are read of each object."""
        found: dict[tuple[Target, str], set[str]] = {}
        for reads in self.read_in.values():
            for read in reads:
                found.setdefault((read.target, read.name.value), set()).update(key.value for key in read.keys)
        return {name: frozenset(keys) for name, keys in found.items()}

    @cached_property
    def called_apart(self) -> list[Placed]:
        """The custom resources whose Secrets have names that may differ from their own."""
        return [item for item in self.placed if item.document.kind in CALLED_APART]

    @cached_property
    def by_folder(self) -> dict[str, list[Placed]]:
        """The documents of each folder."""
        found: dict[str, list[Placed]] = {}
        for item in self.placed:
            found.setdefault(item.directory, []).append(item)
        return found

    @cached_property
    def repeated(self) -> dict[str, Placed]:
        """The folders in which two files describe one object, each with the first such object.

        Those files are alternatives, or steps of a course: what is in such a folder is not applied all at once.
        """
        found: dict[str, Placed] = {}
        for (folder, *_), items in self.described_again.items():
            found.setdefault(folder, items[0])
        return found

    @cached_property
    def described_again(self) -> dict[tuple[str, str, str | None, str | None], list[Placed]]:
        """The objects that two files of a folder describe, by folder and identity."""
        found: dict[tuple[str, str, str | None, str | None], list[Placed]] = {}
        for item in self.placed if not self.is_built else ():
            if item.document.name:
                found.setdefault((item.directory, *item.identity), []).append(item)
        return {key: items for key, items in found.items() if len({item.path for item in items}) > 1}

    @cached_property
    def objects(self) -> set[tuple[str, str | None, str | None]]:
        """Kind, namespace and name of everything in the bundle."""
        return {item.identity for item in self.placed}

    def has_workload(self, placed: Placed) -> bool:
        """Whether a document is about a workload here: kind and name are the same, and the namespace can be."""
        kind, namespace, name = placed.identity
        return any(meets(namespace, each) for each in self.workloads.get((kind, name), ()))

    @cached_property
    def workloads(self) -> dict[tuple[str, str | None], list[str | None]]:
        """The namespaces of what has pods, by kind and name."""
        found: dict[tuple[str, str | None], list[str | None]] = {}
        for item in self.placed:
            if item.document.pods:
                kind, namespace, name = item.identity
                found.setdefault((kind, name), []).append(namespace)
        return found

    def names(self, target: Target) -> list[str]:
        """All names of one kind of provider."""
        return [name for kind, name in self.by_name if kind == target]

    @cached_property
    def unfilled(self) -> list[str]:
        """The names of providers into which something is still to be put."""
        return [name for _, name in self.by_name if is_placeholder(name)]

    def created(self, target: Target, name: str) -> list[Definition]:
        """What commands create under a name."""
        return self.commands.get((target, name), [])

    def perhaps_created(self, target: Target, name: str) -> list[Definition]:
        """What commands may create under a name of which they leave a part open."""
        return [d for d in self.patterns if d.provider.target == target and fnmatchcase(name, d.provider.name.value)]

    def serves(self, command: Definition, placed: Placed) -> bool:
        """Whether a document is below the folder of a command, or the first one above that with documents."""
        folders = command.placed.folders
        while "/".join(folders) not in self.folders and folders:
            folders = folders[:-1]
        return placed.folders[: len(folders)] == folders
