"""Kustomizations, read as far as they say what they use (`api/types/kustomization.go` in kubernetes-sigs/kustomize)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property

from cmlint.cache.file_state import Seen
from cmlint.manifest.documents import read_text
from cmlint.model.facts import FileFacts, Span
from cmlint.sources import files, outside
from cmlint.sources.outside import CHARTS, FILES, FOLDERS, GENERATORS, PATHS, PLUGINS
from cmlint.sources.request import Request
from cmlint.sources.yaml_tree import FileSpan, Part, inner_part, read_parts, read_whole
from cmlint.system.files import is_within
from cmlint.system.filesystem import FileSystem

GROUP = "kustomize.config.k8s.io/"

WORD = r"[^\s\"'#,\[\]{}:]+"
MANY = 100_000
"""The number of characters of an unparsed text that are searched for paths."""

CHANGES = (
    *("patches", "patchesStrategicMerge", "patchesJson6902", "images", "imageTags", "replacements", "vars"),
    *("components", "transformers", "generators"),
)
"""The fields by which a kustomization may change a pod spec or what a ConfigMap holds."""


OPEN = (*PLUGINS, "namePrefix", "nameSuffix")
"""The fields by which it may make objects, or give them names, that are written nowhere."""

TURNED_OFF = r"(?m)^[ \t]*#[ \t#]*-[ \t]+[\"']?([\w./-]+)"
"""An entry of a list that is a comment."""

BROUGHT = ("resources", "bases", "components")
"""The fields that name files and folders with objects."""


class Kustomization:
    """A kustomization: the real path of its file, the path under which it is shown, and the folders that it may read.

    One that cannot be parsed has no fields; kustomize itself says why.
    """

    def __init__(self, path: str, shown: str, text: str, disk: FileSystem) -> None:
        self.path, self.shown, self.text, self.disk = path, shown, text, disk
        self.folder = os.path.dirname(path)
        parts, self.is_read = read_whole(shown, text)
        self.root = parts[0] if parts else Part(FileSpan(shown, 0, 0))
        outside.spell(self.root)
        self.documents = parts
        self.full_paths: dict[str, str] = {}
        self.reach: tuple[str, ...] = (self.folder,)

    @property
    def counts(self) -> bool:
        """Whether kustomize reads it; a file of this name may hold something else, such as an object of Flux."""
        return self.root.word("apiVersion").startswith(GROUP) or not self.root.word("apiVersion")

    @property
    def is_component(self) -> bool:
        """Whether it is only a part of others, which cannot be built alone."""
        return self.root.word("kind") == "Component"

    @property
    def changes(self) -> bool:
        """Whether it may change more of an object than its name, namespace and labels."""
        return any(field in self.root.fields for field in CHANGES)

    @property
    def only_changes(self) -> bool:
        """Whether it changes objects and names nothing that brings any, so that something else has to add it."""
        fields = (*BROUGHT, *PLUGINS, *CHARTS, *GENERATORS.values())
        return self.is_read and self.changes and not any(self.root.at(field) for field in fields)

    @property
    def takes_charts_only(self) -> bool:
        """Whether nothing is in it but what it takes from Helm; kustomize refuses one that is empty without that."""
        return {*self.root.fields} <= {"apiVersion", "kind", "generators", *CHARTS}

    @property
    def says_all(self) -> bool:
        """Whether its text says what it makes: by generators, or from files and folders that are there."""
        if not self.is_read or self.charts or any(field in self.root.fields for field in OPEN):
            return False
        brought = (item.text or "" for field in BROUGHT for item in self.root.entries(field))
        return all("\n" not in name and self.disk.lexists(self.full(name)) for name in brought)

    @property
    def plugins_named(self) -> Iterator[Part]:
        """Its entries that configure plugins."""
        return (item for field in PLUGINS for item in self.root.entries(field))

    @cached_property
    def plugins(self) -> list[Part]:
        """The configurations of its generators, transformers and validators, as far as they are files of its own."""
        return [part for item in self.plugins_named for part in self.configurations_of(item)]

    def configurations_of(self, item: Part) -> list[Part]:
        """The configurations of plugins that an entry gives itself, or in a file of the kustomization."""
        if "\n" in (item.text or ""):
            found = inner_part(item, self.text)
        else:
            path = self.own(item.text or "")
            found = self.documents_of(path) if path else []
        for part in found:
            outside.spell(part)
        return found

    @property
    def plugin_folders(self) -> list[str]:
        """The real paths of the folders with other kustomizations from which any of these configurations come."""
        names = (item.text or "" for item in self.plugins_named)
        folders = (self.full(name) for name in names if "\n" not in name)
        return list(filter(self.disk.is_folder, folders))

    def plugin_texts(self, left_out: Collection[Part]) -> Iterator[tuple[str, str]]:
        """The texts that may hold these configurations, each with the name of its field or file.

        Entries that are `left_out` are not looked at. Raises OSError and UnicodeDecodeError.
        """
        for field in PLUGINS:
            for item in (item for item in self.root.entries(field) if item not in left_out):
                yield field, item.text or ""
                if path := self.own(item.text or ""):
                    yield item.text or "", files.read(self.disk, path)

    @property
    def charts(self) -> list[Part]:
        """What it takes from Helm."""
        found = [chart for field in CHARTS for chart in self.root.entries(field)]
        return found + [part for part in self.plugins if part.word("kind") == "HelmChartInflationGenerator"]

    def charts_of(self, field: str, item: Part) -> list[Part]:
        """The charts that an entry of a field takes from Helm."""
        if field in CHARTS:
            return [item]
        found = self.configurations_of(item) if field == "generators" else []
        return [chart for part in found for chart in outside.inflations(part)]

    @cached_property
    def named(self) -> list[Part]:
        """Everything that it names: paths and addresses."""
        found = [item for field in (*FOLDERS, *FILES) for item in self.root.entries(field)]
        found += [
            item for plugin in self.plugins for field in ("files", "paths", "envs") for item in plugin.entries(field)
        ]
        found += [item for _, generator in self.generators for item, _, _ in sources_of(generator)]
        found += [item for chart in self.charts for item in chart.entries("additionalValuesFiles")]
        single: list[Part | None] = [entry.at("path") or entry for field in PATHS for entry in self.root.entries(field)]
        single += [plugin.at("path") for plugin in self.plugins]
        single += [chart.at("valuesFile") for chart in self.charts]
        single.append(self.root.at("openapi", "path"))
        named = [item for item in (*found, *single) if item and item.text and "\n" not in item.text]
        return named if self.is_read else [*named, *self.words]

    @property
    def words(self) -> Iterator[Part]:
        """The words of its text that are the paths of something: of one that cannot be parsed, perhaps what it uses."""
        for found in re.finditer(WORD, self.text[:MANY]):
            if self.disk.exists(self.full(found[0])):
                yield Part(FileSpan(self.shown, *found.span()), found[0])

    def folders_named(self) -> Iterator[str]:
        """The real paths of the folders that it names, each of several that run together included."""
        names = [item.text or "" for field in FOLDERS for item in self.root.entries(field)]
        if not self.is_read:
            names += [item.text or "" for item in self.words]
        for name in (name for name in names if "\n" not in name):
            words = [name] if self.disk.exists(self.full(name)) else name.split()
            yield from (folder for word in words if self.disk.is_folder(folder := self.full(word)))

    @property
    def generators(self) -> Iterator[tuple[str, Part]]:
        """The kind that each generator makes, and the generator."""
        for kind, field in GENERATORS.items():
            yield from ((kind, generator) for generator in self.root.entries(field))

    @property
    def secret_generators(self) -> list[Part]:
        """What makes Secrets: its own generators, and those in files that it names."""
        plugins = (part for part in self.plugins if part.word("kind") == "SecretGenerator")
        return [*self.root.entries(GENERATORS["Secret"]), *plugins]

    @property
    def remotes(self) -> list[Part]:
        """What it names that is not on this machine."""
        return [item for item in self.named if outside.is_remote(self.disk, item.text or "", self.folder)]

    @property
    def manifests(self) -> list[str]:
        """The real paths of the files whose objects it takes in."""
        paths = (self.own(item.text or "") for item in self.root.entries("resources"))
        return [path for path in paths if path]

    @property
    def patches(self) -> Iterator[tuple[Part, Part | None]]:
        """Its patches in the order in which they are applied: the path or the text of each, and its target."""
        yield from ((item, None) for item in self.root.entries("patchesStrategicMerge"))
        for field in ("patches", "patchesJson6902"):
            for entry in self.root.entries(field):
                if where := entry.at("path") or entry.at("patch"):
                    yield where, entry.at("target")

    @property
    def patch_files(self) -> Iterator[Part]:
        """The patches that are files; a text in a field `patch`, which may be a single line, is none."""
        for item in self.root.entries("patchesStrategicMerge"):
            if "{" not in (item.text or ""):
                yield item
        entries = (entry for field in ("patches", "patchesJson6902") for entry in self.root.entries(field))
        yield from (path for entry in entries if (path := entry.at("path")))

    @property
    def inline_patches(self) -> Iterator[Part]:
        """The patches that are written in it."""
        for field in ("patches", "patchesJson6902"):
            yield from (patch for entry in self.root.entries(field) if (patch := entry.at("patch")))

    def name_references(self, kind: str) -> Iterator[Part]:
        """The fields that its `configurations` call references to objects of a kind, besides those kustomize knows."""
        paths = (self.own(item.text or "") for item in self.root.entries("configurations"))
        parts = (part for path in paths if path for part in self.documents_of(path))
        known = (each for part in parts for each in part.entries("nameReference") if each.word("kind") == kind)
        yield from (spec for each in known for spec in each.entries("fieldSpecs"))

    def written(self, name: str) -> str:
        """The path of what it names, on which there may be links."""
        return os.path.normpath(os.path.join(self.folder, name.replace("\0", "")))

    def full(self, name: str) -> str:
        """The real path of what it names: as to kustomize, `link/..` is the folder that the link is in."""
        if name not in self.full_paths:
            self.full_paths[name] = self.disk.real_path(self.written(name))
        return self.full_paths[name]

    @cached_property
    def used(self) -> set[str]:
        """The real paths of all that it names, and of itself."""
        return {self.disk.real_path(self.path), *(self.full(item.text or "") for item in self.named)}

    @cached_property
    def turned_off(self) -> set[str]:
        """The real paths of what it names in a comment only."""
        return set(map(self.full, re.findall(TURNED_OFF, self.text[:MANY]))) - self.used

    def own(self, name: str) -> str | None:
        """The real path of a file that it names, if kustomize lets it read that: by default, below its folder.

        That is `api/internal/loader/loadrestrictions.go` in kubernetes-sigs/kustomize. What is elsewhere is never
        read, whatever a kustomization names.
        """
        path = self.full(name)
        return path if is_within(path, self.reach) and self.disk.is_file(path) else None

    def documents_of(self, path: str) -> list[Part]:
        """The documents of a file, with its own path; none where it cannot be read."""
        try:
            return read_parts(path, files.read(self.disk, path, os.path.dirname(path)))
        except (OSError, UnicodeDecodeError):
            return []


def sources_of(generator: Part) -> Iterator[tuple[Part, str, str]]:
    """The files that a generator reads: each name without a key before it, the key, and `files` or `envs`."""
    for item in generator.entries("files"):
        key, equals, name = (item.text or "").rpartition("=")
        yield Part(item.place, name), key if equals else os.path.basename(name), "files"
    single = generator.at("env")
    for item in (*generator.entries("envs"), *([single] if single else [])):
        yield item, "", "envs"


def reach(start: Kustomization, following: Callable[[Kustomization], list[Kustomization]], reached: set[str]) -> None:
    """Adds the folders of a kustomization and of all that follow, except those that were reached before."""
    stack = [start]
    while stack:
        one = stack.pop()
        if one.folder not in reached:
            reached.add(one.folder)
            stack += following(one)


class Project:
    """The kustomizations of a run by their folders, those that are only used included; all are in its `roots`.

    Paths are real ones; they are shown relative to the working directory, but outside of it only when not `absolute`.
    It `is_wide` where its kustomizations are applied with leave to read files outside of their folders.
    """

    def __init__(self, request: Request, roots: tuple[str, ...], *, absolute: bool) -> None:
        self.disk, self.makers, self.roots, self.absolute = request.disk, request.makers, roots, absolute
        self.texts: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.parts: dict[str, list[Part]] = {}
        self.read_facts: dict[str, FileFacts] = {}
        self.short: dict[str, str] = {}
        self.values: dict[str, list[FileSpan]] = {}
        self.masks: dict[str, list[Span]] = {}
        self.masked_by: tuple[int, dict[str, list[Span]]] = (0, {})
        self.known: dict[str, Kustomization | None] = {}
        self.uses: dict[str, list[Kustomization]] = {}
        self.is_wide = False

    def shown(self, path: str) -> str:
        """How a path is shown."""
        if path not in self.names:
            self.names[path] = self.disk.shown(path if self.absolute else self.disk.relative(path))
        return self.names[path]

    def text(self, path: str) -> str:
        """The text at a real path; raises OSError and UnicodeDecodeError."""
        shown = self.shown(path)
        if shown not in self.texts:
            self.texts[shown] = files.read(self.disk, path, self.roots)
        return self.texts[shown]

    def readable(self, path: str) -> str:
        """The text at a real path; an empty one for a folder, and for what cannot be read."""
        try:
            return self.text(path) if self.disk.is_file(path) else ""
        except (OSError, UnicodeDecodeError):
            return ""

    def facts(self, path: str) -> FileFacts:
        """The facts of the file at a real path; raises OSError and UnicodeDecodeError."""
        if path not in self.read_facts:
            self.read_facts[path] = read_text(self.text(path), self.makers)
        return self.read_facts[path]

    def in_folder(self, folder: str) -> Kustomization | None:
        """The kustomization in a folder, or None."""
        if folder not in self.known:
            paths = (os.path.join(folder, name) for name in files.KUSTOMIZATIONS)
            own = (path for path in paths if self.disk.is_file(path) and is_within(self.disk.real_path(path), folder))
            path = next(own, None)
            self.known[folder] = self.read(path) if path else None
        return self.known[folder]

    def find(self, paths: Iterable[str]) -> list[Kustomization]:
        """The kustomizations among files, in the order of their paths."""
        paths = (self.disk.real_path(path) for path in paths if os.path.basename(path) in files.KUSTOMIZATIONS)
        found = [self.in_folder(folder) for folder in dict.fromkeys(map(os.path.dirname, paths))]
        return sorted((one for one in found if one), key=lambda one: one.shown)

    def read(self, path: str) -> Kustomization | None:
        """The kustomization at a path, or None where it is none or cannot be read."""
        try:
            found = Kustomization(path, self.shown(path), self.text(path), self.disk)
        except (OSError, UnicodeDecodeError):
            return None
        return found if found.counts else None

    def below(self, kustomization: Kustomization) -> list[Kustomization]:
        """The kustomizations that one names, in order."""
        if kustomization.folder not in self.uses:
            inside = filter(self.is_inside, kustomization.folders_named())
            found = [self.in_folder(folder) for folder in inside]
            self.uses[kustomization.folder] = [other for other in found if other]
        return self.uses[kustomization.folder]

    def is_inside(self, path: str) -> bool:
        """Whether a real path is in what may be read."""
        return is_within(path, self.roots)

    def folders_from(self, folder: str) -> Iterator[str]:
        """A folder and all above it, by their real paths, as far as they may be read."""
        below = ""
        while folder != below and self.is_inside(folder):
            yield folder
            folder, below = os.path.dirname(folder), folder

    def tree(self, *tops: Kustomization) -> list[Kustomization]:
        """Some kustomizations and all that they use, each once, in the order in which they are applied."""
        done: list[Kustomization] = []
        entered: set[str] = set()
        stack: list[tuple[Kustomization | None, Iterator[Kustomization]]] = [(None, iter(tops))]
        while stack:
            user, rest = stack[-1]
            used = next(rest, None)
            if used is None:
                stack.pop()
                done += [user] if user else []
            elif used.folder not in entered:
                entered.add(used.folder)
                stack.append((used, iter(self.below(used))))
        return done

    def unused(self, found: Iterable[Kustomization]) -> list[Kustomization]:
        """Those that no other one uses; where some use each other in a circle, all of these."""
        given = list(found)
        order = self.tree(*given)
        users: dict[str, list[Kustomization]] = {}
        for user in order:
            for used in self.below(user):
                users.setdefault(used.folder, []).append(user)
        below, tops = set[str](), set[str]()
        # Whoever comes later in this order and is below nobody so far is used, if at all, in a circle with itself.
        for one in reversed(order):
            if one.folder not in below:
                reach(one, self.below, below)
                reach(one, lambda used: users.get(used.folder, []), tops)
        return [one for one in given if one.folder in tops]

    def used_by(self, kustomizations: Iterable[Kustomization]) -> set[str]:
        """The real paths of all that kustomizations name, and of themselves."""
        return set().union(*(kustomization.used for kustomization in kustomizations))

    @property
    def kustomizations(self) -> list[Kustomization]:
        """All that are known."""
        return [found for found in self.known.values() if found]

    def note(self, kustomizations: Sequence[Kustomization], seen: Seen, *, remote: bool) -> None:
        """Notes what kustomizations look at: all that they name, and where others were looked for.

        Remote parts, if they are allowed, change unseen, as do files that plugins in their own folder name.
        """
        named = {one.full(item.text or "") for one in kustomizations for item in one.named}
        self.note_folders({one.folder for one in kustomizations} | (named & self.known.keys()), seen)
        for one in kustomizations:
            seen.note(one.path)
            for item in one.named:
                seen.note(os.path.join(one.folder, item.text or ""))
            if (remote and (one.remotes or one.charts)) or one.plugin_folders:
                seen.complete = False

    def note_folders(self, folders: Iterable[str], seen: Seen) -> None:
        """Notes where kustomizations were looked for, except in folders that are noted completely."""
        walked = {self.disk.absolute(folder) for folder in seen.walked}
        for folder in folders:
            if folder not in walked:
                for name in files.KUSTOMIZATIONS:
                    seen.note(os.path.join(folder, name))

    def documents(self, kustomization: Kustomization, part: Part) -> list[Part]:
        """The documents of a patch, which may be a file or written in the kustomization itself."""
        path = kustomization.own(part.text or "") if "\n" not in (part.text or "") else None
        return self.read_parts(path) if path else inner_part(part, kustomization.text)

    def read_parts(self, path: str) -> list[Part]:
        """The documents of a file; none where it cannot be read."""
        if path not in self.parts:
            try:
                self.parts[path] = read_parts(self.shown(path), self.text(path))
            except (OSError, UnicodeDecodeError):
                self.parts[path] = []
        return self.parts[path]
