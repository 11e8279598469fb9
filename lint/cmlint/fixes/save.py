"""Fixed texts, written to the files that they come from."""

from __future__ import annotations

import codecs
import os

from cmlint.atomic import replace
from cmlint.system.files import MANIFEST, read

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class NotSavedError(Exception):
    """A file that is left as it is; the message says why."""


def save(path: str, old: str, new: str) -> None:
    """Writes a fixed text to its file, unless that is not what was read any more; raises NotSavedError and OSError."""
    raw = read(path, MANIFEST)
    if raw != encoded(old, raw):
        raise NotSavedError("the file has changed meanwhile")
    if os.stat(path).st_nlink > 1:
        raise NotSavedError("the file has another name (a hard link), which would keep the old text")
    if not os.access(path, os.W_OK):
        raise NotSavedError("the file may not be written")
    replace(path, encoded(new, raw))


def encoded(text: str, like: bytes) -> bytes:
    """A text in the encoding of a file."""
    mark = like[:2]
    return mark + text.encode(UTF_16[mark]) if mark in UTF_16 else text.encode()
