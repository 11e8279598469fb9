"""`cmlint init`: a first configuration for the repository, and the hook for its commits."""

from __future__ import annotations

import os
import sys

import msgspec

from cmlint.cli.inputs import rules_or_error, tell_problems
from cmlint.cli.parameters import Command, Parameter
from cmlint.cli.terminal import show, write
from cmlint.config.files import NAMES, PYPROJECT, TABLE, text_of
from cmlint.config.parse import read_yaml
from cmlint.config.written import plain
from cmlint.errors import FatalError
from cmlint.pipeline.check import check
from cmlint.sources.request import Request
from cmlint.system.files import is_within, real_path, root_of
from cmlint.system.filesystem import FileSystem
from cmlint.system.text import printable


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    pre_commit: bool = False
    no_pre_commit: bool = False
    force: bool = False


PARAMETERS = (
    Parameter("pre_commit", "flag", "Add the hook to `.pre-commit-config.yaml` without asking."),
    Parameter("no_pre_commit", "flag", "Do not add the hook, and do not ask."),
    Parameter("force", "flag", "Replace a configuration that has no settings yet."),
)


def run(options: Options) -> int:
    """Looks at the working directory, and writes what it proposes."""
    from cmlint.adopt.propose import BASELINE, configuration, head

    if options.pre_commit and options.no_pre_commit:
        raise FatalError("`--pre-commit` and `--no-pre-commit` are opposites", "give one of them")
    there = configured()
    if there and options.pre_commit and not options.force:
        say(f"{there}: kept")
        add_hook()
        return 0
    if there and not options.force:
        raise FatalError(f"{there}: there is a configuration already", "edit it, or replace it with `--force`")
    require_inside(there or NAMES[0])
    if there and has_settings(there):
        raise FatalError(f"{there}: it has settings, and is not replaced", "edit it, or delete it first")
    result = check(Request(rules=rules_or_error()))
    tell_problems(result.problems)
    text = configuration(result)
    write(text, NAMES[0], "--force")
    say(f"wrote {NAMES[0]}" + (": uncomment what applies" if text != head() else ""))
    if wants_hook(options):
        add_hook()
    if result.outcome.findings:
        from cmlint.report.summary import number_of

        kept = f"`cmlint check --write-baseline {BASELINE}` records them"
        say(f"`cmlint check` reports {number_of(result.outcome)} here; {kept}")
    return 0


def configured() -> str | None:
    """The configuration that the working directory has."""
    if found := next((name for name in NAMES if os.path.lexists(name)), None):
        return found
    return PYPROJECT if os.path.isfile(PYPROJECT) and TABLE in text_of(FileSystem(), PYPROJECT) else None


def has_settings(path: str) -> bool:
    """Whether a configuration has more than comments; one that cannot be read counts as edited."""
    if path == PYPROJECT:
        return True
    try:
        return plain(read_yaml(text_of(FileSystem(), path), path)) is not None
    except FatalError:
        return True


def require_inside(path: str) -> None:
    """Raises FatalError for a link by which something outside of the repository would be written."""
    if not is_within(real_path(path), root_of(".")):
        raise FatalError(f"{path}: a link that leads out of the repository is not written", "remove it first")


def wants_hook(options: Options) -> bool:
    """Whether the hook is wanted: as the line says, else as the answer on the terminal says."""
    from cmlint.adopt.hook import FILE

    if options.pre_commit or options.no_pre_commit:
        return options.pre_commit
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        say(f"`cmlint init --pre-commit` also adds the hook to {FILE}")
        return False
    write(f"Add the hook to {FILE}? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def add_hook() -> None:
    """Adds the hook to the configuration of pre-commit, which may not be there yet."""
    from cmlint.adopt.hook import FILE, with_hook

    require_inside(FILE)
    text = with_hook(text_of(FileSystem(), FILE) if os.path.exists(FILE) else "")
    if text is None:
        say(f"{FILE}: it has the hook already")
        return
    write(text, FILE, "--pre-commit")
    say(f"{FILE}: the hook is added; `pre-commit install` makes git run it")


def say(message: str) -> None:
    """Says what was done."""
    show(f"{printable(message)}\n")


EXAMPLES = (
    ("init", "inspect this repository, and propose a configuration"),
    ("init --pre-commit", "also add the pre-commit hook, or only the hook to a configured repository"),
)

COMMAND = Command(
    name="init",
    summary="Write a first configuration for this repository.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
