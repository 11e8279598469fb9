"""Which values a chart is rendered with: its own, those of its tests, those of GitOps, or those that somebody names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cmlint.bundle.gitops import Deploys
from cmlint.bundle.material import Material
from cmlint.cache.builds import BuildsCache
from cmlint.config.chart_values import ChartValues
from cmlint.kube.names import why_not_release
from cmlint.patterns import Patterns
from cmlint.sources import files
from cmlint.sources.found import Found
from cmlint.sources.helm.chart import Chart
from cmlint.sources.request import Request

if TYPE_CHECKING:
    from cmlint.manifest.gitops_values import ChartInput


class Choice(msgspec.Struct, frozen=True):
    """Values to render a chart with: files of which the last wins, and what an object at the path `said` gives.

    `installed` is the name of the release where nothing else is known of it. What the `command_line` gives is laid over
    all of these.
    """

    own_files: tuple[str, ...] = ()
    gitops: ChartInput | None = None
    said: str = ""
    installed: str = ""
    command_line: ChartValues = ChartValues()

    @property
    def files(self) -> tuple[str, ...]:
        """All files of values."""
        return (*self.own_files, *self.command_line.files)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of values that an object gives."""
        return self.gitops.texts if self.gitops else ()

    @property
    def written(self) -> tuple[str, ...]:
        """All values that are in no file of values."""
        return (*self.texts, *self.command_line.texts)

    @property
    def release(self) -> str:
        """The name of the release; empty where nobody names it."""
        return self.command_line.release or (self.gitops.release if self.gitops else self.installed)

    @property
    def options(self) -> tuple[str, ...]:
        """The options of helm that give single values."""
        return (*(self.gitops.options if self.gitops else ()), *self.command_line.options)

    @property
    def is_own(self) -> bool:
        """Whether the chart has its own values, as far as the command line gives no others."""
        return not self.own_files and not self.gitops

    @property
    def named(self) -> str:
        """The path of the file that represents the values; empty where there are none but the chart's own."""
        return self.said or (self.files[-1] if self.files else "")

    def key(self, builds: BuildsCache) -> str:
        """What tells it from others; what it gives may be a secret, and enters only as a keyed hash."""
        given = self.gitops, self.command_line.settings, self.release
        return ",".join(self.files) + builds.folder.digest(msgspec.msgpack.encode(given)).hex()


class Choices:
    """The values for each chart. What GitOps objects give is read in their texts only when a chart asks for it.

    `rendered` are charts that write such objects.
    """

    def __init__(self, found: Found, request: Request, rendered: Sequence[Material] = ()) -> None:
        self.request = request
        written = (entry for material in rendered for entry in material.files)
        self.deploys = Deploys(chain(found.all_facts, written), found.frame)
        materials = chain(found.materials, rendered)
        built = ((path, material.built) for material in materials for path, _ in material.files)
        self.texts = {path: text.text for path, text in built if text}
        self.sources = {shown: group.source(shown) for group in found.groups for shown in group.paths}
        self.known: dict[str, list[Choice]] = {}

    def of(self, chart: Chart) -> list[Choice]:
        """The values to render a chart with; where GitOps gives some, the defaults alone are not what anyone gets.

        Files of the command line come in the place of those that the chart is tested with.
        """
        command_line = self.request.chart_values
        tests = () if command_line.files else (Choice((path,)) for path in chart.tests)
        found = self.chosen(chart) or [*self.given(chart), *tests]
        return [replace(choice, command_line=command_line) for choice in found]

    def are_chosen(self, chart: Chart) -> bool:
        """Whether the command line or the configuration names the values of a chart."""
        return bool(self.request.chart_values.files or self.chosen(chart))

    def chosen(self, chart: Chart) -> list[Choice]:
        """The values that the configuration names for a chart, several files together between commas."""
        folder = chart.disk.real_path(chart.folder)
        values = self.request.config.helm.values.items()
        chosen = (given for pattern, given in values if Patterns([pattern]).match(folder))
        return [Choice(tuple(filter(None, entry.split(",")))) for given in chosen for entry in given]

    def given(self, chart: Chart) -> list[Choice]:
        """What GitOps objects give; the chart's own values where no object gives any, or not all can be known."""
        if chart.shown not in self.known:
            self.known[chart.shown] = list(self.read(chart))
        return self.known[chart.shown]

    def read(self, chart: Chart) -> list[Choice]:
        """The same, without what is known already."""
        own = Choice(installed=self.release_of(chart))
        valued = self.deploys.valued(chart.shown)
        if not valued:
            return [own]
        from cmlint.manifest.gitops_values import read_chart_inputs

        found: list[Choice] = []
        for path in dict.fromkeys(said.path for said in valued):
            paths = [said.deploy.path for said in valued if said.path == path]
            inputs = [gitops for gitops in read_chart_inputs(self.text(path)) if gitops.path in paths]
            if len(inputs) != len(paths) or not all(gitops.complete for gitops in inputs):
                return [own]
            found += (Choice(files_of(gitops, chart), gitops, path) for gitops in inputs)
        plain = any(not said.deploy.valued for said in self.deploys.of(chart.shown))
        return [*found, own] if plain else found

    def release_of(self, chart: Chart) -> str:
        """The only name under which objects install a chart; empty where there is none, or where it is not known."""
        names = {said.deploy.release for said in self.deploys.of(chart.shown)}
        name = names.pop() if len(names) == 1 else ""
        return "" if why_not_release(name) else name

    def text(self, path: str) -> str:
        """The text at a path; none of one that was taken from what a kustomization could not build."""
        if path in self.texts:
            return self.texts[path]
        return files.read(self.request.disk, *self.sources[path]) if path in self.sources else ""


def files_of(gitops: ChartInput, chart: Chart) -> tuple[str, ...]:
    """The files of values that an object names, beside the chart or in its repository."""
    depth = len(os.path.normpath(gitops.path.strip("/") or ".").split(os.sep))
    top = os.path.join(chart.folder, *([os.pardir] * depth))
    places = ((top, name.lstrip("/")) if name.startswith("/") else (chart.folder, name) for name in gitops.files)
    named = tuple(os.path.normpath(os.path.join(*place)) for place in places)
    return tuple(filter(chart.disk.is_file, named)) if gitops.lenient else named
