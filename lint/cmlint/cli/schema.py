"""`cmlint schema`: the configuration's JSON Schema, for editors."""

from __future__ import annotations

from typing import Any

import msgspec

from cmlint.cli.inputs import rules_or_error
from cmlint.cli.parameters import Command
from cmlint.cli.terminal import write
from cmlint.config import Config, Helm, ProviderKind
from cmlint.report.json import encode


class Options(msgspec.Struct, frozen=True):
    """What the line says: nothing."""


def run(options: Options) -> int:
    """Prints the schema."""
    rules = rules_or_error()
    families = sorted({rule.family for rule in rules.values()})
    write(encode(schema(["all", *families, *rules])))
    return 0


def schema(names: list[str]) -> dict[str, Any]:
    """The schema of `.cmlint.yaml`, with the names of rules and families wherever one may stand."""
    _, parts = msgspec.json.schema_components([Config])
    whole: dict[str, Any] = dict(parts[Config.__name__])
    fields = whole["properties"]
    fields["helm"] = {**parts[Helm.__name__], "description": fields["helm"]["description"]}
    fields["providers"]["items"] = parts[ProviderKind.__name__]
    for field in ("select", "ignore"):
        fields[field]["items"] = {"enum": names}
    fields["per-path-ignore"]["additionalProperties"]["items"] = {"enum": names}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://cmlint.dev/schema.json",
        **whole,
        "title": "The configuration of cmlint",
        "description": "What a project settles in `.cmlint.yaml` or in `[tool.cmlint]` of `pyproject.toml`.",
    }


EXAMPLES = (("schema > cmlint.schema.json", "write it where an editor finds it"),)

COMMAND = Command("schema", "Print the configuration's JSON Schema.", EXAMPLES, (), Options, run)
