"""What ConfigMaps and Secrets hold in a state of the repository, and what differs between two states.

Values are compared by hashes with a key that is made for each run and kept nowhere, so that no value of a Secret
outlives the text that it is in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.impact import Change, Defined, Subject
from cmlint.bundle.readers import ALL, Read, reads_of
from cmlint.model.facts import COMMAND, EXAMPLE, Key, Target
from cmlint.model.findings import Location
from cmlint.texts import Texts

Identity = tuple[str, Target, str | None, str]
"""What builds an object, or its folder, then kind, namespace and name as they are written."""

Name = tuple[str, str, str | None, str | None, str, Target, str, str]
"""A reference: where its object is, kind, namespace and name of that, the container, and what it names."""


class Content(NamedTuple):
    """An object of a state: where its name is, and a hash of the value of each key."""

    defined: Defined
    location: Location
    keys: Mapping[str, bytes]


class Contents(NamedTuple):
    """All objects and references of a state of the repository."""

    objects: Mapping[Identity, Content]
    references: Mapping[Name, tuple[Read, Location]]


class Taking:
    """Takes the contents of states that are compared; `renamed` gives the present path of an old one."""

    def __init__(self, renamed: Callable[[str], str] = str) -> None:
        self.key, self.renamed = secrets.token_bytes(32), renamed

    def take(self, bundles: Sequence[Bundle], texts: Texts) -> Contents:
        """What the bundles of a state hold."""
        objects: dict[Identity, Content] = {}
        references: dict[Name, tuple[Read, Location]] = {}
        for bundle in bundles:
            for placed in bundle.placed:
                scope = self.scope(placed)
                for provider in placed.document.providers:
                    definition = Definition(placed, provider)
                    if provider.kind not in (COMMAND, EXAMPLE):
                        name = scope, provider.target, definition.namespace, definition.spelled
                        objects[name] = self.content(Defined(bundle, definition), texts)
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
        return Content(defined, location, {key.name: self.hashed(placed, key, texts) for key in provider.keys})

    def hashed(self, placed: Placed, key: Key, texts: Texts) -> bytes:
        """A hash of what a key has for a value, however that is written."""
        value = key.value
        if value is None and key.place:
            text = placed.built.text if placed.built else texts.get(placed.path).text
            value = plain(text[key.place.start : key.place.end])
        return hashlib.blake2b((value or "").encode("utf-8", "surrogatepass"), key=self.key).digest()


def plain(raw: str) -> str:
    """The value of a scalar as it is written; what cannot be read is its own value."""
    try:
        node = yaml.compose(raw, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return raw
    return str(node.value) if isinstance(node, yaml.ScalarNode) else raw


def changes(before: Contents, after: Contents) -> list[Subject]:
    """What differs: objects and keys; a base that several builds use is one object."""
    found: dict[tuple[Location, Target, str, str, Change], list[Content]] = {}
    for identity in dict.fromkeys((*after.objects, *before.objects)):
        old, new = before.objects.get(identity), after.objects.get(identity)
        for key, change in differences(old, new):
            content = new or old
            if content:
                found.setdefault((content.location, identity[1], identity[3], key, change), []).append(content)
    return [subject(*what, contents=contents) for what, contents in sorted(found.items(), key=lambda item: item[0])]


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
    location: Location, target: Target, name: str, key: str, change: Change, *, contents: Sequence[Content]
) -> Subject:
    """An object or key that differs."""
    gone = change == "removed" and key == ALL
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
    )
