"""`$(NAME)` in values, commands and arguments (`third_party/forked/golang/expansion/expand.go`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

LARGEST = 4 * 1024 * 1024
"""The most characters of an environment; Linux starts no program with more than 2 MiB, or a variable of 128 KiB."""


class TooLargeError(ValueError):
    """A text would become longer than it may."""


def pieces(text: str) -> Iterator[tuple[str, bool, int]]:
    """Cuts a text into (piece, whether it is a variable's name, offset).

    Text that is not a variable comes as in the result: `$$` has become `$`, an unclosed `$(` stays.
    """
    start = position = 0
    while (position := text.find("$", position)) >= 0 and position + 1 < len(text):
        following = text[position + 1]
        if following == "$":
            yield text[start:position] + "$", False, start
            position += 2
        elif following == "(":
            end = text.find(")", position + 2)
            if end < 0:
                yield text[start:position] + "$(", False, start
                position += 2
            else:
                if start < position:
                    yield text[start:position], False, start
                yield text[position + 2 : end], True, position
                position = end + 1
        else:
            yield text[start : position + 2], False, start
            position += 2
        start = position
    if start < len(text):
        yield text[start:], False, start


def expand(text: str, lookup: Callable[[str], str | None], largest: int = LARGEST) -> str:
    """Replaces every `$(NAME)` that `lookup` knows; one it does not know stays as it is written.

    Raises TooLargeError when the result would have more than `largest` characters.
    """
    parts: list[str] = []
    length = 0
    for piece, is_name, _ in pieces(text):
        value = lookup(piece) if is_name else piece
        part = f"$({piece})" if value is None else value
        length += len(part)
        if length > largest:
            raise TooLargeError(f"longer than {largest} characters")
        parts.append(part)
    return "".join(parts)


def names(text: str) -> list[tuple[str, int]]:
    """The names in `$(NAME)`, with the offset of each `$`."""
    return [(piece, offset) for piece, is_name, offset in pieces(text) if is_name]
