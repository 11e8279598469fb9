"""Files that tests compare with the cluster: what is in them is never applied."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from fnmatch import fnmatchcase

import msgspec

from cmlint.model.facts import FileFacts, Skip

Files = list[tuple[str, FileFacts]]


def without_compared(files: Files) -> Files:
    """The files of a bundle; the documents of those that a test compares are skipped."""
    compared = [
        posixpath.normpath(posixpath.join(path.rpartition("/")[0], name))
        for path, facts in files
        for document in facts.documents
        for name in document.compared
    ]
    if not compared:
        return files
    return [(path, skipping(facts) if is_among(path, compared) else facts) for path, facts in files]


def is_among(path: str, compared: Sequence[str]) -> bool:
    """Whether a path is one of several, of which some may hold `*` or be folders."""
    return any(fnmatchcase(path, name) or path.startswith(f"{name}/") for name in compared)


def skipping(facts: FileFacts) -> FileFacts:
    """The facts of a file without its documents."""
    skipped = (Skip("expectation", document.span) for document in facts.documents)
    return msgspec.structs.replace(facts, documents=(), skipped=(*facts.skipped, *skipped))
