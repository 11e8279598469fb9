"""What templates of charts read of values: where it is written, what does not exist, and what arrives otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cmlint.config.config import Config, Helm
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.helm.actions import DEEPEST, Actions
from tests.support.run import concise, run, write
from tests.test_helm import CHART, related

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.2.3
      env:
        - name: PORT
          value: VALUE
"""
NUMBER = "templates/pod.yaml:11:18: error[non-string-env] the value of `PORT` must be a string, but it is a number"


def checked(folder: Path, value: str, values: str, files: Mapping[str, str] | None = None) -> Result:
    """What is found in a chart with a Pod that reads a value."""
    chart = {
        "Chart.yaml": CHART.format("web"),
        "values.yaml": values,
        "templates/pod.yaml": POD.replace("VALUE", value),
    }
    write(folder, {**chart, **(files or {})})
    return run(folder)


# where values are written


@pytest.mark.parametrize(
    ("value", "values", "place"),
    [
        ("{{ .Values.port }}", "a: 1\nport: 8080\n", "values.yaml:2:7: `port` is set here"),
        ("{{ $.Values.web.port }}", "web: {host: x, port: 8080}\n", "values.yaml:1:22: `web.port` is set here"),
        ('{{ include "port" . }}', "web: {port: 8080}\n", "values.yaml:1:13: `web.port` is set here"),
        ('{{ include "outer" $ }}', "web: {port: 8080}\n", "values.yaml:1:13: `web.port` is set here"),
        ('{{ index .Values "web" "port" }}', "web: {port: 8080}\n", "values.yaml:1:13: `web.port` is set here"),
        ("{{ .Values.port | int64 }}", "port: 1000000\n", "values.yaml:1:7: `port` is set here"),
    ],
)
def test_a_finding_shows_where_its_value_is_written(value: str, values: str, place: str, tmp_path: Path) -> None:
    helpers = """\
{{- define "port" -}}{{ .Values.web.port }}{{ end -}}
{{- define "outer" -}}{{ include "port" . }}{{ end -}}
"""
    result = checked(tmp_path, value, values, {"templates/_helpers.tpl": helpers})
    assert (concise(result), related(result)) == ([NUMBER], [place])


@pytest.mark.parametrize(
    ("block", "values", "place"),
    [
        ("with .Values.web", "web:\n  port: 8080\n", "values.yaml:2:9: `web.port` is set here"),
        ("if .Values.web", "web:\n  port: 8080\n", ""),
        ("range .Values.ports", "ports: [{port: 8080}]\n", "values.yaml:1:16: `ports.port` is set here"),
        ("range .Values.ports", "ports: [{port: 8080, same: 8080}]\n", ""),
    ],
)
def test_the_dot_is_followed_into_blocks(block: str, values: str, place: str, tmp_path: Path) -> None:
    pod = POD.replace(
        "          value: VALUE", f"          {{{{- {block} }}}}\n          value: DOT\n          {{{{- end }}}}"
    )
    dot = "{{ .Values.web.port }}" if block.startswith("if") else "{{ .port }}"
    result = checked(tmp_path, "", values, {"templates/pod.yaml": pod.replace("DOT", dot)})
    place = place or ("values.yaml:2:9: `web.port` is set here" if block.startswith("if") else "")
    assert len(concise(result)) == 1
    assert related(result) == [place] * bool(place)


def test_a_value_in_a_list_that_is_printed_as_a_whole_is_found(tmp_path: Path) -> None:
    pod = POD.partition("        - name: PORT")[0] + "        {{- toYaml .Values.env | nindent 8 }}\n"
    values = "env:\n  - name: HOST\n    value: web\n  - name: PORT\n    value: 8080\n"
    result = checked(tmp_path, "", values, {"templates/pod.yaml": pod})
    assert related(result) == ["values.yaml:5:12: `env.value` is set here"]


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ("{{ .Values.port | default 8080 }}", "ports: {}\n"),
        ("{{ .Values.port }}0", "port: 9\n"),
        ("8080", "port: 8080\n"),
    ],
)
def test_what_is_no_value_of_a_file_or_cannot_be_followed_has_no_place(value: str, values: str, tmp_path: Path) -> None:
    result = checked(tmp_path, value, values)
    assert [line.partition(" ")[0] for line in concise(result)] == ["templates/pod.yaml:11:18:"]
    assert [place for place in related(result) if "8080" in place] == []


def test_the_values_of_a_subchart_are_its_own_or_those_of_the_chart_around_it(tmp_path: Path) -> None:
    pod = POD.replace("VALUE", "{{ .Values.port }}")
    sub = {"charts/x/Chart.yaml": CHART.format("cache"), "charts/x/templates/pod.yaml": pod}
    chart = {"Chart.yaml": CHART.format("shop"), "charts/x/values.yaml": "port: 1\n", **sub}
    write(tmp_path, chart)
    assert related(run(tmp_path)) == ["charts/x/values.yaml:1:7: `port` is set here"]
    write(tmp_path, {"values.yaml": "cache: {port: 2}\n"})
    assert related(run(tmp_path)) == ["values.yaml:1:15: `cache.port` is set here"]
    write(
        tmp_path,
        {"values.yaml": "global: {port: 2}\n", "charts/x/templates/pod.yaml": pod.replace("port", "global.port")},
    )
    assert related(run(tmp_path)) == ["values.yaml:1:16: `global.port` is set here"]


def test_the_last_file_that_has_a_value_is_shown(tmp_path: Path) -> None:
    write(tmp_path, {"live.yaml": "port: 80\n", "more.yaml": "other: 1\n"})
    config = Config(helm=Helm({str(tmp_path): (f"{tmp_path}/live.yaml,{tmp_path}/more.yaml",)}))
    checked(tmp_path, "{{ .Values.port }}", "port: 8080\n")
    assert (
        related(run(tmp_path, config=config))
        == [
            "live.yaml:1:7: `port` is set here",
            "more.yaml:1:1: through more.yaml",
        ][:1]
    )


# secrets


def test_no_value_that_may_be_a_secret_is_shown(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {a: '{{ .Values.deep.code }}'}\n"
    values = "deep:\n  code: 8080 # hunter1\n  port: 9090\n  password: 7070\nrest: {x: hunter2, z: 6060}\n"
    for value, shown in (
        ("{{ .Values.deep.code }}", []),
        ("{{ .Values.deep.password }}", []),
        ("{{ .Values.deep.port }}", ["values.yaml:3:9: `deep.port` is set here"]),
        ("{{ .Values.rest.z }}", ["values.yaml:5:23: `rest.z` is set here"]),
    ):
        result = checked(tmp_path, value, values, {"templates/secret.yaml": secret})
        assert related(result) == shown
        report = formatter("text")(result, View(verbose=True)) + formatter("html")(result, View())
        assert "hunter" not in report
        assert ("code: 8080" in report, "password: 7070" in report) == (False, False)


@pytest.mark.parametrize("kind", ["Secret", "ConfigMap"])
def test_a_near_value_that_may_be_a_secret_is_hidden(kind: str, tmp_path: Path) -> None:
    text = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: web}}\ndata:\n  A: {{{{ .Values.passwrod | quote }}}}\n"
    files = {"templates/a.yaml": text}
    result = checked(tmp_path, "'80'", "password: hunter2\n", files)
    assert related(result) == ["values.yaml:1:11: a similar value is defined here"]
    assert "hunter2" not in formatter("text")(result, View(verbose=True)) + formatter("json")(result, View())


def test_a_credential_in_a_variable_is_hidden_in_the_values_as_well(tmp_path: Path) -> None:
    values = "dsn: postgres://anna:hunter2hunter2@db/shop\nport: 8080\n"
    extra = POD.replace("VALUE", "{{ .Values.port }}") + "        - {name: DSN, value: '{{ .Values.dsn }}'}\n"
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "values.yaml": values, "templates/pod.yaml": extra})
    result = run(tmp_path, config=Config(pedantic=True, ignore=("unpinned-image",)))
    assert {finding.rule for finding in result.outcome.findings} == {"non-string-env", "plaintext-secret"}
    assert "hunter2" not in formatter("text")(result, View(verbose=True))


# values that do not exist


MISSING = "templates/pod.yaml:11:21: warning[missing-value] the chart has no value `prot`, so helm renders nothing here"


def missing(result: Result) -> list[str]:
    """What is said of values that do not exist, and what was meant."""
    return [
        f"{f.location.path}:{f.location.start.line}: {f.help}" for f in result.outcome.findings if "value" in f.rule
    ]


@pytest.mark.parametrize(
    ("value", "values", "meant"),
    [
        ("{{ .Values.prot | quote }}", "port: 80\n", "port"),
        ('"{{ .Values.prot }}"', "port: 80\n", "port"),
        ("{{ $.Values.web.prot | quote }}", "web: {port: 80}\n", "web.port"),
        ("{{ with .Values.web }}{{ .prot | quote }}{{ end }}", "web: {port: 80}\n", "web.port"),
        ("{{ if .Values.use }}{{ .Values.prot | quote }}{{ end }}", "{use: true, port: 80}\n", "port"),
        ("{{ if and .Values.use .Values.port }}{{ .Values.prot | quote }}{{ end }}", "{use: true, port: 80}\n", "port"),
        ("{{ if not .Values.off }}{{ .Values.prot | quote }}{{ end }}", "{off: false, port: 80}\n", "port"),
        ("{{ .Values.maxpages | int64 | quote }}", "maxPages: 80\n", "maxPages"),
    ],
)
def test_a_value_that_does_not_exist_and_a_near_one_that_does(
    value: str, values: str, meant: str, tmp_path: Path
) -> None:
    result = checked(tmp_path, value, values)
    assert missing(result) == [f"templates/pod.yaml:11: did you mean `.Values.{meant}`?"]
    assert [finding.severity for finding in result.outcome.findings] == ["warning"]


def test_where_a_missing_value_is_and_where_the_near_one_is(tmp_path: Path) -> None:
    result = checked(tmp_path, "{{ .Values.prot | quote }}", "port: 80\n")
    assert (concise(result), related(result)) == ([MISSING], ["values.yaml:1:7: a similar value is defined here"])


@pytest.mark.parametrize(
    ("value", "values"),
    [
        ('{{ .Values.prot | default "80" | quote }}', "port: 80\n"),
        ("{{ default .Values.port .Values.prot | quote }}", "port: 80\n"),
        ("{{ coalesce .Values.prot .Values.port | quote }}", "port: 80\n"),
        ("{{ if .Values.prot }}{{ .Values.prot | quote }}{{ end }}", "port: 80\n"),
        ("{{ with .Values.prot }}{{ . | quote }}{{ end }}", "port: 80\n"),
        ("{{ range .Values.prots }}{{ . | quote }}{{ end }}", "ports: [80]\n"),
        ('{{ if hasKey .Values "prot" }}{{ .Values.prot | quote }}{{ end }}', "port: 80\n"),
        ('{{ dig "prot" "" .Values.AsMap | quote }}', "port: 80\n"),
        ('{{ ternary "a" .Values.prot true | quote }}', "port: 80\n"),
        ("{{ if .Values.use }}{{ .Values.prot | quote }}{{ end }}", "{use: false, port: 80}\n"),
        ("{{ if .Values.use }}{{ else }}{{ .Values.prot | quote }}{{ end }}", "{use: false, port: 80}\n"),
        ('{{ if eq .Values.kind "a" }}{{ .Values.prot | quote }}{{ end }}', "{kind: a, port: 80}\n"),
        ("{{ $prot := .Values.prot }}{{ $prot | quote }}", "port: 80\n"),
        ("{{ .Values.global.prot | quote }}", "global: {port: 80}\n"),
        ("{{ .Values.cache.prot | quote }}", "cache: {port: 80}\n"),
        ("{{ .Values.prot | quote }}", "# prot: 90\nport: 80\n"),
        ("{{ .Values.prot | quote }}", "port: [80]\n"),
        ("{{ .Values.prot | quote }}", "prot: 80\nport: 80\n"),
        ("{{ .Values.prot | quote }}", "prot:\nport: 80\n"),
        ("{{ .Values.prot | quote }}", "address: 80\n"),
        ("{{ .Values.port1 | quote }}", "port2: 80\n"),
        ("{{/* .Values.prot */}}'80'", "port: 80\n"),
        ("{{ range .Values.all }}{{ .Values.prot }}{{ end }}", "{all: [], port: 80}\n"),
    ],
)
def test_a_value_that_may_be_missing_is_no_mistake(value: str, values: str, tmp_path: Path) -> None:
    needs = "dependencies:\n  - {name: cache, version: 1.0.0}\n"
    files = {"Chart.yaml": CHART.format("web") + needs, "charts/cache/Chart.yaml": CHART.format("cache")}
    assert missing(checked(tmp_path, value, values, files)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.schema.json", '{"properties": {"prot": {}}}\n'),
        ("README.md", "| `prot` | the port |\n"),
        ("values-live.yaml", "prot: 80\n"),
        ("ci/live-values.yaml", "prot: 80\n"),
        ("templates/other.yaml", '{{ .Values.prot | default "x" | replace "x" "" }}\n'),
        ("Chart.yaml", CHART.format("web") + "dependencies: [{name: cache, version: 1.0.0, import-values: [data]}]\n"),
    ],
)
def test_a_value_that_something_else_mentions_is_no_mistake(name: str, text: str, tmp_path: Path) -> None:
    files = {name: text, "charts/cache/Chart.yaml": CHART.format("cache")}
    assert missing(checked(tmp_path, "{{ .Values.prot | quote }}", "port: 80\n", files)) == []


def test_a_value_that_other_files_of_values_have_is_no_mistake(tmp_path: Path) -> None:
    checked(tmp_path / "web", "{{ .Values.prot | quote }}", "port: 80\n")
    write(tmp_path, {"a.yaml": "{}\n", "b.yaml": "prot: 80\n"})
    a, b = str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")
    assert len(missing(run(tmp_path, config=Config(helm=Helm({str(tmp_path / "web"): (a,)}))))) == 1
    assert missing(run(tmp_path, config=Config(helm=Helm({str(tmp_path / "web"): (a, b)})))) == []


def test_a_value_that_does_not_exist_in_a_subchart_and_in_a_helper(tmp_path: Path) -> None:
    pod = POD.replace("VALUE", "{{ .Values.prot | quote }}")
    sub = {"charts/x/Chart.yaml": CHART.format("cache"), "charts/x/templates/pod.yaml": pod}
    write(tmp_path, {"Chart.yaml": CHART.format("shop"), "values.yaml": "cache: {port: 2}\n", **sub})
    assert missing(run(tmp_path)) == ["charts/x/templates/pod.yaml:11: did you mean `.Values.port`?"]
    write(tmp_path, {"values.yaml": "cache: {port: 2, prot: 1}\n"})
    assert missing(run(tmp_path)) == []
    helper = '{{- define "a" }}{{ .Values.hots }}{{ end -}}\n'
    write(tmp_path, {"values.yaml": "{cache: {prot: 1}, host: x}\n", "templates/_a.tpl": helper})
    assert missing(run(tmp_path)) == ["templates/_a.tpl:1: did you mean `.Values.host`?"]


def test_a_comment_suppresses_it(tmp_path: Path) -> None:
    value = "{{ .Values.prot | quote }} # cmlint: ignore[missing-value] set by the pipeline"
    result = checked(tmp_path, value, "port: 80\n")
    assert (concise(result), [finding.rule for finding in result.outcome.suppressed]) == ([], ["missing-value"])


# numbers that arrive otherwise


REWRITTEN = "warning[rewritten-number] helm writes `1e+06` for `max`, which is the number 1000000"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("{{ .Values.max | quote }}", f"templates/pod.yaml:11:18: {REWRITTEN}"),
        ('"--max={{ .Values.max }}"', f"templates/pod.yaml:11:25: {REWRITTEN}"),
        ('{{ printf "max %v" .Values.max | quote }}', f"templates/pod.yaml:11:18: {REWRITTEN}"),
        ('{{ index .Values "max" | quote }}', f"templates/pod.yaml:11:18: {REWRITTEN}"),
        ("{{ $max := .Values.max }}{{ $max | quote }}", f"templates/pod.yaml:11:43: {REWRITTEN}"),
        ("{{ .Values.max | int64 | quote }}", ""),
        ('"1e+06"', ""),
        ("{{ .Values.text | quote }}", ""),
        ("{{ .Values.small | quote }}", ""),
    ],
)
def test_a_large_number_that_arrives_with_an_exponent(value: str, found: str, tmp_path: Path) -> None:
    result = checked(tmp_path, value, 'max: 1000000\ntext: "1e+06"\nsmall: 999999\n')
    assert concise(result) == [found] * bool(found)
    assert related(result) == ["values.yaml:1:6: `max` is set here"] * bool(found)


def test_a_large_number_in_a_map_that_a_template_walks(tmp_path: Path) -> None:
    pod = POD.partition("        - name: PORT")[0] + (
        "        {{- range $name, $value := .Values.env }}\n"
        "        - name: {{ $name }}\n          value: {{ $value | quote }}\n        {{- end }}\n"
    )
    result = checked(tmp_path, "", "env:\n  HOST: web\n  MAX: 1000000\n", {"templates/pod.yaml": pod})
    found = f"templates/pod.yaml:12:18: {REWRITTEN.replace('`max`', '`env.MAX`')}"
    assert (concise(result), related(result)) == ([found], ["values.yaml:3:8: `env.MAX` is set here"])


def test_a_large_number_without_quotes_is_quoted_in_the_values(tmp_path: Path) -> None:
    (finding,) = checked(tmp_path, "{{ .Values.max }}", "max: 1000000\n").outcome.findings
    assert (finding.rule, finding.location.path, finding.severity) == ("non-string-env", "values.yaml", "error")
    assert finding.message == "`max` is the number 1000000, which helm writes differently for `PORT`"
    assert finding.help == 'quote it: `"1000000"`, and in the template with `| quote`'


def test_no_large_number_of_a_secret_is_shown(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData:\n  a: {{ .Values.pin | quote }}\n"
    result = checked(tmp_path, "'80'", "pin: 7000000\n", {"templates/secret.yaml": secret})
    assert concise(result) == []


def test_a_chart_that_renders_nothing_has_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/pod.yaml": "{{ if .Values.on }}a: b{{ end }}\n"})
    result = run(tmp_path)
    assert (concise(result), result.outcome.crashed) == ([], False)


@pytest.mark.parametrize("text", ["{{ if .a }}", "{{", "{{ with .Values.a }}"])
def test_blocks_that_never_end_are_not_read_to_the_end(text: str) -> None:
    assert len(Actions(text * 5000).readings) <= 3 * DEEPEST


TWICE = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: web
      image: registry.example/web:1.0.0
      env:
        - {name: A, value: '{{ .Values.a }}'}
        - {name: A, value: x}
"""


def test_a_variable_set_twice_is_one_finding_whatever_the_values_say(tmp_path: Path) -> None:
    write(tmp_path, {"Chart.yaml": CHART.format("web"), "templates/pod.yaml": TWICE})
    write(tmp_path, {"values.yaml": "a: x\n", "ci/other-values.yaml": "a: y\n"})
    assert [each.message for each in run(tmp_path).outcome.findings] == ["`A` is set twice"]
