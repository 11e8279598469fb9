"""What the file system says of files and folders: enough to see without reading them whether they have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import msgspec

from cmlint.system.filesystem import FileSystem, State, leads_to_folder, state_of

TICK = 100_000_000
COARSE_TICK = 2_000_000_000
"""Within how many nanoseconds two changes may get one time; some file systems count nothing but seconds."""

SECOND = 1_000_000_000


def shows_changes(state: State | None, now: int) -> bool:
    """Whether every change from `now` on will show; one in the same tick as the last would not.

    What a file's own time says does not matter where the system keeps another one, which nobody can set.
    """
    if state is None:
        return True
    last = state[3] if os.name == "posix" else state[2]
    return last + (TICK if last % SECOND else COARSE_TICK) < now


class Seen(msgspec.Struct):
    """All that a run has looked at, and what it saw there.

    `files` are the states of files, None where there is none. `walked` says what of a folder matters to a walk,
    `listed` all that is in one. It is not `complete` when something was looked at that no state can be had of, such as
    an address on the net. Relative paths start `here`; without a folder, in the working directory.
    """

    files: dict[str, State | None] = {}
    walked: dict[str, str | None] = {}
    listed: dict[str, str | None] = {}
    complete: bool = True
    here: str = ""

    def note(self, path: str) -> None:
        """Notes the state of a file; the first look counts."""
        if path not in self.files:
            self.files[path] = state_of(self.at(path))

    def list(self, folder: str) -> None:
        """Notes all names in a folder."""
        self.listed[folder] = names_in(self.at(folder))

    def note_all(self, top: str) -> None:
        """Notes everything in a folder and below it."""
        for folder, entries in FileSystem(here=self.here).tree(top):
            self.list(folder)
            for entry in entries:
                if not leads_to_folder(entry):
                    self.note(entry.path)
                elif entry.is_symlink():
                    self.complete = False

    def shows_changes(self, now: int) -> bool:
        """Whether every change from `now` on will show."""
        return self.complete and all(shows_changes(state, now) for state in self.files.values())

    def is_unchanged(self, listing: Callable[[str], str | None]) -> bool:
        """Whether all is as it was; `listing` says what of a folder matters to a walk."""
        return (
            all(state_of(self.at(path)) == state for path, state in self.files.items())
            and all(listing(self.at(folder)) == names for folder, names in self.walked.items())
            and all(names_in(self.at(folder)) == names for folder, names in self.listed.items())
        )

    def at(self, path: str) -> str:
        """A path as the system takes it."""
        return os.path.join(self.here, path)


def names_in(folder: str) -> str | None:
    """All names in a folder, as one text; None for one that cannot be read."""
    try:
        return joined(os.listdir(folder))
    except OSError:
        return None


def joined(names: Iterable[str]) -> str:
    """Names as one text, in order."""
    return "\0".join(sorted(names))
