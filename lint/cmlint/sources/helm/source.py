"""Charts, rendered by helm itself.

Each chart is rendered with its default values and with those that it is tested with, or with those that the
configuration names, and each rendering is a bundle. What a chart renders is never linted as it is in the template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from msgspec.structs import replace

from cmlint.bundle.material import Installation, Material
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Container, Document, Fault, FileFacts, PodSpec, Provider, Scalar, Skip, Span, Target
from cmlint.model.failures import Failures
from cmlint.model.problems import Problem
from cmlint.sources import files
from cmlint.sources.failures import add_chart, add_missing
from cmlint.sources.found import Found
from cmlint.sources.helm.chart import SUBCHARTS, TEMPLATES, VALUES, Chart, Supply, find_charts, is_chart
from cmlint.sources.helm.choices import Choice, Choices
from cmlint.sources.helm.render import NAMESPACE, Helm, find_helm, note_chart
from cmlint.sources.helm.template import ANYTHING
from cmlint.sources.helm.template_places import SOURCE, RenderedText
from cmlint.sources.helm.value_places import ChartText
from cmlint.sources.request import Request
from cmlint.system.files import is_within
from cmlint.system.filesystem import FileSystem
from cmlint.system.folders import temporary
from cmlint.system.futures import result_of
from cmlint.system.programs import NotBuiltError, Programs, TimeOutError

FAILED = "the chart is not built"

MOST_EXAMPLES = 5
"""The most files of values beside a chart's own with which it is tried."""


def take(found: Found, request: Request) -> Iterator[Material]:
    """Renders the charts among files, and takes their templates out of the groups.

    The templates of charts that cannot be rendered stay there, as such. What charts surely make is known also of those
    that are not rendered because they use none of the files that are named, or because helm fails. Raises ValueError
    for a program that is not there.
    """
    charts = find_charts(request.disk, found.paths)
    choices = choices_for(charts, found, request)
    near = reached(charts, choices, found.groups)
    for one in near:
        note_chart(one, choices.of(one), request.seen)
    rendered = list(render_all(near, choices, request, found.failures))
    done = {id(chart) for chart, _ in rendered} | {id(one) for one in charts if one not in near}
    take_templates(found, {chart.disk.real_path(chart.folder): chart for chart in charts}, done, request)
    found.charts |= {chart.description: evidence_of_chart() for chart in charts}
    failed = [one for one in near if id(one) not in done]
    for unbuilt, apart in ((files.NOT_REACHED, [one for one in charts if one not in near]), (FAILED, failed)):
        if made := [(one.description, surely_made(one)) for one in apart]:
            yield Material(files=made, unbuilt=unbuilt, complete=False)
    yield from (material for _, material in rendered)


def choices_for(charts: Sequence[Chart], found: Found, request: Request) -> Choices:
    """The values for each chart, also those that another chart gives it, as an app of apps of Argo CD does.

    What such a chart gives is known once it is rendered with its own first values.
    """
    choices = Choices(found, request)
    installing = [one for one in charts if one.installs] if len(charts) > 1 else []
    for one in installing:
        note_chart(one, choices.of(one), request.seen)
    rendered = [*render_all(installing, choices, request, Failures())]
    first = {one.shown: material for one, material in reversed(rendered)}
    return Choices(found, request, list(first.values())) if first else choices


def take_templates(found: Found, by_folder: Mapping[str, Chart], done: Collection[int], request: Request) -> None:
    """Takes the templates of charts that are `done` out of the groups, and marks those of all others as such."""
    alone: dict[str, str] = {}
    for group in found.groups:
        for shown, path in list(group.paths.items()):
            if path == "-":
                continue
            real = request.disk.real_path(path)
            chart = chart_of(real, by_folder)
            if chart and id(chart) in done:
                group.take(shown)
            elif chart:
                group.templates.add(shown)
            elif folder := chart_around(request.disk, real):
                group.templates.add(shown)
                alone.setdefault(folder, shown)
                request.seen.note(os.path.join(folder, files.CHART))
    given = set(map(request.disk.real_path, found.paths))
    for folder, shown in alone.items():
        if os.path.join(folder, files.CHART) not in given:
            message = f"helm renders it; name the folder `{request.disk.shown(folder)}` to check what is rendered"
            found.problems.append(Problem(shown, 0, message, fatal=False))


def evidence_of_chart() -> FileFacts:
    """What is known at the place of a chart: with other values, it may make anything."""
    return FileFacts((), skipped=(Skip("chart", Span(0, 0)),))


def reached(charts: list[Chart], choices: Choices, groups: Sequence[files.Group]) -> list[Chart]:
    """The charts that use any of the files that are named; all of them where none is.

    Whoever names the description of a chart names its templates.
    """
    real = choices.request.disk.real_path
    named = [real(group.paths[shown]) for group in groups for shown in group.named if shown in group.paths]
    if not any(group.named for group in groups):
        return charts
    near: list[Chart] = []
    for one in charts:
        values = {real(path) for each in choices.of(one) for path in (*each.files, each.said)}
        folder = real(one.folder)
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
    providers = (
        Provider(target=kind, kind=kind, name=name, keys=(), open=True, immutable=False, span=nowhere)
        for kind, name in kinds
    )
    return FileFacts(
        (
            Document(
                span=nowhere,
                head=nowhere,
                api_version="v1",
                kind="Chart",
                name=None,
                namespace=None,
                providers=tuple(providers),
            ),
        )
    )


def chart_of(path: str, charts: Mapping[str, Chart]) -> Chart | None:
    """The outermost chart that a file is a template of, or part of a subchart of; all by their real paths."""
    found: Chart | None = None
    inner = os.path.dirname(path)
    while inner != (folder := os.path.dirname(inner)):
        if folder in charts and os.path.basename(inner) in (TEMPLATES, SUBCHARTS):
            found = charts[folder]
        inner = folder
    return found


def chart_around(disk: FileSystem, path: str) -> str | None:
    """The folder of the chart that a file is a template of, whatever chart that is; None when it is none."""
    folder = path
    while os.path.basename(folder) != TEMPLATES:
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    chart = os.path.dirname(folder)
    return chart if is_chart(disk, chart) else None


def render_all(
    charts: Sequence[Chart], choices: Choices, request: Request, failures: Failures
) -> Iterator[tuple[Chart, Material]]:
    """What helm renders of each chart, in order."""
    if not charts:
        return
    program = find_helm(request.config.helm_program)
    if program is None:
        for chart in charts:
            add_chart(failures, chart, NotBuiltError("helm is not installed", "program", "program"), "")
        return
    with temporary() as home, ThreadPoolExecutor(os.cpu_count()) as pool, Programs() as programs:
        helm = Helm(program, request, home, programs)
        runs: list[tuple[Chart, Future[str], dict[Choice, Future[str]]]] = []
        for chart in charts:
            ready = pool.submit(helm.ready, chart)
            by_values = {each: pool.submit(helm.render, chart, ready, each) for each in choices.of(chart)}
            runs.append((chart, ready, by_values))
        try:
            for chart, ready, by_values in runs:
                for values, text in rendered(helm, chart, ready, by_values, failures).items():
                    material = rendering(chart, values, text, choices, request)
                    if not any(document.masked for _, facts in material.files for document in facts.documents):
                        helm.keep(chart, values, text)
                    yield chart, material
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def rendered(
    helm: Helm, chart: Chart, ready: Future[str], runs: Mapping[Choice, Future[str]], failures: Failures
) -> dict[Choice, str]:
    """What helm renders of a chart with each of its values; why it fails with some goes to the failures.

    That a chart needs values matters only where it is given none.
    """
    own = next((values for values in runs if values.is_own), None)
    texts: dict[Choice, str] = {}
    reasons: dict[Choice, NotBuiltError] = {}
    for values, running in runs.items():
        try:
            texts[values] = result_of(running)
        except NotBuiltError as error:
            reasons[values] = error
            helm.request.seen.complete = helm.request.seen.complete and not isinstance(error, TimeOutError)
    if own and not texts and not own.files and not own.written and reasons[own].cause == "values":
        texts = with_examples(helm, chart, ready, own)
    if texts and own:
        reasons.pop(own, None)
    usual = str(reasons.get(own, "")) if own else ""
    for values, reason in reasons.items():
        if values == own or str(reason) != usual:
            named = chart.disk.shown(values.named) if values.named else ""
            add_chart(failures, chart, reason, named, only=bool(texts))
    if texts and not helm.fetches(chart):
        add_missing(failures, chart)
    return texts


def with_examples(helm: Helm, chart: Chart, ready: Future[str], own: Choice) -> dict[Choice, str]:
    """What helm renders of a chart that needs more values than its own, with each file of values that is beside them.

    People copy such a file, or name it when they install the chart; those with which it fails are for other uses.
    """
    texts: dict[Choice, str] = {}
    for path in chart.examples[:MOST_EXAMPLES]:
        values = replace(own, own_files=(path,))
        with suppress(NotBuiltError):
            texts[values] = helm.render(chart, ready, values)
    return texts


def rendering(chart: Chart, values: Choice, text: str, choices: Choices, request: Request) -> Material:
    """The facts of what a chart renders with some values."""
    all_values = choices.of(chart)
    given = [os.path.join(chart.folder, VALUES), *values.files]
    named = values.said or next((chart.disk.shown(path) for path in reversed(given) if chart.disk.is_file(path)), None)
    others = [path for choice in all_values for path in choice.files]
    known = chart.given(values.files, values.texts, values.options[1::2], others)
    shown = named if len(all_values) > 1 else None
    leading = ChartText(chart.description, text, chart.templates, known, values=shown)
    inside = {source.split("/")[2] for source in re.findall(SOURCE, text) if source.count("/") > 2}
    idle = [name for name in chart.dependencies if name not in inside]
    said = frozenset(choice.said for choice in all_values if choice.said)
    installation = Installation(chart=chart.shown, values_from=None if choices.are_chosen(chart) else said)
    return Material(
        files=[(chart.description, kept(read_text(text, request.makers), leading))],
        built=leading,
        installation=installation,
        supply=Supply(chart, given, leading, values.written, installation.releases, idle),
    )


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
