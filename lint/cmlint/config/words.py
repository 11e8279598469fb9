"""Whether the texts in a configuration file mean something: rules, versions, kinds, codes, patterns and paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from cmlint.config.files import Source
from cmlint.config.types import suggestion
from cmlint.config.written import LONGEST, Entries, SettingPlace, Value, strings_in, wrong
from cmlint.engine.rules import Rule
from cmlint.errors import fatal
from cmlint.system import files


def check_lengths(value: Value) -> None:
    """Raises FatalError at the first key or value that is too long or holds a NUL character."""
    if isinstance(value.data, str):
        check_length(value.data, value.place)
    for item in value.data if isinstance(value.data, list) else ():
        check_lengths(item)
    for key, (place, inner) in value.data.items() if isinstance(value.data, dict) else ():
        check_length(key, place)
        check_lengths(inner)


def check_length(text: str, place: SettingPlace) -> None:
    """Raises FatalError for a text that is too long."""
    if len(text) > LONGEST:
        raise wrong(place, f"a text of {len(text)} characters is too long", f"{LONGEST} are the most that count")
    if "\0" in text:
        raise wrong(place, "a NUL character is in no name and in no path", "take it out")


def check_words(tree: Value, rules: Mapping[str, Rule]) -> None:
    """Raises FatalError at the first word that means nothing: a rule, a version, a kind, a pattern."""
    from cmlint.engine.registry import expand
    from cmlint.kube.versions import parse_version

    for key, check in {
        "select": lambda word: expand(rules, word),
        "ignore": lambda word: expand(rules, word),
        "per-path-ignore": lambda word: expand(rules, word),
        "external": check_external,
        "exclude": check_pattern,
        "kubernetes-version": parse_version,
    }.items():
        if key in tree.data:
            for word in strings_in(tree.data[key][1]):
                checked(check, word)
    check_number(tree, "exclude")
    check_number(tree, "per-path-ignore")
    for name, (place, _) in tree.data["severity"][1].data.items() if "severity" in tree.data else ():
        checked(lambda word: expand(rules, word) if "/" in word else rule_named(rules, word), Value(name, place))
    for name, (place, _) in tree.data["evidence"][1].data.items() if "evidence" in tree.data else ():
        checked(check_code, Value(name, place))
    patterns = tree.data["per-path-ignore"][1].data if "per-path-ignore" in tree.data else {}
    if "helm" in tree.data and "values" in tree.data["helm"][1].data:
        patterns = {**patterns, **tree.data["helm"][1].data["values"][1].data}
    for pattern, (place, _) in patterns.items():
        checked(check_pattern, Value(pattern, place))
    for provider in tree.data["providers"][1].data if "providers" in tree.data else ():
        for field in {"names", "keys"} & provider.data.keys():
            for route in strings_in(provider.data[field][1]):
                checked(check_route, route)


def check_number(tree: Value, key: str) -> None:
    """Raises FatalError for more patterns than count."""
    from cmlint.patterns import MOST

    if key in tree.data and len(tree.data[key][1].data) > MOST:
        raise wrong(tree.data[key][0], f"`{key}` has more than {MOST} patterns", "write fewer that match more")


def check_paths(entries: Entries, source: Source) -> None:
    """Raises FatalError at the first path outside of the repository, and for one that is not what its setting needs."""
    if "baseline" in entries:
        check_path(entries["baseline"][1], "baseline", source)
    for value in strings_in(entries["sources"][1]) if "sources" in entries else ():
        check_folder(value, source)
    if "helm" in entries and "values" in entries["helm"][1].data:
        for value in strings_in(entries["helm"][1].data["values"][1]):
            check_path(value, "helm.values", source)


def check_path(value: Value, setting: str, source: Source) -> None:
    """Raises FatalError for a path, or several with commas between, of which one is not a file of the repository."""
    for path in value.data.split(",") if setting == "helm.values" else (value.data,):
        whole = os.path.join(source.folder, path.strip())
        if not files.is_within(files.real_path(whole), source.root):
            reason = f"`{setting}` names `{path}`, which is not in the repository"
            raise wrong(value.place, reason, "a repository's configuration names only files of the repository")
        if os.path.exists(whole) and not os.path.isfile(whole):
            raise wrong(value.place, f"`{setting}` names `{path}`, which is not a regular file", "name a file")


def check_folder(value: Value, source: Source) -> None:
    """Raises FatalError for a folder of source that is not in the repository, or is none."""
    whole = os.path.join(source.folder, value.data)
    if not files.is_within(files.real_path(whole), source.root):
        reason = f"`sources` names `{value.data}`, which is not in the repository"
        raise wrong(value.place, reason, "a repository's configuration names only files of the repository")
    if not os.path.isdir(whole):
        raise wrong(value.place, f"`sources` names `{value.data}`, which is not a folder", "name a folder")


def checked(check: Callable[[str], object], word: Value) -> None:
    """Raises FatalError with the word's place where `check` raises ValueError."""
    try:
        check(word.data)
    except ValueError as error:
        raise fatal(error, word.place) from None


def rule_named(rules: Mapping[str, Rule], name: str) -> Rule:
    """The rule of a name; raises ValueError with a suggestion."""
    from cmlint.kube.near import nearest

    if name not in rules:
        near = nearest(name, rules)
        raise ValueError(f"unknown rule `{name}`; " + (f"did you mean `{near}`?" if near else "see `cmlint rule`"))
    return rules[name]


def check_code(name: str) -> None:
    """Raises ValueError for an unknown code of evidence, and for one that cannot be turned off."""
    from cmlint.model.evidence import IGNORABLE, MEANINGS

    if name not in MEANINGS:
        raise ValueError(f"unknown evidence `{name}`; {suggestion(name, IGNORABLE)}")
    if name not in IGNORABLE:
        raise ValueError(f"`{name}` cannot be ignored; there are {', '.join(f'`{code}`' for code in IGNORABLE)}")


def check_external(pattern: str) -> None:
    """Raises ValueError for a pattern of a kind that is neither."""
    from fnmatch import fnmatchcase

    kind, slash, _ = pattern.rpartition("/")
    if slash and not any(fnmatchcase(target, kind.lower()) for target in ("configmap", "secret")):
        raise ValueError(f"`{kind}` is neither ConfigMap nor Secret; write `ConfigMap/name`, `Secret/name` or `name`")


def check_route(route: str) -> None:
    """Raises ValueError for what is not a route of fields."""
    import re

    if not re.fullmatch(r"@\S+|(?:\*|[\w-]+(?:\[\])?)(?:\.(?:\*|[\w-]+(?:\[\])?))*", route):
        raise ValueError(f"`{route}` is not a field path; write it like `spec.items[].name`")


def check_pattern(pattern: str) -> None:
    """Raises ValueError for a pattern of paths that git would not understand."""
    from cmlint.patterns import Patterns, excess

    if why := excess(pattern):
        raise ValueError(f"{why}; write a shorter one")
    try:
        Patterns((pattern,))
    except ValueError:
        raise ValueError(f"`{pattern}` is not a valid path pattern; use the syntax of `.gitignore`") from None
