"""The main job: from paths and configuration to findings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.index import Built, Index, Supply
from cmlint.bundle.together import bring_together
from cmlint.config import Config
from cmlint.engine import Engine, Outcome
from cmlint.kube.versions import NEWEST, parse_version
from cmlint.manifest.documents import commands_in, read_expectation, read_kustomization, read_template, read_text
from cmlint.manifest.made import TABLE, Makers
from cmlint.manifest.makers import MAKERS, Maker
from cmlint.model.facts import FileFacts
from cmlint.registry import expand
from cmlint.rules import Rule, Settings
from cmlint.sources import files
from cmlint.suppress import Suppressions
from cmlint.texts import Texts

if TYPE_CHECKING:
    from cmlint.sources.helm import Rendering
    from cmlint.sources.kustomize import Build
    from cmlint.sources.tool import Wishes


class Result(msgspec.Struct):
    """What a run of `check` gives: the outcome, the texts for frames, and what could not be read."""

    outcome: Outcome
    bundles: list[Bundle]
    texts: Texts
    problems: list[files.Problem]


def check(paths: Iterable[str], config: Config, rules: dict[str, Rule], *, suppress: bool = True) -> Result:
    """Lints paths with the rules that the configuration selects; raises ValueError for an unknown rule or version."""
    problems: list[files.Problem] = []
    bundles, texts = read_bundles(paths, config, problems)
    selected, chosen = select(rules, config.select, config.ignore)
    engine = Engine(selected, settings_of(config), texts, chosen)
    suppressions = Suppressions(config.per_path_ignore, rules, enabled=suppress)
    return Result(engine.run(bundles, suppressions), bundles, texts, problems)


def read_bundles(paths: Iterable[str], config: Config, problems: list[files.Problem]) -> tuple[list[Bundle], Texts]:
    """The bundles of all paths, and the texts that their findings will stand in."""
    sources: dict[str, str] = {}
    streams: dict[str, str] = {}

    def load(path: str) -> str:
        return streams[path] if path in streams else files.read(sources.get(path, path))

    bundles: list[Bundle] = []
    groups = files.find(paths, config.exclude, problems)
    builds = read_builds(groups, config, problems)
    renderings, charts = read_charts(groups, config, problems)
    beside = [*(entry for build in builds for entry in build.beside), *charts]
    others: list[Index] | None = [] if builds or renderings else None
    commanding: list[tuple[str, FileFacts]] = []
    strict, makers = config.references == "strict", makers_of(config)
    for group in groups:
        facts: list[tuple[str, FileFacts]] = []
        stream = Stream()
        sources.update(group.paths)
        for shown, path in group.paths.items():
            try:
                text = files.read(path)
            except (OSError, UnicodeDecodeError) as error:
                problems.append(files.Problem(shown, 0, files.reason(error)))
                continue
            if path == "-":
                stream = take_stream(text, config, problems)
                streams[shown] = text = stream.text
            facts.append((shown, read_one(shown, text, group, makers)))
        scripts = list(read_scripts(group))
        sources.update((shown, group.scripts[shown]) for shown, _ in scripts)
        bundles.append(
            Bundle(
                facts,
                config.external,
                strict,
                scripts,
                beside=beside,
                others=others,
                built=stream.built,
                supply=stream.supply,
            )
        )
        commanding += [*scripts, *((path, file) for path, file in facts if file.commands)]
    for build in builds:
        bundles.append(
            Bundle(
                build.files,
                config.external,
                strict,
                commanding,
                others=others,
                built=build.text,
                unbuilt=build.reason,
                settled=build.settled,
                supply=build.supply,
            )
        )
    for one in renderings:
        bundles.append(
            Bundle(
                one.files,
                config.external,
                strict,
                commanding,
                beside=one.beside,
                others=others,
                built=one.text,
                supply=one.supply,
            )
        )
    bring_together(bundles)
    return bundles, Texts(load)


def read_one(shown: str, text: str, group: files.Group, makers: Makers) -> FileFacts:
    """The facts of a text of a group, by its name and by what is known of it."""
    name = os.path.basename(shown)
    if name in files.KUSTOMIZATIONS:
        return read_kustomization(text)
    if re.fullmatch(files.EXPECTATION, name):
        return read_expectation(text)
    return read_template(text, makers) if shown in group.templates else read_text(text, makers)


def makers_of(config: Config) -> Makers:
    """What controllers make, with the kinds that the configuration adds."""
    added = (Maker(p.kind, p.group, (p.target,), p.names, keys=p.keys, open=p.open) for p in config.providers)
    return Makers((*MAKERS, *added)) if config.providers else TABLE


class Stream(NamedTuple):
    """A text from standard input, what leads back to where it was written, and what it is given when installed."""

    text: str = ""
    built: Built | None = None
    supply: Supply | None = None


def take_stream(text: str, config: Config, problems: list[files.Problem]) -> Stream:
    """A text from standard input, which kustomize or helm may have made."""
    if files.ORIGIN in text:
        from cmlint.sources import kustomize

        return Stream(*kustomize.lead_back(text, wishes_of(config) if config.build else None, problems))
    if files.SOURCE in text:
        from cmlint.sources import helm

        return Stream(text, *helm.lead_back(text))
    return Stream(text)


def read_builds(groups: list[files.Group], config: Config, problems: list[files.Problem]) -> list[Build]:
    """What the kustomizations among files build; whatever these use is taken out of the groups."""
    if not config.build or not files.near_kustomizations(groups):
        return []
    from cmlint.sources.kustomize import take_builds

    return take_builds(groups, wishes_of(config), problems)


def wishes_of(config: Config) -> Wishes:
    """How the configuration wishes kustomizations to be built."""
    from cmlint.sources.tool import Wishes

    allowed = config.allow_remote, config.enable_helm
    return Wishes(config.kustomize, *allowed, config.build_timeout, makers_of(config))


def read_charts(
    groups: list[files.Group], config: Config, problems: list[files.Problem]
) -> tuple[list[Rendering], list[tuple[str, FileFacts]]]:
    """What the Helm charts among files render, and where there are any; their templates are taken out of the groups."""
    if not config.build or not files.near_charts(groups):
        return [], []
    from cmlint.sources.helm import HelmWishes, take_charts

    version = settings_of(config).kubernetes_version
    how = config.build_timeout, makers_of(config)
    wishes = HelmWishes(config.helm_program, config.helm.values, version, *how)
    return take_charts(groups, wishes, problems)


def read_scripts(group: files.Group) -> Iterator[tuple[str, FileFacts]]:
    """The texts of a group that are no manifests and have commands; one that cannot be read has none."""
    for shown, path in group.scripts.items():
        try:
            commands = commands_in(files.read(path))
        except (OSError, UnicodeDecodeError):
            continue
        if commands:
            yield shown, FileFacts((), commands=commands)


def settings_of(config: Config) -> Settings:
    """What rules may know of the configuration."""
    version = parse_version(config.kubernetes_version) if config.kubernetes_version else NEWEST
    return Settings(
        version,
        config.pedantic,
        config.secrets,
        config.references,
        config.assume_always_pull,
        config.mutable_tags,
        config.pinned_tags,
    )


def select(rules: dict[str, Rule], wanted: Iterable[str], unwanted: Iterable[str]) -> tuple[list[Rule], frozenset[str]]:
    """The rules to run, and those of them that were asked for by name, family or `all`.

    Raises ValueError with a suggestion for a name that is neither.
    """
    chosen = frozenset(name for word in wanted for name in expand(rules, word))
    dropped = {name for word in unwanted for name in expand(rules, word)}
    names = (chosen or rules.keys()) - dropped
    return [rule for name, rule in rules.items() if name in names], chosen
