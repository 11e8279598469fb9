"""Finds the rules, cmlint's own and those of other packages, by the entry-point group `cmlint.rules`; and sources.

An entry point of a rule names a package; every module below it that declares a rule is loaded. The metadata of
installed packages is read directly, because importing `importlib.metadata` would cost a one-file run more than
everything else in it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

import msgspec

from cmlint.engine.rules import BadRuleError, Rule
from cmlint.kube.near import nearest
from cmlint.system.files import CONFIGURATION, read

RULES, SOURCES = "cmlint.rules", "cmlint.sources"


class Installed(msgspec.Struct, frozen=True):
    """What installed packages register: all rules by name, and the names of the modules that are sources."""

    rules: dict[str, Rule]
    sources: tuple[str, ...]


def load(here: str = "") -> Installed:
    """What is registered outside of the folder `here` and of the working directory.

    Raises BadRuleError for a rule that cannot be loaded or whose name is taken.
    """
    texts = list(entry_points(here))
    return Installed(declared_rules(names_in(texts, RULES)), tuple(names_in(texts, SOURCES)))


def load_rules() -> dict[str, Rule]:
    """All rules by name; raises BadRuleError for one that cannot be loaded or whose name is taken."""
    return load().rules


def declared_rules(packages: Iterable[str]) -> dict[str, Rule]:
    """The rules of packages by name; raises BadRuleError."""
    rules: dict[str, Rule] = {}
    for package in packages:
        for found in rules_of(package):
            if found.name in rules:
                raise BadRuleError(f"`{found.name}` is declared in {rules[found.name].module} and in {found.module}")
            rules[found.name] = found
    return dict(sorted(rules.items()))


def entry_points(here: str) -> Iterator[str]:
    """The texts of entry points of installed packages that mention cmlint.

    Folders that are relative, the working directory and the folder `here` are passed over: a repository registers
    nothing.
    """
    passed_over = {working_directory(), os.path.realpath(here) if here else ""}
    for folder in dict.fromkeys(sys.path):
        if os.path.isabs(folder) and os.path.realpath(folder) not in passed_over:
            yield from entry_points_in(folder)


def names_in(texts: Iterable[str], group: str) -> list[str]:
    """The packages or modules that entry points name in a group, each once."""
    return list(dict.fromkeys(name for text in texts for name in group_in(text, group)))


def working_directory() -> str:
    """The real path of the working directory; empty where it has been deleted."""
    try:
        return os.path.realpath(os.getcwd())
    except OSError:
        return ""


def entry_points_in(folder: str) -> Iterator[str]:
    """The texts of all `entry_points.txt` in a folder of installed packages that mention cmlint."""
    try:
        entries = [entry for entry in os.listdir(folder) if entry.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return
    for entry in entries:
        try:
            text = read(os.path.join(folder, entry, "entry_points.txt"), CONFIGURATION).decode("utf-8")
        except OSError:
            continue
        if "[cmlint." in text:
            yield text


def group_in(text: str, group: str) -> Iterator[str]:
    """What a text of entry points names in a group."""
    inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped == f"[{group}]"
        elif inside and "=" in stripped and not stripped.startswith("#"):
            yield stripped.partition("=")[2].partition("[")[0].strip()


def rules_of(package: str) -> Iterator[Rule]:
    """The rules of a package and all that is below it; raises BadRuleError when it cannot be imported."""
    module = import_module(package)
    yield from declared_in(module)
    for folder in getattr(module, "__path__", ()):
        for name in modules_in(folder):
            yield from declared_in(import_module(f"{package}.{name}"))


def modules_in(folder: str, prefix: str = "") -> Iterator[str]:
    """The dotted names of the modules below a folder, in order."""
    for entry in sorted(os.listdir(folder)):
        path = os.path.join(folder, entry)
        if entry.endswith(".py") and entry != "__init__.py":
            yield prefix + entry[:-3]
        elif entry.isidentifier() and entry != "__pycache__" and os.path.isdir(path):
            yield from modules_in(path, f"{prefix}{entry}.")


def import_module(name: str) -> ModuleType:
    """A module; raises BadRuleError with its error when it cannot be imported."""
    try:
        return importlib.import_module(name)
    except BadRuleError:
        raise
    except Exception as error:
        raise BadRuleError(f"the rules of `{name}` cannot be loaded: {type(error).__name__}: {error}") from error


def declared_in(module: ModuleType) -> Iterator[Rule]:
    """The rules that a module declares itself."""
    for value in vars(module).values():
        found = getattr(value, "__cmlint_rule__", None)
        if isinstance(found, Rule) and found.module == module.__name__:
            yield found


def expand(rules: Mapping[str, Rule], word: str) -> list[str]:
    """The rules that a name, a family or `all` means; raises ValueError with a suggestion for another word.

    A name may be followed by `/` and one of the causes that the rule tells apart.
    """
    if word == "all":
        return list(rules)
    if word in rules:
        if rules[word].status == "removed":
            raise ValueError(f"the rule `{word}` was removed; use `{rules[word].replacement}`")
        return [word]
    family = [name for name, rule in rules.items() if rule.family == word]
    if family:
        return family
    name, _, cause = word.partition("/")
    if name in rules and cause in rules[name].causes:
        return [name]
    caused = (rule.caused(cause) for rule in rules.values() for cause in rule.causes)
    near = nearest(word, [*rules, *caused, *{rule.family for rule in rules.values()}, "all"])
    hint = f"; did you mean `{near}`?" if near else "; `cmlint rule` lists them"
    raise ValueError(f"unknown rule or family `{word}`{hint}")
