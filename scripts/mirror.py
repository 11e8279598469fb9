"""Writes the files of a mirror repository for pre-commit: `python scripts/mirror.py FOLDER`.

pre-commit builds what it clones. From a mirror it installs the wheel on PyPI instead, and clones a few files. Commit
what this writes, and tag the commit as the release.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOOKS = ".pre-commit-hooks.yaml"
COPIED = (HOOKS, "LICENSE")

PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "cmlint-pre-commit"
version = "{version}"
description = "Installs cmlint {version} from PyPI for pre-commit."
requires-python = ">=3.10"
dependencies = ["cmlint[kustomize]=={version}"]

[tool.setuptools]
py-modules = []
"""

README = """\
# cmlint for pre-commit

A mirror of [cmlint](https://pypi.org/project/cmlint/), whose hooks install the wheel from PyPI. Each tag is a version.
"""


def write_mirror(folder: Path) -> None:
    """Writes the files of the mirror for the version of this repository."""
    source = (ROOT / "lint" / "cmlint" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', source)
    assert found
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "pyproject.toml").write_text(PROJECT.format(version=found[1]), encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/mirror.py FOLDER")
    write_mirror(Path(sys.argv[1]))
