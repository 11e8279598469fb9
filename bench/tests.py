"""How long `make test` takes where everything is installed, step by step, and which files of tests take longest.

    python -m bench.tests [TEST ...] [--files N]

The steps are those of the Makefile, as `make --dry-run test` prints them, so run `make test` once before: it builds and
installs what tests need. The floor on the clock is their CPU, shared among all cores without a pause, or the slowest
file of tests, if that takes longer: a file is run by one process. With files or folders of tests, only these run.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

from bench.measure import ROOT, Cost, process

GOAL = 480
"""The seconds that `make test` may take."""


class Tests(NamedTuple):
    """What a run of tests reports: how many there were, which failed, and the seconds of each file, slowest first."""

    number: int
    failed: list[str]
    files: dict[str, float]


def steps(tests: Sequence[str]) -> Iterator[str]:
    """The command lines of `make test`; with tests, only the one that runs tests."""
    words = ["make", "--no-print-directory", "--dry-run", "test"]
    lines = subprocess.run(words, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    return (line for line in lines if not tests or runs_tests(line))


def runs_tests(line: str) -> bool:
    """Whether a command line runs tests."""
    return Path(line.partition(" ")[0]).name == "pytest"


def read(report: Path) -> Tests:
    """What is in a report for JUnit."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [
        f"{case.attrib['file']}::{case.attrib['name']}"
        for case in cases
        if any(case.find(how) is not None for how in ("failure", "error"))
    ]
    files: defaultdict[str, float] = defaultdict(float)
    for case in cases:
        files[case.attrib["file"]] += float(case.attrib["time"])
    return Tests(len(cases), failed, dict(sorted(files.items(), key=itemgetter(1), reverse=True)))


def measure(tests: Sequence[str], shown: int) -> None:
    """Measures step by step, and prints each as soon as it is known."""
    costs: list[Cost] = []
    with TemporaryDirectory(prefix="cmlint-tests-") as folder:
        report = Path(folder) / "report.xml"
        os.environ["PYTEST_ADDOPTS"] = shlex.join(["-o", "junit_family=xunit1", f"--junit-xml={report}", *tests])
        print(f"{'':64}{'CPU, s':>10}{'wall, s':>10}", flush=True)
        for line in steps(tests):
            costs.append(process("sh", "-c", line, fine=(0, 1) if runs_tests(line) else (0,), folder=ROOT))
            show(line, costs[-1].cpu, costs[-1].wall)
        ran = read(report)
    cpu, wall = sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs)
    cores = os.cpu_count() or 1
    floor = max(cpu / cores, *ran.files.values())
    show("make test, warm", cpu, wall)
    show("its floor", cpu, floor)
    print(f"{wall / floor:.2f} times the floor on {cores} cores; goal: {GOAL} s")
    print(f"\n{ran.number} tests, {len(ran.failed)} failed; seconds of the slowest files:")
    for name, seconds in islice(ran.files.items(), shown):
        print(f"{seconds:10.1f}  {name}")
    for name in ran.failed:
        print(f"FAILED {name}")


def show(name: str, cpu: float, wall: float) -> None:
    """Prints a row."""
    print(f"{name:64}{cpu:10.1f}{wall:10.1f}", flush=True)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", nargs="*", metavar="TEST")
    parser.add_argument("--files", type=int, default=20, metavar="N", help="how many files are shown")
    given = parser.parse_args()
    measure(given.tests, given.files)


if __name__ == "__main__":
    main()
