"""The picture in the README: what `cmlint check` prints about one mistake of the demo, as SVG."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.text import Text

from tests.support.command import cmlint
from tests.support.run import ROOT

FILE = ROOT / "docs" / "assets" / "finding.svg"

WORDS = ("check", "fixtures/demo", "--select", "missing-key", "--quiet", "--color", "always")


def printed() -> str:
    """What the command prints, with its colours."""
    return cmlint(ROOT, *WORDS).stdout


def render() -> str:
    """The picture. It loads no font, and its size does not depend on the machine."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print("[bold]$[/] cmlint check\n", highlight=False)
    console.print(Text.from_ansi(printed()), end="")
    picture = console.export_svg(title="cmlint check", unique_id="finding")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
