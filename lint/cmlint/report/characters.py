"""The columns that text takes on a terminal."""

from __future__ import annotations

import unicodedata

HIDDEN = "•" * 6
"""What represents a value that must not be shown, however long it is."""


def width(text: str) -> int:
    """The columns that a printable text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(columns, text))


def columns(character: str) -> int:
    """The columns of one character: two for wide ones, none for those that join the one before."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, columns: int | None, indent: int) -> list[str]:
    """A text in lines that have room behind an indentation; unchanged if the number of columns is not known."""
    if columns is None or len(text) + indent <= columns:
        return [text]
    from textwrap import wrap

    return wrap(text, max(columns - indent, 30), break_long_words=False, break_on_hyphens=False)
