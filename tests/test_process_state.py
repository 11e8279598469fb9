"""No state belongs to the process, so that several runs in one process do not disturb each other.

What is kept while a run works is in its `Request`, or in an object that the run makes. Only the command line changes
the process: it handles signals, opens streams and turns warnings off.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from threading import Event, Lock, Thread

import pytest

from tests.support.run import ROOT

MODULES = {
    ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in (ROOT / "lint", ROOT / "rules")
    for path in sorted(folder.rglob("*.py"))
}

CHANGES = {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove"}
CHANGES |= {"reverse", "setdefault", "sort", "update"}
"""The methods that change a container."""

OF_PROCESS = re.compile(
    r"os\.(chdir|fchdir|umask|putenv|unsetenv|environ)\b|signal\.signal\b|sys\.set\w+|gc\.\w+|locale\.\w+"
    r"|socket\.setdefault\w+|warnings\.(simplefilter|filterwarnings)\b|logging\.\w*[gG]et\w*|sys\.(path|modules|std\w+)\b"
)
"""What of the standard library belongs to the process, where a call or an assignment can change it."""

CHANGERS = {
    "cmlint.__main__": "the command line: signals, closed streams, warnings, garbage",
    "cmlint.cli.complete": "the command of kubectl for completion, which ends with the answer",
    "cmlint.cli.rule": "the options of the pager that shows the page of a rule, which is all that the command does",
    "cmlint.server.project": "the process of the server: what a project holds is not searched for garbage again",
    "cmlint.server.protocol": "the process of the server: its log, how often it collects garbage and changes threads",
    "cmlint.server.session": "the log of the server",
    "cmlint.patterns": "inside `warnings.catch_warnings`, which takes it back",
    "cmlint.fixes.proof": "inside `warnings.catch_warnings`, which takes it back",
    "cmlint.sources.cluster.connect": "reads what the Kubernetes client logs while it reads a kubeconfig, then stops",
}
"""The modules that change the process, and why."""


@cache
def tree_of(module: str) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def assigned(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    """The names that a module and its classes assign a value: `NAME` and `Class.NAME`."""
    for each in body:
        if isinstance(each, ast.ClassDef):
            yield from assigned(each.body, f"{each.name}.")
        elif isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            yield from (
                prefix + name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
            )
        elif isinstance(each, ast.If | ast.Try):
            yield from assigned([*each.body, *each.orelse], prefix)


def changed(function: ast.AST) -> Iterator[tuple[int, str]]:
    """What a function changes, as it is written, and where: an object, or an item or attribute of it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            yield node.lineno, ast.unparse(node.func.value)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.lineno, ast.unparse(node.value)
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.AugAssign):
            yield node.lineno, ast.unparse(node.target)


def state_in(tree: ast.Module) -> list[str]:
    """The places at which functions of a module change what the module or one of its classes holds."""
    names = set(assigned(tree.body))
    names |= {f"cls.{name.partition('.')[2]}" for name in names if "." in name}
    classes = {each.name for each in tree.body if isinstance(each, ast.ClassDef)}
    found = [f"{node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)]
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            found += [
                f"{line}: {what}"
                for line, what in changed(function)
                if what in names or what == "cls" or what in classes
            ]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_no_function_changes_what_a_module_or_a_class_holds(module: str) -> None:
    assert state_in(tree_of(module)) == []


@pytest.mark.parametrize(
    "text",
    [
        "X = 1\ndef f():\n    global X\n    X = 2",
        "X = set()\ndef f():\n    X.add(1)",
        "X: dict[str, int] = {}\ndef f():\n    X['a'] = 1",
        "if True:\n    X = []\ndef f():\n    del X[0]",
        "X = make()\ndef f():\n    X.doing = 1",
        "class C:\n    x = []\n    def f(self):\n        C.x.append(1)",
        "class C:\n    x = 0\n    @classmethod\n    def f(cls):\n        cls.x += 1",
        "class C:\n    x = 0\n    def f(self):\n        C.x = 1",
    ],
)
def test_each_way_to_change_it_is_found(text: str) -> None:
    assert state_in(ast.parse(text))


@pytest.mark.parametrize("module", MODULES)
def test_no_module_holds_an_object_that_changes_by_itself(module: str) -> None:
    """A lock, a queue or a thread is shared by all runs; and so is an empty container, which would be pointless."""
    held = vars(importlib.import_module(module))
    own = [(name, value) for name, value in held.items() if not name.startswith("__")]
    for _, kind in [each for each in own if isinstance(each[1], type) and each[1].__module__ == module]:
        own += [(f"{kind.__name__}.{name}", value) for name, value in vars(kind).items() if not name.startswith("__")]
    kinds = (type(Lock()), Event, Thread, deque)
    assert [name for name, value in own if isinstance(value, kinds)] == []
    empty = [name for name, value in own if isinstance(value, dict | list | set) and not value]
    assert [name for name in empty if not name.endswith("._field_defaults")] == [], "of a NamedTuple, which is constant"


PURE = {
    "cmlint.sources.code.forms.compiled": "compiles a pattern",
    "cmlint.pipeline.read.folders": "is made anew for each run, and its answer is kept as long as that",
    "cmlint.adopt.revisions.changed": "is made anew for each run, and its answer is kept as long as that",
    "cmlint.bundle.proofs.file_kind": "compares a path with patterns",
    "cmlint.bundle.proofs.fits": "compares patterns with names",
    "cmlint.bundle.proofs.names_of": "takes a name apart",
    "cmlint.sources.cluster.lists.decoder_of": "makes a decoder of a type",
    "cmlint.sources.cluster.objects.keys_in": "decodes bytes",
}
"""The functions in rooms that may read files, or with types as arguments, that read none and change nothing."""


def memos() -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions whose answers are kept for the whole process."""
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.FunctionDef) and any(
                re.search(r"\bcache\b|lru_cache", ast.unparse(each)) for each in node.decorator_list
            ):
                yield module, node


def test_answers_that_are_kept_are_those_of_pure_functions() -> None:
    """They depend on their arguments alone, which are texts, numbers and types, in rooms that need no file for it."""
    found = list(memos())
    assert found
    for module, function in found:
        where = f"{module}.{function.name}"
        assert module.split(".")[1] in {"config", "kube", "knowledge", "manifest", "model"} or where in PURE, where
        kinds = {ast.unparse(each.annotation) for each in function.args.args if each.annotation}
        assert kinds <= {"str", "int", "bytes", "tuple[str, ...]", "type[msgspec.Struct]"} or where in PURE, where


@pytest.mark.parametrize("module", MODULES)
def test_only_the_command_line_changes_the_process(module: str) -> None:
    tree = tree_of(module)
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls = [each for each in calls if not re.match(r"os\.environ\.(get|items)|sys\.std|sys\.(path|modules)\b", each)]
    stored = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
    ]
    found = [each for each in (*calls, *stored) if OF_PROCESS.match(each)]
    assert (found != []) == (module in CHANGERS), found


def test_no_changer_is_gone() -> None:
    assert CHANGERS.keys() <= MODULES.keys()
