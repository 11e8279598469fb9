"""What a Dockerfile says of a program: https://docs.docker.com/reference/dockerfile/."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cmlint.model.facts import Dockerfile

JOINED = re.compile(r"\\[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*")
LINE = re.compile(r"(?m)^[ \t]*(?P<word>FROM|ENV|ARG|COPY|ADD|CMD|ENTRYPOINT)[ \t]+(?P<rest>[^\n]*)", re.IGNORECASE)
FROM = re.compile(r"(?:--platform=\S+[ \t]+)?(?P<base>\S+)(?:[ \t]+as[ \t]+(?P<name>\S+))?", re.IGNORECASE)
ENV = re.compile(r"\b([A-Za-z_]\w*)=")
USED = re.compile(r"\$\{?(?P<name>\w+)(?::?-(?P<default>[^}]*))?\}?")
COMMAND = re.compile(r"\bcmd/([a-zA-Z][\w-]*)")
MOST = 100
"""The most stages that are followed."""

LONGEST = 1000
"""The most characters of a base."""


class Stage(NamedTuple):
    """One stage: what it begins with, its name, and what it sets."""

    base: str
    name: str
    sets: list[str]


def read(text: str) -> Dockerfile:
    """The last stage with those that it begins with, and what all stages copy."""
    stages: list[Stage] = []
    copies: dict[str, None] = {}
    arguments: dict[str, str] = {}
    for found in LINE.finditer(JOINED.sub(" ", text)):
        word, rest = found["word"].upper(), found["rest"].strip()
        if word == "FROM" and (start := FROM.match(rest)):
            stages.append(Stage(filled(start["base"], arguments), start["name"] or "", []))
        elif word == "ARG":
            name, equals, value = rest.partition("=")
            if equals and not stages:
                arguments[name.strip()] = value.strip().strip("\"'")
        elif word == "ENV" and stages:
            stages[-1].sets.extend(ENV.findall(rest) or rest.split()[:1])
        elif word in ("COPY", "ADD"):
            copies.update(dict.fromkeys(copied(rest)))
    base, sets = followed(stages)
    commands = tuple(dict.fromkeys(COMMAND.findall(text)))
    return Dockerfile(base, tuple(dict.fromkeys(sets)), tuple(copies), commands)


def filled(text: str, arguments: dict[str, str]) -> str:
    """A base with the defaults of arguments in it; empty where one has none, or where it becomes too long."""
    unknown, size = False, len(text)

    def value(found: re.Match[str]) -> str:
        nonlocal unknown, size
        known = arguments.get(found["name"]) or found["default"] or ""
        size += len(known)
        unknown = unknown or not known or "$" in known or size > LONGEST
        return "" if unknown else known

    text = USED.sub(value, text)
    return "" if unknown else text


def copied(rest: str) -> Iterator[str]:
    """The paths of the context that an instruction copies."""
    if "--from=" in rest or rest.startswith("<<"):
        return
    words = re.findall(r"[^\s\[\]\",]+", rest) if rest.lstrip().startswith("[") else rest.split()
    yield from (word for word in words[:-1] if not word.startswith("--") and "://" not in word)


def followed(stages: list[Stage]) -> tuple[str, list[str]]:
    """The base of the last stage and what is set in it, through the stages that it begins with."""
    if not stages:
        return "", []
    number, sets = len(stages) - 1, list(stages[-1].sets)
    for _ in range(MOST):
        names = {stage.name: i for i, stage in enumerate(stages[:number]) if stage.name}
        if stages[number].base not in names:
            break
        number = names[stages[number].base]
        sets += stages[number].sets
    return stages[number].base, sets
