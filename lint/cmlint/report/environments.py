"""The environments of containers as the kubelet will make them, for machines and for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, takewhile
from typing import Any

from cmlint.bundle.environment import Environment, Origin, Unresolved, Variable, Word
from cmlint.bundle.stops import Stop
from cmlint.bundle.workloads import Workload
from cmlint.model.facts import Container
from cmlint.report.characters import HIDDEN, width
from cmlint.report.json import VERSION, encode
from cmlint.report.paint import Paint
from cmlint.report.summary import count
from cmlint.report.view import View
from cmlint.system.text import printable

UNKNOWN = "(unknown)"
LATE = "(when it runs)"
TOO_LARGE = "(not expanded: the environment is too large)"
"""What represents a value that only the running pod knows."""

NARROWEST, WIDEST = 12, 50
"""The columns that a value always gets, and those beyond which the others are not lined up with it."""

PATHS = ("path", "values")
"""The fields that hold paths."""

KINDS = {"initContainers": "init container", "ephemeralContainers": "ephemeral container"}
"""What to call a container of each list."""


# for machines


def render_json(found: Iterable[Workload]) -> str:
    """JSON, version 1."""
    return encode({"version": VERSION, "workloads": [reworded(workload_json(each), each.reword) for each in found]})


def reworded(found: Any, reword: Callable[[str], str]) -> Any:
    """The same with every text but paths in other words."""
    if isinstance(found, dict):
        return {key: value if key in PATHS else reworded(value, reword) for key, value in found.items()}
    if isinstance(found, list):
        return [reworded(each, reword) for each in found]
    return reword(found) if isinstance(found, str) else found


def workload_json(workload: Workload) -> dict[str, Any]:
    """One pod spec."""
    return {
        "kind": workload.kind,
        "namespace": workload.placed.namespace,
        "name": workload.name,
        "path": workload.placed.path,
        "values": workload.values,
        "containers": [container_json(*each, workload.stops(*each)) for each in workload.environments()],
        "volumes": [
            {"name": name, "mounts": contents.mounts, "files": contents.files} for name, contents in workload.volumes()
        ],
    }


def container_json(container: Container, environment: Environment, stops: Sequence[Stop]) -> dict[str, Any]:
    """One container."""
    return {
        "name": container.name.value if container.name else None,
        "starts": environment.starts and not stops,
        "variables": [
            {
                "name": variable.name,
                "value": variable.value,
                "masked": variable.masked,
                "origin": origin_json(variable.origin),
                "shadows": [origin_json(shadow) for shadow in variable.shadows],
            }
            for variable in environment.variables.values()
        ],
        "refused": environment.refused,
        "stops": [{"name": stop.name, "reason": stop.reason} for stop in stops],
        "command": [word.value for word in environment.command],
        "args": [word.value for word in environment.args],
        "unresolved": [
            {
                "kind": unresolved.reference.target,
                "name": unresolved.reference.name.value,
                "key": unresolved.key,
                "variable": unresolved.variable,
                "optional": unresolved.reference.optional,
            }
            for unresolved in environment.unresolved
        ],
    }


def origin_json(origin: Origin) -> dict[str, str | None]:
    """Where a value comes from."""
    return {"kind": origin.kind, "name": origin.name, "key": origin.key, "via": origin.via}


# for people


def render_text(found: Iterable[Workload], view: View) -> str:
    """A block for each workload, with a table for each of its containers; without those that hold nothing."""
    paint = Paint(view)
    blocks = (list(workload_lines(workload, view, paint)) for workload in found)
    return "\n".join("\n".join(lines) + "\n" for lines in blocks if len(lines) > 1)


def workload_lines(workload: Workload, view: View, paint: Paint) -> Iterator[str]:
    """One pod spec: its containers, and the volumes of which something is known.

    A container without a name is left out if nothing is known of its environment: a part of another one, or a field
    of a custom resource.
    """
    yield heading(workload, paint)
    for container, environment in workload.environments():
        stops = workload.stops(container, environment)
        lines = list(container_lines(container, environment, stops, view, paint, reword=workload.reword))
        if container.name or len(lines) > 1:
            yield from lines
    for volume, contents in workload.volumes():
        if contents.files is not None or not contents.mounts:
            says = "holds " + (", ".join(contents.files or ()) or "no files")
            shown = printable(says) if contents.mounts else paint("error", "cannot be mounted")
            yield f"  volume {paint('bold', printable(workload.reword(volume or '?')))}: {shown}"


def heading(workload: Workload, paint: Paint) -> str:
    """What a workload is called, where it is, and with which values it is rendered where there are several."""
    name = workload.reword("/".join(part for part in (workload.placed.namespace, workload.name) if part))
    where = printable(workload.placed.path + (f", with {workload.values}" if workload.values else ""))
    return f"{paint('bold', printable(f'{workload.kind} {name}'))}  {paint('dim', where)}"


def container_lines(
    container: Container,
    environment: Environment,
    stops: Sequence[Stop],
    view: View,
    paint: Paint,
    *,
    reword: Callable[[str], str],
) -> Iterator[str]:
    """One container: its variables, what is missing, and what it is started with."""
    refused = environment.refused or not any(u.missing and not u.reference.optional for u in environment.unresolved)
    why = " (the API server rejects it)" if refused else " (CreateContainerConfigError)"
    starts = (
        ""
        if environment.starts and not stops
        else paint("error", f"  does not start{'' if environment.starts else why}")
    )
    kind = KINDS.get(container.list, "container")
    yield f"  {kind} {paint('bold', printable(reword(container.called)))}{starts}"
    yield from variable_lines(environment, view, paint, reword)
    for name in environment.refused:
        yield f"    {paint('error', '!')} {printable(name)}: not a valid variable name: the API server rejects it"
    for stop in stops:
        yield f"    {paint('error', '!')} {printable(reword(f'{stop.name}: {stop.reason}'))}"
    for unresolved in environment.unresolved:
        style = "error" if unresolved.missing and not unresolved.reference.optional else "warning"
        yield f"    {paint(style, '!')} {printable(reword(what_happens(unresolved)))}"
    for field, words in (("command", environment.command), ("args", environment.args)):
        if words:
            yield f"    {paint('dim', field)} " + " ".join(map(reword, map(word_of, words)))


def variable_lines(environment: Environment, view: View, paint: Paint, reword: Callable[[str], str]) -> Iterator[str]:
    """The table of variables: name, value, origin, and what is hidden by it; those of services last, or counted."""
    unknown = TOO_LARGE if environment.too_large else UNKNOWN
    own, services = split(environment)
    listed = (*own, *services) if view.services else own
    cells_of = ((printable(v.name), value_of(v, unknown), described(v.origin), shadows_of(v)) for v in listed)
    rows = [tuple(map(reword, cells)) for cells in cells_of]
    names = max((width(name) for name, *_ in rows), default=0)
    origins = max((width(origin) for _, _, origin, _ in rows), default=0)
    values = max((width(value) for _, value, *_ in rows), default=0)
    room = None if view.width is None else max(view.width - names - origins - 8, NARROWEST)
    values = min(values, WIDEST if room is None else room)
    for name, value, origin, shadows in rows:
        shown = value if room is None else shortened(value, room)
        cells = [paint("bold", name) + pad(name, names), shown + pad(shown, values), paint("line", origin)]
        yield "    " + "  ".join(cells)
        if shadows:
            yield f"    {' ' * names}  {paint('dim', shadows)}"
    if services and not view.services:
        yield f"    {paint('dim', f'and {counted_services(services)} (`--services` lists them)')}"


def split(environment: Environment) -> tuple[list[Variable], list[Variable]]:
    """A container's own variables, and those that the kubelet makes for Services."""
    own: list[Variable] = []
    services: list[Variable] = []
    for variable in environment.variables.values():
        (services if variable.origin.kind == "service" else own).append(variable)
    return own, services


def counted_services(variables: Sequence[Variable]) -> str:
    """How many variables of how many Services there are."""
    names = {variable.origin.name for variable in variables}
    return f"{count(len(variables), 'variable')} of {count(len(names), 'Service')}"


def word_of(word: Word) -> str:
    """A word of a command; what comes of a Secret is never shown."""
    if word.value is None:
        return HIDDEN if word.masked else UNKNOWN
    return printable(quoted(word.value))


def value_of(variable: Variable, unknown: str) -> str:
    """A value in one line; a Secret's is never shown, and one that is not known is `unknown`."""
    if variable.masked:
        return HIDDEN
    if variable.value is None:
        return LATE if variable.origin.kind in ("field", "resource", "file", "service") else unknown
    return printable(variable.value) or '""'


def described(origin: Origin) -> str:
    """Where a value comes from, in words."""
    if origin.kind == "literal":
        return printable(origin.via)
    if origin.name is None:
        return printable(f"{origin.kind} {origin.key or '?'}")
    if origin.kind == "service":
        return printable(f"service {origin.name}")
    whole = ", envFrom" if origin.via == "envFrom" else ""
    return printable(f"{origin.kind} {origin.name}:{origin.key}{whole}")


def shadows_of(variable: Variable) -> str:
    """What a variable hides."""
    return f"hides {'; '.join(map(described, variable.shadows))}" if variable.shadows else ""


def what_happens(unresolved: Unresolved) -> str:
    """A reference that leads nowhere, and what the cluster does about it; before it the variable that reads a key."""
    reference = unresolved.reference
    what = f"{unresolved.variable}: " if unresolved.variable else ""
    what += f"{reference.target} {reference.name.value}" + (f" key {unresolved.key}" if unresolved.key else "")
    if not unresolved.missing:
        return f"{what}: not known from these files"
    return f"{what}: missing, but optional: left out" if reference.optional else f"{what}: missing"


def quoted(word: str) -> str:
    """A word of a command, in quotes where a shell would need them."""
    return word if word and not set(word) & set(" \t\n\"'`$\\;&|<>(){}*?#") else "'" + word.replace("'", "'\\''") + "'"


def shortened(text: str, columns: int) -> str:
    """A text, cut to a number of columns."""
    if width(text) <= columns:
        return text
    taken = accumulate(map(width, text))
    return text[: sum(1 for _ in takewhile(lambda used: used < columns, taken))] + "…"


def pad(text: str, columns: int) -> str:
    """The spaces that pad a text to a number of columns; none if it is longer."""
    return " " * (columns - width(text))
