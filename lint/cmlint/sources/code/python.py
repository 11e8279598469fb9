"""Reads in Python: the standard library, environs and django-environ, decouple, settings of pydantic."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from cmlint.model.facts import How, Read
from cmlint.sources.code.forms import CALL, CONSTANT_CALL, OR, QUOTED, Form, Source

OTHER = OR.replace("soft", "other")
ALIASES = (
    r"(?m)\bfrom[ \t]+os[ \t]+import[ \t]+[^\n]{0,100}?\benviron[ \t]+as[ \t]+(\w{1,40})"
    r"|^[ \t]*(\w{1,40})[ \t]*(?::[^=\n]{1,60})?=[ \t]*"
    r"(?:dict\(|copy\()?(?:os\.)?environ(?:\.copy\(\))?\)?[ \t]*(?:#|$)"
    r"|^[ \t]*(\w{1,40})[ \t]*=[ \t]*\{[^{}\n]{0,200}?\*\*(?:os\.)?environ\b"
)
"""The names that a program gives to the environment or to a copy of it."""

GETTERS = (
    r"(?m)^[ \t]*(\w{1,40})[ \t]*=[ \t]*(?:os\.)?(?:environ\.get|getenv)[ \t]*(?:#|$)"
    r"|\bfrom[ \t]+os[ \t]+import[ \t]+[^\n]{0,100}?\bgetenv[ \t]+as[ \t]+(\w{1,40})"
)
"""The names that it gives to the function that reads it."""

FORMS = (
    Form(rf"(?m)^[\w.]+(?:\s*:\s*\w+)?\s*=\s*(?:\w+\()?(?:os\.)?environ\[{QUOTED}\]{OR}?", "hard", declarative=True),
    Form(rf"(?m)(?<=[ \t(=,{{\[])(?:os\.)?environ\[{QUOTED}\](?!\s*=[^=]){OR}?", "hard"),
    Form(rf"\bconfig\(\s*{QUOTED}(?P<soft>[^\n)]*\bdefault\s*=)?", "hard", True, ("decouple", "starlette.config")),
    Form(
        rf"\benv(?:\.\w+)?\(\s*{QUOTED}(?P<soft>[^\n)]*,\s*(?:default\s*=|[^\s)=]+\s*\)))?",
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
    r"^(?P<indent>[ \t]*)class[ \t]+(?P<name>\w+)[ \t]*(?:\((?P<bases>[^()\n]*)\))?[ \t]*:", re.MULTILINE
)
FIELD = re.compile(
    r"(?P<name>[a-zA-Z]\w*)[ \t]*:[ \t]*(?P<type>Annotated\[[^\n]*\]|[^=#\n]+?)[ \t]*(?:=(?P<value>.*))?\Z", re.DOTALL
)
PREFIX = re.compile(
    r"\b(?:(?:auto_)?env(?:var)?_prefix[\"']?\s*[=:]|from_prefixed_env\(|environ\.config\(prefix=)\s*[\"'](\w*)[\"']"
)
DELIMITER = re.compile(r"\benv_nested_delimiter[\"']?\s*[=:]\s*[\"'](_+)[\"']")
ALIAS = re.compile(
    r"\b(?:env|alias|validation_alias)\s*=\s*(?:AliasChoices\(|\[)?\s*(?P<names>[\"']\w+[\"'](?:\s*,\s*[\"']\w+[\"'])*)"
)
SIMPLE = re.compile(
    r"(?:Annotated\[|Optional\[)*(?:str|int|float|bool|bytes|Path|list|List|dict|set|tuple|Secret\w*|\w*Url|\w*Dsn|Any\w*|Literal|Json)\b"
)
"""The types of settings that are one variable; others are settings with fields of their own."""

COMMENTED = re.compile(r"[ \t]+#.*")


def read(source: Source) -> Iterator[Read]:
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


def settings(source: Source) -> Iterator[Read]:
    """The fields of the classes that are settings, by their bases."""
    known = {"BaseSettings"}
    classes = list(CLASS.finditer(source.text))
    bodies = {found["name"]: Body(source, found) for found in classes}
    for found in classes:
        bases = {base.strip().rpartition(".")[2] for base in (found["bases"] or "").split(",")}
        if bases & known:
            known.add(found["name"])
            yield from bodies[found["name"]].all_reads(bodies, known)


class Field(NamedTuple):
    """A field of a class, from its first line on."""

    start: int
    text: str


MOST = 100
"""The most fields of a class in which there are others, and the most of these."""


class Body:
    """The body of a class of settings, up to the next class that is not in it."""

    def __init__(self, source: Source, head: re.Match[str]) -> None:
        self.source, self.head = source, head

    @cached_property
    def end(self) -> int:
        """Where the body ends at the latest."""
        outside = rf"^[ \t]{{0,{len(self.head['indent'])}}}class\b"
        following = re.compile(outside, re.MULTILINE).search(self.source.text, self.head.end())
        return following.start() if following else len(self.source.text)

    @cached_property
    def fields(self) -> list[Field]:
        """The statements of the body."""
        return list(fields(self.source.text, self.head.end(), self.end, len(self.head["indent"])))

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

    def all_reads(self, bodies: Mapping[str, Body], known: Container[str]) -> Iterator[Read]:
        """The variables of all fields; those of a class in the same text are behind the name of the field.

        Nobody sets a field of one of the `known` classes of settings as one variable.
        https://docs.pydantic.dev/latest/concepts/pydantic_settings/#parsing-environment-variable-values
        """
        for number, field in enumerate(self.fields):
            yield from self.reads(field, known)
            outer = FIELD.match(COMMENTED.sub("", field.text)) if self.delimiter and number < MOST else None
            if outer and (body := bodies.get(outer["type"].strip())) and body is not self:
                for inner in filter(None, (FIELD.match(COMMENTED.sub("", each.text)) for each in body.fields[:MOST])):
                    name = f"{self.prefix}{outer['name']}{self.delimiter}{inner['name']}"
                    yield self.source.read(name.upper(), field.start, "soft", length=len(outer["name"]))

    def reads(self, field: Field, known: Container[str]) -> Iterator[Read]:
        """The variable that a field is read of: the first of several names, of which none is needed."""
        found = FIELD.match(COMMENTED.sub("", field.text))
        if found is None or found["name"] in ("model_config",) or "ClassVar" in found["type"]:
            return
        if found["type"].removeprefix("Optional[").rstrip("] ") in known:
            return
        value = found["value"]
        how: How = "hard" if value is None or is_required(value.strip()) else "soft"
        if how == "hard" and not SIMPLE.match(found["type"]):
            return
        alias = ALIAS.search(value or "") or (ALIAS.search(found["type"]) if "Annotated" in found["type"] else None)
        names = re.findall(r"\w+", alias["names"]) if alias else [self.prefix + found["name"]]
        how = how if len(names) == 1 else "soft"
        yield self.source.read(names[0].upper(), field.start, how, declarative=True, length=len(found["name"]))


def is_required(value: str) -> bool:
    """Whether what is assigned to a field is not a default: `...`, or a `Field` without one."""
    if not value.startswith("Field("):
        return value == "..."
    arguments = value.removeprefix("Field(")
    first = arguments.partition(",")[0].strip(" \n\t)")
    return first == "..." or ("default" not in arguments and (not first or "=" in first))


def fields(text: str, start: int, end: int, outer: int) -> Iterator[Field]:
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
                    yield Field(begin, "\n".join(lines))
                begin, lines = position + depth, [line.strip()]
            else:
                lines.append(line)
        position = stop + 1
    if lines:
        yield Field(begin, "\n".join(lines))
