"""The programs that cmlint runs, for tests: the real ones."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
HELM = Path(os.environ.get("CMLINT_TEST_HELM") or CACHE / "cmlint-test" / "bin" / "helm")
"""The helm that `make test` builds, unless the environment names another one."""

YAML_SERVER = CACHE / "cmlint-test" / "npm" / "node_modules" / ".bin" / "yaml-language-server"
"""The language server that `make test` installs: what editors ask about YAML."""


def put_on_path() -> None:
    """Lets tests, and what they run, find these programs first."""
    os.environ["PATH"] = os.pathsep.join((str(HELM.parent), os.environ.get("PATH", os.defpath)))
