"""What the command line gives to charts."""

from __future__ import annotations

import msgspec


class ChartValues(msgspec.Struct, frozen=True):
    """What the command line gives to every chart on top of its other values: files, then `KEY=VALUE`; the last wins.

    `release` is the name of the release; empty where the command line gives none.
    """

    files: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    release: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """The settings as options of helm."""
        return tuple(word for setting in self.settings for word in ("--set", setting))

    @property
    def texts(self) -> tuple[str, ...]:
        """The settings as lines of a file of values."""
        pairs = (pair.partition("=") for setting in self.settings for pair in setting.split(","))
        return tuple(f"{key}: {value}" for key, _, value in pairs)
