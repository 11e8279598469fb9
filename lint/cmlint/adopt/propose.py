"""A first configuration for a repository: what builds it, and what may be made elsewhere, with the evidence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence

from cmlint.model import site
from cmlint.model.findings import Finding
from cmlint.model.outcome import Outcome, Unverified
from cmlint.pipeline.result import Result
from cmlint.sources import files
from cmlint.sources.kustomize.program import find_program
from cmlint.sources.request import Request
from cmlint.system.text import printable

MOST = 30
"""The most names that are proposed; `--verbose` lists them all."""

BASELINE = ".cmlint-baseline.json"


def head() -> str:
    """The first lines of a configuration; once it is online, editors find the schema by the first."""
    schema = f"# yaml-language-server: $schema={site.BASE}/schema.json\n" if site.PUBLISHED else ""
    return f"{schema}# The configuration of cmlint. `cmlint schema` lists all settings.\n"


def configuration(result: Result) -> str:
    """The text of a configuration for what a check has seen."""
    found = files.find(Request(), [])
    names = [os.path.basename(path) for group in found for path in group.paths]
    parts = [
        head(),
        *kustomize(sum(name in files.KUSTOMIZATIONS for name in names)),
        *helm(names.count(files.CHART)),
        *unbuilt(result.outcome.findings),
        *exclude(result.outcome),
        *external(result.outcome),
        *baseline(result.outcome),
    ]
    return "\n".join(parts)


def kustomize(number: int) -> Iterator[str]:
    """What builds the kustomizations."""
    if number:
        program = find_program(None)
        name = os.path.basename(program) if program else None
        how = f"built with {name}" if name else "not built: install kustomize or kubectl"
        yield f"# Kustomizations: {number}; {how}. Use `--kustomize` or CMLINT_KUSTOMIZE for another program.\n"


def helm(number: int) -> Iterator[str]:
    """What renders the charts."""
    if number:
        here = "rendered with helm" if shutil.which("helm") else "not rendered: install helm"
        yield (
            f"# Charts: {number}; {here}. They use their own values, or the values that you set here:\n"
            "# helm:\n#   values:\n#     charts/name: [values/test.yaml, values/live.yaml]\n"
        )


DECISIONS = {
    "broken": "fix it, or exclude its folder: `exclude: [folder/]`",
    "missing-file": "add the file, or ignore the finding: `ignore: [not-built/missing-file]`",
    "values": "set values that the chart works with: `helm: values:` below",
    "program": "install it in CI and for the hook as well, or do not build: `build: false`",
    "remote": "`--allow-remote` fetches it; or ignore the finding: `ignore: [not-built/remote]`",
    "dependency": "run `helm dependency build` first, or use `--build-dependencies`",
    "limit": "raise the limit: `build-timeout: 120`",
    "refused": "ignore the finding: `ignore: [not-built/refused]`",
}
"""What to decide about a cause of `not-built`."""

ENABLE = "--enable-helm"
CHARTS = "`--enable-helm` renders its charts; or ignore the finding: `ignore: [not-built/refused]`"
"""What to decide about a kustomization with Helm charts."""


def unbuilt(findings: Sequence[Finding]) -> Iterator[str]:
    """What cannot be built here, by its causes, and what to decide about each."""
    by_decision: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.rule == "not-built":
            decision = CHARTS if ENABLE in (finding.help or "") else DECISIONS[finding.cause]
            by_decision.setdefault((finding.cause, decision), []).append(finding)
    for (cause, decision), found in by_decision.items():
        first = found[0].location
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        place = printable(f"{first.path}:{first.start.line}")
        yield f"# Not built ({cause}): {place}{more}.\n#   {decision}\n"


def exclude(outcome: Outcome) -> Iterator[str]:
    """The folders that are probably not applied as they are."""
    why = "documents have `{}`, and none of their references resolves"
    lines = [f"#   - {quoted(f'{heap.folder}/')}  # {heap.documents} {why.format(heap.rule)}" for heap in outcome.heaps]
    if lines:
        yield (
            "# Folders that nobody applies as they are? Uncomment those.\n# exclude:\n" + "\n".join(lines[:MOST]) + "\n"
        )


DECIDED = {
    "not-built",
    *("secret-elsewhere", "placeholder", "well-known", "external", "open-object", "several-definitions", "optional"),
    *("changed-when-applied", "part", "compared", "rule-off"),
}
"""The codes of evidence for references that nobody needs to decide about."""


def external(outcome: Outcome) -> Iterator[str]:
    """The names that may be made elsewhere, each with where it is used first and why it may be there."""
    by_name: dict[str, list[Unverified]] = {}
    created = {(each.location, each.name) for each in outcome.created}
    for each in sorted(set(outcome.unverified)):
        if each.code in DECIDED or (each.location, each.name) in created:
            continue
        by_name.setdefault(each.name, []).append(each)
    if not by_name:
        return
    lines = [f"#   - {quoted(name)}  # {evidence(places)}" for name, places in sorted(by_name.items())[:MOST]]
    if len(by_name) > MOST:
        lines.append(f"# {len(by_name) - MOST} more: `cmlint check --verbose` lists them.")
    yield (
        "# Names that nothing here defines and that something else may create, so cmlint does not report them.\n"
        "# Keep those that are created elsewhere, correct the others, and uncomment this list:\n"
        "# external:\n" + "\n".join(lines) + "\n"
    )


def quoted(name: str) -> str:
    """A name as a pattern that matches nothing else, in YAML."""
    pattern = "".join(f"[{character}]" if character in "*?[" else character for character in printable(name))
    plain = all(character.isalnum() or character in "-./_" for character in pattern)
    return pattern if plain else "'" + pattern.replace("'", "''") + "'"


def evidence(places: Sequence[Unverified]) -> str:
    """Where a name is used, and why it may be there, in one line."""
    first = places[0]
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return printable(" ".join(f"{first.location.path}:{first.location.start.line}{more}: {first.why}".split()))


def baseline(outcome: Outcome) -> Iterator[str]:
    """How to begin with findings that are there already."""
    if places := len(outcome.findings):
        problems = "1 problem" if outcome.problems == 1 else f"{outcome.problems} problems"
        number = str(places) if outcome.problems == places else f"{problems} at {places} places"
        yield (
            f"# Findings: {number}. `cmlint check --write-baseline {BASELINE}` records them in a file.\n"
            f"# This setting hides the recorded ones, so that only new ones are shown:\n# baseline: {BASELINE}\n"
        )
