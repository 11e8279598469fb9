"""`cmlint check --fix` and `--diff`: fixes what was found, or shows how, and says what became of it."""

from __future__ import annotations

import os
from typing import Protocol

from cmlint.cli.inputs import failed, tell, tell_problems
from cmlint.cli.terminal import show as show_text
from cmlint.cli.terminal import view_of
from cmlint.fixes import selection as fixing
from cmlint.fixes.save import NotSavedError, save
from cmlint.fixes.selection import Check
from cmlint.model.problems import Problem
from cmlint.pipeline.result import Result
from cmlint.report.diff import render
from cmlint.report.summary import count, fixes_in, place
from cmlint.sources import paths
from cmlint.system.atomic import sweep


class FixOptions(Protocol):
    """What the line says about fixing."""

    @property
    def add_ignores(self) -> bool: ...
    @property
    def unsafe_fixes(self) -> bool: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def color(self) -> str: ...


def fix(result: Result, check: Check, options: FixOptions) -> Result:
    """Fixes or ignores what was found, and gives the result of what is left."""
    fixed = changed(result, check, options)
    problems = list(write_all(fixed))
    tell_problems(problems)
    if problems:
        again = check({})
        again.problems += problems
        return again
    if not options.quiet:
        tell_fixed("ignored" if options.add_ignores else "fixed", fixed)
    return fixed.result


def changed(result: Result, check: Check, options: FixOptions) -> fixing.Fixed:
    """What fixing comes to, or ignoring by comments; nothing is written."""
    if options.add_ignores:
        from cmlint.adopt import ignores

        return ignores.add(result, check)
    return fixing.fix(result, check, unsafe=options.unsafe_fixes)


def write_all(fixed: fixing.Fixed) -> list[Problem]:
    """Writes the changed texts; gives the files that could not be written."""
    problems: list[Problem] = []
    for folder in {os.path.dirname(os.path.realpath(path)) for path in fixed.changes}:
        sweep(folder)
    for path, change in fixed.changes.items():
        try:
            save(path, change.old, change.new)
        except NotSavedError as error:
            problems.append(Problem(change.path, 0, f"not fixed: {error}"))
        except OSError as error:
            problems.append(Problem(change.path, 0, f"not fixed: {paths.reason(error)}"))
    return problems


def show(result: Result, check: Check, options: FixOptions, output: str | None) -> int:
    """Shows what would be changed; the exit status is that of diff."""
    fixed = changed(result, check, options)
    show_text(render(result, fixed.result, fixed.changes.values(), view_of(options.color, output)), output)
    if not options.quiet:
        tell_fixed("would be ignored" if options.add_ignores else "would be fixed", fixed)
        if more := fixes_in(fixed.result):
            tell("fixable", more)
    if failed(result.problems) or result.outcome.crashed:
        return 2
    return int(bool(fixed.changes))


def tell_fixed(word: str, fixed: fixing.Fixed) -> None:
    """Says how much is fixed, and what not and why."""
    tell(word, f"{count(len(fixed.findings), 'finding')} in {count(len(fixed.changes), 'file')}")
    for refused in fixed.refused:
        tell(
            f"not {word.removeprefix('would be ')}",
            f"{place(refused.location)}: `{refused.rule}`: {refused.why}",
        )
