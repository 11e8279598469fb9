"""Temporary folders that only the user can read, and that are removed however a run ends.

A folder that a killed process leaves behind is removed by the next run that needs one. Such a folder is recognized by
its name, its owner, its permissions and a marker in it, and it is locked as long as its process lives.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex

from cmlint.errors import FatalError

PRIVATE = 0o700
MARKER = ".cmlint-folder"
NAME = re.compile(r"cmlint-([0-9]+)-[0-9a-f]{16}")


@contextmanager
def temporary() -> Iterator[str]:
    """A new temporary folder, by its real path. It is removed at the end; raises FatalError where it cannot be made."""
    owner, lock, folder = os.getpid(), None, ""
    try:
        try:
            above = os.path.realpath(tempfile.gettempdir())
            sweep(above)
            folder = os.path.join(above, new_name("cmlint-"))
            os.mkdir(folder, PRIVATE)
            lock = locked(folder)
            with open(os.path.join(folder, MARKER), "x", encoding="ascii") as file:
                file.write(identity(os.lstat(folder)))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FatalError(f"no temporary folder can be made: {reason}", "set TMPDIR to a writable folder") from None
        yield folder
    finally:
        if folder and os.getpid() == owner:  # A copy of this process must not remove what this process still uses.
            remove(folder)
        if lock is not None:
            os.close(lock)


def new_name(prefix: str) -> str:
    """A name that nobody can guess, and that tells the process that uses it."""
    return f"{prefix}{os.getpid()}-{token_hex(8)}"


def remove(folder: str) -> None:
    """Removes a folder and everything in it; a signal that interrupts this is raised again when it is done."""
    try:
        remove_tree(folder)
    except BaseException:
        remove_tree(folder)
        raise


def remove_tree(folder: str) -> None:
    """Removes as much of a folder as possible; programs may have left folders in it that cannot be written."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.lexists(folder):
        for path, _, _ in os.walk(folder):
            with suppress(OSError):
                os.chmod(path, PRIVATE)
        shutil.rmtree(folder, ignore_errors=True)


def sweep(above: str) -> None:
    """Removes the temporary folders of this user whose process is gone."""
    if sys.platform == "win32":
        return
    with suppress(OSError), os.scandir(above) as entries:
        for entry in entries:
            found = NAME.fullmatch(entry.name)
            if found and is_left(entry.path, int(found[1])):
                remove_tree(entry.path)


def is_left(folder: str, process: int) -> bool:
    """Whether a folder is a temporary one that a process of this user has made and left behind."""
    lock = locked(folder)
    if lock is None:
        return False
    try:
        if is_private(os.fstat(lock)) and is_marked(lock, MARKER):
            return True
        # A process that is killed before it writes the marker leaves an empty folder.
        return is_private(os.fstat(lock)) and not os.listdir(lock) and not is_running(process)
    finally:
        os.close(lock)


def is_running(process: int) -> bool:
    """Whether a process of this number exists; a number that no process can have counts as one that exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def is_private(status: os.stat_result) -> bool:
    """Whether a folder belongs to this user and is open to nobody else."""
    return sys.platform != "win32" and stat.S_IMODE(status.st_mode) == PRIVATE and status.st_uid == os.geteuid()


def identity(status: os.stat_result) -> str:
    """What a marker says of its folder: what no file can know that is copied, unpacked or checked out."""
    return f"{status.st_dev} {status.st_ino}\n"


def is_marked(folder: int, marker: str) -> bool:
    """Whether the marker in an open folder was written for this very folder."""
    text = identity(os.fstat(folder))
    try:
        opened = os.open(marker, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(opened).st_mode) and os.read(opened, len(text) + 1) == text.encode()
    except OSError:
        return False
    finally:
        os.close(opened)


def locked(folder: str, above: int | None = None) -> int | None:
    """A folder, opened and locked until it is closed or the process ends; None where that is not possible.

    A relative path begins at the open folder `above`. The lock also tells of a process that this system does not list,
    as in a container that shares the folder.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    opened = None
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if opened is not None:
            os.close(opened)
        return None
    return opened
