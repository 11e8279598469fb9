"""What a text does to images: which it pushes, builds, loads onto nodes, or puts into manifests.

`kinds.py` names the modules that read a kind of text, each by its function `read`, with the words that a text must hold
before. The other modules are what these share. What is found depends on the text alone: which images it concerns is
decided in `bundle/proofs.py`.

A new kind is a row of `KINDS` there, and cases in `tests/test_image_facts.py`. A file that is not YAML is only read if
its name is in `BUILDERS` and a word of it in `IMAGE_WORDS` (`sources/files.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice

from cmlint.manifest.images.kinds import KINDS, OF_MANIFESTS, OF_PARTS, OF_WORD, Kind, words_of
from cmlint.model.facts import ImageFact

LONGEST = 300_000
LONGEST_JSON = 50_000
"""A program has written a longer text, so it is not read."""

MOST = 2000
"""The maximum number of facts that are kept of one kind of text: a few lists can have millions of pairs."""


def images_in(text: str, *, script: bool = False) -> tuple[ImageFact, ...]:
    """What a text does to images.

    A `script` is not a manifest, although it may contain one in a here-document or as an example.
    """
    modules = readers_of(text, script=script)
    if not modules:
        return ()
    from cmlint.manifest.images.facts import Text

    place, found = Text(text), dict[ImageFact, None]()
    for module in modules:
        read: Callable[[Text], Iterator[ImageFact]] = import_module(f"cmlint.manifest.images.{module}").read
        found.update(dict.fromkeys(islice(read(place), MOST)))
    return tuple(found)


def readers_of(text: str, *, script: bool = False) -> tuple[str, ...]:
    """The modules that read a text: a few words say first whether it can do anything to images."""
    if len(text) > (LONGEST_JSON if text.startswith(("{", "[")) else LONGEST):
        return ()
    if not script and (text.startswith("apiVersion:") or "\napiVersion:" in text):
        return (OF_MANIFESTS.module,) if has_any(text, OF_MANIFESTS.parts) else ()
    near = [(number, beside) for word in words_of(text) for number, beside in OF_WORD[word]]
    found = {number for number, beside in near if not beside or has_any(text, beside)}
    found.update(number for number, parts in OF_PARTS if has_any(text, parts))
    kinds = [KINDS[number] for number in sorted(found)]
    return tuple(dict.fromkeys(kind.module for kind in kinds if has_also(text, kind)))


def has_also(text: str, kind: Kind) -> bool:
    """Whether a text with a word of a kind has what it must have besides."""
    if not kind.also:
        return True
    return has_any("\n".join(re.findall(kind.where, text)) if kind.where else text, kind.also)


def has_any(text: str, words: Sequence[str]) -> bool:
    """Whether a text has one of a few words. A loop is faster than `any`."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False
