"""The explanations of mutants belong to lines that still exist, and mutants meet all tests but those in a browser."""

from __future__ import annotations

import pytest

from tests.mutants.explained import explained
from tests.mutants.worker import Server
from tests.support.run import ROOT


def test_every_explained_mutant_is_of_a_line_that_exists() -> None:
    entries = explained()
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        lines = [line.strip() for line in (ROOT / entry.path).read_text(encoding="utf-8").splitlines()]
        assert entry.before in lines, f"{entry.key}: the line is gone; remove the entry"


@pytest.fixture
def browser() -> None:
    """Has the name of what starts a browser."""


@pytest.fixture
def shown(browser: None) -> None:
    """Needs a browser."""


def met(request: pytest.FixtureRequest) -> bool:
    """Whether mutants meet a test."""
    items = [request.node]
    Server(None, None).pytest_collection_modifyitems(items)
    return bool(items)


def test_mutants_do_not_meet_what_starts_a_browser(request: pytest.FixtureRequest, shown: None) -> None:
    assert not met(request)


@pytest.mark.parametrize("page", ["missing-key"])
def test_mutants_meet_the_pages_of_rules(request: pytest.FixtureRequest, page: str) -> None:
    assert page
    assert met(request)
