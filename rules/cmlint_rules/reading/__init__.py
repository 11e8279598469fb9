"""Reading: texts that cannot be read as they were meant, and suppressions that suppress nothing."""

from __future__ import annotations

import re

from cmlint.api import nearest

VERBS = ("ignore", "ignores", "ignored", "disable", "disabled", "noqa", "nolint", "skip", "suppress")
"""With which words a comment means to suppress something."""


def meant(text: str, names: frozenset[str]) -> list[str] | None:
    """The rules that a comment means to suppress; None where it means to suppress nothing."""
    words = re.findall(r"[A-Za-z][\w-]*", text)
    if not words:
        return [] if "[" in text else None
    first = words[0].lower()
    named = first in names and "-" in first
    if first not in VERBS and not named and not (nearest(first, VERBS) and "[" in text):
        return None
    return [word for word in words if word in names and word not in VERBS]
