"""The page of all evidence codes, `docs/evidence.md`."""

from __future__ import annotations

from cmlint.model.evidence import MEANINGS
from tests.support.run import ROOT

PAGE = ROOT / "docs" / "evidence.md"

HEAD = """\
# Evidence

Published repositories work, so most ConfigMaps and Secrets that no file defines are created by something else. cmlint
reports such a name only where nothing around the reference could create it. Otherwise the reference is *not checked*:
the summary counts it, and `cmlint check --verbose` lists it with one of these reasons. `make docs` writes this page.

A name that is nearly that of a defined object is reported whatever else is around. `references: strict` in the
configuration ignores all evidence.

| code | meaning |
| --- | --- |
"""


def render() -> str:
    """The page as it should be."""
    return HEAD + "".join(f"| `{code}` | {meaning} |\n" for code, meaning in MEANINGS.items())
