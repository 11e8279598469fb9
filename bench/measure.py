"""What a process costs, and tables of that."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).parent / "cmlint"
SUFFIXES = (".yaml", ".yml", ".json")


class Cost(NamedTuple):
    """What a process took: seconds of CPU and of the clock, and megabytes at its peak."""

    cpu: float
    wall: float
    memory: float


class Line(NamedTuple):
    """Something that is measured; `base` is the line that it is compared with, `goal` what is to be reached."""

    name: str
    base: str
    times: int
    measure: Callable[[], Cost]
    goal: str = ""


def process(*words: str | Path, fine: Iterable[int] = (0, 1), folder: Path | None = None) -> Cost:
    """Runs a command to its end; its output is made and thrown away.

    The memory is that of its largest process, and at least what this process has: a process inherits that peak.
    """
    start = time.perf_counter()
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode not in fine:
        raise SystemExit(f"exit status {running.returncode}: {' '.join(map(str, words))}")
    return Cost(used.ru_utime + used.ru_stime, wall, megabytes(used.ru_maxrss))


def within(*words: str) -> Cost:
    """Runs a module of this folder that measures itself, as in `within("bench.speed", "--compose", ...)`."""
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    return Cost(*map(float, done.stdout.split()))


@contextmanager
def measured() -> Iterator[None]:
    """Prints what this process takes for something, and its peak."""
    import resource

    cpu, wall = time.process_time(), time.perf_counter()
    yield
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(cpu, wall, megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def megabytes(peak: int) -> float:
    """A peak as the system gives it: kilobytes, on macOS bytes."""
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def files(folder: Path) -> list[Path]:
    """Every file that may be a manifest."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]


def best(measured: Sequence[Cost]) -> Cost:
    """The least of each."""
    return Cost(*(min(values) for values in zip(*measured, strict=True)))


def measure_in_turns(lines: Sequence[Line], rounds: int) -> dict[str, Cost]:
    """The best of several rounds for each line; in each round they take turns."""
    measured: dict[str, list[Cost]] = {line.name: [] for line in lines}
    for _ in range(rounds):
        for line in lines:
            measured[line.name] += [line.measure() for _ in range(line.times)]
    return {name: best(costs) for name, costs in measured.items()}


def show(lines: Sequence[Line], costs: dict[str, Cost]) -> None:
    """Prints a table."""
    print(HEAD)
    show_rows(lines, costs)


HEAD = f"{'':36}{'CPU, s':>10}{'wall, s':>10}{'peak, MB':>10}{'CPU ratio':>12}{'wall ratio':>12}"


def show_rows(lines: Sequence[Line], costs: dict[str, Cost]) -> None:
    """Prints the rows of a table, at once."""
    for line in lines:
        cost, base = costs[line.name], costs[line.base]
        ratios = f"{cost.cpu / base.cpu:12.2f}{cost.wall / base.wall:12.2f}"
        goal = f"  goal: {line.goal}" if line.goal else ""
        print(f"{line.name:36}{cost.cpu:10.3f}{cost.wall:10.3f}{cost.memory:10.0f}{ratios}{goal}", flush=True)
