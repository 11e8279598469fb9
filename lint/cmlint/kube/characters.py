"""Characters that look like a blank, like nothing or like a quote, and that YAML takes as text.

YAML knows two blanks, the space and the tab (https://yaml.org/spec/1.2.2/#white-space-characters), and two quotes
(https://yaml.org/spec/1.2.2/#flow-scalar-styles). Web pages and word processors use others.
"""

from __future__ import annotations

import re

BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSEEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
QUOTES = "\u201c-\u201f\u2018-\u201b\u00ab\u00bb\u2039\u203a\u300c-\u300f\uff02\uff07\u2033\u2032"
ODD = f"[{BLANKS}{UNSEEN}{QUOTES}]"
INVISIBLE = f"[{BLANKS}{UNSEEN}]"

QUOTED = f"(?s)[{QUOTES}][^{QUOTES}]*[{QUOTES}]\\Z"
"""A text that is enclosed in typographic quotes."""

NAMES = {
    "\u00a0": "a non-breaking space",
    "\u00ad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u200e": "a left-to-right mark",
    "\u200f": "a right-to-left mark",
    "\u202f": "a narrow non-breaking space",
    "\u2060": "a word joiner",
    "\u3000": "an ideographic space",
    "\ufeff": "a byte order mark",
}


def described(character: str) -> str:
    """An odd character in words, with its number."""
    name = NAMES.get(character)
    if name is None:
        blank, unseen = re.match(f"[{BLANKS}]", character), re.match(f"[{UNSEEN}]", character)
        name = "an unusual space" if blank else "an invisible character" if unseen else "a typographic quote"
    return f"{name} (U+{ord(character):04X})"


def first_odd(text: str) -> str | None:
    """The first odd character of a text, or None."""
    if text.isascii():
        return None
    found = re.search(ODD, text)
    return found[0] if found else None


def straight(text: str) -> str:
    """A text of equal length in which plain blanks and quotes represent odd ones."""
    text = re.sub(f"[{QUOTES}]", '"', text)
    return re.sub(f"[{BLANKS}{UNSEEN}]", " ", text)


def plain(text: str) -> str:
    """A text with plain blanks and quotes in place of odd ones, and without invisible characters."""
    return re.sub(f"[{UNSEEN}]", "", re.sub(f"[{BLANKS}]", " ", re.sub(f"[{QUOTES}]", '"', text)))


def odd_part(value: str) -> str | None:
    """What makes a value other than it looks: an invisible character at an end, or quotes around it; None if nothing.

    Inside a text such characters are typography; one that has no blanks has no use for them anywhere.
    """
    if value.isascii() or not value:
        return None
    if re.match(QUOTED, value):
        return value[0]
    for character in (value[0], value[-1]):
        if re.match(INVISIBLE, character):
            return character
    found = re.search(INVISIBLE, value)
    alone = found is not None and " " not in value and re.sub(INVISIBLE, "", value).isascii()
    return found[0] if found and alone else None
