"""Hostile input: nothing of it is run, nothing outside is read, and each ends soon and in one clear word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.manifest.documents import read_text
from cmlint.pipeline.check import check
from cmlint.sources.request import Request
from cmlint.system import programs
from tests.support.command import COMMAND, PATIENCE, cmlint, started, wait_until
from tests.support.manifests import POD
from tests.support.run import inside, rules, told, write

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
OUTSIDE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside}\ndata: {marker: 12345}\n"

READING = """\
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from cmlint.__main__ import main
main(["check", ".", "--verbose"])
print(*opened, sep="\\n", file=sys.stderr)
"""
"""Runs a check, and tells every file that was opened."""


def opened(folder: Path) -> tuple[str, set[Path]]:
    """What a check of a folder says, and the files that it has opened."""
    done = subprocess.run(
        [sys.executable, "-c", READING], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout + done.stderr, {Path(folder, line).resolve() for line in done.stderr.splitlines() if line}


KUSTOMIZATIONS = {
    "a-file": "resources: [../../outside.yaml]\n",
    "a-file-of-the-system": "resources: [/etc/passwd]\n",
    "a-patch": "resources: [pod.yaml]\npatches: [{path: ../../outside.yaml}]\n",
    "a-merge-patch": "resources: [pod.yaml]\npatchesStrategicMerge: [../../outside.yaml]\n",
    "variables": "configMapGenerator: [{name: a, envs: [/etc/passwd]}]\n",
    "a-secret": "secretGenerator: [{name: a, files: [x=../../outside.yaml]}]\n",
    "a-configuration": "configurations: [../../outside.yaml]\n",
    "definitions": "crds: [/etc/passwd]\n",
    "a-schema": "openapi: {path: /etc/passwd}\n",
    "a-replacement": "resources: [pod.yaml]\nreplacements: [{path: ../../outside.yaml}]\n",
    "a-transformer": "transformers: [../../outside.yaml]\n",
    "a-generator": "generators: [/etc/passwd]\n",
}


LEFT_OUT = {
    "a-patch": "patches",
    "a-replacement": "replacements",
    "a-secret": "secretGenerator",
    "variables": "configMapGenerator",
}
"""Entries without which the rest is built, by kustomization."""


def test_no_kustomization_makes_anybody_read_a_file_outside(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"outside.yaml": OUTSIDE})
    write(project, {f"{name}/kustomization.yaml": text for name, text in KUSTOMIZATIONS.items()})
    write(project, {f"{name}/pod.yaml": POD for name, text in KUSTOMIZATIONS.items() if "pod.yaml" in text})
    said, files = opened(project)
    assert project / "a-file/kustomization.yaml" in files
    assert not files & {tmp_path / "outside.yaml", Path("/etc/passwd")}
    assert "12345" not in said
    for warning, name in zip(sorted(told(project)), sorted(KUSTOMIZATIONS, key="{}/".format), strict=True):
        path = "/etc/passwd" if "/etc/passwd" in KUSTOMIZATIONS[name] else f"{tmp_path}/outside.yaml"
        reason = f"the file `{path}` is not in or below `{name}`, and kustomize reads no other by default"
        how = f"built without `{LEFT_OUT[name]}[0]`" if name in LEFT_OUT else "not built"
        assert warning == f"{name}/kustomization.yaml: {how}: {reason}"


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"outside.yaml": OUTSIDE, "chart.yaml": CHART})
    write(project, {"a/kustomization.yaml": "resources: [pod.yaml]\n", "b/pod.yaml": POD, "c/templates/pod.yaml": POD})
    write(project, {"d/Chart.yaml": CHART, "d/templates/pod.yaml": POD, "e/Chart.yaml": CHART})
    links = {"a/pod.yaml": "outside.yaml", "b/kustomization.yaml": "outside.yaml", "c/Chart.yaml": "chart.yaml"}
    for name, target in {**links, "d/values.txt": "outside.yaml", "e/templates": ""}.items():
        (project / name).symlink_to(tmp_path / target)
    said, files = opened(project)
    assert not files & {tmp_path / "outside.yaml", tmp_path / "chart.yaml"}
    assert "12345" not in said
    link = "a link that leads out of the folder is not followed; name it to check what it leads to"
    assert told(project) == [
        *(f"{name}: {link}" for name in links),
        "c/templates/pod.yaml: helm renders it; name the folder `c` to check what is rendered",
        "a/kustomization.yaml: not built: "
        + "the file `a/pod.yaml` is not in or below `a`, and kustomize reads no other by default",
        "d/Chart.yaml: not built: `d/values.txt` is a link that leads out of the folder",
        "e/Chart.yaml: not built: `e/templates` is a link that leads out of the folder",
    ]


def test_links_within_a_repository_are_followed(tmp_path: Path) -> None:
    write(tmp_path, {"common/pod.yaml": POD.replace("{name: a}", "{name: a, namespace: [x]}"), "app/other.yaml": POD})
    (tmp_path / "app/pod.yaml").symlink_to("../common/pod.yaml")
    (tmp_path / ".git").mkdir()
    with inside(tmp_path / "app"):
        result = check(Request(rules=dict(rules())))
    assert not result.problems
    assert [bundle.files[-1][0] for bundle in result.bundles if bundle.files] == ["pod.yaml"]


def test_circles_end(tmp_path: Path) -> None:
    write(tmp_path, {"a/kustomization.yaml": "resources: [.]\n", "b/kustomization.yaml": "resources: [loop/loop]\n"})
    write(tmp_path, {"c/kustomization.yaml": "resources: [..]\n", "kustomization.yaml": "resources: [c]\n"})
    (tmp_path / "b/loop").symlink_to(".")
    warnings = told(tmp_path)
    names = [line.partition(":")[0] for line in warnings]
    assert names == [f"{folder}kustomization.yaml" for folder in ("a/", "b/", "c/", "c/")]
    assert all("cycle detected: it comes back to `" in line for line in warnings)


FUNCTION = """\
apiVersion: example.com/v1
kind: Runs
metadata:
  name: runs
  annotations:
    config.kubernetes.io/function: |
      HOW
"""


@pytest.mark.parametrize("how", ["exec: {path: ./run.sh}", "container: {image: evil}", "starlark: {path: run.star}"])
@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
def test_no_function_is_run(tmp_path: Path, field: str, how: str) -> None:
    project = tmp_path / "project"
    write(project, {"kustomization.yaml": f"resources: [pod.yaml]\n{field}: [runs.yaml]\n", "pod.yaml": POD})
    write(project, {"runs.yaml": FUNCTION.replace("HOW", how), "run.sh": f"#!/bin/sh\ntouch {tmp_path}/run\n"})
    write(project, {"run.star": "fail()\n"})
    (project / "run.sh").chmod(0o755)
    what = "built without `runs.yaml`" if field == "generators" else "not built"
    assert told(project) == [f"kustomization.yaml: {what}: cmlint never runs plugins such as `Runs`"]
    assert not (tmp_path / "run").exists()


def test_no_plugin_of_the_user_is_run(tmp_path: Path) -> None:
    plugin = tmp_path / "home/kustomize/plugin/example.com/v1/runs/Runs"
    write(tmp_path, {str(plugin.relative_to(tmp_path)): f"#!/bin/sh\ntouch {tmp_path}/run\n"})
    plugin.chmod(0o755)
    runs = "apiVersion: example.com/v1\nkind: Runs\nmetadata: {name: runs}\n"
    write(tmp_path, {"project/kustomization.yaml": "generators: [runs.yaml]\n", "project/runs.yaml": runs})
    done = cmlint(tmp_path / "project", "check", XDG_CONFIG_HOME=str(tmp_path / "home"))
    assert "cmlint never runs plugins such as `Runs`" in done.stdout
    assert not (tmp_path / "run").exists()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    os.mkfifo(tmp_path / "pipe.sh")
    write(tmp_path, {"pod.yaml": POD})
    assert told(tmp_path) == []


# what asks for too much


def bomb(depth: int) -> str:
    """A ConfigMap that is some hundred bytes long, and as data more than any memory holds."""
    lines = ["  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, depth)]
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + "\n".join(lines) + "\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one limit the memory of others")
def test_what_needs_too_much_memory_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MEMORY", 512 * 1024**2)
    files = {"kustomization.yaml": "resources: [a.yaml]\npatches: [{path: bomb.yaml}]\n", "bomb.yaml": bomb(12)}
    write(tmp_path, {**files, "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"})
    assert told(tmp_path) == ["kustomization.yaml: not built: it needs more than 0.5 GB of memory"]


def test_what_writes_too_much_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "OUTPUT", 1024**2)
    big = "{{- range until 3000 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    big += 'data: {a: "{{ repeat 1000 "x" }}"}\n{{- end }}\n'
    write(tmp_path, {"chart/Chart.yaml": CHART, "chart/templates/a.yaml": big})
    write(tmp_path, {"app/kustomization.yaml": "configMapGenerator: [{name: a, files: [a.txt]}]\n"})
    write(tmp_path, {"app/a.txt": "x" * (2 * 1024**2)})
    assert told(tmp_path) == [
        "app/kustomization.yaml: not built: its output exceeds 1 MB",
        "chart/Chart.yaml: not built: its output exceeds 1 MB",
    ]


@pytest.mark.parametrize("name", ["values.yaml", "Chart.yaml", "templates/a.yaml"])
def test_aliases_of_aliases_end_in_a_chart(tmp_path: Path, name: str) -> None:
    text = bomb(12).replace("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n", "data:\n")
    chart = {"Chart.yaml": CHART, "templates/a.yaml": "", "values.yaml": ""}
    write(tmp_path, {**chart, name: chart[name] + text})
    (warning,) = told(tmp_path)
    assert warning.startswith(f"{name}: not built: ") and "excessive aliasing" in warning


@pytest.mark.parametrize("head", ["apiVersion: v1\nkind: ConfigMap\n", "apiVersion: example.com/v1\nkind: Shop\n"])
def test_aliases_of_aliases_end_in_a_manifest(tmp_path: Path, head: str) -> None:
    lines = ["metadata: {name: a}", "a0: &a0 [{image: x}, containers, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    write(tmp_path, {"a.yaml": head + "\n".join(lines)})
    said = cmlint(tmp_path, "check", "a.yaml", "--format", "concise", "--quiet").stdout
    reason = "not valid YAML: aliases repeat their content too often"
    assert said == f"a.yaml:1:1: error[yaml-syntax] {reason}\n"


def test_many_aliases_of_one_thing_are_read(tmp_path: Path) -> None:
    entries = "".join(f"  k{i}: *v\n" for i in range(2000))
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  v: &v x\n"
    write(tmp_path, {"a.yaml": head + entries})
    assert cmlint(tmp_path, "check", "a.yaml", "--quiet").returncode == 0


def test_what_is_nested_too_deeply_ends(tmp_path: Path) -> None:
    deep = f"x: {'[' * 20000}{']' * 20000}\n"
    write(tmp_path, {"a/kustomization.yaml": f"resources: [pod.yaml]\n{deep}", "a/pod.yaml": POD})
    write(tmp_path, {"b/Chart.yaml": CHART, "b/values.yaml": deep, "b/templates/a.yaml": ""})
    write(tmp_path, {"c/deep.yaml": POD + deep})
    assert [line.partition(": ")[2].partition(": ")[0] for line in told(tmp_path)] == ["not built", "not built"]


@pytest.mark.parametrize("depth", [400, 1100])
def test_what_is_nested_too_deeply_is_not_taken_for_a_template(depth: int) -> None:
    (skip,) = read_text(f"{POD}x: {'[' * depth}{']' * depth}\n").skipped
    assert skip.code == "too-deep"


def test_a_huge_generator_is_told_of(tmp_path: Path) -> None:
    literals = "".join(f"  - KEY_{number}={'x' * 300}\n" for number in range(4000))
    write(tmp_path, {"kustomization.yaml": f"configMapGenerator:\n- name: a\n  literals:\n{literals}"})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert [(f.rule, f.location.path, f.location.start.line) for f in result.outcome.findings] == [
        ("too-large", "kustomization.yaml", 4)
    ]


# what does not end


def hanging(folder: Path, name: str) -> Path:
    """A program that starts another one and waits; both write their process number."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho $$ >> {folder}/started\nsleep 600 &\necho $! >> {folder}/started\nwait\n")
    path.chmod(0o755)
    return path


def has_ended(number: int) -> bool:
    """Whether a process is gone, or gone but for its entry."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def wait_until_all_ended(folder: Path) -> None:
    """Waits until everything that was started is gone."""
    numbers = [int(line) for line in (folder / "started").read_text(encoding="utf-8").split()]
    assert len(numbers) == 2
    wait_until(lambda: all(map(has_ended, numbers)))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("name", ["kustomize", "helm"])
def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, name: str) -> None:
    path = str(hanging(tmp_path, name))
    project = tmp_path / "project"
    if name == "helm":
        write(project, {"Chart.yaml": CHART, "templates/a.yaml": ""})
    else:
        write(project, {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": POD})
    (warning,) = told(project, Config(kustomize=path, helm_program=path, build_timeout=5))
    assert warning.endswith(": not built: it took longer than 5 seconds")
    wait_until_all_ended(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_broken_off_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    path = str(hanging(tmp_path, "kustomize"))
    write(tmp_path, {"project/kustomization.yaml": "resources: [pod.yaml]\n", "project/pod.yaml": POD})
    said = tmp_path / "started"
    silent = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
    with started(COMMAND, "check", "--kustomize", path, cwd=tmp_path / "project", **silent) as process:
        wait_until(lambda: said.exists() and len(said.read_text(encoding="utf-8").split()) == 2)
        process.send_signal(how)
        assert process.wait(PATIENCE) != 0
    wait_until_all_ended(tmp_path)
