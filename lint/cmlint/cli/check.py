"""`cmlint check`: the main job."""

from __future__ import annotations

import os
import time

from cmlint.cache.folder import Folder, default_path
from cmlint.cli.checking import VIEW, Options
from cmlint.cli.inputs import failed, tell, tell_problems
from cmlint.cli.parameters import CACHE_DIR, COLOR, CONFIG, INPUT, OUTPUT, PATHS, RULES, SPEED, Command, Parameter
from cmlint.cli.terminal import view_of, write
from cmlint.model.findings import RANKS, FailOn
from cmlint.report import FORMATS, render
from cmlint.result import Result
from cmlint.runs import Memory

SEVERITIES = ("error", "warning", "info", "never")

PARAMETERS = (
    PATHS,
    Parameter(
        "select",
        "list",
        "Run these rules only: names, families or `all`, separated by commas.",
        "RULES",
        RULES,
        names_rules=True,
    ),
    Parameter(
        "ignore",
        "list",
        "Leave these rules out, besides those that the configuration leaves out.",
        "RULES",
        RULES,
        names_rules=True,
    ),
    Parameter("pedantic", "flag", "Show what breaks nothing, too.", panel=RULES),
    Parameter(
        "kubernetes_version",
        "text",
        "The cluster's version, like `1.31`; by default the newest known.",
        "VERSION",
        RULES,
    ),
    Parameter(
        "fail_on",
        "choice",
        "The least severity that gives exit status 1: `error`, `warning` (default), `info` or `never`.",
        "SEVERITY",
        RULES,
        SEVERITIES,
    ),
    Parameter("no_ignores", "flag", "Show what comments, annotations and the configuration suppress.", panel=RULES),
    CONFIG,
    Parameter("exclude", "list", "Leave out paths that match, in the syntax of `.gitignore`.", "PATTERN", INPUT),
    Parameter("allow_empty", "flag", "Succeed even when there is nothing to lint.", panel=INPUT),
    Parameter(
        "no_build",
        "flag",
        "Build no kustomizations and render no charts: lint their files as they lie there.",
        panel=INPUT,
    ),
    Parameter(
        "kustomize",
        "text",
        "The program that builds kustomizations; by default kustomize, else kubectl.",
        "PROGRAM",
        INPUT,
    ),
    Parameter("allow_remote", "flag", "Let kustomize fetch bases from elsewhere.", panel=INPUT),
    Parameter("enable_helm", "flag", "Let kustomize run helm for the charts that it is given.", panel=INPUT),
    Parameter("helm", "text", "The program that renders charts; by default helm.", "PROGRAM", INPUT),
    Parameter(
        "format", "choice", "How findings are shown: `text` (default), `concise` or `json`.", "FORMAT", OUTPUT, FORMATS
    ),
    Parameter("output", "text", "Write the report to a file.", "FILE", OUTPUT),
    Parameter("statistics", "flag", "Count the findings of each rule.", panel=OUTPUT),
    Parameter(
        "verbose", "flag", "Show what was skipped and what could not be verified, too.", panel=OUTPUT, short="-v"
    ),
    Parameter("quiet", "flag", "Show findings only.", panel=OUTPUT, short="-q"),
    COLOR,
    Parameter(
        "jobs", "text", "In how many processes to read files; by default one a processor, where that pays.", "N", SPEED
    ),
    Parameter("no_cache", "flag", "Read everything, and keep nothing for the next run.", panel=SPEED),
    CACHE_DIR,
)


def run(options: Options) -> int:
    """Lints, reports and gives the exit status."""
    started = time.perf_counter()
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    memory = memory_of(options, paths)
    known = memory.recall() if memory else None
    if known:
        result, notes, fail_on = known.result, known.notes, known.fail_on
        tell_problems(result.problems)
    else:
        from cmlint.cli.anew import check_anew

        result, notes, fail_on, keep = check_anew(options, paths, memory)
    for note in notes:
        tell("warning", note)
    view = view_of(
        options.color,
        options.output,
        verbose=options.verbose,
        quiet=options.quiet,
        statistics=options.statistics,
        seconds=time.perf_counter() - started,
    )
    write(render(options.format, result, view), options.output)
    if memory and not known:
        keep(memory)
    if memory and options.verbose:
        for complaint in memory.folder.complaints:
            tell("note", f"not used of the cache: {complaint}")
    return status(result, fail_on)


def memory_of(options: Options, paths: tuple[str, ...]) -> Memory | None:
    """What is kept of this line, where that is worth it: of folders, and unless it is not wanted."""
    if options.no_cache or "-" in paths or not any(map(os.path.isdir, paths)):
        return None
    asked = [getattr(options, name) for name in options.__struct_fields__ if name not in VIEW]
    return Memory(Folder(options.cache_dir or default_path()), paths, asked)


def status(result: Result, fail_on: FailOn) -> int:
    """The exit status: 2 where something went wrong, 1 where something bad enough was found."""
    if failed(result.problems) or result.outcome.crashed:
        return 2
    if fail_on == "never":
        return 0
    return int(any(RANKS[finding.severity] >= RANKS[fail_on] for finding in result.outcome.findings))


EXAMPLES = (
    ("check", "lint everything below the working directory"),
    ("check deploy/ --select missing-key,images --fail-on error", "run some rules, and fail on errors only"),
    ("check --format json --output report.json", "write a report for a machine"),
    ("check - < rendered.yaml", "lint what comes from standard input"),
)

COMMAND = Command("check", "Find what is wrong with manifests.", EXAMPLES, PARAMETERS, Options, run)
