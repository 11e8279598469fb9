"""What a cluster holds, as far as cmlint keeps it: names and key names, never a value.

A snapshot is this written down. Moments are written as the API server writes them (`2026-01-31T10:00:00Z`), so that
they can be compared as text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from cmlint.model.facts import Target


class Write(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What one manager has set of a ConfigMap or Secret: the moment of its last change, and the keys that it owns.

    Unless they are `only` keys, the change may have been one of labels or annotations. Other managers own other keys.
    `ManagedFieldsEntry` in `staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`.
    """

    time: str
    keys: tuple[str, ...]
    only: bool = False


class Applied(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The fields of a ConfigMap or Secret that whoever applies it has set: what they leave out next time is removed."""

    keys: tuple[str, ...] = ()
    immutable: bool = False


class Held(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A ConfigMap or Secret in a cluster.

    `keys` are the sizes of its values in bytes by key, None where they are unknown; those in `binary` never reach an
    environment. What follows is known of a running cluster only: `labels` are written `name=value`, `annotations` are
    names, `ignore` is the annotation `cmlint.dev/ignore`, `owner` is the controller that it belongs to and `group` the
    installation, in words. `digest` tells the data of an immutable ConfigMap from other data. `created` is the moment
    of its creation, `writes` says who has set which keys, as far as that is known, `revision` is the order of changes.
    It `stays` when whoever has installed it no longer has it.
    `applied` is what `kubectl apply` has recorded, `installed` what belongs to Helm or a GitOps controller, `served`
    that and what belongs to `kubectl apply --server-side`.
    """

    keys: dict[str, int] | None
    binary: tuple[str, ...] = ()
    immutable: bool = False
    labels: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    ignore: str = ""
    owner: str = ""
    group: str = ""
    digest: str = ""
    created: str = ""
    writes: tuple[Write, ...] = ()
    revision: int = 0
    stays: bool = False
    applied: Applied | None = None
    installed: Applied | None = None
    served: Applied | None = None

    def for_snapshot(self) -> Held:
        """What of it is written into a snapshot."""
        return Held(
            self.keys, self.binary, self.immutable, applied=self.applied, installed=self.installed, served=self.served
        )

    def removed(self, written: Collection[str], *, on_server: bool) -> set[str]:
        """The keys that go away when an object with other keys is applied; what somebody else has set stays.

        https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#merge-patch-calculation
        """
        before = self.before(on_server=on_server)
        return (self.keys or {}).keys() & set(before.keys if before else ()).difference(written)

    def before(self, *, on_server: bool) -> Applied | None:
        """What was applied before, by `kubectl apply` or on the server, as Helm and GitOps controllers do."""
        if on_server:
            return self.served
        return self.installed if self.applied is None else self.applied


class Space(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What one namespace holds; `unread` says in words why a kind could not be listed."""

    config_maps: dict[str, Held] = msgspec.field(default_factory=dict)
    secrets: dict[str, Held] = msgspec.field(default_factory=dict)
    unread: dict[str, str] = msgspec.field(default_factory=dict)

    def of(self, target: Target) -> dict[str, Held]:
        """The objects of one kind by name."""
        return self.config_maps if target == "ConfigMap" else self.secrets


class Inventory(msgspec.Struct, omit_defaults=True, rename="camel"):
    """What is known of one cluster, by namespace.

    `name` is the context by which it was reached, `namespace` the one that this has, `version` is Kubernetes'.
    `complete` says that all namespaces were listed, so that one that is not here is empty; `unread` is then why a kind
    could be listed in none.
    """

    name: str
    version: str = ""
    namespace: str = ""
    complete: bool = False
    spaces: dict[str, Space] = msgspec.field(default_factory=dict, name="namespaces")
    unread: dict[str, str] = msgspec.field(default_factory=dict)

    def space(self, namespace: str) -> Space | None:
        """A namespace, or None where it was not looked into."""
        found = self.spaces.get(namespace)
        return Space(unread=self.unread) if found is None and self.complete else found


class Running(msgspec.Struct, frozen=True, gc=False):
    """A container of a pod: `image` as its pod asks for it, `image_id` as the node has it.

    `started` is empty while it does not run; `reason` and `message` are why it waits. It has `failed` if it has run and
    is to run again. An `ephemeral` one is in no template: `kubectl debug` adds it to a pod.
    """

    name: str
    image: str
    image_id: str = ""
    started: str = ""
    reason: str = ""
    message: str = ""
    failed: bool = False
    ephemeral: bool = False


class Mounting(msgspec.Struct, frozen=True, gc=False):
    """Why a volume of a pod could not be mounted, and when that was last so."""

    message: str
    last: str = ""


class Pod(msgspec.Struct, frozen=True, gc=False):
    """A pod, whoever made it.

    `since` is the moment from which it has been as ready as it is. All its volumes are `mounted` once a container has
    come further than to be created. `events` are about the volumes that could not be mounted.
    """

    name: str
    created: str
    revision: int
    containers: tuple[Running, ...]
    events: tuple[Mounting, ...] = ()
    uid: str = ""
    since: str = ""
    mounted: bool = False


ClusterRead = tuple[Target, str, "str | None"]
"""What a pod spec reads: a ConfigMap or Secret, and one key of it, or None for all."""


class Readers(msgspec.Struct):
    """What reads the ConfigMaps and Secrets of a namespace: by name the keys, None where all are read."""

    keys: dict[tuple[Target, str], set[str] | None] = msgspec.field(default_factory=dict)

    def add(self, target: Target, name: str, key: str | None) -> None:
        """Remembers one reference."""
        if key is None:
            self.keys[target, name] = None
        elif (known := self.keys.setdefault((target, name), set())) is not None:
            known.add(key)


def digest_of(data: Iterable[tuple[str, str]], binary: Iterable[tuple[str, str]] = ()) -> str:
    """What tells the data of a ConfigMap from other data; binary values are given in base64."""
    from hashlib import sha256

    parts = sorted([*(("", *entry) for entry in data), *(("base64", *entry) for entry in binary)])
    return sha256(msgspec.json.encode(parts)).hexdigest()
