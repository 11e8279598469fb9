"""`cmlint check` where it is not known already what it gives."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from cmlint.check import Inputs
from cmlint.cli import reach
from cmlint.cli.charts import over_of
from cmlint.cli.checking import Options
from cmlint.cli.inputs import (
    configured,
    empty_folders,
    failed,
    require_objects,
    rules_or_error,
    settle_builds,
    settle_rules,
    tell_problems,
    users_file,
)
from cmlint.cli.known import Looking, Wishes
from cmlint.config import Config, anchored, candidates
from cmlint.errors import FatalError, fatal
from cmlint.manifest import documents
from cmlint.model.findings import FailOn
from cmlint.progress import PROGRESS
from cmlint.result import Result
from cmlint.runs import Memory, Run, modules_with_times, note_code, note_programs
from cmlint.sources.files import PIPES
from cmlint.sources.reading import processors


class Answer(NamedTuple):
    """What is found, what is told besides, which findings count, what looks again, and what keeps it for a next run."""

    result: Result
    notes: list[str]
    fail_on: FailOn
    looking: Looking
    keep: Callable[[Memory], None]


def check_anew(options: Options, paths: tuple[str, ...], memory: Memory | None) -> Answer:
    """Lints; what could not be read is told at once."""
    rules = rules_or_error()
    found, warnings = configured(options, paths, rules)
    config = settle(found, options)
    inputs = Inputs(jobs=jobs_of(options.jobs), over=over_of(options))
    inputs.seen.whole = not any(path in PIPES for path in inputs.over.files)
    if memory:
        inputs.facts = memory.facts(makers_of_facts(config))
        inputs.builds = memory.builds() if inputs.seen.whole else None
    looking = Looking(paths, config, rules, wishes_of(options), inputs)
    try:
        with PROGRESS:
            result = looking.look()
    except ValueError as error:
        raise fatal(error) from None
    tell_problems(result.problems)
    notes: list[str] = []
    if not options.allow_empty and not failed(result.problems):
        notes += require_objects(paths, result.bundles)
        notes += empty_folders(paths, result.bundles)

    def keep(memory: Memory) -> None:
        inputs.keep()
        if config.baseline or not memory.repeatable:
            return
        seen = inputs.seen
        for path in () if options.isolated else (users_file(), *candidates(options.config)):
            seen.note(path)
        note_code(seen, {"cmlint", *(rule.module.partition(".")[0] for rule in rules.values())})
        if config.build:
            note_programs(seen, (config.kustomize, config.helm_program))
        outcome = result.without_bundles()
        sources = {path: inputs.sources[path] for path in outcome.paths() if path in inputs.sources}
        memory.remember(Run(memory.key, seen, outcome, result.problems, warnings, notes, config.fail_on, sources))

    return Answer(result, notes, config.fail_on, looking, keep)


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
