"""No link of a repository makes cmlint, or the git that it runs, write outside of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.run import write

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
POD += "spec: {containers: [{name: a, image: a/b:1.0.0, env: [{name: A, value: 1}]}]}\n"
PRECIOUS = "precious\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository beside a file and a folder that it does not own."""
    write(tmp_path, {"outside/file": PRECIOUS, "outside/empty": "", "shop/pod.yaml": POD})
    (tmp_path / "shop/.git").mkdir()
    return tmp_path / "shop"


LINKS = {
    "file": "../outside/file",
    "empty": "../outside/empty",
    "new": "../outside/new",
    "chain": "second",
    "folder/report": "../outside",
    "device": "/dev/null",
}
"""Where what is written leads, and where the link in its path does."""


def plant(shop: Path, name: str) -> None:
    """Plants the link in a path."""
    (shop / name.partition("/")[0]).symlink_to(LINKS[name])
    if name == "chain":
        (shop / "second").symlink_to("../outside/file")


def state(folder: Path) -> dict[str, str]:
    """All files in a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("git", [True, False], ids=["repository", "folder"])
@pytest.mark.parametrize("flag", ["--output", "--write-baseline"])
@pytest.mark.parametrize("name", LINKS)
def test_no_link_leads_what_is_written_outside(shop: Path, name: str, flag: str, git: bool) -> None:
    if not git:
        (shop / ".git").rmdir()
    plant(shop, name)
    before = state(shop.parent / "outside")
    done = cmlint(shop, "check", flag, name, "pod.yaml")
    assert done.returncode == 2
    if (flag, name) not in (("--write-baseline", "file"), ("--write-baseline", "chain")):
        said = f"cmlint: error: {name}: cannot be written: a link that leads out of the repository\n"
        assert done.stderr == f"{said}help: name a file that can be written with `{flag}`\n"
    assert state(shop.parent / "outside") == before


def test_a_link_to_another_repository_leads_outside(shop: Path) -> None:
    (shop.parent / "outside/.git").mkdir()
    (shop / "reports").symlink_to("../outside")
    done = cmlint(shop, "check", "--output", "reports/a.txt", "pod.yaml")
    assert done.returncode == 2
    assert not (shop.parent / "outside/a.txt").exists()


@pytest.mark.parametrize("name", ["report.txt", "../outside/report.txt", "folder/report.txt", "../link/report.txt"])
def test_what_the_user_names_is_written(shop: Path, name: str) -> None:
    (shop / "inside").mkdir()
    (shop / "folder").symlink_to("inside")
    (shop.parent / "link").symlink_to("outside")
    done = cmlint(shop, "check", "--output", name, "pod.yaml")
    assert (done.returncode, done.stderr) == (1, "")
    assert (shop / name).read_text(encoding="utf-8").startswith("error[non-string-env]")


def test_streams_are_written(shop: Path) -> None:
    done = cmlint(shop, "check", "--output", "/dev/stdout", "pod.yaml")
    assert done.returncode == 1 and done.stdout.startswith("error[non-string-env]")


@pytest.mark.parametrize("variable, file", [("HOME", ".gitconfig"), ("XDG_CONFIG_HOME", "git/config")])
def test_git_writes_no_trace(tmp_path: Path, variable: str, file: str) -> None:
    trace = tmp_path / "trace"
    kinds = "".join(f"{kind}Target = {trace}\n" for kind in ("normal", "event", "perf"))
    write(tmp_path, {f"shop/home/{file}": f"[trace2]\n{kinds}", "shop/pod.yaml": POD})
    shop = tmp_path / "shop"
    identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=shop, env=os.environ | identity, check=True)
    done = cmlint(shop, "check", "--staged", **{variable: str(shop / "home")})
    assert done.returncode == 1 and done.stdout.startswith("error[non-string-env]")
    assert not trace.exists()
