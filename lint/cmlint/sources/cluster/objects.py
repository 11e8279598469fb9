"""Objects as the API server writes them, decoded straight into as much of them as is needed.

The types follow `staging/src/k8s.io/api/core/v1/types.go`. A value of a Secret is never decoded: it is skipped as a
`Raw` stretch of the answer, of which the length is all that is looked at. The annotation `last-applied-configuration`
holds Secrets in plain text, so the annotations' values are `Raw` too.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from cmlint.manifest.objects import utf8_length
from cmlint.model.cluster import Applied, Held, Write, digest_of
from cmlint.model.facts import IGNORE

FIXED = frozenset(("f:data", "f:binaryData", "f:type"))
"""Fields that change with the data alone: `type` never does (`pkg/apis/core/validation/validation.go`)."""

DATA = ("f:data", "f:binaryData")
"""How `managedFields` say that somebody has set data."""

Owned = dict[str, msgspec.Raw]

STAYING = (
    ("helm.sh/resource-policy", frozenset(("keep",))),
    ("kustomize.toolkit.fluxcd.io/prune", frozenset(("disabled",))),
    ("kustomize.toolkit.fluxcd.io/reconcile", frozenset(("disabled",))),
    ("argocd.argoproj.io/sync-options", frozenset(("Delete=false", "Prune=false"))),
)
"""Annotations, and the values between commas, by which an object stays when its installation no longer has it.

https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource,
https://fluxcd.io/flux/components/kustomize/kustomizations/#prune,
https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
"""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

INSTALLERS = frozenset((
    "helm", "Helm", "helm-controller", "kustomize-controller", "argocd-controller", "argocd-application-controller",
    "kapp-controller",
))  # fmt: skip
"""The managers that install manifests or charts, and take away what these no longer have."""

ON_SERVER = INSTALLERS | {"kubectl", "kubectl-client-side-apply"}
"""The same with `kubectl apply --server-side`, which takes over what `kubectl apply` has set
(`staging/src/k8s.io/client-go/util/csaupgrade/upgrade.go`)."""

HELM_RELEASE = "meta.helm.sh/release-name"
GROUPS = (
    (HELM_RELEASE, "the Helm release `{}`"),
    ("argocd.argoproj.io/tracking-id", "the Argo CD application `{}`"),
    ("argocd.argoproj.io/instance", "the Argo CD application `{}`"),
    ("kustomize.toolkit.fluxcd.io/name", "the Flux Kustomization `{}`"),
    ("helm.toolkit.fluxcd.io/name", "the Flux HelmRelease `{}`"),
    ("applyset.kubernetes.io/part-of", "the apply set `{}`"),
)
"""Annotations and labels by which whoever installs objects finds those again that it has installed, in words."""


class Camel(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """A type of the API."""


class Owner(Camel, frozen=True):
    """An owner reference."""

    kind: str
    name: str
    controller: bool = False


class Managed(Camel, frozen=True):
    """Who has set which fields, and when."""

    manager: str = ""
    time: str = ""
    fields_v1: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict[str, msgspec.Raw], name="fieldsV1")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it has set."""
        found = [keys_in(bytes(self.fields_v1[field])) for field in DATA if field in self.fields_v1]
        return found[0] if len(found) == 1 else tuple(sorted(key for keys in found for key in keys))


@lru_cache(maxsize=1024)
def keys_in(fields: bytes) -> tuple[str, ...]:
    """The keys in a set of fields, `f:NAME`, where `.` is the mapping itself; many objects have the same ones."""
    return tuple(sorted(name[2:] for name in msgspec.json.decode(fields, type=Owned) if name.startswith("f:")))


class Meta(Camel, frozen=True):
    """What is kept of an object's metadata."""

    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = "0"
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, msgspec.Raw] | None = None
    owner_references: tuple[Owner, ...] | None = None

    @property
    def revision(self) -> int:
        """The resource version as a number, which it is in every API server of Kubernetes' own."""
        return int(self.resource_version) if self.resource_version.isdecimal() else 0

    @property
    def controller(self) -> Owner | None:
        """The owner that manages the object."""
        owners = self.owner_references
        return next((owner for owner in owners if owner.controller), owners[0]) if owners else None

    def annotation(self, name: str) -> str:
        """One annotation's value; empty when it is absent."""
        raw = self.annotations.get(name) if self.annotations else None
        return msgspec.json.decode(raw, type=str) if raw is not None else ""

    def labelled(self) -> tuple[str, ...]:
        """The labels, written `name=value`."""
        return tuple(f"{name}={value}" for name, value in sorted(self.labels.items())) if self.labels else ()

    def annotated(self) -> tuple[str, ...]:
        """The names of the annotations."""
        return tuple(sorted(self.annotations)) if self.annotations else ()

    def stays(self) -> bool:
        """Whether the object stays when its installation no longer has it."""
        annotations = self.annotations or {}
        return any(
            not values.isdisjoint(part.strip() for part in self.annotation(name).split(","))
            for name, values in STAYING
            if name in annotations
        )

    def applied(self) -> Applied | None:
        """What `kubectl apply` has recorded, of which only names are read."""
        raw = self.annotations.get(LAST_APPLIED) if self.annotations else None
        if raw is None:
            return None
        try:
            found = msgspec.json.decode(msgspec.json.decode(raw, type=str), type=LastApplied)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None  # Somebody else has written it.
        return Applied(tuple(sorted({**(found.data or {}), **(found.binary_data or {})})), bool(found.immutable))

    def group(self) -> str:
        """The installation that an object belongs to, in words; empty when nothing says so."""
        if not (self.labels or self.annotations):
            return ""
        labels, annotations = self.labels or {}, self.annotations or {}
        for name, words in GROUPS:
            if name in annotations or name in labels:
                return words.format((self.annotation(name) or labels.get(name, "")).partition(":")[0])
        return ""


class WrittenMeta(Meta, frozen=True):
    """The metadata of a ConfigMap or Secret, of which also counts who has set what."""

    managed_fields: tuple[Managed, ...] | None = None


def writes(managed: Iterable[tuple[Managed, tuple[str, ...]]]) -> tuple[Write, ...]:
    """Who has set which keys, and when, as far as `managedFields` tell."""
    return tuple(Write(each.time, keys, FIXED.issuperset(each.fields_v1)) for each, keys in managed if keys)


def owned(managed: Iterable[tuple[Managed, tuple[str, ...]]], managers: frozenset[str]) -> Applied | None:
    """What some managers own alone, if anything."""
    theirs: set[str] = set()
    others: set[str] = set()
    immutable = False
    for each, keys in managed:
        (theirs if each.manager in managers else others).update(keys)
        immutable = immutable or (each.manager in managers and "f:immutable" in each.fields_v1)
    return Applied(tuple(sorted(theirs - others)), immutable) if theirs - others or immutable else None


class LastApplied(Camel, frozen=True):
    """What was last applied of a ConfigMap or Secret.

    What a Secret has in `stringData` is not removed from `data` again: https://github.com/kubernetes/kubernetes/issues/70281
    """

    data: dict[str, msgspec.Raw] | None = None
    binary_data: dict[str, msgspec.Raw] | None = None
    immutable: bool | None = None


class ConfigMap(Camel, frozen=True):
    """A ConfigMap."""

    metadata: WrittenMeta
    data: dict[str, str] | None = None
    binary_data: dict[str, msgspec.Raw] | None = None
    immutable: bool | None = None


class Secret(Camel, frozen=True):
    """A Secret; without `data` where only metadata was asked for."""

    metadata: WrittenMeta
    data: dict[str, msgspec.Raw] | None = None
    immutable: bool | None = None


class MetadataOnly(Camel, frozen=True):
    """An object of which only the metadata was asked for."""

    metadata: WrittenMeta


def held_config_map(found: ConfigMap) -> Held:
    """What is kept of a ConfigMap."""
    plain, binary = found.data or {}, found.binary_data or {}
    keys = {name: utf8_length(value) for name, value in plain.items()}
    keys.update((name, decoded_length(raw)) for name, raw in binary.items())
    encoded = ((name, bytes(raw).decode()[1:-1]) for name, raw in binary.items())
    digest = digest_of(plain.items(), encoded) if found.immutable else ""
    return held(found.metadata, keys, tuple(sorted(binary)), bool(found.immutable), digest)


def held_secret(found: Secret) -> Held:
    """What is kept of a Secret."""
    keys = {name: decoded_length(raw) for name, raw in (found.data or {}).items()}
    return held(found.metadata, keys, (), bool(found.immutable), "")


def held_name(found: MetadataOnly) -> Held:
    """What is kept of an object of which only the metadata is known."""
    return held(found.metadata, None, (), False, "")


def held(meta: WrittenMeta, keys: dict[str, int] | None, binary: tuple[str, ...], immutable: bool, digest: str) -> Held:
    """What is kept of a ConfigMap or Secret."""
    owner = meta.controller
    managed = [(each, each.keys) for each in meta.managed_fields or ()]
    return Held(
        keys=keys,
        binary=binary,
        immutable=immutable,
        labels=meta.labelled(),
        annotations=meta.annotated(),
        ignore=meta.annotation(IGNORE),
        owner=f"{owner.kind} `{owner.name}`" if owner else "",
        group=meta.group(),
        digest=digest,
        created=meta.creation_timestamp,
        writes=writes(managed),
        revision=meta.revision,
        stays=meta.stays(),
        applied=meta.applied(),
        installed=owned(managed, INSTALLERS),
        served=owned(managed, ON_SERVER),
    )


def decoded_length(raw: msgspec.Raw) -> int:
    """The bytes that a value in base64 represents; only its length and its padding are looked at."""
    written = memoryview(raw)
    length = len(written) - len('""')
    padding = bytes(written[-3:-1]).count(b"=") if length > 1 else 0
    return length * 3 // 4 - padding


class Head(msgspec.Struct, frozen=True, gc=False):
    """What is kept of every object that has pods; a `Raw` would keep the complete answer that it is a part of."""

    api_version: str
    kind: str
    namespace: str
    name: str
    labels: tuple[str, ...]
    annotations: tuple[str, ...]
    ignore: str
    owner: tuple[str, str] | None
    group: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Namespace, kind and name."""
        return self.namespace, self.kind, self.name


def head_of(meta: Meta, kind: str, api_version: str) -> Head:
    """The head of an object."""
    owner = meta.controller
    return Head(
        api_version=api_version,
        kind=kind,
        namespace=meta.namespace,
        name=meta.name,
        labels=meta.labelled(),
        annotations=meta.annotated(),
        ignore=meta.annotation(IGNORE),
        owner=(owner.kind, owner.name) if owner else None,
        group=meta.group(),
    )
