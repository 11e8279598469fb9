"""How long a commit takes with the hook: the story of docs/pre-commit.md, over and over.

    python -m bench.hook [--rounds N]

pre-commit runs the command that is installed here, so that nothing is installed for it. The first line is a commit
with no hook at all, the second one with a hook that does nothing: what is above it is cmlint.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from shutil import copytree
from typing import NamedTuple

DEMO = Path(__file__).parents[1] / "fixtures" / "demo"
BIN = Path(sys.executable).parent

HOOK = """\
repos:
  - repo: local
    hooks:
      - {{id: hook, name: hook, language: system, entry: '{entry}', always_run: true, pass_filenames: false}}
"""
ENTRIES = {"no hook": None, "a hook that does nothing": "true", "cmlint": "cmlint check --staged --allow-empty"}


class Cost(NamedTuple):
    """What a commit costs, in seconds."""

    cpu: float
    wall: float


def run(folder: Path, *words: str) -> int:
    """Runs a program in a folder, in silence."""
    identity = {
        f"GIT_{who}_{what}": "bench@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    environment = {**os.environ, **identity, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=False).returncode


def shop(folder: Path, entry: str | None) -> None:
    """The demo as a repository, with its findings in a baseline and a hook for commits."""
    copytree(DEMO, folder)
    run(folder, "cmlint", "check", "--write-baseline", "baseline.json")
    (folder / ".cmlint.yaml").write_text("baseline: baseline.json\n", encoding="utf-8")
    run(folder, "git", "init", "--quiet")
    if entry:
        (folder / ".pre-commit-config.yaml").write_text(HOOK.format(entry=entry), encoding="utf-8")
        assert run(folder, "pre-commit", "install") == 0
    assert commit(folder, "Open the shop")[1] == 0


def commit(folder: Path, message: str) -> tuple[Cost, int]:
    """Commits everything; gives what it cost, with all that it ran, and the exit status."""
    run(folder, "git", "add", "--all")
    started, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    status = run(folder, "git", "commit", "--message", message)
    wall, after = time.perf_counter() - started, getrusage(RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall), status


def story(folder: Path, *, stopped: bool) -> list[Cost]:
    """A key is renamed, which is `stopped` by a hook that knows, then where it is read; then both are as before."""
    costs: list[Cost] = []
    for before, after in (("ORDERS_HOST", "ORDER_HOST"), ("ORDER_HOST", "ORDERS_HOST")):
        for name, expected in (("config.yaml", int(stopped)), ("checkout.yaml", 0)):
            path = folder / name
            path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
            cost, status = commit(folder, f"{after} in {name}")
            assert status == expected, f"{name}: exit status {status}"
            costs.append(cost)
    return costs


def main() -> None:
    """Measures each hook and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    rounds = parser.parse_args().rounds
    print(f"{'a commit with':28}{'CPU, s':>10}{'wall, s':>10}   (best of {4 * rounds})")
    for name, entry in ENTRIES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "shop"
            shop(path, entry)
            costs = [cost for _ in range(rounds) for cost in story(path, stopped=name == "cmlint")]
            print(f"{name:28}{min(cost.cpu for cost in costs):10.3f}{min(cost.wall for cost in costs):10.3f}")


if __name__ == "__main__":
    main()
