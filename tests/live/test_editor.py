"""An editor whose files stand on a cluster or a snapshot: it is asked in the background, and never by a keystroke."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.live.test_standing import POD, snapshot
from tests.support.apiserver import Cluster
from tests.support.client import Client
from tests.support.live import config_map, secret
from tests.support.proxy import proxy
from tests.support.run import write

BOTH = ["missing-key", "missing-secret-key"]


@pytest.fixture
def space(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """A namespace with a ConfigMap and a Secret, whose keys are not the ones that the pod names."""
    found = cluster.namespace(request.node.name.replace("_", "-")[:40])
    config_map(cluster, found, "settings", "HOTS")
    secret(cluster, found, "login", "pasword")
    return found


def pod_in(folder: Path, space: str) -> str:
    """Writes the pod of a namespace."""
    text = POD.replace("name: web\nspec", f"name: web\n  namespace: {space}\nspec")
    write(folder, {"pod.yaml": text})
    return text


def test_a_cluster_defines_what_the_files_do_not(cluster: Cluster, space: str, tmp_path: Path) -> None:
    pod = pod_in(tmp_path, space)
    with proxy(cluster) as between:
        env = {"KUBECONFIG": str(between.kubeconfig(cluster))}
        with Client(tmp_path, {"live": True}, env=env) as client:
            client.open("pod.yaml")
            assert client.wait(lambda: client.rules("pod.yaml") == BOTH), client.log
            key, _ = client.diagnostics[client.uri("pod.yaml")]
            assert key["message"].splitlines()[-1] == f"configmap/{space}/settings: a similar key is defined here"
            assert key["relatedInformation"] == []

            asked = len(between.asked)
            longer = f"# longer\n{pod}"
            client.change("pod.yaml", longer)
            assert [each["code"] for each in client.settled("pod.yaml")] == BOTH
            hover = client.at("hover", "pod.yaml", longer, "name: settings", 8)["contents"]["value"]
            assert hover.startswith(f"**ConfigMap `settings`**\n\ndefined in the cluster: `configmap/{space}/settings`")
            assert client.at("definition", "pod.yaml", longer, "name: settings", 8) == []
            refused = client.at("rename", "pod.yaml", longer, "name: settings", 8, newName="other")
            assert refused["message"] == "`settings` is in the cluster"

            about = {"textDocument": {"uri": client.uri("pod.yaml")}, "range": key["range"]}
            found = client.ask("textDocument/codeAction", {**about, "context": {"diagnostics": []}})
            assert [each["title"] for each in found if each["title"].startswith("add key")] == []

            names = client.at("completion", "pod.yaml", longer, "name: settings", 8)["items"]
            assert ("settings", "ConfigMap, 1 key, in the cluster") in [
                (each["label"], each["detail"]) for each in names
            ]
            keys = client.at("completion", "pod.yaml", longer, "key: password", 8)["items"]
            assert [each["label"] for each in keys] == ["pasword"]
            time.sleep(0.5)
            assert len(between.asked) == asked
            assert client.end() == 0
            assert "value-pasword" not in json.dumps(client.messages) + client.log


def test_a_snapshot_defines_what_the_files_do_not(cluster: Cluster, space: str, tmp_path: Path) -> None:
    taken = snapshot(cluster, tmp_path / "prod.snapshot", "-n", space)
    pod_in(tmp_path / "shop", space)
    env = {"KUBECONFIG": "/nowhere"}
    with Client(tmp_path / "shop", {"against": ["../prod.snapshot"]}, env=env) as client:
        client.open("pod.yaml")
        assert client.wait(lambda: client.rules("pod.yaml") == BOTH), client.log
        taken.unlink()
        client.settings = {"against": []}
        client.tell("workspace/didChangeConfiguration", {"settings": {"cmlint": {"against": []}}})
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-configmap"])
        assert client.told == []


def test_a_folder_that_is_not_trusted_asks_no_cluster(cluster: Cluster, space: str, tmp_path: Path) -> None:
    pod = pod_in(tmp_path, space)
    with proxy(cluster) as between:
        env = {"KUBECONFIG": str(between.kubeconfig(cluster))}
        with Client(tmp_path, {"live": True, "trusted": False}, env=env) as client:
            client.open("pod.yaml")
            client.change("pod.yaml", pod)
            assert [each["code"] for each in client.settled("pod.yaml")] == ["missing-configmap"]
            time.sleep(1)
        assert between.asked == []
