"""Where each setting may be set, in words: for warnings about refused settings, for the schema and for the docs."""

from __future__ import annotations

import os

from cmlint.cli.parameters import BUILDS, CACHE_DIR
from cmlint.config.load import Refused
from cmlint.config.settings import SETTINGS

VARIABLES = {option.field: option.variable for option in (*BUILDS, CACHE_DIR)}
"""The environment variables by the options whose values they give."""


def option_of(setting: str) -> str:
    """The option that sets a setting; empty if there is none."""
    field = SETTINGS[setting].option
    return f"--{field.replace('_', '-')}" if field else ""


def variable_of(setting: str) -> str:
    """The environment variable that sets a setting; empty if there is none."""
    return VARIABLES.get(SETTINGS[setting].option, "")


def places_of(setting: str) -> list[str]:
    """The kinds of places where a setting may be set; of two of them, the later one counts."""
    files = SETTINGS[setting].files
    places = {
        "user": "user" in files,
        "repository": "repository" in files,
        "environment": variable_of(setting),
        "command line": option_of(setting),
    }
    return [place for place, counts in places.items() if counts]


def reason(refused: Refused, users_file: str) -> str:
    """Why a setting does not count where it is written, and where it would."""
    place, setting, instead, below = refused
    own = shortened(users_file)
    if below is not None:
        where = f"below {below}" if below else "below what is checked"
        return f"{place}: `{setting}` is about the run and does not count {where}; set it in {below or 'one above'}"
    if instead is not None:
        most = f"`{setting}` counts as {instead}, the most that a repository's configuration sets"
        return f"{place}: {most}; set more in {own}"
    option = option_of(setting)
    ways = [f"`{option}`"] if option else []
    if "user" not in SETTINGS[setting].files:
        ways.append("the repository's configuration")
        return f"{place}: `{setting}` does not count in the user's configuration; set it with {joined(ways)}"
    ways += [variable_of(setting), own]
    return f"{place}: `{setting}` does not count in a repository's configuration; set it with {joined(ways)}"


def joined(ways: list[str]) -> str:
    """Several ways in words."""
    return " or ".join(filter(None, (", ".join(ways[:-1]), ways[-1])))


def shortened(path: str) -> str:
    """A path with `~` for the home folder."""
    home = os.path.expanduser("~")
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}{os.sep}") else path
