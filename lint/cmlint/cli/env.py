"""`cmlint env`: what each container's environment will really be."""

from __future__ import annotations

from collections.abc import Iterable

from cmlint.bundle.workloads import Workload, workloads
from cmlint.cli import parameters
from cmlint.cli.inputs import (
    failed,
    require_objects,
    tell,
    tell_problems,
    tell_unbuilt,
    with_build_options,
)
from cmlint.cli.options import Building
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.request import request_of, run_job
from cmlint.cli.terminal import show, view_of, write
from cmlint.errors import FatalError
from cmlint.kube.near import nearest
from cmlint.pipeline.read import Manifests, read
from cmlint.pipeline.result import too_large
from cmlint.report import environments, reads

SHORT = {
    "cj": "cronjob",
    "deploy": "deployment",
    "ds": "daemonset",
    "po": "pod",
    "rc": "replicationcontroller",
    "rs": "replicaset",
    "sts": "statefulset",
}
"""kubectl's short names of kinds."""

MOST = 10
"""The most names that an error lists."""


class Options(Building, frozen=True):
    """What the line says."""

    paths: tuple[str, ...] = ()
    workload: str | None = None
    namespace: str | None = None
    services: bool = False
    reads: bool = False
    format: str = "text"
    no_context: bool = False
    color: str = "auto"


PARAMETERS = (
    parameters.PATHS,
    Parameter("workload", "text", "Only workloads of this name.", "[KIND/]NAME", short="-w"),
    Parameter("namespace", "text", "Only workloads in this namespace.", "NAME", short="-n"),
    Parameter("services", "flag", "List the variables that Kubernetes makes for Services, instead of their number."),
    Parameter("reads", "flag", "Show what the programs read, as far as their source is in these files."),
    parameters.FORMAT,
    *(
        each._replace(panel="")
        for each in (
            *parameters.CONFIGURATION,
            parameters.NO_CONTEXT,
            *parameters.BUILDS,
            *parameters.CHARTS,
            *parameters.CACHE,
        )
    ),
    parameters.COLOR._replace(panel=""),
)


def run(options: Options) -> int:
    """Shows the environments and gives the exit status."""
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    request, _ = request_of(
        options, paths, lambda config: with_build_options(config, options), context=not options.no_context
    )
    manifests = run_job(read, request, options)
    problems, bundles = manifests.problems, manifests.bundles
    tell_problems(problems)
    if not failed(problems):
        for note in require_objects(paths, bundles, manifests.texts):
            tell("warning", note)
    try:
        found = chosen([each for each in workloads(bundles) if is_named(each, manifests)], options)
    except FatalError:
        tell_unbuilt(bundles)  # What is not there may be in it.
        raise
    everything = not found or not (options.workload or options.namespace or manifests.named)
    tell_unbuilt(bundles, None if everything else {path for each in found for path in each.paths})
    if not found and not failed(problems):
        tell("warning", "no workload found in these files")
    as_json = options.format == "json"
    view = view_of(options.color, services=options.services)
    report = reads if options.reads else environments
    shown = report.render_json(found) if as_json else report.render_text(found, view)
    if found and not shown:
        tell("warning", "nothing is known of the environments in these files")
    large = too_large(bundles, manifests.texts)
    tell_problems(each for each in large if not manifests.named or each.path in manifests.named)
    (write if as_json else show)(shown)
    return 2 if failed(problems) else 0


def is_named(workload: Workload, manifests: Manifests) -> bool:
    """Whether a workload is written in a file that is named, where only such files are shown."""
    return not manifests.named or workload.paths[1] in manifests.named


def chosen(found: list[Workload], options: Options) -> list[Workload]:
    """The workloads that the line asks for; raises FatalError when there are none."""
    here = [each for each in found if options.namespace in (None, each.placed.namespace)]
    if options.namespace is not None and not here:
        namespaces = {each.placed.namespace for each in found} - {None}
        raise missing(f"no workload found in the namespace `{options.namespace}`", options.namespace, namespaces)
    if options.workload is None:
        return here
    kind, slash, name = options.workload.rpartition("/")
    kind = SHORT.get(kind.lower(), kind.lower())
    called = (each for each in here if name in (each.name, each.shown))
    named = [each for each in called if not kind or kind.removesuffix("s") == each.kind.lower()]
    if not named:
        names = {f"{each.kind.lower() if slash else ''}{slash}{each.shown}" for each in here if each.name}
        raise missing(f"no workload found with the name `{options.workload}`", f"{kind}{slash}{name}", names)
    return named


def missing(message: str, wanted: str, known: Iterable[str | None]) -> FatalError:
    """The error about something that is not there, with what there is: a near name, or the same one of another kind."""
    names = sorted(name for name in known if name)
    kind, _, own = wanted.rpartition("/")
    alike = [name for name in names if name.rpartition("/")[0] == kind and (":" in name) == (":" in wanted)]
    same = [f"`{name}`" for name in names if name.rpartition("/")[2] == own][:MOST]
    if near := nearest(wanted, alike) or nearest(wanted, names):
        return FatalError(message, f"did you mean `{near}`?")
    if same:
        return FatalError(message, f"did you mean {' or '.join(same)}?")
    listed = ", ".join(f"`{name}`" for name in names[:MOST]) + (", ..." if len(names) > MOST else "")
    return FatalError(message, f"there are {listed}" if names else "there are none")


EXAMPLES = (
    ("env --workload deployment/web", "what the containers of one workload will have in their environment"),
    ("env deploy/ --namespace shop", "everything of one namespace"),
    ("env charts/shop --helm-set replicas=2 --release shop", "of a chart that is installed with this value"),
    ("env --reads", "what each program reads, what it is given, and what does not fit"),
    ("env - --format json < rendered.yaml", "from standard input, for a machine"),
)

COMMAND = Command(
    name="env",
    summary="Show what each container's environment will really be.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
