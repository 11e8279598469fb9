"""Everything a rule may import, and nothing else."""

from typing import TYPE_CHECKING

from cmlint.bundle import readers, stops
from cmlint.bundle import renewal as renewals
from cmlint.bundle.bundle import Bundle
from cmlint.bundle.causes import NOT_THERE, Cause
from cmlint.bundle.documents import Definition, Placed, definitions_in, references_of
from cmlint.bundle.environment import Environment, Origin, Unresolved, Variable
from cmlint.bundle.image_evidence import Excuse, Standing, is_loaded, standing
from cmlint.bundle.nearest import is_for_tests
from cmlint.bundle.programs import (
    NearMiss,
    Program,
    Programs,
    SourceRead,
    is_described,
    missing,
    name_span,
    near_misses,
)
from cmlint.bundle.proofs import Proof, Proofs, Subject
from cmlint.bundle.pulls import Pull, Use, arrival, pulls_of, resolves_tags, uses
from cmlint.bundle.resolve import Resolution
from cmlint.engine.rules import Context, Draft, Settings, fault_rule, in_words, rule
from cmlint.knowledge import official, placeholders, services, tags
from cmlint.kube import credentials, expansion, images, names, numbers, versions
from cmlint.kube.near import Nearby, nearest, only_near
from cmlint.model.changes import Add, Change, Quote, Remove, Replace, Rewrite, Unlist
from cmlint.model.facts import (
    Container,
    Document,
    Env,
    EnvFrom,
    Fault,
    FileFacts,
    Ignore,
    Key,
    Mount,
    PodSpec,
    Provider,
    Reference,
    Scalar,
    Span,
    Target,
    Trait,
    Volume,
    VolumeSource,
)
from cmlint.model.failures import CAUSES as FAILURES
from cmlint.model.failures import Failure
from cmlint.model.findings import Consequence, Severity
from cmlint.model.values import Changed, Missing, Value

if TYPE_CHECKING:  # types alone, which only a run that reads a cluster imports
    from cmlint.bundle.cluster import Cluster as Cluster  # noqa: PLC0414
    from cmlint.model.cluster import Held as Held  # noqa: PLC0414
    from cmlint.model.cluster import Mounting as Mounting  # noqa: PLC0414
    from cmlint.model.cluster import Pod as Pod  # noqa: PLC0414
    from cmlint.model.cluster import Running as Running  # noqa: PLC0414

__all__ = [
    "FAILURES",
    "NOT_THERE",
    "Add",
    "Bundle",
    "Cause",
    "Change",
    "Changed",
    "Consequence",
    "Container",
    "Context",
    "Definition",
    "Document",
    "Draft",
    "Env",
    "EnvFrom",
    "Environment",
    "Excuse",
    "Failure",
    "Fault",
    "FileFacts",
    "Ignore",
    "Key",
    "Missing",
    "Mount",
    "NearMiss",
    "Nearby",
    "Origin",
    "Placed",
    "PodSpec",
    "Program",
    "Programs",
    "Proof",
    "Proofs",
    "Provider",
    "Pull",
    "Quote",
    "Reference",
    "Remove",
    "Replace",
    "Resolution",
    "Rewrite",
    "Scalar",
    "Settings",
    "Severity",
    "SourceRead",
    "Span",
    "Standing",
    "Subject",
    "Target",
    "Trait",
    "Unlist",
    "Unresolved",
    "Use",
    "Value",
    "Variable",
    "Volume",
    "VolumeSource",
    "arrival",
    "credentials",
    "definitions_in",
    "expansion",
    "fault_rule",
    "images",
    "in_words",
    "is_described",
    "is_for_tests",
    "is_loaded",
    "missing",
    "name_span",
    "names",
    "near_misses",
    "nearest",
    "numbers",
    "official",
    "only_near",
    "placeholders",
    "pulls_of",
    "readers",
    "references_of",
    "renewals",
    "resolves_tags",
    "rule",
    "services",
    "standing",
    "stops",
    "tags",
    "uses",
    "versions",
]
