"""No value of a Secret is ever shown, however the Secret is written, and whatever is wrong with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cmlint.bundle.lookup import known_names
from cmlint.bundle.workloads import workloads
from cmlint.cli.explain import at_name
from cmlint.config.config import Config
from cmlint.manifest.documents import read_text
from cmlint.model.facts import Target
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report import FORMATS, formatter
from cmlint.report import explanations as report
from cmlint.report.environments import render_json, render_text
from cmlint.report.view import View
from cmlint.sources.request import Request
from tests.support.command import cmlint
from tests.support.run import FIXTURES, inside, lint, rules, write

VALUE, ENCODED = "hunter2", "aHVudGVyMg=="

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: c
      image: app:1.2.3
      command: [run, "--password=$(PASSWORD)", "$(S_password)"]
      envFrom:
        - prefix: S_
          secretRef: {name: s}
        - secretRef: {name: t}
      env:
        - name: PASSWORD
          valueFrom: {secretKeyRef: {name: s, key: password}}
        - name: WRONG
          valueFrom: {secretKeyRef: {name: s, key: pasword}}
        - name: URL
          value: postgres://u:$(PASSWORD)@db
        - name: password
          value: other
      volumeMounts: [{name: v, mountPath: /v}]
  volumes:
    - name: v
      secret: {secretName: s, items: [{key: passwor, path: a}]}
"""

FORMS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((FIXTURES / "secrets").iterdir())}
"""Secrets with the value, well written and badly."""


def everything(folder: Path) -> str:
    """All that can be printed about a folder, in every format."""
    with inside(folder):
        config = Config(select=("all",), secrets="all", pedantic=True)
        result = check(Request(config=config, rules=dict(rules())))
        views = (View(color=True, links=True, width=80, verbose=True), View(statistics=True, verbose=True), View())
        reports = [formatter(form)(result, view) for form in FORMATS for view in views]
        found = list(workloads(result.bundles))
        return "".join((*reports, render_json(found), render_text(found, View(width=80)), *explanations(result)))


def explanations(result: Result) -> Iterator[str]:
    """What `cmlint explain` prints about every name."""
    for target in get_args(Target):
        for name in known_names(result.bundles, target):
            shown = at_name(target, name, "", result)
            yield report.render_json(shown)
            yield report.render_text(shown, View(color=True, width=80))


@pytest.mark.parametrize("form", FORMS)
def test_no_format_shows_a_value(form: str, tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "secret.yaml": FORMS[form], "both.yaml": f"{POD}---\n{FORMS[form]}"})
    printed = everything(tmp_path)
    assert VALUE not in printed
    assert ENCODED not in printed


@given(
    form=st.sampled_from(sorted(FORMS)),
    edits=st.lists(
        st.tuples(
            st.integers(min_value=0),
            st.sampled_from(("\t", "'", '"', "{", "[", "}", "*", "&a ", "!", "- ", "%", "|", "\n")),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_no_mistake_shows_a_value(form: str, edits: list[tuple[int, str]]) -> None:
    text = FORMS[form]
    for place, inserted in edits:
        start = place % len(text)
        text = text[:start] + inserted + text[start:]
    assume(any(sign in text for sign in ("kind: Secret", '"kind": "Secret"', "stringData")))
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {"pod.yaml": POD, "secret.yaml": text})
        printed = everything(Path(folder))
    assert VALUE not in printed
    assert ENCODED not in printed


@pytest.mark.parametrize("form", ["block", "flow"])
def test_what_follows_a_secret_is_masked_as_well(form: str) -> None:
    secret = {
        "block": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: b\n",
        "flow": "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}\n",
    }[form]
    text = f"{secret}# it was {VALUE}\n"
    (document,) = read_text(text).documents
    kept = list(text)
    for span in document.masked:
        kept[span.start : span.end] = "*" * (span.end - span.start)
    shown = "".join(kept)
    assert VALUE not in shown
    assert "name: s" in shown
    (plain,) = read_text(text.replace("Secret", "ConfigMap").replace("stringData", "data")).documents
    assert plain.masked == ()


def test_the_command_shows_none_either(tmp_path: Path) -> None:
    write(tmp_path, {f"{i}.yaml": f"{POD}---\n{text}" for i, text in enumerate(FORMS.values())})
    for words in (("check", "--pedantic", "-v"), ("check", "--format", "json"), ("env",), ("env", "--format", "json")):
        done = cmlint(tmp_path, *words)
        assert VALUE not in done.stdout + done.stderr
        assert ENCODED not in done.stdout + done.stderr


def test_a_hidden_value_is_a_row_of_dots_of_one_length(tmp_path: Path) -> None:
    write(
        tmp_path, {"s.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{a: 1, b: {VALUE * 3}}}\n"}
    )
    done = cmlint(tmp_path, "check", "--select", "non-string-data")
    assert "4 | data: {a: ••••••, b: ••••••}" in done.stdout


@pytest.mark.parametrize("value", ["ref+vault://shop/db#/password", "'ref+op://Shop/db/password+'"])
def test_what_vals_replaces_with_a_value_is_no_base64(tmp_path: Path, value: str) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  A: VALUE\n"
    for text, found in ((value, []), ("preference+vault://shop", ["invalid-base64"])):
        write(tmp_path, {"secret.yaml": secret.replace("VALUE", text)})
        assert [each.rule for each in lint(tmp_path).outcome.findings] == found


@pytest.mark.parametrize(("name", "severity"), [("secret.example.yaml", "info"), ("secret.yaml", "error")])
def test_a_file_to_be_copied_need_not_have_whole_values(tmp_path: Path, name: str, severity: str) -> None:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: "
    write(tmp_path, {name: f"{head}kubernetes.io/tls\ndata: {{tls.crt: LS0tLS1C..., tls.key: LS0tLS1C...}}\n"})
    write(tmp_path, {f"docker-{name}": f"{head}kubernetes.io/dockercfg\n"})
    found = [(each.rule, each.severity) for each in lint(tmp_path, config=Config(pedantic=True)).outcome.findings]
    assert [each for each in found if each[0] in ("invalid-base64", "incomplete-secret")] == [
        ("incomplete-secret", severity),
        ("invalid-base64", severity),
        ("invalid-base64", severity),
    ]


SEALED = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: a}
spec: {encryptedData: {A: AgBy3i4OJSWK}}
"""
SHOWN = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {A: <base64 of the password>}\n"
LISTED = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\n"


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        ({"app/sealed.yaml": SEALED}, "info"),
        ({"app/sealed.yaml": SEALED, "app/kustomization.yaml": LISTED % "sealed.yaml"}, "info"),
        ({"app/sealed.yaml": SEALED.replace("name: a", "name: b")}, "error"),
        ({"other/sealed.yaml": SEALED}, "error"),
        ({"app/sealed.yaml": SEALED, "app/kustomization.yaml": LISTED % "sealed.yaml, secret.yaml"}, "error"),
        ({"app/sealed.yaml": SEALED.replace("SealedSecret", "Unknown")}, "error"),
        ({"app/sealed.yaml": SEALED, "app/secret.yaml": SHOWN.replace("<base64 of the password>", "aGVsbG8")}, "error"),
    ],
)
def test_what_a_sealed_secret_beside_it_was_made_of_is_an_example(
    tmp_path: Path, files: dict[str, str], severity: str
) -> None:
    write(tmp_path, {"app/secret.yaml": SHOWN, **files})
    findings = lint(tmp_path, config=Config(pedantic=True)).outcome.findings
    assert [(each.rule, each.severity) for each in findings if each.rule == "invalid-base64"] == [
        ("invalid-base64", severity)
    ]
