"""Puts a file in the place of another so that an interruption at any moment leaves the old one or the new one."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from types import TracebackType

from cmlint.system.folders import PRIVATE, identity, is_marked, is_private, locked, new_name

DRAFTS = ".cmlint-"
"""How the folders begin in which files are made ready."""

NAME = re.compile(r"\.cmlint-[0-9]+-[0-9a-f]{16}")

UNSEEN = ".git"
"""A folder of this name is never committed, wherever it is, and never linted."""

DRAFT, MARKER = f"{UNSEEN}/draft", f"{UNSEEN}/cmlint"
"""What a folder of drafts holds: the new file, and what tells the folder from one that looks like it."""

KERNEL = frozenset({"security.evm", "security.ima"})
"""Extended attributes that the kernel computes for each file."""

COPY_ACL_AND_ATTRIBUTES = 0b101
"""COPYFILE_ACL and COPYFILE_XATTR of macOS."""


def replace(path: str, raw: bytes) -> None:
    """Writes a file, in the place of an older one with its owner, permissions and attributes; raises OSError."""
    with Target(path) as target:
        target.replace(raw)


class Target:
    """A file to be replaced, in a folder that stays open: no link that is put into its path later leads elsewhere.

    Its new text is made ready in a folder beside it, whose content git and cmlint do not look at. Everything may raise
    OSError.
    """

    def __init__(self, path: str) -> None:
        real = os.path.realpath(path)
        self.folder, self.name = os.path.split(real)
        self.opened = None if sys.platform == "win32" else open_folder(self.folder)

    def __enter__(self) -> Target:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.opened is not None:
            os.close(self.opened)

    def path(self, *names: str) -> str:
        """A path in the folder, for functions that are given `opened` as well."""
        return os.path.join("" if self.opened is not None else self.folder, *names)

    def read(self) -> tuple[bytes, os.stat_result]:
        """The old content, and the status of the old file."""
        with open(self.open_old(os.O_RDONLY), "rb") as file:
            return file.read(), os.fstat(file.fileno())

    def is_writable(self) -> bool:
        """Whether the old file may be written."""
        return os.access(self.path(self.name), os.W_OK, dir_fd=self.opened)

    def open_old(self, how: int) -> int:
        """Opens the old file."""
        if sys.platform == "win32":
            return os.open(self.path(self.name), how | os.O_BINARY)
        opened = os.open(self.path(self.name), how | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.opened)
        if stat.S_ISREG(os.fstat(opened).st_mode):
            return opened
        os.close(opened)
        raise OSError(errno.EINVAL, "is a directory or another special file", self.name)

    def replace(self, raw: bytes) -> None:
        """Puts a new file in the place of the old one, if there is one."""
        drafts = new_name(DRAFTS)
        draft = self.path(drafts, DRAFT)
        lock = None
        try:
            os.mkdir(self.path(drafts), PRIVATE, dir_fd=self.opened)
            lock = locked(self.path(drafts), self.opened)
            os.mkdir(self.path(drafts, UNSEEN), PRIVATE, dir_fd=self.opened)
            self.write(self.path(drafts, MARKER), identity(os.stat(self.path(drafts), dir_fd=self.opened)).encode())
            self.write(draft, raw, like_old=True)
            os.replace(draft, self.path(self.name), src_dir_fd=self.opened, dst_dir_fd=self.opened)
            if self.opened is not None:
                os.fsync(self.opened)  # So that the change of names outlives a power failure.
        finally:
            self.remove(drafts)
            if lock is not None:
                os.close(lock)

    def write(self, path: str, raw: bytes, *, like_old: bool = False) -> None:
        """Writes a new file, which has the rights of the old one where there is one and this is wanted."""
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(path, how, 0o666, dir_fd=self.opened), "wb") as file:
            file.write(raw)
            file.flush()
            if like_old:
                self.keep_rights(path, file.fileno())
            os.fsync(file.fileno())

    def keep_rights(self, path: str, new: int) -> None:
        """Gives a new file, at a path and open, the owner, the attributes and the permissions of the old one."""
        try:
            old = self.open_old(os.O_RDONLY)
        except FileNotFoundError:
            return
        except PermissionError:
            old = self.open_old(os.O_WRONLY)
        try:
            status, own = os.fstat(old), os.fstat(new)
            if sys.platform == "win32":
                os.chmod(path, stat.S_IMODE(status.st_mode))
                return
            if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
                os.fchown(new, status.st_uid, status.st_gid)
            keep_attributes(old, new)
            os.fchmod(new, stat.S_IMODE(status.st_mode))
        finally:
            os.close(old)

    def remove(self, drafts: str) -> None:
        """Removes a folder of drafts; a signal that interrupts this is raised again when it is done."""
        try:
            self.remove_drafts(drafts)
        except BaseException:
            self.remove_drafts(drafts)
            raise

    def remove_drafts(self, drafts: str) -> None:
        """Removes a folder of drafts, and of its content only what a folder of drafts can hold."""
        for name in (DRAFT, MARKER):
            with suppress(OSError):
                os.unlink(self.path(drafts, name), dir_fd=self.opened)
        for path in (self.path(drafts, UNSEEN), self.path(drafts)):
            with suppress(OSError):
                os.rmdir(path, dir_fd=self.opened)


def open_folder(path: str) -> int:
    """Opens a folder that is not a link."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0))


def keep_attributes(old: int, new: int) -> None:
    """Gives an open file the access control list and the extended attributes of another; raises OSError."""
    if sys.platform == "darwin":
        import ctypes

        if ctypes.CDLL(None, use_errno=True).fcopyfile(old, new, None, COPY_ACL_AND_ATTRIBUTES) < 0:
            raise OSError(ctypes.get_errno(), "its access control list or extended attributes cannot be kept")
    elif sys.platform == "linux":
        kept, given = attributes(old), attributes(new)
        for name in given.keys() - kept.keys():
            if name.startswith("system."):  # An access control list that the folder gives to new files.
                os.removexattr(new, name)
        for name, value in kept.items():
            if given.get(name) != value:
                try:
                    os.setxattr(new, name, value)
                except OSError as error:
                    raise OSError(error.errno, f"its extended attribute `{name}` cannot be kept") from None


def attributes(file: int) -> dict[str, bytes]:
    """The extended attributes of an open file, access control lists among them, that are not computed."""
    if sys.platform != "linux":
        return {}
    try:
        names = os.listxattr(file)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return {}
        raise
    return {name: os.getxattr(file, name) for name in names if name not in KERNEL}


def sweep(folder: str) -> None:
    """Removes the drafts that killed processes of this user have left in a folder."""
    with suppress(OSError), Target(os.path.join(folder, "any")) as target:
        if target.opened is None:
            return
        for name in filter(NAME.fullmatch, os.listdir(target.opened)):
            lock = locked(name, target.opened)
            if lock is None:
                continue
            try:
                if is_private(os.fstat(lock)) and is_marked(lock, MARKER):
                    target.remove_drafts(name)
            finally:
                os.close(lock)
