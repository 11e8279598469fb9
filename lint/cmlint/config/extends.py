"""The configurations that one extends: files of the repository, which may be pinned, and those of installed packages.

No package is imported: its metadata says which files it has.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator

from cmlint.config.files import Source, shown, text_of
from cmlint.config.written import Value, wrong
from cmlint.system.files import is_within, real_path, root_of

FILE = "cmlint.yaml"
"""The configuration in a package."""

PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
MOST = 20
"""How many configurations one may extend: each is read for every folder that names it."""

ENDINGS = (".yaml", ".yml", ".toml")
PIN = re.compile(r"(?P<path>.+)@sha256:(?P<digest>[0-9a-f]{64})")


def extended(names: Value, source: Source) -> Iterator[Source]:
    """The configurations that one names, in order; their paths start from its folder.

    Raises FatalError for one that cannot be read, that is outside of the repository or that differs from its pin.
    """
    if len(names.data) > MOST:
        raise wrong(names.place, f"`extends` has more than {MOST} entries", "name fewer")
    for name in names.data:
        is_package = PACKAGE.fullmatch(name.data) and not name.data.endswith(ENDINGS)
        yield of_package(name, source) if is_package else of_file(name, source)


def of_file(name: Value, source: Source) -> Source:
    """A file of the repository."""
    pinned = PIN.fullmatch(name.data)
    path = os.path.join(source.folder, pinned["path"] if pinned else name.data)
    disk, root = source.disk, source.root or root_of(source.folder)
    if not is_within(real_path(path), root):
        reason = f"`extends` names `{name.data}`, which is not in the repository"
        raise wrong(name.place, reason, "name a file of the repository or an installed package")
    text = source.text_at(path) if source.text_at else text_of(disk, path, root, help_=f"{name.place} extends it")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if pinned and digest != pinned["digest"]:
        reason = f"`{pinned['path']}` has changed: its digest is `sha256:{digest}`"
        raise wrong(name.place, reason, "review the file, then pin this digest")
    return source._replace(file=shown(disk, path), text=text, whose=("repository",), root=root)


def of_package(name: Value, source: Source) -> Source:
    """The file `cmlint.yaml` of an installed package."""
    from importlib.metadata import Distribution

    disk, here = source.disk, source.disk.real_path(os.curdir)
    folders = [folder for folder in sys.path if os.path.isabs(folder) and real_path(folder) != here]
    for distribution in Distribution.discover(name=name.data, path=folders):
        for file in distribution.files or ():
            if len(file.parts) == 2 and file.name == FILE:
                place = str(distribution.locate_file(file))
                around = real_path(str(distribution.locate_file("")))
                text = text_of(disk, place, around, help_=f"{name.place} extends it")
                root = source.root or root_of(source.folder)
                return source._replace(file=shown(disk, place), text=text, whose=("repository",), root=root)
        raise wrong(name.place, f"the package `{name.data}` has no `{FILE}`", "name a package that holds one")
    raise wrong(name.place, f"the package `{name.data}` is not installed", "install it beside cmlint")
