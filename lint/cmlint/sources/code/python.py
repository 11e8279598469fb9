"""Reads in Python: the standard library, environs and django-environ, decouple, settings of pydantic."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from cmlint.model.facts import How, VariableRead
from cmlint.sources.code.forms import CALL, CONSTANT_CALL, OR, QUOTED, Form, Source

OTHER = OR.replace("soft", "other")
ALIASES = (
    r"(?m)\bfrom[ \t]+os[ \t]+import[ \t][^\n]{0,100}?\benviron[ \t]+as[ \t]+(\w{1,40})"
    r"|^[ \t]*(\w{1,40})[ \t]*(?::[^=\n]{1,60})?=[ \t]*"
    r"(?:dict\(|copy\()?(?:os\.)?environ(?:\.copy\(\))?\)?[ \t]*(?:#|$)"
    r"|^[ \t]*(\w{1,40})[ \t]*=[ \t]*\{[^{}\n]{0,200}?\*\*(?:os\.)?environ\b"
)
"""The names that a program gives to the environment or to a copy of it."""

GETTERS = (
    r"(?m)^[ \t]*(\w{1,40})[ \t]*=[ \t]*(?:os\.)?(?:environ\.get|getenv)[ \t]*(?:#|$)"
    r"|\bfrom[ \t]+os[ \t]+import[ \t][^\n]{0,100}?\bgetenv[ \t]+as[ \t]+(\w{1,40})"
)
"""The names that it gives to the function that reads it."""

FORMS = (
    Form(rf"(?m)^[\w.]+(?:\s*:\s*\w+)?\s*=\s*(?:\w+\()?(?:os\.)?environ\[{QUOTED}\]{OR}?", "hard", declarative=True),
    Form(rf"(?m)(?<=[ \t(=,{{\[])(?:os\.)?environ\[{QUOTED}\](?!\s*=[^=]){OR}?", "hard"),
    Form(
        rf"\bconfig\(\s*{QUOTED}(?P<soft>[^\n)]{{0,300}}\bdefault\s*=)?", "hard", True, ("decouple", "starlette.config")
    ),
    Form(
        rf"\benv(?:\.\w+)?\(\s*{QUOTED}(?P<soft>[^\n)]{{0,300}},\s{{0,40}}(?:default\s{{0,40}}=|[^\s)=,]{{1,100}},?\s{{0,40}}\)))?",
        "hard",
        True,
        ("environs", "import environ", "environ.Env"),
    ),
    Form(CALL),
    Form(CONSTANT_CALL),
    Form(rf"(?<![\w.])(?P<alias>\w{{1,40}})\.get\(\s*{QUOTED}(?:(?P<soft>\s*,)|\){OTHER})?", aliases=ALIASES),
    Form(rf"(?<![\w.])(?P<alias>\w{{1,40}})\[\s*{QUOTED}\](?!\s*=[^=]){OR}?", "hard", aliases=ALIASES),
    Form(rf"(?<![\w.])(?P<alias>\w{{1,40}})\(\s*{QUOTED}(?:(?P<soft>\s*,)|\){OTHER})?", aliases=GETTERS),
    Form(rf"{QUOTED}\s+(?:not\s+)?in\s+(?:os\.)?environ\b", words=("environ",)),
    Form(r"\benvvar\s*=\s*(?P<names>\[[^\]\n]{0,300}\]|[\"'][^\"'\n]{1,300}[\"'])", "soft"),
    Form(
        rf"\bdj_database_url\.config\([^)]{{0,300}}?\benv\s*=\s*{QUOTED}(?P<soft>[^)]{{0,300}}\bdefault\s*=)?",
        words=("dj_database_url",),
    ),
)
"""The forms in which Python reads variables."""

LOOSE = re.compile(
    r"\b(?:env_nested_delimiter|auto_envvar_prefix|dynaconf|environ\.items\(|dict\(os\.environ|environ\.config\b|[Pp]refixed"
    r"|class \w+\((?!Base)\w+Settings\))"
)
"""What makes names of variables from names of settings, or takes all that begin with a prefix."""

CLASS = re.compile(
    r"^(?P<indent>[ \t]*)class[ \t]+(?P<name>\w+)[ \t]*(?:\((?P<bases>[^()\n]*)\)[ \t]*)?:", re.MULTILINE
)
HEAD = re.compile(r"^(?P<indent>[ \t]*)class\b", re.MULTILINE)
FIELD = re.compile(
    r"(?P<name>[a-zA-Z]\w{0,99})[ \t]*:[ \t]*(?P<type>Annotated\[[^\n]*\][ \t]*|[^=#\s][^=#\n]*)(?:=(?P<value>.*))?\Z",
    re.DOTALL,
)
PREFIX = re.compile(
    r"\b(?:(?:auto_)?env(?:var)?_prefix[\"']?\s*[=:]|from_prefixed_env\(|environ\.config\(prefix=)\s*[\"'](\w{0,100})[\"']"
)
DELIMITER = re.compile(r"\benv_nested_delimiter[\"']?\s*[=:]\s*[\"'](_{1,9})[\"']")
ALIAS = re.compile(
    r"\b(?:env|alias|validation_alias)\s*=\s*(?:(?:AliasChoices\(|\[)\s*)?(?P<names>[\"']\w+[\"'](?:\s*,\s*[\"']\w+[\"'])*)"
)
SIMPLE = re.compile(
    r"(?:Annotated\[|Optional\[)*(?:str|int|float|bool|bytes|Path|list|List|dict|set|tuple|Secret\w*|\w*Url|\w*Dsn|Any\w*|Literal|Json)\b"
)
"""The types of settings that are one variable; others are settings with fields of their own."""

COMMENTED = re.compile(r"(?<![ \t])[ \t]+#.*")


def read(source: Source) -> Iterator[VariableRead]:
    """What is read besides the forms: the fields of pydantic's settings, and what libraries read without a name."""
    if "Settings" in source.text:
        yield from settings(source)
    for found in UNNAMED.finditer(source.text) if "environ" in source.text or "dj_database_url" in source.text else ():
        if source.is_code(found.start()):
            method = found["method"] or found["config"]
            yield source.read(DEFAULTS[method], found.start(found.lastgroup or 0), "soft", length=len(method))


UNNAMED = re.compile(
    r"\benv\.(?P<method>db|db_url|cache|cache_url|email|email_url)\(\s*(?:\)|default\s*=)"
    r"|\bdj_database_url\.(?P<config>config)\((?![^)]{0,300}\benv\s*=)"
)
DEFAULTS = {
    **dict.fromkeys(("db", "db_url", "config"), "DATABASE_URL"),
    **dict.fromkeys(("cache", "cache_url"), "CACHE_URL"),
    **dict.fromkeys(("email", "email_url"), "EMAIL_URL"),
}
"""What django-environ and dj-database-url read where no name is given.

https://django-environ.readthedocs.io/en/latest/types.html, https://github.com/jazzband/dj-database-url#usage
"""


def settings(source: Source) -> Iterator[VariableRead]:
    """The fields of the classes that are settings, by their bases, and those of the classes in them."""
    known, chosen, ends = {"BaseSettings"}, list[Body](), ends_of(source.text)
    heads = (head for head in CLASS.finditer(source.text) if head.start() in ends)
    bodies = [Body(source, head, ends[head.start()]) for head in heads]
    for body in bodies:
        bases = {base.strip().rpartition(".")[2] for base in (body.head["bases"] or "").split(",")}
        if bases & known:
            known.add(body.head["name"])
            chosen.append(body)
    named = {body.head["name"]: body for body in bodies}
    for body in chosen:
        yield from body.reads(known)
    yield from islice((each for body in chosen for each in body.inner_reads(named)), MOST_INNER)


DEEPEST = 20
"""The most classes that are around one another."""

MOST = 100
"""The most fields of a class in which there are others, and the most of these."""

MOST_INNER = 10_000
"""The most variables of fields in fields of one text."""


def ends_of(text: str) -> dict[int, int]:
    """Where each class begins, and where it ends at the latest: at the next class that is not in it."""
    found, outer = dict[int, int](), list[re.Match[str]]()
    for head in HEAD.finditer(text):
        while outer and len(head["indent"]) <= len(outer[-1]["indent"]):
            found[outer.pop().start()] = head.start()
        if len(outer) < DEEPEST:
            outer.append(head)
    return found | {head.start(): len(text) for head in outer}


class Statement(NamedTuple):
    """A statement of a class, from its first line on."""

    start: int
    text: str


class Body:
    """The body of a class, up to the next class that is not in it."""

    def __init__(self, source: Source, head: re.Match[str], end: int) -> None:
        self.source, self.head, self.end = source, head, end

    @cached_property
    def fields(self) -> list[tuple[int, re.Match[str]]]:
        """The fields of the body, each with where it begins."""
        found = (
            (each.start, FIELD.match(COMMENTED.sub("", each.text)))
            for each in statements(self.source.text, self.head.end(), self.end, len(self.head["indent"]))
        )
        return [(start, field) for start, field in found if field]

    @cached_property
    def prefix(self) -> str:
        """What is put before the names of fields."""
        found = PREFIX.search(self.source.text, self.head.start(), self.end)
        return found[1] if found else ""

    @cached_property
    def delimiter(self) -> str:
        """What is put between the names of a field and of one in it."""
        found = DELIMITER.search(self.source.text, self.head.start(), self.end)
        return found[1] if found else ""

    def inner_reads(self, bodies: Mapping[str, Body]) -> Iterator[VariableRead]:
        """The variables of the fields of a class in the same text, behind the name of a field that has its type.

        https://docs.pydantic.dev/latest/concepts/pydantic_settings/#parsing-environment-variable-values
        """
        for start, outer in self.fields[:MOST] if self.delimiter else ():
            if (body := bodies.get(outer["type"].strip())) and body is not self:
                for _, inner in body.fields[:MOST]:
                    name = f"{self.prefix}{outer['name']}{self.delimiter}{inner['name']}"
                    yield self.source.read(name.upper(), start, "soft", length=len(outer["name"]))

    def reads(self, known: Container[str]) -> Iterator[VariableRead]:
        """The variables of which the fields are read; nobody sets one of the `known` classes as one variable."""
        for start, found in self.fields:
            if found["type"].removeprefix("Optional[").rstrip("] ") not in known:
                yield from self.read(start, found)

    def read(self, start: int, found: re.Match[str]) -> Iterator[VariableRead]:
        """The variable that a field is read of: the first of several names, of which none is needed."""
        if found["name"] in ("model_config",) or "ClassVar" in found["type"]:
            return
        value = found["value"]
        how: How = "hard" if value is None or is_required(value.strip()) else "soft"
        if how == "hard" and not SIMPLE.match(found["type"]):
            return
        alias = ALIAS.search(value or "") or (ALIAS.search(found["type"]) if "Annotated" in found["type"] else None)
        names = re.findall(r"\w+", alias["names"]) if alias else [self.prefix + found["name"]]
        how = how if len(names) == 1 else "soft"
        yield self.source.read(names[0].upper(), start, how, declarative=True, length=len(found["name"]))


def is_required(value: str) -> bool:
    """Whether what is assigned to a field is not a default: `...`, or a `Field` without one."""
    if not value.startswith("Field("):
        return value == "..."
    arguments = value.removeprefix("Field(")
    first = arguments.partition(",")[0].strip(" \n\t)")
    return first == "..." or ("default" not in arguments and (not first or "=" in first))


def statements(text: str, start: int, end: int, outer: int) -> Iterator[Statement]:
    """The statements of a body, each with the lines that are deeper than it."""
    indent, begin, lines = -1, 0, list[str]()
    position = text.find("\n", start) + 1
    while 0 < position < end:
        stop = text.find("\n", position)
        stop = stop if stop >= 0 else len(text)
        line = text[position:stop]
        depth = len(line) - len(line.lstrip())
        if line.strip():
            if depth <= outer:
                break
            indent = depth if indent < 0 else indent
            if depth <= indent and not line.lstrip().startswith((")", "]", "}")):
                if lines:
                    yield Statement(begin, "\n".join(lines))
                begin, lines = position + depth, [line.strip()]
            else:
                lines.append(line)
        position = stop + 1
    if lines:
        yield Statement(begin, "\n".join(lines))
