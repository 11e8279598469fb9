"""One simple command, cut into words as a shell does it, wherever it is written: scripts, recipes, CI files, documents.

What a shell, a template engine or the reader would still put in is not known; it leaves a mark in its word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from cmlint.model.facts import Scalar, Span

VARIABLE = "\0"
"""Stands in a word for what a variable, another command or a template puts there."""

BLANK = "\1"
"""Stands in a word for what the reader is asked to put there, like `<name>`."""

LIMIT = 16_000
"""No command is longer than this."""

NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
EXPANSION = re.compile(
    rf"\$?\{{\{{.*?\}}\}}|\$+\{{[^{{}}\n]*\}}|[$<>]+{NESTED}|\$+[\w@*#?!]*|`[^`\n]*`|%[A-Za-z_]\w*%|@[A-Z_]+@"
)
"""What is put in by a shell, make, a CI system or a template engine."""

NAME = re.compile(r"\$+(?:\{(\w+)\}|\((\w+)\)|(\w+))")
PLACEHOLDER = re.compile(r"<(?:[A-Za-z](?:[^<>\n]*[^<>\s])?|\.{2,}|…)>")
CONTINUED = re.compile(r"(?:\\|(?<=[ \t])[`^])[ \t]*\r?\n(?:[ \t]*(?:#|//|>|\*)(?=[ \t]))?")
FOLDED = re.compile(r"\r?\n[ \t]*(?:[#>*][ \t]+)?(?=--[a-z])")
REDIRECTION = re.compile(r"\d?[<>]+&?[ \t]*[^\s;|&()<>\"']+")
JOINED = re.compile(r"\s*[+%]")


class Word(NamedTuple):
    """A word, and for each of its characters the place where it is written."""

    text: str
    places: list[Span]

    def part(self, start: int, end: int) -> Scalar:
        """Some of its characters with their place."""
        return Scalar(self.text[start:end], self.places[start].start, self.places[end - 1].end)

    @property
    def scalar(self) -> Scalar:
        """All of it with its place."""
        return self.part(0, len(self.text))


def word_of(scalar: Scalar) -> Word:
    """A string of its own as a word, as in a list of arguments."""
    text = EXPANSION.sub(VARIABLE, scalar.value)
    return Word(text, [scalar.span] * len(text))


class Cutter:
    """Cuts a command into words, from `position` on.

    `around` is the quote in which the whole command stands, `assigned` knows the values of variables. `whole` says
    afterwards whether the command was seen to its end.
    """

    def __init__(self, text: str, position: int, around: str, assigned: Callable[[str], str | None]) -> None:
        self.text, self.position, self.around, self.assigned = text, position, around, assigned
        self.limit = min(len(text), position + LIMIT)
        self.quote = ""
        self.words: list[tuple[list[str], list[Span]]] = []
        self.open = False
        self.whole = True

    def cut(self) -> list[Word]:
        """The words up to the end of the command."""
        while self.position < self.limit and self.step():
            pass
        if self.quote or (self.position == self.limit < len(self.text)):
            self.whole = False
        return [Word("".join(characters), places) for characters, places in self.words]

    def step(self) -> bool:
        """Takes what stands at the position; False at the end of the command."""
        text, position, character = self.text, self.position, self.text[self.position]
        if character == self.around:
            self.whole = JOINED.match(text, position + 1) is None
            return False
        if self.quote != "'" and (found := CONTINUED.match(text, position, self.limit)):
            self.open = self.open and bool(self.quote)
            self.position = found.end()
        elif found := EXPANSION.match(text, position, self.limit):
            self.add(self.value_of(found[0]), found.end())
        elif found := PLACEHOLDER.match(text, position, self.limit):
            self.add(BLANK, found.end())
        elif character == "\\" and self.quote != "'":
            return self.escape(text[position + 1 : position + 2])
        elif self.quote:
            self.toggle(character, 1) if character == self.quote else self.add(character)
        elif character in "'\"":
            self.toggle(character, 1)
        elif character in " \t":
            self.open = False
            self.position += 1
        elif character in "\r\n":
            return self.fold()
        elif found := REDIRECTION.match(text, position, self.limit) if not self.open or character in "<>" else None:
            self.open = False
            self.position = found.end()
        elif character in ";|&()<>`" or (character == "#" and not self.open):
            self.whole = character not in "(<>"
            return False
        else:
            self.add(character)
        return True

    def value_of(self, expansion: str) -> str:
        """What an expansion gives, if the text itself assigns it."""
        found = NAME.fullmatch(expansion)
        value = self.assigned(found[1] or found[2] or found[3]) if found else None
        return VARIABLE if value is None else value

    def add(self, characters: str, end: int = 0) -> None:
        """Adds to the word, and goes on behind what was read."""
        self.begin()
        end = end or self.position + 1
        text, places = self.words[-1]
        text.extend(characters)
        places.extend([Span(self.position, end)] * len(characters))
        self.position = end

    def begin(self) -> None:
        """Begins a word unless one is being read."""
        if not self.open:
            self.words.append(([], []))
            self.open = True

    def toggle(self, quote: str, length: int) -> None:
        """Begins or ends a quotation."""
        self.begin()
        self.quote = "" if self.quote == quote else quote
        self.position += length

    def escape(self, following: str) -> bool:
        """A backslash and what follows; in a string around the command it makes quotes and line breaks."""
        if self.around == '"' and following == "n":
            return False
        if self.around == '"' and following == '"':
            self.toggle('"', 2)
        elif self.quote and following not in '"\\$`':
            self.add("\\")
        else:
            self.position += 1
            self.add(following)
        return True

    def fold(self) -> bool:
        """A line break ends the command, unless the next line goes on with an option, as in folded YAML."""
        found = FOLDED.match(self.text, self.position, self.limit)
        self.open = False
        if found:
            self.position = found.end()
        return found is not None


def line_start(text: str, position: int) -> int:
    """Where the line of a position begins; lines that are continued count as one."""
    start = text.rfind("\n", 0, position)
    while start > 0 and text[max(start - 2, 0) : start].rstrip("\r").endswith("\\"):
        start = text.rfind("\n", 0, start)
    return start + 1


def quote_around(prefix: str) -> str:
    """The quote in which a command stands, by what stands before it on its line; an apostrophe is none."""
    quote = ""
    outer: list[str] = []
    position = 0
    while position < len(prefix):
        character = prefix[position]
        if character == "\\":
            position += 1
        elif quote in ("", '"') and prefix.startswith("$(", position):
            outer.append(quote)
            quote = ""
        elif character == ")" and outer and not quote:
            quote = outer.pop()
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'`" and not is_apostrophe(prefix, position):
            quote = character
        while character == "`" and prefix.startswith("`", position + 1):
            position += 1
        position += 1
    return quote


def is_apostrophe(text: str, position: int) -> bool:
    """Whether a single quote stands between two letters."""
    around = text[max(position - 1, 0) : position + 2]
    return len(around) == 3 and around[1] == "'" and (around[0] + around[2]).isalnum()
