"""Reads in JavaScript and TypeScript: `process.env`, `import.meta.env`, NestJS, and schemas of zod, Joi and envalid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import How, VariableRead
from cmlint.sources.code.forms import CALL, CONSTANT_CALL, NAME, OR, QUOTE, QUOTED, Form, Source

ENVIRONMENT = r"(?:process\.env|import\.meta\.env|Bun\.env|\(process\.env[ \t]+as[ \t][\w<>, ]{1,60}\))"
ALIASES = (
    r"\b(?:const|let|var)[ \t]+(\w{1,40})[ \t]*(?::[^=\n]{1,60})?=[ \t]*(?:\{[ \t]*\.\.\.)?"
    r"(?:process\.env|import\.meta\.env)(?:[ \t]+as[ \t][\w<>, ]{0,60}[\w>])?[ \t]*(?:\}[ \t]*)?(?:;|\n|$)"
    r"|\b(?:const|let|var)[ \t]+\{[^{}\n]{0,80}?\b(env)\b[^{}\n]{0,80}\}[ \t]*=[ \t]*process\b(?!\.)"
    r"|\bimport[ \t]+(?:\w+,[ \t]*)?\{[^{}\n]{0,80}?\b(env)\b(?![ \t]+as)[^{}\n]{0,80}\}[ \t]*from[ \t]*"
    r"[\"'](?:node:process|process|\$env/dynamic/\w+)[\"']"
)
"""The names that a program gives to the environment."""

SERVICES = r"\b(\w{1,40})[ \t]*:[ \t]*ConfigService\b"
"""The names that it gives to the service of NestJS: https://docs.nestjs.com/techniques/configuration."""
NOT_ASSIGNED = r"(?!\s*(?:\|\||\?\?)?=[^=>])"
VALIDATOR = r"@Is\w{1,40}\([^()\n]{0,100}\)"
SCHEMAS = ("process.env", "createEnv", "nvSchema", "validationSchema", "cleanEnv", "env)")

FORMS = (
    Form(
        rf"!{ENVIRONMENT}\??\.{NAME}\b\s{{0,40}}\)\s{{0,40}}\{{?\s{{0,40}}(?:throw|[\w.]{{1,40}}\([^\n]{{0,300}}\);?\s{{0,40}}process\.exit)",
        "hard",
    ),
    Form(rf"{ENVIRONMENT}[?!]?\.{NAME}\b{NOT_ASSIGNED}(?:\)?{OR})?"),
    Form(rf"{ENVIRONMENT}(?:\?\.)?\[{QUOTED}\]{NOT_ASSIGNED}(?:\)?{OR})?"),
    Form(
        rf"(?<![\w.$])(?P<alias>\w{{1,40}})(?:[?!]?\.|(?:\?\.)?\[{QUOTE}){NAME}\b{QUOTE}?\]?{NOT_ASSIGNED}(?:\)?{OR})?",
        aliases=ALIASES,
    ),
    Form(rf"{QUOTED}[ \t]+in[ \t]+process\.env\b"),
    Form(rf"process\.env\[(?P<constant>[A-Za-z_]\w{{1,60}})\]{NOT_ASSIGNED}(?:\)?{OR})?"),
    Form(
        r"\bimport[ \t]*\{(?P<names>[^{}]{1,2000})\}[ \t]*from[ \t]*[\"']\$env/static/\w+[\"']", words=("$env/static",)
    ),
    Form(rf"\benv\.get\(\s*{QUOTED}\s*\)(?:\s*\.required\(\s*\))", "hard", words=("env-var",)),
    Form(rf"\benv\.get\(\s*{QUOTED}\s*\)(?P<soft>\s*\.default\()", words=("env-var",)),
    Form(CALL),
    Form(CONSTANT_CALL),
    Form(
        rf"\b(?P<alias>\w{{1,40}})\.getOrThrow(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}",
        "hard",
        words=("ConfigService",),
        aliases=SERVICES,
    ),
    Form(
        rf"\b(?P<alias>\w{{1,40}})\.get(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}(?P<soft>\s*,)?"
        rf"{OR.replace('soft', 'other')}?",
        words=("ConfigService",),
        aliases=SERVICES,
    ),
    Form(
        rf"\b{NAME}:\s*\{{\s*type:",
        "soft",
        words=("fastify-env", "@fastify/env", "fastifyEnv", "env-schema", "envSchema"),
    ),
    Form(rf"\.prop\(\s*{QUOTED}", "soft", words=("fastify-env", "@fastify/env", "env-schema", "envSchema")),
    Form(
        rf"(?:{VALIDATOR}\s*|(?!{VALIDATOR})@\w{{1,40}}\([^\n]{{0,200}}?\)\n\s*){{1,8}}(?:public[ \t]+|readonly[ \t]+)?"
        rf"{NAME}[?!]?:",
        words=("plainToInstance", "plainToClass", "class-validator"),
    ),
    Form(
        rf"[cC]onfig\w{{0,40}}(?:\(\))?\.getOrThrow(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}", "hard", words=("getOrThrow",)
    ),
    Form(
        rf"[cC]onfig\w{{0,40}}(?:\(\))?\.get(?:<[^<>\n]{{0,40}}>)?\(\s*{QUOTED}(?P<soft>\s*,)?"
        rf"{OR.replace('soft', 'other')}?",
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
SCHEMA = re.compile(
    rf"(?m)(?:^|(?<=[{{,]))[ \t]*{NAME}:[ \t]*(?P<library>z|[jJ]oi)\b"
    r"[^\n,]*(?:,(?![ \t]*[A-Z][A-Z0-9_]*:)[^\n,]*)*(?:\n[ \t]*\.[^\n]*)*"
)
GIVES = re.compile(r"\.(?:default|optional|nullish|catch|allow)\(")
TAKEN = re.compile(
    rf"\{{([^{{}}]{{1,4000}})\}}(?:\s*:\s*\w(?:[\w<>,\[\] ]{{0,80}}[\w>\]])?)?\s*=\s*{ENVIRONMENT}\b(?!\s*[.\[])"
)
PART = re.compile(rf"(?:\A|(?<=,))\s*{NAME}\s*(?::\s*\w+\s*)?(?P<soft>=[^,]*)?(?=,|\Z)")


def read(source: Source) -> Iterator[VariableRead]:
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
