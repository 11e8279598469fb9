"""Which tests a mutant meets, by the lines that they run and the time that they take."""

from __future__ import annotations

import pytest

from tests.mutants.places import Mutant
from tests.mutants.reach import SECONDS, Reach

LINES = {"a.py": {1: ["slow", "quick[1]", "quick[2]"], 2: ["slow"]}, "b.py": {1: ["other"]}}
TIMES = {"slow": SECONDS - 1, "quick[1]": 0.1, "quick[2]": 0.2, "other": 0.5, "long": SECONDS}


@pytest.mark.parametrize(
    ("path", "line", "tests"),
    [
        ("a.py", 1, ["quick[1]", "quick[2]", "slow"]),
        ("a.py", 2, ["slow"]),
        ("b.py", 1, ["other"]),
        ("b.py", 2, ["other", "quick[1]", "quick[2]", "slow"]),
        ("c.py", 1, ["quick[1]", "quick[2]", "other", "slow"]),
    ],
    ids=["several tests", "one test", "another file", "on import: its file first", "on import: a table alone"],
)
def test_a_mutant_meets_the_quickest_tests_that_may_notice_it(path: str, line: int, tests: list[str]) -> None:
    mutant = Mutant(path, line, 0, "core/NumberReplacer", 0)
    reach = Reach(LINES, TIMES)
    assert reach.tests(mutant) == tests
    assert reach.is_run(mutant) is (line in LINES.get(path, {}))
