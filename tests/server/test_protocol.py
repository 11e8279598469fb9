"""A session by the protocol, as Neovim, VS Code and Emacs open it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

from tests.support.client import COMMAND
from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import write

WITHOUT = CONFIG.replace("  SPECIAL_LEVEL: very\n", "")
PROFILES = ("neovim@0.11", "visual-studio-code@1.65", "emacs@29.1")


@pytest.fixture(params=PROFILES)
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LanguageClient]:
    """A client of the shop, as one of the editors."""
    write(tmp_path, SHOP)
    config = ClientServerConfig(server_command=list(COMMAND), client_factory=make_test_lsp_client)
    client = await config.start()
    assert isinstance(client, LanguageClient)
    client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
    client.set_configuration({"cmlint": None})
    params = lsp.InitializeParams(
        capabilities=client_capabilities(request.param),
        root_uri=tmp_path.as_uri(),
        workspace_folders=[lsp.WorkspaceFolder(tmp_path.as_uri(), "shop")],
    )
    result = await client.initialize_session(params)
    assert result.capabilities.position_encoding == "utf-16"
    assert result.capabilities.diagnostic_provider is None
    yield client
    await client.shutdown_session()


def opened(client: LanguageClient, folder: Path, name: str, text: str) -> str:
    """Opens a file, and gives its address."""
    uri = (folder / name).as_uri()
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "yaml", 1, text)))
    return uri


def changed(client: LanguageClient, uri: str, version: int, text: str) -> None:
    """Changes a file."""
    name = lsp.VersionedTextDocumentIdentifier(version, uri)
    whole = lsp.TextDocumentContentChangeWholeDocument(text)
    client.text_document_did_change(lsp.DidChangeTextDocumentParams(name, [whole]))


async def until(condition: Callable[[], object]) -> None:
    """Waits until something is so."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_a_session(client: LanguageClient, tmp_path: Path) -> None:
    config, pod = tmp_path / "config.yaml", tmp_path / "pod.yaml"
    uri, other = opened(client, tmp_path, "config.yaml", CONFIG), pod.as_uri()
    await until(lambda: uri in client.diagnostics)
    changed(client, uri, 2, WITHOUT)
    await until(lambda: client.diagnostics.get(other))
    [found] = client.diagnostics[other]
    assert (found.code, found.source) == ("missing-key", "cmlint")
    changed(client, uri, 3, CONFIG)
    await until(lambda: not client.diagnostics[other])

    opened(client, tmp_path, "pod.yaml", POD)
    line = POD[: POD.index("key: SPECIAL")].count("\n")
    place, name = lsp.Position(line, 20), lsp.TextDocumentIdentifier(other)
    await until(lambda: other in client.diagnostics)
    hover = await client.text_document_hover_async(lsp.HoverParams(name, place))
    assert hover and isinstance(hover.contents, lsp.MarkupContent) and "very" in hover.contents.value
    definition = await client.text_document_definition_async(lsp.DefinitionParams(name, place))
    assert isinstance(definition, list)
    linked = [each for each in definition if isinstance(each, lsp.LocationLink)]
    places = [each.uri for each in definition if isinstance(each, lsp.Location)]
    assert [*places, *(each.target_uri for each in linked)] == [config.as_uri()]
    name_there = lsp.Range(lsp.Position(line, 19), lsp.Position(line, 32))
    assert [each.origin_selection_range for each in linked] in ([], [name_there])
    completion = await client.text_document_completion_async(lsp.CompletionParams(name, place))
    assert isinstance(completion, lsp.CompletionList)
    assert [each.label for each in completion.items] == ["SPECIAL_LEVEL", "LOG_LEVEL"]
    edit = await client.text_document_rename_async(lsp.RenameParams(name, place, "LEVEL_OF_ALL"))
    assert edit and len(edit.document_changes or edit.changes or ()) == 2
