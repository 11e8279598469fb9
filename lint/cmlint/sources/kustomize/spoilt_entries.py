"""Entries of a kustomization that make its build fail: everything else is built without them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from cmlint.model.facts import Document, FileFacts, Provider, Target
from cmlint.sources import outside
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.outside import CHART, CHARTS
from cmlint.sources.yaml_tree import Part
from cmlint.system.programs import NotBuiltError

MOST = 5
MOST_PLUGINS = 30
"""A kustomization with more such entries than this, or with more of plugins or charts, is not built."""

PROVIDING = ("resources", "bases", "components", "generators", "configMapGenerator", "secretGenerator", *CHARTS)
"""The fields whose entries bring in objects."""

TARGETS: dict[str, Target] = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
"""What the fields of generators make."""

PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
CHANGING = (*PATCHES, "replacements", "vars", "transformers", "components")
"""The fields whose entries may change references, or what these lead to."""

OTHERS = ("images", "replicas")
"""Further fields without whose entries the rest is as it will be."""

PLUGIN = "plugin"
OUTSIDE = "outside"
TEMPLATE = "template"
"""The kinds of errors for which cmlint is the reason: it runs no plugin, reads no file outside of the folder, and
renders no template of another program.
"""

GROUND = r"image|[cC]onfigMap|[sS]ecret|\benv|[vV]olume|(?<!meta)data\b|prefix"
"""What a patch holds that may change a reference, or what it leads to."""


class Spoilt(NamedTuple):
    """An entry without which a kustomization is built, the field that it is in, and why."""

    kustomization: Kustomization
    field: str
    number: int
    item: Part
    error: NotBuiltError

    @property
    def shown(self) -> str:
        """What a message calls it."""
        text = self.item.text or ""
        if self.field in CHARTS and self.is_chart:
            return self.field
        if self.field not in ("resources", "bases", "components", "generators") or not text or "\n" in text:
            return f"{self.field}[{self.number}]"
        return os.path.normpath(text) if self.is_plugin else text

    @property
    def is_plugin(self) -> bool:
        """Whether it has a plugin generate objects."""
        return self.error.kind == PLUGIN

    @property
    def is_chart(self) -> bool:
        """Whether it takes a chart that cannot be had."""
        return self.error.kind == CHART

    @property
    def path(self) -> str:
        """The real path of what it names."""
        return self.kustomization.full(self.item.text or "")

    @property
    def patch(self) -> Part | None:
        """The path or the text of a patch."""
        if self.field not in PATCHES:
            return None
        return self.item if self.item.text is not None else self.item.at("path") or self.item.at("patch")


def spoilt_by(error: NotBuiltError, tree: Iterable[Kustomization], project: Project) -> Spoilt | None:
    """The entry of a kustomization that makes a build fail; None where it is not known, or leads out of the project.

    Of plugins, only generators can be left out: they add objects, and transformers may change any other.
    """
    if (error.cause != "broken" and error.kind not in (PLUGIN, OUTSIDE, TEMPLATE)) or error.place is None:
        return None
    shown, span = error.place
    one = next((one for one in tree if one.shown == shown), None)
    if one is None or not one.is_read or not span.end:
        return None
    for field, number, item in entries(one):
        if item.place.start <= span.start < max(item.place.end, item.place.start + 1):
            found = Spoilt(one, field, number, item, error)
            if found.is_plugin and field != "generators":
                return None
            return found if item.text is None or "\n" in item.text or project.is_inside(found.path) else None
    return None


def most_of(spoilt: Iterable[Spoilt]) -> int:
    """The most entries without which a kustomization is built: many patches may be for the objects of one chart."""
    return MOST_PLUGINS if any(each.is_plugin or each.is_chart for each in spoilt) else MOST


def entries(one: Kustomization) -> Iterator[tuple[str, int, Part]]:
    """The entries of the lists in a kustomization."""
    for field in dict.fromkeys((*PROVIDING, *CHANGING, *OTHERS)):
        for number, item in enumerate(one.root.entries(field)):
            yield field, number, item


def text_without(text: str, item: Part) -> str:
    """The text of a kustomization in which blanks take the place of an entry, so that nothing else moves."""
    start, end = item.place.start, item.place.end
    end = start + len(text[start:end].rstrip())
    before = text[:start].rstrip()
    if before.endswith("-"):
        start = len(before) - 1
    elif (comma := re.compile(r"\s*,").match(text, end)) is not None:
        end = comma.end()
    elif before.endswith(","):
        start = len(before) - 1
    return text[:start] + re.sub(r"[^\r\n]", " ", text[start:end]) + text[end:]


def brings_in(spoilt: Spoilt) -> bool:
    """Whether an entry brings in objects."""
    return spoilt.field in PROVIDING


def made_by_entry(spoilt: Spoilt) -> tuple[Target, str] | None:
    """What an entry would make; None where that is not known."""
    target = TARGETS.get(spoilt.field)
    name = spoilt.item.word("name")
    return (target, name) if target and name else None


def may_change(spoilt: Spoilt, project: Project) -> bool:
    """Whether an entry may change references or what these lead to."""
    if spoilt.field not in CHANGING:
        return False
    one, where = spoilt.kustomization, spoilt.patch
    if spoilt.field == "replacements":
        return may_replace(spoilt.item, one, project)
    if where is None:
        return True
    path = one.own(where.text or "") if "\n" not in (where.text or "") else None
    try:
        text = project.text(path) if path else where.text or ""
    except (OSError, UnicodeDecodeError):
        return True
    return re.search(GROUND, text) is not None


def may_replace(entry: Part, one: Kustomization, project: Project) -> bool:
    """Whether replacements may change references, what these lead to, or a name."""
    where = entry.at("path")
    parts = project.documents(one, where) if where else [entry]
    paths = [path for part in parts for path in outside.texts(part, ("fieldpaths",))]
    return not paths or any(re.search(rf"{GROUND}|^metadata\.name\b", path) for path in paths)


def images_of(spoilt: Iterable[Spoilt]) -> frozenset[str]:
    """The names of the images that nothing is known of without entries."""
    return frozenset(each.item.word("name") for each in spoilt if each.field == "images")


def files_of(spoilt: Iterable[Spoilt], project: Project) -> list[str]:
    """The real paths of the files that are left out with entries."""
    paths = (each.path for each in spoilt if each.field == "resources")
    return [path for path in paths if project.disk.is_file(path) and project.is_inside(path)]


def opened_beside(facts: FileFacts, project: Project, paths: Iterable[str]) -> FileFacts:
    """The facts of what is built; an object that a file without which it is built has as well may have other keys."""
    names: set[tuple[str, str]] = set()
    for path in paths:
        try:
            documents = project.facts(path).documents
        except (OSError, UnicodeDecodeError):
            continue
        names.update((each.target, each.name.value) for document in documents for each in document.providers)
    if not names:
        return facts
    return msgspec.structs.replace(facts, documents=tuple(open_document(each, names) for each in facts.documents))


def with_open_secrets(facts: FileFacts) -> FileFacts:
    """The facts of what is built without a plugin, which may merge keys into Secrets, as KSOPS does."""
    providers = (provider for document in facts.documents for provider in document.providers)
    names = {("Secret", provider.name.value) for provider in providers if provider.target == "Secret"}
    return msgspec.structs.replace(facts, documents=tuple(open_document(each, names) for each in facts.documents))


def open_document(document: Document, names: set[tuple[str, str]]) -> Document:
    """The same of one document."""
    providers = tuple(open_provider(each, names) for each in document.providers)
    return msgspec.structs.replace(document, providers=providers)


def open_provider(provider: Provider, names: set[tuple[str, str]]) -> Provider:
    """A provider, which may have other keys if it has one of some names."""
    open_ = (provider.target, provider.name.value) in names
    return msgspec.structs.replace(provider, open=True) if open_ else provider
