"""What may be a value of a Secret is in no report, wherever it was written by mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.run import write

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example/web:1.0.0
      envFrom: [{secretRef: {name: login}}]
      env: [{name: A, valueFrom: {secretKeyRef: {name: login, key: nope}}}]
"""
OWN = "secretGenerator: [{name: login, envs: [login.env]}]\n"
PLUGIN = "generators: [made.yaml]\n"
MADE = "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: login}\nenvs: [login.env]\n"

LINES = {
    "bare": "hunter2xyz",
    "certificate": "MIIEvQ+hunter2xyz/ASCBKcwggSj",
    "end-of-certificate": "hunter2xyzASCBKcwggSjAgEA==",
    "with-a-space": "hunter2xyz and more=1",
    "with-another-sign": "hunter2xyz!=1",
    "indented": "  hunter2xyz",
}


def generator(folder: Path, line: str, made: str) -> None:
    """A kustomization that makes a Secret of an environment file in which a line is no name and value."""
    kustomization = f"resources: [pod.yaml]\n{made}generatorOptions: {{disableNameSuffixHash: true}}\n"
    files = {"kustomization.yaml": kustomization, "pod.yaml": POD, "made.yaml": MADE}
    write(folder, files | {"login.env": f"USER=a\n{line}\n"})


@pytest.mark.parametrize("made", [OWN, PLUGIN], ids=["own", "plugin"])
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_no_report_shows_a_line_of_a_secret_file_as_a_key(tmp_path: Path, line: str, made: str) -> None:
    generator(tmp_path, line, made)
    for form in ("text", "json", "html"):
        ran = cmlint(tmp_path, "check", "--pedantic", "--verbose", "--format", form, "--cache-dir", "cache")
        assert ran.returncode in (0, 1)
        assert "not-built" not in ran.stdout
        assert "hunter2xyz" not in ran.stdout + ran.stderr
    for words in (
        ["env"],
        ["env", "--format", "json"],
        ["check", "--diff", "--cache-dir", "cache"],
        ["explain", "secret/login"],
        ["explain", "kustomization.yaml:2", "--format", "json"],
    ):
        ran = cmlint(tmp_path, *words)
        assert ran.returncode in (0, 1)
        assert "hunter2xyz" not in ran.stdout + ran.stderr
    for path in (tmp_path / "cache").iterdir():
        assert b"hunter2xyz" not in path.read_bytes()


def test_names_of_a_secret_file_are_still_shown(tmp_path: Path) -> None:
    generator(tmp_path, "PASSWORD=hunter2xyz", OWN)
    ran = cmlint(tmp_path, "check", "--format", "json", "--no-cache")
    (finding,) = json.loads(ran.stdout)["findings"]
    assert finding["rule"] == "missing-secret-key"
    assert finding["help"] == "it has the keys `PASSWORD`, `USER`"


def test_the_hash_of_a_secret_that_a_plugin_made_is_not_shown(tmp_path: Path) -> None:
    """kustomize ends the names of what it generates with a hash of the values."""
    reads = "{name: c, image: 'a/b:1.0.0', envFrom: [{secretRef: {name: creds-2456789bcd}}]}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{reads}]}}\n"
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": pod})
    done = cmlint(tmp_path, "check", ".", "--verbose", "--format", "json", "--no-cache")
    shown = cmlint(tmp_path, "check", ".", "--verbose", "--no-cache")
    assert "Secret/creds" in done.stdout
    assert "Secret/creds" in shown.stdout
    assert "2456789bcd" not in done.stdout + done.stderr + shown.stderr
    frames = [
        line for line in shown.stdout.splitlines() if "2456789bcd" in line and "name: creds-2456789bcd" not in line
    ]
    assert frames == []


CUSTOM = """\
apiVersion: example.com/v1
kind: Store
metadata: {name: a}
spec:
  dbPassword: hunter2xyz
  auth: {token: hunter2xyz}
  target: {template: {data: {config: hunter2xyz}, stringData: {other: hunter2xyz}}}
  existingSecret: named-by-it
  data: [{secretKey: key-by-it}]
"""


def test_the_cache_keeps_no_value_of_a_custom_resource_that_is_a_credential(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CUSTOM + "---\n" + POD})
    assert cmlint(tmp_path, "check", "a.yaml", "--cache-dir", "cache").returncode == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").iterdir())
    assert b"hunter2xyz" not in kept
    assert b"named-by-it" in kept
    assert b"key-by-it" in kept
