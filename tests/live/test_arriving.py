"""Values and files that the API server accepts and that do not arrive, and the limits at which they no longer do."""

from __future__ import annotations

import errno
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.apiserver import Cluster, Tree
from tests.support.run import concise, lint, write

LONGEST = 131_072
"""The first length of `NAME=value` that Linux refuses: `MAX_ARG_STRLEN`, with the NUL at its end."""

STACK = 8 * 1024 * 1024
"""The usual limit of the stack in bytes: a quarter of it is for arguments and environment."""


def found(folder: Path, *objects: Tree) -> list[str]:
    """The rules that find something in objects that are written as JSON."""
    write(folder, {f"{number}.json": json.dumps(each) for number, each in enumerate(objects)})
    return [line.partition("[")[2].partition("]")[0] for line in concise(lint(folder))]


def tried(cluster: Cluster, manifest: Tree, *words: str) -> tuple[bool, str]:
    """Whether the API server would accept an object, and what kubectl shows."""
    cluster.namespace("arriving")
    words = ("create", "--dry-run=server", "-n", "arriving", *words, "-f", "-")
    done = cluster.kubectl(*words, stdin=json.dumps(manifest))
    return done.returncode == 0, done.stderr


def pod(volume: Tree | None = None, **container: object) -> Tree:
    """A pod with at most one volume, which its container mounts."""
    mounts = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]} if volume else {}
    one = {"name": "web", "image": "registry.example.com/web:1.4.2", **mounts, **container}
    spec: Tree = {"serviceAccountName": "web", "containers": [one]}
    if volume:
        spec["volumes"] = [{"name": "v", **volume}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def config_map(**data: str) -> Tree:
    """The ConfigMap that the pods here read."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s"}, "data": data}


# files of a volume


class Paths(NamedTuple):
    """The files of a volume: where they come from, and whether they overlap."""

    title: str
    volume: Tree
    overlap: bool


def items(*paths: str) -> Tree:
    """A ConfigMap with a key for each path."""
    return {"name": "s", "items": [{"key": f"k{number}", "path": path} for number, path in enumerate(paths)]}


def fields(*paths: str) -> Tree:
    """The downward API with a file for each path."""
    return {"items": [{"path": path, "fieldRef": {"fieldPath": "metadata.name"}} for path in paths]}


def projected(*sources: Tree) -> Tree:
    """A projected volume."""
    return {"projected": {"sources": list(sources)}}


FILE = {"configMap": items("x")}
CERTIFICATE = {"signerName": "example.com/signer", "keyType": "ED25519", "keyPath": "x/y", "certificateChainPath": "z"}
VOLUMES = [
    Paths("below", {"configMap": items("x", "x/y")}, True),
    Paths("above", {"configMap": items("x/y", "x")}, True),
    Paths("equal", {"configMap": items("x", "x")}, True),
    Paths("slash at the end", {"configMap": items("x/", "x/y")}, True),
    Paths("one folder", {"configMap": items("x/y", "x/z")}, False),
    Paths("a name that begins alike", {"configMap": items("x", "xy/z")}, False),
    Paths("downward API", {"downwardAPI": fields("x", "x/y")}, True),
    Paths("two ConfigMaps", projected(FILE, {"configMap": items("x/y")}), True),
    Paths("ConfigMap and downward API", projected(FILE, {"downwardAPI": fields("x/y")}), True),
    Paths("ConfigMap and token", projected(FILE, {"serviceAccountToken": {"path": "x/y"}}), True),
    Paths("ConfigMap and bundle", projected(FILE, {"clusterTrustBundle": {"name": "b", "path": "x/y"}}), True),
    Paths("ConfigMap and certificate", projected(FILE, {"podCertificate": CERTIFICATE}), True),
    Paths("apart", projected(FILE, {"configMap": items("y")}, {"serviceAccountToken": {"path": "z"}}), False),
]


@pytest.mark.parametrize("paths", VOLUMES, ids=lambda paths: paths.title)
def test_the_server_accepts_overlapping_files_and_warns(cluster: Cluster, tmp_path: Path, paths: Paths) -> None:
    accepted, said = tried(cluster, pod(paths.volume))
    assert accepted, said
    assert ("overlapping paths" in said) == paths.overlap, said
    data = config_map(k0="a", k1="b")
    assert found(tmp_path, pod(paths.volume), data) == ["overlapping-files"] * paths.overlap


@pytest.mark.parametrize(
    "volume",
    [
        projected({"configMap": {"name": "s"}}, {"downwardAPI": fields("k0/y")}),
        {"configMap": items("./x", "x")},
    ],
)
def test_overlaps_that_the_server_does_not_see_are_found(cluster: Cluster, tmp_path: Path, volume: Tree) -> None:
    assert tried(cluster, pod(volume)) == (True, "")
    assert found(tmp_path, pod(volume), config_map(k0="a", k1="b")) == ["overlapping-files"]


def test_the_server_refuses_equal_paths_in_a_projected_volume(cluster: Cluster, tmp_path: Path) -> None:
    volume = projected(FILE, {"secret": items("x")})
    accepted, said = tried(cluster, pod(volume))
    assert (accepted, "conflicting duplicate paths" in said) == (False, True)
    assert found(tmp_path, pod(volume), config_map(k0="a")) == ["malformed-reference"]


@pytest.mark.parametrize("volume", [{"configMap": {"name": "s"}}, {"configMap": items("a.yaml")}])
def test_the_server_looks_for_no_file_of_a_sub_path(cluster: Cluster, tmp_path: Path, volume: Tree) -> None:
    mount = {"name": "v", "mountPath": "/etc/a.yml", "subPath": "a.yml"}
    assert tried(cluster, pod(volume, volumeMounts=[mount])) == (True, "")
    data = {"k0": "a", "a.yaml": "b"}
    assert found(tmp_path, pod(volume, volumeMounts=[mount]), config_map(**data)) == ["missing-file"]


def test_the_server_looks_for_no_container_of_a_volume(cluster: Cluster, tmp_path: Path) -> None:
    limit = {"path": "limit", "resourceFieldRef": {"containerName": "wev", "resource": "limits.cpu"}}
    volume = {"downwardAPI": {"items": [limit]}}
    assert tried(cluster, pod(volume)) == (True, "")
    assert found(tmp_path, pod(volume)) == ["missing-container"]


# values


def test_the_server_accepts_a_nul_which_no_variable_can_hold(cluster: Cluster, tmp_path: Path) -> None:
    value = "a\0b"
    written = pod(env=[{"name": "A", "value": value}])
    read = pod(envFrom=[{"configMapRef": {"name": "s"}}])
    assert tried(cluster, written) == tried(cluster, config_map(A=value)) == (True, "")
    with pytest.raises(ValueError, match="embedded null byte"):
        starts({"A": value})
    assert (
        found(tmp_path / "written", written) == found(tmp_path / "read", read, config_map(A=value)) == ["nul-in-value"]
    )


def starts(environment: dict[str, str]) -> bool:
    """Whether Linux starts a program with an environment; False where that is too large."""
    try:
        subprocess.run(
            [sys.executable, "-c", ""],
            env=environment,
            check=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (STACK, STACK)),
        )
    except OSError as error:
        assert error.errno == errno.E2BIG, error
        return False
    return True


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST])
def test_linux_starts_nothing_with_a_variable_of_128_kib(cluster: Cluster, tmp_path: Path, size: int) -> None:
    value = "x" * (size - len("A="))
    written = pod(env=[{"name": "A", "value": value}])
    assert tried(cluster, written) == (True, "")
    assert starts({"A": value}) == (size < LONGEST)
    assert found(tmp_path, written) == ["oversized-environment"] * (size >= LONGEST)


def test_linux_starts_nothing_with_an_environment_of_2_mib(cluster: Cluster, tmp_path: Path) -> None:
    def parts(count: int) -> Iterator[Tree]:
        for number in range(count):
            yield {**config_map(**{f"K{number}": "x" * 120_000}), "metadata": {"name": f"s{number}"}}

    for count in (17, 18):
        sources = [{"configMapRef": {"name": f"s{number}"}} for number in range(count)]
        written = pod(envFrom=sources)
        assert tried(cluster, written) == (True, "")
        assert starts({f"K{number}": "x" * 120_000 for number in range(count)}) == (count < 18)
        assert found(tmp_path / str(count), written, *parts(count)) == ["oversized-environment"] * (count >= 18)


# what is applied


@pytest.mark.parametrize(
    ("character", "size"),
    [("x", 1), ("\n", 2), ("\t", 2), ("\r", 2), ('"', 2), ("\\", 2), ("<", 6), (">", 6), ("&", 6), ("é", 2)],
)
@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_the_annotation_of_kubectl_apply_holds_256_kib(
    cluster: Cluster, tmp_path: Path, kind: str, character: str, size: int
) -> None:
    space = cluster.namespace("n")  # cmlint counts one character for a namespace that it does not know

    def applied(*words: str) -> tuple[bool, str]:
        done = cluster.kubectl("apply", *words, "-n", space, "-f", "-", stdin=json.dumps(written))
        return done.returncode == 0, done.stderr

    field = "data" if kind == "ConfigMap" else "stringData"
    written: Tree = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "s"}, field: {"k": ""}}
    frame = len(
        json.dumps({**written, "metadata": {"annotations": {}, "name": "s", "namespace": "n"}}, separators=(",", ":"))
    )
    room = 262_144 - len("kubectl.kubernetes.io/last-applied-configuration") - frame - len("\n")
    written[field]["k"] = character * (room // size) + "x" * (room % size)
    assert applied("--dry-run=server") == (True, "")
    assert found(tmp_path / "fits", written) == []
    written[field]["k"] += "x" * (len(field) - len("data") + 1)  # cmlint counts every field like `data`
    accepted, said = applied("--dry-run=server")
    assert (accepted, "may not be more than 262144 bytes" in said) == (False, True)
    assert found(tmp_path / "too large", written) == ["too-large"]
    assert applied("--server-side", "--dry-run=server")[0]
