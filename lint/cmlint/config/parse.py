"""The texts of configuration files, in YAML and TOML, as values with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmlint.config.files import TABLE, Source
from cmlint.config.written import LONGEST, Entries, SettingPlace, Value, too_deep, wrong

if TYPE_CHECKING:
    from cmlint.manifest.nodes import Node, ScalarNode

DEEPEST = 20
"""The most parts that a dotted key in TOML may have: the time that tomllib takes grows with their square."""


def read(source: Source) -> Value:
    """The content of a configuration file, with the place of everything in it."""
    reader = read_toml if source.file.endswith(".toml") else read_yaml
    return reader(source.text, source.file)


def read_yaml(text: str, file: str) -> Value:
    """A configuration in YAML."""
    from cmlint.manifest.nodes import TooDeepError, YamlSyntaxError, compose

    try:
        root = compose(text)
        return value_of(root, file) if root else Value(None, SettingPlace(file, 0, 0))
    except (TooDeepError, RecursionError):
        raise too_deep(file) from None
    except YamlSyntaxError as error:
        column = error.offset - text.rfind("\n", 0, error.offset)
        raise wrong(
            SettingPlace(file, error.line + 1, column), f"not valid YAML: {error.reason}", "fix it there"
        ) from None


def value_of(node: Node, file: str) -> Value:
    """What a node of YAML represents, with its places in a file."""
    from cmlint.manifest.nodes import MappingNode, ScalarNode

    place = place_of(node, file)
    if isinstance(node, ScalarNode):
        return Value(scalar_of(node, place), place)
    if not isinstance(node, MappingNode):
        return Value([value_of(item, file) for item in node.value], place)
    entries: Entries = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            raise wrong(place_of(key, file), "a key must be a string", "write it like `fail-on: error`")
        name = str(key.value)
        if name in entries:
            first = f"it is first in line {entries[name][0].line}"
            raise wrong(place_of(key, file), f"`{name}` is set twice", first)
        entries[name] = place_of(key, file), value_of(value, file)
    return Value(entries, place)


def scalar_of(node: ScalarNode, place: SettingPlace) -> object:
    """What a scalar of YAML represents."""
    from cmlint.kube.scalars import resolve

    if node.style or len(node.value) > LONGEST:
        return node.value
    try:
        return resolve(node.tag, node.value)
    except ValueError as error:
        raise wrong(place, str(error), "leave out the tag") from None


def place_of(node: Node, file: str) -> SettingPlace:
    """Where a node of YAML begins."""
    return SettingPlace(file, node.start_mark.line + 1, node.start_mark.column + 1)


def read_toml(text: str, file: str) -> Value:
    """The table `[tool.cmlint]`; a value's place is that of its key."""
    import re
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    part = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
    if re.search(rf"(?<![\w-])(?:{part}){{{DEEPEST}}}", text):
        raise too_deep(file)
    places = places_in(text, file)

    def value_of(data: Any, place: SettingPlace) -> Value:
        if isinstance(data, list):
            return Value([value_of(item, place) for item in data], place)
        if not isinstance(data, dict):
            return Value(data, place)
        entries: Entries = {}
        for key, inner in data.items():
            at = places.get(key, place)
            entries[key] = at, value_of(inner, at)
        return Value(entries, place)

    line = text.count("\n", 0, text.find(TABLE)) + 1 if TABLE in text else 0
    try:
        tool = tomllib.loads(text).get("tool", {})
        table = tool.get("cmlint") if isinstance(tool, dict) else None
        return value_of(table, SettingPlace(file, line, 1))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        place = SettingPlace(file, int(found[2]), int(found[3])) if found else SettingPlace(file, 0, 0)
        raise wrong(place, f"not valid TOML: {found[1] if found else error}", "fix it there") from None
    except ValueError:
        raise wrong(SettingPlace(file, 0, 0), "a number has too many digits", "write a smaller one") from None
    except RecursionError:
        raise too_deep(file) from None


def places_in(text: str, file: str) -> dict[str, SettingPlace]:
    """Where each key is first, in or below the table `[tool.cmlint]`."""
    import re

    name = r"""(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))"""
    start = max(text.find(TABLE), 0)
    places: dict[str, SettingPlace] = {}
    before, line = 0, 1
    for match in re.compile(rf"(?m)^[ \t]*(?:\[tool\.cmlint\.|cmlint\.)?{name}[ \t]*[\]=.]").finditer(text, start):
        at = match.start(match.lastindex or 0)
        line += text.count("\n", before, at)
        before = at
        places.setdefault(match[match.lastindex or 0], SettingPlace(file, line, at - text.rfind("\n", 0, at)))
    return places
