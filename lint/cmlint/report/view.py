"""How a report is shown."""

from __future__ import annotations

from datetime import datetime

import msgspec


class View(msgspec.Struct, frozen=True):
    """What the reader asked for, and what the terminal can do.

    `width` is the terminal's, None where lines need not be wrapped; `links` says that it knows hyperlinks. `seconds` is
    what the run took. Unless it was `tidy`, what breaks nothing was not looked for. Ages are counted up to `now`. `run`
    describes the run: version, time, commit and clusters. With `services`, environments list the variables of
    Services.
    """

    color: bool = False
    links: bool = False
    width: int | None = None
    verbose: bool = False
    quiet: bool = False
    statistics: bool = False
    seconds: float = 0.0
    tidy: bool = False
    services: bool = False
    now: datetime | None = None
    run: tuple[str, ...] = ()
