"""A repository that tries everything: to run programs, to reach addresses, to read outside, to show what is secret."""

from __future__ import annotations

import base64
import io
import os
import tarfile
from pathlib import Path

from tests.support.run import write

VALUE = "outside-4711-value"
"""What stands in the file outside."""

PASSWORD = "inside-0815-password"
"""The value of the Secrets inside."""

SECRETS = (VALUE, PASSWORD, *(base64.b64encode(text.encode()).decode() for text in (VALUE, PASSWORD)))
"""What no output may hold."""

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
  - name: c
    image: app:1.2.3
    env:
    - {name: A, valueFrom: {secretKeyRef: {name: own, key: pasword}}}
"""
SECRET = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: own}}\nstringData:\n  password: {PASSWORD}\n"
EXTERNAL = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: outside}}\ndata:\n  value: [{VALUE}\n"

FIELDS = (
    *("resources", "Resources", "RESOURCES", "resourceS", "bases", "components", "Components", "generators"),
    *("Generators", "transformers", "Transformers", "validators", "configurations", "Configurations", "crds", "CRDs"),
    *("patchesStrategicMerge", "PatchesStrategicMerge"),
)
"""Fields of a kustomization, in the letter cases that kustomize takes, that list what it reads."""

ENTRIES = (
    *("patches: [{path: ADDRESS}]", "Patches: [{Path: ADDRESS}]"),
    "patchesJson6902: [{path: ADDRESS, target: {kind: Pod}}]",
    *("replacements: [{path: ADDRESS}]", "Replacements: [{path: ADDRESS}]"),
    *("openapi: {path: ADDRESS}", "OpenAPI: {path: ADDRESS}"),
    *("configMapGenerator: [{name: a, files: [ADDRESS]}]", "ConfigMapGenerator: [{name: a, Files: [x=ADDRESS]}]"),
    *("configMapGenerator: [{name: a, envs: [ADDRESS]}]", "secretGenerator: [{name: a, env: ADDRESS}]"),
    "helmCharts: [{name: web, repo: ADDRESS, version: 1.0.0, releaseName: web}]",
    "HelmCharts: [{name: web, valuesFile: ADDRESS, releaseName: web}]",
    "helmChartInflationGenerator: [{chartName: web, chartRepoUrl: ADDRESS, releaseName: web}]",
    "helmCharts: [{name: web, releaseName: web, additionalValuesFiles: [ADDRESS]}]",
)
"""Other fields by which a kustomization reads something."""

FUNCTION = """\
apiVersion: example.com/v1
kind: Runs
metadata:
  name: runs
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./run.sh}
"""
PLUGIN = """\
name: evil
version: 1.0.0
usage: evil
description: evil
command: $HELM_PLUGIN_DIR/run.sh
downloaders:
- command: run.sh
  protocols: [evil]
hooks: {install: $HELM_PLUGIN_DIR/run.sh}
"""
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
SCHEMA = '{"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"$ref": "ADDRESS"}}}'

GRANTS = """\
enable-helm: true
allow-remote: true
kustomize: bin/kustomize
helm-program: bin/helm
"""

TABLE = """\
[tool.cmlint]
enable-helm = true
allow-remote = true
kustomize = "bin/kustomize"
helm-program = "bin/helm"
"""

GIT_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = BARE
\tfsmonitor = RUN
\thooksPath = HOOKS
\tsshCommand = RUN
\tpager = RUN
\teditor = RUN
\taskPass = RUN
\tgitProxy = RUN
\tattributesFile = ATTRIBUTES
[diff]
\texternal = RUN
[diff "evil"]
\ttextconv = RUN
\tcommand = RUN
[filter "evil"]
\tclean = RUN
\tsmudge = RUN
\tprocess = RUN
\trequired = true
[credential]
\thelper = RUN
[gpg]
\tprogram = RUN
[remote "origin"]
\turl = ext::RUN
\tpromisor = true
\tpartialclonefilter = blob:none
[alias]
\trev-parse = !RUN
\tstatus = !RUN
[uploadpack]
\tpackObjectsHook = RUN
[include]
\tpath = CONFIG
"""

READ = (
    *("a.yaml", "b.json", ".gitignore", ".cmlint.yaml", ".cmlint.yml", "pyproject.toml", "kustomization.yaml"),
    *("Kustomization", "README.md", "run.sh", "Makefile", ".gitattributes", "templates.tpl", "app.properties"),
)
READ_IN_CHART = (".helmignore", "values.yaml", "values.schema.json", "templates/NOTES.txt", "Chart.lock")
"""The names of files that are read: anywhere, and in a chart."""


class Hostile:
    """The repository in `folder`/project, and the places around it that it tries to reach.

    `address` is where a server listens. Whatever of the repository is run leaves the file `ran` outside.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.project, self.outside = folder / "project", folder / "outside"
        self.home, self.temporary, self.cache = (folder / name for name in ("home", "tmp", "cache"))
        for path in (self.project, self.outside, self.home, self.temporary):
            path.mkdir()
        self.script = f"#!/bin/sh\ntouch {self.outside}/ran\ncat\n"
        write(self.outside, {"secret.yaml": EXTERNAL, "folder/pod.yaml": POD.replace("NAME", "outside")})
        write(self.project, {"pod.yaml": POD.replace("NAME", "p"), "secret.yaml": SECRET, "run.sh": self.script})
        self.add_kustomizations()
        self.add_charts()
        self.add_links()
        self.add_settings()
        self.add_names()
        self.add_bare_repository()
        self.make_executable()

    def add(self, folder: str, files: dict[str, str]) -> None:
        """Writes files to a folder of the repository."""
        write(self.project / folder, files)

    def add_kustomizations(self) -> None:
        """Kustomizations that name addresses, files outside, functions and plugins."""
        addresses = {
            "http": f"{self.address}/a.yaml",
            "upper": f"{self.address.upper()}/a.yaml",
            "git": f"git::{self.address}/a.git",
            "ssh": "git@127.0.0.1:a/b.git",
            "file": f"file://{self.outside}/secret.yaml",
            "outside": "../../../outside/secret.yaml",
            "absolute": str(self.outside / "secret.yaml"),
        }
        for name, address in addresses.items():
            lines = [f"{field}: ['{address}']" for field in FIELDS]
            lines += [entry.replace("ADDRESS", f"'{address}'") for entry in ENTRIES]
            for number, line in enumerate(lines):
                self.add(f"kustomizations/{name}-{number}", {"kustomization.yaml": f"{line}\n"})
        self.add("functions", {"runs.yaml": FUNCTION, "run.sh": self.script, "pod.yaml": POD.replace("NAME", "f")})
        for field in ("generators", "Generators", "transformers", "validators"):
            text = f"resources: [pod.yaml]\n{field}: [runs.yaml]\n"
            self.add(f"functions/{field}", {"kustomization.yaml": text, "runs.yaml": FUNCTION, "run.sh": self.script})
        plugin = {"h/plugins/evil/plugin.yaml": PLUGIN, "h/plugins/evil/run.sh": self.script}
        self.add("plugin/data", {f"helm/{name.removeprefix('h/')}": text for name, text in plugin.items()})
        for number, setting in enumerate(("helmGlobals: {configHome: ./h}", "HelmGlobals: {ConfigHome: ./h}")):
            chart = "helmCharts: [{name: web, repo: 'evil://x', version: 1.0.0, releaseName: web}]\n"
            self.add(f"plugin/{number}", {**plugin, "kustomization.yaml": f"{setting}\n{chart}"})
        literals = f"secretGenerator: [{{name: own, literals: [password={PASSWORD}, wrong], envs: [own.env]}}]\n"
        self.add("generator", {"kustomization.yaml": literals, "own.env": f"password={PASSWORD}\nb a d={PASSWORD}\n"})
        self.add("loop", {"kustomization.yaml": "resources: [.]\n"})

    def add_charts(self) -> None:
        """Charts whose schemas, dependencies and templates read something, and that show a value in an error."""
        outside = f"{self.outside}/secret.yaml"
        for number, reference in enumerate((f"{self.address}/s.json", f"file://{outside}", outside, "/dev/zero")):
            schema = SCHEMA.replace("ADDRESS", reference)
            files = {"Chart.yaml": CHART, "values.yaml": "a: 1\n", "values.schema.json": schema}
            self.add(f"charts/schema-{number}", {**files, "templates/pod.yaml": POD.replace("NAME", "s")})
        reading = '{{ .Files.Get "../../../outside/secret.yaml" }}{{ (.Files.Glob "/etc/*").AsConfig }}'
        self.add("charts/reading", {"Chart.yaml": CHART, "templates/a.yaml": f"x: |\n  {reading}\n"})
        self.add("charts/resolving", {"Chart.yaml": CHART, "templates/a.yaml": 'x: {{ getHostByName "a.example" }}\n'})
        files = {"Chart.yaml": CHART, "values.yaml": f"password: {PASSWORD}\n"}
        pattern = '{"properties": {"password": {"pattern": "^x$"}}}'
        self.add("charts/failing", {**files, "templates/a.yaml": "{{ fail .Values.password }}"})
        self.add("charts/pattern", {**files, "values.schema.json": pattern, "templates/a.yaml": ""})
        parsing = '{{ urlParse (printf "%s://\\x7f" .Values.password) }}'
        self.add("charts/address", {**files, "templates/a.yaml": parsing})
        named = f"dependencies: [{{name: a, version: 1.0.0, repository: '{self.address}'}}]\n"
        self.add("charts/dependencies", {"Chart.yaml": CHART + named, "templates/a.yaml": ""})
        self.add("charts/packed", {"Chart.yaml": CHART, "templates/a.yaml": "", "charts/.keep": ""})
        with tarfile.open(self.project / "charts/packed/charts/sub.tgz", "w:gz") as packed:
            inside = {"sub/Chart.yaml": CHART, "sub/../../../../outside/ran": "x", "/sub/templates/a.yaml": ""}
            for name, text in inside.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text)
                packed.addfile(entry, io.BytesIO(text.encode()))

    def add_links(self) -> None:
        """Links that lead outside or to devices, under every name that is read."""
        for kind, target in self.targets.items():
            folder = self.project / "links" / kind
            folder.mkdir(parents=True)
            for name in READ:
                (folder / name).symlink_to(target)
            chart = self.project / "links" / f"chart-{kind}"
            write(chart, {"Chart.yaml": CHART, "templates/a.yaml": ""})
            for name in READ_IN_CHART:
                (chart / name).symlink_to(target)
        (self.project / "links" / "top").symlink_to(self.outside)

    def add_pipes(self) -> None:
        """Pipes and devices, under every name that is read. git cannot keep them, and waits for some of them."""
        pipes, chart = self.project / "links" / "pipes", self.project / "links" / "chart-pipes"
        pipes.mkdir()
        write(chart, {"Chart.yaml": CHART, "templates/a.yaml": ""})
        for path in (*(pipes / name for name in READ), *(chart / name for name in READ_IN_CHART)):
            os.mkfifo(path)
        if os.geteuid() == 0:
            os.mknod(pipes / "zero.yaml", 0o20666, os.makedev(1, 5))

    @property
    def targets(self) -> dict[str, Path]:
        """Where links lead."""
        inside = {"file": self.outside / "secret.yaml", "folder": self.outside / "folder"}
        return {**inside, "zero": Path("/dev/zero"), "password": Path("/etc/passwd")}

    def add_settings(self) -> None:
        """Configurations that want to open the machine."""
        programs = {f"bin/{name}": self.script for name in ("kustomize", "kubectl", "helm", "git", "unshare", "true")}
        build = {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD.replace("NAME", "g"), **programs}
        charts = "helmCharts: [{name: web, repo: 'evil://x', version: 1.0.0, releaseName: web}]\n"
        helm = f"helmGlobals: {{configHome: ./h}}\n{charts}"
        plugin = {"h/plugins/evil/plugin.yaml": PLUGIN, "h/plugins/evil/run.sh": self.script}
        chart = {"chart/Chart.yaml": CHART, "chart/templates/a.yaml": "", **plugin}
        remote = {"remote/kustomization.yaml": f"resources: ['{self.address}/a.yaml']\n", "x/kustomization.yaml": helm}
        self.add("settings/grants", {".cmlint.yaml": GRANTS, **build, **chart, **remote})
        self.add("settings/table", {"pyproject.toml": TABLE, **build, **chart, **remote})
        for number, path in enumerate((str(self.outside / "secret.yaml"), "../../../outside/secret.yaml", "/dev/zero")):
            values = {".cmlint.yaml": f"helm: {{values: {{'chart': ['{path}']}}}}\n"}
            chart = {"chart/Chart.yaml": CHART, "chart/templates/a.yaml": ""}
            self.add(f"settings/values-{number}", {**values, **chart})
            baseline = {".cmlint.yaml": f"baseline: '{path}'\n"}
            self.add(f"settings/baseline-{number}", {**baseline, "pod.yaml": POD.replace("NAME", "b")})
        cycle = "a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a]\n" for n in range(9))
        self.add("settings/aliases", {".cmlint.yaml": cycle})

    def add_names(self) -> None:
        """Names that would be commands for a terminal or for a runner of CI."""
        controls = ("\x1b]0;owned\x07a.yaml", "c\r::set-output name=a::b.yaml", "\x9b31m.yaml")
        for name in ("\n::error::owned.yaml", "\u202elmay.b", *controls):
            self.add("names", {name: POD.replace("NAME", "[n")})
        (self.project / "names" / os.fsdecode(b"\xff\xfe.yaml")).write_text(POD.replace("NAME", "u"), encoding="utf-8")

    def add_bare_repository(self) -> None:
        """A bare repository among the ordinary files, whose configuration names programs."""
        head = {"HEAD": "ref: refs/heads/main\n", "config": self.git_config("true")}
        head |= {"objects/.keep": "", "refs/.keep": ""}
        hooks = {f"hooks/{name}": self.script for name in ("post-checkout", "post-index-change", "fsmonitor-watchman")}
        self.add("bare", {**head, **hooks, "pod.yaml": POD.replace("NAME", "bare")})

    def git_config(self, bare: str) -> str:
        """The configuration of a repository that names programs wherever git takes one."""
        text = GIT_CONFIG.replace("BARE", bare).replace("RUN", str(self.project / "run.sh"))
        text = text.replace("HOOKS", str(self.project / "bare" / "hooks"))
        return text.replace("ATTRIBUTES", str(self.outside / "secret.yaml"))

    def make_executable(self) -> None:
        """Lets every script of the repository be run."""
        for folder, _, names in os.walk(self.project):
            for name in names:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink() and path.read_bytes().startswith(b"#!"):
                    path.chmod(0o755)
