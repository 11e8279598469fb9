"""What a run found, and what it counted."""

from __future__ import annotations

from typing import Literal

import msgspec

from cmlint.model.facts import Span
from cmlint.model.findings import Finding, Known, Location

Ending = Literal["resolved", "reported", "optional", "excused", "not-looked-at"]
"""How a reference ends; `optional` is one that may lead nowhere and does."""


class Outcome(msgspec.Struct):
    """What a run found: the findings in order, what the summary counts, and by path what must not be shown.

    What need not be shown is kept apart: what is `suppressed`, what is `older` than the change that was asked for, and
    what is `baselined`. `ends` counts the references by how each ends, and `unverified` has those that are neither
    resolved nor reported, each as often as it is read. What of the baseline no longer occurs is `gone`. `linted` are
    the texts that have something on cmlint's ground, or that what has it was built from. Of `live` bundles every object
    counts as a file. `inputs` are the files and folders that builds read which fail, by the paths at which that is
    reported. `heaps` are folders of which many documents have the same fault. The folders that are `left_out` hold what
    tests read, or copies of other projects. Where only some files are reported, `named` are their paths.
    """

    findings: list[Finding] = msgspec.field(default_factory=list)
    suppressed: list[Finding] = msgspec.field(default_factory=list)
    unverified: list[Unverified] = msgspec.field(default_factory=list)
    created: list[Created] = msgspec.field(default_factory=list)
    excused: list[Excused] = msgspec.field(default_factory=list)
    unfixed: list[Unfixed] = msgspec.field(default_factory=list)
    files: int = 0
    documents: int = 0
    containers: int = 0
    references: int = 0
    ends: dict[Ending, int] = msgspec.field(default_factory=dict)
    skipped: list[tuple[str, str]] = msgspec.field(default_factory=list)
    hidden: dict[str, list[Span]] = msgspec.field(default_factory=dict)
    crashed: bool = False
    live: bool = False
    older: list[Finding] = msgspec.field(default_factory=list)
    baselined: list[Finding] = msgspec.field(default_factory=list)
    gone: list[Known] = msgspec.field(default_factory=list)
    linted: list[str] = msgspec.field(default_factory=list)
    inputs: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    heaps: list[Heap] = msgspec.field(default_factory=list)
    left_out: list[str] = msgspec.field(default_factory=list)
    named: set[str] = msgspec.field(default_factory=set)

    @property
    def problems(self) -> int:
        """How many problems the findings are, where several of them have one cause."""
        return len({finding.group or str(number) for number, finding in enumerate(self.findings)})

    def end(self, kind: Ending) -> None:
        """Counts one more reference that ends in this way."""
        self.references += 1
        self.ends[kind] = self.ends.get(kind, 0) + 1

    @property
    def everything(self) -> tuple[Finding, ...]:
        """All that was found, whether it is shown or not."""
        return (*self.findings, *self.suppressed, *self.older, *self.baselined)

    def paths(self) -> set[str]:
        """The paths of the texts that findings are in, also of findings that are only counted."""
        places = ((finding.location, *(related.location for related in finding.related)) for finding in self.everything)
        return {place.path for several in places for place in several}


class Unverified(msgspec.Struct, frozen=True, order=True):
    """A reference that is neither resolved nor reported, and why: the code and the sentence of the evidence."""

    location: Location
    name: str
    why: str
    code: str = ""


class Created(msgspec.Struct, frozen=True, order=True):
    """A reference that only a command satisfies, and where that is."""

    location: Location
    name: str
    command: Location


class Excused(msgspec.Struct, frozen=True, order=True):
    """An image that is not reported although its tag moves, and why."""

    location: Location
    name: str
    why: str


class Unfixed(msgspec.Struct, frozen=True, order=True):
    """A fix of a finding that is not made, and why."""

    location: Location
    rule: str
    safe: bool
    why: str


class Heap(msgspec.Struct, frozen=True, order=True):
    """A folder of which many documents have the same fault, so that it is probably not applied as it is.

    `documents` is their number, `names` are those of the objects that they lack.
    """

    folder: str
    rule: str
    documents: int
    names: tuple[str, ...] = ()
