"""Impact and graph on a real cluster: readers that no file has, and commands that the API server accepts."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.support.apiserver import Cluster
from tests.support.command import cmlint
from tests.support.live import config_map, deployment, env, pod, runs, spec, waits
from tests.support.proxy import proxy
from tests.support.run import write

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: SPACE}\ndata: {HOST: a}\n"


def shown(cluster: Cluster, folder: Path, *words: str) -> Any:
    """The JSON of a command."""
    done = cmlint(folder, *words, "--format", "json", KUBECONFIG=str(cluster.admin))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_reader_that_only_the_cluster_has(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("impact-live")
    config_map(cluster, space, "settings", "HOST")
    deployment(cluster, space, "web", spec(env("configMapKeyRef", "settings", "HOST")))
    write(tmp_path, {"all.yaml": MAP.replace("SPACE", space)})
    assert shown(cluster, tmp_path, "impact", "cm/settings")["reads"] == []
    with proxy(cluster) as between:
        kubeconfig = between.kubeconfig(cluster, namespace=space)
        done = cmlint(tmp_path, "impact", "cm/settings:HOST", "--live", "-n", space, KUBECONFIG=str(kubeconfig))
        asked = list(between.asked)
        between.asked.clear()
        audited = cmlint(tmp_path, "audit", "-n", space, KUBECONFIG=str(kubeconfig))
        of_audit = len(between.asked)
        between.asked.clear()
        graph = cmlint(tmp_path, "graph", "--live", "-n", space, "--format", "json", KUBECONFIG=str(kubeconfig))
        of_graph = list(between.asked)
    assert {method for method, _, _ in (*asked, *of_graph)} == {"GET"}
    assert audited.returncode in (0, 1)
    assert len(of_graph) <= of_audit
    assert "Deployment web  container " in done.stdout
    assert f"kubectl rollout restart deployment/web -n {space}" in done.stdout
    nodes = {node["id"]: node for node in json.loads(graph.stdout)["nodes"]}
    assert nodes[f"{space}/ConfigMap/settings"]["status"] == "found"
    assert nodes[f"{space}/Deployment/web"]["location"]["path"] == f"deployment/{space}/web"
    edges = [(e["source"], e["target"]) for e in json.loads(graph.stdout)["edges"] if e["type"] == "reads"]
    assert [target for _, target in edges] == [f"{space}/ConfigMap/settings:HOST"]


def test_the_pods_that_run(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("impact-pods")
    config_map(cluster, space, "settings", "HOST PORT")
    body = spec(env("configMapKeyRef", "settings", "HOST"))
    web = deployment(cluster, space, "web", body, replicas=3)
    pod(cluster, space, "web-b", body, runs("2020-02-01T10:00:00Z"), web)
    pod(cluster, space, "web-a", body, runs("2020-01-31T10:00:00Z"), web)
    pod(cluster, space, "web-c", body, waits("ImagePullBackOff"), web)
    deployment(cluster, space, "other", spec(env("configMapKeyRef", "settings", "PORT")))
    of_file = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
    of_file += "  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n"
    container = "{name: web, image: 'registry.example.com/web:1.4.2', envFrom: [{configMapRef: {name: settings}}]}"
    of_file += f"    spec: {{containers: [{container}]}}\n"
    write(tmp_path, {"all.yaml": of_file})
    report = shown(cluster, tmp_path, "impact", "cm/settings:HOST", "--live", "-n", space)
    assert [(each["workload"]["name"], each["workload"]["path"], each["pods"]) for each in report["running"]] == [
        (
            "web",
            "all.yaml",
            [
                {"name": "web-a", "started": "2020-01-31T10:00:00Z"},
                {"name": "web-b", "started": "2020-02-01T10:00:00Z"},
            ],
        )
    ]
    assert report["summary"]["pods"] == 2
    assert shown(cluster, tmp_path, "impact", "cm/settings:HOST", "-n", space)["running"] == []
    line = ("impact", "cm/settings:HOST", "--live", "-n", space, "--kubeconfig", str(cluster.admin))
    text = cmlint(tmp_path, *line).stdout
    block = "running pods\n  Deployment web  web-a since 2020-01-31T10:00:00Z, web-b since 2020-02-01T10:00:00Z\n"
    assert block in text
    reached = f"-n {space} --kubeconfig {cluster.admin}"
    assert f"  kubectl rollout restart deployment/web {reached}\n" in text
    assert "running pods of `Deployment web`: `web-a since " in cmlint(tmp_path, *line, "--format", "markdown").stdout


def test_an_object_that_only_the_cluster_has(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("impact-object")
    config_map(cluster, space, "settings", "HOST")
    reader = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: SPACE}\nspec:\n  containers:\n"
    reader += "  - {name: c, image: 'web:1.2.3', envFrom: [{configMapRef: {name: settings}}]}\n"
    write(tmp_path, {"all.yaml": reader.replace("SPACE", space)})
    report = shown(cluster, tmp_path, "impact", "cm/settings", "--live", "-n", space)
    assert [(r["workload"]["name"], r["names"]) for r in report["reads"]] == [("p", ["HOST"])]
    assert report["commands"][0]["command"] == f"kubectl edit configmap/settings -n {space}"


READERS = [
    ("Deployment", "plain", "replicas: 1"),
    ("Deployment", "paused", "paused: true"),
    ("StatefulSet", "state", "serviceName: s"),
    ("StatefulSet", "ondelete", "serviceName: s\n  updateStrategy: {type: OnDelete}"),
    ("DaemonSet", "daemon", "minReadySeconds: 1"),
    ("DaemonSet", "daemon-ondelete", "updateStrategy: {type: OnDelete}"),
    ("ReplicaSet", "replicas", "replicas: 1"),
]
TEMPLATE = """---
apiVersion: apps/v1
kind: KIND
metadata: {name: NAME, namespace: SPACE}
spec:
  MORE
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: c, image: 'web:1.2.3', envFrom: [{configMapRef: {name: settings}}]}]}
"""
CRON = """---
apiVersion: batch/v1
kind: CronJob
metadata: {name: cron, namespace: SPACE}
spec:
  schedule: "0 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: 'web:1.2.3', envFrom: [{configMapRef: {name: settings}}]}]
"""


@pytest.fixture
def advised(cluster: Cluster, tmp_path: Path) -> tuple[list[str], Path]:
    """The commands for workloads of every kind, which are in the cluster; and the folder of their files."""
    space = cluster.namespace("impact-commands")
    text = MAP + "".join(
        TEMPLATE.replace("KIND", kind).replace("NAME", name).replace("MORE", more) for kind, name, more in READERS
    )
    write(tmp_path, {"all.yaml": (text + CRON).replace("SPACE", space)})
    done = cluster.kubectl("apply", "-f", str(tmp_path / "all.yaml"))
    assert done.returncode == 0, done.stderr
    printed = cmlint(tmp_path, "impact", "cm/settings:HOST", "--format", "commands")
    assert printed.returncode == 0, printed.stderr
    return printed.stdout.splitlines(), tmp_path


def test_the_api_server_accepts_every_command(cluster: Cluster, advised: tuple[list[str], Path]) -> None:
    lines, folder = advised
    ran = [accepted(cluster, line.removeprefix("# "), folder) for line in lines]
    assert {verb for verb in ran if verb} == {"apply", "resume", "restart", "status", "get", "create", "exec"}


def accepted(cluster: Cluster, line: str, folder: Path) -> str:
    """Runs a line, on the server without an effect where that can be; gives the verb of a command."""
    words = shlex.split(line)
    if words[0] != "kubectl" or words[1] == "delete":
        return ""
    words = [str(folder / word) if word.endswith(".yaml") else word for word in words[1:]]
    verb = words[1] if words[0] == "rollout" else words[0]
    if verb in ("apply", "create"):
        words.append("--dry-run=server")
    if verb == "status":
        words = [*words, "--watch=false"]
    if verb == "exec":  # Nothing runs pods here: kubectl finds the workload, and waits for a pod of it.
        words = [words[0], "--pod-running-timeout=1s", *words[1:]]
    done = cluster.kubectl(*words)
    if verb == "exec":
        assert "could not find" in done.stderr or "timed out" in done.stderr or "no pods" in done.stderr, done.stderr
    else:
        assert done.returncode == 0, f"{line}: {done.stderr}"
    return verb


def test_what_cannot_be_restarted_is_never_restarted(cluster: Cluster, advised: tuple[list[str], Path]) -> None:
    lines, _ = advised
    resumed = next(i for i, line in enumerate(lines) if line.startswith("kubectl rollout resume deployment/paused "))
    restarted = next(i for i, line in enumerate(lines) if line.startswith("kubectl rollout restart "))
    assert resumed < restarted
    names = lines[restarted].split()[3:-2]
    assert names == ["daemonset/daemon", "deployment/paused", "deployment/plain", "statefulset/state"]
    assert [line for line in lines if "ondelete" in line and "rollout" in line] == []
