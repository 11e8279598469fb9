"""What a bundle of manifests says, read by PyYAML and by field names alone, without any of cmlint.

This is the second opinion that mutations rest on: who reads what, who defines it, and what reaches the cluster
together. It reads what the bundles in `fixtures/mutation` need, and no more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support.run import FIXTURES

BUNDLES = FIXTURES / "mutation"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml")
FOLDERS = ("resources", "bases", "components", "generators")
ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)


class Spot(NamedTuple):
    """A scalar as it is written, without its quotes, and where it stands."""

    path: str
    start: int
    end: int
    value: str
    quoted: bool = False


class Read(NamedTuple):
    """A place that reads a ConfigMap or Secret; `optional` is the value of that field, `owner` the document's start."""

    target: str
    name: Spot
    key: Spot | None
    optional: Spot | None
    owner: tuple[str, int]

    @property
    def mandatory(self) -> bool:
        """Whether a pod cannot start without it."""
        return self.optional is None or self.optional.value != "true"


class Provider(NamedTuple):
    """A place that writes a ConfigMap or Secret, or a part of one.

    `whole` is what to remove so that it is gone, empty where that is more than it. A `patch` needs another one to be
    there. `envs` are the files of variables that a generator reads.
    """

    target: str
    name: Spot
    namespace: Spot | None
    keys: tuple[Spot, ...]
    whole: tuple[Spot, ...] = ()
    patch: bool = False
    envs: tuple[str, ...] = ()


class Image(NamedTuple):
    """The image of a container, and its pull policy, where one is written."""

    image: Spot
    policy: Spot | None


class Setting(NamedTuple):
    """The value of a variable (`env`), or of a key (`data`); `name` is what it is called."""

    where: str
    name: str
    value: Spot


class Kustomized(NamedTuple):
    """An entry of `images` in a kustomization."""

    name: str
    tag: Spot | None
    shown: Spot


class Text:
    """A text of a bundle, and everything that it says."""

    def __init__(self, path: str, text: str, kind: str) -> None:
        self.path, self.text = path, text
        self.is_template = kind == "charts" and "/templates/" in f"/{path}"
        self.masked = masked(text) if self.is_template else text
        self.is_kustomization = os.path.basename(path) in KUSTOMIZATIONS
        self.reads: list[Read] = []
        self.providers: list[Provider] = []
        self.images: list[Image] = []
        self.settings: list[Setting] = []
        self.namespaces: list[tuple[Spot, tuple[str, int]]] = []
        self.kustomized: list[Kustomized] = []
        self.roots: list[yaml.Node] = []
        if path.endswith((".yaml", ".yml", ".json")) and (self.is_template or kind != "charts"):
            self.roots = [node for node in yaml.compose_all(self.masked, Loader=yaml.CSafeLoader) if node]
        for root in self.roots:
            self.read_root(root)

    @property
    def listed(self) -> list[yaml.Node]:
        """What a kustomization takes in as it is."""
        fields = ("resources", "generators") if self.is_kustomization else ()
        return [item for field in fields for item in entries(self.roots[0], field)]

    @property
    def replaces(self) -> list[str]:
        """The names of the objects from which a kustomization copies values."""
        return [plain(entry, "source", "name") for root in self.roots for entry in entries(root, "replacements")]

    def read_root(self, root: yaml.Node) -> None:
        """A document, or the objects of a list."""
        if self.is_kustomization:
            self.read_kustomization(root)
            return
        items = entries(root, "items") if plain(root, "kind") == "List" else [root]
        for item in items:
            self.read_object(item, alone=items[0] is root and len(self.roots) == 1)

    def read_object(self, node: yaml.Node, *, alone: bool = False, patch: bool = False) -> None:
        """An object, `alone` in its file, or a patch of one."""
        owner = self.path, node.start_mark.index
        namespace = self.spot(at(node, "metadata", "namespace"))
        if namespace and at(node, "kind"):
            self.namespaces.append((namespace, owner))
        name = self.spot(at(node, "metadata", "name"))
        if plain(node, "kind") == "ConfigMapGenerator":
            self.read_generator(node, "ConfigMap", at(node, "metadata"))
        elif plain(node, "kind") in ("ConfigMap", "Secret") and name:
            fields = [at(node, field) for field in ("data", "stringData", "binaryData")]
            pairs = [pair for field in fields if field for pair in field.value]
            keys = tuple(spot for key, _ in pairs if (spot := self.spot(key)))
            whole = () if patch else self.document_of(node, alone=alone)
            self.providers.append(Provider(plain(node, "kind"), name, namespace, keys, whole, patch))
            for field in fields[:2]:
                for key, value in field.value if field else ():
                    self.add_setting("data", key, value)
        self.walk(node, owner)

    def document_of(self, node: yaml.Node, *, alone: bool) -> tuple[Spot, ...]:
        """What to cut so that a document is gone; an item of a list is left, and so is half of an `if`."""
        if alone:
            return (Spot(self.path, 0, len(self.text), ""),)
        cuts = [0, *(found.start() for found in re.finditer(r"(?m)^---$", self.text)), len(self.text)]
        start = max(cut for cut in cuts if cut <= node.start_mark.index)
        end = min(cut for cut in cuts if cut > node.start_mark.index)
        words = [found[1].split()[0] for found in ACTION.finditer(self.text[start:end])]
        opened = sum(word in ("if", "range", "with", "define") for word in words)
        whole = node.start_mark.column == 0 and not self.path.endswith(".json")
        return (Spot(self.path, start, end, ""),) if whole and opened == words.count("end") else ()

    def walk(self, node: yaml.Node, owner: tuple[str, int]) -> None:
        """Everything that is read below a node, by the names of fields."""
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self.walk(item, owner)
        if not isinstance(node, yaml.MappingNode):
            return
        if image := self.spot(at(node, "image")):
            self.images.append(Image(image, self.spot(at(node, "imagePullPolicy"))))
        for key, value in node.value:
            self.read_field(str(key.value), value, owner)
            self.walk(value, owner)
        if plain(node, "name") and at(node, "value") and not plain(node, "op"):
            self.add_setting("env", at(node, "name"), at(node, "value"))

    def read_field(self, field: str, value: yaml.Node, owner: tuple[str, int]) -> None:
        """A field that may name a ConfigMap or Secret."""
        target = "ConfigMap" if field.startswith("configMap") else "Secret"
        if field in ("configMapKeyRef", "secretKeyRef"):
            self.add_read(target, at(value, "name"), at(value, "key"), value, owner)
        elif field in ("configMapRef", "secretRef"):
            self.add_read(target, at(value, "name"), None, value, owner)
        elif field == "imagePullSecrets":
            for item in value.value if isinstance(value, yaml.SequenceNode) else ():
                self.add_read("Secret", at(item, "name"), None, item, owner)
        elif field in ("configMap", "secret"):
            name = at(value, "secretName") or at(value, "name")
            items = [at(item, "key") for item in entries(value, "items")]
            for key in items or [None]:
                self.add_read(target, name, key, value, owner)

    def add_read(
        self, target: str, name: yaml.Node | None, key: yaml.Node | None, node: yaml.Node, owner: tuple[str, int]
    ) -> None:
        """Keeps a place that reads."""
        if found := self.spot(name):
            self.reads.append(Read(target, found, self.spot(key), self.spot(at(node, "optional")), owner))

    def add_setting(self, where: str, key: yaml.Node | None, value: yaml.Node | None) -> None:
        """Keeps a value of one line."""
        found = self.spot(value)
        if found and key and isinstance(value, yaml.ScalarNode) and value.style not in ("|", ">"):
            self.settings.append(Setting(where, str(key.value), found))

    def read_kustomization(self, root: yaml.Node) -> None:
        """Generators, settings of images, and patches that are written in it."""
        for field, target in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for node in entries(root, field):
                self.read_generator(node, target, node)
        for node in entries(root, "images"):
            tag = self.spot(at(node, "newTag"))
            shown = tag or self.spot(at(node, "newName"))
            if shown:
                self.kustomized.append(Kustomized(plain(node, "name"), tag, shown))
        inline = [at(entry, "patch") for entry in entries(root, "patches")]
        for block in (*inline, *entries(root, "patchesStrategicMerge")):
            if isinstance(block, yaml.ScalarNode) and "\n" in block.value:
                self.read_block(block)

    def read_block(self, block: yaml.Node) -> None:
        """A patch in a block: everything else is blanked, so that what is left stands where it stood."""
        start = self.text.index("\n", block.start_mark.index)
        end = block.end_mark.index
        blank = re.sub(r"[^\n]", " ", self.text[:start])
        for root in yaml.compose_all(blank + self.text[start:end], Loader=yaml.CSafeLoader):
            self.read_object(root, patch=True)

    def read_generator(self, node: yaml.Node, target: str, head: yaml.Node) -> None:
        """What a generator writes, with its name in `head`; the keys in files of variables are read with the bundle."""
        name = self.spot(at(head, "name"))
        assert name
        keys = []
        for literal in entries(node, "literals"):
            spot = self.spot(literal)
            assert spot
            key = spot.value.partition("=")[0]
            keys.append(spot._replace(end=spot.start + len(key), value=key))
        for file in entries(node, "files"):
            spot = self.spot(file)
            assert spot
            key, equals, path = spot.value.rpartition("=")
            shown = key if equals else os.path.basename(path)
            keys.append(spot._replace(end=spot.start + len(key), value=shown))
        start, end = self.text.rfind("\n", 0, node.start_mark.index) + 1, node.end_mark.index
        merges = plain(node, "behavior") == "merge"
        whole = () if merges or head is not node else (Spot(self.path, start, self.text.rfind("\n", 0, end) + 1, ""),)
        namespace = self.spot(at(head, "namespace"))
        envs = tuple(os.path.join(os.path.dirname(self.path), str(item.value)) for item in entries(node, "envs"))
        self.providers.append(Provider(target, name, namespace, tuple(keys), whole, merges, envs))

    def spot(self, node: yaml.Node | None) -> Spot | None:
        """Where a scalar stands."""
        if not isinstance(node, yaml.ScalarNode):
            return None
        quotes = 1 if node.style in ("'", '"') else 0
        start, end = node.start_mark.index + quotes, node.end_mark.index - quotes
        return Spot(self.path, start, end, ACTION.sub(named_alike, self.text[start:end]), bool(quotes))


class Bundle:
    """The texts of a folder; `kind` says whether they are files, kustomizations or a chart."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kind = folder, folder.parent.name
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        self.raw = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
        self.texts = {path: Text(path, text, self.kind) for path, text in self.raw.items()}
        for text in self.texts.values():
            text.providers = [self.completed(text, provider) for provider in text.providers]

    @cached_property
    def scopes(self) -> list[frozenset[str]]:
        """The paths of what reaches the cluster together: for kustomizations a set for each that no other one uses."""
        if self.kind != "kustomizations":
            return [frozenset(self.texts)]
        own = {os.path.dirname(path): path for path in self.texts if self.texts[path].is_kustomization}
        used = {folder for path in own.values() for folder in self.named(path) if folder in own}
        return [frozenset(self.tree(folder, own)) for folder in own if folder not in used]

    def tree(self, folder: str, own: dict[str, str]) -> Iterator[str]:
        """Everything that the kustomization in a folder uses, and itself."""
        yield own[folder]
        for name in self.named(own[folder]):
            if name in own:
                yield from self.tree(name, own)
            elif name in self.texts:
                yield name

    def named(self, path: str) -> list[str]:
        """What a kustomization names, relative to the bundle."""
        root = self.texts[path].roots[0]
        found = [item for field in FOLDERS for item in entries(root, field)]
        found += entries(root, "patchesStrategicMerge")
        found += [
            node for field in ("patches", "patchesJson6902") for e in entries(root, field) if (node := at(e, "path"))
        ]
        return [self.path_of(path, node) for node in found]

    def completed(self, text: Text, provider: Provider) -> Provider:
        """A provider with what only the whole bundle shows: keys in files of variables, and who names its file."""
        if self.kind == "kustomizations" and not text.is_kustomization:
            return self.unlisted(provider)
        lines = ((path, found) for path in provider.envs for found in re.finditer(r"(?m)^(\w+)=", self.raw[path]))
        more = tuple(Spot(path, found.start(1), found.end(1), found[1]) for path, found in lines)
        return provider._replace(keys=(*provider.keys, *more))

    def unlisted(self, provider: Provider) -> Provider:
        """A provider whose file is to go, together with the entry that names it; without one it is a patch."""
        path = provider.name.path
        named = [
            (user, node)
            for user, text in self.texts.items()
            for node in text.listed
            if self.path_of(user, node) == path
        ]
        if not named:
            return provider._replace(whole=(), patch=True)
        if not provider.whole or (provider.whole[0].start, provider.whole[0].end) != (0, len(self.raw[path])):
            return provider
        user, node = named[0]
        start = self.raw[user].rfind("\n", 0, node.start_mark.index) + 1
        end = self.raw[user].index("\n", node.start_mark.index) + 1
        return provider._replace(whole=(*provider.whole, Spot(user, start, end, "")))

    def path_of(self, user: str, node: yaml.Node) -> str:
        """The path that an entry of a kustomization names, relative to the bundle."""
        return os.path.normpath(os.path.join(os.path.dirname(user), str(node.value)))

    def value_of(self, path: str, action: str) -> Spot | None:
        """Where the value stands that an action of a template renders, as in `.Values.image.tag | quote`."""
        route = re.match(r"\$?\.Values\.([\w.]+)", action)
        chart = path.rpartition("templates/")[0]
        values = f"{chart}values.yaml"
        if not route or values not in self.raw:
            return None
        text = Text("values.yaml", self.raw[values], "files")
        found = text.spot(at(text.roots[0], *route[1].split(".")))
        return found._replace(path=values) if found else None


def named_alike(found: re.Match[str]) -> str:
    """An action in the form that is the same inside of loops and outside."""
    return "{{" + found[1].replace("$.", ".").replace(" $", " .") + "}}"


def masked(text: str) -> str:
    """A template in which each action is a word of its length, and blank where it stands alone in its lines."""

    def word(found: re.Match[str]) -> str:
        line = text[text.rfind("\n", 0, found.start()) + 1 : (text.find("\n", found.end()) + 1 or len(text) + 1) - 1]
        if not ACTION.sub("", line).strip() or "\n" in found[0]:
            return re.sub(r"[^\n]", " ", found[0])
        return "x" * len(found[0])

    return ACTION.sub(word, text)


def at(node: yaml.Node | None, *fields: str) -> Any:
    """The node at a path of field names; None where there is none."""
    for field in fields:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for key, value in pairs if key.value == field), None)
    return node


def plain(node: yaml.Node | None, *fields: str) -> str:
    """The text at a path of field names; empty where there is none."""
    found = at(node, *fields)
    return found.value if isinstance(found, yaml.ScalarNode) else ""


def entries(node: yaml.Node | None, field: str) -> list[Any]:
    """The items of a field."""
    found = at(node, field)
    return found.value if isinstance(found, yaml.SequenceNode) else []


def bundles() -> list[Bundle]:
    """All bundles, in the order of their paths."""
    return [Bundle(folder) for folder in sorted(BUNDLES.glob("*/*"))]
