"""What the terminal can do, and writing to it or to a file."""

from __future__ import annotations

import os
import sys
from typing import Protocol

from cmlint.report.view import View


class Wishes(Protocol):
    """What a line says about how its report is shown."""

    @property
    def output(self) -> str | None: ...
    @property
    def color(self) -> str: ...
    @property
    def verbose(self) -> bool: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def statistics(self) -> bool: ...


def view_of(wishes: Wishes, seconds: float) -> View:
    """How the report is to be shown."""
    terminal = not wishes.output and sys.stdout.isatty()
    color = {"always": True, "never": False}.get(wishes.color)
    if color is None:
        color = wants_color(terminal)
    width = width_of() if terminal else None
    return View(color, color and terminal, width, wishes.verbose, wishes.quiet, wishes.statistics, seconds)


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


def write(text: str, path: str | None = None) -> None:
    """Writes a report to standard output or, all of it or nothing, to a file."""
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        return
    draft = f"{target}.{os.getpid()}.tmp"
    try:
        with open(draft, "x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        os.replace(draft, target)
    finally:
        if os.path.exists(draft):
            os.remove(draft)
