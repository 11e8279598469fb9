"""What GitOps objects of a run give to the charts of the run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cmlint.bundle.deployed import Deploys
from cmlint.bundle.placed import Frame
from cmlint.kube.names import why_not_release
from cmlint.model.facts import FileFacts
from cmlint.sources import files

if TYPE_CHECKING:
    from cmlint.manifest.gifts import Gift
    from cmlint.sources.charts import Chart
    from cmlint.sources.helm import Choice, Rendering
    from cmlint.sources.kustomize import Build


def everything(
    known: Mapping[str, FileFacts | str], builds: Iterable[Build], renderings: Iterable[Rendering]
) -> Iterator[tuple[str, FileFacts]]:
    """All texts that objects are in, those that were built included."""
    yield from ((path, facts) for path, facts in known.items() if not isinstance(facts, str))
    yield from (entry for build in builds for entry in build.files)
    yield from (entry for rendering in renderings for entry in rendering.files)


def why_valued(one: Rendering, deploys: Deploys) -> str:
    """What gives a chart values that it is not rendered with, in words; empty where nothing does."""
    path = next((said.path for said in deploys.valued(one.supply.chart.shown) if said.path not in one.given), None)
    return f"{path} gives the chart values of its own" if path else ""


class Given:
    """What GitOps objects give to charts, read in the texts that say so only when a chart asks for it."""

    def __init__(
        self,
        known: Mapping[str, FileFacts | str],
        builds: Sequence[Build],
        sources: Mapping[str, files.Source],
        frame: Frame | None = None,
    ) -> None:
        self.deploys = Deploys(everything(known, builds, ()), frame)
        self.texts = {build.path: build.text.text for build in builds if build.text}
        self.sources = sources
        self.known: dict[str, list[Choice]] = {}

    def choices(self, chart: Chart) -> list[Choice]:
        """The values to render a chart with: its own where no object gives it any, or not all of them can be known."""
        if chart.shown not in self.known:
            self.known[chart.shown] = list(self.read(chart))
        return self.known[chart.shown]

    def read(self, chart: Chart) -> list[Choice]:
        """The same, without what is known already."""
        from cmlint.sources.helm import Choice

        own = Choice(installed=self.release_of(chart))
        valued = self.deploys.valued(chart.shown)
        if not valued:
            return [own]
        from cmlint.manifest.gifts import read_gifts

        found: list[Choice] = []
        for path in dict.fromkeys(said.path for said in valued):
            paths = [said.deploy.path for said in valued if said.path == path]
            gifts = [gift for gift in read_gifts(self.text(path)) if gift.path in paths]
            if len(gifts) != len(paths) or not all(gift.whole for gift in gifts):
                return [own]
            found += (Choice(files_of(gift, chart), gift, path) for gift in gifts)
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
        return files.read(*self.sources[path]) if path in self.sources else ""


def files_of(gift: Gift, chart: Chart) -> tuple[str, ...]:
    """The files of values that an object names, beside the chart."""
    return tuple(os.path.normpath(os.path.join(chart.folder, name)) for name in gift.files)
