"""Reads in JavaScript and TypeScript: `process.env`, `import.meta.env`, NestJS, and schemas of zod, Joi and envalid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import How, Read
from cmlint.sources.code.forms import CALL, NAME, OR, QUOTED, Form, Source

ENVIRONMENT = r"(?:process\.env|import\.meta\.env|Bun\.env)"
NOT_ASSIGNED = r"(?!\s*(?:\|\||\?\?)?=[^=>])"
SCHEMAS = ("process.env", "createEnv", "nvSchema", "validationSchema", "cleanEnv", "env)")

FORMS = (
    Form(
        rf"!{ENVIRONMENT}\??\.{NAME}\b\s{{0,40}}\)\s{{0,40}}\{{?\s{{0,40}}(?:throw|[\w.]{{1,40}}\([^\n]{{0,300}}\);?\s{{0,40}}process\.exit)",
        "hard",
    ),
    Form(rf"{ENVIRONMENT}\??\.{NAME}\b{NOT_ASSIGNED}(?:\)?{OR})?"),
    Form(rf"{ENVIRONMENT}(?:\?\.)?\[{QUOTED}\]{NOT_ASSIGNED}(?:\)?{OR})?"),
    Form(CALL),
    Form(rf"[cC]onfig\w*(?:\(\))?\.getOrThrow(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}", "hard", words=("getOrThrow",)),
    Form(
        rf"[cC]onfig\w*(?:\(\))?\.get(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}(?P<soft>\s*,)?{OR.replace('soft', 'other')}?",
        words=("onfig",),
    ),
    Form(
        rf"(?m)^[ \t]*{NAME}:[ \t]*(?:str|bool|num|email|host|port|url|json)\((?P<soft>[^\n]*\bdefault)?",
        "hard",
        True,
        ("cleanEnv",),
    ),
    Form(rf"\benv:[ \t]*{QUOTED}", "soft", words=("convict",)),
)
"""The forms in which JavaScript reads variables; `import.meta.env` is that of the build."""

LOOSE = re.compile(
    r"\bnconf\b|\brc\(|custom-environment-variables|\.\.\.process\.env\b|Object\.(?:keys|entries)\(process\.env"
)
PREFIX = re.compile(r"(?!)")
SCHEMA = re.compile(rf"(?m)^[ \t]*{NAME}:[ \t]*(?P<library>z|[jJ]oi)\b[^\n]*(?:\n[ \t]*\.[^\n]*)*")
GIVES = re.compile(r"\.(?:default|optional|nullish|catch|allow)\(")
TAKEN = re.compile(rf"\{{([^{{}}]{{1,4000}})\}}(?:\s*:\s*[\w<>,\[\] ]{{1,80}})?\s*=\s*{ENVIRONMENT}\b(?!\s*[.\[])")
PART = re.compile(rf"(?:\A|(?<=,))\s*{NAME}\s*(?::\s*\w+\s*)?(?P<soft>=[^,]*)?(?=,|\Z)")


def read(source: Source) -> Iterator[Read]:
    """What is taken out of the environment at once: by schemas, and by `const { A, B = 1 } = process.env`."""
    for found in SCHEMA.finditer(source.text) if any(word in source.text for word in SCHEMAS) else ():
        needed = found["library"] == "z" or ".required(" in found[0]
        how: How = "hard" if needed and not GIVES.search(found[0]) else "soft"
        yield source.read(found["name"], found.start("name"), how, declarative=True)
    for found in TAKEN.finditer(source.text) if "env" in source.text else ():
        begin = found.start(1)
        text = re.sub(r"//[^\n]*", lambda comment: " " * len(comment[0]), found[1])
        for part in PART.finditer(text):
            yield source.read(part["name"], begin + part.start("name"), "soft" if part["soft"] else "guarded")
