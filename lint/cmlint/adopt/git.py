"""A Git repository, as far as cmlint asks it: the files of another state of it, and which files have moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from cmlint.errors import FatalError
from cmlint.sources import files
from cmlint.system.files import is_within
from cmlint.system.git import (
    FILES,
    SUBMODULE,
    Entry,
    GitError,
    GitRepository,
    Sealed,
    find,
    sealed,
    try_to_find,
)
from cmlint.system.git_files import GitFiles


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
                    git.sizes([entry.id])
                    return next(git.contents([entry.id]))
        return None

    def ask(self, *words: str) -> str:
        """What git answers at the top of the repository; raises GitError."""
        return self.place.ask(*words)

    @contextmanager
    def files_at(self, commit: str | None, shown: Iterable[str] = ()) -> Iterator[GitFiles]:
        """The files of the repository at a commit, or as they are staged.

        What git ignores and a build reads is there as well, as it is now. So is each file that is `shown` in any case,
        if the revision has none of the name.
        """
        found = GitFiles(self.top)
        with ExitStack() as stack:
            git = stack.enter_context(sealed(self.place))
            if commit:
                git.read_tree(commit)
            add(found, git, self.top, stack)
            ignored = git.ask("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
            for path in filter(self.may_be_built, filter(None, ignored.split("\0"))):
                found.keep(os.path.join(self.top, path.rstrip("/")))
            found.keep_unlisted(shown)
            yield found

    def may_be_built(self, ignored: str) -> bool:
        """Whether a kustomization or a chart may read what git ignores: values, dependencies, files of Secrets."""
        path = os.path.join(self.top, ignored.rstrip("/"))
        if os.path.basename(path) in files.NEVER:
            return False
        return any(map(builds, [os.path.dirname(path)] if ignored.endswith("/") else self.folders_above(path)))

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


def differs(place: GitRepository, commit: str | None = None) -> bool:
    """Whether the files of a repository and its submodules are not what is staged, or are not those of a commit."""
    with sealed(place) as git:
        if commit and git.ask("diff-index", "--cached", "--name-only", commit):
            return True
        entries = git.ask("status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all").split("\0")
        if any(entry[1] != " " for entry in entries if entry):
            return True
        return any(differs(inner, entry.id) for entry, inner in submodules(place, git.entries()))


def add(found: GitFiles, git: Sealed, folder: str, stack: ExitStack) -> None:
    """Puts the files of an index below a folder; so too those of its submodules."""
    entries = git.entries()
    stack.callback(found.add(git, entries, folder).close)
    for entry, inner in submodules(git.place, entries):
        sub = stack.enter_context(sealed(inner))
        sub.read_tree(entry.id)
        add(found, sub, os.path.join(folder, entry.path), stack)


def submodules(place: GitRepository, entries: list[Entry]) -> Iterator[tuple[Entry, GitRepository]]:
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
        if inner and inner.top == folder and any(is_within(os.path.realpath(inner.folder), own) for own in allowed):
            yield entry, inner


def builds(folder: str) -> bool:
    """Whether a folder holds a kustomization or a chart."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (files.CHART, *files.KUSTOMIZATIONS))
