"""Findings as an editor shows them: where they are in the text as it is now, and what they say."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from typing import NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.config.selection import select, settings_of
from cmlint.engine.engine import Engine
from cmlint.engine.suppress import Suppressions
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Span
from cmlint.model.findings import Finding, Location
from cmlint.server.positions import Lines, Moved, Range
from cmlint.server.project import Project, Snapshot
from cmlint.server.settings import Settings
from cmlint.server.workspace import Opened, Workspace
from cmlint.sources.files import KUSTOMIZATIONS
from cmlint.system.text import printable
from cmlint.texts import Texts

SEVERITIES = {"error": 1, "warning": 2, "info": 3}
NEIGHBOURS = {"yaml": "yaml-language-server", "schema": "kubernetes-schema"}
"""The neighbour that sees a finding as well, by its overlap."""


class FileRange(NamedTuple):
    """A stretch of a file, by its real path."""

    path: str
    range: Range


class Diagnostic(NamedTuple):
    """A finding as an editor shows it; `related` are further places with what they show."""

    range: Range
    severity: int
    rule: str
    url: str
    message: str
    related: tuple[tuple[FileRange, str], ...]
    unnecessary: bool
    fingerprint: str


class Locator:
    """Leads from places in the texts of a snapshot to places in the texts as they are now."""

    def __init__(self, workspace: Workspace, project: Project, snapshot: Snapshot) -> None:
        self.workspace, self.project, self.snapshot = workspace, project, snapshot
        self.lines: dict[str, tuple[Lines, Moved | None]] = {}
        self.real: dict[str, str] = {}

    def path(self, shown: str) -> str:
        """The real path of what is shown."""
        if shown not in self.real:
            self.real[shown] = os.path.realpath(os.path.join(self.project.folder, shown))
        return self.real[shown]

    def now(self, shown: str) -> tuple[Lines, Moved | None]:
        """The lines of a text as it is now, and how it has moved since it was read."""
        if shown not in self.lines:
            old = self.snapshot.shown_texts.get(shown).text
            opened = self.workspace.at(self.path(shown))
            moved = Moved(old, opened.text) if opened and opened.text != old else None
            self.lines[shown] = opened.lines if opened else Lines(old), moved
        return self.lines[shown]

    def is_live(self, shown: str) -> bool:
        """Whether a path is not one of a file, but of an object in a cluster."""
        return self.snapshot.shown_texts.listing(shown) is not None

    def place(self, shown: str, span: Span) -> FileRange | None:
        """Where a stretch of a text is now; None where its line was changed, and of an object in a cluster."""
        if self.is_live(shown):
            return None
        lines, moved = self.now(shown)
        there = moved.span(span) if moved else span
        return FileRange(self.path(shown), lines.range(there)) if there else None

    def at(self, location: Location) -> FileRange | None:
        """Where a location is now."""
        return self.place(location.path, Span(location.start.offset, location.end.offset))


def diagnostics_of(
    workspace: Workspace, project: Project, snapshot: Snapshot, settings: Settings
) -> dict[str, list[Diagnostic]]:
    """What is shown of a project, by real paths; a path of which nothing is shown any more is not among them."""
    locator = Locator(workspace, project, snapshot)
    opened = {each.path for each in list(workspace.opened.values())}
    found: dict[str, list[Diagnostic]] = {}
    for finding in snapshot.findings:
        path = locator.path(finding.location.path)
        if not is_shown(finding, path, opened, project, settings):
            continue
        if diagnostic := diagnostic_of(finding, locator):
            found.setdefault(path, []).append(diagnostic)
    return found


def is_shown(finding: Finding, path: str, opened: Container[str], project: Project, settings: Settings) -> bool:
    """Whether a finding is shown, and no neighbour shows it."""
    if NEIGHBOURS.get(finding.overlap) in settings.beside:
        return False
    if path in opened or settings.diagnostics == "workspace":
        return True
    return settings.diagnostics == "new" and project.is_new(finding)


def diagnostic_of(finding: Finding, locator: Locator) -> Diagnostic | None:
    """A finding as it is shown; None where its line was changed since."""
    place = locator.at(finding.location)
    if place is None:
        return None
    related = ((locator.at(each.location), each.label) for each in finding.related)
    places = tuple((there, printable(label)) for there, label in related if there)
    live = (
        printable(f"{each.location.path}: {each.label}")
        for each in finding.related
        if locator.is_live(each.location.path)
    )
    shown = described(finding, place.range, places)
    return shown._replace(message="\n".join((shown.message, *live)))


def described(finding: Finding, place: Range, related: tuple[tuple[FileRange, str], ...] = ()) -> Diagnostic:
    """A finding at a place."""
    parts = (finding.message, finding.effect, *(finding.help or "").split("\n"))
    return Diagnostic(
        range=place,
        severity=SEVERITIES[finding.severity],
        rule=finding.rule,
        url=finding.url,
        message="\n".join(printable(part) for part in parts if part),
        related=related,
        unnecessary=finding.rule.startswith("unused-"),
        fingerprint=finding.fingerprint,
    )


def faults_of(project: Project, opened: Opened) -> Iterator[Diagnostic]:
    """What is surely wrong in one text whatever the other files hold, before these are read.

    Of a text that helm may render, and of one that kustomize reads, nothing is sure.
    """
    name, text = project.shown(opened.path), opened.text
    if "{{" in text or os.path.basename(opened.path) in KUSTOMIZATIONS or not project.setup:
        return
    request = project.setup.request
    selected, chosen = select(request.rules, request.config)
    rules = [rule for rule in selected if rule.codes]
    engine = Engine(rules, settings_of(request.config), Texts({name: text}.__getitem__), chosen)
    bundle = Bundle(Material(files=[(name, read_text(text, request.makers))], complete=False))
    for finding in engine.run([bundle], Suppressions({}, request.rules)).findings:
        span = Span(finding.location.start.offset, finding.location.end.offset)
        yield described(finding, opened.lines.range(span))
