"""Pod specs as the API server writes them: decoded into what is needed of them, then made into facts.

The API server has accepted them, so there is no fault to look for, and every default is set.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cmlint.knowledge.mounts import with_idle_volumes
from cmlint.kube.fields import POD_PATHS
from cmlint.model.cluster import ClusterRead
from cmlint.model.cluster_objects import Listing, LiveObject, ignore_of, path_of
from cmlint.model.facts import (
    Container,
    Document,
    Env,
    EnvFrom,
    FileFacts,
    Item,
    Mount,
    PodSpec,
    Reference,
    Rolling,
    Span,
    Target,
    Via,
    Volume,
    VolumeSource,
)
from cmlint.sources.cluster.objects import Camel, Head

PLAIN = Rolling()
"""That of an object that says nothing about it."""


class KeyRef(Camel, frozen=True):
    """A ConfigMap's or Secret's key."""

    name: str = ""
    key: str = ""
    optional: bool = False


class FieldRef(Camel, frozen=True):
    """A field of the pod, a resource, or a key of a file: whichever is there says what is read."""

    field_path: str = ""
    resource: str = ""
    key: str = ""
    optional: bool = False

    @property
    def read(self) -> str:
        """What is read."""
        return self.field_path or self.resource or self.key


class EnvSource(Camel, frozen=True):
    """Where a variable's value comes from."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: FieldRef | None = None
    resource_field_ref: FieldRef | None = None
    file_key_ref: FieldRef | None = None


class EnvVar(Camel, frozen=True):
    """One entry of `env`."""

    name: str
    value: str = ""
    value_from: EnvSource | None = None


class EnvFromEntry(Camel, frozen=True):
    """One entry of `envFrom`."""

    prefix: str = ""
    config_map_ref: KeyRef | None = None
    secret_ref: KeyRef | None = None


class VolumeMount(Camel, frozen=True):
    """One entry of `volumeMounts`."""

    name: str
    mount_path: str = ""
    sub_path: str = ""
    sub_path_expr: str = ""


class ContainerSpec(Camel, frozen=True):
    """One container."""

    name: str
    image: str = ""
    image_pull_policy: str = ""
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFromEntry, ...] = ()
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    volume_mounts: tuple[VolumeMount, ...] = ()


class KeyToPath(Camel, frozen=True):
    """One entry of `items`."""

    key: str
    path: str


class Source(Camel, frozen=True):
    """A ConfigMap or Secret in a volume; `secret_name` is what a Secret volume calls its name."""

    name: str = ""
    secret_name: str = ""
    items: tuple[KeyToPath, ...] | None = None
    optional: bool = False


class Projection(Camel, frozen=True):
    """One source of a projected volume; without either, it is another kind."""

    config_map: Source | None = None
    secret: Source | None = None


class Projected(Camel, frozen=True):
    """A projected volume."""

    sources: tuple[Projection, ...] | None = None


class ImageSource(Camel, frozen=True):
    """An OCI image as a volume."""

    reference: str = ""
    pull_policy: str = ""


class VolumeSpec(Camel, frozen=True):
    """One volume; without any of these it is of another kind."""

    name: str
    config_map: Source | None = None
    secret: Source | None = None
    projected: Projected | None = None
    image: ImageSource | None = None


class Spec(Camel, frozen=True):
    """A pod spec."""

    containers: tuple[ContainerSpec, ...] = ()
    init_containers: tuple[ContainerSpec, ...] = ()
    ephemeral_containers: tuple[ContainerSpec, ...] = ()
    volumes: tuple[VolumeSpec, ...] = ()
    enable_service_links: bool = True

    def lists(self) -> Iterator[tuple[str, tuple[ContainerSpec, ...]]]:
        """The lists of containers with their names, in the order in which the reader of manifests has them."""
        yield "initContainers", self.init_containers
        yield "containers", self.containers
        yield "ephemeralContainers", self.ephemeral_containers


class TemplateMeta(Camel, frozen=True):
    """The metadata of a pod template."""

    annotations: dict[str, msgspec.Raw] | None = None


class Template(Camel, frozen=True):
    """A pod template, of which only the names of the annotations are kept."""

    spec: Spec
    metadata: TemplateMeta | None = None


def reads_of(spec: Spec) -> Iterator[ClusterRead]:
    """All that a pod spec reads."""
    for _, containers in spec.lists():
        for container in containers:
            for entry in container.env_from:
                for target, ref in targets(entry.config_map_ref, entry.secret_ref):
                    yield target, ref.name, None
            for variable in container.env:
                if source := variable.value_from:
                    for target, ref in targets(source.config_map_key_ref, source.secret_key_ref):
                        yield target, ref.name, ref.key
    for volume in spec.volumes:
        for _, target, _, part in volume_sources(volume):
            name = part.secret_name or part.name
            for item in part.items or ():
                yield target, name, item.key
            if not part.items:
                yield target, name, None


def targets(config_map: KeyRef | None, secret: KeyRef | None) -> Iterator[tuple[Target, KeyRef]]:
    """Whichever of the two is there."""
    if config_map is not None:
        yield "ConfigMap", config_map
    if secret is not None:
        yield "Secret", secret


def volume_sources(volume: VolumeSpec) -> Iterator[tuple[str, Target, Via, Source]]:
    """The ConfigMaps and Secrets of a volume, each with the path of its field."""
    if volume.config_map is not None:
        yield "configMap", "ConfigMap", "volume", volume.config_map
    if volume.secret is not None:
        yield "secret", "Secret", "volume", volume.secret
    for i, part in enumerate((volume.projected and volume.projected.sources) or ()):
        if part.config_map is not None:
            yield f"projected.sources[{i}].configMap", "ConfigMap", "projected", part.config_map
        if part.secret is not None:
            yield f"projected.sources[{i}].secret", "Secret", "projected", part.secret


class SpecReader:
    """Makes the facts of pod specs, and writes their fields into a listing."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def read(self, spec: Spec, annotations: tuple[str, ...], path: str) -> PodSpec:
        """The facts of a pod spec at a path of its object."""
        start = self.listing.length
        containers = tuple(
            self.container(container, name, f"{path}.{name}[{i}]")
            for name, found in spec.lists()
            for i, container in enumerate(found)
        )
        volumes = tuple(self.volume(volume, f"{path}.volumes[{i}]") for i, volume in enumerate(spec.volumes))
        span = Span(start, max(self.listing.length - 1, start))
        pod = PodSpec(
            containers=containers,
            volumes=volumes,
            annotations=annotations,
            exact=True,
            service_links=spec.enable_service_links,
            span=span,
            path=path,
        )
        return with_idle_volumes(pod)

    def container(self, spec: ContainerSpec, list_: str, path: str) -> Container:
        """One container."""
        put = self.listing.put
        name = put(f"{path}.name", spec.name)
        return Container(
            name=name,
            list=list_,
            image=put(f"{path}.image", spec.image) if spec.image else None,
            pull_policy=put(f"{path}.imagePullPolicy", spec.image_pull_policy) if spec.image_pull_policy else None,
            env=tuple(self.env(entry, f"{path}.env[{i}]") for i, entry in enumerate(spec.env)),
            env_from=tuple(self.env_from(entry, f"{path}.envFrom[{i}]") for i, entry in enumerate(spec.env_from)),
            command=tuple(put(f"{path}.command[{i}]", text) for i, text in enumerate(spec.command)),
            args=tuple(put(f"{path}.args[{i}]", text) for i, text in enumerate(spec.args)),
            mounts=tuple(self.mount(mount, f"{path}.volumeMounts[{i}]") for i, mount in enumerate(spec.volume_mounts)),
            span=name.span,
            path=path,
        )

    def env(self, entry: EnvVar, path: str) -> Env:
        """One entry of `env`."""
        name = self.listing.put(f"{path}.name", entry.name)
        source = entry.value_from
        if source is None:
            return Env(name, self.listing.put(f"{path}.value", entry.value), "literal", None, name.span)
        path = f"{path}.valueFrom"
        if source.config_map_key_ref is not None:
            reference = self.key(source.config_map_key_ref, "ConfigMap", f"{path}.configMapKeyRef")
            return Env(name, None, "ConfigMap", reference, name.span)
        if source.secret_key_ref is not None:
            reference = self.key(source.secret_key_ref, "Secret", f"{path}.secretKeyRef")
            return Env(name, None, "Secret", reference, name.span)
        if source.field_ref is not None:
            return Env(name, self.listing.put(f"{path}.fieldRef", source.field_ref.read), "field", None, name.span)
        if source.resource_field_ref is not None:
            read = self.listing.put(f"{path}.resourceFieldRef", source.resource_field_ref.read)
            return Env(name, read, "resource", None, name.span)
        if (file := source.file_key_ref) is not None:
            return Env(
                name=name,
                value=self.listing.put(f"{path}.fileKeyRef", file.read),
                source="file",
                reference=None,
                span=name.span,
                optional=file.optional,
            )
        return Env(name, None, "none", None, name.span)

    def key(self, ref: KeyRef, target: Target, path: str) -> Reference:
        """The reference to one key."""
        name, key = self.listing.put(f"{path}.name", ref.name), self.listing.put(f"{path}.key", ref.key)
        return Reference(
            target=target,
            name=name,
            keys=(key,),
            optional=ref.optional,
            via="env",
            span=Span(name.start, key.end),
            path=path,
        )

    def env_from(self, entry: EnvFromEntry, path: str) -> EnvFrom:
        """One entry of `envFrom`."""
        prefix = self.listing.put(f"{path}.prefix", entry.prefix) if entry.prefix else None
        for target, ref in targets(entry.config_map_ref, entry.secret_ref):
            where = f"{path}.{'configMapRef' if target == 'ConfigMap' else 'secretRef'}"
            name = self.listing.put(f"{where}.name", ref.name)
            return EnvFrom(
                prefix,
                Reference(
                    target=target, name=name, keys=(), optional=ref.optional, via="envFrom", span=name.span, path=where
                ),
                name.span,
            )
        return EnvFrom(prefix, None, Span(self.listing.length, self.listing.length))

    def mount(self, mount: VolumeMount, path: str) -> Mount:
        """One entry of `volumeMounts`."""
        name = self.listing.put(f"{path}.name", mount.name)
        sub = mount.sub_path or mount.sub_path_expr
        field = "subPath" if mount.sub_path else "subPathExpr"
        return Mount(name, mount.mount_path, self.listing.put(f"{path}.{field}", sub) if sub else None, name.span)

    def volume(self, volume: VolumeSpec, path: str) -> Volume:
        """One volume."""
        name = self.listing.put(f"{path}.name", volume.name)
        sources = tuple(
            self.source(source, target, via, f"{path}.{field}") for field, target, via, source in volume_sources(volume)
        )
        parts = (volume.projected and volume.projected.sources) or ()
        only = all(part.config_map is not None or part.secret is not None for part in parts)
        closed = bool(sources) and only
        image = policy = None
        if volume.image is not None and volume.image.reference:
            image = self.listing.put(f"{path}.image.reference", volume.image.reference)
            policy = self.listing.put(f"{path}.image.pullPolicy", volume.image.pull_policy)
        return Volume(name=name, sources=sources, closed=closed, span=name.span, image=image, pull_policy=policy)

    def source(self, source: Source, target: Target, via: Via, path: str) -> VolumeSource:
        """One ConfigMap or Secret of a volume."""
        field = "secretName" if source.secret_name else "name"
        name = self.listing.put(f"{path}.{field}", source.secret_name or source.name)
        items = tuple(
            Item(
                self.listing.put(f"{path}.items[{i}].key", item.key),
                self.listing.put(f"{path}.items[{i}].path", item.path),
            )
            for i, item in enumerate(source.items or ())
        )
        keys = tuple(item.key for item in items)
        reference = Reference(
            target=target, name=name, keys=keys, optional=source.optional, via=via, span=name.span, path=path
        )
        return VolumeSource(reference, items or None)


def live_object(
    head: Head, annotations: tuple[str, ...], spec: Spec, prefix: str, rolling: Rolling = PLAIN
) -> LiveObject:
    """A workload as a live object; `annotations` are those of its template, `rolling` is how it replaces its pods."""
    listing = Listing()
    name, namespace = listing.put("metadata.name", head.name), listing.put("metadata.namespace", head.namespace)
    ignore = ignore_of(head.ignore, listing)
    pod = SpecReader(listing).read(spec, annotations, ".".join(POD_PATHS[head.kind]))
    document = Document(
        span=Span(0, max(listing.length - 1, 0)),
        head=name.span,
        api_version=head.api_version,
        kind=head.kind,
        name=name,
        namespace=namespace,
        annotations=head.annotations,
        ignore=ignore,
        pods=(pod,),
        labels=head.labels,
        rolling=rolling,
    )
    path = path_of(head.kind, head.namespace, head.name, prefix)
    return LiveObject(path, FileFacts((document,)), listing.text, head.group)
