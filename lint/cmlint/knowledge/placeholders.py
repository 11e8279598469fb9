"""Texts with placeholders, of any tool: one grammar for all of cmlint."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from cmlint.kube.names import gaps

FORM = (
    r"\$\{[^{}]*\}|\$\([^()]*\)|\{\{(?:(?!\{\{).)*?\}\}|<[^<>]*>|\$[A-Za-z_]\w*|__[A-Z_]+__|@[A-Z_]+@|%[A-Z_]+%|\+[A-Z]+(?:_[A-Z]+)+\+|#\{[^{}\s]+\}#"
    r"|\[\[[^\[\]]*\]\]|ENC\[[A-Z0-9_]+,[^\[\]]*\]|\b(?:secret)?ref\+[a-z]\w*://[^\s\"'+]+\+?"
)
"""One placeholder: of a shell, of Kubernetes, of Helm or Jinja, for a reader, of scripts with sed, Windows, Azure.

The last forms are what SOPS writes in the place of a value (https://getsops.io/docs/#encryption-protocol), and what
vals and helmfile replace with one (https://github.com/helmfile/vals#expression-syntax).
"""

WORD = r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])[A-Z]{4,}(?![A-Za-z0-9_])"
"""A word in capitals, which cannot be a name in Kubernetes: it is a placeholder if a script replaces it."""

PLACEHOLDER = re.compile(rf"\$\{{|\$\(|\{{\{{|\}}\}}|{FORM}")
"""A placeholder, or the beginning or end of one that is not complete."""

BLANK = r"(?<![A-Za-z0-9])(?:YOUR|REPLACE|CHANGE|TODO|FIXME|TBD|PLACEHOLDER|INSERT)(?:_?ME|_?THIS)?(?![A-Za-z0-9])"
BLANK += r"|(?<![A-Za-z0-9])placeholder(?![A-Za-z0-9])"
"""Words by which an author asks a reader to write a name there; most are in capitals, which no name has."""

IMAGE = re.compile(
    r"^ko://|[${}]|<[^<>]+>|\[[^\[\]:]+\]|%[A-Za-z_]+%|\(\(|(?:^|[/:@])[A-Z]+(?:_[A-Z]+)+(?=[/:@.]|\Z)"
    r"|(?:^|[/:@._-])(?:YOUR|REPLACE|CHANGEME|REGISTRY|REPOSITORY|IMAGE|TAG|VERSION|DIGEST)(?=[/:@._-]|\Z)"
    r"|(?:^|/)(?:OWNER|USER|USERNAME|ORG|ORGANIZATION|ACCOUNT|PROJECT)(?=/)|(?:^|[/:])__[a-z][a-z0-9_-]*__(?=[/:@]|\Z)"
    r"|^(?:[Ee]nter|[Ii]nsert|[Pp]ut|[Aa]dd|[Ww]rite|[Tt]ype|[Ss]pecify|[Rr]eplace|[Yy]our)[ ][^/:@]+\Z"
)
"""Further forms in images, whose names are in lower case; the last is a request to the reader (`Enter your image`)."""

IMAGE_PART = (
    r"\[[^\[\]:]+\]|\{[^{}]*\}|(?<=[/@.])[A-Z]+(?:_[A-Z]+)+(?=[/:@.]|\Z)|^[A-Z]+(?:_[A-Z]+)+(?=[/:@.]|\Z)"
    r"|(?:(?<=[/.])|^)(?:YOUR|REPLACE|CHANGEME|REGISTRY|REPOSITORY|IMAGE)(?=[/:@.]|\Z)"
    r"|(?:(?<=/)|^)(?:OWNER|USER|USERNAME|ORG|ORGANIZATION|ACCOUNT|PROJECT)(?=/)|__[a-z][a-z0-9_-]*__(?=[/:@]|\Z)"
)
"""Those of these forms that represent a part of an image's name."""

INJECTED = "auto"
"""The image that Istio replaces when it injects its proxy (https://istio.io/latest/docs/setup/additional-setup/gateway/)."""

STAND_IN = r"(?i)<|\*{2}|x{4}|\b(changeme|change|replace|insert|your|todo|example|dummy|fake|placeholder)"
"""A value that tells a reader to write another one."""


def is_placeholder(text: str) -> bool:
    """Whether something still has to be filled into a text (`${X}`, `$(X)`, `{{ x }}`, `<x>`): it is not a name yet."""
    return PLACEHOLDER.search(text) is not None


def is_unfilled(name: str) -> bool:
    """Whether a reader or a tool still has to fill in a name of an object, which is in lower case, or of a file."""
    return is_placeholder(name) or re.search(BLANK, name) is not None


def has_word(text: str, words: Container[str] | None) -> bool:
    """Whether a text has one of some words in capitals; None represents all that have several parts."""
    return any("_" in word if words is None else word in words for word in re.findall(WORD, text))


@lru_cache(maxsize=1024)
def is_placeholder_image(text: str) -> bool:
    """Whether something still has to be filled into an image (`${TAG}`, `{IMAGE}`, `YOUR_IMAGE`, Istio's `auto`)."""
    return text == INJECTED or is_placeholder(text) or IMAGE.search(text) is not None


def filled_image(text: str, word: str) -> str:
    """An image with a word in place of each placeholder."""
    return re.sub(IMAGE_PART, word, re.sub(FORM, word, text))


def is_stand_in(value: str) -> bool:
    """Whether a value only shows where a reader should write another one (`changeme`, `<token>`, `xxxx`)."""
    return re.search(STAND_IN, value) is not None


def may_become(text: str, name: str) -> bool:
    """Whether a text may be that name once everything is filled in."""
    ends = [0, *(end for found in re.finditer(FORM, text) for end in found.span()), len(text)]
    return gaps([text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)], name) is not None


def pattern_of(text: str) -> str:
    """A pattern, as of `fnmatch`, that matches what a text may be once everything is filled in."""
    return re.sub(FORM, "*", text) if is_placeholder(text) else text
