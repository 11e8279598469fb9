"""What a run imports: nothing that it has no use for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib import metadata
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

FRONT = [
    "cmlint",
    "cmlint.__main__",
    "cmlint.cache",
    "cmlint.cache.folder",
    "cmlint.cache.states",
    "cmlint.cli",
    "cmlint.cli.check",
    "cmlint.cli.checking",
    "cmlint.cli.clusters",
    "cmlint.cli.inputs",
    "cmlint.cli.parameters",
    "cmlint.cli.reports",
    "cmlint.cli.terminal",
    "cmlint.errors",
    "cmlint.model",
    "cmlint.model.facts",
    "cmlint.model.findings",
    "cmlint.model.outcome",
    "cmlint.progress",
    "cmlint.report",
    "cmlint.report.characters",
    "cmlint.report.paint",
    "cmlint.report.summary",
    "cmlint.report.text",
    "cmlint.report.view",
    "cmlint.result",
    "cmlint.runs",
    "cmlint.sources",
    "cmlint.sources.files",
    "cmlint.texts",
]
"""What every run of `check` imports."""

RULES = [
    "cmlint.api",
    "cmlint.bundle",
    "cmlint.bundle.bundle",
    "cmlint.bundle.deployed",
    "cmlint.bundle.environment",
    "cmlint.bundle.evidence",
    "cmlint.bundle.index",
    "cmlint.bundle.nearest",
    "cmlint.bundle.placed",
    "cmlint.bundle.resolve",
    "cmlint.bundle.together",
    "cmlint.bundle.variables",
    "cmlint.bundle.volumes",
    "cmlint.cache.builds",
    "cmlint.cache.facts",
    "cmlint.check",
    "cmlint.cli.anew",
    "cmlint.cli.known",
    "cmlint.cli.reach",
    "cmlint.config",
    "cmlint.engine",
    "cmlint.fingerprints",
    "cmlint.given",
    "cmlint.kube",
    "cmlint.kube.base64",
    "cmlint.kube.expansion",
    "cmlint.kube.fields",
    "cmlint.kube.images",
    "cmlint.kube.names",
    "cmlint.kube.near",
    "cmlint.kube.scalars",
    "cmlint.kube.versions",
    "cmlint.manifest",
    "cmlint.manifest.comments",
    "cmlint.manifest.decode",
    "cmlint.manifest.deploys",
    "cmlint.manifest.documents",
    "cmlint.manifest.heads",
    "cmlint.manifest.providers",
    "cmlint.knowledge.controllers",
    "cmlint.manifest.masks",
    "cmlint.manifest.nodes",
    "cmlint.manifest.objects",
    "cmlint.manifest.pods",
    "cmlint.manifest.shapes",
    "cmlint.model.changes",
    "cmlint.registry",
    "cmlint.rules",
    "cmlint.selection",
    "cmlint.sources.reading",
    "cmlint.suppress",
]
"""What a run imports besides where the answer is not known yet, but for the rules themselves."""

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
        "urllib",
    ]
)
"""What costs more than it gives where nothing is found."""


OWN = {"cmlint", "cmlint_rules", "typing_extensions", "_yaml"}


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


def ours(modules: list[str]) -> list[str]:
    """Those of them that are cmlint's, without the rules."""
    return [name for name in modules if name.partition(".")[0] == "cmlint"]


def others(modules: list[str]) -> set[str]:
    """The packages besides; what they are made of is their own business."""
    return {name.partition(".")[0] for name in modules} & {"msgspec", *metadata.packages_distributions()} - OWN


def test_what_a_clean_run_over_one_file_imports(tmp_path: Path) -> None:
    modules = imported(tmp_path, str(FIXTURES / "seeds/tag-digest.yaml"))
    assert ours(modules) == sorted([*FRONT, *RULES])
    assert others(modules) == {"msgspec", "yaml"}


def test_what_a_run_imports_when_nothing_has_changed(tmp_path: Path) -> None:
    folder, cache = tmp_path / "project", tmp_path / "cache"
    write(folder, {"pod.yaml": (FIXTURES / "seeds/tag-digest.yaml").read_text(encoding="utf-8")})
    time.sleep(0.2)
    words = (".", "--cache-dir", str(cache))
    subprocess.run([sys.executable, "-m", "cmlint", "check", *words], cwd=folder, capture_output=True, check=True)
    modules = imported(folder, *words)
    if ours(modules) != sorted(FRONT):
        modules = imported(folder, *words)  # the first run may have compiled what it imported
    assert ours(modules) == sorted(FRONT)
    assert others(modules) == {"msgspec"}
