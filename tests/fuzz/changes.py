"""Damaged copies of texts, as Hypothesis draws them. A byte that is not UTF-8 is a lone surrogate in a text."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck
from hypothesis import strategies as st

LONGEST = 100_000
"""The characters that a damaged text has at most."""

UNCHECKED = (
    *(HealthCheck.too_slow, HealthCheck.data_too_large),
    *(HealthCheck.filter_too_much, HealthCheck.large_base_example),
)
"""What Hypothesis must not complain of: inputs may be large, and a command line may take its time."""

SIGNS = (
    *"\t'\"{}[]()<>:-#&*!|>%@`?,~\\/$=;.0\n\r\v\f\x85\xa0\u2028\x00\x1b\x7f\u202e\ufeff\udcff\udc80🙂é",
    *("---\n", "...\n", "\r\n", "- ", ": ", "<<: *a\n", "&a ", "*a ", "!!binary ", "!!int ", "!x ", "%YAML 1.1\n"),
    *("{{", "}}", "{{-", "$(", "${", "$((", "`", "'''", '"""', "<<EOF\n", "EOF\n", "#!/bin/sh\n", "# cmlint: ignore"),
    *("null", "true", "~", "yes", ".nan", ".inf", "0x1F", "0o17", "1e999", "-0", "2026-01-01", "9" * 4400, "1_0", "::"),
    *(
        "../",
        "/dev/zero",
        "/etc/passwd",
        "..",
        "./",
        "//",
        "*",
        "**/",
        "!",
        "[a-",
        "\\",
        "a" * 300,
        "::error::",
        "\x1b[31m",
    ),
    *(
        "::error::",
        "\x1b[31m",
        "List",
        "Secret",
        "ConfigMap",
        "items:\n",
        "data:\n",
        "metadata:\n",
        "kind: ",
        "apiVersion: v1\n",
        "name: ",
    ),
)


def place(draw: st.DrawFn, text: str) -> int:
    """An offset in a text."""
    return draw(st.integers(0, len(text)))


def stretch(draw: st.DrawFn, text: str) -> tuple[int, int]:
    """A stretch of a text: some characters, or whole lines."""
    start = place(draw, text)
    if draw(st.booleans()):
        return start, min(len(text), start + draw(st.sampled_from((1, 1, 2, 4, 10, 40, 200))))
    start = text.rfind("\n", 0, start) + 1
    end = start
    for _ in range(draw(st.sampled_from((1, 1, 2, 5, 20)))):
        end = text.find("\n", end) + 1 or len(text)
    return start, end


def put(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A sign anywhere."""
    start = place(draw, text)
    sign: str = draw(st.sampled_from(SIGNS))
    return text[:start] + sign + text[start:]


def cut(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A stretch left out."""
    start, end = stretch(draw, text)
    return text[:start] + text[end:]


def replaced(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A sign instead of a stretch."""
    start, end = stretch(draw, text)
    sign: str = draw(st.sampled_from(SIGNS))
    return text[:start] + sign + text[end:]


def repeated(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A stretch several times."""
    start, end = stretch(draw, text)
    times = draw(st.sampled_from((2, 2, 3, 10, 100, 1000)))
    times = min(times, LONGEST // max(end - start, 1))
    return text[:start] + text[start:end] * times + text[end:]


def moved(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A stretch at another place."""
    start, end = stretch(draw, text)
    rest = text[:start] + text[end:]
    to = place(draw, rest)
    return rest[:to] + text[start:end] + rest[to:]


def spliced(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A stretch of another text."""
    other: str = draw(st.sampled_from(others))
    start, end = stretch(draw, other)
    to = place(draw, text)
    return text[:to] + other[start:end] + text[to:]


def indented(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """Some lines further right or left."""
    start, end = stretch(draw, text)
    start = text.rfind("\n", 0, start) + 1
    lines = text[start:end].splitlines(keepends=True)
    blanks = draw(st.sampled_from(("", " ", "  ", "\t")))
    return text[:start] + "".join(blanks + line.lstrip(" ") for line in lines) + text[end:]


def recased(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """A stretch in the other letter case."""
    start, end = stretch(draw, text)
    return text[:start] + text[start:end].swapcase() + text[end:]


def nested(draw: st.DrawFn, text: str, others: Sequence[str]) -> str:
    """Brackets in brackets."""
    start = place(draw, text)
    opened, closed = draw(st.sampled_from(("[]", "{}", "()", ("- ", ""), ("a: {", "}"), ("{{ if . }}", "{{ end }}"))))
    depth = draw(st.sampled_from((10, 100, 2000)))
    return text[:start] + opened * depth + closed * draw(st.sampled_from((depth, 0))) + text[start:]


CHANGES = (put, put, cut, cut, replaced, replaced, repeated, moved, spliced, spliced, indented, recased, nested)


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[str]) -> str:
    """One of some texts with a few changes."""
    text: str = draw(st.sampled_from(seeds))
    for _ in range(draw(st.sampled_from((0, 1, 1, 1, 2, 3, 6)))):
        text = draw(st.sampled_from(CHANGES))(draw, text, seeds)
    return text[:LONGEST]
