"""`$(NAME)` in values, commands and arguments (`third_party/forked/golang/expansion/expand.go`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def pieces(text: str) -> Iterator[tuple[str, bool, int]]:
    """Cuts a text into (piece, whether it is a variable's name, offset).

    What is no variable comes as it will stand in the result: `$$` has become `$`, an unclosed `$(` stays.
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


def expand(text: str, lookup: Callable[[str], str | None]) -> str:
    """Replaces every `$(NAME)` that `lookup` knows; one it does not know stays as it is written."""
    parts: list[str] = []
    for piece, is_name, _ in pieces(text):
        if not is_name:
            parts.append(piece)
            continue
        value = lookup(piece)
        parts.append(f"$({piece})" if value is None else value)
    return "".join(parts)


def names(text: str) -> list[tuple[str, int]]:
    """The names in `$(NAME)`, with the offset of each `$`."""
    return [(piece, offset) for piece, is_name, offset in pieces(text) if is_name]
