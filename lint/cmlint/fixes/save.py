"""Fixed texts, written to the files that they come from."""

from __future__ import annotations

import codecs

from cmlint.system.atomic import Target

UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class NotSavedError(Exception):
    """A file that is left as it is; the message says why."""


def save(path: str, old: str, new: str) -> None:
    """Writes a fixed text to its file, unless that is not what was read any more; raises NotSavedError and OSError."""
    with Target(path) as target:
        raw, status = target.read()
        if raw != encoded(old, raw):
            raise NotSavedError("the file has changed meanwhile")
        if status.st_nlink > 1:
            raise NotSavedError("the file has another name (a hard link), which would keep the old text")
        if not target.is_writable():
            raise NotSavedError("the file may not be written")
        target.replace(encoded(new, raw))


def encoded(text: str, like: bytes) -> bytes:
    """A text in the encoding of a file."""
    mark = like[:2]
    return mark + text.encode(UTF_16[mark]) if mark in UTF_16 else text.encode()
