"""The results of runs: if nothing that a run read has changed, the next run repeats them without reading a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

import cmlint
from cmlint import __version__
from cmlint.cache.file_state import Seen
from cmlint.cache.folder import Folder
from cmlint.model.findings import FailOn
from cmlint.model.outcome import Outcome
from cmlint.model.problems import Problem
from cmlint.pipeline.result import Result
from cmlint.sources import files
from cmlint.system.filesystem import FileSystem
from cmlint.texts import Texts

if TYPE_CHECKING:
    from cmlint.cache.builds import BuildsCache
    from cmlint.cache.facts import FactsCache

ENVIRONMENT = ("PATH", "HOME", "HELM_", "KUSTOMIZE_", "KUBE", "XDG_")
"""How the names of the variables begin on which it may depend what is built."""

PROGRAMS = ("kustomize", "kubectl", "helm")


class Run(msgspec.Struct):
    """What a run has looked at and what it gave; `sources` lead to the texts of findings.

    `warnings` about the configuration are printed first, `notes` about the input last, with `--verbose` the `unused`
    configurations.
    """

    key: str
    seen: Seen
    outcome: Outcome
    problems: list[Problem]
    warnings: list[str]
    notes: list[str]
    unused: list[str]
    fail_on: FailOn
    sources: dict[str, files.Source]

    @property
    def result(self) -> Result:
        """The result, for a report."""
        return Result(self.outcome, [], Texts(self.text), self.problems, self.sources)

    def text(self, path: str) -> str:
        """The text of a file that is shown."""
        return files.read_again(FileSystem(), path, self.sources, self.problems)


class Memory:
    """What is kept of one way of calling cmlint: `paths` in the working directory, and what else is `asked`.

    A run that is not `repeatable` depends on more than what it looks at, so that only facts and builds are kept of it.
    """

    def __init__(self, folder: Folder, paths: Sequence[str], asked: Sequence[object], *, repeatable: bool) -> None:
        self.folder, self.now, self.repeatable = folder, time.time_ns(), repeatable
        self.place = "\0".join((__version__, os.getcwd(), *paths))
        variables = sorted(item for item in os.environ.items() if item[0].startswith(ENVIRONMENT))
        self.key = self.secret((self.place, asked, variables))

    def recall(self) -> Run | None:
        """The run before, if this one would give the same."""
        name = self.folder.name_of(self.key, ".run")
        run = self.folder.get(name, Run) if self.repeatable else None
        if run is None or run.key != self.key or not run.seen.is_unchanged(files.listing):
            return None
        self.folder.keep(name)
        return run

    def remember(self, run: Run) -> None:
        """Keeps a run, unless what it has looked at may change unseen, or it went wrong."""
        wrong = run.outcome.crashed or any(problem.fatal for problem in run.problems)
        if wrong or not run.seen.shows_changes(self.now):
            return
        self.folder.put(self.folder.name_of(self.key, ".run"), run)

    def facts(self, made_by: object) -> FactsCache:
        """The facts of texts, as far as they were made by the same."""
        from cmlint.cache.facts import FactsCache

        key = self.secret((self.place, made_by))
        return FactsCache(self.folder, self.folder.name_of(key, ".facts"), key, self.now)

    def builds(self) -> BuildsCache:
        """What was built."""
        from cmlint.cache.builds import BuildsCache

        key = self.secret(self.place)
        return BuildsCache(self.folder, self.folder.name_of(key, ".builds"), key, self.now, files.listing)

    def secret(self, described: object) -> str:
        """What a call of cmlint depends on, as a keyed hash: a variable of the environment may hold a password."""
        return self.folder.digest(repr(described).encode()).hex()


def note_code(seen: Seen, packages: Iterable[str]) -> None:
    """Notes what decides, besides its input, what a run gives: modules and packages, and what is installed."""
    for package in packages:
        seen.note(sys.modules[package].__file__ or "")
        for top in getattr(sys.modules[package], "__path__", ()):
            for folder, names, found in os.walk(top):
                names[:] = [name for name in names if name != "__pycache__"]
                seen.list(folder)
                for name in found:
                    seen.note(os.path.join(folder, name))
    for folder in dict.fromkeys(sys.path):
        seen.list(folder or os.curdir)


def note_programs(seen: Seen, wished: Iterable[str | None]) -> None:
    """Notes the programs that build, and that there are none in folders that are searched before."""
    folders = [*os.environ.get("PATH", os.defpath).split(os.pathsep), os.path.dirname(sys.executable)]
    for name in (*PROGRAMS, *filter(None, wished)):
        for folder in folders:
            seen.note(os.path.join(folder, os.path.expanduser(name)))


def modules_with_times(*packages: str) -> list[tuple[str, int, int]]:
    """The files of packages of cmlint with their sizes and times: facts are as good as the code that made them."""
    found: list[tuple[str, int, int]] = []
    top = os.path.dirname(os.path.abspath(cmlint.__file__))
    for package in packages:
        for folder, _, names in os.walk(os.path.join(top, package)):
            for name in names:
                if name.endswith(".py"):
                    state = os.stat(os.path.join(folder, name))
                    found.append((os.path.join(folder[len(top) :], name), state.st_size, state.st_mtime_ns))
    return sorted(found)
