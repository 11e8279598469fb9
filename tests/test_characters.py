"""Characters that look like blanks, like nothing or like quotes: which they are, and where they change a value."""

from __future__ import annotations

import pytest

from cmlint.kube import characters


@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("\u00a0", "a non-breaking space (U+00A0)"),
        ("\u202f", "a narrow non-breaking space (U+202F)"),
        ("\u3000", "an ideographic space (U+3000)"),
        ("\u2003", "an unusual space (U+2003)"),
        ("\u200b", "a zero-width space (U+200B)"),
        ("\u00ad", "a soft hyphen (U+00AD)"),
        ("\ufeff", "a byte order mark (U+FEFF)"),
        ("\u2066", "an invisible character (U+2066)"),
        ("\u201c", "a typographic quote (U+201C)"),
        ("\u2019", "a typographic quote (U+2019)"),
        ("\u00ab", "a typographic quote (U+00AB)"),
        ("\uff02", "a typographic quote (U+FF02)"),
    ],
)
def test_each_odd_character_is_found_and_described(character: str, words: str) -> None:
    assert characters.first_odd(f"a{character}b\u00a0") == character
    assert characters.described(character) == words


@pytest.mark.parametrize(
    "text", ["", "plain 'text' \"here\"\t", "Größe", "日本語", "naïve café", "🙂", "a\u2013b\u2014c\u2026"]
)
def test_other_texts_have_none(text: str) -> None:
    assert characters.first_odd(text) is None
    assert characters.straight(text) == characters.plain(text) == text


def test_plain_characters_take_the_place_of_odd_ones() -> None:
    text = "\u201ca\u201d:\u00a0b\u200bc"
    assert characters.straight(text) == '"a": b c'
    assert len(characters.straight(text)) == len(text)
    assert characters.plain(text) == '"a": bc'


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("\u201chttp\u201d", "\u201c"),
        ("\u2018http\u2019", "\u2018"),
        ("\u201ethat is it\u201c", "\u201e"),
        ("\u00ab\u00a0oui\u00a0\u00bb", "\u00ab"),
        ("\u00a0http", "\u00a0"),
        ("http\u200b", "\u200b"),
        ("ht\u200btp", "\u200b"),
        ("ht\u00adtp", "\u00ad"),
    ],
)
def test_what_makes_a_value_other_than_it_looks(value: str, part: str) -> None:
    assert characters.odd_part(value) == part


@pytest.mark.parametrize(
    "value",
    [
        "",
        "http",
        '"http"',
        "It\u2019s a good day",
        "He said \u201cno\u201d and left",
        "\u201cA\u201d or \u201cB\u201d",
        "10\u00a0000 euros in all",
        "\u041d\u0438\u00a0\u043e\u0434\u0438\u043d",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "👩\u200d🚀",
        "it\u2019s",
    ],
)
def test_typography_inside_a_text_is_part_of_it(value: str) -> None:
    assert characters.odd_part(value) is None
