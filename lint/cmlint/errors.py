"""Errors that end a run: each one line, and one that helps."""

from __future__ import annotations


class FatalError(Exception):
    """Ends the run with exit status 2; `help` says what to do about it, and may end with lines to copy, `example`."""

    def __init__(self, message: str, help: str, example: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help, self.example = message, help, example


def fatal(error: ValueError, where: object = None) -> FatalError:
    """A ValueError that says "what is wrong; what would be right" as an error that ends the run."""
    message, _, help_ = str(error).partition("; ")
    return FatalError(f"{where}: {message}" if where else message, help_)


def internal(error: Exception) -> FatalError:
    """An error that only a mistake of cmlint's own can have raised."""
    return FatalError(mistake(error), "this is a mistake in cmlint, not in the manifests; please report it")


def mistake(error: Exception) -> str:
    """The message about a mistake of cmlint's own: its type and place, but not its text, which may hold a value."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"
