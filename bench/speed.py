"""How long cmlint takes, beside what nobody can do without: reading every file and composing it with libyaml.

    python bench/speed.py CORPUS_DIR [--rounds N]

All lines come from one run, in which they take turns; each shows the best of its rounds. A line is a process of its own
and counts as a whole, interpreter included; the first one is measured from within, once it knows the files, so that it
is nothing but reading and composing.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).parent / "cmlint"
CLEAN = ROOT / "fixtures/seeds/tag-digest.yaml"
FAULTY = ROOT / "fixtures/seeds/pod-wrong-key.yaml"
SUFFIXES = (".yaml", ".yml", ".json")
CUT = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
SHORT = 5
"""How often a process that takes milliseconds runs in each round."""


class Cost(NamedTuple):
    """What a process took: seconds of CPU and of the clock, and megabytes at its peak."""

    cpu: float
    wall: float
    memory: float


class Line(NamedTuple):
    """Something that is measured; `base` is the line that it is compared with."""

    name: str
    base: str
    times: int
    measure: Callable[[], Cost]


def process(*words: str | Path) -> Cost:
    """Runs a command to its end; its output is made and thrown away."""
    start = time.perf_counter()
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in (0, 1):
        raise SystemExit(f"exit status {running.returncode}: {' '.join(map(str, words))}")
    return Cost(used.ru_utime + used.ru_stime, wall, megabytes(used.ru_maxrss))


def megabytes(peak: int) -> float:
    """A peak as the system gives it: kilobytes, on macOS bytes."""
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def within(*words: str | Path) -> Cost:
    """Runs a command that measures itself."""
    cpu, wall, memory = subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout.split()
    return Cost(float(cpu), float(wall), float(memory))


@contextmanager
def measured() -> Iterator[None]:
    """Prints what this process takes inside, and its peak."""
    import resource

    cpu, wall = time.process_time(), time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(time.process_time() - cpu, time.perf_counter() - wall, megabytes(peak))


def compose(corpus: Path) -> None:
    """Composes every document that can be composed, and prints what it took."""
    import yaml

    paths = files(corpus)
    with measured():
        for path in paths:
            raw = path.read_bytes()
            cuts = [0, *(found.start() for found in CUT.finditer(raw)), len(raw)]
            for start, end in pairwise(cuts):
                try:
                    list(yaml.compose_all(raw[start:end], Loader=yaml.CSafeLoader))
                except yaml.YAMLError:
                    continue


def files(corpus: Path) -> list[Path]:
    """Every file that may be a manifest."""
    return [path for path in sorted(corpus.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]


def lines(corpus: Path) -> list[Line]:
    """What is measured, in the order of the table."""
    repositories = sorted(path for path in corpus.iterdir() if path.is_dir())
    everything, start = "read and compose all", 'python -c "import yaml"'
    check = partial(process, COMMAND, "check", "--no-build")
    return [
        Line(everything, everything, 1, partial(within, sys.executable, __file__, "--compose", corpus)),
        Line("cmlint check, cold", everything, 1, partial(check, *repositories)),
        Line(start, start, SHORT, partial(process, sys.executable, "-c", "import yaml")),
        Line("cmlint check, one clean file", start, SHORT, partial(check, CLEAN)),
        Line("cmlint check, one faulty file", start, SHORT, partial(check, FAULTY)),
    ]


def best(measured: list[Cost]) -> Cost:
    """The least of each."""
    return Cost(*(min(values) for values in zip(*measured, strict=True)))


def show(table: list[Line], rounds: int) -> None:
    """Measures all lines in turns, and prints the best of each."""
    measured: dict[str, list[Cost]] = {line.name: [] for line in table}
    for _ in range(rounds):
        for line in table:
            measured[line.name] += [line.measure() for _ in range(line.times)]
    print(f"{'':32}{'CPU, s':>10}{'wall, s':>10}{'peak, MB':>10}{'CPU ratio':>12}{'wall ratio':>12}")
    for line in table:
        cost, base = best(measured[line.name]), best(measured[line.base])
        ratios = f"{cost.cpu / base.cpu:12.2f}{cost.wall / base.wall:12.2f}"
        print(f"{line.name:32}{cost.cpu:10.3f}{cost.wall:10.3f}{cost.memory:10.0f}{ratios}")


def main() -> None:
    """Measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--compose", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compose:
        compose(given.corpus)
        return
    found = files(given.corpus)
    size = sum(path.stat().st_size for path in found) / 1e6
    print(f"{len(found)} files, {size:.1f} MB, best of {given.rounds} rounds\n")
    show(lines(given.corpus), given.rounds)


if __name__ == "__main__":
    main()
