"""Which tests reach a mutant, measured once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.mutants.places import Mutant, modules
from tests.mutants.worker import Measured
from tests.support.run import ROOT

SECONDS = 20.0
"""The seconds of tests that a mutant meets."""


class Reach(NamedTuple):
    """Which tests run the lines of each file, and the seconds that each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def is_run(self, mutant: Mutant) -> bool:
        """Whether a test runs the line of a mutant; what runs on import alone is none."""
        return bool(self.lines.get(mutant.path, {}).get(mutant.line))

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that a mutant meets: those that run its line.

        For what runs on import, these are the tests that run its file, and then all others: they may read its tables.
        """
        lines = self.lines.get(mutant.path, {})
        if self.is_run(mutant):
            return self.quickest(set(lines[mutant.line]))
        of_file = {test for tests in lines.values() for test in tests}
        return [*self.quickest(of_file), *self.quickest(self.seconds.keys() - of_file)]

    def quickest(self, found: Set[str]) -> list[str]:
        """As many of some tests as there is time for; each function gets an equal share, for its quickest cases."""
        spent, until = defaultdict[str, float](float), dict[str, float]()
        for test in sorted(found & self.seconds.keys(), key=lambda test: (self.seconds[test], test)):
            function = test.partition("[")[0]
            spent[function] += self.seconds[test]
            until[test] = spent[function]
        chosen = sorted(until, key=lambda test: (until[test], test))
        totals = accumulate(self.seconds[test] for test in chosen)
        return [test for test, total in zip(chosen, totals, strict=True) if total <= SECONDS] or chosen[:1]


def together(measured: Iterable[Measured], existing: Set[str]) -> Reach:
    """What was measured of the tests that exist; those that fail without a mutant say nothing."""
    lines: dict[str, dict[int, list[str]]] = {}
    seconds: dict[str, float] = {}
    for each in measured:
        seconds |= {test: each.seconds[test] for test in each.seconds.keys() & existing - set(each.failed)}
        for path, of_file in each.lines.items():
            for line, tests in of_file.items():
                lines.setdefault(path, {}).setdefault(line, []).extend(tests)
    return Reach(lines, seconds)


class Store:
    """What earlier runs have measured, for test files that are the same while the modules are the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules = sha256(b"".join((ROOT / path).read_bytes() for path in modules())).digest()

    def path(self, file: str) -> Path:
        """Where it is for a test file."""
        state = sha256(self.modules + (ROOT / file).read_bytes()).hexdigest()[:16]
        return self.folder / f"{Path(file).stem}-{state}.json"

    def get(self, file: str) -> Measured | None:
        """What is known of a test file."""
        path = self.path(file)
        return msgspec.json.decode(path.read_bytes(), type=Measured) if path.exists() else None

    def put(self, file: str, measured: Measured) -> None:
        """Stores what was measured."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path(file).write_bytes(msgspec.json.encode(measured))
