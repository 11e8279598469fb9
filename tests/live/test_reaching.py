"""Who reads which clusters, as kubectl would: impersonation, several contexts, namespaces, and what RBAC leaves."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.apiserver import KUBECTL, PATIENCE, Cluster, Tree
from tests.support.command import cmlint
from tests.support.live import (
    ERROR,
    NO_KEY,
    WARNING,
    Ran,
    audit,
    config_map,
    deployment,
    env,
    no_keys,
    owned,
    pod,
    run,
    spec,
    waits,
)
from tests.support.proxy import Reply, proxy
from tests.support.run import ROOT

ROLE = yaml.safe_load((ROOT / "docs" / "clusterrole.yaml").read_text(encoding="utf-8"))


def without(*plurals: str) -> list[Tree]:
    """The rules of the documented role without some kinds."""
    return [
        {**rule, "resources": [each for each in rule["resources"] if each not in plurals]} for rule in ROLE["rules"]
    ]


def user(cluster: Cluster, name: str, rules: list[Tree], space: str) -> Path:
    """The kubeconfig of an account that may do what rules say in a namespace."""
    return cluster.kubeconfig(name, cluster.account(name, rules, [space]), namespace=space)


def kubeconfig(cluster: Cluster, folder: Path, user: Tree, *contexts: tuple[str, str]) -> Path:
    """A kubeconfig with contexts of one user, each a name and a namespace."""
    known = json.loads(cluster.admin.read_text(encoding="utf-8"))
    known["users"] = [{"name": "admin", "user": {"token": cluster.token, **user}}]
    if contexts:
        known["contexts"] = [
            {"name": name, "context": {"cluster": "test", "user": "admin", "namespace": namespace}}
            for name, namespace in contexts
        ]
        known["current-context"] = contexts[0][0]
    path = folder / "kubeconfig"
    path.write_text(json.dumps(known), encoding="utf-8")
    return path


# what RBAC leaves


def test_a_pod_whose_owner_may_not_be_listed_is_judged_itself(cluster: Cluster) -> None:
    space = cluster.namespace("orphans")
    body = spec(env("configMapKeyRef", "settings", "HOTS"))
    config_map(cluster, space, "settings", "HOST")
    top = deployment(cluster, space, "web", body)
    made = deployment(cluster, space, "web-1", body, "ReplicaSet", metadata={"ownerReferences": owned(top)})
    no_key = f"couldn't find key HOTS in ConfigMap {space}/settings"
    pod(cluster, space, "web-1-x", body, waits("CreateContainerConfigError", no_key), made)
    path = user(cluster, "no-workloads", without("replicasets", "deployments"), space)
    found = audit(path, "-n", space, "--select", "missing-key,stuck-pod")
    place = f"pod/{space}/web-1-x:spec.containers[0].env[0].valueFrom.configMapKeyRef.key"
    stuck = f"error[stuck-pod] the container `web` of 1 pod waits in `CreateContainerConfigError`: {no_key}"
    said = "".join(
        ERROR.format(f"{kind}s in `{space}` could not be listed: forbidden") for kind in ("Deployment", "ReplicaSet")
    )
    assert found == Ran(2, [f"{place}: {NO_KEY}", f"{place}: {stuck}"], said)
    # with the ReplicaSets alone it is judged there
    path = user(cluster, "no-deployments", without("deployments"), space)
    found = audit(path, "-n", space, "--select", "missing-key")
    (line,) = found.lines
    assert (found.status, line.partition(":")[0]) == (2, f"replicaset/{space}/web-1")
    # and with all of them at the top
    full = audit(cluster.admin, "-n", space, "--select", "missing-key")
    assert (full.status, [line.partition(":")[0] for line in full.lines]) == (1, [f"deployment/{space}/web"])


@pytest.mark.parametrize(
    ("plural", "kind", "status"), [("pods", "Pod", 2), ("jobs", "Job", 2), ("secrets", "Secret", 0)]
)
def test_a_clean_namespace_is_only_clean_where_pods_and_workloads_may_be_read(
    cluster: Cluster, plural: str, kind: str, status: int
) -> None:
    space = cluster.namespace(f"blind-{plural}")
    config_map(cluster, space, "settings", "HOST")
    found = audit(user(cluster, f"no-{plural}", without(plural), space), "-n", space)
    said = (ERROR if status else WARNING).format(f"{kind}s in `{space}` could not be listed: forbidden")
    assert found == Ran(status, [], said)


# impersonation


@pytest.fixture(scope="module")
def reader(cluster: Cluster, spaces: list[str]) -> str:
    """A user who may list everything in the first of two namespaces alone."""
    cluster.account("impersonated", ROLE["rules"], [spaces[0]])
    return "system:serviceaccount:default:impersonated"


def test_the_kubeconfig_says_whom_to_impersonate(
    cluster: Cluster, spaces: list[str], reader: str, tmp_path: Path
) -> None:
    acting = {"as": reader, "as-uid": "7", "as-groups": ["one", "two"], "as-user-extra": {"example.com/a b": ["c"]}}
    path = kubeconfig(cluster, tmp_path, acting)
    words = [str(KUBECTL), f"--kubeconfig={path}", "get", "configmaps", "-n"]
    for space, allowed in zip(spaces, (True, False), strict=True):
        asked = subprocess.run([*words, space], capture_output=True, check=False, timeout=PATIENCE)
        assert (asked.returncode == 0) == allowed
    assert audit(path, "-n", spaces[0], "--select", "missing-key").lines == no_keys(spaces[0])
    refused = audit(path, "-n", spaces[1])
    assert (refused.status, refused.lines) == (2, [])
    assert "lets nothing be read" in refused.said


@pytest.mark.parametrize("command", ["audit", "check", "snapshot"])
def test_the_line_says_whom_to_impersonate(
    cluster: Cluster, spaces: list[str], reader: str, tmp_path: Path, command: str
) -> None:
    (tmp_path / "pod.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", encoding="utf-8")
    words = {"audit": ("audit",), "check": ("check", "--live", "pod.yaml"), "snapshot": ("snapshot",)}[command]
    admin = kubeconfig(cluster, tmp_path, {"as": "nobody"})
    for acting, allowed in ((("--as", reader), True), (("--as", "nobody"), False)):
        done = cmlint(tmp_path, *words, "-n", spaces[0], *acting, KUBECONFIG=str(admin))
        assert ("lets nothing be read" not in done.stderr) == allowed, done.stderr
    grouped = ("--as", "nobody", "--as-group", "x", "--as-group", "system:masters")
    done = cmlint(tmp_path, *words, "-n", spaces[1], *grouped, KUBECONFIG=str(admin))
    assert done.stderr == ""


def test_a_group_alone_is_refused_as_kubectl_refuses_it(cluster: Cluster, tmp_path: Path) -> None:
    found = audit(kubeconfig(cluster, tmp_path, {}), "--as-group", "system:masters")
    assert found.status == 2
    assert found.said.endswith("a group or uid is impersonated without a user\nhelp: name one with `--as`\n")
    assert subprocess.run(
        [str(KUBECTL), f"--kubeconfig={cluster.admin}", "--as-group=system:masters", "get", "pods"],
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    ).returncode


# several contexts


def test_a_dead_cluster_does_not_hide_the_others(cluster: Cluster, spaces: list[str], tmp_path: Path) -> None:
    path = kubeconfig(cluster, tmp_path, {}, ("alive", spaces[0]))
    known = json.loads(path.read_text(encoding="utf-8"))
    known["clusters"].append({"name": "gone", "cluster": {"server": "https://127.0.0.1:1"}})
    known["contexts"].append({"name": "dead", "context": {"cluster": "gone", "user": "admin"}})
    path.write_text(json.dumps(known), encoding="utf-8")
    words = ("--context", "dead", "--context", "alive")
    found = audit(path, *words, "--select", "missing-key")
    why = "the cluster `dead` (https://127.0.0.1:1) cannot be reached: [Errno 111] Connection refused"
    assert found == Ran(2, [f"alive/{no_keys(spaces[0])[0]}"], f"cmlint: error: dead: {why}\n")
    written = cmlint(tmp_path, "snapshot", *words, KUBECONFIG=str(path))
    assert (written.returncode, written.stderr) == (2, f"cmlint: error: dead: {why}\n")
    assert [each["name"] for each in json.loads(written.stdout)["clusters"]] == ["alive"]
    absent = audit(path, "--context", "absent", "--context", "alive", "--select", "missing-key")
    assert (absent.status, absent.lines) == (2, found.lines)
    assert absent.said.startswith("cmlint: error: absent: ")
    both = audit(path, "--context", "dead", "--context", "absent")
    assert (both.status, both.lines) == (2, [])
    assert why in both.said


@pytest.mark.parametrize(
    ("contexts", "asked", "options"),
    [
        (("one",), (), ""),
        (("one",), ("--context", "one"), " --context one"),
        (("one", "two"), (), " --context one"),
        (("my cluster", "two"), (), " --context 'my cluster'"),
    ],
)
def test_commands_reach_the_cluster_that_was_read(
    cluster: Cluster, tmp_path: Path, contexts: tuple[str, ...], asked: tuple[str, ...], options: str
) -> None:
    space = cluster.namespace("options")
    if not cluster.get("Deployment", space)["items"]:
        deployment(cluster, space, "web", spec(image="registry.example.com/web:develop"))
        deployment(cluster, space, "lost", spec(env("configMapKeyRef", "nowhere", "KEY")))
    path = kubeconfig(cluster, tmp_path, {}, *((name, space) for name in contexts))
    restart = f"`kubectl rollout restart deployment/web -n {space}"
    create = f"`kubectl create configmap nowhere -n {space} --from-literal=KEY=..."
    words = ("audit", *asked, "--format", "json")
    found = json.loads(cmlint(tmp_path, *words, KUBECONFIG=str(path)).stdout)["findings"]
    helps = "\n".join(each["help"] for each in found)
    assert f"{restart}{options}`" in helps
    assert f"{create}{options}`" in helps
    named = cmlint(tmp_path, *words, "--kubeconfig", str(path)).stdout
    assert f"{restart}{options} --kubeconfig {path}`" in named
    page = cmlint(tmp_path, "audit", *asked, "--format", "html", KUBECONFIG=str(path)).stdout
    block = page.rpartition("<h2>Commands</h2>")[2]
    assert "kubectl rollout restart" in block
    assert "kubectl create" not in block


# namespaces


@pytest.mark.parametrize("command", ["audit", "check", "snapshot"])
def test_a_namespace_that_does_not_exist_is_no_clean_one(
    cluster: Cluster, spaces: list[str], tmp_path: Path, command: str
) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", encoding="utf-8")
    words = {"audit": ("audit",), "check": ("check", "--live", "a.yaml"), "snapshot": ("snapshot",)}[command]
    empty = cluster.namespace("nothing-here")
    note = f"test: no pods or workloads in the namespace `{empty}`; `-n` names another one, and `-A` audits all"
    for name, said in (
        ("maners-0", ERROR.format("the namespace `maners-0` does not exist: did you mean `manners-0`?")),
        ("xyz", ERROR.format("the namespace `xyz` does not exist")),
        (empty, f"cmlint: note: {note}\n" if command == "audit" else ""),
    ):
        done = cmlint(tmp_path, *words, "-n", name, KUBECONFIG=str(cluster.admin))
        assert (done.returncode, done.stderr) == (0 if name == empty else 2, said)
    both = cmlint(
        tmp_path, "audit", "-q", "-n", "xyz", "-n", spaces[0], "--select", "missing-key", "--format", "concise",
        KUBECONFIG=str(cluster.admin),
    )  # fmt: skip
    assert (both.returncode, both.stdout.splitlines()) == (2, no_keys(spaces[0]))


def test_a_namespace_that_the_manifests_bring_need_not_exist(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: later}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        encoding="utf-8",
    )
    assert run(cluster.admin, "check", "--live", "-n", "later", folder=tmp_path) == Ran(0, [], "")


def test_whether_an_empty_namespace_exists_may_be_unknown(cluster: Cluster) -> None:
    space = cluster.namespace("perhaps")
    found = audit(user(cluster, "perhaps", ROLE["rules"], space), "-n", space)
    said = WARNING.format(f"nothing is in the namespace `{space}`, and whether it exists is not known")
    assert found == Ran(0, [], said)


# what is not understood


@pytest.mark.parametrize(
    ("reply", "why"),
    [(Reply(403, "{}"), "forbidden"), (Reply(200, '{"gitVersion": "v1.x"}'), "it is not understood")],
)
def test_a_version_that_may_not_be_known_is_taken_for_the_newest(
    cluster: Cluster, spaces: list[str], reply: Reply, why: str
) -> None:
    with proxy(cluster, lambda path, before: reply if path == "/version" else None) as between:
        found = audit(between.kubeconfig(cluster), "-n", spaces[0], "--select", "missing-key")
    said = WARNING.format(f"the version could not be read ({why}): taken for the newest, 1.37")
    assert found == Ran(1, no_keys(spaces[0]), said)


def test_a_kubeconfig_that_checks_no_certificate_makes_no_noise(
    cluster: Cluster, spaces: list[str], tmp_path: Path
) -> None:
    path = kubeconfig(cluster, tmp_path, {})
    known = json.loads(path.read_text(encoding="utf-8"))
    known["clusters"] = [{"name": "test", "cluster": {"server": cluster.url, "insecure-skip-tls-verify": True}}]
    path.write_text(json.dumps(known), encoding="utf-8")
    assert audit(path, "-n", spaces[0], "--select", "missing-key") == Ran(1, no_keys(spaces[0]), "")


def test_a_group_of_custom_resources_that_does_not_answer_is_asked_once_and_named(
    cluster: Cluster, spaces: list[str]
) -> None:
    groups = cluster.send("GET", "/apis").body
    version = {"groupVersion": "metrics.example.com/v1", "version": "v1"}
    groups["groups"].append({"name": "metrics.example.com", "versions": [version], "preferredVersion": version})

    def dead(path: str, before: int) -> Reply | None:
        if path == "/apis":
            return Reply(200, json.dumps(groups))
        return Reply(503, "service unavailable") if "metrics.example.com" in path else None

    with proxy(cluster, dead) as between:
        path = between.kubeconfig(cluster)
        found = audit(path, "-n", spaces[0], "--select", "missing-key", "--custom-resources")
        assert between.paths().count("/apis/metrics.example.com/v1") == 1
    why = "`metrics.example.com` resources in all namespaces could not be listed: the server answered 503"
    assert found == Ran(1, no_keys(spaces[0]), WARNING.format(why))


def test_what_a_live_custom_resource_holds_was_accepted(cluster: Cluster) -> None:
    space = cluster.namespace("accepted")
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    served = {"name": "v1", "served": True, "storage": True, "schema": anything}
    cluster.create(
        {
            "kind": "CustomResourceDefinition",
            "metadata": {"name": "boats.sea.example.com"},
            "spec": {
                "group": "sea.example.com",
                "names": {"kind": "Boat", "plural": "boats"},
                "scope": "Namespaced",
                "versions": [served],
            },
        }
    )
    odd = {"name": "web", "image": "web:1.4.2", "imagePullPolicy": "always", "env": [{"name": "PORT", "value": 8080}]}
    body = {"template": {"spec": {"containers": [odd]}}}
    boat = {"apiVersion": "sea.example.com/v1", "kind": "Boat", "metadata": {"name": "one"}, "spec": body}
    while not (made := cluster.send("POST", f"/apis/sea.example.com/v1/namespaces/{space}/boats", boat)).ok:
        assert made.status == 404, made.message
    words = ("-n", space, "--custom-resources", "--format", "json", "--pedantic")
    found = json.loads(cmlint(cluster.folder, "audit", *words, KUBECONFIG=str(cluster.admin)).stdout)["findings"]
    assert [each for each in found if each["consequence"] == "rejected"] == []
