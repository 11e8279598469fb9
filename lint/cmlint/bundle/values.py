"""Where a template's line takes a value from: the keys of `values.yaml` that it names.

Only mappings in block style are followed, which nearly all files of values are written in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cmlint.model.facts import Span

NAMED = re.compile(r"\.Values((?:\.[A-Za-z_]\w*)+)")
KEY = r"[\w.-]+|\"[^\"\n]*\"|'[^'\n]*'"
ENTRY = re.compile(rf"(?m)^([ \t]*)({KEY})[ \t]*:(?:[ \t]+([^\n#]*?))?[ \t]*(?:#[^\n]*)?\r?$")


class Value(NamedTuple):
    """A value that a template names: its route, like `image.tag`, what is written, and where."""

    route: str
    written: str
    path: str
    span: Span


def values_on(shown: str, path: str, text: Callable[[str], str]) -> Iterator[Value]:
    """The values that a line of a template names, in the order in which it does, as its chart's own file has them."""
    chart, folder, _ = f"/{path}".rpartition("/templates/")
    if not folder:
        return
    file = f"{chart}/values.yaml"[1:]
    routes = list(dict.fromkeys(found[1][1:] for found in NAMED.finditer(shown)))
    entries = dict(entries_in(text(file))) if routes else {}
    for route in routes:
        if route in entries:
            written, span = entries[route]
            yield Value(route, written, file, span)


def entries_in(text: str) -> Iterator[tuple[str, tuple[str, Span]]]:
    """The entries of a file of values, by their routes, each with what is written and where."""
    above: list[tuple[int, str]] = []
    for found in ENTRY.finditer(text):
        indent, key, value = len(found[1]), found[2].strip("\"'"), found[3] or ""
        while above and above[-1][0] >= indent:
            above.pop()
        route = ".".join((*(name for _, name in above), key))
        above.append((indent, key))
        yield route, (value, Span(found.start(3), found.end(3)) if value else Span(found.start(2), found.end(2)))
