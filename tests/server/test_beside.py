"""Beside the real yaml-language-server with Kubernetes' schemas: who tells what, and that nothing is told twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from cmlint.server.settings import Settings
from tests.support.desk import CONFIG, POD, Desk
from tests.support.editor import Editor
from tests.support.tools import CACHE

pytestmark = pytest.mark.skipif(os.environ.get("CMLINT_TEST_EDITORS") != "1", reason="`make test-editors` runs these")

SERVER = CACHE / "cmlint-test" / "editors" / "node_modules" / ".bin" / "yaml-language-server"
SCHEMAS = "kubernetes-json-schema/v1.37.0-local-strict"

HEAD = POD[: POD.index("      env:")]
ENV = HEAD + "      env:\n        - name: A\n"
REFERENCE = ENV + "          valueFrom:\n"

INPUTS: dict[str, tuple[str, str, bool]] = {
    "tab": (POD.replace("  containers:", "\tcontainers:"), "yaml-syntax", True),
    "key twice": (POD.replace("kind: Pod", "kind: Pod\nkind: Pod"), "repeated-mapping-key", True),
    "value: 8080": (ENV + "          value: 8080\n", "non-string-env", True),
    "A: 1": (CONFIG.replace("very", "1"), "non-string-data", True),
    "envfrom": (HEAD + "      envfrom: []\n", "unknown-field", True),
    "configMapKeyref": (REFERENCE + "            configMapKeyref: {name: a, key: b}\n", "malformed-reference", True),
    "no key": (REFERENCE + "            configMapKeyRef: {name: a}\n", "malformed-reference", True),
    "A: yes": (CONFIG.replace("very", "yes"), "non-string-data", False),
    "y:": (CONFIG.replace("SPECIAL_LEVEL", "y"), "renamed-key", False),
    "bad key": (CONFIG.replace("SPECIAL_LEVEL", "a/b"), "invalid-data-key", False),
    "two values": (
        ENV + "          value: x\n          valueFrom: {fieldRef: {fieldPath: metadata.name}}\n",
        "value-and-value-from",
        False,
    ),
    "policy": (HEAD + "      imagePullPolicy: always\n", "invalid-pull-policy", False),
    "env twice": (ENV + "          value: x\n        - name: A\n          value: z\n", "duplicate-env", False),
    "no volume": (HEAD + "      volumeMounts: [{name: a, mountPath: /a}]\n", "malformed-reference", False),
}
"""The inputs: a text, the rule of cmlint, and whether the other server speaks of the same line."""

BOTH = Settings(beside=("yaml-language-server", "kubernetes-schema"))


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """The other server, with a schema for Pods and one for ConfigMaps."""
    folder = tmp_path_factory.mktemp("schemas")
    root = Path(str(resources.files("kubernetes_validate"))) / SCHEMAS
    schemas = {(root / f"{kind}-v1.json").as_uri(): [f"{kind}.yaml"] for kind in ("pod", "configmap")}
    with Editor(folder, schemas, server=SERVER) as editor:
        yield editor


@pytest.mark.parametrize("name", INPUTS)
def test_who_tells_what(editor: Editor, tmp_path: Path, name: str) -> None:
    text, rule, both = INPUTS[name]
    file = "configmap.yaml" if "kind: ConfigMap" in text else "pod.yaml"
    theirs = {line for line, _ in editor.diagnose(file, text)}
    ours = lines(Desk(tmp_path, {file: text}), file, rule)
    assert ours, "cmlint tells it"
    assert bool(ours & theirs) is both
    left = lines(Desk(tmp_path, {file: text}, settings=BOTH), file)
    assert not left & theirs
    assert bool(left & ours) is not both


def lines(desk: Desk, file: str, rule: str = "") -> set[int]:
    """The lines on which cmlint tells something, or what one rule finds."""
    found = desk.diagnostics().get(file, [])
    return {each.range.start.line for each in found if not rule or each.rule == rule}
