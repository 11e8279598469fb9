"""Clusters as they are: what is in order is not blamed, and what is broken is found, each at its object and alone."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.apiserver import Cluster, Tree, path_of
from tests.support.command import cmlint
from tests.support.live import config_map, deployment, env, owned, pod, runs, secret, spec, waits
from tests.support.run import write

EARLY, LATE = "2020-01-31T10:00:00Z", "2999-01-31T10:00:00Z"
IMAGE = "registry.example.com/web"


class Space:
    """A namespace in which a scenario makes its objects."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster, self.name = cluster, cluster.namespace(name)
        self.written: list[Tree] = []

    def keep(self, made: Tree) -> Tree:
        """Notes what somebody has in a file: workloads, and pods that nothing owns."""
        if "ownerReferences" not in made["metadata"]:
            meta = {"name": made["metadata"]["name"], "namespace": self.name}
            self.written.append({field: made[field] for field in ("apiVersion", "kind", "spec")} | {"metadata": meta})
        return made

    def config_map(self, keys: str = "HOST", name: str = "settings", **more: Any) -> Tree:
        """A ConfigMap."""
        return config_map(self.cluster, self.name, name, keys, **more)

    def secret(self, keys: str = "password", name: str = "login", **more: Any) -> Tree:
        """A Secret."""
        return secret(self.cluster, self.name, name, keys, **more)

    def web(self, body: Tree, kind: str = "Deployment", **more: Any) -> Tree:
        """A workload."""
        return self.keep(deployment(self.cluster, self.name, "web", body, kind, **more))

    def pod(self, body: Tree, status: Tree, owner: Tree | None = None, name: str = "web-1") -> Tree:
        """A pod with its state."""
        return self.keep(pod(self.cluster, self.name, name, body, status, owner))

    def job(self, body: Tree, name: str = "once", status: Tree | None = None) -> Tree:
        """A Job."""
        template = {"template": {"spec": {**body, "restartPolicy": "Never"}}}
        meta = {"name": name, "namespace": self.name}
        made = {"kind": "Job", "metadata": meta, "spec": template, **({"status": status} if status else {})}
        return self.keep(self.cluster.create(made))

    def cron_job(self, body: Tree) -> Tree:
        """A CronJob."""
        once = {"template": {"spec": {**body, "restartPolicy": "Never"}}}
        meta = {"name": "nightly", "namespace": self.name}
        body = {"schedule": "0 0 * * *", "jobTemplate": {"spec": once}}
        return self.keep(self.cluster.create({"kind": "CronJob", "metadata": meta, "spec": body}))

    def event(self, about: Tree, message: str, uid: str | None = None, last: str = LATE) -> None:
        """A volume of a pod could not be mounted."""
        meta = about["metadata"]
        involved = {"kind": "Pod", "namespace": self.name, "name": meta["name"], "uid": uid or meta["uid"]}
        self.cluster.create(
            {
                "kind": "Event",
                "metadata": {"name": f"{meta['name']}.{len(message)}", "namespace": self.name},
                "type": "Warning",
                "reason": "FailedMount",
                "involvedObject": involved,
                "message": f'MountVolume.SetUp failed for volume "v" : {message}',
                "lastTimestamp": last,
            }
        )

    def patch(self, kind: str, name: str, patch: Tree, manager: str) -> None:
        """Changes an object as a manager."""
        path = f"{path_of(kind, self.name, name)}?fieldManager={manager}"
        answer = self.cluster.send("PATCH", path, patch, media="application/merge-patch+json")
        assert answer.ok, answer.message


Scenario = Callable[[Space], object]


def key(name: str = "HOST", of: str = "settings", *, optional: bool = False) -> Tree:
    """A variable from a key of a ConfigMap."""
    return {
        "name": name.replace(".", "_"),
        "valueFrom": {"configMapKeyRef": {"name": of, "key": name, "optional": optional}},
    }


def password(name: str = "password", of: str = "login") -> Tree:
    """A variable from a key of a Secret."""
    return env("secretKeyRef", of, name)


def all_of(name: str, kind: str = "configMapRef", **more: Any) -> Tree:
    """A pod spec that reads all keys of an object."""
    body = spec(**more)
    body["containers"][0]["envFrom"] = [{kind: {"name": name}}]
    return body


def volume(source: Tree, sub_path: str = "") -> Tree:
    """A pod spec that mounts a volume."""
    body = spec(volumes=[{"name": "v", **source}])
    mount = {"name": "v", "mountPath": "/etc/web", **({"subPath": sub_path} if sub_path else {})}
    body["containers"][0]["volumeMounts"] = [mount]
    return body


def image(name: str, policy: str = "IfNotPresent") -> Tree:
    """A pod spec with an image."""
    body = spec(image=name)
    body["containers"][0]["imagePullPolicy"] = policy
    return body


def replaced_pod(s: Space) -> None:
    """A pod of a StatefulSet that has the name of an earlier one, which could not mount."""
    body = volume({"configMap": {"name": "settings"}})
    s.config_map()
    again = s.pod(body, waits("ContainerCreating"), s.web(body, "StatefulSet"), "web-0")
    s.event(again, 'configmap "settings" not found', uid="00000000-0000-0000-0000-000000000000")


def mounted_late(s: Space) -> None:
    """A pod whose ConfigMap came late, and that runs now."""
    body = volume({"configMap": {"name": "settings"}})
    s.config_map()
    s.event(s.pod(body, runs(LATE), s.web(body)), 'configmap "settings" not found', last=EARLY)


def key_came(s: Space) -> None:
    """A pod that still waits for a key that exists by now."""
    body = volume({"configMap": {"name": "settings", "items": [{"key": "HOST", "path": "host"}]}})
    s.config_map()
    s.event(s.pod(body, waits("ContainerCreating"), s.web(body)), "configmap references non-existent config key: HOST")


def relabelled(s: Space) -> None:
    """A ConfigMap of which a controller has changed the labels, and another key."""
    s.config_map("HOST THEME")
    s.pod(spec(key()), runs(LATE), s.web(spec(key())))
    s.patch("ConfigMap", "settings", {"metadata": {"labels": {"helm.sh/chart": "web-2"}}}, "helm")
    s.patch("ConfigMap", "settings", {"data": {"THEME": "dark"}}, "designer")


def old_revision(s: Space) -> None:
    """A ReplicaSet of an earlier revision that reads what is gone."""
    top = s.web(spec())
    earlier = {"metadata": {"ownerReferences": owned(top)}, "replicas": 0}
    deployment(s.cluster, s.name, "web-1", spec(key(of="gone")), "ReplicaSet", **earlier)


def rolled(s: Space) -> None:
    """A rollout that is over: old pods are gone, new ones run one build."""
    body = image(f"{IMAGE}:stable", "Always")
    top = s.web(body)
    for n in range(3):
        s.pod(body, runs(LATE, f"{IMAGE}@sha256:{'1' * 64}"), top, f"web-{n}")


def finished(s: Space) -> None:
    """A pod that has ended."""
    s.pod({**spec(key(of="gone")), "restartPolicy": "Never"}, {"phase": "Succeeded"})


def done(s: Space) -> None:
    """A Job that has failed long ago."""
    ended = {"type": "Failed", "status": "True", "lastTransitionTime": EARLY, "lastProbeTime": EARLY}
    status = {"startTime": EARLY, "failed": 1, "conditions": [{**ended, "type": "FailureTarget"}, ended]}
    s.job(spec(key(of="gone")), status=status)


def crash(s: Space) -> None:
    """A program that crashes by itself."""
    s.config_map()
    s.pod(spec(key()), waits("CrashLoopBackOff", "back-off 5m0s restarting failed container"), s.web(spec(key())))


CLEAN: dict[str, Scenario] = {
    "key": lambda s: (s.config_map(), s.web(spec(key()))),
    "all-keys": lambda s: (s.config_map("A B"), s.web(all_of("settings"))),
    "secret": lambda s: (s.secret(), s.web(spec(password()))),
    "all-of-secret": lambda s: (s.secret("A B"), s.web(all_of("login", "secretRef"))),
    "optional-object": lambda s: s.web(spec(key(of="absent", optional=True))),
    "optional-key": lambda s: (s.config_map("OTHER"), s.web(spec(key(optional=True)))),
    "volume": lambda s: (s.config_map(), s.web(volume({"configMap": {"name": "settings"}}))),
    "items": lambda s: (
        s.config_map("a.conf b.conf"),
        s.web(volume({"configMap": {"name": "settings", "items": [{"key": "a.conf", "path": "x/a"}]}})),
    ),
    "secret-volume": lambda s: (s.secret(), s.web(volume({"secret": {"secretName": "login"}}))),
    "projected": lambda s: (
        s.config_map(),
        s.secret(),
        s.web(volume({"projected": {"sources": [{"configMap": {"name": "settings"}}, {"secret": {"name": "login"}}]}})),
    ),
    "root-ca": lambda s: s.web(volume({"configMap": {"name": "kube-root-ca.crt"}})),
    "stateful-set": lambda s: (s.config_map(), s.web(spec(key()), "StatefulSet")),
    "daemon-set": lambda s: (s.config_map(), s.web(spec(key()), "DaemonSet")),
    "job": lambda s: (s.config_map(), s.job(spec(key()))),
    "cron-job": lambda s: (s.config_map(), s.cron_job(spec(key()))),
    "immutable": lambda s: (s.config_map(immutable=True), s.web(spec(key()))),
    "binary": lambda s: (
        s.config_map(binaryData={"logo.png": "//79AAE="}),
        s.web(volume({"configMap": {"name": "settings"}})),
    ),
    "digest": lambda s: s.web(image(f"{IMAGE}@sha256:{'1' * 64}")),
    "always": lambda s: s.web(image(f"{IMAGE}:latest", "Always")),
    "version": lambda s: s.web(image(f"{IMAGE}:1.4.2")),
    "expansion": lambda s: (s.config_map(), s.web(spec(key(), {"name": "URL", "value": "http://$(HOST):80"}))),
    "unused": lambda s: s.config_map(),
    "replaced-pod": replaced_pod,
    "mounted-late": mounted_late,
    "key-came": key_came,
    "relabelled": relabelled,
    "old-revision": old_revision,
    "rolled": rolled,
    "finished": finished,
    "job-done": done,
    "crash": crash,
}


def stuck(reason: str, message: str, body: Tree) -> Scenario:
    """A pod of a Deployment that waits."""
    return lambda s: s.pod(body, waits(reason, message), s.web(body))


def drifted(s: Space, state: Tree | None = None) -> None:
    """Pods with two builds under one tag."""
    body = image(f"{IMAGE}:stable", "Always")
    top = s.web(body)
    s.pod(body, runs(LATE, f"{IMAGE}@sha256:{'1' * 64}"), top, "web-1")
    newer = runs(LATE, f"{IMAGE}@sha256:{'2' * 64}")
    if state:
        newer["containerStatuses"][0] |= {"state": state, "ready": False}
    s.pod(body, newer, top, "web-2")


def stale(s: Space, body: Tree, kind: str = "ConfigMap", name: str = "settings") -> None:
    """A pod that is older than a change of what it reads."""
    if kind == "ConfigMap":
        s.config_map("HOST THEME")
    else:
        s.secret()
    s.pod(body, runs(EARLY), s.web(body))
    data = {"HOST": "other"} if kind == "ConfigMap" else {"password": "eA=="}
    time.sleep(1.1)  # moments have no fractions
    s.patch(kind, name, {"data": data}, "kubectl-edit")


def unmounted(message: str, source: Tree) -> Scenario:
    """A pod that cannot mount a volume."""

    def scenario(s: Space) -> None:
        s.config_map()
        body = volume(source)
        s.event(s.pod(body, waits("ContainerCreating"), s.web(body)), message)

    return scenario


def old_pods(s: Space) -> None:
    """Pods that run on although their ConfigMap is gone."""
    s.pod(spec(key(of="gone")), runs(EARLY), s.web(spec(key(of="gone"))))


def elsewhere(s: Space) -> None:
    """A ConfigMap that is in another namespace only."""
    other = Space(s.cluster, f"{s.name}-other")
    other.config_map(name="only-there")
    s.web(spec(key(of="only-there")))


def debugged(s: Space) -> None:
    """A pod of its own that reads a key of no Secret."""
    s.secret()
    s.pod(spec(password("pasword")), {"phase": "Pending"})


def sidecar(s: Space) -> None:
    """An init container that reads what is not there."""
    body = spec()
    body["initContainers"] = [{"name": "first", "image": f"{IMAGE}:1.4.2", "env": [key(of="gone")]}]
    s.web(body)


GONE = 'configmap "gone" not found'
BROKEN: dict[str, tuple[Scenario, set[str]]] = {
    "no-config-map": (lambda s: s.web(spec(key(of="gone"))), {"missing-configmap"}),
    "no-key": (lambda s: (s.config_map("HOST"), s.web(spec(key("HOTS")))), {"missing-key"}),
    "no-secret": (lambda s: s.web(spec(password())), {"missing-secret"}),
    "no-secret-key": (lambda s: (s.secret(), s.web(spec(password("pasword")))), {"missing-secret-key"}),
    "no-env-from": (lambda s: s.web(all_of("gone")), {"missing-configmap"}),
    "no-secret-env-from": (lambda s: s.web(all_of("gone", "secretRef")), {"missing-secret"}),
    "no-volume": (lambda s: s.web(volume({"configMap": {"name": "gone"}})), {"missing-configmap"}),
    "no-item": (
        lambda s: (
            s.config_map(),
            s.web(volume({"configMap": {"name": "settings", "items": [{"key": "X", "path": "x"}]}})),
        ),
        {"missing-key"},
    ),
    "no-secret-volume": (lambda s: s.web(volume({"secret": {"secretName": "gone"}})), {"missing-secret"}),
    "no-projected": (
        lambda s: s.web(volume({"projected": {"sources": [{"configMap": {"name": "gone"}}]}})),
        {"missing-configmap"},
    ),
    "elsewhere": (elsewhere, {"wrong-namespace"}),
    "stateful-set": (lambda s: s.web(spec(key(of="gone")), "StatefulSet"), {"missing-configmap"}),
    "daemon-set": (lambda s: s.web(spec(key(of="gone")), "DaemonSet"), {"missing-configmap"}),
    "job": (lambda s: s.job(spec(key(of="gone"))), {"missing-configmap"}),
    "cron-job": (lambda s: s.cron_job(spec(key(of="gone"))), {"missing-configmap"}),
    "pod": (debugged, {"missing-secret-key"}),
    "init": (sidecar, {"missing-configmap"}),
    "binary": (
        lambda s: (s.config_map(binaryData={"HOST": "//79AAE="}, keys=""), s.web(spec(key()))),
        {"binary-key-in-env"},
    ),
    "waits": (stuck("CreateContainerConfigError", GONE, spec(key(of="gone"))), {"missing-configmap", "stuck-pod"}),
    "old-pods": (old_pods, {"missing-configmap"}),
    "no-image": (stuck("ImagePullBackOff", "not found", spec()), {"stuck-pod"}),
    "denied": (stuck("ErrImagePull", "pull access denied", spec()), {"stuck-pod"}),
    "signature": (stuck("SignatureValidationFailed", "no signature", spec()), {"stuck-pod"}),
    "unmounted": (unmounted(GONE, {"configMap": {"name": "gone"}}), {"missing-configmap", "stuck-pod"}),
    "unmounted-key": (
        unmounted(
            "configmap references non-existent config key: X",
            {"configMap": {"name": "settings", "items": [{"key": "X", "path": "x"}]}},
        ),
        {"missing-key", "stuck-pod"},
    ),
    "drifted": (drifted, {"drifted-tag"}),
    "drifted-crash": (lambda s: drifted(s, {"waiting": {"reason": "CrashLoopBackOff"}}), {"drifted-tag"}),
    "stale": (lambda s: stale(s, spec(key())), {"stale-environment"}),
    "stale-secret": (lambda s: stale(s, spec(password()), "Secret", "login"), {"stale-environment"}),
    "stale-file": (lambda s: stale(s, volume({"configMap": {"name": "settings"}}, "HOST")), {"stale-file"}),
    "moving-tag": (lambda s: s.web(image(f"{IMAGE}:develop")), {"mutable-tag"}),
}


@pytest.fixture(scope="module")
def spaces(cluster: Cluster) -> dict[str, Space]:
    """The namespace of each scenario, with its objects."""
    made = {f"clean-{name}": (scenario, Space(cluster, f"clean-{name}")) for name, scenario in CLEAN.items()}
    made |= {f"broken-{name}": (run, Space(cluster, f"broken-{name}")) for name, (run, _) in BROKEN.items()}
    for scenario, space in made.values():
        scenario(space)
    return {name: space for name, (_, space) in made.items()}


@pytest.fixture(scope="module")
def found(cluster: Cluster, spaces: dict[str, Space]) -> dict[str, set[str]]:
    """The rules that find something in the namespace of each scenario, in one audit of all."""
    assert spaces
    done = cmlint(cluster.folder, "audit", "-A", "--format", "json", KUBECONFIG=str(cluster.admin))
    assert done.stderr == ""
    rules: dict[str, set[str]] = defaultdict(set)
    for each in json.loads(done.stdout)["findings"]:
        rules[each["audit"]["namespace"]].add(each["rule"])
    return rules


def test_there_are_as_many_as_are_said() -> None:
    assert (len(CLEAN), len(BROKEN)) == (31, 31)


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_in_order_is_not_blamed(found: dict[str, set[str]], name: str) -> None:
    assert found.get(f"clean-{name}", set()) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found(found: dict[str, set[str]], name: str) -> None:
    assert found.get(f"broken-{name}", set()) == BROKEN[name][1]


@pytest.fixture(scope="module")
def checked(
    cluster: Cluster, spaces: dict[str, Space], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[str]]:
    """The same for the manifests of the workloads, which `check --live` looks up in the cluster."""
    folder = tmp_path_factory.mktemp("manifests")
    for name, space in spaces.items():
        write(folder, {f"{name}/{i}.json": json.dumps(each) for i, each in enumerate(space.written)})
    done = cmlint(folder, "check", "--live", "--format", "json", "--no-cache", KUBECONFIG=str(cluster.admin))
    assert done.stderr == ""
    rules: dict[str, set[str]] = defaultdict(set)
    for each in json.loads(done.stdout)["findings"]:
        rules[each["location"]["path"].partition("/")[0]].add(each["rule"])
    return rules


OF_PODS = {"stuck-pod", "drifted-tag", "stale-environment", "stale-file"}
"""The rules that need the state of pods, which no manifest has."""


FINISHED = ("finished", "job-done")
"""What has run to its end harms nobody in a cluster; its manifest, applied again, would not start."""

NEAR = {"elsewhere": {"missing-configmap"}}
"""`check --live` lists the namespaces of the manifests only, so that it does not know the object in another one."""


@pytest.mark.parametrize("name", CLEAN)
def test_no_manifest_of_what_is_in_order_is_blamed(checked: dict[str, set[str]], name: str) -> None:
    assert checked.get(f"clean-{name}", set()) == ({"missing-configmap"} if name in FINISHED else set())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_manifest_is_found_before_it_is_applied(checked: dict[str, set[str]], name: str) -> None:
    assert checked.get(f"broken-{name}", set()) == NEAR.get(name, BROKEN[name][1] - OF_PODS)
