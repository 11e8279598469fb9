"""Whatever makes helm or kustomize fail: the reason is told, and no secret in it."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from cmlint.config.config import Config
from cmlint.model.findings import Finding, Related
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.report import FORMATS, formatter
from cmlint.report.view import View
from cmlint.sources.reasons import KUSTOMIZE_REST, LONGEST, address, of_kustomize
from cmlint.sources.request import Request
from tests.support.command import cmlint
from tests.support.run import inside, rules, write
from tests.support.tools import KUSTOMIZE

MARKER = "swordfish-4711"
"""The secret in every case; in some it is `swordfish` alone, or written in capitals."""

ENCODED = base64.b64encode(MARKER.encode()).decode()
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
PASSWORD = f"password: {MARKER}\n"
MISSING = "without `{}`: no such file or folder"


def schema(password: str) -> dict[str, str]:
    """A chart with a schema of its password."""
    return chart("", **{"values.schema.json": f'{{"properties": {{"password": {password}}}}}'})


def chart(template: str, values: str = PASSWORD, **more: str) -> dict[str, str]:
    """A chart with one template and with values."""
    return {"Chart.yaml": CHART, "values.yaml": values, "templates/secret.yaml": template, **more}


def kustomization(text: str, **more: str) -> dict[str, str]:
    """A kustomization and the files beside it."""
    return {"kustomization.yaml": text, **more}


CHARTS: dict[str, tuple[dict[str, str], str]] = {
    "schema-pattern": (
        schema('{"pattern": "^x"}'),
        ("values don't meet the specifications of the schema: at '/password': it does not match the pattern"),
    ),
    "schema-pattern2": (
        schema(f'{{"pattern": "^{MARKER}-x"}}'),
        ("values don't meet the specifications of the schema: at '/password': it does not match the pattern"),
    ),
    "schema-const": (
        schema(f'{{"const": "{MARKER}-x"}}'),
        ("values don't meet the specifications of the schema: at '/password': it is not the value allowed"),
    ),
    "schema-enum": (
        schema(f'{{"enum": ["{MARKER}-x", "b"]}}'),
        ("values don't meet the specifications of the schema: at '/password': it is none of the values allowed"),
    ),
    "schema-type": (
        schema('{"type": "integer"}'),
        ("values don't meet the specifications of the schema: at '/password': got string, want integer"),
    ),
    "schema-minlength": (
        schema('{"minLength": 80}'),
        ("values don't meet the specifications of the schema: at '/password': minLength is not met"),
    ),
    "schema-required": (
        chart("", **{"values.schema.json": f'{{"required": ["{MARKER}", "port"]}}'}),
        "values don't meet the specifications of the schema: at '': missing '...', 'port'",
    ),
    "schema-required2": (
        chart("", **{"values.schema.json": '{"required": ["port", "host"], "additionalProperties": false}'}),
        (
            "values don't meet the specifications of the schema: at '': missing 'port', 'host'; "
            "at '': 'password' not allowed"
        ),
    ),
    "schema-broken": (
        chart("", **{"values.schema.json": f'{{"type": {MARKER}}}'}),
        "`schema-broken/values.schema.json` cannot be looked through for what helm would open",
    ),
    "schema-broken2": (
        chart("", **{"values.schema.json": f'{{"type": "{MARKER}"}}'}),
        "values don't meet the specifications of the schema: the schema is not valid",
    ),
    "schema-broken3": (
        chart("", **{"values.schema.json": f'{{"$ref": "#/{MARKER}"}}'}),
        "values don't meet the specifications of the schema: the schema is not valid",
    ),
    "schema-ref": (
        chart("", **{"values.schema.json": f'{{"$ref": "./{MARKER}"}}'}),
        "`schema-ref/values.schema.json` has a reference that leads out of the chart",
    ),
    "anchor": (
        chart("", f"password: *{MARKER}\n"),
        "cannot load values.yaml: error converting YAML to JSON: yaml: unknown anchor",
    ),
    "values-yaml": (
        chart("", f"password: [{MARKER}\n"),
        ("cannot load values.yaml: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"),
    ),
    "values-yaml2": (
        chart("", f"password: {MARKER}: b\n"),
        (
            "cannot load values.yaml: error converting YAML to JSON: yaml: mapping values are "
            "not allowed in this context"
        ),
    ),
    "values-tag": (
        chart("", f"password: !!int {MARKER}\n"),
        "cannot load values.yaml: error converting YAML to JSON: yaml: cannot decode",
    ),
    "values-mapkey": (
        chart("", f"? [{MARKER}]\n: 1\n"),
        "cannot load values.yaml: error converting YAML to JSON: yaml: invalid map key",
    ),
    "values-list": (
        chart("", f"- {MARKER}\n"),
        (
            "cannot load values.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
            "unmarshal array into Go value of type map[string]interface {}"
        ),
    ),
    "values-str": (
        chart("", f"{MARKER}\n"),
        (
            "cannot load values.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
            "unmarshal string into Go value of type map[string]interface {}"
        ),
    ),
    "values-tab": (
        chart("", f"a:\n\tpassword: {MARKER}\n"),
        (
            "cannot load values.yaml: error converting YAML to JSON: yaml: line 2: found "
            "character that cannot start any token"
        ),
    ),
    "values-binary": (
        chart("", f"a: !!binary {MARKER}*\n"),
        ("cannot load values.yaml: error converting YAML to JSON: yaml: !!binary value contains invalid base64 data"),
    ),
    "fail": (
        chart("{{ fail .Values.password }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-plain": (
        chart('{{ fail "say it better" }}'),
        "execution error at (web/templates/secret.yaml:1:3): say it better",
    ),
    "required-plain": (
        chart('a: b\n{{ required "say which port" .Values.port }}'),
        "execution error at (web/templates/secret.yaml:2:3): say which port",
    ),
    "required-val": (
        chart("{{ required .Values.password .Values.port }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-printf": (
        chart('{{ fail (printf "bad password %s" .Values.password) }}'),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-lines": (
        chart('{{ fail (printf "\\n\\nbad:\\n  password %s" .Values.password) }}'),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "urlparse": (
        chart("{{ urlParse .Values.url }}", f"url: 'https://u:{MARKER}@h:x y'\n"),
        (
            "template: web/templates/secret.yaml:1:3: at <urlParse .Values.url>: error calling "
            "urlParse: `helm template` says why, in words that may hold a value"
        ),
    ),
    "wrong-type": (
        chart("a: {{ upper .Values.n }}", "n: 5\n"),
        (
            "template: web/templates/secret.yaml:1:19: at <.Values.n>: wrong type for value; "
            "expected string; got interface {}"
        ),
    ),
    "wrong-type2": (
        chart("a: {{ add1 .Values.password | upper }}"),
        ("template: web/templates/secret.yaml:1:30: at <upper>: wrong type for value; expected string; got int64"),
    ),
    "index": (
        chart('a: {{ index .Values.password "x" }}'),
        (
            'template: web/templates/secret.yaml:1:6: at <index .Values.password "...">: error '
            "calling index: cannot index slice/array with type string"
        ),
    ),
    "index2": (
        chart('a: {{ index .Values "x" "y" .Values.password }}'),
        (
            'template: web/templates/secret.yaml:1:6: at <index .Values "..." "..." '
            ".Values.password>: error calling index: index of nil pointer"
        ),
    ),
    "field": (
        chart("a: {{ .Values.password.x }}"),
        (
            "template: web/templates/secret.yaml:1:13: at <.Values.password.x>: can't evaluate "
            "field x in type interface {}"
        ),
    ),
    "nil": (
        chart("a: {{ .Values.auth.x }}"),
        ("template: web/templates/secret.yaml:1:13: at <.Values.auth.x>: nil pointer evaluating interface {}.x"),
    ),
    "nil-long": (
        chart("a: {{ .Values.authentication.database.x }}"),
        (
            "template: web/templates/secret.yaml:1:13: at <.Values.authentication.database.x>: "
            "nil pointer evaluating interface {}.database"
        ),
    ),
    "range": (
        chart("{{ range .Values.password }}a{{ end }}"),
        (
            "template: web/templates/secret.yaml:1:16: at <.Values.password>: range can't "
            "iterate over a value that is neither a list nor a map"
        ),
    ),
    "include": (
        chart('{{ include "web.x" . }}'),
        ('template: web/templates/secret.yaml:1:3: at <include "web.x" .>: error calling include: no template "web.x"'),
    ),
    "include2": (
        chart('{{ include "web.x" . }}', **{"templates/_h.tpl": '{{ define "web.x" }}\n{{ .Values.a.b }}{{ end }}'}),
        ("template: web/templates/_h.tpl:2:10: at <.Values.a.b>: nil pointer evaluating interface {}.b"),
    ),
    "include-fail": (
        chart(
            '{{ include "web.x" . }}',
            **{"templates/_h.tpl": '{{ define "web.x" }}\n{{ fail .Values.password }}{{ end }}'},
        ),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "include-val": (
        chart("{{ include .Values.password . }}"),
        (
            "template: web/templates/secret.yaml:1:3: at <include .Values.password .>: error "
            "calling include: `helm template` says why, in words that may hold a value"
        ),
    ),
    "tpl": (
        chart("{{ tpl .Values.t . }}", f"t: '{{{{ fail \"{MARKER}\" }}}}'\n"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "tpl2": (
        chart("{{ tpl .Values.t . }}", f"t: '{{{{ {MARKER} }}}}'\n"),
        (
            "template: web/templates/secret.yaml:1:3: at <tpl .Values.t .>: error calling tpl: "
            "`helm template` says why, in words that may hold a value"
        ),
    ),
    "tpl3": (
        chart("{{ tpl .Values.t . }}", f"t: '{{{{ .Values.{MARKER}.x }}}}'\n"),
        (
            "template: web/templates/secret.yaml:1:3: at <tpl .Values.t .>: error calling tpl: "
            "`helm template` says why, in words that may hold a value"
        ),
    ),
    "parse": (chart("{{ foo }}"), 'parse error at (web/templates/secret.yaml:1): function "foo" not defined'),
    "parse2": (chart("a\n{{ if }}"), "parse error at (web/templates/secret.yaml:2): missing value for if"),
    "parse3": (
        chart(f'a\n{{{{ "{MARKER} }}}}'),
        "parse error at (web/templates/secret.yaml:2): unterminated quoted string",
    ),
    "parse4": (chart(f"a\n{{{{ {MARKER} }}}}"), "parse error at (web/templates/secret.yaml:2): bad character"),
    "parse5": (chart("a\n{{ if true }}"), "parse error at (web/templates/secret.yaml:2): unexpected EOF"),
    "rendered": (
        chart("a: b\n  c: {{ .Values.password }}"),
        (
            "YAML parse error on web/templates/secret.yaml: error converting YAML to JSON: yaml: "
            "line 2: mapping values are not allowed in this context"
        ),
    ),
    "rendered2": (
        chart("a: *{{ .Values.password }}"),
        ("YAML parse error on web/templates/secret.yaml: error converting YAML to JSON: yaml: unknown anchor"),
    ),
    "rendered3": (
        chart("{{ .Values.password }}"),
        (
            "YAML parse error on web/templates/secret.yaml: error unmarshaling JSON: while "
            "decoding JSON: json: cannot unmarshal string into Go value of type "
            "releaseutil.SimpleHead"
        ),
    ),
    "rendered5": (
        chart("kind: [{{ .Values.password }}]\napiVersion: v1"),
        (
            "YAML parse error on web/templates/secret.yaml: error unmarshaling JSON: while "
            "decoding JSON: json: cannot unmarshal array into Go struct field SimpleHead.kind of "
            "type string"
        ),
    ),
    "eq": (
        chart("{{ if eq .Values.password 1 }}a{{ end }}"),
        (
            "template: web/templates/secret.yaml:1:6: at <eq .Values.password ...>: error "
            "calling eq: incompatible types for comparison"
        ),
    ),
    "fromjson": (
        chart("a: {{ mustFromJson .Values.password }}"),
        (
            "template: web/templates/secret.yaml:1:6: at <mustFromJson .Values.password>: error "
            "calling mustFromJson: invalid character looking for beginning of value"
        ),
    ),
    "todate": (
        chart('a: {{ mustToDate "2006" .Values.password }}'),
        (
            'template: web/templates/secret.yaml:1:6: at <mustToDate "..." .Values.password>: '
            "error calling mustToDate: `helm template` says why, in words that may hold a value"
        ),
    ),
    "regex": (
        chart('a: {{ mustRegexMatch .Values.password "a" }}', f"password: '[{MARKER}'\n"),
        (
            "template: web/templates/secret.yaml:1:6: at <mustRegexMatch .Values.password "
            '"...">: error calling mustRegexMatch: `helm template` says why, in words that may '
            "hold a value"
        ),
    ),
    "semver": (
        chart('a: {{ semverCompare .Values.password "1" }}'),
        (
            'template: web/templates/secret.yaml:1:6: at <semverCompare .Values.password "...">: '
            "error calling semverCompare: `helm template` says why, in words that may hold a "
            "value"
        ),
    ),
    "cert": (
        chart('a: {{ buildCustomCert .Values.password "a" }}'),
        (
            "template: web/templates/secret.yaml:1:6: at <buildCustomCert .Values.password "
            '"...">: error calling buildCustomCert: `helm template` says why, in words that may '
            "hold a value"
        ),
    ),
    "decrypt": (
        chart("a: {{ decryptAES .Values.password .Values.password }}"),
        (
            "template: web/templates/secret.yaml:1:6: at <decryptAES .Values.password "
            ".Values.password>: error calling decryptAES: a value is not base64"
        ),
    ),
    "dig": (
        chart('a: {{ dig "a" .Values.password }}'),
        (
            'template: web/templates/secret.yaml:1:6: at <dig "..." .Values.password>: error '
            "calling dig: `helm template` says why, in words that may hold a value"
        ),
    ),
    "chart-version": (
        {"Chart.yaml": f"apiVersion: v2\nname: web\nversion: {MARKER}\n"},
        "validation: chart.metadata.version is invalid",
    ),
    "chart-name": (
        {
            "Chart.yaml": f"apiVersion: v2\nname: we/{MARKER}\nversion: 1.0.0\n",
            "templates/a.yaml": "{{ fail .Values.x }}",
        },
        "validation: chart.metadata.name is invalid",
    ),
    "chart-type": (
        {"Chart.yaml": CHART + f"type: {MARKER}\n"},
        "validation: chart.metadata.type must be application or library",
    ),
    "chart-yaml": (
        {"Chart.yaml": CHART + f"a: *{MARKER}\n"},
        "cannot load Chart.yaml: error converting YAML to JSON: yaml: unknown anchor",
    ),
    "chart-kube": (
        {"Chart.yaml": CHART + "kubeVersion: '>=9.0.0'\n"},
        "chart requires kubeVersion: >=9.0.0 which is incompatible with Kubernetes v1.37.0",
    ),
    "chart-kube2": (
        {"Chart.yaml": CHART + f"kubeVersion: '{MARKER}'\n"},
        "chart requires kubeVersion: ... which is incompatible with Kubernetes v1.37.0",
    ),
    "chart-dep": (
        {
            "Chart.yaml": CHART
            + (
                f"dependencies: [{{name: cache, version: 1.0.0, repository: "
                f"'http://u:{MARKER}@127.0.0.1:1/'}}, {{name: db, version: 1.0.0, repository: "
                f"'http://127.0.0.1:1/'}}]\n"
            )
        },
        ("without `cache`, `db`: they are not in `charts/`"),
    ),
    "chart-dep2": (
        {
            "Chart.yaml": CHART
            + ("dependencies: [{name: cache, version: 1.0.0, condition: a.b, repository: 'http://127.0.0.1:1/'}]\n"),
            "charts/cache/Chart.yaml": f"apiVersion: v2\nname: cache\nversion: {MARKER}\n",
        },
        "error unpacking subchart cache in web: validation: chart.metadata.version is invalid",
    ),
    "chart-tgz": (
        {"Chart.yaml": CHART, "charts/cache.tgz": MARKER},
        "error unpacking subchart cache.tgz in web: gzip: invalid header",
    ),
    "chart-field": (
        {"Chart.yaml": CHART + f"keywords: {MARKER}\n"},
        (
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
            "unmarshal string into Go struct field Metadata.keywords of type []string"
        ),
    ),
    "dep-alias": (
        {
            "Chart.yaml": CHART
            + (
                f"dependencies: [{{name: cache, alias: 'x {MARKER}', version: 1.0.0, repository: "
                f"'http://127.0.0.1:1/'}}]\n"
            )
        },
        "without `cache`: it is not in `charts/`",
    ),
    "toyaml-nested": (
        chart("a: {{ .Values.password }}\n---\nb: {{ toYaml .Values }}"),
        (
            "YAML parse error on web/templates/secret.yaml: error converting YAML to JSON: yaml: "
            "mapping values are not allowed in this context"
        ),
    ),
    "lookup": (
        chart('{{ (lookup "v1" "Secret" "a" "b").data.x }}'),
        ('template: web/templates/secret.yaml:1:29: at <"...">: nil pointer evaluating interface {}.x'),
    ),
    "files": (
        chart('{{ (.Files.Get "x.json") | fromJson | toString | fail }}', **{"x.json": f'{{"a":"{MARKER}"}}'}),
        (
            "execution error at (web/templates/secret.yaml:1:49): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "no-field-of-text": (
        chart("{{ .Values.users.bob.x }}", "users: {bob: swordfish-4711}\n"),
        (
            "template: web/templates/secret.yaml:1:10: at <.Values.users.bob.x>: can't evaluate "
            "field x in type interface {}"
        ),
    ),
    "set": (
        chart('{{ $_ := set .Values.password "a" 1 }}'),
        (
            "template: web/templates/secret.yaml:1:20: at <.Values.password>: wrong type for "
            "value; expected map[string]interface {}; got string"
        ),
    ),
    "gen-ca": (
        chart("{{ genCA .Values.password .Values.password }}"),
        (
            "template: web/templates/secret.yaml:1:33: at <.Values.password>: wrong type for "
            "value; expected int; got string"
        ),
    ),
    "division": (
        chart("{{ div 1 0 }}"),
        (
            "template: web/templates/secret.yaml:1:3: at <div ... ...>: error calling div: "
            "runtime error: integer divide by zero"
        ),
    ),
    "nested-name": (
        chart('{{ template "x" . }}'),
        ('template: web/templates/secret.yaml:1:12: at <{{template "x" .}}>: template "x" not defined'),
    ),
    "fail-base64": (
        chart("{{ fail (b64enc .Values.password) }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-upper": (
        chart("{{ fail (upper .Values.password) }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-half": (
        chart("{{ fail (trunc 9 .Values.password) }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-quoted": (
        chart("{{ fail (quote .Values.password) }}"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "fail-secret": (
        chart(f'{{{{ fail "do not use {MARKER} here" }}}}'),
        "execution error at (web/templates/secret.yaml:1:3): do not use ... here",
    ),
    "fail-secret-base64": (
        chart(f'{{{{ fail "do not use {ENCODED} here" }}}}'),
        "execution error at (web/templates/secret.yaml:1:3): do not use ... here",
    ),
    "fail-pipe": (
        chart('{{ "write a port" | fail }}'),
        "execution error at (web/templates/secret.yaml:1:20): write a port",
    ),
    "mimic": (
        chart("{{ fail .Values.password }}", f"password: 'function \"{MARKER}\" not defined'\n"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
    "mimic-tpl": (
        chart("{{ tpl .Values.t . }}", "t: '{{ .swordfish.x }}'\npassword: swordfish\n"),
        (
            "template: web/templates/secret.yaml:1:3: at <tpl .Values.t .>: error calling tpl: "
            "`helm template` says why, in words that may hold a value"
        ),
    ),
    "no-string": (
        chart("{{ print .Values.password | int | upper }}"),
        ("template: web/templates/secret.yaml:1:34: at <upper>: wrong type for value; expected string; got int"),
    ),
    "in-a-subchart": (
        chart(
            "",
            **{
                "charts/cache/Chart.yaml": CHART.replace("web", "cache"),
                "charts/cache/templates/a.yaml": "{{ fail .Values.global.password }}",
                "values.yaml": f"global: {{password: {MARKER}}}\n",
            },
        ),
        (
            "execution error at (web/charts/cache/templates/a.yaml:1:3): `helm template` says "
            "why, in words that may hold a value"
        ),
    ),
    "parse-word": (
        chart("{{ swordfish }}", "password: swordfish\n"),
        "parse error at (web/templates/secret.yaml:1): a function is not defined",
    ),
    "fail-address": (
        chart("{{ fail (.Values.password | urlquery) }}", "password: sword/fish+4711\n"),
        (
            "execution error at (web/templates/secret.yaml:1:3): `helm template` says why, in "
            "words that may hold a value"
        ),
    ),
}

KUSTOMIZATIONS: dict[str, tuple[dict[str, str], str]] = {
    "missing": (
        kustomization("resources: [missing.yaml]\n"),
        MISSING.format("missing.yaml"),
    ),
    "missing-folder": (
        kustomization("resources: [../nowhere]\n"),
        MISSING.format("../nowhere"),
    ),
    "missing-nokust": (
        kustomization("resources: [a]\n", **{"a/x.txt": ""}),
        (
            "in missing-nokust/a: unable to find one of 'kustomization.yaml', "
            "'kustomization.yml' or 'Kustomization' in directory 'missing-nokust/a'"
        ),
    ),
    "missing-nested": (
        kustomization("resources: [a/b/c.yaml]\n"),
        MISSING.format("a/b/c.yaml"),
    ),
    "missing-patch": (
        kustomization("resources: [a.yaml]\npatches: [{path: p.yaml}]\n", **{"a.yaml": CONFIG}),
        MISSING.format("p.yaml"),
    ),
    "missing-sec": (
        kustomization(f"secretGenerator: [{{name: a, files: [password={MARKER}]}}]\n"),
        MISSING.format("..."),
    ),
    "missing-sec2": (
        kustomization(f"secretGenerator: [{{name: a, envs: [password={MARKER}]}}]\n"),
        MISSING.format("..."),
    ),
    "missing-sec3": (
        kustomization("secretGenerator: [{name: a, files: [key=tls.key]}]\n"),
        MISSING.format("tls.key"),
    ),
    "missing-sec4": (
        kustomization(f"secretGenerator: [{{name: a, files: ['{MARKER}']}}]\n"),
        MISSING.format("..."),
    ),
    "sec-literal": (
        kustomization(f"secretGenerator: [{{name: a, literals: ['{MARKER}']}}]\n"),
        "an entry of `literals` is not of the form `key=value`",
    ),
    "sec-literal2": (
        kustomization(f"secretGenerator: [{{name: a, literals: 'p={MARKER}'}}]\n"),
        (
            "json: cannot unmarshal string into Go struct field "
            "SecretArgs.secretGenerator.GeneratorArgs.KvPairSources.literals of type []string"
        ),
    ),
    "sec-literal3": (
        kustomization(f"secretGenerator: [{{name: a, literals: [p: {MARKER}]}}]\n"),
        (
            "json: cannot unmarshal object into Go struct field "
            "SecretArgs.secretGenerator.GeneratorArgs.KvPairSources.literals of type string"
        ),
    ),
    "sec-key2": (
        kustomization(f"secretGenerator: [{{name: a, literals: ['a=1', 'a={MARKER}']}}]\n"),
        "the generator `a` repeats the key `a`",
    ),
    "env-dup": (
        kustomization("configMapGenerator: [{name: a, envs: [s.env]}]\n", **{"s.env": f"a=1\na={MARKER}\n"}),
        "the generator `a` repeats the key `a`",
    ),
    "files-eq": (
        kustomization(f"secretGenerator: [{{name: a, files: ['a=b={MARKER}']}}]\n"),
        MISSING.format("..."),
    ),
    "files-empty": (
        kustomization(f"secretGenerator: [{{name: a, files: ['{MARKER}=']}}]\n"),
        "an entry of `files` has no path behind `=`",
    ),
    "files-empty2": (
        kustomization(f"secretGenerator: [{{name: a, files: ['={MARKER}']}}]\n"),
        MISSING.format("..."),
    ),
    "gen-type": (
        kustomization(f"secretGenerator: [{{name: a, type: [{MARKER}], literals: [a=b]}}]\n"),
        ("json: cannot unmarshal array into Go struct field SecretArgs.secretGenerator.type of type string"),
    ),
    "gen-merge": (
        kustomization(f"secretGenerator: [{{name: a, behavior: merge, literals: [a={MARKER}]}}]\n"),
        "Secret `a` does not exist; cannot merge or replace",
    ),
    "gen-twice": (
        kustomization(f"secretGenerator: [{{name: a, literals: [a={MARKER}]}}, {{name: a, literals: [a=c]}}]\n"),
        "Secret `a` exists; behavior must be merge or replace",
    ),
    "gen-noname": (kustomization(f"secretGenerator: [{{literals: [a={MARKER}]}}]\n"), "a generator has no name"),
    "anchor": (
        kustomization(f"resources: [a.yaml]\npassword: *{MARKER}\n", **{"a.yaml": CONFIG}),
        "",
    ),
    "anchor-res": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": SECRET + f"stringData: {{a: *{MARKER}}}\n"}),
        "in anchor-res/a.yaml: yaml: unknown anchor",
    ),
    "yaml-res": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": SECRET + f"stringData: {{a: {MARKER}\n"}),
        "in yaml-res/a.yaml: yaml: line 3: did not find expected ',' or '}'",
    ),
    "yaml-res2": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": SECRET + f"stringData:\n  a: {MARKER}: x\n"}),
        "in yaml-res2/a.yaml: yaml: line 5: mapping values are not allowed in this context",
    ),
    "yaml-tab": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": SECRET + f"stringData:\n\ta: {MARKER}\n"}),
        "in yaml-tab/a.yaml: yaml: line 5: found character that cannot start any token",
    ),
    "dup-res": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": SECRET + f"stringData:\n  a: x\n  a: {MARKER}\n"}),
        "line 6: the same key is in the mapping already, on line 5",
    ),
    "dup-res2": (
        kustomization(
            "resources: [a.yaml]\n", **{"a.yaml": SECRET + f"data: {{a: {MARKER}}}\ndata: {{a: {MARKER}}}\n"}
        ),
        "line 5: the same key is in the mapping already, on line 4",
    ),
    "twice-id": (
        kustomization(
            "resources: [a.yaml, b.yaml]\n", **{"a.yaml": SECRET, "b.yaml": SECRET + f"stringData: {{a: {MARKER}}}\n"}
        ),
        ("in twice-id/b.yaml: may not add resource with an already registered id: Secret.v1.[noGrp]/a.[noNs]"),
    ),
    "no-name": (
        kustomization(
            "resources: [a.yaml]\n", **{"a.yaml": f"apiVersion: v1\nkind: Secret\nstringData: {{a: {MARKER}}}\n"}
        ),
        "in no-name/a.yaml: missing metadata.name in an object of kind Secret",
    ),
    "no-kind": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": f"apiVersion: v1\nstringData: {{a: {MARKER}}}\n"}),
        "in no-kind/a.yaml: missing kind in an object",
    ),
    "name-type": (
        kustomization(
            "resources: [a.yaml]\n", **{"a.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: [{MARKER}]}}\n"}
        ),
        "in name-type/a.yaml: missing metadata.name in an object of kind Secret",
    ),
    "secret-text": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": f"{MARKER}\n"}),
        "in secret-text/a.yaml: a document is not a Kubernetes object",
    ),
    "secret-list": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": f"- {MARKER}\n"}),
        "in secret-list/a.yaml: a document is not a Kubernetes object",
    ),
    "list-bad": (
        kustomization("resources: [a.yaml]\n", **{"a.yaml": f"apiVersion: v1\nkind: List\nitems: [{MARKER}]\n"}),
        "in list-bad/a.yaml: a document is not a Kubernetes object",
    ),
    "list-bad2": (
        kustomization(
            "resources: [a.yaml]\n",
            **{"a.yaml": f"apiVersion: v1\nkind: SecretList\nitems: [{{stringData: {{a: {MARKER}}}}}]\n"},
        ),
        "in list-bad2/a.yaml: a document is not a Kubernetes object",
    ),
    "unknown-field": (kustomization("resource: [a.yaml]\n"), 'json: unknown field "resource"'),
    "unknown-field2": (kustomization(f"resources: []\n{MARKER}: a\n"), 'json: unknown field "..."'),
    "unknown-gen-field": (
        kustomization(f"secretGenerator: [{{name: a, {MARKER}: x, literals: [a=b]}}]\n"),
        'json: unknown field "..."',
    ),
    "type": (
        kustomization("resources: a.yaml\n"),
        ("json: cannot unmarshal string into Go struct field Kustomization.resources of type []string"),
    ),
    "type2": (
        kustomization(f"namePrefix: [{MARKER}]\n"),
        ("json: cannot unmarshal array into Go struct field Kustomization.namePrefix of type string"),
    ),
    "type3": (
        kustomization(f"secretGenerator: {MARKER}\n"),
        ("json: cannot unmarshal string into Go struct field Kustomization.secretGenerator of type []types.SecretArgs"),
    ),
    "type4": (
        kustomization(f"replicas: [{{name: a, count: {MARKER}}}]\n"),
        ("json: cannot unmarshal string into Go struct field Replica.replicas.count of type int64"),
    ),
    "type5": (
        kustomization(f"namePrefix: {{a: {MARKER}}}\n"),
        ("json: cannot unmarshal object into Go struct field Kustomization.namePrefix of type string"),
    ),
    "empty": (kustomization(""), "kustomization.yaml is empty"),
    "kind": (kustomization(f"kind: {MARKER}\n"), "kustomization.yaml is empty"),
    "kust-yaml": (
        kustomization(f"resources: [a.yaml\nsecretGenerator: [{{name: a, literals: [a={MARKER}]}}]\n"),
        "",
    ),
    "patch-target": (
        kustomization(
            "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
            **{
                "a.yaml": CONFIG,
                "p.yaml": (f"apiVersion: v1\nkind: Secret\nmetadata: {{name: nobody}}\nstringData: {{a: {MARKER}}}\n"),
            },
        ),
        ("no matches for Id Secret.v1.[noGrp]/nobody.[noNs]; failed to find unique target for patch"),
    ),
    "patch-inline": (
        kustomization(f"resources: [a.yaml]\npatches: [{{patch: '{MARKER}'}}]\n", **{"a.yaml": CONFIG}),
        "unable to parse a patch, neither as strategic merge nor as JSON",
    ),
    "patch-inline2": (
        kustomization(
            f"resources: [a.yaml]\npatches: [{{patch: '- op: {MARKER}\n    path: /data/a'}}]\n", **{"a.yaml": CONFIG}
        ),
        "unable to parse a patch, neither as strategic merge nor as JSON",
    ),
    "patch-json": (
        kustomization(
            (
                f'resources: [a.yaml]\npatches: [{{target: {{kind: Secret}}, patch: \'[{{"op": '
                f'"replace", "path": "/stringData/x/y", "value": "{MARKER}"}}]\'}}]\n'
            ),
            **{"a.yaml": SECRET},
        ),
        "replace operation does not apply: doc is missing path: /stringData/x/y",
    ),
    "patch-json-test": (
        kustomization(
            (
                f'resources: [a.yaml]\npatches: [{{target: {{kind: Secret}}, patch: \'[{{"op": '
                f'"test", "path": "/stringData/x", "value": "{MARKER}"}}]\'}}]\n'
            ),
            **{"a.yaml": SECRET + "stringData: {x: y}\n"},
        ),
        "testing value /stringData/x failed",
    ),
    "patch-json-path": (
        kustomization(
            (
                f'resources: [a.yaml]\npatches: [{{target: {{kind: Secret}}, patch: \'[{{"op": '
                f'"remove", "path": "/stringData/{MARKER}/y"}}]\'}}]\n'
            ),
            **{"a.yaml": SECRET},
        ),
        "remove operation does not apply: doc is missing path: /stringData/.../y",
    ),
    "patch-json-broken": (
        kustomization(
            (f'resources: [a.yaml]\npatches: [{{target: {{kind: Secret}}, patch: \'[{{"op": "remove", {MARKER}\'}}]\n'),
            **{"a.yaml": SECRET},
        ),
        "unable to parse a patch, neither as strategic merge nor as JSON",
    ),
    "patch-notarget": (
        kustomization(
            (f'resources: [a.yaml]\npatches: [{{patch: \'[{{"op": "add", "path": "/a", "value": "{MARKER}"}}]\'}}]\n'),
            **{"a.yaml": SECRET},
        ),
        "a JSON patch has no target",
    ),
    "patch-sm-two": (
        kustomization(
            "resources: [a.yaml]\npatches: [{path: p.yaml, target: {kind: Secret}}]\n",
            **{
                "a.yaml": SECRET,
                "p.yaml": SECRET + f"stringData: {{a: {MARKER}}}\n---\n" + SECRET + "stringData: {b: c}\n",
            },
        ),
        "several patches in one file must not have a `target`",
    ),
    "patch-nothing": (
        kustomization("resources: [a.yaml]\npatches: [{target: {kind: Secret}}]\n", **{"a.yaml": SECRET}),
        "an entry of `patches` has neither `patch` nor `path`",
    ),
    "patchesStrategic": (
        kustomization(
            (
                f"resources: [a.yaml]\npatchesStrategicMerge:\n- |-\n  apiVersion: v1\n  kind: "
                f"Secret\n  metadata: {{name: zz}}\n  stringData: {{a: {MARKER}}}\n"
            ),
            **{"a.yaml": SECRET},
        ),
        "no matches for Id Secret.v1.[noGrp]/zz.[noNs]; failed to find unique target for patch",
    ),
    "patchesStrategic2": (
        kustomization(
            (f"resources: [a.yaml]\npatchesStrategicMerge:\n- |-\n  kind: Secret\n  stringData: {{a: {MARKER}\n"),
            **{"a.yaml": SECRET},
        ),
        "a file that it names is not there, or a patch in it is not valid",
    ),
    "patchesJson": (
        kustomization(
            (
                f"resources: [a.yaml]\npatchesJson6902: [{{target: {{version: v1, kind: Secret, name: "
                f"a}}, patch: '{MARKER}'}}]\n"
            ),
            **{"a.yaml": SECRET},
        ),
        "json: cannot unmarshal string into Go value of type jsonpatch.Patch",
    ),
    "both": (
        kustomization(f"resources: [a.yaml]\npatches: [{{path: p.yaml, patch: '{MARKER}'}}]\n", **{"a.yaml": SECRET}),
        MISSING.format("p.yaml"),
    ),
    "repl": (
        kustomization(
            (
                f"resources: [a.yaml]\nreplacements: [{{source: {{kind: Secret, name: a, fieldPath: "
                f"data.x}}, targets: [{{select: {{kind: ConfigMap}}, fieldPaths: "
                f"[data.{MARKER}]}}]}}]\n"
            ),
            **{"a.yaml": SECRET},
        ),
        "fieldPath `data.x` is missing for replacement source Secret.[noVer].[noGrp]/a.[noNs]",
    ),
    "repl2": (
        kustomization(
            (
                f"resources: [a.yaml]\nreplacements: [{{source: {{kind: Secret, name: zz}}, targets: "
                f"[{{select: {{kind: ConfigMap}}, fieldPaths: [data.{MARKER}]}}]}}]\n"
            ),
            **{"a.yaml": SECRET},
        ),
        "nothing selected by Secret.[noVer].[noGrp]/zz.[noNs]",
    ),
    "repl3": (
        kustomization(
            (
                "resources: [a.yaml]\nreplacements: [{source: {kind: Secret, name: a, fieldPath: "
                "stringData.x, options: {delimiter: '-', index: 9}}, targets: [{select: {kind: "
                "Secret}, fieldPaths: [stringData.y]}]}]\n"
            ),
            **{"a.yaml": SECRET + f"stringData: {{x: {MARKER}, y: z}}\n"},
        ),
        "options.index 9 is out of bounds",
    ),
    "vars": (
        kustomization(
            (
                "resources: [a.yaml]\nvars: [{name: X, objref: {kind: Secret, name: a, apiVersion: "
                "v1}, fieldref: {fieldpath: stringData.z}}]\n"
            ),
            **{"a.yaml": SECRET + f"stringData: {{x: $(X) {MARKER}}}\n"},
        ),
        "the field of a `var` is not in its object",
    ),
    "ns-clash": (
        kustomization(
            "namespace: x\nresources: [a.yaml]\n",
            **{
                "a.yaml": SECRET
                + (
                    f"stringData: {{x: {MARKER}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: "
                    f"a, namespace: b}}\n"
                )
            },
        ),
        "namespace transformation produces ID conflict: two objects of one kind and name",
    ),
    "images": (
        kustomization("resources: [a.yaml]\nimages: [{newTag: 1}]\n", **{"a.yaml": CONFIG}),
        "json: cannot unmarshal number into Go struct field Image.images.newTag of type string",
    ),
    "label-type": (
        kustomization("resources: [a.yaml]\nlabels: [{pairs: {a: 5}}]\n", **{"a.yaml": CONFIG}),
        "json: cannot unmarshal number into Go struct field Label.labels.pairs of type string",
    ),
    "circle": (
        kustomization("resources: [b]\n", **{"b/kustomization.yaml": "resources: [..]\n"}),
        "cycle detected: it comes back to `circle/b`",
    ),
    "outside": (
        kustomization("resources: [/etc/passwd]\n"),
        "the file `/etc/passwd` is not in or below `outside`, and kustomize reads no other by default",
    ),
    "plugin": (
        kustomization(
            "transformers: [t.yaml]\n", **{"t.yaml": "apiVersion: example.com/v1\nkind: Runs\nmetadata: {name: a}\n"}
        ),
        "cmlint never runs plugins such as `Runs`",
    ),
    "resource-comp": (
        kustomization(
            "resources: [b]\n",
            **{"b/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"},
        ),
        "in resource-comp/b: kustomization.yaml is empty",
    ),
    "config": (
        kustomization(
            "configurations: [c.yaml]\nresources: [a.yaml]\n", **{"c.yaml": f"namePrefix: {MARKER}\n", "a.yaml": CONFIG}
        ),
        ("json: cannot unmarshal string into Go struct field TransformerConfig.namePrefix of type types.FsSlice"),
    ),
    "crds": (
        kustomization("crds: [c.yaml]\nresources: [a.yaml]\n", **{"c.yaml": f"{MARKER}\n", "a.yaml": CONFIG}),
        "unable to parse an OpenAPI definition",
    ),
    "remote-cred": (
        kustomization(f"resources: ['https://user:{MARKER}@example.com/a.yaml']\n"),
        ("without `https://...@example.com/a.yaml`: cmlint fetches nothing by default"),
    ),
    "remote-cred2": (
        kustomization(f"resources: ['https://example.com/a.yaml?token={MARKER}']\n"),
        ("without `https://example.com/a.yaml?token=...`: cmlint fetches nothing by default"),
    ),
    "helmcharts": (
        kustomization(f"helmCharts: [{{name: a, valuesInline: {{password: {MARKER}}}}}]\n"),
        "a Helm chart is rendered only with `--enable-helm`",
    ),
    "two-kusts": (
        {"kustomization.yaml": "resources: []\n", "kustomization.yml": "resources: []\n"},
        "multiple kustomization files under `two-kusts`",
    ),
    "image-bad": (
        kustomization(
            "resources: [a.yaml]\nimages: [{name: 'a[', newTag: b}]\n",
            **{
                "a.yaml": (
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n"
                )
            },
        ),
        "the program crashed",
    ),
    "annotations": (
        kustomization(f"resources: [a.yaml]\ncommonAnnotations: [{MARKER}]\n", **{"a.yaml": CONFIG}),
        ("json: cannot unmarshal array into Go struct field Kustomization.commonAnnotations of type map[string]string"),
    ),
    "target-regex": (
        kustomization(
            f"resources: [a.yaml]\npatches: [{{target: {{name: '[{MARKER}'}}, path: a.yaml}}]\n", **{"a.yaml": CONFIG}
        ),
        "a name or label of a target is not a valid regular expression",
    ),
    "replicas": (
        kustomization("resources: [a.yaml]\nreplicas: [{name: nobody, count: 2}]\n", **{"a.yaml": CONFIG}),
        "no workload is called `nobody`, which `replicas` names",
    ),
    "patch-strategy": (
        kustomization(
            "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
            **{"a.yaml": SECRET + "stringData: {x: y}\n", "p.yaml": SECRET + f"stringData: {{$patch: {MARKER}}}\n"},
        ),
        "unknown patch strategy",
    ),
    "patch-file": (
        kustomization(
            "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
            **{"a.yaml": SECRET, "p.yaml": SECRET + f"stringData: *{MARKER}\n"},
        ),
        "unable to parse a patch, neither as strategic merge nor as JSON",
    ),
    "env-twice": (
        kustomization("secretGenerator: [{name: a, envs: [s.env]}]\n", **{"s.env": "swordfish\nswordfish\n"}),
        "the generator `a` repeats the key `...`",
    ),
    "file-name-too-long": (
        kustomization(f"secretGenerator: [{{name: a, files: ['password={MARKER * 30}']}}]\n"),
        MISSING.format("..."),
    ),
    "secret-as-name": (
        kustomization(
            "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
            **{
                "a.yaml": SECRET + f"stringData: {{x: {MARKER}}}\n",
                "p.yaml": SECRET.replace("name: a", f"name: {MARKER}"),
            },
        ),
        "without `patches[0]`: no matches for Id Secret.v1.[noGrp]/....[noNs]; failed to find unique target for patch",
    ),
    "replaced": (
        kustomization(
            (
                "resources: [a.yaml]\nreplacements: [{source: {kind: Secret, name: a, fieldPath: "
                "stringData.x}, targets: [{select: {kind: Secret}, fieldPaths: [stringData.x.z]}]}]\n"
            ),
            **{"a.yaml": SECRET + f"stringData: {{x: {MARKER}}}\n"},
        ),
        'unable to find field "stringData.x.z" in replacement target',
    ),
    "labelled": (
        kustomization(
            ("resources: [a.yaml]\nlabels: [{pairs: {a: b}, fields: [{path: data/x, create: true}]}]\n"),
            **{"a.yaml": SECRET + f"data: {{x: {MARKER}}}\n"},
        ),
        "wrong node kind: expected MappingNode but got ScalarNode",
    ),
    "plugin-file": (
        kustomization(
            "generators: [g.yaml]\n",
            **{
                "g.yaml": (
                    f"apiVersion: builtin\nkind: SecretGenerator\nmetadata: {{name: a}}\nfiles: [password={MARKER}]\n"
                )
            },
        ),
        "a file that it names is not there, or a patch in it is not valid",
    ),
    "plugin-literal": (
        kustomization(
            "generators: [g.yaml]\n",
            **{
                "g.yaml": (
                    f"apiVersion: builtin\nkind: SecretGenerator\nmetadata: {{name: a}}\nliterals: ['{MARKER}']\n"
                )
            },
        ),
        "an entry of `literals` is not of the form `key=value`",
    ),
    "config-file": (
        kustomization(f"configMapGenerator: [{{name: a, files: [password={MARKER}]}}]\n"),
        MISSING.format("..."),
    ),
    "config-file-plain": (
        kustomization("configMapGenerator: [{name: a, files: [logo=img/logo.svg]}]\n"),
        "without `img/logo.svg`: no such file or folder",
    ),
    "literal-lines": (
        kustomization(f'secretGenerator: [{{name: a, literals: ["x\\n{MARKER}"]}}]\n'),
        "an entry of `literals` is not of the form `key=value`",
    ),
    "remote-scheme": (
        kustomization(f"resources: ['git::https://{MARKER}@example.com/a//b?ref=v1']\n"),
        ("without `git::https://...@example.com/a//b?ref=v1`: cmlint fetches nothing by default"),
    ),
    "remote-ssh": (
        kustomization(f"resources: ['ssh://git:{MARKER}@example.com/a']\n"),
        "without `ssh://...@example.com/a`: cmlint fetches nothing by default",
    ),
    "remote-plain": (
        kustomization("resources: ['https://example.com/a//b?ref=v1&timeout=90s']\n"),
        ("without `https://example.com/a//b?ref=v1&timeout=90s`: cmlint fetches nothing by default"),
    ),
    "prefix": (
        kustomization(
            "namePrefix: x-\nresources: [b]\npatches: [{path: p.yaml}]\n",
            **{
                "b/kustomization.yaml": "namePrefix: y-\nresources: [a.yaml]\n",
                "b/a.yaml": CONFIG,
                "p.yaml": CONFIG.replace("name: a", "name: z"),
            },
        ),
        ("no matches for Id ConfigMap.v1.[noGrp]/z.[noNs]; failed to find unique target for patch"),
    ),
}


def checked(folder: Path, cases: dict[str, tuple[dict[str, str], str]], config: Config) -> Result:
    """What is found where each case is a folder."""
    for name, (files, _) in cases.items():
        write(folder / name, files)
    with inside(folder):
        return check(Request(config=config, rules=dict(rules())))


def why_not_built(result: Result, places: Iterable[str]) -> dict[str, str]:
    """Why each chart, or each kustomization, in a folder of its own is not built."""
    found: dict[str, str] = {}
    for failure in (failure for bundle in result.bundles for failure in bundle.failures):
        lacking = ", ".join(f"`{part}`" for part in (failure.part, *failure.further))
        reason = f"without {lacking}: {failure.reason}" if failure.part else failure.reason
        for path in (failure.path, *(path for path, _ in failure.others)):
            found.setdefault(path.partition("/")[0], reason)
    return {place: found.get(place, "") for place in places}


def assert_hidden(text: str) -> None:
    """Fails where a text has a part of the secret, in any spelling."""
    encoded = [base64.b64encode(part.encode()).decode().rstrip("=")[:-1] for part in (MARKER, MARKER.upper())]
    for spelling in ("swordf", "dfish", "4711", quote(MARKER), *encoded):
        assert spelling.lower() not in text.lower()


OPEN = ("dep-alias", "annotations", "both", "kind", "type2", "type4", "type5")
"""Cases in which a frame shows a line that nothing makes a secret: a prefix, a kind, an annotation, an alias."""


def assert_all_hidden(result: Result, folder: Path) -> None:
    """Fails where a report in any format has a part of the secret."""
    findings = result.outcome.findings
    framed = [finding for finding in findings if not (is_open(finding) or any(map(is_open, finding.related)))]
    for format_ in FORMATS:
        shown = framed if format_ in ("text", "html") else findings
        outcome = msgspec.structs.replace(result.outcome, findings=shown)
        with inside(folder):
            assert_hidden(formatter(format_)(msgspec.structs.replace(result, outcome=outcome), View(verbose=True)))
    assert len(framed) > len(findings) * 0.8


def is_open(place: Finding | Related) -> bool:
    """Whether a place lies in one of these cases."""
    return place.location.path.partition("/")[0] in OPEN


def test_helm_tells_no_secret(tmp_path: Path) -> None:
    result = checked(tmp_path, CHARTS, Config())
    assert why_not_built(result, CHARTS) == {name: reason for name, (_, reason) in CHARTS.items()}
    assert_all_hidden(result, tmp_path)


WITHOUT = {
    "missing-nokust": "a",
    "sec-key2": "configMapGenerator[0]",
    "env-dup": "configMapGenerator[0]",
    "patch-json": "patches[0]",
    "repl2": "replacements[0]",
    "gen-type": "secretGenerator[0]",
    "gen-merge": "secretGenerator[0]",
    "gen-twice": "secretGenerator[0]",
    "twice-id": "b.yaml",
    "no-name": "a.yaml",
    "no-kind": "a.yaml",
    "name-type": "a.yaml",
    "secret-text": "a.yaml",
    "secret-list": "a.yaml",
    "list-bad": "a.yaml",
    "list-bad2": "a.yaml",
    "type4": "replicas[0]",
    "patch-target": "patches[0]",
    "patchesStrategic": "patchesStrategicMerge[0]",
    "images": "images[0]",
    "circle": "..",
    "replicas": "replicas[0]",
    "env-twice": "secretGenerator[0]",
    "prefix": "patches[0]",
    "files-empty": "secretGenerator[0]",
    "literal-lines": "secretGenerator[0]",
    "plugin-literal": "secretGenerator[0]",
    "sec-literal": "secretGenerator[0]",
}
"""The entries without which the rest of a kustomization is built, by its name."""

SILENT = frozenset(("anchor-res", "yaml-res", "yaml-res2", "yaml-tab", "dup-res", "dup-res2", "kind", "empty"))
"""Kustomizations that are empty, and those with a file that cannot be read, where another finding is."""


@pytest.mark.parametrize("program", ["kustomize", "kubectl"])
def test_kustomize_tells_no_secret(tmp_path: Path, program: str) -> None:
    path = str(KUSTOMIZE) if program == "kustomize" else shutil.which(program)
    if path is None:
        pytest.skip("there is no kubectl here")
    result = checked(tmp_path, KUSTOMIZATIONS, Config(kustomize=path))
    left_out = {name: f"without `{entry}`: " for name, entry in WITHOUT.items()}
    expected = {name: f"{left_out.get(name, '')}{why}" for name, (_, why) in KUSTOMIZATIONS.items()}
    expected |= dict.fromkeys(SILENT, "")
    found = why_not_built(result, KUSTOMIZATIONS)
    same = [name for name in expected if found.get(name) == expected[name]]
    assert found == expected or (program == "kubectl" and len(same) > len(expected) * 0.9)
    assert_all_hidden(result, tmp_path)
    assert_hidden("".join((*(problem.message for problem in result.problems), *found.values())))


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_tells_a_secret(tmp_path: Path, format_: str) -> None:
    charts = ("schema-pattern", "anchor", "fail", "urlparse", "rendered2", "in-a-subchart")
    builds = ("missing-sec", "sec-literal", "ns-clash", "patchesStrategic2", "remote-cred", "anchor-res", "repl3")
    for name in charts:
        write(tmp_path / name, CHARTS[name][0])
    for name in builds:
        write(tmp_path / name, KUSTOMIZATIONS[name][0])
    words = ("check", "--verbose", "--no-cache", "--kustomize", str(KUSTOMIZE), "--format")
    done = cmlint(tmp_path, *words, format_)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    assert_hidden(done.stdout + done.stderr)


class Nothing:
    """An input of which nothing may be shown."""

    def part(self, kind: str, text: str) -> str | None:
        return None


def test_no_more_than_the_end_of_a_long_message_is_looked_at() -> None:
    empty = "kustomization.yaml is empty"
    assert of_kustomize("x" * LONGEST + empty, Nothing()) == empty
    assert of_kustomize(empty + "x" * LONGEST, Nothing()) == KUSTOMIZE_REST


def test_values_that_gitops_gives_are_not_told(tmp_path: Path) -> None:
    release = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chart: {spec: {chart: ./shop, sourceRef: {kind: GitRepository, name: shop}}}
  values: {password: swordfish-4711}
"""
    write(tmp_path, {"release.yaml": release})
    write(tmp_path / "shop", chart("{{ fail .Values.password }}", "password: ''\n"))
    done = cmlint(tmp_path, "check", "--verbose", "--no-cache")
    place = "execution error at (web/templates/secret.yaml:1:3)"
    reason = f"{place}: `helm template` says why, in words that may hold a value"
    assert f"the chart is not built: {reason}" in done.stdout
    assert_hidden(done.stdout + done.stderr)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://github.com/example/shop//base?ref=v1.0.0", "https://github.com/example/shop//base?ref=v1.0.0"),
        ("git@github.com:example/shop", "git@github.com:example/shop"),
        ("ssh://git@github.com/example/shop?ref=main", "ssh://git@github.com/example/shop?ref=main"),
        ("https://u:p/w@example.com/a", "https://...@example.com/a"),
        ("git::https://token@example.com/a", "git::https://...@example.com/a"),
        ("https://example.com/a?ref=v1&sig=abc&token=x#y", "https://example.com/a?ref=v1&sig=...&token=...#y"),
        ("u:p@example.com:a/b", "...@example.com:a/b"),
        ("https://example.com/a?secret", "https://example.com/a?..."),
    ],
)
def test_an_address_is_shown_without_its_credentials(text: str, shown: str) -> None:
    assert address(text) == shown
