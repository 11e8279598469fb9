"""Every mistake that can be put into a bundle, and what must be found of it, both derived from the texts alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tests.mutation.bundles import ACTION, Bundle, Image, Provider, Read, Setting, Spot

NUMBER = re.compile(r"-?\d+(\.\d+)?|0x[0-9a-f]+|true|false")
VERSION = re.compile(r"\d+\.\d+\.\d+")
PARTS = {"ConfigMap": ("missing-configmap", "missing-key"), "Secret": ("missing-secret", "missing-secret-key")}

Found = tuple[str, str, int]
"""A rule, a path and a line."""

Changed = Callable[[str], str]


class Mutation(NamedTuple):
    """One mistake: what is done, the texts that change, and what must be found.

    A text that is to go is None. `all_secrets` says that Secrets are taken for as well known as ConfigMaps.
    """

    what: str
    texts: dict[str, str | None]
    expected: tuple[Found, ...]
    all_secrets: bool = False


def doubled(text: str) -> str:
    """A letter written twice."""
    middle = len(text) // 2
    return text[:middle] + text[middle] + text[middle:]


def shortened(text: str) -> str:
    """A letter forgotten."""
    middle = len(text) // 2
    return text[:middle] + text[middle + 1 :]


def plural(text: str) -> str:
    """One more letter at the end."""
    return f"{text}s"


def swapped(text: str) -> str:
    """Two letters that have changed places."""
    middle = len(text) // 2
    return text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]


def aged(text: str) -> str:
    """A name of a year ago."""
    return f"{text}-old"


def other(text: str) -> str:
    """Another name altogether."""
    return "unheard-of"


def recased(text: str) -> str:
    """Capitals for small letters."""
    return text.upper() if text != text.upper() else text.lower()


def respelt(text: str) -> str:
    """Another sign between words."""
    return text.replace("_", "-") if "_" in text else text.replace("-", "_").replace(".", "_")


NEAR_NAMES: tuple[Changed, ...] = (doubled, shortened, plural)
NAMES: tuple[Changed, ...] = (*NEAR_NAMES, swapped, aged, other)
NEAR_KEYS: tuple[Changed, ...] = (doubled, recased)
KEYS: tuple[Changed, ...] = (*NEAR_KEYS, shortened, swapped, respelt, aged, other)

BARE = ("8080", "true", "0.5", "-1", "1e3")
"""What is no string without quotes."""


class Mutator:
    """Makes the mutations of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.texts = list(bundle.texts.values())
        self.reads = [read for text in self.texts for read in text.reads]
        self.providers = [provider for text in self.texts for provider in text.providers]

    def all(self) -> Iterator[Mutation]:
        """Every mutation; where a bundle has to be built for each, the ways to misspell take turns."""
        found = [*self.of_reads(), *self.of_providers(), *self.of_settings(), *self.of_images(), *self.of_namespaces()]
        yield from (one for one in found if one.expected and not one.texts.items() <= self.bundle.raw.items())

    def ways(self, ways: tuple[Changed, ...], number: int) -> tuple[Changed, ...]:
        """The ways to misspell the text of this number."""
        return ways if self.bundle.kind == "files" else (ways[number % len(ways)],)

    # what reads

    def of_reads(self) -> Iterator[Mutation]:
        """Misspelt names and keys, and references that are no longer optional."""
        for number, read in enumerate(self.reads):
            if self.is_defined(read.target, read.name):
                yield from self.misspelt_names(number, read)
            if read.key and self.has_key(read):
                yield from self.misspelt_keys(number, read, read.key)
            yield from self.required(read)

    def misspelt_names(self, number: int, read: Read) -> Iterator[Mutation]:
        """A name that nothing has; an optional one, and by default a Secret, is told of when it is near another."""
        rule = PARTS[read.target][0] if read.mandatory else "optional-missing"
        for way in self.ways(NAMES if read.mandatory else NEAR_NAMES, number):
            far = read.target == "Secret" and way not in NEAR_NAMES
            yield self.respelt("read the name", read.name, way, [(rule, read.name)], all_secrets=far)

    def misspelt_keys(self, number: int, read: Read, key: Spot) -> Iterator[Mutation]:
        """A key that the object does not have."""
        rule = PARTS[read.target][1] if read.mandatory else "optional-missing"
        for way in self.ways(KEYS if read.mandatory else NEAR_KEYS, number):
            yield self.respelt("read the key", key, way, [(rule, key)])

    def required(self, read: Read) -> Iterator[Mutation]:
        """What was optional, and is not there, is needed."""
        if read.optional is None or read.mandatory:
            return
        name_rule, key_rule = PARTS[read.target]
        absent = not self.is_defined(read.target, read.name)
        expected = [(name_rule, read.name)] if absent else []
        if not absent and read.key and not self.has_key(read):
            expected = [(key_rule, read.key)]
        secret = read.target == "Secret" and absent
        yield self.edited("optional: false", [(read.optional, "false")], expected, all_secrets=secret)
        line = self.line_of(read.optional)
        if self.bundle.raw[line.path][line.start : line.end].strip() == "optional: true":
            yield self.edited("without optional", [(line, "")], expected, all_secrets=secret)

    # what is read

    def of_providers(self) -> Iterator[Mutation]:
        """Keys that get another name, objects that do, and objects that are gone."""
        for number, provider in enumerate(self.providers):
            for key in provider.keys:
                for way in self.ways(KEYS, number + key.start):
                    if way(key.value) != key.value:
                        near = way in NEAR_KEYS
                        yield self.renamed_key(provider, key, way, list(self.losing_key(provider, key, near=near)))
            if self.is_needed(provider):
                continue
            for way in self.ways(NAMES, number):
                near = way in NEAR_NAMES
                expected = list(self.losing(provider, near=near))
                yield self.respelt("rename", provider.name, way, expected, all_secrets=not near)
            if provider.whole:
                removed = [(spot, "") for spot in provider.whole]
                yield self.edited("drop", removed, list(self.losing(provider, near=False)), all_secrets=True)

    def renamed_key(self, provider: Provider, key: Spot, way: Changed, expected: list[tuple[str, Spot]]) -> Mutation:
        """A key that gets another name; one that is the name of a file gets one before it."""
        if key.start == key.end:
            return self.edited(f"rename the key {key.value}", [(key, f"{way(key.value)}=")], expected)
        return self.respelt("rename the key", key, way, expected)

    def losing_key(self, provider: Provider, key: Spot, *, near: bool) -> Iterator[tuple[str, Spot]]:
        """What is found where a key has another name."""
        for scope in self.bundle.scopes:
            others = (one for one in self.providers if one is not provider and self.same(one, provider))
            kept = any(k.value == key.value for one in others if one.name.path in scope for k in one.keys)
            for read in (
                self.reads if key.path in scope | {key.path} and provider.name.path in scope and not kept else ()
            ):
                if (
                    read.name.path in scope
                    and self.reads_of(read, provider)
                    and read.key
                    and read.key.value == key.value
                ):
                    if read.mandatory:
                        yield PARTS[read.target][1], read.key
                    elif near:
                        yield "optional-missing", read.key

    def losing(self, provider: Provider, *, near: bool) -> Iterator[tuple[str, Spot]]:
        """What is found where an object is gone, or has another name that is near its own."""
        for scope in self.bundle.scopes:
            for read in self.reads if provider.name.path in scope else ():
                if read.name.path in scope and self.reads_of(read, provider):
                    if read.mandatory:
                        yield PARTS[read.target][0], read.name
                    elif near:
                        yield "optional-missing", read.name

    # values

    def of_settings(self) -> Iterator[Mutation]:
        """Numbers and booleans that are no strings."""
        replaced = "".join(text.text for text in self.texts if text.is_kustomization and "replacements:" in text.text)
        for text in self.texts:
            for number, setting in enumerate(text.settings):
                if f"[name={setting.name}]" not in replaced:
                    yield from self.unquoted(number, setting)

    def unquoted(self, number: int, setting: Setting) -> Iterator[Mutation]:
        """A value without its quotes, or another one that needs some."""
        value, rule = setting.value, f"non-string-{setting.where}"
        written = self.bundle.raw[value.path][value.start : value.end]
        if value.quoted and NUMBER.fullmatch(written):
            whole = value._replace(start=value.start - 1, end=value.end + 1)
            yield self.edited("unquote", [(whole, written)], [(rule, whole)])
        if (found := ACTION.fullmatch(written)) and (piped := re.search(r"\s*\| quote\b", written)):
            given = self.bundle.value_of(value.path, found[1])
            if given and NUMBER.fullmatch(given.value):
                start = value.start + piped.start()
                pipe = value._replace(start=start, end=start + len(piped[0]))
                yield self.edited("unquote", [(pipe, "")], [(rule, value)])
        whole = value._replace(start=value.start - value.quoted, end=value.end + value.quoted)
        if not found and (self.bundle.kind == "files" or not number % 2):
            for bare in BARE if self.bundle.kind == "files" else BARE[:1]:
                yield self.edited(f"make it {bare}", [(whole, bare)], [(rule, whole)])

    # images

    def of_images(self) -> Iterator[Mutation]:
        """Tags that move, and are no longer pulled."""
        for text in self.texts:
            for image in text.images:
                yield from self.kept(image)
                if image.policy is None and VERSION.search(image.image.value):
                    tag = VERSION.search(image.image.value)
                    assert tag
                    spot = image.image._replace(
                        start=image.image.start + tag.start(), end=image.image.start + tag.end()
                    )
                    yield self.edited("a tag that moves", [(spot, "develop")], [("mutable-tag", image.image)])
            for entry in text.kustomized:
                users = [image for other in self.texts for image in other.images if image.image.value == entry.name]
                if entry.tag and VERSION.fullmatch(entry.tag.value) and all(image.policy is None for image in users):
                    yield self.edited("a tag that moves", [(entry.tag, "develop")], [("mutable-tag", entry.shown)])

    def kept(self, image: Image) -> Iterator[Mutation]:
        """`Always` turned off, and left out where the tag does not bring it by default."""
        if image.policy is None:
            return
        policy: Spot | None = image.policy
        if found := ACTION.fullmatch(self.bundle.raw[image.policy.path][image.policy.start : image.policy.end]):
            policy = self.bundle.value_of(image.policy.path, found[1])
        if policy is None or policy.value != "Always":
            return
        shown = list(self.moving(image))
        expected = [("mutable-tag", spot) for spot, _ in shown]
        yield self.edited("IfNotPresent", [(policy, "IfNotPresent")], expected)
        line = self.line_of(image.policy)
        alone = re.fullmatch(r'\s*imagePullPolicy: ("?).*\1\n', self.bundle.raw[line.path][line.start : line.end])
        if alone:
            yield self.edited("by default", [(line, "")], [("mutable-tag", spot) for spot, tagged in shown if tagged])

    def moving(self, image: Image) -> Iterator[tuple[Spot, bool]]:
        """Where an image that moves is written, and whether it has a tag besides `latest`, in each scope."""
        for scope in self.bundle.scopes:
            if image.image.path in scope:
                entries = [
                    e for path in scope for e in self.bundle.texts[path].kustomized if e.name == image.image.value
                ]
                tag = entries[0].tag.value if entries and entries[0].tag else image.image.value.rpartition("/")[2]
                if not VERSION.search(tag):
                    yield (
                        (entries[0].shown if entries else image.image),
                        ":" in tag or (bool(entries) and entries[0].tag is not None),
                    )

    # namespaces

    def of_namespaces(self) -> Iterator[Mutation]:
        """Objects that move to another namespace than those that read them, or that they read."""
        if any(re.search(r"(?m)^namespace:", text.text) for text in self.texts if text.is_kustomization):
            return
        for provider in self.providers:
            if (
                provider.namespace
                and not self.is_needed(provider)
                and not ACTION.search(self.bundle.raw[provider.name.path])
            ):
                expected = [
                    ("wrong-namespace", read.name)
                    for read in self.reads
                    if self.reads_of(read, provider) and read.mandatory
                ]
                yield self.edited("move what is read", [(provider.namespace, "elsewhere")], expected)
        for text in self.texts if self.bundle.kind == "files" else ():
            for namespace, owner in text.namespaces:
                reads = [read for read in text.reads if read.owner == owner and read.mandatory]
                expected = [("wrong-namespace", read.name) for read in reads]
                yield self.edited("move what reads", [(namespace, "elsewhere")], expected)

    # what they share

    def is_defined(self, target: str, name: Spot) -> bool:
        """Whether a name is defined in the bundle."""
        return any((one.target, one.name.value) == (target, name.value) for one in self.providers)

    def has_key(self, read: Read) -> bool:
        """Whether the key of a place that reads is defined in the bundle."""
        keys = (key.value for one in self.providers if self.reads_of(read, one) for key in one.keys)
        return read.key is not None and read.key.value in keys

    def reads_of(self, read: Read, provider: Provider) -> bool:
        """Whether a place reads what a provider writes."""
        return (read.target, read.name.value) == (provider.target, provider.name.value)

    def same(self, one: Provider, provider: Provider) -> bool:
        """Whether two providers write the same object."""
        return (one.target, one.name.value) == (provider.target, provider.name.value)

    def is_needed(self, provider: Provider) -> bool:
        """Whether kustomize itself refuses to build without an object of this name: patches and replacements use it."""
        sources = (text.replaces for text in self.texts)
        patched = any(one.patch and self.same(one, provider) for one in self.providers)
        return patched or any(provider.name.value in names for names in sources)

    def line_of(self, spot: Spot) -> Spot:
        """The line that a scalar stands in, with its end."""
        text = self.bundle.raw[spot.path]
        return Spot(spot.path, text.rfind("\n", 0, spot.start) + 1, text.index("\n", spot.start) + 1, "")

    def respelt(
        self, what: str, spot: Spot, way: Changed, expected: Iterable[tuple[str, Spot]], *, all_secrets: bool = False
    ) -> Mutation:

        written = self.bundle.raw[spot.path][spot.start : spot.end]
        actions = list(ACTION.finditer(written))
        if actions and way is not other:
            spot = spot._replace(start=spot.start + actions[-1].end())
            written = written[actions[-1].end() :]
            way = way if written else aged
        edit = spot, way(written)
        return self.edited(f"{what}, {way.__name__}", [edit], expected, all_secrets=all_secrets)

    def edited(
        self,
        what: str,
        edits: list[tuple[Spot, str]],
        expected: Iterable[tuple[str, Spot]],
        *,
        all_secrets: bool = False,
    ) -> Mutation:
        """A mutation by some edits, of which no two are in one text; what lies in them is not there to be found."""
        by_path = {spot.path: (spot, text) for spot, text in edits}
        assert len(by_path) == len(edits)
        texts: dict[str, str | None] = {}
        for path, (spot, text) in by_path.items():
            raw = self.bundle.raw[path]
            texts[path] = raw[: spot.start] + text + raw[spot.end :] if spot.end - spot.start < len(raw) else None
        found = {(rule, place.path, self.line_after(place, by_path.get(place.path))) for rule, place in expected}
        kept = tuple(sorted((rule, path, line) for rule, path, line in found if line))
        first = edits[0][0]
        where = f"{first.path}:{self.bundle.raw[first.path].count(chr(10), 0, first.start) + 1}"
        return Mutation(f"{self.bundle.folder.name}/{where}: {what}", texts, kept, all_secrets)

    def line_after(self, place: Spot, edit: tuple[Spot, str] | None) -> int:
        """The line of a place after an edit of its text; 0 for one that the edit takes away."""
        text = self.bundle.raw[place.path]
        line = text.count("\n", 0, place.start) + 1
        if edit is None or edit[0].start >= place.start:
            return line
        spot, new = edit
        if place.start < spot.end:
            return 0 if not new else line
        return line - text.count("\n", spot.start, spot.end) + new.count("\n")


def mutations(bundle: Bundle) -> list[Mutation]:
    """Every mutation of a bundle, each once."""
    found: dict[tuple[tuple[str, str | None], ...], Mutation] = {}
    for mutation in Mutator(bundle).all():
        found.setdefault(tuple(sorted(mutation.texts.items(), key=lambda entry: entry[0])), mutation)
    return list(found.values())
