"""Who reads a ConfigMap or Secret, and what a change of it does: one case for each way of reading, kind and effect."""

from __future__ import annotations

import pytest

from cmlint.bundle.impact import Change
from tests.support.impacts import advice, impact_in, lines

MAP = """---
apiVersion: v1
kind: ConfigMap
metadata: {name: app, annotations: {OBJECT}}
data: {A: one, B: two, c.conf: three}
"""
SECRET = """---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {user: u, password: not-a-real-one}
"""
WORKLOAD = """---
apiVersion: apps/v1
kind: KIND
metadata:
  name: web
  annotations: {OWN}
spec:
  MORE
  template:
    metadata:
      annotations: {TEMPLATE}
    spec:
      CONTAINERS
"""
ENV_FROM = "containers: [{name: web, image: 'web:1.2.3', envFrom: [{configMapRef: {name: app}}]}]"
ENV = """containers:
      - name: web
        image: web:1.2.3
        env:
        - {name: FIRST, valueFrom: {configMapKeyRef: {name: app, key: A}}}
        - {name: PW, valueFrom: {secretKeyRef: {name: db, key: password, optional: true}}}
"""
VOLUME = """containers:
      - name: web
        image: web:1.2.3
        volumeMounts: [MOUNT]
      volumes:
      - {name: v, SOURCE}
"""
ALL = "configMap: {name: app}"
ITEMS = "configMap: {name: app, items: [{key: A, path: x/a}, {key: c.conf, path: x/c}]}"
PROJECTED = "projected: {sources: [{configMap: {name: app}}, {secret: {name: db, items: [{key: user, path: u}]}}]}"
NAMES = "FIRST"
START = "next-start"
GONE = "pods need it; those that run go on until they start again"
READ_AGAIN = "the program must read the file again"


def gone(key: str) -> str:
    return f"pods need `{key}`; those that run go on until they start again"


def text_of(containers: str, kind: str = "Deployment", own: str = "", template: str = "", more: str = "") -> str:
    """A workload, a ConfigMap and a Secret."""
    text = WORKLOAD.replace("CONTAINERS", containers).replace("KIND", kind).replace("OWN", own)
    text = text.replace("TEMPLATE", template).replace("MORE", more or "replicas: 1")
    return f"{text}{MAP.replace('OBJECT', '')}{SECRET}"


def volume(mount: str, source: str) -> str:
    return VOLUME.replace("MOUNT", mount).replace("SOURCE", source)


MOUNT = "{name: v, mountPath: /etc/app}"


@pytest.mark.parametrize(
    ("containers", "what", "expected"),
    [
        (ENV_FROM, "ConfigMap/app", ["envFrom -> A B c.conf: next-start"]),
        (ENV_FROM, "ConfigMap/app:A", ["envFrom -> A: next-start"]),
        (ENV_FROM, "ConfigMap/app:missing", ["envFrom -> missing: next-start"]),
        (ENV_FROM, "Secret/db", []),
        (
            ENV_FROM.replace("{configMapRef", "{prefix: P_, configMapRef"),
            "ConfigMap/app:A",
            ["envFrom -> P_A: next-start"],
        ),
        (ENV, "ConfigMap/app", ["env -> FIRST: next-start"]),
        (ENV, "ConfigMap/app:A", ["env -> FIRST: next-start"]),
        (ENV, "ConfigMap/app:B", []),
        (ENV, "Secret/db:password", ["env -> PW: next-start"]),
        (ENV, "Secret/db:user", []),
        (
            f"{ENV}        - {{name: FIRST, value: x}}\n",
            "ConfigMap/app:A",
            ["env: none (another source sets the variable)"],
        ),
        (
            f"{ENV}        - {{name: URL, value: http://$(FIRST)}}\n        - {{name: FIRST, value: x}}\n",
            "ConfigMap/app:A",
            ["env, in URL: next-start"],
        ),
        (
            f"{ENV}        - {{name: URL, value: 'http://$(FIRST)'}}\n        - {{name: ALL, value: '$(URL)/x'}}\n"
            "        args: [--all=$(ALL)]\n        command: [run, $$(FIRST)]\n",
            "ConfigMap/app:A",
            ["env -> FIRST, in URL ALL args: next-start"],
        ),
        (
            "containers: [{name: web, image: 'web:1.2.3', envFrom: [{configMapRef: {name: app}}],"
            " env: [{name: A, value: x}]}]",
            "ConfigMap/app:A",
            ["envFrom: none (another source sets the variable)"],
        ),
        (
            "containers: [{name: web, image: 'web:1.2.3', envFrom: [{configMapRef: {name: app}}],"
            " env: [{name: A, value: x}]}]",
            "ConfigMap/app",
            ["envFrom -> B c.conf: next-start"],
        ),
        (
            "containers: [{name: web, image: 'web:1.2.3', envFrom: [{configMapRef: {name: app}}],"
            " env: [{name: URL, value: $(A)}, {name: A, value: x}]}]",
            "ConfigMap/app:A",
            ["envFrom, in URL: next-start"],
        ),
        (
            "containers: [{name: web, image: 'web:1.2.3', env: [{name: URL, value: $(A)}],"
            " envFrom: [{configMapRef: {name: app}}, {configMapRef: {name: app}}]}]",
            "ConfigMap/app:A",
            ["envFrom: none (another source sets the variable)", "envFrom -> A, in URL: next-start"],
        ),
        (
            "containers: [{name: web, image: 'web:1.2.3', command: [$(B)], envFrom: [{configMapRef: {name: app}}]}]",
            "ConfigMap/app:B",
            ["envFrom -> B, in command: next-start"],
        ),
        (
            volume(MOUNT, ALL),
            "ConfigMap/app",
            [f"file -> /etc/app/A /etc/app/B /etc/app/c.conf: refreshes ({READ_AGAIN})"],
        ),
        (volume(MOUNT, ALL), "ConfigMap/app:A", [f"file -> /etc/app/A: refreshes ({READ_AGAIN})"]),
        (volume(MOUNT, ITEMS), "ConfigMap/app:A", [f"item -> /etc/app/x/a: refreshes ({READ_AGAIN})"]),
        (volume(MOUNT, ITEMS), "ConfigMap/app:B", ["item: none (the volume takes only `A`, `c.conf`)"]),
        (volume(MOUNT, PROJECTED), "ConfigMap/app:B", [f"file -> /etc/app/B: refreshes ({READ_AGAIN})"]),
        (volume(MOUNT, PROJECTED), "Secret/db:user", [f"item -> /etc/app/u: refreshes ({READ_AGAIN})"]),
        (volume(MOUNT, PROJECTED), "Secret/db:password", ["item: none (the volume takes only `user`)"]),
        (
            volume("{name: v, mountPath: /etc/c.conf, subPath: c.conf}", ALL),
            "ConfigMap/app:c.conf",
            ["subPath -> /etc/c.conf: next-start (a file that is mounted with `subPath` stays as it is)"],
        ),
        (volume("{name: v, mountPath: /etc/c.conf, subPath: c.conf}", ALL), "ConfigMap/app:A", []),
        (
            volume("{name: v, mountPath: /etc/x, subPath: x}", ITEMS),
            "ConfigMap/app:c.conf",
            ["subPath -> /etc/x/c: next-start (a file that is mounted with `subPath` stays as it is)"],
        ),
        (volume("", ALL), "ConfigMap/app", ["unmounted: none (no container mounts the volume)"]),
        (
            volume(MOUNT, ALL).replace(
                "containers:", "containers: [{name: web, image: 'web:1.2.3'}]\n      initContainers:"
            ),
            "ConfigMap/app:A",
            ["file -> /etc/app/A: next-start"],
        ),
        (
            volume(MOUNT, ALL).replace(
                "containers:", "containers: [{name: web, image: 'web:1.2.3'}]\n      ephemeralContainers:"
            ),
            "ConfigMap/app:A",
            [f"file -> /etc/app/A: refreshes ({READ_AGAIN})"],
        ),
        (
            f"imagePullSecrets: [{{name: db}}]\n      {ENV_FROM}",
            "Secret/db",
            ["field: next-start (it is read when an image is pulled)"],
        ),
    ],
)
def test_how_it_is_read(containers: str, what: str, expected: list[str]) -> None:
    found = lines(impact_in({"a.yaml": text_of(containers)}, what))
    assert [line.removeprefix("Deployment/web ").removeprefix("web ") for line in found] == expected


@pytest.mark.parametrize(
    ("containers", "what", "expected"),
    [
        (ENV_FROM, "ConfigMap/app", [f"envFrom -> A B c.conf: breaks ({GONE})"]),
        (ENV_FROM, "ConfigMap/app:A", ["envFrom -> A: next-start"]),
        (
            ENV_FROM.replace("name: app", "name: app, optional: true"),
            "ConfigMap/app",
            ["envFrom -> A B c.conf: next-start"],
        ),
        (ENV, "ConfigMap/app:A", [f"env -> FIRST: breaks ({gone('A')})"]),
        (ENV, "Secret/db:password", ["env -> PW: next-start"]),
        (volume(MOUNT, ALL), "ConfigMap/app:A", [f"file -> /etc/app/A: refreshes ({READ_AGAIN})"]),
        (volume(MOUNT, ITEMS), "ConfigMap/app:A", [f"item -> /etc/app/x/a: breaks ({gone('A')})"]),
        (volume("", ALL), "ConfigMap/app", ["unmounted: none (no container mounts the volume)"]),
        (volume("", ALL), "ConfigMap/app:A", ["unmounted: none (no container mounts the volume)"]),
        (volume("", ITEMS), "ConfigMap/app:A", ["unmounted: none (no container mounts the volume)"]),
        (
            volume("", ALL.replace("app", "app, optional: true")),
            "ConfigMap/app",
            ["unmounted: none (no container mounts the volume)"],
        ),
        (
            f"imagePullSecrets: [{{name: db}}]\n      {ENV_FROM}",
            "Secret/db",
            ["field: next-start (it is read when an image is pulled)"],
        ),
    ],
)
def test_what_goes(containers: str, what: str, expected: list[str]) -> None:
    found = lines(impact_in({"a.yaml": text_of(containers)}, what, "removed"))
    assert [line.removeprefix("Deployment/web ").removeprefix("web ") for line in found] == expected


JOB = "a Job that exists keeps what it has: make a new one"
CRON = """---
apiVersion: batch/v1
kind: CronJob
metadata: {name: web}
spec:
  schedule: "0 * * * *"
  jobTemplate: {spec: {template: {spec: {CONTAINERS}}}}
"""
POD = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n      CONTAINERS\n"


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("Deployment", "next-start"),
        ("StatefulSet", "next-start"),
        ("DaemonSet", "next-start"),
        ("ReplicaSet", "next-start"),
        ("Job", f"next-run ({JOB})"),
    ],
)
def test_what_each_kind_does(kind: str, effect: str) -> None:
    found = impact_in({"a.yaml": text_of(ENV_FROM, kind)}, "ConfigMap/app:A")
    assert lines(found) == [f"{kind}/web web envFrom -> A: {effect}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (POD.replace("CONTAINERS", ENV_FROM), "Pod/web web envFrom -> A: next-start"),
        (CRON.replace("CONTAINERS", ENV_FROM), "CronJob/web web envFrom -> A: next-run"),
        (
            POD.replace("v1\nkind: Pod", "argoproj.io/v1alpha1\nkind: Rollout").replace(
                "CONTAINERS", f"template: {{spec: {{{ENV_FROM}}}}}"
            ),
            "Rollout/web web envFrom -> A: next-start",
        ),
        (
            POD.replace("v1\nkind: Pod", "example.com/v1\nkind: Shop").replace(
                "CONTAINERS", f"template: {{spec: {{{ENV_FROM}}}}}"
            ),
            "Shop/web web envFrom -> A: controller (the controller of Shop decides)",
        ),
        (
            POD.replace("v1\nkind: Pod", "helm.toolkit.fluxcd.io/v2\nkind: HelmRelease").replace(
                "CONTAINERS", "valuesFrom: [{kind: ConfigMap, name: app, valuesKey: A}]"
            ),
            "HelmRelease/web values: controller (Flux renders the chart again, at its next reconciliation)",
        ),
        (
            POD.replace("v1\nkind: Pod", "kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization").replace(
                "CONTAINERS", "path: ./x\n      postBuild: {substituteFrom: [{kind: ConfigMap, name: app}]}"
            ),
            "Kustomization/web substitute: controller (Flux puts it into what it applies, at its next reconciliation)",
        ),
        (
            POD.replace("v1\nkind: Pod", "example.com/v1\nkind: Scrape").replace("CONTAINERS", "configMap: app"),
            "?Scrape/web field: controller (a value of this Scrape is its name)",
        ),
    ],
)
def test_what_other_objects_do(text: str, expected: str) -> None:
    found = impact_in({"a.yaml": f"{text}{MAP.replace('OBJECT', '')}"}, "ConfigMap/app:A")
    assert lines(found) == [expected]


def test_an_ingress_reads_its_certificate() -> None:
    text = POD.replace("v1\nkind: Pod", "networking.k8s.io/v1\nkind: Ingress").replace(
        "CONTAINERS", "tls: [{hosts: [shop.example.com], secretName: db}]"
    )
    found = impact_in({"a.yaml": f"{text}{SECRET}"}, "Secret/db")
    assert lines(found) == ["Ingress/web field: controller (the ingress controller reads it)"]


RELOADER = """---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reloader}
spec: {template: {spec: {containers: [{name: r, image: 'ghcr.io/stakater/reloader:v1.2.0'}]}}}
"""
WAVE = RELOADER.replace("ghcr.io/stakater/reloader:v1.2.0", "quay.io/wave-k8s/wave:v0.8.0")
AUTO = "reloader.stakater.com/auto"
NAMED = "configmap.reloader.stakater.com/reload"
SEARCH = "reloader.stakater.com/search: 'true'"
MATCH = "reloader.stakater.com/match: 'true'"


@pytest.mark.parametrize(
    ("own", "template", "marks", "containers", "rolls"),
    [
        (f"{AUTO}: 'true'", "", "", ENV_FROM, AUTO),
        (f"{AUTO}: '1'", "", "", ENV_FROM, AUTO),
        (f"{AUTO}: 'false'", "", "", ENV_FROM, ""),
        (f"{AUTO}: 'yes'", "", "", ENV_FROM, ""),
        ("", f"{AUTO}: 'true'", "", ENV_FROM, AUTO),
        (f"{AUTO}: 'false'", f"{AUTO}: 'true'", "", ENV_FROM, ""),
        (f"configmap.{AUTO}: 'true'", "", "", ENV_FROM, f"configmap.{AUTO}"),
        (f"secret.{AUTO}: 'true'", "", "", ENV_FROM, ""),
        (f"{NAMED}: app", "", "", ENV_FROM, NAMED),
        (f"{NAMED}: 'other, app'", "", "", ENV_FROM, NAMED),
        (f"{NAMED}: other", "", "", ENV_FROM, ""),
        (f"{NAMED}: ap", "", "", ENV_FROM, ""),
        (f"{NAMED}: 'ap.*'", "", "", ENV_FROM, NAMED),
        (f"{NAMED}: 'a.'", "", "", ENV_FROM, ""),
        (f"{NAMED}: '.*a.*x'", "", "", ENV_FROM, ""),
        (f"{NAMED}: '.*a.*x.*'", "", "", ENV_FROM, NAMED),
        (f"{NAMED}: '['", "", "", ENV_FROM, ""),
        (f"{NAMED}: '[, app'", "", "", ENV_FROM, NAMED),
        (f"{NAMED}: other", f"{NAMED}: app", "", ENV_FROM, ""),
        (f"{NAMED}: app, {AUTO}: 'false'", "", "", ENV_FROM, NAMED),
        ("secret.reloader.stakater.com/reload: app", "", "", ENV_FROM, ""),
        (SEARCH, "", "", ENV_FROM, ""),
        (SEARCH, "", MATCH, ENV_FROM, "reloader.stakater.com/search"),
        (SEARCH, "", "reloader.stakater.com/match: '1'", ENV_FROM, ""),
        (f"{AUTO}: 'true'", "", "reloader.stakater.com/ignore: 'true'", ENV_FROM, ""),
        (f"{AUTO}: 'true', configmaps.exclude.reloader.stakater.com/reload: app", "", "", ENV_FROM, ""),
        (f"{AUTO}: 'true', configmaps.exclude.reloader.stakater.com/reload: other", "", "", ENV_FROM, AUTO),
        (f"{AUTO}: 'true', secrets.exclude.reloader.stakater.com/reload: app", "", "", ENV_FROM, AUTO),
        (f"{AUTO}: 'true'", "", "", volume(MOUNT, ALL), AUTO),
        (f"{AUTO}: 'true'", "", "", volume(MOUNT, PROJECTED), AUTO),
    ],
)
def test_reloader(own: str, template: str, marks: str, containers: str, rolls: str) -> None:
    text = text_of(containers, own=own, template=template).replace(
        "annotations: {}}\ndata", f"annotations: {{{marks}}}}}\ndata"
    )
    effect = f"refreshes ({READ_AGAIN})" if "volumes" in containers else "next-start"
    arrives = "file -> /etc/app/A" if "volumes" in containers else "envFrom -> A"
    sure = f"rolls (Reloader rolls it: the annotation `{rolls}`)" if rolls else effect
    kind = effect.partition(" ")[0]
    perhaps = f"{kind} (Reloader rolls it, if it runs there: the annotation `{rolls}`)" if rolls else effect
    assert lines(impact_in({"a.yaml": text + RELOADER}, "ConfigMap/app:A")) == [f"Deployment/web web {arrives}: {sure}"]
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [f"Deployment/web web {arrives}: {perhaps}"]


def test_reloader_sees_no_volume_that_is_not_mounted() -> None:
    text = text_of(volume("", ALL), own=f"{AUTO}: 'true'") + RELOADER
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app")) == [
        "Deployment/web unmounted: none (no container mounts the volume)"
    ]


@pytest.mark.parametrize("second", ["u", "w"])
def test_reloader_looks_at_the_first_volume_of_an_object(second: str) -> None:
    mounts = f"{{name: {second}, mountPath: /etc/app}}"
    volumes = f"configMap: {{name: app}}}}\n      - {{name: {second}, configMap: {{name: app}}"
    text = text_of(volume(mounts, volumes), own=f"{AUTO}: 'true'") + RELOADER
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [
        f"Deployment/web web file -> /etc/app/A: refreshes ({READ_AGAIN})",
        "Deployment/web unmounted: none (no container mounts the volume)",
    ]


@pytest.mark.parametrize(
    ("own", "running", "expected"),
    [
        ("wave.pusher.com/update-on-config-change: 'true'", WAVE, "rolls (Wave rolls it"),
        ("wave.pusher.com/update-on-config-change: 'true'", RELOADER, "next-start (Wave rolls it, if it runs there"),
        ("wave.pusher.com/update-on-config-change: 'false'", WAVE, "next-start"),
        ("example.com/reload: 'true'", "", "next-start (a controller rolls it, if it runs there"),
    ],
)
def test_other_controllers(own: str, running: str, expected: str) -> None:
    (line,) = lines(impact_in({"a.yaml": text_of(ENV_FROM, own=own) + running}, "ConfigMap/app:A"))
    reason = f": the annotation `{own.partition(': ')[0]}`)" if "(" in expected else ""
    assert line == f"Deployment/web web envFrom -> A: {expected}{reason}"


def test_a_checksum_that_nobody_renders_promises_nothing() -> None:
    text = text_of(ENV_FROM, template="checksum/config: abc")
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [
        "Deployment/web web envFrom -> A: next-start (rolls if the annotation `checksum/config` changes with it)"
    ]


def test_a_hash_in_the_name_rolls() -> None:
    text = text_of(ENV_FROM).replace("name: app", "name: app-4kk2g9dtt5")
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app-4kk2g9dtt5:A")) == [
        "Deployment/web web envFrom -> A: rolls (the name of the object changes with its content)"
    ]


def test_what_is_immutable_is_refused() -> None:
    text = text_of(ENV_FROM).replace("data: {A", "immutable: true\ndata: {A")
    found = impact_in({"a.yaml": text}, "ConfigMap/app:A")
    assert lines(found) == ["Deployment/web web envFrom -> A: rejected (the object is immutable: give it a new name)"]
    assert advice(found, {"a.yaml": text}) == ["# the ConfigMap app is immutable: give it a new name"]


def test_what_is_binary_reaches_no_variable() -> None:
    text = text_of(ENV_FROM).replace("data: {A: one, B: two, c.conf: three}", "binaryData: {A: aGk=}")
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [
        "Deployment/web web envFrom: none (what is binary becomes no variable)"
    ]


def test_a_near_key_is_shown() -> None:
    text = text_of(ENV).replace("key: A", "key: FRIST").replace("A: one", "FIRST: one")
    found = impact_in({"a.yaml": text}, "ConfigMap/app:FIRST")
    assert lines(found) == []
    assert [(near.key, near.read.name) for near in found.near] == [("FRIST", "FIRST")]


def test_another_namespace_is_another_object() -> None:
    text = text_of(ENV_FROM).replace("metadata: {name: app", "metadata: {namespace: a, name: app")
    other = text_of(ENV_FROM).replace("  name: web\n", "  name: web\n  namespace: b\n")
    files = {"a.yaml": text, "b.yaml": other.replace("metadata: {name: app", "metadata: {namespace: b, name: app")}
    assert len(impact_in(files, "ConfigMap/app").subjects) == 2
    assert lines(impact_in(files, "ConfigMap/app:A", namespace="b")) == ["Deployment/web web envFrom -> A: next-start"]


def test_what_may_be_made_elsewhere_is_not_left_out() -> None:
    reader = (
        text_of(ENV_FROM)
        .replace(MAP.replace("OBJECT", ""), "")
        .replace("name: web\n", "name: web\n  namespace: b\n", 1)
    )
    files = {
        "a/a.yaml": MAP.replace("OBJECT", "").replace("{name: app", "{namespace: a, name: app"),
        "b/b.yaml": reader,
    }
    files["b/x.yaml"] = (
        "apiVersion: example.com/v1\nkind: Maker\nmetadata: {name: x, namespace: b}\nspec: {configMap: other}\n"
    )
    assert lines(impact_in(files, "ConfigMap/app:A", namespace="b")) == ["Deployment/web web envFrom -> A: next-start"]
    assert lines(impact_in(files, "ConfigMap/app:A", namespace="a")) == []


@pytest.mark.parametrize(("policy", "effect"), [("Always", f"refreshes ({READ_AGAIN})"), ("Never", "next-start")])
def test_an_init_container_that_stays_sees_new_files(policy: str, effect: str) -> None:
    sidecar = volume(MOUNT, ALL).replace("image: web:1.2.3\n", f"image: web:1.2.3\n        restartPolicy: {policy}\n")
    text = text_of(
        sidecar.replace("containers:", "containers: [{name: other, image: 'web:1.2.3'}]\n      initContainers:")
    )
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [f"Deployment/web web file -> /etc/app/A: {effect}"]


OTHER = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {A: x}\n"
REPLACED = "none (another source of the volume has the file)"


@pytest.mark.parametrize(
    ("sources", "what", "expected"),
    [
        ("{configMap: {name: app}}, {configMap: {name: other}}", "ConfigMap/app:A", f"file: {REPLACED}"),
        (
            "{configMap: {name: app}}, {configMap: {name: other}}",
            "ConfigMap/app",
            f"file -> /etc/app/B /etc/app/c.conf: refreshes ({READ_AGAIN})",
        ),
        (
            "{configMap: {name: app}}, {configMap: {name: other}}",
            "ConfigMap/other:A",
            f"file -> /etc/app/A: refreshes ({READ_AGAIN})",
        ),
        (
            "{configMap: {name: app}}, {secret: {name: db, items: [{key: user, path: A}]}}",
            "ConfigMap/app:A",
            f"file: {REPLACED}",
        ),
        (
            "{configMap: {name: app, items: [{key: B, path: A}]}}, {configMap: {name: other}}",
            "ConfigMap/app:B",
            f"item: {REPLACED}",
        ),
        (
            "{configMap: {name: app, items: [{key: A, path: x/A}]}}, {configMap: {name: other}}",
            "ConfigMap/app:A",
            f"item -> /etc/app/x/A: refreshes ({READ_AGAIN})",
        ),
    ],
)
def test_a_later_source_of_a_volume_replaces_a_file(sources: str, what: str, expected: str) -> None:
    text = text_of(volume(MOUNT, f"projected: {{sources: [{sources}]}}")) + OTHER
    assert lines(impact_in({"a.yaml": text}, what)) == [f"Deployment/web web {expected}"]


KEEPING = {
    "paused": ("Deployment", "paused: true"),
    "stateful-on-delete": ("StatefulSet", "updateStrategy: {type: OnDelete}"),
    "daemon-on-delete": ("DaemonSet", "updateStrategy: {type: OnDelete}"),
    "partition": ("StatefulSet", "replicas: 2\n  updateStrategy: {rollingUpdate: {partition: 2}}"),
}
"""Workloads that replace no pod by themselves when their template changes."""
NEW_PODS = "its name changes with its content, so that only new pods read it"


@pytest.mark.parametrize("name", KEEPING)
def test_what_keeps_its_pods_does_not_roll(name: str) -> None:
    kind, more = KEEPING[name]
    for own, running in (
        (f"{AUTO}: 'true'", RELOADER),
        ("wave.pusher.com/update-on-config-change: 'true'", WAVE),
        (f"{AUTO}: 'true'", ""),
    ):
        text = text_of(ENV_FROM, kind, own=own, more=more) + running
        assert lines(impact_in({"a.yaml": text}, "ConfigMap/app:A")) == [f"{kind}/web web envFrom -> A: next-start"]
    for containers, arrives in ((ENV_FROM, "envFrom -> A"), (volume(MOUNT, ALL), "file -> /etc/app/A")):
        text = text_of(containers, kind, more=more).replace("name: app", "name: app-4kk2g9dtt5")
        assert lines(impact_in({"a.yaml": text}, "ConfigMap/app-4kk2g9dtt5:A")) == [
            f"{kind}/web web {arrives}: next-start ({NEW_PODS})"
        ]


ROLLOUT = POD.replace("v1\nkind: Pod", "argoproj.io/v1alpha1\nkind: Rollout").replace(
    "CONTAINERS", f"template: {{spec: {{{ENV_FROM}}}}}"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROLLOUT, "Rollout/web web envFrom -> A: rolls (the name of the object changes with its content)"),
        (POD.replace("CONTAINERS", ENV_FROM), f"Pod/web web envFrom -> A: next-start ({NEW_PODS})"),
    ],
)
def test_what_else_reads_a_name_with_a_hash(text: str, expected: str) -> None:
    text = f"{text}{MAP.replace('OBJECT', '')}".replace("name: app", "name: app-4kk2g9dtt5")
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/app-4kk2g9dtt5:A")) == [expected]


@pytest.mark.parametrize(
    ("what", "change", "effect"),
    [
        ("ConfigMap/app", "added", "next-start"),
        ("ConfigMap/app", "removed", "next-start"),
        ("ConfigMap/app:A", "added", "rejected"),
        ("ConfigMap/app:A", "removed", "rejected"),
        ("ConfigMap/app:A", "changed", "rejected"),
    ],
)
def test_what_is_immutable_can_come_and_go(what: str, change: Change, effect: str) -> None:
    optional = ENV_FROM.replace("name: app", "name: app, optional: true")
    text = text_of(optional).replace("data: {A", "immutable: true\ndata: {A")
    assert [each.effect for each in impact_in({"a.yaml": text}, what, change).touched] == [effect]


def test_what_is_immutable_and_has_a_hash_in_its_name_rolls() -> None:
    text = (
        text_of(ENV_FROM).replace("data: {A", "immutable: true\ndata: {A").replace("name: app", "name: app-4kk2g9dtt5")
    )
    found = impact_in({"a.yaml": text}, "ConfigMap/app-4kk2g9dtt5:A", "changed")
    assert lines(found) == ["Deployment/web web envFrom -> A: rolls (the name of the object changes with its content)"]
    assert advice(found, {"a.yaml": text})[0] == "kubectl apply -f a.yaml"


def test_what_a_partition_keeps_is_said() -> None:
    def some_from(number: int) -> str:
        return f"# of statefulset/web, only the pods from number {number} on are replaced (`partition`)"

    def told(more: str) -> list[str]:
        text = text_of(ENV_FROM, "StatefulSet", more=more)
        return advice(impact_in({"a.yaml": text}, "ConfigMap/app:A"), {"a.yaml": text})[1:]

    some = "replicas: 3\n  updateStrategy: {rollingUpdate: {partition: 2}}"
    assert told(some)[:-1] == [
        "kubectl rollout restart statefulset/web",
        "kubectl rollout status statefulset/web --timeout=5m",
        some_from(2),
    ]
    none = "# lower the `partition` of statefulset/web: only pods from number 2 on are replaced"
    assert told(KEEPING["partition"][1]) == [none]
    start = "\n  ordinals: {start: 5}"
    assert told(f"{some}{start}")[-2] == some_from(7)
    assert told(f"{KEEPING['partition'][1]}{start}") == [none.replace("number 2", "number 7")]


def test_what_has_no_name_yet_is_not_named() -> None:
    def told(kind: str) -> list[str]:
        text = text_of(ENV_FROM, kind).replace("  name: web\n", "  generateName: web-\n", 1)
        return advice(impact_in({"a.yaml": text}, "ConfigMap/app:A"), {"a.yaml": text})[1:]

    assert told("Job") == ["# kubectl create -f a.yaml"]
    assert told("Deployment")[0] == "kubectl rollout restart deployment/NAME"


@pytest.mark.parametrize(("key", "count"), [("A", 0), ("values.yaml", 1)])
def test_a_chart_takes_the_key_of_its_default(key: str, count: int) -> None:
    release = POD.replace("v1\nkind: Pod", "helm.toolkit.fluxcd.io/v2\nkind: HelmRelease").replace(
        "CONTAINERS", "valuesFrom: [{kind: ConfigMap, name: app}]"
    )
    text = f"{release}{MAP.replace('OBJECT', '')}".replace("B: two", "values.yaml: x")
    assert len(lines(impact_in({"a.yaml": text}, f"ConfigMap/app:{key}"))) == count


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("${STAGE}-app", ["?Deployment/web web envFrom: next-start (it may read another object of this name)"]),
        ("${STAGE}-other", []),
        ("prod-${NAME}", ["?Deployment/web web envFrom: next-start (it may read another object of this name)"]),
        ("prod-app", ["Deployment/web web envFrom -> A B c.conf: next-start"]),
    ],
)
def test_a_name_with_a_placeholder_may_be_the_one(name: str, expected: list[str]) -> None:
    text = text_of(ENV_FROM.replace("name: app", f"name: '{name}'")).replace("{name: app", "{name: prod-app")
    assert lines(impact_in({"a.yaml": text}, "ConfigMap/prod-app")) == expected


def test_a_service_account_names_what_pulls_images() -> None:
    text = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\nimagePullSecrets: [{name: db}]\n"
    assert lines(impact_in({"a.yaml": f"{text}{SECRET}"}, "Secret/db")) == [
        "ServiceAccount/sa field: controller (it is read when an image is pulled)"
    ]


@pytest.mark.parametrize(("name", "shown"), [("FIRST", ["printenv FIRST"]), ("--help", [])])
def test_no_variable_is_shown_that_is_an_option(name: str, shown: list[str]) -> None:
    text = text_of(ENV.replace("FIRST", f"'{name}'"))
    lines_ = advice(impact_in({"a.yaml": text}, "ConfigMap/app:A"), {"a.yaml": text})
    assert [line.partition(" -- ")[2] for line in lines_ if "kubectl exec" in line] == shown
