"""What goes wrong on the way to a cluster: it ends in a true part and a note, or in one clear line."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.apiserver import Cluster, running
from tests.support.command import COMMAND
from tests.support.live import NO_KEY, PLACE, WARNING, audit, config_map, deployment, env, no_keys, of_both, spec
from tests.support.proxy import Reply, proxy

# what goes wrong


def busy(path: str, before: int) -> Reply | None:
    """Twice too busy for ConfigMaps, and says how long."""
    return (
        Reply(429, '{"message": "too many requests"}', (("Retry-After", "1"),))
        if "configmaps" in path and before < 2
        else None
    )


def failing(path: str, before: int) -> Reply | None:
    """Fails twice for ConfigMaps, once by its status and once by a cut connection."""
    return [Reply(503, "oh"), Reply()][before] if "configmaps" in path and before < 2 else None


@pytest.mark.parametrize("meddle", [busy, failing])
def test_what_fails_for_a_moment_is_asked_for_again(cluster: Cluster, spaces: list[str], meddle: object) -> None:
    started = time.monotonic()
    with proxy(cluster, meddle) as between:  # type: ignore[arg-type]
        found = audit(between.kubeconfig(cluster), "-n", spaces[0])
    assert (found.said, of_both(found, spaces, "missing-key")) == ("", no_keys(spaces[0]))
    assert between.paths().count(f"/api/v1/namespaces/{spaces[0]}/configmaps") == 3
    assert time.monotonic() - started > (2 if meddle is busy else 1)


def test_pages_that_expire_are_read_again_from_the_first(tmp_path: Path) -> None:
    with running(tmp_path, "--feature-gates=ListFromCacheSnapshot=false") as own:
        for number in range(501):
            config_map(own, "default", f"c-{number:03}")

        def compact(path: str, before: int) -> None:
            if "configmaps" in path and "continue=" in path and not compacted:
                compacted.append(path)
                config_map(own, "default", "late")
                own.compact()

        compacted: list[str] = []
        with proxy(own, compact) as between:
            found = audit(between.kubeconfig(own), "-n", "default", "--select", "unused-configmap")
    assert found.said == ""
    assert len(found.lines) == 502
    assert between.paths().count("/api/v1/namespaces/default/configmaps") == 4


def test_a_server_that_stops_in_the_middle_gives_a_true_part_and_a_note(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster, lambda path, before: Reply() if "secrets" in path else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
    assert found.lines == no_keys(spaces[0])
    assert found.said.startswith(WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: ").rstrip("\n"))


def test_an_answer_that_is_no_list(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(
        cluster, lambda path, before: Reply(200, '{"items": [{"metadata"') if "secrets" in path else None
    ) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "references")
    said = f"Secrets in `{spaces[0]}` could not be listed: the answer cannot be read: DecodeError"
    assert (found.said, found.lines) == (WARNING.format(said), no_keys(spaces[0]))


def test_objects_that_vanish_between_two_lists(cluster: Cluster) -> None:
    space = cluster.namespace("vanishing")
    body = spec(env("configMapKeyRef", "settings", "HOTS"))
    config_map(cluster, space, "settings", "HOST")
    top = deployment(cluster, space, "web", body)
    reference = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
        "uid": top["metadata"]["uid"],
        "controller": True,
    }
    deployment(cluster, space, "web-1", body, "ReplicaSet", metadata={"ownerReferences": [reference]})
    gone = '{"items": [], "metadata": {}}'
    with proxy(cluster, lambda path, before: Reply(200, gone) if "deployments" in path else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", space, "--select", "references")
    assert found.lines == [f"replicaset/{space}/web-1:{PLACE}.env[0].valueFrom.configMapKeyRef.key: {NO_KEY}"]


def test_large_and_binary_objects(cluster: Cluster) -> None:
    space = cluster.namespace("large")
    config_map(cluster, space, "large", data={"text": "ä" * 500_000})
    config_map(cluster, space, "binary", binaryData={"raw": "//79AAE="}, data={})
    done = subprocess.run(
        [COMMAND, "snapshot", "-n", space],
        env={**os.environ, "KUBECONFIG": str(cluster.admin)},
        capture_output=True,
        text=True,
        check=True,
    )
    (found,) = json.loads(done.stdout)["clusters"]
    assert found["namespaces"][space]["configMaps"] == {
        "binary": {"binary": ["raw"], "keys": {"raw": 5}},
        "large": {"keys": {"text": 1_000_000}},
    }


# no cluster at all


def test_a_server_that_is_not_there(cluster: Cluster) -> None:
    path = cluster.kubeconfig("nowhere", cluster.token, server="https://127.0.0.1:1")
    found = audit(path)
    assert (found.status, found.lines) == (2, [])
    assert found.said == (
        "cmlint: error: the cluster `test` (https://127.0.0.1:1) cannot be reached: [Errno 111] Connection refused\n"
        "help: see whether `kubectl version` reaches it\n"
    )


def test_a_token_that_is_no_longer_good(cluster: Cluster) -> None:
    found = audit(cluster.kubeconfig("expired", "no-such-token"))
    assert (found.status, found.lines) == (2, [])
    assert found.said == (
        f"cmlint: error: the cluster `test` ({cluster.url}) does not accept the credentials: Unauthorized\n"
        "help: log in to the cluster again\n"
    )
    assert "no-such-token" not in found.said


BROKEN = {
    "absent": (None, "Invalid kube-config file. No configuration found."),
    "yaml": ("users: [{token: sesame\n", "cannot be read: ParserError, line 2"),
    "empty": ("{}\n", "Invalid kube-config file. Expected key current-context in"),
    "list": ("[sesame]\n", "cannot be read: "),
    "certificate": (
        json.dumps(
            {
                "current-context": "a",
                "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
                "clusters": [
                    {"name": "a", "cluster": {"server": "https://127.0.0.1:1", "certificate-authority-data": "sesame!"}}
                ],
                "users": [{"name": "a", "user": {"token": "sesame"}}],
            }
        ),
        "cannot be read: ",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_kubeconfig_that_is_broken(tmp_path: Path, case: str) -> None:
    text, why = BROKEN[case]
    path = tmp_path / "kubeconfig"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    found = audit(path)
    assert (found.status, found.lines) == (2, [])
    error, hint = found.said.splitlines()
    assert error.startswith(f"cmlint: error: {path}: {why}")
    assert hint.startswith("help: ")
    assert "sesame" not in found.said


def test_a_context_that_is_not_there(cluster: Cluster) -> None:
    found = audit(cluster.admin, "--context", "nowhere")
    assert (found.status, found.lines) == (2, [])
    assert found.said.endswith("help: `kubectl config get-contexts` lists the contexts\n")
