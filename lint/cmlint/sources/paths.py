"""How paths are shown, and why one could not be read."""

from __future__ import annotations

import os
import re

from cmlint.system import files as system

ARCHIVE = r"[._]?archived?"
"""A folder of what is no longer applied, by its name."""


def shown(path: str) -> str:
    """A path as it is shown: relative to the working directory where it is below it, with `/`."""
    if not os.path.isabs(path):
        name = os.path.normpath(path)
    else:
        name = os.path.relpath(path)
        if name.startswith(".."):
            name = os.path.normpath(path)
    return name.replace(os.sep, "/")


def reason(error: Exception) -> str:
    """Why something could not be read, in few words."""
    if isinstance(error, UnicodeDecodeError):
        return f"not valid UTF-8 at byte {error.start}"
    return system.reason(error) if isinstance(error, OSError) else str(error)


def is_put_away(path: str) -> bool:
    """Whether a file is in a folder of what is no longer applied, by the names of the folders."""
    return any(re.fullmatch(ARCHIVE, name) for name in path.split("/")[:-1])
