"""What can be done about a finding: fixes first, then to say that an object is made elsewhere, to ignore it last.

Every change is made of the snapshot and proven; where the text has changed since, or the proof fails, none is offered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from cmlint.adopt.ignores import Lines
from cmlint.adopt.ignores import prove as prove_comment
from cmlint.bundle import lookup
from cmlint.bundle.documents import LIVE, Definition
from cmlint.bundle.lookup import Point
from cmlint.fixes.proof import NotProvenError, prove
from cmlint.kube.names import why_not_data_key, why_not_subdomain
from cmlint.manifest.edits import CannotEditError, end_of_line, newline_of, pieces_of, start_of_line
from cmlint.model.changes import Add
from cmlint.model.facts import IGNORE, Span
from cmlint.model.findings import Edit, Finding, Fix
from cmlint.server.complete import written
from cmlint.server.cursor import Node, cursor_at
from cmlint.server.diagnostics import Locator
from cmlint.server.positions import Lines as Positions
from cmlint.server.positions import Range
from cmlint.server.settings import Settings
from cmlint.system import files

Kind = Literal["quickfix", "source.fixAll.cmlint"]

FIX_ALL: Kind = "source.fixAll.cmlint"
FIX_ALL_TITLE = "fix all that is safe to fix (cmlint)"

CONFIGURATION = ".cmlint.yaml"
EXTERNAL = re.compile(r"(?m)^external:[ \t]*(\[)?")
MISSING = ("missing-configmap", "missing-secret", "missing-key", "missing-secret-key")
"""The rules about what may be made elsewhere."""


class Edited(NamedTuple):
    """A stretch of a file to be replaced; a file that is not there yet is made."""

    path: str
    range: Range
    text: str
    new_file: bool = False


class Action(NamedTuple):
    """A change that can be made; the safe fix of a finding is preferred."""

    title: str
    kind: Kind
    edits: tuple[Edited, ...]
    fingerprints: tuple[str, ...]
    preferred: bool = False


class Offer(NamedTuple):
    """A change as it is in the texts that were read."""

    title: str
    edits: Sequence[Edit]
    preferred: bool = False
    comment: bool = False


class Actions:
    """The actions in one file."""

    def __init__(self, locator: Locator, path: str, settings: Settings) -> None:
        self.locator, self.path, self.settings = locator, path, settings
        self.snapshot = locator.snapshot
        self.shown = locator.project.shown(path)

    def at(self, span: Span) -> Iterator[Action]:
        """What can be done about the findings that touch a stretch of the file."""
        yield from self.about([each for each in self.findings() if touches(each, span)])

    def about(self, findings: Sequence[Finding]) -> Iterator[Action]:
        """What can be done about some findings."""
        for offers in (self.fixes, self.keys, self.elsewhere, self.comments, self.annotations):
            for finding in findings:
                for offer in offers(finding):
                    if edits := self.proven(offer):
                        yield Action(offer.title, "quickfix", edits, (finding.fingerprint,), offer.preferred)

    def findings(self) -> list[Finding]:
        """The findings in the file; none while its text is another one, or cannot be parsed."""
        here = [each for each in self.snapshot.findings if each.location.path == self.shown]
        moved = self.locator.now(self.shown)[1] is not None if here else False
        broken = any(each.rule in ("yaml-syntax", "internal-error") for each in here)
        return [] if moved or broken else here

    def again(self, kind: str, title: str, fingerprints: Container[str]) -> Action | None:
        """An action that was offered before, as it is now; None where it is not there any more."""
        if kind == FIX_ALL:
            return self.all_safe()
        found = merged(self.about([each for each in self.findings() if each.fingerprint in fingerprints]))
        return next((each for each in found if each.title == title), None)

    def any_safe(self) -> Action | None:
        """The action that makes all safe fixes, without its changes; None where there is none to make."""
        fingerprints = tuple(finding.fingerprint for finding, _ in self.safe())
        return Action(FIX_ALL_TITLE, FIX_ALL, (), fingerprints) if fingerprints else None

    def all_safe(self) -> Action | None:
        """All safe fixes in the file that go together, as one action."""
        edits: list[Edit] = []
        fixed: list[str] = []
        for finding, fix in self.safe():
            if set(fix.edits) <= set(edits):
                fixed.append(finding.fingerprint)
            elif not meet(fix.edits, edits) and self.proven(Offer("", [*edits, *fix.edits])):
                edits += fix.edits
                fixed.append(finding.fingerprint)
        done = self.proven(Offer(FIX_ALL_TITLE, edits)) if edits else ()
        return Action(FIX_ALL_TITLE, FIX_ALL, done, tuple(fixed)) if done else None

    def safe(self) -> Iterator[tuple[Finding, Fix]]:
        """The findings with a safe fix that stays in the file, each with it; none where fixes are switched off."""
        for finding in self.findings() if self.settings.actions.fix else ():
            fix = next((each for each in finding.fixes if each.safe), None)
            if fix and all(edit.path == self.shown for edit in fix.edits):
                yield finding, fix

    # what is offered

    def fixes(self, finding: Finding) -> Iterator[Offer]:
        """The fixes that its rule has, near names among them; safe ones first."""
        if self.settings.actions.fix:
            for fix in sorted(finding.fixes, key=lambda each: not each.safe):
                yield Offer(fix.title, fix.edits, preferred=fix.safe)

    def keys(self, finding: Finding) -> Iterator[Offer]:
        """To add a key that is missing to its object."""
        if not self.settings.actions.fix or finding.rule not in ("missing-key", "missing-secret-key"):
            return
        for definition, key in self.lacking(finding):
            path, span = definition.placed.written(definition.provider.name.span)
            own = not definition.placed.built and definition.placed.number != LIVE
            if not own or definition.provider.kind != definition.provider.target or why_not_data_key(key):
                continue
            text = self.snapshot.shown_texts.get(path).text
            if edit := added_key(text, path, span, key, definition):
                yield Offer(f"add key `{key}` to `{path}`", [edit])

    def lacking(self, finding: Finding) -> Iterator[tuple[Definition, str]]:
        """The objects that lack the key which a finding is about."""
        start = finding.location.start.offset
        bundles = self.snapshot.by_path.get(self.shown, [])
        for read in lookup.references_at(bundles, Point(self.shown, start, start)):
            for key in read.reference.keys:
                if read.placed.written(key.span)[1].start == start:
                    resolution = read.bundle.resolver.resolve(read.reference, read.placed)
                    yield from ((each, key.value) for each in resolution.lacking(key.value))

    def elsewhere(self, finding: Finding) -> Iterator[Offer]:
        """To say in the configuration that an object is made elsewhere."""
        if not self.settings.actions.fix or finding.rule not in MISSING:
            return
        start = finding.location.start.offset
        bundles = self.snapshot.by_path.get(self.shown, [])
        for read in lookup.references_at(bundles, Point(self.shown, start, start))[:1]:
            name = read.placed.as_written(read.reference.name.value)
            text = self.configuration()
            if why_not_subdomain(name) or text is None or (not text and read.bundle.clusters):
                return
            entry = f"{read.reference.target}/{name}"
            yield Offer(f"`external`: `{entry}` is made elsewhere", [external(text, entry)])

    def comments(self, finding: Finding) -> Iterator[Offer]:
        """To ignore a finding by a comment on its line."""
        if self.settings.actions.suppress:
            lines = Lines(self.snapshot.shown_texts, ())
            for fix in lines.fixes(finding, [finding.rule]):
                if all(edit.path == self.shown for edit in fix.edits):
                    yield Offer(f"ignore `{finding.rule}` here", fix.edits, comment=True)
                    return

    def annotations(self, finding: Finding) -> Iterator[Offer]:
        """To ignore a rule everywhere in the object."""
        if self.settings.actions.suppress:
            text = self.snapshot.shown_texts.get(self.shown).text
            if edit := annotated(text, self.shown, finding.location.start.offset, finding.rule):
                yield Offer(f"ignore `{finding.rule}` in this object", [edit])

    # the proof

    def proven(self, offer: Offer) -> tuple[Edited, ...]:
        """The edits of a change in the texts as they are now; none where it cannot be proven."""
        found: list[Edited] = []
        for path in dict.fromkeys(edit.path for edit in offer.edits):
            own = [edit for edit in offer.edits if edit.path == path]
            if path == CONFIGURATION:
                found += self.configured(own)
                continue
            lines, moved = self.locator.now(path)
            if moved:
                return ()
            try:
                (prove_comment if offer.comment else prove)(self.snapshot.shown_texts.get(path).text, own)
            except NotProvenError:
                return ()
            real = self.locator.path(path)
            found += (Edited(real, lines.range(Span(each.start, each.end)), each.text) for each in own)
        return tuple(found)

    def configured(self, edits: Sequence[Edit]) -> Iterator[Edited]:
        """The edits of the configuration, which may not be there yet."""
        path = os.path.join(self.locator.project.folder, CONFIGURATION)
        lines = Positions(self.configuration() or "")
        is_new = not self.locator.workspace.at(path) and not os.path.lexists(path)
        yield from (Edited(path, lines.range(Span(e.start, e.end)), e.text, is_new) for e in edits)

    def configuration(self) -> str | None:
        """The text of the configuration in the folder, empty if there is none; None where it cannot be read."""
        folder = self.locator.project.folder
        path = os.path.join(folder, CONFIGURATION)
        if opened := self.locator.workspace.at(path):
            return opened.text
        try:
            return files.read(path, files.CONFIGURATION, files.root_of(folder)).decode("utf-8")
        except FileNotFoundError:
            return None if os.path.lexists(path) else ""
        except (OSError, UnicodeDecodeError):
            return None


def meet(some: Iterable[Edit], others: Sequence[Edit]) -> bool:
    """Whether edits overlap or touch others."""
    return any(edit.start <= other.end and other.start <= edit.end for edit in some for other in others)


def touches(finding: Finding, span: Span) -> bool:
    """Whether a finding is in a stretch of its file, or around it."""
    return finding.location.start.offset <= span.end and span.start <= finding.location.end.offset


def external(text: str, name: str) -> Edit:
    """What adds a name to the setting `external`."""
    found = EXTERNAL.search(text)
    if found is None:
        before = "" if not text or text.endswith("\n") else newline_of(text)
        return Edit(CONFIGURATION, len(text), len(text), f"{before}external:\n  - {name}\n")
    if found[1]:
        follows = text[found.end() :].lstrip()[:1]
        return Edit(CONFIGURATION, found.end(), found.end(), f"{name}{'' if follows == ']' else ', '}")
    end = end_of_line(text, found.end())
    following = re.compile(r"\r?\n([ \t]*)- ").match(text, end)
    indentation = following[1] if following else "  "
    return Edit(CONFIGURATION, end, end, f"{newline_of(text)}{indentation}- {name}")


def added_key(text: str, path: str, name: Span, key: str, definition: Definition) -> Edit | None:
    """What adds a key without a value behind the last one of an object; None where that is written otherwise."""
    field = "stringData" if definition.provider.target == "Secret" else "data"
    root = cursor_at(text, name.start).root
    data = root.child(field)
    if data is None or not data.children:
        return None
    last, name_in_yaml = data.children[-1], written(key)
    if last.block or last.children or last.column < 0:
        first = data.children[0]
        start = start_of_line(text, first.start)
        return Edit(path, start, start, f'{text[start : first.start]}{name_in_yaml}: ""{newline_of(text)}')
    try:
        pieces = pieces_of(Add(quoted(last), last.name, name_in_yaml, '""'), text)
    except CannotEditError:
        return None
    return Edit(path, *pieces[0]) if len(pieces) == 1 else None


def quoted(node: Node) -> Span:
    """Where the value of a node is with its quotes."""
    width = len(node.quote)
    return Span(node.span.start - width, node.span.end + width)


def annotated(text: str, path: str, offset: int, rule: str) -> Edit | None:
    """What adds a rule to the annotation of an object that ignores findings; None where that cannot be written."""
    metadata = cursor_at(text, offset).root.child("metadata")
    if metadata is None or not metadata.children or metadata.children[0].column < 0:
        return None
    annotations = metadata.child("annotations")
    known = annotations.child(IGNORE) if annotations else None
    if known:
        if not known.value or known.block:
            return None
        return Edit(path, known.span.start, known.span.end, f"{known.value}, {rule}")
    beside = annotations.children[0] if annotations and annotations.children else metadata.children[0]
    if beside.column < 0 or (annotations and not annotations.children):
        return None
    start = start_of_line(text, beside.start)
    indentation, end = " " * beside.column, newline_of(text)
    line = f"{indentation}{IGNORE}: {rule}{end}"
    if not annotations:
        line = f"{indentation}annotations:{end}{indentation}  {IGNORE}: {rule}{end}"
    return Edit(path, start, start, line)


def merged(found: Iterable[Action]) -> list[Action]:
    """Actions, of those with the same title and edits one."""
    known: dict[tuple[object, ...], Action] = {}
    for each in found:
        key = each.title, each.edits
        before = known.get(key)
        prints = (*(before.fingerprints if before else ()), *each.fingerprints)
        known[key] = each._replace(fingerprints=tuple(dict.fromkeys(prints)))
    return list(known.values())
