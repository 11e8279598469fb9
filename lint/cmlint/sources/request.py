"""What a run is asked, and what it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from cmlint.cache.caches import Caches
from cmlint.cache.file_state import Seen
from cmlint.config.chart_values import ChartValues
from cmlint.config.config import Config
from cmlint.config.selection import settings_of
from cmlint.engine.rules import Rule
from cmlint.knowledge.controllers import MAKERS, Maker
from cmlint.kube.versions import Version
from cmlint.manifest.providers import TABLE, Makers
from cmlint.system.filesystem import FileSystem
from cmlint.system.progress import Progress

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle
    from cmlint.config.layers import Layers
    from cmlint.model.problems import Problem
    from cmlint.texts import Texts

Clusters = Callable[["list[Bundle]", "Texts", Config, "list[Problem]"], Config]
"""Lets references of bundles lead into clusters, and gives the configuration with the version that these have."""


class Request(msgspec.Struct, kw_only=True, frozen=True, dict=True):
    """What a run is asked: made once, and handed unchanged to everything that reads or judges.

    `config` is that of the run, and `layers` say what differs in some folders. `sources` are the modules of other
    packages that are sources. `disk` is where files are looked at, and `seen` notes what of it was looked at. With
    `context`, the rest of the project is read for files that are named one by one. `chart_values` are the values that
    the command line gives to charts. References also lead into `clusters`. `removed` are the objects, as `Kind/name`,
    that a change has removed, and `changed` gives the paths that it touches, where only a change matters. With `reads`,
    the source of programs is wanted even where nothing but its name leads to it. Without `suppress`, what comments and
    settings suppress is reported as well. `progress` shows what the run does.
    """

    paths: tuple[str, ...] = (".",)
    config: Config = Config()
    layers: Layers | None = None
    rules: Mapping[str, Rule] = {}
    sources: tuple[str, ...] = ()
    suppress: bool = True
    disk: FileSystem = msgspec.field(default_factory=FileSystem)
    seen: Seen = msgspec.field(default_factory=Seen)
    caches: Caches = msgspec.field(default_factory=Caches)
    jobs: int = 1
    context: bool = False
    chart_values: ChartValues = ChartValues()
    clusters: Clusters | None = None
    reads: bool = False
    changed: Callable[[], frozenset[str]] | None = None
    removed: frozenset[str] = frozenset()
    progress: Progress = msgspec.field(default_factory=Progress)

    @cached_property
    def makers(self) -> Makers:
        """What controllers make, with the kinds that the configuration adds."""
        kinds = self.config.providers
        added = (Maker(p.kind, p.group, (p.target,), p.names, keys=p.keys, open=p.open) for p in kinds)
        return Makers((*MAKERS, *added)) if kinds else TABLE

    @cached_property
    def kubernetes_version(self) -> Version:
        """The version to render charts for."""
        return settings_of(self.config).kubernetes_version
