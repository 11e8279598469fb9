"""Findings: one problem each, with the places that belong to it."""

from __future__ import annotations

from typing import Literal

import msgspec

from cmlint.model.facts import Overlap

Consequence = Literal["rejected", "stuck", "stale", "silent", "unchecked", "tidiness"]
"""What the cluster does about a problem."""

Severity = Literal["error", "warning", "info"]

FailOn = Literal["error", "warning", "info", "never"]
"""The least severity that counts."""

SEVERITIES: dict[Consequence, Severity] = {
    "rejected": "error",
    "stuck": "error",
    "stale": "warning",
    "silent": "warning",
    "unchecked": "warning",
    "tidiness": "info",
}
"""The severity that follows from each consequence."""

WHAT_HAPPENS: dict[Consequence, str] = {
    "rejected": "the API server refuses it",
    "stuck": "accepted, but the pod does not start",
    "stale": "it runs, but a change does not arrive",
    "silent": "it runs, but with a different value than intended",
    "unchecked": "cmlint cannot check all of it",
    "tidiness": "nothing breaks",
}
"""What the cluster does about a problem, in words."""

Reader = Literal["pod", "controller", "registry"]
"""What reads the object that a finding is about: a pod, the controller of another object, or an image pull."""

STUCK: dict[Reader, str] = {
    "pod": WHAT_HAPPENS["stuck"],
    "controller": "accepted, but its controller does not find what it names",
    "registry": "accepted, but no image is pulled from a registry that asks for credentials",
}
"""What `stuck` means for each reader."""

RANKS: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


class Position(msgspec.Struct, frozen=True, gc=False, order=True):
    """A place in a text: 1-based line and column, 0-based character offset."""

    line: int
    column: int
    offset: int


class Location(msgspec.Struct, frozen=True, gc=False, order=True, omit_defaults=True):
    """A stretch of a named text.

    That of a live object is a listing of its fields, which nobody has before them: its place is the object, and the
    path of the `field`.
    """

    path: str
    start: Position
    end: Position
    field: str = ""

    @property
    def place(self) -> str:
        """Where it is, as editors take it; of a live object the field."""
        return self.field or f"{self.start.line}:{self.start.column}"


class Related(msgspec.Struct, frozen=True):
    """A second place that belongs to a finding, and what it shows."""

    label: str
    location: Location


class ObjectId(msgspec.Struct, frozen=True, rename={"api_version": "apiVersion"}):
    """The Kubernetes object a finding is about."""

    api_version: str
    kind: str
    namespace: str | None
    name: str | None


class Edit(msgspec.Struct, frozen=True):
    """Replaces the characters from `start` up to `end` of the text at `path`."""

    path: str
    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True):
    """A way to fix a finding; `safe` when it cannot change what the author meant."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]


class Suppression(msgspec.Struct, frozen=True):
    """What suppresses a finding: something in its file, or something outside of it; and the reason that it gives."""

    kind: Literal["inSource", "external"]
    reason: str = ""


State = Literal["broken", "at-restart", "stale", "silent", "unchecked", "unused"]
"""In which state a finding shows a live object to be, the worst first."""


class Audited(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a problem in a cluster besides.

    It is so `since` a moment, for these `pods`; `running` is the number of pods of the object that run. The `commands`
    can be run as they are, in this order.
    """

    cluster: str = ""
    namespace: str = ""
    state: State = "unchecked"
    since: str = ""
    pods: tuple[str, ...] = ()
    running: int = 0
    commands: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One problem: what it is, where it is, what the cluster does about it and how to fix it.

    `subject` is a digest of what is referred to: the text at the finding's place, unless that must not be shown, and
    the name, key or field that it is about. It tells findings apart whatever their messages say. `cause` is one of the
    rule's causes, where it has any. Findings of one rule about the same thing, such as one missing object that several
    workloads read, have one `group`. Those of an audit say more in `audit`. `overlap` says which other tool of an
    editor sees it as well. `reader` is what reads the object that is referred to.
    """

    rule: str
    severity: Severity
    consequence: Consequence
    message: str
    help: str | None
    url: str
    location: Location
    related: tuple[Related, ...]
    object: ObjectId | None
    container: str | None
    fixes: tuple[Fix, ...]
    fingerprint: str
    suppression: Suppression | None = None
    subject: str = ""
    cause: str = ""
    group: str = ""
    audit: Audited | None = None
    overlap: Overlap = ""
    reader: Reader = "pod"

    @property
    def effect(self) -> str:
        """What the cluster does about it, in words."""
        return STUCK[self.reader] if self.consequence == "stuck" else WHAT_HAPPENS[self.consequence]


class Known(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A finding as a baseline keeps it: for readers where it was and what it said, and the fingerprint that counts.

    `pedantic` says that who wrote it had asked for all that its rule may find, also for what breaks nothing.
    """

    path: str
    rule: str
    object: str
    message: str
    fingerprint: str
    pedantic: bool = False
