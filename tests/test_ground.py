"""What tests rely on: they leave the user's own files alone, and run in the background and on a busy machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import PATIENCE, needed, started
from tests.support.run import ROOT
from tests.support.tools import OWN

INTERRUPTED = """\
import signal, subprocess
from tests.support.command import started
with started("/bin/sh", "-c", "echo ready; exec sleep 600", stdout=subprocess.PIPE) as process:
    process.stdout.readline()
    process.send_signal(signal.NUMBER)
    print(process.wait(60))
"""
"""Starts a program and interrupts it; prints how it ends."""


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"])
def test_the_user_s_folders_are_not_used(name: str) -> None:
    assert Path(OWN.name) in Path(os.environ[name]).parents
    assert name not in needed() or Path(OWN.name) in Path(needed()[name]).parents


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_programs_can_be_interrupted_where_the_tests_ignore_it(number: signal.Signals) -> None:
    ignoring = f"trap '' {number.name.removeprefix('SIG')}; exec \"$@\""
    words = ["sh", "-c", ignoring, "sh", sys.executable, "-c", INTERRUPTED.replace("NUMBER", number.name)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE)
    assert done.stdout == f"-{number.value}\n"


def test_a_program_that_is_started_does_not_outlive_a_failure() -> None:
    with pytest.raises(AssertionError), started("/bin/sh", "-c", "exec sleep 600") as process:
        raise AssertionError
    assert process.returncode == -signal.SIGKILL
