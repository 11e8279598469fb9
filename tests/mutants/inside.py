"""Importing this lets tests run the command of cmlint in a fork of their process, so that it has the code of that."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, NoReturn

from coverage import Coverage

from tests.mutants.places import modules
from tests.support import command
from tests.support.command import COMMAND, needed
from tests.support.run import ROOT

start = command.cmlint


def cmlint(
    folder: Path, *words: str, stdin: str = "", command: Path | str = "", before: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """The same as `tests.support.command.cmlint`, without a new interpreter."""
    if before or command or "PYTHONPATH" in environment:
        return start(folder, *words, stdin=stdin, command=command, before=before, **environment)
    own = {name: os.environ[name] for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        process = os.fork()
        if not process:
            run(folder, words, needed() | own | environment, (given, out, err))
        _, status = os.waitpid(process, 0)
        texts = [read(stream) for stream in (out, err)]
    return subprocess.CompletedProcess([COMMAND, *words], os.waitstatus_to_exitcode(status), *texts)


command.cmlint = cmlint


def read(stream: IO[bytes]) -> str:
    """What was written to a file, with the line ends of Python's texts."""
    stream.seek(0)
    return stream.read().decode().replace("\r\n", "\n")


def run(folder: Path, words: tuple[str, ...], environment: dict[str, str], streams: tuple[IO[bytes], ...]) -> NoReturn:
    """Becomes the command."""
    code = 70
    try:
        from cmlint.__main__ import end_in_order, main

        measured = begin()
        for number, stream in enumerate(streams):
            os.dup2(stream.fileno(), number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            for number, mode in enumerate("rww")
        )
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = ["cmlint", *words]
        end_in_order()
        code = main(words)
        if measured:
            measured.stop()
            measured.save()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def begin() -> Coverage | None:
    """Measures what this process runs, if the tests are measured, under the name of the current test."""
    tests = Coverage.current()
    if not tests:
        return None
    tests.stop()
    found = covering(Path(f"{tests.get_option('run:data_file')}.{os.getpid()}"), os.environ["PYTEST_CURRENT_TEST"])
    found.start()
    return found


def covering(file: Path, name: str | None = None) -> Coverage:
    """What measures the lines that tests run, and stores them in a file; a test may have a name at once."""
    found = Coverage(data_file=file, include=[str(ROOT / path) for path in modules()], context=name, config_file=False)
    found.set_option("run:disable_warnings", ["no-data-collected"])
    return found
