"""Waits for work in other threads so that a signal still ends the run."""

from __future__ import annotations

from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")

PAUSE = 0.2
"""The seconds after which a wait begins again."""


def result_of(future: Future[T]) -> T:
    """The result of work in another thread, or the error that it has raised.

    Python calls the handler of a signal between two steps of the main thread. A signal that comes after the last step
    and before the wait is noticed when the wait ends: without pauses, that is at the end of a build.
    """
    while not wait([future], PAUSE).done:
        pass
    return future.result()
