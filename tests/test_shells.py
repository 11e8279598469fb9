"""Completion in the real shells, installed as users install it and asked for with the Tab key."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.command import COMMAND, PATIENCE


def environment(home: Path) -> dict[str, str]:
    """What a shell is started with: a home of its own, and cmlint on the path."""
    path = os.pathsep.join((str(COMMAND.parent), os.environ["PATH"]))
    return {"PATH": path, "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8"}


def installed(shell: str, home: Path) -> str:
    """The path of a shell in which `cmlint --install-completion` has been run."""
    program = shutil.which(shell)
    assert program, f"there is no {shell}: `make test` installs it"
    done = subprocess.run(
        [program, "-c", "cmlint --install-completion; true"],
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{shell} completion installed" in done.stdout, done.stdout + done.stderr
    return program


def typed(words: list[str], home: Path, line: str, wanted: str) -> str:
    """What an interactive shell shows when a line and Tab are typed, read until what is wanted can be seen."""
    main, side = pty.openpty()
    with subprocess.Popen(words, cwd=home, env=environment(home), stdin=side, stdout=side, stderr=side) as shell:
        os.close(side)
        shown = wait_for(main, "READY")
        os.write(main, line.encode() + b"\t\t")
        shown = wait_for(main, wanted)
        shell.kill()
    os.close(main)
    return shown


def wait_for(terminal: int, wanted: str) -> str:
    """What is shown until a text can be seen, or until nothing comes any more."""
    shown = ""
    while wanted not in shown and select.select([terminal], [], [], PATIENCE)[0]:
        raw = os.read(terminal, 65536).decode("utf-8", "replace")
        shown += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x07", "", raw)
    return shown


LINES = [("cmlint rule missing-conf", "missing-configmap"), ("cmlint check --select all,renam", "all,renamed-key")]


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_bash_completes(tmp_path: Path, line: str, wanted: str) -> None:
    program = installed("bash", tmp_path)
    with (tmp_path / ".bashrc").open("a") as file:
        file.write("PS1='READY'\n")
    assert wanted in typed([program, "-i"], tmp_path, line, wanted)


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_zsh_completes(tmp_path: Path, line: str, wanted: str) -> None:
    program = installed("zsh", tmp_path)
    with (tmp_path / ".zshrc").open("a") as file:
        file.write("PS1='READY'\n")
    assert wanted in typed([program, "-i"], tmp_path, line, wanted)


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_fish_completes(tmp_path: Path, line: str, wanted: str) -> None:
    program = installed("fish", tmp_path)
    done = subprocess.run(
        [program, "-c", f"complete -C '{line}'"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row.split("\t")[0] for row in done.stdout.splitlines()] == [wanted]
