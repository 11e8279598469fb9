"""Checks another revision of the repository: what is staged, or a commit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TypeVar

from msgspec.structs import replace

from cmlint.adopt.git import Repository
from cmlint.bundle.bundle import Bundle
from cmlint.cache.caches import Caches
from cmlint.cache.file_state import Seen
from cmlint.engine.identity import fingerprints
from cmlint.errors import FatalError
from cmlint.model.evidence import GUESSES
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check
from cmlint.pipeline.read import read
from cmlint.pipeline.result import Result
from cmlint.sources.request import Request

T = TypeVar("T")

UNCHECKED = "unchecked"
"""The consequence of what is not built: whether it is new is a matter of what is built, and not of the finding."""


class Revisions:
    """The revisions of the repository around the working directory, and what a request asks of each."""

    def __init__(self, request: Request) -> None:
        self.repository = Repository()
        self.request = replace(request, paths=tuple(map(self.inside, request.paths)))
        self.known: dict[str, set[str]] = {}

    def inside(self, path: str) -> str:
        """A path relative to the working directory; raises FatalError for one outside of the repository."""
        if path == "-":
            raise FatalError("standard input is in no Git repository", "name files or folders instead")
        path = os.path.relpath(path)
        if self.below_top(path).split("/", 1)[0] == "..":
            raise FatalError(
                f"`{path}` is not in the Git repository of the working directory", "run cmlint inside of it"
            )
        return path

    def below_top(self, path: str) -> str:
        """A path as it is below the uppermost folder of the repository."""
        return os.path.relpath(os.path.abspath(path), self.repository.top).replace(os.sep, "/")

    def changes(self, commit: str | None, *, staged: bool) -> Callable[[], frozenset[str]]:
        """What gives the paths that a change since a commit, or the last one, touches, as they are shown."""
        home, top = os.getcwd(), self.repository.top

        @cache
        def changed() -> frozenset[str]:
            since = commit or self.repository.head()
            found = self.repository.changed(since, staged=staged) if since else ()
            return frozenset(os.path.relpath(os.path.join(top, path), home).replace(os.sep, "/") for path in found)

        return changed

    def staged(self, job: Callable[[Request], T]) -> T:
        """What a job gives for what is staged."""
        return self.at(None, job) if self.repository.differs_from_index() else job(self.request)

    def at(self, commit: str | None, job: Callable[[Request], T]) -> T:
        """What a job gives for the repository at a commit, which need not have all paths, or for what is staged.

        The files of that revision can be read as long as the job runs.
        """
        request = self.request
        caches = Caches(facts=request.caches.facts, builds=request.caches.builds)
        if caches.builds and not commit:
            caches.builds.complete = False  # What differs from the files is built without it.
        with self.repository.files_at(commit, values_of(request)) as disk:
            paths = tuple(filter(disk.lexists, request.paths)) if commit else request.paths
            return job(replace(request, paths=paths, disk=disk, seen=Seen(), caches=caches, jobs=1))

    def known_at(self, commit: str, *, staged: bool) -> set[str]:
        """The fingerprints of what was found at a commit, as they are now where files have moved since."""
        outcome = self.at(commit, check).outcome
        moved = self.repository.moved(commit, staged=staged)

        def path_of(path: str) -> str:
            then = self.below_top(path)
            return moved.get(then, then)

        names = fingerprints((*outcome.findings, *outcome.suppressed), path_of)
        return {names[finding] for finding in outcome.findings}

    def removed(self, result: Result, commit: str | None, *, staged: bool) -> frozenset[str]:
        """The objects that the change since a commit, or the last one, removes while they are still read."""
        wanted = {each.name for each in result.outcome.unverified if each.code in GUESSES}
        commit = commit or self.repository.head() if wanted else None
        if commit is None:
            return frozenset()
        gone = self.repository.taken_away(commit, staged=staged)
        wanted = {name for name in wanted if name.partition("/")[2] in gone} - defined(result.bundles)
        return frozenset(wanted & self.at(commit, lambda request: defined(read(request).bundles)) if wanted else ())

    def keep_new(self, result: Result, commit: str, *, staged: bool) -> None:
        """Leaves of what was found only what the change since a commit brought in."""
        outcome = result.outcome
        if not outcome.findings:
            return
        if commit not in self.known:
            self.known[commit] = self.known_at(commit, staged=staged)
        known, names = self.known[commit], fingerprints(outcome.everything, self.below_top)
        older = {
            finding for finding in outcome.findings if names[finding] in known and finding.consequence != UNCHECKED
        }
        outcome.older += [finding for finding in outcome.findings if finding in older]
        outcome.findings = [finding for finding in outcome.findings if finding not in older]

    def keep_touched(self, result: Result, commit: str | None, *, staged: bool) -> None:
        """Leaves of what is not built only that of which a change since a commit, or the last one, touches an input."""
        outcome = result.outcome
        unchecked = [finding for finding in outcome.findings if finding.consequence == UNCHECKED]
        commit = commit or self.repository.head() if unchecked else None
        if commit is None:
            return
        changed = self.repository.changed(commit, staged=staged)

        def is_touched(finding: Finding) -> bool:
            inputs = [self.below_top(path) for path in outcome.inputs.get(finding.location.path, ())]
            return any(
                path == name or path.startswith(f"{name}/") or name == "." for name in inputs for path in changed
            )

        older = [finding for finding in unchecked if not is_touched(finding)]
        outcome.older += older
        outcome.findings = [finding for finding in outcome.findings if finding not in older]


def defined(bundles: Iterable[Bundle]) -> set[str]:
    """The objects that manifests define, as `Kind/name`, by their names as they are written and as they are built."""
    return {
        f"{provider.target}/{name}"
        for bundle in bundles
        for placed in bundle.placed
        for provider in placed.document.providers
        if not provider.glob
        for name in (provider.name.value, placed.as_written(provider.name.value))
    }


def values_of(request: Request) -> Iterator[str]:
    """The files of values that the command line and the configuration name for charts."""
    yield from request.chart_values.files
    for lists in request.config.helm.values.values():
        yield from (name for names in lists for name in names.split(","))
