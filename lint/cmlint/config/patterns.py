"""Patterns and paths that are relative to the folder of a configuration, as ones that are not."""

from __future__ import annotations

import os

from cmlint.config.config import Words


def below(folder: str, lists: Words) -> Words:
    """Paths relative to a folder, several of them with commas between, as complete ones."""
    return tuple(",".join(os.path.join(folder, name.strip()) for name in names.split(",")) for names in lists)


def anchored(pattern: str, folder: str) -> str:
    """A pattern that is relative to a folder, in the syntax of `.gitignore`, as one relative to the root."""
    sign, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    root = escaped(folder.replace(os.sep, "/").rstrip("/"))
    if "/" in body.rstrip("/"):
        return f"{sign}{root}/{body.lstrip('/')}"
    return f"{sign}{root}/**/{body}"


def escaped(path: str) -> str:
    """A path as a pattern that matches nothing else."""
    return "".join(f"\\{character}" if character in "\\*?[]! " else character for character in path)
