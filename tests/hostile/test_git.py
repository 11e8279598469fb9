"""A repository cannot make git run a program, open a connection, read elsewhere or write to the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmlint.adopt.git import Repository as Own
from cmlint.errors import FatalError
from cmlint.system import git
from cmlint.system.files import TooLargeError
from tests.support.repository import Repository
from tests.support.run import inside, write
from tests.test_since import CONFIG, OLD, POD, PORT, found, refused

HEAD = "[core]\nrepositoryformatversion = 0\nfilemode = true\nbare = false\nlogallrefupdates = true\n"
RUNS = "touch RAN; cat; #"
ATTRIBUTES = '*.yaml filter=mine diff=mine merge=mine\n*.txt filter="odd name"\n'

CONFIGS = {
    "monitor": '[core]\nfsmonitor = "touch RAN; #"\n',
    "monitor-in-capitals": '[CORE]\nFSMONITOR = "touch RAN; #"\n',
    "hooks": "[core]\nhooksPath = HOOKS\n",
    "clean": f'[filter "mine"]\nclean = "{RUNS}"\n',
    "smudge": f'[filter "mine"]\nsmudge = "{RUNS}"\nrequired = true\n',
    "process": '[filter "mine"]\nprocess = "touch RAN; exit 1"\n',
    "filter-in-capitals": f'[FILTER "mine"]\nCLEAN = "{RUNS}"\nSmudge = "{RUNS}"\n',
    "filter-with-an-odd-name": f'[filter "odd name"]\nclean = "{RUNS}"\nsmudge = "{RUNS}"\n',
    "text": f'[diff "mine"]\ntextconv = "{RUNS}"\ncommand = "{RUNS}"\n',
    "external-diff": '[diff]\nexternal = "touch RAN; #"\n',
    "merge-driver": '[merge "mine"]\ndriver = "touch RAN; #"\n',
    "programs": '[core]\npager = "touch RAN; cat"\neditor = "touch RAN; #"\nsshCommand = "touch RAN; #"\n'
    'askPass = "touch RAN; #"\nalternateRefsCommand = "touch RAN; #"\ngitProxy = "touch RAN; #"\n'
    '[pager]\nstatus = "touch RAN; cat"\ndiff = "touch RAN; cat"\n[credential]\nhelper = "!touch RAN; #"\n'
    '[gpg]\nprogram = "touch RAN; #"\n[log]\nshowSignature = true\n[trace2]\nnormalTarget = RAN\n'
    '[uploadpack]\npackObjectsHook = "touch RAN; #"\n[interactive]\ndiffFilter = "touch RAN; cat"\n'
    '[alias]\nstatus = "!touch RAN"\nrev-parse = "!touch RAN"\n[sequence]\neditor = "touch RAN; #"\n',
    "include": "[include]\npath = INCLUDED\n",
    "conditional-include": '[includeIf "gitdir:**"]\npath = INCLUDED\n',
    "worktree-configuration": "[extensions]\nworktreeConfig = true\n",
    "attributes-elsewhere": f'[core]\nattributesFile = OUTSIDE\n[filter "mine"]\nclean = "{RUNS}"\nsmudge = "{RUNS}"\n',
}
"""Settings of a repository that make git run a program; that leaves a file RAN."""

CALLS = (("--staged",), ("--since", "HEAD~1"), ("--since", "HEAD~1", "--staged"))


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """A repository with two commits, a change that is staged and one that is not."""
    shop = Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": POD, "note.txt": "a note\n"})
    shop.edit("config.yaml", "HOST: db", "HOST: database")
    assert shop.commit().returncode == 0
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.git("add", "--all")
    shop.edit("pod.yaml", "key: OLD", "key: OLDER")
    shop.edit("note.txt", "a note", "another note")
    return shop


def poison(folder: Path, config: str, ran: Path) -> None:
    """Adds settings, and all that they refer to, to the folder of a repository."""
    aside = folder.parent / "aside"
    write(aside, {"included": CONFIGS["monitor"].replace("RAN", str(ran)), "attributes": ATTRIBUTES})
    for name in ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "post-merge"):
        for hook in (aside / "hooks" / name, folder / "hooks" / name):
            write(hook.parent, {name: f"#!/bin/sh\ntouch {ran}\n"})
            hook.chmod(0o755)
    for name, path in {
        "HOOKS": aside / "hooks",
        "INCLUDED": aside / "included",
        "OUTSIDE": aside / "attributes",
    }.items():
        config = config.replace(name, str(path))
    with (folder / "config").open("a", encoding="utf-8") as file:
        file.write(config.replace("RAN", str(ran)))
    write(folder, {"info/attributes": ATTRIBUTES, "config.worktree": CONFIGS["monitor"].replace("RAN", str(ran))})


def touch(shop: Repository) -> None:
    """Makes git look into every file, and not only at its times."""
    for path in shop.folder.glob("*.*"):
        os.utime(path, (1, 1))


@pytest.mark.parametrize("name", CONFIGS)
def test_no_setting_of_a_repository_makes_git_run_a_program(shop: Repository, tmp_path: Path, name: str) -> None:
    ran = tmp_path / "ran"
    poison(shop.folder / ".git", CONFIGS[name], ran)
    expected = [[PORT, OLD], [PORT.replace("PORT`", "PORT`"), OLD.replace("OLD`", "OLDER`")], [PORT]]
    for words, lines in zip(CALLS, expected, strict=True):
        touch(shop)
        assert found(shop, *words) == lines
        assert not ran.exists(), words


@pytest.mark.parametrize("name", ["monitor", "clean", "filter-in-capitals", "filter-with-an-odd-name", "include"])
def test_git_itself_runs_these(shop: Repository, tmp_path: Path, name: str) -> None:
    poison(shop.folder / ".git", CONFIGS[name], tmp_path / "ran")
    touch(shop)
    shop.run("git", "status")
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["monitor", "clean", "smudge", "process", "include", "hooks"])
def test_no_setting_of_a_submodule_makes_git_run_a_program(tmp_path: Path, name: str) -> None:
    shop = with_submodule(tmp_path)
    ran = tmp_path / "ran"
    poison(shop.folder / ".git/modules/inner", CONFIGS[name], ran)
    shop.edit("inner/config.yaml", "PORT:", "HTTP_PORT:")
    os.utime(shop.folder / "inner/pod.yaml", (1, 1))
    assert found(shop, "inner", "--since", "HEAD") == [f"inner/{PORT}"]
    assert found(shop, "inner", "--staged") == [f"inner/{OLD}"]
    assert not ran.exists()


def with_submodule(folder: Path) -> Repository:
    """A repository with a submodule."""
    inner = Repository(folder / "inner", {"pod.yaml": POD, "config.yaml": CONFIG})
    shop = Repository(folder / "shop", {"README.md": "A shop.\n"})
    shop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.folder), "inner")
    assert shop.commit().returncode == 0
    return shop


def test_a_submodule_elsewhere_is_not_read(tmp_path: Path) -> None:
    shop = with_submodule(tmp_path)
    shutil.rmtree(shop.folder / "inner")
    (shop.folder / "inner").symlink_to(tmp_path / "inner")
    assert found(shop, "--staged", "--allow-empty") == []
    (shop.folder / "inner").unlink()
    write(shop.folder, {"inner/.git": f"gitdir: {tmp_path}/inner/.git\n"})
    assert found(shop, "--staged", "--allow-empty") == []


@pytest.mark.parametrize("words", [("--staged",), ("--since", "HEAD")])
def test_a_bare_repository_among_the_files_is_not_used(tmp_path: Path, words: tuple[str, ...]) -> None:
    shop = Repository(tmp_path / "shop", {"pod.yaml": POD})
    bare = shop.folder / "bare"
    shop.git("init", "--quiet", "--bare", "bare")
    shop.git("--git-dir", str(bare), "config", "core.bare", "false")
    shop.git("--git-dir", str(bare), "config", "core.worktree", str(tmp_path))
    poison(bare, CONFIGS["monitor"], tmp_path / "ran")
    assert shop.commit().returncode == 0
    shop.run("git", "status", below="bare")
    assert (tmp_path / "ran").exists(), "git itself runs it"
    (tmp_path / "ran").unlink()
    error, help_ = refused(shop, *words, below="bare")
    assert error == f"git: cannot use bare repository '{bare}' (safe.bareRepository is 'explicit')"
    assert help_ == "run the command in git to see more"
    assert not (tmp_path / "ran").exists()
    assert found(shop, *words, "pod.yaml") == ([] if "--since" in words else found(shop, "pod.yaml"))


@pytest.mark.parametrize("worktree", ["/", "..", "../other"])
def test_a_working_tree_elsewhere_is_not_read(shop: Repository, tmp_path: Path, worktree: str) -> None:
    (tmp_path / "other").mkdir()
    shop.git("config", "core.worktree", str((shop.folder / worktree).resolve()))
    expected = ("the working directory is in no working tree of a Git repository", "run cmlint inside of one")
    assert refused(shop, "--staged") == expected


URLS = ("ext::sh -c touch% RAN", "file:///REAL", "REAL", "ssh://host/x", "git://localhost/x", "https://localhost/x")


@pytest.mark.parametrize("url", URLS)
def test_a_partial_clone_fetches_nothing_and_says_how(tmp_path: Path, url: str) -> None:
    shop = Repository(tmp_path / "origin", {"config.yaml": CONFIG, "pod.yaml": POD})
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.edit("config.yaml", "HOST: db", "HOST: database")
    assert shop.commit().returncode == 0
    shop.git("clone", "--quiet", "--filter=blob:none", f"file://{shop.folder}", str(tmp_path / "clone"))
    origin, shop.folder = shop.folder, tmp_path / "clone"
    ran = tmp_path / "ran"
    shop.git("config", "remote.origin.url", url.replace("RAN", str(ran)).replace("REAL", str(origin)))
    shop.git("config", "protocol.allow", "always")
    shop.git("config", "protocol.ext.allow", "always")
    for name in ("core.sshCommand", "core.gitProxy", "remote.origin.uploadpack", "credential.helper"):
        shop.git("config", name, f"touch {ran}; #")
    expected = (
        "this partial clone lacks objects that are needed, and cmlint opens no connection",
        "`git fetch --refetch --no-filter origin` fetches all objects",
    )
    assert refused(shop, "--since", "HEAD~1") == expected
    assert found(shop, "--since", "HEAD") == []
    assert not ran.exists()
    shop.git("config", "remote.origin.url", f"file://{origin}")
    shop.git("config", "--unset", "remote.origin.uploadpack")
    shop.git("fetch", "--quiet", "--refetch", "--no-filter", "origin")
    assert found(shop, "--since", "HEAD~1") == []


def test_missing_trees_are_told_like_missing_files(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "origin", {"config.yaml": CONFIG, "pod.yaml": POD})
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "--quiet", "--filter=tree:0", "--no-checkout", f"file://{shop.folder}", str(tmp_path / "clone"))
    shop.folder = tmp_path / "clone"
    shop.write({"config.yaml": CONFIG, "pod.yaml": POD})
    assert refused(shop, "--since", "HEAD")[0].startswith("this partial clone lacks objects")


def test_the_environment_names_no_program_and_no_setting(shop: Repository, tmp_path: Path) -> None:
    """git hands to its hooks what it was given by `-c`, too."""
    ran = tmp_path / "ran"
    more = dict.fromkeys(("GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR"), f"touch {ran}; #")
    more |= {"GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='touch {ran}; #'", "GIT_TRACE": str(ran)}
    more |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": f"touch {ran}; #"}
    more |= {"GIT_TRACE2_EVENT": str(ran), "GIT_EXEC_PATH": str(tmp_path), "GIT_TEMPLATE_DIR": str(tmp_path)}
    done = shop.run("cmlint", "check", "--staged", "--format", "concise", "--quiet", **more)
    assert done.stdout.splitlines() == [PORT, OLD]
    assert not ran.exists()


def test_no_git_of_the_repository_is_run(shop: Repository, tmp_path: Path) -> None:
    write(shop.folder, {"git": f"#!/bin/sh\ntouch {tmp_path}/ran\n", "bin/git": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (shop.folder / "git").chmod(0o755)
    (shop.folder / "bin/git").chmod(0o755)
    path = os.pathsep.join(("", ".", "bin", os.environ["PATH"]))
    command = shutil.which("cmlint", path=f"{Path(sys.executable).parent}")
    assert command
    done = shop.run(command, "check", "--staged", "--format", "concise", "--quiet", PATH=path)
    assert done.stdout.splitlines() == [PORT, OLD]
    assert not (tmp_path / "ran").exists()


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All files below a folder, with their times."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


@pytest.mark.parametrize("words", CALLS)
def test_nothing_is_written_to_the_repository(shop: Repository, words: tuple[str, ...]) -> None:
    touch(shop)
    write(shop.folder, {"empty.txt": ""})
    before = snapshot(shop.folder)
    found(shop, *words)
    assert snapshot(shop.folder) == before


def test_paths_of_an_index_stay_inside(shop: Repository, tmp_path: Path) -> None:
    index = shop.folder / ".git/index"
    raw = index.read_bytes()
    assert b"config.yaml" in raw
    index.write_bytes(raw.replace(b"config.yaml", b"../x/f.yaml"))
    shop.git("config", "index.skipHash", "true")
    error, _ = refused(shop, "--staged")
    assert error.startswith(("the index holds the path `../x/f.yaml`", "git: bad index file"))
    assert not list(tmp_path.rglob("f.yaml"))


def test_a_pipe_instead_of_a_file_of_git_is_not_waited_for(shop: Repository) -> None:
    for name in ("info/exclude", "info/attributes", "info/sparse-checkout"):
        (shop.folder / ".git" / name).unlink(missing_ok=True)
        os.mkfifo(shop.folder / ".git" / name)
    os.mkfifo(shop.folder / "pipe")
    shop.git("config", "core.excludesFile", str(shop.folder / "pipe"))
    assert found(shop, "--staged") == [PORT, OLD]


def test_pipes_among_what_git_ignores_are_left_out(shop: Repository) -> None:
    shop.write({".gitignore": "made/\n", "kustomization.yaml": "resources: [pod.yaml, made/a.yaml]\n"})
    shop.write({"made/a.yaml": CONFIG.replace("app", "other")})
    shop.git("add", "--all")
    os.mkfifo(shop.folder / "made/pipe")
    shop.edit("note.txt", "a", "b")
    assert found(shop, "--staged") == found(shop)


def test_a_call_that_hangs_is_ended(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.folder / ".gitattributes").unlink(missing_ok=True)
    os.mkfifo(shop.folder / ".gitattributes")
    monkeypatch.setattr(git.Sealed.ask, "__kwdefaults__", {"source": None, "seconds": 1})
    with inside(shop.folder):
        repository = Own()
        with pytest.raises(FatalError, match=r"^git takes longer than 1 seconds$"):
            repository.differs_from_index()


def test_what_git_writes_is_bounded(shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "OUTPUT", 10)
    with inside(shop.folder), pytest.raises(FatalError, match=r"^the output of git exceeds 0 MB$"):
        Own()


def test_no_more_of_an_object_is_read_than_of_a_file(shop: Repository) -> None:
    with inside(shop.folder):
        repository = Own()
        with repository.files_at(repository.commit("HEAD")) as disk:
            assert len(disk.read("note.txt", limit=7)) == 7
            with pytest.raises(TooLargeError):
                disk.read("note.txt", limit=6)


@pytest.mark.parametrize("name", ["index", "sharedindex.0000000000000000000000000000000000000000"])
def test_no_index_is_copied_that_fills_the_disk(shop: Repository, name: str) -> None:
    with (shop.folder / ".git" / name).open("ab") as file:
        file.truncate(1 << 40)
    error, _ = refused(shop, "--staged")
    assert error == "the index is larger than 1 GB"


# what keeps working


def hook(shop: Repository, *before: str) -> None:
    """Installs a hook that checks what is staged."""
    path = shop.folder / ".git/hooks/pre-commit"
    write(
        path.parent,
        {path.name: "\n".join(["#!/bin/sh", *before, "exec cmlint check --staged --format concise --quiet"])},
    )
    path.chmod(0o755)


@pytest.mark.parametrize("words", [("-a",), ("config.yaml",), ("-a", "-c")])
def test_a_hook_sees_the_index_that_git_hands_to_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    shop = Repository(tmp_path / "shop", {"config.yaml": CONFIG, "pod.yaml": POD.replace("key: OLD", "key: HOST")})
    hook(shop, "echo index: $GIT_INDEX_FILE")
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.edit("pod.yaml", "key: PORT", "key: HTTP_PORT")
    start = ("git", "-c", "core.fsmonitor=false") if "-c" in words else ("git",)
    done = shop.run(*start, "commit", "--message", "Go on", *(word for word in words if word != "-c"))
    named = done.stdout.splitlines()[0]
    if "-a" in words:
        assert named.startswith("index: ") and named.endswith("index.lock")
        assert done.returncode == 0, done.stdout
    else:
        assert "next-index-" in named
        assert (done.returncode, done.stdout.splitlines()[1:]) == (1, [PORT])


def test_a_hook_in_a_worktree_and_in_a_folder_works(shop: Repository, tmp_path: Path) -> None:
    shop.git("commit", "--quiet", "--all", "--no-verify", "--message", "All")
    shop.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    write(tmp_path / "other", {"sub/pod.yaml": POD})
    hook(shop, 'echo "dir: $GIT_DIR"', "cd sub")
    shop.folder = tmp_path / "other"
    shop.git("add", "--all")
    done = shop.run("git", "commit", "--message", "Go on")
    lines = done.stdout.splitlines()
    assert lines[0].endswith(".git/worktrees/other")
    assert lines[1:] == found(shop, ".", below="sub") and len(lines) == 2


def test_a_folder_of_git_elsewhere_that_the_caller_names(shop: Repository, tmp_path: Path) -> None:
    (shop.folder / ".git").rename(tmp_path / "home.git")
    own = {"GIT_DIR": str(tmp_path / "home.git"), "GIT_WORK_TREE": str(shop.folder)}
    done = shop.run("cmlint", "check", "--staged", "--format", "concise", "--quiet", **own)
    assert done.stdout.splitlines() == [PORT, OLD]
    done = shop.run("cmlint", "check", "--staged", "--format", "concise", "--quiet", GIT_DIR="../home.git")
    assert done.stdout.splitlines() == [PORT, OLD]


def test_variables_of_another_repository_are_refused(shop: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other", {"pod.yaml": POD})
    help_ = "unset the variable, or run cmlint where git runs its hooks"
    error = "`GIT_DIR` names another repository than that of the working directory"
    assert refused(shop, "--staged", GIT_DIR=str(other.folder / ".git")) == (error, help_)
    error = "`GIT_INDEX_FILE` names the index of another repository"
    assert refused(shop, "--staged", GIT_INDEX_FILE=str(other.folder / ".git/index")) == (error, help_)


def test_an_index_of_the_callers_own_is_used(shop: Repository, tmp_path: Path) -> None:
    shop.more = {"GIT_INDEX_FILE": str(tmp_path / "index")}
    shop.git("read-tree", "HEAD")
    assert found(shop, "--staged") == [OLD]


@pytest.fixture
def others(shop: Repository) -> Iterator[Repository]:
    """A repository of another user."""
    if os.geteuid():
        pytest.fail("only root can give a repository to another user")
    subprocess.run(["chown", "-R", "65534:65534", str(shop.folder)], check=True)
    yield shop
    subprocess.run(["chown", "-R", "0:0", str(shop.folder)], check=True)


def test_a_repository_of_another_user_needs_to_be_called_safe(others: Repository, tmp_path: Path) -> None:
    error, help_ = refused(others, "--staged")
    assert error == f"git: detected dubious ownership in repository at '{others.folder}'"
    assert "git config --global --add safe.directory" in help_
    write(tmp_path, {"home/.gitconfig": "[safe]\ndirectory = *\n", "file": "[safe]\ndirectory = *\n"})
    words = ("env", "-u", "XDG_CONFIG_HOME", "cmlint", "check", "--staged", "--format", "concise", "--quiet")
    for more in (
        {"GIT_CONFIG_GLOBAL": str(tmp_path / "file")},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"},
    ):
        assert others.run(*words, **more).stdout.splitlines() == [PORT, OLD]
    done = others.run(*words[:1], "-u", "GIT_CONFIG_GLOBAL", *words[1:], HOME=str(tmp_path / "home"))
    assert done.stdout.splitlines() == [PORT, OLD]


def test_names_of_objects_may_be_long(tmp_path: Path) -> None:
    shop = Repository.__new__(Repository)
    shop.folder, shop.more = tmp_path / "shop", {}
    shop.folder.mkdir()
    shop.git("init", "--quiet", "--object-format=sha256")
    shop.write({"config.yaml": CONFIG, "pod.yaml": POD})
    assert shop.commit().returncode == 0
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    assert found(shop, "--since", "HEAD") == [PORT]
    assert found(shop, "--staged") == [OLD]


@pytest.mark.parametrize("how", ["autocrlf", "eol", "encoding"])
def test_line_ends_and_encodings_are_those_of_the_working_tree(tmp_path: Path, how: str) -> None:
    shop = Repository(tmp_path / "shop", {"README.md": "A shop.\n"})
    if how == "autocrlf":
        shop.git("config", "core.autocrlf", "true")
    else:
        word = "text eol=crlf" if how == "eol" else "text working-tree-encoding=UTF-16"
        shop.write({".gitattributes": f"*.yaml {word}\n"})
    for name, text in {"config.yaml": CONFIG, "pod.yaml": POD}.items():
        raw = text.encode("utf-16") if how == "encoding" else text.replace("\n", "\r\n").encode()
        (shop.folder / name).write_bytes(raw)
    assert shop.commit().returncode == 0
    with inside(shop.folder):
        repository = Own()
        assert not repository.differs_from_index()
        with repository.files_at(repository.commit("HEAD")) as disk:
            assert disk.read("pod.yaml") == Path("pod.yaml").read_bytes()
        assert repository.show("HEAD", "pod.yaml") == POD.encode()
    assert found(shop, "--since", "HEAD") == []


@pytest.mark.parametrize("setting", ["core.splitIndex", "core.untrackedCache", "index.version", "feature.manyFiles"])
def test_forms_of_the_index_are_read(shop: Repository, setting: str) -> None:
    shop.git("config", setting, "4" if setting == "index.version" else "true")
    shop.git("add", "config.yaml")
    shop.edit("config.yaml", "HTTP_PORT:", "PORT:")
    shop.git("add", "config.yaml")
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.git("add", "config.yaml")
    assert (setting == "core.splitIndex") == any((shop.folder / ".git").glob("sharedindex.*"))
    assert found(shop, "--staged") == [PORT, OLD]


def test_a_sparse_working_tree_stays_sparse(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"a/pod.yaml": POD, "a/config.yaml": CONFIG, "b/pod.yaml": POD})
    shop.git("sparse-checkout", "set", "a")
    assert not (shop.folder / "b").exists()
    with inside(shop.folder):
        assert not Own().differs_from_index()
    shop.edit("a/config.yaml", "PORT:", "HTTP_PORT:")
    assert found(shop, "--staged") == [f"a/{OLD}"]


def test_one_file_of_a_commit_can_be_shown(shop: Repository) -> None:
    shop.write({"sub/ä b.yaml": "a: ä\r\n"})
    (shop.folder / "link.yaml").symlink_to("pod.yaml")
    assert shop.commit().returncode == 0
    with inside(shop.folder / "sub"):
        repository = Own()
        commit = repository.commit("HEAD")
        assert repository.show(commit, "sub/ä b.yaml") == "a: ä\r\n".encode()
        assert [repository.show(commit, path) for path in ("sub", "link.yaml", "none", "ä b.yaml", "")] == [None] * 5
        assert repository.show(f"{commit}~1", "sub/ä b.yaml") is None
