"""The two states of a repository that `cmlint impact --since` and `--staged` compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from posixpath import join, normpath

from cmlint.adopt import contents
from cmlint.adopt.contents import Contents
from cmlint.adopt.revisions import States
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.impact import Subject
from cmlint.bundle.readers import ALL, Read
from cmlint.cli.known import commit_left
from cmlint.config.config import Config
from cmlint.model.findings import Location
from cmlint.pipeline.check import Inputs
from cmlint.report.impact.model import ReferenceEntry, container_of, workload_entry
from cmlint.sources.files import Problem
from cmlint.texts import Texts

Tell = Callable[[list[Bundle], Texts, list[Problem], Sequence[Subject], Sequence[ReferenceEntry]], Config]
"""Takes what has changed, while the files of the new state can be read."""


def compare(states: States, revision: str | None, *, staged: bool, tell: Tell) -> None:
    """Compares the present or staged state with that of a commit, by default the last one."""
    commit = commit_left(states, revision) if revision else states.repository.head()
    moved = states.repository.moved(commit, staged=staged) if commit else {}
    here = states.below_top(".")

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
        return tell(bundles, texts, problems, contents.changes(before, after), list(came_or_went(before, after)))

    if commit:
        states.look = look_before
        states.check_state(commit)
    states.look = look_after
    if staged:
        states.check_staged(Inputs(over=states.over))
    else:
        states.check(states.paths, states.config, Inputs(over=states.over), states.layers)


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
