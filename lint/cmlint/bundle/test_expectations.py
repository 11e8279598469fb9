"""Files that tests compare with the cluster: what is in them is never applied."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence, Set
from fnmatch import fnmatchcase

import msgspec

from cmlint.model.facts import FileFacts, Skip

Files = list[tuple[str, FileFacts]]

MOST = 500
"""The maximum number of patterns that are compared with each file."""


def without_compared(files: Files) -> Files:
    """The files of a bundle; the documents of those that a test compares are skipped."""
    compared = {
        posixpath.normpath(posixpath.join(path.rpartition("/")[0], name))
        for path, facts in files
        for document in facts.documents
        for name in document.compared
    }
    patterns = sorted(name for name in compared if any(map(name.__contains__, "*?[")))[:MOST]
    return [(path, skipping(facts) if is_among(path, compared, patterns) else facts) for path, facts in files]


def is_among(path: str, compared: Set[str], patterns: Sequence[str]) -> bool:
    """Whether a path is one of several, of which some may be folders and some are patterns."""
    above = path
    while above not in compared:
        above = posixpath.dirname(above)
        if above in ("", "/"):
            return any(fnmatchcase(path, pattern) for pattern in patterns)
    return True


def skipping(facts: FileFacts) -> FileFacts:
    """The facts of a file without its documents."""
    skipped = (Skip("expectation", document.span) for document in facts.documents)
    return msgspec.structs.replace(facts, documents=(), skipped=(*facts.skipped, *skipped))
