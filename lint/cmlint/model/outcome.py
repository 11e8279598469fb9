"""What a run found, and what it counted."""

from __future__ import annotations

import msgspec

from cmlint.model.facts import Span
from cmlint.model.findings import Finding, Known, Location


class Outcome(msgspec.Struct):
    """What a run found: the findings in order, what the summary counts, and by path what must not be shown.

    What need not be shown is kept apart: what is `suppressed`, what is `older` than the change that was asked for, and
    what is `baselined`. What of the baseline no longer occurs is `gone`. `linted` are the texts that have something on
    cmlint's ground, or that what has it was built from. Of `live` bundles every object counts as a file. The folders
    that are `left_out` hold what tests read, or copies of other projects. Where only some files are reported, `named`
    are their paths.
    """

    findings: list[Finding] = msgspec.field(default_factory=list)
    suppressed: list[Finding] = msgspec.field(default_factory=list)
    unverified: list[Unverified] = msgspec.field(default_factory=list)
    created: list[Created] = msgspec.field(default_factory=list)
    unfixed: list[Unfixed] = msgspec.field(default_factory=list)
    files: int = 0
    documents: int = 0
    containers: int = 0
    references: int = 0
    skipped: list[tuple[str, str]] = msgspec.field(default_factory=list)
    hidden: dict[str, list[Span]] = msgspec.field(default_factory=dict)
    crashed: bool = False
    live: bool = False
    older: list[Finding] = msgspec.field(default_factory=list)
    baselined: list[Finding] = msgspec.field(default_factory=list)
    gone: list[Known] = msgspec.field(default_factory=list)
    linted: list[str] = msgspec.field(default_factory=list)
    left_out: list[str] = msgspec.field(default_factory=list)
    named: set[str] = msgspec.field(default_factory=set)

    @property
    def everything(self) -> tuple[Finding, ...]:
        """All that was found, whether it is shown or not."""
        return (*self.findings, *self.suppressed, *self.older, *self.baselined)

    def paths(self) -> set[str]:
        """The paths of the texts that findings stand in, also of findings that are only counted."""
        places = ((finding.location, *(related.location for related in finding.related)) for finding in self.everything)
        return {place.path for several in places for place in several}


class Unverified(msgspec.Struct, frozen=True, order=True):
    """A reference that the files prove neither right nor wrong, and why."""

    location: Location
    name: str
    why: str
    code: str = ""


class Created(msgspec.Struct, frozen=True, order=True):
    """A reference that only a command satisfies, and where that stands."""

    location: Location
    name: str
    command: Location


class Unfixed(msgspec.Struct, frozen=True, order=True):
    """A fix of a finding that is not made, and why."""

    location: Location
    rule: str
    safe: bool
    why: str
