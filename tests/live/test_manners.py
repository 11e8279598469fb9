"""How cmlint behaves towards a cluster: what it asks for, how often, and what it makes of what it does not get."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from cmlint.sources.cluster.lists import limit_after
from tests.support.apiserver import Cluster
from tests.support.command import COMMAND, PATIENCE, started, wait_until
from tests.support.live import (
    ERROR,
    PLACE,
    WARNING,
    audit,
    config_map,
    deployment,
    env,
    no_keys,
    of_both,
    run,
    secret,
    spec,
)
from tests.support.proxy import Reply, proxy
from tests.support.run import ROOT

ROLE = yaml.safe_load((ROOT / "docs" / "clusterrole.yaml").read_text(encoding="utf-8"))


# what is asked for


def test_only_lists_are_asked_for_page_by_page(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-A")
        run(between.kubeconfig(cluster), "snapshot", "-A", "-o", os.devnull)
    assert {method for method, _, _ in between.asked} == {"GET"}
    lists = [path for _, path, _ in between.asked if path != "/version"]
    assert all(re.search(r"limit=\d", path) for path in lists)
    assert sum(path.startswith("/api/v1/configmaps?") and "continue" not in path for path in lists) == 1
    assert not [path for path in lists if "watch" in path]


def test_one_list_for_each_kind_and_namespace(cluster: Cluster, spaces: list[str]) -> None:
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-n", spaces[0])
    asked = between.paths()
    assert len(asked) == len(set(asked)) == 13
    assert {path for path in asked if spaces[0] not in path} == {"/version"}


def test_a_list_of_many_pages_is_whole(cluster: Cluster) -> None:
    space = cluster.namespace("pages")
    for number in range(501):
        config_map(cluster, space, f"c-{number:03}")
    with proxy(cluster) as between:
        found = audit(between.kubeconfig(cluster), "-n", space, "--select", "unused-configmap")
    assert len(found.lines) == 501
    pages = [path for _, path, _ in between.asked if path.startswith(f"/api/v1/namespaces/{space}/configmaps?")]
    assert [re.findall(r"limit=(\d+)", page) for page in pages] == [["50"], ["5000"]]


@pytest.mark.parametrize(
    ("count", "size", "limit"), [(500, 2_000_000, 1000), (500, 8_000_000, 250), (20, 20_000_000, 4), (3, 20_000_000, 1)]
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
    begun = time.monotonic()
    with proxy(cluster) as between:
        audit(between.kubeconfig(cluster), "-n", spaces[0], "--qps", "4")
    assert time.monotonic() - begun > (len(between.asked) - 1) // 4


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
    assert everywhere.said == ERROR.format("Namespaces in all namespaces could not be listed: forbidden")
    assert (alone.status, everywhere.status) == (1, 2)


def test_who_may_read_no_namespace_is_advised_to_name_one(cluster: Cluster) -> None:
    path = cluster.kubeconfig("nobody", cluster.account("nobody", [{**ROLE["rules"][0], "resources": ["endpoints"]}]))
    helps = [audit(path, *words).said.splitlines()[1] for words in ((), ("-A",))]
    assert helps == [
        "help: log in as somebody who may list what is there",
        "help: log in as somebody who may list what is there, or name the namespaces in which you may with `-n`",
    ]


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


# the end


def test_an_interrupt_ends_it_at_once_and_leaves_nothing(cluster: Cluster, tmp_path: Path) -> None:
    target = tmp_path / "prod.json"
    with proxy(cluster, lambda path, before: Reply(503, "") if path != "/version" else None) as between:
        environment = {**os.environ, "KUBECONFIG": str(between.kubeconfig(cluster))}
        words = ("snapshot", "-A", "-o", str(target))
        with started(COMMAND, *words, env=environment, stderr=subprocess.PIPE) as process:
            wait_until(lambda: len(between.asked) >= 3)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (130, "")
    assert not list(tmp_path.iterdir())
