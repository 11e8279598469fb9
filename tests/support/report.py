"""The JSON Schema of the JSON report, `docs/report-schema.json`."""

from __future__ import annotations

from inspect import cleandoc

import msgspec

from cmlint.report.json import Report, encode
from tests.support.run import ROOT

FILE = ROOT / "docs" / "report-schema.json"


def render() -> str:
    """The schema as it should be; `subject` and `overlap` are never part of a report."""
    schema = msgspec.json.schema(Report)
    for name in ("subject", "overlap"):
        del schema["$defs"]["Finding"]["properties"][name]
    for definition in schema["$defs"].values():
        definition["description"] = cleandoc(
            definition["description"]
        )  # older versions of msgspec keep the indentation
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://cmlint.dev/report-schema.json"}
    return encode({**head, "title": "The JSON report of cmlint", **schema})
