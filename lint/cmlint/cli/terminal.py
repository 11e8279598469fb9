"""What the terminal can do, and writing to it or to a file."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

from cmlint.errors import FatalError
from cmlint.model.site import PUBLISHED
from cmlint.report.view import View
from cmlint.system.files import OutsideError, leads_out


def view_of(color: str, output: str | None = None, **more: Any) -> View:
    """How a report is to be shown on standard output, or in a file; `more` is what else a view says."""
    terminal = output is None and sys.stdout.isatty()
    colored = {"always": True, "never": False}.get(color)
    if colored is None:
        colored = wants_color(terminal)
    return View(colored, PUBLISHED and shows_links(terminal), width_of() if terminal else None, **more)


def shows_links(terminal: bool) -> bool:
    """Whether to write hyperlinks (OSC 8): to a terminal that is known to show them, or as FORCE_HYPERLINK says.

    The terminals are those of https://github.com/chalk/supports-hyperlinks and the list in
    https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda. A multiplexer hides which terminal shows it.
    """
    get = os.environ.get
    if forced := get("FORCE_HYPERLINK"):
        return forced != "0"
    term = get("TERM", "")
    if not terminal or get("CI") or term == "dumb" or term.startswith(("screen", "tmux")):
        return False
    vte = get("VTE_VERSION", "")
    return (
        get("TERM_PROGRAM") in LINKING_PROGRAMS
        or term in LINKING_TERMS
        or "WT_SESSION" in os.environ
        or "KONSOLE_VERSION" in os.environ
        or (vte.isdecimal() and int(vte) >= LINKING_VTE)
    )


LINKING_PROGRAMS = frozenset(("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "WarpTerminal"))
LINKING_TERMS = frozenset(("xterm-kitty", "alacritty", "xterm-ghostty", "foot"))
LINKING_VTE = 5100
"""Terminals that show hyperlinks, by TERM_PROGRAM, TERM and VTE_VERSION (0.51 is the first without a crash)."""


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
