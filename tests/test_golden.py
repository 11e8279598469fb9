"""What the command prints is what is kept in `tests/golden`; `make docs` writes it anew, for a reviewer to read."""

from __future__ import annotations

import pytest

from tests.support import golden


@pytest.mark.parametrize("case", golden.CASES)
def test_printed_as_kept(case: str) -> None:
    assert golden.printed(case) == golden.path_of(case).read_text(encoding="utf-8")


def test_nothing_is_kept_that_is_not_printed() -> None:
    assert {path.name for path in golden.GOLDEN.iterdir()} == set(golden.CASES)
