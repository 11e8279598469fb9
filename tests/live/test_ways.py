"""The ways to a cluster that the Kubernetes client knows: kubeconfig, credentials, the account of a pod, proxies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from tests.support.apiserver import KUBECTL, Cluster, Tree, running
from tests.support.command import cmlint, needed
from tests.support.live import NO_KEY, Ran, audit, config_map, deployment, env, no_keys, pod_file, run, spec
from tests.support.run import ROOT
from tests.support.tools import client
from tests.support.tunnel import tunnel

ROLE = yaml.safe_load((ROOT / "docs" / "clusterrole.yaml").read_text(encoding="utf-8"))
AUDIT = ("audit", "-q", "--format", "concise", "--select", "missing-key")


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


@pytest.mark.parametrize(
    ("line", "why", "help_"),
    [
        (
            "",
            "[Errno 2] No such file or directory: './plugin'",
            "install the credential plugin that the kubeconfig names",
        ),
        (
            "echo sesame\necho who are you? >&2\nexit 3",
            "exec: process returned 3. who are you?",
            "log in to the cluster again",
        ),
        (
            "echo sesame",
            "exec: failed to decode process output: Expecting value: line 1 column 1 (char 0)",
            "log in to the cluster again",
        ),
    ],
)
def test_a_plugin_that_gives_no_credentials(cluster: Cluster, tmp_path: Path, line: str, why: str, help_: str) -> None:
    known, path = json.loads(cluster.admin.read_text(encoding="utf-8")), tmp_path / "kubeconfig"
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin", "interactiveMode": "Never"}
    path.write_text(json.dumps(known | {"users": [{"name": "admin", "user": {"exec": plugin}}]}), encoding="utf-8")
    if line:
        (tmp_path / "plugin").write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tmp_path / "plugin").chmod(0o700)
    said = f"cmlint: error: {path}: no credentials: {why}\nhelp: {help_}\n"
    assert audit(path) == Ran(2, [], said)


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


def files_of(folder: Path, *files: Mapping[str, object]) -> str:
    """Writes files of kubeconfig, each in a folder of its own, and lists them as KUBECONFIG does."""
    for number, content in enumerate(files):
        (folder / str(number)).mkdir()
        (folder / str(number) / "config").write_text(json.dumps(content), encoding="utf-8")
    return os.pathsep.join(str(folder / str(number) / "config") for number in range(len(files)))


def context(name: str, namespace: str) -> dict[str, object]:
    """A context of the administrator."""
    return {"name": name, "context": {"cluster": "test", "user": "admin", "namespace": namespace}}


def test_several_files_are_merged_as_kubectl_does_it(cluster: Cluster, spaces: list[str], tmp_path: Path) -> None:
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    wrong = {"clusters": [{"name": "test", "cluster": {"server": "https://127.0.0.1:1"}}]}
    known["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"  # from the folder of its file
    first = {"contexts": [context("one", spaces[0])], "current-context": ""}
    second = {"clusters": known["clusters"], "users": known["users"], "current-context": "one"}
    third = {"contexts": [context("one", "default"), context("two", spaces[1])], "current-context": "two", **wrong}
    listed = files_of(tmp_path, first, second, third)
    shutil.copy(cluster.authority, tmp_path / "1" / "ca.crt")
    absent = str(tmp_path / "absent")
    for value, name in ((listed, "one"), (os.pathsep.join((absent, *reversed(listed.split(os.pathsep)))), "two")):
        environment = {"KUBECONFIG": value, "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        view = ("config", "view", "--minify", "--output=json")
        shown = json.loads(subprocess.check_output([KUBECTL, *view], env=environment, text=True))
        (used,) = shown["contexts"]
        found = cmlint(tmp_path, *AUDIT, **environment)
        if shown["clusters"][0]["cluster"]["server"] == cluster.url:
            assert (found.stdout.splitlines(), found.stderr) == (no_keys(used["context"]["namespace"]), "")
        else:
            assert "(https://127.0.0.1:1) cannot be reached" in found.stderr
        assert used["name"] == name
    other = cmlint(tmp_path, *AUDIT, "--context", "two", KUBECONFIG=listed)
    assert (other.stdout.splitlines(), other.stderr) == (no_keys(spaces[1]), "")


# certificates


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path]]:
    """A cluster that trusts an authority, and the folder with the certificate and key of an administrator."""
    folder = tmp_path_factory.mktemp("certificates")
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -keyout ca.key -out ca.crt")
    openssl(folder, "req -newkey rsa:2048 -nodes -subj /O=system:masters/CN=admin -keyout admin.key -out admin.csr")
    openssl(folder, "x509 -req -in admin.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out admin.crt")
    with running(tmp_path_factory.mktemp("certified"), f"--client-ca-file={folder / 'ca.crt'}") as started:
        deployment(started, "default", "web", spec(env("configMapKeyRef", "settings", "HOTS")))
        config_map(started, "default", "settings", "HOST")
        yield started, folder


def openssl(folder: Path, line: str) -> None:
    """Runs openssl."""
    subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True)


def by_certificate(cluster: Cluster, user: dict[str, str], path: Path) -> Ran:
    """What an audit finds for a user of a kubeconfig, who has no token."""
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    path.write_text(json.dumps(known | {"users": [{"name": "admin", "user": user}]}), encoding="utf-8")
    return audit(path, "--select", "missing-key")


def test_certificates_let_in_as_files_and_as_data(certified: tuple[Cluster, Path], tmp_path: Path) -> None:
    cluster, folder = certified
    names = {"client-certificate": "admin.crt", "client-key": "admin.key"}
    files = {field: str(folder / name) for field, name in names.items()}
    data = {f"{field}-data": b64encode((folder / name).read_bytes()).decode() for field, name in names.items()}
    beside = {field: os.path.relpath(folder / name, tmp_path) for field, name in names.items()}
    for user in (files, data, beside):
        assert by_certificate(cluster, user, tmp_path / "kubeconfig") == Ran(1, no_keys("default"), "")
    who = 'User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"'
    said = (
        f"cmlint: error: the cluster `test` ({cluster.url}) lets nothing be read: configmaps is forbidden: {who}\n"
        "help: log in as somebody who may list what is there\n"
    )
    assert by_certificate(cluster, {}, tmp_path / "kubeconfig") == Ran(2, [], said)


def test_certificates_that_do_not_fit(certified: tuple[Cluster, Path], tmp_path: Path) -> None:
    cluster, folder = certified
    path = tmp_path / "kubeconfig"
    pair = {"client-certificate": str(folder / "admin.crt"), "client-key": str(folder / "ca.key")}
    wrong = by_certificate(cluster, pair, path)
    assert (wrong.status, wrong.lines) == (2, [])
    error, hint = wrong.said.splitlines()
    assert error.startswith(f"cmlint: error: the cluster `test` ({cluster.url}) cannot be reached: ")
    assert "key values mismatch" in error
    assert hint == "help: see whether `kubectl version` reaches it"
    absent = by_certificate(cluster, pair | {"client-key": str(folder / "no.key")}, path)
    assert (absent.status, absent.lines) == (2, [])
    assert absent.said.startswith(f"cmlint: error: {path}: File does not exist: {folder / 'no.key'}\n")


# the account of a pod

FOLDER = """\
from kubernetes.config import incluster_config as its
its.SERVICE_TOKEN_FILENAME, its.SERVICE_CERT_FILENAME = "account/token", "account/ca.crt"
"""
"""Lets the client find the account in the working directory, and not in the only folder where pods have it."""


def name_of(pod: Path) -> str:
    """The name of a pod's account."""
    return f"pod-{pod.name.replace('_', '-')}"


@pytest.fixture
def pod(cluster: Cluster, spaces: list[str], tmp_path: Path) -> Path:
    """The working directory of a pod in a namespace, with its account, that of the documentation."""
    account = tmp_path / "account"
    account.mkdir()
    files = {"token": cluster.account(name_of(tmp_path), ROLE["rules"], spaces)}
    files |= {"namespace": spaces[1], "ca.crt": cluster.authority.read_text(encoding="utf-8")}
    for name, text in files.items():
        (account / name).write_text(text, encoding="utf-8")
    return tmp_path


def in_pod(cluster: Cluster, pod: Path, *words: str, **environment: str) -> Ran:
    """Runs a command line as in a pod: it has no kubeconfig, but an account."""
    _, _, port = cluster.url.rpartition(":")
    address = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": port, "HOME": str(pod)}
    done = cmlint(pod, *words, before=FOLDER, **address, **environment)
    return Ran(done.returncode, done.stdout.splitlines(), done.stderr)


def test_the_account_of_a_pod_lets_in_and_its_namespace_counts(
    cluster: Cluster, spaces: list[str], pod: Path, tmp_path: Path
) -> None:
    assert in_pod(cluster, pod, *AUDIT) == Ran(1, no_keys(spaces[1]), "")
    assert in_pod(cluster, pod, *AUDIT, "-n", spaces[0]) == Ran(1, no_keys(spaces[0]), "")
    assert in_pod(cluster, pod, "snapshot", "-o", "prod.json") == Ran(0, [], "")
    (written,) = json.loads((pod / "prod.json").read_text(encoding="utf-8"))["clusters"]
    assert (written["name"], written["namespace"], list(written["namespaces"])) == (
        "in-cluster",
        spaces[1],
        [spaces[1]],
    )
    (pod / "account" / "namespace").unlink()
    who = f'User "system:serviceaccount:default:{name_of(pod)}" cannot list resource "configmaps"'
    assert in_pod(cluster, pod, *AUDIT).said == (
        f"cmlint: error: the cluster `in-cluster` ({cluster.url}) lets nothing be read: configmaps is forbidden: "
        f'{who} in API group "" in the namespace "default"\n'
        "help: log in as somebody who may list what is there\n"
    )


def test_a_kubeconfig_comes_before_the_account_of_a_pod(cluster: Cluster, spaces: list[str], pod: Path) -> None:
    path = cluster.kubeconfig("in-pod", cluster.token, namespace=spaces[0])
    assert in_pod(cluster, pod, *AUDIT, KUBECONFIG=str(path)) == Ran(1, no_keys(spaces[0]), "")
    assert in_pod(cluster, pod, *AUDIT, "--kubeconfig", str(path)) == Ran(1, no_keys(spaces[0]), "")
    asked = in_pod(cluster, pod, *AUDIT, "--context", "prod")
    assert asked.said == (
        "cmlint: error: ~/.kube/config: not found\nhelp: `kubectl config get-contexts` lists the contexts\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("token", None, "Service token file does not exist."),
        ("token", "", "Token file exists but empty."),
        ("ca.crt", None, "Service certification file does not exist."),
    ],
)
def test_an_account_without_its_files(cluster: Cluster, pod: Path, name: str, text: str | None, why: str) -> None:
    path = pod / "account" / name
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    said = f"cmlint: error: the account of this pod cannot be used: {why}\nhelp: mount its token and `ca.crt`\n"
    assert in_pod(cluster, pod, *AUDIT) == Ran(2, [], said)


# proxies

OF_A_PROXY = "help: see whether `kubectl version` reaches it\n"


def test_a_proxy_of_the_environment_is_used(cluster: Cluster, spaces: list[str]) -> None:
    words = ("-n", spaces[0], "--select", "missing-key")
    with tunnel() as between:
        assert audit(cluster.admin, *words, HTTPS_PROXY=between.url) == Ran(1, no_keys(spaces[0]), "")
        assert set(between.asked) == {cluster.url.removeprefix("https://")}
        between.asked.clear()
        direct = audit(cluster.admin, *words, HTTPS_PROXY=between.url, NO_PROXY="localhost,127.0.0.1")
        assert direct == Ran(1, no_keys(spaces[0]), "")
        assert between.asked == []


def through(known: Tree, url: str) -> Tree:
    """A kubeconfig whose cluster is behind a proxy."""
    (found,) = known["clusters"]
    return known | {"clusters": [found | {"cluster": found["cluster"] | {"proxy-url": url}}]}


def test_a_proxy_of_the_kubeconfig_comes_before_that_of_the_environment(
    cluster: Cluster, spaces: list[str], tmp_path: Path
) -> None:
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    path = tmp_path / "kubeconfig"
    with tunnel() as between, tunnel() as other:
        path.write_text(json.dumps(through(known, between.url)), encoding="utf-8")
        found = audit(path, "-n", spaces[0], "--select", "missing-key", HTTPS_PROXY=other.url)
        assert found == Ran(1, no_keys(spaces[0]), "")
        assert set(between.asked) == {cluster.url.removeprefix("https://")}
        assert other.asked == []


def test_a_proxy_that_refuses(cluster: Cluster) -> None:
    said = f"cmlint: error: the cluster `test` ({cluster.url}) cannot be reached: at its proxy: {{}}\n{OF_A_PROXY}"
    with tunnel(refused=407) as between:
        refused = said.format("Tunnel connection failed: 407 Proxy Authentication Required")
        assert audit(cluster.admin, HTTPS_PROXY=between.url) == Ran(2, [], refused)
        assert len(between.asked) == 1
    absent = said.format("[Errno 111] Connection refused")
    assert audit(cluster.admin, HTTPS_PROXY="http://127.0.0.1:1") == Ran(2, [], absent)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (
            "127.0.0.1:1",
            "the proxy cannot be used: Proxy URL had no scheme, should start with http:// or https://\n"
            "help: see HTTPS_PROXY and the kubeconfig's `proxy-url`: they begin with `http://` or `https://`\n",
        ),
        (
            "socks5://127.0.0.1:1",
            "the Kubernetes client needs a package for this connection that is missing: No module named 'socks'\n"
            "help: install it where cmlint is installed\n",
        ),
    ],
)
def test_a_proxy_that_cannot_be_used(cluster: Cluster, pod: Path, url: str, why: str) -> None:
    said = f"cmlint: error: {why}"
    assert audit(cluster.admin, HTTPS_PROXY=url) == Ran(2, [], said)
    assert in_pod(cluster, pod, *AUDIT, HTTPS_PROXY=url) == Ran(2, [], said)


# versions of the client

MAJORS = (34, 35, 36, 37)
NO_PROXY_SINCE, PROXY_URL_SINCE = 36, 37
POD = pod_file("env: [{name: HOST, valueFrom: {configMapKeyRef: {name: settings, key: HOTS}}}]")


def test_the_oldest_version_of_the_client_is_the_one_that_is_required() -> None:
    assert f'"kubernetes>={MAJORS[0]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("major", MAJORS)
def test_every_version_of_the_client_leads_to_the_cluster(
    cluster: Cluster, spaces: list[str], pod: Path, major: int
) -> None:
    own = {"PYTHONPATH": str(client(major))}
    which = [sys.executable, "-c", "import kubernetes; print(kubernetes.__version__)"]
    assert subprocess.check_output(which, env=needed() | own, text=True).startswith(f"{major}.")
    only = ("-n", spaces[0], "--select", "missing-key")
    assert audit(cluster.admin, *only, **own) == Ran(1, no_keys(spaces[0]), "")
    (pod / "pod.yaml").write_text(POD, encoding="utf-8")
    checked = run(cluster.admin, "check", "pod.yaml", "--live", "--format", "concise", *only, folder=pod, **own)
    assert checked == Ran(1, [f"pod.yaml:9:77: {NO_KEY}"], "")
    taken = cmlint(pod, "snapshot", "-n", spaces[0], KUBECONFIG=str(cluster.admin), **own)
    assert taken.stderr == ""
    names = json.loads(taken.stdout)["clusters"][0]["namespaces"][spaces[0]]
    assert names == {
        "configMaps": {"settings": {"keys": {"HOST": 13}}},
        "secrets": {"login": {"keys": {"password": 14}}},
    }
    assert in_pod(cluster, pod, *AUDIT, **own) == Ran(1, no_keys(spaces[1]), "")
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    path = pod / "kubeconfig"
    for name, user in ways(cluster, pod):
        path.write_text(json.dumps(known | {"users": [{"name": "admin", "user": user}]}), encoding="utf-8")
        assert audit(path, *only, **own) == Ran(1, no_keys(spaces[0]), ""), name
    with tunnel() as between:
        assert audit(cluster.admin, *only, HTTPS_PROXY=between.url, **own) == Ran(1, no_keys(spaces[0]), "")
        assert set(between.asked) == {cluster.url.removeprefix("https://")}
        between.asked.clear()
        around = {"HTTPS_PROXY": between.url, "NO_PROXY": "127.0.0.1"}
        assert audit(cluster.admin, *only, **around, **own) == Ran(1, no_keys(spaces[0]), "")
        assert (between.asked == []) == (major >= NO_PROXY_SINCE)
        between.asked.clear()
        path.write_text(json.dumps(through(known, between.url)), encoding="utf-8")
        assert audit(path, *only, **own) == Ran(1, no_keys(spaces[0]), "")
        assert (between.asked != []) == (major >= PROXY_URL_SINCE)
    refused = audit(cluster.kubeconfig("expired", "no-such-token"), **own)
    assert refused.said.startswith(f"cmlint: error: the cluster `test` ({cluster.url}) does not accept the credentials")
