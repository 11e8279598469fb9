"""The main job: from a request to findings."""

from __future__ import annotations

from msgspec.structs import replace

from cmlint.config.config import Config
from cmlint.config.layers import Layers
from cmlint.config.selection import select, settings_of, view_of
from cmlint.engine.engine import Engine, Judgement
from cmlint.engine.rules import View
from cmlint.engine.suppress import Suppressions
from cmlint.pipeline.read import Manifests, read
from cmlint.pipeline.result import Result, too_large
from cmlint.sources.request import Request
from cmlint.texts import Texts


def check(request: Request) -> Result:
    """Lints what a request asks for; raises ValueError for an unknown rule or version."""
    return judge(request, read(request), {})


def judge(request: Request, found: Manifests, kept: dict[int, Judgement]) -> Result:
    """What is wrong in what was read; raises ValueError for an unknown rule or version.

    `kept` are judgements of bundles by their numbers, which are not made again. The others are added.
    """
    engine = engine_of(request, found.config, found.texts)
    by_path = request.layers.per_path_ignore if request.layers else found.config.per_path_ignore
    suppressions = Suppressions(by_path, request.rules, enabled=request.suppress, absolute=request.disk.absolute)
    request.progress.doing("checking")
    engine.named = found.named
    for number, bundle in enumerate(found.bundles):
        if number not in kept:
            kept[number] = engine.judged(bundle, suppressions)
    outcome = engine.combined([(bundle, kept[i]) for i, bundle in enumerate(found.bundles)], suppressions)
    outcome.left_out, outcome.named = found.left_out, set(found.named)
    large = too_large(found.bundles, found.texts)
    found.problems.extend(each for each in large if not found.named or each.path in found.named)
    return Result(outcome, found.bundles, found.texts, found.problems, found.sources)


def engine_of(request: Request, config: Config, texts: Texts) -> Engine:
    """The engine with the rules that are selected, also those that are so in some folders only."""
    rules, layers = request.rules, request.layers
    selected, chosen = select(rules, config)
    if not layers or not layers.below:
        return Engine(selected, settings_of(config), texts, chosen)
    views = Views(request, layers, config)
    names = {name for folder in layers.below for name in view_of(rules, layers.within(folder)).rules}
    selected = [rule for name, rule in rules.items() if name in names or rule in selected]
    return Engine(selected, settings_of(config), texts, chosen, views.at)


class Views:
    """Which rules run in which folder, each with the settings that count there."""

    def __init__(self, request: Request, layers: Layers, config: Config) -> None:
        self.rules, self.layers, self.version = request.rules, layers, config.kubernetes_version
        self.known: dict[int, View] = {}

    def at(self, path: str) -> View:
        """What runs for the text at a path."""
        own = self.layers.at(path)
        if id(own) not in self.known:
            self.known[id(own)] = view_of(self.rules, replace(own, kubernetes_version=self.version))
        return self.known[id(own)]
