"""Patterns of paths in the syntax of `.gitignore`, matched in time that grows with the length of a path only.

The syntax is pathspec's. Its regular expressions try every way to share a text between several wildcards, which takes
hours for `*a*a*a*a*a*b`. Here each wildcard but the last takes the least that lets what follows it match.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

MOST = 2000
"""The maximum number of patterns in total, because each is tried on each path."""

LONGEST = 1024
WILDCARDS = 50
"""A longer pattern does not count, nor does one with more `*`: both are slow to read and match next to nothing."""

FOLDER_MARK = "ps_d"
"""The group of pathspec's expressions that matches the `/` behind a folder above a path."""

ATOM = r"(?:\\.|\[\^?\]?[^\]]*\]|[^\\\[/()|^$+*?])"
SEGMENT_WILDCARDS = rf"(?s)\[\^/\]\*({ATOM}+)(?=\[\^/\]\*)"
"""A `*` and what follows it, up to the next `*` of the same segment."""

FOLDERS_WILDCARDS = r"(?s)(\(\?:\.\+/\)\?|\(\?:/\.\+\)\?)(/?(?:(?!\(\?:/\.\+\)\?).)+)(?=\(\?:/\.\+\)\?)"
"""A `**` and the segments that follow it, up to the next `**` between segments."""

LEAST = {"(?:.+/)?": "(?:.+?/)??", "(?:/.+)?": "(?:/.+?)??"}
"""How pathspec writes `**`, and the same where it takes the least."""


class LeftOut(NamedTuple):
    """A line that does not count, from 1 on, and why."""

    line: int
    reason: str


class Patterns:
    """Patterns of which the last one that matches decides, as in git.

    If there is `room` only for some, the rest is ignored, as are lines that are too long or not a pattern.
    Otherwise ValueError is raised for a line that is not a pattern.
    """

    def __init__(self, lines: Iterable[str], room: int | None = None) -> None:
        self.expressions: list[tuple[re.Pattern[str], bool]] = []
        self.lines: list[int] = []
        self.left_out: LeftOut | None = None
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if len(self.expressions) == room:
                self.left_out = self.left_out or LeftOut(number, f"more than {MOST} patterns: the rest is ignored")
                break
            try:
                if room is not None and (why := excess(line)):
                    raise ValueError(why)
                if expression := expression_of(line):
                    self.expressions.append(expression)
                    self.lines.append(number)
            except ValueError as error:
                if room is None:
                    raise
                self.left_out = self.left_out or LeftOut(number, str(error))
        self.expressions.reverse()
        self.lines.reverse()

    def __len__(self) -> int:
        return len(self.expressions)

    def decide(self, path: str) -> bool | None:
        """Whether a path is matched, or excepted by a pattern with `!`; None where no pattern says anything.

        A path is relative, with `/`; that of a folder ends in `/`.
        """
        number = self.deciding(path)
        return None if number is None else self.expressions[number][1]

    def deciding(self, path: str) -> int | None:
        """The number of the pattern that decides about a path, or None where no pattern says anything."""
        decided: int | None = None
        for number, (expression, _) in enumerate(self.expressions):
            if match := expression.search(path):
                if not match.groupdict().get(FOLDER_MARK):
                    return number
                if decided is None:
                    decided = number
        return decided

    def line(self, path: str) -> int | None:
        """The line, from 1 on, of the pattern that matches a path; None where none does, or one excepts it."""
        number = self.deciding(path)
        return self.lines[number] if number is not None and self.expressions[number][1] else None

    def match(self, path: str) -> bool:
        """Whether an absolute path is matched by patterns that are relative to the file system's root."""
        return bool(self.decide(path.replace(os.sep, "/").removeprefix("/")))


def excess(line: str) -> str:
    """Why a pattern does not count; empty for one that does."""
    if len(line) > LONGEST:
        return f"ignored: a pattern of more than {LONGEST} characters"
    if line.count("*") > WILDCARDS:
        return f"ignored: a pattern with more than {WILDCARDS} `*`"
    return ""


def expression_of(line: str) -> tuple[re.Pattern[str], bool] | None:
    """The expression of a pattern, and whether it includes what it matches; None for a line that matches nothing.

    Raises ValueError for a line that is not a pattern.
    """
    from pathspec import GitIgnoreSpec

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # A set such as `[[a]` means the same in git.
            patterns = GitIgnoreSpec.from_lines([line]).patterns
    except (ValueError, re.error):
        raise ValueError("ignored: not a valid pattern") from None
    for pattern in patterns:
        found: re.Pattern[str] | None = getattr(pattern, "regex", None)
        if found is not None and pattern.include is not None:
            return straight(found), pattern.include
    return None


def straight(expression: re.Pattern[str]) -> re.Pattern[str]:
    """An expression that matches the same, and does not go back behind what a wildcard has taken."""
    numbers = count()

    def in_segment(found: re.Match[str]) -> str:
        return least(f"[^/]*?{found[1]}")

    def in_path(found: re.Match[str]) -> str:
        return least(f"{LEAST[found[1]]}{found[2]}(?=/)")

    def least(text: str) -> str:
        number = next(numbers)
        return f"(?=(?P<least{number}>{text}))(?P=least{number})"

    text = re.sub(r"(?:\[\^/\]\*){2,}", "[^/]*", expression.pattern)
    text = re.sub(SEGMENT_WILDCARDS, in_segment, text)
    text = re.sub(FOLDERS_WILDCARDS, in_path, text)
    return expression if text == expression.pattern else re.compile(text)
