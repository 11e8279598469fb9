"""The comments that say what a text expects are read right, and a difference is seen."""

from __future__ import annotations

import pytest

from cmlint.config.config import Config
from tests.support.assertions import Expected, differences, read
from tests.support.run import lint_texts

TEXT = """\
# error: [a-b] 3:5 "with a place, anywhere"
kind: Pod
# error: [a-b] 1 "above"
# warning: [c-d] 2 "above, too"
spec:  # info: [e-f] 7 "behind, with "quotes" and `ticks`"
  note: |  # error: [a-b] 9 "behind the head of a block"
    # error: [a-b] 1 "inside a string"
  last: "x"  # no assertion
"""
BLANKED = """\

kind: Pod


spec:
  note: |
    # error: [a-b] 1 "inside a string"
  last: "x"  # no assertion
"""


def test_assertions_are_read_and_blanked_out() -> None:
    text, expected = read("a.yaml", TEXT)
    assert text == BLANKED
    assert expected == [
        Expected("a.yaml", 3, 5, "error", "a-b", "with a place, anywhere"),
        Expected("a.yaml", 5, 1, "error", "a-b", "above"),
        Expected("a.yaml", 5, 2, "warning", "c-d", "above, too"),
        Expected("a.yaml", 5, 7, "info", "e-f", 'behind, with "quotes" and `ticks`'),
        Expected("a.yaml", 6, 9, "error", "a-b", "behind the head of a block"),
    ]


def test_assertions_with_a_place_are_read_in_broken_texts_too() -> None:
    broken = 'apiVersion: v1\nkind: Secret\na: "\nb: c  # error: [yaml-syntax] 3:4 "open"\n'
    text, expected = read("a.yaml", broken)
    assert text == 'apiVersion: v1\nkind: Secret\na: "\nb: c\n'
    assert expected == [Expected("a.yaml", 3, 4, "error", "yaml-syntax", "open")]


@pytest.mark.parametrize("comment", ['error: [a-b] "no column"', "error: [a-b] 3", "warning:[a-b] 3 x"])
def test_what_looks_like_an_assertion_must_be_one(comment: str) -> None:
    with pytest.raises(ValueError, match="is not like"):
        read("a.yaml", f"a: b  # {comment}\n")


def test_differences_are_named() -> None:
    manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: 1, B: 2}\n"
    findings = lint_texts({"a.yaml": manifest}, Config(select=("non-string-data",))).findings
    said = "the value of `A` must be a string, but it is a number"
    expected = [Expected("a.yaml", 4, 11, "error", "non-string-data", said)] * 2
    assert differences(expected, findings) == [
        *[f'not found: a.yaml: # error: [non-string-data] 4:11 "{said}"'] * 2,
        f'not expected: a.yaml: # error: [non-string-data] 4:17 "{said.replace("`A`", "`B`")}"',
    ]
    assert differences(expected[:1], findings[:1]) == []
