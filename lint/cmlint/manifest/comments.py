"""Suppressions as they are written, found by ruamel.yaml's own comment scanner and never in a string."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cmlint.model.facts import Ignore, Scalar, Span

if TYPE_CHECKING:
    from ruamel.yaml import YAML

SAID = r"#[ \t]*cmlint:(.*?)(?=#[ \t]*cmlint:|\Z)"
LIST = r"[ \t]*ignore[ \t]*\[([^\[\]]*)\]"
LINE_BREAK = re.compile(r"[\r\n]")
NAME = r"\w[^,\"']*"


def read_ignores(text: str, documents: Iterable[tuple[int, int]]) -> Iterator[Ignore]:
    """The comments meant for cmlint in the documents of a text; in one that is broken, those before the error."""
    for start, end in documents:
        if "cmlint:" in text[start:end]:
            comments = dict.fromkeys(start + offset for offset in comments_in(text[start:end]))
            ends: dict[int, int] = {}
            for offset in reversed(comments):
                ends[offset] = end_of_scope(text, offset, comments, ends)
            for offset in comments:
                yield from ignores_at(text, offset, ends[offset])


def comments_in(chunk: str) -> list[int]:
    """The offsets at which the comments of one document begin, in order."""
    from ruamel.yaml.error import YAMLError

    found: list[int] = []
    try:
        for _ in reader_of_comments(found).scan(chunk):
            pass
    except (YAMLError, ValueError, OverflowError):
        pass
    return found


def reader_of_comments(found: list[int]) -> YAML:
    """The round trip reader of ruamel.yaml, which adds to `found` the offset of each comment that it meets."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scanner import RoundTripScanner, ScannerError

    class CommentScanner(RoundTripScanner):
        """Notes each comment, and takes what libyaml takes: tabs for blanks, a block that begins with fewer blanks."""

        def scan_to_next_token(self) -> Any:
            comment = super().scan_to_next_token()
            while comment is None and self.reader.peek() == "\t":
                self.reader.forward()
                comment = super().scan_to_next_token()
            if comment is not None and comment[0].startswith("#"):
                found.append(comment[1].index)
            return comment

        def scan_plain_spaces(self, indent: Any, start_mark: Any) -> Any:
            spaces = super().scan_plain_spaces(indent, start_mark)
            while spaces is not None and self.reader.peek() == "\t":
                self.reader.forward()
                more = super().scan_plain_spaces(indent, start_mark)
                spaces = None if more is None else [*spaces, " ", *more]
            return spaces

        def scan_block_scalar_ignored_line(self, start_mark: Any) -> Any:
            header = self.reader.index
            comment = super().scan_block_scalar_ignored_line(start_mark)
            if comment is not None:
                found.append(header + comment.index("#"))
            return comment

        def scan_block_scalar_indentation(self) -> Any:
            try:
                return super().scan_block_scalar_indentation()
            except ScannerError:
                return [], self.reader.column, self.reader.get_mark()

    yaml = YAML(typ="rt")
    yaml.Scanner = CommentScanner
    return yaml


def ignores_at(text: str, offset: int, end: int) -> Iterator[Ignore]:
    """What one comment says to cmlint up to the end of its scope; several things may be in it."""
    start = line_start(text, offset)
    for said in re.compile(SAID).finditer(text, offset, line_end(text, offset)):
        listed = re.compile(LIST).match(text, said.start(1), said.end(1))
        rules = tuple(names_in(listed[1], listed.start(1))) if listed else ()
        reason = text[listed.end() if listed else said.start(1) : said.end(1)].strip()
        span = Span(said.start(), said.start() + len(said[0].rstrip()))
        yield Ignore(rules, reason, span, Span(start, end))


def names_in(listed: str, base: int) -> Iterator[Scalar]:
    """The names in a list with commas that begins at an offset; quotes around it are left out."""
    for found in re.finditer(NAME, listed):
        name = found[0].rstrip()
        yield Scalar(name, base + found.start(), base + found.start() + len(name))


def end_of_scope(text: str, offset: int, comments: Collection[int], ends: Mapping[int, int]) -> int:
    """The end of a comment's line; of one that is alone, of the first line below that is not such a comment.

    `ends` are those of the comments below.
    """
    line, end = line_start(text, offset), line_end(text, offset)
    while end < len(text) and (begin := line + indentation(text[line:end])) in comments:
        if begin in ends:
            return ends[begin]
        line = end + (2 if text.startswith("\r\n", end) else 1)
        end = line_end(text, line)
    return end


def line_start(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    start = text.rfind("\n", 0, offset) + 1
    return max(text.rfind("\r", start, offset) + 1, start)


def indentation(line: str) -> int:
    """The blanks at the beginning of a line."""
    return len(line) - len(line.lstrip(" \t\ufeff"))


def line_end(text: str, offset: int) -> int:
    """Where the line of an offset ends, its line break left out."""
    found = LINE_BREAK.search(text, offset)
    return found.start() if found else len(text)


def scalars_in(text: str) -> Iterator[tuple[int, int]]:
    """Where the scalars of a text begin and end, as far as it can be scanned."""
    import yaml

    mark = int(text.startswith("\ufeff"))
    try:
        for token in yaml.scan(text[mark:], Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.ScalarToken):
                yield token.start_mark.index + mark, token.end_mark.index + mark
    except (yaml.YAMLError, ValueError):
        return
