"""What keeps a container from starting although every reference leads somewhere, as `cmlint env` shows it."""

from __future__ import annotations

import json

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.bundle.workloads import workloads
from cmlint.manifest.documents import read_text


def stops(container: dict[str, object], **data: str) -> list[tuple[str, str]]:
    """The reasons of a pod's only container, which may read the ConfigMap `s`."""
    one = {"name": "web", "image": "registry.example.com/web:1.4.2", **container}
    spec = {"containers": [one], "volumes": [{"name": "v", "emptyDir": {}}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s"}, "data": data}
    texts = {"pod.json": json.dumps(pod), "s.json": json.dumps(config)}
    (workload,) = workloads([Bundle(Material(files=[(path, read_text(text)) for path, text in texts.items()]))])
    ((each, environment),) = workload.environments()
    assert environment.starts
    return [(stop.name, stop.reason) for stop in workload.stops(each, environment)]


def env(value: str) -> dict[str, object]:
    """A container with one variable."""
    return {"env": [{"name": "A", "value": value}]}


def mounting(expression: str) -> dict[str, object]:
    """A container with the variable `A` and one mount."""
    return {**env("a"), "volumeMounts": [{"name": "v", "mountPath": "/v", "subPathExpr": expression}]}


def limit(container: str) -> dict[str, object]:
    """A container that reads the limit of a container."""
    reference = {"containerName": container, "resource": "limits.cpu"}
    return {"env": [{"name": "A", "valueFrom": {"resourceFieldRef": reference}}]}


READS: dict[str, object] = {"envFrom": [{"configMapRef": {"name": "s"}}]}
LONG = ("A", "Linux starts no program with a variable of 128 KiB or more")


@pytest.mark.parametrize(
    ("container", "data", "expected"),
    [
        (env("a"), {}, []),
        (env("a\0b"), {}, [("A", "it has a NUL, which no variable can hold")]),
        (READS, {"A": "a\0b"}, [("A", "it has a NUL, which no variable can hold")]),
        (READS, {"A": "x" * 131_069}, []),
        (READS, {"A": "x" * 131_070}, [LONG]),
        (env("x" * 131_070), {}, [LONG]),
        (
            READS,
            {f"K{number}": "x" * 120_000 for number in range(18)},
            [("all variables", "Linux starts no program with 2 MiB or more")],
        ),
        (mounting("$(A)"), {}, []),
        (mounting("$(B)/$(A)"), {}, [("B", "nothing defines it, and `subPathExpr` needs it")]),
        (mounting("$(DB_SERVICE_HOST)"), {}, []),
        (limit("web"), {}, []),
        (limit("wev"), {}, [("wev", "the pod has no container of this name")]),
    ],
)
def test_what_stops_a_container(
    container: dict[str, object], data: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert stops(container, **data) == expected
