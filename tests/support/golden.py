"""What the command prints about `fixtures/report`, in every format: `tests/golden`."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.command import cmlint
from tests.support.run import FIXTURES, ROOT

GOLDEN = ROOT / "tests" / "golden"

CASES: dict[str, tuple[str, ...]] = {
    "check.txt": ("check",),
    "check-concise.txt": ("check", "--format", "concise"),
    "check.json": ("check", "--format", "json"),
    "check-all.txt": ("check", "--verbose", "--statistics", "--no-ignores", "--pedantic"),
    "check-color.txt": ("check", "--color", "always", "--select", "missing-key,duplicate-env", "--no-ignores"),
    "check-quiet.txt": ("check", "--quiet", "--select", "missing-key"),
    "check.sarif": ("check", "--format", "sarif", "--select", "missing-key,duplicate-env"),
    "check-github.txt": ("check", "--format", "github"),
    "check-gitlab.json": ("check", "--format", "gitlab"),
    "check.xml": ("check", "--format", "junit"),
    "check.md": ("check", "--format", "markdown"),
    "check.html": ("check", "--format", "html", "--select", "missing-key,non-string-data"),
    "check.prom": ("check", "--format", "prometheus"),
    "explain.txt": ("explain", "configmap/web"),
    "explain.json": ("explain", "workloads.yaml:27"),
    "explain-image.txt": ("explain", "workloads.yaml:21"),
    "explain-image.json": ("explain", "workloads.yaml:21", "--format", "json"),
    "env.txt": ("env",),
    "env.json": ("env", "--format", "json"),
    "impact.txt": ("impact", "configmap/web"),
    "impact.json": ("impact", "configmap/web", "--format", "json"),
    "impact.md": ("impact", "configmap/web", "--format", "markdown"),
    "impact-concise.txt": ("impact", "configmap/web", "--format", "concise"),
    "impact-commands.txt": ("impact", "configmap/web", "--format", "commands"),
    "graph.mmd": ("graph",),
    "graph.dot": ("graph", "--format", "dot"),
    "graph.json": ("graph", "--format", "json"),
    "graph.html": ("graph", "--format", "html"),
}
"""The lines by the file in which their output is kept."""


def path_of(case: str) -> Path:
    """The file in which a case's output is kept."""
    return GOLDEN / case


def printed(case: str) -> str:
    """What the command prints, but for how long it took, and for what every page of HTML has in common."""
    done = cmlint(FIXTURES / "report", *CASES[case])
    assert done.returncode in (0, 1), done.stderr
    text = re.sub(r"\d+\.\d\d s\)", "0.00 s)", done.stdout)
    text = re.sub(r'<p class="run">.*?</p>', '<p class="run"></p>', text)
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", text, flags=re.DOTALL)
    return re.sub(r"sha256-[^']*", "sha256-", text)
