"""The Language Server Protocol, by pygls: translates between messages and the session, and does nothing else.

Each change brings all of a text, positions are UTF-16 whatever the client offers, and diagnostics are pushed only.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from attrs import evolve
from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import (
    JsonRpcContentModified,
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from cmlint.model.facts import Span
from cmlint.server import lens, navigate, rename
from cmlint.server.actions import FIX_ALL, Action, Actions, Edited, merged
from cmlint.server.at import Spot, spot_at
from cmlint.server.complete import Proposal, complete
from cmlint.server.diagnostics import Diagnostic, FileRange, Locator
from cmlint.server.hover import hover
from cmlint.server.positions import Range
from cmlint.server.project import Opener
from cmlint.server.session import Change, Published, Session
from cmlint.server.workspace import roots_of
from cmlint.system.text import printable

LOG = logging.getLogger("cmlint.server")

T = TypeVar("T")

WATCHED = "**/*"
"""Which files the client watches: what is checked depends on nearly every file."""

TRIGGERS = " :([."
"""The characters after which a client asks for proposals by itself."""

OPEN = "cmlint.open"
"""The command that opens a place."""

STEP, STEPS = 0.02, 50
"""The seconds, and how often, a request waits for a text that has just changed to be judged."""

YOUNG = 50_000
"""The number of new objects after which Python looks for unused ones; each run makes many."""

PATIENCE = 2
"""The seconds to wait for the client's settings."""

LOOK = 5
"""The seconds between two looks at whether the process of the client is still there."""

CONFIRM = "confirm"
"""The name of what a change does besides."""

START = lsp.Position(0, 0)
"""Where a text begins."""

KINDS = {
    "object": lsp.CompletionItemKind.Reference,
    "key": lsp.CompletionItemKind.Field,
    "variable": lsp.CompletionItemKind.Variable,
    "volume": lsp.CompletionItemKind.Module,
    "value": lsp.CompletionItemKind.Value,
    "rule": lsp.CompletionItemKind.Keyword,
    "block": lsp.CompletionItemKind.Struct,
}


HELD = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
)
"""What the session does alone: pygls would hold a second copy of each text, and fail at addresses that are strange."""


class Protocol(LanguageServerProtocol):
    """Answers every request, also one that cannot be read, or that comes before the start or after the end."""

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        self.begun = False
        for method in HELD:
            self.fm.builtin_features.pop(method)

    def structure_message(self, data: Any) -> Any:
        """Leaves each object as it is; pygls takes every object that holds `jsonrpc` for a message."""
        return data

    def handle_message(self, message: Any) -> None:
        """Hands a message on; one that cannot be read, or that comes at the wrong time, is answered with an error."""
        given = message if isinstance(message, dict) else {}
        try:
            self.refuse(given)
            read = self.read(given)
        except JsonRpcException as error:
            LOG.warning("%s: %s", given.get("method", "a message"), error.message)
            self.answer(given, error)
        else:
            super().handle_message(read)

    def refuse(self, given: Mapping[str, Any]) -> None:
        """Raises JsonRpcException for what is not a message, and for one at the wrong time."""
        method = given.get("method")
        proper = isinstance(given.get("id", 0), int | str) and isinstance(method, str | None)
        if given.get("jsonrpc") != self.VERSION or not proper:
            raise JsonRpcInvalidRequest
        if method in (None, lsp.EXIT):
            return
        if self._shutdown or (self.begun and method == lsp.INITIALIZE):
            raise JsonRpcInvalidRequest
        if not self.begun and method != lsp.INITIALIZE:
            raise JsonRpcServerNotInitialized
        if "id" in given:
            self._get_handler(method)

    def read(self, given: dict[str, Any]) -> Any:
        """A message by its type; raises JsonRpcInvalidParams."""
        try:
            return super().structure_message(given)
        except JsonRpcException:
            raise JsonRpcInvalidParams from None

    def answer(self, given: Mapping[str, Any], error: JsonRpcException) -> None:
        """Answers a request with an error; what is an answer itself is an error for who waits for it."""
        number = given.get("id")
        if "result" in given or "error" in given:
            if isinstance(number, str):
                self._handle_response(number, error=error.to_response_error())
        elif "id" in given or "method" not in given:
            known = number if isinstance(number, int | str) else None
            wrong = {"code": error.code, "message": error.message}
            self._send_data({"jsonrpc": self.VERSION, "id": known, "error": wrong})


class Server(LanguageServer):
    """The server of one client."""

    protocol: Protocol  # pyright: ignore[reportIncompatibleVariableOverride]  # pygls makes it of `protocol_cls`

    def __init__(self, opener: Opener, version: str) -> None:
        kind = lsp.TextDocumentSyncKind.Full
        super().__init__("cmlint", version, text_document_sync_kind=kind, protocol_cls=Protocol)
        self.session = Session(opener, self.show, self.tell, self.post)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.initial: Any = None
        self.kept: list[asyncio.Task[None]] = []

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Logs an error, instead of showing a message for each, and answers what is not JSON."""
        LOG.log(logging.INFO if is_refusal(error) else logging.ERROR, "%s: %s", type(error).__name__, error)
        if isinstance(error, ValueError) and source is JsonRpcException:
            self.protocol.answer({}, JsonRpcParseError())

    def post(self, job: Callable[[], None]) -> None:
        """Has something done in the thread of the loop."""
        if self.loop and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(job)

    def tell(self, message: str) -> None:
        """Shows a message to the user."""
        self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, printable(message)))

    def show(self, shown: Published) -> None:
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

    async def asked(self, uri: str, job: Callable[[Spot], T], position: lsp.Position = START) -> T | None:
        """What a job gives for a place in an open file, once its text is judged; None where nothing is known."""
        await self.ready(uri)
        return self.asked_now(uri, job, position)

    def asked_now(self, uri: str, job: Callable[[Spot], T], position: lsp.Position = START) -> T | None:
        """The same, with what is known now."""
        spot = spot_at(self.session.workspace, uri, position.line, position.character)
        return job(spot) if spot else None

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
        if offered and (offered.document_changes or offered.resource_operations):
            notes = {CONFIRM: lsp.ChangeAnnotation(printable(confirm), needs_confirmation=True)} if confirm else None
            return lsp.WorkspaceEdit(document_changes=changes, change_annotations=notes)
        return lsp.WorkspaceEdit(changes={each.text_document.uri: list(each.edits) for each in changes})

    def location(self, place: FileRange) -> lsp.Location:
        """A place by the client's own address."""
        return lsp.Location(self.session.workspace.uri_of(place.path), range_of(place.range))

    def link(self, place: FileRange, origin: Range | None) -> lsp.LocationLink:
        """The same as a link, with what leads there."""
        uri, there = self.session.workspace.uri_of(place.path), range_of(place.range)
        return lsp.LocationLink(uri, there, there, range_of(origin) if origin else None)

    def actions(self, spot: Spot) -> Actions:
        """What can be done in an open file."""
        return Actions(spot.locator, spot.opened.path, self.session.settings)

    @property
    def resolves_edits(self) -> bool:
        """Whether the client asks for the changes of an action when it is chosen."""
        text_document = self.client_capabilities.text_document
        offered = text_document and text_document.code_action
        support = offered and offered.data_support and offered.resolve_support
        return bool(support and "edit" in support.properties)

    @property
    def opens(self) -> str:
        """The command that a lens has; empty where the client can show no place."""
        known = OPEN if self.offers("window.show_document.support") else ""
        return self.session.settings.references or known


def is_refusal(error: object) -> bool:
    """Whether an error is the answer to a request, which its user reads, and no mistake in the server."""
    return isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError)


def is_mistake(record: logging.LogRecord) -> bool:
    """Whether what pygls logs is more than a request that was refused."""
    return not (record.exc_info and is_refusal(record.exc_info[1]))


def text_edit(edited: Edited, *, noted: bool) -> lsp.TextEdit | lsp.AnnotatedTextEdit:
    """An edit, with a note where it needs to be confirmed."""
    place = range_of(edited.range)
    return lsp.AnnotatedTextEdit(CONFIRM, place, edited.text) if noted else lsp.TextEdit(place, edited.text)


def name_of(place: FileRange) -> str:
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
    logging.getLogger("pygls.protocol.json_rpc").addFilter(is_mistake)
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
        session.change(document.uri, [change_of(each) for each in params.content_changes], document.version)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def _(params: lsp.DidSaveTextDocumentParams) -> None:
        session.save(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _(params: lsp.DidCloseTextDocumentParams) -> None:
        session.close_file(params.text_document.uri)


def change_of(given: lsp.TextDocumentContentChangeEvent) -> Change:
    """A change; the server asks for complete texts, and takes what a client sends instead."""
    if isinstance(given, lsp.TextDocumentContentChangeWholeDocument):
        return Change(given.text)
    start, end = given.range.start, given.range.end
    return Change(given.text, (start.line, start.character), (end.line, end.character))


def add_workspace(server: Server) -> None:
    """What happens to folders, settings and files on the disk."""
    session = server.session

    @server.feature(lsp.INITIALIZE)
    def _(params: lsp.InitializeParams) -> None:
        server.loop = asyncio.get_running_loop()
        server.initial = params
        folders = None if params.workspace_folders is None else [each.uri for each in params.workspace_folders]
        session.enter(roots_of(folders, params.root_uri, params.root_path))
        server.protocol.begun = True

    @server.feature(lsp.INITIALIZED)
    async def _(params: lsp.InitializedParams) -> None:
        watch = asyncio.create_task(end_with(server.process_id))
        server.kept.append(watch)
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


async def end_with(process: int | None) -> None:
    """Ends the server with the process of its client; not with one that cannot be seen from here, as in a container."""
    if process is None or os.name == "nt" or not is_running(process):
        return
    while is_running(process):
        await asyncio.sleep(LOOK)
    LOG.warning("the process %d of the client has ended", process)
    logging.shutdown()
    os._exit(1)


def is_running(process: int) -> bool:
    """Whether there is a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


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

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(TRIGGERS)))
    def _(params: lsp.CompletionParams) -> lsp.CompletionList | None:
        return server.asked_now(params.text_document.uri, completion_at, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def _(params: lsp.HoverParams) -> lsp.Hover | None:
        text_document = server.client_capabilities.text_document
        formats = (text_document and text_document.hover and text_document.hover.content_format) or ()
        kind = lsp.MarkupKind.Markdown if lsp.MarkupKind.Markdown in formats else lsp.MarkupKind.PlainText

        def shown(spot: Spot) -> lsp.Hover | None:
            found = hover(spot, markdown=kind is lsp.MarkupKind.Markdown)
            return lsp.Hover(lsp.MarkupContent(kind, found.text), range_of(found.range)) if found else None

        return await server.asked(params.text_document.uri, shown, params.position)


def completion_at(spot: Spot) -> lsp.CompletionList:
    """What may be written at a place."""
    found = complete(spot)
    items = [item_of(each, number, spot) for number, each in enumerate(found.proposals)]
    return lsp.CompletionList(is_incomplete=not found.complete, items=items)


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
    async def _(params: lsp.DefinitionParams) -> list[lsp.Location] | list[lsp.LocationLink] | None:
        found = await server.asked(params.text_document.uri, navigate.definitions, params.position)
        if found is None:
            return None
        if not server.offers("text_document.definition.link_support"):
            return [server.location(each) for each in found.places]
        return [server.link(each, found.origin) for each in found.places]

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def _(params: lsp.ReferenceParams) -> list[lsp.Location] | None:
        declared = params.context.include_declaration
        job = partial(navigate.references, declared=declared)
        found = await server.asked(params.text_document.uri, job, params.position)
        return None if found is None else [server.location(each) for each in found]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def _(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight] | None:
        found = await server.asked(params.text_document.uri, navigate.highlights, params.position)
        return None if found is None else [lsp.DocumentHighlight(range_of(each.range)) for each in found]

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def _(params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation]:
        found: list[lsp.SymbolInformation] = []
        for project in dict.fromkeys(session.workspace.everything()):
            if (snapshot := project.snapshot) and not project.gone:
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
    options = lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)
    async def _(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri, later = params.text_document.uri, server.resolves_edits
        offered = await server.asked(uri, partial(offers, params=params, server=server, later=later)) or []
        diagnostics = params.context.diagnostics
        return [known for each in offered if (known := action_of(each, diagnostics, server, uri, later=later))]

    @server.feature(lsp.CODE_ACTION_RESOLVE)
    async def _(action: lsp.CodeAction) -> lsp.CodeAction:
        uri, kind, title, fingerprints = chosen(action)

        def again(spot: Spot) -> Action | None:
            return server.actions(spot).again(kind, title, fingerprints)

        found = await server.asked(uri, again)
        if found is None or (edit := server.edit(found.edits)) is None:
            raise changed()
        return evolve(action, edit=edit)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def _(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        found = await server.asked(params.text_document.uri, refusing(rename.prepare), params.position)
        return lsp.PrepareRenamePlaceholder(range_of(found[0]), found[1]) if found else None

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def _(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        confirms = server.offers("workspace.workspace_edit.change_annotation_support")
        job = partial(rename.rename, new=params.new_name, confirms=confirms)
        renamed = await server.asked(params.text_document.uri, refusing(job), params.position)
        return server.edit(renamed.edits, renamed.confirm) if renamed else None


def refusing(job: Callable[[Spot], T]) -> Callable[[Spot], T]:
    """The same job, of which a refusal becomes an error with the reason."""

    def refused(spot: Spot) -> T:
        try:
            return job(spot)
        except rename.RefusedError as error:
            raise JsonRpcException(printable(str(error)), lsp.LSPErrorCodes.RequestFailed.value) from None

    return refused


def offers(spot: Spot, params: lsp.CodeActionParams, server: Server, *, later: bool) -> list[Action]:
    """The actions that a client asks for; what fixes all is found when it is chosen, if that comes `later`."""
    wanted, actions = params.context.only, server.actions(spot)
    quick = [*actions.at(span_of(params.range, spot))] if wants(wanted, "quickfix") else []
    if not wants(wanted, FIX_ALL):
        return merged(quick)
    together = actions.any_safe() if later else actions.all_safe()
    return merged([*quick, *([together] if together else ())])


def span_of(given: lsp.Range, spot: Spot) -> Span:
    """The offsets of a range of an open file."""
    start, end = given.start, given.end
    return spot.opened.lines.span((start.line, start.character), (end.line, end.character))


def wants(only: Sequence[str] | None, kind: str) -> bool:
    """Whether a client asks for actions of a kind, or of one that holds it."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


def action_of(
    action: Action, diagnostics: Sequence[lsp.Diagnostic], server: Server, uri: str, *, later: bool
) -> lsp.CodeAction | None:
    """An action with the diagnostics that it is about; None where the client cannot make its changes.

    Where its changes come `later`, it has what leads to it again.
    """
    edit = server.edit(action.edits)
    if edit is None:
        return None
    about = [each for each in diagnostics if each.data in action.fingerprints]
    return lsp.CodeAction(
        title=printable(action.title),
        kind=action.kind,
        diagnostics=about or None,
        edit=None if later else edit,
        is_preferred=action.preferred or None,
        data={"uri": uri, "fingerprints": action.fingerprints} if later else None,
    )


def chosen(action: lsp.CodeAction) -> tuple[str, str, str, Sequence[str]]:
    """The address, kind, title and fingerprints of an action that was offered; raises JsonRpcException."""
    match action.data:
        case {"uri": str(uri), "fingerprints": [*fingerprints]} if action.kind:
            return uri, action.kind, action.title, fingerprints
    raise JsonRpcInvalidParams


def changed() -> JsonRpcException:
    """The answer to a request about what is not there any more."""
    return JsonRpcContentModified("the text has changed since")


def add_lenses(server: Server) -> None:
    """Lenses, hints, and the command that opens a place."""
    session = server.session

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    async def _(params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        uri = params.text_document.uri
        if not session.settings.lens or not server.opens:
            return []
        found = await server.asked(uri, lambda spot: [range_of(each) for each in lens.ranges(spot)]) or []
        return [lsp.CodeLens(each, data={"uri": uri}) for each in found]

    @server.feature(lsp.CODE_LENS_RESOLVE)
    async def _(given: lsp.CodeLens) -> lsp.CodeLens:
        match given.data:
            case {"uri": str(uri)}:
                found = await server.asked(uri, lens.lens_at, given.range.start)
            case _:
                raise JsonRpcInvalidParams
        if found is None:
            raise changed()
        return evolve(given, command=lens_command(found, server, uri))

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def _(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        def shown(spot: Spot) -> list[lens.Hint]:
            return [*lens.hints(spot, span_of(params.range, spot))] if session.settings.hints else []

        found = await server.asked(params.text_document.uri, shown) or []
        return [lsp.InlayHint(lsp.Position(*each.position), printable(each.label), padding_left=True) for each in found]

    @server.command(OPEN)
    def _(uri: str, found: lsp.Range) -> None:
        server.window_show_document(lsp.ShowDocumentParams(uri, take_focus=True, selection=found))


def lens_command(found: lens.Lens, server: Server, uri: str) -> lsp.Command:
    """What a lens does: the editor's own command shows all places, the server's opens the first one."""
    if not found.places:
        return lsp.Command(found.title, "")
    locations = [server.location(each) for each in found.places]
    if server.opens == OPEN:
        return lsp.Command(found.title, OPEN, arguments=[locations[0].uri, locations[0].range])
    return lsp.Command(found.title, server.opens, arguments=[uri, lsp.Position(*found.range.start), locations])
