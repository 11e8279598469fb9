"""Frames: what is underlined stands above its underline, and nothing is wider than it may be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.model.facts import Span
from cmlint.model.findings import Finding, ObjectId, Related
from cmlint.report.characters import HIDDEN, width
from cmlint.report.frames import WIDTH, Frames
from cmlint.report.paint import Paint
from cmlint.report.view import View
from cmlint.system.text import characters, printable
from cmlint.texts import Texts

LETTERS = st.text(st.sampled_from("ab :-\t数🎉é\u0301\u200b\u202e\x1b"), max_size=300)


def frame(
    files: dict[str, str],
    primary: tuple[str, int, int],
    *related: tuple[str, int, int, str],
    masked: dict[str, list[Span]] | None = None,
    columns: int | None = None,
) -> list[str]:
    """The lines of a frame for places given by file, start and end."""
    texts = Texts(files.__getitem__)
    others = tuple(Related(label, texts.locate(path, Span(a, b))) for path, a, b, label in related)
    location = texts.locate(primary[0], Span(*primary[1:]))
    thing = ObjectId("v1", "Pod", None, "p")
    finding = Finding("a-rule", "error", "stuck", "m", None, "u", location, others, thing, None, (), "f")
    return list(Frames(texts, masked or {}, Paint(View()), columns).draw(finding, 2))


def test_one_place() -> None:
    assert frame({"a": "k: v\nname: web\n"}, ("a", 11, 14)) == [
        "  --> a:2:7",
        "   |",
        " 2 | name: web",
        "   |       ^^^",
        "   |",
    ]


def test_an_empty_place_is_one_mark() -> None:
    assert frame({"a": "k: v\n"}, ("a", 3, 3))[3] == "   |    ^"


def test_places_of_one_file_stand_in_order_with_a_gap() -> None:
    text = "one\ntwo\nthree\nfour\nfive\n"
    assert frame({"a": text}, ("a", 8, 13), ("a", 19, 23, "far"), ("a", 0, 3, "near"))[1:] == [
        "   |",
        " 1 | one",
        "   | --- near",
        " 2 | two",
        " 3 | three",
        "   | ^^^^^",
        " 4 | four",
        " 5 | five",
        "   | ---- far",
        "   |",
    ]
    assert "..." in frame({"a": text}, ("a", 0, 3), ("a", 14, 18, "far"))


def test_places_of_one_line_are_underlined_one_by_one() -> None:
    assert frame({"a": "a: 1, a: 2"}, ("a", 6, 7), ("a", 0, 1, "first here"))[2:5] == [
        " 1 | a: 1, a: 2",
        "   |       ^",
        "   | - first here",
    ]


def test_another_file_has_a_head_of_its_own() -> None:
    assert frame({"a": "x\n", "b/c": "y\nz\n"}, ("a", 0, 1), ("b/c", 2, 3, "here")) == [
        "  --> a:1:1",
        "   |",
        " 1 | x",
        "   | ^",
        "   |",
        "  ::: b/c:2:1",
        "   |",
        " 2 | z",
        "   | - here",
        "   |",
    ]


def test_a_place_of_several_lines_has_a_side() -> None:
    text = "a:\n  b: 1\n  c: 2\nd: 3\n"
    assert frame({"a": text}, ("a", 5, 16), ("a", 0, 1, "in this"))[1:] == [
        "   |",
        " 1 |   a:",
        "   |   - in this",
        " 2 | /   b: 1",
        " 3 | |   c: 2",
        "   | |______^",
        "   |",
    ]


def test_a_place_that_ends_with_its_line_does_not_reach_the_next() -> None:
    assert frame({"a": "a: 1\nb: 2\n"}, ("a", 0, 5))[2:5] == [" 1 | a: 1", "   | ^^^^", "   |"]
    assert frame({"a": "a: 1\nb: 2\nc"}, ("a", 0, 10))[2:6] == [" 1 | / a: 1", " 2 | | b: 2", "   | |____^", "   |"]


def test_a_place_of_very_many_lines_is_cut() -> None:
    text = "".join(f"line {i}\n" for i in range(1, 100))
    assert frame({"a": text}, ("a", 0, text.index("line 50") + 4))[1:] == [
        "   |",
        " 1 | / line 1",
        " 2 | | line 2",
        " 3 | | line 3",
        "... |",
        "50 | | line 50",
        "   | |____^",
        "   |",
    ]


def test_a_second_place_of_several_lines_is_its_first() -> None:
    lines = frame({"a": "a:\n  b\nc:\n  d\n"}, ("a", 0, 6), ("a", 7, 13, "other"))
    assert " 3 |   c:" in lines
    assert "   |   -- other" in lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_marks_are_not_shown(end: str) -> None:
    text = f"\ufeffa: 1{end}b: 2{end}"
    start = text.index("2")
    assert frame({"a": text}, ("a", start, start + 1))[:4] == ["  --> a:2:4", "   |", " 2 | b: 2", "   |    ^"]
    assert frame({"a": text}, ("a", 1, 2))[:4] == ["  --> a:1:1", "   |", " 1 | a: 1", "   | ^"]


def test_places_far_apart_in_one_line_are_shown_apart() -> None:
    text = "a" * 20 + "-" * 500 + "b" * 20
    lines = frame({"a": text}, ("a", 520, 540), ("a", 0, 20, "here"), columns=80)
    assert lines[2:6] == [
        f" 1 | {'a' * 20}{'-' * 53}…",
        f"   | {'-' * 20} here",
        f" 1 | …{'-' * 53}{'b' * 20}",
        f"   | {' ' * 54}{'^' * 20}",
    ]


def test_a_label_without_room_stands_below() -> None:
    text = "x" * 60 + "here"
    lines = frame({"a": text}, ("a", 0, 1), ("a", 60, 64, "a label that is long"), columns=80)
    assert lines[4:6] == [f"   | {' ' * 60}----", f"   | {' ' * 55}a label that is long"]


def test_a_hidden_place_is_dots_wherever_it_begins_and_ends() -> None:
    text = "a: secret\nb: |\n  se\n  cret\nc: 1\n"
    masked = {"a": [Span(3, 9), Span(13, 27)]}
    lines = frame({"a": text}, ("a", 0, len(text) - 1), masked=masked)
    assert lines[2:7] == [
        f" 1 | / a: {HIDDEN}",
        f" 2 | | b: {HIDDEN}",
        f" 3 | |   {HIDDEN}",
        f" 4 | |   {HIDDEN}",
        " 5 | | c: 1",
    ]
    assert frame({"a": text}, ("a", 5, 7), masked=masked)[2:4] == [f" 1 | a: {HIDDEN}", "   |          ^"]


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    assert printable("a\x1b[31m\u202e\n\x7f\u2028b\u200bé🎉") == "a␛[31m\\u202e␊␡\\u2028b\\u200bé🎉"
    assert [width(text) for text in ("abc", "数据", "🎉", "e\u0301", "")] == [3, 4, 2, 1, 0]


@given(before=LETTERS, inside=LETTERS, after=LETTERS, columns=st.sampled_from([40, 80, WIDTH]))
def test_the_underline_stands_below_what_it_means(before: str, inside: str, after: str, columns: int) -> None:
    start, end = len(before), len(before) + len(inside)
    lines = frame({"a": f"{before}{inside}{after}"}, ("a", start, end), columns=columns)
    assert all(width(line) <= columns for line in lines[1:])
    shown, marks = lines[2].removeprefix(" 1 |")[1:], lines[3].removeprefix("   | ")
    found = re.fullmatch(r"( *)(\^+)", marks)
    assert found
    column, pieces = 0, []
    for character in shown:
        if len(found[1]) <= column < len(marks):
            pieces.append(character)
        column += width(character)
    meant, underlined = (
        "".join(character for character in text if width(character)).strip()
        for text in ("".join(characters(inside)), "".join(pieces).rstrip("…"))
    )
    if meant:
        assert meant.startswith(underlined)
        assert underlined == meant or width(meant) > columns // 4


@given(text=st.text(st.sampled_from("ab: \n\r\t数"), min_size=1, max_size=60), data=st.data())
def test_every_place_can_be_drawn(text: str, data: st.DataObject) -> None:
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    (a, b), (c, d) = data.draw(places), data.draw(places)
    lines = frame({"a": text}, ("a", a, b), ("a", c, d, "label"), columns=60)
    assert sum("^" in line for line in lines) == 1
    assert sum("label" in line for line in lines) == 1
    assert all(width(line) <= 60 for line in lines)
