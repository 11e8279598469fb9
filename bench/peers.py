"""How long other programs take for the same files.

    python -m bench.peers CORPUS_DIR [--rounds N]

Each folder in CORPUS_DIR is a repository. The programs are installed once, from the Go module proxy and PyPI, into
`cmlint-peers` in the user's cache folder. All lines come from one run, in which they take turns; a line is a process
with all that it starts. Every program is given every `.yaml`, `.yml` and `.json` file, or the folders where it looks
for them itself, but kube-score: it gives up at the first document that it cannot read, and is given only files that it
can. What the programs find is made and thrown away.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from bench.measure import COMMAND, Cost, Line, files, measure_in_turns, process, show

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cmlint-peers"
KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
KUBE_SCORE = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"
SCHEMAS = "kubernetes-validate==1.37.0"
VERSION = "v1.37.0"
"""kubeconform needs the schemas of Kubernetes; this package on PyPI carries them."""

TEMPLATE = "{{.ResourceKind}}{{.KindSuffix}}.json"
MOST = 2_000
"""How many files stand on one line; so long a line may be."""


def go(module: str) -> Path:
    """A program that go installs."""
    program = CACHE / "bin" / module.rpartition("/")[2].partition("@")[0]
    if not program.exists():
        subprocess.run(["go", "install", module], env={**os.environ, "GOBIN": str(program.parent)}, check=True)
    return program


def python(package: str, program: str) -> Path:
    """A program that pip installs, in an environment of its own."""
    home = CACHE / package.partition("=")[0]
    found = home / "bin" / program
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", package], check=True)
    return found


def schemas() -> Path:
    """The folder of Kubernetes' schemas."""
    python(SCHEMAS, "kubernetes-validate")
    home = CACHE / SCHEMAS.partition("=")[0]
    return next(home.glob(f"lib/*/site-packages/kubernetes_validate/kubernetes-json-schema/{VERSION}-local"))


def objects_only(paths: Iterable[Path]) -> Iterator[Path]:
    """The files in which every document is a Kubernetes object."""
    import yaml

    for path in paths:
        try:
            documents = [each for each in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader) if each]
        except (yaml.YAMLError, ValueError):
            continue
        if documents and all(
            isinstance(each, dict) and each.get("kind") and each.get("apiVersion") for each in documents
        ):
            yield path


def accepted(program: Path, paths: list[Path]) -> list[Path]:
    """The files that kube-score takes: at the first one that it does not, it gives up all of them."""
    if not paths:
        return []
    done = subprocess.run([program, "score", *paths], capture_output=True, check=False)
    if b"Failed to" not in done.stderr:
        return paths
    half = len(paths) // 2
    return [*accepted(program, paths[:half]), *accepted(program, paths[half:])] if half else []


def in_parcels(run: Callable[..., Cost], paths: list[Path]) -> Cost:
    """The cost of a program for many files, which do not all fit into one line."""
    costs = [run(*paths[start : start + MOST]) for start in range(0, len(paths), MOST)]
    return Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs), max(cost.memory for cost in costs))


def lines(corpus: Path) -> Iterator[Line]:
    """What is measured, in the order of the table."""
    found = files(corpus)
    folders = sorted(path for path in corpus.iterdir() if path.is_dir())
    anything = range(256)
    ours = "cmlint"
    yield Line(ours, ours, 1, partial(process, COMMAND, "check", "--no-build", "--no-cache", *folders))
    conform = go(KUBECONFORM), "-ignore-missing-schemas", "-schema-location", f"{schemas()}/{TEMPLATE}"
    yield Line("kubeconform", ours, 1, partial(in_parcels, partial(process, *conform, fine=anything), found))
    score = go(KUBE_SCORE), "score"
    taken = accepted(score[0], list(objects_only(found)))
    yield Line(
        f"kube-score ({len(taken)})", ours, 1, partial(in_parcels, partial(process, *score, fine=anything), taken)
    )
    lint = python("yamllint==1.38.0", "yamllint"), "-d", "default"
    yield Line("yamllint", ours, 1, partial(in_parcels, partial(process, *lint, fine=anything), found))
    every = [word for folder in folders for word in ("--directory", str(folder))]
    check = python("checkov==3.3.30", "checkov"), "--framework", "kubernetes", "--compact", "--quiet"
    yield Line("checkov", ours, 1, partial(process, *check, *every, fine=anything))


def main() -> None:
    """Installs what is missing, measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, metavar="CORPUS_DIR")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    given = parser.parse_args()
    found = files(given.corpus)
    size = sum(path.stat().st_size for path in found) / 1e6
    table = list(lines(given.corpus.absolute()))
    print(f"{len(found)} files, {size:.1f} MB, best of {given.rounds} rounds\n")
    show(table, measure_in_turns(table, given.rounds))


if __name__ == "__main__":
    main()
