"""What a repository is called where it is hosted, as its own configuration of git says."""

from __future__ import annotations

import os
import re

from cmlint.cache.file_state import Seen
from cmlint.system import files as system

ORIGIN = re.compile(r'(?ms)^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)')
HOSTED = re.compile(r"(?:[:/])([\w.-]+)/([\w.-]+?)(?:\.git)?/?\Z")


def remote_of(root: str, seen: Seen) -> str:
    """`owner/name` of the remote `origin`; empty where there is none or it cannot be read."""
    path = os.path.join(root, ".git", "config")
    seen.note(path)
    try:
        text = system.read(path, system.CONFIGURATION, root).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    origin = ORIGIN.search(text)
    found = HOSTED.search(origin[1]) if origin else None
    return f"{found[1]}/{found[2]}" if found else ""
