"""What is advised about live objects: how they replace their pods, and by which context kubectl reaches them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cmlint.bundle.renewal import ready, renewal
from cmlint.kube.versions import NEWEST
from cmlint.sources.cluster.kinds import WORKLOADS, CronJob, Keeping, take_workload
from cmlint.sources.cluster.tops import judged

TEMPLATE = {"spec": {"containers": [{"name": "web", "image": "org/app:develop"}]}}
META = {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1"}
BY_KIND = {resource.kind: resource for resource in WORKLOADS}


def advised(kind: str, spec: dict[str, Any], options: str = "") -> str:
    """What is advised about an object as the API server sends it."""
    shape: type[Keeping | CronJob] = CronJob if kind == "CronJob" else Keeping
    taken = take_workload(BY_KIND[kind], msgspec.convert({"metadata": META, "spec": spec}, shape), "")
    assert taken.live
    (document,) = taken.live.facts.documents
    return renewal(document, NEWEST, "now", options)


@pytest.mark.parametrize(
    ("kind", "spec", "said"),
    [
        ("Deployment", {}, "now run `kubectl rollout restart deployment/web -n shop`"),
        (
            "Deployment",
            {"paused": True, "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}},
            "now run `kubectl rollout resume deployment/web -n shop` first, for it is paused, and then "
            "`kubectl rollout restart deployment/web -n shop`",
        ),
        (
            "DaemonSet",
            {"updateStrategy": {"type": "OnDelete"}},
            "now delete its pods one by one with `kubectl delete pod NAME -n shop`: `updateStrategy` is `OnDelete`",
        ),
        (
            "StatefulSet",
            {"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}},
            "now run `kubectl rollout restart statefulset/web -n shop`, which reaches only the pods from number 2 on "
            "(`partition`)",
        ),
        (
            "StatefulSet",
            {"replicas": 3, "ordinals": {"start": 5}, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            "now run `kubectl rollout restart statefulset/web -n shop`, which reaches only the pods from number 7 on "
            "(`partition`, counted from `ordinals.start` 5)",
        ),
        (
            "StatefulSet",
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}},
            "now lower `partition` first (it is 2, and there are only 1 pods, numbered from 0), and then run "
            "`kubectl rollout restart statefulset/web -n shop`",
        ),
    ],
)
def test_how_a_live_object_replaces_its_pods(kind: str, spec: dict[str, Any], said: str) -> None:
    assert advised(kind, {"template": TEMPLATE, **spec}) == said


def test_a_suspended_cron_job() -> None:
    said = advised("CronJob", {"suspend": True, "jobTemplate": {"spec": {"template": TEMPLATE}}})
    assert said == "each run starts what is newest then (it is suspended: set `suspend: false` first)"


def test_kubectl_is_given_the_options_by_which_a_cluster_was_asked_for() -> None:
    said = advised("Deployment", {"template": TEMPLATE, "paused": True}, "--context 'my cluster; x'")
    assert said == (
        "now run `kubectl rollout resume deployment/web -n shop --context 'my cluster; x'` first, for it is paused, "
        "and then `kubectl rollout restart deployment/web -n shop --context 'my cluster; x'`"
    )
    assert ready(said) == [
        "kubectl rollout resume deployment/web -n shop --context 'my cluster; x'",
        "kubectl rollout restart deployment/web -n shop --context 'my cluster; x'",
    ]


def test_commands_that_destroy_or_lack_something_are_not_ready() -> None:
    said = advised("DaemonSet", {"template": TEMPLATE, "updateStrategy": {"type": "OnDelete"}})
    assert ready(f"{said}; create it: `kubectl create configmap x -n shop --from-literal=KEY=...`") == []
    assert ready("run `kubectl delete pod/web -n shop`") == []


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("Rollout", "now run `kubectl argo rollouts restart owner -n shop`"),
        ("Deployment", "now run `kubectl rollout restart deployment/owner -n shop`"),
        ("Rocket", "now let the Rocket `owner` make its pods again"),
    ],
)
def test_what_an_owner_has_made_that_is_not_read_is_made_again_by_it(owner: str, said: str) -> None:
    meta = {**META, "ownerReferences": [{"kind": owner, "name": "owner", "controller": True}]}
    found = msgspec.convert({"metadata": meta, "spec": {"template": TEMPLATE}}, Keeping)
    (live,) = judged([take_workload(BY_KIND["ReplicaSet"], found, "")], (), "")[0]["shop"]
    assert renewal(live.facts.documents[0], NEWEST, "now") == said
