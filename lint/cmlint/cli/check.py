"""`cmlint check`: the main job."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cmlint.cli import cluster
from cmlint.cli.inputs import failed, memory_of, tell, tell_problems
from cmlint.cli.options import VIEW, Options
from cmlint.cli.parameters import (
    BUILDS,
    CACHE,
    CHARTS,
    COLOR,
    CONFIGURATION,
    FIXES,
    INPUT,
    KNOWN,
    NO_CONTEXT,
    OUTPUT,
    PATHS,
    RULES,
    SPEED,
    Command,
    Parameter,
)
from cmlint.cli.reports import wanted, write_reports
from cmlint.errors import FatalError
from cmlint.model.findings import RANKS, FailOn
from cmlint.pipeline.result import Result
from cmlint.pipeline.run_cache import Memory, Run
from cmlint.report import FORMATS


def listed(formats: Sequence[str]) -> str:
    """The formats in words; the first is the default."""
    first, *others, last = (f"`{form}`" for form in formats)
    return f"{first} (default), {', '.join(others)} or {last}"


SEVERITIES = ("error", "warning", "info", "never")

PARAMETERS = (
    PATHS,
    Parameter(
        "select",
        "list",
        "Run these rules only: names, families or `all`, separated by commas.",
        "RULES",
        RULES,
        names_rules=True,
    ),
    Parameter(
        "ignore",
        "list",
        "Do not run these rules, nor those that the configuration leaves out.",
        "RULES",
        RULES,
        names_rules=True,
    ),
    Parameter("pedantic", "flag", "Also run rules that are off by default.", panel=RULES),
    Parameter("preview", "flag", "Also run rules that are in preview and may still change.", panel=RULES),
    Parameter(
        "kubernetes_version",
        "text",
        "The cluster's version, like `1.31`; by default the newest known.",
        "VERSION",
        RULES,
    ),
    Parameter(
        field="fail_on",
        kind="choice",
        help="Exit 1 on findings of this severity or higher: `error`, `warning` (default), `info` or `never`.",
        metavar="SEVERITY",
        panel=RULES,
        choices=SEVERITIES,
    ),
    Parameter("no_ignores", "flag", "Show what comments, annotations and the configuration suppress.", panel=RULES),
    Parameter(
        "since", "text", "Show only findings that were introduced since a commit, a tag or a branch.", "REV", KNOWN
    ),
    Parameter("baseline", "text", "Hide findings recorded in FILE.", "FILE", KNOWN),
    Parameter(
        "write_baseline",
        "text",
        "Record current findings in FILE (with `--baseline`: only drop fixed ones).",
        "FILE",
        KNOWN,
    ),
    Parameter("fix", "flag", "Apply safe fixes, and show the remaining findings.", panel=FIXES),
    Parameter("diff", "flag", "Show what `--fix` would change, without writing files.", panel=FIXES),
    Parameter("unsafe_fixes", "flag", "Also apply unsafe fixes, which may change what you meant.", panel=FIXES),
    Parameter(
        "add_ignores",
        "flag",
        "Add an ignore comment to the line of each finding, with a placeholder for the reason.",
        panel=KNOWN,
    ),
    *CONFIGURATION,
    Parameter("staged", "flag", "Lint the files staged in Git instead of the working tree.", panel=INPUT),
    Parameter("exclude", "list", "Skip paths that match, in the syntax of `.gitignore`.", "PATTERN", INPUT),
    NO_CONTEXT,
    Parameter(
        "stdin_filename", "text", "Check `-` as the text of this file, with its project as context.", "FILE", INPUT
    ),
    Parameter("allow_empty", "flag", "Exit 0 if there is nothing to lint.", panel=INPUT),
    *BUILDS,
    *CHARTS,
    *cluster.TO_RESOLVE_AGAINST,
    Parameter(
        field="format",
        kind="list",
        help=f"The output format: {listed(FORMATS)}.",
        metavar="FORMAT",
        panel=OUTPUT,
        choices=FORMATS,
    ),
    Parameter(
        "output",
        "list",
        "The file to write a report to, or `-`. With several formats, repeat it in the same order.",
        "FILE",
        OUTPUT,
    ),
    Parameter("statistics", "flag", "Count the findings of each rule.", panel=OUTPUT),
    Parameter(
        "verbose",
        "flag",
        "Also show what was skipped, not checked or not reported, and why.",
        panel=OUTPUT,
        short="-v",
    ),
    Parameter("quiet", "flag", "Show only findings.", panel=OUTPUT, short="-q"),
    COLOR,
    Parameter(
        "jobs", "text", "The number of processes that read files; by default one per CPU for large inputs.", "N", SPEED
    ),
    *CACHE,
)


def run(options: Options) -> int:
    """Lints, reports and gives the exit status."""
    started = time.perf_counter()
    reports = wanted(options.format, options.output)
    fixing = wants_fixes(options)
    paths = tuple(dict.fromkeys(options.paths)) or (".",)
    if options.stdin_filename:
        require_stdin(options, paths)
        paths = (options.stdin_filename,)
    memory = memory_of_line(options, paths)
    known = memory.recall() if memory else None
    if known:
        result = repeated(known, options)
        write_reports(reports, result, options, time.perf_counter() - started)
        tell_complaints(memory, options)
        return status(result, known.fail_on)
    from cmlint.cli.fresh import Fresh

    fresh = Fresh(options, paths, memory)
    result = fresh.first()
    tell_notes(fresh.notes, fresh.unused, options)
    if fixing:
        from cmlint.cli.fix import fix, show

        if options.diff:
            return show(result, fresh.look, options, reports[0].output)
        result = fix(result, fresh.look, options)
    fresh.finish(result)
    write_reports(reports, result, options, time.perf_counter() - started)
    fresh.keep(result)
    tell_complaints(memory, options)
    return status(result, fresh.request.config.fail_on)


def require_stdin(options: Options, paths: Sequence[str]) -> None:
    """Raises FatalError unless `--stdin-filename` is used with standard input alone, and with its text as it is."""
    if paths != ("-",):
        raise FatalError("`--stdin-filename` needs standard input as the only path", "write `-` instead of the paths")
    if options.staged or options.since:
        other = "--staged" if options.staged else "--since"
        raise FatalError(f"`--stdin-filename` and `{other}` exclude each other", "give one of them")


def repeated(known: Run, options: Options) -> Result:
    """The result of an earlier run that this one would give as well; its warnings are shown again."""
    result = known.result
    for warning in known.warnings:
        tell("warning", warning)
    tell_problems(result.problems)
    tell_notes(known.notes, known.unused, options)
    return result


def tell_notes(notes: Sequence[str], unused: Sequence[str], options: Options) -> None:
    """Tells what there is to say about the input, and with `--verbose` which configurations are not used."""
    for note in notes:
        tell("warning", note)
    for note in unused if options.verbose else ():
        tell("note", note)


def tell_complaints(memory: Memory | None, options: Options) -> None:
    """Tells with `--verbose` what of the cache is not used."""
    for complaint in memory.folder.complaints if memory and options.verbose else ():
        tell("note", f"ignored in the cache: {complaint}")


def memory_of_line(options: Options, paths: tuple[str, ...]) -> Memory | None:
    """What is kept of this line; nothing where files are to change."""
    if wants_fixes(options):
        return None
    asked = [getattr(options, name) for name in options.__struct_fields__ if name not in VIEW]
    return memory_of(options, paths, asked, repeatable=is_repeatable(options))


def is_repeatable(options: Options) -> bool:
    """Whether what a run gives follows from the files alone, and not from a baseline, from Git or from a cluster."""
    known = options.since or options.staged or options.baseline or options.write_baseline or options.config_from
    return not (known or options.live or options.against)


def wants_fixes(options: Options) -> bool:
    """Whether something is to be fixed; raises FatalError where that cannot be."""
    wanted = options.fix or options.diff or options.add_ignores
    if wanted and "-" in options.paths:
        raise FatalError("standard input cannot be fixed", "give the files or folders to fix")
    if wanted and options.staged:
        raise FatalError("staged content cannot be fixed", "omit `--staged`, then stage the fixed files")
    if options.add_ignores and (options.fix or options.unsafe_fixes):
        raise FatalError("`--add-ignores` does not fix findings", "fix first, then add comments")
    if options.unsafe_fixes and not wanted:
        raise FatalError("`--unsafe-fixes` needs `--fix` or `--diff`", "add `--fix` or `--diff`")
    return wanted


def status(result: Result, fail_on: FailOn) -> int:
    """The exit status: 2 where something went wrong, 1 where something bad enough was found."""
    if failed(result.problems) or result.outcome.crashed:
        return 2
    if fail_on == "never":
        return 0
    return int(any(RANKS[finding.severity] >= RANKS[fail_on] for finding in result.outcome.findings))


EXAMPLES = (
    ("check", "lint everything below the working directory"),
    ("check deploy/ --select missing-key,images --fail-on error", "run some rules, and fail on errors only"),
    ("check web.yaml", "report the problems of one file, with the rest of its project as context"),
    ("check --fix", "make the safe fixes; `--diff` only shows them"),
    ("check --format sarif --output cmlint.sarif --format text", "write a SARIF report, and print the findings"),
    ("check - < rendered.yaml", "lint standard input"),
    ("check --stdin-filename deploy/web.yaml - < buffer.yaml", "lint an unsaved file, as editors do"),
)

STATUSES = (
    ("0", "no finding at or above `--fail-on`"),
    ("1", "findings at or above `--fail-on`"),
    ("2", "usage, configuration or internal error, or something could not be read"),
)

COMMAND = Command(
    name="check",
    summary="Find what is wrong with manifests.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
    statuses=STATUSES,
)
