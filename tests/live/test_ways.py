"""The ways to a cluster that the Kubernetes client knows: kubeconfig, credentials, the account of a pod, proxies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from tests.support.apiserver import Cluster
from tests.support.live import audit, no_keys, run


def ways(cluster: Cluster, folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Users of a kubeconfig, each with another kind of credentials."""
    answer = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": cluster.token},
    }
    plugin = folder / "plugin"
    plugin.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n", encoding="utf-8")
    plugin.chmod(0o700)
    token = folder / "token"
    token.write_text(cluster.token, encoding="utf-8")
    yield "token", {"token": cluster.token}
    yield "file", {"tokenFile": str(token)}
    yield (
        "exec",
        {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin), "interactiveMode": "Never"}},
    )


def test_tokens_files_and_plugins_let_in(cluster: Cluster, spaces: list[str], tmp_path: Path) -> None:
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    for name, user in ways(cluster, tmp_path):
        path = tmp_path / f"by-{name}" / "config"
        path.parent.mkdir()
        path.write_text(json.dumps(known | {"users": [{"name": "admin", "user": user}]}), encoding="utf-8")
        assert audit(path, "-n", spaces[0], "--select", "missing-key").lines == no_keys(spaces[0]), name


def test_a_kubeconfig_of_several_files(cluster: Cluster, spaces: list[str], tmp_path: Path) -> None:
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    for name in ("users", "clusters"):
        part = {"apiVersion": "v1", "kind": "Config", name: known.pop(name)}
        (tmp_path / name).write_text(json.dumps(part), encoding="utf-8")
    (tmp_path / "rest").write_text(json.dumps(known), encoding="utf-8")
    both = os.pathsep.join(str(tmp_path / name) for name in ("rest", "users", "clusters"))
    done = run(
        cluster.admin, "audit", "--format", "concise", "-n", spaces[0], "--select", "missing-key", "--kubeconfig", both
    )
    assert (done.said, done.lines) == ("", no_keys(spaces[0]))
