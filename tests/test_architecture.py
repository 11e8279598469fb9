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


def test_no_room_imports_itself_in_a_circle() -> None:
    TopologicalSorter({room: ROOMS[room].imports.split() for room in ROOMS}).prepare()


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


OPENERS = {
    "cmlint.__main__": "the streams that a caller has closed",
    "cmlint.cache.folder": "reads and writes the cache, whose folder is its own",
    "cmlint.cli.terminal": "writes a report to a pipe or a device",
    "cmlint.server.protocol": "the stream to the client, before standard output becomes standard error",
    "cmlint.sources.helm.chart_files": "unpacks archives of charts in memory",
    "cmlint.sources.helm.dependencies": "copies charts, to a folder of its own",
    "cmlint.sources.helm.render": "writes the values that GitOps gives, to a folder of its own",
    "cmlint.sources.kustomize.build": "writes kustomizations, to a folder of its own",
    "cmlint.sources.workers": "reads the answers of its processes from a pipe",
}
"""The modules outside of `system/` that open something by themselves, and what that is."""

OPENING = {"open", "fdopen", "read", "read_text", "read_bytes", "copyfile", "copytree", "copy2"}


def opens(module: str) -> bool:
    """Whether a module calls what opens a file: `open`, `os.open`, `os.read`, `io.open`, `Path.read_text` and so on."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id == "open":
                return True
            if isinstance(called, ast.Attribute) and called.attr in OPENING and is_of_the_library(node, called):
                return True
    return False


def is_of_the_library(node: ast.Call, called: ast.Attribute) -> bool:
    """Whether a method is one of `os`, `io`, `shutil` or of a path, and not one of ours of the same name."""
    library = isinstance(called.value, ast.Name) and called.value.id in ("os", "io", "shutil", "codecs", "tokenize")
    return library or called.attr in ("read_bytes", "open") or (called.attr == "read_text" and not node.args)


def test_one_module_opens_what_is_read() -> None:
    openers = {module for module in MODULES if not module.startswith("cmlint.system") and opens(module)}
    assert openers == OPENERS.keys()


LOOKERS = {
    "cmlint.sources.cluster.connect": "the kubeconfig",
    "cmlint.sources.context": "the user's home",
    "cmlint.sources.files": "standard input",
    "cmlint.sources.snapshot": "a snapshot, which the command line names",
}
"""The modules of `sources/` that ask the machine itself about files, and about which."""

LOOKING = {"exists", "lexists", "isfile", "isdir", "islink", "ismount", "realpath", "samefile", "getsize", "getmtime"}
LOOKING |= {"stat", "lstat", "walk", "scandir", "listdir", "readlink", "glob", "iglob", "Path"}
ASKING = {"read", "read_input", "read_named", "real_path", "root_of", "state_of"}
"""What of the library, and of `cmlint.system.files`, looks at files."""


def looks(module: str) -> bool:
    """Whether a module asks the machine about files."""
    nodes = list(ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))))
    imports = [(node.module, alias) for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    askers = {alias.asname or alias.name for name, alias in imports if (name, alias.name) == ("cmlint.system", "files")}
    imported = {f"{name}.{alias.name}" for name, alias in imports}
    imported |= {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    wanted = {f"{place}.{name}" for place in ("os", "os.path", "glob", "pathlib") for name in LOOKING}
    wanted |= {f"{place}.{name}" for place in ("cmlint.system.files", *askers) for name in ASKING}
    return not wanted.isdisjoint(imported)


def test_what_is_checked_is_looked_at_through_the_file_system() -> None:
    lookers = {module for module in MODULES if module.startswith("cmlint.sources.") and looks(module)}
    assert lookers == LOOKERS.keys()
