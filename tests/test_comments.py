"""Suppressions as they are written: which comments count, and where each part of one stands."""

from __future__ import annotations

import subprocess
import sys
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cmlint.manifest.comments import read_ignores
from cmlint.manifest.documents import cut, read_text
from cmlint.manifest.nodes import ScalarNode, SequenceNode, compose
from cmlint.model.facts import Ignore, Span

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\n"
MARK = "# cmlint: ignore[missing-key]"
WORD = "#cmlint:ignore(missing-key)"


class Shown(NamedTuple):
    """What stands at the spans of a suppression."""

    rules: list[str]
    reason: str
    comment: str
    scope: str


def show(text: str, ignore: Ignore) -> Shown:
    """A suppression in the words of its text; the names must stand where they say."""

    def at(span: Span) -> str:
        return text[span.start : span.end]

    names = [at(rule.span) for rule in ignore.rules]
    assert names == [rule.value for rule in ignore.rules]
    return Shown(names, ignore.reason, at(ignore.span), at(ignore.scope))


def ignores(text: str) -> list[Shown]:
    """The comments of a text that are meant for cmlint."""
    return [show(text, ignore) for ignore in read_ignores(text, cut(text))]


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# cmlint: ignore[missing-key]", ["missing-key"], ""),
        ("# cmlint: ignore[missing-key] made by hand", ["missing-key"], "made by hand"),
        (
            "# cmlint: ignore[missing-key, references,all]  two  words ",
            ["missing-key", "references", "all"],
            "two  words",
        ),
        ("#cmlint:ignore [ missing-key , ]", ["missing-key"], ""),
        ("#\tcmlint:\tignore[missing-key]\twhy", ["missing-key"], "why"),
        ("# cmlint: ignore[😀, no such rule]", ["no such rule"], ""),
        ("# cmlint: ignore", [], "ignore"),
        ("# cmlint:ignore missing-key", [], "ignore missing-key"),
        ("# cmlint: ignore[]", [], ""),
        ("# cmlint: ignore[missing-key", [], "ignore[missing-key"),
        ("# cmlint: disable=missing-key", [], "disable=missing-key"),
    ],
)
def test_a_comment_is_read(comment: str, rules: list[str], reason: str) -> None:
    line = f"a: b {comment}"
    assert ignores(f"{line}\nc: d\n") == [Shown(rules, reason, comment.rstrip(), line)]


@pytest.mark.parametrize(
    "comment", ["# cmlint ignore[all]", "# ignore[all]", "# see cmlint: ignore[all]", "# Cmlint: ignore[all]"]
)
def test_any_other_comment_is_left_alone(comment: str) -> None:
    assert ignores(f"{comment}\na: b {MARK}\n") == [Shown(["missing-key"], "", MARK, f"a: b {MARK}")]


def test_several_may_stand_behind_other_words() -> None:
    line = "a: b # later # cmlint: ignore[all] one # cmlint: ignore[images] two"
    assert ignores(f"{line}\n") == [
        Shown(["all"], "one", "# cmlint: ignore[all] one", line),
        Shown(["images"], "two", "# cmlint: ignore[images] two", line),
    ]


@pytest.mark.parametrize("prefix", ["", "\ufeff"], ids=["plain", "byte-order-mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("lines", "scopes"),
    [
        ([f"{MARK}", "a: b"], [[0, 1]]),
        ([f"a: b {MARK}"], [[0]]),
        ([f"😀: b\t{MARK}", "c: d"], [[0]]),
        (["a: b", MARK], [[1]]),
        (["a:", f"  {MARK}", "  b: c"], [[1, 2]]),
        (["a:", f"  {MARK}", "  # more", "", "  b: c"], [[1, 2, 3]]),
        ([MARK, "# more", f"  {MARK}", "a: b", "# after"], [[0, 1, 2, 3], [2, 3]]),
        (["a: b", "---", MARK, "---", f"c: d {MARK}"], [[2, 3], [4]]),
        ([f"--- {MARK}", "a: b"], [[0]]),
        (["%YAML 1.1", "---", MARK, "a: b"], [[2, 3]]),
        (["a: {b: c, # one", f"  d: e {MARK}", f"  {MARK}", "}"], [[1], [2, 3]]),
        ([f"- a {MARK}", f"- {MARK}", "  b: c", MARK, "- d"], [[0], [1], [3, 4]]),
        (["a: |", f"  {MARK}", MARK, "b: c"], [[2, 3]]),
        (["a: |-", f"  x {MARK}", "", "", f" {MARK}", "b: c"], [[4, 5]]),
        (["a: |+", f"  {MARK}", "", MARK, "b: c"], [[3, 4]]),
        (["a: >", f"  {MARK}", f"   {MARK}", "", MARK], [[4]]),
        (["a: >-", f"  x {MARK}", MARK, "b: c"], [[2, 3]]),
        (["a: >+2", f"   {MARK}", f"  {MARK}", f" {MARK}", "b: c"], [[3, 4]]),
        ([f"a: | {MARK}", "  x"], [[0]]),
        ([f"a: >-  {MARK}", f"  x {MARK}"], [[0]]),
        ([f"a: 'x {MARK}", f"  {MARK}'", f'b: "x {MARK} \\', f'  {MARK}" {MARK}'], [[3]]),
        ([f"a: x{WORD}", f"b: [c{WORD}", f"] {MARK}", f"d: x{WORD} {MARK}"], [[2], [3]]),
        (["a: 1", "a: 2", f"b: 3 {MARK}"], [[2]]),
        (["a: &x 1", "b: &x 2", f"c: *x {MARK}"], [[2]]),
        ([f"a: !unknown b {MARK}", f"c: !!int x {MARK}"], [[0], [1]]),
        (["a: don\t't", " \t", f" \t{MARK}", f"b:\tc\t'\t{MARK}"], [[2, 3], [3]]),
        (["a: |", "  ", f"    {MARK}", f"  {MARK}"], [[3]]),
        ([f"a: b {MARK}", "c: 'd", "---", f"e: f {MARK}"], [[0], [3]]),
        ([f"a: b {MARK}", "\tc: @", MARK, "---", MARK, "b: c"], [[0], [4, 5]]),
    ],
)
def test_where_comments_stand(lines: list[str], scopes: list[list[int]], ending: str, prefix: str) -> None:
    """Each speaks for its line; alone in a line, for all up to the first one below that is not such a comment."""
    text = prefix + ending.join(lines)
    found = list(read_ignores(text, cut(text)))
    first = [text.count(ending, 0, ignore.scope.start) for ignore in found]
    last = [text.count(ending, 0, ignore.scope.end) for ignore in found]
    assert [list(range(start, end + 1)) for start, end in zip(first, last, strict=True)] == scopes
    assert [show(text, ignore).comment for ignore in found] == [MARK] * len(scopes)
    whole = [text[i.scope.end : i.scope.end + 1] in ("", *ending) for i in found]
    assert all(whole), "a scope ends where its line ends"


def test_a_line_may_end_with_a_lone_carriage_return() -> None:
    text = f"a: b {MARK}\r{MARK}\r# more\rc: d\re: f"
    assert [shown.scope for shown in ignores(text)] == [f"a: b {MARK}", f"{MARK}\r# more\rc: d"]


def test_ruamel_is_loaded_for_such_comments_alone() -> None:
    """Reading any other text must not pay for it."""
    program = "import sys; from cmlint.manifest.documents import read_text; "
    program += "read_text(sys.argv[1]); print('ruamel.yaml' in sys.modules)"
    for text, loaded in ((f"{CONFIG}# comment\n", "False"), (f"{CONFIG}{MARK}\n", "True")):
        done = subprocess.run([sys.executable, "-c", program, text], capture_output=True, encoding="utf-8", check=True)
        assert done.stdout == f"{loaded}\n"


def test_a_text_without_any_document_of_ours_is_not_looked_at() -> None:
    assert read_text(f"replicas: 1 {MARK}\n").ignores == ()
    assert len(read_text(f"{CONFIG}data: {{}} {MARK}\n").ignores) == 1


STRING, LIST = "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq"
STYLES = st.sampled_from([None, "'", '"', "|", ">"])
WORDS = st.sampled_from(
    ["x", "#", "# cmlint: ignore[all] x", "a: b", "'", '"', "\\", "- ", "{", "]", "?", "\t", "😀", " ", ""]
)
STRINGS = st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "\n", "\n\n", "\n "])), max_size=8).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@given(st.lists(st.tuples(STRINGS, STYLES), min_size=1, max_size=5))
def test_a_string_is_never_a_comment(values: list[tuple[str, str | None]]) -> None:
    """Between strings that are full of them, the comments that are ones are found, and no other."""
    text, real = "", list[int]()
    for value, style in values:
        real.append(len(text))
        entry = yaml.serialize(SequenceNode(LIST, [ScalarNode(STRING, value, style=style)], flow_style=False))
        text += f"{MARK}\n{entry.removesuffix('...' + chr(10))}"
    root = compose(text)
    assert root
    assert [node.value for node in root.value] == [value for value, _ in values]
    assert [ignore.span.start for ignore in read_ignores(text, cut(text))] == real


@given(st.lists(STRINGS, min_size=1, max_size=5), st.sampled_from(["'", '"']))
def test_a_string_between_brackets_is_never_a_comment(values: list[str], style: str) -> None:
    text, real = "[\n", list[int]()
    for value in values:
        real.append(len(text))
        text += f"{MARK}\n{yaml.serialize(ScalarNode(STRING, value, style=style)).rstrip()} , "
    text += "]\n"
    root = compose(text)
    assert root
    assert [node.value for node in root.value] == values
    assert [ignore.span.start for ignore in read_ignores(text, cut(text))] == real


@given(st.text(st.sampled_from("# cmlint:ignore[]a,-'\"|>{}!&*\n\r\t\ufeff\x85\u2028\x00\\%?.😀")))
def test_any_text_can_be_read(text: str) -> None:
    for ignore in read_ignores(text, cut(text)):
        shown = show(text, ignore)
        assert shown.comment.startswith("#")
        assert shown.comment in shown.scope


# annotations


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("missing-key", ["missing-key"]),
        ("'missing-key, all' # why", ["missing-key", "all"]),
        ('"missing-key,\\\n      all"', ["missing-key", "all"]),
        ("missing-key,\n      all", ["missing-key", "all"]),
        ("|\n      missing-key,\n      all", ["missing-key", "all"]),
        (">-\n      missing-key, all", ["missing-key", "all"]),
        ("','", []),
    ],
)
def test_an_annotation_is_read(value: str, names: list[str]) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n  annotations:\n    cmlint.dev/ignore: "
    text = f"{head}{value}\n    # end\n"
    (document,) = read_text(text).documents
    assert document.ignore
    shown = show(text, document.ignore)
    assert (shown.rules, shown.reason) == (names, "")
    assert shown.comment == value.partition(" #")[0]
    assert document.ignore.scope == document.span


@pytest.mark.parametrize("value", ["*names", '"missing\\x2dkey, all"'])
def test_names_that_are_not_written_stand_where_the_value_stands(value: str) -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n  annotations:\n    other: &names missing-key, all\n"
        f"    cmlint.dev/ignore: {value}\n"
    )
    (document,) = read_text(text).documents
    assert document.ignore
    assert [rule.value for rule in document.ignore.rules] == ["missing-key", "all"]
    assert [text[rule.start : rule.end] for rule in document.ignore.rules] == [value, value]


@pytest.mark.parametrize("value", ["", "~", "[all]", "true", "''"])
def test_an_annotation_that_is_no_text_is_none(value: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app, annotations: {{cmlint.dev/ignore: {value}}}}}\n"
    (document,) = read_text(text).documents
    assert document.ignore is None
