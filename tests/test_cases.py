"""`fixtures/ok` is silent; in `fixtures/err` and `fixtures/projects` exactly `expected.txt` is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import cases
from tests.support.run import concise, lint


@pytest.mark.parametrize("path", cases.silent(), ids=lambda path: path.name)
def test_nothing_is_found(path: Path) -> None:
    result = lint(path) if path.is_dir() else lint(path.parent, path.name)
    assert concise(result) == []
    assert result.outcome.files, "there is nothing to be silent about"


@pytest.mark.parametrize("path", cases.told(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_exactly_what_is_expected_is_found(path: Path) -> None:
    expected = (path / cases.EXPECTED).read_text(encoding="utf-8")
    assert expected, "a case that finds nothing belongs in fixtures/ok"
    assert cases.found(path) == expected
