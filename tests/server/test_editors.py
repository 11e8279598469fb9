"""Editors that `make test-editors` installs: Emacs with eglot, and the real yaml-language-server beside cmlint."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.test_neovim import PAGE
from tests.support.desk import CONFIG, POD, SHOP
from tests.support.run import ROOT, write

WANTED = os.environ.get("CMLINT_TEST_EDITORS") == "1"
pytestmark = pytest.mark.skipif(not WANTED, reason="`make test-editors` runs these")


def test_emacs(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    write(shop, {**SHOP, "pod.yaml": POD.replace("SPECIAL_LEVEL", "SPECIAL")})
    setup = re.findall(r"```elisp\n(.*?)```", PAGE, re.DOTALL)[0]
    write(tmp_path, {"setup.el": setup})
    emacs = shutil.which("emacs")
    assert emacs, "`make test-editors` installs Emacs"
    subprocess.run(["git", "init", "--quiet"], cwd=shop, check=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [emacs, "--batch", "-Q", "-l", ROOT / "tests" / "server" / "emacs.el"],
        cwd=shop,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path), "CMLINT_SETUP": str(tmp_path / "setup.el")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "problem cmlint [missing-key]: the ConfigMap `special-config` has no key `SPECIAL`",
        "proposals (SPECIAL_LEVEL LOG_LEVEL)",
        "hover ConfigMap special-config",
        "definition config.yaml",
    ]
    assert (shop / "config.yaml").read_text() == CONFIG.replace("special-config", "app-config")
    assert (shop / "pod.yaml").read_text() == POD.replace("special-config", "app-config")
