"""The real command, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

COMMAND = Path(sys.executable).parent / "cmlint"
ENTRY = "from cmlint.__main__ import entry\nentry()"
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
CACHE = TemporaryDirectory(prefix="cmlint-test-")
"""What is kept between runs, and where the user's configuration would lie: whoever tests has their own of both."""


def cmlint(
    folder: Path, *words: str, stdin: str = "", command: Path | str = COMMAND, before: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command line in a folder, with nothing of the environment but what every program needs.

    What the same process shall do `before`, such as to change a constant, is written in Python.
    """
    start = [sys.executable, "-c", f"{before}\n{ENTRY}"] if before else [command]
    return subprocess.run(
        [*start, *words],
        cwd=folder,
        env=needed() | environment,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def needed() -> dict[str, str]:
    """What every program needs of the environment."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"XDG_CACHE_HOME": CACHE.name, "XDG_CONFIG_HOME": CACHE.name}


class Place(msgspec.Struct):
    """A location of the JSON, as far as it is compared."""

    path: str


class Named(msgspec.Struct):
    """An object of the JSON, as far as it is compared."""

    kind: str
    namespace: str | None
    name: str | None


class Found(msgspec.Struct):
    """A finding of the JSON, as far as it is compared."""

    rule: str
    consequence: str
    location: Place
    object: Named | None
    container: str | None


class Report(msgspec.Struct):
    """The JSON of `cmlint check`."""

    findings: list[Found]


def findings(folder: Path, *words: str) -> list[Found]:
    """What `cmlint check` finds in a folder."""
    done = cmlint(folder, "check", ".", *words, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    return msgspec.json.decode(done.stdout, type=Report).findings
