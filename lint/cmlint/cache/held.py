"""What is kept in memory of files between the runs of one process: for a file that has not changed, the same again."""

from __future__ import annotations

from typing import Generic, TypeVar

from cmlint.system.filesystem import FileSystem, State

T = TypeVar("T")


class Held(Generic[T]):
    """Something for each file, read in a certain way, with the text or the state of the file that it was made of."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[State | str | None, T]] = {}

    def get(self, path: str, mode: str, disk: FileSystem) -> T | None:
        """What is kept of a file as it is now."""
        version, found = self.known.get((path, mode), (None, None))
        return found if version is not None and version == disk.version(path) else None

    def put(self, path: str, mode: str, version: State | str | None, found: T) -> None:
        """Keeps what was made of a file in this version; None is one that cannot be told from another."""
        if version is not None:
            self.known[path, mode] = version, found
