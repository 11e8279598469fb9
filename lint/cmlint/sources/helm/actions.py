"""What the actions of a template read of a chart's values, as far as the template itself shows it.

Go's templates are read by their words (`text/template/parse` in Go): blocks, the dot that `with` moves, and helpers
that are included with the same dot. What is in a variable or a loop is known only by the value that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from cmlint.model.facts import Span
from cmlint.sources.helm.template import without_comments

TEXT = r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`"
ACTION = re.compile(rf"\{{\{{-?((?:{TEXT}|[^\"`{{}}]){{0,400}})\}}\}}")
WORD = re.compile(rf"{TEXT}|(?:\$\w*)?(?:\.[A-Za-z_]\w*)+|\$\w*|\.|:=|[A-Za-z_]\w*|\S")
FIELDS = re.compile(r"\$?(?:\.[A-Za-z_]\w*)*\.?\Z")

DEEPEST = 100
"""How many blocks may be open in a template that is read to its end: each action looks at all of them."""

BLOCKS = ("if", "with", "range", "define", "block")

PRINTING = frozenset(
    (
        *("b64enc", "float64", "indent", "int", "int64", "lower", "nindent", "print", "printf", "println", "quote"),
        *("replace", "sha256sum", "squote", "title", "toJson", "toString", "toYaml", "tpl", "trim", "trimPrefix"),
        *("trimSuffix", "trunc", "upper"),
    )
)
"""The functions that print what they are given, also where it is nothing."""

Route = tuple[str, ...]

Condition = tuple[str | Route, ...]
"""The words of a condition, with routes in the place of paths."""


class Reading(NamedTuple):
    """A place that reads a value: its route below `.Values`, the path itself, and the action around it.

    A `plain` one prints the value whatever it is. `conditions` are those of the blocks around it, `helper` is the
    template that is defined there; empty outside of one.
    """

    route: Route
    span: Span
    action: Span
    plain: bool
    words: frozenset[str]
    conditions: tuple[Condition, ...]
    helper: str


class Call(NamedTuple):
    """A place that includes a helper with everything that it knows itself."""

    name: str
    action: Span
    helper: str


class Block(NamedTuple):
    """A block that is open: its condition, the route of its dot, None where it is not known, and its helper.

    A dot that is not known is a part of the value `inside`.
    """

    condition: Condition
    dot: Route | None
    helper: str
    inside: Route | None = None


ROOT: Route = ("",)
"""The route of what everything is in."""

UNKNOWN: Condition = ("unknown",)


class Actions:
    """What a template reads and includes, in order."""

    def __init__(self, text: str) -> None:
        self.readings: list[Reading] = []
        self.calls: list[Call] = []
        self.helpers: set[str] = set()
        self.variables: dict[str, Route | None] = {}
        blocks = [Block((), ROOT, "")]
        for found in ACTION.finditer(without_comments(text)):
            words = [(word[0], found.start(1) + word.start()) for word in WORD.finditer(found[1].removesuffix("-"))]
            self.take(words, Span(*found.span()), blocks)
            if len(blocks) > DEEPEST:
                break

    def take(self, words: list[tuple[str, int]], action: Span, blocks: list[Block]) -> None:
        """Takes one action; opens and ends blocks."""
        first = words[0][0] if words else ""
        here = blocks[-1]
        if first == "end":
            if len(blocks) > 1:
                blocks.pop()
            return
        if first == "else" and len(blocks) > 1:
            here = blocks[-2]._replace(helper=here.helper)
            blocks[-1] = Block(UNKNOWN, here.dot if len(words) == 1 else None, here.helper)
        condition = self.read(words, action, blocks, here)
        if first in BLOCKS:
            blocks.append(opened(first, words, condition, here))
            self.helpers.add(blocks[-1].helper)

    def read(self, words: list[tuple[str, int]], action: Span, blocks: Sequence[Block], here: Block) -> Condition:
        """Notes what an action reads and includes; gives its words."""
        said = tuple(word for word, _ in words)
        names = frozenset(word for word in said if word[0].isalpha() or word[0] == "_")
        plain = names <= PRINTING and not {":=", "="} & {*said}
        conditions = tuple(block.condition for block in blocks if block.condition)
        found: list[str | Route] = []
        for number, (word, start) in enumerate(words):
            route = route_of(word, here.dot)
            span = Span(start, start + len(word))
            behind = number and said[number - 1] in ("include", "template", "index")
            if behind and word[0] == '"' and (len(said) == number + 1 or is_all(said[number + 1], here.dot)):
                self.calls.append(Call(word[1:-1], action, here.helper))
            if route is None or (number and said[number - 1] == ")"):
                found.append(word)
                if inside := self.variables.get(word.partition(".")[0]) if word[0] == "$" else here.inside:
                    self.readings.append(
                        Reading(
                            route=inside,
                            span=span,
                            action=action,
                            plain=False,
                            words=names,
                            conditions=conditions,
                            helper=here.helper,
                        )
                    )
                continue
            if behind and said[number - 1] == "index":
                route = (*route, *(text[1:-1] for text in takewhile(lambda text: text[0] == '"', said[number + 1 :])))
            found.append(route)
            if is_value(route):
                self.readings.append(
                    Reading(
                        route=route[2:],
                        span=span,
                        action=action,
                        plain=plain,
                        words=names,
                        conditions=conditions,
                        helper=here.helper,
                    )
                )
        if ":=" in said:
            self.variables |= dict.fromkeys(said[: said.index(":=")], first_value(found))
        return tuple(found)


def opened(first: str, words: list[tuple[str, int]], condition: Condition, here: Block) -> Block:
    """The block that an action opens."""
    if first in ("define", "block"):
        name = words[1][0].strip('"`') if len(words) > 1 else ""
        return Block((), ROOT if first == "define" else here.dot, name)
    dot = here.dot
    if first != "if":
        only = condition[1] if first == "with" and len(condition) == 2 else None
        dot = only if isinstance(only, tuple) else None
    inside = here.inside if first == "if" else first_value(condition)
    return Block(condition[1:] if first != "range" else UNKNOWN, dot, here.helper, inside)


def is_value(path: Route) -> bool:
    """Whether a path leads into the values."""
    return path[:2] == ("", "Values") and len(path) > 2


def first_value(words: Iterable[str | Route]) -> Route | None:
    """The route of the first value among words."""
    return next((word[2:] for word in words if isinstance(word, tuple) and is_value(word)), None)


def route_of(word: str, dot: Route | None) -> Route | None:
    """The route of a path that begins at the dot or at `$`; None for any other word."""
    if word[0] not in "$." or not FIELDS.match(word):
        return None
    base = ROOT if word[0] == "$" else dot
    return None if base is None else (*base, *filter(None, word.lstrip("$").split(".")))


def is_all(word: str, dot: Route | None) -> bool:
    """Whether a word is what everything is in."""
    return word == "$" or (word == "." and dot == ROOT)
