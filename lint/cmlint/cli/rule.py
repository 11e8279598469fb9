"""`cmlint rule`: what there is to know about a rule."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from cmlint.cli.inputs import rules_or_error
from cmlint.cli.parameters import FORMAT, Command, Parameter
from cmlint.cli.terminal import show, view_of, write
from cmlint.engine.rules import Rule
from cmlint.errors import FatalError
from cmlint.kube.near import nearest
from cmlint.model.findings import SEVERITIES, WHAT_HAPPENS
from cmlint.report.characters import wrapped
from cmlint.report.json import VERSION, encode
from cmlint.report.paint import Paint
from cmlint.report.view import View


class Options(msgspec.Struct, frozen=True):
    """What the line says."""

    name: str | None = None
    cases: bool = False
    format: str = "text"


PARAMETERS = (
    Parameter(
        field="name",
        kind="text",
        help="A rule, or a family to list; by default all rules.",
        metavar="NAME",
        positional=True,
        names_rules=True,
    ),
    Parameter("cases", "flag", "Also show the cases that the rule is tested with."),
    FORMAT,
)


def run(options: Options) -> int:
    """Shows a rule's page, or the list of all rules."""
    rules = rules_or_error()
    chosen = list(rules.values()) if options.name is None else named(rules, options.name)
    if options.format == "json":
        write(encode({"version": VERSION, "rules": [declaration(rule) for rule in chosen]}))
    elif options.name not in rules:
        paged(listing(chosen, view_of("auto")))
    elif sys.stdout.isatty():
        paged(drawn(page(chosen[0], cases=options.cases)))
    else:
        show(page(chosen[0], cases=options.cases))
    return 0


def named(rules: dict[str, Rule], name: str) -> list[Rule]:
    """The rule of this name, or the rules of this family; raises FatalError with the nearest one."""
    found = [rule for rule in rules.values() if name in (rule.name, rule.family)]
    if found:
        return found
    near = nearest(name, [*rules, *{rule.family for rule in rules.values()}])
    help_ = f"did you mean `{near}`?" if near else "`cmlint rule` lists them"
    raise FatalError(f"unknown rule or family `{name}`", help_)


def paged(text: str) -> None:
    """Shows a text, in a pager if it is longer than the terminal."""
    if not sys.stdout.isatty() or text.count("\n") < os.get_terminal_size(sys.stdout.fileno()).lines:
        show(text)
        return
    from pydoc import pager

    os.environ.setdefault("LESS", "FRX")
    pager(text)


def listing(rules: Iterable[Rule], view: View) -> str:
    """The rules by family: name, consequence and summary of each."""
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        families.setdefault(rule.family, []).append(rule)
    longest = max(len(rule.name) for members in families.values() for rule in members)
    paint = Paint(view)
    blocks: list[str] = []
    for family, members in sorted(families.items()):
        lines = [paint("bold", family)]
        for rule in members:
            name = paint.link(rule.name, rule.url) + " " * (longest - len(rule.name))
            consequence = paint(SEVERITIES[rule.consequence], f"{rule.consequence:8}")
            marks = [mark for mark, given in (("`--pedantic`", rule.pedantic), ("fixable", rule.fixable)) if given]
            marks += [rule.status] if rule.status != "stable" else []
            summary = rule.summary + (f" ({', '.join(marks)})" if marks else "")
            indent = longest + 14
            lines.append(f"  {name}  {consequence}  " + f"\n{' ' * indent}".join(wrapped(summary, view.width, indent)))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


NOTATION = re.compile(r"^[ \t]*# (?:error|warning|info): \[.*\n|[ \t]+# (?:error|warning|info): \[.*$", re.MULTILINE)
"""What the tests of a page expect, as comments in its examples."""

FILE = re.compile(r"^`[^`\n]+`:\n\n```.*?^```\n\n?", re.MULTILINE | re.DOTALL)
"""A file of an example."""


def without_tests(text: str, *, cases: bool) -> str:
    """A page as readers need it: no expectations of tests, no files that a correction leaves as they were.

    Without `cases`, further cases are left out.
    """
    text = NOTATION.sub("", text)
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    example = {found[0] for part in parts if part.startswith("## Example\n") for found in FILE.finditer(f"{part}\n")}
    kept = [
        FILE.sub(lambda found: "" if found[0] in example else found[0], part)
        if part.startswith("## Use instead\n")
        else part
        for part in parts
        if cases or not part.startswith("## Case: ")
    ]
    return "".join(kept)


def page(rule: Rule, *, cases: bool = False) -> str:
    """A rule's page, with what its declaration says below the title."""
    try:
        title, _, rest = without_tests(rule.page(), cases=cases).partition("\n")
    except OSError as error:
        reason = f"the page of `{rule.name}` cannot be read: {(error.strerror or str(error)).lower()}"
        raise FatalError(reason, f"see {rule.url}") from None
    says = f"{SEVERITIES[rule.consequence]}, {rule.consequence}: {WHAT_HAPPENS[rule.consequence]}"
    when = ", only with `--pedantic`" if rule.pedantic else ""
    fixes = "; fixable, see below" if rule.fixable else ""
    instead = f"; use `{rule.replacement}` instead" if rule.replacement else ""
    status = f"; {rule.status}{instead}" if rule.status != "stable" else ""
    return f"{title}\n\n*{says}; family `{rule.family}`, since {rule.since}{when}{fixes}{status}*\n{rest}"


def declaration(rule: Rule) -> dict[str, Any]:
    """A rule for a machine."""
    return {
        "name": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "consequence": rule.consequence,
        "severity": SEVERITIES[rule.consequence],
        "pedantic": rule.pedantic,
        "fixable": rule.fixable,
        "since": rule.since,
        "status": rule.status,
        "replacement": rule.replacement or None,
        "url": rule.url,
        "page": rule.page(),
    }


def drawn(text: str) -> str:
    """Markdown as a terminal shows it."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    with console.capture() as captured:
        console.print(Markdown(text, code_theme="ansi_dark"), width=min(console.width, 100))
    return captured.get()


EXAMPLES = (
    ("rule", "list all rules by family"),
    ("rule references", "list the rules of a family"),
    ("rule missing-key", "read a rule's page"),
    ("rule --format json", "get all rules for a machine"),
)

COMMAND = Command(
    name="rule",
    summary="Read about a rule, or list them all.",
    examples=EXAMPLES,
    parameters=PARAMETERS,
    options=Options,
    run=run,
)
