"""The two states of a repository that `cmlint impact --since` and `--staged` compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import join, normpath
from typing import NamedTuple

from msgspec.structs import replace

from cmlint.adopt import contents
from cmlint.adopt.contents import Contents
from cmlint.adopt.revisions import Revisions
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.impact import Subject
from cmlint.bundle.readers import ALL, Read
from cmlint.cli.fresh import commit_left
from cmlint.config.config import Config
from cmlint.model.findings import Location
from cmlint.model.problems import Problem
from cmlint.pipeline.check import check
from cmlint.report.impact.model import ReferenceEntry, container_of, workload_entry
from cmlint.sources.request import Request
from cmlint.texts import Texts


class Change(NamedTuple):
    """What has changed, and the new state, whose files can be read now."""

    bundles: list[Bundle]
    texts: Texts
    config: Config
    problems: list[Problem]
    subjects: list[Subject]
    references: list[ReferenceEntry]


def compare(request: Request, revision: str | None, *, staged: bool, tell: Callable[[Change], None]) -> None:
    """Compares the present or staged state with that of a commit, by default the last one."""
    revisions = Revisions(request)
    commit = commit_left(revisions, revision) if revision else revisions.repository.head()
    moved = revisions.repository.moved(commit, staged=staged) if commit else {}
    here = revisions.below_top(".")

    def renamed(path: str) -> str:
        full = normpath(join(here, path))
        return moved.get(full, full)

    taking, before = contents.Taking(renamed), Contents({}, {})

    def look_before(bundles: list[Bundle], texts: Texts, config: Config, problems: list[Problem]) -> Config:
        nonlocal before
        before = taking.take(bundles, texts)
        return config

    def look_after(bundles: list[Bundle], texts: Texts, config: Config, problems: list[Problem]) -> Config:
        after = taking.take(bundles, texts)
        if request.clusters:
            config = request.clusters(bundles, texts, config, problems)
        found = contents.changes(before, after), list(came_or_went(before, after))
        tell(Change(bundles, texts, config, problems, *found))
        return config

    if commit:
        revisions.request = replace(revisions.request, clusters=look_before)
        revisions.check_at(commit)
    revisions.request = replace(revisions.request, clusters=look_after)
    if staged:
        revisions.check_staged()
    else:
        check(revisions.request)


def came_or_went(before: Contents, after: Contents) -> Iterator[ReferenceEntry]:
    """The references that only one of two states has."""
    for name, (read, location) in after.references.items():
        if name not in before.references:
            yield entry(read, location, came=True)
    for name, (read, location) in before.references.items():
        if name not in after.references:
            yield entry(read, location, came=False)


def entry(read: Read, location: Location, *, came: bool) -> ReferenceEntry:
    """A reference that came or went."""
    reference = read.reference
    return ReferenceEntry(
        "came" if came else "went",
        reference.target,
        read.placed.as_written(reference.name.value),
        None if read.key == ALL else read.key,
        workload_entry(read.placed),
        container_of(read),
        location,
    )
