"""`cmlint schema`: the JSON Schema of the configuration, for editors, and of what commands print."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

import msgspec

from cmlint.cli.inputs import rules_or_error
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.refusals import places_of
from cmlint.cli.terminal import write
from cmlint.config.config import Config, Helm, ProviderKind
from cmlint.config.settings import SETTINGS
from cmlint.engine.rules import Rule
from cmlint.engine.suppress import EVERYTHING
from cmlint.kube.versions import VERSION
from cmlint.model.evidence import IGNORABLE, MEANINGS
from cmlint.model.site import BASE
from cmlint.report.json import encode


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    of: str = "config"


PARAMETERS = (
    Parameter(
        "of",
        "choice",
        "What to describe: the configuration, `config` (default), or the JSON of a command, `impact` or `graph`.",
        "WHAT",
        choices=("config", "impact", "graph"),
    ),
)


def run(options: Options) -> int:
    """Prints the schema."""
    write(encode(schema(rules_or_error()) if options.of == "config" else schema_of_report(options.of)))
    return 0


def schema_of_report(command: str) -> dict[str, Any]:
    """The schema of what a command prints with `--format json`."""
    from cmlint.report.graph.model import Report as Graph
    from cmlint.report.impact.model import Report as Impact

    types: dict[str, type] = {"impact": Impact, "graph": Graph}
    whole = msgspec.json.schema(types[command])
    for part in whole["$defs"].values():
        part["description"] = cleandoc(part["description"])  # Older versions of msgspec keep the indentation.
    return {**head_of(f"{command}-schema.json", f"The JSON of `cmlint {command}`"), **whole}


def head_of(name: str, title: str) -> dict[str, Any]:
    """How a schema begins."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}/{name}",
        "title": title,
    }


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
        **head_of("schema.json", ""),
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


EXAMPLES = (
    ("schema > cmlint.schema.json", "write it where an editor finds it"),
    ("schema --of impact", "what `cmlint impact --format json` prints"),
)

COMMAND = Command(
    name="schema",
    summary="Print the JSON Schema of the configuration, or of a report.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
