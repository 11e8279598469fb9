"""The command `cmlint`, as `kubectl-cmlint` also a plugin of kubectl.

This front parses a plain line itself and imports only what the command needs; typer answers everything else.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

from cmlint.cli import COMMANDS
from cmlint.cli.parameters import Command, parse
from cmlint.errors import FatalError, internal
from cmlint.system import streams
from cmlint.system.files import has_folder

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell gives a program that SIGINT or SIGPIPE has ended."""

HARMLESS = "CHLD CLD CONT INFO TSTP TTIN TTOU URG WINCH"
CRASHES = "BUS FPE ILL SEGV"
BEYOND = "KILL STOP"
"""The signals that by default end no program, that a program cannot survive, and that it cannot handle."""


def entry() -> NoReturn:
    """Runs the command line and ends at once: to clear up first would take longer than to check a file."""
    gc.disable()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    open_streams()
    end_in_order()
    code = main(sys.argv[1:])
    os._exit(code)


def open_streams() -> None:
    """Opens the streams that a caller has closed: there is nothing to read, and it is an error to write a report."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY), number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def end_in_order() -> None:
    """Turns signals that would end the program into exceptions, so that it first removes its temporary folders.

    A signal that the caller ignores, as `nohup` does with SIGHUP, stays ignored.
    """
    for number in ending():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, end)


def ending() -> set[signal.Signals]:
    """The signals that end a program unless it handles or ignores them."""
    others = f"{HARMLESS} {CRASHES} {BEYOND}".split()
    return signal.valid_signals() - {getattr(signal, f"SIG{name}", None) for name in others}


def end(number: int, _: FrameType | None) -> NoReturn:
    """Ends the program with the exit status that a shell gives for a signal; later signals do not disturb that."""
    for other in ending():
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def import_msgspec() -> None:
    """Imports msgspec without typing_extensions, which it asks for types that no struct here has.

    With what that imports, it costs an eighth of a run over one file.
    """
    name = "typing_extensions"
    if name not in sys.modules:
        sys.modules[name] = None  # type: ignore[assignment]  # then an import fails, and msgspec does without
        import_module("msgspec")
        del sys.modules[name]


def main(words: Sequence[str]) -> int:
    """Runs a command line and gives its exit status."""
    import_msgspec()
    try:
        code = run(words)
        sys.stdout.flush()
    except FatalError as error:
        code = complain(error)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = BROKEN_PIPE
    except SystemExit as ended:
        code = status(ended)
    except MemoryError:
        code = complain(FatalError("there is not enough memory", "check fewer files at once, or smaller ones"))
    except Exception as error:
        cause = error.__cause__  # a signal, if it comes while a class is made: Python 3.11 says it as a RuntimeError
        code = status(cause) if isinstance(cause, SystemExit) else complain(unexpected(error))
    return code


def status(ended: SystemExit) -> int:
    """The exit status of a program that was ended."""
    return ended.code if isinstance(ended.code, int) else 1


def unexpected(error: Exception) -> FatalError:
    """The message about an error that nothing foresaw."""
    gone = FatalError("the working directory has been deleted", "change to a folder that exists")
    return internal(error) if has_folder() else gone


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


def complain(error: FatalError) -> int:
    """Says what ended the run, and what to do about it."""
    streams.complain(error)
    return 2


if __name__ == "__main__":
    entry()
