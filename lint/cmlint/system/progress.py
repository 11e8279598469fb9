"""What a run is doing, shown on a terminal when it takes longer than a second."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from cmlint.system import streams

if TYPE_CHECKING:
    from threading import Event, Thread

AFTER, EVERY = 1.0, 0.2
"""The seconds until the first word, and from one to the next."""


class Progress:
    """One line on standard error while a run is inside, gone when it leaves."""

    def __init__(self) -> None:
        self.at, self.visible = "reading", False
        self.thread: Thread | None = None
        self.over: Event | None = None

    def __enter__(self) -> Progress:
        """Begins to wait, where there is a terminal; what is needed for it is imported only there."""
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from threading import Event, Thread

            self.over = Event()
            self.thread = Thread(target=self.tell, args=(self.over, time.monotonic()), daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.thread and self.over:
            self.over.set()
            self.thread.join()
        self.clear()

    def doing(self, what: str) -> None:
        """Notes what the run does now."""
        self.at = what

    def reading(self, what: str) -> None:
        """Notes what the run reads now."""
        self.at = f"reading {what}"

    def tell(self, over: Event, started: float) -> None:
        """Writes the line until the run is over."""
        wait = AFTER
        while not over.wait(wait):
            room = os.get_terminal_size(sys.stderr.fileno()).columns or 80
            self.visible = True
            streams.redraw(f"cmlint: {self.at} ... {time.monotonic() - started:.0f} s", room - 1)
            wait = EVERY

    def clear(self) -> None:
        """Takes the line away, so that something else can be written; it comes again while the run goes on."""
        if self.visible:
            streams.redraw("", 0)
            self.visible = False
