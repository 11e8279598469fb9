"""Reads in Java, Kotlin and their like: `System.getenv`, `@Value` and what Spring makes of names of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import VariableRead
from cmlint.sources.code.forms import CALL, CONSTANT_CALL, NAME, OR, QUOTED, Form, Source

OTHER = OR.replace("soft", "other")
ALIASES = r"\b(\w{1,40})[ \t]*(?::[\w<>, \t]{1,60})?=[ \t]*System\.getenv\(\)[ \t]*(?:;[ \t]*)?(?:\n|//)"
"""The names that a program gives to the environment."""

FORMS = (
    Form(CALL),
    Form(CONSTANT_CALL),
    Form(
        rf"(?<![\w.])(?P<alias>\w{{1,40}})\.(?:get|getOrDefault)\(\s*{QUOTED}(?P<soft>\s*,)?{OTHER}?", aliases=ALIASES
    ),
    Form(rf"@Property\(\s*name\s*=\s*{QUOTED}(?P<soft>[^\n)]{{0,300}}defaultValue)?", "hard", True, ("@Property",)),
    Form(rf"getenv\(\)\.getOrDefault\(\s*{QUOTED}", "soft", words=("getenv",)),
    Form(rf"getenv\(\)(?:\.get\(\s*|\[){QUOTED}{OR}?", words=("getenv",)),
    Form(rf"@Value\(\s*(?:value\s*=\s*)?\"[^\"\n]{{0,100}}?\\?\$\{{{NAME}(?P<soft>:)?", "hard", True, ("@Value",)),
    Form(rf"getProperty\(\s*{QUOTED}(?P<soft>\s*,)?", words=("getProperty",)),
    Form(
        rf"@ConfigProperty\(\s*name\s*=\s*{QUOTED}(?P<soft>[^\n)]{{0,300}}defaultValue)?",
        "hard",
        True,
        ("@ConfigProperty",),
    ),
)
"""The forms in which Java and Kotlin read variables."""

LOOSE = re.compile(r"typesafe\.config|Hoplite|hoplite|smallrye")
PREFIX = re.compile(r"@Config(?:urationProperties|Mapping)\(\s*(?:(?:prefix|value)\s*=\s*)?\"([\w.-]{1,100})\"")
"""What is put before the names of fields (https://docs.spring.io/spring-boot/reference/features/external-config.html)."""


MAP = re.compile(
    r"\b(?:Map<String,[^\n;=]{1,80}>|List<[^\n;=]{1,80}>)[ \t]+(\w+)"
    r"|\b(\w+)[ \t]*:[ \t]*(?:Mutable)?(?:Map<String,|List<)"
)
"""A field of settings whose own names are not in the source: `Map<String, Client> clients`."""


def maps_in(text: str) -> Iterator[str]:
    """The patterns of the variables that fill a map in a class with a prefix: `SHOP_CLIENTS_*`."""
    prefix = PREFIX.search(text)
    for found in MAP.finditer(text) if prefix else ():
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "*", f"{prefix[1]}.{found[1] or found[2]}" if prefix else "")
        yield f"{name.replace('.', '_').upper()}_*"


def read(_: Source) -> Iterator[VariableRead]:
    """Nothing is read in another way."""
    yield from ()
