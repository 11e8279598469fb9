"""The rest of a project around files that are named one by one: what it defines is known, but not reported.

A project is a repository, or else the folder of the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence

from cmlint.sources import files
from cmlint.sources.files import Group
from cmlint.sources.request import Request
from cmlint.system.files import is_within, real_path
from cmlint.system.filesystem import FileSystem


def are_files(disk: FileSystem, groups: Sequence[Group]) -> bool:
    """Whether regular files were named, and nothing else: a pipe or standard input is in no project."""
    named = groups[0].paths
    return len(groups) == 1 and bool(named) and disk.pipes.keys().isdisjoint(named.values())


def may_be_built(disk: FileSystem, path: str) -> bool:
    """Whether a file is in a folder with a kustomization or a chart, or below one, within its project."""
    folder = disk.absolute(os.path.dirname(path))
    top = project_of(disk, path) or folder
    while True:
        if any(disk.is_file(os.path.join(folder, name)) for name in (files.CHART, *files.KUSTOMIZATIONS)):
            return True
        if folder == top or folder == os.path.dirname(folder):
            return False
        folder = os.path.dirname(folder)


def around(request: Request, named: Group) -> tuple[list[Group], list[str]]:
    """Groups in which each file of a group is among the rest of its project, and the folders of these projects.

    The first group has the files that are in no project.
    """
    absolute = any(map(os.path.isabs, named.paths.values()))
    by_top: dict[str | None, dict[str, str]] = {}
    for shown, path in named.paths.items():
        by_top.setdefault(project_of(request.disk, path), {})[shown] = path
    alone = by_top.pop(None, {})
    tops = [top if absolute else request.disk.relative(top) for top in by_top if top]
    groups = [among(request, own, top) for top, own in zip(tops, by_top.values(), strict=True)]
    return [Group(alone, named=set(alone)), *groups], tops


def among(request: Request, own: dict[str, str], top: str) -> Group:
    """The files of a project, with those that are named: these are read, whatever git or the configuration ignores.

    Where a file is named that is not among those of the project, the manifests beside it are read as well.
    """
    group, name_of = Group(root=request.disk.root_of(top), named=set(own)), names_in(request.disk, top)
    files.fill(group, top, name_of, files.Walk(request, top, group, []).files(), set())
    places = {shown: place_in(request.disk, top, path) for shown, path in own.items()}
    for folder in sorted({os.path.dirname(place) for place in places.values() if name_of(place) not in group.paths}):
        group.paths.update((name_of(path), path) for path in manifests_in(request.disk, folder))
    named = {name_of(place): shown for shown, place in places.items()}
    group.paths = {named.get(shown, shown): path for shown, path in group.paths.items()} | own
    group.scripts = {shown: path for shown, path in group.scripts.items() if shown not in named}
    group.compared -= named.keys()
    return group


def project_of(disk: FileSystem, path: str) -> str | None:
    """The real path of the project around a file.

    A folder in which everybody may write (`/tmp`), or with the user's home in it, is not a project.
    """
    folder = disk.real_path(os.path.dirname(path) or os.curdir)
    root = disk.root_of(folder)
    if disk.exists(os.path.join(root, ".git")):
        return root
    shared = disk.mode(folder) & stat.S_ISVTX
    return None if shared or is_within(real_path(os.path.expanduser("~")), folder) else folder


def manifests_in(disk: FileSystem, folder: str) -> Iterator[str]:
    """The files in a folder, by their names those of manifests; links are left out."""
    for entry in disk.entries_or_none(folder):
        if files.is_manifest(entry.name) and entry.is_file(follow_symlinks=False):
            yield entry.path


def names_in(disk: FileSystem, top: str) -> Callable[[str], str]:
    """How files below the folder of a project are shown: by the way from the working directory."""
    if top == os.curdir or os.path.isabs(top):
        return files.names_below(disk, top)
    return lambda file: disk.shown(disk.relative(file))


def names_in_builds(disk: FileSystem, group: Group) -> Iterator[tuple[str, str]]:
    """How named files are shown, and how a build shows them: by the real path of their folder."""
    for shown in group.named:
        folder, name = os.path.split(group.paths[shown])
        if os.path.isabs(folder):
            yield shown, disk.shown(os.path.join(disk.real_path(folder), name))


def place_in(disk: FileSystem, top: str, path: str) -> str:
    """A file in a project, by the way from the project's folder; a link stays one."""
    folder, name = os.path.split(path)
    return os.path.join(
        top, os.path.relpath(os.path.join(disk.real_path(folder or os.curdir), name), disk.real_path(top))
    )
