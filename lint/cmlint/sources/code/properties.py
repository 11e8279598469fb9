"""Reads in what Spring, Quarkus and Micronaut are configured by: `${X}` and `${X:default}`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import VariableRead
from cmlint.sources.code import forms
from cmlint.sources.code.forms import NAME, Form, Source, squeezed

FORMS = (
    Form(rf"\$\{{[\w.-]{{1,100}}:[^{{}}\n]{{0,100}}\$\{{{NAME}", "soft", words=("${",)),
    Form(rf"(?<!\\)\$\{{{NAME}(?P<soft>:)?", "hard", True, ("${",)),
)
"""The forms in which these files read variables; one in the default of another is not needed."""

LOOSE = PREFIX = re.compile(r"(?!)")
"""Nothing makes names of variables but each property with its full name."""

KEY = re.compile(r"(?m)^(?P<indent>[ ]*)(?:-[ ])?(?P<key>[A-Za-z][\w.-]{0,99})[ ]*[:=]")


def settings_in(text: str) -> str:
    """The properties that a text sets, each of which a variable may set as well, and the other names in it.

    https://docs.spring.io/spring-boot/reference/features/external-config.html
    """
    found, path = set[str](), list[tuple[int, str]]()
    for key in KEY.finditer(text):
        depth = len(key["indent"])
        path = [(indent, name) for indent, name in path[:DEEPEST] if indent < depth]
        path.append((depth, key["key"]))
        found.add(squeezed("".join(name for _, name in path)))
    return " ".join(sorted(found | set(forms.settings_in(text).split())))


DEEPEST = 20
"""The most levels of a property."""


def read(_: Source) -> Iterator[VariableRead]:
    """Nothing is read in another way."""
    yield from ()
