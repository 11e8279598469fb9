"""What a kustomization names and is not there: it is built without that, and what that may define stays open."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from cmlint.bundle.nearest import meets
from cmlint.model.evidence import Evidence
from cmlint.model.facts import Document, FileFacts, Provider, Target
from cmlint.sources import outside
from cmlint.sources.kustomize.kustomization import Kustomization, Project, sources_of
from cmlint.sources.kustomize.spoilt_entries import Spoilt, text_without
from cmlint.sources.kustomize.unrendered_charts import UnrenderedChart, unrendered
from cmlint.sources.reasons import address
from cmlint.sources.yaml_tree import Part
from cmlint.system.files import is_within

RESOURCES = ("resources", "bases")

MARK = "cmlint_absent"
"""The only key of an environment file that is not there, and so a sign of what may have any keys."""

KEY = r"[-._a-zA-Z0-9]+"
"""The key of a ConfigMap (`IsConfigMapKey` in `staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go`)."""

MOST = 300
"""A kustomization that lacks more than this is not built: nobody would read what it lacks."""

MANIFEST = (
    r"(?i)^https?://(?:raw\.githubusercontent|github)\.com/(?=.*/(?:releases|v?\d+\.\d+[\w.-]*)/).*/"
    r"(?!values|[^/]*(?:config|secret|env))[^/?]*\.ya?ml(?:\?|$)"
)
"""The address of a file with manifests of a release, by its name not only of a ConfigMap or Secret."""

ORDINARY = frozenset(("https", "http", "com", "org", "io", "www", "raw", "githubusercontent", "github", "yaml", "yml"))
"""The words that most addresses have."""

LONG = 5
"""From how many characters on a word means something as a part of others."""

How = Literal["resources", "components", "files", "envs", "patches"]
"""The kind of field that names it."""


class Absent(NamedTuple):
    """An entry of a kustomization of which the file, or what is to be fetched, is not there."""

    kustomization: Kustomization
    entry: Part
    how: How
    remote: bool

    @property
    def name(self) -> str:
        """What the entry says."""
        return self.entry.text or ""

    @property
    def is_left_out(self) -> bool:
        """Whether its entry is left out, and no empty file is built with: kustomize would not take that there."""
        outside_ = not self.remote and not is_within(self.path, self.kustomization.folder)
        return self.how in ("components", "patches") or (self.how == "resources" and outside_)

    @property
    def shown(self) -> str:
        """What it says, without what may be a credential."""
        return address(self.name) if self.remote else self.kustomization.disk.shown(self.name)

    @property
    def path(self) -> str:
        """The real path at which it would be; of something to be fetched, that of the file built instead."""
        return self.kustomization.full(stand_in(self.entry) if self.remote else self.name)


def item_of(absent: Absent) -> Part:
    """The entry of a list that has what is absent in it."""
    fields = (field for field in absent.kustomization.root.fields.values())
    items = (item for field in fields for item in field.value.items)
    start = absent.entry.place.start
    return next((item for item in items if item.place.start <= start < item.place.end), absent.entry)


def key_of(entry: Part) -> str:
    """The key under which a generator keeps a file that has none of its own."""
    return (entry.text or "").rpartition("/")[2]


def stand_in(entry: Part) -> str:
    """The name of the empty file that is built instead of what would be fetched."""
    return f"cmlint-absent-{entry.place.start}.yaml"


def absent_from(tree: Iterable[Kustomization], *, allow_remote: bool) -> list[Absent]:
    """What kustomizations name and is not there, as far as they can be built without it."""
    return [found for one in tree for found in absent_in(one, allow_remote=allow_remote)]


def absent_in(one: Kustomization, *, allow_remote: bool) -> Iterator[Absent]:
    """The same of one kustomization."""
    for entry, how in entries_of(one):
        name = entry.text or ""
        if not name or "\n" in name or "\0" in name:
            continue
        if outside.is_remote(one.disk, name, one.folder):
            if not allow_remote and (
                how in ("resources", "components") or (how == "files" and re.fullmatch(KEY, key_of(entry)))
            ):
                yield Absent(one, entry, how, remote=True)
        elif not one.disk.lexists(one.full(name)) and not runs_together(one, name):
            yield Absent(one, entry, how, remote=False)


def entries_of(one: Kustomization) -> Iterator[tuple[Part, How]]:
    """The entries of a kustomization that it can be built without."""
    for entry in (entry for field in RESOURCES for entry in one.root.entries(field)):
        yield entry, "resources"
    for entry in one.root.entries("components"):
        yield entry, "components"
    for entry, _, how in (source for _, generator in one.generators for source in sources_of(generator)):
        yield entry, "envs" if how == "envs" else "files"
    for entry in one.patch_files:
        yield entry, "patches"


def runs_together(one: Kustomization, name: str) -> bool:
    """Whether an entry is several in one, such as one that is indented too far."""
    words = name.split()
    return len(words) > 1 and any(one.disk.exists(one.full(word)) for word in words)


def instead_of(absent: Sequence[Absent], texts: dict[str, str]) -> dict[str, str]:
    """The texts to build with, by their real paths: for what is not there, and for kustomizations that would fetch.

    `texts` are those of kustomizations that are changed already.
    """
    files = (each for each in absent if not each.is_left_out)
    texts = {each.path: f"{MARK}=\n" if each.how == "envs" else "" for each in files} | texts
    for each in (each for each in absent if each.is_left_out):
        path = each.kustomization.path
        texts[path] = text_without(texts.get(path, each.kustomization.text), item_of(each))
    for each in sorted((each for each in absent if each.remote), key=lambda each: -each.entry.place.start):
        path, (_, start, end) = each.kustomization.path, each.entry.place
        text = texts.get(path, each.kustomization.text)
        if text[start:end].isspace():
            continue
        name = stand_in(each.entry)
        if each.how == "files":
            key, equals, _ = text[start:end].strip("'\"").partition(f"={each.name}")
            name = f"{key if equals else key_of(each.entry)}={name}"
        texts[path] = text[:start] + json.dumps(name) + text[end:]
    return texts


def keys_of(absent: Iterable[Absent]) -> set[str]:
    """The keys under which generators keep files that are not there, whose content is not known."""
    paths = {each.path: each.kustomization for each in absent if each.how == "files"}
    generators = ((one, generator) for one in {*paths.values()} for _, generator in one.generators)
    sources = ((one, source) for one, generator in generators for source in sources_of(generator))
    return {key for one, (entry, key, how) in sources if how == "files" and one.full(entry.text or "") in paths}


def opened(facts: FileFacts, absent: Iterable[Absent]) -> FileFacts:
    """The facts of what is built, in which a ConfigMap or Secret of an absent environment file may have any keys.

    The content of a file that is not there is not judged.
    """
    unknown = {f"data.{key}" for key in keys_of(absent)}
    documents = tuple(opened_document(document, unknown) for document in facts.documents)
    return msgspec.structs.replace(facts, documents=documents)


def opened_document(document: Document, unknown: Collection[str]) -> Document:
    """The same of one document."""
    providers = tuple(provider_without(provider, {MARK}) for provider in document.providers)
    faults = tuple(each for each in document.faults if each.code != "secret-keys" or each.path not in unknown)
    return msgspec.structs.replace(document, providers=providers, faults=faults)


def provider_without(provider: Provider, names: Collection[str]) -> Provider:
    """A provider without some keys; where it had any, it may have other keys than those that are left."""
    keys = tuple(key for key in provider.keys if key.name not in names)
    if len(keys) == len(provider.keys):
        return provider
    return msgspec.structs.replace(provider, keys=keys, open=True)


Generated = tuple[Target, str]
"""What a generator makes: the kind and the name."""


class Lack(NamedTuple):
    """A resource without which a kustomization is built, and the namespaces in which its objects would be.

    They are those that kustomizations above it set; None where it may have objects in any. A `manifest` is one file
    of a release of another project, with objects that are called after that. A `chart` gives its objects some names,
    and generators have `made` objects; None where it may be anything.
    """

    part: str
    namespaces: frozenset[str] | None = None
    manifest: bool = False
    chart: UnrenderedChart | None = None
    made: frozenset[Generated] | None = None

    def may_make(self, target: Target, name: str, namespace: str | None) -> bool:
        """Whether it may have an object in a namespace; the name of a generator may get a prefix or a suffix."""
        if self.namespaces is not None and not any(meets(namespace, each) for each in self.namespaces):
            return False
        if self.made is not None and not any(kind == target and own in name for kind, own in self.made):
            return False
        if self.chart and not self.chart.may_make(name):
            return False
        return not (self.manifest and is_unrelated(self.part, name))


class Lacking(msgspec.Struct, frozen=True):
    """What a build lacks, of the kustomization at a `path`."""

    path: str
    lacks: tuple[Lack, ...]

    def evidence(self, target: Target, name: str, namespace: str | None, made: Sequence[str]) -> Evidence | None:
        """How an object that is not built may be there."""
        lack = next((each for each in self.lacks if each.may_make(target, name, namespace)), None)
        if lack is None:
            return None
        return Evidence("not-built", f"{self.path} is built without `{lack.part}`, which may define it", self.path)

    def may_make(self, target: Target, name: str) -> bool:
        """Whether what is lacking may make an object."""
        return any(each.may_make(target, name, None) for each in self.lacks)

    def always_makes(self, target: Target, name: str) -> bool:
        """None: a command may also make what a kustomization has."""
        return False


def namespaces_in(project: Project, leaf: Kustomization) -> dict[str, frozenset[str] | None]:
    """The namespaces of all that the kustomization in each folder brings to a leaf; None where it may be any.

    The outermost kustomization that sets one decides (`api/internal/target/kusttarget.go` in kubernetes-sigs/kustomize
    runs the transformers of each after those of what it names). A component sets it for those that it is a part of.
    """
    tree = project.tree(leaf)
    found: dict[str, set[str]] = {leaf.folder: {leaf.root.word("namespace")}}
    for one in reversed(tree):
        for below in project.below(one):
            own = below.root.word("namespace")
            found.setdefault(below.folder, set()).update(each or own for each in found.get(one.folder, {""}))
    open_ = any(one.plugins or (one.is_component and one.root.word("namespace")) or not one.is_read for one in tree)
    return {folder: None if open_ or "" in names else frozenset(names) for folder, names in found.items()}


def lacks_of(project: Project, leaf: Kustomization, absent: Sequence[Absent]) -> tuple[Lack, ...]:
    """The resources and components without which a leaf is built."""
    brought = [each for each in absent if each.how in ("resources", "components")]
    known = namespaces_in(project, leaf) if brought else {}
    return tuple(
        Lack(
            each.shown,
            None if each.how == "components" else known.get(each.kustomization.folder),
            manifest=each.remote and re.search(MANIFEST, each.name) is not None,
        )
        for each in brought
    )


def charts_of(project: Project, leaf: Kustomization, spoilt: Sequence[Spoilt]) -> tuple[Lack, ...]:
    """The charts without which a leaf is built."""
    left_out = [each for each in spoilt if each.is_chart]
    known = namespaces_in(project, leaf) if left_out else {}
    return tuple(
        Lack(chart.name, known.get(each.kustomization.folder), chart=chart)
        for each in left_out
        for part in each.kustomization.charts_of(each.field, each.item)
        for chart in (unrendered(each.kustomization, part),)
    )


def is_unrelated(address: str, name: str) -> bool:
    """Whether an address and a name have no word in common, however they separate the words (`argo-cd`, `argocd`)."""
    words, others = (re.findall(r"[a-z0-9]+", text.lower()) for text in (address, name))
    if (set(words) & set(others)) - ORDINARY:
        return False
    joined, others_joined = "".join(words), "".join(others)
    return not (any(is_in(word, others_joined) for word in words) or any(is_in(word, joined) for word in others))


def is_in(word: str, joined: str) -> bool:
    """Whether a long word is in some words that are written together."""
    return len(word) >= LONG and word not in ORDINARY and word in joined
