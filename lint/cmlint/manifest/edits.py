"""How a change is written: as edits of the text in its own style, which leave every other character where it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from cmlint.kube import scalars
from cmlint.model.changes import Add, Change, Quote, Remove, Replace, Rewrite

WORD = r"[A-Za-z0-9._/-]+"
"""What is a string in any quotes, and mostly without."""

NOT_PLAIN = r"[\"'*&!|>{\[]|[^\n\r]*[\"\\\n\r]"
TAGGED = r"(?:^|[\s,\[{:-])!\S*[ \t]+(?:&\S+[ \t]+)?\Z"
KEY = r"(?P<quote>[\"']?)(?P<key>\w+)(?P=quote)(?P<colon>\s*:\s*)(?:[&!]\S*\s+)*\Z"
INDENT = r"(?:[ \t]|-[ \t])*\Z"
BEHIND = r"[ \t]*(?:(?P<comma>,)[ \t]*)?(?:#[^\r\n]*)?\Z"
BLANK = r"(?:\s|(?<=\s)#[^\r\n]*)*"
SAID = r".*(#[ \t]*cmlint:[ \t]*ignore[ \t]*\[)[^\]]*\Z"
NEXT_SAID = r"#[ \t]*cmlint:"

NEAR = 1000
"""The number of characters before a place that patterns look at, so that none takes long."""


class CannotEditError(ValueError):
    """A change that cannot be written; the message says why."""


class Piece(NamedTuple):
    """Puts a text in the place of a stretch of another."""

    start: int
    end: int
    text: str


def pieces_of(change: Change, text: str) -> tuple[Piece, ...]:
    """The edits that make a change to a text; raises CannotEditError."""
    if isinstance(change, Replace):
        return (Piece(change.span.start, change.span.end, change.text),)
    if isinstance(change, Rewrite):
        return rewrite(change, text)
    if isinstance(change, Quote):
        return quote(change, text)
    if isinstance(change, Add):
        return add(change, text)
    return remove(change, text) if isinstance(change, Remove) else (unlist(change.span.start, change.span.end, text),)


def rewrite(change: Rewrite, text: str) -> tuple[Piece, ...]:
    """Another value in the same quotes; in quotes at all only where it would be no string without."""
    start, end = change.span.start, change.span.end
    written = text[start:end]
    if not re.fullmatch(WORD, change.new):
        raise CannotEditError(f"`{change.new}` would need care to be written")
    if written[:1] in ("'", '"') and written[1:-1] == change.old:
        return (Piece(start + 1, end - 1, change.new),)
    if written != change.old:
        raise CannotEditError("it is written in another way than by its value alone")
    plain = change.new[0] != "-" and scalars.resolve("", change.new) == change.new
    return (Piece(start, end, change.new if plain else f'"{change.new}"'),)


def quote(change: Quote, text: str) -> tuple[Piece, ...]:
    """Quotes around a plain scalar."""
    start, end = change.span.start, change.span.end
    if start == end or re.match(NOT_PLAIN, text[start:end]):
        raise CannotEditError("it is more than a plain scalar")
    if re.search(TAGGED, text[start_of_near(text, start) : start]):
        raise CannotEditError("it has a tag, which says what it is")
    return Piece(start, start, '"'), Piece(end, end, '"')


# a field more


def add(change: Add, text: str) -> tuple[Piece, ...]:
    """A field behind another: on a line of its own wherever that one has its own, else behind a comma."""
    start, end = change.span.start, change.span.end
    near = start_of_near(text, start)
    found = re.search(KEY, text[near:start])
    if not found or found["key"] != change.beside or text[start : start + 1] in ("|", ">"):
        raise CannotEditError(f"`{change.beside}` is not written as a field with its value beside it")
    quotes = found["quote"]
    field = f"{quotes}{change.field}{quotes}{found['colon']}{quotes}{change.value}{quotes}"
    before, whole = text[near : near + found.start()], starts_line(text, near)
    stop = end_of_line(text, end)
    behind = re.compile(BEHIND).match(text, end, stop)
    rest = re.compile(BLANK).match(text, end)
    last = rest.end() if rest else end
    in_flow = text[last : last + 1] in (",", "}")
    if not in_flow and not (behind and whole and re.match(INDENT, before)):
        raise CannotEditError(f"`{change.beside}` shares its line with something else")
    own_line = newline_of(text) + re.sub(r"[^\t]", " ", before) + field
    if not in_flow:
        return (Piece(stop, stop, own_line),)
    if not behind or not whole or before.strip():
        return (Piece(end, end, f",{' ' if found['colon'].endswith(' ') else ''}{field}"),)
    if behind["comma"]:
        return (Piece(stop, stop, f"{own_line},"),)
    if end == stop:
        return (Piece(end, end, f",{own_line}"),)
    return Piece(end, end, ","), Piece(stop, stop, own_line)


# an entry less


def remove(change: Remove, text: str) -> tuple[Piece, ...]:
    """An entry with the lines that it takes, or between brackets with the comma before it."""
    start, end = change.span.start, change.span.end
    line, stop = start_of_near(text, start), end_of_line(text, end)
    if re.search(r"(?:^|\s)#", text[start : min(stop, end + NEAR)]):
        raise CannotEditError("it has a comment, which would go with it")
    if starts_line(text, line) and re.fullmatch(r"[ \t]*-[ \t]+", text[line:start]):
        if text[end:stop].strip():
            raise CannotEditError("it shares its line with something else")
        if text[start_of_line(text, line - 1) : line].lstrip().startswith("#"):
            raise CannotEditError("it may have the comment above it")
        return (without_lines(text, line, stop),)
    first = max(start - NEAR, 0)
    before = text[first:start].rstrip()
    if not before.endswith(","):
        raise CannotEditError("it is not written as an entry behind another")
    return (Piece(first + len(before) - 1, end, ""),)


def without_lines(text: str, line: int, stop: int) -> Piece:
    """Takes out lines with their line break; the last of a text with the break before."""
    if stop < len(text):
        return Piece(line, stop + len(break_at(text, stop)), "")
    before = len(text[:line].removesuffix("\n").removesuffix("\r"))
    return Piece(before, stop, "")


def unlist(start: int, end: int, text: str) -> Piece:
    """A name of a suppression with a comma beside it; alone with the comment that it is in."""
    line, stop = start_of_near(text, start), end_of_line(text, start)
    behind = re.compile(r"[ \t]*,[ \t]*").match(text, end, stop)
    if behind:
        return Piece(start, behind.end(), "")
    before = re.search(r"[ \t]*,[ \t]*\Z", text[line:start])
    if before:
        return Piece(line + before.start(), end, "")
    said = re.match(SAID, text[line:start])
    if not said:
        raise CannotEditError("nothing would be left of the annotation; take it out by hand")
    following = re.compile(NEXT_SAID).search(text, end, stop)
    if following:
        return Piece(line + said.start(1), following.start(), "")
    kept = text[line : line + said.start(1)].rstrip(" \t")
    alone = starts_line(text, line) and not kept.strip("\ufeff")
    return without_lines(text, line + len(kept), stop) if alone else Piece(line + len(kept), stop, "")


# lines


def start_of_line(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    line = text.rfind("\n", 0, max(offset, 0)) + 1
    return max(text.rfind("\r", line, max(offset, 0)) + 1, line)


def starts_line(text: str, offset: int) -> bool:
    """Whether a line begins at an offset."""
    return offset == 0 or text[offset - 1] in "\r\n"


def end_of_line(text: str, offset: int) -> int:
    """Where the line of an offset ends, its line break left out."""
    stop = text.find("\n", offset)
    stop = len(text) if stop < 0 else stop
    carriage = text.find("\r", offset, stop)
    return stop if carriage < 0 else carriage


def start_of_near(text: str, offset: int) -> int:
    """Where the line of an offset begins; of a long line, where the part of it begins that is looked at."""
    first = max(offset - NEAR, 0)
    return first + start_of_line(text[first:offset], offset - first)


def break_at(text: str, offset: int) -> str:
    """The line break at an offset."""
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def newline_of(text: str) -> str:
    """The line break that a text uses."""
    first = end_of_line(text, 0)
    return break_at(text, first) or "\n"
