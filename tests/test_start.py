"""What a run imports: nothing that it has no use for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib import import_module, metadata
from pathlib import Path

from tests.support.run import FIXTURES, write

CODE = (
    "import json, os, sys\n"
    "before = set(sys.modules)\n"
    "from cmlint.__main__ import main\n"
    "sys.stdout = open(os.devnull, 'w')\n"
    "code = main(sys.argv[1:])\n"
    "sys.stderr.write(json.dumps([code, sorted(set(sys.modules) - before)]))\n"
)

READING = (
    *("cmlint.api", "cmlint.bundle", "cmlint.config", "cmlint.engine", "cmlint.kube", "cmlint.knowledge"),
    *("cmlint.manifest", "cmlint.pipeline.check", "cmlint_rules"),
)
"""What reads and judges, and so is not imported while a kept answer may do."""

SPECIAL = (
    *(
        "cmlint.adopt",
        "cmlint.fixes",
        "cmlint.clusters",
        "cmlint.cli.app",
        "cmlint.report.frames",
        "cmlint.report.json",
    ),
    *("cmlint.bundle.cluster", "cmlint.bundle.incomplete", "cmlint.manifest.edits", "cmlint.manifest.gitops_values"),
    *(
        "cmlint.sources.helm.chart",
        "cmlint.sources.cluster",
        "cmlint.sources.helm.render",
        "cmlint.sources.kustomize.build",
    ),
    *("cmlint.sources.kustomize.kustomization", "cmlint.sources.workers", "cmlint.sources.snapshot"),
)
"""What only some runs need: builds, clusters, fixes, other states of a repository, other formats."""

HEAVY = frozenset(
    [
        "argparse",
        "asyncio",
        "concurrent",
        "dataclasses",
        "email",
        "hashlib",
        "http",
        "importlib.metadata",
        "inspect",
        "json",
        "kubernetes",
        "logging",
        "multiprocessing",
        "pathlib",
        "pathspec",
        "platformdirs",
        "rich",
        "ruamel",
        "selectors",
        "shutil",
        "socket",
        "subprocess",
        "tempfile",
        "threading",
        "typer",
        "typing_extensions",
        "urllib",
    ]
)
"""What costs more than it gives where nothing is found."""


NAMED = {
    *("cmlint.cli.parameters.Command", "cmlint.cli.parameters.Parameter", "cmlint.cli.reports.Report"),
    *("cmlint.config.files.Source", "cmlint.config.load.Refused", "cmlint.manifest.images.kinds.Kind"),
    *("cmlint.bundle.bundle.TooLarge", "cmlint.bundle.passed.Open", "cmlint.bundle.reloading.Rolls"),
    *("cmlint.patterns.LeftOut", "cmlint.sources.files.Source", "cmlint.system.filesystem.Status"),
    "cmlint.model.evidence.Evidence",
}
"""The named tuples of a clean run; each start compiles their classes, which costs five times as much as a struct."""

OWN = {"cmlint", "cmlint_rules", "_yaml"}


def imported(folder: Path, *words: str) -> list[str]:
    """The modules that a clean run imports."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path = {sys.path!r}\n{CODE}", "check", *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, modules = json.loads(done.stderr)
    assert code == 0
    assert HEAVY.isdisjoint(modules)
    return [name for name in modules if name.partition(".")[0] not in sys.stdlib_module_names]


def within(modules: list[str], rooms: tuple[str, ...]) -> list[str]:
    """Those of them that are in some rooms."""
    return [name for name in modules if any(f"{name}.".startswith(f"{room}.") for room in rooms)]


def others(modules: list[str]) -> set[str]:
    """The packages besides; what they are made of is their own business."""
    return {name.partition(".")[0] for name in modules} & {"msgspec", *metadata.packages_distributions()} - OWN


def named_tuples(modules: list[str]) -> set[str]:
    """The named tuples that our own modules define; rules import no library for structs."""
    own = [import_module(name) for name in within(modules, ("cmlint",))]
    kinds = [value for module in own for value in vars(module).values() if isinstance(value, type)]
    return {f"{kind.__module__}.{kind.__name__}" for kind in kinds if hasattr(kind, "_fields")} - {"typing.NamedTuple"}


def test_what_a_clean_run_over_one_file_imports(tmp_path: Path) -> None:
    modules = imported(tmp_path, str(FIXTURES / "seeds/tag-digest.yaml"))
    assert within(modules, ("cmlint.engine.engine",))
    assert within(modules, SPECIAL) == []
    assert others(modules) == {"msgspec", "yaml"}
    assert named_tuples(modules) == NAMED


def test_what_a_run_imports_when_nothing_has_changed(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    write(folder, {"pod.yaml": (FIXTURES / "seeds/tag-digest.yaml").read_text(encoding="utf-8")})
    time.sleep(0.2)
    words = (".", "--cache-dir", str(cache))
    subprocess.run([sys.executable, "-m", "cmlint", "check", *words], cwd=folder, capture_output=True, check=True)
    modules = imported(folder, *words)
    if within(modules, READING):
        modules = imported(folder, *words)  # the first run may have compiled what it imported
    assert within(modules, ("cmlint.cli.check",))
    assert within(modules, (*READING, *SPECIAL)) == []
    assert others(modules) == {"msgspec"}
