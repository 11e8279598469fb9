"""Runs cmlint in a folder, as its command does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cmlint.check import Result, check
from cmlint.config import Config
from cmlint.registry import load_rules
from cmlint.report import render
from cmlint.report.view import View
from cmlint.rules import Rule

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"


@cache
def rules() -> Mapping[str, Rule]:
    """All rules, loaded once."""
    return load_rules()


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Works in a folder for a while, so that findings have paths relative to it."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def lint(folder: Path, *paths: str, config: Config | None = None) -> Result:
    """What cmlint finds in a folder, or in some paths of it; whatever cannot be read fails the test."""
    with inside(folder):
        result = check(paths or (".",), config or Config(), dict(rules()))
    assert not result.problems
    return result


def concise(result: Result) -> list[str]:
    """The findings, one line each."""
    return render("concise", result, View(quiet=True)).splitlines()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes texts to a folder, exactly as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
