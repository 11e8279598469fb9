"""What a client does against the rules of the protocol: each request has an answer, and the session goes on."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcInternalError, JsonRpcInvalidParams

from cmlint.server.protocol import is_mistake, is_refusal
from tests.support.client import CAPABILITIES, Client
from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import write

INVALID_PARAMS, INVALID_REQUEST, NOT_INITIALIZED, PARSE_ERROR = -32602, -32600, -32002, -32700
CANCELLED, NOT_FOUND = -32800, -32601
LINE = POD[: POD.index("key: SPECIAL")].count("\n")
WITHOUT = CONFIG.replace("  SPECIAL_LEVEL: very\n", "")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with the shop."""
    write(tmp_path, SHOP)
    return tmp_path


@pytest.fixture
def client(shop: Path) -> Iterator[Client]:
    """An editor of the shop, in which the pod is open."""
    with Client(shop) as client:
        client.open("pod.yaml")
        client.change("pod.yaml", POD)
        client.settled("pod.yaml")
        yield client


def place(uri: str, line: int = 0, character: int = 0) -> dict[str, Any]:
    """A place in a file."""
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


def span(start: int, end: int) -> dict[str, Any]:
    """A stretch of the line of the pod's key."""
    return {"start": {"line": LINE, "character": start}, "end": {"line": LINE, "character": end}}


def code(answer: Any) -> int:
    """The code of an error."""
    found: int = answer["code"]
    return found


# messages


@pytest.mark.parametrize(
    "params",
    [None, 7, [], {}, {"textDocument": {"uri": 1}}, place("x", line=-1), {**place("x"), "position": {"line": "a"}}],
)
def test_wrong_parameters_are_refused(client: Client, params: Any) -> None:
    for method in ("hover", "completion", "definition", "references", "rename", "codeAction", "inlayHint"):
        assert code(client.ask(f"textDocument/{method}", params)) == INVALID_PARAMS
    for method in ("codeAction/resolve", "codeLens/resolve"):
        assert code(client.ask(method, params)) == INVALID_PARAMS
    assert client.at("hover", "pod.yaml", POD, "special-config", 2)


@pytest.mark.parametrize(
    ("raw", "number", "error"),
    [
        (b"{nonsense", None, PARSE_ERROR),
        (b"\xff\xfe", None, PARSE_ERROR),
        (b"[1, 2]", None, INVALID_REQUEST),
        (b'{"id": 5, "method": "shutdown"}', 5, INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": [1], "method": "shutdown"}', None, INVALID_REQUEST),
        (b'{"jsonrpc": "2.0", "id": 6, "method": "no/such"}', 6, NOT_FOUND),
    ],
)
def test_what_is_no_message_is_refused(client: Client, raw: bytes, number: int | None, error: int) -> None:
    client.write(raw)
    assert client.at("hover", "pod.yaml", POD, "special-config", 2)
    assert [(each["id"], code(each["error"])) for each in client.messages if "error" in each] == [(number, error)]
    assert client.at("hover", "pod.yaml", POD, "special-config", 2)


def test_an_answer_that_is_wrong_is_not_answered(client: Client) -> None:
    before = len(client.messages)
    client.send({"id": None, "error": {"code": 1, "message": "no"}})
    client.send({"id": [1], "result": 1})
    client.send({"id": "unknown", "error": 7})
    assert client.ask("workspace/symbol", {"query": "special"})
    assert len(client.messages) == before + 1


def test_settings_that_are_no_list_count_as_none(shop: Path) -> None:
    with Client(shop, capabilities={**CAPABILITIES, "workspace": {"configuration": True}}) as client:
        client.reply = lambda _: 7
        client.open("config.yaml")
        client.change("config.yaml", CONFIG)
        client.settled("config.yaml")
        client.change("config.yaml", WITHOUT)
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])


def test_a_text_that_looks_like_a_message(client: Client) -> None:
    client.tell("workspace/didChangeConfiguration", {"settings": {"cmlint": {}, "x": {"jsonrpc": "2.0", "id": 1}}})
    assert client.at("hover", "pod.yaml", POD, "special-config", 2)
    assert not any("error" in each for each in client.messages)


def test_what_is_refused_is_not_logged_as_a_mistake(client: Client) -> None:
    refused = client.at("rename", "pod.yaml", POD, "nginx", newName="other")
    assert refused["message"] == "only names and keys of ConfigMaps and Secrets can be renamed"
    client.end()
    assert client.log == ""


@pytest.mark.parametrize(
    ("error", "refusal"),
    [(JsonRpcInvalidParams(), True), (JsonRpcInternalError(), False), (ValueError("x"), False), (None, False)],
)
def test_what_is_a_mistake_is_logged(error: Exception | None, *, refusal: bool) -> None:
    known = (type(error), error, None) if error else None
    record = logging.LogRecord("pygls", logging.ERROR, "", 1, "it failed", None, known)
    assert (is_refusal(error), is_mistake(record)) == (refusal, not refusal)


def test_before_the_start_and_after_the_end(shop: Path) -> None:
    client = Client(shop)
    client.start()
    assert code(client.ask("textDocument/hover", place("x"))) == NOT_INITIALIZED
    assert code(client.ask("shutdown", None)) == NOT_INITIALIZED
    client.tell("textDocument/didOpen", {})
    assert client.ask("initialize", {"processId": None, "rootUri": shop.as_uri(), "capabilities": {}})["capabilities"]
    assert code(client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})) == INVALID_REQUEST
    client.tell("initialized", {})
    assert client.ask("shutdown", None) is None
    assert code(client.ask("textDocument/hover", place("x"))) == INVALID_REQUEST
    assert code(client.ask("shutdown", None)) == INVALID_REQUEST
    client.tell("textDocument/didOpen", {})
    client.tell("exit", None)
    assert client.process.wait(20) == 0
    client.close()


def test_an_exit_before_the_start_is_an_error(shop: Path) -> None:
    client = Client(shop)
    client.start()
    client.tell("exit", None)
    assert client.process.wait(20) == 1
    client.close()


def test_a_request_is_cancelled_while_it_waits(client: Client) -> None:
    client.change("pod.yaml", f"{POD}# longer\n")
    client.send({"id": 999, "method": "textDocument/hover", "params": place(client.uri("pod.yaml"), LINE, 20)})
    client.tell("$/cancelRequest", {"id": 999})
    client.tell("$/cancelRequest", {"id": 12345})
    client.tell("$/cancelRequest", {})
    assert code(client.answer_of(999)) == CANCELLED
    client.settled("pod.yaml")
    assert client.at("hover", "pod.yaml", POD, "special-config", 2)


def test_it_ends_with_the_process_of_the_client(shop: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor:
        root = {"rootUri": shop.as_uri(), "processId": editor.pid}
        client = Client(shop, root=root)
        client.__enter__()
        client.open("pod.yaml")
        assert client.wait(lambda: client.uri("pod.yaml") in client.diagnostics)
        editor.communicate(b"\n")
    assert client.process.wait(20) == 1
    client.close()


def test_a_process_that_cannot_be_seen_is_not_waited_for(shop: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    with Client(shop, root={"rootUri": shop.as_uri(), "processId": ended.pid}) as client:
        client.open("pod.yaml")
        assert client.wait(lambda: client.uri("pod.yaml") in client.diagnostics)
        assert client.end() == 0


# texts


def test_changes_of_a_part_are_taken_in_order(client: Client) -> None:
    uri = client.uri("pod.yaml")

    def change(version: int, *changes: dict[str, Any]) -> list[dict[str, Any]]:
        client.version = version
        client.tell(
            "textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}
        )
        return client.settled("pod.yaml")

    emoji = {"range": span(0, 0), "text": "# \U0001f600\r\n"}
    there = {"start": {"line": LINE + 1, "character": 19}, "end": {"line": LINE + 1, "character": 32}}
    [found] = change(10, {"text": POD}, {"range": span(19, 32), "text": "NONE"})
    assert (found["code"], found["range"]) == ("missing-key", span(19, 23))
    [found] = change(3, {"text": POD}, emoji, {"range": there, "text": "\U0001f600NONE"})
    emoji_there = {**there, "end": {"line": LINE + 1, "character": 25}}
    assert (found["code"], found["range"]) == ("malformed-reference", emoji_there)
    assert change(4, {"text": POD}) == []
    assert change(5) == []


@pytest.mark.parametrize("half", ["\ud83d", "\ude00"])
def test_half_a_character(client: Client, half: str) -> None:
    text = POD.replace("name: web\nspec", f"name: {half}\nspec").replace("SPECIAL_LEVEL", f"{half}NONE")
    client.change("pod.yaml", text)
    assert [each["range"] for each in client.settled("pod.yaml") if each["code"] == "malformed-reference"]
    client.tell("textDocument/didSave", {"textDocument": {"uri": client.uri("pod.yaml")}})
    client.change("pod.yaml", POD)
    assert client.settled("pod.yaml") == [] and client.told == []


def test_files_that_were_never_opened(client: Client) -> None:
    never = {"textDocument": {"uri": client.uri("never.yaml"), "version": 1}}
    client.tell("textDocument/didClose", never)
    client.tell("textDocument/didSave", never)
    client.tell("textDocument/didChange", {**never, "contentChanges": [{"range": span(0, 0), "text": "x"}]})
    wrong = POD.replace("SPECIAL_LEVEL", "NONE").replace("name: web\nspec", "name: never\nspec")
    client.tell("textDocument/didChange", {**never, "contentChanges": [{"text": wrong}]})
    assert client.wait(lambda: client.rules("never.yaml") == ["missing-key"])


def test_a_file_that_is_opened_twice(client: Client) -> None:
    client.open("config.yaml")
    client.open("config.yaml", WITHOUT)
    assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])
    client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("config.yaml")}})
    assert client.wait(lambda: client.rules("pod.yaml") == [])


def test_a_file_that_is_deleted_while_it_is_open(client: Client, shop: Path) -> None:
    client.open("config.yaml", WITHOUT)
    assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"])
    (shop / "config.yaml").unlink()
    event = {"uri": client.uri("config.yaml"), "type": 3}
    client.tell("workspace/didChangeWatchedFiles", {"changes": [event]})
    client.change("config.yaml", CONFIG)
    assert client.wait(lambda: client.rules("pod.yaml") == [])
    client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("config.yaml")}})
    assert client.wait(lambda: client.rules("pod.yaml") == ["missing-configmap"])


# addresses and folders

STRANGE = (
    "untitled:Untitled-1",
    "vscode-remote://ssh-remote+host/x/pod.yaml",
    "git:/x/pod.yaml?%7B%22ref%22%3A%22HEAD%22%7D",
    "file:///c%3A/Users/me/pod.yaml",
    "file:///C:/Users/me/pod.yaml",
    "file://server/share/pod.yaml",
    "file:///no/such/folder/pod.yaml",
    "file:///a%00b.yaml",
    "file://[::1/pod.yaml",
    f"file:///{'a' * 300}.yaml",
    "file:",
    "c%3A",
    "",
)


@pytest.mark.parametrize("uri", STRANGE)
def test_a_text_without_a_file_is_checked_alone(shop: Path, uri: str) -> None:
    text = POD.replace("valueFrom", "valueFrm")
    with Client(shop) as client:
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        client.tell("textDocument/didOpen", {"textDocument": document})
        assert client.wait(lambda: client.diagnostics.get(uri))
        assert [each["code"] for each in client.diagnostics[uri]] == ["malformed-reference"]
        again = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]}
        client.tell("textDocument/didChange", again)
        assert client.wait(lambda: client.versions[uri] == 2)
        line = text[: text.index("nginx")].count("\n")
        assert "nginx" in client.ask("textDocument/hover", place(uri, line, 16))["contents"]["value"]
        client.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]})
        folder = {"uri": uri, "name": "x"}
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": [folder]}})
        client.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert client.wait(lambda: not client.diagnostics[uri])
        assert [each["name"] for each in client.ask("workspace/symbol", {"query": "configmap"})] == ["special-config"]
        assert client.told == [] and "Traceback" not in client.log
        assert client.end() == 0


def test_a_folder_that_is_renamed(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    parent = tmp_path_factory.mktemp("parent")
    write(parent / "old", {**SHOP, "config.yaml": WITHOUT})
    old, new = ({"uri": (parent / name).as_uri(), "name": name} for name in ("old", "new"))
    with Client(shop, {"diagnostics": "workspace"}) as client:
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [old], "removed": []}})
        assert client.wait(lambda: client.diagnostics.get(f"{old['uri']}/pod.yaml"))
        (parent / "old").rename(parent / "new")
        client.tell("workspace/didChangeWorkspaceFolders", {"event": {"added": [new], "removed": [old]}})
        assert client.wait(lambda: client.diagnostics.get(f"{new['uri']}/pod.yaml"))
        assert client.wait(lambda: not client.diagnostics[f"{old['uri']}/pod.yaml"])
        assert client.end() == 0


SLOW = """\
import time

from cmlint.api import Container, Context, rule


@rule(name="slow-rule", summary="it takes its time", consequence="stuck", since="1.0.0")
def slow_rule(container: Container, ctx: Context):
    if container.name and container.name.value == "slow":
        time.sleep(4)
    return ()
"""


def test_one_folder_does_not_wait_for_another(tmp_path: Path) -> None:
    package = tmp_path / "site"
    entry = "[cmlint.rules]\nslow = slow\n"
    write(package, {"slow/slow_rule.py": SLOW, "slow/__init__.py": "", "slow/slow_rule.md": "# slow-rule\n"})
    about = "Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n"
    write(package, {"slow-1.0.dist-info/METADATA": about, "slow-1.0.dist-info/entry_points.txt": entry})
    write(tmp_path / "one", SHOP)
    write(tmp_path / "two", SHOP)
    folders = [{"uri": (tmp_path / name).as_uri(), "name": name} for name in ("one", "two")]
    root = {"rootUri": None, "workspaceFolders": folders}
    with Client(tmp_path, root=root, env={"PYTHONPATH": str(package)}) as client:
        for name in ("one/pod.yaml", "two/pod.yaml"):
            client.open(name)
            client.change(name, POD)
            client.settled(name)
        client.version = 2
        client.change("one/pod.yaml", POD.replace("- name: web", "- name: slow"))
        time.sleep(0.5)
        started = time.monotonic()
        assert client.at("hover", "two/pod.yaml", POD, "special-config", 2)
        assert client.at("completion", "two/pod.yaml", POD, "special-config", 2)["items"]
        client.open("two/config.yaml", WITHOUT.replace("kind:", "\tkind:"))
        assert client.ask("workspace/symbol", {"query": "configmap"})
        assert time.monotonic() - started < 3
        assert client.wait(lambda: client.versions[client.uri("one/pod.yaml")] == 3)


def test_ten_thousand_problems(tmp_path: Path) -> None:
    entry = "        - name: A{}\n          value: {}\n"
    text = POD[: POD.index("        - name: LEVEL")] + "".join(entry.format(n, n) for n in range(10_000))
    write(tmp_path, {"pod.yaml": text})
    with Client(tmp_path) as client:
        client.open("pod.yaml")
        text = f"# moved\n{text}"
        client.change("pod.yaml", text)
        assert len(client.settled("pod.yaml")) == 10_000
        started = time.monotonic()
        assert client.at("hover", "pod.yaml", text, "nginx", 2)
        assert time.monotonic() - started < 5
        assert client.megabytes < 600


def test_a_client_that_can_do_nothing(shop: Path) -> None:
    with Client(shop, capabilities={}, root={"rootUri": shop.as_uri(), "processId": os.getpid()}) as client:
        client.open("pod.yaml", POD.replace("SPECIAL_LEVEL", "SPECIAL_LEVL"))
        client.change("pod.yaml", POD.replace("SPECIAL_LEVEL", "SPECIAL_LEVL"))
        [found] = client.settled("pod.yaml")
        about = {"textDocument": {"uri": client.uri("pod.yaml")}, "range": found["range"]}
        actions = client.ask("textDocument/codeAction", {**about, "context": {"diagnostics": [found]}})
        assert [set(each["edit"]) for each in actions] == [{"changes"}] * 4
        assert client.ask("textDocument/codeLens", {"textDocument": about["textDocument"]}) == []
        assert client.ask("textDocument/inlayHint", about) == []
        hover = client.ask("textDocument/hover", place(client.uri("pod.yaml"), LINE - 1, 22))
        assert hover["contents"]["kind"] == "plaintext"
        [there] = client.ask("textDocument/definition", place(client.uri("pod.yaml"), LINE - 1, 22))
        assert there["uri"] == client.uri("config.yaml")
        renamed = client.ask(
            "textDocument/rename", {**place(client.uri("pod.yaml"), LINE - 1, 22), "newName": "app-config"}
        )
        assert set(renamed["changes"]) == {client.uri("pod.yaml"), client.uri("config.yaml")}
