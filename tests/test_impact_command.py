"""`cmlint impact`: what is asked for, what is written where, and what a change between two states does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.command import COMMAND, cmlint
from tests.support.repository import Repository
from tests.support.run import FIXTURES, write

FORMATS = ("text", "concise", "json", "markdown", "commands")


def asked(folder: Path, *words: str) -> Any:
    """The JSON of a line, which is valid."""
    done = cmlint(folder, "impact", *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    schema = json.loads(cmlint(folder, "schema", "--of", "impact").stdout)
    Draft202012Validator(schema).validate(report)
    return report


def reads(report: Any) -> list[str]:
    return [
        f"{r['workload']['name']} {'optional ' if r['optional'] else ''}{r['how']} {r['location']['path']}"
        f":{r['location']['start']['line']} {' '.join(r['names'])}: {r['effect']}"
        for r in report["reads"]
    ]


def test_the_demo() -> None:
    report = asked(FIXTURES, "configmap/shop-config", "-n", "shop", "--path", "demo")
    assert reads(report) == [
        "catalog envFrom demo/catalog.yaml:21 CURRENCY CATALOG_URL ORDERS_HOST: next-start",
        "checkout env demo/checkout.yaml:25 ORDERS_HOST: next-start",
        "frontend envFrom demo/frontend.yaml:20 LOG_LEVEL CURRENCY CATALOG_URL ORDERS_HOST: next-start",
        "nightly-report optional env demo/report.yaml:21 CURRENCY: next-run",
    ]
    assert [each["through"] for each in report["reads"]] == [[], ["ORDERS_URL"], ["CATALOG"], []]


def test_objects_that_one_custom_resource_makes_have_their_own_readers(tmp_path: Path) -> None:
    cluster = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\n"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    pod += "  - {name: web, image: 'web:1.2.3', envFrom: [{secretRef: {name: db-app}}]}\n"
    write(tmp_path, {"a.yaml": f"{cluster}---\n{pod}"})
    heads = [line for line in cmlint(tmp_path, "impact", "a.yaml").stdout.splitlines() if "(a.yaml:3)" in line]
    assert heads == [
        "ConfigMap db-* (a.yaml:3): no readers",
        "Secret db-* (a.yaml:3): no readers",
        "Secret db-app (a.yaml:3): 1 reader in 1 workload, 1 namespace",
        "ConfigMap cnpg-default-monitoring (a.yaml:3): no readers",
    ]


def test_a_key_of_the_demo() -> None:
    report = asked(FIXTURES, "cm/shop-config:CURRENCY", "-n", "shop", "--path", "demo")
    assert reads(report) == [
        "catalog envFrom demo/catalog.yaml:21 CURRENCY: next-start",
        "frontend envFrom demo/frontend.yaml:20 CURRENCY: next-start",
    ]
    assert [(n["workload"]["name"], n["key"], n["location"]["start"]["line"]) for n in report["near"]] == [
        ("nightly-report", "CURENCY", 21)
    ]
    assert report["summary"] == {
        "readers": 2,
        "workloads": 2,
        "containers": 2,
        "pods": 4,
        "namespaces": 1,
        "bundles": 1,
        "effects": {"next-start": 2},
    }


def test_the_text_of_the_demo() -> None:
    done = cmlint(FIXTURES / "demo", "impact", "configmap/shop-config:CURRENCY")
    assert (
        done.stdout
        == """\
ConfigMap shop/shop-config (config.yaml:5), key CURRENCY: 2 readers in 2 workloads, 1 namespace

not before the container starts again; until then, replicas may differ
  Deployment catalog   container catalog   envFrom -> CURRENCY  catalog.yaml:21
  Deployment frontend  container frontend  envFrom -> CURRENCY  frontend.yaml:20

near
  CronJob nightly-report reads `CURENCY`, which is not there  report.yaml:21:29

commands
  kubectl apply -f config.yaml
  kubectl rollout restart deployment/catalog deployment/frontend -n shop
  kubectl rollout status deployment/catalog -n shop --timeout=5m
  kubectl rollout status deployment/frontend -n shop --timeout=5m
  kubectl exec deployment/catalog -n shop -c catalog -- printenv CURRENCY
"""
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_places() -> None:
    demo = FIXTURES / "demo"
    assert [t["key"] for t in asked(demo, "config.yaml:9")["targets"]] == ["CURRENCY"]
    assert [(t["name"], t["key"]) for t in asked(demo, "config.yaml:5")["targets"]] == [("shop-config", None)]
    names = ["shop-config", "warehouses", "catalog-settings", "payment-gateway"]
    assert [t["name"] for t in asked(demo, "config.yaml")["targets"]] == names
    done = cmlint(demo, "impact", "catalog.yaml:3")
    assert (done.returncode, done.stdout) == (2, "")
    assert "catalog.yaml:3 defines no ConfigMap or Secret" in done.stderr


@pytest.mark.parametrize(
    ("words", "message", "help_"),
    [
        (
            ("configmap/shop-confg",),
            "nothing defines or reads the ConfigMap `shop-confg`",
            "did you mean `configmap/shop-config`?",
        ),
        (("nothing",), "`nothing` is neither an object nor a file", "write `configmap/NAME`, `configmap/NAME:KEY`"),
        (
            ("configmap", "x"),
            "`configmap` is neither an object nor a file",
            "write kind and name as one word: `configmap/NAME`",
        ),
        (("confg.yaml:5",), "`confg.yaml:5` is neither an object nor a file", "did you mean `config.yaml:5`?"),
        (("sts/web",), "`sts/web` is neither an object nor a file", "`cmlint env --workload sts/web` shows what"),
        (
            ("../demo",),
            "`../demo` is neither an object nor a file",
            "it is a folder: name an object, and give the folder",
        ),
        (
            ("cm/shop-config", "-n", "nope"),
            "nothing defines or reads the ConfigMap `shop-config` in the namespace `nope`",
            "there are `shop`",
        ),
        (
            ("cm/shop-config", "-n", "sho-p"),
            "nothing defines or reads the ConfigMap `shop-config` in the namespace `sho-p`",
            "did you mean `shop`?",
        ),
        (
            ("checkout.yaml:25",),
            "checkout.yaml:25 defines no ConfigMap or Secret",
            "it reads one: `cmlint impact configmap/shop-config:ORDERS_HOST`",
        ),
        (
            ("catalog.yaml:3",),
            "catalog.yaml:3 defines no ConfigMap or Secret",
            "name the line of its name or of one of",
        ),
        (("catalog.yaml",), "catalog.yaml defines no ConfigMap or Secret", "name a manifest, a file of a generator"),
        ((), "nothing to show", "give either"),
        (("configmap/x", "--staged"), "`--since` and `--staged` show all that has changed", "give either"),
        (("config.yaml:999",), "config.yaml has no line 999", "its last line is 41"),
    ],
)
def test_wrong_questions(words: tuple[str, ...], message: str, help_: str) -> None:
    done = cmlint(FIXTURES / "demo", "impact", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cmlint: error: {message}")
    assert help_ in done.stderr


def test_what_is_not_there_may_be_in_what_cannot_be_read(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "impact", "configmaps/app", "--path", "nope")
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == [
        "cmlint: error: nope: no such file or folder",
        "cmlint: error: nothing defines or reads the ConfigMap `app`",
    ]


def test_no_reader_is_an_answer() -> None:
    done = cmlint(FIXTURES / "demo", "impact", "secret/newsletter")
    assert done.returncode == 0
    assert done.stdout.startswith("Secret shop/newsletter (secrets.yaml:13): no readers\n")


@pytest.mark.parametrize(("fail_on", "status"), [("never", 0), ("breaks", 0), ("restart", 1)])
def test_what_fails_a_run(fail_on: str, status: int) -> None:
    done = cmlint(FIXTURES / "demo", "impact", "cm/shop-config", "--fail-on", fail_on)
    assert done.returncode == status


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_goes_to_its_file(tmp_path: Path, form: str) -> None:
    demo = FIXTURES / "demo"
    for number, what in enumerate(("cm/shop-config", "secret/newsletter")):
        file = tmp_path / f"{number}.{form}"
        printed = cmlint(demo, "impact", what, "--format", form)
        written = cmlint(demo, "impact", what, "--format", form, "--output", str(file))
        assert (written.returncode, written.stdout) == (0, "")
        assert file.read_text(encoding="utf-8") == printed.stdout
        assert printed.stdout or form == "concise"


# what has changed

APP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  A: "1"
  B: two
"""
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: not-a-real-one}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
      - name: c
        image: registry.example.com/web:1.2.3
        envFrom: [{configMapRef: {name: MAP}}]
"""
ENV = """\
        env:
        - {name: B2, valueFrom: {configMapKeyRef: {name: app, key: B}}}
        - {name: PW, valueFrom: {secretKeyRef: {name: db, key: password}}}
"""
FILES = {
    "base/app.yaml": APP,
    "base/db.yaml": SECRET,
    "base/web.yaml": DEPLOYMENT.replace("NAME", "web").replace("MAP", "app") + ENV,
    "base/kustomization.yaml": "resources: [app.yaml, db.yaml, web.yaml]\n",
    "dev/kustomization.yaml": "namespace: dev\nresources: [../base]\n",
    "prod/kustomization.yaml": "namespace: prod\nresources: [../base]\n",
    "gen/kustomization.yaml": "configMapGenerator: [{name: gen, envs: [gen.env]}]\nresources: [gen.yaml]\n",
    "gen/gen.env": "X=1\nY=2\n",
    "gen/gen.yaml": DEPLOYMENT.replace("NAME", "gen").replace("MAP", "gen"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository of eight commits, each with a change of one kind."""
    found = Repository(tmp_path_factory.mktemp("impact") / "repository", FILES)
    for path, before, after in (
        ("base/app.yaml", '  A: "1"\n  B: two', "  # a comment\n  B: \"two\"\n  A: '1'"),
        ("base/db.yaml", "not-a-real-one", "not-a-real-two"),
        ("base/app.yaml", "A: '1'", "A: '2'"),
        ("base/app.yaml", '  B: "two"\n', ""),
        ("gen/gen.env", "Y=2", "Y=3"),
        ("base/web.yaml", "envFrom: [{configMapRef: {name: app}}]", "envFrom: []"),
        ("base/kustomization.yaml", "app.yaml, ", ""),
    ):
        found.edit(path, before, after)
        if before == "app.yaml, ":
            found.git("rm", "--quiet", "base/app.yaml")
        assert found.commit(path).returncode == 0
    assert len(found.git("log", "--format=%h").split()) == 8
    return found


def changed(repository: Repository, first: int) -> Any:
    """What the commit with a number did, from the first one after the beginning."""
    repository.git("checkout", "--quiet", f"main~{7 - first}")
    return asked(repository.folder, "--since", "HEAD~1")


def targets(report: Any) -> list[str]:
    return [f"{t['name']}:{t['key'] or ''} {t['change']}" for t in report["targets"]]


def effects(report: Any) -> list[str]:
    return [f"{r['workload']['namespace']} {r['workload']['name']} {r['how']}: {r['effect']}" for r in report["reads"]]


def test_a_comment_and_another_order_change_nothing(repository: Repository) -> None:
    report = changed(repository, 1)
    assert (report["targets"], report["reads"], report["references"]) == ([], [], [])


def test_a_value_of_a_secret_is_in_no_output(repository: Repository) -> None:
    report = changed(repository, 2)
    assert targets(report) == ["db:password changed"]
    assert effects(report) == ["dev web env: next-start", "prod web env: next-start"]
    for form in FORMATS:
        done = cmlint(repository.folder, "impact", "--since", "HEAD~1", "--format", form)
        assert "not-a-real" not in done.stdout + done.stderr
        assert "PW" in done.stdout or form in ("commands", "markdown")


def test_a_base_counts_once_and_lists_its_overlays(repository: Repository) -> None:
    report = changed(repository, 3)
    assert targets(report) == ["app:A changed"]
    assert report["targets"][0]["bundles"] == ["dev/kustomization.yaml", "prod/kustomization.yaml"]
    assert effects(report) == ["dev web envFrom: next-start", "prod web envFrom: next-start"]


def test_a_key_that_goes_breaks(repository: Repository) -> None:
    report = changed(repository, 4)
    assert targets(report) == ["app:B removed"]
    assert effects(report) == [
        "dev web env: breaks",
        "prod web env: breaks",
        "dev web envFrom: next-start",
        "prod web envFrom: next-start",
    ]
    done = cmlint(repository.folder, "impact", "--since", "HEAD~1", "--fail-on", "breaks")
    assert done.returncode == 1
    assert "rollout restart" not in done.stdout


def test_a_line_of_a_generators_file_rolls(repository: Repository) -> None:
    report = changed(repository, 5)
    assert targets(report) == ["gen:Y changed"]
    assert effects(report) == ["None gen envFrom: rolls"]


def test_a_reference_that_went_is_shown(repository: Repository) -> None:
    report = changed(repository, 6)
    assert report["targets"] == []
    assert [(r["change"], r["name"], r["workload"]["namespace"]) for r in report["references"]] == [
        ("went", "app", "dev"),
        ("went", "app", "prod"),
    ]


def test_an_object_that_goes_breaks(repository: Repository) -> None:
    report = changed(repository, 7)
    assert targets(report) == ["app: removed"]
    assert report["targets"][0]["location"]["path"] == "base/app.yaml"
    assert effects(report) == ["dev web env: breaks", "prod web env: breaks"]


def test_what_is_staged_counts_and_nothing_else(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", FILES)
    repository.edit("base/app.yaml", 'A: "1"', 'A: "2"')
    repository.git("add", "--all")
    repository.edit("base/app.yaml", "B: two", "B: three")
    assert targets(asked(repository.folder, "--staged")) == ["app:A changed"]
    assert targets(asked(repository.folder, "--since", "HEAD")) == ["app:A changed", "app:B changed"]


def test_a_file_that_moved_changes_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", {"old/all.yaml": f"{APP}---\n{FILES['base/web.yaml']}"})
    repository.git("mv", "old", "new")
    report = asked(repository.folder, "--since", "HEAD")
    assert (report["targets"], report["references"]) == ([], [])


def test_warnings_do_not_spoil_the_output(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", FILES | {"broken/kustomization.yaml": "resources: [gone.yaml]\n"})
    repository.edit("base/app.yaml", 'A: "1"', 'A: "2"')
    line = f"{COMMAND} impact --since HEAD --format json | {sys.executable} -m json.tool"
    done = subprocess.run(line, shell=True, cwd=repository.folder, capture_output=True, text=True, check=False)
    assert targets(json.loads(done.stdout)) == ["app:A changed"]
    assert "broken/kustomization.yaml" in done.stderr


LACKING = """\
configMapGenerator:
  - name: app
    envs: [{name}]
"""

COMMANDS = (("impact", "configmap/app"), ("graph",), ("env",))
"""The commands that report no findings, and say what is not built beside what they show."""


@pytest.mark.parametrize("words", COMMANDS)
def test_a_reason_why_builds_lack_something_is_shown_once(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, {f"k{n:02}/kustomization.yaml": LACKING.format(name="local.env") for n in range(13)})
    done = cmlint(tmp_path, *words)
    more = ", ".join(f"k{n:02}/kustomization.yaml" for n in range(1, 11))
    unbuilt = [line for line in done.stderr.splitlines() if "built" in line]
    assert unbuilt == [
        "cmlint: warning: k00/kustomization.yaml: built without `local.env`: no such file or folder; "
        f"also at 12 more places: {more}, ..."
    ]


@pytest.mark.parametrize("words", COMMANDS)
def test_of_many_reasons_the_first_are_shown(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, {f"k{n:02}/kustomization.yaml": LACKING.format(name=f"{n:02}.env") for n in range(13)})
    done = cmlint(tmp_path, *words)
    unbuilt = [line for line in done.stderr.splitlines() if "build" in line or "built" in line]
    assert unbuilt == [
        *(
            f"cmlint: warning: k{n:02}/kustomization.yaml: built without `{n:02}.env`: no such file or folder"
            for n in range(10)
        ),
        "cmlint: warning: 3 more reasons why builds fail or lack a part: `cmlint check --select not-built`",
    ]


def test_json_has_every_place_that_is_not_built(tmp_path: Path) -> None:
    write(tmp_path, {f"k{n:02}/kustomization.yaml": LACKING.format(name="local.env") for n in range(13)})
    skipped = asked(tmp_path, "configmap/app")["skipped"]
    reason = "built without `local.env`: no such file or folder"
    assert skipped == [{"path": f"k{n:02}/kustomization.yaml", "reason": reason} for n in range(13)]


def test_what_is_not_there_may_be_in_what_is_not_built(tmp_path: Path) -> None:
    write(tmp_path, {"k/kustomization.yaml": "resources: [gone.yaml]\n", "app.yaml": APP})
    done = cmlint(tmp_path, "impact", "configmap/settings")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[:2] == [
        "cmlint: warning: k/kustomization.yaml: built without `gone.yaml`: no such file or folder",
        "cmlint: error: nothing defines or reads the ConfigMap `settings`",
    ]


@pytest.mark.parametrize("words", [*COMMANDS, ("explain", "configmap/app")])
def test_without_builds_the_files_are_read_as_they_are(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, FILES)
    done = cmlint(tmp_path, *words, "--no-build", "--kustomize", "no-such-program")
    assert (done.returncode, done.stderr) == (0, "")
    built = cmlint(tmp_path, *words)
    assert (built.returncode, built.stderr) == (0, "")
    assert done.stdout != built.stdout


def test_a_generators_file_and_a_line_of_it(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert targets(asked(tmp_path, "gen/gen.env:2")) == ["gen:Y asked"]
    assert targets(asked(tmp_path, "gen/gen.env")) == ["gen:X asked", "gen:Y asked"]


CHART = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  LEVEL: {{ .Values.level | quote }}
  OTHER: fixed
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {checksum/config: "{{ .Values | toYaml | sha256sum }}"}
    spec: {containers: [{name: web, image: "web:1.2.3", envFrom: [{configMapRef: {name: settings}}]}]}
"""


def test_a_line_of_a_charts_values(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            "shop/values.yaml": "level: info\nreplicas: 2\n",
            "shop/templates/all.yaml": CHART,
        },
    )
    report = asked(tmp_path, "shop/values.yaml:1")
    assert targets(report) == ["settings:LEVEL asked"]
    assert [(r["effect"], r["why"]) for r in report["reads"]] == [
        ("rolls", "the annotation `checksum/config` changes with it")
    ]
    assert report["commands"][0]["command"] == "# upgrade the release of the chart in shop"
    assert cmlint(tmp_path, "impact", "shop/values.yaml:2").returncode == 2


SCRIPT = """\
{{- if .Values.script }}
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-script"}
data:
  run.sh: |
    echo one
{{- if .Values.more }}
    echo two
{{- end }}
    echo three
  other: x
{{- end }}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: "web:1.2.3", env: [{name: REPLICAS, value: "{{ .Values.replicas }}"}]}]
  volumes: [{name: v, configMap: {name: "{{ .Release.Name }}-script", optional: true}}]
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A chart with a value of several lines, in an object that is rendered with one of its values alone."""
    write(
        tmp_path,
        {
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            "shop/values.yaml": "script: true\nreplicas: 2\nmore: true\n",
            "shop/templates/all.yaml": SCRIPT,
            "shop/templates/never.yaml": "{{ if .Values.never }}\nkind: ConfigMap\nmetadata: {name: x}\n\n{{ end }}\n",
        },
    )
    return tmp_path


@pytest.mark.parametrize("line", [6, 7, 8, 9, 10, 11])
def test_a_line_inside_of_a_value_in_a_template(scripts: Path, line: int) -> None:
    assert targets(asked(scripts, f"shop/templates/all.yaml:{line}")) == ["RELEASE-script:run.sh asked"]


@pytest.mark.parametrize("line", [1, 2, 5, 13, 14, 17])
def test_another_line_of_a_template_is_in_no_value(scripts: Path, line: int) -> None:
    done = cmlint(scripts, "impact", f"shop/templates/all.yaml:{line}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "help: name the line of its name or of one of its keys"


@pytest.mark.parametrize(
    ("place", "help_"),
    [
        ("shop/templates/never.yaml:4", "the chart may render it with other values: give them with `--helm-values` or"),
        ("shop/templates/never.yaml", "the chart may render it with other values: give them with `--helm-values` or"),
        ("shop/values.yaml:2", "none is known to take a value from there: change it, and ask with `--since HEAD`"),
        ("shop/templates/all.yaml:20", "it reads one: `cmlint impact configmap/RELEASE-script`"),
    ],
)
def test_what_to_ask_for_in_a_chart_instead(scripts: Path, place: str, help_: str) -> None:
    done = cmlint(scripts, "impact", place)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"help: {help_}" in done.stderr


def test_a_chart_that_is_not_built_says_why(scripts: Path) -> None:
    write(scripts, {"shop/templates/broken.yaml": '{{ fail "no" }}\n'})
    done = cmlint(scripts, "impact", "shop/templates/all.yaml:6")
    assert done.returncode == 2
    assert "help: its chart is not built: execution error" in done.stderr


def test_an_object_of_a_chart_is_shown_by_the_name_of_findings(scripts: Path) -> None:
    for form in ("text", "concise", "json", "markdown", "commands"):
        shown = cmlint(scripts, "impact", "configmap/RELEASE-script", "--format", form).stdout
        assert "release-name" not in shown
        assert "RELEASE-script" in shown or form == "commands"


@pytest.mark.parametrize("name", ["release-name-script", "RELEASE-script"])
def test_an_object_of_a_chart_has_the_name_that_findings_show(scripts: Path, name: str) -> None:
    assert reads(asked(scripts, f"configmap/{name}")) == ["web optional unmounted shop/templates/all.yaml:20 : none"]
    for near in (name[:-1], f"{name}s"):
        assert f"did you mean `configmap/{name}`?" in cmlint(scripts, "impact", f"configmap/{near}").stderr


def test_a_new_key_is_noted() -> None:
    assert cmlint(FIXTURES / "demo", "impact", "configmap/shop-config:CURRENCY").stderr == ""
    done = cmlint(FIXTURES / "demo", "impact", "configmap/shop-config:CURENCY")
    assert done.returncode == 0
    assert done.stderr == (
        "cmlint: note: the ConfigMap shop/shop-config has no key `CURENCY`; did you mean `CURRENCY`?\n"
    )
    done = cmlint(FIXTURES / "demo", "impact", "configmap/shop-config:XYZ")
    assert done.stderr == "cmlint: note: the ConfigMap shop/shop-config has no key `XYZ`\n"


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./apps, postBuild: {substituteFrom: [{kind: ConfigMap, name: vars}]}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: prod}
spec:
  chart: {spec: {chart: ./shop, sourceRef: {kind: GitRepository, name: repository}}}
  valuesFrom: [{kind: ConfigMap, name: vars}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: vars}
data: {A: "1"}
"""


def test_flux_lists_what_it_renders(tmp_path: Path) -> None:
    pods = "".join(
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\nspec: {{containers: []}}\n" for n in range(7)
    )
    write(
        tmp_path,
        {
            "flux/flux.yaml": FLUX,
            "apps/pods.yaml": pods,
            "apps/built/kustomization.yaml": "resources: [other.yaml]\n",
            "apps/built/unnamed.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: unnamed}\ndata: {A: b}\n",
            "apps/built/other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata: {A: b}\n",
            "else/pods.yaml": pods.replace("name: p", "name: q"),
            "shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
            "shop/templates/all.yaml": CHART.replace("{{ .Values.level | quote }}", "info"),
        },
    )
    report = asked(tmp_path, "configmap/vars")
    rendered = {
        r["workload"]["kind"]: [f"{each['kind']} {each['name']}" for each in r["renders"]] for r in report["reads"]
    }
    assert rendered == {
        "HelmRelease": ["ConfigMap settings", "Deployment web"],
        "Kustomization": [*(f"Pod p{n}" for n in range(7)), "ConfigMap other"],
    }
    assert [r["more"] for r in report["reads"]] == [False, False]
    lines = cmlint(tmp_path, "impact", "configmap/vars").stdout.splitlines()
    assert "    renders Pod p0, Pod p1, Pod p2, Pod p3, Pod p4 and 3 more" in lines
    assert "    renders ConfigMap settings, Deployment web" in lines
    write(tmp_path, {"apps/pods.yaml": "".join(pods.replace("name: p", f"name: p{n}-") for n in range(40))})
    (read,) = [r for r in asked(tmp_path, "configmap/vars")["reads"] if r["workload"]["kind"] == "Kustomization"]
    assert (len(read["renders"]), read["more"]) == (200, True)
    assert " and 195 or more\n" in cmlint(tmp_path, "impact", "configmap/vars").stdout


MANY = {
    "app.yaml": APP,
    "other.yaml": APP,
    "db.yaml": SECRET,
    "web.yaml": DEPLOYMENT.replace("NAME", "web").replace("MAP", "app"),
}


def after(folder: Path, path: str, text: str, files: dict[str, str] | None = None) -> list[str]:
    """The targets of a change of one file, in a repository of its own."""
    repository = Repository(folder / "r", files or MANY)
    write(repository.folder, {path: text})
    return [f"{t['location']['path']} {t['name']}:{t['key']} {t['change']}" for t in since_head(repository)["targets"]]


def since_head(repository: Repository) -> Any:
    return asked(repository.folder, "--since", "HEAD")


@pytest.mark.parametrize("path", ["app.yaml", "other.yaml"])
def test_of_two_definitions_in_a_folder_each_can_change(tmp_path: Path, path: str) -> None:
    assert after(tmp_path, path, APP.replace("two", "three")) == [f"{path} app:B changed"]


def test_an_object_that_moves_to_another_file_of_its_folder_changes_nothing(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", {"all.yaml": f"{APP}---\n{SECRET}"})
    write(repository.folder, {"all.yaml": SECRET, "app.yaml": APP})
    assert since_head(repository)["targets"] == []


PLAIN = SECRET.replace("not-a-real-one", "hello")
ENCODED = PLAIN.replace("stringData: {password: hello}", "data: {password: aGVsbG8=}")


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        (PLAIN, ENCODED, False),
        (PLAIN, ENCODED.replace("{password: aGVsbG8=}", "\n  password: |\n    aGVs\n    bG8=\n"), False),
        (PLAIN, f"{ENCODED}stringData: {{password: hello}}\n", False),
        (PLAIN, f"{ENCODED.replace('aGVsbG8=', 'YWFhYQ==')}stringData: {{password: hello}}\n", False),
        (PLAIN, f"{ENCODED}stringData: {{password: hallo}}\n", True),
        (PLAIN, ENCODED.replace("aGVsbG8=", "YWFhYQ=="), True),
        (PLAIN, PLAIN.replace("hello", "aGVsbG8="), True),
    ],
)
def test_a_value_of_a_secret_is_what_the_cluster_has(tmp_path: Path, before: str, now: str, changed: bool) -> None:
    found = after(tmp_path, "db.yaml", now, MANY | {"db.yaml": before})
    assert found == (["db.yaml db:password changed"] if changed else [])


def test_an_alias_changes_with_what_it_represents(tmp_path: Path) -> None:
    text = SECRET.replace("{password: not-a-real-one}", "\n  a: &one first\n  b: *one\n  c: &one other\n  d: *one\n")
    found = after(tmp_path, "db.yaml", text.replace("first", "second"), MANY | {"db.yaml": text})
    assert found == ["db.yaml db:a changed", "db.yaml db:b changed"]


def test_text_that_becomes_binary_changes(tmp_path: Path) -> None:
    text = APP.replace('A: "1"', "C: x") + "binaryData: {A: MQ==}\n"
    assert after(tmp_path, "app.yaml", text) == ["app.yaml app:A changed", "app.yaml app:C added"]


FROZEN = f"{APP}immutable: true\n"


@pytest.mark.parametrize(
    ("before", "now", "effect"),
    [
        (APP, FROZEN.replace("two", "three"), "next-start"),
        (FROZEN, APP.replace("two", "three"), "rejected"),
        (FROZEN, FROZEN.replace("two", "three"), "rejected"),
    ],
)
def test_what_counts_is_whether_an_object_was_immutable(tmp_path: Path, before: str, now: str, effect: str) -> None:
    repository = Repository(tmp_path / "r", {"app.yaml": before, "web.yaml": MANY["web.yaml"]})
    write(repository.folder, {"app.yaml": now})
    report = since_head(repository)
    assert effects(report) == [f"None web envFrom: {effect}"]
    refused = report["commands"][0]["command"] == "# the ConfigMap app is immutable: give it a new name"
    assert refused == (effect == "rejected")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("options: {immutable: true}", "rolls"),
        ("options: {immutable: true, disableNameSuffixHash: true}", "rejected"),
        ("options: {disableNameSuffixHash: true}", "next-start"),
    ],
)
def test_what_is_generated_may_be_immutable(tmp_path: Path, options: str, expected: str) -> None:
    generator = FILES["gen/kustomization.yaml"].replace("envs: [gen.env]", f"envs: [gen.env], {options}")
    files = {path: text for path, text in FILES.items() if path.startswith("gen/")}
    repository = Repository(tmp_path / "r", files | {"gen/kustomization.yaml": generator})
    repository.edit("gen/gen.env", "Y=2", "Y=3")
    report = since_head(repository)
    assert (targets(report), effects(report)) == (["gen:Y changed"], [f"None gen envFrom: {expected}"])


def test_without_a_repository_or_a_commit_nothing_is_compared(tmp_path: Path) -> None:
    write(tmp_path, MANY)
    done = cmlint(tmp_path, "impact", "--since", "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cmlint: error: the working directory is in no Git repository\n")


def test_a_clone_without_its_past_says_what_to_fetch(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r", MANY)
    repository.edit("app.yaml", "two", "three")
    repository.commit("change")
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", repository.folder.as_uri(), str(tmp_path / "c")], check=True
    )
    done = cmlint(tmp_path / "c", "impact", "--since", "HEAD~1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "help: this clone is shallow: run `git fetch --depth=1 origin HEAD~1`" in done.stderr


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: gatus}
spec:
  MORE
  chartRef: {kind: OCIRepository, name: app-template}
  values:
    persistence: {config: {type: configMap, name: "{{ .Release.Name }}-map"}}
    other: {name: "{{ .Values.x }}-map"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME-map}
data: {A: b}
"""


@pytest.mark.parametrize(
    ("more", "name", "head"),
    [
        ("interval: 1h", "gatus", "1 possible reader"),
        ("releaseName: own", "own", "1 possible reader"),
        ("targetNamespace: prod", "prod-gatus", "1 possible reader"),
        ("releaseName: own", "gatus", "no readers"),
        ("interval: 1h", "x", "no readers"),
    ],
)
def test_a_release_may_read_what_its_values_name_after_it(tmp_path: Path, more: str, name: str, head: str) -> None:
    write(tmp_path, {"all.yaml": RELEASE.replace("MORE", more).replace("NAME", name)})
    lines = cmlint(tmp_path, "impact", f"configmap/{name}-map").stdout.splitlines()
    assert lines[0].endswith(f": {head}")
    assert ("  HelmRelease gatus  optional field  all.yaml:3" in lines) == (head != "no readers")


def test_another_release_does_not_read_what_is_named_after_this_one(tmp_path: Path) -> None:
    values = 'envFrom: [{configMapRef: {name: "{{ .Release.Name }}-map"}}, {configMapRef: {name: "${P}-map"}}]'
    release = (
        RELEASE.partition("---")[0].replace("MORE", "interval: 1h").replace("other: {", f"{values}\n    other: {{")
    )
    write(tmp_path, {"all.yaml": RELEASE.replace("MORE", "interval: 1h").replace("NAME", "gatus")})
    for name in ("gatus", "plex"):
        write(tmp_path, {f"{name}.yaml": release.replace("name: gatus", f"name: {name}")})
    done = cmlint(tmp_path, "impact", "configmap/gatus-map", "--format", "json")
    reads = Counter((each["workload"]["name"], each["location"]["path"]) for each in json.loads(done.stdout)["reads"])
    assert reads == {("gatus", "gatus.yaml"): 3, ("plex", "plex.yaml"): 1, ("gatus", "all.yaml"): 1}


def test_the_file_to_commit_is_that_of_the_key(tmp_path: Path) -> None:
    flux = FLUX.partition("---")[0]
    generator = "configMapGenerator: [{name: app, files: [files/a.conf], literals: [B=c]}]\n"
    write(tmp_path, {"flux.yaml": flux, "apps/kustomization.yaml": generator, "apps/files/a.conf": "x\ny\n"})
    for place, file in (
        ("apps/files/a.conf:2", "apps/files/a.conf"),
        ("configmap/app:a.conf", "apps/files/a.conf"),
        ("configmap/app:B", "apps/kustomization.yaml"),
        ("configmap/app", "apps/kustomization.yaml"),
    ):
        lines = cmlint(tmp_path, "impact", place, "--format", "commands").stdout.splitlines()
        assert lines == [f"# commit the change of {file}: Flux brings it to the cluster"]


READERS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: web, image: "web:1.2.3", volumeMounts: [{name: v, mountPath: /etc/app}]}]
      volumes: [{name: v, configMap: {name: app}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: other}
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:1.2.3
          envFrom: [{configMapRef: {name: app}}]
          volumeMounts: [{name: v, mountPath: /etc/app}, {name: v, mountPath: /etc/a, subPath: A}]
      volumes: [{name: v, configMap: {name: app}}]
"""
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: b}\n"


def test_a_reason_of_all_reads_of_a_section_is_in_its_title(tmp_path: Path) -> None:
    write(tmp_path, {"map.yaml": MAP, "all.yaml": READERS})
    lines = cmlint(tmp_path, "impact", "configmap/app").stdout.splitlines()
    stays = "  (a file that is mounted with `subPath` stays as it is)"
    assert lines[2:9] == [
        "not before the container starts again; until then, replicas may differ",
        "  Deployment other  container web  envFrom -> A       all.yaml:19",
        f"  Deployment other  container web  subPath -> /etc/a  all.yaml:21{stays}",
        "",
        "the file changes in about a minute; the program must read the file again",
        "  Deployment other  container web  file -> /etc/app/A  all.yaml:21",
        "  Deployment web    container web  file -> /etc/app/A  all.yaml:8",
    ]


def test_only_reads_that_look_the_same_name_their_build(tmp_path: Path) -> None:
    overlay = "resources: [../base]\n"
    write(tmp_path, {"base/kustomization.yaml": "resources: [all.yaml]\n", "base/all.yaml": f"{MAP}---\n{READERS}"})
    for name, text in (("one", overlay), ("two", overlay), ("three", f"{overlay}namespace: three\n")):
        write(tmp_path, {f"{name}/kustomization.yaml": text})
    lines = cmlint(tmp_path, "impact", "configmap/app").stdout.splitlines()
    assert [line for line in lines if "envFrom" in line] == [
        "  Deployment other        container web  envFrom -> A       base/all.yaml:24  in one/kustomization.yaml",
        "  Deployment other        container web  envFrom -> A       base/all.yaml:24  in two/kustomization.yaml",
        "  Deployment three/other  container web  envFrom -> A       base/all.yaml:24",
    ]


def test_the_same_possible_reads_are_shown_once(tmp_path: Path) -> None:
    write(tmp_path, {"one/a.yaml": MAP, "two/a.yaml": MAP, "three/k.yaml": READERS})
    lines = cmlint(tmp_path, "impact", "configmap/app").stdout.splitlines()
    first, second = (i for i, line in enumerate(lines) if line == "may read it")
    assert [line[:70].rstrip() for line in lines[first + 1 : first + 5]] == [
        "  Deployment other  container web  envFrom -> A        three/k.yaml:19",
        "  Deployment other  container web  subPath -> /etc/a   three/k.yaml:21",
        "  Deployment other  container web  file -> /etc/app/A  three/k.yaml:21",
        "  Deployment web    container web  file -> /etc/app/A  three/k.yaml:8",
    ]
    assert lines[second + 1 : second + 3] == ["  the same 4 reads as of one/a.yaml:3", ""]


def test_a_container_without_a_name_is_called_by_its_field(tmp_path: Path) -> None:
    text = """\
apiVersion: example.com/v1
kind: Shop
metadata: {name: a}
spec: {web: {image: 'a:1.2.3', envFrom: [{configMapRef: {name: app}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {A: b}
"""
    write(tmp_path, {"a.yaml": text})
    assert "container spec.web" in cmlint(tmp_path, "impact", "cm/app").stdout
