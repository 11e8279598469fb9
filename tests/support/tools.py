"""The programs that cmlint runs, for tests: the real ones."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

GIVEN = "CMLINT_TEST_CACHE"
CACHE = Path(os.environ.get(GIVEN) or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
"""The folder below which Make keeps the programs that tests run."""

OWN = TemporaryDirectory(prefix="cmlint-test-")
"""The folder that takes the place of the user's caches, configurations and data while tests run."""

HELM = Path(os.environ.get("CMLINT_TEST_HELM") or CACHE / "cmlint-test" / "bin" / "helm")
"""The helm that `make test` builds, unless the environment names another one."""

NPM = CACHE / "cmlint-test" / "npm" / "node_modules"
"""The programs of npm that `make test` installs."""

KUSTOMIZE = CACHE / "cmlint-test" / "kustomize" / "kustomize"
"""The kustomize that `make test` builds; it is not on the path, where kubectl shall be found."""

YAML_SERVER = NPM / ".bin" / "yaml-language-server"
"""What editors ask about YAML."""

CLIENTS = CACHE / "cmlint-test" / "clients" / "python{}.{}".format(*sys.version_info)
"""The versions of the Kubernetes client that `make test` installs, a folder for each."""


def client(major: int) -> Path:
    """The folder with the packages of a version of the Kubernetes client."""
    path = CLIENTS / f"kubernetes-{major}"
    assert path.is_dir(), f"there is no {path}: `make test-live` installs it"
    return path


def chromium() -> str:
    """The browser: the one that the environment names, or the one that is installed."""
    name = os.environ.get("CHROMIUM") or "chromium"
    path = shutil.which(name)
    assert path, f"there is no `{name}`: `make test` installs it, or set CHROMIUM=/path/to/chromium"
    return path


def isolate() -> None:
    """Keeps tests, and what they run, away from the user's caches, configurations and data.

    What a test installs runs once or twice, so pip compiles none of it.
    """
    os.environ[GIVEN] = str(CACHE)
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(Path(OWN.name, name.lower()))
    os.environ["PIP_COMPILE"] = "0"


def put_on_path() -> None:
    """Lets tests, and what they run, find these programs first."""
    os.environ["PATH"] = os.pathsep.join((str(HELM.parent), os.environ.get("PATH", os.defpath)))
