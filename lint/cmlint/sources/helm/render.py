"""How helm renders a chart: with which values, in which folder, and what it is not given."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import reduce
from tempfile import mkdtemp, mkstemp
from typing import Any

from cmlint.cache.builds import Build, BuildsCache
from cmlint.cache.file_state import Seen
from cmlint.sources import files, paths
from cmlint.sources.disclosure import OfChart
from cmlint.sources.helm.chart import REQUIREMENTS, SUBCHARTS, Chart
from cmlint.sources.helm.chart_files import LARGEST, entries_below
from cmlint.sources.helm.choices import Choice
from cmlint.sources.helm.dependencies import completed, copy_to
from cmlint.sources.kustomize.program import said
from cmlint.sources.reasons import of_helm
from cmlint.sources.request import Request
from cmlint.sources.secret_names import HIDDEN
from cmlint.sources.yaml_tree import FileSpan, Part
from cmlint.system.files import TooLargeError, is_within
from cmlint.system.filesystem import FileSystem, leads_to_folder
from cmlint.system.programs import Ended, NotBuiltError, Programs, find

NAMESPACE = "release-namespace"
"""The namespace to render for; what is written in it is written for any."""

OF_VALUES = (
    r"execution error at|error calling (?:fail|required)|values don't meet|nil pointer evaluating"
    r"|invalid value; expected|has no entry for key|requires kubeVersion"
)
"""What helm says where other values may be right."""

OF_DEPENDENCIES = r"no template |template \"[^\"]*\" not defined|nil pointer evaluating|missing in charts/"
"""What helm says where a template of a dependency, or its values, are missing."""

HINT = r"\s*Use --debug flag to render out invalid YAML\s*"


class Helm:
    """The program `helm`, as a request lets it run; `home` is an empty folder for it."""

    def __init__(self, program: str, request: Request, home: str, programs: Programs) -> None:
        self.program, self.request, self.home, self.programs = program, request, home, programs

    def fetches(self, chart: Chart) -> bool:
        """Whether helm is to fetch dependencies of a chart."""
        return self.request.config.build_dependencies and bool(chart.absent)

    def is_changed(self, chart: Chart) -> bool:
        """Whether something else counts than what files of a chart hold on the disk."""
        return chart.disk.is_changed_below(chart.folder)

    def cache(self, chart: Chart, values: Choice) -> BuildsCache | None:
        """What was rendered before, where that may count: nothing that is fetched, and only of what the disk holds."""
        changed = self.is_changed(chart) or any(map(chart.disk.is_changed, values.files))
        return None if self.fetches(chart) or changed else self.request.caches.builds

    def name_of(self, cache: BuildsCache, chart: Chart, values: Choice) -> str:
        """Under which name it is kept what a chart renders with some values."""
        version = self.request.kubernetes_version
        return f"{chart.disk.absolute(chart.folder)}\0{values.key(cache)}\0{self.program}\0{version}"

    def keep(self, chart: Chart, values: Choice, text: str) -> None:
        """Keeps what was rendered."""
        if cache := self.cache(chart, values):
            seen = Seen(here=chart.disk.here)
            seen.note(self.program)
            note_chart(chart, [values], seen)
            cache.put(self.name_of(cache, chart, values), Build(seen, chart.folder, text))

    def ready(self, chart: Chart) -> str:
        """The folder that helm renders: the chart's own, or a copy with the dependencies that it lacks or without them.

        Raises NotBuiltError. A chart that makes helm read more than the chart is not given to it.
        """
        chart.contents.refuse()
        if not self.fetches(chart):
            as_it_is = not (chart.missing or chart.beside or chart.unversioned or self.is_changed(chart))
            return chart.folder if as_it_is else without_missing(chart, self.home)
        self.request.seen.complete = False
        return completed(chart, self.fetch, self.home)

    def fetch(self, folder: str) -> Ended:
        """Lets helm fetch what the chart in a folder needs, with the user's own network and settings."""
        command = [self.program, "dependency", "build", folder]
        return self.programs.run(command, self.home, self.request.config.build_timeout, trusted=True)

    def render(self, chart: Chart, ready: Future[str], values: Choice) -> str:
        """What helm renders of a chart in its folder, when that is `ready`; raises NotBuiltError."""
        folder = ready.result()
        refuse_values(chart, values)
        cache = self.cache(chart, values)
        if cache and (known := cache.get(self.name_of(cache, chart, values))):
            return known.text
        given = [(path_of(path, chart.disk, self.home), path) for path in values.own_files]
        given += ((save(text.encode(), self.home), "its values") for text in values.texts)
        given += ((path_of(path, chart.disk, self.home), path) for path in values.command_line.files)
        command = [*self.command(folder, values.release), *values.options]
        command += (word for path, _ in given for word in ("--values", quoted(path)))
        ended = self.programs.run(command, self.home, self.request.config.build_timeout)
        if ended.code:
            errors = reduce(lambda said, pair: said.replace(*pair), given, ended.errors)
            reason = why(errors, OfChart(chart, values.files, values.written))
            raise failed(reason, chart, lacking=not self.fetches(chart))
        return ended.output

    def command(self, folder: str, release: str) -> list[str]:
        """The line that renders the chart in a folder, without its values."""
        major, minor = self.request.kubernetes_version
        named = (release,) if release else ()
        where = ("--namespace", NAMESPACE, "--kube-version", f"{major}.{minor}.0")
        return [self.program, "template", *named, self.request.disk.absolute(folder), *where]


def refuse_values(chart: Chart, values: Choice) -> None:
    """Raises NotBuiltError for a file of values that is not there, or that GitOps names outside of the repository."""
    for path in values.own_files:
        if values.gitops and not is_within(chart.disk.real_path(path), chart.top):
            raise NotBuiltError(f"`{chart.disk.shown(path)}` leads out of the folder", "refused")
        if not chart.disk.is_file(path):
            raise NotBuiltError("no such values file", "values")


def note_chart(chart: Chart, choices: Iterable[Choice], seen: Seen) -> None:
    """Notes what helm looks at: a chart and those beside it, files of values; and whether it is a part of another."""
    for one in (chart, *chart.beside):
        seen.note_all(one.folder)
    for path in (path for values in choices for path in values.files):
        seen.note(path)
    above = os.path.dirname(os.path.dirname(chart.disk.real_path(chart.folder)))
    seen.note(os.path.join(above, files.CHART))


def find_helm(wished: str | None) -> str | None:
    """The program to render with, or None; raises ValueError when there is none as wished for."""
    found = find(os.path.expanduser(wished or "helm"))
    if wished and not found:
        raise ValueError(f"cannot find the program `{wished}` to render charts; give the path of helm")
    return found


def without_missing(chart: Chart, home: str) -> str:
    """A copy of a chart, in a new folder, with the dependencies that are in the repository only, and with a version.

    It lacks all other dependencies that are not in `charts/`, and the files that are too large for helm. Raises
    NotBuiltError where it cannot be made.
    """
    copy = mkdtemp(dir=home)
    for path in (entry.path for entry in entries_below(chart.disk, chart.folder) if not leads_to_folder(entry)):
        place = os.path.join(copy, os.path.relpath(path, chart.folder))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        try:
            raw = chart.disk.read(path, chart.top, LARGEST)
        except TooLargeError:
            continue
        except OSError as error:
            message = f"`{chart.disk.shown(path)}` cannot be read: {paths.reason(error)}"
            raise NotBuiltError(message, "refused") from None
        with open(place, "wb") as file:
            file.write(raw)
    for other in chart.beside:
        other.contents.refuse()
        copy_to(chart.disk, other.folder, os.path.join(copy, SUBCHARTS, other.name), chart.top)
    missing = {entry.place for entry in chart.missing}
    for name in (files.CHART, REQUIREMENTS):
        described = chart.read(name).at("dependencies")
        edits: list[tuple[FileSpan, object]] = []
        if described:
            edits.append((described.place, [plain(entry) for entry in described.items if entry.place not in missing]))
        if name == files.CHART and chart.unversioned:
            edits.append((chart.unversioned.place, "0.0.0"))
        if edits:
            text = files.read(chart.disk, os.path.join(chart.folder, name), chart.top)
            for where, value in sorted(edits, key=lambda edit: -edit[0].start):
                text = f"{text[: where.start]} {json.dumps(value)}{text[where.end :]}"
            with open(os.path.join(copy, name), "w", encoding="utf-8") as file:
                file.write(text)
    return copy


def plain(part: Part) -> Any:
    """A part as JSON has it; every scalar is a string."""
    if part.text is not None:
        return part.text
    fields = {name: plain(field.value) for name, field in part.fields.items()}
    return fields or [plain(item) for item in part.items]


def failed(reason: str, chart: Chart, *, lacking: bool) -> NotBuiltError:
    """Why helm does not render a chart: a dependency that it is rendered without, values or a mistake in the chart."""
    if lacking and chart.missing and re.search(OF_DEPENDENCIES, reason):
        first = chart.missing[0]
        known = OfChart(chart, (), ()).names
        names = listed([name for entry in chart.missing if (name := entry.word("name")) in known], len(chart.missing))
        place = chart.disk.shown(first.place.path), first.place.span
        return NotBuiltError(f"`charts/` lacks {names}", "dependency", place=place)
    return NotBuiltError(reason, "values" if re.search(OF_VALUES, reason) else "broken")


def listed(names: Sequence[str], number: int) -> str:
    """The names that may be shown of a number of charts, and how many others there are."""
    shown = [f"`{name}`" for name in dict.fromkeys(names)] or [f"`{HIDDEN}`"]
    hidden = number - max(len(names), 1)
    *before, last = [*shown, f"{hidden} more"] if hidden else shown
    return f"{', '.join(before)} and {last}" if before else last


def quoted(path: str) -> str:
    """A path as one value of an option of helm that takes several between commas, in the manner of CSV."""
    return '"' + path.replace('"', '""') + '"' if re.search('[,"\r\n]', path) else path


def path_of(path: str, disk: FileSystem, home: str) -> str:
    """The path at which helm opens a file of values: of a copy where that is not what the disk holds at the path.

    Raises NotBuiltError.
    """
    copied = path in disk.pipes or disk.is_changed(path)
    try:
        return save(disk.read(path), home) if copied else disk.absolute(path)
    except OSError as error:
        raise NotBuiltError(f"`{disk.shown(path)}` cannot be read: {paths.reason(error)}", "values") from None


def save(content: bytes, home: str) -> str:
    """The path of a new file that holds some bytes."""
    handle, path = mkstemp(".yaml", dir=home)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return path


def why(errors: str, shown: OfChart) -> str:
    """The reason that helm gives, in one line; warnings that come before it are left out."""
    return of_helm(re.sub(HINT, " ", said(errors)).strip(), shown)
