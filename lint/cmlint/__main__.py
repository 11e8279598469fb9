"""The command `cmlint`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from cmlint.cli import COMMANDS
from cmlint.errors import FatalError
from cmlint.cli.parameters import Command, parse


def main(words: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit status."""
    try:
        parsed = read(sys.argv[1:] if words is None else words)
        if isinstance(parsed, int):
            return parsed
        command, options = parsed
        return command.run(options)
    except FatalError as error:
        print(f"cmlint: error: {error.message}\nhelp: {error.help}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def read(words: Sequence[str]) -> tuple[Command, Any] | int:
    """The command and its options; the exit status where typer has answered instead."""
    if words and words[0] in COMMANDS:
        command: Command = import_module(f"cmlint.cli.{words[0]}").COMMAND
        values = parse(command.parameters, words[1:])
        if values is not None:
            return command, command.options(**values)
    from cmlint.cli.app import parse_with_typer

    return parse_with_typer("cmlint", words)


if __name__ == "__main__":
    sys.exit(main())
