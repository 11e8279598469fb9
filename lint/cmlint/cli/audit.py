"""`cmlint audit`: what is broken, stale or left over in a cluster."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cmlint.cli import cluster
from cmlint.cli.check import PARAMETERS as OF_CHECK
from cmlint.cli.check import status
from cmlint.cli.inputs import (
    configured,
    failed,
    require_one_configuration,
    rules_or_error,
    tell,
    tell_problems,
    with_rule_options,
)
from cmlint.cli.options import Reading
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.reports import wanted, write_reports
from cmlint.cli.terminal import write
from cmlint.errors import FatalError, fatal

if TYPE_CHECKING:
    from cmlint.adopt.baseline import Scope
    from cmlint.bundle.cluster import Cluster
    from cmlint.config.config import Config
    from cmlint.pipeline.result import Result
    from cmlint.system.progress import Progress


class Options(Reading, frozen=True):
    """What the line says; the rules and the report are those of `check`."""

    custom_resources: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    preview: bool = False
    kubernetes_version: str | None = None
    fail_on: str | None = None
    no_ignores: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    config: str | None = None
    config_from: str | None = None
    isolated: bool = False
    format: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    statistics: bool = False
    verbose: bool = False
    quiet: bool = False
    color: str = "auto"


PARAMETERS = (
    *cluster.TO_READ,
    Parameter(
        "custom_resources",
        "flag",
        "Read custom resources too, and judge the pods that they describe.",
        panel=cluster.CLUSTER,
    ),
    *(each for each in OF_CHECK if each.field in Options.__struct_fields__ and each.panel != cluster.CLUSTER),
)


def run(options: Options) -> int:
    """Reads, judges, reports and gives the exit status."""
    started = time.perf_counter()
    reports = wanted(options.format, options.output)
    require_one_configuration(options)
    config, result, scope = cluster.reach(lambda progress: judged(options, progress))
    tell_problems(result.problems)
    if not options.quiet:
        tell_empty(result)
    apply_baseline(options, result, scope)
    seconds, tidy = time.perf_counter() - started, config.pedantic or bool(config.select)
    write_reports(reports, result, options, seconds, tidy=tidy)
    return status(result, config.fail_on)


def tell_empty(result: Result) -> None:
    """Says where nothing was found to check, which a wrong context or namespace may be the reason for."""
    if result.outcome.documents or result.problems:
        return
    for each in clusters_in(result):
        names = " or ".join(f"`{name}`" for name in sorted(each.inventory.spaces))
        where = "any namespace" if each.inventory.complete else f"the namespace {names}"
        more = "" if each.inventory.complete else "; `-n` names another one, and `-A` audits all"
        tell("note", f"{each.name}: no pods or workloads in {where}{more}")


def apply_baseline(options: Options, result: Result, scope: Scope) -> None:
    """Leaves out what was known before, and writes what is known now."""
    if not options.baseline and not options.write_baseline:
        return
    from cmlint.adopt.baseline import leave_out
    from cmlint.adopt.cluster_baseline import ClusterBaseline, loaded, started

    complete = not failed(result.problems) and not result.outcome.crashed
    if options.write_baseline and not complete:
        why = f"{options.write_baseline}: not written: not everything could be read"
        raise FatalError(why, "see the errors above")
    if options.baseline:
        known = loaded(options.baseline)
        leave_out(result, known)
        if complete:
            here = list(known.matched(result.outcome.everything).values())
            result.outcome.gone = known.gone(here, scope)
        written = known.without(result.outcome.gone)
    else:
        names = (begun := started(options.write_baseline or "")).names(result.outcome.everything)
        written = begun.renewed({finding: names[finding] for finding in result.outcome.findings}, scope)
        leave_out(result, ClusterBaseline.of(written))
    if options.write_baseline:
        write(written.text, options.write_baseline, "--write-baseline")


def judged(options: Options, progress: Progress) -> tuple[Config, Result, Scope]:
    """What is wrong in clusters; while their lists come in, there is time to load the rules."""
    from cmlint.sources.cluster.begin import begun

    with begun(cluster.wanted_of(options), progress.reading) as clusters:
        from cmlint.adopt.baseline import scope_of
        from cmlint.clusters import audit

        rules = rules_or_error()
        layers, warnings = configured(options, (), rules)
        config = with_rule_options(layers.config, options)
        progress.clear()
        for warning in warnings:
            tell("warning", warning)
        custom, suppress = options.custom_resources, not options.no_ignores
        try:
            result = audit(clusters, config, rules, custom_resources=custom, suppress=suppress)
            return config, result, scope_of(spaces_in(result), rules, config)
        except ValueError as error:
            raise fatal(error) from None


def spaces_in(result: Result) -> tuple[str, ...]:
    """The namespaces at which an audit has looked."""
    from cmlint.adopt.cluster_baseline import spaces_of

    return spaces_of(clusters_in(result))


def clusters_in(result: Result) -> list[Cluster]:
    """The clusters that were audited."""
    return list(dict.fromkeys(each for bundle in result.bundles for each in bundle.clusters))


EXAMPLES = (
    ("audit", "audit the namespace of the current context"),
    ("audit --all-namespaces --output report.json --format json", "audit a complete cluster"),
    ("audit --context prod --context staging -n shop", "audit one namespace of two clusters"),
    ("audit -A --write-baseline known.json", "record what is wrong today"),
    ("audit -A --baseline known.json", "show only what is new since then"),
    ("audit -A --format prometheus --output cmlint.prom", "write gauges for the node exporter"),
)

COMMAND = Command(
    name="audit",
    summary="Find what is broken, stale or left over in a cluster.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
