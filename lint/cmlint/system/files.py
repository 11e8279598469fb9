"""Opens every file that cmlint reads.

`read` opens regular files only and reads no more than a limit. Where a root is given, the file must be in it: a link
that leads out is refused before anything is opened. `read_named` opens a path that the user has named on the command
line, which may be a pipe such as `/dev/stdin` or `/dev/fd/63`.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable

MB = 1024 * 1024

MANIFEST = 200 * MB
SCRIPT = MB
VALUES = 16 * MB
CONFIGURATION = 4 * MB
IGNORES = MB
BASELINE = 256 * MB
SNAPSHOT = 512 * MB
CREDENTIALS = 16 * MB
"""The most bytes that are read of one file of each kind. A file of values includes all that describes a chart; a
manifest includes kustomizations, their patches and templates; credentials are a kubeconfig and what is beside it."""

CHUNK = MB
"""How many bytes are read at once where the size is not known before."""

FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
WAIT_NOT = getattr(os, "O_NONBLOCK", 0)
FOLLOW_NOT = getattr(os, "O_NOFOLLOW", 0)

Root = str | tuple[str, ...]
"""One folder or several, by their real paths."""


class NotRegularError(OSError):
    """A folder, a pipe, a socket or a device where a file is expected."""

    def __init__(self) -> None:
        super().__init__(errno.EINVAL, "not a regular file")


class TooLargeError(OSError):
    """A file that is larger than the limit for its kind, which is given in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, f"larger than {limit // MB} MB")


class OutsideError(OSError):
    """A link that leads out of the folder that may be read."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "a link that leads out of the repository")


def read(path: str, limit: int, root: Root | None = None) -> bytes:
    """The content of a regular file; raises OSError, also for a file that is larger than `limit` bytes.

    Where a `root` is given, the real path of the file must be in it.
    """
    found = state_of(path, follow=root is None)
    if root is not None and stat.S_ISLNK(found.st_mode):
        path = real_path(path)
        if not is_within(path, root):
            raise OutsideError
        found = state_of(path)
    # A device is never opened: for some of them, that alone has an effect.
    require_regular(found)
    number = os.open(path, FLAGS | WAIT_NOT | (0 if root is None else FOLLOW_NOT))
    try:
        found = os.fstat(number)
        require_regular(found)
        if root is not None and not is_within(place_of(number, path, found), root):
            raise OutsideError
        if found.st_size > limit:
            raise TooLargeError(limit)
        return content(number, found.st_size, limit)
    finally:
        os.close(number)


def read_named(path: str, limit: int) -> bytes:
    """The content of a path that the user has named, whatever it leads to; a pipe is read to its end.

    Raises OSError, also where there are more than `limit` bytes.
    """
    number = os.open(path, FLAGS)
    try:
        found = os.fstat(number)
        return content(number, found.st_size if stat.S_ISREG(found.st_mode) else 0, limit)
    finally:
        os.close(number)


def read_input(limit: int) -> bytes:
    """The content of standard input; raises OSError, also where there are more than `limit` bytes."""
    return content(sys.stdin.fileno(), 0, limit)


def content(number: int, size: int, limit: int) -> bytes:
    """What is left to read of an open file; raises OSError.

    `size` is that of a regular file as the system gives it, else 0.
    """
    parts: list[bytes] = []
    left = limit + 1
    wish = min(size, limit) + 1
    while part := os.read(number, min(wish, left)):
        parts.append(part)
        left -= len(part)
        if not left:
            raise TooLargeError(limit)
        if len(part) == size and wish > size:
            break  # one byte more was asked for, and there is none
        wish = CHUNK
    return parts[0] if len(parts) == 1 else b"".join(parts)


def state_of(path: str, *, follow: bool = True) -> os.stat_result:
    """The state of what is at a path; raises OSError, also for a path that no file can have."""
    try:
        return os.stat(path, follow_symlinks=follow)
    except ValueError:
        raise OSError(errno.EINVAL, "no file can have this name") from None


def require_regular(found: os.stat_result) -> None:
    """Raises NotRegularError for what is not a regular file."""
    if not stat.S_ISREG(found.st_mode):
        raise NotRegularError


def place_of(number: int, path: str, found: os.stat_result) -> str:
    """The real path of an open file; raises OutsideError where it cannot be known any more."""
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        real = real_path(path)
        if not os.path.samestat(os.lstat(real), found):
            raise OutsideError from None
        return real


def real_path(path: str) -> str:
    """The real path; of a path that no file can have, the path itself."""
    try:
        return os.path.realpath(path)
    except ValueError:
        return path


def is_within(path: str, root: Root) -> bool:
    """Whether a real path is a folder, or is below it; of several folders, one of them."""
    if isinstance(root, tuple):
        return any(is_within(path, folder) for folder in root)
    return path == root or path.startswith(root if root.endswith(os.sep) else root + os.sep)


def shown(path: str, here: str = "") -> str:
    """A path as it is shown, with `/`: relative to the folder `here` if it is below.

    Without a folder, that is the working directory.
    """
    name = os.path.normpath(path)
    if os.path.isabs(path) and not (below := os.path.relpath(path, here or None)).startswith(".."):
        name = below
    return name.replace(os.sep, "/")


def root_of(top: str, real: Callable[[str], str] = real_path, exists: Callable[[str], bool] = os.path.exists) -> str:
    """What may be read around a folder: the repository, else the working directory, else the folder itself."""
    top = folder = real(top)
    while not exists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            here = real(os.curdir)
            return here if is_within(top, here) else top
    return folder


def leads_out(path: str) -> bool:
    """Whether a path is in a repository by its name, and elsewhere behind its links.

    The working directory counts as a repository where there is none around the path.
    """
    named = folder = os.path.abspath(path)
    tops: list[str] = []
    while (above := os.path.dirname(folder)) != folder:
        folder = above
        if os.path.exists(os.path.join(folder, ".git")):
            tops.append(folder)
    here = os.path.abspath(os.curdir)
    real = real_path(named)
    tops = tops or [here] * is_within(named, here)
    return any(not is_within(real, real_path(top)) for top in tops)


def has_folder() -> bool:
    """Whether the working directory still exists."""
    try:
        return bool(os.getcwd())
    except OSError:
        return False


def reason(error: OSError) -> str:
    """Why something cannot be read, in a few words that fit into a sentence."""
    said = error.strerror or str(error)
    return said[:1].lower() + said[1:]
