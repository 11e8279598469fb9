"""Colours and links of a terminal."""

from __future__ import annotations

from cmlint.report.view import View

CODES = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "line": "1;34", "dim": "2", "good": "32"}
"""ANSI codes by what they are used for."""


class Paint:
    """Colours text as a view allows."""

    def __init__(self, view: View) -> None:
        self.color, self.links = view.color, view.links

    def __call__(self, style: str, text: str) -> str:
        """A text in a style of `CODES`."""
        return f"\033[{CODES[style]}m{text}\033[0m" if self.color and text else text

    def link(self, text: str, url: str) -> str:
        """A text that leads to an address (OSC 8)."""
        return f"\033]8;;{url}\033\\{text}\033]8;;\033\\" if self.links else text
