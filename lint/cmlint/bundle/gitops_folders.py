"""Which GitOps objects bring only what is in folders that are read, so that they make nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from posixpath import normpath

from cmlint.bundle.documents import Frame, folder_of, folders_above
from cmlint.bundle.gitops import wanted_by
from cmlint.knowledge.controllers import brings_folder
from cmlint.model.facts import Deploy, Document, FileFacts


class ReadFolders:
    """The folders that are `read`, those in which something is `unsure`, and the repositories that are this one.

    Of a chart and of what is not built completely, more objects may come. An object of Argo CD names its repository;
    that is this one if all folders that are named of it are here.
    """

    def __init__(
        self, files: Sequence[tuple[str, FileFacts]], unsure: Iterable[str] = (), frame: Frame | None = None
    ) -> None:
        self.frame, self.unsure = frame, frozenset(frame.place(each) if frame else each for each in unsure)
        folders = {folder_of(path, frame) for path, _ in files}
        self.read = {above for folder in folders for above in (folder, *folders_above(folder))}
        named: dict[str, set[bool]] = {}
        for path, facts in files:
            for deploy in (deploy for document in facts.documents for deploy in document.deploys):
                if deploy.repository and wanted_by(deploy):
                    named.setdefault(deploy.repository, set()).add(self.has(deploy, path))
        self.own = {repository for repository, here in named.items() if here == {True}}

    def is_known(self, path: str, document: Document) -> bool:
        """Whether a GitOps object in a text brings only what is read."""
        brought = document.deploys
        if brings_folder(document.api_version, document.kind):
            known = (normpath(each.path) == "." or self.has(each, path) for each in brought)
        else:
            known = (each.alone and each.repository in self.own and self.has_all(each, path) for each in brought)
        return bool(brought) and all(known)

    def has(self, deploy: Deploy, path: str) -> bool:
        """Whether the folder that an object in a text names is read."""
        return any(each in self.read for each in self.places(deploy, path))

    def has_all(self, deploy: Deploy, path: str) -> bool:
        """Whether all of what is in that folder is read."""
        here = [each for each in self.places(deploy, path) if each in self.read]
        return bool(here) and self.unsure.isdisjoint(here)

    def places(self, deploy: Deploy, path: str) -> Iterator[str]:
        """Where the folder may be: its path begins at the top of the repository, which is above the text."""
        wanted = wanted_by(deploy)
        for above in ("", *reversed([*folders_above(folder_of(path, self.frame))]), folder_of(path, self.frame)):
            yield f"{above}/{wanted}".strip("/") if above else wanted
