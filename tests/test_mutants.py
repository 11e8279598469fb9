"""The explanations of mutants belong to lines that still exist."""

from __future__ import annotations

from tests.mutants.explained import explained
from tests.support.run import ROOT


def test_every_explained_mutant_is_of_a_line_that_exists() -> None:
    entries = explained()
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        lines = [line.strip() for line in (ROOT / entry.path).read_text(encoding="utf-8").splitlines()]
        assert entry.before in lines, f"{entry.key}: the line is gone; remove the entry"
