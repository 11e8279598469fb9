"""The table in `docs/configuration.md` of where each setting may be set, made from the code's own."""

from __future__ import annotations

from cmlint.cli.refusals import option_of, variable_of
from cmlint.config.settings import SETTINGS
from tests.support.run import ROOT

FILE = ROOT / "docs" / "configuration.md"
BEGIN, END = "<!-- settings: `make docs` writes this table -->\n", "<!-- end of settings -->\n"


def render() -> str:
    """The page as it should be."""
    before, _, rest = FILE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


def table() -> str:
    """Every setting, and where it may be set."""
    head = "| setting | repository | in a folder below | user | environment | command line |\n"
    head += "| --- | --- | --- | --- | --- | --- |\n"
    return head + "".join(map(row, SETTINGS))


def row(setting: str) -> str:
    """The line of one setting."""
    known = SETTINGS[setting]
    yes = [
        "yes" if counts else "" for counts in ("repository" in known.files, known.of_findings, "user" in known.files)
    ]
    if setting == "build-timeout":
        yes[0] = "up to 600"
    others = (variable_of(setting), option_of(setting))
    cells = (f"`{setting}`", *yes, *(f"`{each}`" if each else "" for each in others))
    return f"| {' | '.join(cells)} |\n"
