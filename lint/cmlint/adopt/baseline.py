"""A baseline: the findings that a project has already and will fix one day, so that only new ones are shown."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from cmlint.config.config import Config
from cmlint.config.selection import select
from cmlint.engine.identity import fingerprints, older_fingerprints
from cmlint.engine.rules import Rule
from cmlint.errors import FatalError
from cmlint.model.findings import Finding, Known
from cmlint.pipeline.result import Result
from cmlint.system import files
from cmlint.system.files import BASELINE, is_within, read_named, reason
from cmlint.system.text import json_of

VERSION = 2
"""What is written. Version 1 is still read; its fingerprints depend on messages."""

OLDER = 1


class Content(msgspec.Struct, forbid_unknown_fields=True):
    """What a baseline holds."""

    version: int
    findings: list[Known]


class Scope(msgspec.Struct, frozen=True):
    """How far a run has looked: below which paths, with which rules, and of which of them it wanted everything."""

    paths: tuple[str, ...]
    rules: frozenset[str]
    wholly: frozenset[str]


def scope_of(paths: Iterable[str], rules: Mapping[str, Rule], config: Config) -> Scope:
    """How far a run looks at some paths: with the rules that the configuration selects."""
    selected, chosen = select(rules, config)
    names = frozenset(rule.name for rule in selected)
    return Scope(tuple(paths), names, names if config.pedantic else names & chosen)


class Baseline:
    """The baseline in a file; its paths are relative to the file's folder, so that it holds wherever cmlint runs.

    Other relative paths start `here`; without a folder, in the working directory.
    """

    def __init__(self, file: str, content: Content | None = None, here: str = "") -> None:
        self.file, self.here, self.folder = file, here, os.path.dirname(os.path.abspath(os.path.join(here, file)))
        self.entries = content.findings if content else []
        self.by_fingerprint = {entry.fingerprint: entry for entry in self.entries}

    def path_of(self, path: str) -> str:
        """A path as the baseline has it."""
        return os.path.relpath(os.path.join(self.here, path), self.folder).replace(os.sep, "/")

    def names(self, findings: Iterable[Finding]) -> dict[Finding, str]:
        """The fingerprints of the findings of a run."""
        return fingerprints(findings, self.path_of)

    def matched(self, findings: Collection[Finding]) -> dict[Finding, Known]:
        """The entries of those findings of a run that the baseline has, under a fingerprint of either version."""
        found: dict[Finding, Known] = {}
        for naming in (older_fingerprints, fingerprints):
            names = naming(findings, self.path_of)
            found |= {
                finding: self.by_fingerprint[name] for finding, name in names.items() if name in self.by_fingerprint
            }
        return found

    def gone(self, here: Collection[Known], scope: Scope) -> list[Known]:
        """The entries that no finding of a run has, although it has looked there."""
        return [entry for entry in self.seen(scope) if entry not in here]

    def updated(self, names: Mapping[str, str]) -> Baseline:
        """The baseline with other fingerprints for some of its entries."""
        entries = [
            replace(entry, fingerprint=names.get(entry.fingerprint, entry.fingerprint)) for entry in self.entries
        ]
        return Baseline(self.file, Content(VERSION, entries), self.here)

    def seen(self, scope: Scope) -> Iterator[Known]:
        """The entries that a run would have found, were they still true."""
        folders = tuple(os.path.abspath(os.path.join(self.here, folder)) for folder in scope.paths)
        for entry in self.entries:
            path = os.path.normpath(os.path.join(self.folder, entry.path))
            looked = scope.wholly if entry.pedantic else scope.rules
            if entry.rule in looked and is_within(path, folders):
                yield entry

    def without(self, gone: Collection[Known]) -> Baseline:
        """The baseline without some of its entries."""
        left = [entry for entry in self.entries if entry not in gone]
        return Baseline(self.file, Content(VERSION, left), self.here)

    def renewed(self, findings: Mapping[Finding, str], scope: Scope) -> Baseline:
        """The baseline with what is found now, and what it has of files and rules that the run has not looked at."""
        seen = set(self.seen(scope))
        kept = [entry for entry in self.entries if entry not in seen]
        added = [self.entry(finding, name, scope) for finding, name in findings.items()]
        by_name = {entry.fingerprint: entry for entry in (*kept, *added)}
        return Baseline(self.file, Content(VERSION, sorted(by_name.values())), self.here)

    def entry(self, finding: Finding, fingerprint: str, scope: Scope) -> Known:
        """A finding as the baseline keeps it."""
        found = finding.object
        names = (found.kind, found.name, finding.container) if found else ()
        path = os.fsencode(self.path_of(finding.location.path)).decode("utf-8", "replace")
        whose, pedantic = "/".join(filter(None, names)), finding.rule in scope.wholly
        return Known(
            path=path,
            rule=finding.rule,
            object=whose,
            message=finding.message,
            fingerprint=fingerprint,
            pedantic=pedantic,
        )

    @property
    def text(self) -> str:
        """The baseline as it is written: an entry a line, in order, so that differences can be read and merged."""
        lines = [json_of(entry, 0) for entry in self.entries]
        listed = "[\n    " + ",\n    ".join(lines) + "\n  ]" if lines else "[]"
        return f'{{\n  "version": {VERSION},\n  "findings": {listed}\n}}\n'


def read(file: str, *, named: bool = True, here: str = "") -> Baseline:
    """The baseline in a file; raises FatalError for one that is not there or cannot be read.

    It is `named` on the command line, where it may be a pipe, or else in a configuration. Relative paths start `here`.
    """
    try:
        raw = (read_named if named else files.read)(os.path.join(here, file), BASELINE)
    except FileNotFoundError:
        raise FatalError(f"{file}: no such file", f"`--write-baseline {file}` writes it") from None
    except OSError as error:
        raise FatalError(f"{file}: {reason(error)}", "name a baseline that can be read with `--baseline`") from None
    return decoded(file, raw, here)


def decoded(file: str, raw: bytes, here: str = "") -> Baseline:
    """The baseline that a file holds; raises FatalError for what is none."""
    try:
        content = msgspec.json.decode(raw, type=Content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "it contains merge conflict markers" if b"\n<<<<<<< " in raw else str(error).partition(" - ")[0]
        message = f"{file}: not a baseline: {why[:1].lower()}{why[1:]}"
        raise FatalError(message, "fix it, or delete it and run `--write-baseline` again") from None
    if content.version not in (OLDER, VERSION):
        message = f"{file}: a baseline of version {content.version}, and this cmlint reads versions up to {VERSION}"
        raise FatalError(
            message, "use the version of cmlint that wrote it, or delete it and run `--write-baseline` again"
        )
    return Baseline(file, content, here)


def begun(file: str) -> Baseline:
    """The baseline that is to be written to a file: the one that is there already, or an empty one."""
    return read(file) if os.path.isfile(file) and os.path.getsize(file) else Baseline(file)


def leave_out(result: Result, known: Baseline) -> None:
    """Leaves out what a baseline has."""
    outcome, matched = result.outcome, known.matched(result.outcome.everything)
    outcome.baselined = [finding for finding in outcome.findings if finding in matched]
    outcome.findings = [finding for finding in outcome.findings if finding not in matched]
