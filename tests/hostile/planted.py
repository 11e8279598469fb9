"""What a repository may hold in the place of a file."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tests.support.command import COMMAND, ENTRY, forked, needed

MEMORY = 3 << 30
SECONDS = 60
SECRET = "supersecret12345"


def limited(
    folder: Path, *words: str, memory: int = MEMORY, before: str = "", stdin: BinaryIO | int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    """Runs `cmlint` in a folder, with little memory; fails where it takes longer than any check of so little may.

    What the same process shall do `before` is written in Python.
    """
    variables = needed() | {"TOKEN": SECRET}
    if not before and stdin == subprocess.DEVNULL:
        done = forked(folder, words, variables, seconds=SECONDS, memory=memory)
        texts = (raw.decode(errors="surrogateescape") for raw in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)
    start = [sys.executable, "-c", f"{before}\n{ENTRY}"] if before else [COMMAND]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    return subprocess.run(
        [*start, *words],
        cwd=folder,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=SECONDS,
        preexec_fn=limit,
        stdin=stdin,
    )


def linked(target: str) -> Callable[[Path], None]:
    """Plants a link."""
    return lambda path: path.symlink_to(target)


def outside(path: Path) -> None:
    """Plants a link to a file beside the repository, which no YAML parser would take without quoting it."""
    secret = next(folder for folder in path.parents if (folder / ".git").exists()).parent / "secret.txt"
    secret.write_text(f"{SECRET}: [\n", encoding="utf-8")
    path.symlink_to(os.path.relpath(secret, path.parent))


def pipe_behind_link(path: Path) -> None:
    """Plants a link to a pipe that lies beside it."""
    pipe = path.with_name(f"{path.name}.pipe")
    os.mkfifo(pipe)
    path.symlink_to(pipe.name)


def bound(path: Path) -> None:
    """Plants a socket, whose path must be short."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def sparse(path: Path) -> None:
    """Plants a file of a terabyte that takes no room."""
    with path.open("wb") as file:
        file.truncate(1 << 40)


LINK = "a link that leads out of the repository"
IRREGULAR = "not a regular file"
LOOP = "too many levels of symbolic links"

PLANTED: dict[str, tuple[Callable[[Path], None], str]] = {
    "endless": (linked("/dev/zero"), LINK),
    "pipe": (os.mkfifo, IRREGULAR),
    "pipe-behind-a-link": (pipe_behind_link, IRREGULAR),
    "folder": (Path.mkdir, IRREGULAR),
    "socket": (bound, IRREGULAR),
    "outside": (outside, LINK),
    "loop": (lambda path: path.symlink_to(path.name), LOOP),
    "environment": (linked("/proc/self/environ"), LINK),
    "memory": (linked("/proc/self/mem"), LINK),
    "sparse": (sparse, "larger than {} MB"),
}
"""What stands in the place of a file, and what is said of it."""
