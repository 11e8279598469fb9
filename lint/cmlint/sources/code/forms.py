"""How source code reads variables: what one form of it looks like, and how a text is searched for a table of forms."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from itertools import islice
from typing import NamedTuple

from cmlint.kube.credentials import may_be_secret
from cmlint.model.facts import How, Span, VariableRead

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

CONSTANT_CALL = (
    rf"{NOT_SET}(?:[gG]et_?[eE]nv|[lL]ookupEnv|LookupEnv|os\.environ\.get)\w{{0,20}}\(\s{{0,40}}"
    r"(?P<constant>[A-Za-z_]\w{1,60})\s{0,40}(?:\)|(?P<soft>,\s{0,40}[^\s)]))"
)
"""A call with a name that the text itself gives to that of a variable: `os.Getenv(EnvPort)`."""

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

PREFIXED = re.compile(
    r"(?m)^(?P<indent>[ \t]*)with[ \t]+\w+\.prefixed\(\s*[\"'](?P<prefix>\w{1,100})[\"'][^\n]{0,100}:[ \t]*$"
)
MOST_BLOCKS = 100
"""The most blocks with a prefix in one text."""

WORD = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
SETTING = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_.:-]+[A-Za-z0-9]+)*")
LONGEST = 100
"""The most characters of a word that is kept."""


CONSTANT = (
    r"(?<![\w.])(?P<key>[A-Za-z_]\w{1,60})(?:[ \t]+string|[ \t]*:[ \t]*[\w.\[\]]{1,40})?[ \t]*:?=[ \t]*"
    rf"{QUOTED}[ \t]*(?:[;,][ \t]*)?(?:$|#|//)"
)
"""A name that a text gives to a variable: `const EnvPort = "PORT"`."""


class Form(NamedTuple):
    """One form in which a variable is read.

    The `pattern` has a group `name`, or `names` for several, and a group `soft` or `other` that is there where a
    default is given. `how` is what the program does without the variable and without such a default; a text must have
    one of the `words`. Where `aliases` is a pattern, what it finds in the text are the names that the environment has
    there, and the group `alias` must be one of them. A group `constant` is a name for the name of the variable.
    """

    pattern: str
    how: How = "guarded"
    declarative: bool = False
    words: tuple[str, ...] = ("env", "Env", "ENV")
    aliases: str = ""


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

    def read(self, name: str, start: int, how: How, *, declarative: bool = False, length: int = 0) -> VariableRead:
        """A read of a variable whose name is written from a character on."""
        span, line = Span(start, start + (length or len(name))), self.line(start)
        name = f"{self.prefix_at(start)}{name}"
        hidden = self.rest(span.end, line) if how == "soft" and may_be_secret(name) else None
        return VariableRead(
            name=name, how=how, declarative=declarative and how == "hard", span=span, line=line, hidden=hidden
        )

    def prefix_at(self, at: int) -> str:
        """What a block of environs puts before the names in it: https://github.com/sloria/environs#proxied-variables."""
        return "".join(prefix for start, end, prefix in self.prefixed if start < at < end)[:LONGEST]

    @cached_property
    def prefixed(self) -> list[tuple[int, int, str]]:
        """The blocks with a prefix, each with where it begins and ends."""
        blocks = list[tuple[int, int, str]]()
        for found in islice(PREFIXED.finditer(self.text), MOST_BLOCKS) if ".prefixed(" in self.text else ():
            outside = re.compile(rf"^[ \t]{{0,{len(found['indent'])}}}\S", re.MULTILINE).search(self.text, found.end())
            blocks.append((found.end(), outside.start() if outside else len(self.text), found["prefix"]))
        return blocks

    def rest(self, at: int, line: int) -> Span:
        """What is on a line behind a character."""
        return Span(at, self.starts[line] - 1 if line < len(self.starts) else len(self.text))

    def reads(self, forms: Iterable[Form]) -> Iterator[VariableRead]:
        """What a table of forms finds."""
        for form in forms:
            if any(word in self.text for word in form.words):
                aliases = self.aliases(form.aliases) if form.aliases else frozenset(("",))
                for found in compiled(form.pattern).finditer(self.text) if aliases else ():
                    if found.groupdict().get("alias", "") in aliases and self.is_code(found.start()):
                        yield from self.found(form, found)

    def aliases(self, pattern: str) -> frozenset[str]:
        """The names that a text gives to what a pattern describes."""
        return frozenset(name for found in compiled(pattern).finditer(self.text) for name in found.groups() if name)

    @cached_property
    def constants(self) -> dict[str, str]:
        """The names of variables that a text keeps under names of its own."""
        return {found["key"]: found["name"] for found in re.finditer(CONSTANT, self.text, re.MULTILINE)}

    def found(self, form: Form, found: re.Match[str]) -> Iterator[VariableRead]:
        """The reads that one form has found in one place."""
        groups = found.groupdict()
        how: How = "soft" if groups.get("soft") or groups.get("other") else form.how
        if how == "guarded" and demands(self.text, found):
            how = "hard"
        if "names" in groups:
            for one in re.finditer(rf"(?<![A-Z0-9_]){NAME}(?![A-Z0-9_])", groups["names"]):
                yield self.read(one["name"], found.start("names") + one.start(), how)
        elif groups.get("constant"):
            if name := self.constants.get(groups["constant"]):
                yield self.read(name, found.start("constant"), how, length=len(groups["constant"]))
        elif not groups["name"].endswith("_"):
            yield self.read(groups["name"], found.start("name"), how, declarative=form.declarative)


def demands(text: str, found: re.Match[str]) -> bool:
    """Whether the function that is called does not go on without the variable, by its name."""
    before = re.search(r"[\w.]*\Z", text[max(found.start() - 40, 0) : found.start()])
    return DEMANDS.search((before[0] if before else "") + found[0].partition("(")[0] + "(") is not None


def words_in(text: str) -> str:
    """The words of a text that may be names of variables."""
    found = {word for word in WORD.findall(text) if len(word) <= LONGEST}
    if "%(ENV_" in text:
        found |= {word.removeprefix("ENV_") for word in found}
    return " ".join(sorted(found))


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
