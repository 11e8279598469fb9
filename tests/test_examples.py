"""Objects that a text only shows: what is one, and that it proves no more than that somebody knows the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.manifest.documents import examples_in
from tests.support.run import concise, lint, write

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {a: b}\n  name: app\ndata:\n  A: x\n"
READS = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: web:1.0.0\n"
    "      envFrom: [{configMapRef: {name: app}}]\n"
)
PROW = (
    "triggers: []\nconfig_updater:\n  maps:\n    # of jobs\n    config.yaml:\n      name: app\n\n"
    "    jobs/*:\n      name: jobs\n"
)
TERRAFORM = """\
resource "kubernetes_config_map_v1" "app" {
  metadata {
    namespace = "shop"
    name      = "app"
  }
}
resource "kubernetes_secret" "token" {
  metadata { labels = {} }
  metadata {
    name = "token"
  }
}
"""
MISSING = ["pod.yaml:8:39: error[missing-configmap] nothing defines the ConfigMap `app`"]


def begun(lead: str, text: str = OBJECT) -> str:
    return "".join(f"{lead}{line}" for line in text.splitlines(keepends=True))


SHOWN = [
    (f"# Shop\n\n```yaml\n{OBJECT}```\n", "ConfigMap/app"),
    (f"1. Make it:\n\n   ~~~\n{begun('   ')}   ~~~\n", "ConfigMap/app"),
    (f"> ```\n{begun('> ')}> ```\n", "ConfigMap/app"),
    (f"[source,yaml]\n----\n{OBJECT}----\n", "ConfigMap/app"),
    (begun("#  "), "ConfigMap/app"),
    ("    // kind: ConfigMap\n    // metadata: {namespace: x, name: app}\n", "ConfigMap/app"),
    ("kind: Secret\nmetadata:\n  name: 'token'\n", "Secret/token"),
    (f"```\n{OBJECT}---\n{OBJECT.replace('app', 'shop')}```\n", "ConfigMap/app ConfigMap/shop"),
    ("metadata:\n  name: app # of the shop\nkind: ConfigMap\r\n", "ConfigMap/app"),
    (PROW, "ConfigMap/app ConfigMap/jobs"),
    (TERRAFORM, "ConfigMap/app Secret/token"),
]

NOT_SHOWN = [
    "kind: ConfigMap\n---\nmetadata:\n  name: app\n",
    "kind: ConfigMap\nmetadata:\n  labels:\nname: app\n",
    "kind: ConfigMap\nmetadata:\n  name: $NAME\n",
    "kind: ConfigMap\nmetadata:\n  name: <name>\n",
    "kind: ConfigMapList\nmetadata:\n  name: app\n",
    "the kind: ConfigMap\nmetadata:\n  name: app\n",
    "# kind: ConfigMap\nmetadata:\n  name: app\n",
    TERRAFORM.replace('= "app"', "= var.app").replace('= "token"', '= "${var.token}"'),
    TERRAFORM.replace("kubernetes_", "aws_"),
    "other:\n  maps: {}\nconfig_updaters:\n  name: app\n",
]


def shown(text: str, *, manifest: bool = False) -> str:
    found = [document.providers[0] for document in examples_in(text, manifest=manifest)]
    assert all(text[provider.name.start : provider.name.end] == provider.name.value for provider in found)
    return " ".join(f"{provider.target}/{provider.name.value}" for provider in found)


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_what_a_text_shows(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_what_no_text_shows(text: str) -> None:
    assert shown(text) == ""


def test_a_manifest_shows_what_is_in_its_comments() -> None:
    assert shown(READS + begun("# "), manifest=True) == "ConfigMap/app"
    assert shown(OBJECT, manifest=True) == ""


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": SHOWN[0][0]},
        {"docs/install.adoc": SHOWN[3][0]},
        {"prow/plugins.yaml": PROW},
        {"pod.yaml": begun("# ") + READS},
        {"infra/main.tf": TERRAFORM},
        {"config.yaml.example": OBJECT},
        {"config.yaml.j2": "{% if a %}\n" + OBJECT + "{% endif %}\n"},
        {"play.yml": "- tasks:\n    - kubernetes.core.k8s:\n        definition:\n" + begun("          ")},
    ],
)
def test_what_is_shown_is_not_proven_missing(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {"pod.yaml": READS})
    assert concise(lint(tmp_path)) == MISSING
    write(tmp_path, files)
    result = lint(tmp_path)
    assert concise(result) == []
    (unverified,) = result.outcome.unverified
    assert (unverified.name, unverified.why) == ("ConfigMap/app", f"{next(iter(files))} shows how to create it")


def test_what_is_shown_says_nothing_of_a_name_that_is_misspelt_or_of_keys(tmp_path: Path) -> None:
    near = {"README.md": SHOWN[0][0].replace("app", "shop-config"), "pod.yaml": READS.replace("app", "shop-config")}
    write(tmp_path, {**near, "config.yaml": OBJECT.replace("app", "shop-confg")})
    assert [finding.rule for finding in lint(tmp_path).outcome.findings] == ["missing-configmap"]
    reads = READS.replace("envFrom", "env").replace(
        "{configMapRef: {name: app}}", "{name: B, valueFrom: {configMapKeyRef: {name: app, key: B}}}"
    )
    write(tmp_path, {"README.md": SHOWN[0][0], "pod.yaml": reads, "config.yaml": OBJECT})
    assert [finding.rule for finding in lint(tmp_path).outcome.findings] == ["missing-key"]
