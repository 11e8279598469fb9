"""Pod specs and references inside custom resources, found by their shape, so that no list of kinds has to be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import structs

from cmlint.knowledge.controllers import FIELDS
from cmlint.kube.credentials import is_password, last_words
from cmlint.kube.names import SUBDOMAIN
from cmlint.kube.near import edits
from cmlint.manifest.decode import Decoder
from cmlint.manifest.gitops import RELEASE, name_of_release
from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode
from cmlint.manifest.pods import LISTS, PodReader
from cmlint.manifest.rollout import watched_in
from cmlint.model.facts import PodSpec, Provider, Reference, Scalar, Target, Volume

STEP_LISTS = frozenset((*LISTS, "steps", "sidecars"))
CONTAINER_FIELDS = frozenset(("env", "envFrom", "imagePullPolicy", "command", "args", "volumeMounts"))
REFERENCES: dict[str, Target] = {
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
}
NAMING = (*REFERENCES, "secretName")
"""The fields that are called the same in most custom resources, and in the values of most charts."""

NAME_FIELD = re.compile(r"(?i:name|prefix|override)\Z|\.helm\.parameters\[\d+\]\.value\Z")
"""How a field ends whose value is a name, or a part of names (`fullnameOverride` of `helm create`)."""

VALUES_TEXT = re.compile(r"\.helm\.values\Z|spec\.valuesContent\Z")
"""Where values of a chart are written as a text: in an Application of Argo CD, and in a HelmChart of k3s."""

VALUE_LINE = re.compile(r"(?m)^[ \t]*(?:- +)?([\w.-]+):[ \t]*[\"']?([\w.-]+)[\"']?[ \t]*(?:#.*)?$")
"""A line of such a text with a field and a plain value."""

LISTED = {
    # https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
    "substituteFrom": "",
    # https://fluxcd.io/flux/components/helm/helmreleases/#values-references
    "valuesFrom": "valuesKey",
}
"""Lists of references that say by `kind` what they name, and the field in which they name a key."""

SELECTOR = frozenset(("name", "key", "namespace", "optional", "parameter"))
"""The fields of what selects a key; `parameter` is KEDA's (https://keda.sh/docs/latest/concepts/authentication/)."""

FILE_SELECTOR = {"name", "file"}
"""The fields of what selects a key as a file (https://grafana.com/docs/k6/latest/set-up/set-up-distributed-k6/)."""

MOUNTS = frozenset(("path", "mountPath", "mountpath", "secretType", "name"))
"""The fields of what mounts a complete object, each under a field that is called like the kinds of `MOUNTED`.

https://www.kubeflow.org/docs/components/spark-operator/user-guide/writing-sparkapplication/ and
https://github.com/open-telemetry/opentelemetry-operator/blob/main/docs/api/opentelemetrycollectors.md
"""

MOUNTED: dict[str, Target] = {"configmaps": "ConfigMap", "secrets": "Secret"}

VOLUMES = re.compile(r"(?i:\w*volumes)|workspaces")
"""The names of lists of volumes; a Tekton workspace is one (https://tekton.dev/docs/pipelines/workspaces/)."""

PROJECTED = re.compile(r"(?i:projected)\w*")
"""The name of a projected volume beside a pod spec, such as the `projectedVolumeTemplate` of CloudNativePG."""

SELECTED: dict[str, Target] = {"configmap": "ConfigMap", "secret": "Secret"}
"""The kind of object of which a field selects a key, by a word in the field's name."""

SELECTORS = frozenset(
    (
        # https://prometheus-operator.dev/docs/api-reference/api/
        "monitoring.coreos.com",
        # https://docs.victoriametrics.com/operator/api/
        "operator.victoriametrics.com",
    )
)
"""Groups in which every other field that has the form of a selector, but no labels, selects a key of a Secret."""

LABELS = frozenset(("matchLabels", "labels", "annotations", "externalLabels"))

WRITES = ("private", "write", "output", "generate", "connection")
"""Words in the names of fields whose object a controller writes, as cert-manager does for `privateKeySecretRef`."""

HELD = frozenset(("data", "stringData"))
"""Fields of a template for a Secret: what is below them are values."""

DEPTH = 60

RELEASE_NAME = re.compile(r"\{\{-?\s*\.Release\.Name\s*-?\}\}")
"""The release's name in a value that a chart evaluates with `tpl` (https://helm.sh/docs/howto/charts_tips_and_tricks)."""


class ShapeReader:
    """Walks a custom resource; the API server's types do not apply to it, so few faults are kept."""

    def __init__(self, decoder: Decoder, group: str, kind: str) -> None:
        self.decoder, self.group, self.kind = decoder, group, kind
        self.pods: list[PodSpec] = []
        self.known: set[str] = set()
        self.containers: set[str] = set()
        self.references: list[Reference] = []
        self.providers: list[Provider] = []
        self.mentions: set[str] = set()
        self.names: set[str] = set()
        self.release = ""
        self.annotations: dict[str, dict[str, Node]] = {}

    def read(self, root: Node) -> None:
        """Collects pod specs, other references, what is to be made, and every string that could be a name."""
        if (self.group, self.kind) == RELEASE:
            self.release = name_of_release(self.decoder, root)
        for name, _, value in self.decoder.items(root):
            if name not in ("metadata", "status", "apiVersion", "kind"):
                self.walk(value, name, 0)

    def walk(self, node: Node, path: str, depth: int) -> None:
        """One node and what is below it."""
        if depth > DEPTH:
            return
        if isinstance(node, ScalarNode):
            value = RELEASE_NAME.sub(lambda _: self.release, node.value) if self.release else node.value
            self.mention(value, path)
            if VALUES_TEXT.search(path):
                for field, written in VALUE_LINE.findall(value):
                    self.mention(written, f"{path}.{field}")
        elif isinstance(node, SequenceNode):
            for i, item in enumerate(node.value):
                self.walk(item, f"{path}[{i}]", depth + 1)
        else:
            self.mapping(node, path, depth)

    def mention(self, value: str, path: str) -> None:
        """A string at a path, if it can be the name of an object."""
        if len(value) <= 253 and SUBDOMAIN.match(value) and not holds_credential(path):
            self.mentions.add(value)
            if NAME_FIELD.search(path):
                self.names.add(value)

    def mapping(self, node: Node, path: str, depth: int) -> None:
        """A mapping: a pod spec, a lone container, a reference, or something to look into."""
        items = list(self.decoder.items(node))
        entries = {name: value for name, _, value in items}
        self.misspelt(entries, {name: key for name, key, _ in items}, path)
        if "metadata" in entries and "spec" in entries:
            meta = {name: value for name, _, value in self.decoder.items(entries["metadata"])}
            given = self.decoder.items(meta["annotations"]) if "annotations" in meta else ()
            self.annotations[f"{path}.spec"] = {name: value for name, _, value in given}
        if self.is_pod_spec(entries):
            self.add(self.pod(node, path))
        elif self.is_container(entries) and not self.is_read(path):
            self.add(self.lone(node, path))
        if not self.inside(path) and (volumes := [*self.volumes(entries, path)]):
            self.add(self.holding(volumes, node, path))
        for name, value in entries.items():
            where = f"{path}.{name}"
            if name in REFERENCES and isinstance(value, MappingNode) and not self.inside(path):
                self.reference(value, REFERENCES[name], where)
            elif name in LISTED and isinstance(value, SequenceNode):
                self.listed(value, LISTED[name], where)
            elif name in FIELDS and isinstance(value, MappingNode):
                self.made(value)
            elif name.lower() in MOUNTED and isinstance(value, SequenceNode):
                self.mounted(value, MOUNTED[name.lower()], where)
            elif not isinstance(value, ScalarNode) and (target := selected_by(name, self.group)):
                self.selectors(value, target, where)
            self.walk(value, where, depth + 1)

    def misspelt(self, entries: dict[str, Node], keys: dict[str, Node], path: str) -> None:
        """Notes the fields that have what a reference has, under a name that is misspelt: nothing reads them."""
        for name, value in entries.items():
            meant = meant_by(name)
            if meant and meant not in entries and self.has_form(value, meant, path):
                reason = "is not a field that is read"
                where = f"{path}.{name}"
                self.decoder.fault("reference", keys[name], where, reason, text=name, near=meant, kind="misspelt")

    def has_form(self, node: Node, field: str, path: str) -> bool:
        """Whether a node is what belongs into a field that names an object."""
        if field in REFERENCES:
            fields = self.fields(node)
            return "name" in fields and fields.keys() <= SELECTOR
        return path.endswith("].secret") and isinstance(node, ScalarNode)

    def add(self, pod: PodSpec) -> None:
        """Adds a pod spec."""
        self.pods.append(pod)
        self.containers.update(container.path for container in pod.containers)

    def is_read(self, path: str) -> bool:
        """Whether a path is that of a container of a pod spec that was read already."""
        return path in self.containers

    def inside(self, path: str) -> bool:
        """Whether a path is in a part of a pod spec that was read already, whose references are known."""
        ends = (found.start() for found in re.finditer(r"[.\[]", path))
        return path in self.known or any(path[:end] in self.known for end in ends)

    def is_pod_spec(self, entries: dict[str, Node]) -> bool:
        """Whether a mapping has a list of containers."""
        return any(
            isinstance(node := entries.get(name), SequenceNode) and any(self.has_image(item) for item in node.value)
            for name in STEP_LISTS
        )

    def has_image(self, node: Node) -> bool:
        """Whether a node is a mapping with an image, or with what only a container has."""
        if not isinstance(node, MappingNode):
            return False
        entries = {name: value for name, _, value in self.decoder.items(node)}
        return isinstance(entries.get("image"), ScalarNode) or self.is_container(entries)

    def is_container(self, entries: dict[str, Node]) -> bool:
        """Whether a mapping has `env` or `envFrom` as a container has."""
        for field, marks in (("env", ("name",)), ("envFrom", ("configMapRef", "secretRef", "prefix"))):
            node = entries.get(field)
            if isinstance(node, SequenceNode) and node.value:
                names = [{name for name, _, _ in self.decoder.items(item)} for item in node.value]
                if all(found & set(marks) for found in names):
                    return True
        return isinstance(entries.get("image"), ScalarNode) and bool(CONTAINER_FIELDS & set(entries))

    def pod(self, node: Node, path: str) -> PodSpec:
        """A pod spec; Tekton's `steps` and `sidecars` count as containers."""
        decoder = self.decoder
        reader = self.quiet(path)
        annotations = self.annotations.get(path, {})
        spec = reader.read(node, tuple(annotations), watched_in(annotations))
        for name, _, value in decoder.items(node):
            if name in STEP_LISTS and name not in LISTS and isinstance(value, SequenceNode):
                steps = tuple(
                    reader.container(item, name, f"{path}.{name}[{i}]", None, {})
                    for i, item in enumerate(value.value)
                    if isinstance(item, MappingNode)
                )
                spec = structs.replace(spec, containers=(*spec.containers, *steps))
        self.keep_faults(path)
        self.known.update(f"{path}.{field}" for field in (*STEP_LISTS, "volumes", "imagePullSecrets"))
        return spec

    def lone(self, node: Node, path: str) -> PodSpec:
        """A mapping that is itself like a container (Spark's `driver`, a Knative `container`)."""
        container = self.quiet(path).container(node, path.rpartition(".")[2], path, None, {})
        self.keep_faults(path)
        self.known.update(f"{path}.{field}" for field in ("env", "envFrom"))
        return PodSpec(
            containers=(container,),
            volumes=(),
            annotations=(),
            exact=False,
            service_links=True,
            span=self.decoder.span(node),
            path=path,
        )

    def volumes(self, entries: dict[str, Node], path: str) -> Iterator[Volume]:
        """The volumes of ConfigMaps and Secrets that a mapping has although it has no containers."""
        for field, node in entries.items():
            where = f"{path}.{field}"
            if self.inside(where):
                continue
            if VOLUMES.fullmatch(field) and isinstance(node, SequenceNode):
                for i, item in enumerate(node.value):
                    if self.is_volume(item):
                        yield self.volume(item, f"{where}[{i}]")
            elif PROJECTED.fullmatch(field) and isinstance(node, MappingNode):
                reader = self.quiet(where)
                sources, closed = reader.projected(self.fields(node), where)
                self.keep_faults(where)
                yield Volume(name=None, sources=tuple(sources), closed=closed, span=self.decoder.span(node))

    def is_volume(self, node: Node) -> bool:
        """Whether a mapping has a name, and is made of a ConfigMap, a Secret or several of them."""
        fields = self.fields(node)
        if not isinstance(fields.get("name"), ScalarNode):
            return False
        return any(
            field in fields and wanted in self.fields(fields[field])
            for field, wanted in (("configMap", "name"), ("secret", "secretName"), ("projected", "sources"))
        )

    def volume(self, node: Node, path: str) -> Volume:
        """A volume that is outside every pod spec."""
        reader = self.quiet(path)
        volume = reader.volume(self.fields(node), node, path)
        self.keep_faults(path)
        return volume

    def holding(self, volumes: list[Volume], node: Node, path: str) -> PodSpec:
        """The part of a pod spec that has volumes; its containers are known to the controller alone."""
        return PodSpec(
            containers=(),
            volumes=tuple(volumes),
            annotations=(),
            exact=False,
            service_links=True,
            span=self.decoder.span(node),
            path=path,
        )

    def mounted(self, node: SequenceNode, target: Target, path: str) -> None:
        """The objects of a list that are mounted completely, each by its name or with the folder."""
        for i, item in enumerate(node.value):
            fields, where = self.fields(item), f"{path}[{i}]"
            name = self.text(fields.get("name")) if fields else self.text(item) if self.group in SELECTORS else None
            if name and name.value and (not fields or (len(fields) > 1 and fields.keys() <= MOUNTS)):
                self.references.append(self.mount(name, item, target, where))

    def mount(self, name: Scalar, node: Node, target: Target, path: str) -> Reference:
        """An object that is mounted completely, outside every pod spec."""
        return Reference(
            target=target,
            name=name,
            keys=(),
            optional=False,
            via="volume",
            span=self.decoder.span(node),
            path=path,
        )

    def fields(self, node: Node | None) -> dict[str, Node]:
        """The entries of a mapping; empty for anything else."""
        return {name: value for name, _, value in self.decoder.items(node)} if node is not None else {}

    def quiet(self, path: str) -> PodReader:
        """A reader that leaves out what only the API server's own types refuse."""
        self.kept = len(self.decoder.faults)
        return PodReader(self.decoder, path, exact=False, bare=False, claims=None)

    def keep_faults(self, path: str) -> None:
        """Of the faults found, keeps those that every embedded pod template refuses too."""
        found = self.decoder.faults[self.kept :]
        typed = path.endswith("template.spec") and ".values" not in path
        self.decoder.faults[self.kept :] = [f for f in found if typed and f.code == "env-value-type"]

    def listed(self, node: SequenceNode, key: str, path: str) -> None:
        """The references of a list whose entries say which kind they name."""
        for i, item in enumerate(node.value):
            kind = self.text({name: value for name, _, value in self.decoder.items(item)}.get("kind"))
            if isinstance(item, MappingNode) and kind and kind.value in ("ConfigMap", "Secret"):
                self.reference(item, "ConfigMap" if kind.value == "ConfigMap" else "Secret", f"{path}[{i}]", key)

    def selectors(self, node: Node, target: Target, path: str) -> None:
        """What selects a key of an object, alone or in a list: the SecretKeySelector of other types than pods."""
        items = enumerate(node.value) if isinstance(node, SequenceNode) else ()
        places = [(path, node), *((f"{path}[{i}]", item) for i, item in items)]
        for where, each in places:
            if isinstance(each, MappingNode) and not self.inside(path):
                fields = {name for name, _, _ in self.decoder.items(each)}
                if {"name", "key"} <= fields <= SELECTOR:
                    self.reference(each, target, where)
                elif fields == FILE_SELECTOR:
                    self.reference(each, target, where, "file")

    def made(self, node: MappingNode) -> None:
        """A Secret that is to be made, with keys that are not known."""
        entries = {name: value for name, _, value in self.decoder.items(node)}
        name, namespace = self.text(entries.get("name")), self.text(entries.get("namespace"))
        span = self.decoder.span(node)
        if name and name.value:
            self.providers.append(
                Provider(
                    target="Secret",
                    kind=self.kind,
                    name=name,
                    keys=(),
                    open=True,
                    immutable=False,
                    span=span,
                    namespace=namespace,
                )
            )

    def reference(self, node: MappingNode, target: Target, path: str, key_field: str = "key") -> None:
        """A reference that is outside every pod spec."""
        entries = {name: value for name, _, value in self.decoder.items(node)}
        name = self.text(entries.get("name"))
        if name is None or not name.value:
            return
        key, namespace = self.text(entries.get(key_field)), self.text(entries.get("namespace"))
        optional = self.decoder.boolean(entries, "optional")
        span = self.decoder.span(node)
        self.references.append(
            Reference(
                target=target,
                name=name,
                keys=(key,) if key else (),
                optional=optional,
                via="field",
                span=span,
                path=path,
                namespace=namespace,
            )
        )

    def text(self, node: Node | None) -> Scalar | None:
        """A string, or None for anything else."""
        return self.decoder.scalar(node) if node is not None and self.decoder.is_scalar(node, "string") else None


@lru_cache(maxsize=4096)
def meant_by(field: str) -> str | None:
    """The field that names an object of which another one is a misspelling.

    A letter more, or another case, may well be meant: `secretRefs`, `configmapRef`.
    """
    return next((each for each in NAMING if is_misspelt(field, each)), None)


def is_misspelt(field: str, known: str) -> bool:
    """Whether a field has one wrong letter, one letter less, or two letters exchanged."""
    return len(field) <= len(known) and field.lower() != known.lower() and edits(field, known, 1) == 1


@lru_cache(maxsize=1024)
def selected_by(field: str, group: str) -> Target | None:
    """The kind of object of which a field of a group selects a key, unless its name says that the object is written."""
    name = field.lower()
    if any(word in name for word in WRITES) or field in LABELS:
        return None
    otherwise: Target | None = "Secret" if group in SELECTORS else None
    found: list[Target] = [target for word, target in SELECTED.items() if word in name]
    return found[0] if found else otherwise


def holds_credential(path: str) -> bool:
    """Whether a field holds what no cache may keep: a password or token by its name, or data of a Secret's template."""
    fields = path.split(".")
    return (
        is_password(fields[-1])
        or last_words(fields[-1])[1] in ("apikey", "token")
        or (len(fields) > 2 and fields[-2] in HELD and fields[-3] == "template")
    )
