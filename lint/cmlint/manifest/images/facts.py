"""How a fact about images is made of what a text says."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, count, islice, product
from operator import add
from typing import TypeVar

from msgspec import structs

from cmlint.knowledge.tags import movement_of_tag
from cmlint.manifest.images.variables import UNKNOWN, Variables
from cmlint.model.facts import Deed, ImageFact, Span

T = TypeVar("T")

REFERENCE = re.compile(r"(?:[a-z0-9.-]+(?::[0-9]+)?/)?[\w./*{}-]+(?::[\w.*{}-]+)?(?:@[\w:.*{}-]+)?\Z", re.IGNORECASE)
"""The form of an image in which something may not be known."""

SCHEME = re.compile(r"(?:docker|https?|oci|containers-storage|docker-daemon)://")
PRIVATE = re.compile(r"(?:-p|-u|--password|--username|--token|--creds)(?:[ \t]+|=)(\S+)")
"""The options of a login on the same line."""

PART = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9._-]+)+(?::[\w.-]+)?|v?[0-9]+(?:\.[0-9]+)*(?:-[a-z]+[.0-9]*)?")
ABOUT = re.compile(
    r"(?i)im(?:a)?g|tag|name|repo|registry|version|app|service|component|env|branch|stage|acr|ecr|org|project"
)
CREDENTIAL = re.compile(r"(?i)pass|pwd|secret|token|credential|key|auth|user|login")
"""What names of variables say of their values."""

MOST_COMBINED = 1000
"""The maximum number of names with tags that are read in one place: two short lists can have millions."""


def passed_on(name: str, value: str) -> str:
    """A value that is passed to another file, as `NAME=value`; `*` for one that may not be a part of an image.

    What is passed may be a password, and is kept only where its name, or without a name its form, is that of an image.
    """
    fits = bool(PART.fullmatch(value)) or movement_of_tag(value) == "moves"
    kept = fits if name.isdigit() else ABOUT.search(name) and not CREDENTIAL.search(name)
    return f"{name}={value if kept else UNKNOWN}"


def combinations(names: Iterable[T], tags: Iterable[str]) -> Iterator[tuple[T, str]]:
    """Each name with each tag, as far as somebody may have meant them all."""
    return islice(product(names, tags), MOST_COMBINED)


class Text:
    """A text in which facts are found: its lines and its variables."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.variables = Variables(text)
        self.lines: dict[int, tuple[Span, tuple[Span, ...]]] = {}

    @cached_property
    def ends(self) -> list[int]:
        """Where the lines end."""
        return list(map(add, accumulate(map(len, self.text.split("\n"))), count()))

    def fact(self, deed: Deed, tool: str, image: str, at: int, **more: object) -> Iterator[ImageFact]:
        """A fact about an image that is done at a character; none where the image cannot be one."""
        name, tag = split(image)
        if name is not None and (deed == "replaced" or any(map(str.isalnum, name))):
            yield self.of(deed, tool, name, tag, at, **more)

    def of(self, deed: Deed, tool: str, name: str, tag: str, at: int, **more: object) -> ImageFact:
        """A fact about a name and a tag."""
        line = bisect_left(self.ends, at) + 1
        span, masked = self.shown(line)
        return ImageFact(deed=deed, tool=tool, name=name, tag=tag, span=span, line=line, masked=masked, **more)  # type: ignore[arg-type]

    def opened(self, fact: ImageFact, target: str = "") -> ImageFact:
        """A push of an image in which variables are open, with what the text itself gives to them."""
        image = f"{fact.name}:{fact.tag}" if fact.tag else fact.name
        return structs.replace(fact, deed="open", name=image, tag="", was=target, given=self.variables.given(image))

    def shown(self, line: int) -> tuple[Span, tuple[Span, ...]]:
        """A line without what is blank around it, and what must not be shown of it."""
        if line not in self.lines:
            self.lines[line] = self.look_at(line)
        return self.lines[line]

    def look_at(self, line: int) -> tuple[Span, tuple[Span, ...]]:
        """The same, of a line that is asked for the first time."""
        start, end = self.ends[line - 2] + 1 if line > 1 else 0, self.ends[line - 1]
        shown = self.text[start:end]
        masked = tuple(Span(start + found.start(1), start + found.end(1)) for found in PRIVATE.finditer(shown))
        return Span(end - len(shown.lstrip()), start + len(shown.rstrip())), masked


def split(image: str) -> tuple[str | None, str]:
    """The name and the tag of an image; no name where it is none, a tag of `*` where a digest decides."""
    image = SCHEME.sub("", image.strip().strip("\"'`"))
    if not REFERENCE.match(image) or image.endswith("/") or len(image) > 500:
        return None, ""
    name, _, digest = image.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        head, tag = name, ""
    return head, UNKNOWN if digest else tag
