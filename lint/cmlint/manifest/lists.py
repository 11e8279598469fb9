"""The items of a List that is too large to parse at once, found by their form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.nodes import ALIAS

BLOCK = re.compile(r"(?m)^items:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*(?P<indent> *)(?=- )")
JSON = re.compile(r'"items"\s*:\s*\[\s*')
BETWEEN = re.compile(r"\s*,?\s*")
BELOW = re.compile(r"(?m)^(?! |-|#|\r?$)")
"""Where the block of a field ends: at the first line that is not indented, an item or empty."""

SOPS = re.compile(r"(?m)^ {0,4}\"?sops\"?:")


def items_in(text: str) -> Iterator[tuple[int, str]]:
    """The items of a List as (offset, text); none where it is encrypted, has aliases, or is in no common form.

    An item of a YAML sequence keeps its indentation, with a space in the place of its `-`.
    """
    if SOPS.search(text):
        return
    if text.lstrip().startswith("{"):
        yield from items_in_json(text)
    elif ("*" not in text or not re.search(ALIAS, text)) and (found := BLOCK.search(text)):
        yield from items_in_block(text, found)


def items_in_json(text: str) -> Iterator[tuple[int, str]]:
    """The items of a List in JSON, as far as it is JSON."""
    from json import JSONDecodeError, JSONDecoder

    decoder, found = JSONDecoder(), JSON.search(text)
    at = found.end() if found else len(text)
    while text.startswith("{", at):
        try:
            end = decoder.raw_decode(text, at)[1]
        except (JSONDecodeError, RecursionError):
            return
        yield at, text[at:end]
        at = BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # it can match an empty text


def items_in_block(text: str, found: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The items of a sequence in block style: the lines that begin with `-` at its indentation."""
    indent = found["indent"]
    below = BELOW.search(text, found.end())
    end = below.start() if below else len(text)
    mark = f"\n{indent}- "
    start = found.start("indent")
    while start < end:
        following = text.find(mark, start, end)
        stop = following + 1 if following >= 0 else end
        yield start, f"{indent} {text[start + len(indent) + 1 : stop]}"
        start = stop
