"""The real command, run as a user runs it, or in a fork of a process that has imported it."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from io import RawIOBase
from pathlib import Path
from select import select
from tempfile import TemporaryFile
from typing import Any

import msgspec

from tests.support import forking
from tests.support.tools import OWN

COMMAND = Path(sys.executable).parent / "cmlint"
ENTRY = "from cmlint.__main__ import entry\nentry()"
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
PATIENCE = 300
"""The seconds, enough for a busy machine, after which a test no longer waits for a program or a state."""

OF_INTERPRETER = ("PYTHON", "LANG", "LC_")
"""How variables begin that an interpreter reads when it starts."""

LISTENING = """\
import os, signal, sys
for each in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
    signal.signal(each, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Runs a program on which signals have their usual effect, although `nohup` or a shell lets the tests ignore them."""


def cmlint(
    folder: Path, *words: str, stdin: str = "", command: Path | str = "", before: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command line in a folder, with nothing of the environment but what every program needs.

    It runs in a fork of a process that has imported cmlint. A test that names the `command`, has a variable that an
    interpreter reads, or writes in Python what the same process shall do `before` (change a constant) gets a new one.
    """
    variables = needed() | environment
    if not (command or before or any(name.startswith(OF_INTERPRETER) for name in environment)):
        done = forked(folder, words, variables, stdin)
        return subprocess.CompletedProcess(done.args, done.returncode, read(done.stdout), read(done.stderr))
    start = [sys.executable, "-c", f"{before}\n{ENTRY}"] if before else [command or COMMAND]
    return subprocess.run(
        [*start, *words],
        cwd=folder,
        env=variables,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )


def read(raw: bytes) -> str:
    """What a program wrote, with the line ends of Python's texts."""
    return raw.decode().replace("\r\n", "\n")


def forked(
    folder: Path,
    words: Sequence[str],
    environment: dict[str, str],
    stdin: str = "",
    *,
    seconds: int = PATIENCE,
    memory: int | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a command line in a fork; fails where it takes longer than some seconds. The memory in bytes can be limited.

    Its output is a pipe, as elsewhere; the other streams are files.
    """
    with TemporaryFile("w+", encoding="utf-8") as given, TemporaryFile() as said:
        given.write(stdin)
        given.seek(0)
        reading, out = os.pipe()
        with fork(folder, words, environment, (given.fileno(), out, said.fileno()), seconds, memory) as answer:
            os.close(out)
            with open(reading, "rb") as output:
                shown = output.read()
            _, code = (int(answer.readline()) for _ in range(2))
        assert code not in (128 + signal.SIGALRM, -signal.SIGALRM), f"{words} takes more than {seconds} s"
        said.seek(0)
        return subprocess.CompletedProcess([str(COMMAND), *words], code, shown, said.read())


class Forked:
    """A running command in a fork, which is used as one of `subprocess.Popen` is."""

    def __init__(self, folder: Path, words: Sequence[str], environment: dict[str, str]) -> None:
        pipes = [os.pipe() for _ in range(3)]
        (given, to), (out, printed), (err, said) = pipes
        self.stdin, self.stdout, self.stderr = open(to, "wb"), open(out, "rb"), open(err, "rb")  # noqa: SIM115
        self.answer = fork(folder, words, environment, (given, printed, said), 0)
        for number in (given, printed, said):
            os.close(number)
        self.pid = int(self.answer.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end, and gives the exit status."""
        if self.returncode is None:
            if not select([self.answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(COMMAND), timeout or 0)
            with self.answer:
                self.returncode = int(self.answer.readline())
        return self.returncode

    def poll(self) -> int | None:
        """The exit status, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None


def fork(
    folder: Path,
    words: Sequence[str],
    environment: dict[str, str],
    streams: tuple[int, int, int],
    seconds: int,
    memory: int | None = None,
) -> RawIOBase:
    """Starts a command line in a fork; what this gives has lines with the number of the process and its exit status."""
    reading, answer = os.pipe()
    with TemporaryFile("w+") as request:
        json.dump([[str(COMMAND), *words], os.path.abspath(folder), environment, seconds, memory], request)
        request.seek(0)
        socket.send_fds(forks(os.getpid()), [b" "], [request.fileno(), answer, *streams])
    os.close(answer)
    return open(reading, "rb", buffering=0)


@cache
def forks(_: int) -> socket.socket:
    """What leads to the process of `tests.support.forking`, which ends with a process of tests: each has its own."""
    channel, other = socket.socketpair()
    words = [sys.executable, forking.__file__, str(COMMAND), str(other.fileno())]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, env=needed(), pass_fds=[other.fileno()])
    other.close()

    def end() -> None:
        channel.close()
        process.wait()

    atexit.register(end)
    return channel


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
