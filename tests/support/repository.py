"""A Git repository of a test's own, worked on by the real git, and cmlint's own as its hooks are installed from."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.command import COMMAND, PATIENCE
from tests.support.run import ROOT, write
from tests.support.tools import CACHE

IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A Tester"), ("EMAIL", "tester@example.com"), ("DATE", "2024-01-01T00:00:00Z"))
}
PUBLISHED = ("lint", "rules", ".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE")
"""What of this repository an installation needs."""

HOOKS = CACHE / "cmlint-test" / "hooks"
DAY = 24 * 60 * 60


def environment(**more: str) -> dict[str, str]:
    """An environment in which git works with no settings but its own, and finds what is installed with cmlint."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PREK"))}
    path = os.pathsep.join((str(COMMAND.parent), kept.get("PATH", os.defpath)))
    return {**kept, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY, **more}


class Repository:
    """A Git repository in a folder; `more` is what else of the environment its commands are given."""

    def __init__(self, folder: Path, files: Mapping[str, str] | None = None, **more: str) -> None:
        self.folder, self.more = folder, more
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("config", "protocol.file.allow", "always")
        if files:
            self.write(files)
            self.git("add", "--all")
            self.git("commit", "--quiet", "--message", "Begin")

    def run(self, *words: str | Path, below: str = ".", **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a program in the repository, or in a folder of it."""
        return subprocess.run(
            words,
            cwd=self.folder / below,
            env=environment(**self.more, **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE,
        )

    def git(self, *words: str) -> str:
        """Runs git, and fails where it fails."""
        done = self.run("git", *words)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def write(self, files: Mapping[str, str]) -> None:
        """Writes texts to the working tree."""
        write(self.folder, files)

    def commit(self, message: str = "Go on", *, add: bool = True) -> subprocess.CompletedProcess[str]:
        """Commits what is staged, or all that there is, with the hooks that are installed."""
        if add:
            self.git("add", "--all")
        return self.run("git", "commit", "--message", message)

    def edit(self, path: str, before: str, after: str) -> None:
        """Replaces a text that stands in a file."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")


def hooks() -> Path:
    """A folder in which `repository` is cmlint's as it is now, and beside which hooks are installed from it once.

    The same files give the same commit at the same place, so that pre-commit installs them only when they change.
    """
    files = sorted(path for name in PUBLISHED for path in (ROOT / name, *(ROOT / name).rglob("*")) if is_own(path))
    texts = {path.relative_to(ROOT): path.read_bytes() for path in files}
    digest = hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()[:16]
    folder = HOOKS / digest
    if not folder.exists():
        draft = HOOKS / f"{digest}.{os.getpid()}"
        for name, raw in texts.items():
            path = draft / "repository" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        repository = Repository(draft / "repository")
        repository.git("add", "--all", "--force")
        repository.git("commit", "--quiet", "--message", "cmlint as it is")
        draft.rename(folder)
    os.utime(folder)
    for other in HOOKS.iterdir():
        if other.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(other)
    return folder


def is_own(path: Path) -> bool:
    """Whether a path is a file of this repository, and not what Python made of it."""
    return path.is_file() and "__pycache__" not in path.parts
