"""The Language Server Protocol, by pygls: translates between messages and the session, and does nothing else.

Each change brings all of a text, positions are UTF-16 whatever the client offers, and diagnostics are pushed only.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from cmlint.server import lens, navigate, rename
from cmlint.server.actions import Action, Actions, Edited, merged
from cmlint.server.at import Spot, spot_at
from cmlint.server.complete import Proposal, complete
from cmlint.server.diagnostics import Diagnostic, Locator, Place
from cmlint.server.hover import hover
from cmlint.server.positions import Range
from cmlint.server.project import Opener
from cmlint.server.session import Session, Shown
from cmlint.server.workspace import roots_of
from cmlint.system.text import printable

LOG = logging.getLogger("cmlint.server")

T = TypeVar("T")

WATCHED = "**/*"
"""Which files the client watches: what is checked depends on nearly every file."""

TRIGGERS = " :([."
"""The characters after which a client asks for proposals by itself."""

FIX_ALL = "source.fixAll.cmlint"
OPEN = "cmlint.open"
"""The command that opens a place."""

STEP, STEPS = 0.02, 50
"""The seconds, and how often, a request waits for a text that has just changed to be judged."""

YOUNG = 50_000
"""The number of new objects after which Python looks for unused ones; each run makes many."""

PATIENCE = 2
"""The seconds to wait for the client's settings; an answer that is not a list is never given on by the library."""

CONFIRM = "confirm"
"""The name of what a change does besides."""

KINDS = {
    "object": lsp.CompletionItemKind.Reference,
    "key": lsp.CompletionItemKind.Field,
    "variable": lsp.CompletionItemKind.Variable,
    "volume": lsp.CompletionItemKind.Module,
    "value": lsp.CompletionItemKind.Value,
    "rule": lsp.CompletionItemKind.Keyword,
    "block": lsp.CompletionItemKind.Struct,
}


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
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, printable(message)))

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

    async def ready(self, uri: str) -> None:
        """Waits until the texts as they are now are judged, but not for long."""
        for _ in range(STEPS):
            if self.session.is_current(uri):
                return
            await asyncio.sleep(STEP)

    def spot(self, uri: str, position: lsp.Position) -> Spot | None:
        """The place of a request."""
        return spot_at(self.session.workspace, uri, position.line, position.character)

    def locator(self, uri: str) -> tuple[Locator, str] | None:
        """What leads to places from an open file, and its real path."""
        spot = spot_at(self.session.workspace, uri, 0, 0)
        return (spot.locator, spot.opened.path) if spot else None

    def edit(self, edits: Sequence[Edited], confirm: str = "") -> lsp.WorkspaceEdit | None:
        """Edits as the client takes them; None where it cannot take them, because a file would have to be made."""
        changes: list[Any] = []
        offered = self.client_capabilities.workspace and self.client_capabilities.workspace.workspace_edit
        for path in dict.fromkeys(each.path for each in edits):
            own = [each for each in edits if each.path == path]
            uri, opened = self.session.workspace.uri_of(path), self.session.workspace.at(path)
            texts = [text_edit(each, noted=bool(confirm)) for each in own]
            if own[0].new_file:
                if not offered or lsp.ResourceOperationKind.Create not in (offered.resource_operations or ()):
                    return None
                changes.append(lsp.CreateFile(uri, options=lsp.CreateFileOptions(ignore_if_exists=True)))
            name = lsp.OptionalVersionedTextDocumentIdentifier(uri, opened.version if opened else None)
            changes.append(lsp.TextDocumentEdit(name, texts))
        if offered and offered.document_changes:
            notes = {CONFIRM: lsp.ChangeAnnotation(printable(confirm), needs_confirmation=True)} if confirm else None
            return lsp.WorkspaceEdit(document_changes=changes, change_annotations=notes)
        return lsp.WorkspaceEdit(changes={each.text_document.uri: list(each.edits) for each in changes})

    def location(self, place: Place) -> lsp.Location:
        """A place by the client's own address."""
        return lsp.Location(self.session.workspace.uri_of(place.path), range_of(place.range))


def text_edit(edited: Edited, *, noted: bool) -> lsp.TextEdit | lsp.AnnotatedTextEdit:
    """An edit, with a note where it needs to be confirmed."""
    place = range_of(edited.range)
    return lsp.AnnotatedTextEdit(CONFIRM, place, edited.text) if noted else lsp.TextEdit(place, edited.text)


def name_of(place: Place) -> str:
    """A place in words."""
    return f"{printable(os.path.basename(place.path))}:{place.range.start.line + 1}"


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
    gc.enable()
    gc.set_threshold(YOUNG, 10, 10)
    sys.setswitchinterval(STEP / 20)
    with os.fdopen(protocol, "wb") as output:
        server.start_io(sys.stdin.buffer, output)
    return int(not server.session.ended)


def add_features(server: Server) -> None:
    """Registers what the server can do."""
    for add in (add_documents, add_workspace, add_reading, add_navigation, add_changes, add_lenses):
        add(server)


def add_documents(server: Server) -> None:
    """What happens to open files."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        session.open_file(document.uri, document.text, document.version)

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
        session.close_file(params.text_document.uri)


def add_workspace(server: Server) -> None:
    """What happens to folders, settings and files on the disk."""
    session = server.session

    @server.feature(lsp.INITIALIZE)
    def _(params: lsp.InitializeParams) -> None:
        server.loop = asyncio.get_running_loop()
        server.initial = params
        folders = None if params.workspace_folders is None else [each.uri for each in params.workspace_folders]
        session.enter(roots_of(folders, params.root_uri, params.root_path))

    @server.feature(lsp.INITIALIZED)
    async def _(params: lsp.InitializedParams) -> None:
        await configure(server)
        session.start()
        if server.offers("workspace.did_change_watched_files.dynamic_registration"):
            watchers = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(WATCHED)])
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = lsp.Registration("watched", method, watchers)
            with suppress(JsonRpcException):
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
        with suppress(JsonRpcException, asyncio.TimeoutError):
            asked = server.workspace_configuration_async(lsp.ConfigurationParams([item]))
            answer = await asyncio.wait_for(asked, PATIENCE)
            found = answer[0] if answer else None
    server.session.configure(server.initial.initialization_options if found is None else found)


def add_reading(server: Server) -> None:
    """Completion and hover."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def _(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        with session.workspace.within(spot.project):
            found = complete(spot)
        items = [item_of(each, number, spot) for number, each in enumerate(found.proposals)]
        return lsp.CompletionList(is_incomplete=not found.complete, items=items)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def _(params: lsp.HoverParams) -> lsp.Hover | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        text_document = server.client_capabilities.text_document
        formats = (text_document and text_document.hover and text_document.hover.content_format) or ()
        kind = lsp.MarkupKind.Markdown if lsp.MarkupKind.Markdown in formats else lsp.MarkupKind.PlainText
        with session.workspace.within(spot.project):
            found = hover(spot, markdown=kind is lsp.MarkupKind.Markdown)
        return lsp.Hover(lsp.MarkupContent(kind, found.text), range_of(found.range)) if found else None


def item_of(proposal: Proposal, number: int, spot: Spot) -> lsp.CompletionItem:
    """A proposal."""
    place = range_of(spot.opened.lines.range(proposal.span))
    return lsp.CompletionItem(
        label=proposal.label,
        kind=KINDS[proposal.kind],
        detail=printable(proposal.detail),
        sort_text=f"{number:04}",
        filter_text=proposal.label,
        text_edit=lsp.TextEdit(place, proposal.text),
        tags=[lsp.CompletionItemTag.Deprecated] if proposal.deprecated else None,
    )


def add_navigation(server: Server) -> None:
    """Definitions, references, highlights, symbols."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def _(params: lsp.DefinitionParams) -> list[lsp.Location] | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        with session.workspace.within(spot.project):
            return [server.location(each) for each in navigate.definitions(spot)]

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def _(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        with session.workspace.within(spot.project):
            found = navigate.references(spot, declared=params.context.include_declaration)
            return [server.location(each) for each in found]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def _(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        with session.workspace.within(spot.project):
            return [lsp.DocumentHighlight(range_of(each.range)) for each in navigate.highlights(spot)]

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def _(params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation]:
        found: list[lsp.SymbolInformation] = []
        for project in dict.fromkeys(session.workspace.everything()):
            if (snapshot := project.snapshot) and not project.gone:
                with session.workspace.within(project):
                    locator = Locator(session.workspace, project, snapshot)
                    symbols = navigate.symbols(snapshot.bundles, params.query, locator)
                    found += (symbol_of(each, server.location(each.place)) for each in symbols)
        return found


def symbol_of(symbol: navigate.Symbol, location: lsp.Location) -> lsp.SymbolInformation:
    """An object as a symbol."""
    name, kind = printable(symbol.name), printable(symbol.kind)
    return lsp.SymbolInformation(location, name, lsp.SymbolKind.Object, container_name=kind)


def add_changes(server: Server) -> None:
    """Code actions and renames."""
    session = server.session
    kinds = [lsp.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=kinds))
    async def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        await server.ready(params.text_document.uri)
        found = server.locator(params.text_document.uri)
        opened = session.workspace.opened.get(params.text_document.uri)
        if found is None or opened is None:
            return []
        start, end = params.range.start, params.range.end
        span = opened.lines.span((start.line, start.character), (end.line, end.character))
        wanted = params.context.only
        with session.workspace.within(found[0].project):
            actions = Actions(*found, session.settings)
            quick = [*actions.at(span)] if wants(wanted, "quickfix") else []
            together = actions.all_safe() if wants(wanted, FIX_ALL) and session.settings.actions.fix else None
        offered = merged([*quick, *([together] if together else ())])
        return [action for each in offered if (action := action_of(each, params.context.diagnostics, server))]

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def _(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        with session.workspace.within(spot.project):
            place, name = refusing(lambda: rename.prepare(spot))
        return lsp.PrepareRenamePlaceholder(range_of(place), name)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def _(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        await server.ready(params.text_document.uri)
        spot = server.spot(params.text_document.uri, params.position)
        if spot is None:
            return None
        confirms = server.offers("workspace.workspace_edit.change_annotation_support")
        with session.workspace.within(spot.project):
            renamed = refusing(lambda: rename.rename(spot, params.new_name, confirms=confirms))
        return server.edit(renamed.edits, renamed.confirm)


def refusing(job: Callable[[], T]) -> T:
    """What a job gives; a refusal becomes an error with the reason."""
    try:
        return job()
    except rename.RefusedError as error:
        raise JsonRpcException(printable(str(error)), lsp.LSPErrorCodes.RequestFailed.value) from None


def wants(only: Sequence[str] | None, kind: str) -> bool:
    """Whether a client asks for actions of a kind, or of one that holds it."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


def action_of(action: Action, diagnostics: Sequence[lsp.Diagnostic], server: Server) -> lsp.CodeAction | None:
    """An action with the diagnostics that it is about; None where the client cannot make its changes."""
    edit = server.edit(action.edits)
    if edit is None:
        return None
    about = [each for each in diagnostics if each.data in action.fingerprints]
    return lsp.CodeAction(
        title=printable(action.title),
        kind=action.kind,
        diagnostics=about or None,
        edit=edit,
        is_preferred=action.preferred or None,
    )


def add_lenses(server: Server) -> None:
    """Lenses, hints, and the command that opens a place."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def _(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        await server.ready(params.text_document.uri)
        found = server.locator(params.text_document.uri)
        opens = session.settings.references or (server.offers("window.show_document") and OPEN)
        if found is None or not session.settings.lens or not opens:
            return []
        with session.workspace.within(found[0].project):
            known = list(lens.lenses(*found))
        return [lsp.CodeLens(range_of(each.range), lens_command(each, opens, server, found[1])) for each in known]

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def _(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        await server.ready(params.text_document.uri)
        found = server.locator(params.text_document.uri)
        opened = session.workspace.opened.get(params.text_document.uri)
        if found is None or opened is None or not session.settings.hints:
            return []
        start, end = params.range.start, params.range.end
        span = opened.lines.span((start.line, start.character), (end.line, end.character))
        with session.workspace.within(found[0].project):
            known = list(lens.hints(*found, span))
        return [lsp.InlayHint(lsp.Position(*each.position), printable(each.label), padding_left=True) for each in known]

    @server.command(OPEN)
    def _(uri: str, found: lsp.Range) -> None:
        server.window_show_document(lsp.ShowDocumentParams(uri, take_focus=True, selection=found))


def lens_command(found: lens.Lens, command: str, server: Server, path: str) -> lsp.Command:
    """What a lens does: the editor's own command shows all places, the server's opens the first one."""
    if not found.places:
        return lsp.Command(found.title, "")
    locations = [server.location(each) for each in found.places]
    if command == OPEN:
        return lsp.Command(found.title, OPEN, arguments=[locations[0].uri, locations[0].range])
    here = server.session.workspace.uri_of(path)
    return lsp.Command(found.title, command, arguments=[here, lsp.Position(*found.range.start), locations])
