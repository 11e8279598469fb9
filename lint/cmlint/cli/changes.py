"""The two states of a repository that `cmlint impact --since` and `--staged` compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import join, normpath
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from cmlint.adopt import contents
from cmlint.adopt.contents import Contents
from cmlint.adopt.revisions import Revisions
from cmlint.bundle.impact import Subject
from cmlint.bundle.readers import ALL, Read
from cmlint.cli.fresh import commit_left
from cmlint.model.findings import Location
from cmlint.pipeline.read import Manifests, read
from cmlint.report.impact.model import ReferenceEntry, container_of, workload_entry
from cmlint.sources.request import Request

T = TypeVar("T")


class Change(NamedTuple):
    """The new state of a repository, and what has changed."""

    manifests: Manifests
    subjects: list[Subject]
    references: list[ReferenceEntry]


def compare(request: Request, revision: str | None, job: Callable[[Change], T], *, staged: bool) -> T:
    """What a job gives for the present or staged state, and what differs in a commit, by default the last one.

    The files of the new state can be read as long as the job runs.
    """
    revisions = Revisions(request)
    commit = commit_left(revisions, revision) if revision else revisions.repository.head()
    moved = revisions.repository.moved(commit, staged=staged) if commit else {}
    here = revisions.below_top(".")

    def renamed(path: str) -> str:
        full = normpath(join(here, path))
        return moved.get(full, full)

    taking = contents.Taking(renamed)

    def look_before(there: Request) -> Contents:
        found = read(replace(there, clusters=None))
        return taking.take(found.bundles, found.texts)

    before = revisions.at(commit, look_before) if commit else Contents({}, {})

    def look_after(there: Request) -> T:
        found = read(there)
        after = taking.take(found.bundles, found.texts)
        return job(Change(found, contents.changes(before, after), list(came_or_went(before, after))))

    return revisions.staged(look_after) if staged else look_after(revisions.request)


def came_or_went(before: Contents, after: Contents) -> Iterator[ReferenceEntry]:
    """The references that only one of two states has."""
    for name, (found, location) in after.references.items():
        if name not in before.references:
            yield entry(found, location, came=True)
    for name, (found, location) in before.references.items():
        if name not in after.references:
            yield entry(found, location, came=False)


def entry(read: Read, location: Location, *, came: bool) -> ReferenceEntry:
    """A reference that came or went."""
    reference, built = read.reference, read.placed.built
    name = reference.name.value
    return ReferenceEntry(
        change="came" if came else "went",
        kind=reference.target,
        name=name if built and built.rendered else read.placed.as_written(name),
        key=None if read.key == ALL else read.key,
        workload=workload_entry(read.placed),
        container=container_of(read),
        location=location,
    )
