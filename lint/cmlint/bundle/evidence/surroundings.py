"""What is around a document, folder by folder, and may make objects that no file shows."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cmlint.bundle.documents import Frame, Placed, folder_of, folders_above
from cmlint.bundle.nearest import meets
from cmlint.knowledge.controllers import installs_chart, may_make
from cmlint.kube.near import words_of
from cmlint.model.evidence import Code, Evidence
from cmlint.model.facts import Document, FileFacts, SkipCode, Target

if TYPE_CHECKING:
    from cmlint.bundle.gitops_folders import ReadFolders

Makers = dict[tuple[str, Code], Evidence]
"""What may make objects, by its code and the namespace in which it makes them, which is empty for any."""

UNREAD: dict[SkipCode, tuple[Code, str]] = {
    "template": ("template", "a template in {} is not rendered, and may define it"),
    "kustomization": ("kustomization", "a kustomization in {} is not built, and may create it"),
    "chart": ("chart", "a Helm chart in {} may create it with other values"),
    "encrypted": ("encrypted", "{} is encrypted, and may define it"),
    "too-large": ("unparsable", "an object in {} is too large to be read, and may define it"),
}
"""The evidence of texts that are not read and may well define objects: its code, and its sentence about the path."""

SHORTEST = 4
"""The least number of characters in a file's name that says anything about an object's name."""

SHORTEST_WORD = 3
"""The same of one word of it."""

SETTINGS = (".conf", ".cfg", ".cnf", ".ini", ".csv", ".ipynb", ".sql", ".lua", ".tmpl")
CREDENTIALS = (".properties", ".env", ".crt", ".pem", ".key", ".cer", ".jks", ".p12")
SOURCES = (*SETTINGS, *CREDENTIALS)
"""The endings of files among manifests from which people make a ConfigMap or Secret (`--from-file`)."""

ANY_SOURCES: dict[Target, tuple[str, ...]] = {"ConfigMap": SOURCES, "Secret": CREDENTIALS}
"""Those from which they make one of each kind: settings are hardly ever kept in a Secret."""

GENERAL = frozenset(
    (
        *("", "app", "application", "config", "custom", "data", "default", "env", "init", "local", "main", "my"),
        *("server", "settings", "values", "dev", "prod", "production", "staging", "test"),
    )
)
"""The words by which files are called whatever they are for."""


class Release(msgspec.Struct, frozen=True):
    """A chart that is installed: the folder and namespace of the object that says so, the object, and the evidence."""

    folder: str
    namespace: str
    document: Document
    evidence: Evidence

    def may_make(self, name: str) -> bool:
        """Whether the chart may make an object of this name.

        Charts put the name of the release, or a name in their values, into the names of what they make
        (https://helm.sh/docs/chart_best_practices/conventions/, `fullname` of `helm create`).
        """
        own = self.document.name.value if self.document.name else ""
        named = any(is_part_of(each, name) for each in (own, *self.document.names))
        return named or name in (own, *self.document.mentions)


class Surroundings:
    """What in each folder may make objects: for each namespace in which it makes them, the first thing of each kind.

    `here` holds it for each folder, `below` for each folder above one that has something, `namespaces` for each
    namespace, and `releases` are the charts that are installed. `beside` holds the kustomizations that say themselves
    what they make: they count only for files in their own folder that none of them names, because nobody knows how
    these are applied. `loose_files` are the paths of files that are not texts of the bundle. Flux applies the folders
    that are brought `as_they_are`, with what is below them, and no kustomization above adds to them. By `folders` it is
    known which GitOps objects bring only what is read.
    """

    def __init__(
        self,
        files: list[tuple[str, FileFacts]],
        loose_files: Iterable[str] = (),
        frame: Frame | None = None,
        folders: ReadFolders | None = None,
    ) -> None:
        self.frame = frame
        self.loose_files = list(loose_files)
        self.as_they_are: frozenset[str] = frozenset()
        self.plain: dict[str, list[str]] = {}
        self.beside: dict[str, Evidence] = {}
        self.releases: list[Release] = []
        self.here: dict[str, Makers] = {}
        self.below: dict[str, Makers] = {}
        self.namespaces: dict[str, Makers] = {}
        for path, facts in files:
            makers = makers_in(path, facts, folders)
            for (namespace, _), evidence in makers.items():
                self.note(path, namespace, evidence)
            self.releases += releases_in(path, facts, folder_of(path, frame))
            for skip in facts.skipped:
                if skip.code == "known-kustomization":
                    evidence = Evidence(
                        "kustomization", f"a kustomization in {path} does not name this file", path, skip.span
                    )
                    self.beside[folder_of(path, frame)] = evidence
            if not makers and is_plain(facts):
                self.plain.setdefault(folder_of(path, frame), []).append(path)

    def note(self, path: str, namespace: str, evidence: Evidence) -> None:
        """Records what a file may make in a namespace."""
        folder = folder_of(path, self.frame)
        key = namespace, evidence.code
        self.here.setdefault(folder, {}).setdefault(key, evidence)
        for above in folders_above(folder):
            self.below.setdefault(above, {}).setdefault(key, evidence)
        if namespace:
            self.namespaces.setdefault(namespace, {}).setdefault(key, evidence)

    def maker(self, placed: Placed, ignored: Collection[str] = (), name: str | None = None) -> Evidence | None:
        """What may make an object for a document, or None when nothing around it could; `ignored` codes do not count.

        What is around is in its folder, below it, in the folders above, or in its namespace. What is below the top does
        not concern a document at the top. With the `name` of an object, charts count only where they may make one that
        is called so.
        """
        folder, namespace = placed.directory, placed.namespace
        if folder in self.as_they_are:
            ignored = {*ignored, "kustomization"}
        found = [self.here.get(folder), self.below.get(folder) if folder else None]
        found += (self.here[each] for each in folders_above(folder) if each in self.here)
        found.append(self.namespaces.get(namespace) if namespace else None)
        first = next(filter(None, (first_for(namespace, makers, ignored) for makers in found)), None)
        if first is None and "kustomization" not in ignored:
            first = self.beside.get(folder)
        return first or self.release(placed, ignored, name)

    def anywhere(self, namespace: str | None, ignored: Collection[str]) -> Evidence | None:
        """What in any folder but the top may make objects in a namespace."""
        release = next(
            (each for each in self.releases if each.folder and meets(namespace, each.namespace or None)), None
        )
        found = release.evidence if release and release.evidence.code not in ignored else None
        return first_for(namespace, self.below.get(""), ignored) or found

    def release(self, placed: Placed, ignored: Collection[str], name: str | None) -> Evidence | None:
        """A chart around a document, other than one that the document installs itself, that may make an object."""
        if "custom-resource" in ignored:
            return None
        folder, namespace = placed.directory, placed.namespace
        folders = (folder, *folders_above(folder))
        for each in self.releases:
            below = bool(folder) and f"{each.folder}/".startswith(f"{folder}/")
            near = each.folder in folders or below or (namespace is not None and namespace == each.namespace)
            fits = name is None or (each.document is not placed.document and each.may_make(name))
            if near and fits and meets(namespace, each.namespace or None):
                return each.evidence
        return None

    def source_of(self, target: Target, name: str, placed: Placed) -> str | None:
        """A file from which somebody may make an object of this name with a command that is written nowhere.

        That is a file in the document's folder that is neither a manifest nor a text for a reader, or one whose own
        name is a part of the object's (`test-config.yaml` for `shop-test-config`). Settings are hardly ever kept in a
        Secret, and a file that is called after one program is not for an object and a reader that are called after
        others.
        """
        here, reader = placed.directory, placed.document.name
        called = f"{name} {reader.value if reader else ''} {placed.namespace or ''} {here}".lower()
        found = (path for path in self.sources.get(here, ()) if path.endswith(ANY_SOURCES[target]))
        fitting = (path for path in found if is_called(stem_of(path), called))
        named = (path for path in self.plain.get(here, ()) if is_part_of(stem_of(path), name))
        return next(fitting, None) or next(named, None)

    def file_for(self, key: str, placed: Placed) -> str | None:
        """A file in a document's folder, or below, that gives this key to an object made from it."""
        here = placed.directory
        for path in self.by_name.get(key, ()):
            folder = folder_of(path, self.frame)
            if folder == here or (here and folder.startswith(f"{here}/")):
                return path
        return None

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """For each folder, the files from which somebody may make an object."""
        found: dict[str, list[str]] = {}
        for path in self.loose_files:
            if path.endswith(SOURCES):
                found.setdefault(folder_of(path, self.frame), []).append(path)
        return found

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """The paths of the loose files by their names."""
        found: dict[str, list[str]] = {}
        for path in self.loose_files:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found


def first_for(namespace: str | None, makers: Makers | None, ignored: Container[str] = ()) -> Evidence | None:
    """The first thing that may create objects in a namespace; without a namespace, anything may."""
    fitting = (key for key in makers or () if key[1] not in ignored and meets(namespace, key[0] or None))
    key = next(fitting, None)
    return makers[key] if makers and key else None


def makers_in(path: str, facts: FileFacts, folders: ReadFolders | None) -> Makers:
    """What in a file may make objects which the file does not show.

    A custom resource makes them in its own namespace; one that brings others to a cluster says in which. One that
    brings only what is in `folders` that are read makes nothing else, and a chart is looked at by itself.
    """
    found: Makers = {}

    def note(namespace: str, evidence: Evidence) -> None:
        found.setdefault((namespace, evidence.code), evidence)

    for skip in facts.skipped:
        if skip.code in UNREAD:
            code, sentence = UNREAD[skip.code]
            note("", Evidence(code, sentence.format(path), path, skip.span))
    for other in facts.others:
        if may_make(other.api_version, other.kind):
            note(other.namespace, Evidence("custom-resource", made_by(other.kind, path), path))
    for document in facts.documents:
        if document.broken:
            sentence = f"a {document.kind} in {path} cannot be parsed, and may define it"
            note("", Evidence("unparsable", sentence, path, document.head))
        elif is_maker(document) and not (folders and folders.is_known(path, document)):
            evidence = Evidence("custom-resource", made_by(document.kind, path), path, document.head)
            note(reach_of(document), evidence)
    return found


def made_by(kind: str, path: str) -> str:
    """That the controller of a custom resource may make an object."""
    return f"the custom resource {kind} in {path} may create it"


def is_maker(document: Document) -> bool:
    """Whether it may make objects that nothing shows, and not by a chart."""
    may = may_make(document.api_version, document.kind)
    return may and not installs(document)


def installs(document: Document) -> bool:
    """Whether an object installs charts, and does nothing else."""
    return document.charts or installs_chart(document.api_version, document.kind)


def releases_in(path: str, facts: FileFacts, folder: str) -> Iterator[Release]:
    """The charts that the objects in a file install."""
    for document in facts.documents:
        if installs(document) and not document.broken:
            sentence = f"the chart of the {document.kind} in {path} may create it"
            evidence = Evidence("custom-resource", sentence, path, document.head)
            yield Release(folder, reach_of(document), document, evidence)


def reach_of(document: Document) -> str:
    """The namespace in which a custom resource makes objects; empty for any."""
    if document.reach is not None:
        return document.reach
    return document.namespace.value if document.namespace else ""


def is_plain(facts: FileFacts) -> bool:
    """Whether a file holds nothing that is meant for Kubernetes, such as the configuration of a program."""
    return not facts.documents and not facts.others and {skip.code for skip in facts.skipped} == {"not-kubernetes"}


def stem_of(path: str) -> str:
    """The name of a file without its ending."""
    return path.rpartition("/")[2].partition(".")[0]


def is_called(stem: str, names: str) -> bool:
    """Whether a file may be for what has some names, by its own words."""
    words = set(words_of(stem))
    return words <= GENERAL or any(len(word) >= SHORTEST_WORD and word in names for word in words)


def is_part_of(stem: str, name: str) -> bool:
    """Whether all words of a file's name follow each other in an object's."""
    words = [f"-{'-'.join(words_of(text))}-" for text in (stem, name)]
    return len(stem) >= SHORTEST and words[0] in words[1]
