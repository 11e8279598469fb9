"""What is advised about live objects: how they replace their pods, and by which context kubectl reaches them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cmlint.bundle.renewal import renewal
from cmlint.kube.versions import NEWEST
from cmlint.sources.cluster.kinds import WORKLOADS, CronJob, Keeping, take_workload

TEMPLATE = {"spec": {"containers": [{"name": "web", "image": "org/app:develop"}]}}
META = {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1"}
BY_KIND = {resource.kind: resource for resource in WORKLOADS}


def advised(kind: str, spec: dict[str, Any], context: str = "") -> str:
    """What is advised about an object as the API server sends it."""
    shape: type[Keeping | CronJob] = CronJob if kind == "CronJob" else Keeping
    taken = take_workload(BY_KIND[kind], msgspec.convert({"metadata": META, "spec": spec}, shape), "")
    assert taken.live
    (document,) = taken.live.facts.documents
    return renewal(document, NEWEST, "now", context)


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
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}},
            "now run `kubectl rollout restart statefulset/web -n shop`, which reaches only the pods from number 2 on "
            "(`partition`)",
        ),
    ],
)
def test_how_a_live_object_replaces_its_pods(kind: str, spec: dict[str, Any], said: str) -> None:
    assert advised(kind, {"template": TEMPLATE, **spec}) == said


def test_a_suspended_cron_job() -> None:
    said = advised("CronJob", {"suspend": True, "jobTemplate": {"spec": {"template": TEMPLATE}}})
    assert said == "each run starts what is newest then (it is suspended: set `suspend: false` first)"


@pytest.mark.parametrize(("context", "written"), [("eu-1", "eu-1"), ("my cluster; x", "'my cluster; x'")])
def test_kubectl_is_given_the_context_by_which_a_cluster_was_asked_for(context: str, written: str) -> None:
    said = advised("Deployment", {"template": TEMPLATE, "paused": True}, context)
    assert said == (
        f"now run `kubectl rollout resume deployment/web -n shop --context {written}` first, for it is paused, "
        f"and then `kubectl rollout restart deployment/web -n shop --context {written}`"
    )
