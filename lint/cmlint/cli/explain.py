"""`cmlint explain`: what is at a place or behind a name, what it resolves to, and why."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from cmlint.bundle import lookup as pointing
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition
from cmlint.bundle.endings import confirmed, end_of
from cmlint.bundle.explanation import explain
from cmlint.bundle.image_explanation import ImageSettings, known_of
from cmlint.bundle.lookup import Point, ReferenceAt, Used
from cmlint.cli import cluster, parameters
from cmlint.cli.inputs import failed, tell_problems, with_build_options
from cmlint.cli.options import OnClusters
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.request import request_of, run_job
from cmlint.cli.terminal import show, view_of, write
from cmlint.config.layers import Layers
from cmlint.config.selection import settings_of
from cmlint.errors import FatalError
from cmlint.kube.near import nearest
from cmlint.model.facts import Target
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report.explanations import Defined, Explained, ExplainReport, Teller, render_json, render_text
from cmlint.system.files import is_within, real_path, root_of, shown

PLACE = re.compile(r"(.+?):(\d{1,9})(?::(\d{1,9}))?\Z")


TARGETS: dict[str, Target] = {
    **dict.fromkeys(("configmap", "configmaps", "cm"), "ConfigMap"),
    **dict.fromkeys(("secret", "secrets"), "Secret"),
}
"""What a name may be of, as kubectl takes it."""


class Options(OnClusters, frozen=True):
    """What the line says."""

    target: str = ""
    within: tuple[str, ...] = ()
    format: str = "text"
    color: str = "auto"


PARAMETERS = (
    Parameter(
        "target",
        "text",
        "A place, `FILE:LINE` or `FILE:LINE:COLUMN`, or a name, `configmap/NAME` or `secret/NAME`.",
        "PLACE_OR_NAME",
        positional=True,
    ),
    Parameter(
        "within", "list", "The files and folders to read; by default the working directory.", "PATH", parameters.INPUT
    ),
    *parameters.CONFIGURATION,
    *parameters.BUILDS,
    *parameters.CHARTS,
    *parameters.CACHE,
    *cluster.TO_RESOLVE_AGAINST,
    parameters.FORMAT._replace(panel=parameters.OUTPUT),
    parameters.COLOR,
)


def run(options: Options) -> int:
    """Explains, and gives the exit status."""
    place = PLACE.match(options.target)
    kind, slash, name = options.target.partition("/")
    target = TARGETS.get(kind.lower()) if slash and name else None
    if not place and not target:
        raise FatalError(
            f"`{options.target}` is neither a location nor a name" if options.target else "nothing to explain",
            "write `FILE:LINE`, `FILE:LINE:COLUMN`, `configmap/NAME` or `secret/NAME`",
        )
    by_name = target if target and not (place and os.path.exists(place[1])) else None
    result, layers = checked(options, options.within or ((".",) if by_name or not place else paths_for(place[1])))
    if by_name:
        found = at_name(by_name, name, options.target, result)
    else:
        assert place
        found = at_place(place, options.target, result, layers)
    as_json = options.format == "json"
    (write if as_json else show)(render_json(found) if as_json else render_text(found, view_of(options.color)))
    return 2 if failed(result.problems) else 0


def paths_for(file: str) -> tuple[str, ...]:
    """What to read for a file: the working directory, or the repository of a file in another one.

    Raises FatalError for a file that does not exist.
    """
    if not os.path.isfile(file):
        raise FatalError(f"{file}: not found", "name a file that `cmlint check` reads")
    root, here = root_of(os.path.dirname(file) or "."), real_path(os.curdir)
    if is_within(real_path(file), here) and not (is_within(root, here) and os.path.lexists(os.path.join(root, ".git"))):
        return (".",)
    return (root if os.path.isabs(file) else os.path.relpath(root),)


def checked(options: Options, paths: Sequence[str]) -> tuple[Result, Layers]:
    """What a check of paths gives, with the configurations; what could not be read is reported at once."""
    request, _ = request_of(options, paths, lambda config: with_build_options(config, options), context=False)
    result = run_job(check, request, options)
    tell_problems(result.problems)
    assert request.layers
    return result, request.layers


def at_place(place: re.Match[str], target: str, result: Result, layers: Layers) -> ExplainReport:
    """What is at a place; without a column, or where nothing is there, on its line.

    A line that only opens a block, like `configMapRef:`, goes on with the next one.
    """
    path, line = path_read(place[1], result), int(place[2])
    text = result.texts.get(path)
    if not 0 < line <= len(text.starts):
        raise FatalError(f"{path} has no line {line}", f"its last line is {len(text.starts)}")
    last = line
    while last < len(text.starts) and text.line(last).rstrip().endswith(":"):
        last += 1
    start, end = text.starts[line - 1], text.starts[last - 1] + len(text.line(last))
    points = [Point(path, start, end)]
    if place[3]:
        offset = min(start + max(int(place[3]) - 1, 0), end)
        points.insert(0, Point(path, offset, offset))
    for point in points:
        references = pointing.references_at(result.bundles, point)
        definitions = pointing.definitions_at(result.bundles, point)
        named = {(each.provider.target, each.provider.name.value): each.provider for each in definitions}
        for provider in named.values():
            references += pointing.references_to(result.bundles, provider.target, provider.name.value)
        images = pointing.images_at(result.bundles, point, "\n".join(map(text.line, range(line, last + 1))))
        if references or definitions or images:
            return shown_of(target, references, definitions, result, [(each, ways_of(each, layers)) for each in images])
    return ExplainReport(target, [], [], note=nothing_at(points[-1], result.bundles))


def path_read(name: str, result: Result) -> str:
    """The path under which a file was read, however it is named; raises FatalError where it was not."""
    read = {
        path for bundle, known in texts_of(result) for path in (known, *(bundle.built.paths() if bundle.built else ()))
    }
    wanted = real_path(name)
    found = shown(name) if shown(name) in read else next((path for path in read if real_path(path) == wanted), None)
    if found is None:
        raise not_read(shown(name), result)
    return found


def not_read(path: str, result: Result) -> FatalError:
    """The error about a file of which nothing was read: only a build that fails uses it, or it is skipped."""
    if failure := pointing.failure_at(result.bundles, path):
        user = "" if failure.path == path else f" {failure.path}, which uses it,"
        return FatalError(f"{path}: not checked: the {failure.thing}{user} is {failure.words}", "fix that first")
    return FatalError(f"{path}: not among the files that were read", "`cmlint check --verbose` lists what is skipped")


def texts_of(result: Result) -> Iterable[tuple[Bundle, str]]:
    """The paths of all texts that were read, with their bundles."""
    for bundle in result.bundles:
        yield from ((bundle, path) for path, _ in bundle.files)
        yield from ((bundle, placed.path) for placed in bundle.commands)


def nothing_at(point: Point, bundles: Sequence[Bundle]) -> str:
    """What is at a point where nothing is named or defined."""
    if aside := pointing.aside_at(bundles, point):
        read, why = aside[0]
        return f"{read.reference.described} is not checked: {why}"
    if why := pointing.skipped_at(bundles, point):
        failure = pointing.failure_at(bundles, point.path)
        return (
            f"this part of {point.path} is not checked: {f'the {failure.thing} is {failure.words}' if failure else why}"
        )
    document = pointing.document_at(bundles, point)
    where = f"; it is a part of the {document.described}" if document else ""
    nothing = "has no deployed image, ConfigMap or Secret"
    return f"this line of {point.path} {nothing}{where}"


def at_name(target: Target, name: str, written: str, result: Result) -> ExplainReport:
    """What has a name, and what reads it; raises FatalError for a name that is nowhere."""
    references = pointing.references_to(result.bundles, target, name)
    definitions = pointing.definitions_of(result.bundles, target, name)
    if not references and not definitions:
        near = nearest(name, pointing.known_names(result.bundles, target))
        kind = target.lower()
        raise FatalError(
            f"nothing defines or reads the {target} `{name}`",
            f"did you mean `{kind}/{near}`?" if near else "`cmlint check --verbose` lists what is skipped",
        )
    return shown_of(written, references, definitions, result)


def ways_of(used: Used, layers: Layers) -> ImageSettings:
    """What the configuration of its folder says about an image."""
    settings = settings_of(layers.at(used.placed.written(used.placed.document.head)[0]))
    always, mutable, pinned = settings.assume_always_pull, settings.mutable_tags, settings.pinned_tags
    return ImageSettings(settings.kubernetes_version, always, mutable, pinned)


def shown_of(
    target: str,
    references: Iterable[ReferenceAt],
    definitions: Iterable[Definition],
    result: Result,
    images: Iterable[tuple[Used, ImageSettings]] = (),
) -> ExplainReport:
    """References, definitions and images with all that is known of them, each place once."""
    outcome = result.outcome
    findings = [*((f, False) for f in outcome.findings), *((f, True) for f in outcome.suppressed)]
    plain = {path for bundle, path in texts_of(result) if not bundle.built}
    teller = Teller(result.texts, findings, plain)
    explained: dict[Explained, None] = {}
    for bundle, placed, reference in references:
        said = teller.said_of(placed, pointing.words_of(reference))
        end = confirmed(end_of(bundle.resolver, reference, placed), spoken=bool(said))
        explained[teller.explained(explain(bundle, reference, placed, end), said)] = None
    defined: dict[Defined, None] = dict.fromkeys(map(teller.defined, definitions))
    known = (known_of(each.use, each.placed, each.bundle, ways) for each, ways in images)
    pictured = dict.fromkeys(map(teller.pictured, known))
    return ExplainReport(target, list(explained), list(defined), list(pictured))


EXAMPLES = (
    ("explain deploy/web.yaml:12", "why the reference on a line is reported or not"),
    ("explain deploy/web.yaml:12:36 --format json", "the reference at a column, as JSON"),
    ("explain deploy/web.yaml:9", "at an image, what pushes or loads it, and what makes a new push arrive"),
    ("explain configmap/web", "what defines a ConfigMap, and what reads it"),
)

COMMAND = Command(
    name="explain",
    summary="Explain what a reference or an image is, and why it is reported or not.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
