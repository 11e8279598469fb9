"""What ConfigMaps and Secrets hold in a state of the repository, and what differs between two states.

Values are compared by hashes with a key that is made for each run and kept nowhere, so that no value of a Secret
outlives the text that it is in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

import yaml

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.impact import Change, Defined, Subject
from cmlint.bundle.readers import ALL, Read, reads_of
from cmlint.kube import base64
from cmlint.model.facts import COMMAND, EXAMPLE, Key, Span, Target
from cmlint.model.findings import Location
from cmlint.texts import Texts

Identity = tuple[str, Target, str | None, str]
"""What builds an object, or its folder, then kind, namespace and name as they are written."""

Name = tuple[str, str, str | None, str | None, str, Target, str, str]
"""A reference: where its object is, kind, namespace and name of that, the container, and what it names."""


class Content(NamedTuple):
    """An object of a state: the present path of its file, where its name is, and a hash of the value of each key."""

    defined: Defined
    path: str
    location: Location
    keys: Mapping[str, bytes]


class Contents(NamedTuple):
    """All objects and references of a state of the repository; one folder may define an object several times."""

    objects: Mapping[Identity, Sequence[Content]]
    references: Mapping[Name, tuple[Read, Location]]


class Taking:
    """Takes the contents of states that are compared; `renamed` gives the present path of an old one."""

    def __init__(self, renamed: Callable[[str], str] = str) -> None:
        self.key, self.renamed = secrets.token_bytes(32), renamed

    def take(self, bundles: Sequence[Bundle], texts: Texts) -> Contents:
        """What the bundles of a state hold."""
        objects: dict[Identity, list[Content]] = defaultdict(list)
        references: dict[Name, tuple[Read, Location]] = {}
        for bundle in bundles:
            for placed in bundle.placed:
                scope = self.scope(placed)
                for provider in placed.document.providers:
                    definition = Definition(placed, provider)
                    if provider.kind not in (COMMAND, EXAMPLE):
                        name = scope, provider.target, definition.namespace, definition.spelled
                        objects[name].append(self.content(Defined(bundle, definition), texts))
                for read in reads_of(placed):
                    location = texts.locate(*placed.written(read.reference.name.span))
                    references.setdefault(self.named(scope, read), (read, location))
        return Contents(objects, references)

    def scope(self, placed: Placed) -> str:
        """What an object belongs to: the text that is built, else the folder of its file."""
        path = self.renamed(placed.path)
        return path if placed.built else path.rpartition("/")[0]

    def named(self, scope: str, read: Read) -> Name:
        """A reference by all that tells it from others."""
        kind, namespace, name = read.placed.identity
        container = read.container.path if read.container else ""
        written = read.placed.as_written(read.reference.name.value)
        return scope, kind, namespace, name, container, read.reference.target, written, read.key

    def content(self, defined: Defined, texts: Texts) -> Content:
        """An object with the hashes of its values."""
        placed, provider = defined.definition.placed, defined.definition.provider
        location = texts.locate(*placed.written(provider.name.span))
        read = Scalars(placed, texts).value
        keys = {key.name: self.hashed(key, read) for key in provider.keys}
        return Content(defined, self.renamed(placed.path), location, keys)

    def hashed(self, key: Key, read: Callable[[Span], str]) -> bytes:
        """A hash of what a key has for a value, however that is written, and of whether it is binary."""
        value = read(key.place) if key.value is None and key.place else key.value
        raw = (value or "").encode("utf-8", "surrogatepass")
        found = base64.decode(value) if key.encoded and value else None
        return hashlib.blake2b(bytes((key.binary,)) + (raw if found is None else found), key=self.key).digest()


class Scalars:
    """The values of the scalars that are written in a document."""

    def __init__(self, placed: Placed, texts: Texts) -> None:
        self.placed, self.texts = placed, texts
        self.aliases: dict[int, str] | None = None

    @property
    def text(self) -> str:
        """The text that the document is in."""
        built = self.placed.built
        return built.text if built else self.texts.get(self.placed.path).text

    def value(self, place: Span) -> str:
        """The value of the scalar at a place; what cannot be read is its own value."""
        raw = self.text[place.start : place.end]
        try:
            if raw.startswith("*"):
                return self.meant(place.start - self.placed.document.span.start)
            node = yaml.compose(raw, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            return raw
        return str(node.value) if isinstance(node, yaml.ScalarNode) else raw

    def meant(self, place: int) -> str:
        """The value that the alias at a place of the document represents."""
        if self.aliases is None:
            self.aliases, values = {}, dict[str, str]()
            span = self.placed.document.span
            for event in yaml.parse(self.text[span.start : span.end], Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    place_of_alias = event.start_mark.index if event.start_mark else 0
                    self.aliases[place_of_alias] = values.get(event.anchor or "", "")
                elif isinstance(event, yaml.ScalarEvent) and event.anchor:
                    values[event.anchor] = event.value
        return self.aliases.get(place, "")


def changes(before: Contents, after: Contents) -> list[Subject]:
    """What differs: objects and keys; a base that several builds use is one object."""
    found: dict[tuple[Location, Target, str, str, Change], list[Pair]] = {}
    for identity in dict.fromkeys((*after.objects, *before.objects)):
        for old, new in pairs(before.objects.get(identity, ()), after.objects.get(identity, ())):
            for key, change in differences(old, new):
                if content := new or old:
                    found.setdefault((content.location, identity[1], identity[3], key, change), []).append((old, new))
    return [subject(*what, states=states) for what, states in sorted(found.items(), key=lambda item: item[0])]


Pair = tuple[Content | None, Content | None]
"""An object before and after; None where it is not there."""


def pairs(before: Iterable[Content], after: Iterable[Content]) -> Iterator[Pair]:
    """The definitions of one name before and after: those of one file belong together, the others by order."""
    left: list[Content] = []
    new: dict[str, deque[Content]] = defaultdict(deque)
    for each in after:
        new[each.path].append(each)
    for each in before:
        if same := new.get(each.path):
            yield each, same.popleft()
        else:
            left.append(each)
    yield from zip_longest(left, chain.from_iterable(new.values()))


def differences(old: Content | None, new: Content | None) -> Iterator[tuple[str, Change]]:
    """The keys that differ between two states of an object; all of it where one of them is not there."""
    if old is None or new is None:
        yield ALL, "added" if new else "removed"
        return
    for key in sorted({*old.keys, *new.keys}):
        if key not in old.keys:
            yield key, "added"
        elif key not in new.keys:
            yield key, "removed"
        elif old.keys[key] != new.keys[key]:
            yield key, "changed"


def subject(
    location: Location, target: Target, name: str, key: str, change: Change, *, states: Sequence[Pair]
) -> Subject:
    """An object or key that differs."""
    gone = change == "removed" and key == ALL
    contents = [content for old, new in states if (content := new or old)]
    defined = () if gone else tuple(each.defined for each in contents)
    namespaces = {each.defined.definition.namespace for each in contents}
    namespace = namespaces.pop() if len(namespaces) == 1 else None
    place = defined[0].place if defined else None
    return Subject(
        target=target,
        namespace=namespace,
        name=name,
        key=key,
        change=change,
        defined=defined,
        place=place,
        was=location,
        immutable=any(old.defined.definition.provider.immutable for old, _ in states if old),
    )
