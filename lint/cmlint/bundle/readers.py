"""Who reads which key of a ConfigMap or Secret, how, and what a change of it does.

Variables and mounts are made at each start of a container (kubernetes/kubernetes, `pkg/kubelet/kubelet_pods.go`).
Files of a volume are renewed by the kubelet within about a minute (`pkg/volume/configmap/configmap.go`), except those
that are mounted with `subPath`, which is bound at the start (`pkg/volume/util/subpath/subpath_linux.go`). A
`fileKeyRef` reads only volumes of type `emptyDir` (`validateFileKeyRefVolumes` in
`pkg/apis/core/validation/validation.go`), so that no ConfigMap or Secret reaches a variable by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from cmlint.bundle.documents import Definition, Placed, is_hashed
from cmlint.bundle.reloading import Rolls, rolls
from cmlint.bundle.renewal import LASTING, ROLLING, is_rollout, replaces_pods
from cmlint.knowledge.mounts import unmounted_volumes
from cmlint.model.facts import Container, Mount, PodSpec, Provider, Reference, Span

How = Literal["env", "envFrom", "file", "item", "subPath", "unmounted", "field", "substitute", "values"]
"""As what a key is read.

`env`: one variable; `envFrom`: a variable for each key; `file`: a file of a volume; `item`: one that `items` names;
`subPath`: a file that is mounted alone; `unmounted`: a file of a volume that no container mounts; `field`: a field of
another object, which its controller reads; `substitute`: a variable of Flux; `values`: the values of a chart.
"""

Effect = Literal["breaks", "rejected", "next-start", "next-run", "rolls", "refreshes", "controller", "none"]
"""What a change does to a reader, the strongest first; `docs/impact.md` describes them."""

ALL = ""
"""Represents every key of an object."""

VALUES_KEY = "values.yaml"
"""The key that a HelmRelease takes where it names none (fluxcd/pkg, `apis/meta`, `ValuesReference.GetValuesKey`)."""


class Read(msgspec.Struct, frozen=True):
    """One read: the container, the reference by which it reads, the key (`ALL` for every one) and how.

    `name` is the variable, the prefix of variables, or the path in the container; `span` is where the read is, `inner`
    the path of a file in its volume. What no container reads has neither `pod` nor `container`.
    """

    placed: Placed
    pod: PodSpec | None
    container: Container | None
    reference: Reference
    key: str
    how: How
    name: str
    span: Span
    inner: str = ""


def reads_of(placed: Placed) -> Iterator[Read]:
    """Everything that an object reads."""
    for pod in placed.document.pods:
        for container in pod.containers:
            yield from variables(placed, pod, container)
            for mount in container.mounts:
                yield from files(placed, pod, container, mount)
        yield from unmounted(placed, pod)
        yield from (
            Read(placed=placed, pod=pod, container=None, reference=each, key=ALL, how="field", name="", span=each.span)
            for each in pod.pull_secrets
        )
    pulled = {each.path for pod in placed.document.pods for each in pod.pull_secrets}
    for reference in placed.document.references:
        if reference.path not in pulled:
            how = how_of(reference)
            whole = VALUES_KEY if how == "values" and placed.document.kind == "HelmRelease" else ALL
            yield Read(
                placed=placed,
                pod=None,
                container=None,
                reference=reference,
                key=reference.keys[0].value if reference.keys else whole,
                how=how,
                name="",
                span=reference.span,
            )


def how_of(reference: Reference) -> How:
    """How a field outside of pods reads."""
    field = reference.path.partition("[")[0]
    if field == "spec.postBuild.substituteFrom":
        return "substitute"
    return "values" if field == "spec.valuesFrom" else "field"


def variables(placed: Placed, pod: PodSpec, container: Container) -> Iterator[Read]:
    """What the environment of a container is made of."""
    for entry in container.env_from:
        if entry.reference:
            prefix = entry.prefix.value if entry.prefix else ""
            yield Read(
                placed=placed,
                pod=pod,
                container=container,
                reference=entry.reference,
                key=ALL,
                how="envFrom",
                name=prefix,
                span=entry.span,
            )
    for variable in container.env:
        if variable.reference:
            key = variable.reference.keys[0].value if variable.reference.keys else ALL
            name = variable.name.value if variable.name else ""
            yield Read(
                placed=placed,
                pod=pod,
                container=container,
                reference=variable.reference,
                key=key,
                how="env",
                name=name,
                span=variable.span,
            )


def files(placed: Placed, pod: PodSpec, container: Container, mount: Mount) -> Iterator[Read]:
    """What one mount of a volume brings: each item, or all keys."""
    for volume in (each for each in pod.volumes if each.name and each.name.value == mount.name.value):
        for source in volume.sources:
            how: How = "subPath" if mount.sub_path else "item" if source.items else "file"
            found = [(item.key.value, item.path.value) for item in source.items or ()] or [(ALL, "")]
            for item, path in found:
                key = item
                part = mount.sub_path.value.strip("/") if mount.sub_path else ""
                if not part or not path or mount.expands or f"{path}/".startswith(f"{part}/"):
                    inside = path.removeprefix(part).strip("/") if part else path
                    name = "/".join(filter(None, (mount.path.rstrip("/"), inside)))
                    if part and not path and not mount.expands:
                        key = part.partition("/")[0]
                    yield Read(
                        placed=placed,
                        pod=pod,
                        container=container,
                        reference=source.reference,
                        key=key,
                        how=how,
                        name=name,
                        span=mount.span,
                        inner=path or key,
                    )


def unmounted(placed: Placed, pod: PodSpec) -> Iterator[Read]:
    """The volumes that no container mounts."""
    for source in (source for volume in unmounted_volumes(pod) for source in volume.sources):
        keys = [item.key.value for item in source.items or ()] or [ALL]
        for key in keys:
            yield Read(
                placed=placed,
                pod=pod,
                container=None,
                reference=source.reference,
                key=key,
                how="unmounted",
                name="",
                span=source.reference.span,
            )


def effect_of(read: Read, definition: Definition | None) -> Effect:
    """What a new value does to a read; `definition` is where the object is defined, if that is known."""
    if definition and definition.provider.immutable and not is_hashed(definition.provider.name.value):
        return "rejected"
    return effect_on(read, definition)


def effect_on(read: Read, definition: Definition | None) -> Effect:
    """What a new value does to a read once the API server has it."""
    if read.pod is None:
        return "controller"
    if read.how == "unmounted":
        return "none"
    document = read.placed.document
    if document.kind in ("Job", "CronJob"):
        return "next-run"
    if rolls_itself(read, definition):
        return "rolls"
    hashed = is_hashed(read.reference.name.value)
    if read.how in ("file", "item") and read.container and runs_on(read.container) and not hashed:
        return "refreshes"
    lasting = document.kind in LASTING or is_rollout(document)
    return "next-start" if lasting or read.pod.exact else "controller"


def runs_on(container: Container) -> bool:
    """Whether a container runs as long as its pod: an init container does only as a sidecar.

    See `IsRestartableInitContainer` in `pkg/kubelet/util/format` and `pkg/kubelet/types/pod_update.go`.
    """
    return container.list != "initContainers" or container.stays


def rolls_itself(read: Read, definition: Definition | None) -> bool:
    """Whether a workload surely rolls: its kind can, and the name of the object or the template changes with it."""
    document = read.placed.document
    if read.pod is None or not (document.kind in ROLLING or is_rollout(document)) or not replaces_pods(document):
        return False
    if is_hashed(read.reference.name.value):
        return True
    found = roller_of(read, definition)
    rendered = read.placed.built is not None and read.placed.built.rendered
    return found is not None and found.by == "hash" and rendered


def roller_of(read: Read, definition: Definition | None) -> Rolls | None:
    """What may make the workload of a read roll when the object changes."""
    if read.pod is None:
        return None
    reference = read.reference
    return rolls(read.placed.document, read.pod, reference.target, reference.name.value, definition)


def is_fixed(provider: Provider) -> bool:
    """Whether a ConfigMap keeps its name when its content changes, and can change."""
    return provider.kind == "ConfigMap" and not provider.immutable and not is_hashed(provider.name.value)


__all__ = ["ALL", "LASTING", "ROLLING", "Effect", "How", "Read", "effect_of", "is_fixed", "reads_of", "rolls"]
