"""A session of the editor server without the protocol: files on a disk, some of them open, all read at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmlint.cli.server import setup_of
from cmlint.server.actions import Action, Actions, Edited
from cmlint.server.at import Spot, spot_at
from cmlint.server.complete import Proposal, complete
from cmlint.server.diagnostics import Diagnostic, FileRange, Locator, diagnostics_of
from cmlint.server.hover import hover
from cmlint.server.positions import Lines
from cmlint.server.project import Project, Snapshot
from cmlint.server.settings import Settings
from cmlint.server.workspace import Workspace
from tests.support.run import write

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: special-config
data:
  SPECIAL_LEVEL: very
  LOG_LEVEL: info
"""

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx:1.25.3
      env:
        - name: LEVEL
          valueFrom:
            configMapKeyRef:
              name: special-config
              key: SPECIAL_LEVEL
"""

SHOP = {"config.yaml": CONFIG, "pod.yaml": POD}
MARK = "█"
"""Represents the cursor in a text."""


class Desk:
    """A folder in an editor; all files are open unless it is said which."""

    def __init__(self, folder: Path, files: Mapping[str, str], *opened: str, settings: Any = None) -> None:
        self.folder = folder.resolve()
        texts = {name: text.replace(MARK, "") for name, text in files.items()}
        write(self.folder, texts)
        self.settings = settings or Settings()
        self.workspace = Workspace(setup_of)
        self.workspace.add_folder(self.folder.as_uri())
        for name in opened or files:
            self.workspace.add_file(self.uri(name), texts[name], 1)
        self.project: Project = self.workspace.project_of(str(self.folder))
        self.read()
        self.marks = {name: text.index(MARK) for name, text in files.items() if MARK in text}

    def uri(self, name: str) -> str:
        """The address of a file."""
        return (self.folder / name).as_uri()

    def path(self, name: str) -> str:
        """The path of a file."""
        return str(self.folder / name)

    def read(self) -> Snapshot:
        """Reads all of it again."""
        return self.project.read(self.workspace.texts_of(self.project))

    def type(self, name: str, text: str) -> Snapshot:
        """Changes the text of an open file, and has it judged."""
        if MARK in text:
            self.marks[name] = text.index(MARK)
        self.edit(name, text)
        return self.project.update(self.workspace.texts_of(self.project))

    def edit(self, name: str, text: str) -> None:
        """Changes the text of an open file, and has nothing judged yet."""
        if MARK in text:
            self.marks[name] = text.index(MARK)
        self.workspace.opened[self.uri(name)].text = text.replace(MARK, "")

    def spot(self, name: str, mark: str | None = None, offset: int = 0) -> Spot:
        """The place of a mark in an open file; by default the cursor's."""
        opened = self.workspace.opened[self.uri(name)]
        place = self.marks[name] if mark is None else opened.text.index(mark) + offset
        found = spot_at(self.workspace, opened.uri, *opened.lines.position(place))
        assert found
        return found

    def hover(self, name: str, mark: str, offset: int = 1, *, markdown: bool = False) -> str | None:
        """What is told of a place."""
        found = hover(self.spot(name, mark, offset), markdown=markdown)
        return found.text if found else None

    def proposals(self, name: str, text: str | None = None) -> list[Proposal]:
        """What is proposed at the cursor, in the order in which it is shown."""
        if text is not None:
            self.edit(name, text)
        return complete(self.spot(name)).proposals

    def completed(self, name: str, text: str, label: str) -> str:
        """A text with one of the proposals at its cursor."""
        chosen = next(each for each in self.proposals(name, text) if each.label == label)
        now = self.workspace.opened[self.uri(name)].text
        return now[: chosen.span.start] + chosen.text + now[chosen.span.end :]

    @property
    def locator(self) -> Locator:
        """What leads to places."""
        assert self.project.snapshot
        return Locator(self.workspace, self.project, self.project.snapshot)

    def diagnostics(self) -> dict[str, list[Diagnostic]]:
        """What is shown, by the names of the files."""
        assert self.project.snapshot
        found = diagnostics_of(self.workspace, self.project, self.project.snapshot, self.settings)
        return {self.name(path): each for path, each in found.items()}

    def shown(self) -> dict[str, list[str]]:
        """The rules of what is shown, by the names of the files."""
        return {name: [each.rule for each in found] for name, found in self.diagnostics().items()}

    def name(self, path: str) -> str:
        """The name of a file."""
        return Path(path).relative_to(self.folder).as_posix()

    def places(self, found: list[FileRange]) -> list[str]:
        """Places as `name:line: text`, with the text that is there."""
        return [f"{self.name(each.path)}:{each.range.start.line + 1}: {self.text_at(each)}" for each in found]

    def text_at(self, place: FileRange) -> str:
        """What is written at a place."""
        lines = self.lines(place.path)
        span = lines.span(place.range.start, place.range.end)
        return lines.content[span.start : span.end]

    def lines(self, path: str) -> Lines:
        """The lines of a file as it is now."""
        opened = self.workspace.at(path)
        return opened.lines if opened else Lines(Path(path).read_bytes().decode())

    def actions(self, name: str, mark: str) -> list[Action]:
        """What can be done about a place."""
        span = self.spot(name, mark).offset
        lines = self.lines(self.path(name))
        place = lines.span(lines.position(span), lines.position(span))
        return list(Actions(self.locator, self.path(name), self.settings).at(place))

    def made(self, edits: tuple[Edited, ...]) -> dict[str, str]:
        """The texts that edits change, as they become."""
        found: dict[str, str] = {}
        for path in dict.fromkeys(each.path for each in edits):
            lines = Lines("") if any(each.new_file for each in edits if each.path == path) else self.lines(path)
            text = lines.content
            spans = [(lines.span(each.range.start, each.range.end), each.text) for each in edits if each.path == path]
            for span, new in sorted(spans, key=lambda each: each[0].start, reverse=True):
                text = text[: span.start] + new + text[span.end :]
            found[self.name(path)] = text
        return found
