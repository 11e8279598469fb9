"""How long cmlint takes, beside what nobody can do without: reading every file and composing it with libyaml.

    python bench/speed.py CORPUS_DIR [--rounds N]

All lines come from one run, in which they take turns; each shows the best of its rounds. A line is a process of its own
and counts as a whole, interpreter included; the first one is measured from within, once it knows the files, so that it
is nothing but reading and composing. What kustomize and helm take is shown apart from cmlint's own part of the same
run, which is compared with composing all files and all that they build. `--no-build` leaves these lines out.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
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


def floor(corpus: Path) -> Cost:
    """Reads and composes a corpus in a process that measures itself."""
    words = [sys.executable, __file__, "--compose", str(corpus)]
    cpu, wall, memory = subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout.split()
    return Cost(float(cpu), float(wall), float(memory))


def compose(corpus: Path) -> None:
    """Composes every document that can be composed, and prints what it took."""
    import resource

    import yaml

    paths = files(corpus)
    cpu, wall = time.process_time(), time.perf_counter()
    for path in paths:
        raw = path.read_bytes()
        cuts = [0, *(found.start() for found in CUT.finditer(raw)), len(raw)]
        for start, end in pairwise(cuts):
            try:
                list(yaml.compose_all(raw[start:end], Loader=yaml.CSafeLoader))
            except yaml.YAMLError:
                continue
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(time.process_time() - cpu, time.perf_counter() - wall, megabytes(peak))


def files(corpus: Path) -> list[Path]:
    """Every file that may be a manifest."""
    return [path for path in sorted(corpus.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]


class Built:
    """A run in which everything is built: what the programs take, what cmlint takes itself, and the floor for it."""

    def __init__(self, corpus: Path) -> None:
        self.corpus = corpus
        self.costs: list[Cost] = []

    def programs(self) -> Cost:
        """What kustomize and helm take; this is what runs everything."""
        words = [sys.executable, __file__, "--build", str(self.corpus)]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=True)
        self.costs = [Cost(*map(float, line.split())) for line in done.stdout.splitlines()[-3:]]
        return self.costs[0]

    def own(self) -> Cost:
        """What cmlint takes in the same run; on the clock, the whole of it."""
        return self.costs[1]

    def floor(self) -> Cost:
        """What it takes to read and compose all files, and to compose what is built of them."""
        return self.costs[2]


def build(corpus: Path) -> None:
    """Checks a corpus with everything built, and prints what it took: the programs, cmlint itself, composing alone."""
    import resource
    from contextlib import redirect_stdout, suppress

    import yaml

    from cmlint.__main__ import main as command
    from cmlint.sources import helm, program

    texts: list[str] = []

    def run(words: list[str], environment: dict[str, str], timeout: float) -> program.Ended:
        ended = original(words, environment, timeout)
        texts.append(ended.output)
        return ended

    original = program.run
    for module in (program, helm):
        vars(module)["run"] = run
    wall = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nothing, redirect_stdout(nothing):
        command(["check", *(str(path) for path in sorted(corpus.iterdir()) if path.is_dir())])
    wall = time.perf_counter() - wall
    for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF):
        used = resource.getrusage(who)
        print(used.ru_utime + used.ru_stime, wall, megabytes(used.ru_maxrss))
    files_alone = floor(corpus)
    cpu, wall = time.process_time(), time.perf_counter()
    for text in texts:
        with suppress(yaml.YAMLError):
            list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(files_alone.cpu + cpu, files_alone.wall + wall, files_alone.memory)


def lines(corpus: Path, *, builds: bool) -> list[Line]:
    """What is measured, in the order of the table."""
    repositories = sorted(path for path in corpus.iterdir() if path.is_dir())
    everything, start = "read and compose all", 'python -c "import yaml"'
    check = partial(process, COMMAND, "check", "--no-build")
    built = Built(corpus)
    what_is_built = "compose all, and what is built"
    more = [
        Line("kustomize and helm", what_is_built, 1, built.programs),
        Line(what_is_built, what_is_built, 1, built.floor),
        Line("cmlint check, its own part", what_is_built, 1, built.own),
    ]
    return [
        Line(everything, everything, 1, partial(floor, corpus)),
        Line("cmlint check, cold", everything, 1, partial(check, *repositories)),
        Line(start, start, SHORT, partial(process, sys.executable, "-c", "import yaml")),
        Line("cmlint check, one clean file", start, SHORT, partial(check, CLEAN)),
        Line("cmlint check, one faulty file", start, SHORT, partial(check, FAULTY)),
        *(more if builds else ()),
    ]


def best(measured: list[Cost]) -> Cost:
    """The least of each."""
    return Cost(*(min(values) for values in zip(*measured, strict=True)))


def main() -> None:
    """Measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--no-build", action="store_true", help="leave out what kustomize and helm build")
    parser.add_argument("--compose", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compose:
        compose(given.corpus)
        return
    if given.build:
        build(given.corpus)
        return
    found = files(given.corpus)
    size = sum(path.stat().st_size for path in found) / 1e6
    print(f"{len(found)} files, {size:.1f} MB, best of {given.rounds} rounds\n")
    table = lines(given.corpus, builds=not given.no_build)
    measured: dict[str, list[Cost]] = {line.name: [] for line in table}
    for _ in range(given.rounds):
        for line in table:
            measured[line.name] += [line.measure() for _ in range(line.times)]
    print(f"{'':32}{'CPU, s':>10}{'wall, s':>10}{'peak, MB':>10}{'CPU ratio':>12}{'wall ratio':>12}")
    for line in table:
        cost, base = best(measured[line.name]), best(measured[line.base])
        ratios = f"{cost.cpu / base.cpu:12.2f}{cost.wall / base.wall:12.2f}"
        print(f"{line.name:32}{cost.cpu:10.3f}{cost.wall:10.3f}{cost.memory:10.0f}{ratios}")


if __name__ == "__main__":
    main()
