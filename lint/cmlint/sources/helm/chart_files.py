"""What is in the folder of a chart, and what helm would read outside of it.

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

from cmlint.system.files import MANIFEST, NotRegularError, TooLargeError, is_within, reason
from cmlint.system.filesystem import Entry, FileSystem, leads_to_folder
from cmlint.system.programs import NotBuiltError

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
KNOWN_REFERENCE = (
    r"#|(?i:urn:)|https?://json-schema\.org/(draft-0[467]/schema|draft/(2019-09|2020-12)/schema|schema)(#|$)"
)
"""A reference that helm finds in the schema itself or in itself; to a `urn:` it never looks."""

SCHEMA, ARCHIVE = "values.schema.json", ".tgz"
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
"""How what is compressed begins; helm takes nothing else for an archive."""

LARGEST, LARGEST_IN_ALL = 5 * 1024**2, 100 * 1024**2
"""How large a schema or an archive inside another one may be, and all that is unpacked of the archives of a chart.

Helm reads no larger file, and of no archive more in all.
"""


class ChartFiles:
    """The files and folders of a chart, by its folder as it was given."""

    def __init__(self, folder: str, disk: FileSystem) -> None:
        self.folder, self.disk = folder, disk

    @cached_property
    def referring(self) -> str | None:
        """A schema that refers to something outside the chart, as it is shown; None where there is none.

        Raises NotBuiltError for a file that is too large, or otherwise unclear.
        """
        budget = Budget(LARGEST_IN_ALL)
        for path in (
            entry.path for entry in entries_below(self.disk, self.folder) if entry.name.endswith((SCHEMA, ARCHIVE))
        ):
            try:
                if os.path.basename(path) == SCHEMA and refers_outside(self.disk.read(path, limit=LARGEST)):
                    return self.disk.shown(path)
                if path.endswith(ARCHIVE) and (
                    inner := referring_in(self.disk.read(path, limit=LARGEST_IN_ALL), budget)
                ):
                    return f"{self.disk.shown(path)}: {inner}"
            except (UnclearError, TooLargeError, RecursionError):
                raise NotBuiltError(
                    f"`{self.disk.shown(path)}` cannot be looked through for what helm would open", "refused"
                ) from None
            except OSError:
                continue
        return None

    @cached_property
    def unfit(self) -> str | None:
        """The first thing in it that helm must not open, in words; None where there is none."""
        return unfit_below(self.disk, self.folder)

    def refuse(self) -> None:
        """Raises NotBuiltError for a chart of which helm would read more than the chart itself."""
        if self.unfit:
            raise NotBuiltError(self.unfit, "refused")
        if self.referring:
            raise NotBuiltError(f"`{self.referring}` has a reference that leads out of the chart", "refused")


def unfit_below(disk: FileSystem, folder: str) -> str | None:
    """The first thing in or below a folder that helm must not open, in words; None where there is none."""
    root = disk.root_of(folder)
    for entry in entries_below(disk, folder):
        if why := unfit(disk, entry, root):
            return f"`{disk.shown(entry.path)}` is {why}"
    return None


def entries_below(disk: FileSystem, folder: str) -> Iterator[Entry]:
    """Everything in or below a folder, also behind links to folders, in the order in which it is met."""
    known: set[str] = set()
    tops = [folder]
    while tops:
        top = tops.pop()
        if (real := disk.real_path(top)) in known:
            continue
        known.add(real)
        for _, entries in disk.tree(top):
            yield from entries
            tops += (entry.path for entry in entries if entry.is_symlink() and leads_to_folder(entry))


def unfit(disk: FileSystem, entry: Entry, root: str) -> str:
    """What an entry of a chart is that helm must not open; empty for what it may open."""
    if entry.is_symlink():
        real = disk.real_path(entry.path)
        if not is_within(real, root):
            return "a link that leads out of the folder"
        if is_within(disk.real_path(os.path.dirname(entry.path)), real):
            return "a link that leads to a folder around it"
    try:
        mode, size = disk.status(entry.path)
    except OSError:
        return ""
    if stat.S_ISDIR(mode):
        return ""
    if not stat.S_ISREG(mode):
        return reason(NotRegularError())
    return reason(TooLargeError(MANIFEST)) if size > MANIFEST else ""


def referring_in(archive_of_chart: bytes, budget: Budget) -> str | None:
    """The first such schema in an archive of a chart or in those inside it, by its name in there.

    None if it is not an archive; helm reports that. Raises UnclearError for one that holds more than the budget, and
    for one that helm may read in another way: helm reads files before it meets what is broken behind them.
    """
    if not archive_of_chart.startswith(GZIP):
        return None
    try:
        raw = budget.read(gzip.GzipFile(fileobj=io.BytesIO(archive_of_chart)))
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:", tarinfo=plain_header()) as archive:
            for member in archive:
                require_plain(member)
                if member.isreg() and (found := referring_member(archive, member, budget)):
                    return found
            if archive.pax_headers.keys() - {"comment"} or raw[archive.offset :].strip(b"\0"):
                raise UnclearError
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error):
        raise UnclearError from None
    return None


def referring_member(archive: tarfile.TarFile, member: tarfile.TarInfo, budget: Budget) -> str | None:
    """The name of such a schema in a file of an archive that helm may take for a schema or for another archive.

    Names are cleaned by helm in ways of its own, so that each part of a name counts, and each name that a file has.
    """
    names = member.name, getattr(member, "written", "")
    parts = {part for name in names for part in re.split(r"[/\\]", name)}
    content = archive.extractfile(member) if any(part == SCHEMA or part.endswith(ARCHIVE) for part in parts) else None
    if content is None:
        return None
    raw = content.read()
    if raw.startswith(GZIP):
        return referring_in(raw, budget)
    return next(name for name in names if SCHEMA in name) if SCHEMA in parts and refers_outside(raw) else None


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


def refers_outside(raw: bytes) -> bool:
    """Whether a schema of values has a reference that helm would open outside of it.

    Raises UnclearError for one that is too large, or that Python does not take for JSON: Go may.
    """
    if len(raw) > LARGEST:
        raise UnclearError
    text = raw.removeprefix(BOM).decode("utf-8", "replace")
    if not text.strip():
        return False
    try:
        found = json.loads(text, object_pairs_hook=Entries, parse_int=str, parse_float=str)
    except (RecursionError, ValueError):
        raise UnclearError from None
    return any(True for _ in references_in(found))


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
