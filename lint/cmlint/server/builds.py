"""What kustomize has built in this session, held in memory: of a build that has seen no change, the same again."""

from __future__ import annotations

import time
from typing import Any, TypeVar

from cmlint.cache.builds import BuildsCache
from cmlint.cache.folder import Folder
from cmlint.sources import files

T = TypeVar("T")

NAME = "builds"


class Shelf(Folder):
    """The cache's folder, in memory: what is put there ends with the process."""

    def __init__(self) -> None:
        super().__init__("")
        self.values: dict[str, Any] = {}

    def get(self, name: str, kind: type[T]) -> T | None:
        """The value of a name."""
        value: T | None = self.values.get(name)
        return value

    def put(self, name: str, value: object, largest: int = 0) -> None:
        """Keeps a value."""
        self.values[name] = value


class Builds:
    """The builds of one folder."""

    def __init__(self) -> None:
        self.shelf = Shelf()

    def begin(self) -> BuildsCache:
        """What was built before, for a run that begins now."""
        return BuildsCache(self.shelf, NAME, "", time.time_ns(), files.listing)
