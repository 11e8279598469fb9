"""The folders and open files of an editor, by real paths; answers use the addresses that the client uses."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

import msgspec

from cmlint.server.positions import Lines, sound
from cmlint.server.project import Opener, Project
from cmlint.system.files import is_within, real_path

LARGEST = 5 * 1024 * 1024
"""A text of more characters is not looked at."""


class Opened(msgspec.Struct):
    """An open file: its address and version as the client has them, and its text with its lines."""

    uri: str
    path: str
    text: str
    version: int | None = None
    sent: Lines | None = None

    @property
    def lines(self) -> Lines:
        """The lines of the text."""
        if self.sent is None or self.sent.content is not self.text:
            self.sent = Lines(self.text, sent=True)
        return self.sent


class Folder(msgspec.Struct, frozen=True):
    """A folder that the client has named, by the address that it uses."""

    uri: str
    path: str


class Workspace:
    """What an editor has open."""

    def __init__(self, opener: Opener) -> None:
        self.opener = opener
        self.folders: dict[str, Folder] = {}
        self.opened: dict[str, Opened] = {}
        self.projects: dict[str, Project] = {}

    def add_folder(self, uri: str) -> None:
        """Adds a folder; what is not a folder on this machine is left out."""
        path = path_of(uri)
        if path and os.path.isdir(path):
            self.folders.setdefault(path, Folder(uri, path))

    def remove_folder(self, uri: str) -> None:
        """Removes a folder with all that is known of it."""
        path = path_of(uri)
        self.folders.pop(path, None)
        self.projects.pop(path, None)

    def add_file(self, uri: str, text: str, version: int | None) -> Opened:
        """Notes the text of an open file."""
        path = path_of(uri)
        if not self.around(path) and not os.path.isdir(os.path.dirname(path)):
            path = nowhere(uri)
        self.opened[uri] = Opened(uri, path, sound(text), version)
        return self.opened[uri]

    def remove_file(self, uri: str) -> Opened | None:
        """Forgets an open file."""
        return self.opened.pop(uri, None)

    def at(self, path: str) -> Opened | None:
        """The open file at a real path."""
        return next((each for each in list(self.opened.values()) if each.path == path), None)

    def around(self, path: str) -> str | None:
        """The innermost folder that a path is in."""
        return max((folder for folder in list(self.folders) if is_within(path, folder)), key=len, default=None)

    def project_of(self, path: str) -> Project:
        """The project that a file is in: of the innermost folder, or its own if it is in none."""
        if around := self.around(path):
            return self.projects.setdefault(around, Project(around, self.opener))
        folder, name = os.path.split(path)
        return self.projects.setdefault(path, Project(folder, self.opener, only=name))

    def everything(self) -> list[Project]:
        """The projects of all folders and open files."""
        return [self.project_of(each) for each in (*self.folders, *(opened.path for opened in self.opened.values()))]

    def texts_of(self, project: Project) -> dict[str, str]:
        """The texts of open files in a project, by real paths; one that is too large is left as it is on the disk."""
        return {
            each.path: each.text
            for each in list(self.opened.values())
            if len(each.text) <= LARGEST and self.project_of(each.path) is project
        }

    def uri_of(self, path: str) -> str:
        """The address of a file as the client writes it."""
        if opened := self.at(path):
            return opened.uri
        around = self.around(path)
        if around is None:
            return Path(path).as_uri()
        folder = self.folders[around]
        below = os.path.relpath(path, folder.path).replace(os.sep, "/")
        return f"{folder.uri.rstrip('/')}/{quote(os.fsencode(below))}"


def roots_of(folders: Iterable[str] | None, root_uri: str | None, root_path: str | None) -> list[str]:
    """The addresses of the folders that a client opens: those that it names, else its root."""
    if folders is not None and (found := list(folders)):
        return found
    if root_uri:
        return [root_uri]
    return [Path(root_path).absolute().as_uri()] if root_path else []


def path_of(uri: str) -> str:
    """The real path of an address; of a text that is in no file a path at which there is none."""
    try:
        parts = urlsplit(uri)
        path = os.fsdecode(unquote_to_bytes(parts.path)) if parts.scheme == "file" else ""
        if os.name == "nt":
            path = path.lstrip("/")
        return real_path(path) if path and "\0" not in path else nowhere(uri)
    except ValueError:
        return nowhere(uri)


def nowhere(uri: str) -> str:
    """A path at which there is no file, for an address that leads to none."""
    name = hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()
    return os.path.join(os.path.realpath(tempfile.gettempdir()), f"cmlint-{name}.yaml")
