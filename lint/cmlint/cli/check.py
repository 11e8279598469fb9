"""`cmlint check`: the main job."""

from __future__ import annotations

import os
import time
from typing import Any, Literal

import msgspec

from cmlint.check import Look, Result, check
from cmlint.cli import clusters
from cmlint.cli.inputs import failed, require_objects, rules_or_error, tell_empty, tell_problems
from cmlint.cli.parameters import COLOR, CONFIG, INPUT, OUTPUT, PATHS, RULES, Command, Parameter, words_of
from cmlint.cli.terminal import view_of, write
from cmlint.config import Config, anchored, load
from cmlint.errors import FatalError, fatal
from cmlint.model.findings import RANKS, Severity
from cmlint.report import FORMATS, render


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
    live: bool = False
    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    qps: str | None = None
    metadata_only_secrets: bool = False
    against: tuple[str, ...] = ()
    max_age: str | None = None
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
    Parameter("live", "flag", "Look into the cluster for what the manifests do not define.", panel=clusters.CLUSTER),
    clusters.CONTEXT,
    clusters.KUBECONFIG,
    clusters.NAMESPACE,
    clusters.QPS,
    clusters.METADATA_ONLY,
    Parameter(
        "against",
        "list",
        "Look into a snapshot for what the manifests do not define; may be given several times.",
        "FILE",
        clusters.CLUSTER,
    ),
    Parameter(
        "max_age", "text", "Warn of a snapshot that is older than so many days; 7 by default.", "DAYS", clusters.CLUSTER
    ),
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
        result = check(paths, config, rules, suppress=not options.no_ignores, look=look_of(options))
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


def look_of(options: Options) -> Look | None:
    """How manifests are given a cluster or a snapshot to stand on, where the line says so."""
    if not options.live and not options.against:
        needs = [name for name in ("context", "kubeconfig", "metadata_only_secrets") if getattr(options, name)]
        if needs:
            flag = f"--{needs[0].replace('_', '-')}"
            raise FatalError(f"`{flag}` is about a cluster, and none is to be read", "add `--live`")
        return None
    from cmlint.live import Ground, Wanted

    namespaces = (options.namespace,) if options.namespace else ()
    qps, secrets = clusters.number("--qps", options.qps, 50), options.metadata_only_secrets
    contexts = (options.context,) if options.context else ()
    wanted = Wanted(contexts, options.kubeconfig, namespaces, qps=qps, metadata_only_secrets=secrets)
    max_age = clusters.number("--max-age", options.max_age, 7)
    ground = Ground(wanted if options.live else None, options.against, max_age, options.namespace, clusters.show)
    return lambda *run: clusters.reach(lambda: ground.look(*run))


def settle(config: Config, options: Options) -> Config:
    """The configuration with what the line says in its place."""
    folder = os.getcwd()
    return msgspec.structs.replace(
        settle_rules(config, options),
        exclude=(*config.exclude, *(anchored(pattern, folder) for pattern in options.exclude)),
        build=config.build and not options.no_build,
        kustomize=options.kustomize or config.kustomize,
        allow_remote=options.allow_remote or config.allow_remote,
        enable_helm=options.enable_helm or config.enable_helm,
        helm_program=options.helm or config.helm_program,
    )


def settle_rules(config: Config, options: Any) -> Config:
    """The same for what lines about clusters say too: the rules, and what they mean for the exit status."""
    return msgspec.structs.replace(
        config,
        select=words_of(options.select) or config.select,
        ignore=(*config.ignore, *words_of(options.ignore)),
        pedantic=options.pedantic or config.pedantic,
        kubernetes_version=options.kubernetes_version or config.kubernetes_version,
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
