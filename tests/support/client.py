"""A client of the editor server: it sends messages over standard input, and keeps what the server pushes."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.support.command import COMMAND as CMLINT
from tests.support.command import OF_INTERPRETER, Forked

PATIENCE = 60
"""The seconds after which a test no longer waits for the server."""

COMMAND = (str(CMLINT), "server")

CAPABILITIES: dict[str, Any] = {
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "hover": {"contentFormat": ["markdown"]},
        "rename": {"prepareSupport": True},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}},
    "window": {"showDocument": {"support": True}},
}


class Client:
    """An editor of a folder; `diagnostics` are the last ones of each address, `messages` all that the server sent.

    `reply` answers when the server asks for a number of settings. Without a `command`, the server is a fork of a
    process that has imported it, unless a variable is for the interpreter.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Any] | None = None,
        capabilities: Mapping[str, Any] | None = None,
        *,
        command: Sequence[str] = (),
        root: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.settings = folder, settings
        self.capabilities = CAPABILITIES if capabilities is None else capabilities
        own = env or {}
        self.command = command or (COMMAND if any(name.startswith(OF_INTERPRETER) for name in own) else ())
        self.env = {**os.environ, **own}
        self.root = root or {
            "rootUri": folder.as_uri(),
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
        }
        self.number = 0
        self.reply: Callable[[int], Any] = lambda number: [settings] * number
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.versions: dict[str, int | None] = {}
        self.messages: list[dict[str, Any]] = []
        self.arrived: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def __enter__(self) -> Client:
        self.start()
        asked = {"processId": os.getpid(), "capabilities": self.capabilities, **self.root}
        self.capable = self.ask("initialize", {**asked, "initializationOptions": self.settings})["capabilities"]
        self.tell("initialized", {})
        return self

    def start(self) -> None:
        """Starts the server, and says nothing to it yet."""
        pipe = subprocess.PIPE
        self.process: Forked | subprocess.Popen[bytes] = (
            subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=self.folder, env=self.env)
            if self.command
            else Forked(self.folder, COMMAND[1:], self.env)
        )
        self.errors: list[bytes] = []
        self.threads = [threading.Thread(target=each, daemon=True) for each in (self.receive, self.listen)]
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end()
        self.close()

    def end(self) -> int:
        """Says that it ends, and gives the server's exit status."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Closes what is left of a server that has ended."""
        self.process.wait(PATIENCE)
        for thread in self.threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream
            with suppress(OSError):
                stream.close()

    @property
    def told(self) -> list[str]:
        """The messages that were shown to the user."""
        return [each["params"]["message"] for each in self.messages if each.get("method") == "window/showMessage"]

    @property
    def log(self) -> str:
        """What the server wrote to standard error."""
        return b"".join(self.errors).decode()

    # messages

    def receive(self) -> None:
        """Reads messages until there is an end."""
        assert self.process.stdout
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                assert line.lower().startswith(b"content-"), f"no protocol: {line!r}"
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            if not length:
                self.arrived.put(None)
                return
            self.arrived.put(json.loads(self.process.stdout.read(length)))

    def listen(self) -> None:
        """Reads standard error until there is an end."""
        assert self.process.stderr
        while line := self.process.stderr.readline():
            self.errors.append(line)

    def ask(self, method: str, params: Any) -> Any:
        """Sends a request and waits for its result, or for the error."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self.answer_of(self.number)

    def answer_of(self, number: int) -> Any:
        """Waits for the answer to a request."""
        while True:
            message = self.next(PATIENCE)
            assert message is not None, f"the server has ended: {self.log}"
            if message.get("id") == number and "method" not in message:
                return message["error"] if "error" in message else message["result"]

    def tell(self, method: str, params: Any) -> None:
        """Sends a notification."""
        self.send({"method": method, "params": params})

    def send(self, message: Mapping[str, Any]) -> None:
        """Writes a message."""
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def write(self, raw: bytes) -> None:
        """Writes what is to be a message."""
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw))
        self.process.stdin.flush()

    def next(self, seconds: float) -> dict[str, Any] | None:
        """The next message, which is noted and, if it is a request, answered; raises queue.Empty."""
        message = self.arrived.get(timeout=seconds)
        if message is None:
            return None
        self.messages.append(message)
        method, params = message.get("method"), message.get("params")
        if method == "textDocument/publishDiagnostics" and params:
            self.diagnostics[params["uri"]] = params["diagnostics"]
            self.versions[params["uri"]] = params.get("version")
        if method and "id" in message:
            asked = params.get("items", []) if method == "workspace/configuration" and params else None
            result = None if asked is None else self.reply(len(asked))
            self.send({"id": message["id"], "result": result})
        return message

    def wait(self, condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
        """Waits until something is so, and says whether it is."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                if self.next(left) is None:
                    return bool(condition())
            except queue.Empty:
                return False
        return True

    # files

    def uri(self, name: str) -> str:
        """The address of a file in the folder."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Opens a file, with another text than on the disk if one is given; waits for the first diagnostics."""
        content = (self.folder / name).read_bytes().decode() if text is None else text
        self.version = 1
        document = {"uri": self.uri(name), "languageId": "yaml", "version": 1, "text": content}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return content

    def change(self, name: str, text: str) -> None:
        """Changes the text of an open file."""
        self.version += 1
        document = {"uri": self.uri(name), "version": self.version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def settled(self, name: str) -> list[dict[str, Any]]:
        """The diagnostics of an open file, once they are those of its last version."""
        uri = self.uri(name)
        assert self.wait(lambda: self.versions.get(uri) == self.version), self.log
        return self.diagnostics[uri]

    def rules(self, name: str) -> list[str]:
        """The rules of the diagnostics that are shown of a file."""
        return [each["code"] for each in self.diagnostics.get(self.uri(name), ())]

    def at(self, method: str, name: str, text: str, mark: str, offset: int = 0, **more: Any) -> Any:
        """Asks about the place of a mark in the text of a file."""
        before = text[: text.index(mark) + offset]
        line = before.count("\n")
        character = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
        place = {"line": line, "character": character}
        params = {"textDocument": {"uri": self.uri(name)}, "position": place, **more}
        return self.ask(f"textDocument/{method}", params)

    @property
    def seconds(self) -> float:
        """The processor time that the server has taken; Linux only."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """The memory that the server has held at most; Linux only."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
