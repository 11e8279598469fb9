"""The items of a List that is too large to parse at once, found by their form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cmlint.manifest.nodes import ALIAS, MappingNode, ScalarNode, TooDeepError, YamlSyntaxError, compose
from cmlint.model.facts import Span

BLOCK = r"(?m)^items:[ \t]*(?:#[^\r\n]*)?\r?\n(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?P<indent> *)(?=-[ \t\r\n])"
JSON = r'"items"\s*:\s*\[\s*'
BETWEEN = r"\s*,?\s*"
BELOW = r"(?m)^(?! |-|#|\r?$)"
"""Where the block of a field ends: at the first line that is not indented, an item or empty."""

SOPS = r"(?m)^ {0,4}\"?sops\"?:"

LARGEST = 1024 * 1024
"""The most characters that a List may have besides its items."""


class Items(msgspec.Struct, frozen=True):
    """The places of the items of a List, and the text around all of them."""

    places: list[Span]
    around: str


def items_in(text: str) -> Iterator[tuple[int, str]]:
    """The items of a List as (offset, text); none where it is encrypted, has aliases, or is in no common form.

    An item of a YAML sequence keeps its indentation, with a space in the place of its `-`.
    """
    in_json = text.lstrip().startswith("{")
    items = items_in_json(text) if in_json else items_in_block(text)
    if items and not re.search(SOPS, text) and is_empty_list(items.around):
        for start, end in ((place.start, place.end) for place in items.places):
            yield start, text[start:end] if in_json else text[start:end].replace("-", " ", 1)


def items_in_json(text: str) -> Items | None:
    """The items of a List in JSON; None where it is not JSON."""
    from json import JSONDecoder

    decoder, found = JSONDecoder(), re.search(JSON, text)
    first = at = found.end() if found else len(text)
    places: list[Span] = []
    while text.startswith("{", at):
        try:
            end = decoder.raw_decode(text, at)[1]
        except (ValueError, RecursionError):
            return None
        places.append(Span(at, end))
        at = re.compile(BETWEEN).match(text, end).end()  # type: ignore[union-attr]  # it can match an empty text
    return Items(places, text[:first] + text[at:]) if text.startswith("]", at) else None


def items_in_block(text: str) -> Items | None:
    """The items of a sequence in block style: the lines that begin with `-` at its indentation."""
    found = re.search(BLOCK, text) if "*" not in text or not re.search(ALIAS, text) else None
    if not found:
        return None
    first, below = found.start("indent"), re.compile(BELOW).search(text, found.end())
    last = below.start() if below else len(text)
    marks = re.compile(rf"(?m)^{found['indent']}-(?=[ \t\r\n])").finditer(text, first, last)
    starts = [first, *(mark.start() for mark in marks if mark.start() > first)]
    places = [Span(start, end) for start, end in zip(starts, [*starts[1:], last], strict=True)]
    return Items(places, text[:first] + text[last:])


def is_empty_list(text: str) -> bool:
    """Whether a text is an object that has `items`, and nothing in them."""
    try:
        root = compose(text) if len(text) <= LARGEST else None
    except (YamlSyntaxError, TooDeepError):
        return False
    pairs = root.value if isinstance(root, MappingNode) else ()
    return any(isinstance(key, ScalarNode) and key.value == "items" and not value.value for key, value in pairs)
