"""`cmlint check` where no earlier run tells what it gives."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from cmlint.cli.inputs import (
    empty_folders,
    failed,
    refusals,
    require_objects,
    tell,
    tell_problems,
    users_file,
    with_build_options,
    with_rule_options,
)
from cmlint.cli.options import Options
from cmlint.cli.request import request_of, use_caches
from cmlint.config.config import Config
from cmlint.config.files import candidates
from cmlint.config.layers import start_of
from cmlint.config.patterns import anchored
from cmlint.config.selection import select
from cmlint.errors import FatalError, fatal
from cmlint.kube.versions import NEWEST, parse_version
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.pipeline.run_cache import Memory, Run, note_code, note_programs
from cmlint.sources.files import read as read_files
from cmlint.sources.paths import reason
from cmlint.sources.reader import processors
from cmlint.system.files import real_path
from cmlint.system.filesystem import FileSystem

if TYPE_CHECKING:
    from cmlint.adopt.baseline import Baseline, Scope
    from cmlint.adopt.revisions import Revisions
    from cmlint.sources.request import Request


class Fresh:
    """A run: it can be repeated with other texts, and leaves out what is older than a change or in a baseline.

    `warnings` about the configurations come first, `notes` about the input last, and with `--verbose` the
    configurations that are `unused`.
    """

    def __init__(self, options: Options, paths: tuple[str, ...], memory: Memory | None) -> None:
        self.options, self.memory = options, memory
        jobs = jobs_of(options.jobs)
        self.request, self.warnings = request_of(
            options, paths, lambda config: with_options(config, options), context=not options.no_context, jobs=jobs
        )
        if options.stdin_filename:
            self.request = with_stdin(self.request, options.stdin_filename)
        self.warnings += self.checked_settings()
        use_caches(self.request, options, memory)
        self.notes: list[str] = []
        self.unused: list[str] = []
        self.commit: str | None = None
        self.revisions = self.revisions_asked()
        self.baseline = self.baseline_asked()

    def checked_settings(self) -> list[str]:
        """The warnings about settings that have no effect, shown at once; raises FatalError if no rule runs."""
        config = self.request.config
        try:
            selected, _ = select(self.request.rules, config)
            version = parse_version(config.kubernetes_version) if config.kubernetes_version else NEWEST
        except ValueError as error:
            raise fatal(error) from None
        if not selected:
            raise FatalError("no rule is selected", "`--ignore` or the setting `ignore` removes all selected rules")
        if version <= NEWEST:
            return []
        newest = f"{NEWEST[0]}.{NEWEST[1]}"
        warning = f"Kubernetes {config.kubernetes_version} is newer than {newest}, the newest known: using {newest}"
        tell("warning", warning)
        return [warning]

    def revisions_asked(self) -> Revisions | None:
        """The revisions of the repository, where the line asks for them; `commit` is the one to compare with."""
        if not self.options.staged and not self.options.since:
            return None
        from cmlint.adopt.revisions import Revisions

        revisions = Revisions(self.request)
        if self.options.since:
            self.commit = commit_left(revisions, self.options.since)
        changed = revisions.changes(self.commit, staged=self.options.staged)
        self.request = msgspec.structs.replace(self.request, changed=changed)
        revisions.request = msgspec.structs.replace(revisions.request, changed=changed)
        return revisions

    def baseline_asked(self) -> Baseline | None:
        """The baseline that the line or the configuration names; what reads it is imported only where there is one."""
        options = self.options
        file = options.baseline or (None if options.write_baseline else self.request.config.baseline)
        if not file:
            return None
        from cmlint.cli.baselines import read_baseline

        revision = None if options.baseline else options.config_from
        return read_baseline(file, revision, named=bool(options.baseline))

    def first(self) -> Result:
        """What is found; what could not be read is reported at once."""
        try:
            with self.request.progress:
                result = self.look({})
        except ValueError as error:
            raise fatal(error) from None
        layers = self.request.layers
        more = list(refusals(layers)) if layers else []
        for warning in more:
            tell("warning", warning)
        self.warnings += more
        tell_problems(result.problems)
        if not self.options.allow_empty and not failed(result.problems):
            allowed, exclude = ", or allow it with `--allow-empty`", self.request.config.exclude
            self.notes += require_objects(self.request.paths, result.bundles, result.texts, allowed, exclude)
            self.notes += empty_folders(self.request.paths, result.bundles)
        self.unused = [f"{each.path}: not used: {each.why}" for each in layers.unused] if layers else []
        return result

    def look(self, texts: Mapping[str, str]) -> Result:
        """What is found with texts in the place of what files hold, without what is known."""
        result = self.checked(texts)
        if self.revisions:
            removed = self.revisions.removed(result, self.commit, staged=self.options.staged)
            result = self.checked(texts, removed) if removed else result
        if self.baseline:
            from cmlint.adopt.baseline import leave_out

            leave_out(result, self.baseline)
        if self.revisions and self.commit:
            self.revisions.keep_new(result, self.commit, staged=self.options.staged)
        if self.revisions:
            self.revisions.keep_touched(result, self.commit, staged=self.options.staged)
        return result

    def checked(self, texts: Mapping[str, str], removed: frozenset[str] = frozenset()) -> Result:
        """What is found, where a change has removed some objects."""
        if self.revisions and self.options.staged:
            return self.revisions.staged(lambda request: check(msgspec.structs.replace(request, removed=removed)))
        disk = self.request.disk.with_texts(texts) if texts else self.request.disk
        return check(msgspec.structs.replace(self.request, disk=disk, removed=removed))

    def finish(self, result: Result) -> None:
        """Writes the baseline, where that is asked for, and reports what of it is gone."""
        target = self.options.write_baseline
        if target and (failed(result.problems) or result.outcome.crashed):
            message = f"{target}: not written: not everything could be checked"
            raise FatalError(message, "fix what is reported above, or leave it out with `--exclude`")
        if not target and not self.baseline:
            return
        from cmlint.adopt.baseline import leave_out
        from cmlint.cli import baselines

        if self.baseline and not failed(result.problems):
            baselines.renew(self.baseline, result, self.scope(), target, quiet=self.options.quiet)
        elif target:
            leave_out(result, baselines.written(target, result, self.scope()))

    def scope(self) -> Scope:
        """How far the run looks."""
        from cmlint.adopt.baseline import scope_of

        return scope_of(self.request.paths, self.request.rules, self.request.config)

    def keep(self, result: Result) -> None:
        """Keeps for the next run what is new in this one, and its result where that can be repeated."""
        request, memory = self.request, self.memory
        request.caches.save()
        if request.config.baseline or not memory or not memory.repeatable:
            return
        extended = request.layers.extended if request.layers else ()
        for path in (*configurations(self.options, request.paths), *extended):
            request.seen.note(path)
        modules = (*(rule.module for rule in request.rules.values()), *request.sources)
        note_code(request.seen, {"cmlint", *(module.partition(".")[0] for module in modules)})
        if request.config.build:
            note_programs(request.seen, (request.config.kustomize, request.config.helm_program))
        outcome = result.without_bundles()
        run = Run(
            key=memory.key,
            seen=request.seen,
            outcome=outcome,
            problems=result.problems,
            warnings=self.warnings,
            notes=self.notes,
            unused=self.unused,
            fail_on=request.config.fail_on,
            sources={path: result.sources[path] for path in outcome.paths() if path in result.sources},
        )
        memory.remember(run)


def with_stdin(request: Request, path: str) -> Request:
    """The request with the text of standard input in the place of a file's; raises FatalError."""
    try:
        text = read_files(request.disk, "-")
    except (OSError, UnicodeDecodeError) as error:
        raise FatalError(f"standard input: {reason(error)}", "give text in UTF-8") from None
    return msgspec.structs.replace(request, disk=request.disk.with_texts({real_path(path): text}))


def commit_left(revisions: Revisions, name: str) -> str:
    """The commit at which the present branch has left the named one; where git cannot tell, the named one itself."""
    repository = revisions.repository
    commit = repository.commit(name)
    left = repository.left(commit)
    if not left and repository.place.shallow:
        reason = f"this clone is shallow, so git cannot find where the current branch left `{name}`"
        tell("warning", f"{reason}: compared with `{name}` itself; `git fetch --unshallow` brings the rest")
    return left or commit


def configurations(options: Options, paths: Sequence[str]) -> Iterator[str]:
    """Every path above what is checked at which a configuration may be, and the user's own."""
    if options.isolated:
        return
    yield users_file()
    if options.config:
        yield options.config
    for path in (os.curdir, *paths):
        yield from candidates(os.path.abspath(start_of(FileSystem(), path)))


def with_options(config: Config, options: Options) -> Config:
    """The configuration with what the line says in its place."""
    return msgspec.structs.replace(
        with_build_options(with_rule_options(config, options), options),
        exclude=(*config.exclude, *(anchored(pattern, os.getcwd()) for pattern in options.exclude)),
    )


def jobs_of(text: str | None) -> int:
    """The number of processes that is asked for, else one a processor; raises FatalError for any other text."""
    if text is not None and not (text.isdecimal() and len(text) <= 4 and int(text) > 0):
        raise FatalError(f"`--jobs` must be a number from 1 to 9999, not `{text}`", "omit it for one per CPU")
    return processors(int(text) if text else None)
