"""Where kustomize says that each object of a build comes from.

It writes two annotations when asked to (`buildMetadata`): the file or generator that an object comes from, and all
transformers that it went through. They are not part of the object and are taken out of the text before it is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cmlint.manifest.documents import cut
from cmlint.sources.files import ORIGIN

METADATA = r"(?m)^metadata:\n(?:  .*\n|\n)*"
ANNOTATION = r"(?m)^    (?:alpha\.)?config\.kubernetes\.io/(origin|transformations): \|\n((?:      .*\n)+)"
EMPTY = r"(?m)^  annotations:\n(?!    )"
ENTRY = r"(?m)^[ \t]+(?:- )?(path|repo|configuredIn): (.*)$"


class Origin(NamedTuple):
    """Where an object comes from; all paths are relative to the folder that was built.

    `path` is its file, `configured_in` the file of its generator. `transformed_in` are the kustomizations that it went
    through, in order. What was fetched has a `repo`.
    """

    start: int
    path: str = ""
    configured_in: str = ""
    repo: str = ""
    transformed_in: tuple[str, ...] = ()


def take_origins(text: str) -> tuple[str, list[Origin]]:
    """A built text without the annotations, and the origin of each document that had one."""
    if ORIGIN not in text:
        return text, []
    parts: list[str] = []
    origins: list[Origin] = []
    length = 0
    for start, end in cut(text):
        chunk, origin = take_origin(text[start:end], length)
        if origin:
            origins.append(origin)
        parts.append(chunk)
        length += len(chunk)
    return "".join(parts), origins


def take_origin(chunk: str, start: int) -> tuple[str, Origin | None]:
    """One document without the annotations, and its origin."""
    metadata = re.search(METADATA, chunk)
    found = {match[1]: match[2] for match in re.finditer(ANNOTATION, metadata[0])} if metadata else {}
    if not metadata or "origin" not in found:
        return chunk, None
    kept = re.sub(EMPTY, "", re.sub(ANNOTATION, "", metadata[0]))
    entries = {name: plain(value) for name, value in re.findall(ENTRY, found["origin"])}
    steps = (plain(value) for name, value in re.findall(ENTRY, found.get("transformations", "")) if name != "repo")
    origin = Origin(
        start, entries.get("path", ""), entries.get("configuredIn", ""), entries.get("repo", ""), tuple(steps)
    )
    return chunk[: metadata.start()] + kept + chunk[metadata.end() :], origin


def plain(value: str) -> str:
    """A scalar without its quotes."""
    return value[1:-1] if value.startswith(("'", '"')) else value
