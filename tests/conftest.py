"""Property tests give the same answer every time; `pytest --hypothesis-profile=search` looks further."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.tools import put_on_path

TESTS = Path(__file__).parent

put_on_path()

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=3000)
settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives each worker of `pytest -n` whole files, and one of them all tests of the API server: there is only one."""
    for item in items:
        file = item.path.relative_to(TESTS)
        item.add_marker(pytest.mark.xdist_group(file.parts[0]))
