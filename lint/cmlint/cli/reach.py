"""How commands reach clusters: what their lines ask for, the line of progress, and what is fatal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cmlint.cli.inputs import tell
from cmlint.errors import FatalError
from cmlint.progress import PROGRESS, doing

if TYPE_CHECKING:
    from cmlint.sources.cluster.begin import Wanted
    from cmlint.sources.request import Clusters

T = TypeVar("T")


def reach(job: Callable[[], T]) -> T:
    """Does something with clusters alone, and tells on a terminal how far it is."""
    with PROGRESS:
        return reached(job)


def reached(job: Callable[[], T]) -> T:
    """What comes of something with clusters; raises FatalError where none can be reached."""
    from cmlint.sources.cluster.connect import NoClusterError

    try:
        return job()
    except NoClusterError as error:
        raise FatalError(str(error), error.help) from None


def read(what: str) -> None:
    """Says on a terminal what is being read."""
    doing(f"reading {what}")


def number(option: str, text: str | None, default: float) -> float:
    """The number that an option gives; raises FatalError where it is none."""
    try:
        value = float(text) if text is not None else default
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise FatalError(f"`{option}` takes a number above 0, and not `{text}`", f"write it like `{option} 20`")
    return value


def look_of(options: Any) -> Clusters | None:
    """How manifests are given a cluster or a snapshot to stand on, where the line says so."""
    if not options.live and not options.against:
        needs = [name for name in ("context", "kubeconfig", "metadata_only_secrets") if getattr(options, name)]
        if needs:
            flag = f"--{needs[0].replace('_', '-')}"
            raise FatalError(f"`{flag}` is about a cluster, and none is to be read", "add `--live`")
        return None
    from cmlint.live import Ground, written
    from cmlint.sources.cluster.begin import Wanted
    from cmlint.sources.snapshot import BadSnapshotError

    namespaces = (options.namespace,) if options.namespace else ()
    qps, secrets = number("--qps", options.qps, 100), options.metadata_only_secrets
    contexts = (options.context,) if options.context else ()
    wanted = Wanted(contexts, options.kubeconfig, namespaces, qps=qps, metadata_only_secrets=secrets)
    max_age = number("--max-age", options.max_age, 7)
    try:
        snapshots = list(written(options.against, max_age, lambda message: tell("warning", message)))
    except BadSnapshotError as error:
        raise FatalError(str(error), "`cmlint snapshot --output FILE` writes one") from None
    ground = Ground(wanted if options.live else None, snapshots, options.namespace, read)
    return lambda *run: reached(lambda: ground.look(*run))


def wanted_of(options: Any) -> Wanted:
    """Which clusters a line says are to be read, and how much of them."""
    from cmlint.sources.cluster.begin import Wanted

    if options.namespace and options.all_namespaces:
        raise FatalError("`--namespace` and `--all-namespaces` exclude each other", "give one of them")
    return Wanted(
        options.context,
        options.kubeconfig,
        options.namespace,
        options.all_namespaces,
        number("--qps", options.qps, 100),
        options.metadata_only_secrets,
        getattr(options, "custom_resources", False),
    )
