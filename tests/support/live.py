"""Runs cmlint on a cluster as a user runs it, and makes what tests need there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.support.apiserver import Cluster
from tests.support.command import cmlint

Tree = dict[str, Any]

PLACE = "spec.template.spec.containers[0]"
NO_KEY = "error[missing-key] the ConfigMap `settings` has no key `HOTS`"
WARNING, ERROR = "cmlint: warning: test: {}\n", "cmlint: error: test: {}\n"


class Ran(msgspec.Struct):
    """What a command line gave: its exit status, the lines of findings and what it said besides."""

    status: int
    lines: list[str]
    said: str


def run(kubeconfig: Path, *words: str, folder: Path | str | None = None, **how: str) -> Ran:
    """Runs a command line with a kubeconfig, in the concise form without what was counted."""
    done = cmlint(Path(folder or kubeconfig.parent), *words, "-q", **{"KUBECONFIG": str(kubeconfig), **how})
    return Ran(done.returncode, done.stdout.splitlines(), done.stderr)


def audit(kubeconfig: Path, *words: str, **how: str) -> Ran:
    """Audits, one line a finding."""
    return run(kubeconfig, "audit", "--format", "concise", *words, **how)


def of_both(found: Ran, spaces: list[str], rule: str) -> list[str]:
    """The findings of a rule in the two namespaces."""
    return [line for line in found.lines if f"[{rule}]" in line and any(f"/{space}/" in line for space in spaces)]


def no_keys(*spaces: str) -> list[str]:
    """The finding about the wrong key in each namespace."""
    return [f"deployment/{space}/web:{PLACE}.env[0].valueFrom.configMapKeyRef.key: {NO_KEY}" for space in spaces]


def config_map(cluster: Cluster, namespace: str, name: str, keys: str = "", **more: Any) -> Tree:
    """Creates a ConfigMap with some keys."""
    meta = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    return cluster.create(
        {"kind": "ConfigMap", "metadata": meta, "data": {key: f"value of {key}" for key in keys.split()}, **more}
    )


def secret(cluster: Cluster, namespace: str, name: str, keys: str = "", **more: Any) -> Tree:
    """Creates a Secret with some keys."""
    data = {key: f"value-{key}" for key in keys.split()}
    return cluster.create(
        {"kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "stringData": data, **more}
    )


def pod_file(field: str) -> str:
    """A manifest of a pod with one container, `web`, and one more field of it."""
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      {field}
"""


def env(kind: str, name: str, key: str) -> Tree:
    """A variable from a key, of a ConfigMap (`configMapKeyRef`) or a Secret (`secretKeyRef`)."""
    return {"name": key, "valueFrom": {kind: {"name": name, "key": key}}}


def spec(*entries: Tree, image: str = "registry.example.com/web:1.4.2", **more: Any) -> Tree:
    """A pod spec with one container, `web`, and these entries of `env`."""
    return {"containers": [{"name": "web", "image": image, "env": list(entries)}], **more}


def deployment(cluster: Cluster, namespace: str, name: str, pod: Tree, kind: str = "Deployment", **more: Any) -> Tree:
    """Creates an object that keeps pods running."""
    labels = {"app": name}
    own = {"serviceName": name} if kind == "StatefulSet" else {}
    replicas = {} if kind == "DaemonSet" else {"replicas": 1}
    template = {"metadata": {"labels": labels}, "spec": pod}
    meta = {"name": name, "namespace": namespace, **more.pop("metadata", {})}
    body = {"selector": {"matchLabels": labels}, "template": template, **replicas, **own, **more}
    return cluster.create({"kind": kind, "metadata": meta, "spec": body})


def owned(owner: Tree) -> list[Tree]:
    """The owner references of what an object has made."""
    meta = owner["metadata"]
    return [
        {
            "apiVersion": owner.get("apiVersion", "apps/v1"),
            "kind": owner["kind"],
            "name": meta["name"],
            "uid": meta["uid"],
            "controller": True,
        }
    ]


def pod(cluster: Cluster, namespace: str, name: str, body: Tree, status: Tree, owner: Tree | None = None) -> Tree:
    """Creates a pod with a state."""
    meta = {"name": name, "namespace": namespace, **({"ownerReferences": owned(owner)} if owner else {})}
    return cluster.create({"kind": "Pod", "metadata": meta, "spec": body, "status": status})


def waits(reason: str, message: str = "") -> Tree:
    """The state of a pod whose container `web` waits."""
    waiting = {"reason": reason, "message": message}
    return {
        "phase": "Pending",
        "containerStatuses": [
            {
                "name": "web",
                "image": "",
                "imageID": "",
                "ready": False,
                "restartCount": 0,
                "state": {"waiting": waiting},
            }
        ],
    }


def runs(since: str, image_id: str = "") -> Tree:
    """The state of a pod whose container `web` runs."""
    return {
        "phase": "Running",
        "containerStatuses": [
            {
                "name": "web",
                "image": "",
                "imageID": image_id,
                "ready": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": since}},
            }
        ],
    }
