"""Processes that share the work on files.

Each is a copy of this one and has its share of the numbers. It answers them in parcels, and says before each which it
takes up; so when it ends before it is done, what it died of is known, and another one goes on behind that.
"""

from __future__ import annotations

import mmap
import os
import selectors
import signal
from collections.abc import Callable, Generator, Sequence
from typing import NoReturn

import msgspec

PARCEL = 50
"""How many answers are sent together."""

CHUNK = 1 << 20
LENGTH = 8

Answers = list[tuple[int, bytes]]


class Worker:
    """One process, and the numbers that it has not answered yet."""

    def __init__(self, numbers: Sequence[int], work: Callable[[int], bytes]) -> None:
        self.numbers = dict.fromkeys(numbers)
        self.current = mmap.mmap(-1, LENGTH)
        self.received = bytearray()
        self.pipe, sending = os.pipe()
        self.process = os.fork()
        if not self.process:
            os.close(self.pipe)
            self.run(sending, work)
        os.close(sending)

    def run(self, sending: int, work: Callable[[int], bytes]) -> NoReturn:
        """Answers all numbers, in the process itself."""
        code = 1
        try:
            numbers = list(self.numbers)
            for start in range(0, len(numbers), PARCEL):
                answers: Answers = []
                for number in numbers[start : start + PARCEL]:
                    self.current[:] = number.to_bytes(LENGTH, "big")
                    answers.append((number, work(number)))
                parcel = msgspec.msgpack.encode(answers)
                rest = memoryview(len(parcel).to_bytes(LENGTH, "big") + parcel)
                while rest:
                    rest = rest[os.write(sending, rest) :]
            code = 0
        finally:
            os._exit(code)

    def receive(self) -> Answers | None:
        """Answers that have come, or None when no more will."""
        chunk = os.read(self.pipe, CHUNK)
        if not chunk:
            return None
        self.received += chunk
        answers: Answers = []
        while len(self.received) >= LENGTH:
            end = LENGTH + int.from_bytes(self.received[:LENGTH], "big")
            if len(self.received) < end:
                break
            answers += msgspec.msgpack.decode(self.received[LENGTH:end], type=Answers)
            del self.received[:end]
        for number, _ in answers:
            del self.numbers[number]
        return answers

    @property
    def fatal(self) -> int:
        """The number that the process has died of."""
        current = int.from_bytes(self.current[:], "big")
        return current if current in self.numbers else next(iter(self.numbers))

    def end(self) -> str:
        """What the process has died of, in words."""
        os.close(self.pipe)
        status = os.waitpid(self.process, 0)[1]
        code = os.waitstatus_to_exitcode(status)
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"

    def stop(self) -> None:
        """Ends the process, whatever it does."""
        os.kill(self.process, signal.SIGKILL)
        self.end()


class Workers:
    """Several processes that answer numbers, each with its share."""

    def __init__(self, count: int, numbers: Sequence[int], work: Callable[[int], bytes]) -> None:
        self.work = work
        self.running = [Worker(numbers[first::count], work) for first in range(min(count, len(numbers)))]

    def answers(self) -> Generator[tuple[int, bytes | str], None, None]:
        """Every number with its answer, in any order; if a process died of one, with the reason."""
        with selectors.DefaultSelector() as selector:
            try:
                for worker in self.running:
                    selector.register(worker.pipe, selectors.EVENT_READ, worker)
                while self.running:
                    for key, _ in selector.select():
                        worker = key.data
                        answers = worker.receive()
                        if answers is not None:
                            yield from answers
                            continue
                        selector.unregister(worker.pipe)
                        self.running.remove(worker)
                        ended = worker.end()
                        if worker.numbers:
                            fatal = worker.fatal
                            yield fatal, f"the process that read it has ended ({ended}); all others are read"
                            self.go_on(worker, fatal, selector)
            finally:
                for worker in self.running:
                    worker.stop()

    def go_on(self, dead: Worker, fatal: int, selector: selectors.BaseSelector) -> None:
        """Starts a process for what one that has died leaves behind."""
        if rest := [number for number in dead.numbers if number != fatal]:
            worker = Worker(rest, self.work)
            self.running.append(worker)
            selector.register(worker.pipe, selectors.EVENT_READ, worker)
