"""The files that hold settings: `.cmlint.yaml`, `[tool.cmlint]` of `pyproject.toml`, and the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cmlint.errors import FatalError
from cmlint.system import files

if TYPE_CHECKING:
    from cmlint.config.settings import Whose

NAMES = (".cmlint.yaml", ".cmlint.yml")
PYPROJECT = "pyproject.toml"
TABLE = "[tool.cmlint"


class Source(NamedTuple):
    """A configuration file that has been read: how it is shown, its text, and the folder that its paths start from.

    `whose` says whose settings it may hold. A file that holds none of the user's names no file outside of `root`.
    `text_at` gives the files beside it where it was not read from the disk.
    """

    file: str
    text: str
    folder: str
    whose: tuple[Whose, ...]
    root: str = ""
    text_at: Callable[[str], str] | None = None


def candidates(folder: str) -> Iterator[str]:
    """Every path from a folder upwards at which the repository's configuration may be."""
    folder, below = os.path.abspath(folder), ""
    while folder != below:
        yield from (os.path.join(folder, name) for name in (*NAMES, PYPROJECT))
        folder, below = os.path.dirname(folder), folder


def above(start: str, warnings: list[str]) -> tuple[list[Source], list[str]]:
    """The configurations of a repository that count for a folder, the nearest first, and those that do not count.

    These are all between the folder and the top of the repository, one in a folder; where there is none, the nearest
    above it. Raises FatalError for one that cannot be read. A `pyproject.toml` need not hold a configuration, so one
    that must not be read is only noted in `warnings`.
    """
    top = files.root_of(start)
    found: list[Source] = []
    unused: list[str] = []
    for path in filter(os.path.lexists, candidates(start)):
        folder = os.path.dirname(path)
        inside = files.is_within(files.real_path(folder), top)
        if found and (os.path.abspath(found[-1].folder) == folder or not inside):
            unused += [path] if os.path.basename(path) != PYPROJECT else []
        elif source := source_at(path, warnings):
            found.append(source)
            top = top if inside else folder
    return found, unused


def source_at(path: str, warnings: list[str]) -> Source | None:
    """The configuration of a repository at a path; None for a `pyproject.toml` that holds none, or must not be read.

    Raises FatalError.
    """
    folder, name = os.path.split(path)
    root = files.root_of(folder)
    if name != PYPROJECT:
        return of_repository(path, root)
    if not os.path.isfile(path) or not files.is_within(files.real_path(path), root):
        warnings.append(f"{shown(path)}: not read: it is not a regular file of the repository")
        return None
    return of_repository(path, root) if TABLE in text_of(path, root) else None


def named(path: str, tops: Collection[str]) -> Source:
    """The configuration that the command line names; raises FatalError for one that cannot be read.

    One that is below `tops`, in what is checked, is the repository's. So is one that is not a regular file, for
    nobody can tell who wrote it. Any other one may hold the user's settings as well.
    """
    if top := top_of(path, tops):
        return of_repository(path, top)
    if os.path.isfile(path) or not os.path.lexists(path):
        folder = os.path.dirname(os.path.abspath(path))
        return Source(shown(path), text_of(path), folder, ("repository", "user"))
    text = text_of(path, regular=False)
    return Source(shown(path), text, os.getcwd(), ("repository",), files.root_of(os.curdir))


def of_user(path: str, tops: Collection[str]) -> Source | None:
    """The user's configuration, if there is one; raises FatalError for one that cannot be read.

    One that is in what is checked is not the user's, whatever the environment says about the user's folder.
    """
    if not os.path.lexists(path):
        return None
    if top := top_of(path, tops):
        return of_repository(path, top)
    text = text_of(path, help_="`--isolated` reads no configuration")
    return Source(shown(path), text, os.path.dirname(os.path.abspath(path)), ("user",))


def of_repository(path: str, root: str) -> Source:
    """A configuration file of a repository with this root; raises FatalError for one that cannot be read."""
    return Source(shown(path), text_of(path, root), os.path.dirname(os.path.abspath(path)), ("repository",), root)


def top_of(path: str, tops: Collection[str]) -> str | None:
    """The folder that a file is in, by its name or behind its links."""
    ways = os.path.abspath(path), files.real_path(path)
    return next((top for top in tops if any(lies_in(way, top) for way in ways)), None)


def lies_in(path: str, top: str) -> bool:
    """Whether a path is below a folder, in whatever letter case the file system takes their names."""
    while (above := os.path.dirname(path)) != path:
        path = above
        if os.path.exists(path) and os.path.samefile(path, top):
            return True
    return False


OTHERWISE = "`--config` names another file"


def text_of(path: str, root: str | None = None, *, regular: bool = True, help_: str = OTHERWISE) -> str:
    """A configuration file's text; raises FatalError with a help for one that cannot be read.

    A file that is not `regular` may be a pipe; one that a link leads to must be in `root`.
    """
    try:
        limit = files.CONFIGURATION
        raw = files.read(path, limit, root) if regular else files.read_named(path, limit)
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise FatalError(f"{shown(path)}: {files.reason(error)}", help_) from None
    except UnicodeDecodeError as error:
        raise FatalError(f"{shown(path)}: not valid UTF-8 at byte {error.start}", "save the file as UTF-8") from None


def shown(path: str) -> str:
    """A path as it is shown."""
    return os.path.relpath(path).replace(os.sep, "/")
