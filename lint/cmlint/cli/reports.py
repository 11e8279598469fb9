"""The reports of one run: which formats are wanted, and where each of them goes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

from cmlint.cli.terminal import show, view_of, write
from cmlint.errors import FatalError, internal
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.system.streams import complain, in_actions

SUFFIXES = {
    ".sarif": "sarif",
    ".html": "html",
    ".md": "markdown",
    ".xml": "junit",
    ".json": "json",
    ".txt": "text",
    ".prom": "prometheus",
}
"""The formats that names of files promise, though a file may have any name."""


FOR_PEOPLE = ("text", "concise")
"""The formats whose lines may begin like a command in a log; the others escape what could be taken for one."""


class Report(NamedTuple):
    """A format, and the file that it is written to; None is standard output."""

    form: str
    output: str | None


def wanted(formats: Sequence[str], outputs: Sequence[str]) -> list[Report]:
    """The reports that a line asks for: the first output is the first format's, and so on.

    Without a format, the name of each file decides. A format without an output, or with `-`, goes to standard output,
    which takes one only. Raises FatalError.
    """
    files = [None if output == "-" else output for output in outputs]
    forms = list(formats) or [SUFFIXES.get(os.path.splitext(file or "")[1], "text") for file in files] or ["text"]
    if len(files) > len(forms):
        raise FatalError(
            f"{len(files)} outputs for {len(forms)} format{'s'[: len(forms) > 1]}", "give each `--output` a `--format`"
        )
    files += [None] * (len(forms) - len(files))
    printed = [form for form, file in zip(forms, files, strict=True) if file is None]
    if len(printed) > 1:
        raise FatalError(
            f"{' and '.join(f'`{form}`' for form in printed)} both go to standard output",
            "give all but one an `--output`: the first `--output` belongs to the first `--format`, and so on",
        )
    if twice := next((file for file in files if file and files.count(file) > 1), None):
        raise FatalError(f"two reports go to `{twice}`", "give each its own `--output`")
    for form, file in zip(forms, files, strict=True):
        promised = SUFFIXES.get(os.path.splitext(file or "")[1])
        if promised != form and promised in forms:
            raise FatalError(
                f"`{form}` would go to `{file}`, although `{promised}` is wanted too",
                "the first `--output` belongs to the first `--format`, and so on; `-` is standard output",
            )
    return [Report(form, file) for form, file in zip(forms, files, strict=True)]


def write_reports(
    reports: Sequence[Report], result: Result, options: Any, seconds: float, *, tidy: bool = False
) -> None:
    """Writes the reports of a run; in GitHub Actions, if no format is asked for, text is followed by annotations.

    A report that cannot be written keeps none of the others from being written; raises FatalError after the last.
    """
    view = {
        "seconds": seconds,
        "tidy": tidy,
        "now": datetime.now(timezone.utc) if result.outcome.live else None,
        "run": tuple(described(result, options)) if any(form == "html" for form, _ in reports) else (),
        **{name: getattr(options, name) for name in ("verbose", "quiet", "statistics")},
    }
    errors: list[Exception] = []
    for form, output in reports:
        try:
            text = formatter(form)(result, view_of(options.color, output, **view))
            (show if form in FOR_PEOPLE else write)(text, output)
            if output is None and not options.format and in_actions():
                write(formatter("github")(result, view_of(options.color, **view)))
        except Exception as error:
            errors.append(error)
    raise_last(errors)


def described(result: Result, options: Any) -> Iterator[str]:
    """What a page shows of its run: the version of cmlint, the time, the commit and the clusters."""
    from cmlint import __version__

    yield f"cmlint {__version__}"
    yield f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
    contexts = (options.context,) if isinstance(options.context, str) else options.context or ()
    audited = sorted(finding.audit.cluster for finding in result.outcome.findings if finding.audit)
    yield from (f"cluster {name}" for name in dict.fromkeys((*contexts, *audited)))
    if not result.outcome.live and (commit := current_commit()):
        yield f"commit {commit[:12]}"


def current_commit() -> str | None:
    """The commit of the working directory; None if there is none, or no git."""
    from cmlint.adopt.git import Repository

    try:
        return Repository().head()
    except FatalError:
        return None


def raise_last(errors: Sequence[Exception]) -> None:
    """Says why reports could not be written, and raises the last reason; a reader that has gone is the least."""
    reasons = [error for error in errors if not isinstance(error, BrokenPipeError)] or errors
    fatal = [error if isinstance(error, (FatalError, BrokenPipeError)) else internal(error) for error in reasons]
    for error in fatal[:-1]:
        if isinstance(error, FatalError):
            complain(error)
    if fatal:
        raise fatal[-1]
