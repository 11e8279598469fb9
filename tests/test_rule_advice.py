"""What rules advise, beyond what their pages show: it must fit the workload, the version and what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.model.findings import Finding
from tests.support.run import lint, write

POD = "containers: [{name: shop, image: 'registry.example.com/shop:develop'}]"
TEMPLATE = f"{{metadata: {{labels: {{a: b}}}}, spec: {{{POD}}}}}"
ROLLING = f"spec: {{selector: {{matchLabels: {{a: b}}}}, template: {TEMPLATE}}}"


def found(folder: Path, rule: str, text: str, config: Config | None = None) -> list[Finding]:
    """The findings of one rule in one file."""
    write(folder, {"m.yaml": text})
    findings = lint(folder, config=config or Config(select=(rule,))).outcome.findings
    assert {finding.rule for finding in findings} <= {rule}
    return findings


def advice(folder: Path, rule: str, text: str, config: Config | None = None) -> list[str | None]:
    """The help of each of them."""
    return [finding.help for finding in found(folder, rule, text, config)]


@pytest.mark.parametrize(
    ("kind", "spec", "renewal"),
    [
        ("apps/v1 Deployment", ROLLING, "after each push run `kubectl rollout restart deployment/shop`"),
        ("apps/v1 StatefulSet", ROLLING, "after each push run `kubectl rollout restart statefulset/shop`"),
        ("apps/v1 DaemonSet", ROLLING, "after each push run `kubectl rollout restart daemonset/shop`"),
        (
            "apps/v1 ReplicaSet",
            ROLLING,
            "after each push delete its pods with `kubectl delete pod NAME`: "
            "a ReplicaSet replaces only pods that are gone",
        ),
        ("v1 Pod", f"spec: {{{POD}}}", "after each push run `kubectl delete pod/shop` and create it again"),
        (
            "batch/v1 Job",
            f"spec: {{template: {TEMPLATE}}}",
            "make a new Job for what is new: one that has begun keeps what it has",
        ),
        (
            "batch/v1 CronJob",
            f"spec: {{schedule: '* * * * *', jobTemplate: {{spec: {{template: {TEMPLATE}}}}}}}",
            "each run starts what is newest then",
        ),
        ("argoproj.io/v1alpha1 Rollout", ROLLING, "after each push run `kubectl argo rollouts restart shop`"),
    ],
    ids=lambda value: value if " " in value and len(value) < 40 else "",
)
def test_how_a_pushed_tag_arrives(tmp_path: Path, kind: str, spec: str, renewal: str) -> None:
    version, name = kind.split()
    text = f"apiVersion: {version}\nkind: {name}\nmetadata: {{name: shop}}\n{spec}\n"
    expected = f"set `imagePullPolicy: Always`, and {renewal}; or pin a full version or a digest"
    assert advice(tmp_path, "mutable-tag", text) == [expected]


def test_of_an_image_of_others_both_ways_are_named_first_what_the_fix_does(tmp_path: Path) -> None:
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {{{POD}}}\n"
    (finding,) = found(tmp_path, "mutable-tag", text.replace("registry.example.com/shop:develop", "ghcr.io/a/b:main"))
    always = "set `imagePullPolicy: Always`"
    assert finding.help == f"{always}, so that each start pulls the newest build; or pin a full version or a digest"
    assert [(fix.title, fix.safe) for fix in finding.fixes] == [(always, False)]


@pytest.mark.parametrize(
    ("version", "command"),
    [
        ("1.15", "kubectl rollout restart deployment/shop -n web"),
        (
            "1.14",
            'kubectl patch deployment/shop -n web -p \'{"spec":{"template":{"metadata":{"annotations":'
            '{"restartedAt":"\'$(date +%s)\'"}}}}}\'',
        ),
    ],
)
def test_restart_needs_a_version(tmp_path: Path, version: str, command: str) -> None:
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: shop, namespace: web}}\n{ROLLING}\n"
    config = Config(select=("mutable-tag",), kubernetes_version=version)
    (line,) = advice(tmp_path, "mutable-tag", text, config)
    assert line and f"after each push run `{command}`;" in line


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (
            "Deployment",
            "paused: true, ",
            "run `kubectl rollout resume deployment/shop` first, for it is paused, and then "
            "`kubectl rollout restart deployment/shop`",
        ),
        (
            "StatefulSet",
            "updateStrategy: {type: OnDelete}, ",
            "delete its pods one by one with `kubectl delete pod NAME`: `updateStrategy` is `OnDelete`",
        ),
        (
            "StatefulSet",
            "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}, ",
            "run `kubectl rollout restart statefulset/shop`, "
            "which reaches only the pods from number 2 on (`partition`)",
        ),
        (
            "StatefulSet",
            "replicas: 4, ordinals: {start: 10}, updateStrategy: {rollingUpdate: {partition: 3}}, ",
            "run `kubectl rollout restart statefulset/shop`, which reaches only the pods from number 13 on "
            "(`partition`, counted from `ordinals.start` 10)",
        ),
        (
            "StatefulSet",
            "replicas: 3, ordinals: {start: 10}, updateStrategy: {rollingUpdate: {partition: 3}}, ",
            "lower `partition` first (it is 3, and there are only 3 pods, numbered from 10), and then run "
            "`kubectl rollout restart statefulset/shop`",
        ),
        (
            "StatefulSet",
            "ordinals: {start: 10}, ",
            "run `kubectl rollout restart statefulset/shop`",
        ),
        (
            "StatefulSet",
            "updateStrategy: {rollingUpdate: {partition: 0}}, ",
            "run `kubectl rollout restart statefulset/shop`",
        ),
        (
            "StatefulSet",
            "replicas: 3, updateStrategy: {rollingUpdate: {partition: 3}}, ",
            "lower `partition` first (it is 3, and there are only 3 pods, numbered from 0), and then run "
            "`kubectl rollout restart statefulset/shop`",
        ),
        (
            "StatefulSet",
            "replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}, ",
            "run `kubectl rollout restart statefulset/shop`, "
            "which reaches only the pods from number 2 on (`partition`)",
        ),
        (
            "Deployment",
            "replicas: 0, ",
            "run `kubectl rollout restart deployment/shop` once it is scaled up: it has no pods (`replicas: 0`)",
        ),
        (
            "ReplicaSet",
            "",
            "delete its pods with `kubectl delete pod NAME`: a ReplicaSet replaces only pods that are gone",
        ),
    ],
)
def test_a_restart_that_would_change_nothing_is_not_advised(
    tmp_path: Path, kind: str, fields: str, expected: str
) -> None:
    spec = ROLLING.replace("spec: {", f"spec: {{{fields}", 1)
    text = f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: shop}}\n{spec}\n"
    (line,) = advice(tmp_path, "mutable-tag", text)
    assert line and f"after each push {expected};" in line


@pytest.mark.parametrize(
    ("version", "kind", "by_hand"),
    [
        ("apps/v1beta1", "StatefulSet", True),
        ("apps/v1beta2", "StatefulSet", False),
        ("extensions/v1beta1", "DaemonSet", True),
        ("apps/v1beta2", "DaemonSet", False),
        ("extensions/v1beta1", "Deployment", False),
    ],
)
def test_old_versions_replace_pods_only_by_hand(tmp_path: Path, version: str, kind: str, by_hand: bool) -> None:
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: shop}}\n{ROLLING}\n"
    (line,) = advice(tmp_path, "mutable-tag", text, Config(select=("mutable-tag",), kubernetes_version="1.15"))
    assert line and ("OnDelete" in line) == by_hand and ("rollout restart" in line) != by_hand


WATCHING = """apiVersion: v1
kind: ConfigMap
metadata: {name: s}
data: {A: x}
---
apiVersion: apps/v1
kind: KIND
metadata: {name: shop, annotations: {reloader.stakater.com/auto: "true"}}
spec:
  selector: {matchLabels: {a: b}}
  FIELDS
  template:
    metadata: {labels: {a: b}}
    spec:
      containers:
      - {name: c, image: "a/b:1.0.0", envFrom: [{configMapRef: {name: s}}]}
"""


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("Deployment", "replicas: 2", []),
        (
            "Deployment",
            "paused: true",
            [
                "after a change run `kubectl rollout resume deployment/shop` first, for it is paused, and then "
                "`kubectl rollout restart deployment/shop`"
            ],
        ),
        ("StatefulSet", "replicas: 2", []),
        (
            "StatefulSet",
            "updateStrategy: {type: OnDelete}",
            [
                "after a change delete its pods one by one with `kubectl delete pod NAME`: "
                "`updateStrategy` is `OnDelete`"
            ],
        ),
        ("DaemonSet", "updateStrategy: {type: RollingUpdate}", []),
    ],
)
def test_a_new_template_replaces_no_pods_of_some_workloads(
    tmp_path: Path, kind: str, fields: str, expected: list[str]
) -> None:
    text = WATCHING.replace("KIND", kind).replace("FIELDS", fields)
    config = Config(select=("config-not-rolled-out",), pedantic=True)
    assert advice(tmp_path, "config-not-rolled-out", text, config) == expected


def test_floating_tags_are_for_the_pedantic(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: 'nginx:1.27'}]}\n"
    write(tmp_path, {"m.yaml": text})
    assert not lint(tmp_path).outcome.findings
    assert [f.rule for f in lint(tmp_path, config=Config(pedantic=True)).outcome.findings] == ["mutable-tag"]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("https://quay.io/team/App:1.0", "did you mean `quay.io/team/app:1.0`?"),
        ("nginx :1.25", "did you mean `nginx:1.25`?"),
        ("nginx:1.25+build", "did you mean `nginx:1.25_build`?"),
        ("quay.io//app:", "did you mean `quay.io/app`?"),
        ("app@sha256:0123", None),
    ],
)
def test_the_image_that_was_meant(tmp_path: Path, image: str, expected: str | None) -> None:
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c, image: '{image}'}}]}}\n"
    assert advice(tmp_path, "invalid-image", text) == [expected]


CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("non-string-data", CONFIG + "data: {PORT: 8080}", 'quote it: `PORT: "8080"`'),
        ("non-string-data", CONFIG + "data: {A: {}}", "write it as text: `A: |`, with the content indented below"),
        ("non-string-data", SECRET + "stringData: {PORT: 8080}", "put it in quotes"),
        (
            "non-string-data",
            SECRET + "data: {PORT: 8080}",
            "put it under `stringData`, in quotes; under `data` it must be base64",
        ),
        ("renamed-key", CONFIG + "data: {on: x}", 'put it in quotes: `"on"`'),
        ("invalid-data-key", CONFIG + "data: {a b!: x}", "for example `a_b`"),
        ("invalid-data-key", CONFIG + "data: {..a: x}", "for example `.a`"),
        ("invalid-data-key", CONFIG + "data: {1e6: x}", 'put it in quotes: `"1e6"`'),
        ("invalid-data-key", CONFIG + "data: {'!': x}", None),
        (
            "invalid-data-key",
            CONFIG + "data: {a/b.ini: x}",
            "a key has no folders; `items` of a volume can mount one with `path: a/b.ini`",
        ),
        ("malformed-object", CONFIG.replace("a}", "My_App}"), "for example `my-app`"),
        ("malformed-object", CONFIG.replace("a}", "1}"), 'put it in quotes: `"1"`'),
        ("malformed-object", CONFIG.replace("name: a", "labels: {}"), None),
        ("malformed-object", CONFIG + "immutable: 'true'", "write `true` or `false`, without quotes"),
        ("malformed-object", CONFIG + "data: [a]", "write one `name: value` a line below it"),
        (
            "invalid-base64",
            SECRET + "data: {A: '!'}",
            "put plain text under `stringData`, or encode it: `base64 -w0 FILE`",
        ),
        (
            "invalid-base64",
            CONFIG + "binaryData: {A: '!'}",
            "put plain text under `data`, or encode it: `base64 -w0 FILE`",
        ),
        (
            "invalid-base64",
            SECRET + "data: {A: 'vault://shop/db'}",
            "put plain text under `stringData`, or encode it: `base64 -w0 FILE`",
        ),
        ("yaml-syntax", CONFIG + "data: {A: b", None),
        ("yaml-syntax", CONFIG + "data:\n\tA: b", "replace the tab by spaces"),
        (
            "yaml-syntax",
            CONFIG + "data:\n  A: b: c",
            "put a value with `: ` in quotes, or fix the indentation of this line",
        ),
        ("yaml-syntax", CONFIG + "data:\n  A: @b", "put a value that begins with `@`, `%` or a backtick in quotes"),
        (
            "yaml-syntax",
            CONFIG + 'data:\n  A: "\\d"',
            "in double quotes write `\\\\` for a backslash, or use single quotes",
        ),
        ("yaml-syntax", CONFIG + "data:\n  A: 'b", "close the quote"),
        ("yaml-syntax", "%YAML 1.2\n---\n" + CONFIG, "remove the line `%YAML`: Kubernetes reads YAML 1.1"),
    ],
)
def test_advice(tmp_path: Path, rule: str, text: str, expected: str | None) -> None:
    assert advice(tmp_path, rule, text + "\n") == [expected]


VALUE = "hunter2"
BAD_SECRETS = (
    f"data: {{A: {VALUE}!}}",
    f"data: {{A: '{VALUE} x'}}",
    f"data: [{VALUE}]",
    f"stringData: {{A: [{VALUE}]}}",
    f"stringData: {{A: {{{VALUE}: {VALUE}}}}}",
    f"stringData: {{A: '{VALUE}'}}\n---\n{SECRET}stringData: {{B: {VALUE}2}}",
    f"type: kubernetes.io/dockerconfigjson\nstringData: {{.dockerconfigjson: {VALUE}}}",
    f"type: kubernetes.io/tls\nstringData: {{tls.crt: {VALUE}}}",
    f"stringData:\n  A: {VALUE}: {VALUE}",
    f"stringData:\n\tA: {VALUE}",
    f"stringdata: {VALUE}",
    f"immutable: {VALUE}",
    f"stringData: {{A: {VALUE}, A: {VALUE}}}",
)


@pytest.mark.parametrize("body", BAD_SECRETS)
def test_no_finding_tells_a_secret(tmp_path: Path, body: str) -> None:
    write(tmp_path, {"m.yaml": f"{SECRET}{body}\n"})
    findings = lint(tmp_path, config=Config(pedantic=True)).outcome.findings
    assert findings
    said = [(f.message, f.help, *(related.label for related in f.related)) for f in findings]
    assert VALUE not in str(said)


def test_a_key_with_export_is_a_line_of_a_shell(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {export  PORT: '1', ex port: '2'}\n"
    expected = ["no shell reads this file: write `PORT` without `export`", "for example `ex_port`"]
    assert advice(tmp_path, "invalid-data-key", text) == expected


def test_a_name_that_no_object_can_have_is_not_to_be_created(tmp_path: Path) -> None:
    reads = "containers: [{name: shop, image: a/b:1.0.0, envFrom: [{configMapRef: {name: Shop_A}}]}]"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: shop}}\nspec: {{{reads}}}\n"
    stays = "the container stays in CreateContainerConfigError"
    assert advice(tmp_path, "missing-configmap", text) == [f"no object can have this name, so {stays}"]


READ = "env: [{name: A, valueFrom: {KINDKeyRef: {name: shop, key: 'KEY'}}}]"
MOUNTED = (
    "volumeMounts: [{name: a, mountPath: /a}]}], volumes: [{name: a, KIND: {NAME: shop, items: [{key: 'KEY', path: a}]}"
)


@pytest.mark.parametrize("kind", ["configMap", "secret"])
@pytest.mark.parametrize(
    ("part", "key", "expected"),
    [
        (READ, "map[A:B]", ["malformed-reference"]),
        (READ, "..", ["malformed-reference"]),
        (READ, "B", ["missing"]),
        (READ, "A", []),
        (MOUNTED, "map[A:B]", ["missing"]),
    ],
)
def test_a_key_that_cannot_be_one_is_not_missed_as_well(
    tmp_path: Path, kind: str, part: str, key: str, expected: list[str]
) -> None:
    """Of the items of a volume the API server refuses no such key, so that there it is missed."""
    reads = part.replace("NAME", "secretName" if kind == "secret" else "name").replace("KIND", kind).replace("KEY", key)
    made = f"apiVersion: v1\nkind: {kind[0].upper()}{kind[1:]}\nmetadata: {{name: shop}}\ndata: {{A: Yg==}}\n"
    spec = f"{{containers: [{{name: a, image: 'a:1.0.1', {reads}}}]}}"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {spec}\n"
    write(tmp_path, {"m.yaml": f"{made}---\n{pod}"})
    missing = "missing-secret-key" if kind == "secret" else "missing-key"
    found_rules = [finding.rule for finding in lint(tmp_path).outcome.findings]
    assert found_rules == [rule.replace("missing", missing) for rule in expected]


@pytest.mark.parametrize(
    ("file", "name", "refused"),
    [
        ("secret.example.yaml", "''", 0),
        ("template.yaml", "", 0),
        ("secret.example.yaml", "My_App", 1),
        ("secret.yaml", "''", 1),
    ],
)
def test_a_name_is_left_empty_only_in_a_file_to_be_copied(tmp_path: Path, file: str, name: str, refused: int) -> None:
    write(tmp_path, {file: CONFIG.replace("name: a", f"name: {name}")})
    assert [finding.rule for finding in lint(tmp_path).outcome.findings] == ["malformed-object"] * refused


BESIDE = "is beside `readinessProbe`, and not indented below it"
PROBED = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    "spec: {containers: [{name: a, image: 'a:1.0.1', readinessProbe: null, TAIL}]}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            CONFIG.replace("{name: a}", "\nname: a"),
            [("`metadata.name` is beside `metadata`, and not indented below it", 1)],
        ),
        (CONFIG + "data:\nA: b\nC: d\n", [("`data.A` is beside `data`, and not indented below it", 2)]),
        (CONFIG + "data:\nimmutable: true\nA: b\n", [("`A` is not a field that Kubernetes knows", 0)]),
        (CONFIG + "data: {}\nA: b\n", [("`A` is not a field that Kubernetes knows", 0)]),
        (CONFIG.replace("{name: a}", "\ncolour: a"), [("`colour` is not a field that Kubernetes knows", 0)]),
        (
            PROBED.replace("TAIL", "tcpSocket: {port: 80}, periodSeconds: 5, timeoutSeconds: 1"),
            [(f"`readinessProbe.tcpSocket` {BESIDE}", 3)],
        ),
        (PROBED.replace("TAIL", "colour: red"), [("`colour` is not a field that Kubernetes knows", 0)]),
        (
            PROBED.replace("null", "{}").replace("TAIL", "tcpSocket: {}"),
            [("`tcpSocket` is not a field that Kubernetes knows", 0)],
        ),
        (PROBED.replace("TAIL", "limits: {}"), [("`limits` is not a field that Kubernetes knows", 0)]),
    ],
)
def test_fields_that_are_not_indented_are_one_mistake(tmp_path: Path, text: str, said: list[tuple[str, int]]) -> None:
    findings = found(tmp_path, "unknown-field", text)
    assert [(each.message, len(each.related)) for each in findings] == said
    assert {each.help for each in findings if each.related} <= {"indent it by two blanks"}
