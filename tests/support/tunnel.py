"""A proxy as companies have them: asked by CONNECT for a way to the API server, it sees nothing of what goes there."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.support.proxy import serving


@dataclass
class Tunnel:
    """A running proxy: its address, and the hosts with ports that it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def tunnel(refused: int = 0) -> Iterator[Tunnel]:
    """Runs such a proxy; one that refuses answers with that status."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            running.asked.append(self.path)
            if refused:
                self.send_error(refused)
                return
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port))) as there:
                self.send_response(200)
                self.end_headers()
                pump(self.connection, there)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with serving(Handler) as url:
        running = Tunnel(url)
        yield running


def pump(one: socket.socket, other: socket.socket) -> None:
    """Hands over what either says to the other, until one of them ends."""
    while True:
        ready, _, _ = select.select([one, other], [], [])
        for speaking in ready:
            said = speaking.recv(1 << 16)
            if not said:
                return
            (other if speaking is one else one).sendall(said)
