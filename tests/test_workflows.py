"""What runs for a change on GitHub is what `make` runs for everyone."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.run import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def jobs_of(path: Path) -> dict[str, Any]:
    """The jobs of a workflow."""
    jobs: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return jobs


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_calls_nothing_but_targets_of_the_makefile(path: Path) -> None:
    lines = [step["run"] for job in jobs_of(path).values() for step in job.get("steps", ()) if "run" in step]
    called = [re.fullmatch(r"make ([a-z-]+)\n?", line) for line in lines]
    assert called, path
    assert {match[1] if match else None for match in called} <= TARGETS


def test_every_supported_python_is_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = jobs_of(ROOT / ".github" / "workflows" / "ci.yml")["test"]["strategy"]["matrix"]["python"]
    assert project["requires-python"] == f">={versions[0]}"
    marks = [f"Programming Language :: Python :: {version}" for version in versions]
    assert [mark for mark in project["classifiers"] if re.search(r":: 3\.\d+$", mark)] == marks


def test_ci_run_is_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert script.read_text(encoding="utf-8").splitlines()[-1] == "exec make test"
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
