"""The settings, and the files that hold them: `.cmlint.yaml`, `[tool.cmlint]` of `pyproject.toml`, the user's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import msgspec

from cmlint.engine.rules import Rule
from cmlint.errors import FatalError, fatal
from cmlint.system import files

if TYPE_CHECKING:
    from cmlint.config.settings import Whose
    from cmlint.manifest.nodes import Node, ScalarNode

NAMES = (".cmlint.yaml", ".cmlint.yml")
PYPROJECT = "pyproject.toml"
TABLE = "[tool.cmlint"
LONGEST = 4096
"""The most characters that a key or a value in it may have."""

DEEPEST = 20
"""The most parts that a dotted key in TOML may have: the time that tomllib takes grows with their square."""

SECONDS = {"repository": 600, "user": 86_400}
"""The longest `build-timeout` by whose configuration sets it: a repository must not make a run endless."""

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
    """The settings of a run; `cmlint.config.settings` says where each may be set.

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
        doc("Whether a name that something else may make is excused, or counts as missing."),
    ] = "evidence"
    evidence: Annotated[
        dict[str, Literal["ignore"]],
        doc("Reasons that do not count here, by code: with `shown-in-document: ignore`, such a name is missing."),
    ] = {}
    digest: Annotated[
        Literal["optional", "required"],
        doc("Whether every image must be pinned by a digest: what `unpinned-image` asks for."),
    ] = "optional"
    assume_always_pull: Annotated[
        bool, doc("The cluster runs the admission plugin AlwaysPullImages, so that every image is pulled anew.")
    ] = False
    server_side_apply: Annotated[
        bool,
        doc("Manifests are applied with `kubectl apply --server-side`, which decides what of a live object goes away."),
    ] = False
    mutable_tags: Annotated[Words, doc("Image tags that move, as patterns; they come before cmlint's own idea.")] = ()
    pinned_tags: Annotated[Words, doc("Image tags that never move, as patterns; they come before `mutable-tags`.")] = ()
    kubernetes_version: Annotated[
        str | None, doc("The cluster's version, in quotes: `'1.31'`. The newest known by default.")
    ] = None
    pedantic: Annotated[bool, doc("Also run rules about what breaks nothing.")] = False
    preview: Annotated[bool, doc("Also run rules that are in preview and may still change.")] = False
    sources: Annotated[
        dict[str, str],
        doc(
            "The folders with the source of programs, by pattern of the image without its tag: "
            "`ghcr.io/org/app*: services/app`. Builds that name both an image and a folder are found without it."
        ),
    ] = {}
    severity: Annotated[
        dict[str, Literal["error", "warning", "info"]], doc("Other severities, by rule: `mutable-tag: error`.")
    ] = {}
    build: Annotated[
        bool, doc("Build kustomizations and render charts; without it their files are linted as they lie there.")
    ] = True
    kustomize: Annotated[
        str | None,
        doc("The program that builds kustomizations; by default kustomize, or kubectl if kustomize is not installed."),
    ] = None
    allow_remote: Annotated[bool, doc("Let kustomize fetch remote bases.")] = False
    enable_helm: Annotated[bool, doc("Let kustomize run helm for `helmCharts`.")] = False
    build_dependencies: Annotated[bool, doc("Let helm fetch the dependencies that charts lack, into a copy.")] = False
    helm_program: Annotated[str | None, doc("The program that renders charts; by default helm.")] = None
    helm: Annotated[Helm, doc("How Helm charts are rendered.")] = Helm()
    cache_dir: Annotated[
        str | None, doc("The folder for what the next run can use; by default it lies with the user's caches.")
    ] = None
    build_timeout: Annotated[
        int,
        msgspec.Meta(
            description="The seconds after which a build is given up; a repository's configuration sets 600 at most.",
            ge=1,
            le=SECONDS["user"],
        ),
    ] = 60
    baseline: Annotated[
        str | None, doc("The file of findings that are known and left out, relative to this file's folder.")
    ] = None
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"], doc("The least severity that gives exit status 1.")
    ] = "warning"

    @property
    def all_secrets(self) -> bool:
        """Whether a Secret that nothing defines is always reported."""
        return self.secrets == "all" or "secret-elsewhere" in self.evidence


class Place(NamedTuple):
    """Where something is in a configuration file: line and column are 1-based, the line 0 where it is unknown."""

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
"""A mapping: for each key where it is, and its value."""


class Source(NamedTuple):
    """A configuration file that has been read: how it is shown, its text, and the folder that its paths start from.

    `whose` says whose settings it may hold. A file that holds none of the user's names no file outside of `root`.
    """

    file: str
    text: str
    folder: str
    whose: tuple[Whose, ...]
    root: str = ""


class Refused(NamedTuple):
    """A setting that does not count where it is written; `instead` is the value that counts, if there is one.

    Where it is about the run and written `below` another configuration, that one is named; it is empty where there is
    none that could hold it.
    """

    place: Place
    setting: str
    instead: int | None = None
    below: str | None = None


def load(sources: Iterable[Source], rules: Mapping[str, Rule]) -> tuple[Config, list[Refused]]:
    """The settings of several files, in which a later file replaces those of an earlier one, and what is refused.

    Raises FatalError for a file that is wrong.
    """
    refused: list[Refused] = []
    given: dict[str, Any] = {}
    for source in sources:
        given |= settings_of(source, rules, refused)[1]
    return Config(**given), refused


def settings_of(source: Source, rules: Mapping[str, Rule], refused: list[Refused]) -> tuple[Value, dict[str, Any]]:
    """What a file holds, and the settings in it by their fields in Config; raises FatalError for a file that is wrong.

    What it may not hold is `refused`.
    """
    tree = read(source)
    settings = settings_in(tree, source, refused)
    if tree.data:
        check_words(tree, rules)
    return tree, settings


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
    names = {field.encode_name: field.name for field in msgspec.structs.fields(Config)}
    return {names[key]: getattr(config, names[key]) for key in tree.data}


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


# finding and reading


def candidates(folder: str) -> Iterator[str]:
    """Every path from a folder upwards at which the repository's configuration may be."""
    folder, below = os.path.abspath(folder), ""
    while folder != below:
        yield from (os.path.join(folder, name) for name in (*NAMES, PYPROJECT))
        folder, below = os.path.dirname(folder), folder


def above(start: str, warnings: list[str]) -> tuple[list[Source], list[str]]:
    """The configurations of a repository that count for a folder, the nearest first, and those that do not count.

    These are all between the folder and the top of the repository, one in a folder; where there is none, the nearest
    above it. Raises FatalError for one that cannot be read. A `pyproject.toml` need not hold a configuration, so one
    that must not be read is only noted in `warnings`.
    """
    top = files.root_of(start)
    found: list[Source] = []
    unused: list[str] = []
    for path in filter(os.path.lexists, candidates(start)):
        folder = os.path.dirname(path)
        inside = files.is_within(files.real_path(folder), top)
        if found and (os.path.abspath(found[-1].folder) == folder or not inside):
            unused += [path] if os.path.basename(path) != PYPROJECT else []
        elif source := source_at(path, warnings):
            found.append(source)
            top = top if inside else folder
    return found, unused


def source_at(path: str, warnings: list[str]) -> Source | None:
    """The configuration of a repository at a path; None for a `pyproject.toml` that holds none, or must not be read.

    Raises FatalError.
    """
    folder, name = os.path.split(path)
    root = files.root_of(folder)
    if name != PYPROJECT:
        return of_repository(path, root)
    if not os.path.isfile(path) or not files.is_within(files.real_path(path), root):
        warnings.append(f"{shown(path)}: not read: it is not a regular file of the repository")
        return None
    return of_repository(path, root) if TABLE in text_of(path, root) else None


def named(path: str, tops: Collection[str]) -> Source:
    """The configuration that the command line names; raises FatalError for one that cannot be read.

    One that is below `tops`, in what is checked, is the repository's. So is one that is not a regular file, for
    nobody can tell who wrote it. Any other one may hold the user's settings as well.
    """
    if top := top_of(path, tops):
        return of_repository(path, top)
    if os.path.isfile(path) or not os.path.lexists(path):
        folder = os.path.dirname(os.path.abspath(path))
        return Source(shown(path), text_of(path), folder, ("repository", "user"))
    text = text_of(path, regular=False)
    return Source(shown(path), text, os.getcwd(), ("repository",), files.root_of(os.curdir))


def of_user(path: str, tops: Collection[str]) -> Source | None:
    """The user's configuration, if there is one; raises FatalError for one that cannot be read.

    One that is in what is checked is not the user's, whatever the environment says about the user's folder.
    """
    if not os.path.lexists(path):
        return None
    if top := top_of(path, tops):
        return of_repository(path, top)
    text = text_of(path, help_="`--isolated` reads no configuration")
    return Source(shown(path), text, os.path.dirname(os.path.abspath(path)), ("user",))


def of_repository(path: str, root: str) -> Source:
    """A configuration file of a repository with this root; raises FatalError for one that cannot be read."""
    return Source(shown(path), text_of(path, root), os.path.dirname(os.path.abspath(path)), ("repository",), root)


def top_of(path: str, tops: Collection[str]) -> str | None:
    """The folder that a file is in, by its name or behind its links."""
    ways = os.path.abspath(path), files.real_path(path)
    return next((top for top in tops if any(lies_in(way, top) for way in ways)), None)


def lies_in(path: str, top: str) -> bool:
    """Whether a path is below a folder, in whatever letter case the file system takes their names."""
    while (above := os.path.dirname(path)) != path:
        path = above
        if os.path.exists(path) and os.path.samefile(path, top):
            return True
    return False


OTHERWISE = "`--config` names another file"


def text_of(path: str, root: str | None = None, *, regular: bool = True, help_: str = OTHERWISE) -> str:
    """A configuration file's text; raises FatalError with a help for one that cannot be read.

    A file that is not `regular` may be a pipe; one that a link leads to must be in `root`.
    """
    try:
        limit = files.CONFIGURATION
        raw = files.read(path, limit, root) if regular else files.read_named(path, limit)
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise FatalError(f"{shown(path)}: {files.reason(error)}", help_) from None
    except UnicodeDecodeError as error:
        raise FatalError(f"{shown(path)}: not valid UTF-8 at byte {error.start}", "save the file as UTF-8") from None


def shown(path: str) -> str:
    """A path as it is shown."""
    return os.path.relpath(path).replace(os.sep, "/")


def read(source: Source) -> Value:
    """The content of a configuration file, with the place of everything in it."""
    reader = read_toml if source.file.endswith(".toml") else read_yaml
    return reader(source.text, source.file)


def read_yaml(text: str, file: str) -> Value:
    """A configuration in YAML."""
    from cmlint.manifest.nodes import TooDeepError, YamlSyntaxError, compose

    try:
        root = compose(text)
        return value_of(root, file) if root else Value(None, Place(file, 0, 0))
    except (TooDeepError, RecursionError):
        raise too_deep(file) from None
    except YamlSyntaxError as error:
        column = error.offset - text.rfind("\n", 0, error.offset)
        raise wrong(Place(file, error.line + 1, column), f"not valid YAML: {error.reason}", "fix it there") from None


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
            raise wrong(place_of(key, file), f"`{name}` stands twice", first)
        entries[name] = place_of(key, file), value_of(value, file)
    return Value(entries, place)


def scalar_of(node: ScalarNode, place: Place) -> object:
    """What a scalar of YAML represents."""
    from cmlint.kube.scalars import resolve

    if node.style or len(node.value) > LONGEST:
        return node.value
    try:
        return resolve(node.tag, node.value)
    except ValueError as error:
        raise wrong(place, str(error), "leave out the tag") from None


def place_of(node: Node, file: str) -> Place:
    """Where a node of YAML begins."""
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


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

    def value_of(data: Any, place: Place) -> Value:
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
        return value_of(table, Place(file, line, 1))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        place = Place(file, int(found[2]), int(found[3])) if found else Place(file, 0, 0)
        raise wrong(place, f"not valid TOML: {found[1] if found else error}", "mend it there") from None
    except ValueError:
        raise wrong(Place(file, 0, 0), "a number has too many digits", "write a smaller one") from None
    except RecursionError:
        raise too_deep(file) from None


def places_in(text: str, file: str) -> dict[str, Place]:
    """Where each key is first, in or below the table `[tool.cmlint]`."""
    import re

    name = r"""(?:"([^"\n]*)"|'([^'\n]*)'|([\w-]+))"""
    start = max(text.find(TABLE), 0)
    places: dict[str, Place] = {}
    before, line = 0, 1
    for match in re.compile(rf"(?m)^[ \t]*(?:\[tool\.cmlint\.|cmlint\.)?{name}[ \t]*[\]=.]").finditer(text, start):
        at = match.start(match.lastindex or 0)
        line += text.count("\n", before, at)
        before = at
        places.setdefault(match[match.lastindex or 0], Place(file, line, at - text.rfind("\n", 0, at)))
    return places


def plain(value: Value) -> Any:
    """A value without its places."""
    if isinstance(value.data, list):
        return [plain(item) for item in value.data]
    if isinstance(value.data, dict):
        return {key: plain(inner) for key, (_, inner) in value.data.items()}
    return value.data


# checking


def too_deep(file: str) -> FatalError:
    """The error about a file that is nested more deeply than any configuration."""
    return FatalError(f"{file}: nested too deeply", "`cmlint schema` says what a configuration may hold")


def check_lengths(value: Value) -> None:
    """Raises FatalError at the first key or value that is too long or holds a NUL character."""
    if isinstance(value.data, str):
        check_length(value.data, value.place)
    for item in value.data if isinstance(value.data, list) else ():
        check_lengths(item)
    for key, (place, inner) in value.data.items() if isinstance(value.data, dict) else ():
        check_length(key, place)
        check_lengths(inner)


def check_length(text: str, place: Place) -> None:
    """Raises FatalError for a text that is too long."""
    if len(text) > LONGEST:
        raise wrong(place, f"a text of {len(text)} characters is too long", f"{LONGEST} are the most that count")
    if "\0" in text:
        raise wrong(place, "a NUL character is in no name and in no path", "take it out")


def wrong(place: Place, message: str, help: str) -> FatalError:  # noqa: A002
    """An error about a place of a configuration file."""
    return FatalError(f"{place}: {message}", help)


PATTERNED = ("a mapping of patterns to lists", "write it like `'tests/': [missing-key]`")
MAPPINGS = {
    "severity": ("a mapping of rules to severities", "write it like `mutable-tag: error`"),
    "evidence": ("a mapping of codes to `ignore`", "write it like `shown-in-document: ignore`"),
}
"""What a mapping holds, and an example, by the setting; others are `PATTERNED`."""

KINDS: dict[type, str] = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "a list"}


def kind_of(value: Value) -> str:
    """What a value is, in words."""
    if value.data is None:
        return "nothing"
    return KINDS.get(type(value.data), "a mapping" if isinstance(value.data, dict) else "a date or time")


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
    from typing import get_type_hints

    if not isinstance(value.data, dict):
        reason = f"{f'`{path}` ' if path else ''}must be a mapping, but it is {kind_of(value)}"
        raise wrong(value.place, reason, "`cmlint schema` says what it may hold")
    hints, fields = get_type_hints(expected), msgspec.structs.fields(expected)
    known = {field.encode_name: hints[field.name] for field in fields}
    before = f"{path}." if path else ""
    for key, (place, inner) in value.data.items():
        if key not in known:
            raise wrong(place, f"there is no setting `{before}{key}`", suggestion(key, known))
        check_type(inner, known[key], f"{before}{key}")
    for field in fields:
        if field.required and field.encode_name not in value.data:
            message = f"`{before}{field.encode_name}` must be set"
            raise wrong(value.place, message, "`cmlint schema` says what it is")


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
        raise mistyped(value, path, "a whole number of seconds", "write it like `60`")
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
    """Raises FatalError at the first file that a repository's configuration names outside of the repository."""
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


def check_code(name: str) -> None:
    """Raises ValueError for an unknown code of evidence, and for one that cannot be turned off."""
    from cmlint.model.evidence import IGNORABLE, MEANINGS

    if name not in MEANINGS:
        raise ValueError(f"there is no evidence `{name}`; {suggestion(name, IGNORABLE)}")
    if name not in IGNORABLE:
        raise ValueError(f"`{name}` cannot be ignored; there are {', '.join(f'`{code}`' for code in IGNORABLE)}")


def check_external(pattern: str) -> None:
    """Raises ValueError for a pattern of a kind that is neither."""
    from fnmatch import fnmatchcase

    kind, slash, _ = pattern.rpartition("/")
    if slash and not any(fnmatchcase(target, kind.lower()) for target in ("configmap", "secret")):
        raise ValueError(f"`{kind}` is neither ConfigMap nor Secret; write `ConfigMap/name`, `Secret/name` or `name`")


def check_route(route: str) -> None:
    """Raises ValueError for what is no route of fields."""
    import re

    if not re.fullmatch(r"@\S+|(?:\*|[\w-]+(?:\[\])?)(?:\.(?:\*|[\w-]+(?:\[\])?))*", route):
        raise ValueError(f"`{route}` is no route of fields; write it like `spec.items[].name`")


def check_pattern(pattern: str) -> None:
    """Raises ValueError for a pattern of paths that git would not understand."""
    from cmlint.patterns import Patterns, excess

    if why := excess(pattern):
        raise ValueError(f"{why}; write a shorter one")
    try:
        Patterns((pattern,))
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


def moved(pattern: str, root: str) -> str:
    """A pattern that is relative to the file system's root, as one for the same files below another root."""
    sign = "!" if pattern.startswith("!") else ""
    return sign + escaped(root) + pattern.removeprefix(sign)
