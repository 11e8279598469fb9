"""Where each setting may be set, in words: for warnings about refused settings, for the schema and for the docs."""

from __future__ import annotations

import os

from cmlint.cli.check import PARAMETERS
from cmlint.cli.parameters import Parameter
from cmlint.config import Refused
from cmlint.settings import SETTINGS


def option_of(setting: str) -> Parameter | None:
    """The option that sets a setting, if there is one."""
    return next((each for each in PARAMETERS if each.field == SETTINGS[setting].option), None)


def places_of(setting: str) -> list[str]:
    """The kinds of places where a setting may be set; of two of them, the later one counts."""
    option = option_of(setting)
    places = [whose for whose in ("user", "repository") if whose in SETTINGS[setting].files]
    if option and option.variable:
        places.append("environment")
    return [*places, "command line"] if option else places


def reason(refused: Refused, users_file: str) -> str:
    """Why a setting does not count where it is written, and where it would."""
    place, setting, instead = refused
    own = shortened(users_file)
    if instead is not None:
        most = f"`{setting}` counts as {instead}, the most that a repository's configuration sets"
        return f"{place}: {most}; set more in {own}"
    option = option_of(setting)
    ways = [f"`{option.flags[0]}`"] if option else []
    if "user" not in SETTINGS[setting].files:
        ways.append("the repository's configuration")
        return f"{place}: `{setting}` does not count in the user's configuration; set it with {joined(ways)}"
    if option and option.variable:
        ways.append(option.variable)
    return f"{place}: `{setting}` does not count in a repository's configuration; set it with {joined([*ways, own])}"


def joined(ways: list[str]) -> str:
    """Several ways in words."""
    return " or ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))


def shortened(path: str) -> str:
    """A path with `~` for the home folder."""
    home = os.path.expanduser("~")
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}{os.sep}") else path
