"""Why a path could not be read, and what its folders say of it."""

from __future__ import annotations

import re

from cmlint.system import files as system

ARCHIVE = r"[._]?(?:archived?|old|deprecated|obsolete|disabled|unused)"
"""A folder of what is no longer applied, by its name."""


def reason(error: Exception) -> str:
    """Why something could not be read, in few words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not valid UTF-8 at byte {error.start}"
    return system.reason(error) if isinstance(error, OSError) else str(error)


def is_put_away(path: str) -> bool:
    """Whether a file is in a folder of what is no longer applied, by the names of the folders."""
    return any(re.fullmatch(ARCHIVE, name) for name in path.split("/")[:-1])
