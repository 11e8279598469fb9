"""The folder in which all of it lies: readable by nobody else, written at once, and never larger than it may be.

Whatever in it is not as it was written is as good as absent: a cache may be lost, but must not be believed.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator

SUFFIXES = (".facts", ".builds", ".run")
DRAFT = ".tmp"
FILES, BYTES, DAYS = 200, 256 * 1024 * 1024, 30
"""How many files are kept, how much they may hold together, and how long one that is never read."""

TAG = "CACHEDIR.TAG"
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by cmlint. `cmlint cache clear` empties it.\n"
"""What tells backups to leave a folder out (https://bford.info/cachedir/)."""

DAY = 86_400
HOUR = 3_600


def default_path() -> str:
    """Where the platform keeps caches, as platformdirs says; on Linux its rule costs less than importing it."""
    if sys.platform == "linux":
        base = os.environ.get("XDG_CACHE_HOME", "")
        return os.path.join(base if base.strip() else os.path.expanduser("~/.cache"), "cmlint")
    import platformdirs

    return platformdirs.user_cache_dir("cmlint", appauthor=False)


class Folder:
    """A folder of files by name; `complaints` says why something in it was not used."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.complaints: list[str] = []

    def read(self, name: str) -> bytes | None:
        """What a file holds, or None where there is none of ours."""
        path = os.path.join(self.path, name)
        if not self.is_ours():
            return None
        try:
            number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except FileNotFoundError:
            return None
        except OSError as error:
            self.complain(path, (error.strerror or str(error)).lower())
            return None
        with open(number, "rb", buffering=0) as file:
            found = os.fstat(number)
            if not stat.S_ISREG(found.st_mode) or is_open_to_others(found):
                self.complain(path, "others may have written it")
                return None
            return file.read()

    def write(self, name: str, raw: bytes) -> None:
        """Puts a file in the place of another at once; where that fails, nothing is kept."""
        path = os.path.join(self.path, name)
        draft = f"{path}.{os.getpid()}{DRAFT}"
        try:
            self.make()
            if not self.is_ours():
                return
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            try:
                with open(number, "wb", buffering=0) as file:
                    rest = memoryview(raw)
                    while rest:
                        rest = rest[file.write(rest) or 0 :]
                os.replace(draft, path)
            except BaseException:
                os.remove(draft)
                raise
            self.sweep()
        except OSError as error:
            self.complain(path, (error.strerror or str(error)).lower())

    def keep(self, name: str) -> None:
        """Notes that a file is still of use."""
        try:
            os.utime(os.path.join(self.path, name))
        except OSError as error:
            self.complain(name, (error.strerror or str(error)).lower())

    def clear(self) -> int:
        """Removes all files, and says how many."""
        count = 0
        for entry in self.entries() if self.is_ours() else ():
            os.remove(entry.path)
            count += 1
        return count

    def complain(self, path: str, reason: str) -> None:
        """Remembers why something was not used."""
        self.complaints.append(f"{path}: {reason}")

    def is_ours(self) -> bool:
        """Whether the folder is there, no link, and nobody else can put anything into it."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return False
        except OSError as error:
            self.complain(self.path, (error.strerror or str(error)).lower())
            return False
        if stat.S_ISDIR(found.st_mode) and not is_open_to_others(found):
            return True
        self.complain(self.path, "not a folder into which nobody else can write")
        return False

    def make(self) -> None:
        """Makes the folder, for nobody else to read, and neither to be backed up nor to be committed."""
        if os.path.lexists(self.path):
            return
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        for name, raw in ((TAG, SIGNATURE), (".gitignore", b"*\n")):
            with open(os.path.join(self.path, name), "wb") as file:
                file.write(raw)

    def entries(self) -> Iterator[os.DirEntry[str]]:
        """The files that are ours by their names, drafts of runs that were ended included."""
        yield from (entry for entry in os.scandir(self.path) if entry.name.endswith((*SUFFIXES, DRAFT)))

    def sweep(self) -> None:
        """Removes what has not been read for long, and the oldest of what is too much."""
        now = time.time()
        found = [(entry.stat(follow_symlinks=False), entry.path) for entry in self.entries()]
        size = 0
        for number, (state, path) in enumerate(sorted(found, key=lambda item: item[0].st_mtime, reverse=True)):
            draft = path.endswith(DRAFT)
            size += state.st_size
            age = now - state.st_mtime
            if age > (HOUR if draft else DAYS * DAY) or (not draft and (number >= FILES or size > BYTES)):
                os.remove(path)


def is_open_to_others(found: os.stat_result) -> bool:
    """Whether a file or folder is another user's, or can be written by one."""
    return hasattr(os, "getuid") and (found.st_uid != os.getuid() or bool(found.st_mode & 0o022))
