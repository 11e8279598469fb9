"""Reads in Python: the standard library, environs and django-environ, decouple, settings of pydantic."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.model.facts import How, Read
from cmlint.sources.code.forms import CALL, OR, QUOTED, Form, Source

FORMS = (
    Form(rf"(?m)^[\w.]+(?:\s*:\s*\w+)?\s*=\s*(?:\w+\()?(?:os\.)?environ\[{QUOTED}\]{OR}?", "hard", declarative=True),
    Form(rf"(?m)(?<=[ \t(=,{{\[])(?:os\.)?environ\[{QUOTED}\](?!\s*=[^=]){OR}?", "hard"),
    Form(
        rf"\bconfig\(\s*{QUOTED}(?P<soft>[^\n)]{{0,300}}\bdefault\s*=)?", "hard", True, ("decouple", "starlette.config")
    ),
    Form(
        rf"\benv(?:\.\w+)?\(\s*{QUOTED}(?P<soft>[^\n)]{{0,300}},\s{{0,40}}(?:default\s{{0,40}}=|[^\s)=]{{1,100}}\s{{0,40}}\)))?",
        "hard",
        True,
        ("environs", "import environ", "environ.Env"),
    ),
    Form(CALL),
    Form(rf"\benvvar\s*=\s*\[?\s*{QUOTED}", "soft"),
)
"""The forms in which Python reads variables."""

LOOSE = re.compile(
    r"\b(?:env_nested_delimiter|auto_envvar_prefix|dynaconf|environ\.items\(|dict\(os\.environ|environ\.config\b|[Pp]refixed"
    r"|class \w+\((?!Base)\w+Settings\))"
)
"""What makes names of variables from names of settings, or takes all that begin with a prefix."""

CLASS = re.compile(r"^(?P<indent>[ \t]*)class[ \t]+(?P<name>\w+)[ \t]*\((?P<bases>[^()\n]*)\)[ \t]*:", re.MULTILINE)
HEAD = re.compile(r"^(?P<indent>[ \t]*)class\b", re.MULTILINE)
FIELD = re.compile(r"(?P<name>[a-zA-Z]\w*)[ \t]*:[ \t]*(?P<type>[^=#\s][^=#\n]*)(?:=(?P<value>.*))?\Z", re.DOTALL)
PREFIX = re.compile(r"\b(?:(?:auto_)?env(?:var)?_prefix\s*=|from_prefixed_env\()\s*[\"'](\w{0,100})[\"']")
ALIAS = re.compile(
    r"\b(?:env|alias|validation_alias)\s*=\s*(?:AliasChoices\(|\[)?\s*(?P<names>[\"']\w+[\"'](?:\s*,\s*[\"']\w+[\"'])*)"
)
SIMPLE = re.compile(
    r"(?:Optional\[)?(?:str|int|float|bool|bytes|Path|list|List|dict|set|tuple|Secret\w*|\w*Url|\w*Dsn|Any\w*|Literal|Json)\b"
)
"""The types of settings that are one variable; others are settings with fields of their own."""

COMMENTED = re.compile(r"(?<![ \t])[ \t]+#.*")


def read(source: Source) -> Iterator[Read]:
    """What is read besides the forms: the fields of pydantic's settings."""
    if "Settings" in source.text:
        yield from settings(source)


def settings(source: Source) -> Iterator[Read]:
    """The fields of the classes that are settings, by their bases."""
    known = {"BaseSettings"}
    classes, prefixes = list(CLASS.finditer(source.text)), Prefixes(source.text)
    for number, found in enumerate(classes):
        bases = {base.strip().rpartition(".")[2] for base in found["bases"].split(",")}
        if bases & known:
            known.add(found["name"])
            end = classes[number + 1].start() if number + 1 < len(classes) else len(source.text)
            body = Body(source, found, end, prefixes.of(found))
            for field in body.fields:
                yield from body.reads(field)


class Field(NamedTuple):
    """A field of a class, from its first line on."""

    start: int
    text: str


class Prefixes:
    """What settings put before the names of their fields, found once for all classes of a text."""

    def __init__(self, text: str) -> None:
        self.found = list(PREFIX.finditer(text))
        self.starts = [found.start() for found in self.found]
        self.heads: dict[str, list[int]] = {}
        for head in HEAD.finditer(text):
            self.heads.setdefault(head["indent"], []).append(head.start())

    def of(self, head: re.Match[str]) -> str:
        """The prefix of a class: the first one before the next class on the same level, as in an inner class."""
        level, number = self.heads[head["indent"]], bisect_left(self.starts, head.end())
        following = bisect_right(level, head.start())
        end = level[following] if following < len(level) else head.endpos
        return self.found[number][1] if number < len(self.found) and self.starts[number] < end else ""


class Body:
    """The body of a class of settings, up to the next class."""

    def __init__(self, source: Source, head: re.Match[str], end: int, prefix: str) -> None:
        self.source, self.prefix = source, prefix
        self.fields = list(fields(source.text, head.end(), end, len(head["indent"])))

    def reads(self, field: Field) -> Iterator[Read]:
        """The variables that a field may be read of; with several names, none of them is needed."""
        found = FIELD.match(COMMENTED.sub("", field.text))
        if found is None or found["name"] in ("model_config",) or "ClassVar" in found["type"]:
            return
        value = found["value"]
        how: How = "hard" if value is None or is_required(value.strip()) else "soft"
        if how == "hard" and not SIMPLE.match(found["type"]):
            return
        alias = ALIAS.search(value or "")
        names = re.findall(r"\w+", alias["names"]) if alias else [self.prefix + found["name"]]
        for name in names:
            yield self.source.read(
                name.upper(),
                field.start,
                how if len(names) == 1 else "soft",
                declarative=True,
                length=len(found["name"]),
            )


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
