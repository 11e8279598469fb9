"""The files of a repository at a commit, or as they are staged: git's objects, under the paths of the working tree.

What an index lists is there, and a few other places of the repository as they are on the disk; nothing else. Each file
holds what git would write to the working tree: line ends and encodings are those that git gives to files here, and
filters of contents, such as that of Git LFS, do not run.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from operator import attrgetter
from typing import NamedTuple

from cmlint.system import files
from cmlint.system.files import MANIFEST, NotRegularError, OutsideError, Root, TooLargeError, is_within
from cmlint.system.filesystem import LINKS, Entry, FileSystem, Listed, State, Status
from cmlint.system.git import LINK, SUBMODULE, Objects, Sealed
from cmlint.system.git import Entry as Indexed


class Blob(NamedTuple):
    """A file: what reads it, the name of its object, its path in its repository, and its size before any conversion."""

    objects: Objects
    id: str
    path: str
    size: int


class GitFiles(FileSystem):
    """The files of the repository at `top`; elsewhere, and in `kept` places, the files of the disk.

    The working directory is there as well, be it in the repository or not.
    """

    def __init__(self, top: str) -> None:
        super().__init__()
        self.top = top
        self.folders: dict[str, dict[str, int]] = {}
        self.blobs: dict[str, Blob] = {}
        self.links: dict[str, str] = {}
        self.kept: set[str] = set()
        self.compared: dict[str, bool] = {}
        self.make(top)
        if is_within(here := os.getcwd(), top):
            self.make(here)

    def with_texts(self, texts: Mapping[str, str]) -> FileSystem:
        """Nothing: a revision is what it is. Raises TypeError."""
        raise TypeError("no text can take the place of a file of a revision")

    # What is put in

    def add(self, git: Sealed, entries: Iterable[Indexed], folder: str) -> Objects:
        """Puts in what an index lists, below a folder, and gives what reads it; raises FatalError."""
        wanted = [entry for entry in entries if entry.wanted and entry.mode != SUBMODULE]
        sizes = git.sizes([entry.id for entry in wanted])
        links = list({entry.id for entry in wanted if entry.mode == LINK and git.has_links})
        held = dict(zip(links, map(os.fsdecode, git.contents(links)), strict=True))
        objects = Objects(git, wanted)
        for entry, size in zip(wanted, sizes, strict=True):
            path = os.path.join(folder, entry.path.replace("/", os.sep))
            is_link = entry.mode == LINK and git.has_links
            if is_link:
                self.links[path] = held[entry.id]
            else:
                self.blobs[path] = Blob(objects, entry.id, entry.path, size)
            self.enter(path, stat.S_IFLNK if is_link else stat.S_IFREG)
        self.kept.add(os.path.join(folder, ".git"))
        return objects

    def keep(self, path: str) -> None:
        """Puts in what the disk holds at a path, unless something is there, or it has gone meanwhile."""
        if self.lexists(path):
            return
        with suppress(OSError):
            self.enter(path, files.state_of(path, follow=False).st_mode)
            self.kept.add(path)

    def keep_unlisted(self, paths: Iterable[str]) -> None:
        """Lets files of the disk be read, unless something is there; no folder lists them."""
        self.kept.update(real for path in paths if not self.lexists(path) and self.is_own(real := self.real_path(path)))

    def make(self, folder: str) -> None:
        """Makes a folder, and all above it, that are not there yet."""
        while folder not in self.folders:
            self.folders[folder] = {}
            if folder == self.top:
                return
            self.enter(folder, stat.S_IFDIR)
            folder = os.path.dirname(folder)

    def enter(self, path: str, mode: int) -> None:
        """Lists what is at a path in its folder, which may still be to be made."""
        above, name = os.path.split(path)
        self.make(above)
        self.folders[above][name] = mode

    # What is asked

    def is_own(self, real: str) -> bool:
        """Whether the revision says what is at a real path, and not the disk."""
        if real in self.blobs or real in self.folders:
            return True
        if not is_within(real, self.top):
            return False
        while real != self.top:
            if real in self.kept:
                return False
            real = os.path.dirname(real)
        return True

    def status(self, path: str, *, follow: bool = True) -> Status:
        """What is at a path; raises OSError."""
        real = self.real_path(path) if follow else self.place(path)
        if not self.is_own(real):
            return super().status(real, follow=follow)
        if real in self.folders:
            return Status(stat.S_IFDIR)
        if real in self.blobs:
            return Status(stat.S_IFREG, self.blobs[real].size)
        if real not in self.links:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if follow:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return Status(stat.S_IFLNK)

    @property
    def is_plain(self) -> bool:
        """Whether everything is as the disk holds it: nobody knows that before all is compared."""
        return False

    def is_changed(self, path: str) -> bool:
        """Whether something else counts than what the disk holds at a path; of a folder, only whether it is there."""
        real = self.real_path(path)
        if real not in self.compared:
            self.compared[real] = self.is_own(real) and self.differs(real)
        return self.compared[real] or files.real_path(path) != real

    def differs(self, real: str) -> bool:
        """Whether the disk has something else at a real path of the revision."""
        if real in self.folders:
            return not os.path.isdir(real)
        if real not in self.blobs:
            return real in self.links or os.path.lexists(real)
        try:
            return files.read(real, MANIFEST, self.top) != self.read(real)
        except OSError:
            return True

    def is_changed_below(self, folder: str) -> bool:
        """Whether something else counts than what the disk holds in a folder or below it."""
        if self.is_changed(folder):
            return True
        for path, entries in self.tree(folder) if self.is_own(self.real_path(folder)) else ():
            if kinds(entries) != kinds(FileSystem().entries_or_none(path)):
                return True
            if any(self.is_changed(entry.path) for entry in entries):
                return True
        return False

    def state(self, path: str) -> State | None:
        """The state of what is at a path, links followed; None for a file of the revision."""
        return None if self.is_own(real := self.real_path(path)) else super().state(real)

    def version(self, path: str) -> State | str | None:
        """The same; an object may be what another revision has at the path."""
        return self.state(path)

    def real_path(self, path: str) -> str:
        """The real path, by the links of the revision."""
        path = os.path.abspath(path)
        for _ in range(LINKS):
            if path in self.blobs or path in self.folders:
                return path
            found = self.one_link_further(path) if is_within(path, self.top) else files.real_path(path)
            if found == path:
                return path
            path = found
        return path

    def one_link_further(self, path: str) -> str:
        """A path in the repository, with what the first link on the way leads to."""
        at, names = self.top, path[len(self.top) :].strip(os.sep).split(os.sep)
        for number, name in enumerate(names, 1):
            at = os.path.join(at, name)
            if at in self.links:
                return os.path.normpath(os.path.join(os.path.dirname(at), self.links[at], *names[number:]))
        return path if self.is_own(path) else files.real_path(path)

    def place(self, path: str) -> str:
        """The real path of the folder of a path, and its own name in it."""
        above, name = os.path.split(os.path.abspath(path))
        return os.path.join(self.real_path(above), name)

    def link(self, path: str) -> str:
        """What the link at a path holds; empty where there is none."""
        place = self.place(path)
        return self.links.get(place, "") if self.is_own(place) else super().link(place)

    def read(self, path: str, root: Root | None = None, limit: int = MANIFEST) -> bytes:
        """What a file holds that is in a root, or that is named on the command line; raises OSError."""
        real = self.real_path(path)
        if root is not None and not is_within(real, root):
            raise OutsideError
        if not self.is_own(real):
            return super().read(real, root, limit)
        self.status(real)
        if real in self.folders:
            raise NotRegularError
        blob = self.blobs[real]
        if blob.size > limit:
            raise TooLargeError(limit)
        content = blob.objects.read(blob.id, blob.path)
        if len(content) > limit:
            raise TooLargeError(limit)
        return content

    def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, by name; raises OSError."""
        real = self.real_path(folder)
        found: list[Entry]
        if self.is_own(real):
            if not stat.S_ISDIR(self.status(real).mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            found = [Listed(self, folder, name, mode) for name, mode in self.folders[real].items()]
        else:
            inner = super().entries(real)
            found = [Listed(self, folder, each.name, files.state_of(each.path, follow=False).st_mode) for each in inner]
        return sorted(found, key=attrgetter("name"))


def kinds(entries: Iterable[Entry]) -> list[tuple[str, bool]]:
    """What a folder holds apart from git's own, and which of that are links."""
    return [(entry.name, entry.is_symlink()) for entry in entries if entry.name != ".git"]
