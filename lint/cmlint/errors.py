"""Errors that end a run: each one line, and one that helps."""

from __future__ import annotations


class FatalError(Exception):
    """Ends the run with exit status 2; `help` says what to do about it."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help = message, help


def fatal(error: ValueError, where: object = None) -> FatalError:
    """A ValueError that says "what is wrong; what would be right" as an error that ends the run."""
    message, _, help_ = str(error).partition("; ")
    return FatalError(f"{where}: {message}" if where else message, help_)
