"""What the terminal can do, and writing to it or to a file."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

from cmlint.errors import FatalError
from cmlint.report.view import View
from cmlint.system.files import OutsideError, leads_out


def view_of(color: str, output: str | None = None, **more: Any) -> View:
    """How a report is to be shown on standard output, or in a file; `more` is what else a view says."""
    terminal = output is None and sys.stdout.isatty()
    colored = {"always": True, "never": False}.get(color)
    if colored is None:
        colored = wants_color(terminal)
    return View(colored, colored and terminal, width_of() if terminal else None, **more)


def wants_color(terminal: bool) -> bool:
    """Whether to use colours when nothing was said (https://no-color.org, https://force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def width_of() -> int | None:
    """The columns of the terminal, or None where it does not say."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def show(text: str, path: str | None = None) -> None:
    """Writes what is made for people, in a log of GitHub Actions between fences; raises FatalError."""
    from cmlint.system.streams import fenced, in_actions

    write(fenced(text) if text and in_actions() and not is_file(path) else text, path)


def is_file(path: str | None) -> bool:
    """Whether a path, or without one standard output, is a file that is not a stream."""
    try:
        return stat.S_ISREG((os.stat(path) if path else os.fstat(sys.stdout.fileno())).st_mode)
    except (OSError, ValueError):
        return path is not None


def write(text: str, path: str | None = None, flag: str = "--output") -> None:
    """Writes to standard output or, all of it or nothing, to the file that a flag names; raises FatalError.

    No link of a repository makes it write outside of that.
    """
    raw = text.encode("utf-8", "backslashreplace")
    try:
        if path is None:
            send(raw)
        elif leads_out(path):
            raise OutsideError
        elif os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                file.write(raw)
        else:
            from cmlint.system.atomic import replace

            replace(path, raw)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise not_written(error, path, f"name a file that can be written with `{flag}`") from None


def not_written(error: OSError, path: str | None, help_: str) -> FatalError:
    """The error for a file, or for standard output, that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    return FatalError(f"{path or 'standard output'}: cannot be written: {reason}", help_)


def send(raw: bytes) -> None:
    """Writes all of it to standard output, which without a buffer (PYTHONUNBUFFERED) takes only a part at once."""
    rest = memoryview(raw)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.flush()
