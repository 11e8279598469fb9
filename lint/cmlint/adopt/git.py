"""A Git repository, as far as cmlint asks it: another state of it, laid out in a folder, and which files have moved."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from cmlint.errors import FatalError
from cmlint.sources import files
from cmlint.system.files import copy

OWN = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
"""What git tells its hooks of the repository that they run for, and what is wrong for any other."""

SUBMODULE = "160000"


class GitError(FatalError):
    """What git says of something that it cannot do."""


class Repository:
    """The repository that the working directory is in; `top` is its uppermost folder, `below_top` leads back down."""

    def __init__(self) -> None:
        try:
            answer = ask("rev-parse", "--show-cdup", "--show-prefix", "--is-shallow-repository")
        except GitError as error:
            if "not a git repository" not in error.message:
                raise
            raise FatalError("the working directory is in no Git repository", "run cmlint inside of one") from None
        upwards, self.below_top, shallow = answer.split("\n")[:3]
        self.top = os.path.normpath(os.path.join(os.getcwd(), upwards))
        self.shallow = shallow == "true"

    def commit(self, name: str) -> str:
        """The commit that a name means; raises FatalError with what to do where there is none."""
        try:
            return self.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip()
        except GitError:
            raise FatalError(f"git knows no commit `{name}`", self.how_to_get(name)) from None

    def how_to_get(self, name: str) -> str:
        """What to do about a name that git does not know here."""
        if self.knows(f"refs/remotes/origin/{name}"):
            return f"did you mean `origin/{name}`?"
        if self.shallow:
            return f"this clone is shallow: `git fetch --depth=1 origin {name}` fetches it, `git fetch --unshallow` all"
        return "name a branch, a tag or a commit of this repository; `git fetch` brings what is only elsewhere"

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
        entries = self.ask("status", "--porcelain", "-z", "--no-renames").split("\0")
        return any(entry[1] != " " for entry in entries if entry)

    def moved(self, commit: str, *, staged: bool) -> dict[str, str]:
        """The files that a commit has under another path than there is now, or is staged: their paths then, and now."""
        if staged:
            return renames(self.ask("diff", "--cached", *RENAMES, commit))
        with TemporaryDirectory(prefix="cmlint-") as folder:
            # With an index of its own, in which what is not tracked is announced, git finds what has moved there, too.
            index, objects = os.path.join(folder, "index"), os.path.join(folder, "objects")
            self.copy_index(index)
            os.mkdir(objects)
            aside = {
                "GIT_INDEX_FILE": index,
                "GIT_OBJECT_DIRECTORY": objects,
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": self.path("objects"),
            }
            self.ask("add", "--intent-to-add", ".", **aside)
            return renames(self.ask("diff", *RENAMES, commit, **aside))

    def path(self, name: str) -> str:
        """Where git keeps something."""
        return os.path.join(self.top, self.ask("rev-parse", "--git-path", name).rstrip("\n"))

    def copy_index(self, target: str) -> None:
        """Copies the index, which is not there before something was added."""
        if os.path.exists(path := self.path("index")):
            shutil.copyfile(path, target)

    def ask(self, *words: str, **environment: str) -> str:
        """What git answers at the top of the repository; raises GitError."""
        return ask("-C", self.top, *words, **environment)

    @contextmanager
    def laid_out(self, commit: str | None) -> Iterator[str]:
        """A folder below which the repository stands as it does below the root: as at a commit, or as it is staged.

        What git ignores and a build reads stands there as well, as it is now.
        """
        with TemporaryDirectory(prefix="cmlint-") as folder:
            index, root = (os.path.join(os.path.realpath(folder), name) for name in ("index", "root"))
            if not commit:
                self.copy_index(index)
            top = below(root, self.top)
            lay_out(self.top, commit, index, top)
            os.mkdir(os.path.join(top, ".git"))  # Above it, nobody looks for what git ignores.
            self.add_ignored(top)
            yield root

    def add_ignored(self, top: str) -> None:
        """Copies what git ignores and a kustomization or a chart may read: values, dependencies, files of Secrets."""
        ignored = self.ask("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
        for path in filter(None, ignored.split("\0")):
            here, there = os.path.join(self.top, path), os.path.join(top, path)
            if os.path.basename(path.rstrip("/")) in files.NEVER or os.path.lexists(there):
                continue
            here, there = here.rstrip("/"), there.rstrip("/")
            if builds(os.path.dirname(here)) if path.endswith("/") else any(map(builds, self.folders_above(here))):
                os.makedirs(os.path.dirname(there), exist_ok=True)
                copy(here, there)

    def folders_above(self, path: str) -> Iterator[str]:
        """The folders that a path lies in, up to the top."""
        while path != self.top:
            path = os.path.dirname(path)
            yield path


RENAMES = ("--name-status", "--find-renames", "--diff-filter=R", "--no-ext-diff", "-z")


def renames(answer: str) -> dict[str, str]:
    """The renamed files in an answer of `git diff` to RENAMES."""
    words = answer.split("\0")
    return dict(zip(words[1::3], words[2::3], strict=False))


def lay_out(repository: str, commit: str | None, index: str, target: str, **environment: str | None) -> None:
    """Writes all files of a commit, or of the index where none is named, to a folder; so too of its submodules."""

    def say(*words: str) -> str:
        return ask("-C", repository, *words, **{**environment, "GIT_INDEX_FILE": index})

    if commit:
        say("read-tree", commit)
    os.makedirs(target, exist_ok=True)
    say("checkout-index", "--all", "--force", f"--prefix={target}/")
    for entry in say("ls-files", "--stage", "-z").split("\0"):
        if entry.startswith(SUBMODULE):
            about, _, path = entry.partition("\t")
            inner, there = os.path.join(repository, path), about.split()[1]
            if os.path.exists(os.path.join(inner, ".git")):
                lay_out(inner, there, f"{index}-{there}", os.path.join(target, path), **dict.fromkeys(OWN))


def builds(folder: str) -> bool:
    """Whether a folder holds a kustomization or a chart."""
    return any(os.path.isfile(os.path.join(folder, name)) for name in (files.CHART, *files.KUSTOMIZATIONS))


def below(root: str, path: str) -> str:
    """Where an absolute path stands below another root."""
    return root + os.path.splitdrive(path)[1]


def ask(*words: str, **environment: str | None) -> str:
    """What git answers, in an environment from which None takes something away; raises GitError."""
    whole = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8", **environment}
    try:
        done = subprocess.run(
            ["git", *words],
            env={name: value for name, value in whole.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FatalError(f"git cannot be run: {reason}", "install git, and put it on the path") from None
    if done.returncode:
        said = re.findall(r"(?m)^(?:(?:fatal|error|warning): )?(.+)", done.stderr.decode("utf-8", "replace").strip())
        message, *more = (*said, "") if said else ("it failed without a word", "")
        raise GitError(f"git: {message}", " ".join(filter(None, map(str.strip, more))) or "mend what git complains of")
    return os.fsdecode(done.stdout)
