"""Configuration files as settings: what is wrong ends the run, and what a file may not hold is refused."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import msgspec

from cmlint.config.config import SECONDS, Config, Helm
from cmlint.config.files import Source
from cmlint.config.parse import read
from cmlint.config.patterns import anchored, below
from cmlint.config.types import check_type
from cmlint.config.words import check_lengths, check_paths, check_words
from cmlint.config.written import Entries, SettingPlace, Value, plain, wrong
from cmlint.engine.rules import Rule


class Refused(NamedTuple):
    """A setting that does not count where it is written; `instead` is the value that counts, if there is one.

    Where it is about the run and written `below` another configuration, that one is named; it is empty where there is
    none that could hold it.
    """

    place: SettingPlace
    setting: str
    instead: int | None = None
    below: str | None = None


ADDED = ("ignore", "external")
"""The fields of Config whose words are added to those of an earlier configuration."""


class Loaded(msgspec.Struct, frozen=True):
    """What a configuration says with all that it extends.

    These are the settings by their fields in Config, the places of the settings by their names, and the other files.
    """

    settings: dict[str, Any]
    places: list[tuple[str, SettingPlace]]
    files: list[str]


def settings_of(source: Source, rules: Mapping[str, Rule], refused: list[Refused]) -> Loaded:
    """The settings in a file and in those that it extends; raises FatalError for a file that is wrong.

    What it may not hold is `refused`.
    """
    tree, settings = checked(source, rules, refused)
    places = [(name, place) for name, (place, _) in tree.data.items()] if tree.data else []
    if not settings.pop("extends", ()):
        return Loaded(settings, places, [])
    from cmlint.config.extends import extended

    loaded = Loaded({}, [], [])
    for base in extended(tree.data["extends"][1], source):
        base_tree, base_settings = checked(base, rules, refused)
        if "extends" in base_settings:
            help_ = f"name what it extends in {source.file}"
            raise wrong(base_tree.data["extends"][0], "a configuration that is extended cannot extend others", help_)
        loaded.settings.update(joined(loaded.settings, base_settings))
        loaded.places.extend((name, place) for name, (place, _) in (base_tree.data or {}).items())
        loaded.files.append(base.file)
    return Loaded(joined(loaded.settings, settings), [*loaded.places, *places], loaded.files)


def checked(source: Source, rules: Mapping[str, Rule], refused: list[Refused]) -> tuple[Value, dict[str, Any]]:
    """What a file holds, and the settings in it alone; raises FatalError for a file that is wrong."""
    tree = read(source)
    settings = settings_in(tree, source, refused)
    if tree.data:
        check_words(tree, rules)
    return tree, settings


def joined(given: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings on top of others: some lists and all mappings are added to them, the rest replaces them."""
    return {**given, **{name: added(name, value, given) for name, value in settings.items()}}


def added(name: str, value: Any, given: Mapping[str, Any]) -> Any:
    """A setting on top of what is given for it."""
    if name in ADDED:
        return (*given.get(name, ()), *value)
    return {**given.get(name, {}), **value} if isinstance(value, dict) else value


def settings_in(tree: Value, source: Source, refused: list[Refused]) -> dict[str, Any]:
    """The settings of a file by their fields in Config; what the file may not hold is taken out of the tree.

    Raises FatalError for a setting that is wrong.
    """
    if not tree.data:
        return {}
    check_lengths(tree)
    if isinstance(tree.data, dict):
        refused += take_refused(tree.data, source)
    check_type(tree, Config, "")
    refused += take_excess(tree.data, source)
    if "user" not in source.whose:
        check_paths(tree.data, source)
    config = anchored_at(source.folder, msgspec.convert(plain(tree), Config))
    return {field: getattr(config, field) for field, setting in setting_names().items() if setting in tree.data}


@cache
def setting_names() -> dict[str, str]:
    """The names of the settings in files, by the fields of Config."""
    return {field.name: field.encode_name for field in msgspec.structs.fields(Config)}


def take_refused(entries: Entries, source: Source) -> Iterator[Refused]:
    """Takes out the settings that a file may not hold."""
    from cmlint.config.settings import SETTINGS

    for key, (place, _) in list(entries.items()):
        if key in SETTINGS and not {*SETTINGS[key].files} & {*source.whose}:
            del entries[key]
            yield Refused(place, key)


def take_excess(entries: Entries, source: Source) -> Iterator[Refused]:
    """Lowers a timeout to the longest that a file may set."""
    if "build-timeout" in entries:
        place, value = entries["build-timeout"]
        most = max(SECONDS[whose] for whose in source.whose)
        if value.data > most:
            entries["build-timeout"] = place, Value(most, value.place)
            yield Refused(place, "build-timeout", most)


def anchored_at(folder: str, config: Config) -> Config:
    """The settings of a file in a folder, with all that is relative to the folder made absolute."""
    return msgspec.structs.replace(
        config,
        exclude=tuple(anchored(pattern, folder) for pattern in config.exclude),
        baseline=os.path.join(folder, config.baseline) if config.baseline else None,
        helm=Helm({anchored(pattern, folder): below(folder, words) for pattern, words in config.helm.values.items()}),
        per_path_ignore={anchored(pattern, folder): words for pattern, words in config.per_path_ignore.items()},
        sources={pattern: os.path.join(folder, path) for pattern, path in config.sources.items()},
        kustomize=program_at(folder, config.kustomize),
        helm_program=program_at(folder, config.helm_program),
        cache_dir=os.path.join(folder, os.path.expanduser(config.cache_dir)) if config.cache_dir else None,
    )


def program_at(folder: str, name: str | None) -> str | None:
    """A program: its path is relative to a folder, while a bare name is looked for on the PATH."""
    if not name or not os.path.dirname(name):
        return name
    return os.path.normpath(os.path.join(folder, os.path.expanduser(name)))
