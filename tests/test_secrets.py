"""No value of a Secret is ever shown, however the Secret is written, and whatever is wrong with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmlint.check import check
from cmlint.config import Config
from cmlint.report import FORMATS, render
from cmlint.report.environments import render_json, render_text, workloads
from cmlint.report.view import View
from tests.support.command import cmlint
from tests.support.run import inside, rules, write

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

HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"

FORMS = {
    "data": f"{HEAD}data:\n  password: {ENCODED}\n",
    "data without encoding": f"{HEAD}data:\n  password: {VALUE}\n",
    "stringData": f"{HEAD}stringData:\n  password: {VALUE}\n",
    "both": f"{HEAD}data:\n  password: {ENCODED}\nstringData:\n  password: {VALUE}\n",
    "twice": f"{HEAD}stringData:\n  password: {VALUE}\n  password: {VALUE}\n",
    "twice in flow": f"{HEAD}stringData: {{password: {VALUE}, password: {VALUE}}}\n",
    "block scalar": f"{HEAD}stringData:\n  password: |\n    a\n    {VALUE}\n  pasword: >-\n    {VALUE}\n    b\n",
    "block scalar that is no base64": f"{HEAD}data:\n  password: |\n    - {VALUE}\n    - {VALUE}\n",
    "number": f"{HEAD}stringData:\n  password: !!int {VALUE}\n",
    "tag": f"{HEAD}stringData:\n  password: !{VALUE} x\n",
    "list": f"{HEAD}stringData:\n  password: [{VALUE}]\n",
    "mapping": f"{HEAD}stringData:\n  password: {{a: {VALUE}}}\n",
    "field with a value": f"{HEAD}stringData: {VALUE}\n",
    "data with a value": f"{HEAD}data: {VALUE}\n",
    "type": f"{HEAD}type: kubernetes.io/tls\nstringData:\n  tls.crt: {VALUE}\n",
    "docker configuration": f"{HEAD}type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: {VALUE}\n",
    "annotation": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s, annotations: {{a: {VALUE}, a b: {VALUE}}}}}\n",
    "annotation that is no string": f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    a: [{VALUE}]\n",
    "misspelt field": f"{HEAD}stringdata:\n  password: {VALUE}\n",
    "misspelt field in flow": f"{HEAD}Data: {{password: {VALUE}}}\n",
    "misspelt metadata": f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotation: {{a: {VALUE}}}\n",
    "anchors": f"{HEAD}stringData:\n  a: &a {VALUE}\n  password: *a\n  password: *a\n",
    "merge": f"{HEAD}stringData:\n  <<: &a {{password: {VALUE}}}\n  <<: *a\n  password: {VALUE}\n",
    "comment": f"{HEAD}data: # {VALUE}\n  password: 1 # {VALUE}\n  # {VALUE}\n  password: 1\n",
    "bad key": f"{HEAD}stringData:\n  a b: {VALUE}\n  password: {VALUE}\n",
    "no name": f"apiVersion: v1\nkind: Secret\nmetadata: {{}}\nstringData: {{password: {VALUE}}}\n",
    "bad name": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: S_S}}\nstringData: {{password: {VALUE}}}\n",
    "list of objects": f"apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Secret, metadata: {{name: s}}, data: {{password: {VALUE}}}}}\n",
    "template": f"apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: v1\n  kind: Secret\n  metadata: {{name: s}}\n  data: {{a: {VALUE}, a: {VALUE}}}\n",
    "old version": f"apiVersion: v1beta3\nkind: Secret\nmetadata: {{name: s}}\ndata: {{a: {VALUE}, a: {VALUE}}}\n",
    "JSON": f'{{"apiVersion": "v1", "kind": "Secret", "metadata": {{"name": "s"}}, "data": {{"a": "{VALUE}", "a": 1}}}}\n',
    "broken: tab": f"{HEAD}stringData:\n\tpassword: {VALUE}\n",
    "broken: quote": f'{HEAD}stringData:\n  password: "{VALUE}\n  a: b\n',
    "broken: indentation": f"{HEAD}stringData:\n  password: x\n {VALUE}: {VALUE}\n   {VALUE}\n",
    "broken: unknown anchor": f"{HEAD}stringData:\n  password: *{VALUE}\n",
    "broken: unknown tag": f"{HEAD}stringData:\n  password: !{VALUE}!x y\n",
    "broken: percent": f"{HEAD}stringData:\n  password: %{VALUE}\n",
    "broken: key": f"{HEAD}stringData:\n  name: {VALUE}: x\n",
    "broken: flow": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s, annotations: {{a: {VALUE}, stringData: {{x: {VALUE}\n",
    "broken: JSON": f'{{\n  "apiVersion": "v1",\n  "kind": "Secret",\n  "metadata": {{"name": "{VALUE}"}}, "data": {{"a": "{VALUE}" "b": 1}}\n}}\n',
    "broken: list": f"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {{name: s}}\n  stringData:\n    password: \"{VALUE}\n",
    "broken: not a number": f"{HEAD}stringData:\n  password: .nan\n  a: {VALUE}\n",
}  # fmt: skip


def everything(folder: Path) -> str:
    """All that can be printed about a folder, in every format."""
    with inside(folder):
        config = Config(select=("all",), secrets="all", pedantic=True)
        result = check(["."], config, dict(rules()))
        views = (View(color=True, links=True, width=80, verbose=True, statistics=True), View())
        reports = [render(form, result, view) for form in FORMATS for view in views]
        found = list(workloads(result.bundles))
        return "".join((*reports, render_json(found), render_text(found, View(width=80))))


@pytest.mark.parametrize("form", FORMS)
def test_no_format_shows_a_value(form: str, tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD, "secret.yaml": FORMS[form], "both.yaml": f"{POD}---\n{FORMS[form]}"})
    printed = everything(tmp_path)
    assert VALUE not in printed
    assert ENCODED not in printed


@settings(max_examples=300, deadline=None)
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
    if "Secret" not in text or text.count(VALUE) + text.count(ENCODED) == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), {"pod.yaml": POD, "secret.yaml": text})
        printed = everything(Path(folder))
    assert VALUE not in printed
    assert ENCODED not in printed


def test_the_command_shows_none_either(tmp_path: Path) -> None:
    write(tmp_path, {f"{i}.yaml": f"{POD}---\n{text}" for i, text in enumerate(FORMS.values())})
    for words in (("check", "--pedantic", "-v"), ("check", "--format", "json"), ("env",), ("env", "--format", "json")):
        done = cmlint(tmp_path, *words)
        assert VALUE not in done.stdout + done.stderr
        assert ENCODED not in done.stdout + done.stderr


def test_a_hidden_value_is_a_row_of_dots_of_one_length(tmp_path: Path) -> None:
    write(tmp_path, {"s.yaml": f"{HEAD}data: {{a: 1, password: {VALUE}{VALUE}{VALUE}, b: x}}\n"})
    done = cmlint(tmp_path, "check", "--select", "non-string-data")
    assert "4 | data: {a: ••••••, password: ••••••, b: ••••••}" in done.stdout
