"""Rollouts: whether what has changed ever reaches the pods that run."""

from __future__ import annotations

import re

from cmlint.api import Context, Document, PodSpec, Resolution, versions

ROLLING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that replace their pods when the template changes."""

LASTING = (*ROLLING, "ReplicaSet", "ReplicationController", "Pod")
"""Kinds whose pods run on while their configuration changes."""

FOLLOWING = "checksum|hash|sha1|sha256|digest|config-?version|rollme|timestamp"
"""What is in the name of an annotation by which a pod template changes with its configuration."""

RELOADING = "reload|wave"
"""What is in the name of an annotation by which a controller (Reloader, Wave) restarts pods."""

NAMING = r"(configmap|secret)\.reloader\.stakater\.com/reload|reloader\.stakater\.com/(configmap|secret)-reload"
"""Annotations of Reloader whose value are names (https://github.com/stakater/Reloader#readme)."""

HASHED = ".*-[bcdfghkmt2456789]{10}"
"""A name with the hash that kustomize puts behind it (kubernetes-sigs/kustomize, `api/hasher/hasher.go`)."""


def renewal(ctx: Context, when: str) -> str:
    """What makes new pods of the object at hand, in words that begin with when it is due."""
    document = ctx.document
    if document.kind in ROLLING:
        return f"{when} run `{restart(ctx)}`"
    if document.kind == "Pod":
        return f"{when} run `kubectl delete {named(document)}` and create it again"
    if document.kind == "Job":
        return "make a new Job for what is new: one that has begun keeps what it has"
    if document.kind == "CronJob":
        return "each run starts what is newest then"
    return f"{when} let its pods be made again"


def restart(ctx: Context) -> str:
    """The command that rolls the workload at hand without a change of its own."""
    where = named(ctx.document)
    if ctx.settings.kubernetes_version >= versions.ROLLOUT_RESTART:
        return f"kubectl rollout restart {where}"
    annotation = '{"spec":{"template":{"metadata":{"annotations":{"restartedAt":"\'$(date +%s)\'"}}}}}'
    return f"kubectl patch {where} -p '{annotation}'"


def named(document: Document) -> str:
    """An object as kubectl takes it."""
    name = f"{document.kind.lower()}/{document.name.value if document.name else 'NAME'}"
    return f"{name} -n {document.namespace.value}" if document.namespace else name


def follows(pod: PodSpec, ctx: Context) -> bool:
    """Whether an annotation makes the pods start anew when their configuration changes.

    One that names what Reloader watches speaks for what it names, and for nothing else.
    """
    template = " ".join(pod.annotations)
    own = " ".join(
        name for name in ctx.document.annotations if not ctx.document.reloads or not re.fullmatch(NAMING, name)
    )
    return bool(
        re.search(f"{FOLLOWING}|{RELOADING}", template, re.IGNORECASE) or re.search(RELOADING, own, re.IGNORECASE)
    )


def is_fixed(resolution: Resolution) -> bool:
    """Whether a ConfigMap is known and keeps its name when its content changes."""
    if resolution.status != "found":
        return False
    provider = resolution.definitions[0].provider
    return provider.kind == "ConfigMap" and not provider.immutable and not re.fullmatch(HASHED, provider.name.value)
