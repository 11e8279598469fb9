"""A change is written in the text's own style, and leaves every other character where it is."""

from __future__ import annotations

import pytest

from cmlint.manifest.edits import CannotEditError, Piece, pieces_of
from cmlint.model.changes import Add, Change, Quote, Remove, Replace, Rewrite, Unlist
from cmlint.model.facts import Span


def edited(text: str, change: Change) -> str:
    """A text with a change."""
    for piece in sorted(pieces_of(change, text), reverse=True):
        text = text[: piece.start] + piece.text + text[piece.end :]
    return text


def marked(text: str) -> tuple[str, Span]:
    """A text without the two `~` in it, and the place between them."""
    before, inside, after = text.split("~")
    return before + inside + after, Span(len(before), len(before) + len(inside))


def add(text: str, beside: str = "image", field: str = "imagePullPolicy") -> str:
    """A marked text with a policy behind the field whose value is marked."""
    plain, span = marked(text)
    return edited(plain, Add(span, beside, field, "Always"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- image: ~a~\n  name: b\n", "- image: a\n  imagePullPolicy: Always\n  name: b\n"),
        ("- name: b\n  image: ~a~", "- name: b\n  image: a\n  imagePullPolicy: Always"),
        ("x:\n- image: ~a~  # b\n", "x:\n- image: a  # b\n  imagePullPolicy: Always\n"),
        ("-   image: ~'a'~ \r\n    name: b\r\n", "-   image: 'a' \r\n    imagePullPolicy: Always\r\n    name: b\r\n"),
        ("- image: &i ~a~\r  name: b\r", "- image: &i a\r  imagePullPolicy: Always\r  name: b\r"),
        ("- - image: ~*i~\n", "- - image: *i\n    imagePullPolicy: Always\n"),
        ('"image": ~"a"~\n', '"image": "a"\n"imagePullPolicy": "Always"\n'),
        ("image: ~a\n  b~\nname: c\n", "image: a\n  b\nimagePullPolicy: Always\nname: c\n"),
        ("- {image: ~a~}\n", "- {image: a, imagePullPolicy: Always}\n"),
        ("[{image: ~a~, name: b}]\n", "[{image: a, imagePullPolicy: Always, name: b}]\n"),
        ("{name: b , image: ~a~ }\n", "{name: b , image: a, imagePullPolicy: Always }\n"),
        ('{"image":~"a"~,"name":"b"}', '{"image":"a","imagePullPolicy":"Always","name":"b"}'),
        (
            '{\n  "image": ~"a"~,\n  "name": "b"\n}\n',
            '{\n  "image": "a",\n  "imagePullPolicy": "Always",\n  "name": "b"\n}\n',
        ),
        ('{\n\t"image": ~"a"~\n}\n', '{\n\t"image": "a",\n\t"imagePullPolicy": "Always"\n}\n'),
        ("- {\n  image: ~a~ # b\n  }\n", "- {\n  image: a, # b\n  imagePullPolicy: Always\n  }\n"),
        (
            "- {\n  image: ~a~, # b\n  name: c\n  }\n",
            "- {\n  image: a, # b\n  imagePullPolicy: Always,\n  name: c\n  }\n",
        ),
        ("- {image: ~a~,\n  name: c}\n", "- {image: a, imagePullPolicy: Always,\n  name: c}\n"),
    ],
)
def test_a_field_is_added_in_the_style_of_the_one_before(text: str, expected: str) -> None:
    assert add(text) == expected


def test_an_image_volume_gets_its_own_field() -> None:
    text = "image:\n  reference: ~a~\n"
    assert add(text, "reference", "pullPolicy") == "image:\n  reference: a\n  pullPolicy: Always\n"


@pytest.mark.parametrize("text", ["image: ~|\n  a~\nname: b\n", "image:\n  ~a~\n", "newTag: ~a~\n", "? image\n: ~a~\n"])
def test_a_field_is_not_added_where_its_place_is_not_clear(text: str) -> None:
    with pytest.raises(CannotEditError, match="`image` is not written as a field with its value beside it"):
        add(text)


def quote(text: str) -> str:
    """A marked text with quotes around what is marked."""
    plain, span = marked(text)
    return edited(plain, Quote(span))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value: ~8080~ # a\n", 'value: "8080" # a\n'),
        ("{value: ~yes~}", '{value: "yes"}'),
        ("~1.10~ : a", '"1.10" : a'),
        ("value: &a ~0o17~\r\n", 'value: &a "0o17"\r\n'),
    ],
)
def test_quotes_are_put_around_exactly_what_is_written(text: str, expected: str) -> None:
    assert quote(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("value: ~*a~\n", "it is more than a plain scalar"),
        ("value: ~'1'~\n", "it is more than a plain scalar"),
        ("value: ~|\n  1~\n", "it is more than a plain scalar"),
        ("value: ~[1]~\n", "it is more than a plain scalar"),
        ("value: ~~\n", "it is more than a plain scalar"),
        ("value: !!int ~1~\n", "it has a tag, which says what it is"),
        ("value: !!int &a ~1~\n", "it has a tag, which says what it is"),
    ],
)
def test_quotes_are_put_around_plain_scalars_only(text: str, why: str) -> None:
    with pytest.raises(CannotEditError, match=f"^{why}$"):
        quote(text)


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("key: ~old~\n", "new", "key: new\n"),
        ("key: ~'old'~\n", "new", "key: 'new'\n"),
        ('{"key":~"old"~}', "new", '{"key":"new"}'),
        ("key: ~old~\n", "1.10", 'key: "1.10"\n'),
        ("key: ~old~\n", "y", 'key: "y"\n'),
        ("key: ~old~\n", "-a", 'key: "-a"\n'),
        ("key: ~'old'~\n", "y", "key: 'y'\n"),
        ("~old~: a\n", "new", "new: a\n"),
    ],
)
def test_a_string_is_rewritten_in_its_quotes(text: str, new: str, expected: str) -> None:
    plain, span = marked(text)
    assert edited(plain, Rewrite(span, "old", new)) == expected


@pytest.mark.parametrize(
    ("text", "new", "why"),
    [
        ("key: ~*old~\n", "new", "it is written in another way than by its value alone"),
        ('key: ~"\\x6fld"~\n', "new", "it is written in another way than by its value alone"),
        ("key: ~>-\n  old~\n", "new", "it is written in another way than by its value alone"),
        ("key: ~old~\n", "a: b", "`a: b` would need care to be written"),
    ],
)
def test_a_string_is_not_rewritten_where_it_is_written_oddly(text: str, new: str, why: str) -> None:
    plain, span = marked(text)
    with pytest.raises(CannotEditError, match=f"^{why}$"):
        edited(plain, Rewrite(span, "old", new))


def remove(text: str) -> str:
    """A marked text without the entry that is marked."""
    plain, span = marked(text)
    return edited(plain, Remove(span))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a: 1\n- ~a: 1\n  b: 2~\n- c\n", "- a: 1\n- c\n"),
        ("- a\n- ~a~", "- a"),
        ("- a\r\n  - ~b: |\r\n      c~\r\n", "- a\r\n"),
        ("- a # b\n- ~a~ \n\n", "- a # b\n\n"),
        ("[a, ~a~, b]", "[a, b]"),
        ('[\n  {"a": 1},\n  ~{"a": 1}~\n]', '[\n  {"a": 1}\n]'),
    ],
)
def test_an_entry_is_taken_out(text: str, expected: str) -> None:
    assert remove(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a\n# why\n- ~a~\n", "it may have the comment above it"),
        ("- a\n- ~a~ # why\n", "it has a comment, which would go with it"),
        ("- a\n- ~a: 1\n  # why\n  b: 2~\n", "it has a comment, which would go with it"),
        ("[~a~, a]", "it is not written as an entry behind another"),
        ("[b, # why\n ~a~]", "it is not written as an entry behind another"),
    ],
)
def test_an_entry_with_a_comment_stays(text: str, why: str) -> None:
    with pytest.raises(CannotEditError, match=f"^{why}$"):
        remove(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n  # cmlint: ignore[~x~] why\nb\n", "a\nb\n"),
        ("a\r\n# cmlint: ignore[ ~x~ ]\r\nb\r\n", "a\r\nb\r\n"),
        ("a: b  # cmlint: ignore[~x~] why\n", "a: b\n"),
        ("a\n#cmlint:ignore[~x~]", "a"),
        ("\ufeff# cmlint: ignore[~x~]\na\n", "\ufeffa\n"),
        ("a # cmlint: ignore[~x~, y] why\n", "a # cmlint: ignore[y] why\n"),
        ("a # cmlint: ignore[x,~y~] why\n", "a # cmlint: ignore[x] why\n"),
        ("a # cmlint: ignore[x, ~y~, z]\n", "a # cmlint: ignore[x, z]\n"),
        ("a # the pool # cmlint: ignore[~x~] why\n", "a # the pool\n"),
        ("a # cmlint: ignore[~x~] why # cmlint: ignore[y]\n", "a # cmlint: ignore[y]\n"),
        ("a # cmlint: ignore[x] # cmlint: ignore[~y~] why\n", "a # cmlint: ignore[x]\n"),
        ("cmlint.dev/ignore: ~x~, y\n", "cmlint.dev/ignore: y\n"),
        ("cmlint.dev/ignore: 'x, ~y~'\n", "cmlint.dev/ignore: 'x'\n"),
    ],
)
def test_a_name_is_taken_out_of_a_suppression(text: str, expected: str) -> None:
    plain, span = marked(text)
    assert edited(plain, Unlist(span)) == expected


def test_the_only_name_of_an_annotation_stays() -> None:
    plain, span = marked("cmlint.dev/ignore: ~x~\n")
    with pytest.raises(CannotEditError, match="nothing would be left of the annotation"):
        edited(plain, Unlist(span))


def test_a_stretch_is_replaced() -> None:
    assert pieces_of(Replace(Span(1, 2), "x"), "abc") == (Piece(1, 2, "x"),)
