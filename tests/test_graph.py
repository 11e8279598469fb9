"""`cmlint graph`: one graph in every format, drawn by the real programs, with hostile names and when it is large."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.command import cmlint
from tests.support.run import FIXTURES, REAL, write
from tests.support.tools import NPM, chromium

STATUSES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: app, namespace: a}
data: {A: one}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: idle, namespace: a}
data: {A: one}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: there, namespace: b}
data: {A: one}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: a}
spec:
  containers:
  - name: c
    image: web:1.2.3
    env:
    - {name: A, valueFrom: {configMapKeyRef: {name: app, key: GONE}}}
    - {name: B, valueFrom: {configMapKeyRef: {name: kube-root-ca.crt, key: ca.crt}}}
    - {name: C, valueFrom: {configMapKeyRef: {name: there, key: A}}}
    - {name: D, valueFrom: {configMapKeyRef: {name: "${PREFIX}-x", key: A}}}
"""
HOSTILE = (
    "end",
    'a"b',
    "a|b",
    "<b>x</b>",
    "$(X)",
    "x" * 253,
    "日本語",
    "`x`",
    "1. x",
    "- x",
    "__init__",
    "a\\b",
    "%%x",
    "{{x}}",
    ":::c",
)


def graph(folder: Path, *words: str) -> Any:
    done = cmlint(folder, "graph", *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def statuses(report: Any) -> dict[str, str]:
    return {node["id"]: node["status"] for node in report["nodes"] if node["status"] != "found"}


def test_every_status(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": STATUSES})
    report = graph(tmp_path)
    schema = json.loads(cmlint(tmp_path, "schema", "--of", "graph").stdout)
    Draft202012Validator(schema).validate(report)
    assert statuses(report) == {
        "a/ConfigMap/${PREFIX}-x": "unknown",
        "a/ConfigMap/${PREFIX}-x:A": "unknown",
        "a/ConfigMap/app:GONE": "missing",
        "a/ConfigMap/idle": "unused",
        "a/ConfigMap/kube-root-ca.crt": "external",
        "a/ConfigMap/kube-root-ca.crt:ca.crt": "external",
        "a/ConfigMap/there": "wrong-namespace",
        "a/ConfigMap/there:A": "wrong-namespace",
        "b/ConfigMap/there": "unused",
    }
    words = (
        "missing: GONE",
        "unused: ConfigMap idle",
        "made elsewhere: ConfigMap kube",
        "wrong namespace: ConfigMap there",
    )
    for form in ("mermaid", "dot"):
        drawn = cmlint(tmp_path, "graph", "--format", form).stdout
        assert [word for word in (*words, "not checked: ConfigMap") if word not in drawn] == []
    page = cmlint(tmp_path, "graph", "--format", "html").stdout
    rows = re.findall("<tr><td>a<td>Pod p, c<td>env<td>ConfigMap (.*?)<td>.*?<td>(.*?)<td>", page)
    assert rows == [
        ("app", "missing"),
        ("kube-root-ca.crt", "made elsewhere"),
        ("there", "wrong namespace"),
        ("${PREFIX}-x", "not checked"),
    ]
    (data,) = re.findall('<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    unused = [node[2] for node in json.loads(data)["nodes"] if node[4] == "unused"]
    assert unused == ["idle", "there"]


INGRESS = """\
apiVersion: v1
kind: Secret
metadata: {name: certificate, namespace: shop}
type: kubernetes.io/tls
---
apiVersion: v1
kind: Secret
metadata: {name: other, namespace: shop}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {tls: [{secretName: certificate}]}
"""


def test_an_ingress_reads_its_certificate(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": INGRESS})
    report = graph(tmp_path)
    assert statuses(report) == {"shop/Secret/other": "unused"}
    reads = [(e["source"], e["target"], e["how"], e["effect"]) for e in report["edges"] if e["type"] == "reads"]
    assert reads == [("shop/Ingress/web", "shop/Secret/certificate", "field", "controller")]


MADE = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec: {encryptedData: {PASSWORD: x}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app, namespace: shop}
data: {A: one}
binaryData: {B: AAAA}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: web
    image: web:1.0.0
    envFrom: [{secretRef: {name: db}}, {configMapRef: {name: made}}, {configMapRef: {name: app}}]
"""


def test_what_makes_an_object_is_a_node_before_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MADE, "up.sh": "kubectl create configmap made -n shop --from-literal=C=1\n"})
    report = graph(tmp_path)
    assert [(e["source"], e["target"]) for e in report["edges"] if e["type"] == "makes"] == [
        ("shop/SealedSecret/db", "shop/Secret/db"),
        ("shop/command/made", "shop/ConfigMap/made"),
    ]
    sources = [node for node in report["nodes"] if node["type"] == "source"]
    assert [(node["id"], node["kind"], node["name"], node["parent"]) for node in sources] == [
        ("shop/SealedSecret/db", "SealedSecret", "db", "shop"),
        ("shop/command/made", "command", "made", "shop"),
    ]
    assert statuses(report) == {"shop/ConfigMap/made": "command"}


CLUSTER = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: web
    image: ghcr.io/example/web:1.2.3
    env:
    - name: PASSWORD
      valueFrom: {secretKeyRef: {name: db-app, key: password}}
"""
"""A custom resource of which the controller makes a Secret and a ConfigMap, and a Pod that reads the Secret."""


def test_objects_that_one_custom_resource_makes_are_apart(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CLUSTER})
    report = graph(tmp_path)
    assert [(e["source"], e["target"]) for e in report["edges"] if e["type"] == "reads"] == [
        ("shop/Pod/web/web", "shop/Secret/db-app:password")
    ]
    assert "shop/ConfigMap/cnpg-default-monitoring" in {node["id"] for node in report["nodes"]}
    assert statuses(report) == {}, "the controller may read what it makes"


@pytest.mark.parametrize(
    ("name", "text", "drawn"), [("map.yaml", "{}", ["own", "settings"]), ("README.md", "```yaml\n{}```\n", ["own"])]
)
def test_what_a_document_only_shows_is_not_drawn(tmp_path: Path, name: str, text: str, drawn: list[str]) -> None:
    shown = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: one}\n"
    operator = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\n"
    operator += "spec: {uses: settings, configMapRef: {name: own}}\n"
    write(tmp_path, {name: text.format(shown), "shop.yaml": operator})
    assert sorted(node["name"] for node in graph(tmp_path)["nodes"] if node["type"] == "object") == drawn


def test_a_workload_that_reads_nothing_is_drawn_and_an_object_without_pods_is_not(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: idle}\nspec: {containers: [{name: c, image: 'c:1.0.0'}]}\n"
    ingress = INGRESS.rpartition("---\n")[2].replace("tls: [{secretName: certificate}]", "ingressClassName: a")
    write(tmp_path, {"a.yaml": f"{pod}---\n{ingress}"})
    assert [node["name"] for node in graph(tmp_path)["nodes"] if node["type"] == "workload"] == ["idle"]


def test_a_binary_key_is_marked_and_has_no_value(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MADE})
    attributes = {node["id"]: node["attributes"] for node in graph(tmp_path)["nodes"] if node["type"] == "key"}
    assert attributes == {
        "shop/ConfigMap/app:A": {"value": "one"},
        "shop/ConfigMap/app:B": {"binary": "true"},
        "shop/Secret/db:PASSWORD": {},
    }


def test_findings_are_at_nodes_and_edges() -> None:
    report = graph(FIXTURES, "demo")
    rules = {number: finding["rule"] for number, finding in enumerate(report["findings"])}
    at = {node["id"]: sorted(rules[n] for n in node["problems"]) for node in report["nodes"] if node["problems"]}
    assert at["shop/ConfigMap/shop-config:CURENCY"] == ["optional-missing"]
    assert at["shop/Deployment/cart/cart"] == ["duplicate-env", "mutable-tag"]
    assert at["shop/ConfigMap/shop-configs"] == ["missing-configmap"]
    edges = {(e["source"], e["target"]): [rules[n] for n in e["problems"]] for e in report["edges"] if e["problems"]}
    assert edges["shop/Deployment/catalog/catalog", "shop/ConfigMap/catalog-settings:sortby"] == ["missing-key"]


def test_no_value_of_a_secret_is_in_any_format(tmp_path: Path) -> None:
    for form in ("mermaid", "dot", "json", "html"):
        done = cmlint(FIXTURES / "demo", "graph", "--format", form, "--output", str(tmp_path / form))
        assert done.returncode == 0, done.stderr
        text = (tmp_path / form).read_text(encoding="utf-8")
        assert "not-a-real-password" not in text
        assert "hunter2" not in text
        assert "orders-database" in text.replace("#45;", "-")


def test_no_value_of_a_configmap_that_is_named_like_a_credential_is_shown(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
            "data: {DB_PASSWORD: not-a-real-one, HOST: db.example}\n"
        },
    )
    for form in ("mermaid", "dot", "json", "html"):
        shown = cmlint(tmp_path, "graph", "--format", form).stdout
        assert "not-a-real-one" not in shown
        assert ("db.example" in shown) == (form in ("json", "html"))


def test_the_ending_of_the_file_chooses_the_format(tmp_path: Path) -> None:
    for ending, head in (
        (".mmd", "flowchart LR\n"),
        (".md", "ConfigMaps, Secrets and"),
        (".dot", "digraph"),
        (".json", "{\n"),
        (".html", "<!doctype html>"),
    ):
        file = tmp_path / f"g{ending}"
        assert cmlint(FIXTURES / "demo", "graph", "--output", str(file)).returncode == 0
        assert file.read_text(encoding="utf-8").startswith(head)


def test_a_part_of_the_graph() -> None:
    near = graph(FIXTURES, "demo", "--focus", "configmap/shop-config:CURENCY", "--depth", "1")
    assert [node["id"] for node in near["nodes"] if node["type"] != "namespace"] == [
        "shop/CronJob/nightly-report/report",
        "shop/ConfigMap/shop-config:CURENCY",
        "shop/ConfigMap/shop-config",
        "shop/CronJob/nightly-report",
    ]
    payments = graph(FIXTURES, "demo", "-n", "payments")
    assert [node["id"] for node in payments["nodes"]] == [
        "payments/ConfigMap/payment-gateway:GATEWAY_URL",
        "payments",
        "payments/ConfigMap/payment-gateway",
    ]
    done = cmlint(FIXTURES, "graph", "demo", "--focus", "configmap/shop-confg")
    assert done.returncode == 2
    assert "did you mean `configmap/shop-config`?" in done.stderr
    done = cmlint(FIXTURES, "graph", "demo", "--focus", "ns/payments")
    assert done.returncode == 2
    assert "help: `-n payments` shows a complete namespace" in done.stderr


def test_a_read_of_one_of_several_objects_is_possible(tmp_path: Path) -> None:
    write(tmp_path, {"a/app.yaml": CONFIG_MAP % "app", "pod/pod.yaml": POD_READING_APP})
    found = [edge["possible"] for edge in graph(tmp_path)["edges"] if edge["type"] == "reads"]
    assert found == [False]
    write(tmp_path, {"b/app.yaml": CONFIG_MAP % "app"})
    reads = [edge for edge in graph(tmp_path)["edges"] if edge["type"] == "reads"]
    assert [(edge["possible"], edge["why"]) for edge in reads] == [
        (True, "it may read another object of this name"),
        (True, "it may read another object of this name"),
    ]
    assert cmlint(tmp_path, "graph").stdout.count('-->|"possible envFrom"|') == 2
    page = cmlint(tmp_path, "graph", "--format", "html").stdout
    assert page.count("<td>possible envFrom<td>ConfigMap app<td>") == 2


def test_a_focus_that_nothing_has_leads_to_what_is_near(tmp_path: Path) -> None:
    many = "".join(f"---\n{CONFIG_MAP % f'filler-{number:c}{number:c}'}" for number in range(200, 800))
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: app-secret}\n"
    write(tmp_path, {"a.yaml": f"{secret}---\n{CONFIG_MAP % 'app'}---\n{POD_READING_APP}{many}"})
    for wanted, help_ in (
        ("secret/app-secretx", "did you mean `secret/app-secret`?"),
        ("secret/app", "did you mean `configmap/app` or `pod/app`?"),
        ("app-secret", "did you mean `secret/app-secret`?"),
        ("configmap/app:B", "did you mean `configmap/app:A`?"),
    ):
        done = cmlint(tmp_path, "graph", "--focus", wanted)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"cmlint: error: nothing in the graph is called `{wanted}`\nhelp: {help_}\n"


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {A: b}\n"
POD_READING_APP = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec: {containers: [{name: c, image: 'c:1.0.0', envFrom: [{configMapRef: {name: app}}]}]}
"""


def test_a_focus_may_name_a_release_as_other_commands_do(tmp_path: Path) -> None:
    template = POD_READING_APP.replace("name: app", 'name: "{{ .Release.Name }}-app"')
    write(tmp_path, {"Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "templates/a.yaml": template})
    for name in ("RELEASE-app", "release-name-app"):
        found = graph(tmp_path, "--focus", f"pod/{name}")
        assert [node["id"] for node in found["nodes"] if node["type"] == "workload"] == ["-/Pod/RELEASE-app"]


def test_a_diagram_without_anything_is_not_silent(tmp_path: Path) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {chart: a}}\n"
    )
    write(tmp_path, {"a.yaml": application})
    empty = "cmlint: warning: nothing to draw: no workload, ConfigMap or Secret found\n"
    assert cmlint(tmp_path, "graph").stderr == empty
    write(tmp_path, {"a.yaml": CONFIG_MAP % "app" + "---\n" + POD_READING_APP})
    assert cmlint(tmp_path, "graph").stderr == ""
    fine = "cmlint: warning: nothing to draw: nothing in these files has a problem\n"
    assert cmlint(tmp_path, "graph", "--problems").stderr == fine


def test_one_part_is_in_the_singular(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CONFIG_MAP % "app" + "---\n" + POD_READING_APP})
    assert "ConfigMap app (1 key)" in cmlint(tmp_path, "graph", "--no-keys").stdout


def test_a_namespace_that_nothing_is_in(tmp_path: Path) -> None:
    named, unnamed = (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app{where}}}\ndata: {{A: b}}\n"
        for where in (", namespace: prod", "")
    )
    write(tmp_path, {"a/all.yaml": named, "b/all.yaml": unnamed})
    done = cmlint(tmp_path, "graph", "-n", "prd")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing is in the namespace `prd`" in done.stderr
    assert "help: there are `prod`" in done.stderr
    assert len(graph(tmp_path, "-n", "prod")["nodes"]) == 6
    assert len(graph(tmp_path, "b", "-n", "prd")["nodes"]) == 3


def test_the_heading_counts_one_of_a_kind(tmp_path: Path) -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\ndata: {A: b}\n"
    write(tmp_path, {"all.yaml": one})
    heads = [cmlint(tmp_path, "graph").stdout.splitlines()[1]]
    write(tmp_path, {"all.yaml": f"{one}---\n{one.replace('one', 'two')}"})
    heads.append(cmlint(tmp_path, "graph").stdout.splitlines()[1])
    assert heads == [
        "  %% 1 key, 1 namespace, 1 object, 0 reads; detail: key",
        "  %% 2 keys, 1 namespace, 2 objects, 0 reads; detail: key",
    ]


def test_the_heading_counts_a_namespace_of_several_builds_once(tmp_path: Path) -> None:
    named = CONFIG_MAP.replace("name: %s", "name: app, namespace: shop")
    for build in ("a", "b"):
        write(tmp_path, {f"{build}/kustomization.yaml": "resources: [app.yaml]\n", f"{build}/app.yaml": named})
    write(tmp_path, {"c/kustomization.yaml": "resources: [app.yaml]\n", "c/app.yaml": CONFIG_MAP % "app"})
    heading = "3 keys, 2 namespaces, 3 objects, 0 reads; detail: key"
    assert cmlint(tmp_path, "graph").stdout.splitlines()[1] == f"  %% {heading}"
    assert heading in cmlint(tmp_path, "graph", "--format", "html").stdout
    assert graph(tmp_path)["summary"]["nodes"] == {"bundle": 3, "key": 3, "namespace": 3, "object": 3}


def many(maps: int, readers: int) -> str:
    text = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{n}, namespace: ns{n % 7}}}\ndata: {{A: one}}\n"
        for n in range(maps)
    )
    for n in range(maps):
        refs = ", ".join(f"{{configMapRef: {{name: m{(n + 7 * k) % (maps - maps % 7)}}}}}" for k in range(readers))
        text += f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}, namespace: ns{n % 7}}}\nspec:\n"
        text += f"  containers: [{{name: c, image: 'web:1.2.3', envFrom: [{refs}]}}]\n"
    return text


def test_what_does_not_fit_is_collapsed_with_its_numbers(tmp_path: Path) -> None:
    write(tmp_path, {"all.yaml": many(700, 7)})
    done = cmlint(tmp_path, "graph")
    assert done.returncode == 0
    assert "drawn by namespace, because more detail does not fit" in done.stderr
    report = graph(tmp_path)
    assert report["summary"]["reads"] >= 4_900
    numbers = {
        kind: sum(
            map(
                int,
                re.findall(rf"(\d+) {kind}", done.stdout.partition("subgraph")[2] or done.stdout.partition("\n  n")[2]),
            )
        )
        for kind in ("workloads", "containers", "objects", "keys", "reads")
    }
    assert numbers == {
        "workloads": 700,
        "containers": 700,
        "objects": 700,
        "keys": 700,
        "reads": report["summary"]["reads"],
    }


def test_what_never_fits_is_refused(tmp_path: Path) -> None:
    text = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m, namespace: {'n' * 40}{n}}}\ndata: {{A: one}}\n"
        for n in range(900)
    )
    write(tmp_path, {"all.yaml": text})
    done = cmlint(tmp_path, "graph")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the graph is too large for mermaid" in done.stderr
    assert "--focus" in done.stderr


def test_keys_are_drawn_or_left_out_as_asked(tmp_path: Path) -> None:
    with_keys = cmlint(FIXTURES, "graph", "demo", "--keys")
    assert with_keys.stdout == cmlint(FIXTURES, "graph", "demo").stdout
    without = cmlint(FIXTURES, "graph", "demo", "--no-keys")
    assert without.stdout == cmlint(FIXTURES, "graph", "demo", "--detail", "container").stdout
    assert "key of" not in without.stdout
    write(tmp_path, {"all.yaml": many(700, 7)})
    done = cmlint(tmp_path, "graph", "--keys")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the graph is too large for mermaid by key\n" in done.stderr
    assert cmlint(tmp_path, "graph", "--keys", "--format", "dot").returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--keys", "--no-keys"), "`--keys` and `--no-keys` contradict each other"),
        (("--keys", "--detail", "workload"), "`--keys` and `--detail workload` contradict each other"),
        (("--no-keys", "--detail", "key"), "`--no-keys` and `--detail key` contradict each other"),
        (("--link-base", "https://example.com"), "mermaid has no links"),
        (("--format", "json", "--link-base", "https://example.com"), "json has no links"),
        (
            ("--format", "dot", "--link-base", "javascript:alert(1)"),
            "`--link-base` must be an address that begins with `https://`, not `javascript:alert(1)`",
        ),
        (
            ("--format", "dot", "--link-base", ""),
            "`--link-base` must be an address that begins with `https://`, not ``",
        ),
    ],
)
def test_options_that_cannot_be_followed(words: tuple[str, ...], message: str) -> None:
    done = cmlint(FIXTURES, "graph", "demo", *words)
    assert (done.returncode, done.stdout) == (2, "")
    first, help_ = done.stderr.splitlines()
    assert first == f"cmlint: error: {message}"
    assert help_.startswith("help: ")


def test_links_begin_with_the_base(tmp_path: Path) -> None:
    name = "javascript:x #?.yaml"
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  A: b\n"
    write(tmp_path, {f"in/{name}": text, "out.yaml": text.replace("app", "out")})
    plain = cmlint(tmp_path / "in", "graph", ".", "../out.yaml", "--format", "dot").stdout
    assert re.findall('URL="([^"]*)"', plain) == ["javascript%3Ax%20%23%3F.yaml#L5", "javascript%3Ax%20%23%3F.yaml#L3"]
    base = ("--link-base", "https://example.com/blob/main/")
    linked = cmlint(tmp_path / "in", "graph", ".", "../out.yaml", "--format", "dot", *base).stdout
    assert re.findall('URL="([^"]*)"', linked) == [
        "https://example.com/blob/main/javascript%3Ax%20%23%3F.yaml#L5",
        "https://example.com/blob/main/javascript%3Ax%20%23%3F.yaml#L3",
    ]
    page = cmlint(FIXTURES / "demo", "graph", "--format", "html", *base).stdout
    assert '<td><a href="https://example.com/blob/main/cart.yaml#L19">cart.yaml:19</a>' in page
    assert "<td>cart.yaml:19" in cmlint(FIXTURES / "demo", "graph", "--format", "html").stdout


def test_short_names_and_objects_without_a_namespace(tmp_path: Path) -> None:
    full = cmlint(FIXTURES, "graph", "demo", "--focus", "configmap/shop-config").stdout
    assert cmlint(FIXTURES, "graph", "demo", "--focus", "CM/shop-config").stdout == full
    deployment = cmlint(FIXTURES, "graph", "demo", "--focus", "deploy/cart")
    assert (deployment.returncode, deployment.stderr) == (0, "")
    write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: b}\n"})
    assert [node["name"] for node in graph(tmp_path, "-n", "prod")["nodes"]] == ["A", "-", "app"]


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_pictures_are_made_by_graphviz(tmp_path: Path, ending: str) -> None:
    done = cmlint(FIXTURES, "graph", "demo", "--output", str(tmp_path / f"g{ending}"))
    assert done.returncode == 2
    assert f"`cmlint graph --format dot | dot -T{ending[1:]} > " in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_ending_says_what_it_holds(tmp_path: Path) -> None:
    done = cmlint(FIXTURES, "graph", "demo", "--output", str(tmp_path / "g.txt"))
    assert done.returncode == 0
    assert done.stderr.endswith("g.txt: written as mermaid; `--format` chooses another format\n")


def test_what_cannot_be_read_is_not_drawn(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "graph", "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "cmlint: error: nope: no such file or folder\n"


# drawn by the real programs


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def mermaid(browser: Browser) -> Page:
    """A page that draws Mermaid with its default limits."""
    page = browser.new_page()
    page.set_content("<div id=out></div>")
    page.add_script_tag(path=str(NPM / "mermaid" / "dist" / "mermaid.min.js"))
    page.evaluate("mermaid.initialize({startOnLoad: false})")
    return page


def drawn(page: Page, text: str) -> list[str]:
    """The labels of a diagram, which is drawn without an error."""
    svg = page.evaluate("async (text) => (await mermaid.render('g', text)).svg", text)
    assert "Syntax error" not in svg
    assert "Maximum text size" not in svg
    page.evaluate("(svg) => { document.querySelector('#out').innerHTML = svg }", svg)
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#out .nodeLabel, #out .edgeLabel')].map((each) => each.textContent)"
    )
    return found


def hostile() -> str:
    text = ""
    for name in map(json.dumps, HOSTILE):
        meta = f"metadata: {{name: {name}, namespace: a}}\n"
        env = f"env: [{{name: {name}, valueFrom: {{configMapKeyRef: {{name: {name}, key: {name}}}}}}}]"
        text += f"---\napiVersion: v1\nkind: ConfigMap\n{meta}data: {{{name}: x}}\n"
        container = f"{{name: {name}, image: 'web:1.2.3', {env}}}"
        text += f"---\napiVersion: v1\nkind: Pod\n{meta}spec: {{containers: [{container}]}}\n"
    return text


def test_hostile_names_stay_names(tmp_path: Path, mermaid: Page) -> None:
    write(tmp_path, {"a.yaml": hostile()})
    labels = drawn(mermaid, cmlint(tmp_path, "graph").stdout)
    for name in HOSTILE:
        label = f"ConfigMap {name}"
        shown = label if len(label) <= 80 else f"{label[:79]}…"
        assert any(shown in each for each in labels), name
    assert mermaid.locator("#out b, #out script, #out a").count() == 0
    done = subprocess.run(
        ["dot", "-Tsvg"],
        input=cmlint(tmp_path, "graph", "--format", "dot").stdout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_graphviz_draws_the_demo() -> None:
    text = cmlint(FIXTURES, "graph", "demo", "--format", "dot").stdout
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert 'xlink:href="demo/catalog.yaml#L4"' in done.stdout


@pytest.mark.parametrize("folder", [FIXTURES / "demo", FIXTURES / "report", *REAL], ids=lambda folder: folder.name)
def test_mermaid_draws_it(folder: Path, mermaid: Page) -> None:
    done = cmlint(folder, "graph")
    assert done.returncode == 0, done.stderr
    assert bool(drawn(mermaid, done.stdout)) == ("n0" in done.stdout), "nothing where a repository has no object"


def test_the_largest_diagram_that_fits_is_drawn(tmp_path: Path, mermaid: Page) -> None:
    write(tmp_path, {"all.yaml": many(49, 7)})
    done = cmlint(tmp_path, "graph")
    assert "drawn by container" in done.stderr or "drawn by workload" in done.stderr
    assert drawn(mermaid, done.stdout)


def test_a_picture_of_nothing_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"})
    done = cmlint(tmp_path, "graph", "--problems")
    assert done.stdout.splitlines()[:2] == ["flowchart LR", "  %% 0 reads; detail: key"]
    assert done.returncode == 0
