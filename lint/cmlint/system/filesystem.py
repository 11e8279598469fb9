"""The files of the machine as a run sees them: with texts in the place of what some files hold.

Everything that reads what is checked asks here, and never the machine itself. A text that is not saved, such as one in
an editor or one that a fix would write, so counts for reading, for looking through folders and for what is kept of a
file alike. `cmlint.system.git_files` gives the files of a revision under the same paths.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Mapping
from operator import attrgetter
from typing import NamedTuple, Protocol

from cmlint.system import files
from cmlint.system.files import MANIFEST, Root, is_within, real_path

State = tuple[int, int, int, int, int]
"""Mode, size, time of the last change to the content and to the file, inode; of a folder only the inode."""

LINKS = 40
"""How many links are followed one after the other."""


class Status(NamedTuple):
    """The mode of what is at a path, and its size in bytes."""

    mode: int
    size: int = 0


class Entry(Protocol):
    """What is in a folder, as `os.scandir` gives it."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_file(self, *, follow_symlinks: bool = True) -> bool: ...
    def is_symlink(self) -> bool: ...


class Listed:
    """What is in a folder and not on the disk."""

    def __init__(self, disk: FileSystem, folder: str, name: str, mode: int = stat.S_IFREG) -> None:
        self.disk, self.name, self.path, self.mode = disk, name, os.path.join(folder, name), mode

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return self.disk.is_folder(self.path) if follow_symlinks and self.is_symlink() else stat.S_ISDIR(self.mode)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Whether it is a file."""
        return self.disk.is_file(self.path) if follow_symlinks and self.is_symlink() else stat.S_ISREG(self.mode)

    def is_symlink(self) -> bool:
        """Whether it is a link."""
        return stat.S_ISLNK(self.mode)


class FileSystem:
    """The disk, with `texts` in the place of what some files hold, by their real paths.

    Relative paths start `here`, in an absolute folder; without one, in the working directory. What a pipe or a device
    holds that the command line names is kept: it can be read only once.
    """

    def __init__(self, texts: Mapping[str, str] | None = None, here: str = "") -> None:
        self.texts, self.here = dict(texts or {}), here
        self.pipes: dict[str, bytes] = {}
        self.unsaved: dict[str, list[str]] = {}
        for path in self.texts:
            if not os.path.exists(path):
                self.unsaved.setdefault(os.path.dirname(path), []).append(os.path.basename(path))

    def with_texts(self, texts: Mapping[str, str]) -> FileSystem:
        """The same with other texts on top, by their real paths."""
        found = FileSystem({**self.texts, **texts}, self.here)
        found.pipes = self.pipes
        return found

    # Where paths start

    def at(self, path: str) -> str:
        """A path as the system takes it."""
        return os.path.join(self.here, path) if self.here else path

    def absolute(self, path: str) -> str:
        """The absolute path, without `.` and `..`, and no link followed."""
        return os.path.abspath(self.at(path))

    def relative(self, path: str, start: str = os.curdir) -> str:
        """A path relative to a folder, or to where relative paths start."""
        return os.path.relpath(self.at(path), self.at(start))

    def shown(self, path: str) -> str:
        """A path as it is shown: relative to where relative paths start if it is below, with `/`."""
        return files.shown(path, self.here)

    # What is at a path

    def status(self, path: str, *, follow: bool = True) -> Status:
        """What is at a path; raises OSError."""
        if self.texts and (text := self.texts.get(self.real_path(path))) is not None:
            return Status(stat.S_IFREG, len(text))
        found = files.state_of(self.at(path), follow=follow)
        return Status(found.st_mode, found.st_size)

    def mode(self, path: str, *, follow: bool = True) -> int:
        """The mode of what is at a path; 0 where there is nothing."""
        try:
            return self.status(path, follow=follow).mode
        except OSError:
            return 0

    def exists(self, path: str) -> bool:
        """Whether there is something at a path, links followed."""
        return self.mode(path) != 0

    def lexists(self, path: str) -> bool:
        """Whether there is something at a path, be it a link that leads nowhere."""
        return self.mode(path, follow=False) != 0

    def is_file(self, path: str) -> bool:
        """Whether there is a file at a path, or a text."""
        return stat.S_ISREG(self.mode(path))

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder at a path."""
        return stat.S_ISDIR(self.mode(path))

    @property
    def is_plain(self) -> bool:
        """Whether everything is as the disk holds it."""
        return not self.texts

    def is_changed(self, path: str) -> bool:
        """Whether something else counts than what the disk holds at a path."""
        return bool(self.texts) and self.real_path(path) in self.texts

    def is_changed_below(self, folder: str) -> bool:
        """Whether something else counts than what the disk holds in a folder or below it."""
        return bool(self.texts) and any(is_within(path, self.real_path(folder)) for path in self.texts)

    def state(self, path: str) -> State | None:
        """The state of what is at a path, links followed; None where nothing can be read, and for a text."""
        return None if self.is_changed(path) else state_of(self.at(path))

    def version(self, path: str) -> State | str | None:
        """What tells one content of a file from another: the text that counts in its place, else the file's state."""
        text = self.texts.get(self.real_path(path)) if self.texts else None
        return state_of(self.at(path)) if text is None else text

    # Where a path leads

    def real_path(self, path: str) -> str:
        """The real path; of a path that no file can have, the path itself."""
        return real_path(self.at(path))

    def link(self, path: str) -> str:
        """What the link at a path holds; empty where there is none."""
        try:
            return os.readlink(self.at(path))
        except (OSError, ValueError):
            return ""

    def links_on(self, path: str) -> Iterator[tuple[str, str]]:
        """The links on the way to what an absolute path leads to: where each is, and what it holds."""
        for _ in range(LINKS):
            at, *names = os.path.normpath(path).split(os.sep)
            at += os.sep
            while names:
                name, *names = names
                if held := self.link(os.path.join(at, name)):
                    yield os.path.join(at, name), held
                    path = os.path.join(at, held, *names)
                    break
                at = os.path.join(at, name)
            else:
                return

    def root_of(self, top: str) -> str:
        """What may be read around a folder: the repository, else the working directory, else the folder itself."""
        return files.root_of(top, self.real_path, self.exists)

    # What files hold

    def hold(self, path: str) -> int:
        """The mode of what is at a path that the command line names; what a pipe gives is kept. Raises OSError."""
        mode = self.status(path).mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and path not in self.pipes:
            self.pipes[path] = files.read_named(self.at(path), MANIFEST)
        return mode

    def read(self, path: str, root: Root | None = None, limit: int = MANIFEST) -> bytes:
        """What a file holds that is in a root, or that is named on the command line; raises OSError."""
        if self.texts and (real := self.real_path(path)) in self.texts:
            return self.texts[real].encode()
        if path in self.pipes:
            return self.pipes[path]
        return files.read(self.at(path), limit, root)

    # What is in folders

    def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, by name; raises OSError."""
        with os.scandir(self.at(folder)) as scanned:
            found: list[Entry] = list(scanned)
        if self.here and not os.path.isabs(folder):
            found = [Listed(self, folder, entry.name, mode_of(entry)) for entry in found]
        if self.unsaved:
            found += (Listed(self, folder, name) for name in self.unsaved.get(self.real_path(folder), ()))
        return sorted(found, key=attrgetter("name"))

    def entries_or_none(self, folder: str) -> list[Entry]:
        """The same; none of a folder that cannot be read."""
        try:
            return self.entries(folder)
        except (OSError, ValueError):
            return []

    def tree(self, top: str, skipped: Container[str] = ()) -> Iterator[tuple[str, list[Entry]]]:
        """A folder and all folders below it, each with its entries in the order of their names.

        Links are not followed, folders with a `skipped` name are left out, and one that cannot be read has no entries.
        """
        folders = [top]
        while folders:
            folder = folders.pop()
            entries = self.entries_or_none(folder)
            yield folder, entries
            inner = [entry for entry in entries if entry.name not in skipped and entry.is_dir(follow_symlinks=False)]
            folders += (entry.path for entry in reversed(inner))


def mode_of(entry: Entry) -> int:
    """The kind of what is in a folder, no link followed; 0 for what is neither a file nor a folder nor a link."""
    if entry.is_symlink():
        return stat.S_IFLNK
    return stat.S_IFDIR * entry.is_dir() or stat.S_IFREG * entry.is_file()


def leads_to_folder(entry: Entry) -> bool:
    """Whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def state_of(path: str) -> State | None:
    """The state of what is at a path on the disk, links followed; None where there is nothing to be read."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return stat.S_IFDIR, 0, 0, 0, found.st_ino
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
