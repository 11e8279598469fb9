"""`cmlint audit`: what is broken, stale or left over in a cluster."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from cmlint.cli import clusters, reach
from cmlint.cli.check import PARAMETERS as OF_CHECK
from cmlint.cli.check import status
from cmlint.cli.inputs import configured, require_one_configuration, rules_or_error, settle_rules, tell_problems
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.reports import wanted, write_reports
from cmlint.errors import fatal

if TYPE_CHECKING:
    from cmlint.config.config import Config
    from cmlint.pipeline.result import Result


class Options(msgspec.Struct, frozen=True):
    """What the line says; the rules and the report are those of `check`."""

    namespace: tuple[str, ...] = ()
    all_namespaces: bool = False
    context: tuple[str, ...] = ()
    kubeconfig: str | None = None
    qps: str | None = None
    metadata_only_secrets: bool = False
    custom_resources: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    preview: bool = False
    kubernetes_version: str | None = None
    fail_on: str | None = None
    no_ignores: bool = False
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
    *clusters.TO_READ,
    Parameter(
        "custom_resources",
        "flag",
        "Read custom resources too, and judge the pods that they describe.",
        panel=clusters.CLUSTER,
    ),
    *(each for each in OF_CHECK if each.field in Options.__struct_fields__ and each.panel != clusters.CLUSTER),
)


def run(options: Options) -> int:
    """Reads, judges, reports and gives the exit status."""
    started = time.perf_counter()
    reports = wanted(options.format, options.output)
    require_one_configuration(options)
    config, result = reach.reach(lambda: judged(options))
    tell_problems(result.problems)
    seconds, tidy = time.perf_counter() - started, config.pedantic or bool(config.select)
    write_reports(reports, result, options, seconds, tidy=tidy)
    return status(result, config.fail_on)


def judged(options: Options) -> tuple[Config, Result]:
    """What is wrong in clusters; while their lists come in, there is time to load the rules."""
    from cmlint.sources.cluster.begin import begun

    with begun(reach.wanted_of(options), reach.read) as clusters:
        from cmlint.live import audit

        rules = rules_or_error()
        config = settle_rules(configured(options, (), rules)[0].config, options)
        custom, suppress = options.custom_resources, not options.no_ignores
        try:
            return config, audit(clusters, config, rules, custom_resources=custom, suppress=suppress)
        except ValueError as error:
            raise fatal(error) from None


EXAMPLES = (
    ("audit", "look after the namespace of the current context"),
    ("audit --all-namespaces --output report.json --format json", "look after a whole cluster"),
    ("audit --context prod --context staging -n shop", "look after one namespace of two clusters"),
)

COMMAND = Command("audit", "Find what is broken, stale or left over in a cluster.", EXAMPLES, PARAMETERS, Options, run)
