"""Everything a rule may import, and nothing else."""

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.cluster import Cluster
from cmlint.bundle.environment import Environment, Origin, Unresolved, Variable
from cmlint.bundle.placed import Definition, Placed, references_of
from cmlint.bundle.resolve import Resolution
from cmlint.kube import expansion, images, names, versions
from cmlint.kube.near import nearest, only_near
from cmlint.model.changes import Add, Change, Quote, Remove, Replace, Rewrite, Unlist
from cmlint.model.facts import (
    Container,
    Document,
    Env,
    EnvFrom,
    Fault,
    Ignore,
    Key,
    PodSpec,
    Provider,
    Reference,
    Scalar,
    Span,
    Target,
    Volume,
    VolumeSource,
)
from cmlint.model.findings import Consequence
from cmlint.model.live import Held, Pod
from cmlint.rules import Context, Draft, Settings, rule

__all__ = [
    "Add",
    "Bundle",
    "Change",
    "Cluster",
    "Consequence",
    "Container",
    "Context",
    "Definition",
    "Document",
    "Draft",
    "Env",
    "EnvFrom",
    "Environment",
    "Fault",
    "Held",
    "Ignore",
    "Key",
    "Origin",
    "Placed",
    "Pod",
    "PodSpec",
    "Provider",
    "Quote",
    "Reference",
    "Remove",
    "Replace",
    "Resolution",
    "Rewrite",
    "Scalar",
    "Settings",
    "Span",
    "Target",
    "Unlist",
    "Unresolved",
    "Variable",
    "Volume",
    "VolumeSource",
    "expansion",
    "images",
    "names",
    "nearest",
    "only_near",
    "references_of",
    "rule",
    "versions",
]
