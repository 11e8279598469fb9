"""What is proposed, and what writing it gives; also in texts that cannot be parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.server.complete import complete
from tests.support.desk import CONFIG, MARK, POD, SHOP, Desk

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: login
stringData:
  PASSWORD: hunter2-not-real
"""

VOLUMES = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  volumes:
    - name: settings
      configMap:
        name: special-config
        items:
          - key: LOG_LEVEL
            path: log/level
    - name: cache
      emptyDir: {}
  containers:
    - name: web
      image: nginx:1.25.3
      imagePullPolicy: IfNotPresent
      args: ["--level=$(LEVEL)"]
      env:
        - name: LEVEL
          value: debug
        - name: TEXT
          value: "$(LEVEL)"
        - name: LATER
          value: x
      envFrom:
        - prefix: APP_
          configMapRef:
            name: special-config
      volumeMounts:
        - name: settings
          mountPath: /etc/settings
          subPath: log/level
"""


def labels(desk: Desk, name: str, text: str) -> list[str]:
    """What is proposed at the cursor of a text."""
    return [each.label for each in desk.proposals(name, text)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A shop with a Secret."""
    return Desk(tmp_path, {**SHOP, "secret.yaml": SECRET, "other/config.yaml": CONFIG.replace("special", "other")})


def test_names_the_nearest_first(desk: Desk) -> None:
    text = POD.replace("name: special-config", f"name: {MARK}")
    assert labels(desk, "pod.yaml", text) == ["special-config", "other-config"]
    assert desk.proposals("pod.yaml")[0].detail == "ConfigMap, 2 keys, config.yaml:4"


def in_namespace(text: str, namespace: str) -> str:
    """A text whose object is in a namespace."""
    return text.replace("\nmetadata:\n", f"\nmetadata:\n  namespace: {namespace}\n")


def test_only_what_is_in_the_same_namespace(tmp_path: Path) -> None:
    other = in_namespace(CONFIG.replace("LOG_LEVEL", "OTHER"), "other")
    far = in_namespace(CONFIG.replace("special-config", "far-config"), "other")
    files = {"a.yaml": f"{other}---\n{far}", "shop/config.yaml": in_namespace(CONFIG, "shop"), "pod.yaml": POD}
    desk = Desk(tmp_path, files)
    text = POD.replace("name: special-config", f"name: {MARK}")
    assert labels(desk, "pod.yaml", text) == ["far-config", "special-config"]
    assert labels(desk, "pod.yaml", in_namespace(text, "shop")) == ["special-config"]
    assert labels(desk, "pod.yaml", in_namespace(text, "third")) == []
    keys = POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}")
    assert labels(desk, "pod.yaml", in_namespace(keys, "shop")) == ["SPECIAL_LEVEL", "LOG_LEVEL"]
    assert labels(desk, "pod.yaml", in_namespace(keys, "other")) == ["SPECIAL_LEVEL", "OTHER"]


def test_a_build_decides_the_namespace(tmp_path: Path) -> None:
    kustomization = "namespace: live\nresources: [config.yaml, pod.yaml]\n"
    files = {"kustomization.yaml": kustomization, "config.yaml": in_namespace(CONFIG, "other"), "pod.yaml": POD}
    desk = Desk(tmp_path, files)
    text = in_namespace(POD.replace("name: special-config", f"name: {MARK}"), "shop")
    assert labels(desk, "pod.yaml", text) == ["special-config"]


@pytest.mark.parametrize("written", ["spe-", "", "special.conf", "'spe", '"spe"'])
def test_a_name_takes_the_place_of_the_whole_scalar(desk: Desk, written: str) -> None:
    text = POD.replace("name: special-config", f"name: {written}{MARK}")
    done = desk.completed("pod.yaml", text, "special-config")
    quote = written[:1] if written[:1] in ("'", '"') else ""
    closing = quote if written.endswith('"') else ""
    assert f"name: {quote}special-config{closing}\n" in done


def test_a_name_right_behind_the_colon_gets_a_blank(desk: Desk) -> None:
    done = desk.completed("pod.yaml", POD.replace("name: special-config", f"name:{MARK}"), "special-config")
    assert done == POD


@pytest.mark.parametrize(
    "flow", ["{name: special-config, key: █}", "{key: █, name: special-config}", "{name: special-config, key: SPE█"]
)
def test_keys_in_flow_style(desk: Desk, flow: str) -> None:
    start = POD.index("            configMapKeyRef:")
    assert labels(desk, "pod.yaml", f"{POD[:start]}            configMapKeyRef: {flow}\n") == [
        "SPECIAL_LEVEL",
        "LOG_LEVEL",
    ]


def test_keys_of_the_object_above_and_below(desk: Desk) -> None:
    above = POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}")
    below = above.replace("              name: special-config\n", "") + "              name: special-config\n"
    for text in (above, below):
        assert labels(desk, "pod.yaml", text) == ["SPECIAL_LEVEL", "LOG_LEVEL"]


def test_keys_of_another_document_are_not_proposed(desk: Desk) -> None:
    text = f"name: special-config\n---\n{POD}".replace("              name: special-config\n", "")
    assert labels(desk, "pod.yaml", text.replace("key: SPECIAL_LEVEL", f"key: {MARK}")) == []


def test_keys_while_the_text_does_not_parse(desk: Desk) -> None:
    text = POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}").replace("image: nginx:1.25.3", 'image: "nginx')
    assert labels(desk, "pod.yaml", text) == ["SPECIAL_LEVEL", "LOG_LEVEL"]


def test_a_secret_shows_its_keys_and_no_value(desk: Desk) -> None:
    text = POD.replace("configMapKeyRef", "secretKeyRef").replace("special-config", "login")
    found = desk.proposals("pod.yaml", text.replace("key: SPECIAL_LEVEL", f"key: {MARK}"))
    assert [each.label for each in found] == ["PASSWORD"]
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- key: LOG_LEVEL", "- key: █", ["SPECIAL_LEVEL", "LOG_LEVEL"]),
        ("subPath: log/level", "subPath: █", ["log/level"]),
        ("- name: settings\n          mountPath", "- name: █\n          mountPath", ["settings", "cache"]),
        ("imagePullPolicy: IfNotPresent", "imagePullPolicy: █", ["Always", "IfNotPresent", "Never"]),
        ('value: "$(LEVEL)"', 'value: "$(█"', ["LEVEL", "APP_SPECIAL_LEVEL", "APP_LOG_LEVEL"]),
        ("--level=$(LEVEL)", "--level=$(LE█)", ["LATER", "TEXT", "LEVEL", "APP_SPECIAL_LEVEL", "APP_LOG_LEVEL"]),
    ],
    ids=["item", "subPath", "mount", "policy", "expansion-in-env", "expansion-in-args"],
)
def test_in_pods(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES})
    assert labels(desk, "pod.yaml", VOLUMES.replace(old, new)) == expected


def test_a_variable_is_closed_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES})
    for before in ("$(█", "$(LE█)"):
        done = desk.completed("pod.yaml", VOLUMES.replace('value: "$(LEVEL)"', f'value: "{before}"'), "LEVEL")
        assert done == VOLUMES


def test_a_whole_block_behind_value_from(desk: Desk) -> None:
    start = POD.index("\n            configMapKeyRef:")
    text = f"{POD[:start]}{MARK}\n"
    assert labels(desk, "pod.yaml", text)[:2] == ["special-config > SPECIAL_LEVEL", "special-config > LOG_LEVEL"]
    assert desk.completed("pod.yaml", text, "special-config > SPECIAL_LEVEL") == POD


def test_the_rules_of_the_next_line_come_first(desk: Desk) -> None:
    broken = POD.replace("key: SPECIAL_LEVEL", "key: NONE")
    desk.type("pod.yaml", broken)
    text = broken.replace("              key: NONE", f"              # cmlint: ignore[{MARK}\n              key: NONE")
    desk.edit("pod.yaml", text)
    assert labels(desk, "pod.yaml", text)[0] == "missing-key"


def test_a_key_that_yaml_would_misread_gets_quotes(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG.replace("LOG_LEVEL", '"1.10"'), "pod.yaml": POD})
    done = desk.completed("pod.yaml", POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}"), "1.10")
    assert 'key: "1.10"\n' in done


def test_nothing_in_a_template(desk: Desk) -> None:
    text = POD.replace("name: web", "name: {{ .Values.name }}").replace("key: SPECIAL_LEVEL", f"key: {MARK}")
    assert labels(desk, "pod.yaml", text) == []


@pytest.mark.parametrize("place", ["apiVersion: █v1", "kind: █Pod", "█", "  containers:█"])
def test_nothing_where_nothing_is_known(desk: Desk, place: str) -> None:
    assert (
        labels(desk, "pod.yaml", POD.replace(place.replace(MARK, ""), place, 1) if place != MARK else POD + MARK) == []
    )


def test_no_more_than_300(tmp_path: Path) -> None:
    many = "---\n".join(CONFIG.replace("special-config", f"config-{number}") for number in range(400))
    desk = Desk(tmp_path, {"many.yaml": many, "pod.yaml": POD})
    assert len(labels(desk, "pod.yaml", POD.replace("name: special-config", f"name: {MARK}"))) == 300
    assert not complete(desk.spot("pod.yaml")).complete


def test_a_name_that_is_generated_is_proposed_as_it_is_written(tmp_path: Path) -> None:
    kustomization = "namePrefix: dev-\nresources: [pod.yaml]\nconfigMapGenerator:\n  - name: special-config\n"
    files = {"kustomization.yaml": f"{kustomization}    literals: [SPECIAL_LEVEL=1]\n", "pod.yaml": POD}
    desk = Desk(tmp_path, files)
    text = POD.replace("name: special-config", f"name: {MARK}")
    assert [(each.label, each.detail) for each in desk.proposals("pod.yaml", text)] == [
        ("special-config", "ConfigMap, 1 key, kustomization.yaml:4")
    ]


def test_binary_keys_are_last_and_marked(tmp_path: Path) -> None:
    config = CONFIG.replace("\ndata:", "\nbinaryData:\n  LOGO: aGk=\ndata:")
    found = Desk(tmp_path, {"config.yaml": config, "pod.yaml": POD}).proposals
    keys = found("pod.yaml", POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}"))
    assert [(each.label, each.deprecated) for each in keys] == [
        ("SPECIAL_LEVEL", False),
        ("LOG_LEVEL", False),
        ("LOGO", True),
    ]
    assert keys[-1].detail == "binary key of ConfigMap special-config"


def test_variables_say_where_they_come_from(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES})
    found = desk.proposals("pod.yaml", VOLUMES.replace('value: "$(LEVEL)"', f'value: "$({MARK}"'))
    assert [each.detail for each in found] == [
        "literal",
        "ConfigMap special-config, key SPECIAL_LEVEL",
        "ConfigMap special-config, key LOG_LEVEL",
    ]
