"""The command `cmlint`, as `kubectl-cmlint` also a plugin of kubectl.

This front parses a plain line itself and imports only what the command needs; typer answers everything else.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from cmlint.cli import COMMANDS
from cmlint.cli.parameters import Command, parse
from cmlint.errors import FatalError, mistake
from cmlint.system.files import has_folder

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell gives a program that SIGINT or SIGPIPE has ended."""


def entry() -> NoReturn:
    """Runs the command line and ends at once: to clear up first would take longer than to check a file."""
    gc.disable()
    open_streams()
    code = main(sys.argv[1:])
    os._exit(code)


def open_streams() -> None:
    """Opens the streams that a caller has closed: there is nothing to read, and it is an error to write a report."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY), number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def main(words: Sequence[str]) -> int:
    """Runs a command line and gives its exit status."""
    try:
        code = run(words)
        sys.stdout.flush()
    except FatalError as error:
        code = complain(error.message, error.help)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = BROKEN_PIPE
    except MemoryError:
        code = complain("there is not enough memory", "check fewer files at once, or smaller ones")
    except Exception as error:
        if has_folder():
            code = complain(mistake(error), "this is a mistake in cmlint, not in the manifests; please report it")
        else:
            code = complain("the working directory has been deleted", "change to a folder that exists")
    sys.stderr.flush()
    return code


def run(words: Sequence[str]) -> int:
    """Runs a command line; errors that end it are raised."""
    read = parse_plainly(words)
    if read is None:
        from cmlint.cli.app import parse_with_typer

        answer = parse_with_typer(words)
        if isinstance(answer, int):
            return answer
        read = answer
    command, options = read
    return command.run(options)


def parse_plainly(words: Sequence[str]) -> tuple[Command, Any] | None:
    """The command and its options, where the line is plainly right."""
    if not words or words[0] not in COMMANDS:
        return None
    command: Command = import_module(f"cmlint.cli.{words[0]}").COMMAND
    values = parse(command.parameters, words[1:])
    return None if values is None else (command, command.options(**values))


def complain(message: str, help: str) -> int:  # noqa: A002
    """Says what ended the run, and what to do about it."""
    sys.stderr.write(f"cmlint: error: {message}\nhelp: {help}\n")
    return 2


if __name__ == "__main__":
    entry()
