"""An editor, as far as yaml-language-server sees it: it opens a file and asks (the Language Server Protocol)."""

from __future__ import annotations

import json
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.command import PATIENCE
from tests.support.tools import YAML_SERVER


class Editor:
    """An editor of a folder with YAML files; `schemas` are the files that each schema is for, `server` the program."""

    def __init__(self, folder: Path, schemas: dict[str, list[str]], server: Path = YAML_SERVER) -> None:
        self.server = server
        self.folder, self.numbers, self.versions = folder, count(1), count(1)
        self.settings = {
            "yaml": {"schemas": schemas, "schemaStore": {"enable": False}, "completion": True, "hover": True}
        }

    def __enter__(self) -> Editor:
        assert self.server.exists(), f"`make test` or `make test-editors` installs {self.server}"
        words = [str(self.server), "--stdio"]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder)
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}}},
        }
        root = {"rootUri": self.folder.as_uri(), "capabilities": capabilities, "processId": None}
        self.ask("initialize", root)
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": self.settings})
        asked = None
        while asked != "workspace/configuration":
            message = self.read()
            self.answer(message)
            asked = message.get("method")
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.communicate(timeout=PATIENCE)

    def complete(self, name: str, text: str, line: int, column: int) -> dict[str, str]:
        """What is proposed at a place (both from 0), and what is said of each."""
        found = self.ask_at("textDocument/completion", name, text, line, column)
        return {item["label"]: str(item.get("documentation", "")) for item in found["items"]}

    def hover(self, name: str, text: str, line: int, column: int) -> str:
        """What is shown of a place."""
        found = self.ask_at("textDocument/hover", name, text, line, column)
        return json.dumps(found["contents"], ensure_ascii=False)

    def diagnose(self, name: str, text: str) -> list[tuple[int, str]]:
        """What is marked as wrong: the line from 0, and the message."""
        where = self.open(name, text)
        while True:
            message = self.read()
            self.answer(message)
            said = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and said["uri"] == where:
                return [(one["range"]["start"]["line"], one["message"]) for one in said["diagnostics"]]

    def open(self, name: str, text: str) -> str:
        """Opens a file with a text, which need not be on disk, and gives its address."""
        folder = self.folder / str(next(self.versions))
        where = (folder / name).as_uri()
        document = {"uri": where, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return where

    def ask_at(self, method: str, name: str, text: str, line: int, column: int) -> Any:
        """Asks about a place in a text."""
        place = {"line": line, "character": column}
        return self.ask(method, {"textDocument": {"uri": self.open(name, text)}, "position": place})

    def ask(self, method: str, params: Any) -> Any:
        """Sends a request, and waits for its result."""
        number = next(self.numbers)
        self.send({"id": number, "method": method, "params": params})
        while True:
            message = self.read()
            self.answer(message)
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        """Sends what needs no answer."""
        self.send({"method": method, "params": params})

    def answer(self, message: dict[str, Any]) -> None:
        """Answers what the server asks: its settings, and nothing to all else."""
        if "method" in message and "id" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            result = None if asked is None else [self.settings.get(item.get("section")) for item in asked]
            self.send({"id": message["id"], "result": result})

    def send(self, message: dict[str, Any]) -> None:
        """Writes a message."""
        raw = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(raw), raw))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """Reads the next message."""
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message
