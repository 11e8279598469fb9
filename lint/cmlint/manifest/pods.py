"""Pod specs: nodes to facts, with what the API server refuses noted on the way.

The checks follow `pkg/apis/core/validation/validation.go` function by function; each of ours names its original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from sys import intern

import msgspec

from cmlint.knowledge.mounts import with_idle_volumes
from cmlint.knowledge.placeholders import is_placeholder, is_unfilled
from cmlint.kube import names
from cmlint.kube.fields import VOLUME_KINDS
from cmlint.kube.near import nearest
from cmlint.manifest.decode import Decoder, Struct
from cmlint.manifest.nodes import Node, ScalarNode, SequenceNode
from cmlint.manifest.providers import first_string
from cmlint.manifest.traits import traits_of
from cmlint.model.facts import (
    Container,
    Env,
    EnvFrom,
    FaultKind,
    Item,
    Mount,
    PodSpec,
    Reference,
    Scalar,
    Target,
    Via,
    Volume,
    VolumeSource,
)

LISTS = ("initContainers", "containers", "ephemeralContainers")
PULL_POLICIES = ("Always", "IfNotPresent", "Never")

FIELD_PATHS = frozenset(
    (
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.host",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    )
)
RESOURCES = r"(?s)(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)\Z"
OCTAL = "[1-7][0-7]{2}"
"""How permissions are written, except the zero in front that makes a number octal."""

SUBSCRIPT = r"(?s)(.{0,100}?)\['((?:(?!\[').)*)'\]\Z"
CPU_DIVISORS = frozenset(("1m", "1", "0"))
BYTE_DIVISORS = frozenset(("0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"))
ENV_KINDS: dict[str, Target] = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
FROM_KINDS: dict[str, Target] = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
PROJECTIONS: tuple[tuple[str, Target], ...] = (("secret", "Secret"), ("configMap", "ConfigMap"))
OTHER_FILES = {
    "serviceAccountToken": ("path",),
    "clusterTrustBundle": ("path",),
    "podCertificate": ("credentialBundlePath", "keyPath", "certificateChainPath"),
}
"""What else a projected volume has files of, and the fields that name them."""

PROJECTED_ITEMS = ("secret", "configMap", "downwardAPI")


WhyNot = Callable[[str], "str | None"]


class PodReader:
    """Reads one pod spec.

    `claims` are volumes that exist besides its own (a StatefulSet's claim templates). A `live` object is a copy of what
    an API server gave out, so what may not be set at its creation was set later.
    """

    def __init__(
        self,
        decoder: Decoder,
        path: str,
        *,
        exact: bool,
        bare: bool,
        claims: frozenset[str] | None,
        live: bool = False,
    ) -> None:
        self.decoder, self.path, self.exact, self.bare, self.claims = decoder, path, exact, bare, claims
        self.live = live
        self.modes: list[Scalar] = []
        self.others: list[Scalar] = []
        self.of: list[Scalar] = []

    def read(self, node: Node, annotations: tuple[str, ...], watched: tuple[tuple[str, str], ...] = ()) -> PodSpec:
        """The facts of a pod spec."""
        decoder = self.decoder
        spec = decoder.struct(node, "PodSpec", self.path) or {}
        volume_nodes = decoder.sequence(spec, "volumes")
        structs = [
            {} if decoder.is_null(item) else decoder.struct(item, "Volume", f"{self.path}.volumes[{i}]")
            for i, item in enumerate(volume_nodes)
        ]
        named = {decoder.value(struct, "name"): struct for struct in structs if struct is not None}
        known = self.volume_names(named)
        self.check_volume_names(structs)
        volumes = tuple(
            self.volume(struct, item, f"{self.path}.volumes[{i}]")
            for i, (struct, item) in enumerate(zip(structs, volume_nodes, strict=True))
            if struct is not None
        )
        containers = tuple(
            self.container(item, list_, intern(f"{self.path}.{list_}[{i}]"), known, named)
            for list_ in LISTS
            for i, item in enumerate(decoder.sequence(spec, list_))
            if self.exact or not decoder.is_null(item)
        )
        if self.exact and not self.live and decoder.sequence(spec, "ephemeralContainers"):
            reason = "must not be set when a pod is created; `kubectl debug` adds them to a running one"
            decoder.fault("unknown-field", spec["ephemeralContainers"], f"{self.path}.ephemeralContainers", reason)
        links = spec.get("enableServiceLinks")
        pod = PodSpec(
            containers=containers,
            volumes=volumes,
            annotations=annotations,
            exact=self.exact,
            service_links=not (isinstance(links, ScalarNode) and decoder.resolve(links) is False),
            span=decoder.span(node),
            path=self.path,
            watched=watched,
            pull_secrets=pull_secrets_in(decoder, spec.get("imagePullSecrets"), f"{self.path}.imagePullSecrets"),
        )
        return with_idle_volumes(pod)

    def volume_names(self, named: Mapping[str, Struct]) -> frozenset[str] | None:
        """The names that a mount may have, or None when they cannot all be known."""
        if self.claims is None:
            return None
        return None if any(map(is_placeholder, named)) else self.claims.union(named)

    def check_volume_names(self, structs: list[Struct | None]) -> None:
        """No two volumes may have one name."""
        first: dict[str, Scalar] = {}
        for i, struct in enumerate(structs):
            name = self.decoder.string(struct, "name") if struct else None
            if self.exact and name and name.value in first:
                path, other = f"{self.path}.volumes[{i}].name", first[name.value].span
                self.decoder.fault(
                    "reference",
                    name.span,
                    path,
                    "is the same as that of another volume",
                    text=name.value,
                    other=other,
                    label="first here",
                )
            if name:
                first.setdefault(name.value, name)

    # containers

    def container(
        self, node: Node, list_: str, path: str, volumes: frozenset[str] | None, named: Mapping[str, Struct]
    ) -> Container:
        """One container (validateContainerCommon)."""
        decoder = self.decoder
        kind = "EphemeralContainer" if list_ == "ephemeralContainers" else "Container"
        decoder.container = self.name_of(node)
        struct = decoder.struct(node, kind, path) or {}
        image = decoder.string(struct, "image")
        policy = decoder.string(struct, "imagePullPolicy")
        if self.exact and struct:
            self.require(decoder.string(struct, "name"), node, f"{path}.name", self.misspells_name(struct, node), None)
        self.check_image(struct, node, image, f"{path}.image")
        self.check_pull_policy(policy, f"{path}.imagePullPolicy")
        container = Container(
            name=decoder.string(struct, "name"),
            list=list_,
            image=image if image and image.value else None,
            pull_policy=policy if policy and policy.value else None,
            env=tuple(
                self.env(item, f"{path}.env[{i}]", named) for i, item in enumerate(decoder.sequence(struct, "env"))
            ),
            env_from=tuple(
                self.env_from(item, f"{path}.envFrom[{i}]")
                for i, item in enumerate(decoder.sequence(struct, "envFrom"))
            ),
            command=self.strings(struct, "command"),
            args=self.strings(struct, "args"),
            mounts=self.mounts(struct, path, volumes),
            span=decoder.span(node),
            path=path,
            stays=list_ == "initContainers" and is_always(struct.get("restartPolicy")),
        )
        decoder.container = None
        return container

    def name_of(self, node: Node) -> str | None:
        """A container's name, before anything else is read of it."""
        for name, _, value in self.decoder.items(node):
            if name == "name" and isinstance(value, ScalarNode):
                return str(value.value)
        return None

    def misspells_name(self, struct: Struct, node: Node) -> bool:
        """Whether a container has a field that nobody knows, or a name that is not a string, which was said already."""
        written = {name for name, _, _ in self.decoder.items(node)}
        return bool(written - set(struct)) and "name" not in struct

    def strings(self, struct: Struct, field: str) -> tuple[Scalar, ...]:
        """The strings of a list; one of another type is left out."""
        decoder = self.decoder
        return tuple(decoder.scalar(n) for n in decoder.sequence(struct, field) if decoder.is_scalar(n, "string"))

    def check_image(self, struct: Struct, node: Node, image: Scalar | None, path: str) -> None:
        """An image is required; in a bare Pod it may not begin or end with a space (validateContainers)."""
        decoder = self.decoder
        if image is None or not image.value:
            noted = decoder.noted_below(path.rpartition(".")[0])
            if self.exact and not any(fault.path == path for fault in noted):
                decoder.fault(
                    "image", image.span if image else self.grip(struct, node), path, "must be set", kind="unset"
                )
        elif self.bare and image.value != image.value.strip():
            decoder.fault(
                "image", image.span, path, "must not begin or end with a space", text=image.value, kind="outer-space"
            )

    def grip(self, struct: Struct, node: Node) -> Node:
        """What a finding about something absent points at: the name, else the complete node."""
        return struct.get("name", node)

    def check_pull_policy(self, policy: Scalar | None, path: str) -> None:
        """A policy must be one of three, in this case (validatePullPolicy)."""
        if policy is None or policy.value in ("", *PULL_POLICIES) or is_placeholder(policy.value):
            return
        near = next((right for right in PULL_POLICIES if right.lower() == policy.value.lower()), None)
        self.decoder.fault(
            "pull-policy",
            policy.span,
            path,
            "must be `Always`, `IfNotPresent` or `Never`",
            text=policy.value,
            near=near,
            kind="not-a-choice",
        )

    # the environment

    def env(self, node: Node, path: str, volumes: Mapping[str, Struct]) -> Env:
        """One entry of `env` (ValidateEnv, validateEnvVarValueFrom)."""
        decoder = self.decoder
        faults = len(decoder.faults)
        struct = decoder.struct(node, "EnvVar", path) or {}
        name, value = decoder.string(struct, "name"), decoder.string(struct, "value")
        sources = decoder.struct(struct.get("valueFrom"), "EnvVarSource", f"{path}.valueFrom")
        span = decoder.span(node)
        if len(decoder.faults) == faults and (name is None or not name.value):
            decoder.fault("env-name", name.span if name else span, f"{path}.name", "must be set", kind=unset(name))
        if sources is None:
            known = value or ("valueFrom" not in struct and len(decoder.faults) == faults)
            traits = traits_of(decoder, self.node_of(node, "value"), value.value if value else "") if known else ()
            return Env(name, value, "literal" if known else "none", None, span, traits=traits)
        spoiled = len(decoder.faults) > faults
        result = Env(name, None, "none", None, span)
        for field, source in sources.items():
            result = self.env_source(field, source, result, f"{path}.valueFrom.{field}", volumes)
        if not spoiled:
            self.check_sources(struct, sources, value, f"{path}.valueFrom")
        if value and value.value:
            return Env(name, value, "literal", None, span)
        if len(sources) != 1:
            return Env(name, None, "none", None, span)
        return msgspec.structs.replace(result, beside=value)

    def node_of(self, node: Node, field: str) -> Node | None:
        """A field as it is written, also where it is null."""
        return next((value for name, _, value in self.decoder.items(node) if name == field), None)

    def check_sources(self, struct: Struct, sources: Struct, value: Scalar | None, path: str) -> None:
        """`valueFrom` needs exactly one source, and no value beside it."""
        decoder, where = self.decoder, struct["valueFrom"]
        if not sources:
            reason = (
                "must have one of `configMapKeyRef`, `secretKeyRef`, `fieldRef`, `resourceFieldRef` or `fileKeyRef`"
            )
            decoder.fault("env-sources", where, path, reason, kind="no-source")
        elif value and value.value:
            reason = "must not be set together with `value`"
            decoder.fault(
                "env-sources",
                where,
                path,
                reason,
                other=value.span,
                label="the value is set here",
                kind="several-sources",
            )
        elif len(sources) > 1:
            reason = f"must have only one source, but it has {len(sources)}"
            decoder.fault("env-sources", where, path, reason, kind="several-sources")

    def env_source(self, field: str, node: Node, entry: Env, path: str, volumes: Mapping[str, Struct]) -> Env:
        """One entry of `env` with one of its sources."""
        if field in ENV_KINDS:
            target = ENV_KINDS[field]
            return Env(entry.name, None, target, self.key_selector(node, target, path), entry.span)
        if field == "fieldRef":
            return Env(entry.name, self.check_field(node, path), "field", None, entry.span)
        if field == "resourceFieldRef":
            resource, of = self.check_resource(node, path)
            return Env(entry.name, resource, "resource", None, entry.span, of=of)
        key, optional = self.check_file(node, path, volumes)
        return Env(name=entry.name, value=key, source="file", reference=None, span=entry.span, optional=optional)

    def key_selector(self, node: Node, target: Target, path: str) -> Reference | None:
        """`configMapKeyRef` and `secretKeyRef` (validateConfigMapKeySelector, validateSecretKeySelector)."""
        decoder = self.decoder
        faults = len(decoder.faults)
        struct = decoder.struct(node, "KeySelector", path)
        if struct is None:
            return None
        name, key = decoder.string(struct, "name"), decoder.string(struct, "key")
        spoiled = len(decoder.faults) > faults
        self.require(name, node, f"{path}.name", spoiled, names.why_not_subdomain)
        self.require(key, node, f"{path}.key", spoiled, names.why_not_data_key)
        if name is None or key is None or not name.value or not key.value:
            return None
        return Reference(
            target=target,
            name=name,
            keys=(key,),
            optional=decoder.boolean(struct, "optional"),
            via="env",
            span=decoder.span(node),
            path=intern(path),
        )

    def require(self, found: Scalar | None, node: Node, path: str, spoiled: bool, why_not: WhyNot | None) -> None:
        """A part of a reference must be there and be valid; a misspelt field was said already, and is not missed."""
        if found is None or not found.value:
            if not spoiled:
                kind = unset(found) if path.endswith(".key") else ""
                self.decoder.fault("reference", found.span if found else node, path, "must be set", kind=kind)
        elif why_not and not is_unfilled(found.value) and (reason := why_not(found.value)):
            self.decoder.fault("reference", found.span, path, reason, text=found.value)

    def env_from(self, node: Node, path: str) -> EnvFrom:
        """One entry of `envFrom` (ValidateEnvFrom)."""
        decoder = self.decoder
        faults = len(decoder.faults)
        struct = decoder.struct(node, "EnvFromSource", path) or {}
        prefix = decoder.string(struct, "prefix")
        spoiled = len(decoder.faults) > faults
        references: list[Reference] = []
        count = 0
        for field, target in FROM_KINDS.items():
            inner = decoder.struct(struct.get(field), "EnvSource", f"{path}.{field}")
            if inner is None:
                continue
            count += 1
            name = decoder.string(inner, "name")
            self.require(
                name,
                struct[field],
                f"{path}.{field}.name",
                len(decoder.faults) > faults,
                names.why_not_subdomain_prefix,
            )
            if name and name.value:
                optional, span = decoder.boolean(inner, "optional"), decoder.span(struct[field])
                references.append(
                    Reference(
                        target=target,
                        name=name,
                        keys=(),
                        optional=optional,
                        via="envFrom",
                        span=span,
                        path=intern(f"{path}.{field}"),
                    )
                )
        if count != 1 and not spoiled:
            reason = "must have one of `configMapRef` and `secretRef`" if not count else "must have only one source"
            decoder.fault("reference", node, path, reason)
        return EnvFrom(prefix, references[0] if len(references) == 1 else None, decoder.span(node))

    def check_field(self, node: Node, path: str) -> Scalar | None:
        """`fieldRef` (validateObjectFieldSelector, ConvertDownwardAPIFieldLabel); returns the field."""
        decoder = self.decoder
        struct = decoder.struct(node, "ObjectFieldSelector", path) or {}
        version, field = decoder.string(struct, "apiVersion"), decoder.string(struct, "fieldPath")
        if version and version.value not in ("", "v1"):
            decoder.fault("reference", version.span, f"{path}.apiVersion", "must be `v1`", text=version.value)
        elif field is None or not field.value:
            decoder.fault("reference", node, f"{path}.fieldPath", "must be set", kind=unset(field))
        elif reason := why_not_field_path(field.value):
            decoder.fault("reference", field.span, f"{path}.fieldPath", reason, text=field.value)
        return field

    def check_resource(self, node: Node, path: str) -> tuple[Scalar | None, Scalar | None]:
        """`resourceFieldRef` (validateContainerResourceFieldSelector): the resource, and the container named."""
        decoder = self.decoder
        struct = decoder.struct(node, "ResourceFieldSelector", path) or {}
        resource = decoder.string(struct, "resource")
        if resource is None or not resource.value:
            decoder.fault("reference", node, f"{path}.resource", "must be set", kind=unset(resource))
        elif not re.match(RESOURCES, resource.value):
            reason = "must be the limit or request of `cpu`, `memory`, `ephemeral-storage` or `hugepages-*`"
            decoder.fault("reference", resource.span, f"{path}.resource", reason, text=resource.value)
        elif (divisor := struct.get("divisor")) is not None and isinstance(divisor, ScalarNode):
            allowed = CPU_DIVISORS if resource.value.endswith(".cpu") else BYTE_DIVISORS
            if canonical(str(divisor.value)) not in allowed:
                listed = ", ".join(f"`{value}`" for value in sorted(allowed - {"0"}))
                decoder.fault(
                    "reference", divisor, f"{path}.divisor", f"must be one of {listed}", text=str(divisor.value)
                )
        of = decoder.string(struct, "containerName")
        return resource, of if of and of.value else None

    def check_file(self, node: Node, path: str, volumes: Mapping[str, Struct]) -> tuple[Scalar | None, bool]:
        """`fileKeyRef` (validateFileKeySelector, validateFileKeyRefVolumes): the key, and whether it is optional."""
        decoder = self.decoder
        struct = decoder.struct(node, "FileKeySelector", path) or {}
        key = decoder.string(struct, "key")
        self.require(key, node, f"{path}.key", False, why_not_file_key)
        self.require(decoder.string(struct, "path"), node, f"{path}.path", False, why_not_back)
        volume = decoder.string(struct, "volumeName")
        faults = len(decoder.faults)
        self.require(volume, node, f"{path}.volumeName", False, names.why_not_label)
        if volume and len(decoder.faults) == faults and self.exact and self.claims is not None:
            named = volumes.get(volume.value)
            if named is None:
                decoder.fault(
                    "reference", volume.span, f"{path}.volumeName", "names no volume of this pod", text=volume.value
                )
            elif "emptyDir" not in named and VOLUME_KINDS & set(named):
                reason = "must name a volume of the type `emptyDir`"
                decoder.fault("reference", volume.span, f"{path}.volumeName", reason, text=volume.value)
        return key, decoder.boolean(struct, "optional")

    # volumes

    def volume(self, struct: Struct, node: Node, path: str) -> Volume:
        """One entry of `volumes` (ValidateVolumes, validateVolumeSource)."""
        decoder = self.decoder
        name = decoder.string(struct, "name")
        self.modes, self.others, self.of = [], [], []
        if self.exact:
            self.require(name, node, f"{path}.name", False, names.why_not_label)
        kinds = sorted(VOLUME_KINDS & set(struct))
        if len(kinds) > 1 and set(kinds) & {"configMap", "secret", "projected", "image"}:
            decoder.fault("reference", struct[kinds[1]], path, f"must have only one type, but it has {len(kinds)}")
        sources: list[VolumeSource] = []
        closed = bool(kinds) and set(kinds) <= {"configMap", "secret", "projected"}
        if (inner := decoder.struct(struct.get("configMap"), "ConfigMapVolumeSource", f"{path}.configMap")) is not None:
            sources += self.source(
                inner, struct["configMap"], "name", f"{path}.configMap", target="ConfigMap", via="volume"
            )
        if (inner := decoder.struct(struct.get("secret"), "SecretVolumeSource", f"{path}.secret")) is not None:
            sources += self.source(
                inner, struct["secret"], "secretName", f"{path}.secret", target="Secret", via="volume"
            )
        if (inner := decoder.struct(struct.get("projected"), "ProjectedVolumeSource", f"{path}.projected")) is not None:
            found, only = self.projected(inner, f"{path}.projected")
            sources, closed = sources + found, closed and only
        self.downward(struct.get("downwardAPI"), f"{path}.downwardAPI")
        image, policy = self.image_volume(struct, f"{path}.image")
        mounted = self.provider_class(struct.get("csi"))
        return Volume(
            name=name,
            sources=tuple(sources),
            closed=closed,
            span=decoder.span(node),
            image=image,
            pull_policy=policy,
            modes=tuple(self.modes),
            provider_class=mounted,
            others=tuple(self.others),
            of=tuple(self.of),
        )

    def provider_class(self, node: Node | None) -> str:
        """The SecretProviderClass of a volume of the Secrets Store CSI driver.

        https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage
        """
        found = first_string(self.decoder, node, node, ("volumeAttributes.secretProviderClass",)) if node else None
        return found.value if found else ""

    def image_volume(self, struct: Struct, path: str) -> tuple[Scalar | None, Scalar | None]:
        """An OCI image as a volume (validateImageVolumeSource)."""
        decoder = self.decoder
        inner = decoder.struct(struct.get("image"), "ImageVolumeSource", path)
        if inner is None:
            return None, None
        image, policy = decoder.string(inner, "reference"), decoder.string(inner, "pullPolicy")
        self.check_pull_policy(policy, f"{path}.pullPolicy")
        if image and image.value:
            return image, policy
        if self.exact and not any(fault.path.startswith(f"{path}.reference") for fault in decoder.noted_below(path)):
            decoder.fault(
                "image", image.span if image else struct["image"], f"{path}.reference", "must be set", kind="unset"
            )
        return None, policy

    def source(
        self, struct: Struct, node: Node, field: str, path: str, *, target: Target, via: Via
    ) -> list[VolumeSource]:
        """A ConfigMap or Secret as a volume, or as a part of one."""
        decoder = self.decoder
        name = decoder.string(struct, field)
        self.check_mode(struct, "defaultMode", path)
        spoiled = any(fault.path.rpartition(".")[0] == path for fault in decoder.noted_below(path))
        self.require(name, node, f"{path}.{field}", spoiled, None)
        items = self.volume_items(struct, path)
        if name is None or not name.value:
            return []
        keys = tuple(item.key for item in items or ())
        reference = Reference(
            target=target,
            name=name,
            keys=keys,
            optional=decoder.boolean(struct, "optional"),
            via=via,
            span=decoder.span(node),
            path=intern(path),
        )
        return [VolumeSource(reference, items)]

    def volume_items(self, struct: Struct, path: str) -> tuple[Item, ...] | None:
        """The `items` of a volume (validateKeyToPath); None when every key becomes a file, as with an empty list."""
        decoder = self.decoder
        items: list[Item] = []
        for i, node in enumerate(decoder.sequence(struct, "items")):
            where = f"{path}.items[{i}]"
            faults = len(decoder.faults)
            item = decoder.struct(node, "KeyToPath", where) or {}
            spoiled = len(decoder.faults) > faults
            key, file = decoder.string(item, "key"), decoder.string(item, "path")
            self.require(key, node, f"{where}.key", spoiled, None)
            self.require(file, node, f"{where}.path", spoiled, names.why_not_item_path)
            self.check_mode(item, "mode", where)
            if key and file and key.value and file.value:
                items.append(Item(key, file))
        return tuple(items) if decoder.sequence(struct, "items") else None

    def check_mode(self, struct: Struct, field: str, path: str) -> None:
        """File modes are between 0 and 0777, users between 0 and 2^31 - 1."""
        decoder = self.decoder
        mode = decoder.integer(struct, field)
        if mode is not None:
            written, span = decoder.written(struct[field]), decoder.span(struct[field])
            if not 0 <= mode <= 0o777:
                reason, text = "must be a number between 0 and 0777", str(mode)
                near = f"0{written}" if re.fullmatch(OCTAL, written) else None
                decoder.fault("reference", span, f"{path}.{field}", reason, text=text, near=near)
            self.modes.append(Scalar(written, span.start, span.end))
        for user in ("user", "defaultUser"):
            number = decoder.integer(struct, user)
            if number is not None and not 0 <= number < 2**31:
                decoder.fault(
                    "reference", struct[user], f"{path}.{user}", "must be between 0 and 2147483647", text=str(number)
                )

    def downward(self, node: Node | None, path: str) -> None:
        """The files of the downward API (validateDownwardAPIVolumeSource), as far as they concern other files."""
        fields = self.fields(node)
        self.check_loose_mode(fields, "defaultMode", path)
        items = fields.get("items")
        for i, item in enumerate(items.value if isinstance(items, SequenceNode) else ()):
            entry = self.fields(item)
            self.check_loose_mode(entry, "mode", f"{path}.items[{i}]")
            file = self.text(entry.get("path"))
            container = self.text(self.fields(entry.get("resourceFieldRef")).get("containerName"))
            self.others += [file] if file else []
            self.of += [container] if container else []

    def check_loose_mode(self, fields: Struct, field: str, path: str) -> None:
        """A file mode of a mapping whose types are not checked."""
        if field in fields and self.decoder.is_scalar(fields[field], "int"):
            self.check_mode({field: fields[field]}, field, path)

    def fields(self, node: Node | None) -> Struct:
        """The entries of a mapping whose types are not checked; empty for anything else."""
        return {name: value for name, _, value in self.decoder.items(node)} if node is not None else {}

    def text(self, node: Node | None) -> Scalar | None:
        """A string that is not empty, or None."""
        found = self.decoder.scalar(node) if node is not None and self.decoder.is_scalar(node, "string") else None
        return found if found and found.value else None

    def projected(self, struct: Struct, path: str) -> tuple[list[VolumeSource], bool]:
        """A projected volume (validateProjectionSources); and whether only ConfigMaps and Secrets are in it."""
        decoder = self.decoder
        self.check_mode(struct, "defaultMode", path)
        sources: list[VolumeSource] = []
        paths: dict[str, Scalar] = {}
        only = True
        for i, node in enumerate(decoder.sequence(struct, "sources")):
            where = f"{path}.sources[{i}]"
            parts = decoder.struct(node, "VolumeProjection", where) or {}
            if len(parts) > 1:
                decoder.fault("reference", node, where, f"must have only one type, but it has {len(parts)}")
            only = only and set(parts) <= {"configMap", "secret"}
            for field, target in PROJECTIONS:
                inner = decoder.struct(parts.get(field), "Projection", f"{where}.{field}")
                if inner is not None:
                    sources += self.source(
                        inner, parts[field], "name", f"{where}.{field}", target=target, via="projected"
                    )
            self.downward(parts.get("downwardAPI"), f"{where}.downwardAPI")
            for field, names_of_paths in OTHER_FILES.items():
                inner_fields = self.fields(parts.get(field))
                self.others += [
                    found for each in names_of_paths if (found := self.text(inner_fields.get(each))) is not None
                ]
            for field in PROJECTED_ITEMS:
                self.check_item_paths(parts.get(field), f"{where}.{field}", paths)
        return sources, only

    def check_item_paths(self, node: Node | None, path: str, paths: dict[str, Scalar]) -> None:
        """No two items of a projected volume may become the same file."""
        decoder = self.decoder
        entries = {name: value for name, _, value in decoder.items(node)} if node is not None else {}
        items = entries.get("items")
        for i, item in enumerate(items.value if isinstance(items, SequenceNode) else ()):
            for name, _, value in decoder.items(item):
                if (
                    name != "path"
                    or not decoder.is_scalar(value, "string")
                    or not (file := decoder.scalar(value)).value
                ):
                    continue
                if first := paths.get(file.value):
                    where, other = f"{path}.items[{i}].path", first.span
                    decoder.fault(
                        "reference",
                        file.span,
                        where,
                        "is the same as that of another item",
                        text=file.value,
                        other=other,
                        label="first here",
                    )
                paths.setdefault(file.value, file)

    def mounts(self, container: Struct, path: str, volumes: frozenset[str] | None) -> tuple[Mount, ...]:
        """The `volumeMounts` of a container (ValidateVolumeMounts)."""
        decoder = self.decoder
        mounts: list[Mount] = []
        points: dict[str, Node] = {}
        for i, node in enumerate(decoder.sequence(container, "volumeMounts")):
            where = f"{path}.volumeMounts[{i}]"
            faults = len(decoder.faults)
            struct = decoder.struct(node, "VolumeMount", where) or {}
            name, point = decoder.string(struct, "name"), decoder.value(struct, "mountPath")
            if self.exact and len(decoder.faults) == faults:
                self.check_mount(struct, node, where, volumes)
                if point in points and not is_placeholder(point):
                    first = decoder.span(points[point])
                    decoder.fault(
                        "reference",
                        struct.get("mountPath", node),
                        f"{where}.mountPath",
                        "must be unique in the container",
                        text=point,
                        other=first,
                        label="first here",
                    )
                points.setdefault(point, struct.get("mountPath", node))
            plain, expression = decoder.string(struct, "subPath"), decoder.string(struct, "subPathExpr")
            sub_path = plain if plain and plain.value else expression
            if name:
                found = sub_path if sub_path and sub_path.value else None
                mounts.append(Mount(name, point, found, decoder.span(node), found is not None and found is expression))
        return tuple(mounts)

    def check_mount(self, struct: Struct, node: Node, path: str, volumes: frozenset[str] | None) -> None:
        """One mount: its volume must exist, its paths must stay inside."""
        decoder = self.decoder
        name, point = decoder.string(struct, "name"), decoder.string(struct, "mountPath")
        if name is None or not name.value:
            decoder.fault("reference", name.span if name else node, f"{path}.name", "must be set", kind=unset(name))
        elif volumes is not None and name.value not in volumes and not is_placeholder(name.value):
            near = nearest(name.value, volumes)
            decoder.fault(
                "reference",
                name.span,
                f"{path}.name",
                "names no volume of this pod",
                text=name.value,
                near=near,
                kind="no-volume",
            )
        if point is None or not point.value:
            decoder.fault(
                "reference", point.span if point else node, f"{path}.mountPath", "must be set", kind=unset(point)
            )
        sub, expression = decoder.string(struct, "subPath"), decoder.string(struct, "subPathExpr")
        for field, found in (("subPath", sub), ("subPathExpr", expression)):
            if found and found.value and (reason := names.why_not_local_path(found.value)):
                decoder.fault("reference", found.span, f"{path}.{field}", reason, text=found.value)
        if sub and sub.value and expression and expression.value:
            decoder.fault(
                "reference", expression.span, f"{path}.subPathExpr", "must not be set together with `subPath`"
            )
        self.check_choice(struct, "mountPropagation", path, ("None", "HostToContainer", "Bidirectional"))
        self.check_choice(struct, "recursiveReadOnly", path, ("Disabled", "IfPossible", "Enabled"))

    def check_choice(self, struct: Struct, field: str, path: str, choices: tuple[str, ...]) -> None:
        """A field that must have one of a few values."""
        found = self.decoder.string(struct, field)
        if found and found.value not in choices and not is_placeholder(found.value):
            listed = ", ".join(f"`{choice}`" for choice in choices)
            self.decoder.fault("reference", found.span, f"{path}.{field}", f"must be one of {listed}", text=found.value)


def is_always(node: Node | None) -> bool:
    """Whether the restart policy of an init container makes it a sidecar."""
    return isinstance(node, ScalarNode) and node.value == "Always"


def pull_secrets_in(decoder: Decoder, node: Node | None, path: str) -> tuple[Reference, ...]:
    """The Secrets under `imagePullSecrets`: each entry is an object that has nothing but `name`.

    `LocalObjectReference` in `staging/src/k8s.io/api/core/v1/types.go`.
    """
    found: list[Reference] = []
    for i, item in enumerate(node.value) if isinstance(node, SequenceNode) else ():
        struct = decoder.struct(item, "LocalObjectReference", f"{path}[{i}]")
        name = decoder.string(struct, "name") if struct else None
        if name and name.value:
            found.append(
                Reference(
                    target="Secret",
                    name=name,
                    keys=(),
                    optional=False,
                    via="pull",
                    span=decoder.span(item),
                    path=f"{path}[{i}]",
                )
            )
    return tuple(found)


def why_not_field_path(path: str) -> str | None:
    """Why a `fieldPath` cannot be used in an environment."""
    if found := re.match(SUBSCRIPT, path):
        if found[1] == "metadata.annotations":
            return names.why_not_qualified(found[2].lower())
        if found[1] == "metadata.labels":
            return names.why_not_qualified(found[2])
        return f"does not take a subscript at `{found[1]}`"
    return None if path in FIELD_PATHS else "is not a field that an environment variable can read"


def canonical(quantity: str) -> str:
    """A quantity as Kubernetes writes it again, for the forms in which a divisor could be written otherwise."""
    found = re.fullmatch(r"\+?([0-9]+)(m|\.0*)?", quantity)
    if not found:
        return quantity
    digits = found[1].lstrip("0")
    if found[2] == "m":
        if digits and not digits.endswith("000"):
            return quantity
        digits = digits[:-3]
    return digits or "0"


def why_not_file_key(key: str) -> str | None:
    """Why a `fileKeyRef` cannot have this key."""
    return names.why_not_env_name(key, relaxed=True)


def why_not_back(path: str) -> str | None:
    """Why a `fileKeyRef` cannot have this path (validatePathNoBacksteps)."""
    return "must not contain `..`" if ".." in path.split("/") else None


def unset(found: Scalar | None) -> FaultKind:
    """The kind of fault of a field that Kubernetes requires: its schema reports one that is not written as well."""
    return "" if found else "unset"
