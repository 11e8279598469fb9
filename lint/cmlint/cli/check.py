"""`cmlint check`: the main job."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Literal

import msgspec

from cmlint.check import Result
from cmlint.cli.inputs import failed, require_objects, rules_or_error, tell_empty, tell_problems
from cmlint.cli.known import Wishes, look
from cmlint.cli.parameters import (
    COLOR,
    CONFIG,
    FIXES,
    INPUT,
    KNOWN,
    OUTPUT,
    PATHS,
    RULES,
    Command,
    Parameter,
    words_of,
)
from cmlint.cli.reports import in_actions, wanted, write_reports
from cmlint.config import Config, anchored, load
from cmlint.errors import FatalError, fatal
from cmlint.model.findings import RANKS, Severity
from cmlint.progress import PROGRESS
from cmlint.report import FORMATS


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    kubernetes_version: str | None = None
    fail_on: str | None = None
    no_ignores: bool = False
    since: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    fix: bool = False
    diff: bool = False
    unsafe_fixes: bool = False
    config: str | None = None
    exclude: tuple[str, ...] = ()
    staged: bool = False
    allow_empty: bool = False
    no_build: bool = False
    kustomize: str | None = None
    allow_remote: bool = False
    enable_helm: bool = False
    helm: str | None = None
    format: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    statistics: bool = False
    verbose: bool = False
    quiet: bool = False
    color: str = "auto"


def listed(formats: Sequence[str]) -> str:
    """The formats in words; the first is the default."""
    first, *others, last = (f"`{form}`" for form in formats)
    return f"{first} (default), {', '.join(others)} or {last}"


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
    Parameter("since", "text", "Show only what the change since a commit, a tag or a branch brought in.", "REV", KNOWN),
    Parameter("baseline", "text", "Leave out the findings that a file keeps.", "FILE", KNOWN),
    Parameter(
        "write_baseline",
        "text",
        "Keep the findings in a file; with `--baseline`, only those of them that still occur.",
        "FILE",
        KNOWN,
    ),
    Parameter("fix", "flag", "Fix what can be fixed safely, and show what is left.", panel=FIXES),
    Parameter("diff", "flag", "Show what `--fix` would change, and write nothing.", panel=FIXES),
    Parameter("unsafe_fixes", "flag", "Make fixes, too, that may not be what you meant.", panel=FIXES),
    CONFIG,
    Parameter("staged", "flag", "Lint what the next commit will hold: what is staged in Git.", panel=INPUT),
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
    Parameter("format", "list", f"How findings are shown: {listed(FORMATS)}.", "FORMAT", OUTPUT, FORMATS),
    Parameter(
        "output",
        "list",
        "The file to write a report to, or `-`. Of several, the first is for the first format, and so on.",
        "FILE",
        OUTPUT,
    ),
    Parameter("statistics", "flag", "Count the findings of each rule.", panel=OUTPUT),
    Parameter(
        "verbose", "flag", "Show what was skipped and what could not be verified, too.", panel=OUTPUT, short="-v"
    ),
    Parameter("quiet", "flag", "Show findings only.", panel=OUTPUT, short="-q"),
    COLOR,
)


def run(options: Options) -> int:
    """Lints, reports and gives the exit status."""
    started = time.perf_counter()
    reports = wanted(options.format, options.output)
    rules = rules_or_error()
    config = settle(load(options.config, rules), options)
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    fixing = wants_fixes(options)

    def look_again() -> Result:
        with PROGRESS:
            return look(paths, config, rules, wishes_of(options))

    try:
        result = look_again()
    except ValueError as error:
        raise fatal(error) from None
    tell_problems(result.problems)
    if not options.allow_empty and not failed(result.problems):
        require_objects(paths, result.bundles)
        tell_empty(paths, result.bundles)
    if fixing:
        from cmlint.cli.fixing import fix, show

        if options.diff:
            return show(result, look_again, options, reports[0].output)
        result = fix(result, look_again, options)
    write_reports(
        reports,
        result,
        options.color,
        annotate=in_actions() and not options.format,
        verbose=options.verbose,
        quiet=options.quiet,
        statistics=options.statistics,
        seconds=time.perf_counter() - started,
    )
    return status(result, config.fail_on)


def wants_fixes(options: Options) -> bool:
    """Whether something is to be fixed; raises FatalError where that cannot be."""
    wanted = options.fix or options.diff
    if wanted and "-" in options.paths:
        raise FatalError("what comes from standard input cannot be fixed", "name the files or folders to fix")
    if wanted and options.staged:
        raise FatalError("what is staged cannot be fixed", "leave out `--staged`, then stage what was fixed")
    if options.unsafe_fixes and not wanted:
        raise FatalError("`--unsafe-fixes` alone fixes nothing", "give `--fix` or `--diff`, too")
    return wanted


def settle(config: Config, options: Options) -> Config:
    """The configuration with what the line says in its place."""
    folder = os.getcwd()
    return msgspec.structs.replace(
        config,
        select=words_of(options.select) or config.select,
        ignore=(*config.ignore, *words_of(options.ignore)),
        exclude=(*config.exclude, *(anchored(pattern, folder) for pattern in options.exclude)),
        pedantic=options.pedantic or config.pedantic,
        kubernetes_version=options.kubernetes_version or config.kubernetes_version,
        build=config.build and not options.no_build,
        kustomize=options.kustomize or config.kustomize,
        allow_remote=options.allow_remote or config.allow_remote,
        enable_helm=options.enable_helm or config.enable_helm,
        helm_program=options.helm or config.helm_program,
        fail_on=options.fail_on or config.fail_on,
    )


def wishes_of(options: Options) -> Wishes:
    """What the line says of what to look at, and of what is known."""
    known = options.since, options.baseline, options.write_baseline
    return Wishes(not options.no_ignores, options.staged, *known, options.quiet)


def status(result: Result, fail_on: Severity | Literal["never"]) -> int:
    """The exit status: 2 where something went wrong, 1 where something bad enough was found."""
    if failed(result.problems) or result.outcome.crashed:
        return 2
    if fail_on == "never":
        return 0
    return int(any(RANKS[finding.severity] >= RANKS[fail_on] for finding in result.outcome.findings))


EXAMPLES = (
    ("check", "lint everything below the working directory"),
    ("check deploy/ --select missing-key,images --fail-on error", "run some rules, and fail on errors only"),
    ("check --fix", "fix what can be fixed safely; `--diff` only shows how"),
    ("check --format sarif --output cmlint.sarif --format text", "write a report for a machine, and print one"),
    ("check - < rendered.yaml", "lint what comes from standard input"),
)

COMMAND = Command("check", "Find what is wrong with manifests.", EXAMPLES, PARAMETERS, Options, run)
