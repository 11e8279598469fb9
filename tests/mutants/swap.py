"""Puts a mutant into code that is already imported: the functions that it changes get their new code."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FunctionType
from typing import TypeVar

from tests.mutants.code import compiled

T = TypeVar("T")

SHAPE = ("co_code", "co_names", "co_varnames", "co_cellvars", "co_freevars", "co_argcount", "co_kwonlyargcount")


def swap(path: Path, mutated: str) -> bool:
    """Changes the functions of a module to those of a mutated text; False if it also changes what runs on import."""
    pairs = changed(compiled(path.read_text(encoding="utf-8"), str(path)), compiled(mutated, str(path)))
    if pairs is None:
        return False
    functions = living(path)
    if not all(identity(old) in functions and len(old.co_freevars) == len(new.co_freevars) for old, new in pairs):
        return False
    for before, after in pairs:
        for function in functions[identity(before)]:
            function.__code__ = after
    forget()
    return True


def changed(old: CodeType, new: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """The outermost functions that differ, before and after; None if the code that makes them differs itself."""
    inner, others = parts(old), parts(new)
    if not alike(old, new) or len(inner) != len(others):
        return None
    found: list[tuple[CodeType, CodeType]] = []
    for before, after in zip(inner, others, strict=True):
        if same(before, after):
            continue
        function = before.co_flags & CO_OPTIMIZED
        below = [(before, after)] if function else changed(before, after)
        if below is None:
            return None
        found += below
    return found


def parts(code: CodeType) -> list[CodeType]:
    """The code of the functions and classes that a code makes."""
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def alike(old: CodeType, new: CodeType) -> bool:
    """Whether two codes do the same, apart from the functions that they make."""
    mine, others = constants(old), constants(new)
    return mine == others and all(getattr(old, name) == getattr(new, name) for name in SHAPE)


def constants(code: CodeType) -> list[tuple[str, object]]:
    """The constants of a code with their types: True is not 1."""
    return [(type(each).__name__, repr(each)) for each in code.co_consts if not isinstance(each, CodeType)]


def same(old: CodeType, new: CodeType) -> bool:
    """Whether two codes do the same with all that is inside."""
    inner, others = parts(old), parts(new)
    return alike(old, new) and len(inner) == len(others) and all(map(same, inner, others))


def identity(code: CodeType) -> tuple[str, int, bytes]:
    """What tells the codes of a module apart: the lines and columns."""
    return code.co_name, code.co_firstlineno, code.co_linetable


def living(path: Path) -> dict[tuple[str, int, bytes], list[FunctionType]]:
    """The functions of a module that exist, by what tells them apart."""
    found: dict[tuple[str, int, bytes], list[FunctionType]] = {}
    for each in objects(FunctionType):
        if each.__code__.co_filename == str(path):
            found.setdefault(identity(each.__code__), []).append(each)
    return found


def forget() -> None:
    """Empties all caches of functions, which know answers of the code before."""
    for each in objects(functools._lru_cache_wrapper):
        if str(each.__module__).partition(".")[0] in ("cmlint", "cmlint_rules", "tests"):
            each.cache_clear()


def objects(kind: type[T]) -> Iterator[T]:
    """All objects of a type."""
    return (each for each in gc.get_objects() if type(each) is kind)
