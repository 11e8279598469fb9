"""Helm charts, as far as their own files say what they are (https://helm.sh/docs/topics/charts/)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from cmlint.bundle.evidence.surroundings import is_part_of
from cmlint.knowledge.placeholders import is_placeholder
from cmlint.kube.near import nearest, words_of
from cmlint.manifest import gitops
from cmlint.model.evidence import Evidence
from cmlint.model.facts import Target
from cmlint.sources import files
from cmlint.sources.helm import chart_files
from cmlint.sources.helm.template import ANYTHING, Chunk, is_conditional
from cmlint.sources.helm.template_places import RenderedText, Templates
from cmlint.sources.helm.values import GLOBAL, Layer, Values
from cmlint.sources.yaml_tree import FileSpan, Part, read_parts
from cmlint.system.files import VALUES as VALUES_FILE
from cmlint.system.files import is_within
from cmlint.system.filesystem import FileSystem, leads_to_folder

VALUES = "values.yaml"
REQUIREMENTS = "requirements.yaml"
"""Where charts of the first API version name their dependencies."""

DOCUMENT = r"---|\.\.\."
"""How a line begins that begins or ends a document."""

SUBCHARTS, TEMPLATES = "charts", "templates"
LOCAL = "file://"
"""How the repository of a dependency begins that is a folder."""


class Chart:
    """A chart: its folder as it was given, the top of what may be read, its own description, and its templates."""

    def __init__(self, folder: str, disk: FileSystem) -> None:
        self.folder, self.disk, self.top = folder, disk, disk.root_of(folder)
        self.root = self.read(files.CHART)
        self.name = self.root.word("name")
        self.shown = disk.shown(folder)
        self.templates = Templates(folder, disk, self.find)

    @property
    def description(self) -> str:
        """The file that describes the chart, as it is shown."""
        return self.disk.shown(os.path.join(self.folder, files.CHART))

    @property
    def unversioned(self) -> Part | None:
        """The version, where it is empty or a placeholder: helm renders nothing before a pipeline puts one in."""
        version = self.root.at("version")
        blank = version is not None and version.text is not None and (not version.text or is_placeholder(version.text))
        return version if blank else None

    @property
    def is_library(self) -> bool:
        """Whether it holds only definitions for other charts and cannot be installed."""
        return self.root.word("type") == "library"

    @property
    def is_subchart(self) -> bool:
        """Whether it is vendored in another chart, which renders it with values of its own."""
        above = os.path.dirname(self.disk.real_path(self.folder))
        return os.path.basename(above) == SUBCHARTS and is_chart(self.disk, os.path.dirname(above))

    @property
    def is_inflated(self) -> bool:
        """Whether a kustomization takes it from its folder of charts, with values of its own.

        kustomize keeps it in `charts/NAME` or `charts/NAME-VERSION/NAME`
        (`api/internal/builtins/HelmChartInflationGenerator.go` in kubernetes-sigs/kustomize).
        """
        folder = os.path.dirname(self.disk.real_path(self.folder))
        homes = (home for home in (folder, os.path.dirname(folder)) if os.path.basename(home) == SUBCHARTS)
        beside = (os.path.join(os.path.dirname(home), name) for home in homes for name in files.KUSTOMIZATIONS)
        return any(self.is_taken_by(read_values(self.disk, path, self.top)) for path in beside)

    def is_taken_by(self, kustomization: Part) -> bool:
        """Whether a kustomization takes a chart of this name from Helm."""
        return any(chart.word("name") == self.name for chart in kustomization.entries("helmCharts"))

    @cached_property
    def needs(self) -> list[Part]:
        """The entries that name its dependencies."""
        return [*self.root.entries("dependencies"), *self.read(REQUIREMENTS).entries("dependencies")]

    @property
    def dependencies(self) -> list[str]:
        """The names under which other charts become a part of it."""
        return [entry.word("alias") or entry.word("name") for entry in self.needs]

    def names_of(self, dependency: str) -> set[str]:
        """The names of a dependency that has this name or alias."""
        return {dependency, *(need.word("name") for need in self.needs if need.word("alias") == dependency)}

    @cached_property
    def subcharts(self) -> list[Chart]:
        """The charts that are folders in its `charts/`, whatever the folders are called."""
        entries = self.disk.entries_or_none(os.path.join(self.folder, SUBCHARTS))
        return [
            Chart(each.path, self.disk) for each in entries if leads_to_folder(each) and is_chart(self.disk, each.path)
        ]

    @property
    def archived(self) -> set[str]:
        """The names of the charts that are archives in its `charts/`, each without its version."""
        entries = self.disk.entries_or_none(os.path.join(self.folder, SUBCHARTS))
        return {re.sub(r"-v?\d[^/]*\.tgz\Z", "", entry.name) for entry in entries if entry.name.endswith(".tgz")}

    @property
    def absent(self) -> set[str]:
        """The names of the dependencies that are not in its `charts/`."""
        return {need.word("name") for need in self.needs} - self.archived - {chart.name for chart in self.subcharts}

    @property
    def local_folders(self) -> list[str]:
        """The folders that its dependencies name as `file://`."""
        places = (need.word("repository") for need in self.needs if need.word("name") not in self.archived)
        local = (place.removeprefix(LOCAL) for place in places if place.startswith(LOCAL))
        return [os.path.normpath(os.path.join(self.folder, place)) for place in local]

    @cached_property
    def locals(self) -> list[Chart]:
        """The charts in these folders, as far as they are in the repository."""
        inside = (one for one in self.local_folders if is_within(self.disk.real_path(one), self.top))
        return [Chart(folder, self.disk) for folder in inside]

    def called(self, name: str) -> list[Chart]:
        """The subcharts that have a name, or that a dependency gives this alias.

        `getAliasDependency` in `pkg/chartutil/dependencies.go` of helm/helm.
        """
        names = {need.word("name") for need in self.needs if need.word("alias") == name} or {name}
        found = [chart for chart in self.subcharts if chart.name in names]
        return found or [chart for chart in self.locals if chart.name in names]

    def at(self, names: Sequence[str]) -> Chart | None:
        """The subchart that some names lead to."""
        if not names:
            return self
        found = self.called(names[0])
        return found[0].at(names[1:]) if len(found) == 1 else None

    def own_layer(self, names: Sequence[str]) -> Layer | None:
        """The values of the subchart that some names lead to."""
        chart = self.at(names)
        return layer_of(self.disk, os.path.join(chart.folder, VALUES), self.top) if chart else None

    @property
    def unread_values(self) -> FileSpan | None:
        """The first line of its values that helm does not read: one indented less than the first ends the document."""
        layer = layer_of(self.disk, os.path.join(self.folder, VALUES), self.top)
        end = layer.root.place.end
        line = re.compile(r"(?m)^[^\s#].*").search(layer.text, end) if layer.root.fields else None
        return FileSpan(layer.root.place.path, *line.span()) if line and not re.match(DOCUMENT, line[0]) else None

    def near_value(self, route: str) -> str:
        """The name among its values that a template probably means, where one on a route is not there; or none."""
        part: Part | None = self.read(VALUES)
        for name in route.split("."):
            if part is None or part.text is not None:
                return ""
            if name not in part.fields:
                return nearest(name, part.fields) or ""
            part = part.at(name)
        return ""

    def given(
        self, paths: Iterable[str], texts: Iterable[str], settings: Iterable[str], others: Iterable[str]
    ) -> Values:
        """The values of one rendering: files, then texts, then options; `others` are the files of other renderings."""
        layers = [layer_of(self.disk, os.path.join(self.folder, VALUES), self.top)]
        layers += (layer_of(self.disk, path) for path in paths)
        layers += (Layer(part, "") for text in texts for part in read_parts("", text))
        routes = [tuple(setting.partition("=")[0].split(".")) for setting in settings]
        elsewhere = {word for path in others for word in re.findall(r"\w+", layer_of(self.disk, path).text)}

        def mentions(names: Sequence[str], route: Sequence[str]) -> bool:
            chart = self.at(names)
            return route[-1] in elsewhere or chart is None or chart.mentions(route)

        return Values(layers, routes, self.own_layer, mentions)

    def mentions(self, route: Sequence[str]) -> bool:
        """Whether something around the values has a name, or they may come from another chart."""
        others = self.is_library or any(need.at("import-values") for need in self.needs)
        return others or route[0] in (GLOBAL, *self.dependencies) or route[-1] in self.words_around

    @cached_property
    def words_around(self) -> set[str]:
        """The words that document its values: in comments, a schema, a README, and in other values files."""
        beside = [os.path.join(self.folder, name) for name in ("README.md", chart_files.SCHEMA)]
        beside += self.examples
        texts = [layer_of(self.disk, path, self.top).text for path in (*beside, *self.tests)]
        texts += re.findall(r"#.*", layer_of(self.disk, os.path.join(self.folder, VALUES), self.top).text)
        return {word for text in texts for word in re.findall(r"\w+", text)}

    def find(self, source: str) -> str | None:
        """The path of the file that `# Source:` names; None where several may be meant, or none.

        Each part `charts/NAME/` of a source names a chart by its name or alias (`ChartFullPath` in `pkg/chart/chart.go`
        of helm/helm).
        """
        own, _, inner = source.partition("/")
        return self.file(inner) if own == self.name else None

    def file(self, inner: str) -> str | None:
        """The path of a file of the chart or of its subcharts."""
        top, _, rest = inner.partition("/")
        name, _, below = rest.partition("/")
        if top == SUBCHARTS and below:
            found = [path for chart in self.called(name) if (path := chart.file(below))]
            return found[0] if len(found) == 1 else None
        path = os.path.join(self.folder, inner)
        inside = is_within(self.disk.real_path(path), self.disk.real_path(self.folder))
        return path if inside and self.disk.is_file(path) else None

    @cached_property
    def beside(self) -> list[Chart]:
        """The charts of the repository that it depends on by their folders, and that are not in `charts/`."""
        named = {need.word("name") for need in self.needs if need.word("repository").startswith(LOCAL)} & self.absent
        return [chart for chart in self.locals if chart.name in named and is_chart(self.disk, chart.folder)]

    @cached_property
    def missing(self) -> list[Part]:
        """The entries of the charts that it depends on and that are neither in `charts/` nor in the repository.

        Helm looks for the name that each has in its own description (`pkg/action/package.go` in helm/helm).
        """
        absent = self.absent - {chart.name for chart in self.beside} if self.needs else set[str]()
        return [need for need in self.needs if need.word("name") in absent]

    @cached_property
    def contents(self) -> chart_files.ChartFiles:
        """What is in its folder."""
        return chart_files.ChartFiles(self.folder, self.disk)

    @property
    def examples(self) -> list[str]:
        """The files of values beside its own, which people render it with."""
        named = (entry for entry in self.disk.entries_or_none(self.folder) if fnmatchcase(entry.name, "*values*.y*ml"))
        return [entry.path for entry in named if entry.name != VALUES and not entry.is_dir()]

    @property
    def tests(self) -> list[str]:
        """The values that the chart is tested with (https://github.com/helm/chart-testing)."""
        found = self.disk.entries_or_none(os.path.join(self.folder, "ci"))
        return [entry.path for entry in found if fnmatchcase(entry.name, "*-values.y*ml")]

    def read(self, name: str) -> Part:
        """A file of the chart; without fields where it cannot be read."""
        return read_values(self.disk, os.path.join(self.folder, name), self.top)

    @cached_property
    def providers(self) -> list[tuple[Chunk, str]]:
        """The parts of its templates that write ConfigMaps and Secrets, and the name of each as it is written."""
        texts = {path: self.templates.text(path) for path in self.sources}
        relevant = (path for path, text in texts.items() if "ConfigMap" in text or "Secret" in text)
        parts = (chunk for path in relevant for chunk in self.templates.read(path))
        providers = (part for part in parts if (kind := part.top("kind")) and kind.text in ("ConfigMap", "Secret"))
        return [(part, name.text) for part in providers if (name := part.top("metadata", "name"))]

    @property
    def installs(self) -> bool:
        """Whether a template writes a GitOps object that may give another chart its values."""
        return any(re.search(INSTALLING, self.templates.text(path)) for path in self.sources)

    @property
    def sources(self) -> Iterator[str]:
        """Its templates that are manifests, as they are shown."""
        for _, entries in self.disk.tree(os.path.join(self.folder, TEMPLATES)):
            named = (entry for entry in entries if files.is_manifest(entry.name))
            yield from (self.disk.shown(entry.path) for entry in named if not entry.is_dir(follow_symlinks=False))


INSTALLING = rf"(?m)^kind:[ \t]*(?:{'|'.join(kind for _, kind in (gitops.ARGO, gitops.RELEASE))})\b"
"""How a template says that it writes an object which gives values to a chart."""

RELEASE = "release-name-"
"""How names begin that follow the release's, as `helm template` calls it where it is not told how."""


class Supply:
    """What of a chart's names is decided when it is installed, by its values; `rendered` is what they give.

    `releases` are the names under which GitOps installs it, and the paths of the texts that say so. `idle_charts` are
    the dependencies of which nothing is rendered, by the names that the chart has for them.
    """

    def __init__(
        self,
        chart: Chart,
        values: Iterable[str],
        rendered: RenderedText,
        texts: Iterable[str] = (),
        releases: Mapping[str, str] | None = None,
        idle_charts: Iterable[str] = (),
    ) -> None:
        self.chart, self.rendered, self.releases = chart, rendered, releases if releases is not None else {}
        parts = [read_values(chart.disk, path) for path in values]
        parts += (part for text in texts for part in read_parts("", text))
        self.values = {scalar.text for part in parts for scalar in part.scalars() if scalar.text}
        self.idle_charts = {name: [part for each in parts if (part := each.at(name))] for name in idle_charts}

    def evidence(self, target: Target, name: str, namespace: str | None, made: Sequence[str]) -> Evidence | None:
        """How an object that a chart does not make may be there; `made` are the names that it makes."""
        if name in self.values:
            return self.because(f"the values of {self.chart.shown} name it")
        if name.startswith(RELEASE) and name.removeprefix(RELEASE) in made:
            return self.because(f"{self.chart.shown} makes it in a release that has the chart's own name")
        for release, path in self.releases.items():
            if any(name in called(own, release, self.chart.name) for own in made):
                return self.because(f"{self.chart.shown} makes it in the release of {path}")
        for part, written in self.idle:
            if may_write(part, written, target, name):
                return self.because(f"{part.path} makes it with other values")
        return self.from_dependency(target, name)

    def from_dependency(self, target: Target, name: str) -> Evidence | None:
        """A dependency of which nothing is rendered, and that may make an object of this name.

        The templates of one that is turned off say what it makes.
        """
        for dependency, values in self.idle_charts.items():
            names = self.chart.names_of(dependency)
            charts = (each for each in self.chart.subcharts if each.name in names)
            written = any(may_write(*part, target, name) for each in charts for part in each.providers)
            if written or may_be_called(name, names, values):
                sentence = f"the dependency `{dependency}` of {self.chart.shown} is not rendered, and may make it"
                return Evidence("chart", sentence, self.chart.description)
        return None

    def because(self, sentence: str) -> Evidence:
        """Evidence about the chart."""
        return Evidence("chart-values", sentence, self.chart.description)

    def may_make(self, target: Target, name: str) -> bool:
        """Whether a template may write an object in a release of another name, or with other values."""
        own = name in self.values or any(may_write(*each, target, name) for each in self.chart.providers)
        return own or self.from_dependency(target, name) is not None

    def always_makes(self, target: Target, name: str) -> bool:
        """Whether a template writes an object whatever the values are."""
        written = (part for part, called in self.chart.providers if may_write(part, called, target, name))
        return any(not is_conditional(self.chart.templates.text(part.path), part.head.start) for part in written)

    @cached_property
    def idle(self) -> list[tuple[Chunk, str]]:
        """The parts of the chart's templates that write ConfigMaps and Secrets, but none with these values."""
        done = {id(part) for part in self.rendered.parts}
        return [(part, name) for part, name in self.chart.providers if id(part) not in done]


def may_be_called(name: str, own: Iterable[str], values: Sequence[Part]) -> bool:
    """Whether a chart that is not rendered may give an object a name; it has names of its `own`, and values.

    Charts put their own name into those of their objects, unless a value gives another (`fullname` of `helm create`),
    and some make an object for each field of their values.
    """
    *_, last = words = words_of(name) or ("",)
    fields = {word for part in values for field in part.names() for word in words_of(field)}
    given = (scalar.text or "" for part in values for scalar in part.scalars())
    is_own = any(word in words for each in own for word in words_of(each))
    return is_own or last in fields or any(is_part_of(text, name) for text in given)


def called(name: str, release: str, chart: str) -> tuple[str, str]:
    """What a name becomes in a release; charts mostly leave out their own name where the release's has it."""
    return name.replace(f"{RELEASE}{chart}", release), name.replace(RELEASE.rstrip("-"), release)


def may_write(part: Chunk, written: str, target: Target, name: str) -> bool:
    """Whether a part of a template may write an object, whose name is `written` there."""
    kind = part.top("kind")
    return (
        kind is not None and kind.text == target and fnmatchcase(name, "*".join(map(literal, written.split(ANYTHING))))
    )


def literal(text: str) -> str:
    """A text as a pattern that matches nothing else."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)


def is_chart(disk: FileSystem, folder: str) -> bool:
    """Whether a folder holds a chart."""
    return disk.is_file(os.path.join(folder, files.CHART))


def read_values(disk: FileSystem, path: str, root: str | None = None) -> Part:
    """The only document of a file that is in a root; without fields where it cannot be read."""
    return layer_of(disk, path, root).root


def layer_of(disk: FileSystem, path: str, root: str | None = None) -> Layer:
    """A file of values that is in a root; without fields where it cannot be read."""
    try:
        text = files.read(disk, path, root, VALUES_FILE)
    except (OSError, UnicodeDecodeError):
        text = ""
    found = read_parts(disk.shown(path), text)
    return Layer(found[0] if found else Part(FileSpan(path, 0, 0)), text)


def find_charts(disk: FileSystem, paths: Iterable[str]) -> list[Chart]:
    """The charts among files that can be installed by themselves, in the order of their paths.

    Of a description that cannot be read, helm says why; one without a name is something else.
    """
    folders = dict.fromkeys(os.path.dirname(path) for path in paths if os.path.basename(path) == files.CHART)
    charts = (Chart(folder, disk) for folder in folders)
    found = (one for one in charts if not (one.is_library or one.is_subchart or one.is_inflated))
    return sorted((one for one in found if one.name or not one.root.fields), key=lambda one: one.shown)
