"""Commands and clusters: the options that reach one, the line of progress, and what is fatal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cmlint.cli.inputs import tell
from cmlint.cli.parameters import Parameter
from cmlint.errors import FatalError
from cmlint.system.progress import Progress

if TYPE_CHECKING:
    from cmlint.clusters import Ground
    from cmlint.sources.cluster.begin import Wanted
    from cmlint.sources.request import Clusters

T = TypeVar("T")

CLUSTER = "Cluster"

CONTEXT = Parameter("context", "text", "The context of the kubeconfig; by default the current one.", "NAME", CLUSTER)
CONTEXTS = CONTEXT._replace(kind="list", help="A context of the kubeconfig, may be given several times.")
KUBECONFIG = Parameter(
    "kubeconfig", "text", "The kubeconfig; by default as kubectl finds it, or the account of the pod.", "FILE", CLUSTER
)
NAMESPACE = Parameter(
    "namespace",
    "text",
    "The namespace of objects that name none; by default the context's.",
    "NAME",
    CLUSTER,
    short="-n",
)
NAMESPACES = Parameter(
    "namespace",
    "list",
    "A namespace, may be given several times; by default the context's.",
    "NAME",
    CLUSTER,
    short="-n",
)
ALL_NAMESPACES = Parameter("all_namespaces", "flag", "Read all namespaces.", panel=CLUSTER, short="-A")
QPS = Parameter("qps", "text", "Maximum requests per second to the cluster (default: 100).", "N", CLUSTER)
TIMEOUT = Parameter(
    "timeout", "text", "Seconds to wait for each answer of the cluster (default: 30).", "SECONDS", CLUSTER
)
AS = (
    Parameter("as_user", "text", "The user to impersonate.", "NAME", CLUSTER, long="--as"),
    Parameter("as_group", "list", "A group to impersonate, may be given several times.", "NAME", CLUSTER),
)
METADATA_ONLY = Parameter(
    "metadata_only_secrets",
    "flag",
    "Never read the data of Secrets; their keys are then not checked.",
    panel=CLUSTER,
)

TO_RESOLVE_AGAINST = (
    Parameter("live", "flag", "Look up objects that the manifests do not define in the cluster.", panel=CLUSTER),
    CONTEXT,
    KUBECONFIG,
    NAMESPACE,
    QPS,
    TIMEOUT,
    *AS,
    METADATA_ONLY,
    Parameter(
        "against",
        "list",
        "Look up objects that the manifests do not define in a snapshot (repeatable).",
        "FILE",
        CLUSTER,
    ),
    Parameter(
        "max_age",
        "text",
        "Warn about a snapshot that is older than this number of days; 7 by default.",
        "DAYS",
        CLUSTER,
    ),
)
"""What `check` takes, to let manifests resolve against a cluster or a snapshot."""

PART = "Show only this namespace; what names none counts as in it. By default all."
TO_SHOW = tuple(each._replace(help=PART) if each is NAMESPACE else each for each in TO_RESOLVE_AGAINST)
"""What `impact` and `graph` take: their namespace is also the part that they show."""

LIVE_ONLY = (CONTEXT, KUBECONFIG, METADATA_ONLY, TIMEOUT, *AS)
"""What means nothing where no cluster is read."""

TO_READ = (NAMESPACES, ALL_NAMESPACES, CONTEXTS, KUBECONFIG, QPS, TIMEOUT, *AS, METADATA_ONLY)
"""What the commands take that read clusters alone."""


def reach(job: Callable[[Progress], T]) -> T:
    """Does something with clusters alone, and shows its progress on a terminal."""
    with Progress() as progress:
        return reached(lambda: job(progress))


def reached(job: Callable[[], T]) -> T:
    """What comes of something with clusters; raises FatalError where none can be reached."""
    from cmlint.sources.cluster.connect import NoClusterError

    try:
        return job()
    except NoClusterError as error:
        raise FatalError(str(error), error.help) from None


def number(option: str, text: str | None, default: float) -> float:
    """The number that an option gives; raises FatalError where it is none."""
    try:
        value = float(text) if text is not None else default
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise FatalError(f"`{option}` takes a number above 0, and not `{text}`", f"write it like `{option} 20`")
    return value


def look_of(options: Any, progress: Progress) -> Clusters | None:
    """How manifests are given a cluster or a snapshot to resolve against, where the line says so."""
    if options.max_age and not options.against:
        raise FatalError("`--max-age` needs `--against`", "add `--against FILE`")
    if not options.live and not options.against:
        needs = [each for each in LIVE_ONLY if getattr(options, each.field)]
        if needs:
            flag = needs[0].flags[0]
            raise FatalError(f"`{flag}` needs `--live`", "add `--live`")
        return None
    ground = ground_of(options, progress)
    return lambda *run: reached(lambda: ground.look(*run))


def ground_of(options: Any, progress: Progress) -> Ground:
    """The cluster and the snapshots that a line names; raises FatalError for a snapshot that is none."""
    from cmlint.clusters import Ground, written
    from cmlint.sources.cluster.begin import Wanted
    from cmlint.sources.snapshot import BadSnapshotError

    wanted = Wanted(
        contexts=(options.context,) if options.context else (),
        namespaces=(options.namespace,) if options.namespace else (),
        **common(options),
    )
    max_age = number("--max-age", options.max_age, 7)
    try:
        snapshots = list(written(options.against, max_age, lambda message: tell("warning", message)))
    except BadSnapshotError as error:
        raise FatalError(str(error), "`cmlint snapshot --output FILE` writes one") from None
    return Ground(wanted if options.live else None, snapshots, options.namespace, progress.reading)


def wanted_of(options: Any) -> Wanted:
    """Which clusters a line says are to be read, and how much of them."""
    from cmlint.sources.cluster.begin import Wanted

    if options.namespace and options.all_namespaces:
        raise FatalError("`--namespace` and `--all-namespaces` exclude each other", "give one of them")
    return Wanted(
        contexts=tuple(dict.fromkeys(options.context)),
        namespaces=options.namespace,
        all_namespaces=options.all_namespaces,
        custom_resources=getattr(options, "custom_resources", False),
        **common(options),
    )


def common(options: Any) -> dict[str, Any]:
    """What all commands say of how to reach clusters."""
    return {
        "kubeconfig": options.kubeconfig,
        "qps": number("--qps", options.qps, 100),
        "timeout": number("--timeout", options.timeout, 30),
        "user": options.as_user,
        "groups": options.as_group,
        "metadata_only_secrets": options.metadata_only_secrets,
    }
