"""A Git repository, as far as cmlint asks it: another state of it, laid out in a folder, and which files have moved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cmlint.errors import FatalError
from cmlint.sources import files
from cmlint.system.files import copy
from cmlint.system.folders import temporary
from cmlint.system.git import SUBMODULE, Entry, GitError, Place, Sealed, find, is_below, sealed, try_to_find


class Repository:
    """The repository that the working directory is in; `top` is its uppermost folder."""

    def __init__(self) -> None:
        try:
            self.place = find(os.getcwd(), given=True)
        except FileNotFoundError:
            raise FatalError("the working directory does not exist", "run cmlint in an existing folder") from None
        except GitError as error:
            if "not a git repository" not in error.message:
                raise
            raise FatalError("the working directory is in no Git repository", "run cmlint inside of one") from None
        self.top = self.place.top

    def commit(self, name: str) -> str:
        """The commit that a name means; raises FatalError with what to do where there is none."""
        try:
            return self.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
        except GitError:
            raise FatalError(f"git cannot find the commit `{name}`", self.how_to_get(name)) from None

    def head(self) -> str | None:
        """The commit that the present branch is at; None before the first."""
        return self.commit("HEAD") if self.knows("HEAD") else None

    def how_to_get(self, name: str) -> str:
        """What to do about a name that git does not know here."""
        if self.knows(f"refs/remotes/origin/{name}"):
            return f"did you mean `origin/{name}`?"
        if self.place.shallow:
            return f"this clone is shallow: run `git fetch --depth=1 origin {name}` or `git fetch --unshallow`"
        return "give a branch, a tag or a commit of this repository; `git fetch` gets new ones from the remote"

    def knows(self, name: str) -> bool:
        """Whether there is such a name."""
        try:
            return bool(self.ask("rev-parse", "--verify", "--quiet", name))
        except GitError:
            return False

    def left(self, commit: str) -> str | None:
        """The commit at which the present branch has left the one of another commit; None where git cannot tell."""
        try:
            return self.ask("merge-base", commit, "HEAD").strip()
        except GitError:
            return None

    def differs_from_index(self) -> bool:
        """Whether the files are not what is staged: some are changed, gone or not tracked."""
        return differs(self.place)

    def moved(self, commit: str, *, staged: bool) -> dict[str, str]:
        """The files that a commit has under another path than there is now, or is staged: their paths then, and now."""
        with sealed(self.place) as git:
            if staged:
                return renames(git.ask("diff", "--cached", *RENAMES, commit))
            # When what is not tracked is announced in the copy of the index, git also finds what has moved there.
            git.forget(entry.path for entry in git.entries() if entry.mode == SUBMODULE)
            git.ask("add", "--intent-to-add", ".")
            return renames(git.ask("diff", *RENAMES, commit))

    def changed(self, commit: str, *, staged: bool) -> list[str]:
        """The files that differ now, or as they are staged, from a commit: their paths below the top with `/`."""
        with sealed(self.place) as git:
            if not staged:
                git.forget(entry.path for entry in git.entries() if entry.mode == SUBMODULE)
                git.ask("add", "--intent-to-add", ".")
            cached = ("--cached",) if staged else ()
            return git.ask("diff", *cached, "--name-only", "--no-renames", "-z", commit).split("\0")[:-1]

    def taken_away(self, commit: str, *, staged: bool) -> str:
        """The lines that a commit has and that are not there now, or not staged."""
        with sealed(self.place) as git:
            cached = ("--cached",) if staged else ()
            lines = git.ask("diff", *cached, "--unified=0", "--no-renames", *SAFELY, commit).splitlines()
        return "\n".join(line[1:] for line in lines if line.startswith("-") and not line.startswith("---"))

    def show(self, revision: str, path: str) -> bytes | None:
        """The content of a file at a commit, by its path below the top with `/`; None where that is not a file.

        Nothing converts it. Raises FatalError where git does not know the revision, or the object is not in this clone.
        """
        commit = self.commit(revision)
        with sealed(self.place) as git:
            git.read_tree(commit)
            for entry in git.entries():
                if entry.path == path and entry.mode in FILES:
                    git.weigh([entry.id])
                    return os.fsencode(git.ask("cat-file", "blob", entry.id))
        return None

    def ask(self, *words: str) -> str:
        """What git answers at the top of the repository; raises GitError."""
        return self.place.ask(*words)

    @contextmanager
    def laid_out(self, commit: str | None) -> Iterator[str]:
        """A folder below which the repository is as it does below the root: as at a commit, or as it is staged.

        What git ignores and a build reads is there as well, as it is now. Line ends and encodings are those that
        git gives to files here; filters of contents, such as that of Git LFS, do not run.
        """
        with temporary() as folder:
            root = os.path.join(folder, "root")
            top = below(root, self.top)
            os.makedirs(top)
            with sealed(self.place) as git:
                if commit:
                    git.read_tree(commit)
                lay_out(git, top)
                ignored = git.ask("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
            os.makedirs(os.path.join(top, ".git"), exist_ok=True)  # Above it, nobody looks for what git ignores.
            self.add_ignored(top, ignored.split("\0"))
            yield root

    def add_ignored(self, top: str, ignored: list[str]) -> None:
        """Copies what git ignores and a kustomization or a chart may read: values, dependencies, files of Secrets."""
        for path in filter(None, ignored):
            here, there = os.path.join(self.top, path.rstrip("/")), os.path.join(top, path.rstrip("/"))
            if os.path.basename(here) in files.NEVER or os.path.lexists(there):
                continue
            if any(map(builds, [os.path.dirname(here)] if path.endswith("/") else self.folders_above(here))):
                os.makedirs(os.path.dirname(there), exist_ok=True)
                copy(here, there)

    def folders_above(self, path: str) -> Iterator[str]:
        """The folders that a path is in, up to the top."""
        while path != self.top:
            path = os.path.dirname(path)
            yield path


SAFELY = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
"""What keeps `git diff` from running anything; in a submodule, it would run git with the settings of that."""

RENAMES = ("--name-status", "--find-renames", "--diff-filter=R", *SAFELY, "-z")


def renames(answer: str) -> dict[str, str]:
    """The renamed files in an answer of `git diff` to RENAMES."""
    words = answer.split("\0")
    return dict(zip(words[1::3], words[2::3], strict=False))


FILES = ("100644", "100755")
"""The modes of files."""


def differs(place: Place, commit: str | None = None) -> bool:
    """Whether the files of a repository and its submodules are not what is staged, or are not those of a commit."""
    with sealed(place) as git:
        if commit and git.ask("diff-index", "--cached", "--name-only", commit):
            return True
        entries = git.ask("status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all").split("\0")
        if any(entry[1] != " " for entry in entries if entry):
            return True
        return any(differs(inner, entry.id) for entry, inner in submodules(place, git.entries()))


def lay_out(git: Sealed, target: str) -> None:
    """Writes all files of the index to a folder; so too of its submodules."""
    for entry, inner in submodules(git.place, git.check_out(target)):
        with sealed(inner) as sub:
            sub.read_tree(entry.id)
            lay_out(sub, os.path.join(target, entry.path))


def submodules(place: Place, entries: list[Entry]) -> Iterator[tuple[Entry, Place]]:
    """The submodules that are here, with the repository of each.

    Their folders of git are in themselves or in that of the outer repository: another place may be anywhere.
    """
    for entry in entries:
        folder = os.path.join(os.path.realpath(place.top), entry.path)
        if entry.mode != SUBMODULE or os.path.realpath(folder) != folder:
            continue
        inner = try_to_find(folder)
        allowed = [os.path.join(above, "modules") for above in (place.folder, place.common)]
        allowed = list(map(os.path.realpath, [*allowed, os.path.join(folder, ".git")]))
        if inner and inner.top == folder and any(is_below(os.path.realpath(inner.folder), own) for own in allowed):
            yield entry, inner


def builds(folder: str) -> bool:
    """Whether a folder holds a kustomization or a chart."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (files.CHART, *files.KUSTOMIZATIONS))


def below(root: str, path: str) -> str:
    """Where an absolute path is below another root."""
    return root + os.path.splitdrive(path)[1]
