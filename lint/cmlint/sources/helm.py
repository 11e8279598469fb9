"""Charts, rendered by helm itself.

Each chart is rendered with its default values and with those that it is tested with, or with those that the
configuration names, and each rendering is a bundle. What a chart renders is never linted as it is in the template.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import reduce
from tempfile import mkdtemp, mkstemp
from typing import Any

import msgspec
from msgspec.structs import replace

from cmlint.cache.builds import Build, BuildsCache
from cmlint.cache.states import Seen
from cmlint.kube.versions import Version
from cmlint.manifest.documents import read_text
from cmlint.manifest.gifts import Gift
from cmlint.manifest.providers import TABLE, Makers
from cmlint.model.facts import Container, Document, Fault, FileFacts, PodSpec, Provider, Scalar, Skip, Span, Target
from cmlint.model.failures import Failures
from cmlint.patterns import Patterns
from cmlint.sources import files, tool
from cmlint.sources.chart_files import LARGEST, entries_below
from cmlint.sources.charts import REQUIREMENTS, SUBCHARTS, TEMPLATES, VALUES, Chart, Supply, find_charts, is_chart
from cmlint.sources.dependencies import completed
from cmlint.sources.failures import add_chart, add_missing
from cmlint.sources.hidden import HIDDEN
from cmlint.sources.over import Over
from cmlint.sources.parts import Part, Place
from cmlint.sources.read_values import ChartText
from cmlint.sources.reasons import of_helm
from cmlint.sources.rendered import SOURCE, RenderedText
from cmlint.sources.shown import OfChart
from cmlint.sources.template import ANYTHING
from cmlint.system.files import TooLargeError, is_folder, is_within, real_path, root_of, tree
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


class Choice(msgspec.Struct, frozen=True):
    """Values to render a chart with: files of which the last wins, and what an object at the path `said` gives.

    `installed` is the name of the release where nothing else is known of it. What the command line gives is laid `over`
    all of these.
    """

    own_files: tuple[str, ...] = ()
    gift: Gift | None = None
    said: str = ""
    installed: str = ""
    over: Over = Over()

    @property
    def files(self) -> tuple[str, ...]:
        """All files of values."""
        return (*self.own_files, *self.over.files)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of values that an object gives."""
        return self.gift.texts if self.gift else ()

    @property
    def written(self) -> tuple[str, ...]:
        """All values that are in no file of values."""
        return (*self.texts, *self.over.texts)

    @property
    def release(self) -> str:
        """The name of the release; empty where nobody names it."""
        return self.over.release or (self.gift.release if self.gift else self.installed)

    @property
    def options(self) -> tuple[str, ...]:
        """The options of helm that give single values."""
        return (*(self.gift.options if self.gift else ()), *self.over.options)

    @property
    def is_own(self) -> bool:
        """Whether the chart has its own values, as far as the command line gives no others."""
        return not self.own_files and not self.gift

    @property
    def named(self) -> str:
        """The file that represents the values; empty where there are none but the chart's own."""
        return self.said or (files.shown(self.files[-1]) if self.files else "")

    def key(self, builds: BuildsCache) -> str:
        """What tells it from others; what it gives may be a secret, and enters only as a keyed hash."""
        given = self.gift, self.over.settings, self.release
        return ",".join(self.files) + builds.folder.digest(msgspec.msgpack.encode(given)).hex()


class HelmWishes(msgspec.Struct, frozen=True):
    """How to render: with which program and which values, for which version, and how long it may take.

    `values` gives files for a pattern of charts, both with their whole paths, and `given` what GitOps objects give to
    the chart in a folder; `makers` say what controllers make of
    what is rendered, `builds` is what was rendered before, `seen` is told what is looked at. `over` is what the command
    line gives to every chart. `build_dependencies` lets helm fetch what charts need and do not have.
    """

    program: str | None
    values: dict[str, tuple[str, ...]]
    version: Version
    timeout: float
    makers: Makers = TABLE
    builds: BuildsCache | None = None
    seen: Seen = msgspec.field(default_factory=Seen)
    given: Callable[[Chart], list[Choice]] = lambda _: [Choice()]
    over: Over = Over()
    build_dependencies: bool = False


class Rendering(msgspec.Struct):
    """What helm renders of a chart: the facts, what leads back from them, and what the chart is given.

    `beside` is evidence of what else it may make: charts that are a part of it with other values. It has `chosen`
    values where the configuration names them; `given` are the paths of the texts whose values it is rendered with.
    """

    files: list[tuple[str, FileFacts]]
    text: RenderedText
    supply: Supply
    beside: list[tuple[str, FileFacts]]
    chosen: bool = False
    given: frozenset[str] = frozenset()


def take_charts(
    groups: Sequence[files.Group], wishes: HelmWishes, problems: list[files.Problem], failures: Failures
) -> tuple[list[Rendering], list[tuple[str, FileFacts]], list[tuple[str, FileFacts]]]:
    """Renders the charts among files, and takes their templates out of the groups; also says where there are charts.

    The templates of charts that cannot be rendered stay there, as such. Last comes what charts surely make that are
    not rendered because they use none of the files that are named. Raises ValueError when there is no program as wished
    for.
    """
    charts = find_charts(path for group in groups for path in group.paths.values() if path != "-")
    near = reached(charts, wishes, groups)
    for one in near:
        note_chart(one, choices_of(one, wishes), wishes.seen)
    rendered = list(render_all(near, wishes, failures))
    done = {id(rendering.supply.chart) for rendering in rendered} | {id(one) for one in charts if one not in near}
    by_folder = {os.path.realpath(chart.folder): chart for chart in charts}
    alone: dict[str, str] = {}
    for group in groups:
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
                wishes.seen.note(os.path.join(folder, files.CHART))
    given = {os.path.realpath(path) for group in groups for path in group.paths.values()}
    for folder, shown in alone.items():
        if os.path.join(folder, files.CHART) not in given:
            message = f"helm renders it; name the folder `{files.shown(folder)}` to check what is rendered"
            problems.append(files.Problem(shown, 0, message, fatal=False))
    beside = [(chart.description, FileFacts((), skipped=(Skip("chart", Span(0, 0)),))) for chart in charts]
    return rendered, beside, [(one.description, surely_made(one)) for one in charts if one not in near]


def reached(charts: list[Chart], wishes: HelmWishes, groups: Sequence[files.Group]) -> list[Chart]:
    """The charts that use any of the files that are named; all of them where none is.

    Whoever names the description of a chart names its templates.
    """
    named = [os.path.realpath(group.paths[shown]) for group in groups for shown in group.named if shown in group.paths]
    if not any(group.named for group in groups):
        return charts
    near: list[Chart] = []
    for one in charts:
        values = {os.path.realpath(path) for each in choices_of(one, wishes) for path in (*each.files, each.said)}
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


def render_all(charts: Sequence[Chart], wishes: HelmWishes, failures: Failures) -> Iterator[Rendering]:
    """What helm renders of each chart, in order."""
    if not charts:
        return
    program = find_helm(wishes.program)
    if program is None:
        for chart in charts:
            add_chart(failures, chart, NotBuiltError("there is no helm to render with", "program", "program"), "")
        return
    with temporary() as home, ThreadPoolExecutor(os.cpu_count()) as pool, none_left():
        runs: list[tuple[Chart, dict[Choice, Future[str]]]] = []
        for chart in charts:
            ready = pool.submit(ready_folder, chart, program, wishes, home)
            choices = choices_of(chart, wishes)
            runs.append(
                (chart, {each: pool.submit(render, chart, ready, each, program, wishes, home) for each in choices})
            )
        try:
            for chart, by_values in runs:
                yield from renderings(chart, by_values, program, wishes, failures)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def renderings(
    chart: Chart, runs: dict[Choice, Future[str]], program: str, wishes: HelmWishes, failures: Failures
) -> Iterator[Rendering]:
    """What became of a chart with each of its values; that it needs values matters only where it is given none."""
    own = next((values for values in runs if values.is_own), None)
    texts: dict[Choice, str] = {}
    reasons: dict[Choice, NotBuiltError] = {}
    for values, running in runs.items():
        try:
            texts[values] = running.result()
        except NotBuiltError as error:
            reasons[values] = error
            wishes.seen.whole = wishes.seen.whole and not isinstance(error, TimeOutError)
    if texts and own:
        reasons.pop(own, None)
    whole = str(reasons.get(own, "")) if own else ""
    for values, reason in reasons.items():
        if values == own or str(reason) != whole:
            add_chart(failures, chart, reason, values.named)
    if texts and not needs_more(chart, wishes):
        add_missing(failures, chart)
    for values, text in texts.items():
        found = rendering(chart, values, text, wishes.makers, [*runs])
        found.chosen = bool(wishes.over.files or chosen_for(chart, wishes))
        found.given = frozenset(choice.said for choice in runs if choice.said)
        remember(found, chart, values, program, wishes)
        yield found


def rendering(chart: Chart, values: Choice, text: str, makers: Makers, choices: Sequence[Choice]) -> Rendering:
    """The facts of what a chart renders with some values, which are one of its choices."""
    given = [os.path.join(chart.folder, VALUES), *values.files]
    named = values.said or next((files.shown(path) for path in reversed(given) if os.path.isfile(path)), None)
    others = [path for choice in choices for path in choice.files]
    known = chart.given(values.files, values.texts, values.options[1::2], others)
    leading = ChartText(chart.description, text, chart.templates, known, values=named if len(choices) > 1 else None)
    inside = {source.split("/")[2] for source in re.findall(SOURCE, text) if source.count("/") > 2}
    idle = [name for name in chart.dependencies if name not in inside]
    evidence = (chart.description, FileFacts((), skipped=(Skip("chart", Span(0, 0)),)))
    facts = kept(read_text(text, makers), leading)
    supply = Supply(chart, given, leading, values.written)
    return Rendering([(chart.description, facts)], leading, supply, [evidence] if idle else [])


def remember(found: Rendering, chart: Chart, values: Choice, program: str, wishes: HelmWishes) -> None:
    """Keeps what was rendered, unless there is a Secret in it, or something that was fetched."""
    if (
        wishes.builds
        and not needs_more(chart, wishes)
        and not any(document.masked for _, facts in found.files for document in facts.documents)
    ):
        seen = Seen()
        seen.note(program)
        note_chart(chart, [values], seen)
        wishes.builds.put(
            name_of(wishes.builds, chart, values, program, wishes), Build(seen, chart.folder, found.text.text)
        )


def name_of(builds: BuildsCache, chart: Chart, values: Choice, program: str, wishes: HelmWishes) -> str:
    """Under which name it is kept what a chart renders with some values."""
    return f"{os.path.abspath(chart.folder)}\0{values.key(builds)}\0{program}\0{wishes.version}"


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


def choices_of(chart: Chart, wishes: HelmWishes) -> list[Choice]:
    """The values to render a chart with; where GitOps gives some, the defaults alone are not what anyone gets.

    Files of the command line come in the place of those that the chart is tested with.
    """
    tests = () if wishes.over.files else (Choice((path,)) for path in chart.tests)
    found = chosen_for(chart, wishes) or [*wishes.given(chart), *tests]
    return [replace(choice, over=wishes.over) for choice in found]


def chosen_for(chart: Chart, wishes: HelmWishes) -> list[Choice]:
    """The values that the configuration names for a chart, several files together between commas."""
    folder = os.path.realpath(chart.folder)
    chosen = (given for pattern, given in wishes.values.items() if Patterns([pattern]).match(folder))
    return [Choice(tuple(filter(None, entry.split(",")))) for given in chosen for entry in given]


def find_helm(wished: str | None) -> str | None:
    """The program to render with, or None; raises ValueError when there is none as wished for."""
    found = find(os.path.expanduser(wished or "helm"))
    if wished and not found:
        raise ValueError(f"there is no program `{wished}` to render charts with; name helm")
    return found


def ready_folder(chart: Chart, program: str, wishes: HelmWishes, home: str) -> str:
    """The folder that helm renders: the chart's own, or a copy with the dependencies that it lacks, or without them.

    Raises NotBuiltError. A chart that makes helm read more than the chart is not given to it.
    """
    chart.contents.refuse()
    if not needs_more(chart, wishes):
        return without_missing(chart, home) if chart.missing or chart.unversioned else chart.folder
    wishes.seen.whole = False
    return completed(chart, program, home, wishes.timeout)


def needs_more(chart: Chart, wishes: HelmWishes) -> bool:
    """Whether helm is to fetch dependencies of a chart."""
    return wishes.build_dependencies and bool(chart.absent)


def render(chart: Chart, ready: Future[str], values: Choice, program: str, wishes: HelmWishes, home: str) -> str:
    """What helm renders of a chart in its folder, when that is `ready`; raises NotBuiltError."""
    folder = ready.result()
    builds = None if needs_more(chart, wishes) else wishes.builds
    for path in values.own_files:
        if values.gift and not is_within(real_path(path), root_of(chart.folder)):
            raise NotBuiltError(f"`{files.shown(path)}` leads out of the folder", "refused")
        if not os.path.isfile(path):
            raise NotBuiltError("there is no such file of values", "values")
    if builds and (known := builds.get(name_of(builds, chart, values, program, wishes))):
        return known.text
    major, minor = wishes.version
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
    given += ((path_of(path, home), path) for path in values.over.files)
    command += [word for path, _ in given for word in ("--values", quoted(path))]
    command += values.options
    ended = run(command, home, wishes.timeout)
    if ended.code:
        errors = reduce(lambda said, pair: said.replace(*pair), given, ended.errors)
        reason = why(errors, OfChart(chart, values.files, values.written))
        raise failed(reason, chart, lacking=not needs_more(chart, wishes))
    return ended.output


def without_missing(chart: Chart, home: str) -> str:
    """A copy of a chart, in a new folder, without the dependencies that are not in `charts/`, and with a version.

    It lacks the files that are too large for helm. Raises NotBuiltError where it cannot be made.
    """
    copy = mkdtemp(dir=home)
    for path in (entry.path for entry in entries_below(chart.folder) if not is_folder(entry)):
        place = os.path.join(copy, os.path.relpath(path, chart.folder))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        try:
            raw = files.read_raw(path, root_of(chart.folder), LARGEST)
        except TooLargeError:
            continue
        except OSError as error:
            raise NotBuiltError(f"`{files.shown(path)}` cannot be read: {files.reason(error)}", "refused") from None
        with open(place, "wb") as file:
            file.write(raw)
    missing = {entry.place for entry in chart.missing}
    for name in (files.CHART, REQUIREMENTS):
        described = chart.read(name).at("dependencies")
        edits: list[tuple[Place, object]] = []
        if described:
            edits.append((described.place, [plain(entry) for entry in described.items if entry.place not in missing]))
        if name == files.CHART and chart.unversioned:
            edits.append((chart.unversioned.place, "0.0.0"))
        if edits:
            text = files.read(os.path.join(chart.folder, name), root_of(chart.folder))
            for place, value in sorted(edits, key=lambda edit: -edit[0].start):
                text = f"{text[: place.start]} {json.dumps(value)}{text[place.end :]}"
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
        named = (entry.word("name") for entry in chart.missing)
        names = " and ".join(f"`{name if name in known else HIDDEN}`" for name in named)
        place = files.shown(first.place.path), first.place.span
        return NotBuiltError(f"`charts/` lacks {names}", "dependency", place=place)
    return NotBuiltError(reason, "values" if re.search(OF_VALUES, reason) else "broken")


def quoted(path: str) -> str:
    """A path as one value of an option of helm that takes several between commas, in the manner of CSV."""
    return '"' + path.replace('"', '""') + '"' if re.search('[,"\r\n]', path) else path


def path_of(path: str, home: str) -> str:
    """The path at which helm opens a file that the command line names; of a pipe, which is read once, a copy."""
    return save(files.read(path), home) if path in files.PIPES else os.path.abspath(path)


def save(text: str, home: str) -> str:
    """The path of a new file that holds a text."""
    handle, path = mkstemp(".yaml", dir=home)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def why(errors: str, shown: OfChart) -> str:
    """The reason that helm gives, in one line; warnings that come before it are left out."""
    return of_helm(re.sub(HINT, " ", tool.said(errors)).strip(), shown)


def lead_back(text: str) -> tuple[RenderedText | None, Supply | None]:
    """What leads back from a text that helm has rendered, and what its chart may be given by default.

    The chart is the only one in the working directory or below that has the name with which all `# Source:` begin and
    every template that they name; where there is none, the text represents itself.
    """
    sources = dict.fromkeys(re.findall(SOURCE, text))
    names = {source.partition("/")[0] for source in sources}
    charts = (Chart(folder) for folder in folders_below(os.curdir)) if len(names) == 1 else ()
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
