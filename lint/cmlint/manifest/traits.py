"""How a value arrives where it is read, when that is not as it looks: all that is kept of the value of a Secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.kube import base64, characters
from cmlint.manifest.decode import Decoder
from cmlint.manifest.nodes import Node, ScalarNode
from cmlint.model.facts import Trait

LONG = 12
"""From how many characters on a text that can be decoded to text is surely base64."""

EXPANSION = r"(?<!\$)\$\([A-Z][A-Z0-9_]{2,}\)"
UNPRINTABLE = "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
SETTING = r"(?:[ \t]*(?:#.*|(?:export )?[A-Za-z_]\w*=.*|))(?:\r?\n[ \t]*(?:#.*|(?:export )?[A-Za-z_]\w*=.*|))*"
COMMENT = r":?[ \t]+#(?=[^\s#]*[^\sa-z#:-])[^\s#]+[ \t]*(?:\r?\n|\Z)"
"""A comment of one word, with no blank after its `#`, that is not a word of a language: a colour or a password."""

ANCHORED = r"&([^\s,\[\]{}]+)"


def traits_of(
    decoder: Decoder, node: Node | None, value: str | bytes | None, *, secret: bool = False
) -> tuple[Trait, ...]:
    """The traits of a value: the text, or the bytes that its base64 represents; None if it is not a value."""
    if value is None:
        return ()
    if not value:
        return tuple(empty(decoder, node)) if node is not None else ()
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return ("nul", "binary") if b"\0" in value else ("binary",)
        if re.search(UNPRINTABLE, text):
            return ("nul", "binary") if "\0" in text else ("binary",)
        return tuple(seen_in(text, secret=True))
    return tuple(seen_in(value, secret=secret))


def empty(decoder: Decoder, node: Node) -> Iterator[Trait]:
    """How a value that is empty was written, when it was likely meant to be something."""
    if not isinstance(node, ScalarNode):
        return
    if node.style in ("|", ">"):
        yield "empty-block"
    elif not node.style and (found := re.compile(ANCHORED).match(decoder.text, node.start_mark.index)):
        alias = rf"\*{re.escape(found[1])}(?![^\s,\[\]{{}}])"
        if not re.search(alias, decoder.text):
            yield "anchor"
    elif not node.style and re.compile(COMMENT).match(decoder.text, node.start_mark.index):
        yield "comment"


def seen_in(text: str, *, secret: bool) -> Iterator[Trait]:
    """What a text that is not empty has."""
    if (
        text.endswith("\n")
        and "\n" not in text.rstrip("\r\n")
        and text.strip()
        and not takes_space(text, secret=secret)
    ):
        yield "line-break"
    if "\0" in text:
        yield "nul"
    if characters.odd_part(text.rstrip("\r\n")):
        yield "typographic"
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        yield "quoted"
    if "=" in text and "\n" in text.strip() and re.fullmatch(SETTING, text):
        yield "env-file"
    if secret and re.search(EXPANSION, text):
        yield "expansion"
    if secret and is_encoded(text.strip()):
        yield "encoded-twice"


def takes_space(text: str, *, secret: bool) -> bool:
    """Whether white space means nothing at the end of a text: of JSON, PEM, and a list of words that are not secret."""
    bare = text.strip()
    return bare.startswith("-----BEGIN ") or bare[:1] + bare[-1:] in ("{}", "[]") or (not secret and " " in bare)


def is_encoded(text: str) -> bool:
    """Whether a text is surely the base64 of another text."""
    raw = base64.decode(text) if len(text) >= LONG else None
    try:
        return raw is not None and raw.decode().isprintable()
    except UnicodeDecodeError:
        return False
