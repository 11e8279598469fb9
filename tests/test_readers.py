"""Who reads which key of a ConfigMap or Secret, as what, and what a change of it does."""

from __future__ import annotations

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.material import Material
from cmlint.bundle.readers import effect_of, reads_of
from cmlint.manifest.documents import read_text

POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: registry.example.com/web:1.2.3
    CONTAINER
  volumes:
  - name: all
    configMap: {name: app}
  - name: some
    configMap:
      name: app
      items: [{key: web.conf, path: conf/web.conf}, {key: db.conf, path: conf/db.conf}]
  - name: both
    projected:
      sources:
      - configMap: {name: app}
      - secret: {name: db, items: [{key: password, path: pw}]}
"""
WORKLOAD = """apiVersion: apps/v1
kind: KIND
metadata:
  name: web
  annotations: {ANNOTATIONS}
spec:
  template:
    metadata:
      annotations: {TEMPLATE}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1.2.3
        envFrom:
        - configMapRef: {name: NAME}
        volumeMounts:
        - {name: files, mountPath: /etc/web}
        - {name: files, mountPath: /etc/web.conf, subPath: web.conf}
      volumes:
      - name: files
        configMap: {name: NAME}
"""
MAP = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {web.conf: x}\n"


def placed_in(text: str) -> list[Placed]:
    """The objects of a text."""
    return Bundle(Material(files=[("a.yaml", read_text(text))])).placed


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("envFrom: [{configMapRef: {name: app}}]", ["ConfigMap/app * variable ''"]),
        ("envFrom: [{prefix: A_, secretRef: {name: db}}]", ["Secret/db * variable 'A_'"]),
        (
            "env: [{name: URL, valueFrom: {configMapKeyRef: {name: app, key: url}}}]",
            ["ConfigMap/app url variable 'URL'"],
        ),
        ("env: [{name: URL, value: x}, {name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]", []),
        ("volumeMounts: [{name: all, mountPath: /etc/web/}]", ["ConfigMap/app * file '/etc/web'"]),
        (
            "volumeMounts: [{name: all, mountPath: /etc/web.conf, subPath: web.conf}]",
            ["ConfigMap/app web.conf bound file '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: all, mountPath: /etc/web.conf, subPathExpr: $(NAME)}]",
            ["ConfigMap/app * bound file '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web}]",
            [
                "ConfigMap/app web.conf file '/etc/web/conf/web.conf'",
                "ConfigMap/app db.conf file '/etc/web/conf/db.conf'",
            ],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web.conf, subPath: conf/web.conf}]",
            ["ConfigMap/app web.conf bound file '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web, subPath: conf}]",
            [
                "ConfigMap/app web.conf bound file '/etc/web/web.conf'",
                "ConfigMap/app db.conf bound file '/etc/web/db.conf'",
            ],
        ),
        ("volumeMounts: [{name: some, mountPath: /etc/web, subPath: con}]", []),
        (
            "volumeMounts: [{name: both, mountPath: /etc/web}]",
            ["ConfigMap/app * file '/etc/web'", "Secret/db password file '/etc/web/pw'"],
        ),
        ("volumeMounts: [{name: other, mountPath: /etc/web}]", []),
        ("args: [a]", []),
    ],
)
def test_what_a_container_reads(container: str, expected: list[str]) -> None:
    (placed,) = placed_in(POD.replace("CONTAINER", container))
    reads = [
        f"{read.reference.target}/{read.reference.name.value} {read.key or '*'} {read.how} {read.name!r}"
        for read in reads_of(placed)
    ]
    assert reads == expected


def test_a_read_has_its_place_and_container() -> None:
    text = POD.replace("CONTAINER", "volumeMounts: [{name: all, mountPath: /etc/web}]")
    (placed,) = placed_in(text)
    (read,) = reads_of(placed)
    assert text[read.span.start : read.span.end] == "{name: all, mountPath: /etc/web}"
    assert (read.placed, read.container, read.pod) == (placed, placed.document.pods[0].containers[0], read.pod)


STAYS = ["stays", "renewed", "stays"]
ROLLS = ["rolls"] * 3


@pytest.mark.parametrize(
    ("kind", "own", "template", "expected"),
    [
        ("Deployment", "", "", STAYS),
        ("StatefulSet", "", "", STAYS),
        ("DaemonSet", "", "", STAYS),
        ("ReplicaSet", "", "checksum/config: abc", STAYS),
        ("Job", "", "", ["next run"] * 3),
        ("Job", "", "checksum/config: abc", ["next run"] * 3),
        ("Deployment", "", "checksum/config: abc", ROLLS),
        ("Deployment", "checksum/config: abc", "", STAYS),
        ("Deployment", "reloader.stakater.com/auto: 'true'", "", ROLLS),
        ("Deployment", "reloader.stakater.com/auto: 'false'", "", STAYS),
        ("Deployment", "", "reloader.stakater.com/auto: 'true'", ROLLS),
        ("Deployment", "configmap.reloader.stakater.com/auto: 'true'", "", ROLLS),
        ("Deployment", "secret.reloader.stakater.com/auto: 'true'", "", STAYS),
        ("Deployment", "configmap.reloader.stakater.com/reload: 'other, app'", "", ROLLS),
        ("Deployment", "configmap.reloader.stakater.com/reload: other", "", STAYS),
        ("Deployment", "secret.reloader.stakater.com/reload: app", "", STAYS),
        (
            "Deployment",
            "reloader.stakater.com/auto: 'true', configmaps.exclude.reloader.stakater.com/reload: app",
            "",
            STAYS,
        ),
        ("Deployment", "wave.pusher.com/update-on-config-change: 'true'", "", ROLLS),
        ("Deployment", "wave.pusher.com/update-on-config-change: 'false'", "", STAYS),
    ],
)
def test_what_a_change_does(kind: str, own: str, template: str, expected: list[str]) -> None:
    text = WORKLOAD.replace("KIND", kind).replace("ANNOTATIONS", own).replace("TEMPLATE", template)
    placed, defined = placed_in(f"{text}{MAP}".replace("NAME", "app"))
    definition = Definition(defined, defined.document.providers[0])
    assert [effect_of(read, definition) for read in reads_of(placed)] == expected
    assert [effect_of(read, None) for read in reads_of(placed)] == expected


def test_what_reloader_searches_must_be_marked() -> None:
    text = WORKLOAD.replace("KIND", "Deployment").replace("ANNOTATIONS", "reloader.stakater.com/search: 'true'")
    text = f"{text}{MAP}".replace("TEMPLATE", "").replace("NAME", "app")
    marked = text.replace("{name: app}\ndata", "{name: app, annotations: {reloader.stakater.com/match: 'true'}}\ndata")
    for each, effects in ((text, STAYS), (marked, ROLLS)):
        placed, defined = placed_in(each)
        definition = Definition(defined, defined.document.providers[0])
        assert [effect_of(read, definition) for read in reads_of(placed)] == effects


def test_what_cannot_change_or_changes_its_name() -> None:
    text = f"{WORKLOAD.replace('KIND', 'Deployment')}{MAP}".replace("ANNOTATIONS", "").replace("TEMPLATE", "")
    placed, defined = placed_in(text.replace("NAME", "app") + "immutable: true\n")
    definition = Definition(defined, defined.document.providers[0])
    assert [effect_of(read, definition) for read in reads_of(placed)] == ["refused"] * 3
    placed, _ = placed_in(text.replace("NAME", "app-4kk2g9dtt5"))
    assert [effect_of(read, None) for read in reads_of(placed)] == ["new name"] * 3
    placed, _ = placed_in(text.replace("NAME", "app-4kk2g9dtt5").replace("Deployment", "ReplicaSet"))
    assert [effect_of(read, None) for read in reads_of(placed)] == STAYS


def test_a_rollout_of_argo_rolls_like_a_deployment() -> None:
    text = WORKLOAD.replace("apps/v1", "argoproj.io/v1alpha1").replace("KIND", "Rollout").replace("NAME", "app")
    for template, effects in (("", STAYS), ("checksum/config: abc", ROLLS)):
        (placed,) = placed_in(text.replace("ANNOTATIONS", "").replace("TEMPLATE", template))
        assert [effect_of(read, None) for read in reads_of(placed)] == effects
