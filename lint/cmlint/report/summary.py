"""What a run counted, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cmlint.model.findings import RANKS, Finding, Location, Severity
from cmlint.model.outcome import Ending, Outcome
from cmlint.pipeline.result import Result
from cmlint.report.characters import wrapped
from cmlint.report.paint import Paint
from cmlint.report.view import View
from cmlint.system.text import printable


def summary(result: Result, view: View, paint: Paint) -> str:
    """The counts: the first line says it all, the others only what there is to say."""
    outcome = result.outcome
    seen = f"{count(outcome.documents, 'document')}, {count(outcome.containers, 'container')}, "
    seen += count(outcome.references, "reference")
    took = f", {view.seconds:.2f} s" if view.verbose else ""
    lines: list[str] = []
    if unread := sum(problem.fatal for problem in result.problems):
        lines.append(f"not read: {count(unread, 'part' if outcome.live else 'path')}, see above")
    if outcome.skipped:
        lines.append(f"skipped: {printable(reasons(reason for _, reason in outcome.skipped))}{listed(view)}")
    if outcome.left_out:
        number = count(len(outcome.left_out), "folder")
        lines.append(f"left out: {number} of tests' data, copies or templates of projects{listed(view)}")
    if fixable := fixes_in(result):
        lines.append(f"fixable: {fixable}")
    if outcome.suppressed:
        lines.append(f"suppressed: {count(len(outcome.suppressed), 'finding')} (`--no-ignores` shows them)")
    if outcome.older:
        number = count(len(outcome.older), "finding")
        lines.append(f"older than the change: {number} (without `--since` or `--staged` they are shown)")
    if outcome.baselined:
        lines.append(f"in the baseline: {count(len(outcome.baselined), 'finding')}")
    if outcome.unverified:
        lines.append(f"references: {ends(outcome)}{where_listed(outcome, view)}")
    more = ("\n  ".join(wrapped(line, view.width, 2)) for line in lines)
    where = f"{count(outcome.files, 'object' if outcome.live else 'file')} ({seen}{took})"
    return "\n".join((f"{found_in(outcome, paint)} in {where}{part_only(outcome)}", *more))


def is_unread(result: Result) -> bool:
    """Whether nothing that is named could be read, so that there is nothing to count."""
    return not result.outcome.files and any(problem.fatal for problem in result.problems)


def found_in(outcome: Outcome, paint: Paint) -> str:
    """How many findings there are of each severity."""
    if outcome.findings:
        numbers = Counter(finding.severity for finding in outcome.findings)
        found = (paint(s, count(numbers[s], s)) for s in ("error", "warning", "info") if numbers[s])
        return joined(outcome) + ", ".join(found)
    if not outcome.documents:
        return "nothing checked"
    known = outcome.older or outcome.baselined
    return paint("good", "no new problems" if known else "no problems")


def part_only(outcome: Outcome) -> str:
    """That references are not checked because something is not built, where no finding says so."""
    lacking = not outcome.findings and any(each.code == "not-built" for each in outcome.unverified)
    return ", but a part of it is not built" if lacking else ""


def joined(outcome: Outcome) -> str:
    """How many problems the findings are, where that are fewer."""
    return f"{number_of(outcome)}: " if outcome.problems < len(outcome.findings) else ""


def number_of(outcome: Outcome) -> str:
    """How many findings there are, in the words of the summary."""
    places = len(outcome.findings)
    if outcome.problems == places:
        return count(places, "finding")
    return f"{count(outcome.problems, 'problem')} at {count(places, 'place')}"


WHY = "`--verbose` lists why"
WHY_LISTED = "`cmlint explain FILE:LINE` explains one"

ENDS: dict[Ending, str] = {
    "resolved": "resolved",
    "reported": "reported",
    "optional": "optional and absent",
    "excused": "excused",
    "not-looked-at": "not looked at",
}
"""How references end, in words."""


def where_listed(outcome: Outcome, view: View) -> str:
    """How to see why references end as they do; what is in a cluster has no line to be explained."""
    ways = ([] if view.verbose else [WHY]) + ([] if outcome.live else [WHY_LISTED])
    return f" ({'; '.join(ways)})" if ways else ""


def ends(outcome: Outcome) -> str:
    """How often references end in each way; together these are all references."""
    return ", ".join(f"{number} {words}" for kind, words in ENDS.items() if (number := outcome.ends.get(kind, 0)))


def fixes_in(result: Result) -> str:
    """How many findings can be fixed, and how."""
    offered = [finding.fixes for finding in result.outcome.findings if finding.fixes]
    safe = sum(any(fix.safe for fix in fixes) for fixes in offered)
    unsafe = len(offered) - safe
    parts = [f"{count(safe, 'finding')} with `--fix`"] if safe else []
    if unsafe:
        number = f"{unsafe} more" if safe else count(unsafe, "finding")
        parts.append(f"{number} with `--fix --unsafe-fixes`, which may not be what you meant")
    return ", ".join(parts)


def extras(result: Result, view: View, paint: Paint) -> Iterator[str]:
    """Optional parts besides the findings: counts by rule, skipped files, references that are not decided."""
    outcome = result.outcome
    if view.statistics and outcome.findings:
        yield "\n".join(by_rule(outcome.findings, view, paint))
    if view.verbose and outcome.skipped:
        lines = (
            f"  {printable(path)}: {printable(reason)}{times(n)}"
            for (path, reason), n in Counter(outcome.skipped).items()
        )
        yield "\n".join((paint("bold", "skipped:"), *lines))
    if view.verbose and outcome.left_out:
        yield "\n".join(
            (
                paint("bold", "left out; name a folder to check it:"),
                *(f"  {printable(path)}" for path in outcome.left_out),
            )
        )
    if view.verbose and outcome.gone:
        lines = (f"  {printable(k.path)}: [{k.rule}] {printable(k.message)}" for k in outcome.gone)
        yield "\n".join((paint("bold", "in the baseline, but gone:"), *lines))
    if view.verbose and outcome.unverified:
        lines = ("\n    ".join(wrapped(line, view.width, 4)) for line in unverified(outcome))
        yield "\n".join((paint("bold", "references that are neither resolved nor reported:"), *lines))
    if view.verbose and outcome.excused:
        lines = (
            f"  {place(e.location)}: {printable(e.name)}: {printable(e.why)}" for e in sorted(set(outcome.excused))
        )
        yield "\n".join((paint("bold", "images that are not reported:"), *lines))


def by_rule(findings: Sequence[Finding], view: View, paint: Paint) -> Iterator[str]:
    """The number of findings of each rule, the most severe first, with a mark for fixes and what the rule finds."""
    from cmlint.engine.registry import load_rules

    rules = load_rules()
    counted: Counter[tuple[Severity, str]] = Counter((finding.severity, finding.rule) for finding in findings)
    marks = {finding.rule: mark_of(finding) for finding in sorted(findings, key=lambda each: len(mark_of(each)))}
    digits, longest = len(str(max(counted.values()))), max(map(len, marks))
    for (severity, name), number in sorted(
        counted.items(), key=lambda each: (-RANKS[each[0][0]], -each[1], each[0][1])
    ):
        mark = marks[name].strip()
        begin = f"{number:>{digits}} {paint(severity, f'{severity:7}')} {name:{longest}} {mark:12} "
        indent = digits + longest + 23
        summary = rules[name].summary if name in rules else ""
        yield (begin + f"\n{' ' * indent}".join(wrapped(summary, view.width, indent))).rstrip()


def mark_of(finding: Finding) -> str:
    """How a finding can be fixed: with `--fix`, or only with `--unsafe-fixes` as well; empty if it cannot."""
    if not finding.fixes:
        return ""
    return " [fix]" if any(fix.safe for fix in finding.fixes) else " [unsafe fix]"


def unverified(outcome: Outcome) -> Iterator[str]:
    """References with the reason why they are neither, and the line of the command that creates the object.

    Those to one name for one reason are one line, with all their places.
    """
    commands = {(created.location, created.name): created.command for created in outcome.created}
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for each, number in sorted(Counter(outcome.unverified).items()):
        command = commands.get((each.location, each.name))
        line = f" (line {command.start.line})" if command else ""
        alike.setdefault((each.name, each.why, line, each.code), []).append(f"{place(each.location)}{times(number)}")
    for (name, why, line, code), (first, *others) in alike.items():
        more = f"; also at {count(len(others), 'more place')}: {', '.join(others)}" if others else ""
        yield f"  {first}: {printable(name)}: {printable(why)}{line} [{code}]{more}"


def place(location: Location) -> str:
    """Where something is, as editors take it."""
    return f"{printable(location.path)}:{printable(location.place)}"


def reasons(found: Iterator[str]) -> str:
    """How often each reason was given, the most frequent first."""
    counted = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{reason} ({number})" for reason, number in counted)


def listed(view: View) -> str:
    """How to see what is counted here."""
    return "" if view.verbose else "; `--verbose` lists them"


def times(number: int) -> str:
    """How often, where that is more than once."""
    return f" ({number} times)" if number > 1 else ""


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
