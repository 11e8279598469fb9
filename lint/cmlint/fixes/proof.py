"""The proof of an edited text: that it says what it said before, but where it was edited.

Both texts are loaded with ruamel.yaml, by documents. Every value that no edit touches must be the same, and every
comment must be where it was.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cmlint.manifest.comments import reader_of_comments
from cmlint.manifest.documents import cut
from cmlint.manifest.edits import end_of_line
from cmlint.model.findings import Edit

UNREADABLE = "ruamel.yaml, which proves it, cannot read the text"
ELSEWHERE = "it would change what an alias elsewhere refers to"
COMMENT = "it would change a comment"
MORE = "it would change more than it should"


class NotProvenError(Exception):
    """An edit that would change more than it should; the message says what."""


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits, which do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def prove(old: str, edits: Sequence[Edit]) -> None:
    """Raises NotProvenError unless edits change what they touch, and nothing else."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    new = applied(old, edits)
    before, after = list(cut(old)), list(cut(new))
    if len(before) != len(after):
        raise NotProvenError(MORE)
    shift = Shift(ordered)
    for (start, end), (new_start, new_end) in zip(before, after, strict=True):
        if shift.to_new(start) != new_start:
            raise NotProvenError(MORE)
        inside = [edit for edit in ordered if start <= edit.start < end or (edit.start == end == len(old))]
        if inside:
            own = [Edit(edit.path, edit.start - start, edit.end - start, edit.text) for edit in inside]
            prove_document(old[start:end], new[new_start:new_end], own)


class Shift:
    """Where the characters of a text are after edits, which are in order."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.ends = [edit.end for edit in edits]
        self.moves = [0]
        for edit in edits:
            self.moves.append(self.moves[-1] + len(edit.text) - (edit.end - edit.start))

    def to_new(self, offset: int) -> int:
        """Where a character is that no edit takes away; what is put in at its place comes before it."""
        return offset + self.moves[bisect_right(self.ends, offset)]


class Loaded:
    """A document as ruamel.yaml loads it, and where its comments begin."""

    def __init__(self, text: str) -> None:
        from ruamel.yaml.error import YAMLError

        self.text = text
        self.comments: list[int] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.root: Any = reader_of_comments(self.comments).compose(text)
            except (YAMLError, ValueError, OverflowError, RecursionError):
                raise NotProvenError(UNREADABLE) from None

    def comment(self, offset: int) -> str:
        """The comment that begins at an offset."""
        return self.text[offset : end_of_line(self.text, offset)].rstrip()


def prove_document(old: str, new: str, edits: Sequence[Edit]) -> None:
    """The same of one document."""
    before, after = Loaded(old), Loaded(new)
    Comparison(edits).same(before.root, after.root)
    prove_comments(before, after, edits)


def prove_comments(before: Loaded, after: Loaded, edits: Sequence[Edit]) -> None:
    """Every comment is where it was, except those that are taken out."""
    shift = Shift(edits)
    expected: dict[int, str] = {}
    for offset in dict.fromkeys(before.comments):
        comment = before.comment(offset)
        within = [e for e in edits if e.start < e.end and e.end > offset and e.start < offset + len(comment)]
        if not any(edit.start <= offset for edit in within):
            own = [Edit(e.path, e.start - offset, e.end - offset, e.text) for e in within]
            expected[shift.to_new(offset)] = applied(comment, own).rstrip()
    expected.update(put_in(after, edits, shift))
    if expected != {offset: after.comment(offset) for offset in after.comments}:
        raise NotProvenError(COMMENT)


def put_in(after: Loaded, edits: Sequence[Edit], shift: Shift) -> Iterator[tuple[int, str]]:
    """The comments that edits put in, each of which is all that its edit has but blanks."""
    for edit, move in zip(edits, shift.moves, strict=False):
        comment = edit.text.strip()
        offset = edit.start + move + edit.text.find("#")
        if comment.startswith("#") and offset in after.comments and after.comment(offset) == comment:
            yield offset, comment


class Comparison:
    """Compares two trees of nodes; what differs must be what edits touch, and are in one place only.

    A comment that is put in touches nothing.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.changing = [edit for edit in edits if edit.start < edit.end or not edit.text.strip().startswith("#")]
        self.shift = Shift(edits)
        self.met: set[int] = set()

    def same(self, old: Any, new: Any) -> None:
        """Raises NotProvenError unless two nodes are the same, or a scalar that is edited."""
        if id(old) in self.met and self.touched(old):
            raise NotProvenError(ELSEWHERE)
        if id(old) in self.met:
            return
        self.met.add(id(old))
        if type(old) is not type(new) or old.anchor != new.anchor:
            raise NotProvenError(MORE)
        if old.id == "scalar":
            alike = (old.tag, old.value, old.style) == (new.tag, new.value, new.style)
            if not alike and not self.touched(old):
                raise NotProvenError(MORE)
        elif (old.tag, old.flow_style) != (new.tag, new.flow_style):
            raise NotProvenError(MORE)
        else:
            self.same_parts(parts_of(old), parts_of(new))

    def same_parts(self, old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]) -> None:
        """Compares the entries of two collections, without entries that an edit adds or removes completely."""
        kept = [part for part in old if not self.taken_out(part)]
        known = [part for part in new if not self.put_in(part)]
        if len(kept) != len(known):
            raise NotProvenError(MORE)
        for one, other in zip(kept, known, strict=True):
            for node, changed in zip(one, other, strict=True):
                self.same(node, changed)

    def touched(self, node: Any) -> bool:
        """Whether an edit is in a node, or puts something to its border that is not a new entry."""
        start, end = node.start_mark.index, node.end_mark.index
        inside = any(edit.start < end and start < edit.end for edit in self.changing)
        return inside or any(
            edit.start == edit.end in (start, end) and edit.text[:1] not in ("\r", "\n", ",") for edit in self.changing
        )

    def taken_out(self, part: tuple[Any, ...]) -> bool:
        """Whether an edit takes out an entry."""
        start, end = part[0].start_mark.index, content_end(part[-1])
        return any(edit.start <= start < end <= edit.end for edit in self.edits)

    def put_in(self, part: tuple[Any, ...]) -> bool:
        """Whether an edit puts in an entry."""
        start, end = part[0].start_mark.index, content_end(part[-1])
        for edit, move in zip(self.edits, self.shift.moves, strict=False):
            first = edit.start + move
            if first <= start < end <= first + len(edit.text):
                return True
        return False


def parts_of(node: Any) -> list[tuple[Any, ...]]:
    """The entries of a mapping, or the items of a list."""
    return [part if isinstance(part, tuple) else (part,) for part in node.value]


def content_end(node: Any) -> int:
    """Where what a node holds ends: a block collection has the lines below it to its end mark."""
    while node.id != "scalar" and node.value and not node.flow_style:
        last = node.value[-1]
        inner = last[1] if isinstance(last, tuple) else last
        if inner.start_mark.index < node.start_mark.index:
            break
        node = inner
    return int(node.end_mark.index)
