"""`--config-from`: the repository's configuration, and the baseline that it names, as they are in a commit.

Nothing of the files is read for them, so that a change cannot switch off the checks that it must pass.
"""

from __future__ import annotations

import os
import posixpath

from cmlint.adopt.git import Repository
from cmlint.config import NAMES, PYPROJECT, TABLE, Source
from cmlint.errors import FatalError
from cmlint.system.files import BASELINE, CONFIGURATION, MB

REGULAR = ("100644", "100755")
"""The modes of files in a tree of git that are neither links nor repositories."""


class Commit:
    """A commit by the name that the line gives it; raises FatalError where git knows none."""

    def __init__(self, name: str) -> None:
        self.name, self.repository = name, Repository()
        self.commit = self.repository.commit(name)

    def read(self, path: str, limit: int) -> bytes | None:
        """What a file holds, by its path from the top, or None where there is none; raises FatalError."""
        words = ("--literal-pathspecs", "ls-tree", "-l", "-z", "--full-tree", self.commit, "--", path)
        listed = self.repository.ask(*words)
        if not listed:
            return None
        mode, _, blob, size = listed.partition("\t")[0].split()
        if mode not in REGULAR:
            raise FatalError(f"{self.name}:{path}: not a regular file", "commit the file itself, not a link to it")
        if int(size) > limit:
            raise FatalError(f"{self.name}:{path}: larger than {limit // MB} MB", "commit a smaller one")
        return os.fsencode(self.repository.ask("cat-file", "blob", blob))

    def paths(self) -> list[str]:
        """The paths at which the configuration may stand, from the working directory upwards."""
        below = os.path.relpath(os.path.realpath(os.curdir), os.path.realpath(self.repository.top)).replace(os.sep, "/")
        folders = ["" if below == "." else below]
        while folders[-1]:
            folders.append(posixpath.dirname(folders[-1]))
        return [posixpath.join(folder, name) for folder in folders for name in (*NAMES, PYPROJECT)]


def configuration_at(name: str) -> Source | None:
    """The nearest configuration in a commit, if there is one; raises FatalError for one that cannot be read."""
    commit = Commit(name)
    top = commit.repository.top
    for path in commit.paths():
        raw = commit.read(path, CONFIGURATION)
        text = decoded(raw, f"{name}:{path}") if raw is not None else None
        if text is not None and (not path.endswith(PYPROJECT) or TABLE in text):
            folder = os.path.join(top, os.path.dirname(path))
            return Source(f"{name}:{path}", text, folder, ("repository",), os.path.realpath(top))
    return None


def baseline_at(name: str, file: str) -> bytes:
    """The baseline in a commit that stands at a path now; raises FatalError where there is none."""
    commit = Commit(name)
    path = os.path.relpath(file, commit.repository.top).replace(os.sep, "/")
    raw = commit.read(path, BASELINE)
    if raw is None:
        raise FatalError(f"{name}:{path}: there is no such baseline", "commit the file that the configuration names")
    return raw


def decoded(raw: bytes, shown: str) -> str:
    """A text of a commit; raises FatalError for what is not one."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FatalError(f"{shown}: not valid UTF-8 at byte {error.start}", "save the file as UTF-8") from None
