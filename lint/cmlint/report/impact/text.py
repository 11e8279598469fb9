"""What changes do, for people: in sections by effect, one line a read, or the commands alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cmlint.bundle.readers import Effect
from cmlint.report.characters import width
from cmlint.report.impact.model import NearEntry, ReadEntry, Report, RunningEntry, TargetEntry, WorkloadEntry
from cmlint.report.paint import Paint
from cmlint.report.summary import count, place
from cmlint.report.view import View
from cmlint.system.text import printable

TITLES: dict[Effect, str] = {
    "breaks": "new pods do not start",
    "rejected": "the API server refuses the change",
    "next-start": "not before the container starts again; until then, replicas may differ",
    "next-run": "with the next run",
    "rolls": "rolls by itself",
    "refreshes": "the file changes in about a minute",
    "controller": "its controller decides",
    "none": "changes nothing",
}
"""The effects in words."""

MAY = "may read it"
CHANGES = {"asked": "", "added": " is added", "removed": " is removed", "changed": " changes"}
STYLES = {TITLES["breaks"]: "error", TITLES["rejected"]: "error", TITLES["next-start"]: "warning"}


def render(report: Report, view: View) -> str:
    """A block for each target, then the references that came or went, and the commands."""
    paint = Paint(view)
    reads: dict[int, list[ReadEntry]] = defaultdict(list)
    near: dict[int, list[NearEntry]] = defaultdict(list)
    for read in report.reads:
        reads[read.target].append(read)
    for missed in report.near:
        near[missed.target].append(missed)
    shown: dict[tuple[str, ...], str] = {}
    blocks = [list(block(each, reads[i], near[i], paint, shown)) for i, each in enumerate(report.targets)]
    if report.running:
        blocks.append([paint("bold", "running pods"), *table(list(map(pods_row, report.running)))])
    if report.references:
        blocks.append([paint("bold", "references"), *references(report)])
    if report.commands:
        blocks.append([paint("bold", "commands"), *(f"  {printable(each.command)}" for each in report.commands)])
    if not report.targets and not report.references:
        blocks.append(["nothing that a ConfigMap or Secret holds has changed"])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def block(
    target: TargetEntry, reads: list[ReadEntry], near: list[NearEntry], paint: Paint, shown: dict[tuple[str, ...], str]
) -> Iterator[str]:
    """One target with all that reads it; of targets that the same rows may read, these are `shown` at the first."""
    yield paint("bold", printable(titled(target))) + f": {reached(reads)}"
    for sure in (True, False):
        these = [each for each in reads if each.sure == sure]
        for title, entries in groupby(these, key=lambda each: TITLES[each.effect] if each.sure else MAY):
            found = list(entries)
            whys = {each.why for each in found}
            common = whys.pop() if len(whys) == 1 else ""
            lines = list(table(rows_of(found, target, common)))
            first = shown.setdefault(tuple(lines), place_of(target)) if title == MAY else place_of(target)
            yield ""
            yield paint(STYLES.get(title, "bold"), f"{title}; {printable(common)}" if common else title)
            if first != place_of(target):
                yield f"  the same {count(len(lines), 'read')} as of {first}"
                continue
            for each, line in zip(found, lines, strict=True):
                yield line
                yield from rendered(each)
    if near:
        yield ""
        yield paint("bold", "near")
        yield from table(list(near_rows(near, target)))


def near_rows(near: Iterable[NearEntry], target: TargetEntry) -> Iterator[tuple[str, str]]:
    """The cells of reads of a near key."""
    for each in near:
        who = named(each.workload, target)
        yield f"{who} reads `{printable(each.key)}`, which is not there", place(each.location)


def titled(target: TargetEntry) -> str:
    """A target with its place and its change."""
    where = f"{target.namespace}/" if target.namespace else ""
    at = f" ({place_of(target)})" if target.location else ""
    key = f", key {target.key}" if target.key is not None else ""
    return f"{target.kind} {where}{target.name}{at}{key}{CHANGES[target.change]}"


def place_of(target: TargetEntry) -> str:
    """Where a target is defined; its name where nothing defines it."""
    return printable(f"{target.location.path}:{line_of(target)}" if target.location else target.name)


def line_of(target: TargetEntry) -> str:
    """The line of a target; of a live object the field."""
    location = target.location
    return location.field or str(location.start.line) if location else ""


def reached(reads: Sequence[ReadEntry]) -> str:
    """How many readers there are."""
    found = [each for each in reads if each.sure and each.effect != "none"]
    if not found:
        possible = sum(not each.sure for each in reads)
        return count(possible, "possible reader") if possible else "no readers"
    workloads = {each.workload for each in found}
    namespaces = {each.namespace for each in workloads}
    where = f"{count(len(workloads), 'workload')}, {count(len(namespaces), 'namespace')}"
    return f"{count(len(found), 'reader')} in {where}"


def named(workload: WorkloadEntry, target: TargetEntry | None = None) -> str:
    """Kind and name of what reads, and its namespace where that is not the one of the target."""
    apart = workload.namespace and (target is None or workload.namespace != target.namespace)
    where = f"{workload.namespace}/" if apart else ""
    return printable(f"{workload.kind} {where}{workload.name or '?'}")


def rows_of(reads: Sequence[ReadEntry], target: TargetEntry, common: str) -> list[tuple[str, ...]]:
    """The cells of reads, without their `common` reason; those that differ by their build alone name it."""
    plain = [row(each, target, "", common) for each in reads]
    times = Counter(plain)
    return [
        row(each, target, f"  in {each.workload.path}" if times[cells] > 1 else "", common)
        for each, cells in zip(reads, plain, strict=True)
    ]


def row(read: ReadEntry, target: TargetEntry, build: str, common: str) -> tuple[str, ...]:
    """The cells of one read."""
    container = f"container {read.container}" if read.container else ""
    why = f"  ({read.why})" if read.why and read.why != common else ""
    line = read.location.field or str(read.location.start.line)
    return (
        named(read.workload, target),
        printable(container),
        printable(arrives(read)),
        at(read.location.path, line) + printable(build + why),
    )


RENDERED = 5
"""The most rendered objects that people are shown; JSON has all."""


def rendered(read: ReadEntry) -> Iterator[str]:
    """What a GitOps object renders of what it reads."""
    if read.renders:
        names = [f"{each.kind} {f'{each.namespace}/' if each.namespace else ''}{each.name}" for each in read.renders]
        left = len(names) - RENDERED
        rest = f" and {left} {'or more' if read.more else 'more'}" if left > 0 else ""
        yield f"    renders {printable(', '.join(names[:RENDERED]))}{rest}"


def pods_row(entry: RunningEntry) -> tuple[str, str]:
    """The cells of the pods of a workload."""
    pods = [f"{pod.name} since {pod.started}" for pod in entry.pods[:MOST]]
    left = len(entry.pods) - len(pods)
    return named(entry.workload), printable(", ".join(pods)) + (f" and {left} more" if left else "")


def at(path: str, line: str) -> str:
    """A place, as editors take it."""
    return printable(f"{path}:{line}")


MOST = 4
"""The most names that a line shows."""


def arrives(read: ReadEntry) -> str:
    """How a read takes what it reads, and as what it arrives."""
    how = f"optional {read.how}" if read.optional else read.how
    names = f" -> {shortened(read.names)}" if read.names else ""
    through = f", in {shortened(read.through)}" if read.through else ""
    return f"{how}{names}{through}"


def shortened(names: tuple[str, ...]) -> str:
    """The first of some names, and the number of the others."""
    more = f" +{len(names) - MOST}" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows whose cells are lined up; a column without text takes no room."""
    columns = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for cells in rows:
        padded = (cell + " " * (columns[i] - width(cell)) for i, cell in enumerate(cells) if columns[i])
        yield f"  {'  '.join(padded)}".rstrip()


def references(report: Report) -> Iterator[str]:
    """The references that a change brought or took away."""
    for each in report.references:
        key = f":{each.key}" if each.key is not None else ""
        what = printable(f"{each.kind} {each.name}{key}")
        yield f"  {each.change}  {named(each.workload)}  {what}  {place(each.location)}"


def render_concise(report: Report, view: View) -> str:
    """One line a read, for `grep`."""
    return "".join(f"{line}\n" for line in concise(report))


def concise(report: Report) -> Iterator[str]:
    """`path:line:column: effect target workload how -> names (why)`."""
    for each in report.reads:
        target, workload = report.targets[each.target], each.workload
        key = f":{target.key}" if target.key is not None else ""
        where = f"{workload.namespace}/" if workload.namespace else ""
        effect = each.effect if each.sure else f"perhaps {each.effect}"
        container = f" {each.container}" if each.container else ""
        why = f" ({each.why})" if each.why else ""
        said = f"{target.kind}/{target.name}{key} {workload.kind} {where}{workload.name or '?'}{container}"
        yield f"{place(each.location)}: {effect} {printable(f'{said} {arrives(each)}{why}')}"


def render_commands(report: Report, view: View) -> str:
    """The commands alone, as a script that somebody reads before it runs."""
    return "".join(f"{printable(each.command)}\n" for each in report.commands)
