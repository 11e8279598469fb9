"""Text that is safe to print: what a terminal or a log would obey, or would not show, becomes a visible escape.

Names of files and objects, values and error messages come from strangers. Normal text of every script and emoji stay as
they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

TAB = " " * 4

OBEYED = frozenset(("Cc", "Co", "Cs", "Zl", "Zp"))
"""Categories of characters that are never printed: controls, private use, lone surrogates, separators of lines."""

INVISIBLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFDD0, 0xFDEF),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Characters without a shape: Unicode's Default_Ignorable_Code_Point, annotations, and noncharacters."""

JOINING_SCRIPTS = (
    (0x0600, 0x08FF),
    (0x0900, 0x0DFF),
    (0x0F00, 0x109F),
    (0x1780, 0x1CFF),
    (0xA800, 0xABFF),
    (0xFB50, 0xFDCF),
    (0xFE70, 0xFEFC),
    (0x10A00, 0x11FFF),
    (0x1E900, 0x1E95F),
)
"""Scripts that are written with joiners: Arabic and its relatives, those of India, Tibet, Myanmar and Cambodia."""

NON_JOINER, JOINER, KEYCAP = "\u200c", "\u200d", "\u20e3"

LOG_COMMAND = r"##(?=\w*\[)"
"""How commands of GitHub's runner (`##[error]`), Azure Pipelines (`##vso[`) and TeamCity begin, anywhere in a line."""


def printable(text: str) -> str:
    """A text in one line that a terminal shows and never obeys, and that no log takes for a command."""
    shown = text if text.isascii() and text.isprintable() and "##" not in text else "".join(characters(text))
    return begun(shown) if "::" in shown else shown


def begun(line: str) -> str:
    """A line that GitHub's runner does not take for a command, which would begin with two colons."""
    rest = line.lstrip()
    if not rest.startswith("::"):
        return line
    return line[: len(line) - len(rest)] + escape(":") + rest[1:]


def characters(text: str, escaped: Callable[[str], str] | None = None) -> list[str]:
    """What is printed for each character of a text; `escaped` writes one that is not printed as it is."""
    escaped = escaped or escape
    shown = [character if is_shown(text, i, character) else escaped(character) for i, character in enumerate(text)]
    if "##" in text:
        import re

        for found in re.finditer(LOG_COMMAND, text):
            shown[found.start() + 1] = escaped("#")
    return shown


def escape(character: str) -> str:
    """A visible escape: the picture that Unicode has of an ASCII control, else its number.

    A byte of a file name that is not UTF-8 is shown as that byte.
    """
    if character == "\t":
        return TAB
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_shown(text: str, i: int, character: str) -> bool:
    """Whether a character of a text is printed as it is."""
    if character.isascii():
        return character.isprintable()
    if is_within(character, INVISIBLE):
        return belongs(text, i, character)
    return category(character) not in OBEYED and ord(character) & 0xFFFE != 0xFFFE


def belongs(text: str, i: int, character: str) -> bool:
    """Whether a character without a shape changes the one before it, as in emoji and in scripts that need joiners."""
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    if not before:
        return False
    if before.isascii():
        return character in "\ufe0e\ufe0f" and after == KEYCAP and before in "0123456789#*"
    if character in (NON_JOINER, JOINER) and is_within(before, JOINING_SCRIPTS):
        return not is_within(before, INVISIBLE)
    if character == JOINER:
        return is_symbol(after) and (is_symbol(before) or before in ("\ufe0f", KEYCAP))
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return not is_within(before, INVISIBLE) and (is_symbol(before) or category(before) in ("Lo", "Po", "Pd", "No"))
    if "\u180b" <= character <= "\u180f" and character != "\u180e":
        return "\u1820" <= before <= "\u18aa"
    return character == "\u034f" and category(before) == "Mn" and not is_within(before, INVISIBLE)


def is_symbol(character: str) -> bool:
    """Whether a character is an emoji or another symbol, or one that this Python does not know yet."""
    return bool(character) and not character.isascii() and category(character) in ("So", "Sm", "Sc", "Sk", "Cn")


def is_within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Whether a character is in one of some ranges."""
    code = ord(character)
    return any(first <= code <= last for first, last in ranges)


def category(character: str) -> str:
    """Unicode's category of a character; the table is loaded only where there is more than ASCII."""
    import unicodedata

    return unicodedata.category(character)


def json_of(value: Any, indent: int, *, ordered: bool = False) -> str:
    """A value as JSON, in which whatever `printable` would show as an escape is one of JSON's; keys may be `ordered`.

    Lone surrogates, which JSON readers refuse, are written as `printable` shows them.
    """
    import msgspec

    order: Literal["deterministic"] | None = "deterministic" if ordered else None
    try:
        raw = msgspec.json.encode(value, order=order)
    except UnicodeEncodeError:
        raw = msgspec.json.encode(without_surrogates(msgspec.to_builtins(value)), order=order)
    text = msgspec.json.format(raw, indent=indent).decode()
    if text.isascii() and "\x7f" not in text and "##" not in text:
        return text
    return "\n".join("".join(characters(line, escape_json)) for line in text.split("\n"))


def without_surrogates(value: Any) -> Any:
    """The same without lone surrogates."""
    if isinstance(value, str):
        return "".join(escape(each) if "\ud800" <= each <= "\udfff" else each for each in value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_surrogates(inner) for inner in value]
    return value


def escape_json(character: str) -> str:
    """A character as an escape of JSON: one or two units of UTF-16."""
    raw = character.encode("utf-16-be")
    return "".join(f"\\u{raw[i : i + 2].hex()}" for i in range(0, len(raw), 2))
