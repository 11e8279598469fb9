"""Reads in Go: `os.Getenv`, functions around it, tags of fields (envconfig, caarlos0/env, cleanenv), viper, flags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.model.facts import How, Read
from cmlint.sources.code.forms import CALL, NAME, QUOTED, Form, Source

FORMS = (
    Form(CALL),
    Form(rf"\bEnvVars?:\s*(?:\[\]string\{{\s*)?{QUOTED}", "soft"),
    Form(rf"\bEnvvar\(\s*{QUOTED}", "soft"),
    Form(rf"\bEnvVars\(\s*{QUOTED}", "soft"),
    Form(rf"\bBindEnv\([^)\n]{{0,300}},\s{{0,40}}{QUOTED}", "soft"),
    Form(rf"\bviper\.Get\w*\(\s*{QUOTED}", "soft", words=("AutomaticEnv", "viper")),
    Form(rf"mapstructure:\"{NAME}\"", "soft", words=("mapstructure",)),
)
"""The forms in which Go reads variables."""

LOOSE = re.compile(
    r"\bAutomaticEnv\(|\benvPrefix:|koanf|\bUseFieldNameByDefault:|\benvconfig\.(?:Must)?Process|\bSetEnvPrefix\(|\bPrefixLookuper\(|PrefixOptions"
)

TAGS = re.compile(r"`(?P<tags>[^`\n]+)(?=`)")
TAG = re.compile(r"\b(?:env|envconfig):\"(?P<name>[A-Z][A-Z0-9_]{1,99})(?P<options>[^\"\n]*)\"")
SOFT = re.compile(r"\b(?:envDefault|env-default|default):\"|,\s*(?:default|optional)\b")
REQUIRED = re.compile(r",\s*(?:required|notEmpty)|\brequired:\"true\"|env-required:\"true\"")
PREFIX = re.compile(
    r"\b(?:DefaultEnvars|WithEnvVarPrefix|envconfig\.(?:Must)?Process|SetEnvPrefix)\(\s*\"(\w{1,100})\""
)
"""What is put before names."""


def read(source: Source) -> Iterator[Read]:
    """The tags of fields."""
    if "env" not in source.text:
        return
    prefix = PREFIX.search(source.text)
    for field in TAGS.finditer(source.text):
        found = last(TAG.finditer(source.text, *field.span("tags")))
        if not found or not source.is_code(field.start()):
            continue
        how: How = "guarded"
        if SOFT.search(field["tags"]) or SOFT.search(found["options"]):
            how = "soft"
        elif REQUIRED.search(field["tags"]):
            how = "hard"
        name = f"{prefix[1].upper()}_{found['name']}" if prefix else found["name"]
        yield source.read(name, found.start("name"), how, declarative=prefix is None, length=len(found["name"]))


def last(found: Iterator[re.Match[str]]) -> re.Match[str] | None:
    """The last match."""
    match = None
    for match in found:  # noqa: B007
        pass
    return match
