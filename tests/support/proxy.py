"""A proxy before the API server: it notes what is asked, and answers itself where a test wants a fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import urllib3

from tests.support.apiserver import Cluster


class Reply(NamedTuple):
    """What is answered in the server's place; without a status the connection is cut.

    Of the body only a `part` may be sent, though all of it is announced; then the connection is cut, or it `stalls`:
    nothing follows any more until the proxy ends. One that `drips` sends a byte now and then.
    """

    status: int = 0
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    part: float = 1.0
    stalls: bool = False
    drips: bool = False


Meddle = Callable[[str, int], "Reply | None"]
"""What to answer to a path, given how often it was asked before; None lets the server answer."""


@dataclass
class Proxy:
    """A running proxy: its address, and the requests so far, each a method, a path with its query, and `Accept`."""

    url: str
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def kubeconfig(self, cluster: Cluster, token: str | None = None, namespace: str = "default") -> Path:
        """A kubeconfig that leads through the proxy."""
        return cluster.kubeconfig("proxied", token or cluster.token, server=self.url, namespace=namespace)

    def paths(self) -> list[str]:
        """The paths asked for, without their queries."""
        return [path.partition("?")[0] for _, path, _ in self.asked]


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serves on a port of this machine, and gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def proxy(cluster: Cluster, meddle: Meddle = lambda path, before: None) -> Iterator[Proxy]:  # noqa: C901
    """Runs a proxy before a cluster."""
    lock, ended = threading.Lock(), threading.Event()
    seen: dict[str, int] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer()

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

        def answer(self) -> None:
            with lock:
                running.asked.append((self.command, self.path, self.headers.get("Accept", "")))
                before = seen.get(self.path, 0)
                seen[self.path] = before + 1
            reply = meddle(self.path, before)
            if reply is None:
                headers = urllib3.HTTPHeaderDict()
                for name, value in self.headers.items():
                    if name.title() in ("Authorization", "Accept") or name.title().startswith("Impersonate-"):
                        headers.add(name, value)
                found = cluster.pool.request(self.command, cluster.url + self.path, headers=headers)
                self.send(found.status, found.data, (("Content-Type", found.headers.get("Content-Type", "")),))
            elif reply.status:
                self.send(reply.status, reply.body.encode(), reply.headers, reply.part)
                self.close_connection = reply.part < 1
                if reply.stalls:
                    ended.wait()
                try:
                    while reply.drips and not ended.wait(0.1):
                        self.wfile.write(b" ")
                except ConnectionError:
                    self.close_connection = True
            else:
                self.close_connection = True

        def send(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...], part: float = 1.0) -> None:
            self.send_response(status)
            for name, value in (*headers, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: int(len(body) * part)])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with serving(Handler) as url:
        running = Proxy(url)
        try:
            yield running
        finally:
            ended.set()
