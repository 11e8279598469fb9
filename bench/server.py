"""How fast the editor server is on a folder of repositories, and whether it finds what the command line finds.

    python -m bench.server CORPUS_DIR [--compare]

The figures are processor time of the server's own process, and its memory; `--compare` opens each repository with
`diagnostics: workspace` and compares with `cmlint check --format json`: rule, message and range.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.measure import Cost
from tests.support import desk
from tests.support.client import COMMAND, Client

from cmlint.server.positions import Lines, Position

Entry = tuple[str, str, str, Position, Position]
"""A path, a rule, the first line of a message, and where it begins and ends."""


def checked(folder: Path) -> Counter[Entry]:
    """What the command line finds."""
    words = [COMMAND[0], "check", ".", "--format", "json", "--no-cache"]
    done = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    found: Counter[Entry] = Counter()
    for finding in json.loads(done.stdout)["findings"] if done.stdout else ():
        location = finding["location"]
        lines = Lines((folder / location["path"]).read_bytes().decode())
        start, end = (lines.position(location[each]["offset"]) for each in ("start", "end"))
        found[location["path"], finding["rule"], finding["message"], start, end] += 1
    return found


def served(folder: Path, seconds: float) -> Counter[Entry]:
    """What the server shows of all files."""
    found: Counter[Entry] = Counter()
    with Client(folder, {"diagnostics": "workspace"}, command=COMMAND) as client:
        client.open("cmlint-bench-probe.yaml", "a: 1\n")
        client.change("cmlint-bench-probe.yaml", "a: 2\n")
        assert client.wait(lambda: client.versions.get(client.uri("cmlint-bench-probe.yaml")) == 2, seconds)
        uris = {path.as_uri(): str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        client.wait(lambda: False, 1)
        for uri, diagnostics in client.diagnostics.items():
            for each in diagnostics:
                start, end = (Position(**each["range"][end]) for end in ("start", "end"))
                message = each["message"].partition("\n")[0]
                found[uris.get(uri, uri), each["code"], message, start, end] += 1
    return found


def compare(corpus: Path) -> int:
    """Prints the differences in each repository, and gives the exit status."""
    differences = 0
    for folder in folders_in(corpus):
        line, editor = checked(folder), served(folder, 900)
        differing = list(((line - editor) + (editor - line)).elements())
        differences += len(differing)
        print(f"{folder.name}: {line.total()} findings, {len(differing)} differences")
        for entry in differing:
            print(f"  {'line' if entry in line else 'editor'} only: {entry}")
    print(f"{differences} differences")
    return int(differences > 0)


def folders_in(corpus: Path) -> Iterator[Path]:
    """The repositories."""
    yield from sorted(path for path in corpus.iterdir() if path.is_dir())


NAME = "cmlint-bench"
CONFIG, POD = (text.replace("special-config", NAME) for text in (desk.CONFIG, desk.POD))


CONFIG_PATH, POD_PATH = f"{NAME}/config.yaml", f"{NAME}/pod.yaml"


@contextmanager
def opened(corpus: Path) -> Iterator[Client]:
    """A session over a folder, with a ConfigMap in it and a Pod that reads it."""
    folder = corpus / NAME
    folder.mkdir(exist_ok=True)
    paths = {corpus / CONFIG_PATH: CONFIG, corpus / POD_PATH: POD}
    for path, text in paths.items():
        path.write_text(text)
    try:
        with Client(corpus, {"trusted": False}, command=COMMAND) as client:
            yield client
    finally:
        for path in paths:
            path.unlink()
        folder.rmdir()


def measure(corpus: Path) -> None:
    """Prints the figures of one session: it opens a file, breaks and repairs it, hovers and completes."""
    files = sum(1 for path in corpus.rglob("*") if path.is_file())
    with opened(corpus) as client:
        print(f"files: {files}")
        print(f"initialize: {client.seconds:.2f} s CPU")
        open_first(client)
        print(f"first diagnostics of an open file: {client.seconds:.2f} s CPU")
        costs = changes(client)
        print(f"change to diagnostics: {1000 * mean(costs).cpu:.0f} ms CPU (mean of {len(costs)})")
        text = client.open(POD_PATH)
        hovers = [timed(lambda: client.at("hover", POD_PATH, text, "key: SPECIAL", 6)) for _ in range(100)]
        text = text.replace("key: SPECIAL_LEVEL", "key: ")

        def complete() -> None:
            client.at("completion", POD_PATH, text, f"name: {NAME}\n              key", 8)

        client.change(POD_PATH, text)
        busy = timed(complete)
        client.settled(POD_PATH)
        completions = [timed(complete) for _ in range(50)]
        print(f"hover: p95 {1000 * quantile(hovers):.1f} ms; completion: p95 {1000 * quantile(completions):.1f} ms")
        print(f"completion right after a change: {1000 * busy:.1f} ms")
        print(f"memory: {client.megabytes:.0f} MB at most")


def open_first(client: Client) -> None:
    """Opens the ConfigMap, and waits for its diagnostics."""
    client.open(CONFIG_PATH)
    client.wait(lambda: client.uri(CONFIG_PATH) in client.diagnostics)


def changes(client: Client) -> list[Cost]:
    """What it costs to break and to repair the Pod by a change of the ConfigMap, several times."""
    client.change(CONFIG_PATH, f"# read\n{CONFIG}")
    client.settled(CONFIG_PATH)
    return [changed(client, text) for text in (CONFIG.replace("SPECIAL", "SPECAL"), CONFIG) * 5]


def changed(client: Client, text: str) -> Cost:
    """From a change of the ConfigMap to the diagnostics of the Pod that it breaks or repairs."""
    before, started, other = client.seconds, time.perf_counter(), client.uri(POD_PATH)
    known = client.diagnostics.get(other)
    client.change(CONFIG_PATH, text)
    client.wait(lambda: client.diagnostics.get(other) != known)
    return Cost(client.seconds - before, time.perf_counter() - started, client.megabytes)


def mean(costs: Sequence[Cost]) -> Cost:
    """The mean of each: the clock of a process only counts hundredths of a second."""
    return Cost(*map(statistics.mean, zip(*costs, strict=True)))


def change(corpus: Path) -> None:
    """Prints what a change costs, as `bench.speed` reads it."""
    with opened(corpus) as client:
        open_first(client)
        print(*mean(changes(client)))


def timed(job: Any) -> float:
    """How long something takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def quantile(times: list[float]) -> float:
    """The time below which 95 of 100 are."""
    return statistics.quantiles(times, n=20)[-1]


def main() -> int:
    """Measures, or compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--compare", action="store_true", help="compare with the command line")
    parser.add_argument("--change", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    corpus = given.corpus.resolve()
    if given.compare:
        return compare(corpus)
    (change if given.change else measure)(corpus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
