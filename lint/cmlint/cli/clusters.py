"""What a line may say about clusters: the options of the commands that read one."""

from __future__ import annotations

from cmlint.cli.parameters import Parameter

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
QPS = Parameter("qps", "text", "The most requests a second that the cluster is asked; 100 by default.", "N", CLUSTER)
METADATA_ONLY = Parameter(
    "metadata_only_secrets",
    "flag",
    "Never ask for the data of Secrets; then nothing is said about their keys.",
    panel=CLUSTER,
)

TO_STAND_ON = (
    Parameter("live", "flag", "Look into the cluster for what the manifests do not define.", panel=CLUSTER),
    CONTEXT,
    KUBECONFIG,
    NAMESPACE,
    QPS,
    METADATA_ONLY,
    Parameter(
        "against",
        "list",
        "Look into a snapshot for what the manifests do not define; may be given several times.",
        "FILE",
        CLUSTER,
    ),
    Parameter("max_age", "text", "Warn of a snapshot that is older than so many days; 7 by default.", "DAYS", CLUSTER),
)
"""What `check` takes, to let manifests stand on a cluster or a snapshot."""

TO_READ = (NAMESPACES, ALL_NAMESPACES, CONTEXTS, KUBECONFIG, QPS, METADATA_ONLY)
"""What the commands take that read clusters alone."""
