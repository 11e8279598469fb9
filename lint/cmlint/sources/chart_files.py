"""What lies in the folder of a chart, and what helm would read outside of it.

Helm follows links, and opens what the schema of a chart's values refers to, on this machine and in the network
(`pkg/chart/loader` and `pkg/chartutil/jsonschema.go` in helm/helm).
"""

from __future__ import annotations

import gzip
import io
import json
import os
import posixpath
import re
import tarfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from typing import IO

from cmlint.sources import files
from cmlint.system.programs import NotBuiltError

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
KNOWN_REFERENCE = (
    r"#|(?i:urn:)|https?://json-schema\.org/(draft-0[467]/schema|draft/(2019-09|2020-12)/schema|schema)(#|$)"
)
"""A reference that helm finds in the schema itself or in itself; to a `urn:` it never looks."""

SCHEMA = "values.schema.json"
LARGEST, LARGEST_ARCHIVE = 5 * 1024**2, 100 * 1024**2
"""How large a file in a chart and all files of an archive may be; helm refuses larger ones."""


class ChartFiles:
    """The files and folders of a chart, by its folder as it was given."""

    def __init__(self, folder: str) -> None:
        self.folder, self.root = folder, files.root_of(folder)

    @cached_property
    def paths(self) -> list[str]:
        """All that lies in it, also behind links that stay in what may be read, in the order in which it is met."""
        entered: set[str] = set()
        met: list[str] = []
        for folder, names, found in os.walk(self.folder, followlinks=True):
            entered.add(os.path.realpath(folder))
            met += (os.path.join(folder, name) for name in sorted([*names, *found]))
            real = {name: os.path.realpath(os.path.join(folder, name)) for name in names}
            names[:] = [name for name in names if real[name] not in entered and files.is_within(real[name], self.root)]
        return met

    @cached_property
    def outward(self) -> str | None:
        """The first link that helm would follow out of what may be read, as it is shown; None where there is none."""
        links = (path for path in self.paths if os.path.islink(path))
        found = (path for path in links if not files.is_within(os.path.realpath(path), self.root))
        return next(map(files.shown, found), None)

    @cached_property
    def reference(self) -> tuple[str, str] | None:
        """A schema that refers to something outside the chart, as it is shown, and what it refers to.

        Raises NotBuiltError for a file that is too large to be looked through.
        """
        for path in self.paths:
            try:
                if os.path.basename(path) == SCHEMA and (found := reference_out_of_file(path)):
                    return files.shown(path), found
                if path.endswith(".tgz") and (inner := reference_out_of_archive(path)):
                    return f"{files.shown(path)}: {inner[0]}", inner[1]
            except TooLargeError:
                raise NotBuiltError(f"`{files.shown(path)}` holds more than helm reads of a chart") from None
        return None

    def refuse(self) -> None:
        """Raises NotBuiltError for a chart of which helm would read more than the chart itself."""
        if self.outward:
            raise NotBuiltError(f"`{self.outward}` is a link that leads out of the folder")
        if self.reference:
            name, address = self.reference
            raise NotBuiltError(f"`{name}` refers to `{address}`, which is outside the chart")


def reference_out_of_file(path: str) -> str | None:
    """The first reference in the schema of values at a path that helm would open; None where there is none."""
    try:
        with open(path, "rb") as file:
            return reference_out_of(file.read(LARGEST + 1))
    except OSError:
        return None


def reference_out_of_archive(path: str) -> tuple[str, str] | None:
    """The first such reference in an archive of a chart or in those inside it, and the name of its schema."""
    try:
        with open(path, "rb") as file:
            return reference_in_archive(file)
    except OSError:
        return None


def reference_in_archive(file: IO[bytes]) -> tuple[str, str] | None:
    """The same of an open archive; of one that is broken, helm says what is wrong with it."""
    try:
        with tarfile.open(fileobj=Bounded(gzip.GzipFile(fileobj=file)), mode="r|") as archive:
            for member in archive:
                base = posixpath.basename(member.name.replace("\\", "/"))
                if not member.isreg() or not (base == SCHEMA or base.endswith(".tgz")):
                    continue
                if member.size > LARGEST:
                    raise TooLargeError
                content = archive.extractfile(member)
                raw = content.read() if content else b""
                if base == SCHEMA and (found := reference_out_of(raw)):
                    return member.name, found
                if base != SCHEMA and (inner := reference_in_archive(io.BytesIO(raw))):
                    return inner
    except (OSError, EOFError, ValueError, tarfile.TarError, zlib.error):
        return None
    return None


class TooLargeError(Exception):
    """A schema or an archive that holds more than helm reads."""


class Bounded(io.RawIOBase):
    """A stream that ends with TooLargeError beyond what helm reads."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream, self.left = stream, LARGEST_ARCHIVE

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        found = self.stream.read(size)
        self.left -= len(found)
        if self.left < 0:
            raise TooLargeError
        return found


def reference_out_of(raw: bytes) -> str | None:
    """The first reference in a schema of values that helm would open; None where there is none.

    Of a schema that is not JSON, helm says what is wrong with it.
    """
    if len(raw) > LARGEST:
        raise TooLargeError
    try:
        text = raw.decode("utf-8", "replace")
        found = json.loads(text, object_pairs_hook=Entries, parse_int=str, parse_float=str)
    except RecursionError:
        raise TooLargeError from None
    except ValueError:
        return None
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
