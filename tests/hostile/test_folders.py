"""No temporary folder is left, however a run ends; and none is removed that is not cmlint's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, get_ident
from typing import NoReturn

import pytest

from cmlint.__main__ import ending
from cmlint.system import atomic, folders
from cmlint.system.futures import result_of
from tests.support.command import COMMAND, cmlint, needed
from tests.support.manifests import POD
from tests.support.repository import Repository, environment
from tests.support.run import write
from tests.test_hostile import hanging, wait_until_all_ended
from tests.test_since import CONFIG
from tests.test_since import POD as READER

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks of POSIX")

SIGNALS = sorted(ending() - {signal.SIGPIPE, signal.SIGXFSZ}, key=int)
"""The signals that end a run; Python ignores two others."""


def test_these_signals_end_a_run() -> None:
    names = {signal.Signals(number).name for number in SIGNALS if number < 32}
    assert {"SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGABRT", "SIGUSR1", "SIGALRM", "SIGXCPU"} <= names
    assert not names & {"SIGKILL", "SIGSTOP", "SIGSEGV", "SIGCHLD", "SIGWINCH", "SIGCONT", "SIGTSTP"}


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A repository whose check lasts, with a secret that git ignores, and with a change that is not staged."""
    hanging(tmp_path, "kustomize")
    build = "resources: [pod.yaml]\nsecretGenerator: [{name: web, envs: [.env]}]\n"
    shop = Repository(tmp_path / "shop", {"kustomization.yaml": build, "pod.yaml": POD, ".gitignore": ".env\n"})
    write(shop.folder, {".env": "PASSWORD=correct-horse\n", "pod.yaml": f"{POD}# not staged\n"})
    (tmp_path / "kept").mkdir()
    return shop


@contextmanager
def running(shop: Repository, **handling: signal.Handlers) -> Iterator[subprocess.Popen[bytes]]:
    """A check of the repository that has copied what is built and waits for a program.

    It begins with signals handled by default, whatever runs the tests, or as `handling` says.
    """
    above = shop.folder.parent
    words = [str(COMMAND), "check", "--staged", "--kustomize", str(above / "kustomize")]
    (above / "started").unlink(missing_ok=True)
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    for name, how in handling.items():
        signal.signal(getattr(signal, name), how)
    try:
        process = subprocess.Popen(
            words,
            cwd=shop.folder,
            env=environment(TMPDIR=str(above / "kept")),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    try:
        wait_for(lambda: (above / "started").exists() and (above / "started").read_text().count("\n") == 2)
        assert list((above / "kept").rglob(".env")), "the copy is there"
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(condition: object) -> None:
    """Waits until something holds, for a minute at most."""
    assert callable(condition)
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@pytest.mark.parametrize("number", [number for number in SIGNALS if number < 32 or number == signal.SIGRTMIN])
def test_a_signal_leaves_no_copy_of_the_repository(shop: Repository, number: int) -> None:
    with running(shop) as process:
        process.send_signal(number)
        assert process.wait(60) == 128 + number
    assert list((shop.folder.parent / "kept").iterdir()) == []
    wait_until_all_ended(shop.folder.parent)


def test_many_signals_do_not_disturb_the_end(shop: Repository) -> None:
    with running(shop) as process:
        for _ in range(50):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                process.send_signal(number)
        assert process.wait(60) in (128 + signal.SIGTERM, 128 + signal.SIGINT, 128 + signal.SIGHUP)
    assert list((shop.folder.parent / "kept").iterdir()) == []


def test_a_signal_that_is_ignored_stays_ignored(shop: Repository) -> None:
    with running(shop, SIGHUP=signal.SIG_IGN) as process:
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
    assert list((shop.folder.parent / "kept").iterdir()) == []


def test_a_signal_that_does_not_interrupt_a_wait_is_heeded_before_its_end() -> None:
    over = Event()

    def work() -> None:
        time.sleep(0.3)
        signal.pthread_kill(get_ident(), signal.SIGUSR1)  # the wait of another thread goes on
        over.wait(20)

    def end(*_: object) -> NoReturn:
        raise InterruptedError

    before = signal.signal(signal.SIGUSR1, end)
    try:
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(work)
            with pytest.raises(InterruptedError):
                result_of(future)
            assert not future.done()
            over.set()
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_the_next_run_removes_what_a_killed_one_has_left(shop: Repository) -> None:
    kept = shop.folder.parent / "kept"
    with running(shop) as process:
        process.kill()
        process.wait()
        left = list(kept.iterdir())
        assert left and all(path.stat().st_mode & 0o777 == 0o700 for path in left)
        with running(shop) as second:
            assert not set(left) & set(kept.iterdir())
            with running(shop) as third:
                assert len(list(kept.iterdir())) == 2 * len(left), "what a living process uses stays"
                third.terminate()
                third.wait()
            second.terminate()
            assert second.wait(60) == 128 + signal.SIGTERM
    assert list(kept.iterdir()) == []


NAME = "cmlint-{}-0123456789abcdef"


def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def made(folder: Path, marker: str | None = "") -> Path:
    """A folder that looks as if a killed process had left it; without text the marker says what is right."""
    folder.mkdir(mode=0o700)
    if marker is not None:
        status = folder.stat()
        (folder / folders.MARKER).write_text(marker or f"{status.st_dev} {status.st_ino}\n", encoding="ascii")
        (folder / "text").write_text("x", encoding="utf-8")
    return folder


def test_only_own_folders_are_removed(tmp_path: Path) -> None:
    above, outside = tmp_path / "above", tmp_path / "outside"
    above.mkdir()
    made(outside)
    gone = [made(above / NAME.format(dead())), made(above / NAME.format(dead()).replace("0", "1"), None)]
    stays = [
        made(above / "cmlint-report"),
        made(above / f"cmlint-{dead()}-short"),
        made(above / NAME.format(dead()).replace("a", "b"), "1 2\n"),
        made(above / NAME.format(os.getpid()), None),
        above / NAME.format(2),
        above / NAME.format(3),
        above / NAME.format(4),
        above / NAME.format(5),
        above / NAME.format(6),
    ]
    stays[4].symlink_to(outside)
    stays[5].write_text("a file", encoding="utf-8")
    made(stays[6]).chmod(0o755)
    made(stays[7], None)
    (stays[7] / folders.MARKER).symlink_to(outside / folders.MARKER)
    made(stays[8], None)
    os.mkfifo(stays[8] / folders.MARKER)
    folders.sweep(str(above))
    assert sorted(above.iterdir()) == sorted(stays)
    assert (outside / "text").exists()
    assert not any(path.exists() for path in gone)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make folders of another user")
def test_a_folder_of_another_user_stays(tmp_path: Path) -> None:
    folder = made(tmp_path / NAME.format(dead()))
    os.chown(folder, 65534, 65534)
    folders.sweep(str(tmp_path))
    assert folder.exists()
    os.chown(folder, 0, 0)
    folders.sweep(str(tmp_path))
    assert not folder.exists()


def test_links_in_a_folder_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "kept"))
    write(tmp_path, {"outside/text": "x"})
    (tmp_path / "kept").mkdir()
    with folders.temporary() as folder:
        Path(folder, "link").symlink_to(tmp_path / "outside")
        Path(folder, "closed").mkdir()
        Path(folder, "closed/file").write_text("x", encoding="utf-8")
        Path(folder, "closed").chmod(0o500)
    assert list((tmp_path / "kept").iterdir()) == []
    assert (tmp_path / "outside/text").exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(shop: Repository, tmp_path: Path) -> None:
    before = f"import tempfile; tempfile.tempdir = {str(tmp_path / 'none')!r}"
    done = cmlint(shop.folder, "check", "--staged", before=before)
    assert done.returncode == 2
    assert done.stderr == (
        "cmlint: error: no temporary folder can be made: no such file or directory\n"
        "help: set TMPDIR to a writable folder\n"
    )


def test_a_copy_of_the_process_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with folders.temporary() as folder:
        child = os.fork()
        if not child:
            try:
                sys.exit()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert Path(folder).exists()


# drafts of files that are replaced

FIXING = """
import os, signal, sys
import cmlint.system.atomic as atomic
old = os.replace
def replace(*given, **more):
    open("../ready", "w").close()
    HOW
os.replace = replace
"""
"""Ends the process when the draft of a file is ready."""


def fix(folder: Path, before: str = "") -> int:
    """The exit status of a run that fixes a file."""
    code = f"{HEEDED}\n{before}\nfrom cmlint.__main__ import entry\nentry()"
    words = [sys.executable, "-c", code, "check", "--fix", "--quiet"]
    return subprocess.run(words, cwd=folder, env=needed(), capture_output=True, check=False).returncode


HEEDED = """\
import signal
for each in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(each, signal.SIG_DFL)
"""
"""Signals that whoever runs the tests ignores, as `nohup` does, are heeded again."""


VALUE = READER.replace("valueFrom: {configMapKeyRef: {name: app, key: PORT}}", "value: 80").replace(
    "key: OLD", "key: HOST"
)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL"])
def test_no_draft_is_left(tmp_path: Path, name: str) -> None:
    shop = tmp_path / "shop"
    write(shop, {"pod.yaml": VALUE, "config.yaml": CONFIG})
    number = getattr(signal, name)
    code = fix(shop, FIXING.replace("HOW", f"os.kill(os.getpid(), signal.{name}); sys.stdin.read(0)"))
    assert (tmp_path / "ready").exists()
    left = [path for path in shop.iterdir() if path.suffix != ".yaml"]
    if name == "SIGKILL":
        assert code == -number and len(left) == 1
        assert (left[0] / atomic.MARKER).exists() and left[0].stat().st_mode & 0o777 == 0o700
    else:
        assert code == 128 + number and left == []
    assert (shop / "pod.yaml").read_text(encoding="utf-8") == VALUE
    assert fix(shop) == 0
    assert sorted(path.name for path in shop.iterdir()) == ["config.yaml", "pod.yaml"]
    assert 'value: "80"' in (shop / "pod.yaml").read_text(encoding="utf-8")


def test_no_folder_of_the_repository_is_taken_for_a_draft(tmp_path: Path) -> None:
    name = f".cmlint-{dead()}-0123456789abcdef"
    write(tmp_path, {f"{name}/.git/cmlint": "1 2\n", f"{name}/.git/draft": "x", f"{name}/pod.yaml": "x"})
    (tmp_path / name).chmod(0o700)
    atomic.sweep(str(tmp_path))
    assert (tmp_path / name / ".git/draft").exists()
    status = (tmp_path / name).stat()
    write(tmp_path, {f"{name}/.git/cmlint": f"{status.st_dev} {status.st_ino}\n"})
    atomic.sweep(str(tmp_path))
    assert [str(path.relative_to(tmp_path / name)) for path in (tmp_path / name).rglob("*")] == ["pod.yaml"]
