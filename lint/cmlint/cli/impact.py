"""`cmlint impact`: who reads a ConfigMap or Secret, what a change of it does, and what makes the change arrive."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from shlex import quote
from typing import NamedTuple

from cmlint.bundle import lookup
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.impact import Subject, impact, named, written_at
from cmlint.bundle.live_workloads import only_live
from cmlint.bundle.lookup import Point
from cmlint.bundle.next_steps import CommandOptions, commands
from cmlint.bundle.readers import ALL
from cmlint.cli import cluster, parameters
from cmlint.cli.env import SHORT, missing
from cmlint.cli.explain import TARGETS, paths_for
from cmlint.cli.inputs import failed, tell, tell_problems, tell_unbuilt, with_build_options
from cmlint.cli.options import OnClusters
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.request import request_of, run_job
from cmlint.cli.terminal import show, view_of, write
from cmlint.config.config import Config
from cmlint.config.selection import settings_of
from cmlint.errors import FatalError
from cmlint.kube.near import nearest
from cmlint.model.facts import Target
from cmlint.pipeline.read import Manifests, read
from cmlint.pipeline.result import not_built
from cmlint.report.impact import FORMATS, RENDERERS
from cmlint.report.impact.model import ReferenceEntry, Report, Skipped, build
from cmlint.sources.helm.template import opening
from cmlint.sources.request import Request
from cmlint.system.files import shown
from cmlint.system.filesystem import FileSystem
from cmlint.texts import Text, Texts

PLACE = re.compile(r"(.+?)(?::(\d{1,9}))?\Z", re.DOTALL)
VALUES = r"(?:.*/)?[^/]*values[^/]*\.ya?ml"
TEMPLATES = "templates/"
WORKLOADS = (*SHORT.values(), "job")
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
    *parameters.CACHE,
    *cluster.TO_SHOW,
    Parameter(
        field="fail_on",
        kind="choice",
        help="Exit with 1 if new pods do not start (`breaks`), or also if a restart is needed (`restart`).",
        metavar="EFFECT",
        panel=parameters.OUTPUT,
        choices=tuple(FAILING),
    ),
    Parameter(
        field="format",
        kind="choice",
        help="The output format: `text` (default), `concise`, `json`, `markdown` or `commands`.",
        metavar="FORMAT",
        panel=parameters.OUTPUT,
        choices=FORMATS,
    ),
    Parameter("output", "text", "The file to write to; by default standard output.", "FILE", parameters.OUTPUT),
    parameters.COLOR,
)


class Question(NamedTuple):
    """What is asked for: an object or a key by its name, or a place."""

    text: str
    target: Target | None
    name: str
    key: str = ALL
    line: int | None = None


def run(options: Options) -> int:
    """Shows what a change does, and gives the exit status."""
    changed = options.staged or options.since is not None
    if bool(options.what) == changed:
        message = "`--since` and `--staged` show all that has changed" if changed else "nothing to show"
        raise FatalError(message, "give either `configmap/NAME`, `secret/NAME` or `FILE:LINE`, or `--since REV`")
    questions = list(map(question_of, options.what))
    paths = tuple(dict.fromkeys(options.path or paths_of(questions)))
    request, _ = request_of(options, paths, lambda config: with_build_options(config, options), context=False)
    report, manifests = run_job(
        lambda given: since(given, options) if changed else asked(given, options, questions), request, options
    )
    tell_unread(manifests, None if changed else paths_in(report))
    text = RENDERERS[options.format](report, view_of(options.color, options.output))
    output = None if options.output == "-" else options.output
    (show if options.format in FOR_PEOPLE else write)(text, output)
    return 2 if failed(manifests.problems) else status(report, options)


def tell_unread(manifests: Manifests, about: Collection[str] | None = None) -> None:
    """Says what could not be read or built, in which there may be more readers of what an answer is `about`."""
    tell_problems(manifests.problems)
    tell_unbuilt(manifests.bundles, about)


def paths_in(report: Report) -> set[str]:
    """The texts in which the objects that are asked for are, and those who read them."""
    found = {path for each in report.targets for path in each.bundles}
    found.update(each.location.path for each in report.targets if each.location)
    readers = [(each.location, each.workload) for each in report.reads]
    readers += [(each.location, each.workload) for each in report.near]
    return found.union(*((location.path, workload.path) for location, workload in readers))


def status(report: Report, options: Options) -> int:
    """The exit status of what could be read."""
    return int(any(each.sure and each.effect in FAILING[options.fail_on] for each in report.reads))


def question_of(text: str) -> Question:
    """What a word asks for; raises FatalError for one that is neither a name nor a place."""
    kind, slash, rest = text.partition("/")
    target = TARGETS.get(kind.lower()) if slash and rest else None
    if target and not os.path.exists(text):
        name, _, key = rest.partition(":")
        return Question(text, target, name, key)
    place = PLACE.match(text)
    if place is None or not os.path.isfile(place[1]):
        raise FatalError(f"`{text}` is neither an object nor a file", right_form(text))
    return Question(text, None, place[1], line=int(place[2]) if place[2] else None)


def right_form(text: str) -> str:
    """How to ask for what a word may mean that is neither a name nor a place."""
    kind, _, name = text.lower().rpartition("/")
    if os.path.isdir(text):
        return f"it is a folder: name an object, and give the folder with `--path {quote(text)}`"
    if near := near_file(text):
        return f"did you mean `{near}`?"
    if target := TARGETS.get(text.lower()):
        return f"write kind and name as one word: `{target.lower()}/NAME`"
    if name and SHORT.get(kind, kind).removesuffix("s") in WORKLOADS:
        return f"`cmlint env --workload {quote(text)}` shows what a workload reads"
    return "write `configmap/NAME`, `configmap/NAME:KEY`, `secret/NAME`, `FILE` or `FILE:LINE`"


def paths_of(questions: Iterable[Question]) -> tuple[str, ...]:
    """What to read: the working directory, and the repositories of files that are elsewhere."""
    files = [each.name for each in questions if each.target is None]
    return tuple(dict.fromkeys(path for file in files for path in paths_for(file))) or (".",)


def near_file(text: str) -> str | None:
    """A file beside one that is not there, by a near name, with the line that is asked for."""
    path, colon, line = text.partition(":")
    folder, name = os.path.split(path)
    near = nearest(name, [entry.name for entry in FileSystem().entries_or_none(folder or os.curdir)])
    return f"{os.path.join(folder, near)}{colon}{line}" if near else None


Told = tuple[Report, Manifests]
"""A report, and what it is about."""


def asked(request: Request, options: Options, questions: Sequence[Question]) -> Told:
    """What changes of some objects would do."""
    found = read(request)
    try:
        subjects = [
            each for question in questions for each in subjects_of(question, found.bundles, found.texts, options)
        ]
    except FatalError:
        tell_unread(found)  # What is not there may be in it.
        raise
    return reported(found, options, list(dict.fromkeys(subjects)))


def subjects_of(question: Question, bundles: Sequence[Bundle], texts: Texts, options: Options) -> list[Subject]:
    """The objects that a question means; raises FatalError where there are none."""
    if question.target:
        found = named(bundles, question.target, question.name, question.key, options.namespace)
        tell_new_key(found)
        return found or not_there(question, question.target, bundles, options)
    point, text = point_of(question, texts)
    found = written_at(bundles, point)
    if not found and text:
        start = opening(text.text, point.first)
        found = written_at(bundles, Point(point.path, start, start))
    return found or nothing_at(question, point, bundles)


def point_of(question: Question, texts: Texts) -> tuple[Point, Text | None]:
    """The line that a question means, with its text, or the complete file; raises FatalError where it has no line."""
    path = shown(question.name)
    text = texts.get(path) if question.line else None
    if not text or question.line is None:
        return Point(path, 0, 1 << 62), None
    if not 0 < question.line <= len(text.starts):
        raise FatalError(f"{path} has no line {question.line}", f"its last line is {len(text.starts)}")
    first = text.starts[question.line - 1]
    return Point(path, first, first + len(text.line(question.line))), text


def nothing_at(question: Question, point: Point, bundles: Sequence[Bundle]) -> list[Subject]:
    """Raises FatalError about a place that defines nothing, with what is there instead."""
    raise FatalError(f"{question.text} defines no ConfigMap or Secret", instead(question, point, bundles))


def instead(question: Question, point: Point, bundles: Sequence[Bundle]) -> str:
    """What to ask for instead of a place that defines nothing."""
    if reads := lookup.references_at(bundles, point) if question.line else []:
        asked = dict.fromkeys(f"`cmlint impact {read_by(each)}`" for each in reads)
        return f"it reads one: {', '.join(asked)}"
    if failure := lookup.failure_at(bundles, point.path):
        return f"its {failure.thing} is {failure.words}"
    part = lookup.part_of_chart(bundles, point.path)
    if part.startswith(TEMPLATES) and not lookup.is_read(bundles, point):
        return "the chart may render it with other values: give them with `--helm-values` or `--helm-set`"
    if re.fullmatch(VALUES, part):
        return "none is known to take a value from there: change it, and ask with `--since HEAD`"
    if question.line:
        return "name the line of its name or of one of its keys"
    return "name a manifest, a file of a generator, a template or a values file"


def read_by(read: lookup.ReferenceAt) -> str:
    """What a reference reads, as it is asked for."""
    keys = read.reference.keys
    key = f":{keys[0].value}" if len(keys) == 1 else ""
    return f"{read.reference.target.lower()}/{read.placed.as_written(read.reference.name.value)}{key}"


def tell_new_key(subjects: Iterable[Subject]) -> None:
    """Says of a key that no definition of an object has, and nothing else gives it, which one was probably meant."""
    for each in subjects:
        providers = [defined.definition.provider for defined in each.defined]
        keys = {key.name for provider in providers for key in provider.keys}
        if each.key != ALL and each.key not in keys and providers and not any(provider.open for provider in providers):
            near = nearest(each.key, keys)
            more = f"; did you mean `{near}`?" if near else ""
            tell("note", f"the {each.described} has no key `{each.key}`{more}")
            return


def not_there(question: Question, target: Target, bundles: Sequence[Bundle], options: Options) -> list[Subject]:
    """Raises FatalError about an object that is nowhere, with the name or the namespaces that were probably meant."""
    message = f"nothing defines or reads the {target} `{question.name}`"
    elsewhere = named(bundles, target, question.name, ALL, None) if options.namespace else []
    if namespaces := {d.definition.namespace for each in elsewhere for d in each.defined} - {None}:
        raise missing(f"{message} in the namespace `{options.namespace}`", options.namespace or "", namespaces)
    near = nearest(question.name, lookup.known_names(bundles, target))
    help_ = f"did you mean `{target.lower()}/{near}`?" if near else "`cmlint check --verbose` lists what is skipped"
    raise FatalError(message, help_)


def reported(
    manifests: Manifests,
    options: Options,
    subjects: Sequence[Subject],
    references: Iterable[ReferenceEntry] = (),
) -> Told:
    """The report about some subjects."""
    bundles = manifests.bundles
    ways = ways_of(options, manifests.config, bundles)
    found = impact([*bundles, *only_live(bundles)], subjects)
    skipped = [Skipped(each.path, each.message) for each in (*manifests.problems, *not_built(bundles))]
    return build(found, commands(found, ways), manifests.texts, references, skipped), manifests


def ways_of(options: OnClusters, config: Config, bundles: Sequence[Bundle]) -> CommandOptions:
    """What commands depend on."""
    version = settings_of(config).kubernetes_version
    if not bundles:
        return CommandOptions(version, Destinations(), "", options.namespace or "")
    first = bundles[0]
    return CommandOptions(version, first.destinations, first.options, options.namespace or first.home)


def since(request: Request, options: Options) -> Told:
    """What the changes since a commit do, or those that are staged."""
    from cmlint.cli.changes import Change, compare

    def report(change: Change) -> Told:
        return reported(change.manifests, options, change.subjects, change.references)

    return compare(request, options.since, report, staged=options.staged)


EXAMPLES = (
    ("impact configmap/web", "who reads a ConfigMap, and what makes a change of it arrive"),
    ("impact configmap/web:PORT --format commands", "the commands alone, for one key"),
    ("impact deploy/web.yaml:3", "what a change of this line does"),
    ("impact --since origin/main --format markdown", "what a branch changes, as a comment on its pull request"),
)

STATUSES = (
    ("0", "shown, whether or not anything reads it"),
    ("1", "an effect of `--fail-on`"),
    ("2", "no such object, a wrong line, or something could not be read"),
)

COMMAND = Command(
    name="impact",
    summary="Show who reads a ConfigMap or Secret, and what a change of it does.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
    statuses=STATUSES,
)
