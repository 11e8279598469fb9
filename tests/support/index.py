"""The index of all rules in `docs/rules/README.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cmlint.engine.rules import Rule
from cmlint.model.findings import SEVERITIES
from tests.support.run import ROOT, rules

INDEX = ROOT / "docs" / "rules" / "README.md"

HEAD = """\
# Rules

What each rule finds, what the cluster does about it, and the severity that follows. `make docs` writes this page;
`cmlint rule NAME` shows a rule's own. A pedantic rule speaks when `--pedantic` or its own name asks for it.
"""


def render() -> str:
    """The index as it should be."""
    own = [rule for rule in rules().values() if rule.module.startswith("cmlint_rules.")]
    own.sort(key=lambda rule: (rule.family, rule.name))
    return "\n".join([HEAD, *(line for family, group in groupby(own, family_of) for line in section(family, group))])


def family_of(rule: Rule) -> str:
    """The family of a rule."""
    return rule.family


def section(family: str, group: Iterator[Rule]) -> Iterator[str]:
    """The table of one family."""
    yield f"## {family}"
    yield ""
    yield f"{sys.modules[f'cmlint_rules.{family}'].__doc__}"
    yield ""
    yield "| rule | finds | consequence | severity | since | fixable | pedantic |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    yield from map(row, group)
    yield ""


def row(rule: Rule) -> str:
    """The line of one rule."""
    page = Path(sys.modules[rule.module].__file__ or "").with_suffix(".md").relative_to(ROOT)
    pedantic = rule.pedantic or rule.consequence == "tidiness"
    cells = (
        f"[`{rule.name}`](../../{page.as_posix()})",
        rule.summary,
        rule.consequence,
        SEVERITIES[rule.consequence],
        rule.since,
        "yes" if rule.fixable else "",
        "yes" if pedantic else "",
    )
    return f"| {' | '.join(cells)} |"
