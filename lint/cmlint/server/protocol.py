"""The Language Server Protocol, by pygls: translates between messages and the session, and does nothing else.

Texts are synchronised whole, positions are UTF-16 whatever the client offers, and diagnostics are pushed only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.lsp.server import LanguageServer

from cmlint.server.diagnostics import Diagnostic, Place
from cmlint.server.positions import Range
from cmlint.server.project import Opener
from cmlint.server.session import Session, Shown
from cmlint.server.workspace import roots_of

LOG = logging.getLogger("cmlint.server")

WATCHED = "**/*"
"""Which files the client watches: what is checked depends on nearly every file."""


class Server(LanguageServer):
    """The server of one client."""

    def __init__(self, opener: Opener, version: str) -> None:
        super().__init__("cmlint", version, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.session = Session(opener, self.show, self.tell, self.post)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.initial: Any = None

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Logs an error, instead of showing a message for each."""
        LOG.error("%s: %s", type(error).__name__, error)

    def post(self, job: Callable[[], None]) -> None:
        """Has something done in the thread of the loop."""
        if self.loop and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(job)

    def tell(self, message: str) -> None:
        """Shows a message to the user."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))

    def show(self, shown: Shown) -> None:
        """Publishes what is shown of a file."""
        related = self.offers("text_document.publish_diagnostics.related_information")
        diagnostics = [self.diagnostic(each, related=related) for each in shown.diagnostics]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(shown.uri, diagnostics, shown.version))

    def offers(self, path: str) -> bool:
        """Whether the client can do something, by the path of the capability."""
        found: Any = self.client_capabilities
        for name in path.split("."):
            found = getattr(found, name, None)
        return bool(found)

    def diagnostic(self, found: Diagnostic, *, related: bool) -> lsp.Diagnostic:
        """A diagnostic; places that belong to it are in its message where the client shows no others."""
        places = [lsp.DiagnosticRelatedInformation(self.location(place), label) for place, label in found.related]
        message = found.message
        if not related:
            lines = (f"{name_of(place)}: {label}" for place, label in found.related)
            message = "\n".join((message, *lines))
        return lsp.Diagnostic(
            range=range_of(found.range),
            severity=lsp.DiagnosticSeverity(found.severity),
            code=found.rule,
            code_description=lsp.CodeDescription(found.url),
            source="cmlint",
            message=message,
            related_information=places if related else None,
            tags=[lsp.DiagnosticTag.Unnecessary] if found.unnecessary else None,
            data=found.fingerprint,
        )

    def location(self, place: Place) -> lsp.Location:
        """A place by the client's own address."""
        return lsp.Location(self.session.workspace.uri_of(place.path), range_of(place.range))


def name_of(place: Place) -> str:
    """A place in words."""
    return f"{os.path.basename(place.path)}:{place.range.start.line + 1}"


def range_of(found: Range) -> lsp.Range:
    """A range."""
    return lsp.Range(lsp.Position(*found.start), lsp.Position(*found.end))


def serve(opener: Opener, version: str) -> int:
    """Serves the client at standard input and output until it ends; 0 where it has said so before."""
    protocol = os.dup(1)
    os.dup2(2, 1)
    server = Server(opener, version)
    add_features(server)
    ServerCapabilitiesBuilder.choose_position_encoding = staticmethod(  # type: ignore[assignment]
        lambda _: lsp.PositionEncodingKind.Utf16
    )
    with os.fdopen(protocol, "wb") as output:
        server.start_io(sys.stdin.buffer, output)
    return int(not server.session.ended)


def add_features(server: Server) -> None:
    """Registers what the server can do."""
    add_documents(server)
    add_workspace(server)


def add_documents(server: Server) -> None:
    """What happens to open files."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        session.open(document.uri, document.text, document.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _(params: lsp.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if params.content_changes:
            session.change(document.uri, params.content_changes[-1].text, document.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        session.save(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        session.close(params.text_document.uri)


def add_workspace(server: Server) -> None:
    """What happens to folders, settings and files on the disk."""
    session = server.session

    @server.feature(lsp.INITIALIZE)
    def _(params: lsp.InitializeParams) -> None:
        server.loop = asyncio.get_running_loop()
        server.initial = params

    @server.feature(lsp.INITIALIZED)
    async def _(params: lsp.InitializedParams) -> None:
        await configure(server)
        initial: lsp.InitializeParams = server.initial
        folders = None if initial.workspace_folders is None else [each.uri for each in initial.workspace_folders]
        session.start(roots_of(folders, initial.root_uri, initial.root_path))
        if server.offers("workspace.did_change_watched_files.dynamic_registration"):
            watchers = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(WATCHED)])
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = lsp.Registration("watched", method, watchers)
            await server.client_register_capability_async(lsp.RegistrationParams([registration]))

    @server.feature(lsp.SHUTDOWN)
    def _(_: None) -> None:
        session.end()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def _(params: lsp.DidChangeConfigurationParams) -> None:
        await configure(server, params.settings)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def _(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        event = params.event
        session.change_folders([each.uri for each in event.added], [each.uri for each in event.removed])

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _(params: lsp.DidChangeWatchedFilesParams) -> None:
        session.watched(change.uri for change in params.changes)


async def configure(server: Server, given: Any = None) -> None:
    """Takes the settings that the client has for the section `cmlint`, else those that it gave at the start."""
    found = given.get("cmlint") if isinstance(given, dict) else None
    if server.offers("workspace.configuration"):
        item = lsp.ConfigurationItem(section="cmlint")
        answer = await server.workspace_configuration_async(lsp.ConfigurationParams([item]))
        found = answer[0] if answer else None
    server.session.configure(server.initial.initialization_options if found is None else found)
