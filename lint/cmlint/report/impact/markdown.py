"""What changes do, as a comment on a pull request: the same text for the same impact, and never too long."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from cmlint.bundle.impact import STRONGEST
from cmlint.report.impact.model import ReadEntry, Report
from cmlint.report.impact.text import CHANGES, TITLES, arrives, pods_row, rendered
from cmlint.report.markdown import code, escaped
from cmlint.report.summary import count, place
from cmlint.report.view import View
from cmlint.system.markdown import fence
from cmlint.system.text import printable

MARK = "<!-- cmlint impact -->"
"""The first line, by which a job finds the comment that it wrote before."""

LIMIT = 60_000
"""The characters of a comment. GitHub takes 65,536."""

HEAD = "\n| object | key | workload | effect |\n| --- | --- | --- | --- |\n"


def render(report: Report, view: View) -> str:
    """The sentence and the commands; then as many rows of the table as there is room for, then the details."""
    sentence = f"{MARK}\n### cmlint: {summary(report)}\n{unread(report)}"
    commands = fenced([printable(each.command) for each in report.commands], LIMIT // 2)
    room = LIMIT - len(sentence) - len(commands)
    rows = list(rows_of(report))
    table = fitted(HEAD, rows, room)
    details = fitted("\n<details><summary>Each read</summary>\n\n", list(details_of(report)), room - len(table) - 20)
    closed = f"{details}\n</details>\n" if details else ""
    return f"{sentence}{table}{commands}{closed}"


def summary(report: Report) -> str:
    """What the changes reach, in one sentence."""
    counts = report.summary
    changes = count(len(report.targets), "change")
    if not counts.workloads:
        return (
            f"{changes} of ConfigMaps and Secrets, and no workload reads {'it' if len(report.targets) == 1 else 'them'}"
        )
    pods = count(counts.pods, "pod")
    where = f"{count(counts.workloads, 'workload')} ({pods}) in {count(counts.namespaces, 'namespace')}"
    effects = ", ".join(f"{number} {SHORT[effect]}" for effect, number in counts.effects.items())
    return f"{changes} of ConfigMaps and Secrets, read by {where}: {effects}"


MOST = 5
"""The most paths that are named of what could not be read."""


def unread(report: Report) -> str:
    """What could not be read or built, in which there may be more readers."""
    paths = list(dict.fromkeys(each.path for each in report.skipped))
    if not paths:
        return ""
    left = f" and {len(paths) - MOST} more" if len(paths) > MOST else ""
    named = ", ".join(map(code, paths[:MOST]))
    return f"\nThere may be more readers in what could not be read or built completely: {named}{left}\n"


SHORT = {
    "breaks": "will not start",
    "rejected": "refused by the API server",
    "next-start": "need a restart",
    "next-run": "with the next run",
    "rolls": "roll by themselves",
    "refreshes": "get new files",
    "controller": "depend on a controller",
    "none": "unchanged",
}
"""The effects, behind a number of workloads."""


def rows_of(report: Report) -> Iterator[str]:
    """The rows of the table, the strongest effect first; keys of an object that do the same to a workload are one."""
    strongest: dict[tuple[object, ...], ReadEntry] = {}
    for each in sorted(report.reads, key=lambda each: (not each.sure, STRONGEST.index(each.effect), each.target)):
        strongest.setdefault((each.target, each.workload), each)
    together: dict[tuple[object, ...], list[ReadEntry]] = {}
    for each in strongest.values():
        target = report.targets[each.target]
        same = target.kind, target.namespace, target.name, target.location and target.location.path
        together.setdefault((*same, each.workload, each.sure, each.effect, each.why), []).append(each)
    for first, *others in together.values():
        target, workload = report.targets[first.target], first.workload
        where = f"{target.namespace}/" if target.namespace else ""
        home = f"{workload.namespace}/" if workload.namespace else ""
        effect = TITLES[first.effect] if first.sure else "may read it"
        changed = [report.targets[each.target] for each in (first, *others)]
        keys = ", ".join(f"{code(each.key or '')}{CHANGES[each.change]}" for each in changed[:KEYS])
        left = f" and {len(changed) - KEYS} more" if len(changed) > KEYS else ""
        yield (
            f"| {target.kind} {code(where + target.name)} | {keys}{left} "
            f"| {escaped(workload.kind)} {code(home + (workload.name or '?'))} "
            f"| {effect}{f' ({escaped(first.why)})' if first.why else ''} |\n"
        )


KEYS = 10
"""The most keys that a row names; the details have all."""


def details_of(report: Report) -> Iterator[str]:
    """A line for each read, and for each reference that came or went."""
    for each in report.reads:
        target = report.targets[each.target]
        yield f"- {code(place(each.location))}: {escaped(each.workload.kind)} {code(each.workload.name or '?')} " + (
            f"reads {code(target.name)} as {code(arrives(each))}\n"
        )
        for line in rendered(each):
            yield f"  - {code(line.strip())}\n"
    for running in report.running:
        workload, pods = pods_row(running)
        yield f"- running pods of {code(workload)}: {code(pods)}\n"
    for entry in report.references:
        key = f":{entry.key}" if entry.key is not None else ""
        yield f"- {code(place(entry.location))}: a reference to {code(entry.name + key)} {entry.change}\n"


def fitted(head: str, lines: list[str], room: int) -> str:
    """A head and as many lines as there is room for, with the number of the others."""
    if not lines:
        return ""
    used, taken = len(head) + len(more(len(lines))), 0
    for line in lines:
        if used + len(line) > room:
            break
        used, taken = used + len(line), taken + 1
    left = len(lines) - taken
    return f"{head}{''.join(lines[:taken])}{more(left) if left else ''}" if taken else ""


def more(number: int) -> str:
    """What is left out."""
    return f"\nand {number} more, see `--format json`\n"


def fenced(lines: list[str], room: int) -> str:
    """Lines of a shell between fences that none of them can close, as many as there is room for."""
    if not lines:
        return ""
    mark = fence("\n".join(lines), 3)
    taken = [line for line, used in zip(lines, accumulate(len(line) + 1 for line in lines), strict=True) if used < room]
    left = len(lines) - len(taken)
    rest = [f"# and {left} more, see `--format commands`"] if left else []
    return f"\n{mark}console\n" + "".join(f"{line}\n" for line in (*taken, *rest)) + f"{mark}\n"
