"""One simple command, cut into words as a shell does it, wherever it is written: scripts, recipes, CI files, documents.

What a shell, a template engine or the reader would still put in is not known; it leaves a mark in its word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from cmlint.model.facts import Scalar, Span

VARIABLE = "\0"
"""Represents, in a word, the text of a variable, another command or a template."""

BLANK = "\1"
"""Represents, in a word, a text that the reader must fill in, like `<name>`."""

LIMIT = 16_000
"""No command is longer than this."""

LONGEST = 1000
"""The maximum number of characters in which substitutions are looked for; longer texts are not split."""

NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
EXPANSION = re.compile(
    rf"\$?\{{\{{.*?\}}\}}|<<[ \t]*(?:pipeline\.)?parameters\.\w+[ \t]*>>"
    rf"|\$\[\[[^\[\]\n]*\]\]|\$env:\w+|\$+\{{[^{{}}\n]*\}}|[$<>]+{NESTED}|\$+[\w@*#?!]*|`[^`\n]*`|%[A-Za-z_]\w*%|@[A-Z_]+@"
)
"""What is put in by a shell, make, a CI system or a template engine."""

NAME = re.compile(r"\$+(?:\{(\w+)\}|\((\w+)\)|(\w+))")
PLACEHOLDER = re.compile(r"<(?:[A-Za-z](?:[^<>\n]*[^<>\s])?|\.{2,}|…)>")
CONTINUED = re.compile(r"(?:\\|(?<=[ \t])[`^])[ \t]*\r?\n(?:[ \t]*(?:#|//|>|\*)(?=[ \t]))?")
FOLDED = re.compile(r"\r?\n[ \t]*(?:[#>*][ \t]+)?(?=--[a-z])")
REDIRECTION = re.compile(r"\d?[<>]+&?[ \t]*[^\s;|&()<>\"']+")
JOINED = re.compile(r"\s*[+%]")
PLAIN = re.compile(r"[A-Za-z_./:=,+-][\w./:=,+-]*", re.ASCII)
"""Characters that mean themselves, in quotes and outside of them."""

UNQUOTED = re.compile(r"[^\\\"'`$)]+")
"""Characters that neither begin nor end what is in quotes."""


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
    text = marked(scalar.value)
    return Word(text, [scalar.span] * len(text))


def marked(text: str) -> str:
    """A text with a mark for each expansion; a long text is one mark."""
    return EXPANSION.sub(VARIABLE, text) if len(text) <= 4 * LONGEST else VARIABLE


class Cutter:
    """Cuts a command into words, from `position` on.

    `around` is the quote in which the complete command is. `complete` says afterwards whether the command was seen to
    its end.
    """

    def __init__(self, text: str, position: int, around: str) -> None:
        self.text, self.position, self.around = text, position, around
        self.limit = min(len(text), position + LIMIT)
        self.quote = ""
        self.words: list[list[str]] = []
        self.open = False
        self.complete = True

    def cut(self) -> list[str]:
        """The words up to the end of the command."""
        while self.position < self.limit and self.step():
            pass
        if self.quote or (self.position == self.limit < len(self.text)):
            self.complete = False
        return ["".join(parts) for parts in self.words]

    def step(self) -> bool:  # noqa: C901, PLR0912
        """Takes what is at the position; False at the end of the command."""
        text, position, character = self.text, self.position, self.text[self.position]
        if found := PLAIN.match(text, position, self.limit):
            self.copy(found[0])
        elif character in " \t" and not self.quote:
            self.open = False
            self.position += 1
        elif character == self.around:
            self.complete = JOINED.match(text, position + 1) is None
            return False
        elif self.quote != "'" and (found := CONTINUED.match(text, position, self.limit)):
            self.open = self.open and bool(self.quote)
            self.position = found.end()
        elif found := EXPANSION.match(text, position, min(self.limit, position + LONGEST)):
            self.add(self.value_of(found[0]), found.end())
        elif found := PLACEHOLDER.match(text, position, self.limit):
            self.add(BLANK, found.end())
        elif character == "\\" and self.quote != "'":
            return self.escape(text[position + 1 : position + 2])
        elif self.quote:
            self.toggle(character, 1) if character == self.quote else self.add(character)
        elif character in "'\"":
            self.toggle(character, 1)
        elif character in "\r\n":
            return self.fold()
        elif found := REDIRECTION.match(text, position, self.limit) if not self.open or character in "<>" else None:
            self.open = False
            self.position = found.end()
        elif character in ";|&()<>`" or (character == "#" and not self.open):
            self.complete = character not in "(<>"
            return False
        else:
            self.add(character)
        return True

    def value_of(self, expansion: str) -> str:
        """What an expansion gives."""
        raise NotImplementedError

    def add(self, characters: str, end: int = 0) -> None:
        """Adds to the word, and goes on behind what was read."""
        self.begin()
        self.words[-1].append(characters)
        self.position = end or self.position + 1

    def copy(self, characters: str) -> None:
        """Adds characters that are written there as they are."""
        self.add(characters, self.position + len(characters))

    def begin(self) -> None:
        """Begins a word unless one is being read."""
        if not self.open:
            self.words.append([])
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


class PlacedCutter(Cutter):
    """Cuts a command into words with the place of each character; `assigned` knows the values of variables."""

    def __init__(self, text: str, position: int, around: str, assigned: Callable[[str], str | None]) -> None:
        super().__init__(text, position, around)
        self.assigned = assigned
        self.places: list[list[Span]] = []

    def cut_with_places(self) -> list[Word]:
        """The words up to the end of the command."""
        return list(map(Word, self.cut(), self.places))

    def value_of(self, expansion: str) -> str:
        """What an expansion gives, if the text itself assigns it."""
        found = NAME.fullmatch(expansion)
        value = self.assigned(found[1] or found[2] or found[3]) if found else None
        return VARIABLE if value is None else value

    def add(self, characters: str, end: int = 0) -> None:
        """Adds to the word, and goes on behind what was read, which is the place of each character."""
        begin = self.position
        super().add(characters, end)
        self.places[-1].extend([Span(begin, self.position)] * len(characters))

    def copy(self, characters: str) -> None:
        """Adds characters that are written there as they are, each with its own place."""
        begin = self.position
        super().add(characters, begin + len(characters))
        self.places[-1].extend(Span(at, at + 1) for at in range(begin, self.position))

    def begin(self) -> None:
        """Begins a word unless one is being read."""
        if not self.open:
            self.places.append([])
        super().begin()


class Lines:
    """Where the lines of a text begin, asked for from its beginning to its end; continued lines count as one."""

    def __init__(self, text: str) -> None:
        self.text, self.start, self.asked = text, 0, 0

    def start_of(self, position: int) -> int:
        """Where the line of a position begins."""
        end = self.text.rfind("\n", self.asked, position)
        if end >= 0:
            while end > 0 and self.text[max(end - 2, 0) : end].rstrip("\r").endswith("\\"):
                before = self.text.rfind("\n", self.asked, end)
                if before < 0:
                    end = self.start - 1
                    break
                end = before
            self.start = end + 1
        self.asked = position
        return self.start


class Quotes:
    """The quotes of one line, from its `start` on, asked for from left to right; an apostrophe is none."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.start = text, start
        self.seen = State(start, "", None)

    def around(self, end: int) -> str:
        """The quote in which a command is, by what is before it on its line.

        What was seen is kept up to the last character that is read alike whatever follows `end`.
        """
        state = self.seen if self.seen.position <= end else State(self.start, "", None)
        while state.position < end:
            if state.position + 2 <= end:
                self.seen = state
            state = self.step(state, end)
        return state.quote

    def step(self, state: State, end: int) -> State:
        """The state behind the next character of a line that ends at `end`."""
        text, (position, quote, outer) = self.text, state
        if found := UNQUOTED.match(text, position, end):
            self.seen = State(found.end(), quote, outer)
            return self.seen
        character = text[position]
        if character == "\\":
            position += 1
        elif quote in ("", '"') and text.startswith("$(", position, end):
            quote, outer = "", (quote, outer)
        elif character == ")" and outer and not quote:
            quote, outer = outer
        elif character == quote:
            quote = ""
        elif not quote and character in "\"'`" and not self.is_apostrophe(position, end):
            quote = character
        while character == "`" and text.startswith("`", position + 1, end):
            position += 1
        return State(position + 1, quote, outer)

    def is_apostrophe(self, position: int, end: int) -> bool:
        """Whether a single quote is between two letters."""
        around = self.text[max(position - 1, self.start) : min(position + 2, end)]
        return len(around) == 3 and around[1] == "'" and (around[0] + around[2]).isalnum()


class State(NamedTuple):
    """What is known of a line up to a position: the quote that is open, and those around it, the innermost first."""

    position: int
    quote: str
    outer: tuple[str, Any] | None
