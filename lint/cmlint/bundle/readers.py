"""Who reads which key of a ConfigMap or Secret, how, and what a change of it does.

Variables are set when a container starts. Files of a volume are renewed by the kubelet, except those that are mounted
with `subPath` (kubernetes/kubernetes, `pkg/volume/util/atomic_writer.go`; a `subPath` is bound once, in
`pkg/volume/util/subpath/subpath_linux.go`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.renewal import LASTING, ROLLING, is_rollout
from cmlint.model.facts import Container, Document, Mount, PodSpec, Provider, Reference, Span, Target

How = Literal["variable", "file", "bound file"]
"""As what a key is read: a variable, a file that is renewed, a file that is mounted with `subPath`."""

Effect = Literal["rolls", "renewed", "stays", "next run", "new name", "refused"]
"""What a change does: the workload rolls by itself; the file is renewed in place; running pods keep what they have;
the next run has it; the object gets another name; the API server refuses it, for the object is immutable."""

ALL = ""
"""Stands for every key of an object."""

HASHES = re.compile("checksum|hash|sha1|sha256|digest|config-?version|rollme|timestamp", re.IGNORECASE)
"""What is in the name of an annotation by which a pod template changes with its configuration."""

RESTARTERS = re.compile("reload|wave", re.IGNORECASE)
"""What is in the name of an annotation of a controller that restarts pods."""

RELOADER = "reloader.stakater.com/"
WAVE = "wave.pusher.com/update-on-config-change"
MATCHED = (f"{RELOADER}search", f"{RELOADER}match")
KINDS: dict[Target, tuple[str, str]] = {"ConfigMap": ("configmap.", "configmaps."), "Secret": ("secret.", "secrets.")}

HASHED = re.compile(".*-[bcdfghkmt2456789]{10}")
"""A name with the hash that kustomize puts behind it (kubernetes-sigs/kustomize, `api/hasher/hasher.go`)."""


class Read(NamedTuple):
    """One read: the container, the reference by which it reads, the key (`ALL` for every one) and as what.

    `name` is the variable or the path in the container, where one is written; `span` is where the read is.
    """

    placed: Placed
    pod: PodSpec
    container: Container
    reference: Reference
    key: str
    how: How
    name: str
    span: Span


def reads_of(placed: Placed) -> Iterator[Read]:
    """Everything that the containers of an object read."""
    for pod in placed.document.pods:
        for container in pod.containers:
            yield from variables(placed, pod, container)
            for mount in container.mounts:
                yield from files(placed, pod, container, mount)


def variables(placed: Placed, pod: PodSpec, container: Container) -> Iterator[Read]:
    """What the environment of a container is made of."""
    for entry in container.env_from:
        if entry.reference:
            prefix = entry.prefix.value if entry.prefix else ""
            yield Read(placed, pod, container, entry.reference, ALL, "variable", prefix, entry.span)
    for variable in container.env:
        if variable.reference:
            key = variable.reference.keys[0].value if variable.reference.keys else ALL
            name = variable.name.value if variable.name else ""
            yield Read(placed, pod, container, variable.reference, key, "variable", name, variable.span)


def files(placed: Placed, pod: PodSpec, container: Container, mount: Mount) -> Iterator[Read]:
    """What one mount of a volume brings: each item, or all keys."""
    for volume in (each for each in pod.volumes if each.name and each.name.value == mount.name.value):
        for source in volume.sources:
            how: How = "bound file" if mount.sub_path else "file"
            found = [(item.key.value, item.path.value) for item in source.items or ()] or [(ALL, "")]
            for item, path in found:
                key = item
                part = mount.sub_path.value.strip("/") if mount.sub_path else ""
                if not part or not path or mount.expands or f"{path}/".startswith(f"{part}/"):
                    inside = path.removeprefix(part).strip("/") if part else path
                    name = "/".join(filter(None, (mount.path.rstrip("/"), inside)))
                    if part and not path and not mount.expands:
                        key = part.partition("/")[0]
                    yield Read(placed, pod, container, source.reference, key, how, name, mount.span)


def effect_of(read: Read, definition: Definition | None) -> Effect:
    """What a change of the object does to a read; `definition` is where that is defined, if it is known."""
    document = read.placed.document
    if definition and definition.provider.immutable:
        return "refused"
    if HASHED.fullmatch(read.reference.name.value) and document.kind in ROLLING:
        return "new name"
    if document.kind in ("Job", "CronJob"):
        return "next run"
    if (document.kind in ROLLING or is_rollout(document)) and rolls(document, read.pod, read.reference, definition):
        return "rolls"
    return "renewed" if read.how == "file" else "stays"


def rolls(document: Document, pod: PodSpec, reference: Reference, definition: Definition | None = None) -> bool:
    """Whether something makes a workload roll when this object changes: a hash in its template, or a controller."""
    if any(HASHES.search(name) for name in pod.annotations):
        return True
    watched = {**dict(document.watched), **dict(pod.watched)}
    others = [name for name in (*document.annotations, *pod.annotations) if name not in watched]
    if any(RESTARTERS.search(name) for name in others):
        return True
    return watches(watched, reference.target, reference.name.value, definition)


def watches(watched: dict[str, str], target: Target, name: str, definition: Definition | None) -> bool:
    """Whether Reloader or Wave restarts a workload with these annotations when an object changes.

    https://github.com/stakater/Reloader/blob/master/internal/pkg/handler/upgrade.go
    """
    if is_true(watched.get(WAVE)):
        return True
    kind, kinds = KINDS[target]
    if listed(watched.get(f"{kinds}exclude.{RELOADER}reload"), name):
        return False
    if is_true(watched.get(f"{RELOADER}auto")) or is_true(watched.get(f"{kind}{RELOADER}auto")):
        return True
    if listed(watched.get(f"{kind}{RELOADER}reload"), name):
        return True
    search, match = MATCHED
    marked = definition is None or is_true(dict(definition.placed.document.watched).get(match))
    return is_true(watched.get(search)) and marked


def is_true(value: str | None) -> bool:
    """Whether an annotation says yes, as Go reads it (`strconv.ParseBool`)."""
    return value in ("1", "t", "T", "TRUE", "true", "True")


def listed(value: str | None, name: str) -> bool:
    """Whether a list of names separated by commas has a name; one with a pattern in it may have any."""
    names = [part.strip() for part in (value or "").split(",") if part.strip()]
    return any(part == name or re.search(r"[*+?\[\](|^$\\]", part) is not None for part in names)


def is_fixed(provider: Provider) -> bool:
    """Whether a ConfigMap keeps its name when its content changes, and can change."""
    return provider.kind == "ConfigMap" and not provider.immutable and not HASHED.fullmatch(provider.name.value)


__all__ = ["LASTING", "ROLLING", "Effect", "How", "Read", "effect_of", "is_fixed", "reads_of", "rolls", "watches"]
