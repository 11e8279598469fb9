"""How source code reads variables: what one form of it looks like, and how a text is searched for a table of forms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import NamedTuple

from cmlint.kube.credentials import may_be_secret
from cmlint.model.facts import How, Read, Span

NAME = r"(?P<name>[A-Z][A-Z0-9_]{1,99})"
"""The name of a variable; others are not told from names of something else."""

QUOTE = "[\"'`]"
QUOTED = rf"{QUOTE}{NAME}{QUOTE}"

OR = r"(?P<soft>\s*(?:\|\||\?\?|\?:|or\b))"
"""What gives a default behind a value: in JavaScript, Kotlin and Python."""

NOT_SET = r"(?<!set)(?<!Set)(?<!SET)(?<!ith)(?<!put)(?<!dd)"
"""What is not before `env(`: `setenv`, `Setenv`, `withEnv`, `addEnv`, `putenv` and `unsetenv` give a variable."""

CALL = (
    rf"{NOT_SET}[eE][nN][vV]\w{{0,40}}(?:\.\w{{1,20}})?(?:<[\w\[\]]{{1,20}}>)?\(\s{{0,40}}(?:&?[\w.\[\]]{{1,60}},\s{{0,9}})?"
    rf"{QUOTED}(?!\s*[+%])(?:(?P<soft>\s{{0,40}},\s{{0,40}}[^\s)])|\)?{OR.replace('soft', 'other')})?"
)
"""A call of a function whose name speaks of the environment: `os.getenv("X")`, `mustMapEnv(&address, "X")`."""

DEMANDS = re.compile(
    r"(?i)(?:must|require|need|ensure|mandatory)\w*\.?\Z|\A[^(\n]*(?:must|require|orthrow|orpanic|orfail)"
)
"""What the name of a function says that does not go on without the variable."""

COMMENT = re.compile(r"[ \t]*(?:#|//|\*|/\*|--|<!--|\"\"\"|''')")
"""How a line begins that is not code."""

BEHIND = re.compile(r"(?<![:\"'`\w])//|(?<![\w\"'`$&{(])#[ \t]")
"""What begins a comment behind code."""

BLOCK = re.compile(r"(?m)^[ \t]*/\*")
"""What begins a comment of several lines."""

WORD = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
SETTING = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_.:-]+[A-Za-z0-9]+)*")
LONGEST = 100
"""The most characters of a word that is kept."""


class Form(NamedTuple):
    """One form in which a variable is read.

    The `pattern` has a group `name`, and a group `soft` or `other` that is there where a default is given. `how` is
    what the program does without the variable and without such a default; a text must have one of the `words`.
    """

    pattern: str
    how: How = "guarded"
    declarative: bool = False
    words: tuple[str, ...] = ("env", "Env", "ENV")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled at first use."""
    return re.compile(pattern)


class Source:
    """A text that is searched for reads."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where the lines begin."""
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def line(self, at: int) -> int:
        """The 1-based line of a character."""
        return bisect_right(self.starts, at)

    @cached_property
    def blocks(self) -> list[int]:
        """Where each comment of several lines begins and ends, in turn."""
        found, end = list[int](), 0
        for begin in BLOCK.finditer(self.text):
            if begin.end() >= end:
                end = self.text.find("*/", begin.end())
                if end < 0:
                    break
                found += (begin.start(), end)
        return found

    def is_code(self, at: int) -> bool:
        """Whether a character is in no comment, as far as lines that begin with one and its own line show."""
        if bisect_right(self.blocks, at) % 2:
            return False
        start = self.starts[self.line(at) - 1]
        before = self.text[max(start, at - 400) : at]
        return COMMENT.match(before) is None and BEHIND.search(before) is None

    def read(self, name: str, start: int, how: How, *, declarative: bool = False, length: int = 0) -> Read:
        """A read of a variable whose name is written from a character on."""
        span, line = Span(start, start + (length or len(name))), self.line(start)
        hidden = self.rest(span.end, line) if how == "soft" and may_be_secret(name) else None
        return Read(name=name, how=how, declarative=declarative and how == "hard", span=span, line=line, hidden=hidden)

    def rest(self, at: int, line: int) -> Span:
        """What is on a line behind a character."""
        return Span(at, self.starts[line] - 1 if line < len(self.starts) else len(self.text))

    def reads(self, forms: Iterable[Form]) -> Iterator[Read]:
        """What a table of forms finds."""
        for form in forms:
            if any(word in self.text for word in form.words):
                for found in compiled(form.pattern).finditer(self.text):
                    if self.is_code(found.start()):
                        yield self.found(form, found)

    def found(self, form: Form, found: re.Match[str]) -> Read:
        """The read that one form has found."""
        groups = found.groupdict()
        how: How = "soft" if groups.get("soft") or groups.get("other") else form.how
        if how == "guarded" and demands(self.text, found):
            how = "hard"
        return self.read(groups["name"], found.start("name"), how, declarative=form.declarative)


def demands(text: str, found: re.Match[str]) -> bool:
    """Whether the function that is called does not go on without the variable, by its name."""
    before = re.search(r"[\w.]*\Z", text[max(found.start() - 40, 0) : found.start()])
    return DEMANDS.search((before[0] if before else "") + found[0].partition("(")[0] + "(") is not None


def words_in(text: str) -> str:
    """The words of a text that may be names of variables."""
    return " ".join(sorted({word for word in WORD.findall(text) if len(word) <= LONGEST}))


def settings_in(text: str) -> str:
    """The names of settings in a text, from which a library may make names of variables."""
    words = set(SETTING.findall(text))
    words |= {word.rpartition(".")[2] for word in words}
    return " ".join(sorted({squeezed(word) for word in words if 1 < len(word) <= LONGEST}))


def squeezed(name: str) -> str:
    """A name without case and separators: `app.jwt-secret` and `APP_JWT_SECRET` are one."""
    return re.sub(r"[-_.:]+", "", name).lower()


PIECE = re.compile(
    r"[eE][nN][vV](?:iron)?\w{0,20}(?:\.\w{1,20})?[\[(]\s*"
    r"(?:[fF][\"'](?P<f>[^\"'\n]{1,100})[\"']|`(?P<t>[^`\n]{1,100})`|[\"'](?P<begin>[A-Z0-9_]{2,99})[\"']\s*[+%]"
    r"|(?:fmt\.Sprintf|String\.format)\(\s*[\"'](?P<s>[^\"'\n]{1,100})[\"']"
    r"|[\w.]{1,60}(?:\(\))?\s*\+\s*[\"'](?P<end>[A-Z0-9_]{2,99})[\"'])"
)
HOLE = r"[$#]?\{[^{}\"'`\n]{0,60}\}|%[a-z]|\$(?:\d|[a-z]\w*)"
"""What a value replaces in a text: in formats, templates, Ruby and shells."""

HOLES = re.compile(HOLE)
QUOTATION = re.compile("[\"'`]([^\"'`\n]{3,500})(?=[\"'`])")
FORMAT = re.compile("[A-Z0-9_*]{3,100}")
"""A text in quotes, and how one looks with `*` for each hole if it may be the name of a variable."""

AFFIX = re.compile(
    r"(?:[\"'`^]|\$\{!)(?P<begin>[A-Z][A-Z0-9_]{1,98}_)(?![\w{%$#])|[\"'`](?P<end>_[A-Z0-9][A-Z0-9_]{1,98})[\"'`]"
)
OF_LIBRARY = re.compile(r"(?i)(?:env\w*prefix\w*|prefixoptions|provider|process)[ \t]*[=:(,][ \t]*\Z")
"""What is before a prefix of a library, which has names of settings behind it."""

INDIRECT = ("env", "Env", "ENV", "${!", "eval ")
"""What a text has that reads variables by names from elsewhere."""


def pieces_in(text: str) -> tuple[str, ...]:
    """The patterns of names that a program puts together before it reads them."""
    if not any(word in text for word in INDIRECT):
        return ()
    quoted = (match[1] for match in QUOTATION.finditer(text) if "*" not in match[1])
    found = {name for each in quoted if "_" in (name := HOLES.sub("*", each)) and FORMAT.fullmatch(name)}
    for match in PIECE.finditer(text):
        if match["begin"] or match["end"]:
            found.add(f"{match['begin']}*" if match["begin"] else f"*{match['end']}")
        else:
            found.add(HOLES.sub("*", match["f"] or match["t"] or match["s"] or ""))
    for match in AFFIX.finditer(text):
        if not OF_LIBRARY.search(text, max(match.start() - 40, 0), match.start()):
            found.add(f"{match['begin']}*" if match["begin"] else f"*{match['end']}")
    return tuple(sorted(piece for piece in found if "*" in piece and len(re.findall(r"[A-Za-z0-9]", piece)) > 1))
