"""`python -m tests.mutants --count 500 --minutes 60`: makes mutants and names those that no test notices."""

from __future__ import annotations

import argparse
import compileall
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome
from coverage import CoverageData

from tests.mutants.explained import explained
from tests.mutants.places import Change, Mutant, change_of, modules, sample
from tests.support.run import ROOT

TESTS = (
    *("commands", "environment", "evidence", "fixes_built", "gitops", "helm", "images", "kustomize"),
    *("makers", "parts", "places", "properties", "resolve", "rule_advice", "pages", "secrets", "truth"),
)
"""The test files that ask these rooms something, in the process itself."""

ROUNDS = (8.0, 60.0)
"""The seconds of tests that a mutant meets, the quickest ones first; the second round is for survivors of the first."""

LONGEST = 600.0
"""The seconds after which a test run is stopped: ten times what it takes, so that a mutant makes the tests hang."""


class Reach(NamedTuple):
    """Which tests run the lines of each file, the quickest first, and the seconds that each takes."""

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """The tests that run the line of a mutant; of a line that runs on import only, those that run the file."""
        lines = self.lines.get(mutant.path, {})
        found = set(lines.get(mutant.line, ())) or {test for tests in lines.values() for test in tests}
        return sorted(found & self.seconds.keys(), key=lambda test: (self.seconds[test], test))

    def rounds(self, mutant: Mutant) -> list[list[str]]:
        """The tests that reach a mutant, in rounds of limited length."""
        waiting, found = self.tests(mutant)[::-1], list[list[str]]()
        for limit in ROUNDS:
            total, chosen = 0.0, list[str]()
            while waiting and (not chosen or total + self.seconds[waiting[-1]] <= limit):
                chosen.append(waiting.pop())
                total += self.seconds[chosen[-1]]
            found.append(chosen)
        return found


def copied(folder: Path) -> Path:
    """A copy of what git knows of the repository, compiled, so that a mutant changes nobody's files."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for top in ("lint", "rules", "tests"):
        compileall.compile_dir(folder / top, quiet=1)
    return folder


def enter(folder: Path) -> None:
    """Makes this process, and what it starts, use the code of a copy."""
    os.chdir(folder)
    os.environ["PYTHONPATH"] = os.pathsep.join(str(folder / top) for top in ("lint", "rules"))


def pytest(*words: str) -> str:
    """A command line that runs tests quietly."""
    return shlex.join([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *words])


def measured(folder: Path) -> Reach:
    """Runs all tests once, unless the folder has the answer, and asks the coverage which of them reach what."""
    covered, times = folder / ".coverage", folder / "times.xml"
    if not times.exists():
        files = [f"tests/test_{name}.py" for name in TESTS]
        rooms = [f"--cov={room}" for room in ("lint/cmlint/bundle", "lint/cmlint/knowledge", "lint/cmlint/sources")]
        how = ["--cov-context=test", "--cov-report=", f"--junitxml={times}", "-o", "junit_family=xunit1"]
        environment = os.environ | {"COVERAGE_FILE": str(covered)}
        done = subprocess.run(shlex.split(pytest(*rooms, *how, *files)), check=False, env=environment)
        if done.returncode:
            times.unlink(missing_ok=True)
            sys.exit("the tests must pass before mutants are made")
    data = CoverageData(str(covered))
    data.read()
    lines: dict[str, dict[int, list[str]]] = {}
    for measured_file in data.measured_files():
        if path := next((path for path in modules() if measured_file.endswith(f"/{path}")), None):
            found = data.contexts_by_lineno(measured_file)
            lines[path] = {line: [c.partition("|")[0] for c in contexts if c] for line, contexts in found.items()}
    cases = ElementTree.parse(times).iter("testcase")
    seconds = {f"{case.get('file')}::{case.get('name')}": float(case.get("time", 0)) for case in cases}
    return Reach(lines, {test: seconds[test] for test in existing() if test in seconds})


def existing() -> list[str]:
    """The tests that there are now; an earlier run may know others."""
    words = ("--collect-only", *(f"tests/test_{name}.py" for name in TESTS))
    found = subprocess.run(shlex.split(pytest(*words)), check=True, capture_output=True, text=True).stdout
    return [line for line in found.splitlines() if "::" in line]


def survives(mutant: Mutant, rounds: Iterable[list[str]]) -> Change | None:
    """What a mutant changes where no test notices it."""
    path = Path(mutant.path)
    text = path.read_text(encoding="utf-8")
    mutated = mutant.mutated(text)
    if mutated is None:
        return None
    change = change_of(mutant, text, mutated)
    try:
        path.write_text(mutated, encoding="utf-8")
        for tests in rounds:
            if tests and run_tests(pytest(*tests), LONGEST)[0] != TestOutcome.SURVIVED:
                return None
        return change
    finally:
        path.write_text(text, encoding="utf-8")


def main() -> int:
    """Names the survivors; 1 when one of them is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="how many mutants to make")
    parser.add_argument("--seed", type=int, default=1, help="which of all mutants are chosen")
    parser.add_argument("--minutes", type=float, default=60, help="when to stop")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants to try at a time")
    parser.add_argument("--reach", type=Path, help="a folder that stores which tests reach what, for the next run")
    words = parser.parse_args()
    end = time.monotonic() + 60 * words.minutes
    known = {entry.key for entry in explained()}
    chosen = sample(words.count, words.seed)
    with TemporaryDirectory(prefix="cmlint-mutants-") as folder:
        copies = [copied(Path(folder, str(number))) for number in range(words.workers)]
        pools = [ProcessPoolExecutor(1, initializer=enter, initargs=(copy,)) for copy in copies]
        reach = pools[0].submit(measured, (words.reach or Path(folder)).resolve()).result()
        tried, survivors = 0, list[Change]()
        waiting = [
            pools[number % words.workers].submit(survives, mutant, reach.rounds(mutant))
            for number, mutant in enumerate(chosen)
        ]
        for done in as_completed(waiting):
            tried += 1
            if change := done.result():
                survivors.append(change)
                print(f"{change}{' (explained)' if change.key in known else ''}", flush=True)
            if time.monotonic() > end:
                break
        for pool in pools:
            pool.shutdown(cancel_futures=True)
    unexplained = [change for change in survivors if change.key not in known]
    print(f"{tried} of {len(chosen)} mutants tried, {len(survivors)} survived, {len(unexplained)} not explained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
