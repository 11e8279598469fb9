"""Reads in Java, Kotlin and their like: `System.getenv`, `@Value` and what Spring makes of names of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import Read
from cmlint.sources.code.forms import CALL, NAME, OR, QUOTED, Form, Source

FORMS = (
    Form(CALL),
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
PREFIX = re.compile(r"@Config(?:urationProperties|Mapping)\(\s*(?:(?:prefix|value)\s*=\s*)?\"([\w.-]+)\"")
"""What is put before the names of fields (https://docs.spring.io/spring-boot/reference/features/external-config.html)."""


def read(_: Source) -> Iterator[Read]:
    """Nothing is read in another way."""
    yield from ()
