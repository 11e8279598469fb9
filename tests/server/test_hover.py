"""What is told of a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.test_complete import SECRET, VOLUMES
from tests.support.desk import CONFIG, POD, SHOP, Desk


def test_a_reference(tmp_path: Path) -> None:
    assert Desk(tmp_path, SHOP).hover("pod.yaml", "special-config") == (
        "ConfigMap special-config\n"
        "defined in config.yaml:4\n"
        "\n"
        "- SPECIAL_LEVEL: very\n"
        "- LOG_LEVEL: info\n"
        "read by 1:\n"
        "- Pod web, container web (env): restart needed"
    )


def test_a_key_in_markdown(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHOP)
    link = f"[config.yaml:6]({desk.uri('config.yaml')}#L6)"
    assert desk.hover("pod.yaml", "key: SPECIAL_LEVEL", 6, markdown=True) == (
        "**ConfigMap `special-config`, key `SPECIAL_LEVEL`**\n"
        f"\ndefined in {link}\n"
        "\nvalue: `very`\n"
        "\nread by 1:\n"
        "- Pod `web`, container `web` (env): restart needed"
    )


def test_what_a_change_does_to_readers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES.replace("          subPath: log/level\n", "")})
    told = desk.hover("config.yaml", "LOG_LEVEL")
    assert told and "(envFrom): restart needed" in told and "(item): file, in about a minute" in told


@pytest.mark.parametrize(
    ("mark", "offset", "expected"),
    [
        ("- name: TEXT", 9, "variable TEXT\nvalue: debug\nfrom this entry"),
        ('"$(LEVEL)"', 4, "variable LEVEL\nvalue: debug\nfrom this entry"),
    ],
)
def test_a_variable(tmp_path: Path, mark: str, offset: int, expected: str) -> None:
    told = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES}).hover("pod.yaml", mark, offset)
    assert told and told.replace("from literal", "from this entry") == expected


def test_a_variable_that_hides_another(tmp_path: Path) -> None:
    pod = POD.replace("- name: LEVEL", "- name: LOG_LEVEL")
    pod += "      envFrom:\n        - configMapRef:\n            name: special-config\n"
    told = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": pod}).hover("pod.yaml", "- name: LOG_LEVEL", 9)
    assert told == (
        "variable LOG_LEVEL\nvalue: very\nfrom ConfigMap special-config, key SPECIAL_LEVEL (env)\n"
        "hides the value from ConfigMap special-config, key LOG_LEVEL (envFrom)"
    )


def test_a_long_list_is_cut(tmp_path: Path) -> None:
    config = CONFIG + "".join(f"  KEY_{number}: x\n" for number in range(30))
    told = Desk(tmp_path, {"config.yaml": config, "pod.yaml": POD}).hover("pod.yaml", "special-config")
    assert told and told.count("\n- ") == 20 + 1 and "and 12 more keys" in told


def test_an_image(tmp_path: Path) -> None:
    told = Desk(tmp_path, SHOP).hover("pod.yaml", "nginx")
    assert told and told.splitlines()[:3] == [
        "image nginx:1.25.3",
        "Kubernetes reads docker.io/library/nginx:1.25.3",
        "pull policy: IfNotPresent (by default)",
    ]


def test_a_rule_in_a_comment(tmp_path: Path) -> None:
    pod = POD.replace("key: SPECIAL_LEVEL", "key: NONE  # cmlint: ignore[missing-key] made later")
    told = Desk(tmp_path, {**SHOP, "pod.yaml": pod}).hover("pod.yaml", "missing-key")
    assert told == "rule missing-key\na reference to a missing key of a ConfigMap"


@pytest.mark.parametrize("mark", ["apiVersion", "containers", "restartPolicy"])
def test_nothing_where_nothing_is_known(tmp_path: Path, mark: str) -> None:
    pod = POD.replace("spec:\n", "spec:\n  restartPolicy: Never\n", 1)
    assert Desk(tmp_path, {**SHOP, "pod.yaml": pod}).hover("pod.yaml", mark) is None


@pytest.mark.parametrize("mark", ["name: login\n              key", "key: PASSWORD", "- name: LEVEL"])
def test_no_value_of_a_secret(tmp_path: Path, mark: str) -> None:
    pod = POD.replace("configMapKeyRef", "secretKeyRef").replace("special-config", "login")
    pod = pod.replace("SPECIAL_LEVEL", "PASSWORD")
    desk = Desk(tmp_path, {"secret.yaml": SECRET, "pod.yaml": pod})
    for name, place in (("pod.yaml", mark), ("secret.yaml", "login"), ("secret.yaml", "PASSWORD")):
        told = desk.hover(name, place, len(place.partition("\n")[0]) - 2)
        assert told and "not shown" in told and "hunter2" not in told


@pytest.mark.parametrize(
    ("value", "told"), [("8080", "not a string, so the API server rejects it"), ("'8080'", "8080"), ("''", "empty")]
)
def test_a_value_that_is_a_number_is_not_hidden(tmp_path: Path, value: str, told: str) -> None:
    files = {"config.yaml": CONFIG.replace("very", value), "pod.yaml": POD}
    for path, mark, at in (("config.yaml", "SPECIAL_LEVEL", 0), ("pod.yaml", "- name: LEVEL", 10)):
        shown = Desk(tmp_path, files).hover(path, mark, at)
        assert shown and f"value: {told}\n" in f"{shown}\n"


def test_a_value_that_the_pod_gets_is_known_when_it_runs(tmp_path: Path) -> None:
    field = "fieldRef: {fieldPath: status.podIP}"
    pod = POD.partition("          valueFrom:")[0] + f"          valueFrom: {{{field}}}\n"
    shown = Desk(tmp_path, {"pod.yaml": pod}).hover("pod.yaml", "- name: LEVEL", 10)
    assert shown and "value: known only when it runs\n" in shown


def test_a_value_that_is_long_is_cut_and_no_markdown(tmp_path: Path) -> None:
    config = CONFIG.replace("very", f"'`**{'x' * 200}'")
    told = Desk(tmp_path, {**SHOP, "config.yaml": config}).hover("config.yaml", "SPECIAL_LEVEL", markdown=True)
    assert told and f"value: `` `**{'x' * 77}… ``" in told


def test_a_key_that_is_built(tmp_path: Path) -> None:
    kustomization = "resources: [pod.yaml]\nconfigMapGenerator:\n  - name: special-config\n    envs: [app.env]\n"
    files = {"kustomization.yaml": kustomization, "pod.yaml": POD, "app.env": "SPECIAL_LEVEL=high\n"}
    told = Desk(tmp_path, files, "pod.yaml", "kustomization.yaml").hover("pod.yaml", "key: SPECIAL_LEVEL", 6)
    assert told and told.splitlines()[:3] == [
        "ConfigMap special-config, key SPECIAL_LEVEL",
        "defined in app.env:1",
        "value: high",
    ]


def test_a_variable_and_an_expansion_in_what_is_built(tmp_path: Path) -> None:
    kustomization = "namePrefix: dev-\nresources: [pod.yaml, config.yaml]\n"
    files = {"kustomization.yaml": kustomization, "pod.yaml": VOLUMES, "config.yaml": CONFIG}
    desk = Desk(tmp_path, files)
    for mark, offset in (("- name: TEXT", 9), ('"$(LEVEL)"', 4), ("special-config\n      volumeMounts", 3)):
        assert desk.hover("pod.yaml", mark, offset), mark
    assert (desk.hover("config.yaml", "special-config") or "").startswith("ConfigMap special-config\n")
