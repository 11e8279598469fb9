"""What templates of charts read of values: places in files of values, and mistakes in what is read."""

from __future__ import annotations

import msgspec

from cmlint.model.facts import Span


class Value(msgspec.Struct, frozen=True):
    """A value that a template reads: its route in the file, like `image.tag`, what is written, and where."""

    route: str
    written: str
    path: str
    span: Span


class Missing(msgspec.Struct, frozen=True):
    """A place in the template at a path that reads a value which no file has, and the one that was probably meant.

    `route` and `meant` are what the template reads and what it would have to read.
    """

    path: str
    span: Span
    route: str
    meant: str
    near: Value


class Changed(msgspec.Struct, frozen=True):
    """A place in the template at a path that writes a number of the values as another text."""

    path: str
    span: Span
    text: str
    value: Value
