"""What the engine promises whatever the rules do: a crash is seen, the order is stable, nothing is said twice."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.config.config import Config
from cmlint.config.selection import select, settings_of
from cmlint.engine.engine import Engine
from cmlint.engine.suppress import Suppressions
from cmlint.manifest.documents import read_text
from cmlint.model.facts import FaultCode
from cmlint.texts import Texts
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, concise, lint, rules, write

RULES = {
    "acme-1.0.dist-info/entry_points.txt": "[cmlint.rules]\nacme = acme\n",
    "acme/__init__.py": "",
    "acme/bad_luck.py": '''\
"""A rule that crashes at every second container."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule


@rule(name="bad-luck", summary="crashes", consequence="silent", since="1.0.0")
def bad_luck(container: Container, ctx: Context) -> Iterator[Draft]:
    yield ctx.finding(container.span, "before the crash")
    if container.name.value == "unlucky":
        raise LookupError(container.image.value)
''',
    "acme/said_twice.py": '''\
"""A rule that repeats itself."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule


@rule(name="said-twice", summary="repeats itself", consequence="silent", since="1.0.0")
def said_twice(document: Document, ctx: Context) -> Iterator[Draft]:
    yield ctx.finding(document.head, "said")
    yield ctx.finding(document.head, "said")
''',
}

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: unlucky
      image: confidential
    - name: lucky
      image: web:1.0.0
      env:
        - {name: PORT, value: 8080}
"""


def test_a_crash_is_a_finding_and_the_run_goes_on(tmp_path: Path) -> None:
    write(tmp_path, RULES | {"p/k/pods.yaml": PODS})
    words = ("check", "k", "--format", "concise", "--quiet", "--select", "bad-luck,non-string-env")
    done = cmlint(tmp_path / "p", *words, PYTHONPATH=str(tmp_path))
    assert done.stdout.splitlines() == [
        "k/pods.yaml:6:7: warning[bad-luck] before the crash",
        "k/pods.yaml:6:7: error[internal-error] the rule `bad-luck` has crashed: LookupError in bad_luck, line 12",
        "k/pods.yaml:8:7: warning[bad-luck] before the crash",
        "k/pods.yaml:11:31: error[non-string-env] the value of `PORT` must be a string, but it is a number",
    ]
    assert (done.stderr, done.returncode) == ("", 2)


def test_equal_findings_are_shown_once(tmp_path: Path) -> None:
    write(tmp_path, RULES | {"p/pod.yaml": PODS})
    words = ("check", "pod.yaml", "./pod.yaml", ".", "--format", "concise", "--quiet", "--select", "said-twice")
    done = cmlint(tmp_path / "p", *words, PYTHONPATH=str(tmp_path))
    assert done.stdout == "pod.yaml:3:18: warning[said-twice] said\n"


def test_files_that_are_named_reach_the_cluster_together() -> None:
    seeds = FIXTURES / "seeds"
    assert concise(lint(seeds, "pod-key.yaml", "special-config.yaml")) == []
    assert concise(lint(seeds, "pod-key.yaml")) == [
        "pod-key.yaml:14:21: error[missing-configmap] nothing defines the ConfigMap `special-config`"
    ]


def test_findings_stand_by_path_and_place_however_files_are_given(tmp_path: Path) -> None:
    names = ("b/pod.yaml", "a.yaml", "b.yaml")
    write(tmp_path, dict.fromkeys(names, PODS + "        - {name: HOST, value: 1}\n"))
    config = Config(select=("non-string-env",))
    expected = [
        f"{path}:{place}: error[non-string-env] the value of `{name}` must be a string, but it is a number"
        for path in ("a.yaml", "b.yaml", "b/pod.yaml")
        for place, name in (("11:31", "PORT"), ("12:31", "HOST"))
    ]
    assert concise(lint(tmp_path, *names, config=config)) == expected
    assert concise(lint(tmp_path, *reversed(names), config=config)) == expected
    assert concise(lint(tmp_path, config=config)) == expected


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
CREDENTIALS = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
RUNNING = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: "

FAULTY: dict[FaultCode, str] = {
    "syntax": f"{CONFIG}data: {{\n",
    "repeated-key": f"{CONFIG}data: {{a: x}}\nimmutable: true\nimmutable: true\n",
    "joined-objects": f"{CONFIG}data: {{a: x}}\n{CONFIG}",
    "unknown-field": f"{RUNNING}a:1.0.0\n      enviroment: []\n",
    "env-value-type": f"{RUNNING}a:1.0.0\n      env: [{{name: A, value: 1}}]\n",
    "data-value-type": f"{CONFIG}data: {{a: 1}}\n",
    "env-sources": f"{RUNNING}a:1.0.0\n      env: [{{name: A, value: x, valueFrom: {{fieldRef: {{fieldPath: a}}}}}}]\n",
    "env-name": f"{RUNNING}a:1.0.0\n      env: [{{name: '', value: x}}]\n",
    "reference": f"{RUNNING}a:1.0.0\n      envFrom: [{{configMapRef: {{name: a_b}}}}]\n",
    "object": f"{CONFIG.replace('name: a', 'name: a_b')}data: {{a: x}}\n",
    "data-key": f"{CONFIG}data: {{a b: x}}\n",
    "key-twice": f"{CONFIG}data: {{a: x}}\nbinaryData: {{a: eA==}}\n",
    "base64": f"{CREDENTIALS}data: {{a: x}}\n",
    "size": f"{CONFIG}data: {{a: {'x' * 1024 * 1024}, b: x}}\n",
    "secret-keys": f"{CREDENTIALS}type: kubernetes.io/tls\n",
    "pull-policy": f"{RUNNING}a:1.0.0\n      imagePullPolicy: always\n",
    "image": f"{RUNNING}a:1.0.0\n    - name: b\n",
}
SURE = (
    "syntax",
    "repeated-key",
    "unknown-field",
    "env-value-type",
    "data-value-type",
    "data-key",
    "pull-policy",
)


WRITTEN: list[tuple[FaultCode, str]] = [
    ("unknown-field", f"{RUNNING}a:1.0.0\n  ephemeralContainers: [{{name: b, image: b:1.0.0}}]\n"),
    ("reference", f"{RUNNING}a:1.0.0\n      envFrom: [{{configMapRef: {{nmae: a}}}}]\n"),
]
"""Mistakes that are in something written, while others with the same code, or others of this kind, may not be."""


@pytest.mark.parametrize(
    ("code", "text", "sure"),
    [*((code, FAULTY[code], code in SURE) for code in get_args(FaultCode)), *((*each, True) for each in WRITTEN)],
    ids=[*get_args(FaultCode), "a field too many", "a misspelt field"],
)
def test_where_patches_may_change_a_document_only_what_is_written_wrongly_is_found(
    code: FaultCode, text: str, sure: bool
) -> None:
    facts = read_text(text)
    assert code in {fault.code for document in facts.documents for fault in document.faults}
    selected, chosen = select(dict(rules()), Config())
    engine = Engine(selected, settings_of(Config()), Texts({"a.yaml": text}.__getitem__), chosen)

    def found(*, settled: bool) -> set[str]:
        bundle = Bundle(Material(files=[("a.yaml", facts)], complete=settled))
        return {finding.rule for finding in engine.run([bundle], Suppressions({}, rules())).findings}

    about = {rule.name for rule in selected if code in rule.codes}
    assert found(settled=True) & about
    assert bool(found(settled=False) & about) == sure


POD_READS = pod("env:", "  - name: A", "    valueFrom: {configMapKeyRef: {name: nothing, key: a}}")

MONITOR = """\
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec:
  selector: {}
  endpoints: [{basicAuth: {username: {name: login, key: user}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: login}
stringData: {name: a}
"""


def test_the_consequence_names_what_reads_the_missing_object(tmp_path: Path) -> None:
    puller = pod(name="puller").replace("spec:", "spec:\n  imagePullSecrets: [{name: login}]", 1)
    write(tmp_path, {"a.yaml": MONITOR, "b.yaml": POD_READS, "c.yaml": puller})
    effects = {finding.location.path: finding.effect for finding in lint(tmp_path, ".").outcome.findings}
    assert effects == {
        "a.yaml": "accepted, but its controller does not find what it names",
        "b.yaml": "accepted, but the pod does not start",
        "c.yaml": "accepted, but no image is pulled from a registry that asks for credentials",
    }
