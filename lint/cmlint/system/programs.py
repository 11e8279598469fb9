"""Runs other programs: without network, in an empty home of their own, within limits of time, memory and output.

What they read may be hostile: a few lines of YAML make kustomize ask for all the memory that there is.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cached_property
from threading import Lock, Thread
from typing import IO, NamedTuple

from cmlint.model.facts import Span
from cmlint.model.failures import Cause

MEMORY = 2 * 1024**3
"""The bytes of memory that a program may use; only Linux can limit them."""

OUTPUT = 64 * 1024**2
"""The bytes that a program may write to each stream, and the size of the largest file that it may write."""

OPEN_FILES = 4096
"""How many files a program may have open at once."""

OUT_OF_MEMORY = ("out of memory", "cannot allocate memory", "failed to reserve")

KEPT = (
    *("LANG", "LANGUAGE", "TZ"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
)
"""The environment variables that a program keeps, besides `LC_*`: languages, and what Windows needs."""

HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
"""The variables that name the home of a program and its temporary folder."""

CLOSED = {
    **{
        name: "http://127.0.0.1:1"
        for scheme in ("HTTP", "HTTPS", "FTP", "ALL")
        for name in (f"{scheme}_PROXY", f"{scheme}_proxy".lower())
    },
    "NO_PROXY": "",
    "no_proxy": "",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "KUBECONFIG": os.devnull,
}
"""Variables with which programs reach nothing: no proxy answers, git may use no protocol, and no cluster is known.

Go's programs use no proxy for addresses of this machine; only a network namespace closes these.
"""

SYSTEM_PROGRAMS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/run/current-system/sw/bin")
"""Where `unshare` is looked for."""


class NotBuiltError(Exception):
    """Something that is not built: the reason in one line, and its cause.

    Things that fail for one `kind` of reason, or for the same reason, become one finding. `place` is where the mistake
    is written, where that is known: the path of a text as it is shown, and the span in it.
    """

    def __init__(self, reason: str, cause: Cause, kind: str = "", place: tuple[str, Span] | None = None) -> None:
        super().__init__(reason)
        self.cause: Cause = cause
        self.kind, self.place = kind, place


class TimeOutError(NotBuiltError):
    """One that might be built another time."""


class Ended(NamedTuple):
    """A program that has come to its end: its exit status, and what it wrote."""

    code: int
    output: str
    errors: str


def find(name: str) -> str | None:
    """The absolute path of a program: one that is on the path, or the one at a path; None where there is none.

    Relative folders of the path are skipped, as is the working directory, which Windows searches
    first: these may be folders of the repository that is checked.
    """
    if os.path.dirname(name):
        found = shutil.which(name)
        return os.path.abspath(found) if found else None
    folders = filter(os.path.isabs, os.get_exec_path())
    return next((found for folder in folders if (found := shutil.which(os.path.join(folder, name)))), None)


class Programs:
    """The programs that a piece of work runs. None of them runs on after the work, however it ends.

    No program is started between the end of the work and the end of those that are running.
    """

    def __init__(self) -> None:
        self.running: set[subprocess.Popen[bytes]] = set()
        self.starting = Lock()
        self.is_over = False

    def __enter__(self) -> Programs:
        return self

    def __exit__(self, *_: object) -> None:
        with self.starting:
            self.is_over = True
            for process in list(self.running):
                stop(process)

    @cached_property
    def isolation(self) -> tuple[str, ...]:
        """The words before a command that run it without network."""
        return without_network()

    def run(self, command: list[str], home: str, timeout: float, *, trusted: bool = False) -> Ended:
        """Runs a program in a session of its own, and ends the complete session when it goes beyond a limit.

        `command` begins with the absolute path of the program. `home` is a folder of cmlint's own, empty at first,
        which is the working directory, the home and the temporary folder of the program. A program has no network, no
        search path and none of the user's variables. One that is `trusted`, because the user asked on the command line
        for what needs credentials, runs with the user's own environment and network. Raises NotBuiltError.
        """
        process = self.start(command, home, trusted=trusted)
        try:
            limit(process.pid, timeout, trusted=trusted)
            ended = read(process, timeout)
        finally:
            stop(process)
            process.wait()
            self.running.discard(process)
        if ended.code in (126, 127) and (unrun := re.match(r"unshare: .*: (.*)", ended.errors)):
            raise NotBuiltError(f"{command[0]} cannot be run: {unrun[1]}", "program")
        return ended

    def start(self, command: list[str], home: str, *, trusted: bool) -> subprocess.Popen[bytes]:
        """Starts a program, unless the work is over; raises NotBuiltError."""
        with self.starting:
            if self.is_over:
                raise NotBuiltError("the run was interrupted", "limit")
            try:
                process = subprocess.Popen(
                    command if trusted else [*self.isolation, *command],
                    env={**os.environ, "GIT_TERMINAL_PROMPT": "0"} if trusted else environment(home),
                    cwd=home,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except OSError as error:
                raise NotBuiltError(f"{command[0]} cannot be run: {error.strerror or error}", "program") from None
            self.running.add(process)
        return process


def environment(home: str) -> dict[str, str]:
    """The environment of a program that is not trusted.

    It has no `PATH`: kustomize would find git there, and git what the repository names. Without one, Go's programs find
    no other program at all.
    """
    kept = {name: value for name, value in os.environ.items() if name.upper() in KEPT or name.startswith("LC_")}
    return {**kept, **dict.fromkeys(HOMES, home), **CLOSED}


def without_network() -> tuple[str, ...]:
    """The words before a command that run it without network; none where the system does not allow that."""
    if sys.platform != "linux":
        return ()
    search = os.pathsep.join(SYSTEM_PROGRAMS)
    program, probe = shutil.which("unshare", path=search), shutil.which("true", path=search)
    if program is None or probe is None:
        return ()
    words = (program, "--net") if os.geteuid() == 0 else (program, "--user", "--map-root-user", "--net")
    try:
        ended = subprocess.run([*words, probe], env={}, capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return words if ended.returncode == 0 else ()


def limit(pid: int, timeout: float, *, trusted: bool) -> None:
    """Limits what a program may use, and its time even for the case that nobody is left to stop it."""
    if sys.platform != "linux":
        return
    import resource

    seconds = int(timeout + 1) * (os.cpu_count() or 1)
    limits = {resource.RLIMIT_DATA: MEMORY, resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0}
    if not trusted:
        limits |= {resource.RLIMIT_FSIZE: OUTPUT, resource.RLIMIT_NOFILE: OPEN_FILES}
    for kind, most in limits.items():
        with suppress(ProcessLookupError, PermissionError, ValueError):
            _, hard = resource.prlimit(pid, kind)
            lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.prlimit(pid, kind, (lower, lower))


def read(process: subprocess.Popen[bytes], timeout: float) -> Ended:
    """What a program writes until its end; raises NotBuiltError where that is too much or takes too long."""
    deadline = time.monotonic() + timeout
    assert process.stdout and process.stderr
    readers = Reader(process, process.stdout), Reader(process, process.stderr)
    for reader in readers:
        reader.join(max(0, deadline - time.monotonic()))
    if any(reader.is_full for reader in readers):
        raise NotBuiltError(f"its output exceeds {OUTPUT // 1024**2} MB", "limit")
    if any(reader.is_alive() for reader in readers):
        raise TimeOutError(f"it took longer than {timeout:g} seconds", "limit", "time")
    code, output, errors = process.wait(), *(reader.text for reader in readers)
    if code and any(words in errors for words in OUT_OF_MEMORY):
        raise NotBuiltError(f"it needs more than {MEMORY / 1024**3:g} GB of memory", "limit")
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
