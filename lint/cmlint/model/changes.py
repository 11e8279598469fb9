"""What a fix changes, told without knowing how the text is written: its quotes, its indentation, flow or block."""

from __future__ import annotations

import msgspec

from cmlint.model.facts import Span


class Replace(msgspec.Struct, frozen=True):
    """Puts a text in the place of a stretch, character by character."""

    span: Span
    text: str


class Rewrite(msgspec.Struct, frozen=True):
    """Gives a string, or a key, that is `old` the value `new`; it keeps its quotes."""

    span: Span
    old: str
    new: str


class Quote(msgspec.Struct, frozen=True):
    """Makes a string of what is not a string, by quotes around it as it is written."""

    span: Span


class Add(msgspec.Struct, frozen=True):
    """Adds a field to a mapping, behind the field `beside`, whose value is at `span`."""

    span: Span
    beside: str
    field: str
    value: str


class Remove(msgspec.Struct, frozen=True):
    """Takes an entry out of a list that has one before it."""

    span: Span


class Unlist(msgspec.Struct, frozen=True):
    """Takes a name out of a suppression; a comment without names is removed."""

    span: Span


Change = Replace | Rewrite | Quote | Add | Remove | Unlist
