"""The comments of a text, as ruamel.yaml's scanner sees them: never a `#` inside a string."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.tokens import CommentToken, ScalarToken

CUT = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


class Comment(NamedTuple):
    """A comment: its 1-based line, the 0-based column of its `#`, and its text from there."""

    line: int
    column: int
    text: str


def comments_of(text: str) -> tuple[list[Comment], bool]:
    """The comments of all documents that can be scanned, in order, and whether every document could."""
    starts = sorted({0, *(found.start() for found in CUT.finditer(text)), len(text)})
    comments: list[Comment] = []
    whole = True
    for start, end in pairwise(starts):
        line = text.count("\n", 0, start)
        try:
            found = {Comment(line + c.line, c.column, c.text) for c in scan(text[start:end])}
        except YAMLError:
            whole = False
        else:
            comments += sorted(found)
    return comments, whole


def scan(text: str) -> Iterator[Comment]:
    """The comments of one document; raises YAMLError when it cannot be scanned."""
    lines = text.split("\n")
    for token in YAML().scan(text):
        for part in parts_of(token):
            if isinstance(part, CommentToken):
                yield from physical(lines, part.start_mark.line, part.start_mark.column, part.value)
            elif isinstance(token, ScalarToken):
                # The comment behind `|` or `>` comes as a mere string.
                row = token.start_mark.line
                yield Comment(row + 1, lines[row].index("#", token.start_mark.column), part.strip())


def parts_of(token: Any) -> Iterator[Any]:
    """The comments that ruamel.yaml has hung on a token, in lists of lists."""
    waiting = [token if isinstance(token, CommentToken) else getattr(token, "_comment", None)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple):
            waiting.extend(part)
        elif part is not None:
            yield part


def physical(lines: list[str], row: int, column: int, value: str) -> Iterator[Comment]:
    """The lines of one comment token, which holds all comments up to the next real token.

    Its mark is that of the line where it begins, or of a blank one above, so each comment is looked for from there.
    """
    for text in filter(None, map(str.strip, value.split("\n"))):
        while lines[row][column:].strip() != text:
            row, column = row + 1, 0
        yield Comment(row + 1, lines[row].index("#", column), text)
        row, column = row + 1, 0
