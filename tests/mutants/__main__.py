"""`python -m tests.mutants --count 500 --minutes 60`: makes mutants and names those that no test notices."""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.mutants.explained import explained
from tests.mutants.places import Change, Mutant, change_of, sample
from tests.mutants.reach import Reach, Store, together
from tests.mutants.worker import ENDED, serve
from tests.support.run import ROOT

TESTS = (
    *("accounting", "causes", "chart_values", "cluster", "command_line", "commands", "context", "engine"),
    *("environment", "evidence", "explain", "fixes_built", "gitops", "golden", "graph", "groups", "handovers"),
    *("helm", "images", "impact", "impact_command", "impact_formats", "kustomize", "lists", "live_advice"),
    *("makers", "mounts", "next_steps", "not_built", "page_of_clusters", "pages", "parts", "places", "proofs"),
    *("properties", "readers", "reads", "resolve", "rule_advice", "secrets", "selectors", "services", "stops"),
    *("traits", "truth", "hostile/expansion", "server/actions", "server/beside", "server/complete"),
    *("server/hover", "server/lens", "server/navigate", "server/rename"),
)
"""The test files that ask these rooms something, without `test_`."""

PATIENCE = 10
"""How many times longer than usual tests may take, before a mutant counts as one that makes them endless."""


class Workers:
    """Processes that do jobs for `Server`."""

    def __init__(self, count: int, folder: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.count, self.jobs, self.answers = count, context.Queue(), context.Queue()
        files = [re.sub(r"(\w+)$", r"test_\1.py", f"tests/{name}") for name in TESTS]
        for number in range(count):
            own = Path(folder, str(number))
            own.mkdir()
            context.Process(target=serve, args=(files, str(own), self.jobs, self.answers)).start()

    def collected(self) -> list[str]:
        """The names of all tests, when all processes are ready."""
        names: list[str] = [self.answer()[1] for _ in range(self.count)].pop()
        return names

    def answer(self) -> tuple[Any, Any]:
        """The next answer of a worker, with what it is for."""
        key, found = self.answers.get()
        if key == ENDED:
            sys.exit(f"pytest has ended early: {found}")
        return key, found

    def ask(self, work: str, wanted: Iterable[tuple[Any, dict[str, Any]]]) -> Iterator[tuple[Any, Any]]:
        """Has the workers do something for each key, and gives the answers as they come."""
        waiting, open_jobs = iter(wanted), 0
        for key, words in islice(waiting, self.count):
            self.jobs.put((key, work, words))
            open_jobs += 1
        while open_jobs:
            yield self.answer()
            open_jobs -= 1
            for key, words in islice(waiting, 1):
                self.jobs.put((key, work, words))
                open_jobs += 1

    def end(self) -> None:
        """Ends the processes."""
        for _ in range(self.count):
            self.jobs.put(None)


def measured(workers: Workers, store: Store) -> Reach:
    """Which tests reach what; each test file is measured once."""
    of_file = defaultdict[str, list[str]](list)
    tests = workers.collected()
    for test in tests:
        of_file[test.partition("::")[0]].append(test)
    known = {file: found for file in of_file if (found := store.get(file))}
    missing = [(file, {"tests": names}) for file, names in of_file.items() if file not in known]
    for file, found in workers.ask("measure", missing):
        known[file] = found
        store.put(file, found)
        for test in found.failed:
            print(f"{test} is left out: it fails without a mutant", flush=True)
    return together(known.values(), set(tests))


def jobs(mutants: Iterable[Mutant], reach: Reach, end: float) -> Iterator[tuple[Change, dict[str, Any]]]:
    """What a worker gets for each mutant, as long as there is time."""
    for mutant in mutants:
        if time.monotonic() > end:
            return
        text = (ROOT / mutant.path).read_text(encoding="utf-8")
        mutated = mutant.mutated(text) or ""
        tests = reach.tests(mutant)
        limit = 60 + PATIENCE * sum(reach.seconds[test] for test in tests)
        words = {"path": mutant.path, "mutated": mutated, "tests": tests, "limit": limit}
        yield change_of(mutant, text, mutated), {**words, "is_run": reach.is_run(mutant)}


def main() -> int:
    """Names the survivors; 1 when one of them is not explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="how many mutants to make")
    parser.add_argument("--skip", type=int, default=0, help="how many mutants of the sample to leave out first")
    parser.add_argument("--seed", type=int, default=1, help="which of all mutants are chosen")
    parser.add_argument("--minutes", type=float, default=60, help="when to stop")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants to try at a time")
    parser.add_argument("--reach", type=Path, help="a folder that stores which tests reach what, for the next run")
    parser.add_argument(
        "--killers", type=Path, help="a file that gets a line for each mutant, with the test that fails"
    )
    words = parser.parse_args()
    end = time.monotonic() + 60 * words.minutes
    known = {entry.key for entry in explained()}
    tried, survivors = 0, list[Change]()
    with TemporaryDirectory(prefix="cmlint-mutants-") as folder, ExitStack() as stack:
        workers = Workers(words.workers, folder)
        stack.callback(workers.end)
        chosen = sample(words.count, words.seed)[words.skip :]
        killers = stack.enter_context(words.killers.open("a", encoding="utf-8")) if words.killers else None
        reach = measured(workers, Store((words.reach or Path(folder, "reach")).resolve()))
        for change, killer in workers.ask("killer", jobs(chosen, reach, end)):
            tried += 1
            if killers:
                print(f"{change}\t{killer}", file=killers, flush=True)
            if not killer:
                survivors.append(change)
                print(f"{change}{' (explained)' if change.key in known else ''}", flush=True)
    unexplained = [change for change in survivors if change.key not in known]
    print(f"{tried} of {len(chosen)} mutants tried, {len(survivors)} survived, {len(unexplained)} not explained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
