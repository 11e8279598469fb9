"""What lies in the folder of a chart, and what helm would read outside of it.

Helm follows links, and opens what the schema of a chart's values refers to, on this machine and in the network
(`pkg/chart/loader` and `pkg/chartutil/jsonschema.go` in helm/helm).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import stat
import tarfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import IO

from cmlint.sources import files
from cmlint.sources.reasons import address
from cmlint.system.files import (
    MANIFEST,
    NotRegularError,
    TooLargeError,
    is_folder,
    is_within,
    read,
    real_path,
    reason,
    root_of,
    tree,
)
from cmlint.system.programs import NotBuiltError

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
KNOWN_REFERENCE = (
    r"#|(?i:urn:)|https?://json-schema\.org/(draft-0[467]/schema|draft/(2019-09|2020-12)/schema|schema)(#|$)"
)
"""A reference that helm finds in the schema itself or in itself; to a `urn:` it never looks."""

SCHEMA = "values.schema.json"
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
"""How what is compressed begins; helm takes nothing else for an archive."""

LARGEST, LARGEST_IN_ALL = 5 * 1024**2, 100 * 1024**2
"""How large a schema or an archive inside another one may be, and all that is unpacked of the archives of a chart.

Helm reads no larger file, and of no archive more in all.
"""


class ChartFiles:
    """The files and folders of a chart, by its folder as it was given."""

    def __init__(self, folder: str) -> None:
        self.folder, self.root = folder, root_of(folder)

    @cached_property
    def paths(self) -> list[str]:
        """All that lies in it, also behind links that stay in what may be read, in the order in which it is met."""
        entered: set[str] = set()
        met: list[str] = []
        for folder, names, found in os.walk(self.folder, followlinks=True):
            if (own := real_path(folder)) in entered:
                names.clear()
                continue
            entered.add(own)
            met += (os.path.join(folder, name) for name in sorted([*names, *found]))
            real = {name: real_path(os.path.join(folder, name)) for name in names}
            names[:] = [name for name in names if real[name] not in entered and is_within(real[name], self.root)]
        return met

    @cached_property
    def reference(self) -> tuple[str, str] | None:
        """A schema that refers to something outside the chart, as it is shown, and what it refers to.

        Raises NotBuiltError for a file that is too large, or otherwise unclear.
        """
        budget = Budget(LARGEST_IN_ALL)
        for path in filter(os.path.isfile, self.paths):
            try:
                if os.path.basename(path) == SCHEMA and (found := reference_out_of_file(path)):
                    return files.shown(path), found
                if path.endswith(".tgz") and (inner := reference_out_of_archive(path, budget)):
                    return f"{files.shown(path)}: {inner[0]}", inner[1]
            except (UnclearError, RecursionError):
                raise NotBuiltError(
                    f"`{files.shown(path)}` cannot be looked through for what helm would open"
                ) from None
        return None

    @cached_property
    def unfit(self) -> str | None:
        """The first thing in it that helm must not open, in words; None where there is none."""
        return unfit_below(self.folder)

    def refuse(self) -> None:
        """Raises NotBuiltError for a chart of which helm would read more than the chart itself."""
        if self.unfit:
            raise NotBuiltError(self.unfit)
        if self.reference:
            name, target = self.reference
            raise NotBuiltError(f"`{name}` refers to `{address(target)}`, which is outside the chart")


def unfit_below(folder: str) -> str | None:
    """The first thing in or below a folder that helm must not open, in words; None where there is none."""
    root = root_of(folder)
    known: set[str] = set()
    tops = [folder]
    while tops:
        top = tops.pop()
        if (real := real_path(top)) in known:
            continue
        known.add(real)
        for entry in (entry for _, entries in tree(top) for entry in entries):
            if why := unfit(entry, root):
                return f"`{files.shown(entry.path)}` is {why}"
            if entry.is_symlink() and is_folder(entry):
                tops.append(entry.path)
    return None


def unfit(entry: os.DirEntry[str], root: str) -> str:
    """What an entry of a chart is that helm must not open; empty for what it may open."""
    if entry.is_symlink():
        real = real_path(entry.path)
        if not is_within(real, root):
            return "a link that leads out of the folder"
        if is_within(real_path(os.path.dirname(entry.path)), real):
            return "a link that leads to a folder around it"
    try:
        found = entry.stat()
    except OSError:
        return ""
    if stat.S_ISDIR(found.st_mode):
        return ""
    if not stat.S_ISREG(found.st_mode):
        return reason(NotRegularError())
    return reason(TooLargeError(MANIFEST)) if found.st_size > MANIFEST else ""


def reference_out_of_file(path: str) -> str | None:
    """The first reference in the schema of values at a path that helm would open; None where there is none."""
    try:
        return reference_out_of(read(path, LARGEST))
    except TooLargeError:
        raise UnclearError from None
    except OSError:
        return None


def reference_out_of_archive(path: str, budget: Budget) -> tuple[str, str] | None:
    """The first such reference in an archive of a chart or in those inside it, and the name of its schema."""
    try:
        return reference_in_archive(io.BytesIO(read(path, LARGEST_IN_ALL)), budget)
    except TooLargeError:
        raise UnclearError from None
    except OSError:
        return None


def reference_in_archive(file: IO[bytes], budget: Budget) -> tuple[str, str] | None:
    """The same of an open archive; None for what is no archive, of which helm says so.

    Raises UnclearError for one that holds more than the budget, and for one that helm may read in another way: helm
    reads files before it meets what is broken behind them.
    """
    if file.read(len(GZIP)) != GZIP:
        return None
    file.seek(0)
    try:
        raw = budget.read(gzip.GzipFile(fileobj=file))
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:", tarinfo=plain_header()) as archive:
            for member in archive:
                require_plain(member)
                if member.isreg() and (found := reference_in_member(archive, member, budget)):
                    return found
            if archive.pax_headers.keys() - {"comment"} or raw[archive.offset :].strip(b"\0"):
                raise UnclearError
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error):
        raise UnclearError from None
    return None


def reference_in_member(archive: tarfile.TarFile, member: tarfile.TarInfo, budget: Budget) -> tuple[str, str] | None:
    """The first such reference in a file of an archive that helm may take for a schema or for another archive.

    Names are cleaned by helm in ways of its own, so that each part of a name counts, and each name that a file has.
    """
    names = member.name, getattr(member, "written", "")
    parts = {part for name in names for part in re.split(r"[/\\]", name)}
    content = archive.extractfile(member) if any(part == SCHEMA or part.endswith(".tgz") for part in parts) else None
    if content is None:
        return None
    raw = content.read()
    if raw.startswith(GZIP):
        return reference_in_archive(io.BytesIO(raw), budget)
    found = reference_out_of(raw) if SCHEMA in parts else None
    return (next(name for name in names if SCHEMA in name), found) if found else None


FILES_AND_LINKS = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE)
NAMES = (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE)
OTHERS = (tarfile.GNUTYPE_LONGLINK, tarfile.XGLTYPE)
"""The kinds of entries that archives of charts have: those with another name for the next entry, and the rest."""


def plain_header() -> type[tarfile.TarInfo]:
    """Reads the headers of one archive; raises UnclearError for one of which Go's reader may see something else.

    `written` is the name in the header of a file itself, which a longer one may replace.
    """
    named: list[bytes] = []

    class Header(tarfile.TarInfo):
        """A header that every reader takes alike."""

        written = ""

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Header:
            found = super().frombuf(buf, encoding, errors)
            if not re.fullmatch(rb" *[0-7]+[ \0]*", buf[124:136]):
                raise UnclearError  # The size, which would move all that follows.
            if found.type in NAMES:
                named.append(found.type)
            elif found.type in FILES_AND_LINKS:
                named.clear()
            elif found.type not in OTHERS:
                raise UnclearError
            if len(named) > 1:
                raise UnclearError
            found.written = found.name
            return found

    return Header


def require_plain(member: tarfile.TarInfo) -> None:
    """Raises UnclearError for a file whose extended header says of it more than names, times and owners."""
    if any(name in ("size", "hdrcharset") or name.startswith("GNU.sparse") for name in member.pax_headers):
        raise UnclearError


class UnclearError(Exception):
    """A schema or an archive that cmlint does not look through."""


class Budget:
    """How many bytes may yet be unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def read(self, stream: gzip.GzipFile) -> bytes:
        """All of a stream; raises UnclearError when it holds more."""
        found = stream.read(self.left + 1)
        self.left -= len(found)
        if self.left < 0:
            raise UnclearError
        return found


def reference_out_of(raw: bytes) -> str | None:
    """The first reference in a schema of values that helm would open; None where there is none.

    Raises UnclearError for one that is too large, or that Python does not take for JSON: Go may.
    """
    if len(raw) > LARGEST:
        raise UnclearError
    text = raw.removeprefix(BOM).decode("utf-8", "replace")
    if not text.strip():
        return None
    try:
        found = json.loads(text, object_pairs_hook=Entries, parse_int=str, parse_float=str)
    except (RecursionError, ValueError):
        raise UnclearError from None
    return next(references_in(found), None)


class Entries(list[tuple[str, object]]):
    """The entries of a JSON object, repeated ones included."""


def references_in(schema: object) -> Iterator[str]:
    """The references in a schema to what is neither in it nor known to helm."""
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, Entries):
            for name, value in node:
                if name in (*REFERENCES, "$schema") and isinstance(value, str):
                    if value and not re.match(KNOWN_REFERENCE, value):
                        yield value
                else:
                    stack.append(value)
        elif isinstance(node, list):
            stack.extend(node)
