"""`make new-rule` gives a rule that fails until it is filled in, and fails alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.run import ROOT

COPIED = ("lint", "rules", "tests", "scripts", "docs", "fixtures", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", "truth", "projects")
TESTS = "tests/test_pages.py"
MODULE = "rules/cmlint_rules/images/bad_thing.py"
PAGE = "rules/cmlint_rules/images/bad_thing.md"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a rule is made of and tested with."""
    folder = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / name, folder)
    (folder / "fixtures" / "projects").mkdir()
    return folder


def python(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in a copy, with the copy's own packages."""
    environment = {"PYTHONPATH": f"{tree / 'lint'}:{tree / 'rules'}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=tree, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def failures(tree: Path, tests: Iterable[str] = ()) -> set[str]:
    """The names of the tests of pages that fail, of all or of some."""
    chosen = [f"{TESTS}::{name}" for name in tests] or [TESTS]
    done = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(re.findall(rf"^FAILED {re.escape(TESTS)}::(.+?)(?: - .*)?$", done.stdout, re.MULTILINE))


def test_new_rule_fails_alone_until_it_is_filled_in(tree: Path) -> None:
    done = python(tree, "scripts/new_rule.py", "images/bad-thing")
    assert done.stdout.splitlines()[:2] == [MODULE, PAGE]
    failed = failures(tree)
    assert failed == {
        "test_section_finds_what_it_says[bad-thing-Example]",
        "test_nothing_is_left_to_do[bad_thing]",
        "test_index_of_rules_is_fresh",
    }
    for name in (MODULE, PAGE):
        text = (tree / name).read_text(encoding="utf-8")
        text = text.replace('== "TODO"', '!= "TODO"').replace("TODO: the whole message", "TODO: the fact")
        text = text.replace("app:1.0.0\n```\n\n## Kub", "TODO\n```\n\n## Kub").replace("example.com/TODO", "TODO")
        (tree / name).write_text(text.replace("TODO", "DONE"), encoding="utf-8")
    updated = python(tree, "-m", "tests.support.update")
    assert updated.returncode == 0, updated.stderr
    assert failures(tree, failed) == set()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (
            "bad-thing",
            "`bad-thing` must begin with a family: "
            "cluster, configmaps, environment, images, reading, references, rollout",
        ),
        ("images/bad", "`bad` must name the problem in kebab-case, like `missing-key`"),
        ("images/no-bad-thing", "`no-bad-thing` must name the problem in kebab-case, like `missing-key`"),
        ("images/missing-key", "there is a rule `missing-key` already"),
    ],
)
def test_new_rule_refuses_a_wrong_name(tree: Path, name: str, why: str) -> None:
    done = python(tree, "scripts/new_rule.py", name)
    help_line = "help: make new-rule NAME=references/bad-thing"
    assert (done.stdout, done.stderr, done.returncode) == ("", f"new_rule: error: {why}\n{help_line}\n", 2)
