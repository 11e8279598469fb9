"""How many of the variables that somebody renames in a manifest the rule `near-env` finds.

    python bench/reads.py CORPUS_DIR [--most N | --cost]

In each folder of CORPUS_DIR, a variable is renamed at a time: one that a container of a linked program is given and
that the program reads, as a person would misspell it. Found means at the line of the new name. `--cost` prints instead
how much CPU time the source in these folders takes, by language.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.config.config import Config
from cmlint.engine.registry import load_rules
from cmlint.knowledge.programs import is_library
from cmlint.model.facts import Container
from cmlint.pipeline.check import check
from cmlint.sources.code import language_of, longest, read
from cmlint.sources.request import Request
from cmlint.system.filesystem import FileSystem

RULE = "near-env"
SYNONYMS = (("URL", "URI"), ("HOST", "ADDR"), ("USER", "USERNAME"), ("PASSWORD", "PASS"), ("DB", "DATABASE"))
SLOW = 3.0
"""The most seconds of one check of a folder; others are left out."""

RULES = {RULE: load_rules()[RULE]}


class Seed(NamedTuple):
    """A variable in a text: where it is named, and how it is called then."""

    path: str
    start: int
    name: str
    kind: str
    new: str


def misspelt(name: str) -> Iterator[tuple[str, str]]:
    """The names that a person writes for another one, each with what kind of mistake it is."""
    words = name.split("_")
    longest = max(range(len(words)), key=lambda i: len(words[i]))
    if len(words[longest]) > 3:
        word = words[longest]
        for kind, other in (("letter", word[:-2] + word[-1]), ("swap", word[:1] + word[2] + word[1] + word[3:])):
            if other != word:
                yield kind, "_".join((*words[:longest], other, *words[longest + 1 :]))
    for pair in SYNONYMS:
        for one, other in (pair, pair[::-1]):
            if one in words:
                yield "synonym", "_".join(other if word == one else word for word in words)
                break
    if len(words) > 1:
        yield "word", f"{name}_NAME"


def seeds(bundle: Bundle, known: set[tuple[str, int]]) -> Iterator[Seed]:
    """What can be renamed in a bundle: each place once, with a kind of mistake in turn."""
    for placed, container in containers(bundle) if bundle.programs else ():
        assert bundle.programs
        link = bundle.programs.link(container, placed)
        program = bundle.programs.program(link) if link.sure else None
        environment = bundle.environment(container, placed)
        if program is None or program.open or not environment.complete:
            continue
        for entry in container.env:
            if entry.name and entry.name.value in program.by_name and not is_library(entry.name.value):
                path, span = placed.written(entry.name.span)
                kinds = [*misspelt(entry.name.value)]
                if (path, span.start) not in known and kinds:
                    kind, new = kinds[len(known) % len(kinds)]
                    known.add((path, span.start))
                    yield Seed(path, span.start, entry.name.value, kind, new)


def containers(bundle: Bundle) -> Iterator[tuple[Placed, Container]]:
    """The containers of a bundle."""
    for placed in bundle.placed:
        for pod in placed.document.pods:
            yield from ((placed, container) for container in pod.containers)


def is_found(seed: Seed, request: Request) -> bool:
    """Whether a check finds the new name."""
    real = os.path.realpath(seed.path)
    text = Path(real).read_bytes().decode("utf-8")
    if not text.startswith(seed.name, seed.start):
        raise ValueError(f"{seed.path}: `{seed.name}` is not at {seed.start}")
    changed = text[: seed.start] + seed.new + text[seed.start + len(seed.name) :]
    found = check(Request(paths=request.paths, config=request.config, rules=RULES, disk=FileSystem({real: changed})))
    return any(f.location.path == seed.path and f.location.start.offset == seed.start for f in found.outcome.findings)


def cost(corpus: Path) -> None:
    """Prints the CPU time that a megabyte of source takes."""
    sizes: dict[str, int] = {}
    seconds: dict[str, float] = {}
    for path in sorted(corpus.rglob("*")):
        name = path.relative_to(corpus).as_posix()
        language = language_of(name) if path.is_file() and not path.is_symlink() else None
        if language and path.stat().st_size <= longest(name):
            text = path.read_text(encoding="utf-8", errors="replace")
            began = time.process_time()
            read(text, language)
            seconds[language] = seconds.get(language, 0) + time.process_time() - began
            sizes[language] = sizes.get(language, 0) + len(text)
    for each in sorted(sizes):
        print(f"{each}: {sizes[each] / 1e6:.1f} MB, {1e6 * seconds[each] / sizes[each]:.2f} s a MB")
    size, spent = sum(sizes.values()), sum(seconds.values())
    print(f"all: {size / 1e6:.1f} MB, {1e6 * spent / size:.2f} s a MB")


def main() -> None:
    """Renames in each folder, and prints what is found by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--most", type=int, default=5, help="renames in one folder")
    parser.add_argument("--cost", action="store_true", help="print the CPU time that the source takes")
    given = parser.parse_args()
    if given.cost:
        cost(given.corpus)
        return
    found, made = Counter[str](), Counter[str]()
    for folder in sorted(path for path in given.corpus.resolve().iterdir() if path.is_dir()):
        os.chdir(folder)
        request = Request(config=Config(select=(RULE,)), rules=RULES)
        known: set[tuple[str, int]] = set()
        began = time.process_time()
        chosen = [seed for bundle in check(request).bundles for seed in seeds(bundle, known)][: given.most]
        if time.process_time() - began > SLOW:
            continue
        for seed in chosen:
            hit = is_found(seed, request)
            made[seed.kind] += 1
            found[seed.kind] += hit
            print(f"{'found ' if hit else 'MISSED'} {folder.name}/{seed.path}: {seed.name} -> {seed.new}")
    for kind in sorted(made):
        print(f"{kind}: {found[kind]} of {made[kind]}")
    print(f"all: {found.total()} of {made.total()}")


if __name__ == "__main__":
    main()
