"""Runs command lines on one input, within limits, and holds what they do against what must always be so."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from cmlint.__main__ import main

Files = dict[str, str]
"""An input: texts by their paths. A byte that is not UTF-8 is a lone surrogate, in texts and in paths."""

SECONDS = 5
"""The processor time that one command line may take for an input."""

MARKER = "qz7marker4secret"
"""The value of a Secret that must never be shown or kept."""

SECRET_FORMS = (MARKER, base64.b64encode(MARKER.encode()).decode())
SECRET = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: planted}}\nstringData:\n  password: {MARKER}\n"

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but for tabs and the line's end, what turns the direction of writing, and what is no character."""

TIME = re.compile(r"\d+\.\d\d s")

MISTAKE = re.compile(
    r"cmlint: error: (\w+)(?: in [\w.]+, line \d+)?\nhelp: this is a mistake in cmlint|has crashed: (\w+)"
)


class FoundError(AssertionError):
    """What must always be so is not; `kind` says in a few words what, the same for each input that shows it."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}\n{detail}")
        self.kind = kind


class SlowError(BaseException):
    """A command line has taken too long. No code that catches every Exception catches this."""


class Ran(NamedTuple):
    """What a command line gave: its exit status and all that it wrote."""

    status: int
    said: str


Run = Callable[[Path], Iterator[Ran]]
"""Runs command lines in a folder that holds an input."""


def command(*words: str) -> Ran:
    """Runs a command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", handler) for handler in ("strict", "backslashreplace"))
    with redirect_stdout(out), redirect_stderr(err):
        status = main(words)
    said = b"".join(stream.buffer.getvalue() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO))
    return Ran(status, TIME.sub("0.00 s", said.decode("utf-8", "surrogateescape")))


def attempt(run: Run, files: Files, folder: Path, *, twice: bool = True) -> None:
    """Lays an input out in a folder and runs command lines on it, perhaps twice; raises FoundError."""
    try:
        first = list(once(run, files, folder))
        if twice and first != (second := list(once(run, files, folder))):
            raise FoundError("two runs give different answers", f"{first}\n{second}")
    except SlowError as error:
        raise FoundError("it takes too long", str(error)) from None
    except FoundError:
        raise
    except Exception as error:
        raise FoundError(f"it raises {type(error).__name__}", "".join(traceback.format_exception(error))) from error


def once(run: Run, files: Files, folder: Path) -> Iterator[Ran]:
    """Runs command lines on an input that is laid out anew."""
    shutil.rmtree(folder, ignore_errors=True)
    lay_out(files, folder)
    before = Path.cwd()
    os.chdir(folder)
    try:
        with limited():
            for ran in run(folder):
                judge(ran)
                yield ran
    finally:
        os.chdir(before)


def lay_out(files: Files, folder: Path) -> None:
    """Writes an input to a folder; a path that cannot be a file there is left out."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        except (OSError, ValueError):
            continue


def judge(ran: Ran) -> None:
    """Raises FoundError where a command line has done what none may do."""
    if found := MISTAKE.search(ran.said):
        raise FoundError(f"a mistake in cmlint: {found[1] or found[2]}", ran.said)
    if ran.status not in (0, 1, 2):
        raise FoundError(f"the exit status is {ran.status}", ran.said)
    if found := UNPRINTABLE.search(ran.said):
        raise FoundError("it prints a control character", ascii(ran.said[max(found.start() - 200, 0) :][:400]))
    no_secret(ran.said, "it shows a Secret's value")


def no_secret(text: str, kind: str) -> None:
    """Raises FoundError where a text holds the value of the Secret."""
    for form in SECRET_FORMS:
        if form in text:
            raise FoundError(kind, text[max(text.index(form) - 300, 0) :][:600])


@contextmanager
def limited() -> Iterator[None]:
    """Ends with SlowError what takes more than SECONDS of the processor's time."""

    def end(number: int, frame: FrameType | None) -> None:
        where = f"{frame.f_globals.get('__name__')}, line {frame.f_lineno}" if frame else ""
        raise SlowError(where)

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# what was found


def smallest(run: Run, files: Files, kind: str, folder: Path, seconds: float = 30) -> Files:
    """A small input that shows the same as a large one: without files, lines and parts of lines that do not matter.

    What is not found out in some seconds is left in.
    """
    end = time.monotonic() + seconds

    def shows(other: Files) -> bool:
        try:
            attempt(run, other, folder)
        except FoundError as error:
            return error.kind == kind
        return False

    for name in list(files):
        other = {path: text for path, text in files.items() if path != name}
        if time.monotonic() < end and shows(other):
            files = other
    for divide in (lambda text: text.splitlines(keepends=True), list):
        for name in files:
            parts = divide(files[name])
            size = len(parts) // 2
            while size and time.monotonic() < end:
                start = 0
                while start < len(parts) and time.monotonic() < end:
                    fewer = parts[:start] + parts[start + size :]
                    if shows({**files, name: "".join(fewer)}):
                        parts = fewer
                    else:
                        start += size
                size //= 2
            files = {**files, name: "".join(parts)}
    return files


def encoded(target: str, kind: str, files: Files) -> str:
    """An input as it is kept in a file."""
    return json.dumps({"target": target, "found": kind, "files": files}, indent=1) + "\n"


def decoded(text: str) -> tuple[str, str, Files]:
    """The target, what was found and the input in a file."""
    kept = json.loads(text)
    return kept["target"], kept["found"], kept["files"]


def isolate(folder: Path) -> None:
    """Takes the user's own settings and caches out of the environment of this process."""
    for name in list(os.environ):
        if name.startswith(("HELM_", "KUBE", "XDG_", "KUSTOMIZE_", "GIT_", "GITHUB_", "CI")):
            del os.environ[name]
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"):
        path = folder / name.lower()
        path.mkdir(exist_ok=True)
        os.environ[name] = str(path)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
