"""How values arrive: the traits of each, for a ConfigMap, for both fields of a Secret and for a variable."""

from __future__ import annotations

from base64 import b64encode

import pytest

from cmlint.manifest.documents import read_text
from cmlint.model.facts import Trait

TEXT = "apiVersion: v1\nkind: {}\nmetadata: {{name: s}}\n{}:\n  K: {}\n  L: end\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
    - name: c
      image: registry.example.com/c:1.2.3
      env:
        - name: K
          value: {}
        - name: L
          value: end
"""


def traits(kind: str, field: str, written: str) -> tuple[Trait, ...]:
    """The traits of one key's value as it is written."""
    (document,) = read_text(TEXT.format(kind, field, written)).documents
    return document.providers[0].keys[0].traits


def of_text(written: str) -> tuple[Trait, ...]:
    """The traits of a value of a ConfigMap."""
    return traits("ConfigMap", "data", written)


def of_bytes(raw: bytes) -> tuple[Trait, ...]:
    """The traits of bytes in the `data` of a Secret."""
    return traits("Secret", "data", b64encode(raw).decode())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain", ()),
        ('""', ()),
        ("~", ()),
        ("|\n    one", ("line-break",)),
        ("|\n    -----BEGIN CERTIFICATE-----", ()),
        (">\n    one\n    line", ()),
        ("|+\n    one\n\n", ("line-break",)),
        ('"one\\r\\n"', ("line-break",)),
        ("|-\n    one", ()),
        ("|\n    two\n    lines", ()),
        ('"\\n"', ()),
        ('"a\\0b"', ("nul",)),
        ("“one”", ("typographic",)),
        ("“one”\n", ("typographic",)),
        ("|\n    “one”", ("line-break", "typographic")),
        ("'\"one\"'", ("quoted",)),
        ("\"'one'\"", ("quoted",)),
        ("'\"'", ()),
        ('"one"', ()),
        ("|\n    A=1\n    B=2", ("env-file",)),
        ("|\n    # note\n    A=1\n\n    B=", ("env-file",)),
        ("|\n    A=1\n    [part]", ()),
        ("|\n    export A=1\n    B=2", ("env-file",)),
        ("A=1", ()),
        ("&word", ("anchor",)),
        ("&word text", ()),
        ("|", ("empty-block",)),
        (">-", ("empty-block",)),
        ("#ff0000", ("comment",)),
        ("  #Word1", ("comment",)),
        ("#word!", ("comment",)),
        ("# ff0000", ()),
        ("#optional", ()),
        ("#set-elsewhere", ()),
        ("#TODO: set it", ()),
        ("####", ()),
        ("x #ff0000", ()),
        ("$(HOME_DIR)", ()),
        ("c2VjcmV0LXZhbHVl", ()),
    ],
)
def test_traits_of_texts(written: str, expected: tuple[Trait, ...]) -> None:
    assert of_text(written) == expected
    (document,) = read_text(POD.format(written.replace("\n    ", "\n            "))).documents
    assert document.pods[0].containers[0].env[0].traits == expected


def test_an_anchor_that_is_used_is_no_mistake() -> None:
    text = TEXT.format("ConfigMap", "data", "&word").replace("end", "*word")
    (document,) = read_text(text).documents
    assert [key.traits for key in document.providers[0].keys] == [(), ()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"plain", ()),
        (b"", ()),
        (b"one\n", ("line-break",)),
        (b"one\r\n", ("line-break",)),
        (b"two\nlines\n", ()),
        (b"\xa5\xab\x2c\xc2\x8a\xdd", ("binary",)),
        (b"\x01\x02", ("binary",)),
        (b"\x7f", ("binary",)),
        (b"a\0b", ("nul",)),
        (b"a\0\x01", ("nul", "binary")),
        (b"\xff\0", ("nul", "binary")),
        ("größe".encode(), ()),
        ("\u200bone".encode(), ("typographic",)),
        (b'"one"', ("quoted",)),
        (b"http://$(HOST)/", ("expansion",)),
        (b"http://$$(HOST)/", ()),
        (b"$(date)", ()),
        (b"c2VjcmV0LXZhbHVl", ("encoded-twice",)),
        (b"c2VjcmV0LXZhbHVl\n", ("line-break", "encoded-twice")),
        (b"abcd", ()),
        (b"correcthorse", ()),
    ],
)
def test_traits_of_bytes(raw: bytes, expected: tuple[Trait, ...]) -> None:
    assert of_bytes(raw) == expected
    if b"\0" not in raw and "binary" not in expected and raw:
        quoted = '"' + raw.decode().replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'
        assert traits("Secret", "stringData", quoted) == expected


def test_what_is_no_base64_has_no_traits() -> None:
    assert traits("Secret", "data", "not/base64!") == ()
    assert traits("Secret", "data", "5") == ()


def test_bytes_of_a_configmap_have_no_traits() -> None:
    assert traits("ConfigMap", "binaryData", b64encode(b"\xff\0").decode()) == ()
