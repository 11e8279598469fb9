"""Who reads which key of a ConfigMap or Secret, as what, and what a change of it does."""

from __future__ import annotations

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Definition, Placed
from cmlint.bundle.material import Material
from cmlint.bundle.readers import effect_of, reads_of, rolls
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
        ("envFrom: [{configMapRef: {name: app}}]", ["ConfigMap/app * envFrom ''"]),
        ("envFrom: [{prefix: A_, secretRef: {name: db}}]", ["Secret/db * envFrom 'A_'"]),
        (
            "env: [{name: URL, valueFrom: {configMapKeyRef: {name: app, key: url}}}]",
            ["ConfigMap/app url env 'URL'"],
        ),
        ("env: [{name: URL, value: x}, {name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]", []),
        ("volumeMounts: [{name: all, mountPath: /etc/web/}]", ["ConfigMap/app * file '/etc/web'"]),
        (
            "volumeMounts: [{name: all, mountPath: /etc/web.conf, subPath: web.conf}]",
            ["ConfigMap/app web.conf subPath '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: all, mountPath: /etc/web.conf, subPathExpr: $(NAME)}]",
            ["ConfigMap/app * subPath '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web}]",
            [
                "ConfigMap/app web.conf item '/etc/web/conf/web.conf'",
                "ConfigMap/app db.conf item '/etc/web/conf/db.conf'",
            ],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web.conf, subPath: conf/web.conf}]",
            ["ConfigMap/app web.conf subPath '/etc/web.conf'"],
        ),
        (
            "volumeMounts: [{name: some, mountPath: /etc/web, subPath: conf}]",
            [
                "ConfigMap/app web.conf subPath '/etc/web/web.conf'",
                "ConfigMap/app db.conf subPath '/etc/web/db.conf'",
            ],
        ),
        ("volumeMounts: [{name: some, mountPath: /etc/web, subPath: con}]", []),
        (
            "volumeMounts: [{name: both, mountPath: /etc/web}]",
            ["ConfigMap/app * file '/etc/web'", "Secret/db password item '/etc/web/pw'"],
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
        if read.how != "unmounted"
    ]
    assert reads == expected


def test_volumes_that_no_container_mounts() -> None:
    (placed,) = placed_in(POD.replace("CONTAINER", "volumeMounts: [{name: both, mountPath: /etc/web}]"))
    found = [
        (read.reference.name.value, read.key, read.container) for read in reads_of(placed) if read.how == "unmounted"
    ]
    assert found == [("app", "", None), ("app", "web.conf", None), ("app", "db.conf", None)]


def test_a_read_has_its_place_and_container() -> None:
    text = POD.replace("CONTAINER", "volumeMounts: [{name: all, mountPath: /etc/web}]")
    (placed,) = placed_in(text)
    (read,) = (each for each in reads_of(placed) if each.how != "unmounted")
    assert text[read.span.start : read.span.end] == "{name: all, mountPath: /etc/web}"
    assert (read.placed, read.container, read.pod) == (placed, placed.document.pods[0].containers[0], read.pod)


CHECKSUM = "checksum/config: abc"


@pytest.mark.parametrize(
    ("own", "template", "expected"),
    [
        ("", "", None),
        ("", CHECKSUM, ("hash", "checksum/config")),
        (CHECKSUM, "", None),
        ("reloader.stakater.com/auto: 'true'", "", ("Reloader", "reloader.stakater.com/auto")),
        ("reloader.stakater.com/auto: 'false'", "", None),
        ("wave.pusher.com/update-on-config-change: 'true'", "", ("Wave", "wave.pusher.com/update-on-config-change")),
        ("wave.pusher.com/update-on-config-change: 'false'", "", None),
        ("wave.pusher.com/update-on-config-change: '1'", "", None),
        ("", "wave.pusher.com/update-on-config-change: 'true'", None),
        ("example.com/reload-on: app", "", ("controller", "example.com/reload-on")),
    ],
)
def test_what_makes_a_workload_roll(own: str, template: str, expected: tuple[str, str] | None) -> None:
    text = WORKLOAD.replace("KIND", "Deployment").replace("ANNOTATIONS", own).replace("TEMPLATE", template)
    placed, defined = placed_in(f"{text}{MAP}".replace("NAME", "app"))
    definition = Definition(defined, defined.document.providers[0])
    assert {
        rolls(read.placed.document, read.placed.document.pods[0], "ConfigMap", "app", definition)
        for read in reads_of(placed)
    } == {expected}


MAIN = "containers: [{name: main, image: registry.example.com/main:1.2.3}]\n"


@pytest.mark.parametrize(
    ("kind", "list_", "more", "waved"),
    [
        ("Deployment", "containers", "", True),
        ("Job", "containers", "", False),
        ("Deployment", "initContainers", "", False),
        ("Deployment", "initContainers", ", wave.pusher.com/extra-configmaps: 'x, web/app'", True),
        ("Deployment", "initContainers", ", wave.pusher.com/extra-secrets: app", False),
    ],
)
def test_wave_hashes_what_containers_read(kind: str, list_: str, more: str, waved: bool) -> None:
    own = f"wave.pusher.com/update-on-config-change: 'true'{more}"
    text = WORKLOAD.replace("KIND", kind).replace("ANNOTATIONS", own).replace("TEMPLATE", "")
    text = text.partition("        volumeMounts:")[0].replace(
        "      containers:", f"      {MAIN}      {list_}:" if "init" in list_ else "      containers:"
    )
    (placed,) = placed_in(text.replace("NAME", "app"))
    expected = ("Wave", "wave.pusher.com/update-on-config-change") if waved else None
    assert rolls(placed.document, placed.document.pods[0], "ConfigMap", "app") == expected


def effects(text: str) -> list[str]:
    """What a change does to each read of the first object of a text."""
    placed, *others = placed_in(text)
    definition = Definition(others[0], others[0].document.providers[0]) if others else None
    return [effect_of(read, definition) for read in reads_of(placed)]


def workload(kind: str, name: str = "app", template: str = "") -> str:
    text = WORKLOAD.replace("KIND", kind).replace("ANNOTATIONS", "").replace("TEMPLATE", template)
    return f"{text}{MAP}".replace("NAME", name)


IN_PLACE = ["next-start", "refreshes", "next-start"]
RENAMED = ["next-start"] * 3
"""What an object of a new name does where the pods stay: none of them reads it."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (workload("Deployment"), IN_PLACE),
        (workload("ReplicaSet", template=CHECKSUM), IN_PLACE),
        (workload("Deployment", template=CHECKSUM), IN_PLACE),
        (workload("Job"), ["next-run"] * 3),
        (workload("Deployment") + "immutable: true\n", ["rejected"] * 3),
        (workload("Deployment", "app-4kk2g9dtt5"), ["rolls"] * 3),
        (workload("ReplicaSet", "app-4kk2g9dtt5"), RENAMED),
        (workload("Deployment", "app-4kk2g9dtt5").replace("spec:", "spec:\n  paused: true", 1), RENAMED),
        (workload("Rollout").replace("apps/v1", "argoproj.io/v1alpha1"), IN_PLACE),
        (workload("Shop").replace("apps/v1", "example.com/v1"), ["controller", "refreshes", "controller"]),
    ],
)
def test_what_a_change_does(text: str, expected: list[str]) -> None:
    assert effects(text) == expected
