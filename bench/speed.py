"""How long cmlint takes, beside what nobody can do without: reading every file and composing it with libyaml.

    python -m bench.speed CORPUS_DIR [--rounds N]

All lines come from one run, in which they take turns; each shows the best of its rounds. A line is a process of its own
and counts as a whole, interpreter included; the first one is measured from within, once it knows the files, so that it
is nothing but reading and composing. A change is one word in one file of a copy of the corpus. What kustomize and helm
take is shown apart from cmlint's own part of the same run, which is compared with composing all files and all that they
build; `--no-build` leaves these lines out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import COMMAND, ROOT, Cost, Line, files, measure_in_turns, measured, megabytes, process, show, within

CLEAN = ROOT / "fixtures/seeds/tag-digest.yaml"
FAULTY = ROOT / "fixtures/seeds/pod-wrong-key.yaml"
CUT = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
SHORT = 5
"""How often a process that takes milliseconds runs in each round."""

SETTLED = 0.2
"""So many seconds after a change another one surely shows."""

WALK = """
import os, sys
for top in sys.argv[1:]:
    for folder, _, names in os.walk(top):
        for name in names:
            os.stat(os.path.join(folder, name))
"""


def floor(corpus: Path) -> Cost:
    """Reads and composes a corpus in a process that measures itself."""
    return within("bench.speed", "--compose", str(corpus))


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


class Changing:
    """A corpus that is checked with a cache, in which one file changes before each run or none."""

    def __init__(self, corpus: Path, cache: Path) -> None:
        self.folders = sorted(path for path in corpus.iterdir() if path.is_dir())
        self.words: list[str | Path] = [COMMAND, "check", "--no-build", "--cache-dir", cache, *self.folders]
        manifests = (path for path in files(corpus) if "image:" in path.read_text(encoding="utf-8", errors="replace"))
        self.changing, self.numbers = next(manifests), count()
        process(*self.words)
        time.sleep(SETTLED)
        process(*self.words)

    def change(self) -> None:
        """Changes a file, and waits until another change would show."""
        with self.changing.open("a", encoding="utf-8") as file:
            file.write(f"# {next(self.numbers)}\n")
        time.sleep(SETTLED)

    def changed(self) -> Cost:
        """Checks after a change."""
        self.change()
        return process(*self.words)

    def unchanged(self) -> Cost:
        """Checks again; the run before has seen all of it."""
        return process(*self.words)


class Built:
    """A run in which everything is built: what the programs take, what cmlint takes itself, and the floor for it."""

    def __init__(self, corpus: Path) -> None:
        self.corpus = corpus
        self.costs: list[Cost] = []

    def programs(self) -> Cost:
        """What kustomize and helm take; this is what runs everything."""
        words = [sys.executable, "-m", "bench.speed", "--build", str(self.corpus)]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
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

    from cmlint.__main__ import main as cmlint
    from cmlint.system.programs import Ended, Programs

    texts: list[str] = []

    def run(programs: Programs, command: list[str], home: str, timeout: float, *, trusted: bool = False) -> Ended:
        ended = original(programs, command, home, timeout, trusted=trusted)
        texts.append(ended.output)
        return ended

    original = Programs.run
    Programs.run = run  # type: ignore[assignment, method-assign]
    folders = (str(path) for path in sorted(corpus.iterdir()) if path.is_dir())
    wall = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nothing, redirect_stdout(nothing):
        cmlint(["check", "--no-cache", "--jobs", "1", *folders])
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


def lines(corpus: Path, changing: Changing, *, builds: bool) -> Iterator[Line]:
    """What is measured, in the order of the table."""
    check = partial(process, COMMAND, "check", "--no-build", "--no-cache")
    everything, one, walk = "read and compose all", "cmlint check, cold, one process", "walk and stat all"
    yield Line(everything, everything, 1, partial(floor, corpus))
    yield Line(one, everything, 1, partial(check, "--jobs", "1", *changing.folders))
    yield Line("cmlint check, cold, two processes", one, 1, partial(check, "--jobs", "2", *changing.folders))
    yield Line(walk, walk, SHORT, partial(process, sys.executable, "-c", WALK, *changing.folders))
    again = "cmlint check, nothing changed"
    yield Line("cmlint check, one file changed", again, 1, changing.changed)
    yield Line(again, walk, SHORT, changing.unchanged)
    start = 'python -c "import yaml"'
    yield Line(start, start, SHORT, partial(process, sys.executable, "-c", "import yaml"))
    yield Line("cmlint check, one clean file", start, SHORT, partial(check, CLEAN))
    yield Line("cmlint check, one faulty file", start, SHORT, partial(check, FAULTY))
    if builds:
        built, what_is_built = Built(corpus), "compose all, and what is built"
        yield Line("kustomize and helm", what_is_built, 1, built.programs)
        yield Line(what_is_built, what_is_built, 1, built.floor)
        yield Line("cmlint check, its own part", what_is_built, 1, built.own)


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
    with TemporaryDirectory(prefix="cmlint-speed-") as temporary:
        corpus = Path(temporary) / "corpus"
        shutil.copytree(given.corpus, corpus, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        os.chdir(corpus)
        found = files(corpus)
        size = sum(path.stat().st_size for path in found) / 1e6
        print(f"{len(found)} files, {size:.1f} MB, best of {given.rounds} rounds\n")
        table = list(lines(corpus, Changing(corpus, Path(temporary) / "cache"), builds=not given.no_build))
        show(table, measure_in_turns(table, given.rounds))


if __name__ == "__main__":
    main()
