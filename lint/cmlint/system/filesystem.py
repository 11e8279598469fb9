"""The files of the machine as a run sees them: with texts in the place of what some files hold.

Everything that reads what is checked asks here. A text that is not saved, such as one in an editor or one that a fix
would write, so counts for reading, for looking through folders and for what is kept of a file alike.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from operator import attrgetter
from typing import Protocol

from cmlint.system import files
from cmlint.system.files import MANIFEST, Root, real_path

State = tuple[int, int, int, int, int]
"""Mode, size, time of the last change to the content and to the file, inode; of a folder only the inode."""


class Entry(Protocol):
    """What is in a folder, as `os.scandir` gives it."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_file(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_symlink(self) -> bool: ...


class Unsaved:
    """A file in a folder that only has a text."""

    def __init__(self, folder: str, name: str) -> None:
        self.name, self.path = name, os.path.join(folder, name)

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return False

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        return True

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        return False


class FileSystem:
    """The disk, with `texts` in the place of what some files hold, by their real paths.

    What a pipe or a device holds that the command line names is kept: it can be read only once.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.pipes: dict[str, bytes] = {}
        self.unsaved: dict[str, list[str]] = {}
        for path in self.texts:
            if not os.path.exists(path):
                self.unsaved.setdefault(os.path.dirname(path), []).append(os.path.basename(path))

    def with_texts(self, texts: Mapping[str, str]) -> FileSystem:
        """The same with other texts on top, by their real paths."""
        found = FileSystem({**self.texts, **texts})
        found.pipes = self.pipes
        return found

    def hold(self, path: str) -> int:
        """The mode of what is at a path that the command line names; what a pipe gives is kept. Raises OSError."""
        if self.is_changed(path):
            return stat.S_IFREG
        mode = files.state_of(path).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and path not in self.pipes:
            self.pipes[path] = files.read_named(path, MANIFEST)
        return mode

    def read(self, path: str, root: Root | None = None, limit: int = MANIFEST) -> bytes:
        """What a file holds that is in a root, or that is named on the command line; raises OSError."""
        if self.texts and (real := real_path(path)) in self.texts:
            return self.texts[real].encode()
        if path in self.pipes:
            return self.pipes[path]
        return files.read(path, limit, root)

    def is_changed(self, path: str) -> bool:
        """Whether a text counts in the place of what a file holds."""
        return bool(self.texts) and real_path(path) in self.texts

    def is_file(self, path: str) -> bool:
        """Whether there is a file at a path, or a text."""
        return os.path.isfile(path) or self.is_changed(path)

    def state(self, path: str) -> State | None:
        """The state of what is at a path, links followed; None where nothing can be read, and for a text."""
        return None if self.is_changed(path) else state_of(path)

    def version(self, path: str) -> State | str | None:
        """What tells one content of a file from another: the text that counts in its place, else the file's state."""
        text = self.texts.get(real_path(path)) if self.texts else None
        return state_of(path) if text is None else text

    def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, by name; raises OSError."""
        with os.scandir(folder) as scanned:
            found: list[Entry] = list(scanned)
        if self.unsaved:
            found += (Unsaved(folder, name) for name in self.unsaved.get(real_path(folder), ()))
        return sorted(found, key=attrgetter("name"))

    def entries_or_none(self, folder: str) -> list[Entry]:
        """The same; none of a folder that cannot be read."""
        try:
            return self.entries(folder)
        except (OSError, ValueError):
            return []


def state_of(path: str) -> State | None:
    """The state of what is at a path on the disk, links followed; None where there is nothing to be read."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return stat.S_IFDIR, 0, 0, 0, found.st_ino
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
