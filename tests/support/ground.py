"""Manifests on cmlint's ground, by the thousand: valid ones, and the same broken in every way that the ground allows.

A number makes the same manifest every time.
"""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

from cmlint.kube.fields import POD_PATHS, TYPES

Tree = dict[str, Any]

NAMES = ["app", "app-config", "a.b", "web-1", "0"]
LABELS = ["app", "web-1", "x", "0"]
KEYS = ["HOST", "PORT", "app.properties", "a-b", "_", "1ST", ".x", "log_level", ".y"]
TEXTS = ["x", "", "8080", "true", "a: b", "ünï 🙂", "two\nlines\n", "#no", " ", "null", "1e3", "$(HOST)", "$$(X)"]
IMAGES = ["nginx", "nginx:1.27.3", "host:5000/app:develop", f"app@sha256:{'0' * 64}", "App", "a b", "x:y:z"]
FILES = ["x", "a/b", ".x", "a/..b", "x.y", " "]
FIELDS = ["metadata.name", "status.podIP", "metadata.labels['app']", "metadata.annotations['a/b']", "spec.nodeName"]
RESOURCES = ["limits.cpu", "requests.memory", "limits.ephemeral-storage"]
PLAIN = [
    "yes",
    "y",
    "08",
    "0o17",
    "0x1F",
    "1e3",
    "1_000",
    "12:30",
    "2024-01-31",
    "~",
    "null",
    ".5",
    "+1",
    "1.0",
    "1e400",
]
TAGGED = [
    "!!str 8080",
    "!!int '8080'",
    "!!float 1",
    "!!binary eA==",
    "!!binary x",
    "!!null ''",
    "!!bool yes",
    "! 8",
    "!a x",
]
UNQUOTED = [
    *PLAIN,
    *TAGGED,
    "&a x",
    "*a",
    "",
    "'x",
    "x: y",
    "[x]",
    "{x: y}",
    "# x",
    "%x",
    "@x",
    ".inf",
    "-.nan",
    '"\\x"',
]
"""Texts of which Kubernetes reads some as something else than a string."""

ODD = [
    *("", " ", "A", "a b", "ü", "a_b", "-a", "a-", "a.", ".a", ".", "..", "..a", "a..b", "a=b", "/a", "a/", "a/../b"),
    *("../a", "a/b", "a/b/c", "a:b", "1", "a\n", "\ta", "x" * 63, "x" * 64, "x" * 253, "x" * 254, "v1", "always"),
]
"""Texts that are wrong somewhere."""

HUGE = ["x" * 2**20, "x" * (2**20 + 1), "eHh4" * (2**20 // 3), "eHh4" * (2**20 // 3 + 1)]
"""As much as a ConfigMap or Secret holds, and a little more; as it is, and as base64."""

WRONG = [8080, 0, -1, True, False, 1.5, 1.0, ["x"], [], {"a": "b"}, {}, [None], "text"]
"""Values of which most have the wrong type."""

NUMBERS = [0, 1, 0o644, 0o777, 0o1000, -1, 2**31, 2**31 - 1, 2**32, 1.0, 1.5, 10.0, "0644"]

SECRETS = {
    "Opaque": {},
    "example.com/own": {},
    "kubernetes.io/tls": {"tls.crt": "", "tls.key": "x"},
    "kubernetes.io/basic-auth": {"username": "x"},
    "kubernetes.io/ssh-auth": {"ssh-privatekey": "x"},
    "kubernetes.io/dockerconfigjson": {".dockerconfigjson": '{"auths": {}}'},
    "kubernetes.io/dockercfg": {".dockercfg": "{}"},
    "kubernetes.io/service-account-token": {},
}
"""Types of Secrets, and what they need."""

CONTAINERS = {"Container", "EphemeralContainer"}
OPEN = {("PodSpec", "containers"), ("[]Container", 0), ("Container", "name"), ("EphemeralContainer", "name")}
"""What must be there and hold something, which is not cmlint's business; without an image, it is part of a patch."""


class Place(NamedTuple):
    """A value in a manifest: what holds it, under which key, and the types of its holder and its own."""

    holder: Any
    key: Any
    kind: str
    type: str

    @property
    def fixed(self) -> bool:
        """Whether something must stand here, as an image must in the first container."""
        first = self.key == "image" and self.holder.get("name") == "one"
        return first or (self.kind, self.key) in OPEN


class Generator:
    """Makes one manifest."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.volumes: list[str] = []

    def text(self) -> str:
        """The manifest, as one of the styles of YAML."""
        tree = self.whole()
        for _ in range(self.random.choice([0, 1, 1, 1, 2])):
            self.damage(tree)
        style = self.random.choice(["block", "block", "flow", "json"])
        if style == "json":
            text = json.dumps(tree, ensure_ascii=False, indent=self.random.choice([None, 2]))
        else:
            text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, default_flow_style=style == "flow")
        return self.unquoted(text) if style == "block" else text

    def unquoted(self, text: str) -> str:
        """Writes one of the plain values as something that may be no string."""
        if self.random.random() < 0.1:
            return text.replace(": x\n", f": {self.random.choice(UNQUOTED)}\n", 1)
        if self.random.random() < 0.05:
            lines = text.splitlines(keepends=True)
            number = self.random.randrange(len(lines))
            return "".join([*lines[: number + 1], lines[number], *lines[number + 1 :]])
        return text

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def some(self, make: Callable[[], Any], most: int = 2) -> list[Any]:
        return [make() for _ in range(self.random.randint(1, most))]

    def pick(self, **fields: Callable[[], Any]) -> Tree:
        """A mapping with some of these fields."""
        return {name: make() for name, make in fields.items() if self.maybe()}

    def one(self, **fields: Callable[[], Any]) -> Tree:
        """A mapping with one of these fields."""
        name = self.random.choice(list(fields))
        return {name: fields[name]()}

    # whole objects

    def whole(self) -> Tree:
        """An object of any kind on the ground."""
        kind = self.random.choice(["ConfigMap", "ConfigMap", "Secret", "Secret", "Pod", "Pod", *POD_PATHS])
        if kind == "ConfigMap":
            return self.config_map()
        return self.secret() if kind == "Secret" else self.workload(kind)

    def config_map(self) -> Tree:
        encoded = {f"bin.{key}": base64.b64encode(text.encode()).decode() for key, text in self.data().items()}
        fields = self.pick(data=self.data, immutable=self.maybe, binaryData=lambda: encoded)
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": self.metadata(), **fields}

    def secret(self) -> Tree:
        kind = self.random.choice(list(SECRETS))
        plain = SECRETS[kind] | self.pick(**{key: lambda: "x" for key in KEYS[:3]})
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in plain.items()}
        fields = self.random.choice([{"data": encoded}, {"stringData": plain}, {"data": encoded, "stringData": plain}])
        more = {"type": kind, **self.pick(immutable=self.maybe)}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": self.metadata(), **more, **fields}

    def metadata(self) -> Tree:
        name = self.one(name=lambda: self.random.choice(NAMES), generateName=lambda: self.random.choice(NAMES) + "-")
        labels = {"app": self.random.choice(["", "x", "a_b.C"]), "example.com/tier": "web"}
        return name | self.pick(
            labels=lambda: labels,
            annotations=lambda: {"example.com/a": self.random.choice(TEXTS), "kubernetes.io/service-account.name": "x"},
            finalizers=lambda: self.random.choice(
                [["example.com/f"], ["orphan"], ["kubernetes", "foregroundDeletion"]]
            ),
        )

    def data(self) -> Tree:
        return {key: self.random.choice(TEXTS) for key in self.random.sample(KEYS, self.random.randint(0, 3))}

    def workload(self, kind: str) -> Tree:
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": self.pod(kind)}
        spec: Tree = {"template": template}
        if kind == "Pod":
            spec = template["spec"]
        elif kind == "CronJob":
            spec = {"schedule": "* * * * *", "jobTemplate": {"spec": spec}}
        elif kind == "ReplicationController":
            spec["selector"] = labels
        elif kind != "Job":
            spec["selector"] = {"matchLabels": labels}
        if kind == "StatefulSet":
            spec["serviceName"] = "web"
        group = {"CronJob": "batch/", "Job": "batch/", "Pod": "", "PodTemplate": "", "ReplicationController": ""}
        head = {"apiVersion": f"{group.get(kind, 'apps/')}v1", "kind": kind, "metadata": {"name": "web"}}
        return head | ({"template": template} if kind == "PodTemplate" else {"spec": spec})

    # pods

    def pod(self, kind: str) -> Tree:
        self.volumes = self.random.sample(LABELS, self.random.randint(0, 3))
        spec: Tree = {"containers": [self.container(name) for name in ("one", "two")]}
        if self.maybe(0.3):
            spec["initContainers"] = [self.container("three")]
        if self.volumes:
            spec["volumes"] = [{"name": name, **self.source()} for name in self.volumes]
        if self.maybe(0.2):
            spec["volumes"] = [*spec.get("volumes", []), {"name": "files", "emptyDir": {}}]
            spec["containers"][0].setdefault("env", []).append({"name": "F", "valueFrom": {"fileKeyRef": self.file()}})
        return spec | ({"restartPolicy": "Never"} if kind in ("Job", "CronJob") else {})

    def container(self, name: str) -> Tree:
        points = iter(self.random.sample(["/a", "/b", "c", "/d e", "/"], 4))
        return {"name": name, "image": self.random.choice(IMAGES)} | self.pick(
            env=lambda: self.some(self.env, 3),
            envFrom=lambda: self.some(self.env_from),
            imagePullPolicy=lambda: self.random.choice(["Always", "IfNotPresent", "Never"]),
            command=lambda: self.some(lambda: self.random.choice(TEXTS)),
            volumeMounts=lambda: [self.mount(next(points), volume) for volume in self.volumes],
        )

    def env(self) -> Tree:
        name = {"name": self.random.choice([*KEYS, "a b", "1", "~"])}
        if self.maybe():
            return name | self.pick(value=lambda: self.random.choice(TEXTS))
        return name | {
            "valueFrom": self.one(
                configMapKeyRef=self.key_selector,
                secretKeyRef=self.key_selector,
                fieldRef=lambda: {"fieldPath": self.random.choice(FIELDS), **self.pick(apiVersion=lambda: "v1")},
                resourceFieldRef=lambda: {"resource": self.random.choice(RESOURCES), "containerName": "one"},
            )
        }

    def key_selector(self) -> Tree:
        fields = {"name": self.random.choice(NAMES), "key": self.random.choice(KEYS)}
        return fields | self.pick(optional=self.maybe)

    def file(self) -> Tree:
        return {"volumeName": "files", "path": "a/b", "key": "K", **self.pick(optional=self.maybe)}

    def env_from(self) -> Tree:
        prefix = self.pick(prefix=lambda: self.random.choice(["P_", "1", "", "a b"]))
        return prefix | self.one(configMapRef=self.whole_source, secretRef=self.whole_source)

    def whole_source(self) -> Tree:
        return {"name": self.random.choice(NAMES), **self.pick(optional=self.maybe)}

    def source(self) -> Tree:
        return self.one(
            configMap=lambda: self.items("name") | self.mode(),
            secret=lambda: self.items("secretName") | self.mode(),
            projected=lambda: {"sources": self.projections()} | self.mode(),
            image=lambda: {"reference": "app:1", **self.pick(pullPolicy=lambda: "Always")},
            emptyDir=dict,
        )

    def mode(self) -> Tree:
        return self.pick(defaultMode=lambda: self.random.choice([0, 0o644, 0o777]))

    def items(self, field: str, prefix: str = "") -> Tree:
        paths = iter(self.random.sample(FILES, 2))
        item = lambda: {"key": self.random.choice(KEYS), "path": prefix + next(paths)}  # noqa: E731
        fields = self.pick(items=lambda: self.some(item), optional=self.maybe)
        return {field: self.random.choice(NAMES), **fields}

    def projections(self) -> list[Tree]:
        return [self.projection(f"{number}/") for number in range(self.random.randint(1, 2))]

    def projection(self, folder: str) -> Tree:
        return self.one(configMap=lambda: self.items("name", folder), secret=lambda: self.items("name", folder))

    def mount(self, point: str, volume: str) -> Tree:
        more: Tree = self.random.choice([{}, {"subPath": "a/b"}, {"subPathExpr": "$(HOST)/x"}, {"readOnly": True}])
        return {"name": volume, "mountPath": point, **more}

    # damage

    def damage(self, tree: Tree) -> None:
        """Breaks a manifest in one place, if the place takes it."""
        ways = [self.retype, self.retext, self.rename, self.add, self.drop, self.repeat]
        if found := list(places(tree)):
            self.random.choice(ways)(self.random.choice(found))

    def retype(self, place: Place) -> None:
        values = [None, *WRONG]
        if place.fixed:
            values = [8080, True] if place.type == "string" else [8080, "x", {"a": "b"}]
        place.holder[place.key] = copy.deepcopy(self.random.choice(values))

    def retext(self, place: Place) -> None:
        if place.type == "int":
            place.holder[place.key] = self.random.choice(NUMBERS)
        elif place.type == "string" and not (place.fixed and place.key == "name"):
            pool = HUGE if place.kind == "{}string" and self.maybe(0.05) else [*ODD, *TEXTS[:-2]]
            place.holder[place.key] = self.random.choice(pool)

    def rename(self, place: Place) -> None:
        key = place.key
        if isinstance(key, str) and not place.fixed and not place.kind.startswith("[]"):
            odd = self.random.choice([*ODD, *KEYS]) if place.kind == "{}string" else key
            new = self.random.choice([odd, key.lower(), key.capitalize(), f"{key}s", key[:-1]])
            place.holder[new] = place.holder.pop(key)

    def add(self, place: Place) -> None:
        makers: dict[str, Callable[[], Any]] = {
            "EnvVarSource": lambda: self.env().get("valueFrom", {}),
            "EnvVar": self.env,
            "EnvFromSource": self.env_from,
            "Volume": self.source,
            "VolumeProjection": lambda: self.projections()[0],
            "VolumeMount": lambda: self.random.choice(
                [{"subPath": "x"}, {"subPathExpr": "x"}, {"mountPropagation": "no"}]
            ),
            "ConfigMap": lambda: {"binaryData": {"HOST": "eA=="}},
            "PodSpec": lambda: {"ephemeralContainers": [self.container("four")]},
        }
        if place.kind in TYPES:
            more: Tree = makers.get(place.kind, lambda: {self.random.choice(ODD): "x"})()
            place.holder.update(more)

    def drop(self, place: Place) -> None:
        if not place.fixed:
            del place.holder[place.key]

    def repeat(self, place: Place) -> None:
        if isinstance(place.key, int) and place.kind.removeprefix("[]") not in CONTAINERS:
            place.holder.insert(place.key, copy.deepcopy(place.holder[place.key]))


def places(tree: Tree) -> Iterator[Place]:
    """Every value of a manifest that is on the ground."""
    if tree["kind"] not in POD_PATHS:
        yield from within(tree, tree["kind"])
        return
    spec: Any = tree
    for part in POD_PATHS[tree["kind"]]:
        spec = spec[part]
    yield from within(spec, "PodSpec")


def within(value: Any, kind: str) -> Iterator[Place]:
    """Every value in one of some type."""
    inner = kind.removeprefix("[]").removeprefix("{}")
    if kind in TYPES and isinstance(value, dict):
        children = [(key, TYPES[kind].get(key, "any")) for key in value]
    elif kind.startswith("[]") and isinstance(value, list):
        children = [(key, inner) for key in range(len(value))]
    elif kind.startswith("{}") and isinstance(value, dict):
        children = [(key, inner) for key in value]
    else:
        return
    for key, type_ in children:
        if type_ != "any":
            yield Place(value, key, kind, type_)
            yield from within(value[key], type_)
