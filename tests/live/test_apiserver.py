"""The cluster that tests use is a real one, and ends with them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.apiserver import VERSION, Cluster, Tree, path_of, running
from tests.support.run import ROOT

READ = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}]
LATE = 120
"""Seconds until a test gives up waiting for what surely comes."""


def wait_for(cluster: Cluster, kind: str, namespace: str, count: int) -> list[Tree]:
    """The objects of a kind once there are that many."""
    end = time.monotonic() + LATE
    while len(items := cluster.get(kind, namespace)["items"]) < count:
        assert time.monotonic() < end, f"{len(items)} of {count} {kind}"
        time.sleep(0.1)
    found: list[Tree] = items
    return found


def test_is_the_version_that_is_built(cluster: Cluster) -> None:
    assert cluster.send("GET", "/version").body["gitVersion"] == VERSION
    assert f"Server Version: {VERSION}" in cluster.kubectl("version").stdout


def test_an_account_may_do_what_its_role_says_and_no_more(cluster: Cluster) -> None:
    cluster.namespace("account")
    for name, namespaces in (("reader", ()), ("one-reader", ("account",))):
        path = cluster.kubeconfig(name, cluster.account(name, READ, namespaces))
        allowed = cluster.kubectl("get", "configmaps", "-n", "account", f"--kubeconfig={path}")
        assert (allowed.returncode, allowed.stderr) == (0, "No resources found in account namespace.\n")
        everywhere = cluster.kubectl("get", "configmaps", "-A", f"--kubeconfig={path}")
        assert everywhere.returncode == len(namespaces)
        user = f"system:serviceaccount:default:{name}"
        forbidden = cluster.kubectl("get", "secrets", "-n", "account", f"--kubeconfig={path}").stderr
        assert f'User "{user}" cannot list resource "secrets" in API group "" in the namespace "account"' in forbidden


def test_controllers_make_what_a_cluster_has(tmp_path: Path) -> None:
    with running(tmp_path, controllers=True) as cluster:
        cluster.namespace("shop")
        wait_for(cluster, "ServiceAccount", "shop", 1)
        pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "web:1.2.3"}]}}
        spec = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": pod}
        cluster.create({"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
        pods = wait_for(cluster, "Pod", "shop", 2)
        (sets,) = wait_for(cluster, "ReplicaSet", "shop", 1)
        assert sets["metadata"]["ownerReferences"][0]["kind"] == "Deployment"
        assert {pod["metadata"]["ownerReferences"][0]["name"] for pod in pods} == {sets["metadata"]["name"]}
        (maps,) = wait_for(cluster, "ConfigMap", "shop", 1)
        assert maps["metadata"]["name"] == "kube-root-ca.crt"


def test_pages_expire_when_the_store_is_compacted(tmp_path: Path) -> None:
    with running(tmp_path, "--feature-gates=ListFromCacheSnapshot=false") as cluster:
        for name in "abc":
            cluster.create({"kind": "ConfigMap", "metadata": {"name": name}})
        page = f"{path_of('ConfigMap', 'default')}?limit=1"
        first = cluster.send("GET", page)
        cluster.create({"kind": "ConfigMap", "metadata": {"name": "d"}})
        cluster.compact()
        expired = cluster.send("GET", f"{page}&continue={first.body['metadata']['continue']}")
        assert (expired.status, expired.body["reason"]) == (410, "Expired")


def test_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\nfrom tests.support.apiserver import running\n"
        "with running(pathlib.Path(sys.argv[1])) as cluster:\n    print(cluster.url, cluster.etcd)\n    os.abort()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False)
    for url in done.stdout.split():
        address = "127.0.0.1", int(url.rpartition(":")[2])
        end = time.monotonic() + LATE
        with pytest.raises(ConnectionError):
            while time.monotonic() < end:
                socket.create_connection(address).close()
                time.sleep(0.1)
