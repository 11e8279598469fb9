"""Reads in shell scripts: `$X`, `${X}`, `${X:-default}`, `${X:?message}`, `printenv X`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import VariableRead
from cmlint.sources.code.forms import NAME, Form, Source

FORMS = (
    Form(rf"(?<!\\)\$\{{{NAME}:?\?", "hard", words=("${",)),
    Form(rf"(?<!\\)\$\{{{NAME}(?P<soft>:?[-=+])", "soft", words=("${",)),
    Form(rf"(?<!\\)\$\{{#?{NAME}[}}#%/:^,@]", words=("${",)),
    Form(rf"(?<!\\)\$(?<!\$\$){NAME}\b", words=("$",)),
    Form(rf"\bprintenv[ \t]+{NAME}\b", words=("printenv",)),
)
"""The forms in which a shell reads variables."""

LOOSE = PREFIX = re.compile(r"(?!)")
"""Nothing makes names of variables from other names."""
SETS = re.compile(
    r"(?m)^[ \t]*(?:(?:export|readonly|local|declare(?:[ \t]+-\w+)?)[ \t]+)?([A-Z][A-Z0-9_]+)=(?P<value>[^\n]*)"
)
FIRST = re.compile(r"[\"']?\$\{?(\w+)")
OTHERS = re.compile(r"\b(?:for|read(?:[ \t]{1,40}-\w{1,20}){0,9})[ \t]{1,40}([A-Z][A-Z0-9_]+)\b")


def read(_: Source) -> Iterator[VariableRead]:
    """Nothing is read in another way."""
    yield from ()


def sets_in(text: str) -> tuple[str, ...]:
    """The variables that a script sets itself, without those that it only gives a default or passes on."""
    found = set[str]()
    for match in SETS.finditer(text):
        first = FIRST.match(match["value"])
        if not first or first[1] != match[1]:
            found.add(match[1])
    return tuple(sorted(found | set(OTHERS.findall(text))))
