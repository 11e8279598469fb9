"""What commands do to manifests before they are applied, and what that leaves of the faults in them."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable
from fnmatch import fnmatchcase

from msgspec.structs import replace

from cmlint.bundle.material import Material
from cmlint.knowledge.placeholders import has_word
from cmlint.model.facts import Fault, FileFacts
from cmlint.model.failures import Failure


class Handovers:
    """What the commands of all texts of a run do to manifests, by the paths of the texts."""

    def __init__(self, facts: Iterable[tuple[str, FileFacts]]) -> None:
        found = list(facts)
        self.replaced = frozenset(word for _, each in found for word in each.replaced)
        self.consumed = [(path, folder) for path, each in found for folder in each.consumed]
        self.written = [(path, file) for path, each in found for file in each.written]

    def consumer(self, folder: str) -> str | None:
        """The text in which what is built of a folder is handed to another program."""
        return next((path for path, named in self.consumed if leads(path, named, folder)), None)

    def writer(self, file: str) -> str | None:
        """The text in which a command writes a file."""
        return next((path for path, named in self.written if leads(path, named, file)), None)

    def applied(self, material: Material) -> Material:
        """A material without faults in words that are replaced; what a program reads may become anything."""
        path = self.consumer(material.folder) if material.folder is not None else None
        words = None if path else self.replaced
        if not path and not self.replaced:
            return material
        files = [(name, without_words(facts, words)) for name, facts in material.files]
        if not path:
            return replace(material, files=files)
        why = f"a command in {path} hands what is built to another program"
        return replace(material, files=files, complete=False, changed_by=why)

    def explained(self, failure: Failure) -> Failure:
        """A failure, with the text whose command writes what is missing."""
        if failure.cause != "missing-file" or failure.ignored or failure.made:
            return failure
        made = self.writer(posixpath.normpath(posixpath.join(posixpath.dirname(failure.path), failure.part)))
        return replace(failure, made=f"a command in {made} writes it") if made else failure


def leads(path: str, named: str, wanted: str) -> bool:
    """Whether what a text names is a path: from the folder of the text, or from one above both."""
    own = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    if fnmatchcase(wanted, own) or fnmatchcase(wanted, named):
        return True
    return "/" in named and not named.startswith("../") and fnmatchcase(wanted, f"*/{named}")


def without_words(facts: FileFacts, words: Container[str] | None) -> FileFacts:
    """The facts of a text without the faults in which a word is a placeholder, or a key has one as its value."""

    def counts(fault: Fault) -> bool:
        filled = fault.kind == "stand-in" and words is not None and f"{fault.path.partition('.')[2]}:" in words
        return not filled and not has_word(fault.text or "", words)

    if all(map(counts, (fault for document in facts.documents for fault in document.faults))):
        return facts
    documents = tuple(replace(each, faults=tuple(filter(counts, each.faults))) for each in facts.documents)
    return replace(facts, documents=documents)
