"""What is written is the old text or the new one, whatever happens."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cmlint.fixes.save import NotSavedError, save
from cmlint.sources.files import Group, Walk
from cmlint.sources.request import Request
from cmlint.system.atomic import replace
from tests.support.run import write
from tests.test_fixes import ALL, CONFIG, POD

KILLS = 1000
FILES = 4
OLD, NEW = f"{POD}---\n{CONFIG}", f"{ALL}---\n{CONFIG}"
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
        words = [sys.executable, "-c", program, str(path), "old\n", "new\n"]
        done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
        assert done.stderr.splitlines()[-1].endswith("NotSavedError: the file may not be written")
        assert path.read_bytes() == b"old\n"


def test_nothing_is_left_where_a_file_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace(str(tmp_path / "folder"), b"new")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


WRITING = """
import os, signal, sys
from cmlint.fixes.save import save

old, new = (open(name).read() for name in ("old", "new"))
for line in sys.stdin:
    folder, moment = line.split()
    child = os.fork()
    if not child:
        os.chdir(folder)
        names, steps = sorted(os.listdir()), 0

        def step(*_):
            global steps
            steps += 1
            if steps == int(moment):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(step)
        for name in names:
            save(name, old, new)
        sys.setprofile(None)
        print(steps, end="", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(flush=True)
"""
"""For each line, a process of its own writes the fixed texts to a folder, and kills itself at a step: before or after
any call, of Python's own functions as well."""

COMMAND = """
import os, signal, sys, time
from cmlint.__main__ import main

for line in sys.stdin:
    folder, moment = line.split()
    started = time.perf_counter()
    child = os.fork()
    if not child:
        os.chdir(folder)
        main(["check", "--fix", "--unsafe-fixes", "--quiet"])
        os._exit(0)
    if float(moment):
        time.sleep(float(moment))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(time.perf_counter() - started, flush=True)
"""
"""For each line, a process of its own runs the whole command in a folder, and is killed after a while."""


@pytest.mark.parametrize(("program", "kills"), [(WRITING, KILLS - 50), (COMMAND, 50)], ids=["writing", "command"])
def test_a_process_that_is_killed_leaves_each_file_old_or_new(program: str, kills: int) -> None:
    """Most moments lie in the writing, for all that comes before writes nothing; the others lie anywhere."""
    with TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as temporary:
        folder = Path(temporary)
        write(folder, {"old": OLD, "new": NEW})
        words = [sys.executable, "-c", program]
        with subprocess.Popen(
            words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        ) as victim:
            whole, new = kill(victim, folder / "whole", 0)
            assert new == FILES
            moments = random.Random(1)
            left: set[int] = set()
            for number in range(kills):
                moment = moments.randint(1, int(whole)) if program == WRITING else moments.uniform(1e-6, float(whole))
                left.add(kill(victim, folder / str(number), moment)[1])
            assert victim.stdin
            victim.stdin.close()
        assert victim.returncode == 0
        assert program == COMMAND or left == set(range(FILES + 1)), "some are killed between any two files"
        check_left(folder)


def kill(victim: subprocess.Popen[str], folder: Path, moment: float) -> tuple[str, int]:
    """Has a folder fixed and that killed, and looks at what is left; what is said of it, and how many files are new."""
    names = [f"pod-{number}.yaml" for number in range(FILES)]
    write(folder, dict.fromkeys(names, OLD))
    assert victim.stdin and victim.stdout
    victim.stdin.write(f"{folder} {moment}\n")
    victim.stdin.flush()
    said = victim.stdout.readline()
    texts = [(folder / name).read_bytes().decode() for name in names]
    assert set(texts) <= {OLD, NEW}
    return said, texts.count(NEW)


def check_left(folder: Path) -> None:
    """Whatever else is left is neither linted nor committed."""
    drafts = [path for path in folder.rglob("pod-*.yaml") if ".git" in path.parts]
    known = {str(path.relative_to(folder)) for path in folder.rglob("*.yaml") if path not in drafts}
    known |= {name for name in ("old", "new") if (folder / name).exists()}
    walked = Walk(Request(), str(folder), Group(), []).files()
    assert {os.path.relpath(path, folder) for path in walked} == known
    git = ["git", "-c", f"core.excludesFile={os.devnull}", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files"], capture_output=True, encoding="utf-8", check=True).stdout
    assert set(listed.splitlines()) == {*known, "old", "new"}
