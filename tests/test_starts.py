"""How often kustomize and helm are started in one run: once for each thing that is built, and at the same time."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.pipeline.check import check
from cmlint.sources.kustomize.program import find_program
from cmlint.sources.request import Request
from tests.support.manifests import POD
from tests.support.run import inside, rules, write
from tests.support.tools import HELM

COUNTING = """\
#!/bin/sh
echo "$(date +%s%N) begins $1 $2 $3" >> LOG
REAL "$@"
status=$?
echo "$(date +%s%N) ends $1 $2 $3" >> LOG
exit $status
"""
"""A program that runs the real one, and writes down when."""


def counting(folder: Path, name: str, real: str) -> str:
    """A program that counts its starts."""
    path = folder / name
    path.write_text(COUNTING.replace("LOG", str(folder / f"{name}.log")).replace("REAL", real))
    path.chmod(0o755)
    return str(path)


def log(folder: Path, name: str) -> list[list[str]]:
    """What a counting program has written down."""
    lines = (folder / f"{name}.log").read_text(encoding="utf-8").splitlines()
    return [line.split()[1:] for line in sorted(lines)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Four overlays of one base with a component, and a chart with a subchart and values for tests."""
    folder = tmp_path / "project"
    write(folder, {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": POD})
    write(
        folder,
        {"part/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnamePrefix: p-\n"},
    )
    for name in "abcd":
        text = f"namespace: {name}\nresources: [../base]\ncomponents: [../part]\n"
        write(folder, {f"{name}/kustomization.yaml": text})
    chart = "apiVersion: v2\nname: NAME\nversion: 1.0.0\n"
    write(folder, {"chart/Chart.yaml": chart.replace("NAME", "web"), "chart/templates/pod.yaml": POD})
    write(folder, {"chart/charts/sub/Chart.yaml": chart.replace("NAME", "sub"), "chart/ci/a-values.yaml": "a: b\n"})
    write(folder, {"chart/charts/sub/templates/pod.yaml": POD.replace("{name: a}", "{name: b}")})
    return folder


def test_nothing_is_built_twice_in_one_run(project: Path, tmp_path: Path) -> None:
    found = find_program(None)
    assert found
    name, verb = ("kubectl", "kustomize") if os.path.basename(found) == "kubectl" else ("kustomize", "build")
    kustomize = counting(tmp_path, name, found)
    helm = counting(tmp_path, "helm", shutil.which("helm") or str(HELM))
    with inside(project):
        paths = (".", "base", "a", "base/pod.yaml", "chart", "chart/charts/sub", "b/kustomization.yaml")
        config = Config(kustomize=kustomize, helm_program=helm)
        result = check(Request(paths=paths, config=config, rules=dict(rules())))
    assert not result.problems
    starts = Counter(" ".join(words[1:2]) for words in log(tmp_path, name) if words[0] == "begins")
    assert starts == {verb: 4}, "one for each overlay, none for what these use"
    folders = {words[2] for words in log(tmp_path, name)}
    assert len(folders) == 4
    starts = Counter(" ".join(words[1:2]) for words in log(tmp_path, "helm") if words[0] == "begins")
    assert starts == {"template": 2}, "one for the defaults, one for the values of tests, none for the subchart"


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one core, one after the other")
def test_builds_run_at_the_same_time(project: Path, tmp_path: Path) -> None:
    waiting = tmp_path / "kubectl"
    arrived = tmp_path / "arrived"
    arrived.mkdir()
    waiting.write_text(
        f"#!/bin/sh\ntouch {arrived}/$$\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\n"
        f"do test $(ls {arrived} | wc -l) -ge 2 && exit 0; sleep 1; done; exit 1\n"
    )
    waiting.chmod(0o755)
    with inside(project):
        result = check(
            Request(paths=("a", "b", "base", "part"), config=Config(kustomize=str(waiting)), rules=dict(rules()))
        )
    assert not result.problems, "each waits for another one"
