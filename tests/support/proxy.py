"""What stands between a client and an API server: it passes everything on, but for the faults that a test asks for."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

from tests.support.apiserver import Cluster

KEPT = ("Content-Type", "Content-Encoding", "Retry-After", "Cache-Control")
"""The headers of an answer that are passed on."""


@dataclass
class Fault:
    """What goes wrong with requests whose path and query hold `part`, after `skip` of them, `times` times.

    `before` is done first, then `delay` seconds pass. With a `status` the server is not asked. Of an answer only the
    first `cut` bytes arrive before the connection ends, and with `stop` nobody listens any more.
    """

    part: str
    skip: int = 0
    times: int | None = None
    before: Callable[[], object] = bool
    delay: float = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    stop: bool = False

    def strikes(self, path: str) -> bool:
        """Whether it is this request's turn."""
        if self.part not in path:
            return False
        self.skip -= 1
        if self.skip >= 0 or self.times == 0:
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class Proxy(ThreadingHTTPServer):
    """A server with the certificate of the real one. `requests` are the methods and paths that it was asked for."""

    daemon_threads = True

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.cluster = cluster
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.lock = threading.Lock()
        self.gone = False
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cluster.authority, cluster.authority.with_suffix(".key"))
        self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.server_address[1]}"

    def take(self, method: str, path: str) -> Fault:
        """Notes a request, and says what goes wrong with it."""
        with self.lock:
            self.requests.append((method, path))
            return next((fault for fault in self.faults if fault.strikes(path)), Fault(""))

    def stop(self) -> None:
        """Listens no more, and answers nobody who is connected."""
        self.gone = True
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: Proxy

    def answer(self) -> None:
        """Answers one request."""
        if self.server.gone:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.take(self.command, self.path)
        fault.before()
        time.sleep(fault.delay)
        status, headers, data = (fault.status, fault.headers, refusal(fault.status)) if fault.status else self.ask(body)
        if fault.stop:
            self.server.stop()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: fault.cut])
        self.close_connection = fault.cut is not None or fault.stop

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

    def ask(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """What the real server answers."""
        sent = {name: value for name, value in self.headers.items() if name not in ("Host", "Content-Length")}
        url = self.server.cluster.url + self.path
        answer: urllib3.BaseHTTPResponse = self.server.cluster.pool.request(
            self.command, url, body=body or None, headers=sent, decode_content=False
        )
        return answer.status, {name: answer.headers[name] for name in KEPT if name in answer.headers}, answer.data

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


def refusal(status: int) -> bytes:
    """The body of an answer that the server did not give."""
    reason = {410: "Expired", 429: "TooManyRequests", 401: "Unauthorized", 403: "Forbidden"}.get(status, "")
    return json.dumps(
        {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status}
    ).encode()


@contextmanager
def between(cluster: Cluster, *faults: Fault) -> Iterator[Proxy]:
    """Runs a proxy in front of a cluster."""
    proxy = Proxy(cluster)
    proxy.faults += faults
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()
