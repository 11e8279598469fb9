"""What `cmlint check` leaves out because it is known: what is older than a change, and what is in a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cmlint.cli.inputs import failed, tell
from cmlint.cli.terminal import write
from cmlint.config.config import Config
from cmlint.config.selection import select
from cmlint.engine.rules import Rule
from cmlint.errors import FatalError
from cmlint.pipeline.check import Inputs, Look, check
from cmlint.pipeline.result import Result
from cmlint.sources.files import shown

if TYPE_CHECKING:
    from cmlint.adopt.baseline import Baseline, Scope
    from cmlint.adopt.revisions import States
    from cmlint.config.layers import Layers


class Wishes(msgspec.Struct, frozen=True):
    """What the line says of what to look at, what that stands on, and what is known."""

    suppress: bool = True
    staged: bool = False
    since: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    config_from: str | None = None
    quiet: bool = False
    ground: Look | None = None


class Looking:
    """Looks at files, or at what is staged, as often as it is asked to, and leaves out what is known.

    A baseline is read before all else, and written at the end.
    """

    def __init__(
        self,
        paths: Sequence[str],
        config: Config,
        rules: dict[str, Rule],
        wishes: Wishes,
        inputs: Inputs,
        layers: Layers,
    ) -> None:
        self.paths, self.config, self.rules, self.wishes, self.inputs = paths, config, rules, wishes, inputs
        self.layers = layers
        self.states: States | None = None
        self.commit: str | None = None
        if wishes.staged or wishes.since:
            self.enter_repository()
        file = wishes.baseline or (None if wishes.write_baseline else config.baseline)
        revision = None if wishes.baseline else wishes.config_from
        self.baseline = read_baseline(file, revision, named=bool(wishes.baseline)) if file else None

    def enter_repository(self) -> None:
        """Asks git for the repository, and for the commit to compare with."""
        from cmlint.adopt.revisions import States

        look = self.wishes.ground
        suppress, context, over = self.wishes.suppress, self.inputs.context, self.inputs.over
        self.states = States(
            self.paths,
            self.config,
            self.rules,
            suppress=suppress,
            context=context,
            look=look,
            layers=self.layers,
            over=over,
        )
        if self.wishes.since:
            self.commit = commit_left(self.states, self.wishes.since)

    def look(self) -> Result:
        """What there is to say, without what is known."""
        if self.states and self.wishes.staged:
            result = self.states.check_staged(self.inputs)
        else:
            result = check(
                self.paths,
                self.config,
                self.rules,
                suppress=self.wishes.suppress,
                inputs=self.inputs,
                look=self.wishes.ground,
                layers=self.layers,
            )
        if self.baseline:
            leave_out(result, self.baseline)
        if self.states and self.commit:
            self.states.keep_new(result, self.commit, staged=self.wishes.staged)
        if self.states:
            self.states.keep_touched(result, self.commit, staged=self.wishes.staged)
        return result

    def finish(self, result: Result) -> None:
        """Writes the baseline, if wished for, and says what of it is gone."""
        target = self.wishes.write_baseline
        if target and (failed(result.problems) or result.outcome.crashed):
            message = f"{target}: not written, because not everything could be checked"
            raise FatalError(message, "mend what is said above, or leave it out with `--exclude`")
        if self.baseline and not failed(result.problems):
            note_gone(self.baseline, result, self.scope(), self.wishes)
        elif target:
            leave_out(result, written(target, result, self.scope()))

    def scope(self) -> Scope:
        """How far the run looks."""
        from cmlint.adopt.baseline import Scope

        selected, chosen = select(self.rules, self.config)
        names = frozenset(rule.name for rule in selected)
        return Scope(tuple(self.paths), names, names if self.config.pedantic else names & chosen)


def commit_left(states: States, name: str) -> str:
    """The commit at which the present branch has left the named one; where git cannot tell, the named one itself."""
    repository = states.repository
    commit = repository.commit(name)
    left = repository.left(commit)
    if not left and repository.place.shallow:
        reason = f"this clone is shallow, so that git cannot tell where the present branch has left `{name}`"
        tell("warning", f"{reason}: compared with `{name}` itself; `git fetch --unshallow` brings the rest")
    return left or commit


def read_baseline(file: str, revision: str | None, *, named: bool) -> Baseline:
    """The baseline in a file, or as it is in a commit; what reads it is imported only where there is one."""
    from cmlint.adopt.baseline import decoded, read

    if not revision:
        return read(shown(file), named=named)
    from cmlint.cli.commits import baseline_at

    return decoded(shown(file), baseline_at(revision, file))


def leave_out(result: Result, known: Baseline) -> None:
    """Leaves out what a baseline has."""
    outcome, matched = result.outcome, known.matched(result.outcome.everything)
    outcome.baselined = [finding for finding in outcome.findings if finding in matched]
    outcome.findings = [finding for finding in outcome.findings if finding not in matched]


def note_gone(known: Baseline, result: Result, scope: Scope, wishes: Wishes) -> None:
    """Says what of a baseline no longer occurs; it is taken out where a baseline is to be written, too."""
    from cmlint.report.summary import count

    outcome, matched = result.outcome, known.matched(result.outcome.everything)
    outcome.gone = known.gone({matched[finding] for finding in outcome.baselined}, scope)
    number, kept, file = len(outcome.gone), count(len(known.entries), "finding"), shown(known.file)
    if target := wishes.write_baseline:
        names = known.names(outcome.everything)
        newer = {entry.fingerprint: names[finding] for finding, entry in matched.items()}
        write(known.without(outcome.gone).updated(newer).text, target, "--write-baseline")
        tell("note", f"{target}: {number} of {kept} removed, because no longer found")
    elif number and not wishes.quiet:
        verb, those = ("occurs", "it") if number == 1 else ("occur", "them")
        how = f"`--baseline {file} --write-baseline {file}` removes {those}"
        tell("note", f"{file}: {number} of its {kept} no longer {verb}; {how}")


def written(file: str, result: Result, scope: Scope) -> Baseline:
    """The baseline with all that was found, written to a file, which may have had one before."""
    from cmlint.adopt.baseline import begun
    from cmlint.report.summary import count

    known = begun(file)
    findings, names = result.outcome.findings, known.names(result.outcome.everything)
    renewed = known.renewed({finding: names[finding] for finding in findings}, scope)
    write(renewed.text, file, "--write-baseline")
    before, after = known.by_fingerprint.keys(), renewed.by_fingerprint.keys()
    change = f"{len(after - before)} added, {len(before - after)} removed"
    tell("note", f"{file}: {count(len(renewed.entries), 'finding')} written ({change})")
    return renewed
