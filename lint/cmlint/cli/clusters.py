"""What the commands that read clusters have in common: their options, the line of progress, and what is fatal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from cmlint.cli.parameters import Parameter
from cmlint.errors import FatalError

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
QPS = Parameter("qps", "text", "The most requests a second that the cluster is asked; 50 by default.", "N", CLUSTER)
METADATA_ONLY = Parameter(
    "metadata_only_secrets",
    "flag",
    "Never ask for the data of Secrets; then nothing is said about their keys.",
    panel=CLUSTER,
)

T = TypeVar("T")


def reach(job: Callable[[], T]) -> T:
    """Does something with clusters; raises FatalError where none can be reached."""
    from cmlint.sources.cluster.connect import NoClusterError

    try:
        return job()
    except NoClusterError as error:
        raise FatalError(str(error), error.help) from None
    finally:
        show("")


def number(option: str, text: str | None, default: float) -> float:
    """The number that an option gives; raises FatalError where it is none."""
    try:
        value = float(text) if text is not None else default
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise FatalError(f"`{option}` takes a number above 0, and not `{text}`", f"write it like `{option} 20`")
    return value


def show(what: str) -> None:
    """Shows on a terminal what is being read, in the place of what was shown before."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{f'reading {what}' if what else ''}")
        sys.stderr.flush()
