"""`--config-from`: the repository's configurations, and the baseline that they name, as they are in a commit.

Nothing of the files is read for them, so that a change cannot switch off the checks that it must pass.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence

from cmlint.adopt.git import Repository
from cmlint.config.files import NAMES, PYPROJECT, TABLE, Source
from cmlint.config.layers import Configurations, start_of
from cmlint.errors import FatalError
from cmlint.system.files import BASELINE, CONFIGURATION, MB, is_within
from cmlint.system.filesystem import FileSystem

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

    def configurations(self) -> list[Source]:
        """All configurations, the uppermost first, one in a folder; raises FatalError for one that cannot be read."""
        listed = self.repository.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.commit).split("\0")
        order = (*NAMES, PYPROJECT)
        paths = [path for path in listed if posixpath.basename(path) in order]
        paths.sort(key=lambda path: (path.count("/"), posixpath.dirname(path), order.index(posixpath.basename(path))))
        found: dict[str, Source] = {}
        for path in paths:
            folder = os.path.normpath(os.path.join(self.repository.top, posixpath.dirname(path)))
            raw = self.read(path, CONFIGURATION) if folder not in found else None
            text = decoded(raw, f"{self.name}:{path}") if raw is not None else None
            if text is not None and (not path.endswith(PYPROJECT) or TABLE in text):
                top = os.path.realpath(self.repository.top)
                found[folder] = Source(
                    file=f"{self.name}:{path}",
                    text=text,
                    folder=folder,
                    disk=FileSystem(),
                    whose=("repository",),
                    root=top,
                    text_at=self.text_at,
                )
        return list(found.values())

    def text_at(self, path: str) -> str:
        """The text of a file of the repository; raises FatalError where the commit has none."""
        inside = os.path.relpath(os.path.normpath(path), self.repository.top).replace(os.sep, "/")
        raw = self.read(inside, CONFIGURATION)
        if raw is None:
            raise FatalError(f"{self.name}:{inside}: no such file", "commit it")
        return decoded(raw, f"{self.name}:{inside}")


def configurations_at(name: str, paths: Sequence[str]) -> Configurations:
    """The configurations in a commit that count for paths; raises FatalError for one that cannot be read."""
    commit = Commit(name)
    top = os.path.realpath(commit.repository.top)
    starts = [place for path in paths if is_within(place := os.path.realpath(start_of(FileSystem(), path)), top)]
    starts = starts or [os.path.realpath(os.curdir)]
    found = commit.configurations()
    places = {source: os.path.realpath(source.folder) for source in found}
    above = [source for source in found if any(is_within(start, places[source]) for start in starts)]
    below = [source for source in found if any(is_within(places[source], start) for start in starts)]
    run = above[0] if above else None
    covers = run is None or all(is_within(start, places[run]) for start in starts)
    used = [source for source in found if source in (*above, *below) and not (covers and source is run)]
    return Configurations(run, used, covers=covers)


def baseline_at(name: str, file: str) -> bytes:
    """The baseline in a commit that is at a path now; raises FatalError where there is none."""
    commit = Commit(name)
    path = os.path.relpath(file, commit.repository.top).replace(os.sep, "/")
    raw = commit.read(path, BASELINE)
    if raw is None:
        raise FatalError(f"{name}:{path}: no such file", "commit the file that the configuration names")
    return raw


def decoded(raw: bytes, shown: str) -> str:
    """A text of a commit; raises FatalError for what is not one."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FatalError(f"{shown}: not valid UTF-8 at byte {error.start}", "save the file as UTF-8") from None
