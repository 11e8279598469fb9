"""Charts, rendered by helm itself.

Each chart is rendered with its default values and with those that it is tested with, or with those that the
configuration names, and each rendering is a bundle. What a chart renders is never linted as it is in the template.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import reduce
from tempfile import mkdtemp, mkstemp
from typing import Any

from msgspec.structs import replace

from cmlint.bundle.material import Installation, Material
from cmlint.cache.builds import Build, BuildsCache
from cmlint.cache.file_state import Seen
from cmlint.manifest.documents import read_text
from cmlint.manifest.providers import Makers
from cmlint.model.facts import Container, Document, Fault, FileFacts, PodSpec, Provider, Scalar, Skip, Span, Target
from cmlint.model.failures import Failures
from cmlint.model.problems import Problem
from cmlint.sources import files
from cmlint.sources.disclosure import OfChart
from cmlint.sources.failures import add_chart, add_missing
from cmlint.sources.found import Found
from cmlint.sources.helm.chart import REQUIREMENTS, SUBCHARTS, TEMPLATES, VALUES, Chart, Supply, find_charts, is_chart
from cmlint.sources.helm.chart_files import LARGEST, entries_below
from cmlint.sources.helm.choices import Choice, Choices
from cmlint.sources.helm.dependencies import completed
from cmlint.sources.helm.template import ANYTHING
from cmlint.sources.helm.template_places import SOURCE, RenderedText
from cmlint.sources.helm.value_places import ChartText
from cmlint.sources.kustomize import program as tool
from cmlint.sources.reasons import of_helm
from cmlint.sources.request import Request
from cmlint.sources.secret_names import HIDDEN
from cmlint.sources.yaml_tree import Part
from cmlint.system.files import TooLargeError, is_folder, is_within, real_path, root_of, tree
from cmlint.system.filesystem import FileSystem
from cmlint.system.folders import temporary
from cmlint.system.programs import NotBuiltError, TimeOutError, find, none_left, run

NAMESPACE = "release-namespace"
"""The namespace to render for; what is written in it is written for any."""

OF_VALUES = (
    r"execution error at|error calling (?:fail|required)|values don't meet|nil pointer evaluating"
    r"|has no entry for key|requires kubeVersion"
)
"""What helm says where other values may be right."""

OF_DEPENDENCIES = r"no template |template \"[^\"]*\" not defined|nil pointer evaluating|missing in charts/"
"""What helm says where a template of a dependency, or its values, are missing."""

HINT = r"\s*Use --debug flag to render out invalid YAML\s*"


def take(found: Found, request: Request) -> Iterator[Material]:
    """Renders the charts among files, and takes their templates out of the groups.

    The templates of charts that cannot be rendered stay there, as such. What charts surely make is known also of those
    that are not rendered because they use none of the files that are named. Raises ValueError when there is no program
    as wished for.
    """
    choices = Choices(found, request)
    charts = find_charts(request.disk, found.paths)
    near = reached(charts, choices, found.groups)
    for one in near:
        note_chart(one, choices.of(one), request.seen)
    rendered = list(render_all(near, choices, request, found.failures))
    done = {id(chart) for chart, _ in rendered} | {id(one) for one in charts if one not in near}
    take_templates(found, {os.path.realpath(chart.folder): chart for chart in charts}, done, request)
    found.charts |= {chart.description: evidence_of_chart() for chart in charts}
    if far := [(one.description, surely_made(one)) for one in charts if one not in near]:
        yield Material(files=far, unbuilt=files.NOT_REACHED, complete=False)
    yield from (material for _, material in rendered)


def take_templates(found: Found, by_folder: Mapping[str, Chart], done: Collection[int], request: Request) -> None:
    """Takes the templates of charts that are `done` out of the groups, and marks those of all others as such."""
    alone: dict[str, str] = {}
    for group in found.groups:
        for shown, path in list(group.paths.items()):
            if path == "-":
                continue
            chart = chart_of(path, by_folder)
            if chart and id(chart) in done:
                del group.paths[shown]
            elif chart:
                group.templates.add(shown)
            elif folder := chart_around(path):
                group.templates.add(shown)
                alone.setdefault(folder, shown)
                request.seen.note(os.path.join(folder, files.CHART))
    given = set(map(os.path.realpath, found.paths))
    for folder, shown in alone.items():
        if os.path.join(folder, files.CHART) not in given:
            message = f"helm renders it; name the folder `{files.shown(folder)}` to check what is rendered"
            found.problems.append(Problem(shown, 0, message, fatal=False))


def evidence_of_chart() -> FileFacts:
    """What is known at the place of a chart: with other values, it may make anything."""
    return FileFacts((), skipped=(Skip("chart", Span(0, 0)),))


def reached(charts: list[Chart], choices: Choices, groups: Sequence[files.Group]) -> list[Chart]:
    """The charts that use any of the files that are named; all of them where none is.

    Whoever names the description of a chart names its templates.
    """
    named = [os.path.realpath(group.paths[shown]) for group in groups for shown in group.named if shown in group.paths]
    if not any(group.named for group in groups):
        return charts
    near: list[Chart] = []
    for one in charts:
        values = {os.path.realpath(path) for each in choices.of(one) for path in (*each.files, each.said)}
        folder = os.path.realpath(one.folder)
        if any(is_within(path, folder) or path in values for path in named):
            near.append(one)
        if os.path.join(folder, files.CHART) in named:
            groups[0].named.update(one.sources)
    return near


def surely_made(chart: Chart) -> FileFacts:
    """The ConfigMaps and Secrets that a chart makes under names which no value decides."""
    nowhere = Span(0, 0)
    named = ((part.top("kind"), Scalar(name, 0, 0)) for part, name in chart.providers if ANYTHING not in name)
    kinds: list[tuple[Target, Scalar]] = [
        ("ConfigMap" if kind and kind.text == "ConfigMap" else "Secret", name) for kind, name in named
    ]
    providers = (Provider(kind, kind, name, (), True, False, nowhere) for kind, name in kinds)
    return FileFacts((Document(nowhere, nowhere, "v1", "Chart", None, None, providers=tuple(providers)),))


def chart_of(path: str, charts: Mapping[str, Chart]) -> Chart | None:
    """The outermost chart that a file is a template of, or part of a subchart of; `charts` by their real folders."""
    found: Chart | None = None
    inner = os.path.dirname(os.path.realpath(path))
    while inner != (folder := os.path.dirname(inner)):
        if folder in charts and os.path.basename(inner) in (TEMPLATES, SUBCHARTS):
            found = charts[folder]
        inner = folder
    return found


def chart_around(path: str) -> str | None:
    """The folder of the chart that a file is a template of, whatever chart that is; None when it is none."""
    folder = os.path.realpath(path)
    while os.path.basename(folder) != TEMPLATES:
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    chart = os.path.dirname(folder)
    return chart if is_chart(chart) else None


def render_all(
    charts: Sequence[Chart], choices: Choices, request: Request, failures: Failures
) -> Iterator[tuple[Chart, Material]]:
    """What helm renders of each chart, in order."""
    if not charts:
        return
    program = find_helm(request.config.helm_program)
    if program is None:
        for chart in charts:
            add_chart(failures, chart, NotBuiltError("there is no helm to render with", "program", "program"), "")
        return
    with temporary() as home, ThreadPoolExecutor(os.cpu_count()) as pool, none_left():
        runs: list[tuple[Chart, dict[Choice, Future[str]]]] = []
        for chart in charts:
            ready = pool.submit(ready_folder, chart, program, request, home)
            own = choices.of(chart)
            runs.append(
                (chart, {each: pool.submit(render, chart, ready, each, program, request, home) for each in own})
            )
        try:
            for chart, by_values in runs:
                chosen = choices.are_chosen(chart)
                found = renderings(chart, by_values, program, request, failures, chosen=chosen)
                yield from ((chart, material) for material in found)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def renderings(
    chart: Chart,
    runs: Mapping[Choice, Future[str]],
    program: str,
    request: Request,
    failures: Failures,
    *,
    chosen: bool,
) -> Iterator[Material]:
    """What became of a chart with each of its values; that it needs values matters only where it is given none."""
    own = next((values for values in runs if values.is_own), None)
    texts: dict[Choice, str] = {}
    reasons: dict[Choice, NotBuiltError] = {}
    for values, running in runs.items():
        try:
            texts[values] = running.result()
        except NotBuiltError as error:
            reasons[values] = error
            request.seen.whole = request.seen.whole and not isinstance(error, TimeOutError)
    if texts and own:
        reasons.pop(own, None)
    whole = str(reasons.get(own, "")) if own else ""
    for values, reason in reasons.items():
        if values == own or str(reason) != whole:
            add_chart(failures, chart, reason, values.named)
    if texts and not needs_more(chart, request):
        add_missing(failures, chart)
    said = frozenset(choice.said for choice in runs if choice.said)
    for values, text in texts.items():
        installation = Installation(chart=chart.shown, values_from=None if chosen else said)
        found = rendering(chart, values, text, request.makers, [*runs], installation)
        remember(text, found, chart, values, program, request)
        yield found


def rendering(
    chart: Chart, values: Choice, text: str, makers: Makers, choices: Sequence[Choice], installation: Installation
) -> Material:
    """The facts of what a chart renders with some values, which are one of its choices."""
    given = [os.path.join(chart.folder, VALUES), *values.files]
    named = values.said or next((files.shown(path) for path in reversed(given) if os.path.isfile(path)), None)
    others = [path for choice in choices for path in choice.files]
    known = chart.given(values.files, values.texts, values.options[1::2], others)
    leading = ChartText(chart.description, text, chart.templates, known, values=named if len(choices) > 1 else None)
    inside = {source.split("/")[2] for source in re.findall(SOURCE, text) if source.count("/") > 2}
    idle = [name for name in chart.dependencies if name not in inside]
    return Material(
        files=[(chart.description, kept(read_text(text, makers), leading))],
        beside=[(chart.description, evidence_of_chart())] if idle else [],
        built=leading,
        installation=installation,
        supply=Supply(chart, given, leading, values.written, installation.releases),
    )


def remember(text: str, found: Material, chart: Chart, values: Choice, program: str, request: Request) -> None:
    """Keeps what was rendered, unless there is a Secret in it, or something that was fetched."""
    builds = builds_for(chart, request)
    if builds and not any(document.masked for _, facts in found.files for document in facts.documents):
        seen = Seen()
        seen.note(program)
        note_chart(chart, [values], seen)
        builds.put(name_of(builds, chart, values, program, request), Build(seen, chart.folder, text))


def builds_for(chart: Chart, request: Request) -> BuildsCache | None:
    """What was rendered before, where that may count: not of what is fetched, and not of texts that are not saved."""
    return None if needs_more(chart, request) or is_changed(chart, request) else request.caches.builds


def is_changed(chart: Chart, request: Request) -> bool:
    """Whether texts count in the place of what files of a chart hold."""
    return any(is_within(path, real_path(chart.folder)) for path in request.disk.texts)


def name_of(builds: BuildsCache, chart: Chart, values: Choice, program: str, request: Request) -> str:
    """Under which name it is kept what a chart renders with some values."""
    return f"{os.path.abspath(chart.folder)}\0{values.key(builds)}\0{program}\0{request.kubernetes_version}"


def note_chart(chart: Chart, choices: Iterable[Choice], seen: Seen) -> None:
    """Notes what helm looks at: all of a chart, and files of values; and whether it is a part of another chart."""
    seen.note_all(chart.folder)
    for path in (path for values in choices for path in values.files):
        seen.note(path)
    above = os.path.dirname(os.path.dirname(os.path.realpath(chart.folder)))
    seen.note(os.path.join(above, files.CHART))


def kept(facts: FileFacts, leading: RenderedText) -> FileFacts:
    """Facts without what is not the chart's own: the namespace, values that it is not given, fields repeated alike.

    What several templates include, mostly labels, often occurs twice with one value. Helm lets the last win
    (`pkg/kube/client.go` in helm/helm builds objects as kubectl does).
    """

    def line(span: Span) -> str:
        return leading.text[span.start : leading.text.find("\n", span.start)]

    def counts(fault: Fault) -> bool:
        copied = fault.code == "repeated-key" and fault.other is not None and line(fault.span) == line(fault.other)
        return not copied and not leading.lacks_value(fault.span, fault.path)

    def container_of(container: Container) -> Container:
        lacks = container.image and leading.lacks_value(container.image.span)
        return replace(container, image=None) if lacks else container

    def pod_of(pod: PodSpec) -> PodSpec:
        return replace(pod, containers=tuple(map(container_of, pod.containers)))

    def document_of(document: Document) -> Document:
        open_ = document.namespace is not None and document.namespace.value == NAMESPACE
        return replace(
            document,
            namespace=None if open_ else document.namespace,
            faults=tuple(filter(counts, document.faults)),
            pods=tuple(map(pod_of, document.pods)),
        )

    return replace(facts, documents=tuple(map(document_of, facts.documents)))


def find_helm(wished: str | None) -> str | None:
    """The program to render with, or None; raises ValueError when there is none as wished for."""
    found = find(os.path.expanduser(wished or "helm"))
    if wished and not found:
        raise ValueError(f"there is no program `{wished}` to render charts with; name helm")
    return found


def ready_folder(chart: Chart, program: str, request: Request, home: str) -> str:
    """The folder that helm renders: the chart's own, or a copy with the dependencies that it lacks, or without them.

    Raises NotBuiltError. A chart that makes helm read more than the chart is not given to it.
    """
    chart.contents.refuse()
    if not needs_more(chart, request):
        return without_missing(chart, home) if chart.missing or is_changed(chart, request) else chart.folder
    request.seen.whole = False
    return completed(chart, program, home, request.config.build_timeout)


def needs_more(chart: Chart, request: Request) -> bool:
    """Whether helm is to fetch dependencies of a chart."""
    return request.config.build_dependencies and bool(chart.absent)


def render(chart: Chart, ready: Future[str], values: Choice, program: str, request: Request, home: str) -> str:
    """What helm renders of a chart in its folder, when that is `ready`; raises NotBuiltError."""
    folder = ready.result()
    builds = builds_for(chart, request)
    for path in values.own_files:
        if values.gift and not is_within(real_path(path), root_of(chart.folder)):
            raise NotBuiltError(f"`{files.shown(path)}` leads out of the folder", "refused")
        if not os.path.isfile(path):
            raise NotBuiltError("there is no such file of values", "values")
    if builds and (known := builds.get(name_of(builds, chart, values, program, request))):
        return known.text
    major, minor = request.kubernetes_version
    command = [
        program,
        "template",
        *((values.release,) if values.release else ()),
        os.path.abspath(folder),
        "--namespace",
        NAMESPACE,
        "--kube-version",
        f"{major}.{minor}.0",
    ]
    given = [(os.path.abspath(path), path) for path in values.own_files]
    given += ((save(text, home), "its values") for text in values.texts)
    given += ((path_of(path, request.disk, home), path) for path in values.command_line.files)
    command += [word for path, _ in given for word in ("--values", quoted(path))]
    command += values.options
    ended = run(command, home, request.config.build_timeout)
    if ended.code:
        errors = reduce(lambda said, pair: said.replace(*pair), given, ended.errors)
        reason = why(errors, OfChart(chart, values.files, values.written))
        raise failed(reason, chart, lacking=not needs_more(chart, request))
    return ended.output


def without_missing(chart: Chart, home: str) -> str:
    """A copy of a chart, in a new folder, without the dependencies that are not in `charts/`.

    It lacks the files that are too large for helm. Raises NotBuiltError where it cannot be made.
    """
    copy = mkdtemp(dir=home)
    for path in (entry.path for entry in entries_below(chart.folder) if not is_folder(entry)):
        place = os.path.join(copy, os.path.relpath(path, chart.folder))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        try:
            raw = chart.disk.read(path, root_of(chart.folder), LARGEST)
        except TooLargeError:
            continue
        except OSError as error:
            raise NotBuiltError(f"`{files.shown(path)}` cannot be read: {files.reason(error)}", "refused") from None
        with open(place, "wb") as file:
            file.write(raw)
    missing = {entry.place for entry in chart.missing}
    for name in (files.CHART, REQUIREMENTS):
        described = chart.read(name).at("dependencies")
        if described:
            kept = [plain(entry) for entry in described.items if entry.place not in missing]
            text = files.read(chart.disk, os.path.join(chart.folder, name), root_of(chart.folder))
            with open(os.path.join(copy, name), "w", encoding="utf-8") as file:
                file.write(f"{text[: described.place.start]} {json.dumps(kept)}{text[described.place.end :]}")
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
        named = (entry.word("name") for entry in chart.missing)
        names = " and ".join(f"`{name if name in known else HIDDEN}`" for name in named)
        place = files.shown(first.place.path), first.place.span
        return NotBuiltError(f"`charts/` lacks {names}", "dependency", place=place)
    return NotBuiltError(reason, "values" if re.search(OF_VALUES, reason) else "broken")


def quoted(path: str) -> str:
    """A path as one value of an option of helm that takes several between commas, in the manner of CSV."""
    return '"' + path.replace('"', '""') + '"' if re.search('[,"\r\n]', path) else path


def path_of(path: str, disk: FileSystem, home: str) -> str:
    """The path at which helm opens a file that the command line names; of a pipe, which is read once, a copy."""
    return save(files.read(disk, path), home) if path in disk.pipes else os.path.abspath(path)


def save(text: str, home: str) -> str:
    """The path of a new file that holds a text."""
    handle, path = mkstemp(".yaml", dir=home)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def why(errors: str, shown: OfChart) -> str:
    """The reason that helm gives, in one line; warnings that come before it are left out."""
    return of_helm(re.sub(HINT, " ", tool.said(errors)).strip(), shown)


def lead_back(text: str, request: Request) -> tuple[RenderedText | None, Supply | None]:
    """What leads back from a text that helm has rendered, and what its chart may be given by default.

    The chart is the only one in the working directory or below that has the name with which all `# Source:` begin and
    every template that they name; where there is none, the text represents itself.
    """
    sources = dict.fromkeys(re.findall(SOURCE, text))
    names = {source.partition("/")[0] for source in sources}
    charts = (Chart(folder, request.disk) for folder in folders_below(os.curdir)) if len(names) == 1 else ()
    charts = (chart for chart in charts if chart.name in names and not chart.contents.unfit)
    found = [chart for chart in charts if all(map(chart.templates.path, sources))]
    if len(found) != 1:
        return None, None
    leading = ChartText(files.STDIN, text, found[0].templates, found[0].given((), (), (), ()), mine=False)
    return leading, Supply(found[0], [os.path.join(found[0].folder, VALUES)], leading)


def folders_below(top: str) -> Iterator[str]:
    """The folders with charts, from the top downwards."""
    for folder, entries in tree(top, files.NEVER):
        if any(entry.name == files.CHART and not is_folder(entry) for entry in entries):
            yield folder
