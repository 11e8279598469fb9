"""What is written is the old text or the new one, whatever happens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cmlint.atomic import replace
from cmlint.fixes.save import NotSavedError, save
from cmlint.sources.files import walk
from tests.support.run import write
from tests.test_fixes import ALL, CONFIG, POD

KILLS = 1000
FILES = 4
MEMORY = "/dev/shm"
"""Where a file is written at once, so that the moments are spread over what is done, not over waiting for a disk."""


def test_a_file_that_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"other\r\n")
    with pytest.raises(NotSavedError, match="the file has changed meanwhile"):
        save(str(path), "old\r\n", "new\r\n")
    with pytest.raises(NotSavedError, match="the file has changed meanwhile"):
        save(str(path), "other\n", "new\n")
    assert path.read_bytes() == b"other\r\n"
    save(str(path), "other\r\n", "new\r\n")
    assert path.read_bytes() == b"new\r\n"


def test_a_file_that_may_not_be_written_is_left_alone() -> None:
    """As root may write everything, another user tries."""
    program = "import os, sys; from cmlint.fixes.save import save; os.getuid() or os.setuid(65534); save(*sys.argv[1:])"
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        path = Path(folder) / "a.yaml"
        path.write_bytes(b"old\n")
        path.chmod(0o444)
        words = [sys.executable, "-c", program, path, "old\n", "new\n"]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
        assert done.stderr.splitlines()[-1].endswith("NotSavedError: the file may not be written")
        assert path.read_bytes() == b"old\n"


def test_nothing_is_left_where_a_file_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace(str(tmp_path / "folder"), b"new")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


VICTIM = """
import os, signal, sys, time
from cmlint.__main__ import main
from cmlint.fixes.save import save

# Each line names a way, a folder and a moment. A process of its own fixes the folder, by the whole command or by its
# last step alone, and is killed at that moment.
for line in sys.stdin:
    way, folder, moment = line.split()
    os.chdir(folder)
    started = time.perf_counter()
    child = os.fork()
    if not child:
        names = sorted(name for name in os.listdir() if name.startswith("pod"))
        if way == "command":
            main(["check", "--fix", "--unsafe-fixes", "--quiet"])
        else:
            old, new = (open(os.path.join("..", name)).read() for name in ("old", "new"))
            for name in names:
                save(name, old, new)
        os._exit(0)
    if float(moment):
        time.sleep(float(moment))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(time.perf_counter() - started, flush=True)
"""


def test_a_process_that_is_killed_leaves_each_file_old_or_new() -> None:
    """Most moments lie in the writing, for all that comes before writes nothing; the others lie anywhere."""
    with TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as temporary:
        folder = Path(temporary)
        write(folder, {"old": POD, "new": ALL})
        with subprocess.Popen(
            [sys.executable, "-c", VICTIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        ) as victim:
            calm = [
                kill(victim, folder / f"{way}-{number}", way) for way in ("command", "writing") for number in range(5)
            ]
            whole = {"command": max(calm[:5])[0], "writing": max(calm[5:])[0]}
            moments = random.Random(1)
            left: set[int] = set()
            for number in range(KILLS):
                way = "writing" if number % 10 else "command"
                left.add(kill(victim, folder / str(number), way, moments.uniform(1e-6, whole[way]))[1])
            assert victim.stdin
            victim.stdin.close()
        assert victim.returncode == 0
        assert {new for _, new in calm} == {FILES}
        assert left == set(range(FILES + 1)), "the moments must be spread over all of the writing"
        check_left(folder)


def kill(victim: subprocess.Popen[str], folder: Path, way: str, moment: float = 0) -> tuple[float, int]:
    """Has a folder fixed and that killed, and looks at what is left; how long it took, and how many files are new."""
    names = [f"pod-{number}.yaml" for number in range(FILES)]
    write(folder, {**dict.fromkeys(names, POD), "config.yaml": CONFIG})
    assert victim.stdin and victim.stdout
    victim.stdin.write(f"{way} {folder} {moment}\n")
    victim.stdin.flush()
    took = float(victim.stdout.readline())
    texts = [(folder / name).read_bytes().decode() for name in names]
    assert set(texts) <= {POD, ALL}
    return took, texts.count(ALL)


def check_left(folder: Path) -> None:
    """Whatever else is left is neither linted nor committed."""
    drafts = [path for path in folder.rglob("pod-*.yaml") if ".git" in path.parts]
    assert drafts, "some must have been killed while a file was made ready"
    known = {str(path.relative_to(folder)) for path in folder.rglob("*.yaml")} - {
        str(path.relative_to(folder)) for path in drafts
    }
    assert {os.path.relpath(path, folder) for path in walk(str(folder), None, [])} == known
    git = ["git", "-c", f"core.excludesFile={os.devnull}", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files"], capture_output=True, encoding="utf-8", check=True).stdout
    assert set(listed.splitlines()) == {*known, "old", "new"}
