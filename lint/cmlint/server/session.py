"""One session of an editor: what it opens and changes, and what it is shown for that."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from cmlint.errors import FatalError
from cmlint.server import settings as configuration
from cmlint.server.diagnostics import Diagnostic, diagnostics_of, faults_of
from cmlint.server.positions import sound
from cmlint.server.project import LARGEST as LARGEST_FOLDER
from cmlint.server.project import Against, Opener, Project, Snapshot
from cmlint.server.settings import Settings
from cmlint.server.worker import Job, Worker
from cmlint.server.workspace import LARGEST, Opened, Workspace, path_of
from cmlint.sources.request import Clusters
from cmlint.system.files import is_within

LOG = logging.getLogger("cmlint.server")

PAUSE = 0.15
"""The seconds after the last change until a project is judged again."""

OLD = 60.0
"""The seconds after which a cluster is asked again when a file is saved."""

BUILD_PAUSE = 1.0
"""The seconds after the last change until it is built again, where that is quick."""


class Published(NamedTuple):
    """What is shown of one file."""

    uri: str
    version: int | None
    diagnostics: tuple[Diagnostic, ...]


class Change(NamedTuple):
    """What a file becomes: another text, or one with something else in a stretch of it."""

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] | None = None


class Session:
    """Everything between a client and the projects; all of it but the worker's jobs runs in one thread.

    `show` gives the client what is shown of a file, `tell` a message for its user, `post` has something done in the
    session's thread.
    """

    def __init__(
        self,
        opener: Opener,
        show: Callable[[Published], None],
        tell: Callable[[str], None],
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self.workspace = Workspace(opener)
        self.settings = Settings()
        self.show, self.tell, self.post = show, tell, post
        self.worker, self.asker = Worker(self.work), Worker(self.ask)
        self.published: dict[str, Published] = {}
        self.of_project: dict[Project, set[str]] = {}
        self.reported: set[str] = set()
        self.ended = False

    # what the client does

    def enter(self, folders: Iterable[str]) -> None:
        """Notes the folders that the client has opened."""
        for uri in folders:
            self.workspace.add_folder(uri)

    def start(self) -> None:
        """Begins to read, once the settings are known."""
        self.worker.start()
        self.asker.start()
        self.read_all()

    def end(self) -> None:
        """Ends what runs."""
        self.ended = True
        self.worker.end()
        self.asker.end()

    def configure(self, given: object) -> None:
        """Takes the client's settings; mistakes in them are reported once."""
        before, (self.settings, wrong) = self.against, configuration.read(given)
        for each in wrong:
            self.tell_once(each)
        trusted = self.settings.trusted
        for project in self.workspace.projects.values():
            if project.trusted != trusted or before != self.against:
                project.trusted, project.clusters, project.asked = trusted, None, None
                self.worker.ask(project, "read")
            self.publish(project)

    @property
    def against(self) -> Against:
        """What files resolve against besides each other: nothing where a workspace is not trusted."""
        return Against(self.settings.live, self.settings.against) if self.settings.trusted else Against()

    def change_folders(self, added: Iterable[str], removed: Iterable[str]) -> None:
        """Adds and removes folders; of one that is removed nothing is shown any more."""
        before = set(self.workspace.projects.values())
        for uri in removed:
            self.workspace.remove_folder(uri)
        for uri in added:
            self.workspace.add_folder(uri)
        for project in before - set(self.workspace.projects.values()):
            self.publish_all(project, {})
        self.read_all()

    def read_all(self) -> None:
        """Has every project read."""
        for project in self.workspace.everything():
            self.read(project)

    def read(self, project: Project, seconds: float = 0.0) -> None:
        """Has a project read."""
        project.trusted = self.settings.trusted
        self.worker.ask(project, "read", seconds)

    def open_file(self, uri: str, text: str, version: int | None) -> None:
        """A file is opened: what is surely wrong in it alone is shown at once."""
        opened = self.workspace.add_file(uri, text, version)
        if len(text) > LARGEST:
            self.tell_once(f"{os.path.basename(opened.path)} is larger than 5 MB: cmlint does not look at it")
            return
        project = self.workspace.project_of(opened.path)
        if project.snapshot is None:
            self.show_faults(opened, project)
            self.read(project)
        elif project.snapshot.texts.get(opened.path) != text:
            self.worker.ask(project, "update")
        self.publish(project)

    def show_faults(self, opened: Opened, project: Project) -> None:
        """Shows what is surely wrong in one text, as long as nothing else is known."""
        if project.gone:
            return
        try:
            project.setup = project.setup or project.opener(project.folder, project.paths)
        except FatalError:
            return
        diagnostics = tuple(faults_of(project, opened))
        self.give(Published(opened.uri, opened.version, diagnostics))

    def change(self, uri: str, changes: Iterable[Change], version: int | None) -> None:
        """The text of an open file is another one now."""
        for change in changes:
            opened = self.workspace.opened.get(uri)
            if opened and change.start and change.end:
                span = opened.lines.span(change.start, change.end)
                opened.text = sound(f"{opened.text[: span.start]}{change.text}{opened.text[span.end :]}")
            elif opened:
                opened.text = sound(change.text)
            elif change.start is None:
                self.open_file(uri, change.text, version)
        if opened := self.workspace.opened.get(uri):
            self.changed(opened, version)

    def changed(self, opened: Opened, version: int | None) -> None:
        """Has the project of a file judged again, once nothing has changed for a moment."""
        opened.version = version
        project = self.workspace.project_of(opened.path)
        self.worker.ask(project, "update" if project.snapshot else "read", PAUSE)

    def save(self, uri: str) -> None:
        """A file is saved: what it is built into is built again."""
        if opened := self.workspace.opened.get(uri):
            project = self.workspace.project_of(opened.path)
            self.read(project)
            if project.asked is not None and time.monotonic() - project.asked > OLD:
                self.ask_again(project)

    def close_file(self, uri: str) -> None:
        """A file is closed; what was not saved of it is forgotten."""
        opened = self.workspace.remove_file(uri)
        if opened is None:
            return
        project = self.workspace.project_of(opened.path)
        if project.snapshot and project.snapshot.texts.get(opened.path) is not None:
            self.worker.ask(project, "update")
        self.published.pop(uri, None)
        self.show(Published(uri, None, ()))
        self.publish(project)

    def watched(self, uris: Iterable[str]) -> None:
        """Files have changed on the disk."""
        paths = {path_of(uri) for uri in uris}
        for folder in self.workspace.folders:
            if any(is_within(path, folder) for path in paths):
                self.read(self.workspace.project_of(folder), PAUSE)

    # what the worker does

    def work(self, project: Project, job: Job) -> None:
        """Does a job; runs in the worker's thread."""
        if project.gone:
            self.post(lambda: self.forget(project))
            return
        try:
            texts = self.workspace.texts_of(project)
            if job == "read" or project.snapshot is None:
                project.read(texts)
            else:
                project.update(texts)
        except FatalError as error:
            self.fail(project, f"{error.message}; {error.help}")
        except Exception:
            if not project.gone:
                LOG.exception("a project cannot be read: %s", project.folder)
            self.fail(project, "cmlint cannot read the folder; its log says why")
        else:
            self.post(lambda: self.done(project))

    def fail(self, project: Project, message: str) -> None:
        """Says why a project is not read, or that its folder has gone meanwhile."""
        self.post(lambda: self.forget(project) if project.gone else self.tell_once(message))

    def ask_again(self, project: Project) -> None:
        """Has a project's cluster asked in the background."""
        project.asked = time.monotonic()
        self.asker.ask(project, "read")

    def ask(self, project: Project, _: Job) -> None:
        """Asks a project's cluster and snapshots; runs in the asker's thread."""
        try:
            clusters = project.ask(self.against)
        except FatalError as error:
            message = f"{error.message}; {error.help}"
            self.post(lambda: self.tell_once(message))
        except Exception:
            LOG.exception("the cluster cannot be asked: %s", project.folder)
        else:
            self.post(lambda: self.use_clusters(project, clusters))

    def use_clusters(self, project: Project, clusters: Clusters | None) -> None:
        """Has a project judged with what its cluster has."""
        if clusters:
            project.clusters = clusters
            self.read(project)

    def forget(self, project: Project) -> None:
        """Says that a folder is gone; nothing is shown of it any more."""
        project.snapshot, project.failed = None, True
        self.tell_once(f"{project.folder}: no such folder")
        self.publish_all(project, {})

    def done(self, project: Project) -> None:
        """Shows what came of a job; not of texts that are other ones by now, for which another job is under way."""
        snapshot = project.snapshot
        if snapshot is None or project not in self.workspace.projects.values():
            return
        if snapshot.result.outcome.crashed:
            crash = next((each.message for each in snapshot.findings if each.rule == "internal-error"), "")
            LOG.error("%s", crash)
            self.tell_once(crash)
        if project.partial:
            name = os.path.basename(project.folder)
            self.tell_once(f"{name} has more than {LARGEST_FOLDER} documents: only folders of open files are checked")
        if snapshot.texts != self.workspace.texts_of(project):
            return
        if project.asked is None and any(self.against):
            self.ask_again(project)
        if snapshot.stale and project.builds_again and project not in self.worker.due:
            self.read(project, BUILD_PAUSE)
        self.publish(project)

    def is_current(self, uri: str) -> bool:
        """Whether what is known of an open file's project is known of the texts as they are now."""
        opened = self.workspace.opened.get(uri)
        if opened is None or len(opened.text) > LARGEST:
            return True
        project = self.workspace.project_of(opened.path)
        if project.snapshot is None:
            return project.failed and project not in self.worker.due
        return project.snapshot.texts == self.workspace.texts_of(project)

    # what the client is shown

    def publish(self, project: Project) -> None:
        """Shows what is known of a project."""
        if (snapshot := project.snapshot) and not project.gone:
            self.publish_all(project, self.found(project, snapshot))

    def found(self, project: Project, snapshot: Snapshot) -> dict[str, list[Diagnostic]]:
        """The diagnostics of a project by the addresses of their files, those of open ones even without any.

        What is wrong in a folder that was opened inside of another one, only its own project says.
        """
        by_path = diagnostics_of(self.workspace, project, snapshot, self.settings)
        inner = [each for each in self.workspace.folders if each != project.folder and is_within(each, project.folder)]
        own = {path: each for path, each in by_path.items() if not any(is_within(path, folder) for folder in inner)}
        found = {self.workspace.uri_of(path): each for path, each in own.items()}
        for opened in self.workspace.opened.values():
            if self.workspace.project_of(opened.path) is project:
                found.setdefault(opened.uri, [])
        return found

    def publish_all(self, project: Project, found: dict[str, list[Diagnostic]]) -> None:
        """Shows diagnostics, and nothing more of files that had some before."""
        before = self.of_project.get(project, set())
        self.of_project[project] = {uri for uri, each in found.items() if each}
        for uri in sorted(before | found.keys()):
            opened = self.workspace.opened.get(uri)
            self.give(Published(uri, opened.version if opened else None, self.together(uri, project, found)))

    def together(self, uri: str, project: Project, found: Mapping[str, list[Diagnostic]]) -> tuple[Diagnostic, ...]:
        """What a project has found in a file, with what others have that build it too: first that of its own folder."""
        sayers = [each for each, uris in self.of_project.items() if uri in uris]
        if sayers in ([], [project]):
            return tuple(found.get(uri, ()))
        owner = self.workspace.around(path_of(uri))
        told: list[Diagnostic] = []
        for each in sorted(sayers, key=lambda each: each.folder != owner):
            known = {(one.range, one.rule, one.message) for one in told}
            more = found if each is project else self.found(each, each.snapshot) if each.snapshot else {}
            told += [one for one in more.get(uri, ()) if (one.range, one.rule, one.message) not in known]
        return tuple(told)

    def give(self, shown: Published) -> None:
        """Shows what is known of a file, unless the client has just that."""
        if self.published.get(shown.uri) != shown:
            self.published[shown.uri] = shown
            self.show(shown)

    def tell_once(self, message: str) -> None:
        """Tells the user something, once in a session."""
        if message and message not in self.reported:
            self.reported.add(message)
            self.tell(message)
