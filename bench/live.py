"""How long `cmlint audit` takes, beside what nobody can do without: fetching the same lists as raw JSON.

    python -m bench.live [--rounds N] [--kubeconfig FILE]

Without a kubeconfig, an API server is started (`make test-live` builds it) and filled with 10,000 ConfigMaps, 5,000
Secrets, 5,000 Pods and 2,000 Deployments with their ReplicaSets in 200 namespaces. All lines come from one run, in
which they take turns; each shows the best of its rounds. The first one is measured from within, once the Kubernetes
client is imported, so that it is nothing but fetching; the second is the same as a process of its own, and so are the
others: they count as a whole, interpreter and imports included. The third is a script that asks without the client, and
makes objects of all that it gets.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import urllib3
import yaml
from bench.measure import COMMAND, ROOT, Line, measure_in_turns, measured, process, show, within
from tests.support.apiserver import running

Tree = dict[str, Any]

NAMESPACES, CONFIG_MAPS, SECRETS, DEPLOYMENTS, PODS = 200, 50, 25, 10, 25
"""How many namespaces there are, and how many objects each of them has."""

LISTS = {
    "CoreV1Api": ("config_map", "secret", "pod", "replication_controller"),
    "AppsV1Api": ("deployment", "stateful_set", "daemon_set", "replica_set"),
    "BatchV1Api": ("job", "cron_job"),
}
"""What an audit lists, as the Kubernetes client calls it."""

PAGE = 500
THREADS = 8
RAW = "fetch the lists raw"
ALONE = "the same, as a process of its own"


def namespaces() -> Iterator[Tree]:
    """The namespaces."""
    return ({"kind": "Namespace", "metadata": {"name": f"team-{number:03}"}} for number in range(NAMESPACES))


def objects() -> Iterator[Tree]:
    """What is in all of them."""
    for namespace in namespaces():
        yield from of_namespace(namespace["metadata"]["name"])


def of_namespace(namespace: str) -> Iterator[Tree]:
    """What one namespace has: each ConfigMap and Secret has some keys that nobody reads."""
    for number in range(CONFIG_MAPS):
        values = {f"KEY_{key}": f"value {key} of {number}, {'x' * 40}" for key in range(10)}
        yield {"kind": "ConfigMap", "metadata": meta(namespace, f"config-{number}"), "data": values}
    for number in range(SECRETS):
        hidden = {f"KEY_{key}": base64.b64encode(f"{key} of {number}".encode()).decode() for key in range(3)}
        yield {"kind": "Secret", "metadata": meta(namespace, f"secret-{number}"), "data": hidden}
    for number in range(DEPLOYMENTS):
        name, spec = f"app-{number}", pod_spec(number)
        template = {"metadata": {"labels": {"app": name}}, "spec": spec}
        running = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
        yield {"kind": "Deployment", "metadata": meta(namespace, name), "spec": running}
        owned = meta(namespace, f"{name}-5d8f6c", "Deployment", name)
        yield {"kind": "ReplicaSet", "metadata": owned, "spec": running}
    for number in range(PODS):
        app = number % DEPLOYMENTS
        owned = meta(namespace, f"app-{app}-5d8f6c-{number:05}", "ReplicaSet", f"app-{app}-5d8f6c")
        labelled = owned | {"labels": {"app": f"app-{app}"}}
        yield {"kind": "Pod", "metadata": labelled, "spec": pod_spec(app), "status": state(app)}


def meta(namespace: str, name: str, kind: str = "", owner: str = "") -> Tree:
    """The metadata of an object, which another one may own."""
    mine: Tree = {"name": name, "namespace": namespace}
    if kind:
        reference = {"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": f"{kind}-{owner}", "controller": True}
        mine["ownerReferences"] = [reference]
    return mine


def pod_spec(number: int) -> Tree:
    """A pod that reads a ConfigMap as a whole, some keys of two more, a key of a Secret, and a volume."""
    keys = [
        {
            "name": f"VAR_{key}",
            "valueFrom": {"configMapKeyRef": {"name": f"config-{number + key}", "key": f"KEY_{key}"}},
        }
        for key in range(2)
    ]
    hidden = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": f"secret-{number}", "key": "KEY_0"}}}
    container = {
        "name": "app",
        "image": f"registry.example.com/app-{number}:1.4.{number}",
        "env": [*keys, hidden, {"name": "LOG_LEVEL", "value": "info"}],
        "envFrom": [{"configMapRef": {"name": f"config-{number + 10}"}}],
        "volumeMounts": [{"name": "files", "mountPath": "/etc/app"}],
    }
    return {
        "containers": [container],
        "volumes": [{"name": "files", "configMap": {"name": f"config-{number + 20}"}}],
    }


def state(number: int) -> Tree:
    """The state of a pod that runs, as a kubelet writes it."""
    moment = "2026-01-31T10:00:00Z"
    image = f"registry.example.com/app-{number}"
    conditions = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    running = {
        "name": "app",
        "image": f"{image}:1.4.{number}",
        "imageID": f"{image}@sha256:{number:064x}",
        "containerID": f"containerd://{number:064x}",
        "ready": True,
        "started": True,
        "restartCount": 0,
        "lastState": {},
        "state": {"running": {"startedAt": moment}},
    }
    return {
        "phase": "Running",
        "startTime": moment,
        "qosClass": "BestEffort",
        "conditions": [{"type": each, "status": "True", "lastTransitionTime": moment} for each in conditions],
        "containerStatuses": [running],
    }


class Meta(msgspec.Struct):
    """Where a list goes on."""

    continue_: str | None = msgspec.field(default=None, name="continue")


class Page(msgspec.Struct):
    """A page of a list, as far as it must be read to get the next one."""

    metadata: Meta


def fetch(kubeconfig: str) -> None:
    """Fetches the lists, page by page, does nothing with them, and prints what it took."""
    kubernetes: Any = importlib.import_module("kubernetes")
    kubernetes.config.load_kube_config(kubeconfig)
    apis = {getattr(kubernetes.client, group)(): kinds for group, kinds in LISTS.items()}
    with measured():
        for api, kinds in apis.items():
            for kind in kinds:
                fetch_list(getattr(api, f"list_{kind}_for_all_namespaces"))


def fetch_list(ask: Callable[..., Any]) -> None:
    """Fetches one list."""
    more: dict[str, str] = {}
    while True:
        raw = ask(limit=PAGE, _preload_content=False, **more).data
        after = msgspec.json.decode(raw, type=Page).metadata.continue_
        if not after:
            return
        more = {"_continue": after}


def load(kubeconfig: str) -> None:
    """Fetches the same lists without the Kubernetes client, and decodes them with the standard library."""
    config = yaml.load(Path(kubeconfig).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    pool = urllib3.PoolManager(ca_certs=cluster["certificate-authority"])
    headers = {"Authorization": f"Bearer {user['token']}"}
    for api, kinds in LISTS.items():
        for kind in kinds:
            url = f"{cluster['server']}{PATHS[api]}/{kind.replace('_', '')}s?limit={PAGE}"
            after = ""
            while True:
                body = pool.request("GET", url + (f"&continue={after}" if after else ""), headers=headers).data
                after = json.loads(body)["metadata"].get("continue", "")
                if not after:
                    break


PATHS = {"CoreV1Api": "/api/v1", "AppsV1Api": "/apis/apps/v1", "BatchV1Api": "/apis/batch/v1"}


@contextlib.contextmanager
def filled() -> Iterator[str]:
    """Starts a cluster and fills it; gives its kubeconfig."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as cluster:
        start = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            for wave in (namespaces(), objects()):
                made = sum(1 for _ in pool.map(cluster.create, wave))
                print(f"{made} objects created in {time.perf_counter() - start:.0f} s", flush=True)
        yield str(cluster.admin)


def lines(kubeconfig: str) -> list[Line]:
    """What is measured, in the order of the table."""
    raw = partial(within, "bench.live", "--fetch", kubeconfig)
    alone = partial(process, sys.executable, "-m", "bench.live", "--fetch", kubeconfig, folder=ROOT)
    loaded = partial(process, sys.executable, "-m", "bench.live", "--load", kubeconfig, folder=ROOT)
    audit = partial(process, COMMAND, "audit", "--all-namespaces", "--kubeconfig", kubeconfig)
    return [
        Line(RAW, RAW, 1, raw),
        Line(ALONE, RAW, 1, alone),
        Line("a script with json.loads", RAW, 1, loaded),
        Line("cmlint audit --all-namespaces", ALONE, 1, audit),
    ]


def main() -> None:
    """Measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--fetch", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--load", metavar="FILE", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fetch:
        fetch(given.fetch)
        return
    if given.load:
        load(given.load)
        return
    with contextlib.nullcontext(given.kubeconfig) if given.kubeconfig else filled() as kubeconfig:
        table = lines(kubeconfig)
        show(table, measure_in_turns(table, given.rounds))


if __name__ == "__main__":
    main()
