"""What a run found, and what it counted."""

from __future__ import annotations

import msgspec

from cmlint.model.facts import Span
from cmlint.model.findings import Finding, Location


class Outcome(msgspec.Struct):
    """What a run found: the findings in order, what the summary counts, and by path what must not be shown."""

    findings: list[Finding] = msgspec.field(default_factory=list)
    suppressed: list[Finding] = msgspec.field(default_factory=list)
    unverified: list[Unverified] = msgspec.field(default_factory=list)
    created: list[Created] = msgspec.field(default_factory=list)
    files: int = 0
    documents: int = 0
    containers: int = 0
    references: int = 0
    skipped: list[tuple[str, str]] = msgspec.field(default_factory=list)
    hidden: dict[str, list[Span]] = msgspec.field(default_factory=dict)
    crashed: bool = False

    def paths(self) -> set[str]:
        """The paths of the texts that are shown with the findings."""
        places = ((finding.location, *(related.location for related in finding.related)) for finding in self.findings)
        return {place.path for several in places for place in several}


class Unverified(msgspec.Struct, frozen=True, order=True):
    """A reference that the files prove neither right nor wrong, and why."""

    location: Location
    name: str
    why: str


class Created(msgspec.Struct, frozen=True, order=True):
    """A reference that only a command satisfies, and where that stands."""

    location: Location
    name: str
    command: Location
