"""The code of a mutant, about which Python may warn."""

from __future__ import annotations

from types import CodeType
from warnings import catch_warnings, simplefilter


def compiled(text: str, path: str) -> CodeType:
    """The code of a module. Raises SyntaxError for a text that is not Python."""
    with catch_warnings():
        simplefilter("ignore", SyntaxWarning)
        return compile(text, path, "exec", dont_inherit=True)
