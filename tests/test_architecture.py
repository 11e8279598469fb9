"""Dependencies point one way, as `docs/architecture.md` says."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.run import ROOT

ALLOWED = {
    "model": "",
    "kube": "",
    "errors": "",
    "progress": "",
    "atomic": "",
    "texts": "model",
    "knowledge": "kube model",
    "manifest": "knowledge kube model",
    "bundle": "knowledge kube model",
    "rules": "bundle kube model",
    "api": "bundle knowledge kube model rules",
    "registry": "kube rules",
    "suppress": "bundle model rules",
    "fingerprints": "model",
    "engine": "bundle fingerprints manifest model rules suppress texts",
    "cache": "errors model",
    "sources": "cache errors kube manifest model",
    "config": "errors kube manifest registry rules sources",
    "result": "bundle model sources texts",
    "runs": "cache model result sources texts",
    "given": "bundle manifest model sources",
    "selection": "config kube registry rules",
    "check": "bundle cache config engine given knowledge manifest model progress result rules selection sources "
    "suppress texts",
    "live": "bundle knowledge config engine kube model result rules selection sources suppress texts",
    "adopt": "cache check config engine errors fingerprints fixes manifest model result rules sources texts",
    "fixes": "atomic check engine manifest model result sources",
    "report": "bundle check engine fixes kube model registry result rules sources texts",
    "cli": "adopt atomic bundle cache check config errors fixes kube live manifest model progress registry report "
    "result rules runs selection sources suppress texts",
    "__main__": "cli errors",
}
"""What each room of `lint/cmlint` may import from the others."""


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


@pytest.mark.parametrize("module", [module for module in LINT if room_of(module)])
def test_room_imports_only_rooms_below_it(module: str) -> None:
    room = room_of(module)
    rooms = {room_of(name) for name in imports_of(module) if name.startswith("cmlint.")}
    assert rooms <= {room, *ALLOWED[room].split()}


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
