"""The real command, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests.support.tools import OWN

COMMAND = Path(sys.executable).parent / "cmlint"
ENTRY = "from cmlint.__main__ import entry\nentry()"
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
PATIENCE = 300
"""The seconds, enough for a busy machine, after which a test no longer waits for a program or a state."""

LISTENING = """\
import os, signal, sys
for each in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
    signal.signal(each, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a program on which signals have their usual effect, although `nohup` or a shell lets the tests ignore them."""


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
        timeout=PATIENCE,
    )


@contextmanager
def started(*words: str | Path, **how: Any) -> Iterator[subprocess.Popen[str]]:
    """Starts a program that can be interrupted, and ends it if it still runs at the end; `how` is for Popen."""
    line = [sys.executable, "-IS", "-c", LISTENING, *map(str, words)]
    with subprocess.Popen(line, text=True, **how) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], object]) -> None:
    """Waits until something is true, and fails the test where that does not come."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what is waited for does not come"
        time.sleep(0.02)


def needed() -> dict[str, str]:
    """What every program needs of the environment, and caches and a configuration that are not the user's."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"XDG_CACHE_HOME": f"{OWN.name}/xdg_cache_home", "XDG_CONFIG_HOME": f"{OWN.name}/xdg_config_home"}


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
