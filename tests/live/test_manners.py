"""How cmlint behaves towards a cluster: what it asks for, how often, and what it makes of what it does not get."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cmlint.sources.cluster.lists import limit_after
from tests.support.apiserver import Cluster, running
from tests.support.command import COMMAND
from tests.support.live import Ran, audit, config_map, deployment, env, run, secret, spec
from tests.support.proxy import Reply, proxy
from tests.support.run import ROOT

ROLE = yaml.safe_load((ROOT / "docs" / "clusterrole.yaml").read_text(encoding="utf-8"))
PLACE = "spec.template.spec.containers[0]"
NO_KEY = "error[missing-key] the ConfigMap `settings` has no key `HOTS`"
WARNING = "cmlint: warning: test: {}\n"


@pytest.fixture(scope="module")
def spaces(cluster: Cluster) -> list[str]:
    """Two namespaces, each with a workload that names a wrong key and a Secret that is not there."""
    made = [cluster.namespace(f"manners-{number}") for number in range(2)]
    for space in made:
        config_map(cluster, space, "settings", "HOST")
        secret(cluster, space, "login", "password")
        deployment(
            cluster, space, "web", spec(env("configMapKeyRef", "settings", "HOTS"), env("secretKeyRef", "logni", "pw"))
        )
    return made


def of_both(found: Ran, spaces: list[str], rule: str) -> list[str]:
    """The findings of a rule in the two namespaces."""
    return [line for line in found.lines if f"[{rule}]" in line and any(f"/{space}/" in line for space in spaces)]


def no_keys(*spaces: str) -> list[str]:
    """The finding about the wrong key in each namespace."""
    return [f"deployment/{space}/web:{PLACE}.env[0].valueFrom.configMapKeyRef.key: {NO_KEY}" for space in spaces]


# what is asked for


def test_only_lists_are_asked_for_page_by_page(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-A")
        run(between.kubeconfig(cluster), "snapshot", "-A", "-o", os.devnull)
    assert {method for method, _, _ in between.asked} == {"GET"}
    lists = [path for _, path, _ in between.asked if path != "/version"]
    assert all("limit=500" in path for path in lists)
    assert sum(path.startswith("/api/v1/configmaps?") for path in lists) == 1
    assert not [path for path in lists if "watch" in path]


def test_one_list_for_each_kind_and_namespace(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-n", spaces[0])
    asked = between.paths()
    assert len(asked) == len(set(asked)) == 12
    assert {path for path in asked if spaces[0] not in path} == {"/version"}


def test_a_list_of_many_pages_is_whole(cluster: Cluster) -> None:
    space = cluster.namespace("pages")
    for number in range(501):
        config_map(cluster, space, f"c-{number:03}")
    with proxy(cluster) as between:
        found = audit(between.kubeconfig(cluster), "-n", space, "--select", "unused-configmap")
    assert len(found.lines) == 501
    pages = [path for _, path, _ in between.asked if path.startswith(f"/api/v1/namespaces/{space}/configmaps?")]
    assert [re.findall(r"limit=(\d+)", page) for page in pages] == [["500"], ["5000"]]


@pytest.mark.parametrize(
    ("count", "size", "limit"), [(500, 2_000_000, 1000), (500, 8_000_000, 250), (20, 20_000_000, 50)]
)
def test_pages_have_as_many_objects_as_their_size_allows(count: int, size: int, limit: int) -> None:
    assert limit_after(count, size) == limit


def test_secrets_without_their_data_are_known_by_name_only(cluster: Cluster) -> None:
    space = cluster.namespace("names-only")
    secret(cluster, space, "login", "password")
    entries = env("secretKeyRef", "login", "pasword"), env("secretKeyRef", "logni", "password")
    deployment(cluster, space, "web", spec(*entries))
    with proxy(cluster) as between:
        found = audit(between.kubeconfig(cluster), "-n", space, "--metadata-only-secrets")
    said = "error[missing-secret] nothing defines the Secret `logni`"
    assert found.lines == [f"deployment/{space}/web:{PLACE}.env[1].valueFrom.secretKeyRef.name: {said}"]
    (accept,) = {accept for _, path, accept in between.asked if "secrets" in path}
    assert accept == "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    assert len(audit(cluster.admin, "-n", space).lines) == 2


def test_no_more_requests_a_second_than_allowed(cluster: Cluster, spaces: list[str]) -> None:
    started = time.monotonic()
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-n", spaces[0], "--qps", "4")
    assert time.monotonic() - started > (len(between.asked) - 1) // 4


# what RBAC allows


def test_the_role_of_the_documentation_is_enough_and_no_more_than_that(cluster: Cluster, spaces: list[str]) -> None:
    token = cluster.account("documented", ROLE["rules"])
    with proxy(cluster) as between:
        found = audit(between.kubeconfig(cluster, token), "-A")
    assert found.said == ""
    assert of_both(found, spaces, "missing-key") == no_keys(*spaces)
    groups = {"/api/v1": "", "/apis/apps/v1": "apps", "/apis/batch/v1": "batch"}
    asked = {tuple(path.rsplit("/", 1)) for path in between.paths() if path != "/version"}
    allowed = {
        (prefix, kind)
        for rule in ROLE["rules"]
        for prefix, group in groups.items()
        if group in rule["apiGroups"]
        for kind in rule["resources"]
    }
    assert allowed - asked == {("/api/v1", "namespaces")}  # asked for where not all may be listed at once
    assert asked <= allowed
    assert {verb for rule in ROLE["rules"] for verb in rule["verbs"]} == {"list"}


def test_the_role_bound_in_one_namespace_gives_that_one_and_a_note(cluster: Cluster, spaces: list[str]) -> None:
    token = cluster.account("bound", ROLE["rules"], [spaces[0]])
    path = cluster.kubeconfig("bound", token, namespace=spaces[0])
    alone = audit(path)
    assert (alone.said, of_both(alone, spaces, "missing-key")) == ("", no_keys(spaces[0]))
    everywhere = audit(path, "-A")
    assert of_both(everywhere, spaces, "missing-key") == no_keys(spaces[0])
    assert everywhere.said == WARNING.format("Namespaces in all namespaces could not be listed: forbidden")


def test_forbidden_in_half_of_the_namespaces(cluster: Cluster, spaces: list[str]) -> None:
    token = cluster.account("half", ROLE["rules"], [spaces[0]])
    cluster.create(
        {
            "kind": "ClusterRole",
            "metadata": {"name": "sees-namespaces"},
            "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["list"]}],
        }
    )
    subject = {"kind": "ServiceAccount", "name": "half", "namespace": "default"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sees-namespaces"}
    cluster.create(
        {"kind": "ClusterRoleBinding", "metadata": {"name": "sees-namespaces"}, "roleRef": role, "subjects": [subject]}
    )
    found = audit(cluster.kubeconfig("half", token), "-A")
    assert of_both(found, spaces, "missing-key") == no_keys(spaces[0])
    notes = found.said.splitlines()
    assert [note.split()[3] for note in notes] == sorted(note.split()[3] for note in notes)
    assert len(notes) == len({kind for rule in ROLE["rules"] for kind in rule["resources"]} - {"namespaces"})
    assert all(note.endswith("could not be listed: forbidden") for note in notes)


def test_what_may_not_be_read_is_never_missing(cluster: Cluster, spaces: list[str]) -> None:
    rules = [{**rule, "resources": [kind for kind in rule["resources"] if kind != "secrets"]} for rule in ROLE["rules"]]
    path = cluster.kubeconfig("without-secrets", cluster.account("without-secrets", rules, [spaces[0]]))
    found = audit(path, "-n", spaces[0])
    assert found.said == WARNING.format(f"Secrets in `{spaces[0]}` could not be listed: forbidden")
    assert of_both(found, spaces, "missing-key") == no_keys(spaces[0])
    assert not of_both(found, spaces, "missing-secret")
    full = json.loads("\n".join(run(path, "audit", "-n", spaces[0], "--format", "json").lines))
    assert [each["name"] for each in full["unverified"]] == ["Secret/logni"]
    assert (
        full["unverified"][0]["reason"]
        == f"Secrets in the namespace `{spaces[0]}` of test could not be listed: forbidden"
    )


def test_nothing_is_unused_where_not_all_readers_may_be_seen(cluster: Cluster) -> None:
    space = cluster.namespace("half-blind")
    config_map(cluster, space, "settings", "HOST")
    rules = [{**rule, "resources": [kind for kind in rule["resources"] if kind != "pods"]} for rule in ROLE["rules"]]
    path = cluster.kubeconfig("blind", cluster.account("blind", rules, [space]))
    assert audit(path, "-n", space, "--pedantic").lines == []
    assert len(audit(cluster.admin, "-n", space, "--pedantic").lines) == 1


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


# ways to be let in


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


# the end


def test_an_interrupt_ends_it_at_once_and_leaves_nothing(cluster: Cluster, tmp_path: Path) -> None:
    target = tmp_path / "prod.json"
    with proxy(cluster, lambda path, before: Reply(503, "") if path != "/version" else None) as between:
        environment = {**os.environ, "KUBECONFIG": str(between.kubeconfig(cluster))}
        words = [str(COMMAND), "snapshot", "-A", "-o", str(target)]
        started = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
        while len(between.asked) < 3:
            time.sleep(0.02)
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=60)
        asked = len(between.asked)
        time.sleep(1)
    assert (started.returncode, said) == (130, "")
    assert not list(tmp_path.iterdir())
    assert len(between.asked) == asked
