"""`--baseline` and `--write-baseline`: what a baseline hides, what of it is gone, and what is written."""

from __future__ import annotations

from cmlint.adopt.baseline import Baseline, Scope, begun, decoded, read
from cmlint.cli.inputs import tell
from cmlint.cli.terminal import write
from cmlint.pipeline.result import Result
from cmlint.report.summary import count
from cmlint.system.files import shown


def read_baseline(file: str, revision: str | None, *, named: bool, here: str = "") -> Baseline:
    """The baseline in a file, or as it is in a commit; relative paths start `here`."""
    if not revision:
        return read(shown(file, here), named=named, here=here)
    from cmlint.cli.commits import baseline_at

    return decoded(shown(file), baseline_at(revision, file))


def renew(known: Baseline, result: Result, scope: Scope, target: str | None, *, quiet: bool) -> None:
    """Reports what of a baseline no longer occurs; where a baseline is to be written, that is taken out."""
    outcome, matched = result.outcome, known.matched(result.outcome.everything)
    outcome.gone = known.gone({matched[finding] for finding in outcome.baselined}, scope)
    number, kept, file = len(outcome.gone), count(len(known.entries), "finding"), shown(known.file)
    if target:
        names = known.names(outcome.everything)
        newer = {entry.fingerprint: names[finding] for finding, entry in matched.items()}
        write(known.without(outcome.gone).updated(newer).text, target, "--write-baseline")
        tell("note", f"{target}: {number} of {kept} removed, because no longer found")
    elif number and not quiet:
        verb, those = ("occurs", "it") if number == 1 else ("occur", "them")
        how = f"`--baseline {file} --write-baseline {file}` removes {those}"
        tell("note", f"{file}: {number} of its {kept} no longer {verb}; {how}")


def written(file: str, result: Result, scope: Scope) -> Baseline:
    """The baseline with all that was found, written to a file, which may have had one before."""
    known = begun(file)
    findings, names = result.outcome.findings, known.names(result.outcome.everything)
    renewed = known.renewed({finding: names[finding] for finding in findings}, scope)
    write(renewed.text, file, "--write-baseline")
    before, after = known.by_fingerprint.keys(), renewed.by_fingerprint.keys()
    change = f"{len(after - before)} added, {len(before - after)} removed"
    tell("note", f"{file}: {count(len(renewed.entries), 'finding')} written ({change})")
    return renewed
