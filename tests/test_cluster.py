"""What a cluster says of a name, by what was listed of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cmlint.bundle.cluster import Cluster
from cmlint.bundle.documents import references_of
from cmlint.bundle.gitops_clusters import Destinations
from cmlint.bundle.graph import build
from cmlint.bundle.impact import impact, named
from cmlint.bundle.live_workloads import only_live
from cmlint.bundle.next_steps import CommandOptions, commands
from cmlint.bundle.pulls import Use, pull_of, pulls_of, stored_policy
from cmlint.clusters import judge
from cmlint.config.config import Config
from cmlint.kube.versions import NEWEST
from cmlint.manifest.documents import read_text
from cmlint.model.cluster import Held, Inventory, Space, digest_of
from cmlint.model.findings import Audited
from tests.support.clusters import cluster
from tests.support.impacts import bundle_of, lines
from tests.support.run import rules

READER = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: c:1.0.0, envFrom: [{REF: {name: NAME}}]}]}
"""


def held(*keys: str) -> Held:
    """A ConfigMap or Secret with these keys."""
    return Held(dict.fromkeys(keys, 1))


def spaces() -> dict[str, Space]:
    """Namespaces with ConfigMaps: `common` is in four, `few` in three, `own` and `same` in two."""
    named = {
        "a": {"common": held("A"), "few": held("A"), "own": held("A"), "same": held("A", "B")},
        "b": {"common": held("A"), "few": held("A"), "own": held("B"), "same": held("A", "B")},
        "c": {"common": held("A"), "few": held("A")},
        "d": {"common": held("A")},
    }
    found = {name: Space(config_maps) for name, config_maps in named.items()}
    found["closed"] = Space(unread={"Secret": "forbidden"})
    found["open"] = Space(secrets={"settings-app": held("A")})
    return found


def said(of: Cluster, target: str, name: str, namespace: str | None) -> str:
    """What the cluster answers to a reference: where the object is, whether that is sure, or why it is not known."""
    (document,) = read_text(READER.replace("NAME", name).replace("REF", f"{target}Ref")).documents
    (source,) = document.pods[0].containers[0].env_from
    assert source.reference
    answer = of.ask(source.reference, namespace)
    parts = {"found": answer.found, "elsewhere": answer.elsewhere, "near": answer.near}
    words = [f"{part} {' '.join(each.placed.path for each in found)}" for part, found in parts.items() if found]
    return ", ".join([*words, *(["not sure"] if not answer.sure else []), *([answer.why] if answer.why else [])])


@pytest.mark.parametrize(
    ("target", "name", "namespace", "expected"),
    [
        ("configMap", "own", "a", "found configmap/a/own"),
        ("configMap", "few", "open", "elsewhere configmap/a/few configmap/b/few configmap/c/few"),
        ("configMap", "common", "open", ""),
        ("secret", "own", "a", ""),
        ("secret", "settings-apps", "open", "near secret/open/settings-app"),
        ("secret", "own", "closed", "Secrets in the namespace `closed` of prod could not be listed: forbidden"),
        ("configMap", "nowhere", "closed", ""),
        ("configMap", "own", "other", "the namespace `other` of prod was not looked into"),
        ("configMap", "own", None, "found configmap/a/own configmap/b/own, not sure"),
        ("configMap", "same", None, "found configmap/a/same configmap/b/same"),
        ("configMap", "nowhere", None, "not all ConfigMaps of prod are known"),
        ("secret", "nowhere", None, "not all Secrets of prod are known: forbidden"),
    ],
)
def test_a_name_is_looked_up_in_the_namespaces_that_were_listed(
    target: str, name: str, namespace: str | None, expected: str
) -> None:
    assert said(Cluster(Inventory("prod", spaces=spaces()), None), target, name, namespace) == expected


@pytest.mark.parametrize(
    ("unread", "target", "namespace", "expected"),
    [
        ({}, "configMap", None, ""),
        ({}, "configMap", "other", ""),
        ({"Secret": "forbidden"}, "configMap", None, ""),
        ({"Secret": "forbidden"}, "secret", None, "not all Secrets of prod are known: forbidden"),
        ({"Secret": "no"}, "secret", "other", "Secrets in the namespace `other` of prod could not be listed: no"),
    ],
)
def test_of_a_complete_listing_what_is_not_in_it_does_not_exist(
    unread: dict[str, str], target: str, namespace: str | None, expected: str
) -> None:
    listed = Inventory("prod", complete=True, spaces={"a": Space({"app": held("A")})}, unread=unread)
    assert said(Cluster(listed, None), target, "nowhere", namespace) == expected


def test_objects_without_a_namespace_go_to_that_of_the_context() -> None:
    found = Cluster(Inventory("prod", spaces=spaces()), "b")
    assert said(found, "configMap", "own", None) == "found configmap/b/own"
    assert said(found, "configMap", "own", "a") == "found configmap/a/own"
    assert found.held("ConfigMap", "own", None) == held("B")
    assert found.held("ConfigMap", "own", "a") == held("A")
    assert found.held("ConfigMap", "own", "other") is None
    found.defined["ConfigMap", "b", "own"] = 2
    assert [found.times_defined("ConfigMap", "own", each) for each in (None, "b", "a")] == [2, 2, 0]


def test_an_installation_takes_away_what_it_has_brought_and_what_does_not_stay() -> None:
    brought, other, stays = Held({}, group="r1", owner="o"), Held({}, group="r2"), Held({}, group="r1", stays=True)
    listed = Inventory("prod", spaces={"a": Space({"y": brought, "x": brought, "other": other, "stays": stays})})
    found = Cluster(listed, None)
    assert found.installed("ConfigMap", "r1", "a") == ["x", "y"]
    assert found.installed("Secret", "r1", "a") == found.installed("ConfigMap", "r1", "b") == []
    assert [found.group("ConfigMap", each, "a") for each in ("x", "other", "none")] == ["r1", "r2", ""]
    assert [found.owner("ConfigMap", each, "a") for each in ("x", "other", "none")] == ["o", "", ""]


@pytest.mark.parametrize(
    ("space", "unread", "shown"),
    [
        (Space(), {}, True),
        (Space(unread={"Secret": "no"}), {"Secret": "no"}, True),
        (Space(unread={"Deployment": "no"}), {}, False),
        (Space(), {"Deployment": "no"}, False),
    ],
)
def test_readers_are_known_where_everything_with_pods_was_listed(
    space: Space, unread: dict[str, str], shown: bool
) -> None:
    found = Cluster(Inventory("prod", spaces={"a": space}, unread=unread), None)
    assert found.shows_readers("a") is shown
    assert not found.shows_readers("b")


WORKLOADS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, uid: u1, resourceVersion: "1"}
spec:
  template:
    spec:
      containers:
      - {name: other, image: other:1.0.0}
      - {name: web, image: web:1.0.0, imagePullPolicy: Never, envFrom: [{configMapRef: {name: app}}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: web, namespace: till, uid: u2, resourceVersion: "2"}
spec:
  template:
    spec:
      containers:
      - name: web
        image: web:1.0.0
        imagePullPolicy: Always
        envFrom: [{configMapRef: {name: app}}, {secretRef: {name: app}}]
"""


def test_live_workloads_show_what_they_read_and_how_they_pull() -> None:
    found = cluster(WORKLOADS)
    found.namespace = "shop"
    reads = {
        each: [(placed.path, reference.path) for placed, reference in found.reading("ConfigMap", "app", each)]
        for each in (None, "shop", "till", "none")
    }
    own = [("deployment/shop/web", "spec.template.spec.containers[1].envFrom[0].configMapRef")]
    other = [("daemonset/till/web", "spec.template.spec.containers[0].envFrom[0].configMapRef")]
    assert reads == {None: own, "shop": own, "till": other, "none": []}
    assert list(found.reading("Secret", "app", "shop")) == []
    assert set(found.listings) >= {"deployment/shop/web", "daemonset/till/web"}
    ((web, _),) = found.reading("ConfigMap", "app", "shop")
    assert [found.pull_policy(web, each) for each in ("web", "other", "none")] == ["Never", None, None]
    ((daemon, _),) = found.reading("ConfigMap", "app", "till")
    assert found.pull_policy(daemon, "web") == "Always"
    assert not found.brings(web)
    found.brought.add(("Deployment", "shop", "web"))
    assert found.brings(web)
    assert not found.brings(daemon)


LIVE = """
apiVersion: v1
kind: ConfigMap
metadata: {name: app, uid: u0, resourceVersion: "1"}
data: {A: one}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, uid: u1, resourceVersion: "1"}
spec:
  template:
    spec:
      containers: [{name: web, image: 'web:1.0.0', envFrom: [{configMapRef: {name: app}}]}]
"""


def test_a_change_of_what_only_a_cluster_has_reaches_readers_in_files_and_in_the_cluster() -> None:
    pod = READER.replace("name: p}", "name: p, namespace: shop}").replace("REF", "configMapRef").replace("NAME", "app")
    bundle, asked = bundle_of({"a.yaml": pod}), cluster(LIVE)
    bundle.use_clusters(asked)
    bundles = [bundle, *only_live([bundle])]
    assert list(named(bundles, "ConfigMap", "app", "A", "till")) == []
    for namespace in (None, "shop"):
        found = impact(bundles, named(bundles, "ConfigMap", "app", "A", namespace))
        assert lines(found) == ["Pod/p c envFrom -> A: next-start", "Deployment/web web envFrom -> A: next-start"]
        assert [each.command for each in commands(found, CommandOptions(NEWEST, Destinations()))][:3] == [
            "kubectl edit configmap/app -n shop",
            "kubectl rollout restart deployment/web -n shop",
            "# kubectl replace --force -f a.yaml",
        ]


@pytest.mark.parametrize(
    ("name", "namespace", "status", "places"),
    [
        ("app", "shop", "found", ["configmap/shop/app"]),
        ("app", "till", "wrong-namespace", ["configmap/shop/app"]),
        ("nowhere", "till", "missing", []),
    ],
)
def test_what_a_cluster_has_in_another_namespace_is_shown(
    name: str, namespace: str, status: str, places: list[str]
) -> None:
    pod = READER.replace("name: p}", f"name: p, namespace: {namespace}}}").replace("REF", "configMapRef")
    bundle = bundle_of({"a.yaml": pod.replace("NAME", name)})
    bundle.use_clusters(cluster(LIVE))
    (placed,) = bundle.placed
    (reference,) = references_of(placed)
    found = bundle.resolver.resolve(reference, placed)
    assert (found.status, [each.placed.path for each in found.definitions]) == (status, places)


def test_a_graph_keeps_what_is_in_a_cluster_apart() -> None:
    pod = READER.replace("name: p}", "name: p, namespace: shop}").replace("REF", "configMapRef").replace("NAME", "app")
    bundle = bundle_of({"web/a.yaml": pod})
    bundle.use_clusters(cluster(LIVE))
    nodes = build([bundle, *only_live([bundle])]).nodes
    assert {name: node.scope for name, node in nodes.items() if node.kind in ("object", "workload")} == {
        "shop/ConfigMap/app": "cluster",
        "shop/Deployment/web": "cluster",
        "shop/Pod/p": "web",
    }


def test_workloads_that_manifests_bring_are_not_judged_as_live_ones() -> None:
    bundle, asked = bundle_of({"a.yaml": READER}), cluster(LIVE)
    bundle.use_clusters(asked)
    (live,) = only_live([bundle])
    assert [placed.path for placed in live.placed] == ["deployment/shop/web"]
    asked.brought.add(("Deployment", "shop", "web"))
    (live,) = only_live([bundle])
    assert live.placed == []
    assert set(asked.listings) >= {"deployment/shop/web"}


def test_a_default_pull_policy_is_that_of_the_live_object() -> None:
    deployment = WORKLOADS.partition("\n---")[0].replace("web, uid", "web, namespace: shop, uid")
    bundle = bundle_of({"a.yaml": deployment.replace(", imagePullPolicy: Never", "")})
    (placed,) = bundle.placed
    other, web = placed.document.pods[0].containers
    assert web.image
    use = Use(web.image, None, web)
    assert stored_policy(use, placed, bundle) is None
    bundle.use_clusters(cluster(WORKLOADS))
    assert stored_policy(use, placed, bundle) == "Never"
    assert stored_policy(replace(use, container=other), placed, bundle) is None
    assert stored_policy(replace(use, container=None), placed, bundle) is None


@pytest.mark.parametrize(
    ("written", "always", "policy", "stored"),
    [
        ("", False, "Never", True),
        (", imagePullPolicy: IfNotPresent", False, "IfNotPresent", False),
        ("", True, "Always", False),
    ],
)
def test_a_written_pull_policy_counts_more_than_that_of_the_live_object(
    written: str, always: bool, policy: str, stored: bool
) -> None:
    deployment = WORKLOADS.partition("\n---")[0].replace("web, uid", "web, namespace: shop, uid")
    bundle = bundle_of({"a.yaml": deployment.replace(", imagePullPolicy: Never", written)})
    bundle.use_clusters(cluster(WORKLOADS))
    (placed,) = bundle.placed
    web = placed.document.pods[0].containers[1]
    assert web.image
    pull = pull_of(Use(web.image, web.pull_policy, web), placed, bundle, always=always)
    assert pull
    assert (pull.policy, pull.stored) == (policy, stored)


def test_a_live_object_is_pulled_as_it_says_whatever_another_cluster_holds() -> None:
    bundle = bundle_of({})
    bundle.use_clusters(cluster(LIVE))
    (live,) = only_live([bundle])
    live.use_clusters(cluster(WORKLOADS))
    (placed,) = live.placed
    assert [(each.policy, each.stored) for each in pulls_of(placed, live, always=False)] == [("IfNotPresent", False)]


@pytest.mark.parametrize(
    ("data", "other"),
    [
        ("data: {A: one}", False),
        ("data: {A: two}", True),
        ("data: {A: one}\nbinaryData: {B: AAAA}", False),
        ("data: {A: two}\nbinaryData: {B: AAAA}", False),
    ],
)
def test_only_data_that_is_all_known_is_surely_another(data: str, other: bool) -> None:
    (document,) = read_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app}}\n{data}\n").documents
    (provider,) = document.providers
    of = Held({"A": 3}, immutable=True, digest=digest_of([("A", "one")]))
    assert Cluster(Inventory("prod"), None).has_other_data(of, provider) is other


OLD, NEW = "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"
WAITING = "waiting: {reason: CreateContainerConfigError, message: couldn't find key HOTS in ConfigMap shop/settings}"
STATES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, uid: c1, resourceVersion: "1"}
data: {HOST: db}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: idle, uid: c2, resourceVersion: "1"}
data: {A: one}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: waits, uid: d1, resourceVersion: "1"}
spec:
  template:
    spec:
      containers:
      - name: web
        image: org/web:1.0.0
        env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: HOTS}}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: runs, namespace: till, uid: d2, resourceVersion: "1"}
spec:
  template:
    spec:
      containers:
      - {name: web, image: 'org/web:develop', imagePullPolicy: IfNotPresent, envFrom: [{configMapRef: {name: gone}}]}
"""
STATES += "".join(
    f"""---
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: {namespace}
  creationTimestamp: {since}
  ownerReferences: [{{kind: Deployment, name: {name[:-2]}, controller: true}}]
spec: {{containers: [{{name: web, image: 'org/web:1.0.0'}}]}}
status: {{phase: Pending, containerStatuses: [{{name: web, state: {{{state}}}}}]}}
"""
    for name, namespace, since, state in (
        ("waits-2", "shop", OLD, WAITING),
        ("waits-1", "shop", NEW, WAITING),
        ("runs-1", "till", OLD, f"running: {{startedAt: {OLD}}}"),
    )
)


def test_an_audit_says_the_state_of_each_problem() -> None:
    result = judge([cluster(STATES, "prod", "prod/")], Config(pedantic=True), dict(rules()), [], suppress=True)
    found = {each.rule: each for each in result.outcome.findings if each.rule != "config-not-rolled-out"}
    shop, till = (Audited(cluster="prod", namespace=each) for each in ("shop", "till"))
    broken = replace(shop, state="broken", since=OLD, pods=("waits-1", "waits-2"))
    restart = ("kubectl rollout restart deployment/runs -n till",)
    assert {rule: each.audit for rule, each in found.items()} == {
        "unused-configmap": replace(shop, state="unused"),
        "unused-key": replace(shop, state="unused"),
        "missing-key": broken,
        "stuck-pod": broken,
        "mutable-tag": replace(till, state="stale", running=1, commands=restart),
        "missing-configmap": replace(till, state="at-restart", running=1),
    }
    assert found["stuck-pod"].group == found["missing-key"].group
    assert len({each.group for each in found.values()}) == len(found) - 1
    assert all(each.group.startswith("prod/") for each in found.values())


def test_pods_are_those_of_a_workload_in_its_namespace() -> None:
    found = cluster(STATES)
    found.namespace = "shop"
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec: {template: {spec: {containers: []}}}\n"
    wanted = {"waits": ["waits-1", "waits-2"], "waits, namespace: shop": ["waits-1", "waits-2"]}
    wanted |= {"waits, namespace: till": [], "runs": [], "runs, namespace: till": ["runs-1"]}
    bundles = {name: bundle_of({"a.yaml": text.replace("NAME", name)}) for name in wanted}
    pods = {name: found.pods_of(bundle.placed[0]) for name, bundle in bundles.items()}
    assert {name: sorted(pod.name for pod in each) for name, each in pods.items()} == wanted
