"""The commands that make a change arrive in pods: every one that cmlint prints is made here.

What `kubectl rollout restart` does, and where it refuses, is in kubernetes/kubernetes,
`staging/src/k8s.io/kubectl/pkg/polymorphichelpers/objectrestarter.go`: it takes Deployments, StatefulSets and
DaemonSets, and no Deployment that is paused. A StatefulSet with a `partition` leaves as many of its pods as they are,
the first ones, which are numbered from `ordinals.start` on (`newVersionedStatefulSetPod` and `getStartOrdinal` in
`pkg/controller/statefulset/stateful_set_utils.go`). A ReplicaSet and a ReplicationController replace a pod that is
gone, and no other (`pkg/controller/replicaset/replica_set.go`).
"""

from __future__ import annotations

import re
from shlex import quote

from cmlint.kube.versions import ROLLOUT_RESTART, Version
from cmlint.model.facts import Document

ROLLING = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds that replace their pods when the template changes."""

LASTING = (*ROLLING, "ReplicaSet", "ReplicationController", "Pod")
"""Kinds whose pods run on while their configuration changes."""

COMMAND = r"`(kubectl [^`]*)`"
"""A command in a sentence."""

NOT_READY = r"\bdelete\b|\.\.\.|\bNAME\b|\bdebug\b"
"""What shows that a command destroys something, or that it has a placeholder."""

ROLLOUT = ("argoproj.io/", "Rollout")
"""Argo Rollouts, restarted by its own plugin: https://argo-rollouts.readthedocs.io/en/stable/features/restart/"""


def renewal(document: Document, version: Version, when: str, options: str = "") -> str:
    """What makes new pods of an object, in words that begin with when it is due.

    `options` are those by which kubectl reaches the object.
    """
    return with_options(renewed(document, version, when), options)


def with_options(said: str, options: str) -> str:
    """Words with options in each command."""
    return re.sub(COMMAND, lambda found: f"`{found[1]} {options}`", said) if options else said


def ready(said: str) -> list[str]:
    """The commands in words that can be run as they are: complete, and such as destroy nothing."""
    return [command for command in re.findall(COMMAND, said) if not re.search(NOT_READY, command)]


def renewed(document: Document, version: Version, when: str) -> str:
    """The same for kubectl's current context."""
    if owner := document.rolling.owner:
        return by_owner(owner, document, version, when)
    if document.kind in ROLLING or is_rollout(document):
        return f"{when} {rolled(document, version)}"
    if document.kind == "Pod":
        return f"{when} run `kubectl delete {named(document)}` and create it again"
    if document.kind in ("ReplicaSet", "ReplicationController"):
        delete = f"kubectl delete pod NAME{in_namespace(document)}"
        return f"{when} delete its pods with `{delete}`: a {document.kind} replaces only pods that are gone"
    if document.kind == "Job":
        return "make a new Job for what is new: one that has begun keeps what it has"
    if document.kind == "CronJob":
        resume = " (it is suspended: set `suspend: false` first)" if document.rolling.suspended else ""
        return f"each run starts what is newest then{resume}"
    return f"{when} let its pods be made again"


def by_owner(owner: str, document: Document, version: Version, when: str) -> str:
    """The same where an object that is not read itself has made this one."""
    kind, _, name = owner.partition("/")
    where = in_namespace(document)
    if kind == ROLLOUT[1]:
        return f"{when} run `kubectl argo rollouts restart {operand(name)}{where}`"
    if kind in ROLLING and version >= ROLLOUT_RESTART:
        return f"{when} run `kubectl rollout restart {operand(f'{kind.lower()}/{name}')}{where}`"
    return f"{when} let the {kind} `{name}` make its pods again"


def rolled(document: Document, version: Version) -> str:
    """The command that rolls a workload, with what must come before or after it."""
    rolling, command = document.rolling, restart(document, version)
    if rolling.paused and document.kind == "Deployment":
        return f"run `kubectl rollout resume {named(document)}` first, for it is paused, and then `{command}`"
    if is_on_delete(document):
        delete = f"kubectl delete pod NAME{in_namespace(document)}"
        return f"delete its pods one by one with `{delete}`: `updateStrategy` is `OnDelete`"
    if is_parted(document):
        none = f"it is {rolling.partition}, and there are only {rolling.replicas} pods, numbered from {rolling.start}"
        return f"lower `partition` first ({none}), and then run `{command}`"
    if rolling.replicas == 0:
        return f"run `{command}` once it is scaled up: it has no pods (`replicas: 0`)"
    if first := first_replaced(document):
        how = "`partition`" + f", counted from `ordinals.start` {rolling.start}" * bool(rolling.start)
        return f"run `{command}`, which reaches only the pods from number {first} on ({how})"
    return f"run `{command}`"


def replaces_pods(document: Document) -> bool:
    """Whether a workload replaces its pods by itself when its template changes: not while paused, nor by `OnDelete`.

    `syncDeployment` in `pkg/controller/deployment/deployment_controller.go`; for `OnDelete` see `rolled`. A StatefulSet
    of which `partition` is above all pods replaces none.
    """
    paused = document.kind == "Deployment" and document.rolling.paused
    return not paused and not is_parted(document) and not is_on_delete(document)


def is_on_delete(document: Document) -> bool:
    """Whether somebody must delete the pods of a workload, so that new ones are made."""
    return document.kind in ("StatefulSet", "DaemonSet") and document.rolling.strategy == "OnDelete"


def first_replaced(document: Document) -> int:
    """The number of the first pod that a StatefulSet with a `partition` replaces; 0 where it replaces all."""
    rolling = document.rolling
    return rolling.start + rolling.partition if document.kind == "StatefulSet" and rolling.partition else 0


def is_parted(document: Document) -> bool:
    """Whether the `partition` of a StatefulSet is so high that no pod is replaced."""
    rolling = document.rolling
    return document.kind == "StatefulSet" and bool(rolling.replicas) and rolling.partition >= (rolling.replicas or 0)


def restart(document: Document, version: Version) -> str:
    """The command that rolls a workload without a change of its own."""
    where = named(document)
    if is_rollout(document):
        name = document.name.value if document.name else "NAME"
        return f"kubectl argo rollouts restart {operand(name)}{in_namespace(document)}"
    if version >= ROLLOUT_RESTART:
        return f"kubectl rollout restart {where}"
    annotation = '{"spec":{"template":{"metadata":{"annotations":{"restartedAt":"\'$(date +%s)\'"}}}}}'
    return f"kubectl patch {where} -p '{annotation}'"


def set_image(document: Document, container: str, image: str) -> str:
    """The command that puts another image into a container."""
    return f"kubectl set image {named(document)} {operand(f'{container}={image}')}"


def named(document: Document) -> str:
    """An object as kubectl takes it, in which no name is more than a name to a shell."""
    name = document.name.value if document.name else "NAME"
    return f"{operand(f'{document.kind.lower()}/{name}')}{in_namespace(document)}"


def operand(name: str) -> str:
    """A name in a command: to a shell one word, to kubectl no option, and nothing that ends the command in a sentence.

    A name that would be more than that, which no object can have, is written as `NAME`.
    """
    return "NAME" if name.startswith("-") or "`" in name else quote(name)


def in_namespace(document: Document) -> str:
    """The option for the namespace that is written in an object."""
    return f" -n {operand(document.namespace.value)}" if document.namespace else ""


def is_rollout(document: Document) -> bool:
    """Whether an object is a Rollout of Argo Rollouts."""
    return document.kind == ROLLOUT[1] and document.api_version.startswith(ROLLOUT[0])
