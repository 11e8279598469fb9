"""Texts of strangers in Markdown: as text of which nothing is made, or as code that nothing in it ends."""

from __future__ import annotations

import re

from cmlint.system.text import printable

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&])")
"""What Markdown may take for something else than text."""


def plain(text: str) -> str:
    """A text in one line that Markdown shows as it is: no link, no image, no code."""
    return SPECIAL.sub(r"\\\1", printable(text))


def code(text: str) -> str:
    """A text in one line as code."""
    shown = printable(text)
    mark = fence(shown, 1)
    return f"{mark}{shown}{mark}" if mark == "`" else f"{mark} {shown} {mark}"


def fence(text: str, least: int) -> str:
    """Backticks around a text: `least` or more, and more than the text has in a row."""
    return "`" * max(least, *(len(run) + 1 for run in re.findall("`*", text)))


def coded(text: str) -> str:
    """A sentence in one line in which what is between backticks is code, and nothing else means anything."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return plain(text)
    return "".join(plain(part) if number % 2 == 0 else code(part) for number, part in enumerate(parts) if part)
