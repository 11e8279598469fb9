"""The kinds that are listed, and what is taken of each object while its page is at hand."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from cmlint.knowledge.services import variables_of
from cmlint.model.cluster import ClusterRead, Held, Pod, Running
from cmlint.model.cluster_objects import LiveObject
from cmlint.model.facts import Port, Rolling, Scalar, Service
from cmlint.sources.cluster import objects
from cmlint.sources.cluster.lists import METADATA, Resource, Taking
from cmlint.sources.cluster.objects import Camel, Head, Meta, head_of
from cmlint.sources.cluster.workloads import Spec, Template, live_object, reads_of

CORE, APPS, BATCH, EARLY_BATCH = "/api/v1", "/apis/apps/v1", "/apis/batch/v1", "/apis/batch/v1beta1"

CONFIG_MAPS = Resource("ConfigMap", CORE, "configmaps")
SECRETS = Resource("Secret", CORE, "secrets")
NAMES_OF_SECRETS = SECRETS._replace(accept=METADATA)
NAMESPACES = Resource("Namespace", CORE, "namespaces", accept=METADATA)
PODS = Resource("Pod", CORE, "pods")
PODS_WITH_SPECS = PODS._replace(variant="with specs")
"""Pods of which the owner may not be listed, so that they are judged themselves."""
EVENTS = Resource("Event", CORE, "events", (("fieldSelector", "type=Warning,reason=FailedMount"),))
SERVICES = Resource("Service", CORE, "services")
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
CRASHED = "CrashLoopBackOff"
"""Why a container waits that has run and ended too early (`pkg/kubelet/container/sync_result.go`)."""

KINDS = frozenset(resource.kind for resource in WITH_PODS)
BEFORE_MOUNTING = ("", "ContainerCreating", "PodInitializing")


class Workload(msgspec.Struct, gc=False):
    """An object with a pod spec: `spec` is there where the object may have to be judged itself.

    `live` is it as rules look at it, where it surely is judged: its page is at hand, and others are still to come.
    `done` says that it neither runs nor will; `reads` is what its pod spec reads,
    `rolling` is how it replaces its pods.
    """

    head: Head
    annotations: tuple[str, ...]
    spec: Spec | None
    reads: tuple[ClusterRead, ...]
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
    """How a StatefulSet updates: it leaves its first pods as they are, in the number of `partition`."""

    partition: int | None = None


class Strategy(Camel, frozen=True):
    """A strategy of updates."""

    type: str = ""
    rolling_update: RollingUpdate | None = None


class Ordinals(Camel, frozen=True):
    """How a StatefulSet numbers its pods."""

    start: int = 0


class Scaled(Camel, frozen=True):
    """The spec of what keeps a number of pods running."""

    template: Template | None = None
    replicas: int = 1
    paused: bool = False
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None
    selector: dict[str, Any] | None = None
    ordinals: Ordinals | None = None

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
        start = self.ordinals.start if self.ordinals else 0
        return Rolling(
            self.replicas, strategy.type, self.paused, partition=partition, selector=self.labels, start=start
        )


class Keeping(Camel, frozen=True):
    """A Deployment or its like."""

    metadata: Meta
    spec: Scaled


class Condition(Camel, frozen=True):
    """One condition of a Job or a Pod."""

    type: str
    status: str
    last_transition_time: str = ""


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


class Ended(Camel, frozen=True):
    """How a container has ended."""

    exit_code: int = 0


class State(Camel, frozen=True):
    """What a container does."""

    waiting: Waiting | None = None
    running: Started | None = None
    terminated: Ended | None = None

    @property
    def mounted(self) -> bool:
        """Whether it shows that all volumes of the pod are mounted.

        The kubelet waits for that before it starts or pulls anything (`SyncPod` in `pkg/kubelet/kubelet.go`), and until
        then writes the reasons of `convertToAPIContainerStatuses` in `pkg/kubelet/kubelet_pods.go`.
        """
        return bool(self.running or self.terminated or (self.waiting and self.waiting.reason not in BEFORE_MOUNTING))


class ContainerStatus(Camel, frozen=True):
    """The state of one container."""

    name: str
    image_id: str = msgspec.field(default="", name="imageID")
    state: State = State()


class PodStatus(Camel, frozen=True):
    """The state of a pod."""

    phase: str = ""
    conditions: tuple[Condition, ...] | None = None
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    ephemeral_container_statuses: tuple[ContainerStatus, ...] = ()

    def containers(self) -> tuple[ContainerStatus, ...]:
        """The states of all containers."""
        return (*self.init_container_statuses, *self.container_statuses, *self.ephemeral_container_statuses)

    def since(self) -> str:
        """The moment from which the pod has been as ready as it is, where the kubelet has noted it."""
        return next((each.last_transition_time for each in self.conditions or () if each.type == "Ready"), "")


class PodObject(Camel, frozen=True):
    """A Pod."""

    metadata: Meta
    spec: Spec
    status: PodStatus = PodStatus()


class ServicePort(Camel, frozen=True):
    """A port of a Service."""

    name: str = ""
    port: int = 0
    protocol: str = "TCP"


class ServiceSpec(Camel, frozen=True):
    """The spec of a Service."""

    cluster_ip: str = msgspec.field(default="", name="clusterIP")
    ports: tuple[ServicePort, ...] | None = None


class ServiceObject(Camel, frozen=True):
    """A Service."""

    metadata: Meta
    spec: ServiceSpec


class Variables(NamedTuple):
    """The variables that a Service gives to each container of its namespace, and about their bytes."""

    namespace: str
    number: int
    size: int


class Involved(Camel, frozen=True):
    """The object that an event is about."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


class Series(Camel, frozen=True):
    """How often an event has come again."""

    last_observed_time: str | None = None


class Event(Camel, frozen=True):
    """An event."""

    metadata: Meta
    involved_object: Involved
    message: str = ""
    last_timestamp: str | None = None
    event_time: str | None = None
    series: Series | None = None

    @property
    def last(self) -> str:
        """When it was last so."""
        again = self.series.last_observed_time if self.series else ""
        return again or self.last_timestamp or self.event_time or self.metadata.creation_timestamp


# what is kept of it

Named = tuple[str, str, Held]
"""Namespace and name of a ConfigMap or Secret, and what is kept of it."""

TYPES: dict[str, Any] = {
    "Job": Job,
    "CronJob": CronJob,
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"), Keeping),
}

API_VERSIONS = {CORE: "v1", APPS: "apps/v1", BATCH: "batch/v1", EARLY_BATCH: "batch/v1beta1"}


def taking_of(resource: Resource, prefix: str = "") -> Taking:
    """What is taken of each object of a built-in kind; `prefix` is before the paths of objects."""
    if resource == CONFIG_MAPS:
        return Taking(objects.ConfigMap, lambda found: named(found, objects.held_config_map(found)))
    if resource == SECRETS:
        return Taking(objects.Secret, lambda found: named(found, objects.held_secret(found)))
    if resource == NAMES_OF_SECRETS:
        return Taking(objects.MetadataOnly, lambda found: named(found, objects.held_name(found)))
    if resource == NAMESPACES:
        return Taking(objects.MetadataOnly, lambda found: found.metadata.name)
    if resource in (PODS, PODS_WITH_SPECS):
        return Taking(PodObject, lambda found: take_pod(found, prefix, complete=resource == PODS_WITH_SPECS))
    if resource == EVENTS:
        return Taking(Event, lambda found: found)
    if resource == SERVICES:
        return Taking(ServiceObject, take_service)
    return Taking(TYPES[resource.kind], lambda found: take_workload(resource, found, prefix))


def named(found: objects.ConfigMap | objects.Secret | objects.MetadataOnly, held: Held) -> Named:
    """What is kept of a ConfigMap or Secret, under its name."""
    return found.metadata.namespace, found.metadata.name, held


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
    return Workload(
        head=head,
        annotations=annotations,
        spec=spec,
        reads=tuple(reads_of(template.spec)),
        done=done or idle,
        created=created,
        live=live,
        rolling=rolling,
    )


def take_pod(found: PodObject, prefix: str, *, complete: bool) -> PodWorkload:
    """What is kept of a Pod; its spec, unless it is to be `complete`, only where no template tells the same."""
    meta, status = found.metadata, found.status
    head = head_of(meta, "Pod", "v1")
    done = status.phase in ("Succeeded", "Failed") or bool(meta.deletion_timestamp)
    images = {container.name: container.image for _, containers in found.spec.lists() for container in containers}
    ephemeral = {container.name for container in found.spec.ephemeral_containers}
    containers = tuple(
        running(each, images.get(each.name, ""), ephemeral=each.name in ephemeral) for each in status.containers()
    )
    pod = Pod(
        meta.name,
        meta.creation_timestamp,
        meta.revision,
        containers,
        uid=meta.uid,
        since=status.since() or meta.creation_timestamp,
        mounted=any(each.state.mounted for each in status.containers()),
    )
    templated = head.owner is not None and head.owner[0] in KINDS
    spec = None if (templated and not complete) or done else found.spec
    return PodWorkload(
        head=head,
        annotations=head.annotations,
        spec=spec,
        reads=tuple(reads_of(found.spec)),
        done=done,
        created=meta.creation_timestamp,
        live=live_object(head, head.annotations, spec, prefix) if spec and head.owner is None else None,
        pod=pod,
        mirror=head.owner is not None and head.owner[0] == "Node",
    )


ADDRESS = len("tcp://10.100.100.100:80")
"""The bytes of a value that holds an address, about."""


def take_service(found: ServiceObject) -> Variables:
    """What is kept of a Service; one without an address of its own gives no variables (`IsServiceIPSet`)."""
    spec, none = found.spec, Scalar("", 0, 0)
    if spec.cluster_ip in ("", "None") or not spec.ports:
        return Variables(found.metadata.namespace, 0, 0)
    ports = tuple(Port(each.name, each.port, each.protocol) for each in spec.ports)
    service = Service(replace(none, value=found.metadata.name), None, ports)
    sizes = [
        len(name) + len(value or "") + (ADDRESS if value is None else 0) + 2 for name, value in variables_of(service)
    ]
    return Variables(found.metadata.namespace, len(sizes), sum(sizes))


def running(status: ContainerStatus, image: str, *, ephemeral: bool) -> Running:
    """One container of a pod."""
    state = status.state
    started = state.running.started_at if state.running else ""
    waiting = state.waiting or Waiting()
    failed = waiting.reason == CRASHED or bool(state.terminated and state.terminated.exit_code)
    return Running(
        name=status.name,
        image=image,
        image_id=status.image_id,
        started=started,
        reason=waiting.reason,
        message=waiting.message,
        failed=failed,
        ephemeral=ephemeral,
    )
