"""What of an input may be shown where a program says why it failed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from cmlint.kube.credentials import may_be_secret
from cmlint.sources.helm.chart import REQUIREMENTS, SUBCHARTS, TEMPLATES, VALUES, Chart
from cmlint.sources.kustomize.kustomization import Kustomization, Project, sources_of
from cmlint.sources.kustomize.secrets import FIELDS, secret_texts
from cmlint.sources.reasons import address, of_schema
from cmlint.sources.secret_names import HIDDEN, LARGEST, Masks, field, is_file, pointer, read, secrets_in
from cmlint.sources.yaml_tree import Part, read_parts
from cmlint.system.files import is_within

LITERAL = (
    r"""\b(?:fail|required)\s+(?:\(\s*)?("(?:[^"\\\n]|\\.)*"|`[^`]*`)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*\|\s*fail\b"""
)
"""A text that a template fails with, as it is written there."""

QUOTED = r'"(?:[^"\\]|\\.)*"|`[^`]*`|\'(?:[^\'\\]|\\.)*\''
VERSIONS = r"(?:[\d.<>=~^|,\s*xXv-]|alpha|beta|rc)+"

NAMING = (
    *("apiVersion", "fieldPath", "fieldPaths", "fieldpath", "group", "kind", "name", "namePrefix", "nameSuffix"),
    *("namespace", "version"),
)
"""The fields that hold names of objects and of fields."""

LONGEST_NAME = 253
"""How many characters a name of Kubernetes has at most."""

IN_ID = r"^[^/]+(?=/)|(?<=/)[^/]+(?=\.)|[^./]+$"
"""The parts of what kustomize calls an object: `Deployment.v1.apps`, `web` and `shop`."""

OPEN = frozenset(("default", "noGrp", "noKind", "noName", "noNs", "noVer"))
"""What kustomize writes for a name that is not given."""


class OfBuild:
    """What may be shown of kustomizations that are built together, a tree."""

    def __init__(self, project: Project, tree: Sequence[Kustomization]) -> None:
        self.project, self.tree = project, tree

    def part(self, kind: str, text: str) -> str | None:
        """A part of a message as it may be shown."""
        match kind:
            case "path":
                return self.path(text)
            case "local":
                shown = self.path(text)
                return (
                    shown
                    if shown is None or shown.endswith(HIDDEN)
                    else text.removeprefix(os.path.join(self.project.disk.real_path(os.curdir), ""))
                )
            case "name" | "word":
                return text if self.is_name(text) else HIDDEN
            case "id":
                return re.sub(IN_ID, self.part_of_id, text)
            case "pointer":
                return pointer(text, self.masks)
            case _:
                return field(text, self.masks)

    @cached_property
    def texts(self) -> list[str]:
        """The texts of all kustomizations and of the files that they may read."""
        paths = {path for one in self.tree for item in one.named if (path := one.own(item.text or ""))}
        return [*(one.text for one in self.tree), *(read(self.project.disk, path) for path in sorted(paths))]

    @cached_property
    def masks(self) -> Masks:
        """What is secret in all of it."""
        named = (secret for text in self.texts for secret in secrets_in(text))
        return Masks([*secret_texts(self.project, self.tree), *named, *self.lines])

    @property
    def lines(self) -> Iterator[str]:
        """The lines of the environment files of Secrets, for one without `=` may be a value."""
        for one in self.tree:
            for generator in one.secret_generators:
                for item, _, how in sources_of(generator):
                    if how == "envs" and (path := one.own(item.text or "")):
                        yield from read(self.project.disk, path).splitlines()

    @cached_property
    def named(self) -> dict[str, bool]:
        """The real paths of what kustomizations name, and whether each may be the value of a Secret instead."""
        found: dict[str, bool] = {}
        for one in self.tree:
            for item in one.named:
                found.setdefault(one.full(item.text or ""), False)
            for kind, generator in one.generators:
                for item, key, how in sources_of(generator):
                    own = kind == "Secret" or (how == "envs" and "=" in (item.text or "")) or may_be_secret(key)
                    if own and not is_file(item.text or ""):
                        found[one.full(item.text or "")] = True
        return found

    @property
    def names_secret(self) -> bool:
        """Whether kustomizations name what is not there and may be the value of a Secret, or hold a credential."""
        texts = (item.text or "" for one in self.tree for item in one.named)
        misplaced = any(doubt and not self.project.disk.lexists(path) for path, doubt in self.named.items())
        return misplaced or any(is_secret(text) for text in texts)

    def path(self, text: str) -> str | None:
        """A path that is there or is named; of what may be the value of a Secret, the folder that is there."""
        if self.project.disk.exists(text):
            return self.project.shown(text)
        named = [doubt for path, doubt in self.named.items() if is_within(path, text)]
        if not named:
            return None
        folder = text
        while not self.project.disk.exists(folder):
            folder = os.path.dirname(folder)
        missing = os.path.relpath(text, folder).split(os.sep)
        if all(named) or any(map(self.masks.hide, missing)) or not all(map(str.isprintable, text)):
            shown = self.project.shown(folder)
            return HIDDEN if shown == "." else f"{shown}/{HIDDEN}"
        return self.project.shown(text)

    @cached_property
    def names(self) -> set[str]:
        """All names that are written where names are, except those of keys of Secrets."""
        parts = [part for text in self.texts if len(text) <= LARGEST for part in read_parts("", text)]
        for one in self.tree:
            parts += [part for where, _ in one.patches for part in self.project.documents(one, where)]
            parts += one.plugins
        return {name for part in parts for text in names_in(part) for name in (text, *re.findall(r"[\w-]+", text))}

    @cached_property
    def ends(self) -> tuple[set[str], set[str]]:
        """The prefixes and suffixes that kustomizations give to names."""
        prefixes, suffixes = ({one.root.word(name) for one in self.tree} for name in ("namePrefix", "nameSuffix"))
        return prefixes - {""}, suffixes - {""}

    def part_of_id(self, found: re.Match[str]) -> str:
        """The type, the name or the namespace of an object in what kustomize calls it, as it may be shown."""
        return found[0] if all(map(self.is_name, re.findall(r"[\w-]+", found[0]))) else HIDDEN

    def is_name(self, text: str) -> bool:
        """Whether a text is the name of something in the input, and not a secret as well."""
        if text in OPEN:
            return True
        if len(text) > LONGEST_NAME:
            return False
        prefixes, suffixes = self.ends
        found = {text}
        while found.isdisjoint(self.names):
            shorter = {name.removeprefix(prefix) for name in found for prefix in prefixes}
            shorter |= {name.removesuffix(suffix) for name in found for suffix in suffixes}
            if shorter <= found:
                return False
            found |= shorter
        return not self.masks.hide(text)


def is_secret(text: str) -> bool:
    """Whether a text is an address that must not be shown as it is."""
    return ("://" in text or "@" in text) and address(text) != text


def names_in(part: Part) -> Iterator[str]:
    """The names in a document; what a Secret holds is left out."""
    secret = part.word("kind").startswith("Secret")
    for name, (_, value) in part.fields.items():
        if name in NAMING:
            yield from (item.text or "" for item in (value, *value.items) if item.text)
        if not (secret and name in FIELDS):
            yield from names_in(value)
    for item in part.items:
        yield from names_in(item)


class OfChart:
    """What may be shown of a chart and of the values that it is rendered with, in `paths` and in `texts`."""

    def __init__(self, chart: Chart, paths: Sequence[str], texts: Sequence[str]) -> None:
        self.chart, self.paths = chart, paths
        self.values = [read(chart.disk, path) for path in (os.path.join(chart.folder, VALUES), *paths)] + list(texts)

    def part(self, kind: str, text: str) -> str | None:
        """A part of a message as it may be shown."""
        match kind:
            case "template":
                return self.place(text)
            case "written":
                return self.expression(text)
            case "said":
                return self.masks.over(text) if text.strip() in self.literals else None
            case "charts":
                return ", ".join(name if name in self.names else HIDDEN for name in text.split(", "))
            case "name":
                return text if text in self.names else self.known(text)
            case "file":
                return self.file(text)
            case "inner":
                return None if self.place(text) is None else ""
            case "version":
                return text if re.fullmatch(VERSIONS, text) and text == self.chart.root.word("kubeVersion") else HIDDEN
            case "schema":
                return of_schema(text, self)
            case "pointer":
                return pointer(text, self.masks)
            case "properties":
                return ", ".join(f"'{self.known(name)}'" for name in re.findall(r"'([^']*)'", text))
            case _:
                return field(text, self.masks)

    @cached_property
    def masks(self) -> Masks:
        """What is secret in the values, in the templates and in files beside them."""
        return Masks(secret for text in (*self.values, *self.sources.values()) for secret in secrets_in(text))

    @cached_property
    def sources(self) -> dict[str, str]:
        """The texts of the templates, also those of subcharts that are unpacked or beside it, by their real paths."""
        found: dict[str, str] = {}
        for top in (self.chart.folder, *(chart.folder for chart in self.chart.beside)):
            for folder, entries in self.chart.disk.tree(top):
                if TEMPLATES in os.path.relpath(folder, top).split(os.sep):
                    paths = [entry.path for entry in entries if entry.is_file()]
                    found |= {self.chart.disk.real_path(path): read(self.chart.disk, path) for path in paths}
        return found

    @cached_property
    def names(self) -> set[str]:
        """The names of the chart and of the charts that it depends on."""
        described = (self.chart.root, self.chart.read(REQUIREMENTS))
        entries = [entry for part in described for entry in part.entries("dependencies")]
        found = {self.chart.name, *(entry.word(key) for entry in entries for key in ("name", "alias"))}
        return {name for name in found if re.fullmatch(r"[A-Za-z0-9._-]+", name) and not self.masks.hide(name)}

    @cached_property
    def literals(self) -> set[str]:
        """The texts that templates fail with, as helm's reasons have them: in one line."""
        found = (one or other for text in self.sources.values() for one, other in re.findall(LITERAL, text))
        return {" ".join(unescaped(literal).split()) for literal in found}

    @cached_property
    def words(self) -> set[str]:
        """The words of all templates outside of texts, and the texts by which templates are called."""
        code = (
            re.sub(QUOTED, " ", action)
            for text in self.sources.values()
            for action in re.findall(r"\{\{(?:(?!\{\{)[\s\S])*?\}\}", text)
        )
        called = re.findall(r'\b(?:include|template|define|block)\s+"([^"]*)"', "\n".join(self.sources.values()))
        return {word for text in code for word in re.findall(r"\w+", text)} | set(called)

    def place(self, text: str) -> str | None:
        """A template and a line in it, where it is one of the chart or of a subchart in an archive."""
        path, *_ = text.split(":")
        archived = re.fullmatch(rf"{re.escape(self.chart.name)}/{SUBCHARTS}/[\w./-]+", path)
        return text if self.chart.templates.path(path) or archived else None

    def expression(self, text: str) -> str | None:
        """An expression of a template: without texts and numbers, and only where its words are written in one."""
        if text in self.words and not self.masks.hide(text):
            return text
        bare = re.sub(rf"((?:include|template) )?({QUOTED})", self.literal, text)
        bare = re.sub(r"(?<![\w.$])-?\d[\w.]*", HIDDEN, bare)
        words = re.findall(r"\w+", re.sub(QUOTED, " ", bare))
        return bare if all(word in self.words and not self.masks.hide(word) for word in words) else None

    def literal(self, found: re.Match[str]) -> str:
        """A text in an expression: the name of a template that is included, and nothing else."""
        name = found[2][1:-1]
        return (
            found[0] if found[1] and name in self.words and not self.masks.hide(name) else f'{found[1] or ""}"{HIDDEN}"'
        )

    def file(self, text: str) -> str:
        """A file of values, or a subchart, as it is shown."""
        if text == "its values":
            return text
        if text in self.paths:
            return self.chart.disk.shown(text)
        subcharts = os.path.join(self.chart.folder, SUBCHARTS)
        return text if any(entry.name == text for entry in self.chart.disk.entries_or_none(subcharts)) else HIDDEN

    def known(self, name: str) -> str:
        """A property of values, where a template or the values know one of this name."""
        keys = {key for text in self.values for key in re.findall(r"(?m)^[ \t]*([\w.-]+):", text)}
        schema = read(self.chart.disk, os.path.join(self.chart.folder, "values.schema.json"))
        is_key = name in keys or name in self.words or re.search(rf'"{re.escape(name)}"\s*:', schema)
        return name if is_key and not self.masks.hide(name) else field(name, self.masks)


def unescaped(literal: str) -> str:
    """What a literal of a template represents."""
    if literal.startswith("`"):
        return literal[1:-1]
    try:
        return str(json.loads(literal))
    except ValueError:
        return literal[1:-1]
