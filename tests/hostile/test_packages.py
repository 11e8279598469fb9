"""A repository that looks like a folder of installed packages registers nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.run import write

MARK = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"

REPOSITORY = {
    "evil-1.0.dist-info/entry_points.txt": "[cmlint.rules]\nevil = evil\n",
    "evil-1.0.egg-info/entry_points.txt": "[cmlint.rules]\nevil = evil\n",
    "evil/__init__.py": MARK,
    "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n",
}

START = "from cmlint.__main__ import entry; entry()"


@pytest.mark.parametrize("line", [("-m", "cmlint"), ("-c", START)], ids=["module", "code"])
@pytest.mark.parametrize("path", [None, ".", ""], ids=["no path", "dot", "empty"])
@pytest.mark.parametrize("words", [("check", "."), ("env", "."), ("rule",)], ids=lambda words: words[0])
def test_a_repository_registers_nothing(
    tmp_path: Path, line: tuple[str, str], path: str | None, words: tuple[str, ...]
) -> None:
    write(tmp_path, REPOSITORY)
    variables = {} if path is None else {"PYTHONPATH": f"{path}:{tmp_path / 'nowhere'}"}
    done = cmlint(tmp_path, *line, *words, command=Path(sys.executable), **variables)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "evil/ran").exists()


def test_a_link_to_the_working_directory_is_the_working_directory(tmp_path: Path) -> None:
    write(tmp_path / "repository", REPOSITORY)
    (tmp_path / "link").symlink_to(tmp_path / "repository")
    done = cmlint(tmp_path / "repository", "check", ".", PYTHONPATH=str(tmp_path / "link"))
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "repository/evil/ran").exists()


def test_what_is_installed_elsewhere_is_registered(tmp_path: Path) -> None:
    write(tmp_path / "packages", REPOSITORY)
    write(tmp_path / "repository", {"config.yaml": REPOSITORY["config.yaml"]})
    done = cmlint(tmp_path / "repository", "check", ".", "--no-cache", PYTHONPATH=str(tmp_path / "packages"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "packages/evil/ran").exists()
