"""Whether each value in a configuration file has the type of its setting."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, Literal

import msgspec

from cmlint.config.config import SECONDS
from cmlint.config.written import Value, kind_of, wrong
from cmlint.errors import FatalError

PATTERNED = ("a mapping of patterns to lists", "write it like `'tests/': [missing-key]`")
MAPPINGS = {
    "severity": ("a mapping of rules to severities", "write it like `mutable-tag: error`"),
    "sources": ("a mapping of images to folders", "write it like `'ghcr.io/org/app*': services/app`"),
    "evidence": ("a mapping of codes to `ignore`", "write it like `shown-in-document: ignore`"),
}
"""What a mapping holds, and an example, by the setting; others are `PATTERNED`."""


def check_type(value: Value, expected: Any, path: str) -> None:
    """Raises FatalError at the first place where a value is not what the configuration has there."""
    from typing import get_args, get_origin

    if isinstance(expected, type) and issubclass(expected, msgspec.Struct):
        check_struct(value, expected, path)
    else:
        check = CHECKS.get(get_origin(expected) or expected, check_text)
        check(value, get_args(expected), path)


def check_struct(value: Value, expected: type[msgspec.Struct], path: str) -> None:
    """Checks a mapping whose keys are known."""
    if not isinstance(value.data, dict):
        reason = f"{f'`{path}` ' if path else ''}must be a mapping, but it is {kind_of(value)}"
        raise wrong(value.place, reason, "`cmlint schema` says what it may hold")
    known, required = types_of(expected)
    before = f"{path}." if path else ""
    for key, (place, inner) in value.data.items():
        if key not in known:
            raise wrong(place, f"unknown setting `{before}{key}`", suggestion(key, known))
        check_type(inner, known[key], f"{before}{key}")
    for key in required:
        if key not in value.data:
            raise wrong(value.place, f"`{before}{key}` must be set", "`cmlint schema` says what it is")


@cache
def types_of(expected: type[msgspec.Struct]) -> tuple[dict[str, Any], list[str]]:
    """The types of the settings in a mapping, and the settings that it must have."""
    from typing import get_type_hints

    hints, fields = get_type_hints(expected), msgspec.structs.fields(expected)
    required = [field.encode_name for field in fields if field.required]
    return {field.encode_name: hints[field.name] for field in fields}, required


def check_mapping(value: Value, parts: tuple[Any, ...], path: str) -> None:
    """Checks a mapping with any keys."""
    if not isinstance(value.data, dict):
        raise mistyped(value, path, *MAPPINGS.get(path, PATTERNED))
    for key, (_, inner) in value.data.items():
        check_type(inner, parts[1], f"{path}.{key}")


def check_list(value: Value, parts: tuple[Any, ...], path: str) -> None:
    """Checks a list."""
    if not isinstance(value.data, list):
        entries = "strings" if parts[0] is str else "mappings"
        raise mistyped(value, path, f"a list of {entries}", "put it in brackets: `[...]`")
    for i, item in enumerate(value.data):
        check_type(item, parts[0], f"{path}[{i}]")


def check_choice(value: Value, parts: tuple[Any, ...], path: str) -> None:
    """Checks a word out of a few."""
    if value.data not in parts:
        raise wrong(value.place, f"`{path}` cannot be {written(value)}", suggestion(value.data, parts))


def check_seconds(value: Value, _: tuple[Any, ...], path: str) -> None:
    """Checks a number of seconds."""
    if type(value.data) is not int:
        raise mistyped(value, path, "an integer number of seconds", "write it like `60`")
    if not 1 <= value.data <= SECONDS["user"]:
        raise wrong(value.place, f"`{path}` must be from 1 to {SECONDS['user']} seconds", "write it like `60`")


def check_flag(value: Value, _: tuple[Any, ...], path: str) -> None:
    """Checks a boolean."""
    if not isinstance(value.data, bool):
        raise mistyped(value, path, "a boolean", "write `true` or `false`")


def check_text(value: Value, _: tuple[Any, ...], path: str) -> None:
    """Checks a string."""
    if not isinstance(value.data, str):
        raise mistyped(value, path, "a string", "put it in quotes")


CHECKS: dict[Any, Callable[[Value, tuple[Any, ...], str], None]] = {
    dict: check_mapping,
    tuple: check_list,
    Literal: check_choice,
    int: check_seconds,
    bool: check_flag,
}
"""What checks a value, by the type that the configuration has there; `check_text` where none is named."""


def mistyped(value: Value, path: str, expected: str, help: str) -> FatalError:  # noqa: A002
    """The error about a value of the wrong type."""
    if value.data is None:
        help = "give it a value, or leave it out"  # noqa: A001
    return wrong(value.place, f"`{path}` must be {expected}, but it is {kind_of(value)}", help)


def written(value: Value) -> str:
    """A value as a message names it."""
    return f"`{value.data}`" if isinstance(value.data, str) else kind_of(value)


def suggestion(word: object, known: Collection[str]) -> str:
    """The word that was probably meant, or all that there are."""
    from cmlint.kube.near import nearest

    if isinstance(word, str) and word:
        begins = (name for name in known if name.startswith(word))
        if near := nearest(word, known) or next(begins, None):
            return f"did you mean `{near}`?"
    return "there are " + ", ".join(f"`{name}`" for name in known)
