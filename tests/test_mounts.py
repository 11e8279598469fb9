"""Volumes that no container mounts: the kubelet skips them, so nothing waits for what they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.config.config import Config
from tests.support.run import lint, write

CONFIG = Config(secrets="all", pedantic=True)
CONFIGS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: settings, namespace: shop}
stringData: {a: not-a-real-token}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: elsewhere, namespace: other}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: web
    image: registry.example.com/web:1.4.2
    envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: settings}}]
    volumeMounts: [{name: MOUNT, mountPath: /v}]
  volumes:
  - name: other
    emptyDir: {}
  - name: v
    VOLUME
"""
IDLE = "no container mounts the volume, so nothing waits for it: mount it, or remove it"
TWO = "{sources: [{configMap: {name: settings}}, {secret: {name: settings, items: [{key: a, path: a/b}]}}]}"
LIMIT = "{items: [{path: l, resourceFieldRef: {containerName: shop, resource: limits.cpu}}]}"

VOLUMES = [
    ("missing-configmap", "configMap: {name: absent}"),
    ("missing-configmap", "projected: {sources: [{configMap: {name: absent}}]}"),
    ("missing-secret", "secret: {secretName: absent}"),
    ("missing-key", "configMap: {name: settings, items: [{key: absent, path: x}]}"),
    ("missing-secret-key", "secret: {secretName: settings, items: [{key: absent, path: x}]}"),
    ("wrong-namespace", "configMap: {name: elsewhere}"),
    ("overlapping-files", f"projected: {TWO}"),
    ("overlapping-files", "configMap: {name: settings, items: [{key: a, path: x/y}, {key: a, path: x}]}"),
    ("overlapping-files", "configMap: {name: settings, items: [{key: a, path: x}, {key: a, path: x/y}]}"),
    ("missing-container", f"downwardAPI: {LIMIT}"),
]


def found(folder: Path, volume: str, mount: str, kind: str = "") -> list[tuple[str, str, str | None]]:
    """What is found in a pod with a volume: each rule, the consequence and the help."""
    pod = POD.replace("VOLUME", volume).replace("MOUNT", mount)
    write(folder, {"pod.yaml": (pod.replace("v1\nkind: Pod", kind) if kind else pod) + CONFIGS})
    findings = lint(folder, config=CONFIG).outcome.findings
    rules = {rule for rule, _ in VOLUMES}
    return [(each.rule, each.consequence, each.help) for each in findings if each.rule in rules]


@pytest.mark.parametrize(("rule", "volume"), VOLUMES)
def test_nothing_waits_for_a_volume_that_no_container_mounts(tmp_path: Path, rule: str, volume: str) -> None:
    assert found(tmp_path, volume, "other") == [(rule, "tidiness", IDLE)]


@pytest.mark.parametrize(("rule", "volume"), VOLUMES)
def test_a_pod_waits_for_a_volume_that_a_container_mounts(tmp_path: Path, rule: str, volume: str) -> None:
    ((name, consequence, help_text),) = found(tmp_path, volume, "v")
    assert (name, consequence) == (rule, "stuck")
    assert help_text != IDLE


@pytest.mark.parametrize(
    ("mount", "kind"),
    [("'${VOLUME}'", ""), ("other", "example.com/v1\nkind: Shop")],
)
def test_a_mount_that_is_not_known_may_be_of_the_volume(tmp_path: Path, mount: str, kind: str) -> None:
    ((rule, consequence, _),) = found(tmp_path, "configMap: {name: setings}", mount, kind)
    assert (rule, consequence) == ("missing-configmap", "stuck")


def test_a_reference_for_which_nothing_waits_is_excused(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD.replace("VOLUME", "configMap: {name: absent}").replace("MOUNT", "other")})
    write(tmp_path, {"configs.yaml": CONFIGS})
    outcome = lint(tmp_path).outcome
    assert not outcome.findings
    (excused,) = outcome.unverified
    assert (excused.name, excused.code) == ("ConfigMap/absent", "not-mounted")
    assert excused.why == "no container mounts the volume, so the pod starts without it"


@pytest.mark.parametrize(
    ("path", "overlap"),
    [("z", True), ("z" * 4096, True), ("z" * 4097, False), ("${P}", False)],
    ids=["short", "as long as a path may be", "longer", "placeholder"],
)
def test_paths_overlap_where_they_are_known_and_possible(tmp_path: Path, path: str, overlap: bool) -> None:
    items = ", ".join(f"{{key: {key}, path: '{path}'}}" for key in ("a", "b"))
    rules = [rule for rule, _, _ in found(tmp_path, f"secret: {{secretName: x, items: [{items}]}}", "v")]
    assert ("overlapping-files" in rules) is overlap


def test_keys_of_several_definitions_do_not_overlap(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD.replace("VOLUME", f"projected: {TWO}").replace("MOUNT", "v")})
    write(tmp_path, {"a.yaml": CONFIGS})
    overlaps = [each for each in lint(tmp_path, config=CONFIG).outcome.findings if each.rule == "overlapping-files"]
    assert len(overlaps) == 1
    write(tmp_path, {"b.yaml": CONFIGS.replace("{a: b}", "{b: c}")})
    assert "overlapping-files" not in {each.rule for each in lint(tmp_path, config=CONFIG).outcome.findings}
