"""What could not be read or built, which is shown beside the findings."""

from __future__ import annotations

import msgspec


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something that could not be read, in one line; `line` is 1-based, or 0 for the file itself.

    One that is not `fatal` is only shown, and the run is as good as without it.
    """

    path: str
    line: int
    message: str
    fatal: bool = True
