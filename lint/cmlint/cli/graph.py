"""`cmlint graph`: workloads, ConfigMaps and Secrets as a picture, and what is wrong between them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from shlex import quote

from cmlint.bundle.graph import build
from cmlint.bundle.live_workloads import only_live
from cmlint.cli import cluster, parameters
from cmlint.cli.env import SHORT, missing
from cmlint.cli.explain import TARGETS
from cmlint.cli.impact import ways_of
from cmlint.cli.inputs import (
    failed,
    require_objects,
    tell,
    tell_problems,
    tell_unbuilt,
    with_build_options,
)
from cmlint.cli.options import OnClusters
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.request import request_of, run_job
from cmlint.cli.terminal import write
from cmlint.config.config import Config
from cmlint.errors import FatalError
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report.graph import FITS, FORMATS, RENDERERS, model
from cmlint.report.graph.detail import DETAILS, around, coarsened, fitting, limited, troubled
from cmlint.report.graph.model import Detail, Report

SUFFIXES = {".mmd": "mermaid", ".md": "markdown", ".dot": "dot", ".gv": "dot", ".json": "json", ".html": "html"}
"""The formats by the endings of files."""

PICTURES = (".svg", ".png", ".pdf", ".jpg", ".webp", ".ps", ".gif")
"""The endings of pictures, which Graphviz makes."""

AUTO = "auto"
NAMESPACES = ("namespace", "namespaces", "ns")
DEPTH = 2


class Options(OnClusters, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    focus: str | None = None
    depth: str | None = None
    keys: bool = False
    no_keys: bool = False
    problems: bool = False
    detail: str = AUTO
    format: str | None = None
    output: str | None = None
    link_base: str | None = None


PARAMETERS = (
    parameters.PATHS,
    Parameter("focus", "text", "Show only the surroundings of one node.", "KIND/NAME[:KEY]"),
    Parameter("depth", "text", f"How many edges `--focus` follows; {DEPTH} by default.", "N"),
    Parameter("problems", "flag", "Show only objects that are missing or have findings, and what reads them."),
    Parameter("keys", "flag", "Draw keys, or fail if they do not fit."),
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
    *parameters.CACHE,
    *cluster.TO_SHOW,
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
    Parameter(
        "link_base",
        "text",
        "Where the working directory is on the web, such as `https://github.com/OWNER/NAME/blob/main`: places in "
        "`html` and `dot` become links.",
        "URL",
        parameters.OUTPUT,
    ),
)


def run(options: Options) -> int:
    """Draws, and gives the exit status."""
    output = None if options.output == "-" else options.output
    form = form_of(options, output)
    depth, details, base = depth_of(options), details_of(options), link_base_of(options, form)
    if form == "html" and output is None and sys.stdout.isatty():
        raise FatalError("HTML cannot be shown in a terminal", "use `--output graph.html`, and open that file")
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    result, config = checked(options, paths)
    if failed(result.problems) and not any(bundle.placed for bundle in result.bundles):
        return 2
    whole = model.build(
        build([*result.bundles, *only_live(result.bundles)]),
        result.outcome.findings,
        result.texts,
        ways_of(options, config, result.bundles),
    )
    part = asked(whole, options, depth)
    if not part.nodes and any(bundle.placed for bundle in result.bundles):
        why = "nothing in these files has a problem" if whole.nodes else "no workload, ConfigMap or Secret found"
        tell("warning", f"nothing to draw: {why}")
    write(RENDERERS[form](fitted(part, form, details), base), output)
    return 2 if failed(result.problems) else 0


def checked(options: Options, paths: Sequence[str]) -> tuple[Result, Config]:
    """What a check of paths gives, with its configuration; what could not be read is reported at once."""
    request, _ = request_of(options, paths, lambda config: with_build_options(config, options), context=False)
    result = run_job(check, request, options)
    tell_problems(result.problems)
    tell_unbuilt(result.bundles)
    if not failed(result.problems):
        for note in require_objects(paths, result.bundles, result.texts):
            tell("warning", note)
    return result, request.config


def form_of(options: Options, output: str | None) -> str:
    """The format: the one that is asked for, else that of the file's ending; Mermaid in a Markdown file is fenced."""
    ending = os.path.splitext(output or "")[1].lower()
    promised = SUFFIXES.get(ending)
    form = options.format or promised or FORMATS[0]
    if ending in PICTURES:
        help_ = f"`cmlint graph --format dot | dot -T{ending[1:]} > {output}` lets Graphviz draw it"
        raise FatalError(f"{output}: cmlint writes no `{ending}` files", help_)
    if output and not promised and not options.format:
        tell("note", f"{output}: written as {form}; `--format` chooses another format")
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
        here = {node.id for node in found.nodes if node.namespace in (options.namespace, None)}
        here -= {node.id for node in found.nodes if node.type == "bundle"}
        namespaces = {node.namespace for node in found.nodes} - {None}
        if not here or (namespaces and options.namespace not in namespaces):
            raise missing(f"nothing is in the namespace `{options.namespace}`", options.namespace, namespaces)
        found = limited(found, here)
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
    kind, slash, own = head.lower().partition("/")
    if own and kind in NAMESPACES:
        raise FatalError("`--focus` is for what is in a namespace", f"`-n {quote(own)}` shows a complete namespace")
    kind = TARGETS.get(kind, SHORT.get(kind, kind)).lower()
    name = f"{kind}{slash}{own}{colon}{key}"
    if name not in names:  # helm itself calls a release that has no name `release-name`
        name = re.sub(r"\brelease-name\b", "release", name.partition(":")[0]) + f"{colon}{key}"
    if name not in names:
        raise missing(f"nothing in the graph is called `{wanted}`", name, names)
    return names[name]


def details_of(options: Options) -> Sequence[Detail]:
    """The details that a line allows, the finest first; raises FatalError where it contradicts itself."""
    if options.keys and options.no_keys:
        raise FatalError("`--keys` and `--no-keys` contradict each other", "leave out one of them")
    chosen: Detail | None = next((detail for detail in DETAILS if detail == options.detail), None)
    if (options.keys and chosen not in (None, "key")) or (options.no_keys and chosen == "key"):
        option = "--keys" if options.keys else "--no-keys"
        raise FatalError(f"`{option}` and `--detail {chosen}` contradict each other", "leave out one of them")
    if chosen:
        return DETAILS[DETAILS.index(chosen) :][:1]
    return DETAILS[:1] if options.keys else DETAILS[1:] if options.no_keys else DETAILS


def link_base_of(options: Options, form: str) -> str:
    """What comes before paths in links; raises FatalError for anything but the address of a web page."""
    base = options.link_base
    if base is None:
        return ""
    if form not in LINKED:
        raise FatalError(f"{form} has no links", "`--link-base` is for `--format html` and `--format dot`")
    if not re.fullmatch(r"https?://[!-~]+", base):
        raise FatalError(f"`--link-base` must be an address that begins with `https://`, not `{base}`", EXAMPLE_BASE)
    return base.rstrip("/")


LINKED = ("html", "dot")
"""The formats with links."""

EXAMPLE_BASE = "write it like `--link-base https://github.com/OWNER/NAME/blob/main`"


def fitted(report: Report, form: str, details: Sequence[Detail]) -> Report:
    """The graph in the finest detail that its format can show; Graphviz takes one that is asked for, however long."""
    if len(details) == 1 and form == "dot":
        return coarsened(report, details[0])
    fits = FITS.get("mermaid" if form == "markdown" else form, lambda _: True)
    found = fitting(report, details, fits)
    if found is None:
        raise FatalError(
            f"the graph is too large for {form} by {details[-1]}",
            "show a part of it with `--focus KIND/NAME` or `-n NAMESPACE`",
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
