"""What a repository is called where it is hosted, and which of its workflows run there."""

from __future__ import annotations

import os
import re

from cmlint.cache.file_state import Seen
from cmlint.system.files import CONFIGURATION
from cmlint.system.filesystem import FileSystem

ORIGIN = r'(?ms)^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)'
WORKFLOW = r"(?:(.*)/)?\.(?:github|gitea|forgejo)/workflows/(.*)\Z"
HOSTED = r"(?:[:/])([\w.-]+)/([\w.-]+?)(?:\.git)?/?\Z"


def remote_of(disk: FileSystem, root: str, seen: Seen) -> str:
    """`owner/name` of the remote `origin`; empty where there is none or it cannot be read."""
    path = os.path.join(root, ".git", "config")
    seen.note(path)
    try:
        text = disk.read(path, root, CONFIGURATION).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    origin = re.search(ORIGIN, text)
    found = re.search(HOSTED, origin[1]) if origin else None
    return f"{found[1]}/{found[2]}" if found else ""


def is_idle(disk: FileSystem, path: str, seen: Seen) -> bool:
    """Whether a workflow never runs: only those in `.github/workflows` of the repository's root do, no deeper folder.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#about-yaml-syntax-for-workflows
    """
    found = re.match(WORKFLOW, path)
    if not found:
        return False
    folder = found[1] or os.curdir
    seen.note(os.path.join(folder, ".git"))
    return "/" in found[2] or disk.root_of(folder) != disk.real_path(folder)
