"""Writes comments that ignore findings where they are, each with room for the reason.

A comment is an edit like a fix, so it is proven like one: the text says what it said before, the finding is ignored and
nothing new is found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence

from msgspec.structs import replace

from cmlint.fixes import proof
from cmlint.fixes import selection as fixing
from cmlint.manifest.comments import scalars_in
from cmlint.manifest.edits import break_at, end_of_line, start_of_line
from cmlint.model.findings import Edit, Finding, Fix, Location
from cmlint.model.outcome import Unfixed
from cmlint.pipeline.result import Result
from cmlint.sources.helm.template import as_yaml
from cmlint.texts import Texts

REASON = "TODO: say why"
WIDTH = 120
"""A line that would be longer has its comment above it."""

NO_PLACE = "no comment is possible there; use the annotation `cmlint.dev/ignore` on the object"
JSON = "JSON has no comments; use the annotation `cmlint.dev/ignore` on the object, or a baseline"


def add(result: Result, check: fixing.Check) -> fixing.Fixed:
    """Ignores the findings of a check, which is done again with the changed texts."""
    done = fixing.fix(offering(result), lambda texts: offering(check(texts)), unsafe=False, prove=prove)
    left = done.result.outcome.findings
    done.refused = [Unfixed(finding.location, finding.rule, True, why_left(finding)) for finding in left]
    done.result.outcome.findings = [replace(finding, fixes=()) for finding in left]
    return done


def prove(old: str, edits: Sequence[Edit]) -> None:
    """Raises NotProvenError unless comments change nothing; the actions of a template may represent anything."""
    proof.prove(as_yaml(old) if "{{" in old else old, edits)


def why_left(finding: Finding) -> str:
    """Why a finding is not ignored by a comment."""
    return JSON if finding.location.path.endswith(".json") else NO_PLACE


def offering(result: Result) -> Result:
    """A result whose findings have nothing to fix them but comments that ignore them."""
    outcome = result.outcome
    outcome.unfixed = []
    by_line: dict[tuple[str, int], list[Finding]] = {}
    for finding in outcome.findings:
        by_line.setdefault((finding.location.path, finding.location.start.line), []).append(finding)
    lines = Lines(result.texts, outcome.named)
    offered: list[Finding] = []
    for together in by_line.values():
        rules = sorted({finding.rule for finding in together})
        offered += (replace(finding, fixes=tuple(lines.fixes(finding, rules))) for finding in together)
    outcome.findings = offered
    return result


class Lines:
    """The lines of texts, as far as comments may be at their ends or above them: of the `named` ones, if any are."""

    def __init__(self, texts: Texts, named: Collection[str]) -> None:
        self.texts, self.named = texts, named
        self.scalars: dict[str, list[tuple[int, int]]] = {}

    def fixes(self, finding: Finding, rules: Sequence[str]) -> Iterator[Fix]:
        """The comments for a finding, the best first: with all `rules` of its line, else alone, else elsewhere."""
        places = [(finding.location, rules, "its line")]
        places += [
            (place, [finding.rule], f"line {i}") for i, place in enumerate(self.places(finding)) if i or rules[1:]
        ]
        for location, names, title in places:
            comment = f"# cmlint: ignore[{', '.join(names)}] {REASON}"
            yield from (Fix(f"{where} {title}", True, (edit,)) for where, edit in self.edits(location, comment))

    def places(self, finding: Finding) -> list[Location]:
        """The places of a finding, its own first."""
        return [finding.location, *(related.location for related in finding.related)]

    def edits(self, location: Location, comment: str) -> Iterator[tuple[str, Edit]]:
        """The ways to put a comment to a place: behind its line or above it, where none is a part of a string."""
        path = location.path
        if path.endswith(".json") or (self.named and path not in self.named):
            return
        text = self.texts.get(path).text
        start, end = start_of_line(text, location.start.offset), end_of_line(text, location.start.offset)
        start += text.startswith("\ufeff", start)
        line = text[start:end]
        indentation = line[: len(line) - len(line.lstrip(" \t"))]
        behind = Edit(path, end, end, f"{'' if line.endswith((' ', chr(9))) else '  '}{comment}")
        above = Edit(path, start, start, f"{indentation}{comment}{break_at(text, end) or self.newline(text)}")
        ways = [("behind", behind), ("above", above)]
        if "#" in line or len(line) + len(behind.text) > WIDTH:
            ways.reverse()
        yield from ((where, edit) for where, edit in ways if not self.in_scalar(path, edit.start))

    def newline(self, text: str) -> str:
        """The line break of a text whose last line has none."""
        return "\r\n" if "\r\n" in text else "\n"

    def in_scalar(self, path: str, offset: int) -> bool:
        """Whether a place is inside of a string, in which a comment would be a part of it."""
        if path not in self.scalars:
            text = self.texts.get(path).text
            self.scalars[path] = list(scalars_in(as_yaml(text) if "{{" in text else text))
        scalars = self.scalars[path]
        number = bisect_right(scalars, (offset,)) - 1
        return number >= 0 and scalars[number][0] < offset < scalars[number][1]
