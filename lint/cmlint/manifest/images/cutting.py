"""Commands in a text, cut into words with what the text gives to their variables."""

from __future__ import annotations

import re

from cmlint.manifest.images.variables import UNKNOWN, Variables
from cmlint.manifest.shell import BLANK, VARIABLE, Cutter, Word

NEAR = 200
"""A verb is searched for in this number of characters behind its program."""

PRINTS = re.compile(
    r"(?:^|[;&|(]|\bthen|\bdo|[ \t]-|\b(?:run|script|command|cmd|sh|bash|powershell|pwsh):)[ \t]*[\"']?[@-]*"
    r"(?:echo|printf|print|info|log\w*|\$\((?:info|warning))\b[^;&|]*\Z"
)
"""What is before a command that is only printed."""

REACH = 1000
"""The number of characters before a command that are searched."""

COMMENT = re.compile(r"[ \t]*(?:-[ \t]*)?(?:#|//|::|REM\b|@REM\b|<!--)")
"""What makes a line one that says nothing to a machine."""


class Filler(Cutter):
    """Cuts a command into words with what its variables are.

    Of those with several values, `turn` says which is taken; afterwards `turns` is the number of values.
    """

    def __init__(self, text: str, position: int, around: str, variables: Variables, turn: int = 0) -> None:
        super().__init__(text, position, around, lambda _: None)
        self.variables, self.start, self.turn, self.turns, self.filled = variables, position, turn, 1, False

    def value_of(self, expansion: str) -> str:
        """What an expansion gives."""
        value = self.variables.expand(expansion)
        self.filled = True
        if value == UNKNOWN and (choices := self.variables.choices(expansion, self.start)):
            self.turns = max(self.turns, len(choices))
            return choices[self.turn % len(choices)]
        return value


class Opener(Cutter):
    """Cuts a command into words with `{-NAME}` for each variable."""

    def __init__(self, text: str, position: int, around: str, variables: Variables) -> None:
        super().__init__(text, position, around, lambda _: None)
        self.variables = variables

    def value_of(self, expansion: str) -> str:
        """What represents an expansion."""
        return self.variables.hole(expansion)


def plain(word: Word) -> str:
    """A word with `*` for what is not known."""
    return word.text.replace(VARIABLE, UNKNOWN).replace(BLANK, UNKNOWN)


def folder_before(text: str, start: int, end: int, variables: Variables) -> str:
    """The folder into which the same line, or the one before it, goes first (`cd deploy && ...`)."""
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    found = re.findall(r"(?:^|[\s;&(\"'])(?:cd|pushd)[ \t]+[\"']?([^\s;&|\"')]+)", text[max(before, end - REACH) : end])
    folder = variables.fill(found[-1]) if found else ""
    return "" if UNKNOWN in folder else folder.strip("./")
