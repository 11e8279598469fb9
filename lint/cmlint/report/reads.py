"""What the programs of containers read, beside what they are given, for machines and for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cmlint.bundle.environment import Environment
from cmlint.bundle.links import Link
from cmlint.bundle.programs import Program, SourceRead, given_names, is_described, surely_unread
from cmlint.bundle.workloads import Workload
from cmlint.model.facts import Container
from cmlint.report.environments import KINDS, heading, reworded
from cmlint.report.json import VERSION, encode
from cmlint.report.paint import Paint
from cmlint.report.view import View
from cmlint.system.text import printable

STYLES = {"hard": "error", "soft": "dim", "guarded": "warning"}


# for machines


def render_json(found: Iterable[Workload]) -> str:
    """JSON, version 1."""
    return encode({"version": VERSION, "workloads": [reworded(workload_json(each), each.reword) for each in found]})


def workload_json(workload: Workload) -> dict[str, Any]:
    """One pod spec."""
    return {
        "kind": workload.kind,
        "namespace": workload.placed.namespace,
        "name": workload.name,
        "path": workload.placed.path,
        "values": workload.values,
        "containers": [container_json(workload, *each) for each in workload.environments()],
    }


def container_json(workload: Workload, container: Container, environment: Environment) -> dict[str, Any]:
    """One container: where its source is, what that reads, and what it is given."""
    programs = workload.bundle.programs
    assert programs
    link = programs.link(container, workload.placed, guess=True)
    program = programs.program(link)
    given = given_names(container, environment)
    return {
        "name": container.name.value if container.name else None,
        "image": container.image.value if container.image else None,
        "source": link_json(link),
        "reads": [read_json(place, given, program) for place in program.reads] if program else None,
        "given": sorted(name for name in given if not is_of_service(name, environment)),
        "complete": environment.complete and not is_described(environment),
        "unread": unread_names(program, container, environment),
        "unknown": program.open or None if program else None,
    }


def link_json(link: Link) -> dict[str, Any]:
    """Where the source of a program is, and what proves it."""
    proof = link.proof
    return {
        "grade": link.grade,
        "path": (link.context or ".") if link.grade != "none" else None,
        "dockerfile": link.dockerfile or None,
        "proof": {"path": proof.path, "line": proof.fact.line} if proof else None,
        "reason": link.why or None,
    }


def read_json(place: SourceRead, given: set[str], program: Program) -> dict[str, Any]:
    """One read."""
    read = place.read
    return {
        "name": read.name,
        "kind": read.how,
        "declarative": read.declarative,
        "given": read.name in given,
        "preset": read.name in program.preset,
        "path": place.path,
        "line": read.line,
    }


def is_of_service(name: str, environment: Environment) -> bool:
    """Whether the kubelet makes a variable for a service."""
    variable = environment.variables.get(name)
    return variable is not None and variable.origin.kind == "service"


def unread_names(program: Program | None, container: Container, environment: Environment) -> list[str] | None:
    """The variables that are given and never read, without those of libraries; None where that is not known."""
    return None if program is None or program.open else surely_unread(program, container, environment)


# for people


def render_text(found: Iterable[Workload], view: View) -> str:
    """A block for each workload, with a table for each of its containers."""
    paint = Paint(view)
    return "\n".join("\n".join(workload_lines(workload, paint)) + "\n" for workload in found)


def workload_lines(workload: Workload, paint: Paint) -> Iterator[str]:
    """One pod spec."""
    yield heading(workload, paint)
    for container, environment in workload.environments():
        yield from (workload.reword(line) for line in container_lines(workload, container, environment, paint))


def container_lines(workload: Workload, container: Container, environment: Environment, paint: Paint) -> Iterator[str]:
    """One container: its source, the variables that are read, and those that are not."""
    found = container_json(workload, container, environment)
    kind = KINDS.get(container.list, "container")
    yield f"  {kind} {paint('bold', printable(container.called))}: {source_words(found, paint)}"
    if found["reads"] is None:
        return
    places: dict[str, list[dict[str, Any]]] = {}
    for read in found["reads"]:
        places.setdefault(read["name"], []).append(read)
    width = max(map(len, places), default=0)
    for name, reads in sorted(places.items()):
        how = min((read["kind"] for read in reads), key=list(STYLES).index)
        state = state_of(reads[0], paint)
        where = printable(f"{reads[0]['path']}:{reads[0]['line']}") + f" and {len(reads) - 1} more" * (len(reads) > 1)
        cells = [paint("bold", name) + " " * (width - len(name)), paint(STYLES[how], how.ljust(7)), state, where]
        yield "    " + "  ".join(cells)
    for name in found["unread"] or ():
        yield f"    {paint('warning', '!')} {printable(name)}: given, but nothing in the source has this name"
    if found["unknown"]:
        yield f"    {paint('dim', 'what it does not read is not known: ' + printable(found['unknown']))}"
    if not found["complete"]:
        yield f"    {paint('dim', 'it may be given more than these files show')}"


def state_of(read: dict[str, Any], paint: Paint) -> str:
    """Whether a variable is set, as a cell."""
    if read["given"]:
        return "given  "
    return "preset " if read["preset"] else paint("warning", "not set")


def source_words(found: dict[str, Any], paint: Paint) -> str:
    """Where the source is, and what proves it."""
    source = found["source"]
    if source["grade"] == "none":
        where = f" ({source['proof']['path']}:{source['proof']['line']})" if source["proof"] else ""
        return paint("dim", printable(f"source not known: {source['reason']}{where}"))
    proof = source["proof"]
    why = f"{proof['path']}:{proof['line']}" if proof else source["reason"] or "the configuration"
    return printable(f"source in {source['path']}, {source['grade']} ({why})")
