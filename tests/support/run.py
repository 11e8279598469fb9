"""Runs cmlint in a folder, as its command does."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material, Neighbours
from cmlint.config.config import Config
from cmlint.config.files import named
from cmlint.config.layers import Configurations, Layers, find, load
from cmlint.config.selection import select, settings_of
from cmlint.engine.engine import Engine
from cmlint.engine.registry import load_rules
from cmlint.engine.rules import Rule
from cmlint.engine.suppress import Suppressions
from cmlint.manifest.documents import read_text
from cmlint.model.outcome import Outcome
from cmlint.pipeline.check import check
from cmlint.pipeline.read import ways_of
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.request import Request
from cmlint.system.files import root_of
from cmlint.system.filesystem import FileSystem
from cmlint.texts import Texts

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
CONFIG = ".cmlint.yaml"

REAL = sorted(filter(Path.is_dir, Path(os.environ["CMLINT_CORPUS"]).iterdir())) if "CMLINT_CORPUS" in os.environ else []
"""Real repositories, where a folder with some is named."""


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


def loaded(path: str | None = None) -> Config:
    """The repository's configuration alone: the one at a path, or the nearest one."""
    disk = FileSystem()
    found = Configurations(named(disk, path, [root_of(".")])) if path else find(disk, ["."], [])
    return layers_of(found).config


def layers_of(found: Configurations) -> Layers:
    """The repository's configurations alone."""
    return load(None, found, Layers({}, rules()))


def config_here() -> Config:
    """The configuration of the working directory, and of no folder above it."""
    return loaded(CONFIG) if Path(CONFIG).exists() else Config()


def run(folder: Path, *paths: str, config: Config | None = None) -> Result:
    """What cmlint finds in a folder, or in some paths of it, with this configuration or none."""
    with inside(folder):
        return check(Request(paths=paths or (".",), config=config or Config(), rules=dict(rules())))


def lint(folder: Path, *paths: str, config: Config | None = None) -> Result:
    """The same with the configuration in the folder; whatever cannot be read fails the test."""
    with inside(folder):
        result = run(Path(), *paths, config=config or config_here())
    assert not [problem for problem in result.problems if problem.fatal]
    return result


def lint_texts(files: Mapping[str, str], config: Config) -> Outcome:
    """What cmlint finds in texts that reach the cluster together, without touching a disk."""
    material = Material(files=[(path, read_text(text)) for path, text in files.items()])
    bundle = Bundle(material, Neighbours(ways=ways_of(Request(config=config))))
    selected, chosen = select(dict(rules()), config)
    engine = Engine(selected, settings_of(config), Texts(files.__getitem__), chosen)
    return engine.run([bundle], Suppressions({}, rules()))


def concise(result: Result) -> list[str]:
    """The findings, one line each."""
    return formatter("concise")(result, View(quiet=True)).splitlines()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes texts to a folder, exactly as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def failures(result: Result) -> list[str]:
    """What is not built: for each finding its place, its cause and its message."""
    found = [finding for finding in result.outcome.findings if finding.rule == "not-built"]
    return [f"{f.location.path}:{f.location.start.line}: {f.cause}: {f.message}" for f in found]


def told(folder: Path, config: Config | None = None) -> list[str]:
    """What is warned of in a folder, and what is not built there, one line each; fails where anything else is found."""
    result = run(folder, config=config)
    assert not any(problem.fatal for problem in result.problems)
    assert {finding.rule for finding in result.outcome.findings} <= {"not-built"}
    failed = [(failure.path, failure.words) for bundle in result.bundles for failure in bundle.failures]
    warned = [(problem.path, problem.message) for problem in result.problems]
    return [f"{path}: {message}" for path, message in (*warned, *failed)]
