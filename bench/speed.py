"""How long cmlint takes, beside what nobody can do without: all of `docs/performance.md#speed`, in one run.

    python -m bench.speed CORPUS_DIR [--rounds N]

The lines of a group take turns, and each shows the best of its rounds. A line is a process of its own and counts as a
whole, interpreter and children included; only the first one is measured from within, once it knows the files, so that
it is nothing but reading and composing. A change is one word in one file. What kustomize and helm take for the corpus
is shown apart from cmlint's own part of the same run, which is compared with composing all files and all that they
build; applications and an operator (`bench.trees`) are compared with the bare program on the same folders. `--no-build`
leaves all of that out. An audit is measured where the programs of `make test-live` are, if not `--no-cluster` is given.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import trees
from bench.measure import (
    COMMAND,
    HEAD,
    ROOT,
    Cost,
    Line,
    files,
    measure_in_turns,
    measured,
    megabytes,
    process,
    show_rows,
    within,
)

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
    """Folders that are checked with a cache, in which one file changes before each run or none."""

    def __init__(self, folders: Sequence[Path], cache: Path, *words: str) -> None:
        self.words: list[str | Path] = [COMMAND, "check", *words, "--cache-dir", cache, *folders]
        manifests = (path for folder in folders for path in files(folder) if b"image:" in path.read_bytes())
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

    def together(self) -> Cost:
        """The programs and cmlint's own part."""
        programs, own, _ = self.costs
        return Cost(programs.cpu + own.cpu, own.wall, max(programs.memory, own.memory))


def build(corpus: Path) -> None:
    """Checks a corpus with everything built, and prints what it took: the programs, cmlint itself, composing alone."""
    import resource
    from contextlib import redirect_stdout, suppress

    import yaml

    from cmlint.__main__ import main as cmlint
    from cmlint.system.programs import Ended, Programs

    gc.disable()  # as the command does
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


Group = tuple[list[Line], int]
"""Lines that take turns, and in how many rounds at most."""


def groups(corpus: Path, made: Path, rounds: int, *, builds: bool) -> Iterator[Group]:
    """What is measured, in the order of the table; `made` is a folder for trees and caches."""
    repositories = sorted(path for path in corpus.iterdir() if path.is_dir())
    yield reading(corpus, repositories), rounds
    yield repeating(repositories, made / "cache"), rounds
    yield starting(), rounds
    if builds:
        yield building(corpus), 1
        yield applications(made / "applications", made / "cache-of-builds"), rounds
        yield operator(made / "operator"), rounds
    yield editing(corpus), 1


def check(*words: str | Path) -> Cost:
    """A check that knows of no earlier one."""
    return process(COMMAND, "check", "--no-cache", *words)


def reading(corpus: Path, folders: Sequence[Path]) -> list[Line]:
    """Checks of which nothing is known before, without builds."""
    everything, one = "read and compose all", "cmlint check, cold, one process"
    cold = partial(check, "--no-build", *folders)
    return [
        Line(everything, everything, 1, partial(floor, corpus)),
        Line(one, everything, 1, partial(cold, "--jobs", "1"), "0.50, memory 1.3"),
        Line("cmlint check, cold, two processes", one, 1, partial(cold, "--jobs", "2")),
    ]


def repeating(folders: Sequence[Path], cache: Path) -> list[Line]:
    """Checks that know an earlier one, without builds."""
    walk, again, changing = "walk and stat all", "cmlint check, nothing changed", Changing(folders, cache, "--no-build")
    return [
        Line(walk, walk, SHORT, partial(process, sys.executable, "-c", WALK, *folders)),
        Line("cmlint check, one file changed", again, 1, changing.changed),
        Line(again, walk, SHORT, changing.unchanged, "2"),
    ]


def starting() -> list[Line]:
    """Checks of one file."""
    start = 'python -c "import yaml"'
    return [
        Line(start, start, SHORT, partial(process, sys.executable, "-c", "import yaml")),
        Line("cmlint check, one clean file", start, SHORT, partial(check, "--no-build", CLEAN), "2"),
        Line("cmlint check, one faulty file", start, SHORT, partial(check, "--no-build", FAULTY)),
    ]


def building(corpus: Path) -> list[Line]:
    """A check with everything built."""
    built, what_is_built, programs = Built(corpus), "compose all, and what is built", "kustomize and helm"
    return [
        Line(programs, programs, 1, built.programs),
        Line(what_is_built, what_is_built, 1, built.floor),
        Line("cmlint check, its own part", what_is_built, 1, built.own),
        Line("cmlint check, with these programs", programs, 1, built.together, "1.2"),
    ]


def applications(folder: Path, cache: Path) -> list[Line]:
    """Checks of 60 kustomizations, of which 40 are built."""
    leaves = trees.write(folder, trees.applications())
    bare, changing = "build 60 kustomizations", Changing([folder], cache)
    return [
        Line(bare, bare, 1, partial(build_bare, leaves)),
        Line("cmlint check of them, cold", bare, 1, partial(check, folder), "1.2"),
        Line("one file of them changed", bare, 1, changing.changed, "0.4 s"),
        Line("nothing of them changed", bare, SHORT, changing.unchanged, "0.04 s"),
    ]


def operator(folder: Path) -> list[Line]:
    """A check of an operator with large definitions."""
    leaves = trees.write(folder, trees.operator())
    bare = "build 1.5 MB of CRDs, three times"
    return [
        Line(bare, bare, 1, partial(build_bare, leaves)),
        Line("cmlint check of them, cold", bare, 1, partial(check, folder), "2 s"),
    ]


def build_bare(folders: Sequence[Path]) -> Cost:
    """Builds folders one after the other, with the program alone."""
    from cmlint.sources.kustomize.program import find_program

    program = find_program(None)
    assert program, "neither kustomize nor kubectl is installed"
    verb = "kustomize" if Path(program).stem == "kubectl" else "build"
    costs = [process(program, verb, folder) for folder in folders]
    return Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs), max(cost.memory for cost in costs))


def editing(corpus: Path) -> list[Line]:
    """A change in an editor whose workspace is the corpus: the mean of ten."""
    name = "editor, a change to diagnostics"
    return [Line(name, name, 1, partial(within, "bench.server", str(corpus), "--change"), "0.150 s")]


def audit(rounds: int) -> None:
    """Lets `bench.live` measure the audit of a cluster, where the programs for one are."""
    from tests.support.apiserver import BUILT

    if BUILT.is_dir():
        print(
            f"\nan audit of 24,000 objects (`bench.live`){'':>20}goal: no more than fetching them, 100 MB", flush=True
        )
        subprocess.run([sys.executable, "-m", "bench.live", "--rounds", str(rounds)], cwd=ROOT, check=True)
    else:
        print(f"\nno audit: there is no {BUILT}, which `make test-live` builds")


def measure(given: Path, rounds: int, *, builds: bool) -> None:
    """Measures group by group, and prints each as soon as it is known."""
    with TemporaryDirectory(prefix="cmlint-speed-") as temporary:
        corpus = Path(temporary) / "corpus"
        shutil.copytree(given, corpus, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        os.chdir(corpus)
        found = files(corpus)
        size = sum(path.stat().st_size for path in found) / 1e6
        print(f"{len(found)} files, {size:.1f} MB, best of {rounds} rounds\n\n{HEAD}", flush=True)
        for table, times in groups(corpus, Path(temporary), rounds, builds=builds):
            show_rows(table, measure_in_turns(table, times))


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--no-build", action="store_true", help="leave out what kustomize and helm build")
    parser.add_argument("--no-cluster", action="store_true", help="leave out the audit of a cluster")
    parser.add_argument("--compose", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    if given.compose:
        compose(given.corpus)
    elif given.build:
        build(given.corpus)
    else:
        measure(given.corpus, given.rounds, builds=not given.no_build)
        if not given.no_cluster:
            audit(given.rounds)


if __name__ == "__main__":
    main()
