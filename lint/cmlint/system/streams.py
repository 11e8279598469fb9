"""Standard error, and how a log is kept from obeying what is printed.

GitHub's runner reads commands in what a step prints, on both streams. Every block that cmlint prints is therefore put
between `::stop-commands::` and its end on the stream that it goes to, in one piece: the runner reads both streams at
once, and only knows one such fence at a time.
"""

from __future__ import annotations

import os
import sys

from cmlint.errors import FatalError
from cmlint.system.text import printable

ERASE = "\r\033[K"


def in_actions() -> bool:
    """Whether GitHub Actions reads what is printed."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def fenced(text: str) -> str:
    """Lines of a log in which nothing is taken for a command; the word that ends them cannot be known before."""
    word = os.urandom(16).hex()
    return f"::stop-commands::{word}\n{text}::{word}::\n"


def say(*lines: str) -> None:
    """Writes lines to standard error; each stays one line, whatever is in it."""
    text = "".join(f"{printable(line)}\n" for line in lines)
    send(fenced(text) if text and in_actions() else text)


def complain(error: FatalError) -> None:
    """Says what went wrong, and what to do about it."""
    say(f"cmlint: error: {error.message}", f"help: {error.help}", *error.example.splitlines())


def redraw(line: str, columns: int) -> None:
    """Writes a line, cut to a number of columns, over the last line of a terminal."""
    send(f"{ERASE}{printable(line)[:columns]}")


def send(text: str) -> None:
    """Writes to standard error; nobody can be told where that fails, and the exit status says enough."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        return
