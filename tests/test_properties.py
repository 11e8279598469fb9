"""What holds for every text there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cmlint.config.config import Config
from cmlint.manifest import documents
from cmlint.manifest.documents import read_text
from cmlint.model.facts import FileFacts, Scalar, Span
from tests.support.run import lint_texts
from tests.support.strategies import BUNDLES, texts

ABOUT_TEXT = {"yaml-syntax", "repeated-mapping-key", "malformed-ignore", "unknown-annotation", "unknown-field"}
EVERYTHING = Config(pedantic=True, secrets="all", references="strict")


def spans_in(value: Any) -> Iterator[tuple[int, int]]:
    """Every span anywhere in a fact."""
    if isinstance(value, Span | Scalar):
        yield value.start, value.end
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from spans_in(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from spans_in(item)


@given(texts())
def test_spans_of_facts_lie_inside_the_text(text: str) -> None:
    assert all(0 <= start <= end <= len(text) for start, end in spans_in(read_text(text)))


@given(texts())
def test_facts_survive_being_encoded(text: str) -> None:
    facts = read_text(text)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


@given(BUNDLES)
def test_no_rule_crashes_and_findings_lie_inside_the_text(files: dict[str, str]) -> None:
    outcome = lint_texts(files, EVERYTHING)
    assert not outcome.crashed
    for finding in outcome.findings:
        for location in (finding.location, *(related.location for related in finding.related)):
            text = files[location.path]
            assert 0 <= location.start.offset <= location.end.offset <= len(text)
            for position in (location.start, location.end):
                assert position.offset == offset_of(text, position.line, position.column)


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a 1-based line and column; a byte order mark is no column."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    return len("".join(lines[: line - 1])) + column - 1 + (line == 1 and text.startswith("\ufeff"))


@given(BUNDLES, st.randoms())
def test_order_of_files_does_not_matter(files: dict[str, str], random: Any) -> None:
    paths = list(files)
    random.shuffle(paths)
    first, second = lint_texts(files, EVERYTHING), lint_texts({path: files[path] for path in paths}, EVERYTHING)
    assert first.findings == second.findings


@given(BUNDLES)
def test_what_is_not_parsed_hides_no_finding(files: dict[str, str]) -> None:
    """It may hide mistakes of the text itself, in documents that are none of cmlint's business, and nothing else.

    A workload without any of cmlint's words has no containers; a field of it that does not exist is such a mistake.
    """
    usual = lint_texts(files, Config()).findings
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "worth_parsing", lambda *_: True)
        parsed = lint_texts(files, Config()).findings
    assume(not any(finding.rule in ABOUT_TEXT and finding not in usual for finding in parsed))
    assert usual == parsed
