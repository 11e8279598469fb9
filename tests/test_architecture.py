"""Dependencies point one way, as `docs/architecture.md` says."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.rooms import PAGE, ROOMS, render
from tests.support.run import ROOT


def modules_of(folder: Path) -> dict[str, Path]:
    """The modules of an import package below a folder, by their dotted names."""
    paths = (path for path in folder.rglob("*.py"))
    return {".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


LINT, RULES = modules_of(ROOT / "lint"), modules_of(ROOT / "rules")
MODULES = LINT | RULES


def imports_of(module: str) -> Iterator[str]:
    """The modules that a module imports anywhere in it, for type checkers only included; ours by their full names."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{module}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in names)


def room_of(module: str) -> str:
    """The room of `lint/cmlint` that a module is in; the package itself belongs to none."""
    return [*module.split("."), ""][1]


@pytest.mark.parametrize("room", {room_of(module): None for module in LINT if room_of(module)})
def test_a_room_imports_the_rooms_that_it_says(room: str) -> None:
    modules = [module for module in LINT if room_of(module) == room]
    rooms = {room_of(name) for module in modules for name in imports_of(module) if name.startswith("cmlint.")}
    assert sorted(rooms - {room}) == sorted(ROOMS[room].imports.split())


def test_the_page_shows_the_rooms() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("module", RULES)
def test_rule_imports_only_the_api_and_what_families_share(module: str) -> None:
    shared = {name for name in RULES if name.count(".") == 1}
    others = {name for name in imports_of(module) if name.partition(".")[0] not in sys.stdlib_module_names}
    assert others <= {"cmlint.api", *shared}


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {module: [name for name in imports_of(module) if name in MODULES] for module in MODULES}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("folder", ["lint", "rules"])
def test_no_module_lies_loose(folder: str) -> None:
    names = {"lint": "cmlint", "rules": "cmlint_rules"}
    assert [path.name for path in (ROOT / folder).iterdir() if path.name != "__pycache__"] == [names[folder]]
