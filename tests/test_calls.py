"""What is passed by position is plain to read: no struct with many fields is, and no row of booleans."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest

from tests.test_architecture import LINT, MODULES, RULES

MOST = 5
"""So many fields a struct may have that is built by position, and so many values may be passed by position."""


def names_in(module: str, tree: ast.Module) -> dict[str, Any]:
    """What each name in a module means, also those that its functions import."""
    found = dict(vars(import_module(module)))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cmlint"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                own = (
                    import_module(whole) if whole in MODULES else vars(import_module(str(node.module))).get(alias.name)
                )
                found.setdefault(alias.asname or alias.name, own)
    return found


def meant(expression: ast.expr, names: Mapping[str, Any]) -> Any:
    """What a name, or an attribute of one, means; None where that is not known."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id)
    if isinstance(expression, ast.Attribute):
        return getattr(meant(expression.value, names), expression.attr, None)
    return None


def fields_of(thing: object) -> tuple[str, ...]:
    """The fields of a struct or named tuple, in the order of its parameters; none of anything else."""
    if not isinstance(thing, type):
        return ()
    found: tuple[str, ...] = getattr(thing, "__struct_fields__", ()) or getattr(thing, "_fields", ())
    return found


def calls_of(tree: ast.Module) -> Iterator[ast.Call]:
    """All calls in a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def long_calls(tree: ast.Module, names: Mapping[str, Any]) -> list[str]:
    """The structs with many fields that are built with more values by position than anybody can count."""
    built = ((call, meant(call.func, names)) for call in calls_of(tree) if len(call.args) > MOST)
    return [f"{call.lineno}: {thing.__name__}" for call, thing in built if len(fields_of(thing)) > MOST]


def rows_of_booleans(tree: ast.Module) -> list[str]:
    """The calls with two neighbouring booleans by position, and the functions that ask for them."""
    found = [
        f"{call.lineno}: {ast.unparse(call.func)}"
        for call in calls_of(tree)
        if neighbours([isinstance(each, ast.Constant) and isinstance(each.value, bool) for each in call.args])
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            asked = [*node.args.posonlyargs, *node.args.args]
            kinds = [ast.unparse(each.annotation) if each.annotation else "" for each in asked]
            if neighbours([kind in ("bool", "bool | None") for kind in kinds]):
                found.append(f"{node.lineno}: {node.name}")
    return found


def neighbours(flags: list[bool]) -> bool:
    """Whether two that stand side by side are true."""
    return any(one and other for one, other in pairwise(flags))


@pytest.mark.parametrize("module", LINT | RULES)
def test_structs_with_many_fields_are_built_by_keyword(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    assert long_calls(tree, names_in(module, tree)) == []


@pytest.mark.parametrize("module", LINT | RULES)
def test_no_booleans_are_passed_side_by_side(module: str) -> None:
    assert rows_of_booleans(ast.parse(MODULES[module].read_text(encoding="utf-8"))) == []


def test_both_are_found() -> None:
    names = names_in("cmlint.model.facts", ast.parse(""))
    assert long_calls(ast.parse("Document(1, 2, 3, 4, 5, 6)"), names) == ["1: Document"]
    assert long_calls(ast.parse("facts.Document(1, 2, 3, 4, 5, 6)"), {"facts": import_module("cmlint.model.facts")})
    assert not long_calls(ast.parse("Document(1, 2, 3, 4, 5, name=6); Span(1, 2); unknown(1, 2, 3, 4, 5, 6)"), names)
    assert rows_of_booleans(ast.parse("f(1, True, False)\ndef g(a: bool, b: bool) -> None: ...")) == ["1: f", "2: g"]
    assert not rows_of_booleans(ast.parse("f(True, 1, False, a=True)\ndef g(a: bool, *, b: bool) -> None: ..."))
