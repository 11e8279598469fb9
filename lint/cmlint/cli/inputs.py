"""What the commands that read manifests have in common: rules, what could not be read, and what there was to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from cmlint.cli.parameters import words_of
from cmlint.errors import FatalError
from cmlint.model.facts import FileFacts
from cmlint.progress import PROGRESS
from cmlint.sources import files

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle
    from cmlint.config import Config
    from cmlint.rules import Rule


def rules_or_error() -> dict[str, Rule]:
    """All rules; raises FatalError where one of them cannot be loaded."""
    from cmlint.registry import load_rules
    from cmlint.rules import BadRuleError

    try:
        return load_rules()
    except BadRuleError as error:
        raise FatalError(str(error), "mend the package that has the rule, or uninstall it") from error


def settle_rules(config: Config, options: Any) -> Config:
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


def tell(kind: str, message: str) -> None:
    """Says something about the input, in one line that is no part of the report."""
    PROGRESS.clear()
    sys.stderr.write(f"cmlint: {kind}: {message}\n")


def tell_problems(problems: Iterable[files.Problem]) -> None:
    """Says what could not be read or built."""
    for problem in problems:
        place = f"{problem.path}:{problem.line}" if problem.line else problem.path
        tell("error" if problem.fatal else "warning", f"{place}: {problem.message}")


def failed(problems: Iterable[files.Problem]) -> bool:
    """Whether something could not be read that had to be."""
    return any(problem.fatal for problem in problems)


def empty_folders(paths: Sequence[str], bundles: Iterable[Bundle]) -> Iterator[str]:
    """What to tell of the folders in which there is nothing to lint, although there is elsewhere."""
    if len(paths) == 1:
        return
    from cmlint.bundle.placed import folders_above

    read = [file for bundle in bundles for file in bundle.files]
    full = {folder for file, facts in read if has_objects([(file, facts)]) for folder in folders_above(file)}
    for path in paths:
        name = files.shown(path)
        if path != "-" and name not in full and os.path.isdir(path):
            yield f"{name}: {contents([(file, facts) for file, facts in read if file.startswith(f'{name}/')])}"


def require_objects(paths: Sequence[str], bundles: Iterable[Bundle]) -> Iterator[str]:
    """Raises FatalError when there is nothing to lint at all.

    A folder whose files were all read and are none of Kubernetes' has been looked at: that is told, and is no error.
    """
    read = [file for bundle in bundles for file in bundle.files]
    if has_objects(read):
        return
    where = ", ".join("standard input" if path == "-" else f"`{path}`" for path in paths)
    message = f"nothing to lint in {where}: {contents(read)}"
    if not read or not all(os.path.isdir(path) for path in paths):
        raise FatalError(message, "name the files or folders that hold manifests, or allow it with `--allow-empty`")
    yield message


def has_objects(read: Iterable[tuple[str, FileFacts]]) -> bool:
    """Whether any text holds a Kubernetes object, on cmlint's ground or not."""
    return any(facts.documents or facts.others for _, facts in read)


def contents(read: Sequence[tuple[str, FileFacts]]) -> str:
    """What there is instead of Kubernetes objects."""
    from cmlint.report.summary import count, reasons

    if not read:
        return f"no file that ends in {', '.join(files.SUFFIXES)}, or git ignores it"
    why = reasons(skip.reason for _, facts in read for skip in facts.skipped)
    return f"no Kubernetes object in {count(len(read), 'file')}" + (f" ({why})" if why else "")
