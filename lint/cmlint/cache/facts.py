"""The facts of texts, by what they hold: a text that was read once is not parsed again, whatever it is called.

A file that has not changed, by its size, times and inode, is not even read. One that was changed so shortly before a
run that another change may have gone unnoticed is read and compared by its hash. The hashes are keyed, because the text
may be that of a Secret.
"""

from __future__ import annotations

import msgspec

from cmlint.cache.file_state import shows_changes
from cmlint.cache.folder import Folder
from cmlint.system.filesystem import State

RUNS = 8
"""In how many runs facts may go unused before they are forgotten; a branch that is left is often come back to."""

LARGEST = 64 * 1024 * 1024
"""How much is kept of the texts of one run; more is in memory twice while it is written."""


class Kept(msgspec.Struct, array_like=True):
    """Encoded facts, and in how many runs they have not been used."""

    facts: msgspec.Raw
    idle: int = 0


class Store(msgspec.Struct, array_like=True):
    """All that is kept: `key` says by whom and for what, `texts` what was in each file, `facts` what is known of it."""

    key: str
    texts: dict[str, tuple[State, bytes]]
    facts: dict[bytes, Kept]


class FactsCache:
    """What is known of the texts of one run; `now` is when that began, in nanoseconds."""

    def __init__(self, folder: Folder, name: str, key: str, now: int) -> None:
        self.folder, self.name, self.now = folder, name, now
        self.store = self.load(key)
        self.used: set[bytes] = set()
        self.paths: set[str] = set()
        self.changed = False

    def load(self, key: str) -> Store:
        """What was kept under this key; nothing where it is damaged or was kept under another one."""
        store = self.folder.get(self.name, Store)
        return store if store and store.key == key else Store(key, {}, {})

    def unread(self, path: str, mode: str, state: State | None) -> msgspec.Raw | None:
        """The facts of a file that is in the state in which it was read; None where it must be read."""
        self.paths.add(path)
        entry = self.store.texts.get(path)
        return self.of_text(entry[1], mode) if entry and entry[0] == state else None

    def of_text(self, digest: bytes, mode: str) -> msgspec.Raw | None:
        """The facts of a text by its hash, read in a certain way."""
        name = digest + mode.encode()
        kept = self.store.facts.get(name)
        if kept is None:
            return None
        self.used.add(name)
        return kept.facts

    def digest(self, content: bytes) -> bytes:
        """The hash of what a file holds, which means nothing without the folder's key."""
        return self.folder.digest(content)

    def forget(self, digest: bytes, mode: str) -> None:
        """Forgets facts that cannot be decoded."""
        self.folder.complain(self.name, "damaged")
        self.store.facts.pop(digest + mode.encode(), None)
        self.changed = True

    def note(self, path: str, state: State | None, digest: bytes) -> None:
        """Notes what is in a file; where that may change without a trace, it is forgotten."""
        if state is not None and shows_changes(state, self.now) and is_text(path):
            self.store.texts[path] = state, digest
            self.changed = True
        elif self.store.texts.pop(path, None):
            self.changed = True

    def put(self, digest: bytes, mode: str, facts: msgspec.Raw) -> None:
        """Keeps the facts of a text."""
        if len(memoryview(facts)) > LARGEST:
            return
        name = digest + mode.encode()
        self.store.facts[name] = Kept(facts)
        self.used.add(name)
        self.changed = True

    def save(self) -> None:
        """Writes down what is new, and forgets files that are not read any more and facts that are long unused."""
        if not self.changed:
            return
        facts = {
            name: Kept(kept.facts, 0 if name in self.used else kept.idle + 1) for name, kept in self.store.facts.items()
        }
        store = Store(
            self.store.key,
            {path: entry for path, entry in self.store.texts.items() if path in self.paths},
            {name: kept for name, kept in facts.items() if kept.idle <= RUNS},
        )
        if sum(len(memoryview(kept.facts)) for kept in store.facts.values()) <= LARGEST:
            self.folder.put(self.name, store, LARGEST)


def is_text(path: str) -> bool:
    """Whether a file's name is valid UTF-8, and so can be written down."""
    return path.isascii() or not any("\ud800" <= character <= "\udfff" for character in path)
