"""Reads in what Spring, Quarkus and Micronaut are configured by: `${X}` and `${X:default}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import Read
from cmlint.sources.code.forms import NAME, Form, Source

FORMS = (
    Form(rf"\$\{{[\w.-]{{1,100}}:[^{{}}\n]{{0,100}}\$\{{{NAME}", "soft", words=("${",)),
    Form(rf"(?<!\\)\$\{{{NAME}(?P<soft>:)?", "hard", True, ("${",)),
)
"""The forms in which these files read variables; one in the default of another is not needed."""

LOOSE = re.compile(r"(?s)\A")
"""Every property may also be given by a variable (https://docs.spring.io/spring-boot/reference/features/external-config.html)."""


def read(_: Source) -> Iterator[Read]:
    """Nothing is read in another way."""
    yield from ()
