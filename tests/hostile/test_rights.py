"""A file that is replaced keeps its rights, or is left as it is with a reason."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cmlint.fixes.save import NotSavedError, save
from cmlint.system.atomic import Target, replace
from tests.support.command import cmlint
from tests.support.run import write
from tests.test_fixes import ALL, CONFIG, POD

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attributes and access control lists of Linux")

OLD, NEW = f"{POD}---\n{CONFIG}", f"{ALL}---\n{CONFIG}"
ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
OWNER, USER, GROUP, MASK, OTHER = 1, 2, 4, 16, 32
NOBODY = 0xFFFFFFFF


def acl(*entries: tuple[int, int, int]) -> bytes:
    """An access control list as the kernel has it: for each entry a kind, the rights, and of whom."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


SHARED = acl((OWNER, 6, NOBODY), (USER, 6, 1234), (GROUP, 4, NOBODY), (MASK, 6, NOBODY), (OTHER, 0, NOBODY))
"""What `setfacl -m u:1234:rw` makes of a file with the permissions 0640, which then shows as 0660."""


@pytest.fixture
def pod(tmp_path: Path) -> Path:
    """A file that can be fixed, in a folder whose file system has access control lists."""
    path = tmp_path / "pod.yaml"
    path.write_text(OLD, encoding="utf-8")
    try:
        os.setxattr(path, ACCESS, SHARED)
        os.removexattr(path, ACCESS)
    except OSError as error:
        pytest.fail(
            f"{tmp_path}: no access control lists ({error.strerror}); set TMPDIR to a file system that has them"
        )
    path.chmod(0o640)
    return path


def attributes(path: Path) -> dict[str, bytes]:
    """The extended attributes of a file."""
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


def fix(path: Path) -> str:
    """What a run says that fixes a file."""
    return cmlint(path.parent, "check", "--fix", "--unsafe-fixes", "--quiet", path.name).stderr


def test_access_control_lists_and_attributes_are_kept(pod: Path) -> None:
    os.setxattr(pod, ACCESS, SHARED)
    os.setxattr(pod, "user.note", b"\x00 a note")
    before, mode = attributes(pod), pod.stat().st_mode
    assert fix(pod) == ""
    assert pod.read_text(encoding="utf-8") == NEW
    assert (attributes(pod), pod.stat().st_mode) == (before, mode)
    assert before[ACCESS] == SHARED and stat.S_IMODE(mode) == 0o660


def test_a_list_of_the_folder_is_not_given_to_an_old_file(pod: Path) -> None:
    os.setxattr(pod.parent, DEFAULT, SHARED)
    assert fix(pod) == ""
    assert (attributes(pod), stat.S_IMODE(pod.stat().st_mode)) == ({}, 0o640)
    replace(str(pod.parent / "new"), b"new")
    assert attributes(pod.parent / "new")[ACCESS] == SHARED


@pytest.mark.parametrize("flag", ["--output", "--write-baseline"])
def test_reports_keep_them(pod: Path, flag: str) -> None:
    os.setxattr(pod, ACCESS, SHARED)
    report = pod.parent / "report"
    report.write_bytes(b"")
    os.setxattr(report, ACCESS, SHARED)
    os.setxattr(report, "user.note", b"x")
    cmlint(pod.parent, "check", "pod.yaml", flag, "report")
    assert report.read_bytes()
    assert attributes(report) == {ACCESS: SHARED, "user.note": b"x"}


def test_an_attribute_that_cannot_be_kept_leaves_the_file(pod: Path) -> None:
    """As root may keep everything, another user tries: a capability of a file is kept by root alone."""
    if os.geteuid():
        pytest.fail("only root can set the capability of a file")
    pod.parent.chmod(0o777)
    for above in (pod.parent, *pod.parent.parents):
        if above.owner() == "root" and "pytest" in str(above):
            above.chmod(0o755 | above.stat().st_mode)
    os.chown(pod, 65534, 65534)
    os.chown(pod.parent, 65534, 65534)
    capability = struct.pack("<IIIII", 0x02000000, 1 << 10, 0, 0, 0)
    os.setxattr(pod, "security.capability", capability)
    program = "import fcntl, os, sys; from cmlint.fixes.save import save; "
    program += "os.setgid(65534); os.setuid(65534); save(*sys.argv[1:])"
    words = [sys.executable, "-c", program, str(pod), OLD, NEW]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert "its extended attribute `security.capability` cannot be kept" in done.stderr.splitlines()[-1]
    assert pod.read_text(encoding="utf-8") == OLD
    assert os.getxattr(pod, "security.capability") == capability
    assert [path.name for path in pod.parent.iterdir()] == ["pod.yaml"]


@pytest.mark.parametrize("mode", [0o600, 0o444, 0o664, 0o4755, 0o2750, 0o1644])
def test_permissions_and_owner_are_kept(pod: Path, mode: int) -> None:
    if os.geteuid() == 0:
        os.chown(pod, 65534, 65533)
    pod.chmod(mode)
    before = pod.stat()
    save(str(pod), OLD, NEW)
    after = pod.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert pod.read_text(encoding="utf-8") == NEW


@pytest.fixture
def fixed(pod: Path) -> Iterator[Path]:
    """A file that the file system lets nobody change."""
    done = subprocess.run(["chattr", "+i", str(pod)], capture_output=True, check=False)
    if done.returncode:
        pytest.fail(f"{pod}: cannot be made immutable: {done.stderr.decode()}")
    yield pod
    subprocess.run(["chattr", "-i", str(pod)], check=True)


def test_a_file_that_cannot_change_is_told_in_one_line(fixed: Path) -> None:
    said = fix(fixed)
    assert said == "cmlint: error: pod.yaml: not fixed: the file may not be written\n"
    assert [path.name for path in fixed.parent.iterdir()] == ["pod.yaml"]


def test_a_file_with_two_names_is_left(pod: Path) -> None:
    os.link(pod, pod.parent / "other.yaml")
    with pytest.raises(NotSavedError, match="the file has another name"):
        save(str(pod), OLD, NEW)


def test_a_link_to_a_file_stays_one(pod: Path) -> None:
    link = pod.parent / "link.yaml"
    link.symlink_to("pod.yaml")
    os.setxattr(pod, ACCESS, SHARED)
    save(str(link), OLD, NEW)
    assert link.is_symlink() and pod.read_text(encoding="utf-8") == NEW
    assert attributes(pod)[ACCESS] == SHARED


def test_a_folder_that_becomes_a_link_leads_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path, {"shop/pod.yaml": OLD, "outside/pod.yaml": OLD})
    with Target(str(tmp_path / "shop/pod.yaml")) as target:
        assert target.read()[0] == OLD.encode()
        (tmp_path / "shop").rename(tmp_path / "moved")
        (tmp_path / "shop").symlink_to("outside")
        target.replace(NEW.encode())
    assert (tmp_path / "outside/pod.yaml").read_text(encoding="utf-8") == OLD
    assert (tmp_path / "moved/pod.yaml").read_text(encoding="utf-8") == NEW


SWAPPING = """
import os, sys
names = ["real", "outside"]
while True:
    names.reverse()
    os.symlink(names[0], "next")
    os.rename("next", "shop")
"""


def test_a_folder_that_is_swapped_all_the_time_leads_nowhere_else(tmp_path: Path) -> None:
    write(tmp_path, {"real/pod.yaml": OLD, "outside/pod.yaml": "outside\n"})
    (tmp_path / "shop").symlink_to("real")
    saved, deadline = 0, time.monotonic() + 30
    with subprocess.Popen([sys.executable, "-c", SWAPPING], cwd=tmp_path) as swapping:
        try:
            while saved < 20 and time.monotonic() < deadline:
                old, new = (OLD, NEW) if saved % 2 == 0 else (NEW, OLD)
                with suppress(NotSavedError, OSError):
                    save(str(tmp_path / "shop/pod.yaml"), old, new)
                    saved += 1
        finally:
            swapping.kill()
    assert saved == 20
    assert (tmp_path / "real/pod.yaml").read_text(encoding="utf-8") == OLD
    assert (tmp_path / "outside/pod.yaml").read_text(encoding="utf-8") == "outside\n"
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["pod.yaml"]


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_that_becomes_something_else_is_left(pod: Path, kind: str) -> None:
    with Target(str(pod)) as target:
        pod.unlink()
        write(pod.parent, {"other": OLD})
        pod.symlink_to("other") if kind == "link" else os.mkfifo(pod)
        with pytest.raises(OSError, match=r"symbolic links|special file"):
            target.read()


def test_a_folder_that_may_not_be_written_is_told(pod: Path) -> None:
    if os.geteuid():
        pod.parent.chmod(0o555)
        said = fix(pod)
        pod.parent.chmod(0o755)
    else:
        subprocess.run(["chattr", "+i", str(pod.parent)], check=True)
        said = fix(pod)
        subprocess.run(["chattr", "-i", str(pod.parent)], check=True)
    assert said in (
        "cmlint: error: pod.yaml: not fixed: operation not permitted\n",
        "cmlint: error: pod.yaml: not fixed: permission denied\n",
    )
    assert pod.read_text(encoding="utf-8") == OLD


def test_a_file_may_be_called_like_a_part_of_a_draft(tmp_path: Path) -> None:
    for name in ("cmlint", "draft", ".git-draft"):
        replace(str(tmp_path / name), b"1")
        replace(str(tmp_path / name), b"2")
        assert (tmp_path / name).read_bytes() == b"2"
