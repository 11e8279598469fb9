"""Rate limits for an API server: a maximum number of requests per second, and waiting if the server asks for it."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec

TRIES = 5
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds; each wait is twice the one before, unless the server says how long."""

SHOWN = 500
"""The characters that are shown of a server's message."""

BROKEN = 0
"""In the place of a status code: the connection broke or never came about."""

BUSY = 429
"""The status code of a server that has too much to do."""

LATE, TOO_LARGE = -2, -3
"""In the place of a status code: the answer took too long, or is too large."""

AGAIN = frozenset((BROKEN, BUSY, 500, 502, 503, 504))
"""The status codes after which asking again may help."""


class Status(msgspec.Struct):
    """What the API server says of an error (`staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go`)."""

    message: str = ""


class BadAnswerError(Exception):
    """An answer that holds no list: its status, why, and how long the server asks to wait.

    `quoted` says that the reason is in the words of the server.
    """

    def __init__(self, status: int, message: str, wait: float | None = None, *, quoted: bool = False) -> None:
        super().__init__(message)
        self.status, self.wait, self.quoted = status, wait, quoted

    @classmethod
    def of(cls, status: int, body: bytes, retry_after: str | None) -> BadAnswerError:
        """The error that an answer means."""
        try:
            said = msgspec.json.decode(body, type=Status).message
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            said = ""
        seconds = float(retry_after) if retry_after and retry_after.isdecimal() else None
        return cls(status, shortened(said) or f"the server answered {status}", seconds, quoted=bool(said))

    @property
    def plain(self) -> BadAnswerError:
        """The same error without the words of the server, which may hold a value."""
        return BadAnswerError(self.status, f"the server answered {self.status}") if self.quoted else self


def shortened(text: str) -> str:
    """As much of a text as an error shows."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


class Pace:
    """Spreads the requests of all threads, and asks again where that may help."""

    def __init__(self, qps: float) -> None:
        self.span = max(1.0, 1 / qps)
        self.lock, self.turns = threading.Lock(), deque[float](maxlen=max(int(qps), 1))
        self.stopped = threading.Event()

    def ask(self, once: Callable[[], bytes], *, again: frozenset[int] = AGAIN) -> bytes:
        """The answer to a request; raises BadAnswerError where patience does not help."""
        wait = FIRST_WAIT
        for rest in reversed(range(TRIES)):
            self.take_turn()
            try:
                return once()
            except BadAnswerError as error:
                if error.status not in again or not rest:
                    raise
                self.pause(error.wait if error.wait is not None else wait * random.uniform(0.75, 1.25))
                wait *= 2
        raise AssertionError

    def take_turn(self) -> None:
        """Waits until the next request is allowed: a maximum number per second, which may come at once."""
        with self.lock:
            full = len(self.turns) == self.turns.maxlen
            turn = max(self.turns[0] + self.span, time.monotonic()) if full else time.monotonic()
            self.turns.append(turn)
        self.pause(turn - time.monotonic())

    def pause(self, seconds: float) -> None:
        """Waits, but not once the run has been stopped."""
        if self.stopped.wait(min(max(seconds, 0), LONGEST_WAIT)):
            raise BadAnswerError(-1, "the run was stopped")
