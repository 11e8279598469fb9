"""What changes do, as a comment on a pull request: the same text for the same impact, and never too long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from cmlint.bundle.impact import STRONGEST
from cmlint.report.impact.model import ReadEntry, Report, TargetEntry, WorkloadEntry
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
    if not report.targets:
        return "no ConfigMap or Secret changes"
    if not counts.workloads:
        possible = {each.workload for each in report.reads if not each.sure}
        them = "it" if len(report.targets) == 1 else "them"
        readers = f"{count(len(possible), 'workload')} may read" if possible else "no workload reads"
        return f"{changes} of ConfigMaps and Secrets, and {readers} {them}"
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
        same = identity(report.targets[each.target])
        together.setdefault((same, each.workload, each.sure, each.effect, each.why), []).append(each)
    named = Counter(each[:3] for each in set(map(identity, report.targets)))
    rows: dict[tuple[str, str, str, bool], list[str]] = {}
    for first, *others in together.values():
        changed = [report.targets[each.target] for each in (first, *others)]
        keys = [f"{code(each.key or '')}{CHANGES[each.change]}" for each in changed]
        effect = TITLES[first.effect] if first.sure else "may read it"
        why = f" ({escaped(first.why)})" if first.why else ""
        alike = named[identity(changed[0])[:3]]
        row = object_of(changed[0], alike), shortened(keys, KEYS), f"{effect}{why}", first.sure
        rows.setdefault(row, []).append(who(first.workload))
    for (changed_object, keys_cell, effect, sure), readers in rows.items():
        for reader in readers if sure else [shortened(list(dict.fromkeys(readers)), READERS)]:
            yield f"| {changed_object} | {keys_cell} | {reader} | {effect} |\n"


def identity(target: TargetEntry) -> tuple[object, ...]:
    """What tells the object of a target from all others."""
    return target.kind, target.namespace, target.name, target.location and target.location.path


def object_of(target: TargetEntry, alike: int) -> str:
    """The object of a target, with its file where several are `alike`."""
    where = f"{target.namespace}/" if target.namespace else ""
    file = f" in {code(target.location.path)}" if alike > 1 and target.location else ""
    return f"{target.kind} {code(where + target.name)}{file}"


def who(workload: WorkloadEntry) -> str:
    """A workload with its namespace."""
    home = f"{workload.namespace}/" if workload.namespace else ""
    return f"{escaped(workload.kind)} {code(home + (workload.name or '?'))}"


def shortened(cells: list[str], most: int) -> str:
    """The first of some texts, and the number of the others."""
    left = f" and {len(cells) - most} more" if len(cells) > most else ""
    return ", ".join(cells[:most]) + left


READERS = 5
"""The most workloads that a row names of those that may read an object; the details have all."""

KEYS = 10
"""The most keys that a row names; the details have all."""


def details_of(report: Report) -> Iterator[str]:
    """A line for each read, and for each reference that came or went."""
    for each in report.reads:
        target = report.targets[each.target]
        reads = f"reads {code(target.name)} as {code(arrives(each))}"
        yield f"- {code(place(each.location))}: {who(each.workload)} {reads}\n"
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
