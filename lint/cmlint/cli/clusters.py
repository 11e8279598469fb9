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
QPS = Parameter(
    "qps", "text", "The highest number of requests per second to the cluster; 100 by default.", "N", CLUSTER
)
METADATA_ONLY = Parameter(
    "metadata_only_secrets",
    "flag",
    "Never read the data of Secrets; their keys are then not checked.",
    panel=CLUSTER,
)

TO_STAND_ON = (
    Parameter("live", "flag", "Look up in the cluster what the manifests do not define.", panel=CLUSTER),
    CONTEXT,
    KUBECONFIG,
    NAMESPACE,
    QPS,
    METADATA_ONLY,
    Parameter(
        "against",
        "list",
        "Look up in a snapshot what the manifests do not define. Repeat it for more snapshots.",
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
"""What `check` takes, to let manifests stand on a cluster or a snapshot."""

TO_READ = (NAMESPACES, ALL_NAMESPACES, CONTEXTS, KUBECONFIG, QPS, METADATA_ONLY)
"""What the commands take that read clusters alone."""
