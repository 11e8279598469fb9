"""Archives and schemas of charts that Python and Go read in different ways: helm opens nothing that cmlint misses."""

from __future__ import annotations

import gzip
import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cmlint.system import programs
from tests.hostile.test_programs import CHART, PORT, chart, found, listening, told
from tests.support.tools import HELM

BOM = b"\xef\xbb\xbf"
REGULAR, PAX, GLOBAL, LONG = tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME
NAME = "sub/values.schema.json"


def schema(url: str) -> bytes:
    """A schema of values that refers to an address."""
    return json.dumps({"properties": {"a": {"$ref": url}}}).encode()


def entry(name: str, content: bytes, kind: bytes = REGULAR, **bytes_at: bytes) -> bytes:
    """An entry of an archive; `bytes_at` replaces the bytes of its header from an offset on, as in `at124`."""
    member = tarfile.TarInfo(name)
    member.size, member.type = len(content), kind
    header = bytearray(member.tobuf(tarfile.USTAR_FORMAT))
    for at, written in bytes_at.items():
        start = int(at.removeprefix("at"))
        header[start : start + len(written)] = written
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + content + bytes(-len(content) % 512)


def record(name: str, value: str) -> bytes:
    """A record of an extended header, which begins with its own length."""
    length = next(size for size in range(5, 999) if len(f"{size} {name}={value}\n") == size)
    return f"{length} {name}={value}\n".encode()


SUB = entry("sub/Chart.yaml", CHART.replace("web", "sub").encode()) + entry("sub/templates/a.yaml", PORT.encode())
END = bytes(1024)
FAR = bytes(200_000)
"""So many zeros behind the end that helm has read all files before it meets what is broken."""


def packed(*entries: bytes, behind: bytes = END) -> bytes:
    """A compressed archive of entries."""
    return gzip.compress(b"".join(entries) + behind)


def damaged(raw: bytes) -> bytes:
    """A compressed text with a wrong checksum."""
    return raw[:-8] + bytes(4) + raw[-4:]


def inner(schema: bytes) -> bytes:
    """An archive of a chart that another one has as a part."""
    described = CHART.replace("web", "in").encode()
    return packed(entry("in/Chart.yaml", described), entry("in/values.schema.json", schema))


ARCHIVES: dict[str, Callable[[bytes], bytes]] = {
    "a byte order mark": lambda schema: packed(SUB, entry(NAME, BOM + schema)),
    "a kind that nobody knows": lambda schema: packed(SUB, entry(NAME, schema, b"Z")),
    "a kind of Solaris": lambda schema: packed(SUB, entry(NAME, schema, b"X")),
    "a contiguous file": lambda schema: packed(SUB, entry(NAME, schema, tarfile.CONTTYPE)),
    "a slash behind the name": lambda schema: packed(SUB, entry(f"{NAME}/", schema)),
    "a dot behind the name": lambda schema: packed(SUB, entry(f"{NAME}/.", schema)),
    "a way back in the name": lambda schema: packed(SUB, entry(f"{NAME}/a/..", schema)),
    "backslashes": lambda schema: packed(SUB, entry("sub\\values.schema.json", schema)),
    "rubbish behind it": lambda schema: packed(SUB, entry(NAME, schema), behind=FAR) + b"rubbish",
    "a wrong checksum": lambda schema: damaged(packed(SUB, entry(NAME, schema), behind=FAR)),
    "an empty extended name": lambda schema: packed(SUB, entry("x", record("path", ""), PAX), entry(NAME, schema)),
    "an extended name": lambda schema: packed(SUB, entry("x", record("path", NAME), PAX), entry("sub/a", schema)),
    "a global name": lambda schema: packed(SUB, entry("x", record("path", "sub/a"), GLOBAL), entry(NAME, schema)),
    "two long names": lambda schema: packed(
        SUB, entry("x", b"sub/a\0", LONG), entry("x", NAME.encode(), LONG), entry("a", schema)
    ),
    "names of two forms": lambda schema: packed(
        SUB, entry("x", record("path", "sub/a"), PAX), entry("x", NAME.encode(), LONG), entry("a", schema)
    ),
    "an archive in it with a dot": lambda schema: packed(SUB, entry("sub/charts/in.tgz/.", inner(schema))),
}


def packed_chart(folder: Path, archive: bytes) -> None:
    """Writes a chart with an archive of another one."""
    chart(folder, **{"values.yaml": "sub: {a: 1, in: {a: 1}}\n"})
    (folder / "charts").mkdir()
    (folder / "charts/sub.tgz").write_bytes(archive)


@pytest.mark.parametrize("name", ARCHIVES)
def test_no_archive_hides_a_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(programs, "without_network", lambda: ())
    with listening() as listener:
        url = f"http://{listener.address}/a.json"
        packed_chart(tmp_path, ARCHIVES[name](schema(url)))
        (line,) = told(tmp_path)
        assert listener.hits == 0
        subprocess.run([HELM, "template", tmp_path], capture_output=True, check=False)
        assert listener.hits > 0
    unclear = "Chart.yaml: not built: `charts/sub.tgz` cannot be looked through for what helm would open"
    assert line == unclear or line.endswith("has a reference that leads out of the chart")


def test_a_size_that_readers_take_differently_is_unclear(tmp_path: Path) -> None:
    packed_chart(tmp_path, packed(SUB, entry("sub/a", b"a", at124=b"\0\0\0" + b"00000001\0")))
    unclear = "Chart.yaml: not built: `charts/sub.tgz` cannot be looked through for what helm would open"
    assert told(tmp_path) == [unclear]


PLAIN = {
    "as helm writes it": packed(SUB),
    "as git writes it": packed(entry("x", record("comment", "a" * 40), GLOBAL), SUB),
    "with folders and links": packed(entry("sub/a", b"", tarfile.DIRTYPE), entry("sub/b", b"", tarfile.SYMTYPE), SUB),
    "with long names": packed(SUB, entry("x", b"sub/" + b"a" * 120, LONG), entry("sub/a", b"")),
    "with times": packed(SUB, entry("x", record("mtime", "1.5"), PAX), entry("sub/a", b"{}")),
    "with a good schema": packed(SUB, entry(NAME, BOM + b'{"$ref": "#/$defs/a", "$defs": {"a": {}}}')),
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_programs_pack_is_rendered(tmp_path: Path, name: str) -> None:
    packed_chart(tmp_path, PLAIN[name])
    assert [line.partition(":")[0] for line in found(tmp_path)] == ["Chart.yaml", "templates/pod.yaml"]


def test_what_is_no_archive_is_told_by_helm(tmp_path: Path) -> None:
    packed_chart(tmp_path, b"version https://git-lfs.github.com/spec/v1\n")
    assert told(tmp_path) == ["Chart.yaml: not built: error unpacking subchart sub.tgz in web: gzip: invalid header"]


@pytest.mark.parametrize("before, behind", [(BOM, b""), (b"", b" {}"), (b"", b"\0")], ids=["mark", "more", "zero"])
def test_no_schema_is_passed_over(tmp_path: Path, before: bytes, behind: bytes) -> None:
    chart(tmp_path)
    (tmp_path / "values.schema.json").write_bytes(before + schema("file:///etc/passwd") + behind)
    refers = "`values.schema.json` has a reference that leads out of the chart"
    unclear = "`values.schema.json` cannot be looked through for what helm would open"
    assert told(tmp_path) == [f"Chart.yaml: not built: {unclear if behind else refers}"]
