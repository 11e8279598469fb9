"""Helm charts: what is rendered, where findings of it are shown, and what is said of charts that are not rendered."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cmlint.config.config import Config, Helm
from cmlint.errors import FatalError
from cmlint.model.findings import ObjectId
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.helm.render import listed
from tests.support.command import COMMAND, cmlint
from tests.support.run import FIXTURES, concise, failures, inside, lint, loaded, run, write
from tests.support.tools import HELM

PROJECTS = FIXTURES / "projects"


@pytest.fixture(scope="module", autouse=True)
def program() -> None:
    """The real program, which `make test` builds."""
    assert os.access(HELM, os.X_OK), f"there is no helm at {HELM}: run `make test`, or set CMLINT_TEST_HELM"


def warnings(result: Result) -> list[str]:
    """What is told besides findings; none of it makes the run fail."""
    assert not any(problem.fatal for problem in result.problems)
    return [f"{problem.path}: {problem.message}" for problem in result.problems]


def related(result: Result) -> list[str]:
    """The places that belong to findings."""
    places = (place for finding in result.outcome.findings for place in finding.related)
    return [f"{p.location.path}:{p.location.start.line}:{p.location.start.column}: {p.label}" for p in places]


def unverified(result: Result) -> list[str]:
    """What the files prove neither right nor wrong."""
    return [f"{u.location.path}:{u.location.start.line}: {u.name}: {u.why}" for u in result.outcome.unverified]


def rendered(folder: Path, *words: str) -> str:
    """What helm itself renders of a chart."""
    done = subprocess.run(
        [HELM, "template", *words, "--kube-version", "1.37.0"], cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode()


CHART = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      env:
        - name: PORT
          value: {{ .Values.port }}
"""
FOUND = "templates/pod.yaml:11:18: error[non-string-env] the value of `PORT` must be a string, but it is a number"


def chart(folder: Path, name: str = "web", **files: str) -> None:
    """Writes a chart with one Pod, whose port is a number."""
    write(folder, {"Chart.yaml": CHART.format(name), "values.yaml": "port: 8080\n", "templates/pod.yaml": POD, **files})


# what is rendered


def test_a_finding_lists_the_values_that_it_is_seen_with() -> None:
    result = run(PROJECTS / "helm-ci")
    assert warnings(result) == [], "that the defaults lack something matters no more when tests give it"
    assert related(result) == [
        "shop/templates/shop.yaml:4:9: defined here, without it",
        "shop/templates/shop.yaml:6:3: a similar key is defined here",
        "shop/ci/debug-values.yaml:2:6: `key` is set here",
        "shop/ci/typo-values.yaml:1:6: `key` is set here",
        "shop/ci/debug-values.yaml:2:1: rendered with shop/ci/debug-values.yaml",
    ]


def test_the_values_of_the_configuration_come_first(tmp_path: Path) -> None:
    chart(tmp_path / "a/web", **{"ci/wrong-values.yaml": "port: 1\n"})
    write(tmp_path, {"good.yaml": "port: '\"80\"'\n", "bad.yaml": "port: 80\n"})
    good, bad = str(tmp_path / "good.yaml"), str(tmp_path / "bad.yaml")
    for pattern in ("a/web", "web", "a/*"):
        anchored = f"{tmp_path}/**/{pattern}" if "/" not in pattern else f"{tmp_path}/{pattern}"
        assert concise(run(tmp_path, config=Config(helm=Helm({anchored: (good,)})))) == []
        assert related(run(tmp_path, config=Config(helm=Helm({anchored: (good, bad)})))) == [
            "bad.yaml:1:7: `port` is set here"
        ]
        assert concise(run(tmp_path, config=Config(helm=Helm({anchored: (f"{good},{bad}",)})))) == [f"a/web/{FOUND}"]


def test_values_that_are_not_there_are_named(tmp_path: Path) -> None:
    chart(tmp_path / "web")
    config = Config(helm=Helm({f"{tmp_path}/web": (str(tmp_path / "none.yaml"),)}))
    expected = ["none.yaml:1: values: the chart is not built: no such values file"]
    assert failures(run(tmp_path, config=config)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("helm: 1\n", ".cmlint.yaml:1:7: `helm` must be a mapping, but it is a number"),
        ("helm:\n  value: {}\n", ".cmlint.yaml:2:3: unknown setting `helm.value`"),
        (
            "helm:\n  values: [a.yaml]\n",
            ".cmlint.yaml:2:11: `helm.values` must be a mapping of patterns to lists, but it is a list",
        ),
        (
            "helm:\n  values:\n    web: a.yaml\n",
            ".cmlint.yaml:3:10: `helm.values.web` must be a list of strings, but it is a string",
        ),
    ],
)
def test_settings_of_helm_are_checked(text: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, {".cmlint.yaml": text})
    with inside(tmp_path), pytest.raises(FatalError) as caught:
        loaded()
    assert caught.value.message == message


def test_values_are_relative_to_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, {".cmlint.yaml": "helm:\n  values:\n    web/: ['a.yaml, b/c.yaml']\n", "web/x": ""})
    with inside(tmp_path / "web"):
        config = loaded()
    assert config.helm == Helm({f"{tmp_path}/**/web/": (f"{tmp_path}/a.yaml,{tmp_path}/b/c.yaml",)})


def test_subcharts_and_libraries_are_rendered_in_their_chart_alone() -> None:
    with inside(PROJECTS / "helm-subcharts"):
        assert run(Path(), "shop/charts/common").problems == []
    result = run(PROJECTS / "helm-subcharts")
    assert [placed.document.kind for bundle in result.bundles for placed in bundle.placed] == ["ConfigMap", "Pod"]
    assert warnings(result) == []


@pytest.mark.parametrize(
    ("folder", "alias", "found"),
    [
        ("cache", "", "shop/charts/cache/"),
        ("old-cache", "", "shop/charts/old-cache/"),
        ("old-cache", "memory", "shop/charts/old-cache/"),
        ("inner/charts/deep", "", "shop/charts/inner/charts/deep/"),
    ],
)
def test_a_subchart_is_found_by_its_name_or_alias_in_a_folder_of_any_name(
    folder: str, alias: str, found: str, tmp_path: Path
) -> None:
    needs = f"dependencies:\n  - {{name: cache, version: 1.0.0{', alias: ' + alias if alias else ''}}}\n"
    write(tmp_path, {"shop/Chart.yaml": CHART.format("shop") + (needs if "/" not in folder else "")})
    if "/" in folder:
        write(tmp_path, {"shop/charts/inner/Chart.yaml": CHART.format("middle")})
    chart(tmp_path / "shop/charts" / folder, "cache")
    assert concise(run(tmp_path)) == [f"{found}{FOUND}"]


def test_a_subchart_that_two_folders_may_be_is_shown_at_the_chart(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0}\n"
    write(tmp_path, {"shop/Chart.yaml": CHART.format("shop") + needs})
    for folder in ("a", "b"):
        chart(tmp_path / "shop/charts" / folder, "cache")
    assert {line.rpartition(" error")[0] for line in concise(run(tmp_path))} == {"shop/Chart.yaml:1:1:"}


def test_charts_side_by_side_in_a_folder_called_charts_are_all_rendered(tmp_path: Path) -> None:
    chart(tmp_path / "charts/a", "a")
    chart(tmp_path / "charts/b", "b")
    assert concise(run(tmp_path)) == [f"charts/a/{FOUND}", f"charts/b/{FOUND}"]


def test_plain_manifests_beside_a_chart_are_linted_too(tmp_path: Path) -> None:
    chart(tmp_path / "web")
    write(tmp_path, {"pod.yaml": POD.replace("{{ .Release.Name }}", "web").replace("{{ .Values.port }}", "80")})
    assert [line.partition(":")[0] for line in concise(run(tmp_path))] == ["pod.yaml", "web/templates/pod.yaml"]


TWICE = {
    "at the top": ("env:\n  - name: A\n", "templates/pod.yaml:12:1: error[unknown-field] `env`"),
    "in the pod": ("  env:\n    - name: A\n", "templates/pod.yaml:12:3: error[unknown-field] `spec.env`"),
    "in the container": ("      envs:\n        - name: A\n", "templates/pod.yaml:12:7: error[unknown-field] `envs`"),
}
"""A field after the container's `env`, and where it is reported: never at that one."""


@pytest.mark.parametrize("name", TWICE)
def test_a_field_at_the_wrong_level_is_not_the_one_at_the_right_level(tmp_path: Path, name: str) -> None:
    field, place = TWICE[name]
    chart(tmp_path, **{"templates/pod.yaml": POD + field, "values.yaml": "port: '\"80\"'\n"})
    (line,) = concise(run(tmp_path))
    assert line.startswith(place)


def test_a_field_at_the_right_level_is_not_the_one_at_the_wrong_level(tmp_path: Path) -> None:
    chart(tmp_path, **{"templates/pod.yaml": POD.replace("spec:", "env:\n  - name: A\nspec:", 1)})
    assert concise(run(tmp_path)) == [
        "templates/pod.yaml:5:1: error[unknown-field] `env` is not a field that Kubernetes knows",
        FOUND.replace(":11:", ":13:"),
    ]


# what the command line gives


def found_with(folder: Path, *words: str) -> str:
    """What a check finds of a folder, and what it says besides; nothing is kept."""
    done = cmlint(folder, "check", "-q", "--no-cache", "--format", "concise", *words)
    return done.stdout + done.stderr


def test_files_of_the_command_line_come_last_and_in_the_place_of_tests(tmp_path: Path) -> None:
    chart(tmp_path / "web", **{"ci/wrong-values.yaml": "port: 1\n", "values.yaml": "port: '\"80\"'\n"})
    write(tmp_path, {"good.yaml": "port: '\"80\"'\n", "bad.yaml": "port: 80\n"})
    assert found_with(tmp_path) == f"web/{FOUND}\n"
    assert found_with(tmp_path, "--helm-values", "good.yaml") == ""
    assert found_with(tmp_path, "--helm-values", "good.yaml", "--helm-values", "bad.yaml") == f"web/{FOUND}\n"
    assert found_with(tmp_path, "--helm-values", "bad.yaml", "--helm-values", "good.yaml") == ""
    write(tmp_path, {".cmlint.yaml": "helm: {values: {web: [bad.yaml]}}\n"})
    assert found_with(tmp_path) == f"web/{FOUND}\n"
    assert found_with(tmp_path, "--helm-values", "good.yaml") == "", "it completes what the configuration names"


def test_single_values_of_the_command_line_win(tmp_path: Path) -> None:
    chart(tmp_path / "web", **{"templates/pod.yaml": POD.replace("{{ .Values.port }}", "{{ .Values.a.port }}")})
    write(tmp_path, {"web/values.yaml": "a: {port: 80}\n"})
    assert found_with(tmp_path) == f"web/{FOUND}\n"
    assert found_with(tmp_path, "--helm-set", 'a.port="80"') == ""
    assert found_with(tmp_path, "--helm-set", 'a.port="80"', "--helm-set", "a.port=80") == f"web/{FOUND}\n"


def test_a_name_that_the_command_line_sets_is_not_missing(tmp_path: Path) -> None:
    pod = POD.replace("{{ .Values.port }}", "'80'").rstrip() + "\n      envFrom: [configMapRef: {name: NAME}]\n"
    chart(tmp_path, **{"templates/pod.yaml": pod.replace("NAME", '"{{ .Values.name }}"'), "values.yaml": "name: b\n"})
    done = cmlint(tmp_path, "check", "--no-cache", "--verbose", "--helm-set", "x=1,name=shop")
    assert "ConfigMap/shop" in done.stdout
    assert "the values of . name it" in done.stdout


def test_the_release_can_be_named(tmp_path: Path) -> None:
    pod = POD.replace("{{ .Values.port }}", "'80'").rstrip() + "\n      envFrom: [configMapRef: {name: shop-web}]\n"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}-web'}\n"
    chart(tmp_path, **{"templates/pod.yaml": pod, "templates/settings.yaml": settings})
    assert "error[missing-configmap]" in found_with(tmp_path)
    assert found_with(tmp_path, "--release", "shop") == ""


@pytest.mark.parametrize(
    ("words", "message", "help_text"),
    [
        (("--helm-values", "none.yaml"), "none.yaml: no such file or directory", "`--helm-values` names a file"),
        (("--helm-values", "templates"), "templates: a folder, and not a file of values", "name a file"),
        (("--helm-set", "port"), "`--helm-set` must be `KEY=VALUE`", "write it like `image.tag=1.2.3`"),
        (("--helm-set", "=80"), "`--helm-set` must be `KEY=VALUE`", "write it like `image.tag=1.2.3`"),
        (
            ("--release", "-x"),
            "`-x` is not a name for a release: it must consist of lower case letters, digits, `-` and `.`, "
            "and start and end with a letter or digit",
            "write it like `--release shop`",
        ),
        (
            ("--release", "a" * 54),
            f"`{'a' * 54}` is not a name for a release: it must be no longer than 53 characters",
            "write it like `--release shop`",
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "env"])
def test_what_cannot_be_given_ends_the_run(
    command: str, words: tuple[str, str], message: str, help_text: str, tmp_path: Path
) -> None:
    chart(tmp_path)
    done = cmlint(tmp_path, command, "=".join(words))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"cmlint: error: {message}\nhelp: {help_text}\n")


def test_values_may_come_through_a_pipe(tmp_path: Path) -> None:
    chart(tmp_path / "web", **{"ci/a-values.yaml": "port: 1\n"})
    line = f"{COMMAND} check -q --format concise --helm-values <(echo 'port: \"$PORT\"') --cache-dir cache"
    for port, found in (("80", f"web/{FOUND}\n"), ("'80'", ""), ("80", f"web/{FOUND}\n")):
        words = ["bash", "-c", line.replace("$PORT", port if found else '\\"80\\"')]
        environment = {"PATH": os.environ["PATH"]}
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)
        assert (done.stdout, done.stderr) == (found, ""), "what a pipe gives is not kept for the next run"


def test_env_shows_a_chart_as_it_is_given(tmp_path: Path) -> None:
    chart(tmp_path)
    write(tmp_path, {"live.yaml": "port: '\"8081\"'\n"})
    done = cmlint(tmp_path, "env", ".", "--helm-values", "live.yaml", "--release", "shop")
    assert "8081" in done.stdout
    assert "shop" in done.stdout.splitlines()[0]
    assert '"9"' in cmlint(tmp_path, "env", ".", "--format", "json", "--helm-set", 'port="9"').stdout


def test_env_names_the_values_of_a_chart_that_is_rendered_with_several(tmp_path: Path) -> None:
    chart(tmp_path, **{"ci/live-values.yaml": "port: '\"9\"'\n"})
    head = "Pod RELEASE  Chart.yaml"
    files = ["values.yaml", "ci/live-values.yaml"]
    for words in ((), ("--reads",)):
        lines = cmlint(tmp_path, "env", *words).stdout.splitlines()
        assert [line for line in lines if line.startswith("Pod")] == [f"{head}, with {file}" for file in files]
        found = json.loads(cmlint(tmp_path, "env", "--format", "json", *words).stdout)["workloads"]
        assert [each["values"] for each in found] == files
    assert cmlint(tmp_path, "env", "--helm-values", "values.yaml").stdout.splitlines()[0] == head


def test_no_value_of_the_command_line_is_in_a_reason(tmp_path: Path) -> None:
    chart(tmp_path, **{"templates/x.yaml": '{{ fail (printf "no %s" .Values.password) }}\n'})
    said = found_with(tmp_path, "--helm-set", "a=1,password=hunter2", "--allow-empty")
    assert "the chart is not built: " in said
    assert "hunter2" not in said


def test_an_older_state_has_its_own_file_of_values(tmp_path: Path) -> None:
    chart(tmp_path / "web")
    write(tmp_path, {"live.yaml": "port: '\"80\"'\n"})
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "a")):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    given = ("--helm-values", "live.yaml")
    assert found_with(tmp_path, "--since", "HEAD", *given) == ""
    write(tmp_path, {"live.yaml": "port: 80\n"})
    assert found_with(tmp_path, "--since", "HEAD", *given) == f"web/{FOUND}\n"
    assert found_with(tmp_path, "--staged", *given) == "", "what is staged is the file as it was"


# what is not rendered


def test_a_chart_that_needs_values_is_named_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        required = '{{ required "say which port" .Values.none }}\n'
        chart(tmp_path / name, **{"templates/x.yaml": required, "ci/same-values.yaml": "port: 1\n"})
    result = run(tmp_path)
    reason = "execution error at (web/templates/x.yaml:1:3): say which port"
    assert failures(result) == [f"a/templates/x.yaml:1: values: 2 charts are not built: {reason}"]
    assert related(result) == ["b/templates/x.yaml:1:1: the same here"] and len(concise(result)) == 1
    assert result.outcome.findings[0].object == ObjectId("helm.sh", "Chart", None, None)
    assert {reason for _, reason in result.outcome.skipped} == {"a template, not rendered", "not a Kubernetes object"}


@pytest.mark.parametrize(
    ("value", "cause"), [("{{ .Values.passwords.admin | b64enc }}", "values"), ("{{ 1 | b64enc }}", "broken")]
)
def test_a_value_that_is_not_there_is_needed_wherever_it_goes(tmp_path: Path, value: str, cause: str) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  a: {value}\n"
    chart(tmp_path, **{"templates/x.yaml": secret, "values.yaml": "passwords: {}\n"})
    (found,) = failures(run(tmp_path))
    assert found.startswith(f"templates/x.yaml:5: {cause}: the chart is not built: ")


def test_a_chart_beside_another_that_needs_values_is_named_once(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: api, version: 1.0.0, repository: 'file://../api'}\n"
    chart(tmp_path / "all", **{"Chart.yaml": CHART.format("all") + needs})
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: {{ .Values.vault.name }}}\n"
    chart(tmp_path / "api", **{"Chart.yaml": CHART.format("api"), "templates/x.yaml": text})
    reason = "at <.Values.vault.name>: nil pointer evaluating interface {}.name"
    (found,) = failures(run(tmp_path))
    assert found.startswith("api/templates/x.yaml:4: values: the chart is not built: template: ")
    assert found.endswith(f"api/templates/x.yaml:4:20: {reason}")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("settings", "it is defined in web/Chart.yaml, which may be applied together with this"),
        ("other", ""),
        ("web-mine", ""),
    ],
)
def test_what_a_chart_surely_makes_is_known_although_it_is_not_rendered(tmp_path: Path, name: str, why: str) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
    made = head.replace("NAME", "settings") + "---\n" + head.replace("NAME", '"{{ .Release.Name }}-mine"')
    chart(tmp_path / "web", **{"templates/x.yaml": made + 'data: {A: "{{ required "a" .Values.none }}"}\n'})
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      image: web:1.0.0\n"
    )
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml]\n"})
    write(tmp_path, {"pod.yaml": f"{pod}      envFrom: [{{configMapRef: {{name: {name}}}}}]\n"})
    result = run(tmp_path)
    found = [each.rule for each in result.outcome.findings]
    assert found == [*(["missing-configmap"] if not why else []), "not-built"]
    assert [each.why for each in result.outcome.unverified] == ([why] if why else [])


EXAMPLES = {
    "an example of values": ({"example-values.yaml": "none: 1\n"}, 1),
    "values of two environments": ({"values.dev.yaml": "none: 1\n", "values-prod.yml": "none: 2\n"}, 2),
    "values that do not help": ({"values.dev.yaml": "some: 1\n"}, 0),
    "values that help once": ({"values.dev.yaml": "some: 1\n", "values.prod.yaml": "none: 1\n"}, 1),
    "another file": ({"valves.yaml": "none: 1\n"}, 0),
}
"""Files beside the values of a chart that needs one more, and the number of documents that it is rendered to."""


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chart_that_needs_values_is_rendered_with_those_beside_its_own(tmp_path: Path, name: str) -> None:
    files, documents = EXAMPLES[name]
    settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: {{ required "a" .Values.none }}}\n'
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/x.yaml": settings, **files})
    result = run(tmp_path)
    missing = ["templates/x.yaml:4: values: the chart is not built: execution error at (web/templates/x.yaml:4:13): a"]
    assert failures(result) == ([] if documents else missing)
    assert result.outcome.documents == documents
    lines = [f"{each.location.path}:{each.location.start.line}: {each.rule}" for each in result.outcome.findings]
    assert lines == (["templates/x.yaml:4: non-string-data"] if documents else ["templates/x.yaml:4: not-built"])


NEAR = {
    "a name of the first level": ("webIngres: {on: true}\n", "did you mean `webIngres`?"),
    "no such name": (
        "mail: {on: true}\n",
        "give it values with `--helm-values`, or with `helm: values:` in the configuration",
    ),
}
"""Values of a chart that reads `webIngress.on`, and the advice."""


@pytest.mark.parametrize("name", NEAR)
def test_a_value_that_was_probably_meant_is_named(tmp_path: Path, name: str) -> None:
    values, advice = NEAR[name]
    text = "{{- if .Values.webIngress.on }}\nA: b\n{{- end }}\n"
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/x.yaml": text, "values.yaml": values})
    (finding,) = run(tmp_path).outcome.findings
    assert (finding.rule, finding.location.path, finding.help) == ("not-built", "templates/x.yaml", advice)


INFLATED = {
    "in a folder with its version": ("charts/web-1.0.0/web", "web", False),
    "in the folder of charts": ("charts/web", "web", False),
    "another chart is taken": ("charts/web", "mail", True),
    "in another folder": ("web", "web", True),
}
"""Where a chart is, which one a kustomization takes, and whether it is rendered by itself."""


@pytest.mark.parametrize("name", INFLATED)
def test_a_chart_that_a_kustomization_takes_is_not_rendered_alone(tmp_path: Path, name: str) -> None:
    folder, taken, alone = INFLATED[name]
    chart(tmp_path / folder)
    write(tmp_path, {"kustomization.yaml": f"helmCharts: [{{name: {taken}, repo: 'https://example.org'}}]\n"})
    found = [line for line in concise(run(tmp_path)) if "not-built" not in line]
    assert found == [f"{folder}/{FOUND}"] * alone


UNREAD = {
    "a line that is indented less": ("  some: 1\n\n# More.\nnone: 2\n", 4),
    "lines that are indented alike": ("  some: 1\n\n  none: 2\n", 0),
    "a comment": ("  none: 1\n\n# More.\n", 0),
    "a document of its own": ("  some: 1\n---\nnone: 2\n", None),
}
"""Values of a chart that needs `none`, and the line that is reported: 0 where it is built, None for the template's."""


@pytest.mark.parametrize("name", UNREAD)
def test_values_that_helm_does_not_read_are_reported_where_they_begin(tmp_path: Path, name: str) -> None:
    values, line = UNREAD[name]
    settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: "{{ required "a" .Values.none }}"}\n'
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/x.yaml": settings, "values.yaml": values})
    result = run(tmp_path)
    reason = "helm reads `values.yaml` only up to here: the line is indented less than the first one"
    unread = [f"values.yaml:{line}: broken: the chart is not built: {reason}"]
    template = ["templates/x.yaml:4: values: the chart is not built: execution error at (web/templates/x.yaml:4:14): a"]
    assert failures(result) == ([] if line == 0 else unread if line else template)
    if line:
        assert result.outcome.findings[0].help == "give all keys of the first level the same indentation"


@pytest.mark.parametrize(
    ("values", "line", "why"),
    [
        ("city: ulm\nport: {{ .Values.city }}\n", 2, "invalid map key"),
        ("city: ulm\nports: [80\nhost: a\n", 2, "line 2: did not find expected ',' or ']'"),
    ],
)
def test_values_that_helm_cannot_read_are_reported_in_their_file(
    tmp_path: Path, values: str, line: int, why: str
) -> None:
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/x.yaml": "", "values.yaml": values})
    result = run(tmp_path)
    reason = f"cannot load values.yaml: error converting YAML to JSON: yaml: {why}"
    assert failures(result) == [f"values.yaml:{line}: broken: the chart is not built: {reason}"]
    assert [each.help for each in result.outcome.findings if each.rule == "not-built"] == ["fix the YAML of this file"]


def test_values_that_gitops_names_are_reported_in_their_file(tmp_path: Path) -> None:
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n"
        "  source: {repoURL: https://git.example/shop, path: web, helm: {valueFiles: [/live.yaml]}}\n"
    )
    chart(tmp_path / "web", **{"templates/x.yaml": "", "values.yaml": "city: ulm\n"})
    write(tmp_path, {"app.yaml": application, "live.yaml": "city: ulm\n port: 80\n"})
    result = run(tmp_path)
    reason = "error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"
    assert failures(result) == [f"live.yaml:2: broken: the chart is not built: failed to parse live.yaml: {reason}"]
    assert [each.help for each in result.outcome.findings if each.rule == "not-built"] == ["fix the YAML of this file"]


def test_values_that_somebody_names_are_not_replaced_by_others(tmp_path: Path) -> None:
    required = '{{ required "say which port" .Values.none }}\n'
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/x.yaml": required, "values.dev.yaml": "none: 1\n"})
    write(tmp_path, {"mine.yaml": "some: 1\n"})
    assert "say which port" in cmlint(tmp_path, "check", ".", "--helm-values", "mine.yaml").stdout


def test_a_chart_of_the_repository_needs_no_fetching(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: common, version: 1.0.0, repository: 'file://../library'}\n"
    included = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ include "common.name" . }}}\n'
    chart(tmp_path / "web", **{"Chart.yaml": CHART.format("web") + needs, "templates/x.yaml": included})
    library = {"Chart.yaml": CHART.format("common") + "type: library\n"}
    library["templates/_names.tpl"] = '{{ define "common.name" }}a{{ end }}'
    write(tmp_path / "library", library)
    before = sorted(tmp_path.rglob("*"))
    result = run(tmp_path)
    assert (failures(result), result.outcome.documents, sorted(tmp_path.rglob("*"))) == ([], 2, before)
    write(tmp_path / "library", {"Chart.yaml": CHART.format("other") + "type: library\n"})
    assert failures(run(tmp_path)) == ["web/Chart.yaml:5: dependency: the chart is not built: `charts/` lacks `common`"]


@pytest.mark.parametrize(
    ("names", "number", "said"),
    [
        (["a"], 1, "`a`"),
        (["a", "b"], 2, "`a` and `b`"),
        (["a", "b", "c"], 3, "`a`, `b` and `c`"),
        (["a", "a"], 2, "`a`"),
        (["a", "b"], 4, "`a`, `b` and 2 more"),
        ([], 1, "`...`"),
        ([], 3, "`...` and 2 more"),
    ],
)
def test_missing_dependencies_are_listed_without_the_names_that_may_be_secrets(
    names: list[str], number: int, said: str
) -> None:
    assert listed(names, number) == said


def test_several_entries_of_one_chart_are_about_one_chart(tmp_path: Path) -> None:
    entry = "  - {{name: cache, alias: {}, version: 1.0.0, repository: 'http://127.0.0.1:1/charts'}}\n"
    needs = f"dependencies:\n{entry.format('hot')}{entry.format('warm')}"
    said = "built without `cache`: it is not in `charts/`"
    chart(tmp_path / "a", **{"Chart.yaml": CHART.format("web") + needs})
    assert failures(run(tmp_path)) == [f"a/Chart.yaml:5: dependency: the chart is {said}"]
    chart(tmp_path / "b", **{"Chart.yaml": CHART.format("web") + needs})
    assert failures(run(tmp_path)) == [f"a/Chart.yaml:5: dependency: 2 charts are {said}"]


def test_all_dependencies_that_a_chart_lacks_are_one_problem(tmp_path: Path) -> None:
    entries = "".join(f"  - {{name: {name}, version: 1.0.0}}\n" for name in ("cache", "queue", "store"))
    for name in ("a", "b"):
        chart(tmp_path / name, **{"Chart.yaml": CHART.format("web") + "dependencies:\n" + entries})
    chart(tmp_path / "c", **{"Chart.yaml": CHART.format("web") + "dependencies:\n" + entries.splitlines()[0]})
    several, one = failures(run(tmp_path))
    assert several.startswith(
        "a/Chart.yaml:5: dependency: 2 charts are built without `cache`, `queue` and `store`: they"
    )
    assert one == "c/Chart.yaml:5: dependency: the chart is built without `cache`: it is not in `charts/`"


def test_a_chart_outside_of_the_repository_is_not_taken(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: common, version: 1.0.0, repository: 'file://../../common'}\n"
    chart(tmp_path / "own/web", **{"Chart.yaml": CHART.format("web") + needs})
    chart(tmp_path / "common", **{"Chart.yaml": CHART.format("common")})
    (found,) = failures(run(tmp_path / "own"))
    assert found == "web/Chart.yaml:5: dependency: the chart is built without `common`: it is not in `charts/`"


def test_a_chart_is_built_without_a_missing_dependency_which_is_never_fetched(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0, repository: 'http://127.0.0.1:1/charts'}\n"
    chart(tmp_path, **{"Chart.yaml": CHART.format("web") + needs})
    result = run(tmp_path)
    expected = "Chart.yaml:5: dependency: the chart is built without `cache`: it is not in `charts/`"
    assert failures(result) == [expected] and result.outcome.documents == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Chart.yaml", "templates", "values.yaml"]


def test_a_chart_that_includes_a_template_of_a_missing_dependency_is_not_built(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: common, version: 1.0.0, repository: 'http://127.0.0.1:1/charts'}\n"
    included = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ include "common.name" . }}}\n'
    chart(tmp_path, **{"Chart.yaml": CHART.format("web") + needs, "templates/x.yaml": included})
    result = run(tmp_path)
    assert failures(result) == ["Chart.yaml:5: dependency: the chart is not built: `charts/` lacks `common`"]
    assert result.outcome.documents == 0


def test_a_missing_dependency_leaves_the_others_in_place(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0}\n  - {name: queue, version: 1.0.0, alias: jobs}\n"
    chart(tmp_path, **{"Chart.yaml": CHART.format("web") + needs})
    chart(tmp_path / "charts/a-folder", **{"Chart.yaml": CHART.format("queue")})
    result = run(tmp_path)
    assert [line.partition(":")[2] for line in failures(result)] == [
        "5: dependency: the chart is built without `cache`: it is not in `charts/`"
    ]
    assert result.outcome.documents == 2


def test_without_helm_charts_are_named_once_and_nothing_is_guessed(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        chart(tmp_path / name, **{"templates/quoted.yaml": POD.replace("{{ .Values.port }}", '"{{ .x }}"')})
    done = cmlint(tmp_path, "check", "--format", "concise", "-q", PATH=str(tmp_path))
    expected = "a/Chart.yaml:1:1: warning[not-built] 3 charts are not built: helm is not installed\n"
    assert (done.returncode, done.stdout) == (1, expected)


def test_the_program_can_be_named(tmp_path: Path) -> None:
    chart(tmp_path)
    found = f"{FOUND}\n"
    assert cmlint(tmp_path, "check", "-q", "--format", "concise", "--helm", str(HELM), PATH="").stdout == found
    done = cmlint(tmp_path, "check", "--helm", "helm-nope")
    message = "cmlint: error: cannot find the program `helm-nope` to render charts\nhelp: give the path of helm\n"
    assert (done.returncode, done.stderr) == (2, message)
    assert cmlint(tmp_path, "check", CMLINT_HELM="helm-nope").stderr == message


def test_a_helm_that_hangs_is_stopped(tmp_path: Path) -> None:
    chart(tmp_path)
    write(tmp_path, {"bin/helm": "#!/bin/sh\nsleep 600\n"})
    (tmp_path / "bin/helm").chmod(0o755)
    result = run(tmp_path, config=Config(helm_program=str(tmp_path / "bin/helm"), build_timeout=1))
    assert failures(result) == ["Chart.yaml:1: limit: the chart is not built: it took longer than 1 seconds"]


def test_a_template_alone_is_not_linted_as_it_stands(tmp_path: Path) -> None:
    chart(
        tmp_path,
        **{"templates/pod.yaml": POD.replace("{{ .Values.port }}", "80").replace("{{ .Release.Name }}", "'{{ .x }}'")},
    )
    result = run(tmp_path, "templates/pod.yaml")
    assert concise(result) == []
    assert result.outcome.skipped == [("templates/pod.yaml", "a template, not rendered")]
    assert warnings(result) == ["templates/pod.yaml: helm renders it; name the folder `.` to check what is rendered"]


def test_a_folder_that_looks_like_an_option_is_none(tmp_path: Path) -> None:
    write(tmp_path, {"evil": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / "evil").chmod(0o755)
    chart(tmp_path / "--post-renderer=evil")
    words = ("check", "-q", "--format", "concise", "--", "--post-renderer=evil")
    done = cmlint(tmp_path, *words, PATH=f"{HELM.parent}:.")
    assert (done.stdout, done.stderr) == (f"--post-renderer=evil/{FOUND}\n", "")
    assert not (tmp_path / "ran").exists()


def test_a_chart_can_be_named_by_its_description(tmp_path: Path) -> None:
    chart(tmp_path)
    assert concise(run(tmp_path, "Chart.yaml")) == [FOUND]


@pytest.mark.parametrize("version", ['""', '"{{ VERSION }}"', "${VERSION}", "1.0.0", "nine"])
def test_a_version_that_a_pipeline_puts_in_is_not_missed(tmp_path: Path, version: str) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0, condition: cache.on}\n"
    text = CHART.format("web").replace("1.0.0", version)
    chart(tmp_path, **{"Chart.yaml": text})
    refused = ["Chart.yaml:1: broken: the chart is not built: validation: "] if version == "nine" else []
    result = run(tmp_path)
    assert [each[: len(refused[0])] for each in failures(result)] == refused
    assert len(result.outcome.findings) == 1
    chart(tmp_path, **{"Chart.yaml": text + needs, "values.yaml": "port: '\"80\"'\ncache: {on: false}\n"})
    assert len(failures(run(tmp_path))) == 1


def test_plugins_and_settings_of_the_user_have_no_say(tmp_path: Path) -> None:
    chart(tmp_path / "web")
    for name in ("HELM_NAMESPACE", "HELM_PLUGINS", "HELM_DEBUG", "HELM_DRIVER"):
        done = cmlint(tmp_path, "check", "-q", "--format", "concise", **{name: "nope"})
        assert (done.stdout, done.stderr) == (f"web/{FOUND}\n", "")


def test_a_release_without_a_name_is_called_so_everywhere(tmp_path: Path) -> None:
    name = "{{ .Release.Name }}"
    reads = f"valueFrom: {{configMapKeyRef: {{name: '{name}-own', key: A}}}}"
    gone = f"valueFrom: {{secretKeyRef: {{name: '{name}-gone', key: A}}}}"
    deployment = (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: '{name}-web'}}\nspec:\n  template:\n    spec:\n"
        f"      containers:\n        - name: web\n          image: a/b:1.0.0\n          args: ['$(LITERAL)']\n"
        f"          env: [{{name: LITERAL, value: '{name}'}}, {{name: OWN, {reads}}}, {{name: GONE, {gone}}}]\n"
    )
    config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{name}-own'}}\ndata: {{A: '{name}'}}\n"
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/a.yaml": f"{deployment}---\n{config}"})
    commands = (("check", "--verbose"), ("check", "--format", "json"), ("env",), ("env", "--format", "json"))
    for command in commands:
        shown = cmlint(tmp_path, *command).stdout
        assert "RELEASE-gone" in shown
        assert "release-name" not in shown
        assert "release-name" not in cmlint(tmp_path, *command, "--release", "shop").stdout
    assert "LITERAL  RELEASE  env" in cmlint(tmp_path, "env", "-w", "RELEASE-web").stdout
    assert "LITERAL  RELEASE  env" in cmlint(tmp_path, "env", "-w", "release-name-web").stdout


# what is known of names


def test_what_values_name_and_what_other_values_make_is_not_missing() -> None:
    assert unverified(run(PROJECTS / "helm-defaults")) == [
        "shop/templates/deployment.yaml:23: ConfigMap/RELEASE-shop-cache: "
        "shop/templates/config.yaml makes it with other values",
        "shop/templates/deployment.yaml:25: ConfigMap/shop-licence: the values of shop name it",
    ]


def write_idle_dependency(folder: Path, name: str, values: str, template: str) -> None:
    """A chart that reads a ConfigMap, with a dependency `store` that it calls `cache`, and that has one template."""
    reference = f"\n      envFrom: [configMapRef: {{name: {name}}}]\n"
    needs = "dependencies:\n  - {name: store, alias: cache, version: 1.0.0, condition: cache.enabled}\n"
    chart(
        folder,
        **{
            "Chart.yaml": CHART.format("web") + needs,
            "charts/store/Chart.yaml": CHART.format("store"),
            "charts/store/templates/x.yaml": template,
            "values.yaml": f"port: '\"80\"'\ncache: {values}\n",
            "templates/pod.yaml": POD.replace("\n      env:", f"{reference}      env:"),
        },
    )


@pytest.mark.parametrize(
    ("name", "values", "may_be_there"),
    [
        ("web-cache-settings", "{enabled: false}", True),
        ("web-store-settings", "{enabled: false}", True),
        ("web-settings", "{enabled: false, maps: {settings: {a: b}}}", True),
        ("web-settings", "{enabled: false, fullnameOverride: settings}", True),
        ("web-settings", "{enabled: false, existing: our-settings}", False),
        ("web-settings", "{enabled: false}", False),
        ("web-settings", "{enabled: false, maps: {web: {a: b}}}", False),
        ("web-caches", "{enabled: false}", False),
        ("web-cache-settings", "{enabled: true}", False),
    ],
)
def test_a_dependency_of_which_nothing_is_rendered_makes_what_is_called_after_it(
    tmp_path: Path, name: str, values: str, may_be_there: bool
) -> None:
    write_idle_dependency(tmp_path, name, values, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    result = run(tmp_path)
    why = "the dependency `cache` of . is not rendered, and may make it"
    assert unverified(result) == [f"templates/pod.yaml:9: ConfigMap/{name}: {why}"] * may_be_there
    rules = [line.split(" ", 2)[1] for line in concise(result)]
    assert rules == ["error[missing-configmap]"] * (not may_be_there)


@pytest.mark.parametrize(("name", "may_be_there"), [("theme", True), ("themes", False)])
def test_a_dependency_that_is_turned_off_makes_what_its_templates_write(
    tmp_path: Path, name: str, may_be_there: bool
) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theme}\n"
    write_idle_dependency(tmp_path, name, "{enabled: false}", template)
    rules = [line.split(" ", 2)[1] for line in concise(run(tmp_path))]
    assert rules == ["error[missing-configmap]"] * (not may_be_there)


def test_labels_that_are_included_twice_are_no_finding(tmp_path: Path) -> None:
    labels = "metadata:\n  labels:\n    app: web\n    app: {}\n"
    chart(
        tmp_path,
        **{"templates/pod.yaml": POD.replace("metadata:\n", labels.format("web")), "values.yaml": "port: '\"80\"'\n"},
    )
    assert concise(run(tmp_path)) == []
    chart(
        tmp_path,
        **{"templates/pod.yaml": POD.replace("metadata:\n", labels.format("shop")), "values.yaml": "port: '\"80\"'\n"},
    )
    assert concise(run(tmp_path)) == [
        "templates/pod.yaml:6:5: warning[repeated-mapping-key] the key `app` occurs twice in one mapping"
    ]


@pytest.mark.parametrize(
    ("image", "values", "expected"),
    [
        ("{{ .Values.image }}", "", []),
        ('"{{ .Values.image.name }}:{{ .Values.image.tag }}"', "image: {name: web}", []),
        (
            '"{{ .Values.image.name }}:{{ .Values.image.tag }}"',
            "image: {name: web, tag: 'a b'}",
            ["error[invalid-image]"],
        ),
        ('"{{ .Values.image.name }}:"', "image: {name: web}", []),
    ],
)
def test_a_value_that_is_not_given_is_no_mistake_of_the_chart(
    image: str, values: str, expected: list[str], tmp_path: Path
) -> None:
    pod = POD.replace("registry.example.com/web:1.2.3", image).replace("{{ .Values.port }}", "'80'")
    chart(tmp_path, **{"templates/pod.yaml": pod, "values.yaml": values})
    assert [line.split(" ", 2)[1] for line in concise(run(tmp_path))] == expected


def test_the_namespace_of_a_release_is_any(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: shop}\ndata: {a: b}\n"
    pod = POD.replace("{{ .Values.port }}", "'80'").replace(
        "metadata:\n", "metadata:\n  namespace: {{ .Release.Namespace }}\n"
    )
    pod = pod.replace("      env:\n", "      envFrom: [configMapRef: {name: web}]\n      env:\n")
    chart(tmp_path, **{"templates/pod.yaml": pod, "templates/config.yaml": config})
    result = run(tmp_path)
    assert (concise(result), unverified(result)) == ([], [])
    assert [placed.namespace for bundle in result.bundles for placed in bundle.placed] == ["shop", None]


# secrets and suppressions


def test_no_value_of_a_secret_is_shown(tmp_path: Path) -> None:
    secret = (
        "apiVersion: v1\nkind: {0}\nmetadata: {{name: web}}\n"
        "stringData:\n  a: hunter2\n  port: {{{{ .Values.port }}}}\n"
        '  b: {{{{ .Values.b | default "hunter3" }}}}\n'
    )
    for kind in ("Secret", '{{ print "Sec" "ret" }}'):
        chart(tmp_path, **{"templates/pod.yaml": secret.format(kind), "ci/b-values.yaml": "b: hunter4 # hunter5\n"})
        result = run(tmp_path)
        report = formatter("text")(result, View(verbose=True)) + formatter("json")(result, View())
        assert "non-string-data" in report
        assert "hunter" not in report


def test_comments_in_templates_suppress(tmp_path: Path) -> None:
    ignored = POD.replace(
        "value: {{", "value: {{ .Values.port }} # cmlint: ignore[non-string-env] ports\n          #{{"
    )
    chart(tmp_path, **{"templates/pod.yaml": ignored})
    config = Config(pedantic=True, ignore=("unpinned-image",))
    assert [f.rule for f in run(tmp_path, config=config).outcome.suppressed] == ["non-string-env"]
    assert concise(run(tmp_path, config=config)) == []
    chart(tmp_path, **{"templates/pod.yaml": ignored, "values.yaml": "port: '\"80\"'\n"})
    assert concise(run(tmp_path, config=config)) == [
        "templates/pod.yaml:11:54: info[unused-ignore] `non-string-env` is suppressed here, but finds nothing"
    ]


# standard input


def test_what_helm_renders_elsewhere_leads_back_to_the_chart() -> None:
    folder = PROJECTS / "helm-defaults"
    expected = (folder / "expected.txt").read_text(encoding="utf-8")
    text = rendered(folder, "shop")
    assert cmlint(folder, "check", "-", "-q", "--format", "concise", stdin=text).stdout == expected
    done = cmlint(folder / "shop", "check", "-", "-q", "--format", "concise", stdin=text)
    assert done.stdout == expected.replace("shop/templates", "templates")


def test_what_no_chart_here_has_rendered_stays_on_standard_input(tmp_path: Path) -> None:
    chart(tmp_path / "chart")
    text = rendered(tmp_path, "chart")
    found = "<stdin>:13:18: error[non-string-env] the value of `PORT` must be a string, but it is a number\n"
    shutil.copytree(tmp_path / "chart", tmp_path / "copies/chart")
    assert cmlint(tmp_path, "check", "-", "-q", "--format", "concise", stdin=text).stdout == found, "which of the two?"
    shutil.rmtree(tmp_path / "copies")
    (tmp_path / "chart/templates/pod.yaml").rename(tmp_path / "chart/templates/other.yaml")
    assert cmlint(tmp_path, "check", "-", "-q", "--format", "concise", stdin=text).stdout == found


def test_a_source_outside_of_the_chart_is_not_read(tmp_path: Path) -> None:
    chart(tmp_path / "chart")
    write(tmp_path, {"secret.yaml": "apiVersion: v1\n"})
    text = rendered(tmp_path, "chart").replace("web/templates/pod.yaml", "web/../secret.yaml")
    done = cmlint(tmp_path, "check", "-", "-q", "--format", "concise", stdin=text)
    assert done.stdout.startswith("<stdin>:13:18: ")


def imported(folder: Path) -> set[str]:
    """The modules of cmlint that a check of a folder imports."""
    script = (
        "import sys\n"
        "from cmlint.pipeline.check import check\nfrom cmlint.sources.request import Request\n"
        "from cmlint.engine.registry import load_rules\n"
        "check(Request(rules=load_rules()))\n"
        "print(*(name for name in sys.modules if name.startswith('cmlint.')))"
    )
    done = cmlint(folder, "-c", script, command=Path(sys.executable))
    assert done.stderr == ""
    return set(done.stdout.split())


def test_nothing_about_helm_is_imported_without_a_chart(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD.replace("{{ .Release.Name }}", "web").replace("{{ .Values.port }}", "'80'")})
    about = {f"cmlint.sources.helm.{name}" for name in ("chart", "source", "template", "template_places")}
    assert not imported(tmp_path) & about
    chart(tmp_path / "chart")
    assert about <= imported(tmp_path)


def test_a_name_that_follows_the_release_may_meet_one_that_is_fixed(tmp_path: Path) -> None:
    reference = "\n      envFrom: [configMapRef: {name: '{{ .Release.Name }}-settings'}]\n"
    pod = POD.rstrip().replace("{{ .Values.port }}", "'80'") + reference
    chart(tmp_path, **{"templates/pod.yaml": pod})
    assert [finding.rule for finding in run(tmp_path).outcome.findings] == ["missing-configmap"]
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"
    chart(tmp_path, **{"templates/pod.yaml": pod, "templates/settings.yaml": settings})
    result = run(tmp_path)
    assert not result.outcome.findings
    assert [entry.why for entry in result.outcome.unverified] == [
        ". makes it in a release that has the chart's own name",
    ]


def test_helm_lets_the_last_of_two_equal_keys_win(tmp_path: Path) -> None:
    chart(
        tmp_path, **{"templates/pod.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: x, a: z}\n"}
    )
    assert [(f.rule, f.consequence) for f in run(tmp_path).outcome.findings] == [("repeated-mapping-key", "silent")]


def test_dependencies_may_be_written_without_indentation(tmp_path: Path) -> None:
    needs = "dependencies:\n- name: cache\n  version: 1.0.0\n  repository: http://127.0.0.1:1/charts\n"
    chart(tmp_path, **{"Chart.yaml": CHART.format("web") + needs})
    result = run(tmp_path)
    assert failures(result) == ["Chart.yaml:5: dependency: the chart is built without `cache`: it is not in `charts/`"]
    assert result.outcome.documents == 1


def test_another_mistake_of_a_chart_that_lacks_a_dependency_is_reported(tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0, repository: 'http://127.0.0.1:1/charts'}\n"
    chart(tmp_path, **{"Chart.yaml": CHART.format("web") + needs, "templates/x.yaml": "a: {{ nope . }}\n"})
    (failure,) = failures(run(tmp_path))
    assert failure.startswith("templates/x.yaml:1: broken: the chart is not built: ") and "nope" in failure


SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: NAME}\nstringData: {A: b}\n"
SECRET_READER = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      env: [{name: B, valueFrom: {secretKeyRef: {name: web, key: B}}}]
"""


@pytest.mark.parametrize(
    ("secret", "reported"),
    [
        (SECRET.replace("NAME", "web"), True),
        (SECRET.replace("NAME", "{{ .Chart.Name }}"), True),
        ("{{ if .Values.x }}\na: b\n{{ end }}\n---\n" + SECRET.replace("NAME", "web"), True),
        ("{{- if .Values.secret }}\n" + SECRET.replace("NAME", "web") + "{{- end }}\n", False),
        (SECRET.replace("NAME", "other"), False),
    ],
)
def test_no_command_adds_to_what_each_release_of_a_chart_has(tmp_path: Path, secret: str, reported: bool) -> None:
    files = {"Chart.yaml": CHART.format("web"), "values.yaml": "secret: true\n", "templates/secret.yaml": secret}
    readme = "```\nkubectl create secret generic web --from-env-file=.env\n```\n"
    write(tmp_path, {**files, "templates/pod.yaml": SECRET_READER, "README.md": readme})
    found = "templates/pod.yaml:8:7: error[missing-secret-key] the Secret `web` has no key `B`"
    assert concise(lint(tmp_path)) == [found] * reported


def test_values_with_which_a_chart_is_not_rendered_are_named_if_it_is_rendered_with_others(tmp_path: Path) -> None:
    settings = "{{- if and .Values.enabled .Values.scaling.on }}\na: 1\n{{- end }}\n"
    files = {"Chart.yaml": CHART.format("web"), "values.yaml": "enabled: false\n", "templates/x.yaml": settings}
    write(tmp_path, {**files, "ci/on-values.yaml": "enabled: true\n"})
    reason = "template: web/templates/x.yaml:1:34: at <.Values.scaling.on>: nil pointer evaluating interface {}.on"
    result = run(tmp_path)
    assert failures(result) == [
        f"templates/x.yaml:1: values: the chart is not built with `ci/on-values.yaml`: {reason}"
    ]
    assert [each.help for each in result.outcome.findings] == [
        "give the value in `ci/on-values.yaml`, or a default in the chart's own values"
    ]
    write(tmp_path, {"values.yaml": "enabled: true\n"})
    assert failures(run(tmp_path)) == [f"templates/x.yaml:1: values: the chart is not built: {reason}"]
