"""What is written in a configuration file: values with their places, and errors about a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cmlint.errors import FatalError

LONGEST = 4096
"""The most characters that a key or a value in it may have."""


class SettingPlace(msgspec.Struct, frozen=True):
    """Where something is in a configuration file: line and column are 1-based, the line 0 where it is unknown."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Value(msgspec.Struct, frozen=True):
    """Something written in a configuration file: plain data, except inside lists and mappings."""

    data: Any
    place: SettingPlace


Entries = dict[str, tuple[SettingPlace, Value]]
"""A mapping: for each key where it is, and its value."""


def plain(value: Value) -> Any:
    """A value without its places."""
    if isinstance(value.data, list):
        return [plain(item) for item in value.data]
    if isinstance(value.data, dict):
        return {key: plain(inner) for key, (_, inner) in value.data.items()}
    return value.data


def too_deep(file: str) -> FatalError:
    """The error about a file that is nested more deeply than any configuration."""
    return FatalError(f"{file}: nested too deeply", "`cmlint schema` says what a configuration may hold")


def wrong(place: SettingPlace, message: str, help: str) -> FatalError:  # noqa: A002
    """An error about a place of a configuration file."""
    return FatalError(f"{place}: {message}", help)


KINDS: dict[type, str] = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list"}


def kind_of(value: Value) -> str:
    """What a value is, in words."""
    if value.data is None:
        return "nothing"
    return KINDS.get(type(value.data), "a mapping" if isinstance(value.data, dict) else "a date or time")


def strings_in(value: Value) -> Iterator[Value]:
    """The strings in a value."""
    if isinstance(value.data, str):
        yield value
    elif isinstance(value.data, list):
        for inner in value.data:
            yield from strings_in(inner)
    elif isinstance(value.data, dict):
        for _, inner in value.data.values():
            yield from strings_in(inner)
