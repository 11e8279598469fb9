"""Live objects as facts, and the text that these are in: the object's fields, one a line, each `path: value`.

A live object has no file. Spans into this text do for it what spans into a file do for a manifest, so that findings,
related places and what must not be shown need nothing of their own for a cluster.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from cmlint.model.cluster import Held
from cmlint.model.facts import Document, FileFacts, Ignore, Key, Provider, Scalar, Span, Target

LONGEST = 200
"""The characters of a value that are shown."""

SEPARATOR = ": "


class Listing:
    """Writes the listing of one object."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.length = 0

    def put(self, path: str, value: str) -> Scalar:
        """Adds a field, and gives its value with the place where it is."""
        shown = value if len(value) <= LONGEST and value.isprintable() else shortened(value)
        line = f"{path}{SEPARATOR}{shown}"
        end = self.length + len(line)
        self.lines.append(line)
        self.length = end + 1
        return Scalar(value, end - len(shown), end)

    def keys(self, held: Held) -> tuple[Key, ...]:
        """Adds the keys of a ConfigMap or Secret, a line each without its value."""
        lines, keys = keys_from(self.length, tuple(sorted(held.keys or ())), held.binary)
        self.lines += lines
        self.length += sum(map(len, lines)) + len(lines)
        return keys

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


def shortened(value: str) -> str:
    """A value as it fits into a line."""
    shown = value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
    return "".join(character if character.isprintable() else " " for character in shown)


@lru_cache(maxsize=1024)
def keys_from(start: int, names: tuple[str, ...], binary: tuple[str, ...]) -> tuple[list[str], tuple[Key, ...]]:
    """The lines of keys, and the keys with their places from an offset on; many objects have the same ones."""
    lines = [f"{'binaryData' if name in binary else 'data'}.{name}" for name in names]
    keys: list[Key] = []
    for name, line in zip(names, lines, strict=True):
        end = start + len(line)
        keys.append(Key(name, name, Span(end - len(name), end), None, name in binary))
        start = end + 1
    return lines, tuple(keys)


def field_at(line: str) -> str:
    """The path of the field that a line of a listing is about."""
    return line.partition(SEPARATOR)[0]


class LiveObject(NamedTuple):
    """A live object: the path under which it is shown, its facts, and the listing that they are in.

    `group` is the installation that has brought it, in words; empty where nothing says so.
    """

    path: str
    facts: FileFacts
    text: str
    group: str = ""


def object_of(target: Target, name: str, namespace: str, held: Held, prefix: str = "") -> LiveObject:
    """A ConfigMap or Secret as a live object."""
    listing = Listing()
    head, place = listing.put("metadata.name", name), listing.put("metadata.namespace", namespace)
    ignore = ignore_of(held.ignore, listing)
    keys = listing.keys(held)
    span = Span(0, max(listing.length - 1, 0))
    provider = Provider(
        target=target, kind=target, name=head, keys=keys, open=held.keys is None, immutable=held.immutable, span=span
    )
    document = Document(
        span=span,
        head=head.span,
        api_version="v1",
        kind=target,
        name=head,
        namespace=place,
        annotations=held.annotations,
        ignore=Ignore(ignore.rules, "", ignore.span, span) if ignore else None,
        providers=(provider,),
        labels=held.labels,
    )
    return LiveObject(path_of(target, namespace, name, prefix), FileFacts((document,)), listing.text)


def ignore_of(text: str, listing: Listing) -> Ignore | None:
    """The annotation that suppresses findings of a live object."""
    if not text:
        return None
    found = listing.put("metadata.annotations.cmlint.dev/ignore", text)
    names = [word for part in text.split(",") if (word := part.strip())]
    return Ignore(tuple(Scalar(name, found.start, found.end) for name in names), "", found.span, found.span)


def path_of(kind: str, namespace: str, name: str, prefix: str) -> str:
    """Under which path a live object is shown."""
    return "/".join((f"{prefix}{kind.lower()}", namespace, name))
