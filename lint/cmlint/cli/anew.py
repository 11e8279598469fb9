"""`cmlint check` where it is not known already what it gives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cmlint.cli import reach
from cmlint.cli.chart_options import over_of
from cmlint.cli.checking import Options
from cmlint.cli.inputs import (
    cache_of,
    configured,
    empty_folders,
    failed,
    refusals,
    require_objects,
    rules_or_error,
    settle_builds,
    settle_rules,
    tell,
    tell_problems,
    users_file,
)
from cmlint.cli.known import Looking, Wishes
from cmlint.config.config import Config, anchored, candidates
from cmlint.config.layers import start_of
from cmlint.errors import FatalError, fatal
from cmlint.manifest import documents
from cmlint.model.findings import FailOn
from cmlint.pipeline.check import Inputs
from cmlint.pipeline.result import Result
from cmlint.pipeline.run_cache import Memory, Run, modules_with_times, note_code, note_programs
from cmlint.progress import PROGRESS
from cmlint.sources.files import PIPES
from cmlint.sources.reader import processors

if TYPE_CHECKING:
    from cmlint.cache.builds import BuildsCache
    from cmlint.cache.facts import FactsCache


class Answer(NamedTuple):
    """What is found, what is told besides, which findings count, what looks again, and what keeps it for a next run.

    `unused` are the configurations that do not count, which only `--verbose` tells.
    """

    result: Result
    notes: list[str]
    unused: list[str]
    fail_on: FailOn
    looking: Looking
    keep: Callable[[Memory | None], None]


def check_anew(options: Options, paths: tuple[str, ...], memory: Memory | None) -> Answer:
    """Lints; what could not be read is told at once."""
    rules = rules_or_error()
    layers, warnings = configured(options, paths, rules, lambda config: settle(config, options))
    config = layers.config
    inputs = Inputs(jobs=jobs_of(options.jobs), context=not options.no_context, over=over_of(options))
    inputs.seen.whole = not any(path in PIPES for path in inputs.over.files)
    if memory:
        inputs.facts = memory.facts(makers_of_facts(config))
        inputs.builds = memory.builds() if inputs.seen.whole else None
    elif not options.no_cache:
        inputs.recall = lambda tops: of_projects(options, paths, tops, makers_of_facts(config))
    looking = Looking(paths, config, rules, wishes_of(options), inputs, layers)
    try:
        with PROGRESS:
            result = looking.look()
    except ValueError as error:
        raise fatal(error) from None
    more = list(refusals(layers))
    for warning in more:
        tell("warning", warning)
    warnings += more
    tell_problems(result.problems)
    notes: list[str] = []
    if not options.allow_empty and not failed(result.problems):
        notes += require_objects(paths, result.bundles)
        notes += empty_folders(paths, result.bundles)

    unused = [f"{each.path}: not used: {each.why}" for each in layers.unused]

    def keep(memory: Memory | None) -> None:
        inputs.keep()
        if config.baseline or not memory or not memory.repeatable:
            return
        seen = inputs.seen
        for path in configurations(options, paths):
            seen.note(path)
        note_code(seen, {"cmlint", *(rule.module.partition(".")[0] for rule in rules.values())})
        if config.build:
            note_programs(seen, (config.kustomize, config.helm_program))
        outcome = result.without_bundles()
        sources = {path: inputs.sources[path] for path in outcome.paths() if path in inputs.sources}
        told = warnings, notes, unused
        memory.remember(Run(memory.key, seen, outcome, result.problems, *told, config.fail_on, sources))

    return Answer(result, notes, unused, config.fail_on, looking, keep)


def configurations(options: Options, paths: Sequence[str]) -> Iterator[str]:
    """Every path above what is checked at which a configuration may be, and the user's own."""
    if options.isolated:
        return
    yield users_file()
    if options.config:
        yield options.config
    for path in (os.curdir, *paths):
        yield from candidates(start_of(path))


def of_projects(
    options: Options, paths: tuple[str, ...], tops: Sequence[str], made_by: object
) -> tuple[FactsCache, BuildsCache]:
    """What is kept of the folders of projects, of which one run may build but a part."""
    memory = Memory(cache_of(options, paths), tops, (), repeatable=False)
    facts, builds = memory.facts(made_by), memory.builds()
    builds.whole = False
    return facts, builds


def settle(config: Config, options: Options) -> Config:
    """The configuration with what the line says in its place."""
    folder = os.getcwd()
    return msgspec.structs.replace(
        settle_builds(settle_rules(config, options), options),
        exclude=(*config.exclude, *(anchored(pattern, folder) for pattern in options.exclude)),
        build=config.build and not options.no_build,
    )


def wishes_of(options: Options) -> Wishes:
    """What the line says of what to look at, and of what is known."""
    known = options.since, options.baseline, options.write_baseline, options.config_from
    return Wishes(not options.no_ignores, options.staged, *known, options.quiet, reach.look_of(options))


def makers_of_facts(config: Config) -> tuple[object, ...]:
    """Everything but a text that its facts depend on."""
    import yaml

    code = modules_with_times("cmlint.manifest", "cmlint.kube", "cmlint.model")
    return documents.VERSION, yaml.__version__, code, config.providers


def jobs_of(text: str | None) -> int:
    """The number of processes that is asked for, else one a processor; raises FatalError for what is no number."""
    if text is not None and not (text.isdecimal() and len(text) <= 4 and int(text) > 0):
        raise FatalError(f"`--jobs` must be a number from 1 to 9999, not `{text}`", "leave it out for one a processor")
    return processors(int(text) if text else None)
