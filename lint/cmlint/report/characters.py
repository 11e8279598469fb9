"""Text that is safe to show on a terminal, and the columns it takes there."""

from __future__ import annotations

import unicodedata

TAB = " " * 4
HIDDEN = "•" * 6
"""What stands for a value that must not be shown, however long it is."""

OBEYED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Categories of characters that are not shown but do something: controls, changes of direction, invisible spaces."""

JOINER = "\u200d"
"""Joins emoji to one."""


def printable(text: str) -> str:
    """A text in one line that a terminal shows and never obeys."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(visible, text))


def visible(character: str) -> str:
    """A character, or what stands for one that would not be shown but do something."""
    if character.isprintable():
        return character
    if character == "\t":
        return TAB
    if character < " ":
        return chr(0x2400 + ord(character))
    if unicodedata.category(character) in OBEYED and character != JOINER:
        return "\N{REPLACEMENT CHARACTER}"
    return character


def width(text: str) -> int:
    """The columns that a printable text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(columns, text))


def columns(character: str) -> int:
    """The columns of one character: two for wide ones, none for those that join the one before."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, columns: int | None, indent: int) -> list[str]:
    """A text in lines that have room behind an indentation; whole where nothing is known of the columns."""
    if columns is None or len(text) + indent <= columns:
        return [text]
    from textwrap import wrap

    return wrap(text, max(columns - indent, 30), break_long_words=False, break_on_hyphens=False)
