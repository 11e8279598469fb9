"""A thread that does jobs for projects, none twice: a session has one that judges them, and one that asks clusters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from cmlint.server.project import Project

Job = Literal["read", "update"]
"""To read all of a project, or to judge it with the texts as they are now; a cluster is always asked by `read`."""


class Worker:
    """Does jobs when they are due; of two jobs for one project only the larger one, and at the later time."""

    def __init__(self, work: Callable[[Project, Job], None]) -> None:
        self.work = work
        self.due: dict[Project, tuple[float, Job]] = {}
        self.changed = threading.Condition()
        self.ended = False
        self.thread = threading.Thread(target=self.run, name="cmlint", daemon=True)

    def start(self) -> None:
        """Begins to work."""
        self.thread.start()

    def ask(self, project: Project, job: Job, seconds: float = 0.0) -> None:
        """Asks for a job in some seconds, and no earlier for what was asked before."""
        with self.changed:
            _, asked = self.due.get(project, (0.0, job))
            self.due[project] = time.monotonic() + seconds, "read" if "read" in (asked, job) else "update"
            self.changed.notify()

    def end(self) -> None:
        """Ends after the job at hand."""
        with self.changed:
            self.ended = True
            self.changed.notify()

    def run(self) -> None:
        """Does what is due, until there is an end."""
        while (project := self.next()) is not None:
            self.work(*project)

    def next(self) -> tuple[Project, Job] | None:
        """Waits for the next job; None at the end."""
        with self.changed:
            while not self.ended:
                first = min(self.due, key=lambda project: self.due[project][0], default=None)
                if first is None:
                    self.changed.wait()
                elif (left := self.due[first][0] - time.monotonic()) > 0:
                    self.changed.wait(left)
                else:
                    return first, self.due.pop(first)[1]
        return None
