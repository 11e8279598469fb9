"""`cmlint check`: the main job."""

from __future__ import annotations

import os
import time
from typing import Literal

import msgspec

from cmlint.check import check
from cmlint.cli.inputs import failed, require_objects, rules_or_error, tell_empty, tell_problems
from cmlint.cli.parameters import COLOR, CONFIG, INPUT, OUTPUT, PATHS, RULES, Command, Parameter, words_of
from cmlint.cli.terminal import view_of, write
from cmlint.config import Config, anchored, load
from cmlint.errors import fatal
from cmlint.model.findings import RANKS, Severity
from cmlint.report import FORMATS, render
from cmlint.result import Result


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    kubernetes_version: str | None = None
    fail_on: str | None = None
    no_ignores: bool = False
    config: str | None = None
    exclude: tuple[str, ...] = ()
    allow_empty: bool = False
    no_build: bool = False
    kustomize: str | None = None
    allow_remote: bool = False
    enable_helm: bool = False
    helm: str | None = None
    format: str = "text"
    output: str | None = None
    statistics: bool = False
    verbose: bool = False
    quiet: bool = False
    color: str = "auto"


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
)


def run(options: Options) -> int:
    """Lints, reports and gives the exit status."""
    started = time.perf_counter()
    rules = rules_or_error()
    config = settle(load(options.config, rules), options)
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    try:
        result = check(paths, config, rules, suppress=not options.no_ignores)
    except ValueError as error:
        raise fatal(error) from None
    tell_problems(result.problems)
    if not options.allow_empty and not failed(result.problems):
        require_objects(paths, result.bundles)
        tell_empty(paths, result.bundles)
    view = view_of(
        options.color,
        options.output,
        verbose=options.verbose,
        quiet=options.quiet,
        statistics=options.statistics,
        seconds=time.perf_counter() - started,
    )
    write(render(options.format, result, view), options.output)
    return status(result, config.fail_on)


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
    ("check --format json --output report.json", "write a report for a machine"),
    ("check - < rendered.yaml", "lint what comes from standard input"),
)

COMMAND = Command("check", "Find what is wrong with manifests.", EXAMPLES, PARAMETERS, Options, run)
