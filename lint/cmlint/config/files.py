"""The files that hold settings: `.cmlint.yaml`, `[tool.cmlint]` of `pyproject.toml`, and the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cmlint.errors import FatalError
from cmlint.system import files
from cmlint.system.filesystem import FileSystem

if TYPE_CHECKING:
    from cmlint.config.settings import Whose

NAMES = (".cmlint.yaml", ".cmlint.yml")
PYPROJECT = "pyproject.toml"
TABLE = "[tool.cmlint"


class Source(NamedTuple):
    """A configuration file that has been read: how it is shown, its text, and the folder that its paths start from.

    `whose` says whose settings it may hold. A file that holds none of the user's names no file outside of `root`.
    `text_at` gives the files beside it where it was not read from the `disk`.
    """

    file: str
    text: str
    folder: str
    disk: FileSystem
    whose: tuple[Whose, ...]
    root: str = ""
    text_at: Callable[[str], str] | None = None


def candidates(folder: str) -> Iterator[str]:
    """Every path from an absolute folder upwards at which the repository's configuration may be."""
    below = ""
    while folder != below:
        yield from (os.path.join(folder, name) for name in (*NAMES, PYPROJECT))
        folder, below = os.path.dirname(folder), folder


def above(disk: FileSystem, start: str, warnings: list[str]) -> tuple[list[Source], list[str]]:
    """The configurations of a repository that count for a folder, the nearest first, and those that do not count.

    These are all between the folder and the top of the repository, one in a folder; where there is none, the nearest
    above it. Raises FatalError for one that cannot be read. A `pyproject.toml` need not hold a configuration, so one
    that must not be read is only noted in `warnings`.
    """
    top = disk.root_of(start)
    found: list[Source] = []
    unused: list[str] = []
    for path in filter(disk.lexists, candidates(disk.absolute(start))):
        folder = os.path.dirname(path)
        inside = files.is_within(disk.real_path(folder), top)
        if found and (found[-1].folder == folder or not inside):
            unused += [path] if os.path.basename(path) != PYPROJECT else []
        elif source := source_at(disk, path, warnings):
            found.append(source)
            top = top if inside else folder
    return found, unused


def source_at(disk: FileSystem, path: str, warnings: list[str]) -> Source | None:
    """The configuration of a repository at a path; None for a `pyproject.toml` that holds none, or must not be read.

    Raises FatalError.
    """
    folder, name = os.path.split(path)
    root = disk.root_of(folder)
    if name != PYPROJECT:
        return of_repository(disk, path, root)
    if not disk.is_file(path) or not files.is_within(disk.real_path(path), root):
        warnings.append(f"{shown(disk, path)}: not read: it is not a regular file of the repository")
        return None
    return of_repository(disk, path, root) if TABLE in text_of(disk, path, root) else None


def named(disk: FileSystem, path: str, tops: Collection[str]) -> Source:
    """The configuration that the command line names; raises FatalError for one that cannot be read.

    One that is below `tops`, in what is checked, is the repository's. So is one that is not a regular file, for
    nobody can tell who wrote it. Any other one may hold the user's settings as well.
    """
    if top := top_of(disk, path, tops):
        return of_repository(disk, path, top)
    if disk.is_file(path) or not disk.lexists(path):
        return source_of(disk, path, text_of(disk, path), whose=("repository", "user"))
    text = text_of(disk, path, regular=False)
    return Source(
        file=shown(disk, path),
        text=text,
        folder=disk.absolute(os.curdir),
        disk=disk,
        whose=("repository",),
        root=disk.root_of(os.curdir),
    )


def of_user(disk: FileSystem, path: str, tops: Collection[str]) -> Source | None:
    """The user's configuration, if there is one; raises FatalError for one that cannot be read.

    One that is in what is checked is not the user's, whatever the environment says about the user's folder.
    """
    if not disk.lexists(path):
        return None
    if top := top_of(disk, path, tops):
        return of_repository(disk, path, top)
    return source_of(disk, path, text_of(disk, path, help_="`--isolated` reads no configuration"), whose=("user",))


def of_repository(disk: FileSystem, path: str, root: str) -> Source:
    """A configuration file of a repository with this root; raises FatalError for one that cannot be read."""
    return source_of(disk, path, text_of(disk, path, root), whose=("repository",), root=root)


def source_of(disk: FileSystem, path: str, text: str, *, whose: tuple[Whose, ...], root: str = "") -> Source:
    """A configuration file whose paths start from its own folder."""
    folder = os.path.dirname(disk.absolute(path))
    return Source(file=shown(disk, path), text=text, folder=folder, disk=disk, whose=whose, root=root)


def top_of(disk: FileSystem, path: str, tops: Collection[str]) -> str | None:
    """The folder that a file is in, by its name or behind its links."""
    ways = disk.absolute(path), disk.real_path(path)
    return next((top for top in tops if any(lies_in(way, top) for way in ways)), None)


def lies_in(path: str, top: str) -> bool:
    """Whether a path is below a folder, in whatever letter case the file system takes their names."""
    while (above := os.path.dirname(path)) != path:
        path = above
        if os.path.exists(path) and os.path.samefile(path, top):
            return True
    return False


OTHERWISE = "`--config` takes the path of a file that can be read"


def text_of(
    disk: FileSystem, path: str, root: str | None = None, *, regular: bool = True, help_: str = OTHERWISE
) -> str:
    """A configuration file's text; raises FatalError with a help for one that cannot be read.

    A file that is not `regular` may be a pipe; one that a link leads to must be in `root`.
    """
    try:
        limit = files.CONFIGURATION
        raw = disk.read(path, root, limit) if regular else files.read_named(disk.at(path), limit)
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise FatalError(f"{shown(disk, path)}: {files.reason(error)}", help_) from None
    except UnicodeDecodeError as error:
        message = f"{shown(disk, path)}: not valid UTF-8 at byte {error.start}"
        raise FatalError(message, "save the file as UTF-8") from None


def shown(disk: FileSystem, path: str) -> str:
    """A path as it is shown."""
    return disk.relative(path).replace(os.sep, "/")
