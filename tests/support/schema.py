"""The configuration's JSON Schema as it is published in the wheel, and the editor's server that reads it."""

from __future__ import annotations

from cmlint.cli.schema import schema
from cmlint.report.json import encode
from tests.support.run import ROOT, rules

FILE = ROOT / "lint" / "cmlint" / "config.schema.json"


def render() -> str:
    """The schema as it should be: that of the built-in rules."""
    return encode(schema({name: rule for name, rule in rules().items() if rule.module.startswith("cmlint_rules.")}))
