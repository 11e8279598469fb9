"""Fixes findings: takes those fixes that go together, proves them, and goes on until there is nothing left to fix.

Nothing is written here. What would be written is checked as if it were.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from cmlint.fixes.proof import NotProvenError, applied, prove
from cmlint.model.findings import Edit, Finding, Fix
from cmlint.model.outcome import Unfixed
from cmlint.pipeline.result import Result

PASSES = 50
"""A fix may make room for another, but hardly that often."""

REMAINS = "the problem would still be there"

Check = Callable[[Mapping[str, str]], Result]
"""A check with texts in the place of what files hold, by their real paths."""

Prove = Callable[[str, Sequence[Edit]], None]
WhyNot = Callable[[Sequence["Step"]], "str | None"]


class Step(msgspec.Struct, frozen=True):
    """A fix, and the findings that it fixes."""

    fix: Fix
    findings: tuple[Finding, ...]


class Change(msgspec.Struct, frozen=True):
    """A text before and after; `path` is the one that is shown."""

    path: str
    old: str
    new: str


class Fixed(msgspec.Struct):
    """What fixing comes to: the check of the changed texts, these by their real paths, and what is fixed and what not.

    The findings of `result` keep only fixes that have not been refused.
    """

    result: Result
    changes: dict[str, Change]
    findings: list[Finding]
    refused: list[Unfixed]


def fix(result: Result, check: Check, *, unsafe: bool, prove: Prove = prove) -> Fixed:
    """Fixes the findings of a check, which is done again with the changed texts; `unsafe` fixes only when asked for."""
    fixing = Fixing(result, check, prove, unsafe=unsafe)
    for _ in range(PASSES):
        if not fixing.go_on():
            break
    return fixing.outcome()


class Fixing:
    """The state of fixing: the last result, the texts as they are by now, and what was refused."""

    def __init__(self, result: Result, check: Check, prove: Prove, *, unsafe: bool) -> None:
        self.result, self.check, self.prove, self.unsafe = result, check, prove, unsafe
        self.texts: dict[str, str] = {}
        self.originals: dict[str, Change] = {}
        self.fixed: list[Finding] = []
        self.refused: dict[tuple[str, str], Unfixed] = {}

    def go_on(self) -> bool:
        """One pass; False when nothing more can be fixed."""
        steps = list(self.plan())
        taken = self.sift(steps, self.why_unproven)
        self.tried: tuple[Result, dict[str, str]] = (self.result, self.texts)
        taken = self.sift(taken, self.why_not_clean)
        self.result, self.texts = self.tried
        self.fixed += (finding for step in taken for finding in step.findings)
        return bool(taken)

    def plan(self) -> Iterator[Step]:
        """The fixes that can be made at once: none touches what another one does."""
        steps: dict[tuple[object, ...], Step] = {}
        taken: dict[str, list[Edit]] = {}
        for finding in self.result.outcome.findings:
            chosen = self.choose(finding)
            if chosen is None:
                continue
            key = tuple((os.path.realpath(e.path), e.start, e.end, e.text) for e in chosen.edits)
            if key in steps:
                steps[key] = replace(steps[key], findings=(*steps[key].findings, finding))
                continue
            places = [(taken.setdefault(os.path.realpath(edit.path), []), edit) for edit in chosen.edits]
            if not any(meets(edit, other) for others, edit in places for other in others):
                steps[key] = Step(chosen, (finding,))
                for others, edit in places:
                    others.append(edit)
        yield from steps.values()

    def choose(self, finding: Finding) -> Fix | None:
        """The first fix of a finding that is allowed and was not refused."""
        for offered in finding.fixes:
            if (offered.safe or self.unsafe) and key_of(finding, offered) not in self.refused:
                return offered
        return None

    def sift(self, steps: Sequence[Step], why_not: WhyNot, taken: Sequence[Step] = ()) -> list[Step]:
        """The steps that can be taken together with those `taken`; each that cannot, even alone, is refused."""
        why = why_not([*taken, *steps]) if steps else None
        if why is None:
            return [*taken, *steps]
        if len(steps) == 1:
            self.refuse(steps[0], why)
            return list(taken)
        half = len(steps) // 2
        return self.sift(steps[half:], why_not, self.sift(steps[:half], why_not, taken))

    def refuse(self, step: Step, why: str) -> None:
        """Notes why a step is not taken."""
        for finding in step.findings:
            self.refused[key_of(finding, step.fix)] = Unfixed(finding.location, finding.rule, step.fix.safe, why)

    def why_unproven(self, steps: Sequence[Step]) -> str | None:
        """Why the texts would say something else than they should."""
        try:
            for path, edits in edits_of(steps).items():
                self.prove(self.text(path, edits), edits)
        except NotProvenError as error:
            return str(error)
        return None

    def why_not_clean(self, steps: Sequence[Step]) -> str | None:
        """Why the check of the changed texts is not better in every way than before."""
        edits = edits_of(steps)
        texts = {**self.texts, **{path: applied(self.text(path, own), own) for path, own in edits.items()}}
        result = self.check(texts)
        if why := worse(self.result, result, texts) or still_there(self.result, result, steps):
            return why
        self.tried = result, texts
        return None

    def text(self, path: str, edits: Sequence[Edit]) -> str:
        """The text at a real path as it is by now."""
        if path not in self.texts:
            shown = edits[0].path
            text = self.result.texts.get(shown).text
            self.originals.setdefault(path, Change(shown, text, text))
            return text
        return self.texts[path]

    def outcome(self) -> Fixed:
        """What it has come to."""
        changes = {path: replace(self.originals[path], new=text) for path, text in self.texts.items()}
        outcome = self.result.outcome
        outcome.findings = [
            replace(f, fixes=tuple(fix for fix in f.fixes if key_of(f, fix) not in self.refused))
            for f in outcome.findings
        ]
        places = {finding.fingerprint: finding.location for finding in outcome.findings}
        refused = {replace(r, location=places.get(key, r.location)) for (key, _), r in self.refused.items()}
        unfixed = {unfixed for unfixed in outcome.unfixed if unfixed.safe or self.unsafe}
        return Fixed(self.result, changes, self.fixed, sorted({*refused, *unfixed}))


def key_of(finding: Finding, fix: Fix) -> tuple[str, str]:
    """What a refused fix is known by while lines move."""
    return finding.fingerprint, fix.title


def meets(edit: Edit, other: Edit) -> bool:
    """Whether two edits overlap or touch."""
    return edit.start <= other.end and other.start <= edit.end


def edits_of(steps: Sequence[Step]) -> dict[str, list[Edit]]:
    """The edits of steps by the real paths of their texts."""
    found: dict[str, list[Edit]] = {}
    for step in steps:
        for edit in step.fix.edits:
            found.setdefault(os.path.realpath(edit.path), []).append(edit)
    return found


def worse(before: Result, after: Result, changed: Container[str]) -> str | None:
    """What a check has found that it did not find before, or could not read any more.

    Charts may make random names, so what is found at the same place of an unchanged text is the same.
    """
    problems = Counter(after.problems) - Counter(before.problems)
    if problems:
        problem = min(problems)
        return f"{problem.path}: {problem.message}"
    known = Counter(finding.fingerprint for finding in before.outcome.findings)
    places = {(finding.rule, finding.location) for finding in before.outcome.findings}
    for finding in after.outcome.findings:
        known[finding.fingerprint] -= 1
        same = (finding.rule, finding.location) in places and os.path.realpath(finding.location.path) not in changed
        if known[finding.fingerprint] < 0 and not same:
            start = finding.location.start
            return f"`{finding.rule}` would be found at {finding.location.path}:{start.line}:{start.column}"
    return None


def still_there(before: Result, after: Result, steps: Sequence[Step]) -> str | None:
    """Whether a finding that should be gone is not."""
    gone = Counter(finding.fingerprint for finding in before.outcome.findings)
    gone.subtract(finding.fingerprint for finding in after.outcome.findings)
    expected = Counter(finding.fingerprint for step in steps for finding in step.findings)
    return REMAINS if any(gone[key] < number for key, number in expected.items()) else None
