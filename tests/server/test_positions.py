"""Positions are UTF-16, lines end as editors end them, and no text of an editor is ever misread."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.model.facts import Span
from cmlint.server.diagnostics import faults_of
from cmlint.server.positions import Lines, Moved, Position
from tests.support.desk import CONFIG, POD, SHOP, Desk

LETTERS = "aé:#- \t\n\r\U0001f600\u2028\u0085\ufeff\"'{}[]"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=60)


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a\nb", 2, (1, 0)),
        ("a\r\nb", 3, (1, 0)),
        ("a\rb", 2, (1, 0)),
        ("\U0001f600b", 1, (0, 2)),
        ("a\u2028b\u0085c", 4, (0, 4)),
        ("a", 99, (0, 1)),
        ("a", -1, (0, 0)),
    ],
)
def test_position(text: str, offset: int, expected: tuple[int, int]) -> None:
    assert Lines(text).position(offset) == Position(*expected)


@pytest.mark.parametrize(
    ("line", "character", "expected"),
    [(0, 0, 0), (0, 1, 1), (0, 2, 1), (0, 99, 2), (1, 0, 3), (1, 99, 4), (9, 0, 4), (-1, 0, 0), (0, -5, 0)],
)
def test_a_position_outside_of_the_text_is_at_its_nearest_end(line: int, character: int, expected: int) -> None:
    assert Lines("\U0001f600b\nc").offset(line, character) == expected


def test_a_byte_order_mark_counts_only_in_a_text_that_an_editor_has_sent() -> None:
    assert Lines("\ufeffa").position(1) == (0, 0)
    assert Lines("\ufeffa", sent=True).position(1) == (0, 1)


@given(TEXTS)
def test_every_offset_comes_back_from_its_position(text: str) -> None:
    lines = Lines(text, sent=True)
    for offset in range(len(text) + 1):
        inside_break = text[offset - 1 : offset + 1] == "\r\n"
        assert lines.offset(*lines.position(offset)) == offset or inside_break


@given(TEXTS, TEXTS)
def test_what_an_edit_does_not_touch_keeps_its_text(old: str, new: str) -> None:
    moved = Moved(old, new)
    for start in range(len(old)):
        if there := moved.span(Span(start, start + 1)):
            assert new[there.start : there.end] == old[start]


def test_a_place_in_a_line_that_was_changed_is_gone() -> None:
    moved = Moved("a: 1\nb: 2\nc: 3\n", "a: 1\nb: 25\nc: 3\n")
    assert moved.span(Span(0, 4)) == Span(0, 4)
    assert moved.span(Span(5, 9)) is None
    assert moved.span(Span(10, 14)) == Span(11, 15)
    assert [moved.back(offset) for offset in (0, 8, 9, 12)] == [0, 8, 9, 11]


def test_ten_thousand_edits(tmp_path: Path) -> None:
    """A client that counts UTF-16 units and a server that is sent its text agree, and no range is outside."""
    desk = Desk(tmp_path, SHOP, "pod.yaml")
    opened = desk.workspace.opened[desk.uri("pod.yaml")]
    choose = random.Random(1)
    units = POD.encode("utf-16-le")
    for number in range(10_000):
        start = choose.randrange(len(units) // 2 + 1)
        end = min(start + choose.choice((0, 0, 1, 2, 5)), len(units) // 2)
        text = "".join(choose.choice(LETTERS) for _ in range(choose.choice((0, 1, 1, 2))))
        new = units[: 2 * start] + text.encode("utf-16-le") + units[2 * end :]
        try:
            decoded = new.decode("utf-16-le")
        except UnicodeDecodeError:
            continue
        if len(decoded) > 2 * len(POD):
            decoded = CONFIG if number % 2 else POD
        units = decoded.encode("utf-16-le")
        opened.text, opened.version = decoded, number
        assert opened.lines.content == units.decode("utf-16-le")
        last = opened.lines.position(len(decoded))
        for diagnostic in faults_of(desk.project, opened) if number % 50 == 0 else ():
            assert Position(0, 0) <= diagnostic.range.start <= diagnostic.range.end <= last
