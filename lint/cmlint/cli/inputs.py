"""What the commands that read manifests have in common: rules, what could not be read, and what there was to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from cmlint.cache.folder import Folder, default_path
from cmlint.cli.parameters import words_of
from cmlint.errors import FatalError
from cmlint.model.facts import FileFacts
from cmlint.model.problems import Problem
from cmlint.patterns import Patterns
from cmlint.sources import files
from cmlint.system import streams
from cmlint.system.files import CONFIGURATION, MANIFEST, read, shown
from cmlint.system.filesystem import FileSystem

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle
    from cmlint.config.config import Config
    from cmlint.config.files import Source
    from cmlint.config.layers import Configurations, Layers
    from cmlint.engine.registry import Installed
    from cmlint.engine.rules import Rule
    from cmlint.pipeline.run_cache import Memory
    from cmlint.texts import Texts


def rules_or_error() -> dict[str, Rule]:
    """All rules; raises FatalError where one of them cannot be loaded."""
    return installed_or_error().rules


def installed_or_error(here: str = "") -> Installed:
    """The rules and sources that installed packages have; raises FatalError where a rule cannot be loaded.

    Those in the folder `here`, and in the working directory, do not count.
    """
    from cmlint.engine.registry import load
    from cmlint.engine.rules import BadRuleError

    try:
        return load(here)
    except BadRuleError as error:
        raise FatalError(str(error), "fix the package that has the rule, or uninstall it") from error


def with_rule_options(config: Config, options: Any) -> Config:
    """The configuration with what a line says in its place: of rules, and what they mean for the exit status."""
    return msgspec.structs.replace(
        config,
        select=words_of(options.select) or config.select,
        ignore=(*config.ignore, *words_of(options.ignore)),
        pedantic=options.pedantic or config.pedantic,
        preview=options.preview or config.preview,
        kubernetes_version=options.kubernetes_version or config.kubernetes_version,
        fail_on=options.fail_on or config.fail_on,
    )


def with_build_options(config: Config, options: Any) -> Config:
    """The configuration with what a line says in its place of how kustomizations and charts are built."""
    allowed = ("allow_remote", "enable_helm", "build_dependencies")
    given = {name: getattr(options, name) for name in allowed if getattr(options, name) is not None}
    return msgspec.structs.replace(
        config,
        **given,
        build=config.build and not options.no_build,
        kustomize=options.kustomize or config.kustomize,
        helm_program=options.helm or config.helm_program,
    )


def users_file() -> str:
    """The user's configuration, where platformdirs says; on Linux its rule costs less than importing it."""
    if sys.platform == "linux":
        base = os.environ.get("XDG_CONFIG_HOME", "")
        return os.path.join(base if base.strip() else os.path.expanduser("~/.config"), "cmlint", "config.yaml")
    import platformdirs

    return os.path.join(platformdirs.user_config_dir("cmlint", appauthor=False), "config.yaml")


def configured(
    options: Any,
    paths: Sequence[str],
    rules: dict[str, Rule],
    adjust: Callable[[Config], Config] = lambda config: config,
    disk: FileSystem | None = None,
) -> tuple[Layers, list[str]]:
    """The configurations that a command line selects, and the warnings about them.

    `adjust` puts in their place what the line itself says of settings. They are read from the `disk`.
    """
    from cmlint.config import layers

    warnings: list[str] = []
    disk = disk or FileSystem()
    require_one_configuration(options)
    user, found = sources_of(options, disk, paths, warnings)
    empty = layers.Layers({}, rules, adjust, disk=disk, closed=why_closed(options))
    loaded = layers.load(user, found, empty)
    warnings += refusals(loaded)
    return loaded, warnings


def refusals(layers: Layers) -> Iterator[str]:
    """What to tell of the settings that do not count; what was told is forgotten."""
    if layers.refused:
        from cmlint.cli.refusals import reason

        yield from (reason(each, users_file()) for each in layers.refused)
        layers.refused = []


def why_closed(options: Any) -> str:
    """Why no configuration counts but those that the line means; empty where it does."""
    names = {"config": "`--config` names another one", "isolated": "`--isolated` leaves it out"}
    names["config_from"] = "`--config-from` takes all from a commit"
    return next((why for name, why in names.items() if getattr(options, name)), "")


def require_one_configuration(options: Any) -> None:
    """Raises FatalError where a line names several configurations."""
    given = [f"--{name.replace('_', '-')}" for name in ("config", "config_from", "isolated") if getattr(options, name)]
    if len(given) > 1:
        raise FatalError(f"`{given[0]}` and `{given[1]}` exclude each other", "give one of them")


def sources_of(
    options: Any, disk: FileSystem, paths: Sequence[str], warnings: list[str]
) -> tuple[Source | None, Configurations]:
    """The configuration files that a line means: the user's, and the repository's, which count more."""
    from cmlint.config import files as configurations
    from cmlint.config.layers import Configurations, find

    if options.isolated:
        return None, Configurations()
    tops = tops_of(disk, paths)
    user = configurations.of_user(disk, users_file(), tops)
    if options.config:
        return user, Configurations(configurations.named(disk, options.config, tops))
    if not options.config_from:
        return user, find(disk, paths, warnings)
    from cmlint.cli.commits import configurations_at

    found = configurations_at(options.config_from, paths)
    if not found.run and getattr(options, "verbose", False):
        tell("note", f"no configuration in `{options.config_from}`: using the defaults")
    return user, found


def tops_of(disk: FileSystem, paths: Sequence[str]) -> list[str]:
    """The repositories, or else the folders, that a run checks or works in."""
    folders = (path if disk.is_folder(path) else os.path.dirname(path) or "." for path in (".", *paths))
    return list(dict.fromkeys(disk.root_of(folder) for folder in folders if disk.is_folder(folder)))


def cache_of(options: Any, paths: Sequence[str] = ()) -> Folder:
    """The cache: where the line, the environment or the user's configuration says, else where the platform has it.

    Raises FatalError where the folder that somebody names holds other files.
    """
    named = options.cache_dir or users_cache(options, paths)
    folder = Folder(named or default_path())
    if named and folder.is_foreign():
        help_ = "name a folder that is empty or does not exist yet, or leave `--cache-dir` out"
        raise FatalError(f"{folder.path}: not empty, and not a cache folder of cmlint", help_)
    return folder


def memory_of(
    options: Any, paths: Sequence[str], asked: Sequence[object] = (), *, repeatable: bool = False
) -> Memory | None:
    """What is kept of folders, which all commands that read the same ones share, and of what a line has `asked`.

    None where there are only files or standard input, whose reading costs less, or where it is not wanted.
    """
    from cmlint.pipeline.run_cache import Memory

    if options.no_cache or "-" in paths or not any(map(os.path.isdir, paths)):
        return None
    return Memory(cache_of(options, paths), paths, asked, repeatable=repeatable)


def users_cache(options: Any, paths: Sequence[str]) -> str | None:
    """The folder that the user's configuration names for the cache."""
    path = users_file()
    if getattr(options, "isolated", False) or not names_cache(path):
        return None
    from cmlint.config.files import of_user
    from cmlint.config.load import settings_in
    from cmlint.config.parse import read

    disk = FileSystem()
    source = of_user(disk, path, tops_of(disk, paths))
    return settings_in(read(source), source, []).get("cache_dir") if source else None


def names_cache(path: str) -> bool:
    """Whether a configuration may name a folder for the cache; one that cannot be read is reported where it is used."""
    try:
        return os.path.isfile(path) and b"cache-dir" in read(path, CONFIGURATION)
    except OSError:
        return False


def tell(kind: str, message: str) -> None:
    """Says something about the input, in one line that is not a part of the report."""
    streams.say(f"cmlint: {kind}: {message}")


def tell_problems(problems: Iterable[Problem]) -> None:
    """Says what could not be read or built."""
    streams.say(*map(line_of, problems))


MOST_UNBUILT = 10
"""The most reasons that are shown for which something is not built."""


def tell_unbuilt(bundles: Iterable[Bundle], about: Collection[str] | None = None) -> None:
    """Says what is not built, for commands that report no findings: each reason once, and of many the first ones.

    Of an answer that is `about` some texts, only what concerns one of these.
    """
    from cmlint.pipeline.result import not_built
    from cmlint.report.problems import also_at

    places: dict[str, list[str]] = {}
    for problem in not_built(bundles, about):
        places.setdefault(problem.message, []).append(problem.path)
    for reason, (path, *others) in islice(places.items(), MOST_UNBUILT):
        tell("warning", f"{path}: " + "; ".join(filter(None, (reason, also_at(others)))))
    if (left := len(places) - MOST_UNBUILT) > 0:
        tell("warning", f"{left} more reasons why builds fail or lack a part: `cmlint check --select not-built`")


def line_of(problem: Problem) -> str:
    """The message about a problem."""
    place = f"{problem.path}:{problem.line}" if problem.line else problem.path
    return f"cmlint: {'error' if problem.fatal else 'warning'}: {place}: {problem.message}"


def failed(problems: Iterable[Problem]) -> bool:
    """Whether something could not be read that had to be."""
    return any(problem.fatal for problem in problems)


def empty_folders(paths: Sequence[str], bundles: Iterable[Bundle]) -> Iterator[str]:
    """What to tell of the folders in which there is nothing to lint, although there is elsewhere."""
    if len(paths) == 1:
        return
    from cmlint.bundle.documents import folders_above

    read = [file for bundle in bundles for file in bundle.files]
    full = {folder for file, facts in read if has_objects([(file, facts)]) for folder in folders_above(file)}
    for path in paths:
        name = shown(path)
        if path != "-" and name not in full and os.path.isdir(path):
            yield f"{name}: {contents([(file, facts) for file, facts in read if file.startswith(f'{name}/')])}"


def require_objects(
    paths: Sequence[str], bundles: Iterable[Bundle], texts: Texts, otherwise: str = "", exclude: Sequence[str] = ()
) -> Iterator[str]:
    """Raises FatalError when there is nothing to lint at all.

    If all files of a folder were read and none is for Kubernetes, that is a note and not an error; `exclude` must not
    have left out any that is. So are objects of which cmlint checks nothing. Of what cannot be built, its own finding
    tells. `otherwise` ends the help with how the command allows that.
    """
    read = [file for bundle in bundles for file in bundle.files]
    if any(facts.documents for _, facts in read) or any(bundle.failures for bundle in bundles):
        return
    where = ", ".join("standard input" if path == "-" else f"`{path}`" for path in paths)
    message = f"nothing to lint in {where}: {contents(read)}"
    if not any(os.path.isdir(path) for path in paths) and (error := next(syntax_errors(read, texts), None)):
        raise FatalError(error, "fix it there")
    if has_objects(read):
        yield message
        return
    excluded = next(manifests_matching(paths, exclude), None) if read else None
    if excluded:
        raise FatalError(f"{message}; `exclude` skips `{excluded}`", f"exclude less{otherwise}")
    if tuple(paths) == ("-",) and not any(texts.get(path).text.strip() for path, _ in read):
        help_ = f"pipe manifests into cmlint, as in `kustomize build . | cmlint check -`{otherwise}"
        raise FatalError("standard input is empty", help_)
    if not read or not all(os.path.isdir(path) for path in paths):
        raise FatalError(message, f"name the files or folders that hold manifests{otherwise}")
    yield message


def syntax_errors(read: Iterable[tuple[str, FileFacts]], texts: Texts) -> Iterator[str]:
    """Why files are not valid YAML, with the line; the first error of each."""
    from cmlint.manifest.documents import syntax_error

    for path, facts in read:
        wanted = facts.others or any(skip.code == "not-kubernetes" for skip in facts.skipped)
        text = texts.get(path) if wanted else None
        if text and (fault := syntax_error(text.text)):
            yield f"{path}:{text.position(fault.span.start).line}: not valid YAML: {fault.reason}"


def manifests_matching(paths: Iterable[str], exclude: Sequence[str]) -> Iterator[str]:
    """The files below folders that hold an object and that patterns exclude."""
    patterns = Patterns(exclude)
    for top in paths if exclude else ():
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(set(folders) - files.NEVER)
            for path in (os.path.join(folder, name) for name in sorted(names) if files.is_manifest(name)):
                if patterns.match(os.path.abspath(path)) and holds_object(path):
                    yield shown(path)


def holds_object(path: str) -> bool:
    """Whether a file looks like a Kubernetes object."""
    try:
        content = read(path, MANIFEST)
    except OSError:
        return False
    return b"apiVersion" in content and b"kind" in content


def has_objects(read: Iterable[tuple[str, FileFacts]]) -> bool:
    """Whether any text holds a Kubernetes object, on cmlint's ground or not."""
    return any(facts.documents or facts.others for _, facts in read)


def contents(read: Sequence[tuple[str, FileFacts]]) -> str:
    """What there is instead of Kubernetes objects."""
    from cmlint.report.summary import count, reasons

    if not read:
        *others, last = files.SUFFIXES
        skipped = "files that git ignores, or that `--exclude` or the setting `exclude` matches, are skipped"
        return f"no {', '.join(others)} or {last} files ({skipped})"
    number = count(len(read), "file")
    if kinds := [other.kind for _, facts in read for other in facts.others]:
        return f"cmlint checks nothing of what is in {number}: {reasons(iter(kinds))}"
    why = reasons(skip.reason for _, facts in read for skip in facts.skipped if skip.code != "not-kubernetes")
    return f"no Kubernetes object in {number}" + (f" ({why})" if why else "")
