"""Fixtures that are tests by being there: a folder, and beside its manifests the findings that are expected in it."""

from __future__ import annotations

from pathlib import Path

from tests.support.run import FIXTURES, concise, lint

EXPECTED = "expected.txt"


def silent() -> list[Path]:
    """Files and folders in which nothing is wrong."""
    return sorted(path for path in (FIXTURES / "ok").iterdir())


def told() -> list[Path]:
    """Folders in which something is."""
    return sorted(path for kind in ("err", "projects") for path in (FIXTURES / kind).iterdir())


def found(path: Path) -> str:
    """What is found in a folder, one finding a line."""
    return "".join(f"{line}\n" for line in concise(lint(path)))
