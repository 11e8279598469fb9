"""Which mutants there are: those that Cosmic Ray makes, without the ones that cannot change what a test sees."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.code import compiled
from tests.support.run import ROOT

ROOMS = ("lint/cmlint/bundle", "lint/cmlint/knowledge")
MODULES = (
    "lint/cmlint/sources/kustomize/places.py",
    "lint/cmlint/sources/kustomize/origins.py",
    "lint/cmlint/sources/kustomize/writers.py",
)
"""What is mutated, besides everything in the rooms."""

SAME_ANSWER = re.compile(r"Operator_(Eq_Is|NotEq_IsNot|Is_Eq|IsNot_NotEq)\Z")
"""Operators that change nothing where values are None or short texts, of which Python holds one copy."""

ORDER = re.compile(r"Operator_(Eq|NotEq)_(Lt|LtE|Gt|GtE)\Z")
"""Operators that compare an order where equality was meant: the texts that name something have none."""

FAMILY = re.compile(r"core/(Replace\w+Operator|\w+)")


class Mutant(NamedTuple):
    """One change of one file: where it is, the operator of Cosmic Ray, and the number of the place in the file."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int

    def mutated(self, text: str) -> str | None:
        """The text of the file with the change made."""
        found: str | None = mutate_code(text, get_operator(self.operator)(), self.occurrence)
        return found


class Change(NamedTuple):
    """What a mutant does, as people read it: a line before and after."""

    path: str
    line: int
    before: str
    after: str

    @property
    def key(self) -> str:
        """What says which mutant this is wherever the line moves to."""
        return f"{self.path}: `{self.before}` -> `{self.after}`"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: `{self.before}` -> `{self.after}`"


def change_of(mutant: Mutant, text: str, mutated: str) -> Change:
    """The line of a mutant before and after; a line that is left out is empty afterwards."""
    before, after = text.split("\n"), mutated.split("\n")
    new = after[mutant.line - 1].strip() if len(after) == len(before) else ""
    return Change(mutant.path, mutant.line, before[mutant.line - 1].strip(), new)


def modules() -> list[str]:
    """The files that are mutated, by their paths in the repository."""
    inside = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted([*(path.relative_to(ROOT).as_posix() for path in inside), *MODULES])


def sample(count: int, seed: int) -> list[Mutant]:
    """Some of all mutants, the same ones for the same seed: of each place and family of operators at most one."""
    chooser = random.Random(seed)
    places: dict[tuple[str, int, int, str], list[Mutant]] = {}
    for path in modules():
        for mutant in mutants(path):
            family = FAMILY.match(mutant.operator)
            assert family
            places.setdefault((path, mutant.line, mutant.column, family[1]), []).append(mutant)
    found = [chooser.choice(each) for each in places.values()]
    chooser.shuffle(found)
    return list(islice(filter(compiles, found), count))


def compiles(mutant: Mutant) -> bool:
    """Whether a mutant is Python; Cosmic Ray takes the star of keyword-only parameters for a product."""
    mutated = mutant.mutated((ROOT / mutant.path).read_text(encoding="utf-8"))
    try:
        compiled(mutated or "", mutant.path)
    except SyntaxError:
        return False
    return mutated is not None


def mutants(path: str) -> Iterator[Mutant]:
    """All mutants of a file that may change what it does."""
    text = (ROOT / path).read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(text)))
    inert, named = inert_parts(text), comparisons_of_texts(text)
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments() or SAME_ANSWER.search(name):
            continue
        places = (place for node in nodes for place in operator().mutation_positions(node))
        for occurrence, ((line, column), _) in enumerate(places):
            left_out = (*inert, *named) if ORDER.search(name) else inert
            if not any(begin <= (line, column) < end for begin, end in left_out):
                yield Mutant(path, line, column, name, occurrence)


CACHE = re.compile(r"(lru_)?cache\b")

Stretch = tuple[tuple[int, int], tuple[int, int]]


def comparisons_of_texts(text: str) -> list[Stretch]:
    """The comparisons with a text that is written there."""
    compared = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare))
    return [
        stretch(node)
        for node in compared
        if any(
            isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, *node.comparators)
        )
    ]


def inert_parts(text: str) -> list[Stretch]:
    """The parts of a file that no test can see, or that are rows of a table.

    Annotations are texts for type checkers (`from __future__ import annotations`), which also see where something
    frozen is changed. A cache changes no answer. Rows at the top of a module are data with their sources; a wrong row
    is a wrong fact, which the tests of the table hold against those sources.
    """
    found: list[Stretch] = []
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            found += [stretch(a.annotation) for a in (*arguments, node.args.vararg) if a and a.annotation]
            found += [stretch(node.returns)] if node.returns else []
            found += [decorator(each) for each in node.decorator_list if CACHE.match(ast.unparse(each))]
        elif isinstance(node, ast.ClassDef):
            found += [stretch(each.value) for each in node.keywords if each.arg == "frozen"]
        elif isinstance(node, ast.AnnAssign):
            found.append(stretch(node.annotation))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found.append(stretch(node))
    tables = (node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value)
    return found + [stretch(value) for value in tables if not isinstance(value, ast.Constant)]


def decorator(node: ast.expr) -> Stretch:
    """Where a decorator begins, with its `@`, and ends."""
    (line, column), end = stretch(node)
    return (line, column - len("@")), end


def stretch(node: ast.expr | ast.stmt) -> Stretch:
    """Where a node begins and ends."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
