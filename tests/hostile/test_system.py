"""What cmlint does to the machine while it checks a hostile repository, as the system calls tell it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cmlint
import cmlint_rules
from tests.hostile.repository import POD, SECRETS, Hostile
from tests.support.client import Client
from tests.support.command import COMMAND, PATIENCE
from tests.support.tools import HELM, KUSTOMIZE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace is a program of Linux")

LINES = (
    (".", "check", "."),
    (".", "check", ".", "--select", "all", "--format", "github", "--verbose"),
    (".", "check", ".", "--diff", "--unsafe-fixes"),
    (".", "check", "--since", "HEAD"),
    (".", "env"),
    (".", "env", "--reads"),
    (".", "graph", "--format", "html"),
    (".", "impact", "secret/own"),
    (".", "explain", "pod.yaml:10"),
    ("bare", "check", "--staged"),
    ("bare", "check", "."),
    ("settings/grants", "check", "."),
    ("settings/table", "check", "."),
    ("settings/values-0", "check", "."),
    ("settings/values-1", "check", "."),
    ("settings/values-2", "check", "."),
    ("settings/baseline-0", "check", "."),
    ("settings/baseline-1", "check", "."),
    ("settings/baseline-2", "check", "."),
    ("settings/aliases", "check", "."),
    ("links/file", "check", "."),
    ("links/zero", "check", "."),
    ("links/pipes", "check", "."),
    ("links/file", "check", "--staged"),
)
"""The command lines, each with the folder of the repository in which it runs. Each meets a wrong configuration."""

TOUCHED = pytest.mark.xfail(strict=True, reason="to announce files, git sets the time of the empty object there is")

COMPLETE = (
    ("check", ".", "--select", "all", "--format", "github", "--verbose"),
    ("check", "--staged"),
    pytest.param(("impact", "--since", "HEAD"), marks=TOUCHED),
)
"""The command lines that run where no configuration is wrong, and so read, build and judge everything."""

GIT = shutil.which("git") or "git"
PROGRAMS = {
    "cmlint": (str(COMMAND), sys.executable),
    "kustomize and helm": (str(KUSTOMIZE), str(HELM)),
    "git, which runs itself": (GIT, f"{GIT}-core/git", "/usr/lib/git-core/git", "/usr/libexec/git-core/git"),
    "what takes the network away": ("/usr/bin/unshare", "/bin/unshare", "/usr/bin/true", "/bin/true"),
}
"""Everything that may be run, and nothing of it is the repository's."""

READ = {
    "Python and what is installed with it": (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib")),
    "cmlint": tuple(str(Path(str(package.__file__)).resolve().parents[1]) for package in (cmlint, cmlint_rules)),
    "the programs themselves": tuple(path for paths in PROGRAMS.values() for path in paths),
    "shared libraries": ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"),
    "where they are": ("/etc/ld.so.cache", "/etc/ld.so.preload"),
    "languages and zones of time": ("/usr/share/locale", "/usr/share/zoneinfo", "/etc/localtime", "/etc/locale.alias"),
    "what git says in other languages, and its templates": ("/usr/share/git-core",),
    "settings of git for the machine, for the user's safe.directory": ("/etc/gitconfig",),
    "how many processors and how much memory there are": (
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/sys/kernel/mm",
    ),
    "settings of OpenSSL, of which Python takes its hashes": ("/etc/ssl/openssl.cnf", "/usr/lib/ssl"),
    "devices that hold nothing of anybody": ("/dev/null", "/dev/urandom"),
}
"""Everything outside that may be opened."""


class Seen(NamedTuple):
    """What a command line did: its exit status, what it wrote, and its system calls, one a line."""

    status: int
    said: str
    calls: list[str]

    @property
    def opened(self) -> Iterator[str]:
        """The real paths of what was opened."""
        for call in self.calls:
            if found := re.search(r"^\d+ +(?:open|openat|openat2|creat)\(.* = \d+<(.*?)>(?:\(deleted\))?$", call):
                yield found[1]

    @property
    def run(self) -> Iterator[str]:
        """The paths of the programs that were run."""
        for call in self.calls:
            if found := re.search(r'^\d+ +execve(?:at)?\(.*?"([^"]*)", .* = 0$', call):
                yield found[1]

    @property
    def reached(self) -> list[str]:
        """The calls that lead to an address, of whatever family."""
        return [
            call for call in self.calls if re.search(r"^\d+ +(connect|sendto|sendmsg|sendmmsg)\(.*sa_family=", call)
        ]


def strace() -> str:
    """The program that tells of system calls."""
    path = shutil.which("strace")
    assert path, "there is no `strace`: `make test` installs it"
    return path


def watched(hostile: Hostile, below: str, *words: str) -> Seen:
    """Runs a command line in a folder of the repository, and tells what it did."""
    return traced(hostile, str(COMMAND), *words, cwd=hostile.project / below, env=environment(hostile))


def environment(hostile: Hostile) -> dict[str, str]:
    """The environment of a command."""
    path = os.pathsep.join((str(HELM.parent), str(KUSTOMIZE.parent), "/usr/bin", "/bin"))
    own = {"HOME": str(hostile.home), "TMPDIR": str(hostile.temporary), "XDG_CACHE_HOME": str(hostile.cache)}
    return {**own, "PATH": path, "LANG": "C.UTF-8"}


def traced(hostile: Hostile, *words: str, **how: Any) -> Seen:
    """Runs a program, and tells what it did; `how` is for `subprocess.run`."""
    line = [*tracing(hostile), *words]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=2 * PATIENCE, **how)
    return seen_of(hostile, done.returncode, (done.stdout + done.stderr).decode("utf-8", "surrogateescape"))


def tracing(hostile: Hostile) -> tuple[str, ...]:
    """The words before a command by which its system calls are noted."""
    calls = "trace=%file,%process,connect,sendto,sendmsg,sendmmsg"
    noted = ("-e", calls, "-e", "signal=none", "-o", str(hostile.folder / "trace"))
    return strace(), "-f", "--seccomp-bpf", "-qq", "-y", "-s", "4096", *noted


def seen_of(hostile: Hostile, status: int, said: str) -> Seen:
    """What a program did whose system calls were noted."""
    assert "strace: " not in said, f"strace must be allowed to trace: {said}"
    lines = (hostile.folder / "trace").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    return Seen(status, said, joined(lines))


def joined(calls: list[str]) -> list[str]:
    """System calls, with those that were interrupted by another process's in one piece."""
    begun: dict[str, str] = {}
    whole: list[str] = []
    for call in calls:
        number = call.split(maxsplit=1)[0]
        if call.endswith("<unfinished ...>"):
            begun[number] = call.removesuffix("<unfinished ...>")
        elif found := re.search(r"<\.\.\. \w+ resumed>(.*)", call):
            whole.append(begun.pop(number, f"{number} ") + found[1])
        else:
            whole.append(call)
    return whole + list(begun.values())


def tree(folder: Path, *, times_of_top: bool) -> dict[str, tuple[object, ...]]:
    """Everything about all that is in a folder: content, kind, mode, owner, links, time of change and attributes."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        state = path.lstat()
        content: object = None
        if stat.S_ISREG(state.st_mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(state.st_mode):
            content = os.readlink(path)
        kept = state.st_mode, state.st_uid, state.st_gid, state.st_nlink, state.st_rdev, state.st_size
        times = (state.st_mtime_ns,) if times_of_top or path != folder else ()
        names = os.listxattr(path, follow_symlinks=False)
        attributes = {name: os.getxattr(path, name, follow_symlinks=False) for name in names}
        found[str(path)] = (content, *kept[: 6 if times_of_top or path != folder else 3], *times, attributes)
    return found


def everything(hostile: Hostile) -> dict[str, tuple[object, ...]]:
    """All that cmlint may not change; only the folder for temporary files itself gets another time."""
    whole = (hostile.project, hostile.outside, hostile.home)
    parts = (*(tree(path, times_of_top=True) for path in whole), tree(hostile.temporary, times_of_top=False))
    return {name: state for part in parts for name, state in part.items()}


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """A server to which nothing may connect."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> Hostile:
    """The repository whose configurations are wrong."""
    return made_hostile(tmp_path_factory, listener)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> Hostile:
    """The repository without what ends a run early: configurations that are wrong, and pipes for which git waits.

    `tests.hostile.test_git` tests that a call of git which waits for a pipe is ended.
    """
    made = made_hostile(tmp_path_factory, listener)
    for wrong_one in (made.project / "settings").glob("*/.cmlint.yaml"):
        wrong_one.unlink()
    for path in (made.project / "links" / "pipes" / name for name in (".gitignore", ".gitattributes")):
        path.unlink()
    return made


def made_hostile(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> Hostile:
    """The repository, with its first commit, something staged, and a configuration that names programs."""
    made = Hostile(tmp_path_factory.mktemp("hostile"), f"http://127.0.0.1:{listener.getsockname()[1]}")
    own = {"HOME": str(made.home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")

    def git(*words: str) -> None:
        subprocess.run([GIT, *who, *words], cwd=made.project, env=own, check=True, timeout=60)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--no-verify", "--message", "Begin")
    made.add_pipes()
    made.add("", {"pod.yaml": POD.replace("NAME", "q")})
    git("add", "pod.yaml")
    made.add("", {".gitattributes": "* filter=evil diff=evil\n*.yaml export-subst\n", "unstaged.yaml": "a: b\n"})
    (made.project / ".git" / "config").write_text(made.git_config("false"), encoding="utf-8")
    for name in ("post-checkout", "post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction"):
        hook = made.project / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(made.script, encoding="utf-8")
        hook.chmod(0o755)
    return made


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_hostile_repository_does_nothing_to_the_machine(
    hostile: Hostile, listener: socket.socket, line: tuple[str, ...]
) -> None:
    before = everything(hostile)
    seen = watched(hostile, *line)
    assert wrong(hostile, seen, before) == {}
    assert seen.status in (0, 1, 2)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("line", COMPLETE, ids=" ".join)
def test_a_complete_run_does_nothing_either(complete: Hostile, listener: socket.socket, line: tuple[str, ...]) -> None:
    before = everything(complete)
    seen = watched(complete, ".", *line)
    assert wrong(complete, seen, before) == {}
    assert seen.status in (0, 1), seen.said
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_an_editor_of_it_does_nothing_either(complete: Hostile, listener: socket.socket) -> None:
    hostile = complete
    before = everything(hostile)
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    command = (*tracing(hostile), str(COMMAND), "server")
    settings = {"diagnostics": "workspace", "hints": True}
    with Client(hostile.project, settings, command=command, env=environment(hostile)) as client:
        for name in ("pod.yaml", "secret.yaml"):
            client.open(name)
        assert client.wait(
            lambda: client.diagnostics.keys() - {client.uri("pod.yaml"), client.uri("secret.yaml")}, PATIENCE
        )
        for name in ("pod.yaml", "secret.yaml"):
            file = {"textDocument": {"uri": client.uri(name)}}
            client.ask("textDocument/codeAction", {**file, "range": whole, "context": {"diagnostics": []}})
            client.ask("textDocument/codeLens", file)
            client.ask("textDocument/inlayHint", {**file, "range": whole})
            for line in range(8):
                place = {**file, "position": {"line": line, "character": 12}, "context": {"includeDeclaration": True}}
                for method in ("hover", "definition", "references", "prepareRename"):
                    client.ask(f"textDocument/{method}", place)
        client.ask("workspace/symbol", {"query": ""})
        status = client.end()
    texts = "\n".join(texts_in(client.messages))
    assert wrong(hostile, seen_of(hostile, status, f"{texts}\n{client.log}"), before) == {}
    assert status == 0
    with pytest.raises(BlockingIOError):
        listener.accept()


def texts_in(value: Any) -> Iterator[str]:
    """All texts of a message; of those in several lines each line."""
    if isinstance(value, str):
        yield from value.split("\n")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(inner)


def wrong(hostile: Hostile, seen: Seen, before: dict[str, tuple[object, ...]]) -> dict[str, list[str]]:
    """What a command line has done that it may not do; `before` is how everything was."""
    after = everything(hostile)
    programs = {path for paths in PROGRAMS.values() for path in paths}
    done = {
        "changed": sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)),
        "run": sorted(set(seen.run) - programs),
        "reached": seen.reached,
        "opened": sorted(unexpected(hostile, seen)),
        "shown": [text for text in SECRETS if text in seen.said],
        "printed": sorted({ascii(sign) for sign in seen.said if not sign.isprintable() and sign != "\n"}),
        "mistakes": [line for line in seen.said.splitlines() if "this is a mistake in cmlint" in line],
    }
    return {what: found[:10] for what, found in done.items() if found}


def unexpected(hostile: Hostile, seen: Seen) -> set[str]:
    """What was opened although there is no reason for it."""
    settings = (hostile.home / ".gitconfig", hostile.home / ".config" / "git")
    own = (hostile.project, hostile.temporary, hostile.cache, *settings)
    processes = {f"/proc/{call.split()[0]}" for call in seen.calls}
    allowed = [*map(str, own), *processes, *(path for paths in READ.values() for path in paths)]
    return {path for path in seen.opened if not any(is_within(path, each) for each in allowed)}


def is_within(path: str, folder: str) -> bool:
    """Whether a path is another one or below it."""
    return path == folder or path.startswith(f"{folder}/")


def test_the_test_sees_what_is_done(hostile: Hostile) -> None:
    """What the other test forbids it would see, were it done."""
    script = (
        "import os, socket, subprocess\n"
        f"open({str(hostile.outside / 'secret.yaml')!r}).close()\n"
        f"subprocess.run([{str(hostile.project / 'run.sh')!r}], stdin=subprocess.DEVNULL)\n"
        f"socket.socket().connect_ex(('127.0.0.1', 9))\n"
    )
    before = everything(hostile)
    seen = traced(hostile, sys.executable, "-c", script)
    assert str(hostile.outside / "secret.yaml") in unexpected(hostile, seen)
    assert str(hostile.project / "run.sh") in seen.run
    assert len(seen.reached) == 1
    ran = hostile.outside / "ran"
    assert str(ran) in everything(hostile).keys() - before.keys()
    ran.unlink()
    os.utime(hostile.outside, ns=(0, before[str(hostile.outside)][-2]))  # type: ignore[arg-type]
