"""What `cmlint check` leaves out because it is known: what is older than a change, and what is in a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cmlint.check import Look, Result, check, select
from cmlint.cli.inputs import failed, tell
from cmlint.cli.terminal import write
from cmlint.config import Config
from cmlint.errors import FatalError
from cmlint.rules import Rule
from cmlint.sources.files import shown

if TYPE_CHECKING:
    from cmlint.adopt.baseline import Baseline, Scope
    from cmlint.adopt.states import States


class Wishes(msgspec.Struct, frozen=True):
    """What the line says of what to look at, what that stands on, and what is known."""

    suppress: bool = True
    staged: bool = False
    since: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    quiet: bool = False
    ground: Look | None = None


def look(paths: Sequence[str], config: Config, rules: dict[str, Rule], wishes: Wishes) -> Result:
    """What there is to say of files, or of what is staged, without what is known; writes a baseline if wished for."""
    if not (wishes.staged or wishes.since):
        result = check(paths, config, rules, suppress=wishes.suppress, look=wishes.ground)
        use_baseline(result, paths, config, rules, wishes)
        return result
    from cmlint.adopt.states import States

    states = States(paths, config, rules, suppress=wishes.suppress, look=wishes.ground)
    commit = commit_left(states, wishes.since) if wishes.since else None
    result = (
        states.check_staged()
        if wishes.staged
        else check(paths, config, rules, suppress=wishes.suppress, look=wishes.ground)
    )
    use_baseline(result, paths, config, rules, wishes)
    if commit:
        states.keep_new(result, commit, staged=wishes.staged)
    return result


def commit_left(states: States, name: str) -> str:
    """The commit at which the present branch has left the named one; where git cannot tell, the named one itself."""
    repository = states.repository
    commit = repository.commit(name)
    left = repository.left(commit)
    if not left and repository.shallow:
        reason = f"this clone is shallow, so that git cannot tell where the present branch has left `{name}`"
        tell("warning", f"{reason}: compared with `{name}` itself; `git fetch --unshallow` brings the rest")
    return left or commit


def use_baseline(result: Result, paths: Sequence[str], config: Config, rules: dict[str, Rule], wishes: Wishes) -> None:
    """Leaves out what the baseline has: the one that is named, or the one that is written now."""
    file = wishes.baseline or (None if wishes.write_baseline else config.baseline)
    if not (file or wishes.write_baseline):
        return
    if wishes.write_baseline and (failed(result.problems) or result.outcome.crashed):
        message = f"{wishes.write_baseline}: not written, because not everything could be checked"
        raise FatalError(message, "mend what is said above, or leave it out with `--exclude`")
    from cmlint.adopt import baseline

    scope = scope_of(paths, config, rules)
    if file:
        known = baseline.read(shown(file))
        note_gone(known, result, scope, wishes)
    else:
        known = written(baseline.begun(wishes.write_baseline or ""), result, scope)
    outcome, names = result.outcome, known.names(result.outcome.everything)
    outcome.baselined = [finding for finding in outcome.findings if names[finding] in known]
    outcome.findings = [finding for finding in outcome.findings if names[finding] not in known]


def scope_of(paths: Sequence[str], config: Config, rules: dict[str, Rule]) -> Scope:
    """How far the run looks."""
    from cmlint.adopt.baseline import Scope

    selected, chosen = select(rules, config.select, config.ignore)
    names = frozenset(rule.name for rule in selected)
    return Scope(tuple(paths), names, names if config.pedantic else names & chosen)


def note_gone(known: Baseline, result: Result, scope: Scope, wishes: Wishes) -> None:
    """Says what of a baseline no longer occurs; it is taken out where a baseline is to be written, too."""
    if failed(result.problems):
        return
    outcome, names = result.outcome, known.names(result.outcome.everything)
    outcome.gone = known.gone({names[finding] for finding in outcome.findings}, scope)
    number, file = len(outcome.gone), shown(known.file)
    those = "1 of its findings no longer occurs" if number == 1 else f"{number} of its findings no longer occur"
    if target := wishes.write_baseline:
        write(known.without(outcome.gone).text, target, "--write-baseline")
        tell("note", f"{target}: written without what no longer occurs, {number} of {len(known.entries)}")
    elif number and not wishes.quiet:
        tell("note", f"{file}: {those}; `--baseline {file} --write-baseline {file}` takes them out")


def written(known: Baseline, result: Result, scope: Scope) -> Baseline:
    """The baseline with all that was found, written to its file."""
    findings, names = result.outcome.findings, known.names(result.outcome.everything)
    renewed = known.renewed({finding: names[finding] for finding in findings}, scope)
    write(renewed.text, known.file, "--write-baseline")
    new, gone = len(renewed.fingerprints - known.fingerprints), len(known.fingerprints - renewed.fingerprints)
    tell(
        "note",
        f"{known.file}: {len(renewed.entries)} findings are known from now on, {new} of them new; {gone} are gone",
    )
    return renewed
