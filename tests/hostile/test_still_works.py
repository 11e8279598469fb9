"""What people do every day, through the command line: no defence may take it away."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.command import COMMAND, PATIENCE, cmlint, needed
from tests.support.manifests import pod
from tests.support.repository import Repository
from tests.support.run import write
from tests.support.tools import HELM, KUSTOMIZE

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '80'}\n"
POD = pod("env:", "  - name: PORT", "    valueFrom: {configMapKeyRef: {name: app, key: PORT}}")
WRONG = POD.replace("key: PORT", "key: PROT")
FOUND = "{}:10:57: error[missing-key] the ConfigMap `app` has no key `PROT`\n"
BRIEF = ("--format", "concise", "--quiet")
CHART = {"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/all.yaml": f"{CONFIG}---\n{WRONG}"}


def in_shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Runs a line in bash, where cmlint and helm are on the path."""
    path = os.pathsep.join((str(COMMAND.parent), str(HELM.parent), os.environ["PATH"]))
    words = ["bash", "-c", line]
    given = needed() | {"PATH": path}
    return subprocess.run(words, cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=PATIENCE)


# paths


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("cmlint check <(helm template .)", None),
        ("helm template . | cmlint check -", "templates/all.yaml"),
        ("helm template . | cmlint check /dev/stdin", "/dev/stdin"),
        ("cmlint check /dev/stdin < <(helm template .)", "/dev/stdin"),
    ],
)
def test_what_helm_renders_is_checked_where_it_comes_from(tmp_path: Path, line: str, shown: str | None) -> None:
    write(tmp_path, CHART)
    done = in_shell(tmp_path, f"{line} {' '.join(BRIEF)}")
    assert (done.returncode, done.stderr) == (1, "")
    (found,) = done.stdout.splitlines()
    assert found.endswith("error[missing-key] the ConfigMap `app` has no key `PROT`")
    assert found.startswith(f"{shown}:" if shown else "/dev/fd/")


@pytest.mark.parametrize("argument", ["current", "current/", "./current", "current/pod.yaml"])
def test_a_link_that_is_named_is_followed_wherever_it_leads(tmp_path: Path, argument: str) -> None:
    write(tmp_path, {"elsewhere/7/pod.yaml": f"{CONFIG}---\n{WRONG}"})
    repository = Repository(tmp_path / "shop", {"README.md": "A shop.\n"})
    (repository.folder / "current").symlink_to("../elsewhere/7")
    done = cmlint(repository.folder, "check", argument, *BRIEF)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == FOUND.format("current/pod.yaml").replace(":10:", ":15:")


def test_a_link_within_the_repository_is_followed(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "shop", {"common/config.yaml": CONFIG, "app/pod.yaml": WRONG})
    (repository.folder / "app" / "config.yaml").symlink_to("../common/config.yaml")
    done = cmlint(repository.folder / "app", "check", *BRIEF)
    assert (done.returncode, done.stdout, done.stderr) == (1, FOUND.format("pod.yaml"), "")


def test_a_configuration_that_is_named_may_be_outside(tmp_path: Path) -> None:
    write(tmp_path, {"shared.yaml": "ignore: [missing-key]\n"})
    repository = Repository(tmp_path / "shop", {"all.yaml": f"{CONFIG}---\n{WRONG}"})
    assert cmlint(repository.folder, "check").returncode == 1
    assert cmlint(repository.folder, "check", "--config", "../shared.yaml").returncode == 0


# commits


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A repository with git's own hook, and a change in its working tree that is wrong."""
    made = Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": POD, "other.yaml": "a: b\n"})
    hook = made.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec cmlint check --staged {' '.join(BRIEF)}\n", encoding="utf-8")
    hook.chmod(0o755)
    made.write({"pod.yaml": WRONG, "other.yaml": "a: c\n"})
    return made


@pytest.mark.parametrize(
    "words",
    [("-a",), ("pod.yaml",), ("--only", "pod.yaml"), ("--include", "pod.yaml"), ("-a", "--amend")],
    ids=" ".join,
)
def test_a_commit_with_what_is_wrong_is_stopped(shop: Repository, words: tuple[str, ...]) -> None:
    done = shop.run("git", "commit", "--message", "Wrong", *words)
    assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))
    assert shop.git("log", "--format=%s") == "Begin\n"
    assert shop.git("diff", "--name-only") == "other.yaml\npod.yaml\n"


@pytest.mark.parametrize("words", [("other.yaml",), ("--only", "other.yaml")], ids=" ".join)
def test_a_commit_of_another_file_is_let_through(shop: Repository, words: tuple[str, ...]) -> None:
    done = shop.run("git", "commit", "--quiet", "--message", "Right", *words)
    assert (done.returncode, done.stdout) == (0, "")
    assert shop.git("show", "--name-only", "--format=%s") == "Right\n\nother.yaml\n"


def test_a_commit_in_a_worktree_is_judged_there(shop: Repository, tmp_path: Path) -> None:
    shop.git("worktree", "add", "--quiet", "../second", "HEAD")
    write(tmp_path / "second", {"pod.yaml": WRONG})
    done = shop.run("git", "commit", "-a", "--message", "Wrong", below="../second")
    assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))
    (tmp_path / "second" / "pod.yaml").write_text(POD + "# said\n", encoding="utf-8")
    assert shop.run("git", "commit", "-a", "--message", "Right", below="../second").returncode == 0


def test_a_commit_from_a_folder_below_is_judged_as_a_whole(shop: Repository) -> None:
    shop.write({"deep/er/x.yaml": "a: b\n"})
    done = shop.run("git", "commit", "-a", "--message", "Wrong", below="deep/er")
    assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))


def test_a_repository_that_lies_elsewhere_is_judged(shop: Repository, tmp_path: Path) -> None:
    """As people keep the files of their home: the repository in a folder beside the working tree."""
    (shop.folder / ".git").rename(tmp_path / "store")
    where = (f"--git-dir={tmp_path / 'store'}", f"--work-tree={shop.folder}")
    done = shop.run("git", *where, "commit", "-a", "--message", "Wrong")
    assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))
    shop.write({"pod.yaml": f"{POD}# said\n"})
    assert shop.run("git", *where, "commit", "-a", "--quiet", "--message", "Right").stdout == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_the_user_s_safe_directories_count(shop: Repository, tmp_path: Path) -> None:
    for path in (shop.folder, *shop.folder.rglob("*")):
        os.chown(path, 1000, 1000)
    shop.run("true")
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[safe]\n\tdirectory = {shop.folder}\n", encoding="utf-8")
    done = cmlint(shop.folder, "check", "--since", "HEAD", *BRIEF, GIT_CONFIG_GLOBAL=str(settings))
    assert (done.returncode, done.stdout, done.stderr) == (1, FOUND.format("pod.yaml"), "")
    assert cmlint(shop.folder, "check", "--since", "HEAD", *BRIEF, GIT_CONFIG_GLOBAL=os.devnull).returncode == 2


def test_a_partial_clone_is_checked_and_names_what_it_lacks(shop: Repository, tmp_path: Path) -> None:
    shop.git("commit", "--no-verify", "-a", "--quiet", "--message", "Wrong")
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "--quiet", "--filter=blob:none", f"file://{shop.folder}", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone")
    for words in ((), ("--staged",)):
        done = clone.run("cmlint", "check", *BRIEF, *words)
        assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))
    done = clone.run("cmlint", "check", *BRIEF, "--since", "HEAD~1")
    assert done.returncode == 2
    assert done.stdout.startswith("cmlint: error: ") and "git fetch" in done.stdout
    clone.git("fetch", "--quiet", "--refetch", "--no-filter")
    done = clone.run("cmlint", "check", *BRIEF, "--since", "HEAD~1")
    assert (done.returncode, done.stdout) == (1, FOUND.format("pod.yaml"))


# builds


def test_charts_beside_a_kustomization_are_rendered_where_that_is_allowed(tmp_path: Path) -> None:
    chart = {f"vendored/web/{name}": text for name, text in CHART.items()}
    chart["vendored/web/values.yaml"] = "a: b\n"
    charts = "helmGlobals: {chartHome: ./vendored}\nhelmCharts: [{name: web, releaseName: web}]\n"
    write(tmp_path, {"app/kustomization.yaml": charts, **{f"app/{name}": text for name, text in chart.items()}})
    words = ("check", "app", "--kustomize", str(KUSTOMIZE), *BRIEF)
    path = os.pathsep.join((str(HELM.parent), os.environ["PATH"]))
    done = cmlint(tmp_path, *words, "--enable-helm", PATH=path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.endswith("error[missing-key] the ConfigMap `app` has no key `PROT`\n")
    said = "[not-built] the kustomization is not built: a Helm chart is rendered only"
    assert said in cmlint(tmp_path, *words, PATH=path).stdout


def test_a_base_beside_and_a_program_that_is_named_are_used(tmp_path: Path) -> None:
    base = {"base/kustomization.yaml": "resources: [all.yaml]\n", "base/all.yaml": f"{CONFIG}---\n{WRONG}"}
    write(tmp_path, {**base, "overlay/kustomization.yaml": "resources: [../base]\nnameSuffix: -x\n"})
    done = cmlint(tmp_path, "check", "overlay", "--kustomize", str(KUSTOMIZE), *BRIEF)
    said = "base/all.yaml:15:57: error[missing-key] the ConfigMap `app` has no key `PROT`\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, said, "")
