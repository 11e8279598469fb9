"""The folder that holds the cache: private to its user, marked as cmlint's, written at once, and bounded in size.

Each file carries a keyed hash of what it holds. A file that was damaged, or that another program put there, counts as
absent and is never decoded. The key is random and is in the folder's marker. A digest of a text that is kept in the
folder uses the same key, so that nobody can find a Secret's value by trying values.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import TypeVar

import msgspec

try:
    from _blake2 import blake2b  # the same function as in hashlib, which takes longer to import
except ImportError:
    from hashlib import blake2b

T = TypeVar("T")

FILES, BYTES, DAYS = 200, 256 * 1024 * 1024, 30
"""How many files are kept, how much they may hold together, and how long one that is never read."""

MARKER = "cmlint-cache"
"""The file that marks a folder as a cache of cmlint, and holds its key."""

TAG, IGNORE = "CACHEDIR.TAG", ".gitignore"
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55\n# Made by cmlint. `cmlint cache clear` empties it.\n"
"""What tells backups to leave a folder out (https://bford.info/cachedir/)."""

HEADER = b"cmlint-cache 1\n"
"""How the marker and every file in the folder begin; the number is the version of this form."""

KEY_SIZE = DIGEST_SIZE = 32
"""Bytes of the key, and of the hash that follows the header of a file."""

NAME = r"[0-9a-f]{16}\.(?:facts|builds|run)"
DRAFT = rf"(?:{NAME}|{MARKER}|CACHEDIR\.TAG|\.gitignore)\.[0-9]+\.tmp"
"""The names of files that are kept, and of files that are being written."""

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

    # what others use

    def get(self, name: str, kind: type[T]) -> T | None:
        """The value in a file, or None where no such file of cmlint's can be read."""
        raw = self.read(name)
        if raw is None:
            return None
        try:
            return msgspec.msgpack.decode(raw, type=kind)
        except Exception:  # whatever is wrong with a file, it counts as absent
            self.complain(name, "damaged")
            return None

    def put(self, name: str, value: object, largest: int = BYTES) -> None:
        """Keeps a value in a file, unless it takes more than `largest` bytes or holds a text that is not UTF-8."""
        try:
            raw = msgspec.msgpack.encode(value)
        except UnicodeEncodeError:
            return
        if len(raw) <= largest:
            self.write(name, raw)

    def digest(self, raw: bytes) -> bytes:
        """The keyed hash of a text, 16 bytes long; it means nothing without this folder's key."""
        return blake2b(raw, digest_size=16, key=self.key).digest()

    def name_of(self, key: str, suffix: str) -> str:
        """The file for what a key describes."""
        return self.digest(key.encode("utf-8", "surrogateescape")).hex()[:16] + suffix

    def keep(self, name: str) -> None:
        """Notes that a file is still of use."""
        try:
            os.utime(self.at(name))
        except FileNotFoundError:
            pass  # another process has emptied the folder
        except OSError as error:
            self.complain(name, reason(error))

    def clear(self) -> int:
        """Removes all files that cmlint wrote, and says how many."""
        if not self.is_private() or self.is_foreign():
            return 0
        try:
            return self.empty()
        except OSError as error:
            self.complain("", reason(error))
            return 0

    def complain(self, name: str, why: str) -> None:
        """Remembers why a file, or without a name the folder, was not used."""
        complaint = f"{self.at(name)}: {why}"
        if complaint not in self.complaints:
            self.complaints.append(complaint)

    # the folder

    @cached_property
    def key(self) -> bytes:
        """The folder's key; a new one where the folder has none yet."""
        return self.stored_key or os.urandom(KEY_SIZE)

    @cached_property
    def stored_key(self) -> bytes | None:
        """The key in the folder's marker, or None if the marker is missing or invalid."""
        return self.read_key() if self.is_private() else None

    def read_key(self) -> bytes | None:
        """The key that the marker holds now."""
        raw = self.read_file(MARKER, len(HEADER) + 2 * KEY_SIZE + 1)
        try:
            key = bytes.fromhex(raw[len(HEADER) :].decode("ascii")) if raw else b""
        except ValueError:
            return None
        return key if len(key) == KEY_SIZE and raw == marker_of(key) else None

    def is_private(self) -> bool:
        """Whether the folder exists, is not a link, and nobody else can write into it."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return False
        except OSError as error:
            self.complain("", reason(error))
            return False
        if stat.S_ISDIR(found.st_mode) and not is_open_to_others(found):
            return True
        self.complain("", "not a folder into which nobody else can write")
        return False

    def is_foreign(self) -> bool:
        """Whether the folder holds something and is not a cache of cmlint's.

        A folder with a damaged marker, and one of cmlint before 0.1 without a marker, is a cache when it has cmlint's
        tag and holds nothing else.
        """
        try:
            if stat.S_ISLNK(os.lstat(self.path).st_mode) or self.stored_key:
                return False
            entries = list(os.scandir(self.path))
        except OSError:
            return False
        own = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        names = {entry.name for entry in own}
        if len(own) == len(entries) and names <= {MARKER, TAG, IGNORE, *filter(is_draft, names)}:
            return False
        tagged = TAG in names and self.read_file(TAG, len(SIGNATURE) + 1) == SIGNATURE
        known = {MARKER, TAG, IGNORE, *filter(is_ours, names)}
        if tagged and len(own) == len(entries) and names <= known:
            return False
        self.complain("", "not empty, and not a cache folder of cmlint")
        return True

    def make(self) -> bool:
        """Makes the folder and marks it; False where it cannot be used with this key."""
        if not os.path.lexists(self.path):
            os.makedirs(self.path, mode=0o700, exist_ok=True)
        if not self.is_private():
            return False
        if self.stored_key is None:
            if self.is_foreign():
                return False
            self.empty()
            self.replace(MARKER, marker_of(self.key))
            for name, raw in ((TAG, SIGNATURE), (IGNORE, b"*\n")):
                if not os.path.lexists(self.at(name)):
                    self.replace(name, raw)
            self.__dict__["stored_key"] = self.key
        return self.read_key() == self.key

    def empty(self) -> int:
        """Removes the files that cmlint wrote, without a valid marker also those without a header; says how many."""
        marked = self.stored_key is not None
        found = [e for e in self.entries() if is_written_by_cmlint(e) or not (marked or is_draft(e.name))]
        return sum(map(remove, found))

    def entries(self) -> Iterator[os.DirEntry[str]]:
        """The files whose names are those of cmlint's files; files of runs that were killed included."""
        with os.scandir(self.path) as found:
            yield from (entry for entry in found if is_ours(entry.name) and entry.is_file(follow_symlinks=False))

    def sweep(self) -> None:
        """Removes what has not been read for long, and the oldest of what is too much."""
        now = time.time()
        found = [(state, entry) for entry in self.entries() if (state := state_of(entry))]
        size = 0
        for number, (state, entry) in enumerate(sorted(found, key=lambda item: item[0].st_mtime, reverse=True)):
            draft = is_draft(entry.name)
            size += state.st_size
            age = now - state.st_mtime
            old = age > (HOUR if draft else DAYS * DAY) or (not draft and (number >= FILES or size > BYTES))
            if old and is_written_by_cmlint(entry):
                remove(entry)

    # files

    def at(self, name: str) -> str:
        """The path of a file."""
        return os.path.join(self.path, name) if name else self.path

    def read(self, name: str) -> memoryview | None:
        """What a file holds behind its header, or None where there is no intact file of cmlint's."""
        if self.stored_key is None:
            self.is_foreign()
            return None
        raw = self.read_file(name, len(HEADER) + DIGEST_SIZE + BYTES)
        if raw is None:
            return None
        payload = memoryview(raw)[len(HEADER) + DIGEST_SIZE :]
        if raw[: len(HEADER) + DIGEST_SIZE] != HEADER + self.seal(name, payload):
            self.complain(name, "damaged")
            return None
        return payload

    def write(self, name: str, raw: bytes) -> None:
        """Puts a file in the place of another at once; where that fails, nothing is kept."""
        try:
            if self.make():
                self.replace(name, HEADER + self.seal(name, raw), raw)
                self.sweep()
        except FileNotFoundError:
            pass  # another process has emptied the folder
        except OSError as error:
            self.complain(name, reason(error))

    def seal(self, name: str, payload: bytes | memoryview) -> bytes:
        """The keyed hash of a file's name and of what it holds."""
        found = blake2b(name.encode(), digest_size=DIGEST_SIZE, key=self.key)
        found.update(payload)
        return found.digest()

    def replace(self, name: str, *parts: bytes) -> None:
        """Writes a new file, and then puts it in the place of the old one; raises OSError."""
        draft = self.at(f"{name}.{time.time_ns()}.tmp")
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        try:
            with open(number, "wb", buffering=0) as file:
                for part in parts:
                    rest = memoryview(part)
                    while rest:
                        rest = rest[file.write(rest) or 0 :]
            os.replace(draft, self.at(name))
        except BaseException:
            with suppress(FileNotFoundError):
                os.remove(draft)
            raise

    def read_file(self, name: str, limit: int) -> bytes | None:
        """A regular file that nobody else can write, of at most `limit` bytes; None where there is none."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            number = os.open(self.at(name), flags)
            with open(number, "rb", buffering=0) as file:
                found = os.fstat(number)
                if not stat.S_ISREG(found.st_mode) or is_open_to_others(found):
                    self.complain(name, "others may have written it")
                elif name == MARKER and hasattr(os, "getuid") and found.st_mode & 0o077:
                    self.complain(name, "others may have read it")
                elif found.st_size > limit:
                    self.complain(name, "damaged")
                else:
                    return file.read()
        except FileNotFoundError:
            pass
        except OSError as error:
            self.complain(name, reason(error))
        return None


def is_ours(name: str) -> bool:
    """Whether a name is one of cmlint's files."""
    return re.fullmatch(NAME, name) is not None or is_draft(name)


def is_draft(name: str) -> bool:
    """Whether a name is one of a file that is being written."""
    return re.fullmatch(DRAFT, name) is not None


def marker_of(key: bytes) -> bytes:
    """What the marker of a folder with a key holds."""
    return HEADER + key.hex().encode() + b"\n"


def state_of(entry: os.DirEntry[str]) -> os.stat_result | None:
    """The state of a file; None where another process has removed it."""
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def remove(entry: os.DirEntry[str]) -> bool:
    """Removes a file; False where another process was first."""
    try:
        os.remove(entry.path)
    except FileNotFoundError:
        return False
    return True


def is_written_by_cmlint(entry: os.DirEntry[str]) -> bool:
    """Whether a file begins with cmlint's header; a file of a run that was killed may end within it."""
    try:
        with open(entry.path, "rb", buffering=0) as file:
            begin = file.read(len(HEADER))
    except FileNotFoundError:
        return False
    return begin == HEADER or (is_draft(entry.name) and HEADER.startswith(begin))


def is_open_to_others(found: os.stat_result) -> bool:
    """Whether a file or folder is another user's, or can be written by one."""
    return hasattr(os, "getuid") and (found.st_uid != os.getuid() or bool(found.st_mode & 0o022))


def reason(error: OSError) -> str:
    """What the system says, in small letters."""
    return (error.strerror or str(error)).lower()
