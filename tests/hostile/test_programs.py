"""What a repository makes kustomize and helm do: run nothing of it, connect to nothing, read nothing outside."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from cmlint.config.config import Config
from cmlint.pipeline.check import check
from cmlint.pipeline.result import not_built
from cmlint.sources import outside
from cmlint.sources.request import Request
from cmlint.system import programs
from cmlint.system.filesystem import FileSystem
from tests.support import run
from tests.support.command import cmlint
from tests.support.manifests import POD
from tests.support.run import concise, inside, rules, write
from tests.support.tools import HELM, KUSTOMIZE
from tests.test_hostile import opened

PORT = POD.replace("image: a/b:1.0.0", "image: a/b:1.0.0, env: [{name: A, value: 1}]")
TEMPLATE = f"{PORT}# {{{{ .Release.Name }}}}\n"
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
WIDE = Config(kustomize=str(KUSTOMIZE), enable_helm=True)


class Listener:
    """A server of this machine that takes note of every connection."""

    def __init__(self) -> None:
        self.hits = 0
        listener = self

        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                listener.hits += 1
                body = POD.encode()
                self.request.recv(4096)
                self.request.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        self.server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def listening() -> Iterator[Listener]:
    """Listens for a while."""
    listener = Listener()
    with listener.server:
        Thread(target=listener.server.serve_forever, daemon=True).start()
        yield listener
        listener.server.shutdown()


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A listener that programs would reach, as where the system gives them no network of their own."""
    monkeypatch.setattr(programs, "without_network", lambda: ())
    with listening() as found:
        yield found


def told(folder: Path, config: Config = WIDE) -> list[str]:
    """What is warned of and not built in a folder, in which nothing else is found."""
    return run.told(folder, config)


# what kustomize would fetch


def not_fetched(url: str, *, lacking: bool) -> str:
    """What is said of something that is not fetched: the kustomization is built without, or not at all."""
    if lacking:
        return f"built without `{url}`: cmlint fetches nothing by default"
    return f"not built: `{url}` would have to be fetched, which `--allow-remote` allows"


GENERATOR = "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\n"
PATCH = "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: a}\n"
FIELDS = {
    "resources": "resources: [URL]",
    "bases": "bases: [URL]",
    "components": "components: [URL]",
    "generators": "generators: [URL]",
    "transformers": "transformers: [URL]",
    "validators": "validators: [URL]",
    "crds": "crds: [URL]",
    "configurations": "configurations: [URL]",
    "schema": "openapi: {path: URL}",
    "patches": "patches: [{path: URL, target: {kind: Pod}}]",
    "merge-patches": "patchesStrategicMerge: [URL]",
    "json-patches": "patchesJson6902: [{path: URL, target: {version: v1, kind: Pod, name: a}}]",
    "replacements": "replacements: [{path: URL}]",
    "files": "configMapGenerator: [{name: a, files: [URL]}]",
    "keyed-files": "configMapGenerator: [{name: a, files: [key=URL]}]",
    "variables": "secretGenerator: [{name: a, envs: [URL]}]",
    "one-file-of-variables": "secretGenerator: [{name: a, env: URL}]",
    "values": "helmCharts: [{name: web, valuesFile: URL}]",
    "more-values": "helmCharts: [{name: web, additionalValuesFiles: [URL]}]",
    "old-values": "helmChartInflationGenerator: [{chartName: web, values: URL}]",
    "inline-generator": f"generators: [{json.dumps(GENERATOR + 'files: [URL]')}]",
    "inline-patch": f"transformers: [{json.dumps(PATCH + 'path: URL')}]",
    "inline-in-braces": "transformers: ['{apiVersion: builtin, kind: PatchTransformer, metadata: {name: a}, "
    "path: URL}']",
    "inline-list": "generators: ['{apiVersion: v1, kind: List, items: [{apiVersion: builtin, kind: "
    "ConfigMapGenerator, metadata: {name: a}, files: [URL]}]}']",
}
FILES_OF_PLUGINS = {
    "paths": "kind: PatchStrategicMergeTransformer\npaths: [URL]\n",
    "path": "kind: PatchJson6902Transformer\npath: URL\ntarget: {version: v1, kind: Pod, name: a}\n",
    "replacements": "kind: ReplacementTransformer\nreplacements: [{path: URL}]\n",
    "value": "kind: ValueAddTransformer\ntargetFilePath: URL\n",
    "capital": "kind: PatchTransformer\nPATH: URL\n",
    "repeated": "kind: PatchTransformer\npath: URL\n<<: {path: local.yaml}\n",
    "other-version": "apiVersion: /builtin\nkind: PatchTransformer\npath: URL\n",
    "secret": "kind: SecretGenerator\nENVS: [URL]\n",
}


LONG_S = "\u017f"
"""What Go's decoder takes for an `s`."""


def forms(text: str) -> Iterator[str]:
    """A kustomization in the forms that YAML and Go's decoder take for the same."""
    field, _, rest = text.partition(":")
    yield text
    yield f"{field.capitalize()}:{rest}"
    yield f"{field.upper()}:{rest}"
    yield f'"{field.replace("s", LONG_S, 1)}":{rest}'
    yield f"'{field}':{rest}"
    yield f"{{{text}}}"
    yield f"<<: {{{text}}}"
    yield f"{field}: []\n{text}" if "[" in rest[:3] else text
    yield f"---\n{text}\n---\nresources: [pod.yaml]"


CHANGES = ("patches", "merge-patches", "json-patches", "replacements")
"""The fields that change resources. A kustomization of nothing else is not built, for a program adds the resources."""

URLS = ("http://ADDRESS/a.yaml", "HTTP://ADDRESS/a.yaml", "hTTp://ADDRESS/a.git//b?ref=v1")


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_of_a_kustomization_fetches(tmp_path: Path, listener: Listener, name: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    texts = list(dict.fromkeys(forms(FIELDS[name].replace("URL", url))))
    write(tmp_path, {f"{i}/kustomization.yaml": f"{text}\n" for i, text in enumerate(texts)})
    write(tmp_path, {f"{i}/{file}": text for i in range(len(texts)) for file, text in (("pod.yaml", POD),)})
    lacking = name in ("resources", "bases", "components", "files", "keyed-files")
    lines = told(tmp_path)
    expected = {} if name in CHANGES else {not_fetched(url, lacking=lacking): None}
    assert dict.fromkeys(line.partition(": ")[2] for line in lines) == expected
    assert len(lines) == (len(texts) if lacking else len(expected))
    assert listener.hits == 0


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_of_a_resource_fetches(tmp_path: Path, listener: Listener, name: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    text = FIELDS[name].replace("URL", url)
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml]\n{text}\n", "pod.yaml": POD})
    lines = [line.partition(": ")[2] for line in told(tmp_path)]
    assert lines == [not_fetched(url, lacking=False)]
    assert listener.hits == 0


@pytest.mark.parametrize("name", FILES_OF_PLUGINS)
def test_no_file_of_a_plugin_fetches(tmp_path: Path, listener: Listener, name: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    plugin = "metadata: {name: a}\n" + FILES_OF_PLUGINS[name].replace("URL", url)
    plugin += "" if "apiVersion" in plugin else "apiVersion: builtin\n"
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml]\ntransformers: [plugin.yaml]\n", "pod.yaml": POD})
    write(tmp_path, {"plugin.yaml": plugin})
    assert told(tmp_path) == [f"kustomization.yaml: {not_fetched(url, lacking=False)}"]
    assert listener.hits == 0


MADE = {
    "patch": 'patches: [{target: {kind: PatchTransformer}, patch: \'[{"op": "replace", "path": "/path", "value": '
    '"URL"}]\'}]',
    "prefix": "namePrefix: http://ADDRESS/\nconfigurations: [where.yaml]",
    "replacement": "replacements: [{source: {kind: ConfigMap, name: b, fieldPath: data.a}, targets: [{select: "
    "{kind: PatchTransformer}, fieldPaths: [path]}]}]",
}


@pytest.mark.parametrize("name", MADE)
def test_no_plugin_that_is_built_fetches(tmp_path: Path, listener: Listener, name: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    text = MADE[name].replace("URL", url).replace("ADDRESS", listener.address)
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, annotations: {LOCAL: 'true'}}\n"
    config = config.replace("LOCAL", "config.kubernetes.io/local-config")
    files = {
        "app/kustomization.yaml": "resources: [pod.yaml]\ntransformers: [../plugin]\n",
        "app/pod.yaml": POD,
        "plugin/kustomization.yaml": f"resources: [plugin.yaml, config.yaml]\n{text}\n",
        "plugin/plugin.yaml": PATCH + "path: a.yaml\ntarget: {kind: Pod}\n",
        "plugin/config.yaml": f"{config}data: {{a: '{url}'}}\n",
        "plugin/where.yaml": "namePrefix: [{path: path, kind: PatchTransformer}]\n",
    }
    write(tmp_path, files)
    assert told(tmp_path) == [f"app/kustomization.yaml: {not_fetched(url, lacking=False)}"]
    assert listener.hits == 0


BESIDE_PLUGIN = {
    "resources": ("resources: [plugin.yaml, URL]", {}),
    "files": ("resources: [plugin.yaml]\nconfigMapGenerator: [{name: a, files: [URL]}]", {}),
    "base": ("resources: [base]", {"base/kustomization.yaml": "resources: [../plugin.yaml, URL]\n"}),
    "folded": ("resources:\n- plugin.yaml\n- >-\n  URL", {}),
}
"""What a kustomization of plugins may name that is left out of it, and more files."""


@pytest.mark.parametrize("name", BESIDE_PLUGIN)
def test_plugins_are_built_without_what_would_be_fetched(tmp_path: Path, listener: Listener, name: str) -> None:
    text, more = BESIDE_PLUGIN[name]
    files = {"kustomization.yaml": text, "plugin.yaml": PATCH + "path: a.yaml\ntarget: {kind: Pod}\n", **more}
    write(
        tmp_path, {"app/kustomization.yaml": "resources: [pod.yaml]\ntransformers: [../plugin]\n", "app/pod.yaml": POD}
    )
    url = f"http://{listener.address}/a.yaml"
    write(tmp_path / "plugin", {path: content.replace("URL", url) for path, content in files.items()})
    assert told(tmp_path)
    assert listener.hits == 0


def test_plugins_that_are_built_are_used(tmp_path: Path) -> None:
    patch = "patch: |-\n  - {op: add, path: /metadata/namespace, value: b}\ntarget: {kind: Pod}\n"
    files = {
        "app/kustomization.yaml": "resources: [pod.yaml]\nTransformers: [../plugin]\n",
        "app/pod.yaml": PORT,
        "plugin/kustomization.yaml": "resources: [plugin.yaml]\ncommonLabels: {a: b}\n",
        "plugin/plugin.yaml": PATCH + patch,
    }
    write(tmp_path, files)
    with inside(tmp_path):
        result = check(Request(config=WIDE, rules=dict(rules())))
    assert not result.problems
    assert [line.partition(" ")[0] for line in concise(result)] == ["app/pod.yaml:4:72:"]


REMOTE = (
    "http://a.example/b.yaml HTTPS://a.example/b https:a ssh://a.example/b SSH://git@a.example/b file:///a/b "
    "FILE://a/b "
    "git@a.example:b/c org-12345@github.com:b/c github.com/a/b GitHub.com:a/b git::https://a.example/b GIT::ssh://a/b "
    "git::github.com/a/b gh:a/b a.example/b.git?ref=v1 a.example/b//c?ref=v1 a.example/_git/b a.example/b.git/c "
    "user@a.example:b http://a.example/b?ref=v1#c"
)
LOCAL = "a.yaml ../base ./github.com/a /a/b .git-config a.github.com/b base//sub a:b c@d.yaml d.git"


def test_what_is_remote(tmp_path: Path) -> None:
    write(tmp_path, {"c@d.yaml": POD, "d.git/kustomization.yaml": ""})
    disk = FileSystem()
    assert [text for text in REMOTE.split() if not outside.is_remote(disk, text, str(tmp_path))] == []
    assert [text for text in LOCAL.split() if outside.is_remote(disk, text, str(tmp_path))] == []


def test_a_file_with_the_name_of_an_address_does_not_hide_it(tmp_path: Path, listener: Listener) -> None:
    url = f"http://{listener.address}/a.yaml"
    write(tmp_path, {"kustomization.yaml": f"resources: ['{url}']\n", f"http:/{listener.address}/a.yaml": POD})
    assert told(tmp_path) == [f"kustomization.yaml: {not_fetched(url, lacking=True)}"]
    assert listener.hits == 0


TRICKS = {
    "binary": "resources: [!!binary ENCODED]",
    "escapes": 'resources: ["\\x68ttp\\u003a//ADDRESS/a.yaml"]',
    "block": "resources:\n  - >-\n    http://ADDRESS/a.yaml",
    "alias": "namePrefix: &a http://ADDRESS/a.yaml\nresources: [*a]",
    "second-of-two": "resources: [pod.yaml]\nresources: [http://ADDRESS/a.yaml]",
    "first-of-two-cases": "RESOURCES: [http://ADDRESS/a.yaml]\nresources: [pod.yaml]",
    "json": '{"resources": ["http://ADDRESS/a.yaml"]}',
}


@pytest.mark.parametrize("name", TRICKS)
def test_no_form_of_yaml_hides_an_address(tmp_path: Path, listener: Listener, name: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    text = TRICKS[name].replace("ADDRESS", listener.address)
    text = text.replace("ENCODED", base64.b64encode(url.encode()).decode())
    write(tmp_path, {"kustomization.yaml": f"{text}\n", "pod.yaml": POD})
    said = not_fetched(url, lacking=name != "first-of-two-cases")
    said = said.replace("built without", "not built, because it needs") if name == "binary" else said
    assert told(tmp_path) == [f"kustomization.yaml: {said}"]
    assert listener.hits == 0


def test_a_kustomization_that_cmlint_cannot_read_is_not_built(tmp_path: Path, listener: Listener) -> None:
    text = f"resources: [http://{listener.address}/a.yaml]\nx: {'[' * 400}{']' * 400}\n"
    write(tmp_path, {"kustomization.yaml": text})
    assert told(tmp_path) == ["kustomization.yaml: not built: `kustomization.yaml` is not valid YAML"]
    assert listener.hits == 0


def test_a_link_does_not_hide_a_base(tmp_path: Path, listener: Listener) -> None:
    url = f"http://{listener.address}/a.yaml"
    files = {
        "app/kustomization.yaml": "resources: [link/../base]\n",
        "app/base/kustomization.yaml": f"resources: ['{url}']\n",
        "other/deep/a.txt": "",
        "other/base/kustomization.yaml": "resources: [pod.yaml]\n",
        "other/base/pod.yaml": POD,
    }
    write(tmp_path, files)
    (tmp_path / "app/link").symlink_to("../other/deep")
    assert told(tmp_path) == [f"app/base/kustomization.yaml: {not_fetched(url, lacking=True)}"]
    assert listener.hits == 0


HARMLESS = """\
commonAnnotations: {path: https://a.example, files: 'http://a.example/b.git?ref=v1'}
helmCharts: []
resources: [pod.yaml]
configMapGenerator:
- {name: a, literals: [url=http://a.example/a], files: [b=c@d.txt], options: {annotations: {path: http://a.example}}}
patches:
- patch: '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": {"path": "https://a/b.git?ref=v1"}}}'
patchesStrategicMerge:
- '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": {"b": "/c.git?ref=v1"}}}'
transformers:
- |
  apiVersion: builtin
  kind: AnnotationsTransformer
  metadata: {name: a}
  annotations: {path: http://a.example}
  fieldSpecs: [{path: metadata/annotations, create: true}]
"""


def test_addresses_that_nobody_opens_are_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": HARMLESS, "pod.yaml": PORT})
    write(tmp_path, {"c@d.txt": "a"})
    assert found(tmp_path) == ["pod.yaml:4:72: error[non-string-env"]


def test_fields_in_any_letter_case_are_used(tmp_path: Path) -> None:
    text = "RESOURCES: [base]\nConfigMapGenerator: [{Name: settings, Literals: [a=1]}]\n"
    read = PORT.replace("value: 1", "valueFrom: {configMapKeyRef: {name: settings, key: b}}")
    write(tmp_path, {"kustomization.yaml": text, "base/kustomization.yaml": "Resources: [pod.yaml]\n"})
    write(tmp_path, {"base/pod.yaml": read})
    with inside(tmp_path):
        result = check(Request(config=WIDE, rules=dict(rules())))
    assert not result.problems
    assert [line.split(" the ")[0] for line in concise(result)] == ["base/pod.yaml:4:116: error[missing-key]"]


# what kustomize would read


def test_a_base_outside_the_repository_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": POD})
    write(tmp_path, {"project/app/kustomization.yaml": "resources: [../../base]\n"})
    write(tmp_path, {"project/link/kustomization.yaml": "resources: [base]\n"})
    (tmp_path / "project/link/base").symlink_to("../../base")
    (tmp_path / "project/.git").mkdir()
    for where in ("project", "project/app"):
        (first, *_) = told(tmp_path / where)
        assert first.endswith("kustomization.yaml: not built: the folder `../../base` is outside the repository")
    assert "link/kustomization.yaml: not built: the folder `base` is outside the repository" in told(
        tmp_path / "project"
    )
    (tmp_path / "project/.git").rmdir()
    assert told(tmp_path) == []


FORGED = """\
resources: [pod.yaml]
patches:
- target: {kind: Pod}
  patch: |-
    - {op: add, path: /metadata/annotations/config.kubernetes.io~1origin, value: "path: KEY/outside.yaml\\n"}
"""


def test_no_origin_that_a_patch_writes_makes_anybody_read_a_file_outside(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"outside.yaml": PORT, "kustomization.yaml": "namePrefix: a\n"})
    write(project, {"kustomization.yaml": FORGED.replace("KEY", str(tmp_path)), "pod.yaml": PORT})
    (project / ".git").mkdir()
    said, files = opened(project)
    assert "error[non-string-env]" in said
    assert project / "kustomization.yaml" in files
    assert not {path for path in files if path.parent == tmp_path}


# what kustomize would give to helm


def chart(folder: Path, **files: str) -> None:
    """Writes a chart that renders a pod with a mistake."""
    write(folder, {"Chart.yaml": CHART, "values.yaml": "a: 1\n", "templates/pod.yaml": TEMPLATE, **files})


FOUND = "error[non-string-env]"


def found(folder: Path, config: Config = WIDE) -> list[str]:
    """The places of what is found in a folder where everything is built."""
    with inside(folder):
        result = check(Request(config=config, rules=dict(rules())))
    assert [problem.message for problem in result.problems] == []
    return [line.split("] ")[0] for line in concise(result)]


@pytest.mark.parametrize("home", ["charts", "vendored", "../shared/charts"])
def test_charts_in_the_repository_are_built(tmp_path: Path, home: str) -> None:
    chart(tmp_path / "app" / home / "web")
    text = f"helmGlobals: {{chartHome: {home}}}\nhelmCharts: [{{name: web, releaseName: a, includeCRDs: true}}]\n"
    if ".." in home:  # Of these, kustomize reads no file of values itself.
        text = text.replace("releaseName: a", "releaseName: a, valuesFile: values.yaml")
    write(tmp_path, {"app/kustomization.yaml": text, "app/values.yaml": "a: 2\n"})
    (tmp_path / ".git").mkdir()
    assert "app/kustomization.yaml:2:14: error[non-string-env" in found(tmp_path)


PLUGIN = """\
name: evil
version: 1.0.0
usage: x
description: x
command: "$HELM_PLUGIN_DIR/run.sh"
downloaders: [{command: run.sh, protocols: [evil]}]
"""


def marker(tmp_path: Path) -> str:
    """A program that leaves a trace."""
    return f"#!/bin/sh\ntouch {tmp_path}/ran\n"


HELM_FIELDS = {
    "globals": "helmGlobals: {configHome: ./h}\nhelmCharts: [{name: web, repo: 'evil://x/y', valuesFile: v.yaml}]\n",
    "capital": "HelmGlobals: {CONFIGHOME: ./h}\nHelmCharts: [{Name: web, Repo: 'evil://x/y'}]\n",
    "old": "helmChartInflationGenerator: [{chartName: web, helmHome: ./h, chartRepoUrl: 'evil://x/y'}]\n",
    "plugin": "generators: ['{apiVersion: builtin, kind: HelmChartInflationGenerator, metadata: {name: a}, name: web,"
    " configHome: ./h, repo: evil://x/y}']\n",
}


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("name", HELM_FIELDS)
def test_no_configuration_of_helm_comes_from_the_repository(tmp_path: Path, name: str, *, remote: bool) -> None:
    project = tmp_path / "project"
    write(project, {"kustomization.yaml": HELM_FIELDS[name], "v.yaml": "", "h/.data/plugins/evil/plugin.yaml": PLUGIN})
    write(project, {"h/.data/plugins/evil/run.sh": marker(tmp_path)})
    (project / "h/.data/plugins/evil/run.sh").chmod(0o755)
    reason = (
        "`configHome` would bring programs along that helm runs, so that it is never used"
        if remote
        else "`evil://x/y/web` would have to be fetched, which `--allow-remote` allows"
    )
    config = Config(kustomize=str(KUSTOMIZE), enable_helm=True, allow_remote=remote)
    (said,) = told(project, config)
    assert said.startswith("kustomization.yaml: not built: `configHome` would bring programs along") or said == (
        f"kustomization.yaml: not built: {reason}"
    )
    assert not (tmp_path / "ran").exists()


REFUSED_CHARTS = {
    "name: ../../web": "`../../web` is not the name of a chart",
    "name: 'web,/etc/passwd'": "`web,/etc/passwd` is not the name of a chart",
    "name: web, releaseName: --post-renderer=./run.sh": "a `releaseName` that begins with `-` is an option to helm",
    "name: web, ReleaseName: --post-renderer=./run.sh": "a `releaseName` that begins with `-` is an option to helm",
    "name: web, nameTemplate: '{{ getHostByName `a.example` }}'": "a `nameTemplate` with `getHostByName` asks the "
    "network",
    "name: web, additionalValuesFiles: ['a,b.yaml']": "helm takes `a,b.yaml` for several files, for its path holds a "
    "comma or a quote",
    "name: gone, repo: 'https://a.example/charts'": "`https://a.example/charts/gone` would have to be fetched, which "
    "`--allow-remote` allows",
    "name: gone, repo: 'oci://a.example/charts/'": "`oci://a.example/charts/gone` would have to be fetched, which "
    "`--allow-remote` allows",
    "name: web, version: 2.0.0, repo: 'https://a.example'": "`https://a.example/web` would have to be fetched, which "
    "`--allow-remote` allows",
}


@pytest.mark.parametrize("entry", REFUSED_CHARTS)
def test_no_chart_is_anything_but_a_chart_of_the_repository(tmp_path: Path, entry: str) -> None:
    project = tmp_path / "project"
    chart(project / "charts/web")
    chart(tmp_path / "web")
    write(project, {"run.sh": marker(tmp_path), "a,b.yaml": "", "kustomization.yaml": f"helmCharts: [{{{entry}}}]\n"})
    (project / "run.sh").chmod(0o755)
    result = run.run(project, config=WIDE)
    assert f"not built: {REFUSED_CHARTS[entry]}" in [problem.message for problem in not_built(result.bundles)]
    assert not (tmp_path / "ran").exists()


def test_a_home_of_charts_outside_the_repository_is_not_read(tmp_path: Path) -> None:
    chart(tmp_path / "charts/web")
    for number, home in enumerate(("../../charts", str(tmp_path / "charts"), "link")):
        text = f"helmGlobals: {{chartHome: {home}}}\nhelmCharts: [{{name: web}}]\n"
        write(tmp_path, {f"project/{number}/kustomization.yaml": text})
    (tmp_path / "project/2/link").symlink_to("../../charts")
    (tmp_path / "project/.git").mkdir()
    reasons = [line.partition(": ")[2] for line in told(tmp_path / "project")]
    assert len(reasons) == 2
    assert all(reason.startswith("not built") and reason.endswith("is outside the repository") for reason in reasons)


# what helm would open

OUTSIDE = '{"type": "object", "required": ["marker-of-the-file-outside"]}'
REFERENCES = [
    "http://ADDRESS/a.json",
    "HTTP://ADDRESS/a.json#/definitions/a",
    "file://FOLDER/outside.json",
    "File://FOLDER/outside.json",
    "..FOLDER/outside.json",
    "/../../FOLDER/outside.json",
    "FOLDER/outside.json",
    "//ADDRESS/a.json",
]


def schemas(reference: str) -> Iterator[str]:
    """Schemas that make helm open a reference."""
    yield json.dumps({"$ref": reference})
    yield json.dumps({"properties": {"a": {"$ref": reference}}})
    yield json.dumps({"$dynamicRef": reference})
    yield json.dumps({"$schema": reference})
    yield json.dumps({"allOf": [{"$ref": "#/x/y"}], "x": {"y": {"$ref": reference}}})
    yield json.dumps({"$ref": reference}).replace("$ref", "\\u0024ref")
    yield json.dumps({"$id": reference, "$ref": "other.json"})
    yield f'{{"$ref": {json.dumps(reference)}, "$ref": {json.dumps(reference)}}}'


@pytest.mark.parametrize("reference", REFERENCES)
def test_no_schema_of_values_opens_anything(tmp_path: Path, listener: Listener, reference: str) -> None:
    write(tmp_path, {"outside.json": OUTSIDE})
    named = reference.replace("ADDRESS", listener.address).replace("FOLDER", str(tmp_path))
    for number, schema in enumerate(schemas(named)):
        chart(tmp_path / f"project/{number}", **{"values.schema.json": schema})
    lines = told(tmp_path / "project")
    assert [line.partition("/")[0] for line in lines] == [str(number) for number in range(len(lines))]
    assert len(lines) == 8
    for number, line in enumerate(lines):
        said = f"not built: `{number}/values.schema.json` has a reference that leads out of the chart"
        assert line == f"{number}/Chart.yaml: {said}"
    assert listener.hits == 0


def archive(*files: tuple[str, bytes]) -> bytes:
    """An archive of a chart."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return raw.getvalue()


@pytest.mark.parametrize("where", ["folder", "archive", "archive-in-archive"])
def test_no_schema_of_a_subchart_opens_anything(tmp_path: Path, listener: Listener, where: str) -> None:
    url = f"http://{listener.address}/a.json"
    described = CHART.replace("web", "sub")
    schema = json.dumps({"$ref": url})
    chart(tmp_path, **{"values.yaml": "sub: {a: 1}\n"})
    files = (("sub/Chart.yaml", described.encode()), ("sub/values.schema.json", schema.encode()))
    if where == "folder":
        write(tmp_path / "charts", {name: text.decode() for name, text in files})
        said = "charts/sub/values.schema.json"
    elif where == "archive":
        (tmp_path / "charts").mkdir()
        (tmp_path / "charts/sub-1.0.0.tgz").write_bytes(archive(*files))
        said = "charts/sub-1.0.0.tgz: sub/values.schema.json"
    else:
        (tmp_path / "charts").mkdir()
        outer = archive(("top/Chart.yaml", CHART.encode()), ("top/charts/sub-1.0.0.tgz", archive(*files)))
        (tmp_path / "charts/top-1.0.0.tgz").write_bytes(outer)
        said = "charts/top-1.0.0.tgz: sub/values.schema.json"
    assert told(tmp_path) == [f"Chart.yaml: not built: `{said}` has a reference that leads out of the chart"]
    assert listener.hits == 0


def test_an_archive_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    chart(tmp_path)
    (tmp_path / "charts").mkdir()
    with gzip.open(tmp_path / "charts/bomb-1.0.0.tgz", "wb") as file:
        member = tarfile.TarInfo("bomb/a.txt")
        member.size = 200 * 1024**2
        file.write(member.tobuf())
        for _ in range(200):
            file.write(bytes(1024**2))
    reason = "`charts/bomb-1.0.0.tgz` cannot be looked through for what helm would open"
    assert told(tmp_path) == [f"Chart.yaml: not built: {reason}"]


def test_many_archives_are_together_no_more_than_one(tmp_path: Path) -> None:
    chart(tmp_path)
    (tmp_path / "charts").mkdir()
    inner = archive(("a/b.txt", bytes(4 * 1024**2)))
    outer = archive(*((f"a/charts/{number}.tgz", inner) for number in range(30)))
    for number in range(3):
        (tmp_path / f"charts/a-{number}.tgz").write_bytes(outer)
    reason = "`charts/a-0.tgz` cannot be looked through for what helm would open"
    assert told(tmp_path) == [f"Chart.yaml: not built: {reason}"]


def test_an_archive_with_more_behind_its_end_is_unclear(tmp_path: Path) -> None:
    chart(tmp_path)
    (tmp_path / "charts").mkdir()
    behind = gzip.decompress(archive(("a/values.schema.json", b'{"$ref": "file:///etc/passwd"}')))
    raw = gzip.decompress(archive(("a/Chart.yaml", CHART.encode()))) + behind
    (tmp_path / "charts/a.tgz").write_bytes(gzip.compress(raw))
    reason = "`charts/a.tgz` cannot be looked through for what helm would open"
    assert told(tmp_path) == [f"Chart.yaml: not built: {reason}"]


def test_a_pipe_in_a_chart_is_not_waited_for(tmp_path: Path) -> None:
    chart(tmp_path)
    os.mkfifo(tmp_path / "values.schema.json")
    reason = "`values.schema.json` is not a regular file"
    assert told(tmp_path, Config(build_timeout=1)) == [f"Chart.yaml: not built: {reason}"]


INSIDE = [
    {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"type": "integer"}}},
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/a",
        "$defs": {"a": {"type": "object"}},
    },
    {
        "$id": "https://a.example/values.json",
        "properties": {"a": {"$ref": "#/definitions/a"}},
        "definitions": {"a": {}},
    },
    {"properties": {"$ref": {"type": "string"}}},
]


@pytest.mark.parametrize("schema", INSIDE)
def test_schemas_that_refer_to_themselves_are_applied(tmp_path: Path, schema: object) -> None:
    chart(tmp_path, **{"values.schema.json": json.dumps(schema)})
    assert found(tmp_path) == ["templates/pod.yaml:4:8: error[non-string-env"]


def test_a_schema_that_is_not_met_is_told_by_helm(tmp_path: Path) -> None:
    chart(tmp_path, **{"values.schema.json": '{"properties": {"a": {"type": "string"}}}'})
    (said,) = told(tmp_path)
    assert said.startswith("Chart.yaml: not built: values don't meet the specifications")


def test_links_behind_links_are_followed_before_helm_does(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"outside.yaml": POD})
    chart(project / "web")
    write(project, {"shared/a.yaml": POD})
    (project / "shared/out.yaml").symlink_to(tmp_path / "outside.yaml")
    (project / "web/files").symlink_to("../shared")
    (project / "shared/circle").symlink_to("../web")
    (project / ".git").mkdir()
    assert "web/Chart.yaml: not built: `web/files/out.yaml` is a link that leads out of the folder" in told(project)


def test_a_comma_in_a_path_of_values_names_no_second_file(tmp_path: Path) -> None:
    project = tmp_path / "project"
    outside_values = tmp_path / "outside-values.yaml"
    outside_values.write_text("marker: outside\n", encoding="utf-8")
    template = POD.replace("name: a}", "name: a, annotations: {marker: '{{ .Values.marker }}'}}", 1)
    chart(project, **{"templates/pod.yaml": template + "{{ .Values.marker | required `no marker` }}\n"})
    path = f"ci/a,{tmp_path}/outside-values.yaml"
    (project / path).parent.mkdir(parents=True)
    (project / path).write_text("b: 1\n", encoding="utf-8")
    (project / "ci/x,y-values.yaml").write_text("marker: ''\n", encoding="utf-8")
    (said,) = told(project)
    assert "no marker" in said


# what programs get


def script(path: Path, text: str) -> Path:
    """A program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)
    return path


NAMES = (
    *("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"),
    *("FTP_PROXY", "HELM_PLUGINS", "HELM_CONFIG_HOME", "HELM_KUBECONTEXT", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("KUSTOMIZE_PLUGIN_HOME", "KUBECONFIG", "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "AWS_SECRET_ACCESS_KEY"),
    *("GITHUB_TOKEN", "SSH_AUTH_SOCK"),
)
SET = dict.fromkeys(NAMES, "https://proxy.example")


def variables(text: str) -> dict[str, str]:
    """What `env` prints."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


@pytest.mark.parametrize("name", ["kustomize", "helm"])
def test_programs_get_nothing_of_the_user(tmp_path: Path, name: str) -> None:
    program = script(
        tmp_path / "bin" / name, f"/usr/bin/env > {tmp_path}/env\npwd > {tmp_path}/pwd\nulimit -c > {tmp_path}/core\n"
    )
    project = tmp_path / "project"
    if name == "helm":
        chart(project)
    else:
        write(project, {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD})
    done = cmlint(project, "check", f"--{name}", str(program), LC_MESSAGES="C", **SET)
    assert done.returncode == 0, done.stderr
    got = variables((tmp_path / "env").read_text(encoding="utf-8"))
    home = got["HOME"]
    assert (tmp_path / "pwd").read_text(encoding="utf-8").strip() == home
    assert Path(home).name != Path.home().name and not Path(home).exists()
    assert got["TMPDIR"] == home
    assert "PATH" not in got
    assert {key for key, value in got.items() if value == "https://proxy.example"} == set()
    assert {got[key] for key in got if key.lower().endswith("_proxy")} == {"http://127.0.0.1:1", ""}
    assert (got["NO_PROXY"], got["no_proxy"], got["KUBECONFIG"]) == ("", "", os.devnull)
    assert not any(key.startswith(("HELM_", "XDG_", "KUSTOMIZE_", "AWS_", "GITHUB_", "SSH_")) for key in got)
    assert got["LC_MESSAGES"] == "C"
    assert (tmp_path / "core").read_text(encoding="utf-8").strip() == "0"


def test_kustomize_runs_helm_alone_and_without_anything_of_the_user(tmp_path: Path) -> None:
    project = tmp_path / "project"
    chart(project / "charts/web")
    write(project, {"kustomization.yaml": "helmCharts: [{name: web}]\n"})
    for name in ("git", "kubectl", "sh"):
        script(tmp_path / "bin" / name, f"/bin/touch {tmp_path}/ran\n")
    script(tmp_path / "bin/helm", f'/usr/bin/env > {tmp_path}/env\nexec {HELM} "$@"\n')
    write(tmp_path, {"home/.gitconfig": "[alias]\n"})
    search = f"{tmp_path}/bin:{os.environ['PATH']}"
    words = ("check", "--kustomize", str(KUSTOMIZE), "--enable-helm", "--format", "concise", "-q")
    done = cmlint(project, *words, PATH=search, HOME=f"{tmp_path}/home", **SET)
    assert "kustomization.yaml:1:14: error[non-string-env]" in done.stdout, done.stderr
    got = variables((tmp_path / "env").read_text(encoding="utf-8"))
    assert "PATH" not in got
    assert not got["HOME"].startswith(str(tmp_path / "home"))
    assert "https://proxy.example" not in got.values()
    assert not (tmp_path / "ran").exists()


def test_programs_in_relative_folders_of_the_path_are_not_run(tmp_path: Path) -> None:
    project = tmp_path / "project"
    chart(project / "web")
    write(project, {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD})
    for name in ("helm", "kustomize", "kubectl", "unshare"):
        script(project / name, f"/bin/touch {tmp_path}/ran\n")
        script(project / "bin" / name, f"/bin/touch {tmp_path}/ran\n")
    cmlint(project, "check", PATH=f".:bin::{os.environ['PATH']}")
    assert not (tmp_path / "ran").exists()


def git(folder: Path, *words: str) -> None:
    """Runs git in a folder."""
    names = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    subprocess.run(["git", *names, *words], cwd=folder, check=True, capture_output=True)


def test_what_is_granted_is_fetched_as_the_user_does(tmp_path: Path) -> None:
    repository, project = tmp_path / "repository", tmp_path / "project"
    write(repository, {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": PORT})
    for given in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        git(repository, *given)
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(tmp_path / "bare.git"))
    config = f'[url "file://{tmp_path}/bare.git"]\n\tinsteadOf = https://private.example/shop.git\n'
    write(tmp_path, {"home/.gitconfig": config})
    write(project, {"kustomization.yaml": "resources:\n  - https://private.example/shop.git//base\n"})
    words = ("check", "--kustomize", str(KUSTOMIZE), "--format", "concise", "-q")
    done = cmlint(project, *words, "--allow-remote", HOME=str(tmp_path / "home"))
    assert done.stdout.startswith("kustomization.yaml:2:5: error[non-string-env]"), done.stderr
    done = cmlint(project, *words, HOME=str(tmp_path / "home"))
    lacking = "the kustomization is built without `https://private.example/shop.git//base`"
    reason = "cmlint fetches nothing by default"
    assert done.stdout == f"kustomization.yaml:2:5: warning[not-built] {lacking}: {reason}\n"
    assert (done.returncode, done.stderr) == (1, "")


CONNECT = """\
exec 3<>/dev/tcp/HOST/PORT && echo connected
"""


@pytest.mark.skipif(not programs.without_network(), reason="the system gives programs no network of their own")
def test_programs_have_no_network(tmp_path: Path) -> None:
    with listening() as found:
        host, _, port = found.address.partition(":")
        command = ["/bin/bash", "-c", CONNECT.replace("HOST", host).replace("PORT", port)]
        assert programs.Programs().run(command, str(tmp_path), 10, trusted=True).output == "connected\n"
        assert programs.Programs().run(command, str(tmp_path), 10).output == ""
        assert found.hits == 1


@pytest.mark.skipif(not programs.without_network(), reason="the system gives programs no network of their own")
def test_a_program_without_network_is_limited_and_says_how_it_ended(tmp_path: Path) -> None:
    code = "import time, resource as r; time.sleep(1); print(LIMITS)".replace(
        "LIMITS", "*(r.getrlimit(n)[0] for n in (r.RLIMIT_DATA, r.RLIMIT_FSIZE))"
    )
    ended = programs.Programs().run([sys.executable, "-c", code], str(tmp_path), 10)
    assert ended.output == f"{programs.MEMORY} {programs.OUTPUT}\n", ended.errors
    assert programs.Programs().run(["/bin/sh", "-c", "exit 3"], str(tmp_path), 10).code == 3
    (tmp_path / "nothing").write_bytes(b"#!/nowhere\n")
    (tmp_path / "nothing").chmod(0o755)
    with pytest.raises(programs.NotBuiltError, match="nothing cannot be run: No such file or directory"):
        programs.Programs().run([str(tmp_path / "nothing")], str(tmp_path), 10)
    with pytest.raises(programs.TimeOutError, match="it took longer than 1 seconds"):
        programs.Programs().run(["/bin/sh", "-c", "sleep 60"], str(tmp_path), 1)


def test_a_build_that_is_kept_is_refused_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"project/kustomization.yaml": "resources: [pod.yaml]\n", "project/pod.yaml": POD})
    words = ("check", "--kustomize", str(KUSTOMIZE), "--cache-dir", str(tmp_path / "cache"))
    assert cmlint(tmp_path / "project", *words).stderr == ""
    write(tmp_path, {"project/kustomization.yaml": "Components: ['http://127.0.0.1:9/a.yaml']\n"})
    for _ in range(2):
        assert "cmlint fetches nothing by default" in cmlint(tmp_path / "project", *words).stdout
