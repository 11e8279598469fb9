"""What a project settles in `.cmlint.yaml` or `[tool.cmlint]` of `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from cmlint.errors import FatalError, fatal
from cmlint.rules import Rule

NAMES = (".cmlint.yaml", ".cmlint.yml")
PYPROJECT = "pyproject.toml"
TABLE = "[tool.cmlint"
PROGRAM = r"(?:kustomize|kubectl|helm)[\w.-]*"
"""The programs that a configuration may name."""

Words = tuple[str, ...]


def doc(text: str) -> msgspec.Meta:
    """What the schema says about a field."""
    return msgspec.Meta(description=text)


class Helm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a project settles about its charts."""

    values: Annotated[
        dict[str, Words],
        doc(
            "The files of values to render charts with, instead of the defaults and `ci/*-values.yaml`: by pattern of "
            "the chart's folder. Each is one rendering; files that belong together stand in one string, with commas."
        ),
    ] = {}


class ProviderKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A kind of custom resource from which a controller makes a ConfigMap or Secret.

    A route is a dotted way of field names, in which `[]` walks a list and `*` all values of a mapping; `@name` leads to
    an annotation.
    """

    kind: Annotated[str, doc("The kind, like `DatabaseClaim`.")]
    group: Annotated[str, doc("Its API group, like `example.com`.")]
    target: Annotated[Literal["ConfigMap", "Secret"], doc("What is made.")] = "Secret"
    names: Annotated[
        Words, doc("Routes to the name of what is made, like `spec.secretName`; the first that leads somewhere counts.")
    ] = ("metadata.name",)
    keys: Annotated[
        Words, doc("Routes to its keys, like `spec.data[].key`, or to a mapping that has them as fields.")
    ] = ()
    open: Annotated[bool, doc("Whether it may have more keys than these.")] = True


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a project settles about cmlint; what the command line says comes first.

    Patterns of paths are relative to the configuration's folder in the file, and to the file system's root here.
    """

    select: Annotated[Words, doc("The rules to run: names, families or `all`. Every rule by default.")] = ()
    ignore: Annotated[Words, doc("Rules and families to leave out.")] = ()
    exclude: Annotated[
        Words, doc("Paths that are not read, in the syntax of `.gitignore`, relative to this file's folder.")
    ] = ()
    per_path_ignore: Annotated[
        dict[str, Words],
        doc("Rules and families to leave out below some paths: by pattern in the syntax of `.gitignore`."),
    ] = {}
    external: Annotated[
        Words,
        doc("ConfigMaps and Secrets that something else makes, as patterns `name`, `ConfigMap/name` or `Secret/name`."),
    ] = ()
    providers: Annotated[
        tuple[ProviderKind, ...], doc("Kinds from which controllers make ConfigMaps and Secrets, besides those known.")
    ] = ()
    secrets: Annotated[
        Literal["evidence", "all"],
        doc("Whether a Secret that nothing defines is reported only on evidence, or always."),
    ] = "evidence"
    references: Annotated[
        Literal["evidence", "strict"],
        doc("Whether a name that something else may make counts as not verifiable, or as missing."),
    ] = "evidence"
    assume_always_pull: Annotated[
        bool, doc("The cluster runs the admission plugin AlwaysPullImages, so that every image is pulled anew.")
    ] = False
    mutable_tags: Annotated[Words, doc("Image tags that move, as patterns; they come before cmlint's own idea.")] = ()
    pinned_tags: Annotated[Words, doc("Image tags that never move, as patterns; they come before `mutable-tags`.")] = ()
    kubernetes_version: Annotated[
        str | None, doc("The cluster's version, in quotes: `'1.31'`. The newest known by default.")
    ] = None
    pedantic: Annotated[bool, doc("Show what breaks nothing, too.")] = False
    preview: Annotated[bool, doc("Also run rules that are in preview and may still change.")] = False
    severity: Annotated[
        dict[str, Literal["error", "warning", "info"]], doc("Other severities, by rule: `mutable-tag: error`.")
    ] = {}
    build: Annotated[
        bool, doc("Build kustomizations and render charts; without it their files are linted as they lie there.")
    ] = True
    kustomize: Annotated[
        str | None, doc("The program that builds kustomizations; by default kustomize, else kubectl.")
    ] = None
    allow_remote: Annotated[bool, doc("Let kustomize fetch bases from elsewhere.")] = False
    enable_helm: Annotated[bool, doc("Let kustomize run helm for the charts that it is given.")] = False
    helm_program: Annotated[str | None, doc("The program that renders charts; by default helm.")] = None
    helm: Annotated[Helm, doc("How Helm charts are rendered.")] = Helm()
    build_timeout: Annotated[int, msgspec.Meta(description="The seconds after which a build is given up.", ge=1)] = 60
    baseline: Annotated[
        str | None, doc("The file of findings that are known and left out, relative to this file's folder.")
    ] = None
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"], doc("The least severity that gives exit status 1.")
    ] = "warning"


class Place(NamedTuple):
    """Where something stands in a configuration file: line and column are 1-based, the line 0 where it is unknown."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Value(NamedTuple):
    """Something written in a configuration file: plain data, but for what is inside lists and mappings."""

    data: Any
    place: Place


Entries = dict[str, tuple[Place, Value]]
"""A mapping: for each key where it stands, and its value."""


def load(path: str | None, rules: Mapping[str, Rule]) -> Config:
    """The configuration at a path, or the nearest one upwards; raises FatalError for one that is wrong."""
    if path is None:
        path = nearest_file(os.getcwd())
        if path is None:
            return Config()
    tree = read(path)
    if not tree.data:
        return Config()
    check_type(tree, Config, "")
    check_words(tree, rules)
    config = msgspec.convert(plain(tree), Config)
    folder = os.path.dirname(os.path.abspath(path))
    return msgspec.structs.replace(
        config,
        exclude=tuple(anchored(pattern, folder) for pattern in config.exclude),
        baseline=os.path.join(folder, config.baseline) if config.baseline else None,
        helm=Helm({anchored(pattern, folder): below(folder, words) for pattern, words in config.helm.values.items()}),
        per_path_ignore={anchored(pattern, folder): words for pattern, words in config.per_path_ignore.items()},
    )


# finding and reading


def candidates(path: str | None) -> Iterator[str]:
    """Every path at which the configuration may stand."""
    if path is not None:
        yield path
        return
    folder, below = os.getcwd(), ""
    while folder != below:
        yield from (os.path.join(folder, name) for name in (*NAMES, PYPROJECT))
        folder, below = os.path.dirname(folder), folder


def nearest_file(folder: str) -> str | None:
    """The configuration file in a folder, or in the nearest one above that has one."""
    while True:
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return path
        path = os.path.join(folder, PYPROJECT)
        if os.path.isfile(path) and TABLE in text_of(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def text_of(path: str) -> str:
    """A configuration file's text."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FatalError(f"{shown(path)}: {reason}", "`--config` names another file") from None
    except UnicodeDecodeError as error:
        raise FatalError(f"{shown(path)}: not valid UTF-8 at byte {error.start}", "save the file as UTF-8") from None


def shown(path: str) -> str:
    """A path as it is shown."""
    return os.path.relpath(path).replace(os.sep, "/")


def read(path: str) -> Value:
    """A configuration file with the place of everything in it."""
    text = text_of(path)
    return read_toml(text, shown(path)) if path.endswith(".toml") else read_yaml(text, shown(path))


def read_yaml(text: str, file: str) -> Value:
    """A configuration in YAML."""
    from cmlint.kube.scalars import resolve
    from cmlint.manifest.nodes import MappingNode, Node, ScalarNode, YamlSyntaxError, compose

    def value_of(node: Node) -> Value:
        place = place_of(node)
        if isinstance(node, ScalarNode):
            return Value(node.value if node.style else resolve(node.tag, node.value), place)
        if not isinstance(node, MappingNode):
            return Value([value_of(item) for item in node.value], place)
        entries: Entries = {}
        for key, value in node.value:
            name = str(key.value)
            if name in entries:
                raise wrong(place_of(key), f"`{name}` stands twice", f"it is first in line {entries[name][0].line}")
            entries[name] = place_of(key), value_of(value)
        return Value(entries, place)

    def place_of(node: Node) -> Place:
        return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)

    try:
        root = compose(text)
        return value_of(root) if root else Value(None, Place(file, 0, 0))
    except YamlSyntaxError as error:
        column = error.offset - text.rfind("\n", 0, error.offset)
        raise wrong(Place(file, error.line + 1, column), f"not valid YAML: {error.reason}", "mend it there") from None


def read_toml(text: str, file: str) -> Value:
    """The table `[tool.cmlint]`; a value's place is that of its key."""
    import re
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    def value_of(data: Any, place: Place) -> Value:
        if isinstance(data, list):
            return Value([value_of(item, place) for item in data], place)
        if not isinstance(data, dict):
            return Value(data, place)
        entries: Entries = {}
        for key, inner in data.items():
            at = place_of(key) or place
            entries[key] = at, value_of(inner, at)
        return Value(entries, place)

    def place_of(key: str) -> Place | None:
        name = re.escape(key)
        found = re.compile(rf"""^[ \t]*(?:\[tool\.cmlint\.|cmlint\.)?["']?({name})["']?[ \t]*[\]=.]""", re.MULTILINE)
        match = found.search(text, max(text.find(TABLE), 0))
        if match is None:
            return None
        start = match.start(1)
        return Place(file, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))

    try:
        table = tomllib.loads(text).get("tool", {}).get("cmlint")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(found[2]), int(found[3])) if found else Place(file, 0, 0)
        raise wrong(place, f"not valid TOML: {found[1] if found else error}", "mend it there") from None
    line = text.count("\n", 0, text.find(TABLE)) + 1 if TABLE in text else 0
    return value_of(table, Place(file, line, 1))


def plain(value: Value) -> Any:
    """A value without its places."""
    if isinstance(value.data, list):
        return [plain(item) for item in value.data]
    if isinstance(value.data, dict):
        return {key: plain(inner) for key, (_, inner) in value.data.items()}
    return value.data


# checking


def wrong(place: Place, message: str, help: str) -> FatalError:  # noqa: A002
    """An error about a place of a configuration file."""
    return FatalError(f"{place}: {message}", help)


MAPPINGS: dict[Any, tuple[str, str]] = {
    tuple: ("a mapping of patterns to lists", "write it like `'tests/': [missing-key]`"),
    Literal: ("a mapping of rules to severities", "write it like `mutable-tag: error`"),
}
"""What a mapping holds, and an example, by the type of its values."""

KINDS: dict[type, str] = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list"}


def kind_of(value: Value) -> str:
    """What a value is, in words."""
    if value.data is None:
        return "nothing"
    return KINDS.get(type(value.data), "a mapping" if isinstance(value.data, dict) else "a date or time")


def check_type(value: Value, expected: Any, path: str) -> None:
    """Raises FatalError at the first place where a value is not what the configuration has there."""
    from typing import get_args, get_origin, get_type_hints

    if isinstance(expected, type) and issubclass(expected, msgspec.Struct):
        if not isinstance(value.data, dict):
            reason = f"{f'`{path}` ' if path else ''}must be a mapping, but it is {kind_of(value)}"
            raise wrong(value.place, reason, "`cmlint schema` says what it may hold")
        hints = get_type_hints(expected)
        known = {field.encode_name: hints[field.name] for field in msgspec.structs.fields(expected)}
        before = f"{path}." if path else ""
        for key, (place, inner) in value.data.items():
            if key not in known:
                raise wrong(place, f"there is no setting `{before}{key}`", suggestion(key, known))
            check_type(inner, known[key], f"{before}{key}")
        for field in msgspec.structs.fields(expected):
            if field.required and field.encode_name not in value.data:
                message = f"`{before}{field.encode_name}` must be set"
                raise wrong(value.place, message, "`cmlint schema` says what it is")
        return
    origin, parts = get_origin(expected), get_args(expected)
    if origin is dict:
        if not isinstance(value.data, dict):
            raise mistyped(value, path, *MAPPINGS[get_origin(parts[1])])
        for key, (_, inner) in value.data.items():
            check_type(inner, parts[1], f"{path}.{key}")
    elif origin is tuple:
        if not isinstance(value.data, list):
            entries = "strings" if parts[0] is str else "mappings"
            raise mistyped(value, path, f"a list of {entries}", "put it in brackets: `[...]`")
        for i, item in enumerate(value.data):
            check_type(item, parts[0], f"{path}[{i}]")
    elif origin is Literal:
        if value.data not in parts:
            raise wrong(value.place, f"`{path}` cannot be {written(value)}", suggestion(value.data, parts))
    elif expected is int:
        if type(value.data) is not int or value.data < 1:
            raise mistyped(value, path, "a number of seconds", "write it like `60`")
    elif expected is bool:
        if not isinstance(value.data, bool):
            raise mistyped(value, path, "a boolean", "write `true` or `false`")
    elif not isinstance(value.data, str):
        raise mistyped(value, path, "a string", "put it in quotes")


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


def check_words(tree: Value, rules: Mapping[str, Rule]) -> None:
    """Raises FatalError at the first word that means nothing: a rule, a version, a kind, a pattern."""
    from cmlint.kube.versions import parse_version
    from cmlint.registry import expand

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
    for name, (place, _) in tree.data["severity"][1].data.items() if "severity" in tree.data else ():
        checked(lambda word: rule_named(rules, word), Value(name, place))
    patterns = tree.data["per-path-ignore"][1].data if "per-path-ignore" in tree.data else {}
    if "helm" in tree.data and "values" in tree.data["helm"][1].data:
        patterns = {**patterns, **tree.data["helm"][1].data["values"][1].data}
    for pattern, (place, _) in patterns.items():
        checked(check_pattern, Value(pattern, place))
    for program in ("kustomize", "helm-program"):
        if program in tree.data:
            checked(check_program, tree.data[program][1])
    for provider in tree.data["providers"][1].data if "providers" in tree.data else ():
        for field in {"names", "keys"} & provider.data.keys():
            for route in strings_in(provider.data[field][1]):
                checked(check_route, route)


def strings_in(value: Value) -> Iterator[Value]:
    """The strings in a value."""
    if isinstance(value.data, str):
        yield value
    elif isinstance(value.data, list):
        yield from value.data
    elif isinstance(value.data, dict):
        for _, inner in value.data.values():
            yield from strings_in(inner)


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
        raise ValueError(f"there is no rule `{name}`; " + (f"did you mean `{near}`?" if near else "see `cmlint rule`"))
    return rules[name]


def check_external(pattern: str) -> None:
    """Raises ValueError for a pattern of a kind that is neither."""
    from fnmatch import fnmatchcase

    kind, slash, _ = pattern.rpartition("/")
    if slash and not any(fnmatchcase(target, kind.lower()) for target in ("configmap", "secret")):
        raise ValueError(f"`{kind}` is neither ConfigMap nor Secret; write `ConfigMap/name`, `Secret/name` or `name`")


def check_program(name: str) -> None:
    """Raises ValueError for a program that a repository could bring along: who lints it would run whatever that is."""
    import re

    if not re.fullmatch(PROGRAM, name):
        reason = "a configuration names programs by name, as they are on the path: kustomize, kubectl or helm"
        raise ValueError(f"`{name}` is not run; {reason}, and `--kustomize` or `--helm` takes any")


def check_route(route: str) -> None:
    """Raises ValueError for what is no route of fields."""
    import re

    if not re.fullmatch(r"@\S+|(?:\*|[\w-]+(?:\[\])?)(?:\.(?:\*|[\w-]+(?:\[\])?))*", route):
        raise ValueError(f"`{route}` is no route of fields; write it like `spec.items[].name`")


def check_pattern(pattern: str) -> None:
    """Raises ValueError for a pattern of paths that git would not understand."""
    from cmlint.sources.files import spec_of

    try:
        spec_of((pattern,))
    except ValueError:
        raise ValueError(f"`{pattern}` is no pattern of paths; write it as in `.gitignore`") from None


# patterns and paths


def below(folder: str, lists: Words) -> Words:
    """Paths relative to a folder, several of them with commas between, as whole ones."""
    return tuple(",".join(os.path.join(folder, name.strip()) for name in names.split(",")) for names in lists)


def anchored(pattern: str, folder: str) -> str:
    """A pattern that is relative to a folder, in the syntax of `.gitignore`, as one relative to the root."""
    sign, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    root = escaped(folder.replace(os.sep, "/").rstrip("/"))
    if "/" in body.rstrip("/"):
        return f"{sign}{root}/{body.lstrip('/')}"
    return f"{sign}{root}/**/{body}"


def escaped(path: str) -> str:
    """A path as a pattern that matches nothing else."""
    return "".join(f"\\{character}" if character in "\\*?[]! " else character for character in path)
