"""What a strange client, a strange rule or a Secret does to a session: nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.server.test_complete import SECRET, VOLUMES
from tests.support.client import Client
from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import write

VALUES = ("hunter2-not-real", "bm90LXJlYWwtZWl0aGVy", "not-real-either", "third-not-real")
SECRETS = f"""\
{SECRET}---
apiVersion: v1
kind: Secret
metadata:
  name: other
data:
  KEY: {VALUES[1]}
"""
READER = POD.replace("configMapKeyRef", "secretKeyRef").replace("special-config", "login")

KUSTOMIZATION = f"""\
resources: [built.yaml]
secretGenerator:
  - name: generated
    literals: [TOKEN={VALUES[3]}]
"""

METHODS = (
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/inlayHint",
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didClose",
    "textDocument/didSave",
    "workspace/symbol",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "workspace/executeCommand",
    "$/cancelRequest",
    "no/such/method",
)


def test_no_value_of_a_secret_in_any_message(tmp_path: Path) -> None:
    files = {
        "secrets.yaml": SECRETS,
        "reader.yaml": READER.replace("SPECIAL_LEVEL", "PASSWORD"),
        "wrong.yaml": READER.replace("SPECIAL_LEVEL", "PASSWRD").replace("name: web\nspec", "name: w\nspec"),
        "broken.yaml": SECRETS.replace("kind: Secret", "kind: Secret\n\tx"),
        "twice.yaml": SECRETS.replace("  PASSWORD", "  PASSWORD: 12345\n  PASSWORD"),
        "kustomization.yaml": KUSTOMIZATION,
        "built.yaml": READER.replace("name: login", "name: generated").replace("SPECIAL_LEVEL", "TOKEN"),
    }
    write(tmp_path, files)
    with Client(tmp_path, {"diagnostics": "workspace", "hints": True}) as client:
        for name, text in files.items():
            client.open(name, text)
            client.change(name, text)
            client.settled(name)
        for name, text in files.items():
            uri = {"uri": client.uri(name)}
            whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
            about = {"diagnostics": client.diagnostics.get(client.uri(name), [])}
            client.ask("textDocument/codeAction", {"textDocument": uri, "range": whole, "context": about})
            for found in client.ask("textDocument/codeLens", {"textDocument": uri}):
                client.ask("codeLens/resolve", found)
            client.ask("textDocument/inlayHint", {"textDocument": uri, "range": whole})
            for line, content in enumerate(text.splitlines()):
                for character in range(0, len(content), 5):
                    place = {"textDocument": uri, "position": {"line": line, "character": character}}
                    client.ask("textDocument/hover", place)
                    client.ask("textDocument/completion", place)
            last = {"textDocument": uri, "position": {"line": 6, "character": 4}, "newName": "OTHER"}
            client.ask("textDocument/rename", last)
        client.ask("workspace/symbol", {"query": ""})
        assert client.end() == 0
    said = json.dumps(client.messages)
    assert "PASSWORD" in said and [value for value in VALUES if value in said or value in client.log] == []


def junk(choose: random.Random, uris: list[str]) -> Any:
    """A value that no client should send."""
    return choose.choice(
        (
            None,
            -1,
            2**40,
            "x",
            [],
            {},
            {"textDocument": {"uri": choose.choice(uris)}},
            {"textDocument": {"uri": choose.choice(uris)}, "position": {"line": 2**31 - 1, "character": 7}},
            {"textDocument": {"uri": choose.choice(uris)}, "position": {"line": "a", "character": -3}},
            {
                "textDocument": {"uri": choose.choice(uris), "version": 1},
                "contentChanges": [{"text": "\ud83d\ude00: [\r"}],
            },
            {"textDocument": {"uri": choose.choice(uris), "version": 1}, "contentChanges": [{"text": 7}]},
            {"textDocument": {"uri": choose.choice(uris), "languageId": "yaml", "version": 1, "text": POD}},
            {"textDocument": {"uri": choose.choice(uris)}, "position": {"line": 13, "character": 20}, "newName": "\n"},
            {"textDocument": {"uri": choose.choice(uris)}, "range": {}, "context": {}},
            {"settings": {"cmlint": ["x"]}},
            {"changes": [{"uri": choose.choice(uris), "type": 9}]},
            {"event": {"added": [{"uri": "file:///no/such/folder", "name": ""}], "removed": []}},
            {"command": "cmlint.open", "arguments": [1, 2, 3]},
            {"query": "\x00" * 10},
            {"id": choose.randrange(1000)},
        )
    )


def test_a_thousand_strange_messages(tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "volumes.yaml": VOLUMES})
    choose = random.Random(5)
    with Client(tmp_path) as client:
        client.open("pod.yaml")
        uris = [client.uri("pod.yaml"), client.uri("none.yaml"), "untitled:x", "", "http://x/y", "file://%ff", "c%3A"]
        for number in range(1000):
            message: dict[str, Any] = {"method": choose.choice(METHODS), "params": junk(choose, uris)}
            if choose.random() < 0.7:
                message["id"] = 10_000 + number
            client.send(message)
        client.open("config.yaml", CONFIG)
        client.open("pod.yaml", POD)
        client.change("pod.yaml", POD)
        client.settled("pod.yaml")
        told = client.at("hover", "pod.yaml", POD, "name: special-config", 8)
        assert "special-config" in told["contents"]["value"]
        assert client.end() == 0


@pytest.mark.parametrize("body", ["print('Content-Length: 3')", "raise ValueError('x')"], ids=["prints", "raises"])
def test_a_rule_that_misbehaves(tmp_path: Path, body: str) -> None:
    shop = tmp_path / "shop"
    package = tmp_path / "site"
    write(shop, {**SHOP, "pod.yaml": POD.replace("SPECIAL_LEVEL", "NONE")})
    code = (
        "from cmlint.api import Container, Context, rule\n\n\n"
        '@rule(name="bad-manners", summary="it misbehaves", consequence="stuck", since="1.0.0")\n'
        "def bad_manners(container: Container, ctx: Context):\n"
        f"    {body}\n"
        "    return ()\n"
    )
    about = "Metadata-Version: 2.1\nName: manners\nVersion: 1.0\n"
    entry = "[cmlint.rules]\nmanners = manners\n"
    write(
        package,
        {"manners/bad_manners.py": code, "manners/__init__.py": "", "manners/bad_manners.md": "# bad-manners\n"},
    )
    write(package, {"manners-1.0.dist-info/METADATA": about, "manners-1.0.dist-info/entry_points.txt": entry})
    with Client(shop, {"diagnostics": "workspace"}, env={"PYTHONPATH": str(package)}) as client:
        for name in ("pod.yaml", "config.yaml"):
            client.open(name)
            client.change(name, (shop / name).read_text())
            client.settled(name)
        found = client.rules("pod.yaml")
        assert "missing-key" in found
        crashes = ["the rule `bad-manners` has crashed: ValueError in bad_manners, line 6"] if "raise" in body else []
        assert client.told == crashes
        assert client.end() == 0
    if "print" in body:
        assert "Content-Length: 3" in client.log
