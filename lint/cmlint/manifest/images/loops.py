"""The values that a variable takes one after the other in a loop over a list of words.

https://www.gnu.org/software/bash/manual/html_node/Looping-Constructs.html of shells,
https://groovy-lang.org/semantics.html#_for_in_loop of Jenkins, `about_Foreach` of PowerShell, and
https://taskfile.dev/docs/guide#looping-over-values of Task.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

SHELL = r"for(?<![\w.-]for)[ \t]+(\w+)[ \t]+in[ \t]+([^;\n]{1,2000}?)[ \t]*(?:;|\\?\r?\n)[ \t]*(?:\\\n[ \t]*)?do\b"
FOREACH = (
    r"for(?<!\wfor)(?:each)?[ \t]*\([ \t]*(?:(?:def|var|String)[ \t]+)?\$?(\w+)[ \t]+(?:in|:)[ \t]+"
    r"([^\n{]{1,2000}?)\)[ \t]*\r?\n?[ \t]*\{"
)
EACH = r"\.each[ \t]*\{[ \t]*(?:def[ \t]+|String[ \t]+)?(\w+)[ \t]*->()"
TASK = r"for:[ \t]*()(\[[^\[\]\n]{1,2000}\])"
FORMS = ((" in ", SHELL), ("for", FOREACH), (".each", EACH), ("for: [", TASK))
"""The forms of a loop, each with what such a text has: first the variable, then the list."""

BEFORE = re.compile(r"(?:\[[^\[\]]{1,2000}\]|\b\w+)\Z")
"""The list before `.each`."""

VARIABLE = re.compile(r"[\"']?\$?\$?[({]?(?P<name>\w+)(?:\[[@*]\])?[)}]?[\"']?")
"""A list by the name of its variable, in all of these languages."""

BEFORE_LIST = re.compile(r"(?:^|[\s;$(])(?:\[\w+(?:\[\])?\])?\$?\Z")
BEHIND_LIST = re.compile(r"(?:\[\])?[ \t]*(?::=|[?+]?=|:(?=[ \t]))[ \t]*")
"""What is around the name of a list where it is set."""

NEAR = 100
"""The number of characters before the name of a list that are searched."""

INNER = re.compile(r"@?[\[(]([^\[\]()]{0,4000})[\])]|\"([^\"\n]*)\"|'([^'\n]*)'|([^\n#]*)")
"""What is behind the name of a list: an array, a string of words, or words to the end of the line."""

WORD = re.compile(r"[\"']?((?:[\w.:/-]|\$\{?\w+\}?)+)[\"']?\Z")

ITEM = "ITEM"
"""The variable of a loop of Task."""

REACH = 2000
"""The number of characters before `.each` in which its list is."""

MOST = 20
"""The most values of a loop that are read."""


class Loop(NamedTuple):
    """A loop: where it begins, its variable, and the values of that."""

    start: int
    name: str
    values: list[str]


def loops_in(text: str, fill: Callable[[str], str]) -> Iterator[Loop]:
    """The loops of a text over lists of which each word is known, or is a variable that `fill` may know."""
    for word, form in FORMS:
        for found in re.finditer(form, text) if word in text else ():
            before = None if found[2] else BEFORE.search(text, max(found.start() - REACH, 0), found.start())
            written = before[0] if before else found[2]
            if values := words_of(listed(text, written.strip()), fill):
                yield Loop(found.start(), found[1] or ITEM, values)


def listed(text: str, written: str) -> str:
    """The words of a list, which may be in the only value of a variable; empty where they are not written out."""
    found = VARIABLE.fullmatch(written)
    if found is None or ("$" not in written and not written.isidentifier()):
        inner = INNER.match(written) if written.startswith(("[", "@(", "(")) else None
        return inner[1] if inner else written
    values = [inner for at in places_of(found["name"], text) if (inner := INNER.match(text, at))]
    return next(filter(None, values[0].groups()), "") if len(values) == 1 else ""


def places_of(name: str, text: str) -> Iterator[int]:
    """Where the values of a list begin, wherever it is set."""
    at = text.find(name)
    while at >= 0:
        behind = BEHIND_LIST.match(text, at + len(name))
        if behind and BEFORE_LIST.search(text, max(at - NEAR, 0), at):
            yield behind.end()
        at = text.find(name, at + len(name))


def words_of(text: str, fill: Callable[[str], str]) -> list[str]:
    """The values in a list of words; none where one of them is not a word."""
    words = [WORD.match(word) for word in re.split(r"[\s,]+|\\\n", text.strip().strip("\\,")) if word]
    if len(words) > MOST or not all(word and not word[1].endswith(":") for word in words):
        return []
    return list(dict.fromkeys(value for word in words if word for value in fill(word[1]).split()))
