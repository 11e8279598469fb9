"""`cmlint impact`: who reads a ConfigMap or Secret, what a change of it does, and what makes the change arrive."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cmlint.bundle import lookup
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.gitops import Deploys
from cmlint.bundle.impact import Subject, impact, named, written_at
from cmlint.bundle.live_workloads import only_live
from cmlint.bundle.next_steps import Ways, commands
from cmlint.bundle.readers import ALL
from cmlint.cli import clusters, parameters, reach
from cmlint.cli.chart_options import over_of
from cmlint.cli.checking import OnClusters
from cmlint.cli.explain import TARGETS, paths_for
from cmlint.cli.inputs import configured, failed, refusals, rules_or_error, settle_builds, tell, tell_problems
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.terminal import show, view_of, write
from cmlint.config.config import Config
from cmlint.config.layers import Layers
from cmlint.config.selection import settings_of
from cmlint.errors import FatalError, fatal
from cmlint.kube.near import nearest
from cmlint.model.facts import Target
from cmlint.pipeline.check import Inputs, read_bundles
from cmlint.pipeline.result import not_built
from cmlint.progress import PROGRESS
from cmlint.report.impact import FORMATS, RENDERERS
from cmlint.report.impact.model import ReferenceEntry, Report, Skipped, build
from cmlint.sources.files import Problem, shown
from cmlint.texts import Texts

PLACE = re.compile(r"(.+?)(?::(\d{1,9}))?\Z", re.DOTALL)
FOR_PEOPLE = ("text", "concise", "commands")
FAILING = {"breaks": ("breaks",), "restart": ("breaks", "rejected", "next-start"), "never": ()}
"""The effects that fail a run, by the values of `--fail-on`."""


class Options(OnClusters, frozen=True):
    """What the line says."""

    what: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    since: str | None = None
    staged: bool = False
    fail_on: str = "never"
    format: str = "text"
    output: str | None = None
    color: str = "auto"


PARAMETERS = (
    Parameter(
        "what",
        "list",
        "An object, `configmap/NAME[:KEY]` or `secret/NAME[:KEY]`, or what a file or a line of it defines, "
        "`FILE[:LINE]`; without any, give `--since` or `--staged`.",
        "WHAT",
        positional=True,
    ),
    Parameter("path", "list", "A file or folder to read; by default the working directory.", "PATH", parameters.INPUT),
    Parameter("since", "text", "Show what has changed since a commit, a tag or a branch.", "REV", parameters.INPUT),
    Parameter(
        "staged",
        "flag",
        "Show what the staged changes do; with `--since`, compare that commit.",
        panel=parameters.INPUT,
    ),
    *parameters.CONFIGURATION,
    *parameters.BUILDS,
    *parameters.CHARTS,
    *clusters.TO_STAND_ON,
    Parameter(
        "fail_on",
        "choice",
        "Exit with 1 if new pods do not start (`breaks`), or also if a restart is needed (`restart`).",
        "EFFECT",
        parameters.OUTPUT,
        tuple(FAILING),
    ),
    Parameter(
        "format",
        "choice",
        "The output format: `text` (default), `concise`, `json`, `markdown` or `commands`.",
        "FORMAT",
        parameters.OUTPUT,
        FORMATS,
    ),
    Parameter("output", "text", "The file to write to; by default standard output.", "FILE", parameters.OUTPUT),
    parameters.COLOR,
)


class Request(NamedTuple):
    """What is asked for: an object or a key by its name, or a place."""

    text: str
    target: Target | None
    name: str
    key: str = ALL
    line: int | None = None


class Run(NamedTuple):
    """What a line asks for, and how files are read."""

    options: Options
    paths: tuple[str, ...]
    config: Config
    layers: Layers
    problems: list[Problem]


def run(options: Options) -> int:
    """Shows what a change does, and gives the exit status."""
    changed = options.staged or options.since is not None
    if bool(options.what) == changed:
        message = "`--since` and `--staged` show all that has changed" if changed else "there is nothing to ask about"
        raise FatalError(message, "give either `configmap/NAME`, `secret/NAME` or `FILE:LINE`, or `--since REV`")
    requests = list(map(request_of, options.what))
    rules = rules_or_error()
    paths = options.path or paths_of(requests)
    layers, _ = configured(options, paths, rules, lambda config: settle_builds(config, options))
    how = Run(options, tuple(dict.fromkeys(paths)), layers.config, layers, [])
    try:
        with PROGRESS:
            report = since(how) if changed else asked(how, requests)
    except ValueError as error:
        raise fatal(error) from None
    for warning in refusals(layers):
        tell("warning", warning)
    tell_problems(how.problems)
    text = RENDERERS[options.format](report, view_of(options.color, options.output))
    output = None if options.output == "-" else options.output
    (show if options.format in FOR_PEOPLE else write)(text, output)
    return status(report, how)


def status(report: Report, how: Run) -> int:
    """The exit status."""
    if failed(how.problems):
        return 2
    failing = FAILING[how.options.fail_on]
    return int(any(each.sure and each.effect in failing for each in report.reads))


def request_of(text: str) -> Request:
    """What a word asks for; raises FatalError for one that is neither a name nor a place."""
    kind, slash, rest = text.partition("/")
    target = TARGETS.get(kind.lower()) if slash and rest else None
    if target and not os.path.exists(text):
        name, _, key = rest.partition(":")
        return Request(text, target, name, key)
    place = PLACE.match(text)
    if place is None or not os.path.isfile(place[1]):
        help_ = "write `configmap/NAME`, `configmap/NAME:KEY`, `secret/NAME`, `FILE` or `FILE:LINE`"
        raise FatalError(f"`{text}` is neither an object nor a file", help_)
    return Request(text, None, place[1], line=int(place[2]) if place[2] else None)


def paths_of(requests: Iterable[Request]) -> tuple[str, ...]:
    """What to read: the working directory, and the repositories of files that are elsewhere."""
    files = [request.name for request in requests if request.target is None]
    return tuple(dict.fromkeys(path for file in files for path in paths_for(file))) or (".",)


def asked(how: Run, requests: Sequence[Request]) -> Report:
    """What changes of some objects would do."""
    bundles, texts = read_bundles(how.paths, how.config, how.problems, Inputs(over=over_of(how.options)), how.layers)
    config = stood(how, bundles, texts)
    everything = [*bundles, *only_live(bundles)]
    subjects = [subject for request in requests for subject in subjects_of(request, bundles, texts, how.options)]
    return reported(how, config, everything, texts, list(dict.fromkeys(subjects)))


def stood(how: Run, bundles: list[Bundle], texts: Texts) -> Config:
    """Lets bundles resolve against a cluster if the line asks for it; gives the configuration with its version."""
    look = reach.look_of(how.options)
    return look(bundles, texts, how.config, how.problems) if look else how.config


def subjects_of(request: Request, bundles: Sequence[Bundle], texts: Texts, options: Options) -> list[Subject]:
    """The objects that a request means; raises FatalError where there are none."""
    if request.target:
        found = named(bundles, request.target, request.name, request.key, options.namespace)
        return found or not_there(request, request.target, bundles)
    path = shown(request.name)
    text = texts.get(path) if request.line else None
    if text and request.line and not 0 < request.line <= len(text.starts):
        raise FatalError(f"{path} has no line {request.line}", f"its last line is {len(text.starts)}")
    first = text.starts[request.line - 1] if text and request.line else 0
    last = first + len(text.line(request.line)) if text and request.line else 1 << 62
    if found := written_at(bundles, path, first, last):
        return found
    raise FatalError(
        f"{request.text} defines no ConfigMap or Secret", "name the line of its name or of one of its keys"
    )


def not_there(request: Request, target: Target, bundles: Sequence[Bundle]) -> list[Subject]:
    """Raises FatalError about an object that is nowhere, with the name that was probably meant."""
    near = nearest(request.name, lookup.known_names(bundles, target))
    help_ = f"did you mean `{target.lower()}/{near}`?" if near else "`cmlint check --verbose` lists what is skipped"
    raise FatalError(f"nothing defines or reads the {target} `{request.name}`", help_)


def reported(
    how: Run,
    config: Config,
    bundles: Sequence[Bundle],
    texts: Texts,
    subjects: Sequence[Subject],
    references: Iterable[ReferenceEntry] = (),
) -> Report:
    """The report about some subjects."""
    found = impact(bundles, subjects)
    problems = [*how.problems, *not_built(bundles)]
    skipped = [Skipped(each.path, each.message) for each in problems]
    how.problems.extend(not_built(bundles))
    return build(found, commands(found, ways_of(how.options, config, bundles)), texts, references, skipped)


def ways_of(options: OnClusters, config: Config, bundles: Sequence[Bundle]) -> Ways:
    """What commands depend on."""
    deploys = Deploys([file for bundle in bundles for file in bundle.files])
    context = options.context if options.live else None
    return Ways(settings_of(config).kubernetes_version, context or "", deploys)


def since(how: Run) -> Report:
    """What the changes since a commit do, or those that are staged."""
    from cmlint.adopt.revisions import States
    from cmlint.cli.changes import compare

    options, reports = how.options, list[Report]()
    over = over_of(options)
    states = States(how.paths, how.config, rules_or_error(), suppress=True, layers=how.layers, over=over)

    def tell(
        bundles: list[Bundle],
        texts: Texts,
        problems: list[Problem],
        subjects: Sequence[Subject],
        references: Sequence[ReferenceEntry],
    ) -> Config:
        how.problems.extend(problems)
        config = stood(how, bundles, texts)
        reports.append(reported(how, config, [*bundles, *only_live(bundles)], texts, subjects, references))
        return config

    compare(states, options.since, staged=options.staged, tell=tell)
    return reports[0]


EXAMPLES = (
    ("impact configmap/shop-config -n shop", "who reads a ConfigMap, and what makes a change of it arrive"),
    ("impact secret/database:password --format commands", "the commands alone, for one key"),
    ("impact deploy/config.yaml:12", "what a change of this line does"),
    ("impact --since origin/main --format markdown", "what a branch changes, as a comment on its pull request"),
)

STATUSES = (
    ("0", "shown, whether or not anything reads it"),
    ("1", "an effect of `--fail-on`"),
    ("2", "no such object, a wrong line, or something could not be read"),
)

COMMAND = Command(
    "impact",
    "Show who reads a ConfigMap or Secret, and what a change of it does.",
    EXAMPLES,
    PARAMETERS,
    Options,
    run,
    STATUSES,
)
