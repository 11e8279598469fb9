"""What the documents name exists: paths, links, make targets, commands, options, modules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from cmlint.cli import COMMANDS
from cmlint.cli.parameters import Command
from cmlint.config.config import Config
from tests.support.rooms import ROOMS
from tests.support.run import CONFIG, ROOT, loaded, write

NAMES = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
DOCUMENTS = [*(ROOT / name for name in NAMES), *sorted((ROOT / "docs").rglob("*.md"))]
TOPS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in {".git", ".venv"}}
ALWAYS = {"--help", "--version", "--install-completion", "--show-completion"}

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
PACKAGES = ("cmlint", "cmlint_rules", "tests")
FILES = r"(?:py|yaml|yml|md|json|txt|html|css|js|sarif|xml)\b"
DOTTED = re.compile(rf"(?<![\w./-])((?:{'|'.join((*PACKAGES, *ROOMS))})(?:\.(?!{FILES})[A-Za-z_]\w*)+)(?![\w/-])")
"""A name in a package or room of ours, and no name of a file."""

ENTRY_POINTS = "cmlint.rules"
"""The group of entry points by which rules are found."""

MODULES = sorted((ROOT / "lint").rglob("*.py"))


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def document(request: pytest.FixtureRequest) -> Path:
    """Each document for people."""
    path: Path = request.param
    return path


def code_of(document: Path) -> list[str]:
    """Everything a document shows as code: its inline pieces, and the lines of its shell blocks."""
    text = document.read_text(encoding="utf-8")
    lines = [
        line.partition("  #")[0]
        for kind, block in FENCE.findall(text)
        if kind != "output"
        for line in block.splitlines()
    ]
    return [piece.strip().removeprefix("$ ") for piece in [*CODE.findall(FENCE.sub("", text)), *lines]]


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


THEIRS = (
    ".github/workflows/cmlint.yml",
    ".github/workflows/impact.yml",
    ".github/workflows/gke.yml",
    ".github/workflows/k8s-deploy.yml",
    "ci/*-values.yaml",
)
"""Paths that repositories have which use cmlint."""

OF_OTHERS = ("--compare", "--damage", "--filter", "--framework", "--set")
"""Options of `bench/`, of git, of checkov and of helm."""


def flags_of(command: str) -> set[str]:
    """The options of a command."""
    found: Command = import_module(f"cmlint.cli.{command}").COMMAND
    return {flag for parameter in found.parameters for flag in parameter.flags}


def test_links_lead_somewhere(document: Path) -> None:
    links = LINK.findall(re.sub(r"(?ms)^```.*?^```$", "", document.read_text(encoding="utf-8")))
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_paths_exist(document: Path) -> None:
    paths = [
        piece for piece in code_of(document) if piece.partition("/")[0] in TOPS and " " not in piece and "/" in piece
    ]
    assert [path for path in paths if not exists(path) and path not in THEIRS] == []


def exists(path: str) -> bool:
    """Whether a path of the repository exists; `<name>` and `*` stand for anything."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return (ROOT / pattern).exists() or any(ROOT.glob(pattern))


def test_python_files_exist(document: Path) -> None:
    names = [piece for piece in code_of(document) if re.fullmatch(r"(\w+/)*\w+\.py", piece)]
    below = (name for name in names if not (ROOT / name).exists())
    assert [name for name in below if not any(any((ROOT / top).rglob(name)) for top in TOPS)] == []


def strange_names(text: str) -> list[str]:
    """The dotted names in a text that begin with a package or room of ours and do not exist."""
    found = [match[1] for match in DOTTED.finditer(text)]
    named = (name for name in found if name != ENTRY_POINTS)
    return [name for name in named if not is_importable(name if name.startswith(PACKAGES) else f"cmlint.{name}")]


def test_modules_and_their_names_exist(document: Path) -> None:
    assert strange_names(document.read_text(encoding="utf-8")) == []


def test_modules_and_names_in_docstrings_exist() -> None:
    for path in MODULES:
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        alone = (node.value for node in nodes if isinstance(node, ast.Expr))
        texts = (node.value for node in alone if isinstance(node, ast.Constant) and isinstance(node.value, str))
        assert strange_names("\n".join(texts)) == [], path


@pytest.mark.parametrize("name", ["bundle.resolver", "cmlint.bundle.resolve.it", "tests.support.runs", "cli.chek"])
def test_names_that_do_not_exist_are_found(name: str) -> None:
    assert strange_names(f"It is in `{name}`, beside {name}.") == [name, name]


def test_names_that_exist_are_not_found() -> None:
    text = "`bundle.resolve`, cmlint.bundle.resolve.Resolution, bundle.md, cmlint.sarif, lint/cmlint/cli.x, a.cli.x"
    assert strange_names(text) == []


def is_importable(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, attributes = name, list[str]()
    while "." in module:
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            attributes.append(last)
        else:
            return all(hasattr(found, attribute) for attribute in attributes[-1:])
    return False


def test_make_targets_exist(document: Path) -> None:
    called = {word for piece in code_of(document) if piece.startswith("make ") for word in piece.split()[1:2]}
    assert called <= targets()


def command_lines(document: Path) -> Iterator[list[str]]:
    """The words of every line that runs cmlint."""
    for piece in code_of(document):
        for part in re.split(r"[|;&]+", piece):
            words = part.split()
            if words[:2] == ["kubectl", "cmlint"]:
                words = words[1:]
            if words[:1] == ["cmlint"] and len(words) > 1:
                yield words[1:]


def test_commands_and_their_options_exist(document: Path) -> None:
    for words in command_lines(document):
        command, used = words[0], {word.partition("=")[0] for word in words if OPTION.match(word)}
        assert command in {*COMMANDS, *ALWAYS}, words
        if command in COMMANDS:
            assert used <= flags_of(command) | ALWAYS, words


def test_options_on_their_own_exist(document: Path) -> None:
    known = ALWAYS.union(OF_OTHERS, *map(flags_of, COMMANDS))
    named = {piece.split()[0].partition("=")[0] for piece in code_of(document) if re.match("--[a-z]", piece)}
    assert named <= known


def test_settings_in_the_documents_are_valid(tmp_path: Path) -> None:
    fields = {name.replace("_", "-") for name in Config.__struct_fields__}
    texts = (document.read_text(encoding="utf-8") for document in DOCUMENTS)
    blocks = [block for text in texts for kind, block in FENCE.findall(text) if kind == "yaml"]
    settings = [block for block in blocks if block.partition(":")[0] in fields]
    assert settings
    for block in settings:
        here = re.sub(r"(?m)^extends:\n(?: .*\n)+", "", block)  # what the documents extend is nowhere
        write(tmp_path, {CONFIG: here})
        loaded(str(tmp_path / CONFIG))
