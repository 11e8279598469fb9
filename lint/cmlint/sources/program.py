"""Runs the programs of others within limits: of time, of memory, of what they write.

What they are given may be hostile: a few lines of YAML make kustomize ask for all the memory that there is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import IO, NamedTuple

MEMORY = 2 * 1024**3
"""The bytes of memory that a program may use; where the system cannot be told (all but Linux), there is no limit."""

OUTPUT = 64 * 1024**2
"""The bytes that a program may write."""

OUT_OF_MEMORY = ("out of memory", "cannot allocate memory", "failed to reserve")


class NotBuiltError(Exception):
    """Something that is not built: why, in one line. What is of one `kind`, or one reason, is told once."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.kind = kind


class TimeOutError(NotBuiltError):
    """One that might be built another time."""


class Ended(NamedTuple):
    """A program that has come to its end: its exit status, and what it wrote."""

    code: int
    output: str
    errors: str


running: set[subprocess.Popen[bytes]] = set()
"""The programs that have been started and have not ended."""

starting, broken_off = Lock(), Event()
"""No program is started between the moment at which a run is broken off and the end of those that are running."""


def run(command: list[str], environment: dict[str, str], timeout: float) -> Ended:
    """Runs a program in a session of its own, and ends all of that when it goes beyond a limit."""
    with starting:
        if broken_off.is_set():
            raise NotBuiltError("the run was broken off")
        try:
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise NotBuiltError(f"{command[0]} cannot be run: {error.strerror or error}") from None
        running.add(process)
    try:
        limit(process.pid, timeout)
        return read(process, timeout)
    finally:
        stop(process)
        process.wait()
        running.discard(process)


def limit(pid: int, timeout: float) -> None:
    """Limits the memory of a program, and its time even for the case that nobody is left to stop it."""
    if sys.platform == "linux":
        import resource

        seconds = int(timeout + 1) * (os.cpu_count() or 1)
        with suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))


def read(process: subprocess.Popen[bytes], timeout: float) -> Ended:
    """What a program writes until its end; raises NotBuiltError where that is too much or takes too long."""
    deadline = time.monotonic() + timeout
    assert process.stdout and process.stderr
    readers = Reader(process, process.stdout), Reader(process, process.stderr)
    for reader in readers:
        reader.join(max(0, deadline - time.monotonic()))
    if any(reader.is_full for reader in readers):
        raise NotBuiltError(f"what it writes is more than {OUTPUT // 1024**2} MB")
    if any(reader.is_alive() for reader in readers):
        raise TimeOutError(f"it took longer than {timeout:g} seconds; `build-timeout` in the configuration allows more")
    code, output, errors = process.wait(), *(reader.text for reader in readers)
    if code and any(words in errors for words in OUT_OF_MEMORY):
        raise NotBuiltError(f"it needs more than {MEMORY / 1024**3:g} GB of memory")
    return Ended(code, output, errors)


class Reader(Thread):
    """Reads what a program writes; one that writes too much is stopped."""

    def __init__(self, process: subprocess.Popen[bytes], stream: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.process, self.stream, self.chunks = process, stream, [b""]
        self.is_full = False
        self.start()

    def run(self) -> None:
        """Reads to the end."""
        size = 0
        with self.stream:
            while chunk := self.stream.read(65536):
                size += len(chunk)
                if size > OUTPUT:
                    self.is_full = True
                    stop(self.process)
                    return
                self.chunks.append(chunk)

    @property
    def text(self) -> str:
        """What was read."""
        return b"".join(self.chunks).decode("utf-8", "replace").replace("\r\n", "\n")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and whatever it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def none_left() -> Iterator[None]:
    """Ends all programs when a run is broken off, be it by the user (Ctrl-C) or by a request to end."""
    broken_off.clear()
    try:
        yield
    except BaseException:
        with starting:
            broken_off.set()
            for process in list(running):
                stop(process)
        raise
