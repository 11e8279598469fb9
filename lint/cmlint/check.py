"""The main job: from paths and configuration to findings."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.deployed import without_images, without_namespaces
from cmlint.bundle.evidence.question import Ways
from cmlint.bundle.index import Indexes, Supply
from cmlint.bundle.placed import Built, Placed, references_of
from cmlint.bundle.proofs import Proofs
from cmlint.bundle.together import bring_together
from cmlint.bundle.variables import Variables
from cmlint.cache.builds import BuildsCache
from cmlint.cache.facts import FactsCache
from cmlint.cache.states import Seen
from cmlint.config import Config
from cmlint.engine import Engine
from cmlint.given import Given, everything, why_valued
from cmlint.knowledge.controllers import MAKERS, Maker
from cmlint.manifest.documents import read_text
from cmlint.manifest.providers import TABLE, Makers
from cmlint.model.facts import FileFacts
from cmlint.model.failures import Failures
from cmlint.progress import doing
from cmlint.result import Result, too_large
from cmlint.rules import Rule, View
from cmlint.selection import select, settings_of, view_of
from cmlint.sources import context, files
from cmlint.sources.files import NOT_REACHED
from cmlint.sources.over import Over
from cmlint.sources.reading import Reader, Reading, Wanted, mode_of
from cmlint.sources.remote import is_idle, remote_of
from cmlint.suppress import Suppressions
from cmlint.texts import Texts

if TYPE_CHECKING:
    from cmlint.layers import Layers
    from cmlint.sources.helm import Rendering
    from cmlint.sources.kustomize import Build
    from cmlint.sources.tool import Wishes


Look = Callable[[list[Bundle], Texts, Config, list[files.Problem]], Config]
"""Lets bundles stand on clusters, and gives the configuration with the version that these have."""


def check(
    paths: Iterable[str],
    config: Config,
    rules: dict[str, Rule],
    *,
    suppress: bool = True,
    inputs: Inputs | None = None,
    look: Look | None = None,
    layers: Layers | None = None,
) -> Result:
    """Lints paths with the rules that the configuration selects; raises ValueError for an unknown rule or version.

    `inputs` say how files are read, and are told what was. `look` gives the clusters that are looked into for what the
    paths do not define. `layers` say what differs in some folders.
    """
    problems: list[files.Problem] = []
    inputs = inputs or Inputs()
    bundles, texts = read_bundles(paths, config, problems, inputs, layers)
    if look:
        config = look(bundles, texts, config, problems)
    engine = engine_of(rules, config, texts, layers)
    by_path = layers.per_path_ignore if layers else config.per_path_ignore
    suppressions = Suppressions(by_path, rules, enabled=suppress)
    doing("checking")
    outcome = engine.run(bundles, suppressions, inputs.named)
    outcome.left_out, outcome.named = inputs.left_out, inputs.named
    problems += (each for each in too_large(bundles, texts) if not inputs.named or each.path in inputs.named)
    return Result(outcome, bundles, texts, problems)


def engine_of(rules: dict[str, Rule], config: Config, texts: Texts, layers: Layers | None) -> Engine:
    """The engine with the rules that are selected, also those that are so in some folders only."""
    selected, chosen = select(rules, config)
    if not layers or not layers.below:
        return Engine(selected, settings_of(config), texts, chosen)
    views: dict[int, View] = {}

    def view_at(path: str) -> View:
        own = layers.at(path)
        if id(own) not in views:
            views[id(own)] = view_of(rules, replace(own, kubernetes_version=config.kubernetes_version))
        return views[id(own)]

    names = {name for folder in layers.below for name in view_of(rules, layers.within(folder)).rules}
    selected = [rule for name, rule in rules.items() if name in names or rule in selected]
    return Engine(selected, settings_of(config), texts, chosen, view_at)


class Inputs(msgspec.Struct):
    """How files are read: what is kept between runs, in how many processes, and all that was looked at.

    `sources` are the files that texts come from, by the paths under which these are shown. Where `context` is wanted,
    the rest of the project is read for files that are named one by one; then `named` are the paths of all that is
    reported, and `recall` gives what is kept of the folders of projects. `left_out` are the folders that are not read.
    `over` is what the command line gives to charts.
    """

    facts: FactsCache | None = None
    builds: BuildsCache | None = None
    jobs: int = 1
    seen: Seen = msgspec.field(default_factory=Seen)
    sources: dict[str, files.Source] = {}
    context: bool = False
    named: set[str] = msgspec.field(default_factory=set)
    left_out: list[str] = []
    recall: Callable[[Sequence[str]], tuple[FactsCache, BuildsCache]] | None = None
    over: Over = Over()

    def keep(self) -> None:
        """Keeps for the next run what is new in this one."""
        if self.facts:
            self.facts.save()
        if self.builds:
            self.builds.save()


def read_bundles(
    paths: Iterable[str],
    config: Config,
    problems: list[files.Problem],
    inputs: Inputs | None = None,
    layers: Layers | None = None,
) -> tuple[list[Bundle], Texts]:
    """The bundles of all paths, and the texts that their findings will be in."""
    inputs = inputs or Inputs()
    doing("looking for files")
    groups = files.find(paths, config.exclude, problems, inputs.seen)
    reader = Reader(makers_of(config), inputs.seen, inputs.facts, inputs.jobs)
    inputs.left_out = [files.shown(path) for group in groups for path in group.left_out]
    known: dict[str, FileFacts | str] = {}
    if inputs.context:
        groups, known = with_context(groups, reader, config, inputs)
    if layers:
        layers.enter((path for group in groups for path in (*group.paths.values(), *group.lying)), inputs.seen)
    bundles, texts = bundles_of(groups, reader, known, config, problems, inputs)
    if layers and layers.below:
        for bundle in bundles:
            bundle.scope.ways = partial(ways_at, layers)
    return bundles, texts


def ways_at(layers: Layers, placed: Placed) -> Ways:
    """How the references of a document are looked up, which its folder decides, and that of what builds it."""
    own = layers.at(placed.written(placed.document.head)[0])
    external = (*own.external, *layers.at(placed.path).external) if placed.built else own.external
    return Ways(external, own.references == "strict", own.all_secrets, frozenset(own.evidence))


def with_context(
    groups: list[files.Group], reader: Reader, config: Config, inputs: Inputs
) -> tuple[list[files.Group], dict[str, FileFacts | str]]:
    """Files that are named, among the rest of their project where that matters to them; with what is read already."""
    if not context.are_files(groups):
        return groups, {}
    known: dict[str, FileFacts | str] = {}
    if not any(map(context.may_be_built, groups[0].paths.values())):
        known = Reading(reader, list(wanted_in(groups))).results()
        if not any(concerns_others(path, facts) for path, facts in known.items()):
            return groups, known
    found, tops = context.around(groups[0], config.exclude, inputs.seen)
    if inputs.recall and not inputs.facts:
        inputs.facts, inputs.builds = inputs.recall(tops)
        reader.cache = inputs.facts
    return found, known


def concerns_others(path: str, facts: FileFacts | str) -> bool:
    """Whether a text defines an object that others may read, or reads one that others may define."""
    if isinstance(facts, str):
        return False
    return any(each.providers or any(references_of(Placed(path, each, facts, 0))) for each in facts.documents)


def bundles_of(
    groups: list[files.Group],
    reader: Reader,
    known: dict[str, FileFacts | str],
    config: Config,
    problems: list[files.Problem],
    inputs: Inputs,
) -> tuple[list[Bundle], Texts]:
    """The bundles of groups of files, of which some are `known` already, and their texts."""
    sources = inputs.sources
    streams: dict[str, str] = {}

    def load(path: str) -> str:
        return streams[path] if path in streams else files.read_again(path, sources, problems)

    texts = Texts(load)
    bundles: list[Bundle] = []
    failures = Failures()
    real = {shown: name for group in groups for shown, name in context.names_in_builds(group)}
    pending = read_builds(groups, config, problems, failures, inputs)
    reading = Reading(reader, [file for file in wanted_in(groups) if file.shown not in known])
    builds = list(pending)
    doing("reading files")
    known |= reading.results()
    given = Given(known, builds, sources_of(groups))
    renderings, charts, unrendered = read_charts(groups, config, problems, failures, inputs, given)
    known |= Reading(reader, list(wanted_in(groups, known))).results()
    inputs.named = {name for group in groups for shown in group.named for name in (shown, real.get(shown, shown))}
    aside = [*unrendered, *take_aside(groups, known)]
    beside = [*(entry for build in builds for entry in build.beside), *charts]
    variables = Variables([*everything(known, builds, renderings), *aside], folders_of(builds))
    others = Indexes() if builds or renderings or aside else None
    commanding: list[tuple[str, FileFacts]] = []
    strict = config.references == "strict"
    proofs = proofs_of(groups, {**dict(beside), **known}, lambda path: texts.get(path).text, inputs)
    for group in groups:
        stream = Stream()
        if files.STDIN in group.paths:
            stream, known[files.STDIN] = read_stream(config, problems, inputs)
            streams[files.STDIN] = stream.text
        sources.update((shown, group.source(shown)) for shown in group.paths)
        facts: list[tuple[str, FileFacts]] = []
        for shown in group.paths:
            found = known[shown]
            if not isinstance(found, str):
                facts.append((shown, variables.fill(shown, found)))
            elif not inputs.named or shown in inputs.named:
                problems.append(files.Problem(shown, 0, found))
        scripts = [(s, found) for s in group.scripts if not isinstance(found := known[s], str) and found.commands]
        sources.update((shown, files.Source(group.scripts[shown], group.root)) for shown, _ in scripts)
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
                loose_files=map(files.shown, group.lying),
                proofs=proofs,
            )
        )
        commanding += [*scripts, *((path, file) for path, file in facts if file.commands)]
    for build in builds:
        bundles.append(
            Bundle(
                [(path, as_deployed(path, file, variables)) for path, file in build.files],
                config.external,
                strict,
                commanding,
                others=others,
                built=build.text,
                unbuilt=build.reason,
                settled=build.settled and not variables.deploys.changed(build.path.rpartition("/")[0]),
                supply=build.supply,
                proofs=proofs,
            )
        )
    if aside:
        bundles.append(Bundle(aside, unbuilt=NOT_REACHED, settled=False, others=others, proofs=proofs))
    for one in renderings:
        one.supply.releases = variables.deploys.releases(one.supply.chart.shown)
        valued = "" if one.chosen else why_valued(one, variables.deploys)
        bundles.append(
            Bundle(
                one.files,
                config.external,
                strict,
                commanding,
                beside=one.beside,
                others=others,
                built=one.text,
                unbuilt=valued,
                settled=not valued,
                supply=one.supply,
                proofs=proofs,
            )
        )
    if failures.found:
        bundles.append(Bundle([], failures=failures.all()))
    for bundle in bundles:
        bundle.scope.all_secrets = config.all_secrets
        bundle.scope.ignored = frozenset(config.evidence)
    bring_together(bundles, variables.deploys)
    return bundles, texts


def as_deployed(path: str, facts: FileFacts, variables: Variables) -> FileFacts:
    """The facts of what a kustomization builds, with what GitOps objects put into it."""
    folder = path.rpartition("/")[0]
    found = without_images(variables.fill(path, facts, built=True), variables.deploys.images(folder))
    return without_namespaces(found) if variables.deploys.moved(folder) else found


def proofs_of(
    groups: Iterable[files.Group], known: Mapping[str, FileFacts | str], load: Callable[[str], str], inputs: Inputs
) -> Proofs:
    """What all files prove about images, with what the repository is called where it is hosted."""
    found = [(path, facts) for path, facts in known.items() if not isinstance(facts, str) and facts.images]
    scripts = {shown: (path, group.root) for group in groups for shown, path in group.scripts.items()}
    inputs.sources.update((path, files.Source(*scripts[path])) for path, _ in found if path in scripts)
    roots = [group.root for group in groups if group.root]
    beside = [path for group in groups for path in (*group.scripts, *group.lying)]
    return Proofs(
        found,
        remote=next(filter(None, (remote_of(root, inputs.seen) for root in roots)), ""),
        dockerfiles=[files.shown(path) for path in beside if files.is_dockerfile(path)],
        text=load,
        idle={path for path, _ in found if is_idle(path, inputs.seen)},
    )


def folders_of(builds: Iterable[Build]) -> Iterator[str]:
    """The folders with a kustomization that is a part of what is built."""
    return (path.rpartition("/")[0] for build in builds for path, _ in build.beside)


def sources_of(groups: Iterable[files.Group]) -> dict[str, files.Source]:
    """The files of groups, by the paths under which they are shown."""
    return {shown: group.source(shown) for group in groups for shown in group.paths}


def wanted_in(groups: Iterable[files.Group], known: Container[str] | None = None) -> Iterator[Wanted]:
    """The files of groups that are not `known`; where that is not said, all that cannot be a part of a chart."""
    for group in groups:
        for shown, path in group.paths.items():
            templated = shown in group.templates
            late = templated or files.may_be_in_chart(shown)
            if path != "-" and (not late if known is None else templated or shown not in known):
                name, compared = shown.rpartition("/")[2], shown in group.compared
                mode = mode_of(name, templated=templated, compared=compared)
                yield Wanted(shown, path, mode, group.root_of(shown))
        for shown, path in group.scripts.items() if known is None else ():
            yield Wanted(shown, path, "script", group.root)


def makers_of(config: Config) -> Makers:
    """What controllers make, with the kinds that the configuration adds."""
    added = (Maker(p.kind, p.group, (p.target,), p.names, keys=p.keys, open=p.open) for p in config.providers)
    return Makers((*MAKERS, *added)) if config.providers else TABLE


class Stream(NamedTuple):
    """A text from standard input, what leads back to where it was written, and what it is given when installed."""

    text: str = ""
    built: Built | None = None
    supply: Supply | None = None


def read_stream(config: Config, problems: list[files.Problem], inputs: Inputs) -> tuple[Stream, FileFacts | str]:
    """Standard input and its facts, or the reason why it cannot be read."""
    try:
        stream = take_stream(files.read("-"), config, problems, inputs)
    except (OSError, UnicodeDecodeError) as error:
        return Stream(), files.reason(error)
    return stream, read_text(stream.text, makers_of(config))


def take_stream(text: str, config: Config, problems: list[files.Problem], inputs: Inputs) -> Stream:
    """A text from standard input, which kustomize or helm may have made."""
    if files.ORIGIN in text:
        from cmlint.sources import kustomize

        return Stream(*kustomize.lead_back(text, wishes_of(config, inputs) if config.build else None, problems))
    if files.SOURCE in text:
        from cmlint.sources import helm

        return Stream(text, *helm.lead_back(text))
    return Stream(text)


def read_builds(
    groups: list[files.Group],
    config: Config,
    problems: list[files.Problem],
    failures: Failures,
    inputs: Inputs,
) -> Iterable[Build]:
    """What the kustomizations among files build, begun when it is asked for; what these use is taken out of the groups
    at once."""
    if not config.build or not files.near_kustomizations(groups):
        return []
    doing("building kustomizations")
    from cmlint.sources.kustomize import take_builds

    return take_builds(groups, wishes_of(config, inputs), problems, failures)


def wishes_of(config: Config, inputs: Inputs) -> Wishes:
    """How the configuration wishes kustomizations to be built."""
    from cmlint.sources.tool import Wishes

    allowed = config.allow_remote, config.enable_helm
    return Wishes(config.kustomize, *allowed, config.build_timeout, makers_of(config), inputs.builds, inputs.seen)


def take_aside(groups: list[files.Group], known: dict[str, FileFacts | str]) -> Iterator[tuple[str, FileFacts]]:
    """Takes out of groups, and of what is known, the texts that only builds use which are not made."""
    for group in [group for group in groups if group.unbuilt]:
        groups.remove(group)
        found = ((shown, known.pop(shown)) for shown in group.paths)
        yield from ((shown, facts) for shown, facts in found if not isinstance(facts, str))


def read_charts(
    groups: list[files.Group],
    config: Config,
    problems: list[files.Problem],
    failures: Failures,
    inputs: Inputs,
    given: Given,
) -> tuple[list[Rendering], list[tuple[str, FileFacts]], list[tuple[str, FileFacts]]]:
    """What the Helm charts among files render, where there are any, and what is known of those that are not rendered.

    The templates of what is rendered are taken out of the groups.
    """
    if not config.build or not files.near_charts(groups):
        return [], [], []
    doing("rendering charts")
    from cmlint.sources.helm import HelmWishes, take_charts

    version = settings_of(config).kubernetes_version
    how = config.build_timeout, makers_of(config), inputs.builds, inputs.seen
    asked = given.choices, inputs.over, config.build_dependencies
    wishes = HelmWishes(config.helm_program, config.helm.values, version, *how, *asked)
    return take_charts(groups, wishes, problems, failures)
