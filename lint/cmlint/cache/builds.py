"""Texts that were built, each with all that its build has read."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cmlint.cache.file_state import Seen
from cmlint.cache.folder import Folder

LARGEST = 64 * 1024 * 1024
"""How much is kept of what is built in one run."""


class Build(msgspec.Struct, array_like=True):
    """A text, the folder that it was built in, and what its build looked at."""

    seen: Seen
    folder: str
    text: str


class BuildsCache:
    """What was built of the sources of one run; `now` is when that began, in nanoseconds.

    A text that holds a Secret is not kept at all, and no text whose build has looked at what may change unseen. A run
    that is not `complete` does not build everything, and what it leaves out is kept.
    """

    complete = True

    def __init__(self, folder: Folder, name: str, key: str, now: int, listing: Callable[[str], str | None]) -> None:
        self.folder, self.name, self.key, self.now, self.listing = folder, name, key, now, listing
        self.builds = self.load()
        self.used: dict[str, msgspec.Raw] = {}

    def load(self) -> dict[str, msgspec.Raw]:
        """What was kept under this key; nothing where it is damaged or was kept under another one."""
        key, builds = self.folder.get(self.name, tuple[str, dict[str, msgspec.Raw]]) or ("", {})
        return builds if key == self.key else {}

    def get(self, name: str) -> Build | None:
        """A build of which nothing has changed since."""
        raw = self.used.get(name) or self.builds.get(name)
        if raw is None:
            return None
        try:
            build = msgspec.msgpack.decode(raw, type=Build)
        except Exception:  # whatever is wrong with it, it counts as absent
            self.folder.complain(self.name, "damaged")
            return None
        if not build.seen.is_unchanged(self.listing):
            return None
        self.used[name] = raw
        return build

    def put(self, name: str, build: Build) -> None:
        """Keeps a build, unless what it has looked at may change unseen."""
        if build.seen.shows_changes(self.now) and name not in self.used:
            self.used[name] = msgspec.Raw(msgspec.msgpack.encode(build))

    def save(self) -> None:
        """Writes down what is new, and forgets what is not built any more."""
        if not self.complete:
            self.used = {**self.builds, **self.used}
        if self.used.keys() != self.builds.keys() or any(
            self.used[name] is not raw for name, raw in self.builds.items()
        ):
            self.folder.put(self.name, (self.key, self.used), LARGEST)
