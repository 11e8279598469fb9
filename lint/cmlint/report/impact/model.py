"""What changes do, with places: version 1 of what `cmlint impact --format json` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.bundle.impact import STRONGEST, Change, Impact, Near, Subject, Touched
from cmlint.bundle.next_steps import Command, Step
from cmlint.bundle.readers import ALL, Effect, How, Read
from cmlint.model.cluster import Pod
from cmlint.model.facts import Target
from cmlint.model.findings import Location
from cmlint.report.json import VERSION
from cmlint.texts import Texts

ONE = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Rollout")
"""Kinds of which one pod runs where no number is written."""


class TargetEntry(msgspec.Struct, frozen=True):
    """An object, or one key of it, that changes; `bundles` are the paths of the builds and files that hold it."""

    kind: Target
    namespace: str | None
    name: str
    key: str | None
    change: Change
    location: Location | None
    bundles: tuple[str, ...]


class WorkloadEntry(msgspec.Struct, frozen=True):
    """What reads: an object with pods, or another one; `path` is its file, or what builds it."""

    kind: str
    namespace: str | None
    name: str | None
    replicas: int | None
    path: str


class ObjectEntry(msgspec.Struct, frozen=True):
    """An object that a GitOps object renders, and the file that it is in or what builds it."""

    kind: str
    namespace: str | None
    name: str
    path: str


class PodEntry(msgspec.Struct, frozen=True, order=True):
    """A pod that runs: it has the values that there were when its containers `started`, the first of them."""

    name: str
    started: str


class RunningEntry(msgspec.Struct, frozen=True):
    """The pods of a workload that run in the cluster."""

    workload: WorkloadEntry
    pods: tuple[PodEntry, ...]


class ReadEntry(msgspec.Struct, frozen=True):
    """One read: `target` is its place in `targets`, `names` the variables or files that it arrives as.

    `through` are the variables into which it is expanded, and `command` or `args`. `reason` is the place that shows why
    the effect is what it is. One that is not `sure` may read another object. What a GitOps object reads, it `renders`
    into objects, of which `more` than these may exist.
    """

    target: int
    workload: WorkloadEntry
    container: str | None
    how: How
    key: str | None
    names: tuple[str, ...]
    through: tuple[str, ...]
    optional: bool
    effect: Effect
    why: str
    location: Location
    reason: Location | None
    sure: bool
    renders: tuple[ObjectEntry, ...]
    more: bool


class NearEntry(msgspec.Struct, frozen=True):
    """A read of a key that is not there, and of which the name is near the one that is asked for."""

    target: int
    workload: WorkloadEntry
    container: str | None
    key: str
    location: Location


class ReferenceEntry(msgspec.Struct, frozen=True):
    """A reference that a change of manifests brought or took away; one that went has its old place."""

    change: Literal["came", "went"]
    kind: Target
    name: str
    key: str | None
    workload: WorkloadEntry
    container: str | None
    location: Location


class CommandEntry(msgspec.Struct, frozen=True):
    """A line for a shell, and the workloads that it is about."""

    step: Step
    command: str
    workloads: tuple[str, ...]


class Skipped(msgspec.Struct, frozen=True, order=True):
    """What could not be read or built, so that readers in it are not known."""

    path: str
    reason: str


class Counts(msgspec.Struct, frozen=True):
    """The number of those that the changes reach; `effects` counts workloads by their strongest effect.

    `pods` counts the pods that run in the cluster; without a cluster, the replicas that are written, and one where no
    number is.
    """

    readers: int
    workloads: int
    containers: int
    pods: int
    namespaces: int
    bundles: int
    effects: dict[Effect, int]


class Report(msgspec.Struct, frozen=True):
    """What `cmlint impact --format json` prints."""

    version: Literal[1]
    targets: tuple[TargetEntry, ...]
    reads: tuple[ReadEntry, ...]
    near: tuple[NearEntry, ...]
    running: tuple[RunningEntry, ...]
    references: tuple[ReferenceEntry, ...]
    commands: tuple[CommandEntry, ...]
    summary: Counts
    skipped: tuple[Skipped, ...]


def build(
    impact: Impact,
    commands: Iterable[Command],
    texts: Texts,
    references: Iterable[ReferenceEntry] = (),
    skipped: Iterable[Skipped] = (),
) -> Report:
    """The report with all places."""
    numbers = {id(subject): number for number, subject in enumerate(impact.subjects)}
    found = (read_entry(each, numbers[id(each.subject)], texts) for each in impact.touched)
    near = (near_entry(each, numbers[id(each.subject)], texts) for each in impact.near)
    pods = running_pods(impact.touched)
    return Report(
        version=VERSION,
        targets=tuple(target_entry(subject, texts) for subject in impact.subjects),
        reads=tuple(sorted(dict.fromkeys(found), key=order)),
        near=tuple(dict.fromkeys(near)),
        running=tuple(
            dict.fromkeys(RunningEntry(workload_entry(placed), here) for placed, here in pods.items() if here)
        ),
        references=tuple(dict.fromkeys(references)),
        commands=tuple(CommandEntry(*each) for each in commands),
        summary=counts(impact.touched, pods),
        skipped=tuple(sorted(dict.fromkeys(skipped))),
    )


def order(entry: ReadEntry) -> tuple[object, ...]:
    """The order of reads: by target, the strongest effect first, then by name."""
    workload = entry.workload
    names = workload.namespace or "", workload.kind, workload.name or "", workload.path, entry.container or ""
    return entry.target, not entry.sure, STRONGEST.index(entry.effect), *names, entry.location


def target_entry(subject: Subject, texts: Texts) -> TargetEntry:
    """A subject with its place."""
    location = texts.locate(*subject.place) if subject.place else subject.was
    bundles = dict.fromkeys(each.definition.placed.path for each in subject.defined)
    key = None if subject.key == ALL else subject.key
    name = subject.defined[0].definition.placed.reword(subject.name) if subject.defined else subject.name
    return TargetEntry(
        kind=subject.target,
        namespace=subject.namespace,
        name=name,
        key=key,
        change=subject.change,
        location=location,
        bundles=tuple(bundles),
    )


def workload_entry(placed: Placed) -> WorkloadEntry:
    """What reads."""
    document = placed.document
    name = placed.reword(document.name.value) if document.name else None
    return WorkloadEntry(document.kind, placed.namespace, name, document.rolling.replicas, placed.path)


def container_of(read: Read) -> str | None:
    """The name of the container that reads, or the field that holds it if it has none."""
    return read.container.called if read.container else None


def read_entry(touched: Touched, number: int, texts: Texts) -> ReadEntry:
    """One read with its places."""
    read = touched.read
    return ReadEntry(
        target=number,
        workload=workload_entry(read.placed),
        container=container_of(read),
        how=read.how,
        key=None if read.key == ALL else read.key,
        names=touched.names,
        through=touched.through,
        optional=read.reference.optional,
        effect=touched.effect,
        why=touched.why,
        location=texts.locate(*read.placed.written(read.reference.name.span)),
        reason=texts.locate(*touched.place) if touched.place else None,
        sure=touched.sure,
        renders=tuple(map(object_entry, touched.renders)),
        more=touched.more,
    )


def object_entry(placed: Placed) -> ObjectEntry:
    """An object that is rendered."""
    document = placed.document
    name = placed.reword(document.name.value) if document.name else ""
    return ObjectEntry(document.kind, placed.namespace, name, placed.path)


def running_pods(touched: Iterable[Touched]) -> dict[Placed, tuple[PodEntry, ...]]:
    """The pods that run of each workload that a change reaches, in the clusters that were read."""
    reached = {each.read.placed: each.bundle for each in touched if each.sure and each.effect != "none"}
    return {
        placed: tuple(sorted(entry for cluster in bundle.clusters for entry in pod_entries(cluster.pods_of(placed))))
        for placed, bundle in reached.items()
        if placed.document.pods
    }


def pod_entries(pods: Iterable[Pod]) -> Iterator[PodEntry]:
    """Those of some pods of which a container runs."""
    for pod in pods:
        if started := [each.started for each in pod.containers if each.started]:
            yield PodEntry(pod.name, min(started))


def near_entry(near: Near, number: int, texts: Texts) -> NearEntry:
    """A read of a near key with its place."""
    read = near.read
    location = texts.locate(*read.placed.written(read.reference.name.span))
    return NearEntry(number, workload_entry(read.placed), container_of(read), near.key, location)


def counts(touched: Sequence[Touched], running: Mapping[Placed, Sequence[PodEntry]]) -> Counts:
    """The number of those that the changes reach."""
    reached = [each for each in touched if each.sure and each.effect != "none"]
    by_workload: dict[tuple[Bundle, Placed], Effect] = {}
    for each in sorted(reached, key=lambda each: STRONGEST.index(each.effect)):
        by_workload.setdefault((each.bundle, each.read.placed), each.effect)
    numbers = Counter(by_workload.values())
    return Counts(
        readers=len(reached),
        workloads=len(by_workload),
        containers=len({(e.read.placed, e.read.container.path) for e in reached if e.read.container}),
        pods=sum(len(running.get(placed, ())) or pods_of(placed) for _, placed in by_workload),
        namespaces=len({placed.namespace for _, placed in by_workload}),
        bundles=len({bundle for bundle, _ in by_workload}),
        effects={effect: numbers[effect] for effect in STRONGEST if numbers[effect]},
    )


def pods_of(placed: Placed) -> int:
    """The number of pods of a workload, as far as it is written."""
    if placed.document.kind not in ONE:
        return 0
    replicas = placed.document.rolling.replicas
    return 1 if replicas is None else replicas
