"""What makes a command pleasant: it says what takes long, it fits a terminal, and it takes any line end."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from cmlint.cli import COMMANDS
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import ROOT, rules, write
from tests.support.terminal import on_terminal

POD = pod("env:", "  - {name: A, value: 1}")
LINE = re.compile(r"\r\x1b\[Kcmlint: ([a-z ]+) \.\.\. \d+ s")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A kustomization, and a kustomize that takes its time."""
    kubectl = shutil.which("kubectl") or Path(sys.executable).with_name("kubectl")
    program = f'#!/bin/sh\nsleep 3\nshift\nexec "{kubectl}" kustomize "$@"\n'
    write(tmp_path, {"app/kustomization.yaml": "resources: [pod.yaml]\n", "app/pod.yaml": POD, "kustomize": program})
    (tmp_path / "kustomize").chmod(0o755)
    return tmp_path


def test_what_takes_long_is_told_and_taken_away_again(slow: Path) -> None:
    shown = on_terminal(slow, "check", "app", "--kustomize", str(slow / "kustomize"))
    assert "building kustomizations" in LINE.findall(shown)
    before, _, after = shown.rpartition("\r\x1b[K")
    assert LINE.sub("", before) == ""
    assert after.startswith("\x1b[1;31merror[")
    assert not LINE.search(after)


def test_nothing_is_told_where_nobody_looks(slow: Path) -> None:
    done = cmlint(slow, "check", "app", "--kustomize", str(slow / "kustomize"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "..." not in on_terminal(slow, "check", "app", "--kustomize", str(slow / "kustomize"), TERM="dumb")


def test_python_runs_the_package(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD})
    words = ("-m", "cmlint", "check", "--format", "concise", "--quiet")
    done = cmlint(tmp_path, *words, command=Path(sys.executable))
    assert done.returncode == 1
    assert done.stdout == "a.yaml:9:28: error[non-string-env] the value of `A` must be a string, but it is a number\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_frames_are_the_same_with_any_line_end(tmp_path: Path, end: str) -> None:
    write(tmp_path, {"a.yaml": POD.replace("\n", end)})
    shown = cmlint(tmp_path, "check", "--quiet").stdout
    assert shown.split("\n")[1:5] == [
        " --> a.yaml:9:28",
        "  |",
        "9 |         - {name: A, value: 1}",
        "  |                            ^",
    ]
    assert "\r" not in shown


@pytest.mark.parametrize("name", sorted(rules()))
def test_a_page_fits_a_terminal(tmp_path: Path, name: str) -> None:
    lines = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", on_terminal(tmp_path, "rule", name)).split("\n")
    assert name in lines[0] + lines[1]
    assert max(map(len, lines)) <= 80


def test_a_page_that_is_longer_than_the_terminal_is_shown_in_a_pager(tmp_path: Path) -> None:
    shown = on_terminal(tmp_path, "rule", "missing-key", PAGER="sed s/^/paged:/").splitlines()
    assert shown[0].startswith("paged:")
    assert all(line.startswith("paged:") for line in shown)
    assert "paged:" not in on_terminal(tmp_path, "--version", PAGER="sed s/^/paged:/")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_reads_like_a_manual(tmp_path: Path, command: str) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(tmp_path, command, "--help"))
    assert max(map(len, shown.split("\n"))) <= 80
    assert not re.search("bool|list\\[", shown)
    assert ("Exit status:" in shown) == (command in ("check", "impact"))
    assert " Examples:\n" in shown


def test_the_page_about_versions_names_every_kind_of_change() -> None:
    page = (ROOT / "docs" / "versioning.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == ["Patch", "Minor", "Major", "Upgrading"]
