"""The mutants that no test can fail on, in `explained.txt`: each with the line before and after, and the reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("explained.txt")
ENTRY = re.compile(r"(\S+): `(.*)` -> `(.*)`\n((?: {4}\S.*\n?)+)")


class Explained(NamedTuple):
    """One entry: a file of the repository, a line of it before and after, without indents, and why no test sees it."""

    path: str
    before: str
    after: str
    reason: str

    @property
    def key(self) -> str:
        """What says which mutant this is, wherever the line moves to."""
        return f"{self.path}: `{self.before}` -> `{self.after}`"


def explained() -> list[Explained]:
    """All entries. Raises ValueError for one that is not written as the others are."""
    found: list[Explained] = []
    for entry in FILE.read_text(encoding="utf-8").split("\n\n"):
        if entry.startswith("#"):
            continue
        match = ENTRY.fullmatch(entry)
        if not match:
            raise ValueError(f"no mutant with a reason: {entry}")
        path, before, after, reason = match.groups()
        found.append(Explained(path, before, after, " ".join(reason.split())))
    return found
