"""What names and links of a workspace do to an editor: they are shown and edited as what they are."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from tests.hostile.planted import outside
from tests.support.client import Client
from tests.support.desk import CONFIG, MARK, POD, SHOP, Desk
from tests.support.run import write

IMAGE = "![x](https://stranger.example/x.png)"
NAMES = (IMAGE, f"`{IMAGE}", f"`` {IMAGE} ``", f"```` {IMAGE}", "<img src=https://stranger.example>", "\\`[x](ssh:x)")
"""Names that Markdown would make an image or a link of."""

OBEYED = "\x1b[31m\u202e\n"
"""What a terminal would obey, or what would be shown as something else."""


def read_as(kind: str = "Pod", key: str = "SPECIAL_LEVEL") -> str:
    """A pod, or an object that is shaped like one, that reads a key of the ConfigMap."""
    text = POD.replace("kind: Pod", f"kind: {json.dumps(kind)}").replace(
        "key: SPECIAL_LEVEL", f"key: {json.dumps(key)}"
    )
    return text if kind == "Pod" else text.replace("apiVersion: v1", "apiVersion: example.com/v1")


def linked(html: str) -> set[str]:
    """What a page links to or fetches, without the files that it may name."""
    return {each for each in re.findall(r'(?:src|href)="([^"]*)"', html) if not each.startswith("file:///")}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_becomes_an_image_or_a_link(tmp_path: Path, name: str) -> None:
    """An editor fetches the images of what it shows, so that hovering would tell a stranger who reads his manifests."""
    path = f"{name.replace('/', '')}.yaml"
    config = CONFIG.replace("LOG_LEVEL: info", f"{json.dumps(name)}: {json.dumps(name)}")
    files = {path: config, "pod.yaml": read_as(kind=name), "other.yaml": read_as(key=name)}
    desk = Desk(tmp_path, files)
    hovers = [
        *((path, mark) for mark in ("special-config", "SPECIAL_LEVEL", json.dumps(name))),
        *(("pod.yaml", mark) for mark in ("special-config", "SPECIAL_LEVEL", "LEVEL", "nginx")),
        ("other.yaml", "LEVEL"),
    ]
    shown = [told for each in hovers if (told := desk.hover(*each, markdown=True))]
    assert len(shown) > 5 and any("x.png" in told or "stranger" in told or "ssh" in told for told in shown)
    for told in shown:
        html = MarkdownIt("commonmark").render(told)
        assert "<img" not in html and linked(html) == set()


def test_no_folder_of_a_script_becomes_an_image(tmp_path: Path) -> None:
    folder = "![x](https:/stranger.example)"
    files = {"pod.yaml": POD.replace("nginx:1.25.3", "example.com/shop/web:1")}
    write(
        tmp_path,
        {f"{folder}/push.sh": "docker build -t example.com/shop/web:1 .\ndocker push example.com/shop/web:1\n"},
    )
    told = Desk(tmp_path, files).hover("pod.yaml", "example.com", markdown=True)
    assert told and "push.sh" in told
    assert "<img" not in MarkdownIt("commonmark").render(told)


def test_names_are_printed_in_every_message(tmp_path: Path) -> None:
    name = f"SPECIAL{OBEYED}"
    write(tmp_path, {**SHOP, "key.yaml": read_as(key=name), "kind.yaml": read_as(kind=f"Pod{OBEYED}")})
    write(tmp_path, {f"a{OBEYED}.yaml": CONFIG.replace("special-config", "other"), ".cmlint.yaml": ""})
    with Client(tmp_path, {"diagnostics": "workspace", "hints": True}) as client:
        client.open("key.yaml")
        client.open("kind.yaml")
        assert client.wait(lambda: client.rules("key.yaml") == ["malformed-reference"])
        text = (tmp_path / "key.yaml").read_text()
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
        about = {"diagnostics": client.diagnostics[client.uri("key.yaml")]}
        file = {"textDocument": {"uri": client.uri("key.yaml")}}
        client.ask("textDocument/codeAction", {**file, "range": whole, "context": about})
        for mark in ("special-config", '"SPECIAL'):
            client.at("hover", "key.yaml", text, mark, 2)
            client.at("rename", "key.yaml", text, mark, 2, newName=OBEYED)
        client.ask("workspace/symbol", {"query": ""})
        client.at("completion", "kind.yaml", read_as(kind=f"Pod{OBEYED}"), "special-config", 2)
        assert client.end() == 0
    said = [text for message in client.messages for text in texts_in(message)]
    assert any("SPECIAL␛[31m\\u202e␊" in text for text in said)
    assert [text for text in said if not text.replace("\n", "").isprintable()] == []
    assert {each["code"]: each["message"].count("\n") for each in about["diagnostics"]} == {"malformed-reference": 1}


def texts_in(value: Any) -> list[str]:
    """All texts in a message but those that go into a file."""
    if isinstance(value, str):
        return [value]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [text for name, part in parts if name != "newText" for text in texts_in(part)]


def test_a_name_that_is_no_text_takes_nothing_from_the_other_files(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xfe.yaml")
    write(tmp_path, SHOP)
    path.write_text(read_as(key="NONE"), encoding="utf-8")
    with Client(tmp_path, {"diagnostics": "workspace"}) as client:
        client.open("pod.yaml", POD.replace("SPECIAL", "SPECAL"))
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"]), client.log
        (there,) = [uri for uri, found in client.diagnostics.items() if found and uri != client.uri("pod.yaml")]
        assert there == f"{tmp_path.as_uri()}/%FF%FE.yaml" == path.as_uri()
        client.open(path.name)
        client.change(path.name, read_as())
        assert client.settled(path.name) == []
        assert client.end() == 0
    assert client.log == ""


def test_an_address_that_no_file_can_have_is_one(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    with Client(tmp_path) as client:
        document = {"uri": f"{tmp_path.as_uri()}/a%00b.yaml", "languageId": "yaml", "version": 1, "text": POD}
        client.tell("textDocument/didOpen", {"textDocument": document})
        client.open("pod.yaml", POD.replace("SPECIAL", "SPECAL"))
        assert client.wait(lambda: client.rules("pod.yaml") == ["missing-key"]), client.log
        assert client.end() == 0
    assert client.log == ""


@pytest.mark.parametrize("key", ['a: "x"\nb', "a b", "a: b", "#a", ""])
def test_no_key_is_added_that_cannot_be_one(tmp_path: Path, key: str) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": read_as(key=key)})
    titles = [each.title for each in desk.actions("pod.yaml", json.dumps(key))]
    assert not [title for title in titles if title.startswith("add key")]


@pytest.mark.parametrize("key", ["y", "1.10", "null", "-", "1e3", "0x1F", "plain.key-1_a"])
def test_a_key_that_is_added_is_the_key_that_is_read(tmp_path: Path, key: str) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": read_as(key=key)})
    (action,) = [each for each in desk.actions("pod.yaml", json.dumps(key)) if each.title.startswith("add key")]
    (text,) = desk.made(action.edits).values()
    desk.type("config.yaml", text)
    assert desk.shown().get("pod.yaml", []) == desk.shown().get("config.yaml", []) == []


def test_a_name_that_no_object_can_have_is_not_written_to_the_configuration(tmp_path: Path) -> None:
    for number, name in enumerate(("a: {b", "a\nexclude: ['*']", "A_B")):
        text = POD.replace("name: special-config", f"name: {json.dumps(name)}")
        desk = Desk(tmp_path / str(number), {"config.yaml": CONFIG, "pod.yaml": text})
        assert not [each for each in desk.actions("pod.yaml", json.dumps(name)) if "external" in each.title]


@pytest.mark.parametrize("plant", [outside, os.mkfifo, Path.mkdir, lambda path: path.symlink_to("no/such/file")])
def test_a_configuration_that_is_no_file_of_the_repository_is_neither_read_nor_written(
    tmp_path: Path, plant: Any
) -> None:
    folder = tmp_path / "shop"
    (folder / ".git").mkdir(parents=True)
    desk = Desk(folder, {"config.yaml": CONFIG, "pod.yaml": POD.replace("name: special-config", "name: none-such")})
    offered = [each.title for each in desk.actions("pod.yaml", "none-such")]
    assert "`external`: `ConfigMap/none-such` is made elsewhere" in offered
    plant(folder / ".cmlint.yaml")
    offered = [each.title for each in desk.actions("pod.yaml", "none-such")]
    assert offered and not [title for title in offered if "external" in title]


@pytest.mark.parametrize("quote", ['"', "'", ""])
@pytest.mark.parametrize("key", ['a"b', "a'b", "a\\b", "a: b", "a # b", "y"])
def test_a_name_is_completed_as_what_it_is(tmp_path: Path, quote: str, key: str) -> None:
    config = CONFIG.replace("LOG_LEVEL", json.dumps(key))
    desk = Desk(tmp_path, {"config.yaml": config, "pod.yaml": POD})
    typed = POD.replace("key: SPECIAL_LEVEL", f"key: {quote}{MARK}{quote}")
    text = desk.completed("pod.yaml", typed, key)
    container = yaml.safe_load(text)["spec"]["containers"][0]
    assert container["env"][0]["valueFrom"]["configMapKeyRef"]["key"] == key


@pytest.mark.parametrize("key", ["a\nb", "a\x1bb", "a\u202eb"])
def test_no_name_is_proposed_of_which_a_part_would_not_be_shown(tmp_path: Path, key: str) -> None:
    config = CONFIG.replace("LOG_LEVEL", json.dumps(key))
    typed = POD.replace("key: SPECIAL_LEVEL", f"key: {MARK}")
    proposed = Desk(tmp_path, {"config.yaml": config, "pod.yaml": POD}).proposals("pod.yaml", typed)
    assert [each.label for each in proposed] == ["SPECIAL_LEVEL"]
