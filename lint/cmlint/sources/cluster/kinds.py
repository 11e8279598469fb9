"""The kinds that are listed, and what is taken of each object while its page is at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from cmlint.model.facts import Rolling
from cmlint.model.listing import LiveObject
from cmlint.model.live import Held, Pod, Running
from cmlint.sources.cluster import objects
from cmlint.sources.cluster.lists import METADATA, Resource
from cmlint.sources.cluster.objects import Camel, Head, Meta, head_of
from cmlint.sources.cluster.workloads import Read, Spec, Template, live_object, reads_of

CORE, APPS, BATCH, EARLY_BATCH = "/api/v1", "/apis/apps/v1", "/apis/batch/v1", "/apis/batch/v1beta1"

CONFIG_MAPS = Resource("ConfigMap", CORE, "configmaps")
SECRETS = Resource("Secret", CORE, "secrets")
NAMES_OF_SECRETS = SECRETS._replace(accept=METADATA)
NAMESPACES = Resource("Namespace", CORE, "namespaces", accept=METADATA)
PODS = Resource("Pod", CORE, "pods")
EVENTS = Resource("Event", CORE, "events", (("fieldSelector", "type=Warning,reason=FailedMount"),))
CRON_JOBS = Resource("CronJob", BATCH, "cronjobs")
WORKLOADS = (
    Resource("Deployment", APPS, "deployments"),
    Resource("StatefulSet", APPS, "statefulsets"),
    Resource("DaemonSet", APPS, "daemonsets"),
    Resource("ReplicaSet", APPS, "replicasets"),
    Resource("ReplicationController", CORE, "replicationcontrollers"),
    Resource("Job", BATCH, "jobs"),
    CRON_JOBS,
)
WITH_PODS = (PODS, *WORKLOADS)
EARLIER = {CRON_JOBS: CRON_JOBS._replace(group=EARLY_BATCH)}
"""Where clusters before 1.21 have a kind (`staging/src/k8s.io/api/batch/v1beta1/types.go`)."""
KINDS = frozenset(resource.kind for resource in WITH_PODS)


class Workload(msgspec.Struct, gc=False):
    """An object with a pod spec: `spec` is there where the object may have to be judged itself.

    `live` is it as rules look at it, where it surely is judged: its page is at hand, and others are still to come.
    `done` says that it neither runs nor will; `reads` is what its pod spec reads,
    `rolling` is how it replaces its pods.
    """

    head: Head
    annotations: tuple[str, ...]
    spec: Spec | None
    reads: frozenset[Read]
    done: bool = False
    created: str = ""
    live: LiveObject | None = None
    rolling: Rolling = Rolling()


class PodWorkload(Workload, gc=False):
    """A pod, with its state."""

    pod: Pod | None = None
    mirror: bool = False


# what the API server sends


class RollingUpdate(Camel, frozen=True):
    """How a StatefulSet updates: from the pod with the number `partition` on."""

    partition: int | None = None


class Strategy(Camel, frozen=True):
    """A strategy of updates."""

    type: str = ""
    rolling_update: RollingUpdate | None = None


class Scaled(Camel, frozen=True):
    """The spec of what keeps a number of pods running."""

    template: Template | None = None
    replicas: int = 1
    paused: bool = False
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None
    selector: dict[str, Any] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its pods; a ReplicationController has them without `matchLabels`."""
        selector = self.selector or {}
        found = selector.get("matchLabels", selector)
        return tuple(f"{name}={value}" for name, value in found.items() if isinstance(value, str))

    @property
    def rolling(self) -> Rolling:
        """How it replaces its pods."""
        strategy = self.strategy or self.update_strategy or Strategy()
        update = strategy.rolling_update
        partition = (update.partition if update else 0) or 0
        return Rolling(self.replicas, strategy.type, self.paused, partition=partition, selector=self.labels)


class Keeping(Camel, frozen=True):
    """A Deployment or its like."""

    metadata: Meta
    spec: Scaled


class Condition(Camel, frozen=True):
    """One condition of a Job."""

    type: str
    status: str


class JobStatus(Camel, frozen=True):
    """What became of a Job."""

    conditions: tuple[Condition, ...] | None = None

    @property
    def done(self) -> bool:
        """Whether it has ended, one way or the other (`pkg/controller/job/utils.go`, IsJobFinished)."""
        return any(c.type in ("Complete", "Failed") and c.status == "True" for c in self.conditions or ())


class Job(Camel, frozen=True):
    """A Job."""

    metadata: Meta
    spec: Scaled
    status: JobStatus = JobStatus()


class JobTemplate(Camel, frozen=True):
    """The template of a CronJob's Jobs."""

    spec: Scaled


class Scheduled(Camel, frozen=True):
    """The spec of a CronJob."""

    job_template: JobTemplate
    suspend: bool = False


class CronJob(Camel, frozen=True):
    """A CronJob."""

    metadata: Meta
    spec: Scheduled


class Waiting(Camel, frozen=True):
    """Why a container waits."""

    reason: str = ""
    message: str = ""


class Started(Camel, frozen=True):
    """Since when a container runs."""

    started_at: str = ""


class State(Camel, frozen=True):
    """What a container does."""

    waiting: Waiting | None = None
    running: Started | None = None


class ContainerStatus(Camel, frozen=True):
    """The state of one container."""

    name: str
    image_id: str = msgspec.field(default="", name="imageID")
    state: State = State()


class PodStatus(Camel, frozen=True):
    """The state of a pod."""

    phase: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class PodObject(Camel, frozen=True):
    """A Pod."""

    metadata: Meta
    spec: Spec
    status: PodStatus = PodStatus()


class Involved(Camel, frozen=True):
    """The object that an event is about."""

    kind: str = ""
    namespace: str = ""
    name: str = ""


class Event(Camel, frozen=True):
    """An event."""

    metadata: Meta
    involved_object: Involved
    message: str = ""


# what is kept of it

Named = tuple[str, str, Held]
"""Namespace and name of a ConfigMap or Secret, and what is kept of it."""

TYPES: dict[str, Any] = {
    "Job": Job,
    "CronJob": CronJob,
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"), Keeping),
}

API_VERSIONS = {CORE: "v1", APPS: "apps/v1", BATCH: "batch/v1", EARLY_BATCH: "batch/v1beta1"}


def taker_of(resource: Resource, prefix: str = "") -> Callable[[msgspec.Raw], Any]:
    """What makes of each object of a built-in kind what is kept of it; `prefix` is before the paths of objects."""
    if resource == CONFIG_MAPS:
        return named(objects.ConfigMap, objects.held_config_map)
    if resource == SECRETS:
        return named(objects.Secret, objects.held_secret)
    if resource == NAMES_OF_SECRETS:
        return named(objects.MetadataOnly, objects.held_name)
    if resource == NAMESPACES:
        decoder = msgspec.json.Decoder(objects.MetadataOnly)
        return lambda raw: decoder.decode(raw).metadata.name
    if resource == PODS:
        pods = msgspec.json.Decoder(PodObject)
        return lambda raw: take_pod(pods.decode(raw), prefix)
    if resource == EVENTS:
        return msgspec.json.Decoder(Event).decode
    workloads = msgspec.json.Decoder(TYPES[resource.kind])
    return lambda raw: take_workload(resource, workloads.decode(raw), prefix)


def named(type_: Any, keep: Callable[[Any], Held]) -> Callable[[msgspec.Raw], Named]:
    """What makes a ConfigMap or Secret what is kept of it."""
    decoder = msgspec.json.Decoder(type_)

    def take(raw: msgspec.Raw) -> Named:
        found = decoder.decode(raw)
        return found.metadata.namespace, found.metadata.name, keep(found)

    return take


def take_workload(resource: Resource, found: Keeping | Job | CronJob, prefix: str) -> Workload:
    """What is kept of an object with a pod template."""
    scaled = found.spec.job_template.spec if isinstance(found, CronJob) else found.spec
    head = head_of(found.metadata, resource.kind, API_VERSIONS[resource.group])
    template = scaled.template or Template(Spec())
    annotations = tuple(sorted((template.metadata and template.metadata.annotations) or ()))
    done = isinstance(found, Job) and found.status.done
    idle = resource.kind == "ReplicaSet" and head.owner is not None and not scaled.replicas
    spec = None if done or idle else template.spec
    created = found.metadata.creation_timestamp
    rolling = Rolling(suspended=found.spec.suspend) if isinstance(found, CronJob) else found.spec.rolling
    live = live_object(head, annotations, spec, prefix, rolling) if spec and head.owner is None else None
    return Workload(head, annotations, spec, frozenset(reads_of(template.spec)), done or idle, created, live, rolling)


def take_pod(found: PodObject, prefix: str) -> PodWorkload:
    """What is kept of a Pod; its spec only where no template tells the same."""
    meta, status = found.metadata, found.status
    head = head_of(meta, "Pod", "v1")
    done = status.phase in ("Succeeded", "Failed")
    images = {container.name: container.image for _, containers in found.spec.lists() for container in containers}
    containers = tuple(
        running(each, images.get(each.name, ""))
        for each in (*status.init_container_statuses, *status.container_statuses)
    )
    pod = Pod(meta.name, meta.creation_timestamp, meta.revision, containers)
    templated = head.owner is not None and head.owner[0] in KINDS
    spec = None if templated or done else found.spec
    return PodWorkload(
        head,
        head.annotations,
        spec,
        frozenset(reads_of(found.spec)),
        done,
        meta.creation_timestamp,
        live_object(head, head.annotations, spec, prefix) if spec and head.owner is None else None,
        pod=pod,
        mirror=head.owner is not None and head.owner[0] == "Node",
    )


def running(status: ContainerStatus, image: str) -> Running:
    """One container of a pod."""
    state = status.state
    started = state.running.started_at if state.running else ""
    waiting = state.waiting or Waiting()
    return Running(status.name, image, status.image_id, started, waiting.reason, waiting.message)
