"""What git ignores, by the `.gitignore` files of a repository."""

from __future__ import annotations

import os

from cmlint.cache.file_state import Seen
from cmlint.model.problems import Problem
from cmlint.patterns import MOST, Patterns
from cmlint.sources.paths import reason
from cmlint.system.files import IGNORES
from cmlint.system.filesystem import FileSystem

IGNORE = ".gitignore"

Specs = tuple[tuple[str, Patterns], ...]
"""Folders with the patterns of their `.gitignore`, outermost first."""


class GitIgnores:
    """Reads these files; `seen` notes where they were looked for, and what cannot be used goes to the problems."""

    def __init__(self, disk: FileSystem, seen: Seen, problems: list[Problem]) -> None:
        self.disk, self.seen, self.problems = disk, seen, problems

    def inside(self, folder: str, root: str, above: Specs) -> Patterns | None:
        """The patterns of a folder's file, as many as there is room for besides those from the folders `above`."""
        path = os.path.join(folder, IGNORE)
        self.seen.note(path)
        try:
            text = self.disk.read(path, root, IGNORES).decode("utf-8", "replace")
            spec = Patterns(text.splitlines(), MOST - sum(len(spec) for _, spec in above))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            self.problems.append(Problem(self.disk.shown(path), 0, f"not used: {reason(error)}", fatal=False))
            return None
        if spec.left_out:
            self.problems.append(Problem(self.disk.shown(path), *spec.left_out, fatal=False))
        return spec

    def above(self, top: str) -> Specs:
        """The files between a repository's root and a folder below it."""
        folder = self.disk.absolute(top)
        folders: list[str] = []
        while not self.is_repository(folder):
            parent = os.path.dirname(folder)
            if parent == folder:
                return ()
            folder = parent
            folders.append(folder)
        root = self.disk.real_path(folder)
        found: Specs = ()
        for folder in reversed(folders):
            if spec := self.inside(folder, root, found):
                found = (*found, (folder, spec))
        return found

    def is_repository(self, folder: str) -> bool:
        """Whether a folder is the root of a repository."""
        path = os.path.join(folder, ".git")
        self.seen.note(path)
        return self.disk.exists(path)


def ignored(disk: FileSystem, path: str, is_folder: bool, specs: Specs) -> bool:
    """Whether git ignores a path; the innermost `.gitignore` that says anything decides."""
    for folder, spec in reversed(specs):
        below = path[len(folder) + 1 :] if path.startswith(folder + os.sep) else disk.relative(path, folder)
        decided = spec.decide(below.replace(os.sep, "/") + ("/" if is_folder else ""))
        if decided is not None:
            return decided
    return False


def ignoring(disk: FileSystem, path: str, seen: Seen) -> str:
    """The line by which git ignores a file that is not there, in words; empty where none does."""
    folder = os.path.dirname(path)
    while not disk.is_folder(folder):
        folder = os.path.dirname(folder)
    ignores = GitIgnores(disk, seen, [])
    specs = ignores.above(folder)
    own = ignores.inside(folder, folder, specs)
    for above, spec in reversed((*specs, (folder, own)) if own else specs):
        if (line := spec.line(disk.relative(path, above).replace(os.sep, "/"))) is not None:
            return f"line {line} of `{disk.shown(os.path.join(above, IGNORE))}`"
    return ""
