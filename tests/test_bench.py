"""The scripts in `bench/` do what their page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bench import tests, trees
from bench.scale import make

from cmlint.config.config import Config
from tests.support.run import ROOT, lint, write

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    "  - name: web\n    image: web:1.0.0\n    env: [{name: PORT, value: PLACE}]\n"
)

SMALL = "from bench import speed, trees\nspeed.SHORT, trees.APPLICATIONS, trees.FIELDS = 1, 2, 10\nspeed.main()"
"""Runs `bench.speed` with small trees, each process once."""


def bench(script: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a script."""
    line = [sys.executable, "-m", f"bench.{script}", *words]
    return subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def test_findings_are_counted_saved_and_compared(tmp_path: Path) -> None:
    corpus, old, new = tmp_path / "corpus", tmp_path / "old.json", tmp_path / "new.json"
    write(corpus, {"a/pod.yaml": POD.replace("PLACE", "80"), "b/pod.yaml": POD, "c/values.yaml": "a: b\n", "INDEX": ""})
    counted = bench("corpus", corpus, "--save", old)
    assert (counted.returncode, counted.stderr) == (0, "")
    lines = counted.stdout.splitlines()
    assert lines[:4] == [
        "a: exit status 1, 0 names not verifiable",
        "       1 error[non-string-env]",
        "b: exit status 0, 0 names not verifiable",
        "c: exit status 0, 0 names not verifiable",
    ]
    assert lines[-2:] == ["all repositories", "       1 error[non-string-env]"]
    assert bench("corpus", "--compare", old, old).stdout == "0 findings differ\n"

    write(corpus, {"a/pod.yaml": POD, "b/pod.yaml": f"# moved\n{POD.replace('PLACE', '80')}"})
    allowed = bench("corpus", corpus, "--save", new, "--", "--allow-empty")
    assert "c: exit status 0, 0 names not verifiable" in allowed.stdout
    compared = bench("corpus", "--compare", old, new)
    assert compared.returncode == 1
    removed, added, total = compared.stdout.splitlines()
    assert removed.startswith("- a/pod.yaml:8:31: error[non-string-env] ")
    assert added.startswith("+ b/pod.yaml:9:31: error[non-string-env] ")
    assert total == "2 findings differ"


def test_a_commit_is_measured_with_the_hook_and_without() -> None:
    done = bench("hook", "--rounds", "1")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["a", "commit", "with", "CPU,", "s", "wall,", "s", "(best", "of", "4)"]
    assert [row[:28].strip() for row in rows] == ["no hook", "a hook that does nothing", "cmlint"]


def test_speed_is_shown_beside_the_floor(tmp_path: Path) -> None:
    write(tmp_path, {"a/pod.yaml": POD, "b/broken.yaml": "a: [\n---\nb: c\n", "b/data.json": "{}"})
    write(tmp_path, {"a/kustomization.yaml": "resources: [pod.yaml]\n"})
    line = [sys.executable, "-c", SMALL, str(tmp_path), "--rounds", "1", "--no-cluster"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, _, *rows = done.stdout.splitlines()
    assert first == "4 files, 0.0 MB, best of 1 rounds"
    assert [row[:36].strip() for row in rows] == [
        "read and compose all",
        "cmlint check, cold, one process",
        "cmlint check, cold, two processes",
        "walk and stat all",
        "cmlint check, one file changed",
        "cmlint check, nothing changed",
        'python -c "import yaml"',
        "cmlint check, one clean file",
        "cmlint check, one faulty file",
        "kustomize and helm",
        "compose all, and what is built",
        "cmlint check, its own part",
        "cmlint check, with these programs",
        "build 60 kustomizations",
        "cmlint check of them, cold",
        "one file of them changed",
        "nothing of them changed",
        "build 1.5 MB of CRDs, three times",
        "cmlint check of them, cold",
        "editor, a change to diagnostics",
    ]
    figures = [[float(figure) for figure in row[36:].partition("goal:")[0].split()] for row in rows]
    assert [len(row) for row in figures] == [5] * 20
    floors = [0, 3, 6, 9, 10, 13, 17, 19]
    assert [number for number, row in enumerate(figures) if row[3:] == [1, 1]] == floors
    assert all(figures[number][0] > 0 for number in (9, 13, 17)), "kustomizations are built"


def test_trees_have_what_their_lines_say(tmp_path: Path) -> None:
    leaves = trees.write(tmp_path / "applications", trees.applications())
    made = list((tmp_path / "applications").rglob("kustomization.yaml"))
    assert (len(leaves), len(made)) == (40, 60)
    leaves = trees.write(tmp_path / "operator", trees.operator())
    assert [leaf.name for leaf in leaves] == ["dev", "prod", "test"]
    sizes = [path.stat().st_size for path in (tmp_path / "operator/base").glob("crds-*.yaml")]
    assert 1_400_000 < sum(sizes) < 1_600_000
    for folder, documents in (("applications", 170), ("operator", 12)):
        result = lint(tmp_path / folder)
        assert (result.outcome.findings, result.outcome.documents) == ([], documents)


def test_cost_is_shown_for_each_size_with_its_slope() -> None:
    done = bench("scale", "--sizes", "20", "60")
    assert done.stderr == ""
    ways = ["one process", "two processes", "impact of one", "impact of many", "graph as JSON"]
    ways += ["nothing known", "nothing changed", "one file changed"]
    lines = [line.split(", ", 1) for line in done.stdout.splitlines()]
    assert [head.split() for head, _ in lines[:16]] == [["20", "files"]] * 8 + [["60", "files"]] * 8
    assert [rest[:16].strip() for _, rest in lines] == ways * 3
    assert all(float(rest[16:]) < 2 for head, rest in lines[16:] if head == "slope")


def test_a_tree_is_made_in_its_proportions(tmp_path: Path) -> None:
    make(tmp_path, 400)
    names = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")]
    assert len(names) == 400
    assert 90 <= sum(name.endswith("kustomization.yaml") for name in names) <= 110
    result = lint(tmp_path, config=Config(build=False))
    assert result.outcome.references > 100
    assert {finding.rule for finding in result.outcome.findings} <= {"missing-configmap"}


def test_mistakes_are_made_and_counted(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n"
    reader = "{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: LEVEL}}}"
    write(tmp_path, {"pod.yaml": POD.replace("{name: PORT, value: PLACE}", reader), "config.yaml": config})
    done = bench("seeds", tmp_path, "--list")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "found: a similar key is read: ConfigMap" in done.stdout and "MISSED" not in done.stdout
    assert lines[-1].split() == ["all", "9", "of", "9", "0", "of", "0"]


def test_the_time_of_tests_is_shown_beside_its_floor_and_by_file(tmp_path: Path) -> None:
    slow = "import time\n\ndef test_it_waits():\n    time.sleep(0.5)\n"
    write(tmp_path, {"test_fails.py": "def test_it_fails():\n    assert False\n", "test_waits.py": slow})
    done = bench("tests", tmp_path, "--files", "1")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows, ratio, _, summary, slowest, failed = done.stdout.splitlines()
    assert head.split() == ["CPU,", "s", "wall,", "s"]
    assert [row[:64].strip() for row in rows] == [
        ".venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder",
        "make test, warm",
        "its floor",
    ]
    run, everything, floor = ([float(figure) for figure in row[64:].split()] for row in rows)
    assert run == everything and run[0] == floor[0] > 0 and run[1] >= floor[1] > 0
    assert re.fullmatch(r"[\d.]+ times the floor on \d+ cores; goal: 480 s", ratio)
    assert summary == "2 tests, 1 failed; seconds of the slowest files:"
    seconds, name = slowest.split()
    assert float(seconds) >= 0.5 and Path(name).name == "test_waits.py"
    assert failed.startswith("FAILED ") and failed.endswith("test_fails.py::test_it_fails")


def test_every_step_of_the_test_command_is_measured() -> None:
    programs = [Path(line.split()[0]).name for line in tests.steps([])]
    recipe = ["ruff", "ruff", "mypy", "pyright", "zizmor", "hadolint", "shellcheck", "actionlint", "pytest"]
    assert programs[-len(recipe) :] == recipe


def test_a_mistake_that_breaks_nothing_is_not_counted(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n"
    reader = "{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: LEVEL}}}"
    pod = POD.replace("{name: PORT, value: PLACE}", reader)
    write(tmp_path, {"app/pod.yaml": pod, "app/config.yaml": config, "config.yaml": config})
    done = bench("seeds", tmp_path)
    kinds = [line.split(":")[1].strip() for line in done.stdout.splitlines() if line.startswith("harmless")]
    assert kinds == ["the definition has another name", "the definition is removed"]
    assert done.stdout.splitlines()[-1].split() == ["all", "7", "of", "7", "0", "of", "0"]


@pytest.mark.parametrize(
    ("path", "made", "word"),
    [("make.sh", "LEVEL=info", "harmless"), ("make.sh", "OTHER=info", ""), ("README.md", "LEVEL=info", "MISSED")],
)
def test_what_a_script_makes_is_there_and_what_a_document_shows_may_be(
    tmp_path: Path, path: str, made: str, word: str
) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n"
    reader = "{name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: LEVEL}}}"
    write(tmp_path, {"pod.yaml": POD.replace("{name: PORT, value: PLACE}", reader), "config.yaml": config})
    write(tmp_path, {path: f"```\nkubectl create configmap settings --from-literal={made}\n```\n".strip("`\n")})
    done = bench("seeds", tmp_path)
    kinds = [line.split(":")[:2] for line in done.stdout.splitlines() if line.startswith(("harmless", "MISSED"))]
    names = ["the definition has another name", "the definition is removed", "the key has another name"]
    assert kinds == [[word, f" {name}"] for name in names if word]


def test_no_mistake_is_made_in_a_key_that_is_not_there(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n"
    reader = "{name: A, valueFrom: {configMapKeyRef: {name: settings, key: TRACES, optional: true}}}"
    write(tmp_path, {"pod.yaml": POD.replace("{name: PORT, value: PLACE}", reader), "config.yaml": config})
    assert bench("seeds", tmp_path).stdout.splitlines()[-1].split() == ["all", "0", "of", "0", "0", "of", "0"]
