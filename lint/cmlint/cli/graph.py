"""`cmlint graph`: workloads, ConfigMaps and Secrets as a picture, and what is wrong between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cmlint.bundle.graph import build
from cmlint.bundle.live_workloads import only_live
from cmlint.cli import cluster, parameters
from cmlint.cli.env import missing
from cmlint.cli.impact import ways_of
from cmlint.cli.inputs import (
    failed,
    require_objects,
    settle_builds,
    tell,
    tell_problems,
)
from cmlint.cli.options import OnClusters
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.request import request_of, with_progress
from cmlint.cli.terminal import write
from cmlint.config.config import Config
from cmlint.errors import FatalError
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result, not_built
from cmlint.report.graph import FITS, FORMATS, RENDERERS, model
from cmlint.report.graph.detail import DETAILS, around, coarsened, fitting, limited, troubled
from cmlint.report.graph.model import Detail, Report

SUFFIXES = {".mmd": "mermaid", ".md": "markdown", ".dot": "dot", ".gv": "dot", ".json": "json", ".html": "html"}
"""The formats by the endings of files."""

AUTO = "auto"
DEPTH = 2


class Options(OnClusters, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    focus: str | None = None
    depth: str | None = None
    no_keys: bool = False
    problems: bool = False
    detail: str = AUTO
    format: str | None = None
    output: str | None = None


PARAMETERS = (
    parameters.PATHS,
    Parameter("focus", "text", "Show only the surroundings of one node.", "KIND/NAME[:KEY]"),
    Parameter("depth", "text", f"How many edges `--focus` follows; {DEPTH} by default.", "N"),
    Parameter("problems", "flag", "Show only objects that are missing or have findings, and what reads them."),
    Parameter("no_keys", "flag", "Leave out keys."),
    Parameter(
        "detail",
        "choice",
        "The level of detail: `auto` (default: the finest that fits), `namespace`, `workload`, `container` or `key`.",
        "DETAIL",
        choices=(AUTO, *reversed(DETAILS)),
    ),
    *parameters.CONFIGURATION,
    *parameters.BUILDS,
    *parameters.CHARTS,
    *cluster.TO_STAND_ON,
    Parameter(
        field="format",
        kind="choice",
        help="The output format: `mermaid` (default), `dot`, `json` or `html`; "
        "the ending of `--output` also chooses it.",
        metavar="FORMAT",
        panel=parameters.OUTPUT,
        choices=FORMATS,
    ),
    Parameter("output", "text", "The file to write to; by default standard output.", "FILE", parameters.OUTPUT),
)


def run(options: Options) -> int:
    """Draws, and gives the exit status."""
    output = None if options.output == "-" else options.output
    form = form_of(options, output)
    depth = depth_of(options)
    if form == "html" and output is None and sys.stdout.isatty():
        raise FatalError("HTML cannot be shown in a terminal", "use `--output graph.html`, and open that file")
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    result, config = checked(options, paths)
    whole = model.build(
        build([*result.bundles, *only_live(result.bundles)]),
        result.outcome.findings,
        result.texts,
        ways_of(options, config, result.bundles),
    )
    part = asked(whole, options, depth)
    write(RENDERERS[form](fitted(part, form, options)), output)
    return 2 if failed(result.problems) else 0


def checked(options: Options, paths: Sequence[str]) -> tuple[Result, Config]:
    """What a check of paths gives, with its configuration; what could not be read is reported at once."""
    request, _ = request_of(options, paths, lambda config: settle_builds(config, options), context=False)
    result = with_progress(check, request)
    tell_problems([*result.problems, *not_built(result.bundles)])
    if not failed(result.problems):
        for note in require_objects(paths, result.bundles):
            tell("warning", note)
    return result, request.config


def form_of(options: Options, output: str | None) -> str:
    """The format: the one that is asked for, else that of the file's ending; Mermaid in a Markdown file is fenced."""
    promised = SUFFIXES.get(os.path.splitext(output or "")[1].lower())
    form = options.format or promised or FORMATS[0]
    return "markdown" if form == "mermaid" and promised == "markdown" else form


def depth_of(options: Options) -> int:
    """The number of edges that `--focus` follows; raises FatalError where that is not a number."""
    text = options.depth
    if text is not None and options.focus is None:
        raise FatalError("`--depth` says how far `--focus` goes", "add `--focus KIND/NAME`")
    if text is not None and not (text.isdecimal() and len(text) < 4):
        raise FatalError(f"`--depth` must be a number, not `{text}`", "write it like `--depth 2`")
    return int(text) if text is not None else DEPTH


def asked(whole: Report, options: Options, depth: int) -> Report:
    """The part of the graph that a line asks for."""
    found = whole
    if options.namespace:
        namespaces = {node.namespace for node in found.nodes if node.type == "namespace"}
        if options.namespace not in namespaces:
            raise missing(f"nothing is in the namespace `{options.namespace}`", options.namespace, namespaces)
        found = limited(found, {node.id for node in found.nodes if node.namespace == options.namespace})
    if options.focus:
        found = around(found, focused(found, options.focus), depth)
    return troubled(found) if options.problems else found


def focused(report: Report, wanted: str) -> list[str]:
    """The nodes that `KIND/NAME[:KEY]` means; raises FatalError where there are none."""
    nodes = {node.id: node for node in report.nodes}
    names: dict[str, list[str]] = {}
    for node in report.nodes:
        if node.type in ("workload", "object", "source"):
            names.setdefault(f"{node.kind}/{node.name}".lower(), []).append(node.id)
        elif node.type == "key" and node.parent:
            owner = nodes[node.parent]
            names.setdefault(f"{owner.kind}/{owner.name}".lower() + f":{node.name}", []).append(node.id)
    head, colon, key = wanted.partition(":")
    name = f"{head.lower()}{colon}{key}"
    if name not in names:
        raise missing(f"nothing in the graph is called `{wanted}`", name, names)
    return names[name]


def fitted(report: Report, form: str, options: Options) -> Report:
    """The graph in the detail that is asked for, or in the finest one that its format can show."""
    details = DETAILS[1:] if options.no_keys else DETAILS
    if options.detail != AUTO:
        wanted: Detail = next(detail for detail in DETAILS if detail == options.detail)
        return coarsened(report, wanted)
    fits = FITS.get("mermaid" if form == "markdown" else form, lambda _: True)
    found = fitting(report, details, fits)
    if found is None:
        raise FatalError(
            f"the graph is too large for {form}", "show a part of it with `--focus KIND/NAME` or `-n NAMESPACE`"
        )
    if found.summary.detail != details[0]:
        tell(
            "note",
            f"drawn by {found.summary.detail}, because more detail does not fit; use `--focus` or `-n` to show a part",
        )
    return found


EXAMPLES = (
    ("graph deploy/ --output graph.html", "an interactive page, with the problems first"),
    ("graph --focus configmap/web", "the surroundings of one ConfigMap, as Mermaid"),
    ("graph --problems --output problems.md", "what is wrong, as a diagram in Markdown"),
    ("graph --format dot | dot -Tsvg > graph.svg", "drawn by Graphviz"),
)

COMMAND = Command(
    name="graph",
    summary="Draw workloads, ConfigMaps, Secrets, and what reads what.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
