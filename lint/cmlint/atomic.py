"""Puts a file in the place of another so that an interruption at any moment leaves the old one or the new one."""

from __future__ import annotations

import os
import shutil
import sys
from tempfile import mkdtemp

DRAFTS = ".cmlint-"
"""How the folders begin in which files are made ready."""

UNSEEN = ".git"
"""A folder of this name is never committed, wherever it is, and never linted."""


def replace(path: str, raw: bytes) -> None:
    """Writes a file, in the place of an older one with its owner and permissions; raises OSError.

    It is made ready in a folder beside it, whose content nobody looks at, should it ever be left behind.
    """
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    drafts = mkdtemp(prefix=DRAFTS, dir=folder)
    try:
        os.mkdir(os.path.join(drafts, UNSEEN))
        draft = os.path.join(drafts, UNSEEN, os.path.basename(real))
        with open(draft, "xb") as file:
            file.write(raw)
            if os.path.exists(real):
                keep_rights(draft, os.stat(real))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, real)
        sync_folder(folder)
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def keep_rights(path: str, old: os.stat_result) -> None:
    """Gives a file the owner and the permissions of another."""
    if sys.platform != "win32":
        new = os.stat(path)
        if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.chown(path, old.st_uid, old.st_gid)
    os.chmod(path, old.st_mode & 0o7777)


def sync_folder(folder: str) -> None:
    """Makes sure that a change of names in a folder outlives a power failure."""
    if sys.platform != "win32":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
