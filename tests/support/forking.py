"""A process that has imported cmlint, and becomes its command in forks, which take a third of a new process's time.

It runs as a script and imports nothing of the tests, so that a fork finds and has imported what the command could.
"""

from __future__ import annotations

import json
import os
import pkgutil
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from typing import NoReturn

OTHERS = "attr dateutil.parser durationpy multiprocessing.pool pydantic.fields pydantic.main requests_oauthlib "
OTHERS += "rich.console rich.markdown rich.panel rich.table ruamel.yaml typer.main urllib3 websocket"
"""What cmlint or a client of clusters imports when it needs it, except what reads the environment on import."""

FILES = 4096
"""More open files than this process ever has."""


def load(command: str) -> None:
    """Imports what the command may need, from where it finds it."""
    sys.path[0] = str(Path(command).parent)
    from cmlint.__main__ import import_msgspec

    import_msgspec()
    for name in (*modules("cmlint"), *modules("cmlint_rules"), *OTHERS.split()):
        import_module(name)


def modules(package: str) -> Iterator[str]:
    """The names of all modules of a package."""
    return (module.name for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."))


def serve(channel: socket.socket) -> None:
    """Forks for each request until nobody can ask any more; answers with the number of the process and its exit status.

    It waits for each process, whose time so counts as that of this one.
    """
    ended, ends = socket.socketpair()
    ends.setblocking(False)
    signal.set_wakeup_fd(ends.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select([channel, ended], [], [])
        if ended in ready:
            ended.recv(1000)
            while running and (found := os.waitpid(-1, os.WNOHANG))[0]:
                answer = running.pop(found[0])
                say(answer, os.waitstatus_to_exitcode(found[1]))
                os.close(answer)
        if channel in ready:
            files = socket.recv_fds(channel, 1, 5)[1]
            if not files:
                return
            request, answer, *streams = files
            process = os.fork()
            if not process:
                become(request, *streams)
            running[process] = answer
            say(answer, process)
            for file in (request, *streams):
                os.close(file)


def say(answer: int, number: int) -> None:
    """Writes a line for the test, if it is still there."""
    with suppress(BrokenPipeError):
        os.write(answer, b"%d\n" % number)


def become(request: int, *streams: int) -> NoReturn:
    """Becomes the command."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    from cmlint.__main__ import entry

    with open(request, encoding="utf-8") as file:
        sys.argv, folder, environment, seconds, memory = json.load(file)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, FILES)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.alarm(seconds)
    entry()


if __name__ == "__main__":
    load(sys.argv[1])
    serve(socket.socket(fileno=int(sys.argv[2])))
