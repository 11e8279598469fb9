"""What fixes change, as a unified diff."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from cmlint.fixes.selection import Change
from cmlint.model.facts import Span
from cmlint.pipeline.result import Result
from cmlint.report.characters import HIDDEN
from cmlint.report.paint import Paint
from cmlint.report.view import View
from cmlint.system.text import printable

AROUND = 3
"""The lines that are shown before and behind a change."""

STYLES = {"-": "error", "+": "good", "@": "line"}


def render(before: Result, after: Result, changes: Iterable[Change], view: View) -> str:
    """The changes of all texts; what must not be shown is hidden in them, as it is elsewhere."""
    paint = Paint(view)
    hidden, still_hidden = before.masked(), after.masked()
    lines: list[str] = []
    for change in sorted(changes, key=lambda change: change.path):
        lines += [paint("bold", f"--- {printable(change.path)}"), paint("bold", f"+++ {printable(change.path)}")]
        for line in hunks(change, hidden.get(change.path, ()), still_hidden.get(change.path, ())):
            shown = exact(line)
            lines.append(paint(STYLES[line[0]], shown) if line[0] in STYLES else shown)
    return "".join(f"{line}\n" for line in lines)


def hunks(change: Change, hidden: Sequence[Span], still_hidden: Sequence[Span]) -> Iterator[str]:
    """The lines of a change and around it."""
    old, new = lines_of(change.old), lines_of(change.new)
    old_shown, new_shown = lines_of(masked(change.old, hidden)), lines_of(masked(change.new, still_hidden))
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        first, last = group[0], group[-1]
        yield f"@@ -{stretch(first[1], last[2])} +{stretch(first[3], last[4])} @@"
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                yield from marked(" ", old_shown[start:end])
            else:
                yield from marked("-", old_shown[start:end])
                yield from marked("+", new_shown[new_start:new_end])


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, as diff counts them."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)


def marked(sign: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines with a sign before each; the last of a text may have no end."""
    for line in lines:
        yield sign + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def exact(line: str) -> str:
    """A line that `patch` can apply, as far as a terminal and a log allow: tabs and the end of the line are kept."""
    body = line.removesuffix("\r")
    return "\t".join(map(printable, body.split("\t"))) + line[len(body) :]


def stretch(start: int, end: int) -> str:
    """Lines of a text as the head of a hunk names them."""
    length = end - start
    return f"{start + (length > 0)},{length}" if length != 1 else f"{start + 1}"


def masked(text: str, spans: Iterable[Span]) -> str:
    """A text in which every line of what must not be shown is hidden, its indentation left as it is."""
    for span in sorted(spans, key=lambda span: span.start, reverse=True):
        inner = re.sub(r"[^\s][^\n\r]*", HIDDEN, text[span.start : span.end])
        text = text[: span.start] + inner + text[span.end :]
    return text
