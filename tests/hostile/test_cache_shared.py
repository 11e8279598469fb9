"""Several processes that use one cache folder at once: none fails, and none takes what another has half written."""

from __future__ import annotations

import os
import random
import subprocess
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cmlint.cache.folder import MARKER, Folder, is_draft
from tests.support.command import COMMAND, cmlint, needed
from tests.support.run import write

PROCESSES, ROUNDS = 6, 60
SIZES = (0, 10, 300_000)
"""Characters of what is kept; the largest is not written in one piece."""

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: "a/b:1.0.0", env: [{name: PORT, value: NUMBER}]}]}
"""


def use(path: Path, chance: random.Random, *, damage: bool) -> Iterator[str]:
    """What a process does with a folder, again and again; gives what must not happen."""
    for _ in range(ROUNDS):
        folder = Folder(str(path))
        for _ in range(chance.randint(1, 4)):
            key = f"key-{chance.randint(0, 5)}:"
            name, deed = folder.name_of(key, ".run"), chance.random()
            if deed < 0.45:
                found = folder.get(name, str)
                if found is not None and (not found.startswith(key) or len(found) - len(key) not in SIZES):
                    yield f"{key} {found[:40]}"
            elif deed < 0.85:
                folder.put(name, key + "x" * chance.choice(SIZES))
            elif deed < 0.95:
                folder.clear()
            elif damage and folder.stored_key:
                (path / MARKER).write_bytes(b"no marker")
        yield from folder.complaints


def in_processes(work: Callable[[int], Iterator[str]], folder: Path) -> list[str]:
    """What several processes give that work at once."""
    for number in range(PROCESSES):
        if not os.fork():
            try:
                said = list(work(number))
            except BaseException:
                said = [traceback.format_exc()]
            (folder / str(number)).write_text("\n".join(said), encoding="utf-8")
            os._exit(0)
    for _ in range(PROCESSES):
        os.wait()
    return [line for number in range(PROCESSES) for line in (folder / str(number)).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("damage", [False, True], ids=["intact", "damaged"])
def test_processes_that_write_read_and_empty_one_folder(tmp_path: Path, damage: bool) -> None:
    cache = tmp_path / "cache"
    said = in_processes(lambda number: use(cache, random.Random(number), damage=damage), tmp_path)
    assert said == []
    assert not [path for path in cache.iterdir() if is_draft(path.name)]


def test_what_another_process_has_removed_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(str(tmp_path / "cache"))
    files = folder.entries

    def vanishing() -> Iterator[os.DirEntry[str]]:
        for entry in list(files()):
            os.remove(entry.path)
            yield entry

    monkeypatch.setattr(folder, "entries", vanishing)
    folder.write(f"{1:016x}.run", b"one")
    assert [path.suffix for path in (tmp_path / "cache").iterdir() if path.suffix == ".run"] == []
    monkeypatch.undo()
    folder.write(f"{1:016x}.run", b"one")
    monkeypatch.setattr(folder, "entries", vanishing)
    assert folder.clear() == 0
    folder.keep(f"{1:016x}.run")
    assert folder.complaints == []


def test_checks_of_several_repositories_and_clears_at_once(tmp_path: Path) -> None:
    projects = [tmp_path / f"project-{number}" for number in range(3)]
    for number, project in enumerate(projects):
        write(project, {"pod.yaml": POD.replace("NUMBER", str(number)), "a.yaml": POD.replace("NUMBER", "'8'")})
        write(project, {"k/kustomization.yaml": "configMapGenerator: [{name: made, literals: [host=a]}]\n"})
    wanted = {project: cmlint(project, "check", ".", "--no-cache") for project in projects}
    cache = str(tmp_path / "cache")
    for _ in range(3):
        runs = [(project, started(project, "check", ".", "--cache-dir", cache)) for project in projects * 3]
        clears = [started(tmp_path, "cache", "clear", "--cache-dir", cache) for _ in range(2)]
        for project, run in runs:
            out, err = run.communicate()
            expected = wanted[project]
            assert (run.returncode, out, err) == (1, expected.stdout, expected.stderr)
        for clear in clears:
            out, err = clear.communicate()
            assert (clear.returncode, err) == (0, "")
            assert out.endswith(f" removed from {cache}\n")


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """A command that runs beside others."""
    line = [str(COMMAND), *words]
    return subprocess.Popen(
        line, cwd=folder, env=needed(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
