"""A file system that notes what is looked at, for those who do not note it themselves."""

from __future__ import annotations

from collections.abc import Mapping

from cmlint.cache.file_state import Seen
from cmlint.system.files import MANIFEST, Root
from cmlint.system.filesystem import Entry, FileSystem, State, Status


class NotingFileSystem(FileSystem):
    """Another file system, with a note of every file and folder that is looked at through it."""

    def __init__(self, disk: FileSystem, seen: Seen) -> None:
        super().__init__()
        self.disk, self.seen, self.pipes = disk, seen, disk.pipes

    def with_texts(self, texts: Mapping[str, str]) -> FileSystem:
        """The same with other texts on top, by their real paths."""
        return NotingFileSystem(self.disk.with_texts(texts), self.seen)

    def status(self, path: str, *, follow: bool = True) -> Status:
        """What is at a path; raises OSError."""
        self.seen.note(path)
        return self.disk.status(path, follow=follow)

    @property
    def is_plain(self) -> bool:
        """Whether everything is as the disk holds it."""
        return self.disk.is_plain

    def is_changed(self, path: str) -> bool:
        """Whether something else counts than what the disk holds at a path."""
        return self.disk.is_changed(path)

    def is_changed_below(self, folder: str) -> bool:
        """Whether something else counts than what the disk holds in a folder or below it."""
        return self.disk.is_changed_below(folder)

    def state(self, path: str) -> State | None:
        """The state of what is at a path, links followed; None where nothing can be read, and for a text."""
        self.seen.note(path)
        return self.disk.state(path)

    def version(self, path: str) -> State | str | None:
        """What tells one content of a file from another."""
        self.seen.note(path)
        return self.disk.version(path)

    def real_path(self, path: str) -> str:
        """The real path; of a path that no file can have, the path itself."""
        return self.disk.real_path(path)

    def link(self, path: str) -> str:
        """What the link at a path holds; empty where there is none."""
        self.seen.note(path)
        return self.disk.link(path)

    def read(self, path: str, root: Root | None = None, limit: int = MANIFEST) -> bytes:
        """What a file holds that is in a root, or that is named on the command line; raises OSError."""
        self.seen.note(path)
        return self.disk.read(path, root, limit)

    def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, by name; raises OSError."""
        self.seen.list(folder)
        return self.disk.entries(folder)
