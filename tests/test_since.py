"""What a change brought in: `--since`, and what is staged: `--staged`, in real repositories."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.command import COMMAND
from tests.support.manifests import pod
from tests.support.repository import Repository

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '80', HOST: db}\n"
POD = pod(
    "env:",
    "  - name: PORT",
    "    valueFrom: {configMapKeyRef: {name: app, key: PORT}}",
    "  - name: OLD",
    "    valueFrom: {configMapKeyRef: {name: app, key: OLD}}",
)
OLD = "pod.yaml:12:57: error[missing-key] the ConfigMap `app` has no key `OLD`"
PORT = "pod.yaml:10:57: error[missing-key] the ConfigMap `app` has no key `PORT`"


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A repository with one old finding."""
    return Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": POD})


def found(shop: Repository, *words: str, below: str = ".") -> list[str]:
    """The findings of a check, each a line; whatever goes wrong fails the test."""
    done = shop.run("cmlint", "check", "--format", "concise", "--quiet", *words, below=below)
    assert done.returncode in (0, 1), done.stdout
    return done.stdout.splitlines()


def refused(shop: Repository, *words: str, below: str = ".", **more: str) -> tuple[str, str]:
    """The error that ends a check, and the help."""
    done = shop.run(COMMAND, "check", *words, below=below, **more)
    assert done.returncode == 2, done.stdout
    error, help_ = done.stdout.splitlines()
    return error.removeprefix("cmlint: error: "), help_.removeprefix("help: ")


def test_what_was_there_is_left_out_and_counted(shop: Repository) -> None:
    assert found(shop) == [OLD]
    done = shop.run("cmlint", "check", "--since", "HEAD")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "no new problems in 2 files (2 documents, 1 container, 2 references)",
            "older than the change: 1 finding (without `--since` or `--staged` they are shown)",
        ],
    )
    report = json.loads(shop.run("cmlint", "check", "--since", "HEAD", "--format", "json").stdout)
    assert (report["findings"], report["summary"]["older"]) == ([], 1)


def test_a_change_is_shown_in_the_file_that_it_breaks(shop: Repository) -> None:
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    assert found(shop, "--since", "HEAD") == [PORT]
    assert shop.commit().returncode == 0
    assert found(shop, "--since", "HEAD") == []
    assert found(shop, "--since", "HEAD~1") == [PORT]
    assert found(shop, "--since", shop.git("rev-parse", "--short", "HEAD~1").strip()) == [PORT]


def test_lines_that_move_are_no_change(shop: Repository) -> None:
    shop.edit("pod.yaml", "apiVersion", "# one\n\n# two\napiVersion")
    shop.edit("pod.yaml", "      env:\n", "      env:\n        - {name: NEW, value: a}\n")
    assert found(shop, "--since", "HEAD") == []


def test_a_second_mistake_like_the_first_is_new(shop: Repository) -> None:
    shop.edit("pod.yaml", "        - name: OLD", "        - name: AGAIN\n          valueFrom: &again\n"
              "            configMapKeyRef: {name: app, key: OLD}\n        - name: OLD")  # fmt: skip
    assert len(found(shop)) == 2
    assert len(found(shop, "--since", "HEAD")) == 1


@pytest.mark.parametrize("staged", [False, True])
def test_a_file_that_moves_takes_its_findings_along(shop: Repository, staged: bool) -> None:
    (shop.folder / "deploy").mkdir()
    (shop.folder / "pod.yaml").rename(shop.folder / "deploy" / "wéb pod.yaml")
    shop.edit("deploy/wéb pod.yaml", "web:1.2.3", "web:1.2.4")
    if staged:
        shop.git("add", "--all")
        assert found(shop, "--since", "HEAD", "--staged") == []
    objects = shop.git("count-objects")
    assert found(shop, "--since", "HEAD") == []
    assert shop.git("count-objects") == objects


def test_a_comment_that_is_taken_away_brings_its_finding_in(shop: Repository) -> None:
    shop.edit("pod.yaml", "key: OLD}}", "key: OLD}} # cmlint: ignore[missing-key] made by hand")
    assert shop.commit().returncode == 0
    shop.edit("pod.yaml", " # cmlint: ignore[missing-key] made by hand", "")
    assert found(shop, "--since", "HEAD") == [OLD]


def test_the_change_of_a_branch_begins_where_it_left(shop: Repository) -> None:
    shop.git("switch", "--quiet", "--create", "topic")
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    assert shop.commit().returncode == 0
    shop.git("switch", "--quiet", "main")
    shop.edit("pod.yaml", "key: OLD", "key: HOST")
    assert shop.commit("Mend the old one").returncode == 0
    shop.git("switch", "--quiet", "topic")
    assert found(shop, "--since", "main") == [PORT]


def test_it_works_from_a_folder_and_with_the_paths_and_settings_of_the_run(shop: Repository) -> None:
    shop.write({"old/pod.yaml": POD, "new/pod.yaml": POD, "new/config.yaml": CONFIG})
    shop.write({".cmlint.yaml": "exclude: [old/]\nper-path-ignore: {/new/: [mutable-tag]}\n"})
    assert shop.commit().returncode == 0
    shop.edit("new/config.yaml", "PORT:", "HTTP_PORT:")
    shop.edit("new/pod.yaml", "web:1.2.3", "web:main")
    assert found(shop, "--since", "HEAD", below="new") == [PORT]
    assert found(shop, "--since", "HEAD", "../new", below="old") == [f"../new/{PORT}"]
    assert found(shop, "--since", "HEAD", str(shop.folder / "new")) == [f"new/{PORT}"]
    assert found(shop, "--since", "HEAD", "pod.yaml") == []
    assert found(shop, "--since", "HEAD", "--exclude", "/new") == []


def test_a_folder_that_is_new_is_new_as_a_whole(shop: Repository) -> None:
    shop.write({"new/pod.yaml": POD, "new/config.yaml": CONFIG})
    assert found(shop, "--since", "HEAD") == [f"new/{OLD}"]
    assert found(shop, "--since", "HEAD", below="new") == [OLD]


def test_what_is_staged_is_compared_with_the_last_commit(shop: Repository) -> None:
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.git("add", "--all")
    shop.edit("config.yaml", "HTTP_PORT:", "PORT:")
    assert found(shop, "--since", "HEAD") == []
    assert found(shop, "--since", "HEAD", "--staged") == [PORT]
    assert found(shop, "--staged") == [PORT, OLD]
    assert found(shop, "--staged", str(shop.folder)) == [PORT, OLD]
    assert "key: PORT}}" in shop.run("cmlint", "check", "--staged").stdout


def test_a_worktree_is_a_repository_too(shop: Repository, tmp_path: Path) -> None:
    shop.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    other = Repository.__new__(Repository)
    other.folder, other.more = tmp_path / "other", {}
    other.edit("config.yaml", "PORT:", "HTTP_PORT:")
    assert found(other, "--since", "main") == [PORT]
    other.git("add", "--all")
    assert found(other, "--since", "main", "--staged") == [PORT]
    assert found(shop, "--since", "HEAD") == []


KUSTOMIZATION = """\
resources: [pod.yaml]
configMapGenerator:
  - name: app
    envs: [app.env]
generatorOptions: {disableNameSuffixHash: true}
"""


def test_what_is_built_then_is_built_with_the_files_that_git_ignores(shop: Repository) -> None:
    shop.write({"k/kustomization.yaml": KUSTOMIZATION, "k/pod.yaml": POD, ".gitignore": "*.env\n"})
    shop.write({"k/app.env": "PORT=80\nHOST=db\n"})
    assert shop.commit().returncode == 0
    assert found(shop, "k") == ["k/" + OLD]
    assert found(shop, "k", "--since", "HEAD") == []
    shop.edit("k/pod.yaml", "key: PORT", "key: POTR")
    assert [line[:35] for line in found(shop, "k", "--since", "HEAD")] == ["k/pod.yaml:10:57: error[missing-key"]


def test_what_a_chart_depends_on_may_be_ignored(shop: Repository) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}\n"
    shop.write(
        {
            ".gitignore": "charts/\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"
            "dependencies: [{name: base, version: 1.0.0, repository: ''}]\n",
            "chart/templates/pod.yaml": POD,
            "chart/charts/base/Chart.yaml": "apiVersion: v2\nname: base\nversion: 1.0.0\n",
            "chart/charts/base/templates/config.yaml": template,
        }
    )
    assert shop.commit().returncode == 0
    assert len(found(shop, "chart")) == 2
    assert found(shop, "chart", "--since", "HEAD") == []


def test_a_submodule_is_compared_with_the_commit_that_was_recorded(shop: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner", {"pod.yaml": POD, "config.yaml": CONFIG})
    shop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.folder), "inner")
    assert shop.commit().returncode == 0
    shop.edit("inner/config.yaml", "PORT:", "HTTP_PORT:")
    assert found(shop, "inner", "--since", "HEAD") == [f"inner/{PORT}"]


def test_nothing_is_left_behind(shop: Repository, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    before = shop.git("status", "--porcelain")
    done = shop.run("cmlint", "check", "--since", "HEAD", "--staged", TMPDIR=str(kept))
    assert done.returncode == 0, done.stdout
    assert list(kept.iterdir()) == []
    assert shop.git("status", "--porcelain") == before
    assert shop.git("worktree", "list").count("\n") == 1


# what cannot be compared


def test_an_unknown_commit_is_named(shop: Repository) -> None:
    help_ = "give a branch, a tag or a commit of this repository; `git fetch` gets new ones from the remote"
    assert refused(shop, "--since", "nope") == ("git cannot find the commit `nope`", help_)
    assert refused(shop, "--since=--all") == ("git cannot find the commit `--all`", help_)
    assert refused(shop, "--since", "HEAD:pod.yaml") == ("git cannot find the commit `HEAD:pod.yaml`", help_)


def test_a_branch_that_is_only_elsewhere_is_found_there(shop: Repository, tmp_path: Path) -> None:
    shop.git("branch", "release")
    shop.git("clone", "--quiet", str(shop.folder), str(tmp_path / "clone"))
    shop.folder = tmp_path / "clone"
    assert refused(shop, "--since", "release") == (
        "git cannot find the commit `release`",
        "did you mean `origin/release`?",
    )
    assert found(shop, "--since", "origin/release") == []


def test_a_shallow_clone_says_how_to_fetch(shop: Repository, tmp_path: Path) -> None:
    for text in ("1", "2"):
        shop.write({"version.txt": text})
        assert shop.commit().returncode == 0
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.folder}", str(tmp_path / "clone"))
    first = shop.git("rev-parse", "HEAD~2").strip()
    shop.folder = tmp_path / "clone"
    assert refused(shop, "--since", first) == (
        f"git cannot find the commit `{first}`",
        f"this clone is shallow: run `git fetch --depth=1 origin {first}` or `git fetch --unshallow`",
    )
    shop.git("fetch", "--quiet", "--depth=1", "origin", first)
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    done = shop.run("cmlint", "check", "--since", first, "--quiet", "--format", "concise")
    assert done.stdout.splitlines() == [
        "cmlint: warning: this clone is shallow, so git cannot find where the current branch left "
        f"`{first}`: compared with `{first}` itself; `git fetch --unshallow` brings the rest",
        PORT,
    ]
    shop.git("fetch", "--quiet", "--unshallow")
    assert found(shop, "--since", first) == [PORT]


def test_outside_of_a_repository(shop: Repository, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(shop.folder, plain, ignore=lambda *_: [".git"])
    shop.folder = plain
    expected = ("the working directory is in no Git repository", "run cmlint inside of one")
    assert refused(shop, "--since", "HEAD") == expected
    assert refused(shop, "--staged") == expected


def test_a_path_outside_of_the_repository(shop: Repository, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(POD, encoding="utf-8")
    message = "`../a.yaml` is not in the Git repository of the working directory"
    assert refused(shop, "--since", "HEAD", "../a.yaml") == (message, "run cmlint inside of it")
    expected = ("standard input is in no Git repository", "name files or folders instead")
    assert refused(shop, "--staged", "-") == expected


def test_without_git(shop: Repository, tmp_path: Path) -> None:
    expected = ("git cannot be run: no such file or directory", "install git, and put it on the path")
    assert refused(shop, "--since", "HEAD", PATH=str(tmp_path)) == expected


def test_what_else_git_says_is_passed_on(shop: Repository) -> None:
    (shop.folder / ".git" / "config").write_text("[core\n", encoding="utf-8")
    error, _ = refused(shop, "--since", "HEAD")
    assert error.startswith("git: bad config line 1 in file ")


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop")
    shop.write({"config.yaml": CONFIG, "pod.yaml": POD})
    assert refused(shop, "--since", "HEAD")[0] == "git cannot find the commit `HEAD`"
    shop.git("add", "pod.yaml")
    missing = "error[missing-configmap] nothing defines the ConfigMap `app`"
    assert found(shop, "--staged") == [f"pod.yaml:10:47: {missing}"]


def test_git_runs_no_program_of_the_repository(shop: Repository, tmp_path: Path) -> None:
    (shop.folder / ".gitattributes").write_text("*.yaml diff=mine\n", encoding="utf-8")
    shop.git("config", "diff.mine.command", f"touch {tmp_path}/ran #")
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    assert found(shop, "--since", "HEAD") == [PORT]
    assert not (tmp_path / "ran").exists()


NIGHTLY = pod("envFrom: [{configMapRef: {name: app}}]")
TENANT = "apiVersion: platform.example.com/v1\nkind: Tenant\nmetadata: {name: t}\n"
GONE = "pod.yaml:8:39: error[missing-configmap] nothing defines the ConfigMap `app`: this change removes it"


@pytest.mark.parametrize("words", [("--since", "HEAD"), ("--staged",), ("--staged", "--since", "HEAD")])
def test_what_a_change_removes_is_missing_whatever_is_around(tmp_path: Path, words: tuple[str, ...]) -> None:
    shop = Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": NIGHTLY, "tenant.yaml": TENANT})
    shop.run("git", "rm", "config.yaml")
    assert not found(shop)
    assert found(shop, *words) == [GONE]


def test_what_a_change_moves_is_not_missing(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": NIGHTLY, "tenant.yaml": TENANT})
    shop.run("git", "rm", "config.yaml")
    shop.write({"more/config.yaml": CONFIG})
    assert not found(shop, "--since", "HEAD")
    shop.write({"more/config.yaml": "", "Makefile": "config:\n\tkubectl create configmap app --from-literal=A=b\n"})
    assert not found(shop, "--since", "HEAD")


def test_what_was_missing_before_is_not_removed(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"pod.yaml": NIGHTLY, "tenant.yaml": TENANT, "note.yaml": "app: a\n"})
    shop.run("git", "rm", "note.yaml")
    assert not found(shop, "--since", "HEAD")


def test_a_generator_and_a_secret_that_a_change_removes(tmp_path: Path) -> None:
    build = "resources: [pod.yaml, tenant.yaml]\n"
    text = f"{build}secretGenerator: [{{name: app, literals: [A=b]}}]\n"
    reads = NIGHTLY.replace("configMapRef", "secretRef")
    shop = Repository(tmp_path / "shop", {"kustomization.yaml": text, "pod.yaml": reads, "tenant.yaml": TENANT})
    shop.write({"kustomization.yaml": build})
    assert found(shop, "--since", "HEAD") == [
        "pod.yaml:8:36: error[missing-secret] nothing defines the Secret `app`: this change removes it"
    ]
