"""`cmlint schema`: the configuration's JSON Schema, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cmlint.cli.inputs import rules_or_error
from cmlint.cli.parameters import Command
from cmlint.cli.refusals import places_of
from cmlint.cli.terminal import write
from cmlint.config.config import Config, Helm, ProviderKind
from cmlint.config.settings import SETTINGS
from cmlint.engine.rules import Rule
from cmlint.engine.suppress import EVERYTHING
from cmlint.kube.versions import VERSION
from cmlint.model.evidence import IGNORABLE, MEANINGS
from cmlint.report.json import encode


class Options(msgspec.Struct, frozen=True):
    """What the line says: nothing."""


def run(options: Options) -> int:
    """Prints the schema."""
    write(encode(schema(rules_or_error())))
    return 0


def schema(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The schema of `.cmlint.yaml`, with the names of rules and families wherever one may be."""
    _, parts = msgspec.json.schema_components([Config])
    whole: dict[str, Any] = dict(parts[Config.__name__])
    fields = whole["properties"]
    fields["helm"] = {**parts[Helm.__name__], "description": fields["helm"]["description"]}
    fields["providers"]["items"] = parts[ProviderKind.__name__]
    fields["providers"]["items"]["description"] = " ".join((ProviderKind.__doc__ or "").split())
    words = words_of(rules)
    for field in ("select", "ignore"):
        fields[field]["items"] = words
    fields["per-path-ignore"]["additionalProperties"]["items"] = words
    meanings = [MEANINGS[code] for code in IGNORABLE]
    fields["evidence"]["propertyNames"] = {"enum": [*IGNORABLE], "enumDescriptions": meanings}
    for name, field in fields.items():
        if choices := field.pop("anyOf", None):
            field.update(choices[0])  # What may be left out cannot be set to nothing.
            del field["default"]
        field["description"] += where(name)
        field["x-cmlint-places"] = places_of(name)
        if pattern := PATTERNS.get(name):
            field.get("items", field)["pattern"] = f"^(?:{pattern})$"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://cmlint.dev/schema.json",
        **whole,
        "title": "The configuration of cmlint",
        "description": "The settings in `.cmlint.yaml`, in `[tool.cmlint]` of `pyproject.toml` and in the user's file.",
    }


def where(setting: str) -> str:
    """What an editor says of a setting that does not count in every file."""
    owners = [OWNERS[whose] for whose in SETTINGS[setting].files]
    return "" if len(owners) == len(OWNERS) else f" It counts only in {owners[0]} configuration."


OWNERS = {"repository": "the repository's", "user": "the user's"}

PATTERNS = {
    "kubernetes-version": VERSION,
}
"""What the strings of some settings are like."""


def words_of(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """What names rules: each rule, each family and `all`; editors show the sentence beside each."""
    families = sorted({rule.family for rule in rules.values()})
    named = {EVERYTHING: "Every rule.", **{family: f"The rules about {family}." for family in families}}
    named |= {name: f"{rule.summary[:1].upper()}{rule.summary[1:]}." for name, rule in rules.items()}
    return {"enum": [*named], "enumDescriptions": [*named.values()]}


EXAMPLES = (("schema > cmlint.schema.json", "write it where an editor finds it"),)

COMMAND = Command("schema", "Print the configuration's JSON Schema.", EXAMPLES, (), Options, run)
