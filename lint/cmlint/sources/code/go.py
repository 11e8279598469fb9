"""Reads in Go: `os.Getenv`, functions around it, tags of fields (envconfig, caarlos0/env, cleanenv), viper, flags."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from cmlint.model.facts import How, VariableRead
from cmlint.sources.code.forms import CALL, CONSTANT_CALL, NAME, QUOTED, Form, Source

FORMS = (
    Form(CALL),
    Form(CONSTANT_CALL),
    Form(rf"\bExpandEnv\([^)\n]{{0,200}}?\$\{{?{NAME}"),
    Form(r"\bEnvVars?:\s*(?P<names>(?:\[\]string\{|cli\.EnvVars\()[^})]{0,500}[})]|[\"`][^\"`\n]{1,300}[\"`])", "soft"),
    Form(r"\bEnv(?:v[aA]r|Vars)\((?P<names>[^)]{0,500})\)", "soft"),
    Form(rf"\bOverrideDefaultFromEnvar\(\s*{QUOTED}", "soft"),
    Form(r"\b(?:Must)?BindEnv\([^,)\n]{0,200},(?P<names>[^)\n]{0,500})\)", "soft"),
    Form(rf"\b\w+\.(?:Get\w*|SetDefault)\(\s*{QUOTED}", "soft", words=("AutomaticEnv", "viper")),
    Form(rf"mapstructure:\"{NAME}\"", "soft", words=("mapstructure",)),
    Form(rf"\barg:\"[^\"\n]{{0,200}}?\benv:{NAME}(?P<soft>[^`\n]{{0,200}}\bdefault:)?", words=("env:",)),
    Form(rf"\bkong:\"[^\"\n]{{0,200}}?\benv='{NAME}'", "soft", words=("kong",)),
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

BOUND = re.compile(r"\bBindEnv\(\s*\"([\w.-]+)\"\s*\)")
"""A setting that viper reads of the variable that has its name: https://github.com/spf13/viper#working-with-environment-variables."""

STRUCT = re.compile(r"(?m)^type[ \t]+(\w+)[ \t]+struct[ \t]*\{")
INNER = re.compile(r"(?m)^[ \t]*\w+[ \t]+\*?(\w+)[ \t]+`[^`\n]{0,200}?\benvPrefix:\"(\w{1,100})\"")
"""A field of another struct, before whose variables it puts a prefix: https://github.com/caarlos0/env."""


def read(source: Source) -> Iterator[VariableRead]:
    """The tags of fields, and the settings that viper reads."""
    if "env" not in source.text and "Env" not in source.text:
        return
    prefix = PREFIX.search(source.text)
    for found in BOUND.finditer(source.text):
        name = re.sub(r"[.-]", "_", f"{prefix[1]}_{found[1]}" if prefix else found[1]).upper()
        if source.is_code(found.start()):
            yield source.read(name, found.start(1), "soft", length=len(found[1]))
    inner = dict(INNER.findall(source.text)) if "envPrefix:" in source.text else {}
    structs = list(STRUCT.finditer(source.text)) if inner else []
    starts = [struct.start() for struct in structs]
    for field in TAGS.finditer(source.text):
        tag = last(TAG.finditer(source.text, *field.span("tags")))
        if not tag or not source.is_code(field.start()):
            continue
        how: How = "guarded"
        if SOFT.search(field["tags"]) or SOFT.search(tag["options"]):
            how = "soft"
        elif REQUIRED.search(field["tags"]):
            how = "hard"
        number = bisect_left(starts, field.start())
        outer = inner.get(structs[number - 1][1], "") if number else ""
        name = f"{prefix[1].upper()}_{tag['name']}" if prefix else f"{outer}{tag['name']}"
        yield source.read(name, tag.start("name"), how, declarative=prefix is None, length=len(tag["name"]))


def last(found: Iterator[re.Match[str]]) -> re.Match[str] | None:
    """The last match."""
    match = None
    for match in found:  # noqa: B007
        pass
    return match
