"""`python -m tests.fuzz --minutes 10`: tries inputs on every part in turn, and keeps those that show a mistake."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from hypothesis import Phase, given, seed, settings

from tests.fuzz.changes import UNCHECKED
from tests.fuzz.running import Files, FoundError, attempt, encoded, isolate, smallest
from tests.fuzz.targets import TARGETS
from tests.support.run import ROOT
from tests.support.tools import put_on_path

FOUND = ROOT / "tests" / "fuzz" / "found"
SLICE = 40
"""The seconds for which one process tries inputs on one part."""

STALLED = 60
"""The seconds of processor time that such a process may need beyond that; on a busy machine it needs longer."""

MEMORY = 4 * 1024**3
"""The address space that a process may have, bytes."""


def search(target: str, seconds: float, number: int, folder: Path) -> tuple[int, list[str]]:
    """Tries inputs on a part for some time: how many, and the kinds of mistakes that were found and kept."""
    part = TARGETS[target]
    end = time.monotonic() + seconds
    tried, known = 0, set(known_kinds(target))
    fresh: list[str] = []
    randomness = random.Random(number)

    def attempt_one(files: Files) -> None:
        nonlocal tried
        if time.monotonic() > end:
            return
        tried += 1
        try:
            attempt(part.run, files, folder, twice=tried % 4 == 0 and not part.slow)
        except FoundError as error:
            if error.kind not in known:
                known.add(error.kind)
                fresh.append(error.kind)
                keep(target, error.kind, smallest(part.run, files, error.kind, folder))

    how = settings(
        max_examples=100, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=UNCHECKED
    )
    while time.monotonic() < end:
        seed(randomness.getrandbits(64))(how(given(part.inputs())(attempt_one)))()
    return tried, fresh


def known_kinds(target: str) -> list[str]:
    """What is found already."""
    kept = (json.loads(path.read_text(encoding="utf-8")) for path in FOUND.glob(f"{target}-*.json"))
    return [each["found"] for each in kept]


def keep(target: str, kind: str, files: Files) -> None:
    """Keeps an input for the tests."""
    text = encoded(target, kind, files)
    name = hashlib.sha256(kind.encode()).hexdigest()[:8]
    (FOUND / f"{target}-{name}.json").write_text(text, encoding="utf-8")


def main() -> int:
    """Goes through the parts in turn until the time is over; the exit status is 1 where there are findings."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--target", choices=TARGETS, action="append", help="only these parts")
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    given_words = parser.parse_args()
    if given_words.seconds:
        return work(given_words.target[0], given_words.seconds)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    end = time.monotonic() + given_words.minutes * 60
    counts: dict[str, int] = {}
    found: list[str] = []
    names = given_words.target or list(TARGETS)
    turn = 0
    while (left := end - time.monotonic()) > 1:
        name = names[turn % len(names)]
        turn += 1
        with tempfile.TemporaryDirectory(prefix="cmlint-fuzz-") as folder:
            count, fresh = supervise(name, min(SLICE, left, given_words.minutes * 60 / len(names)), Path(folder))
        counts[name] = counts.get(name, 0) + count
        found += fresh
        say(f"{name}: {count} inputs" + "".join(f"\n  found: {kind}" for kind in fresh))
    say(f"{sum(counts.values())} inputs: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    if found:
        say(f"{len(found)} mistakes, each with an input in {FOUND.relative_to(ROOT)}/")
    return bool(found)


def say(line: str) -> None:
    """Writes a line to standard output at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def supervise(name: str, seconds: float, folder: Path) -> tuple[int, list[str]]:
    """Lets a process try inputs; one that is ended by force or by a signal leaves its last input in the folder."""
    words = [sys.executable, "-m", "tests.fuzz", "--target", name, "--seconds", str(seconds)]
    with subprocess.Popen(
        words, cwd=ROOT, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=10 * (seconds + STALLED))
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        answer = json.loads(said.splitlines()[-1])
        return answer["tried"], answer["found"]
    from tests.fuzz.targets import files_below

    kind = f"the process ends with status {process.returncode}"
    keep(name, kind, files_below(folder / "input"))
    return 0, [kind]


def work(name: str, seconds: float) -> int:
    """What one process does; its answer is the last line that it prints."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    most = int(seconds + STALLED)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", ResourceWarning)
    put_on_path()
    folder = Path(os.environ["TMPDIR"])
    isolate(folder)
    tried, fresh = search(name, seconds, random.SystemRandom().getrandbits(64), folder / "input")
    say(json.dumps({"tried": tried, "found": fresh}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
