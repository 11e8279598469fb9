"""What cmlint finds in a folder of repositories: by repository and rule, saved, and compared with an earlier run.

    python bench/corpus.py CORPUS_DIR [--save RUN.json] [-- OPTIONS OF CHECK]
    python bench/corpus.py --compare OLD.json NEW.json

Each folder in CORPUS_DIR is checked by the real command, from within.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import msgspec

COMMAND = Path(sys.executable).parent / "cmlint"


class Start(msgspec.Struct, frozen=True, order=True):
    """Where something begins."""

    line: int
    column: int


class Location(msgspec.Struct, frozen=True, order=True):
    """The file of a finding, and where in it."""

    path: str
    start: Start


class Found(msgspec.Struct, frozen=True, order=True):
    """A finding, as far as two runs are compared."""

    location: Location
    rule: str
    severity: str
    message: str

    def __str__(self) -> str:
        start = self.location.start
        return f"{self.location.path}:{start.line}:{start.column}: {self.severity}[{self.rule}] {self.message}"


class Unverified(msgspec.Struct, frozen=True):
    """A name that the files prove neither right nor wrong."""

    name: str


class Checked(msgspec.Struct):
    """What the command said of one repository: its exit status, and its JSON as far as it is kept."""

    findings: tuple[Found, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    exit: int = 0
    errors: str = ""


Run = dict[str, Checked]


def check(folder: Path, options: list[str]) -> Checked:
    """Checks one repository; without a report, what the command said instead is all there is."""
    words = [str(COMMAND), "check", ".", "--format", "json", *options]
    done = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    checked = msgspec.json.decode(done.stdout, type=Checked) if done.stdout else Checked()
    checked.exit, checked.errors = done.returncode, done.stderr.strip()
    return checked


def show(run: Run) -> None:
    """Prints the findings of each repository and of all by rule, and whatever went wrong."""
    for name, checked in run.items():
        print(f"{name}: exit status {checked.exit}, {len(checked.unverified)} names not verifiable")
        if checked.errors:
            print(f"  {checked.errors}")
        table(checked.findings)
    print("all repositories")
    table(found for checked in run.values() for found in checked.findings)


def table(findings: Iterable[Found]) -> None:
    """Prints how often each rule speaks, and how loudly."""
    counts = Counter((found.severity, found.rule) for found in findings)
    for (severity, rule), count in sorted(counts.items()):
        print(f"  {count:6} {severity}[{rule}]")


def compare(old: Run, new: Run) -> int:
    """Prints each finding that only one of two runs has; the exit status is that of diff."""
    changes = 0
    for name in sorted({*old, *new}):
        before, after = (Counter(run[name].findings if name in run else ()) for run in (old, new))
        changed = [(found, "-") for found in (before - after).elements()]
        changed += [(found, "+") for found in (after - before).elements()]
        for found, sign in sorted(changed):
            print(f"{sign} {name}/{found}")
        changes += len(changed)
    print(f"{changes} findings differ")
    return 1 if changes else 0


def load(path: Path) -> Run:
    """A run that was saved."""
    return msgspec.json.decode(path.read_bytes(), type=Run)


def main() -> int:
    """Checks a corpus, or compares two runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", metavar="CORPUS_DIR")
    parser.add_argument("--save", type=Path, metavar="RUN.json")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("OLD.json", "NEW.json"))
    own = list(takewhile(lambda word: word != "--", sys.argv[1:]))
    given, options = parser.parse_args(own), sys.argv[len(own) + 2 :]
    if given.compare:
        return compare(*map(load, given.compare))
    if given.corpus is None:
        parser.error("name the folder of repositories, or two runs to compare")
    run = {folder.name: check(folder, options) for folder in sorted(given.corpus.iterdir()) if folder.is_dir()}
    show(run)
    if given.save:
        given.save.write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
