"""What it costs to read what files do to images: a cold check of a corpus with these readers, and one without them.

    python -m bench.images CORPUS_DIR [--rounds N]

Both are processes of their own that take turns; each shows the best of its rounds, and only their ratio is worth
comparing. Nothing is built. Without the readers no line that pushes, loads or replaces an image is known.
"""

from __future__ import annotations

import argparse
import os
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

from bench.measure import Line, measure_in_turns, measured, show, within

WITH, WITHOUT = "cmlint check, cold", "without readers of images"


def check(corpus: Path, *, reads: bool) -> None:
    """Checks a corpus in this process, and prints what it took."""
    with measured():
        from cmlint.__main__ import main as cmlint
        from cmlint.manifest import documents
        from cmlint.sources import reader

        if not reads:
            for module in (documents, reader):
                setattr(module, "images_in", lambda _, **__: ())  # noqa: B010
        folders = (str(path) for path in sorted(corpus.iterdir()) if path.is_dir())
        with open(os.devnull, "w", encoding="utf-8") as nothing, redirect_stdout(nothing):
            cmlint(["check", "--no-build", "--no-cache", "--jobs", "1", *folders])


def main() -> None:
    """Measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--check", choices=("with", "without"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.check:
        check(given.corpus, reads=given.check == "with")
        return
    corpus = str(given.corpus.resolve())
    ways = ((WITH, "with"), (WITHOUT, "without"))
    table = [Line(name, WITH, 1, partial(within, "bench.images", corpus, "--check", way)) for name, way in ways]
    costs = measure_in_turns(table, given.rounds)
    show(table, costs)
    print(f"\nread what files do to images: {1 - costs[WITHOUT].cpu / costs[WITH].cpu:.1%} of the CPU")


if __name__ == "__main__":
    main()
