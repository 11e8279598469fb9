"""Findings, as explanations show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cmlint.report.paint import Paint
from cmlint.system.text import printable


class Said(msgspec.Struct, frozen=True):
    """A finding at the place."""

    rule: str
    severity: str
    message: str
    suppressed: bool


def said_lines(findings: Iterable[Said], paint: Paint) -> Iterator[str]:
    """Findings, one a line."""
    for said in findings:
        suppressed = " (suppressed)" if said.suppressed else ""
        yield f"  {paint(said.severity, said.severity)}[{said.rule}]: {printable(said.message)}{suppressed}"
