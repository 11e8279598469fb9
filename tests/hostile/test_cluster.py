"""A hostile API server, and kubeconfigs of strangers: a cluster is read, and gives cmlint no orders."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import NamedTuple

import pytest

from cmlint.sources.cluster import lists
from tests.hostile.planted import SECRET
from tests.support.command import cmlint
from tests.support.proxy import serving
from tests.support.run import write

TOKEN = "token-of-the-user"
VERSION = {"gitVersion": "v1.31.0"}
EMPTY: dict[str, object] = {"metadata": {}, "items": []}


class Answer(NamedTuple):
    """What a server answers, written as JSON unless it is bytes."""

    body: object = EMPTY
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Server(NamedTuple):
    """A running server: its kubeconfig, and the paths and tokens of the requests so far."""

    kubeconfig: Path
    asked: list[tuple[str, str | None]]

    def of(self, plural: str) -> list[str]:
        """The requests for lists of one kind."""
        return [path for path, _ in self.asked if path.partition("?")[0].endswith(plural)]


Answers = Callable[[str], Answer]
"""What to answer to a path without its query."""


@contextmanager
def server(folder: Path, answers: Answers, user: object = None) -> Iterator[Server]:
    """Runs a server, and writes a kubeconfig for it into a folder."""
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization")))
            path = self.path.partition("?")[0]
            answer = Answer(VERSION) if path == "/version" else answers(path)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in (("Content-Length", str(len(body))), *answer.headers):
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True  # it was more than anybody wants to read

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with serving(Handler) as url:
        path = folder / "kubeconfig"
        path.write_text(json.dumps(kubeconfig(url, user or {"token": TOKEN})), encoding="utf-8")
        yield Server(path, asked)


def kubeconfig(url: str, user: object) -> dict[str, object]:
    """A kubeconfig with one context."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": user}],
    }


def only(plural: str, answer: Answer) -> Answers:
    """An answer to lists of one kind; all others are empty."""
    return lambda path: answer if path.endswith(plural) else Answer()


COMMANDS = ("audit", "snapshot")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("items", [0, 500])
def test_a_list_without_end_ends(tmp_path: Path, command: str, items: int) -> None:
    objects = [{"metadata": {"name": f"m{i}", "namespace": "shop"}} for i in range(items)]
    endless = Answer({"metadata": {"continue": "more"}, "items": objects})
    with server(tmp_path, only("/configmaps", endless)) as running:
        before = "from cmlint.sources.cluster import lists\nlists.OBJECTS = 2000"
        done = cmlint(tmp_path, command, "--kubeconfig", str(running.kubeconfig), before=before)
    assert done.stderr == (
        "cmlint: warning: c: ConfigMaps in `shop` could not be listed: it has not ended after 2000 objects\n"
    )
    assert len(running.of("/configmaps")) == 2000 // (items or lists.EMPTY)


NOTHING = b'{"metadata": {}, "items": ['
SMALL = {"numbers": b"1", "objects": b"{}", "lists": b"[]", "texts": b'""', "metadata": b'{"metadata": {}}'}


@pytest.mark.parametrize("item", SMALL)
def test_a_page_of_what_is_no_object_takes_no_memory(tmp_path: Path, item: str) -> None:
    """Each of these items alone would take 64 bytes, and all of them two gigabytes or more."""
    one = SMALL[item] + b","
    page = gzip.compress(NOTHING + one * ((120 << 20) // len(one)) + SMALL[item] + b"]}", 1)
    small = Answer(page, headers=(("Content-Encoding", "gzip"),))
    with server(tmp_path, only("/configmaps", small)) as running:
        before = f"import resource\nresource.setrlimit(resource.RLIMIT_DATA, ({600 << 20}, {600 << 20}))"
        done = cmlint(tmp_path, "audit", "--kubeconfig", str(running.kubeconfig), before=before)
    assert re.fullmatch(
        r"cmlint: warning: c: ConfigMaps in `shop` could not be listed: "
        r"the answer cannot be read: `\$\.items\[(0|\.\.\.)\](\.metadata)?`\n",
        done.stderr,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_giant_page_is_not_read_to_its_end(tmp_path: Path, command: str) -> None:
    page = gzip.compress(b'{"metadata": {}, "items": ["' + b"a" * (64 << 20) + b'"]}')
    giant = Answer(page, headers=(("Content-Encoding", "gzip"),))
    with server(tmp_path, only("/configmaps", giant)) as running:
        before = "from cmlint.sources.cluster import connect\nconnect.LARGEST = 32 << 20"
        done = cmlint(tmp_path, command, "--kubeconfig", str(running.kubeconfig), before=before)
    why = "the answer is larger than 32 MB"
    assert done.stderr == f"cmlint: warning: c: ConfigMaps in `shop` could not be listed: {why}\n"
    limits = [path.rpartition("limit=")[2] for path in running.of("/configmaps")]
    assert limits == ["50", "6", "1"]  # a page may be too large because of its number of objects


@pytest.mark.parametrize("packed", ["gzip, gzip", "gzip,gzip,gzip", "deflate, gzip", "br", "zstd"])
def test_an_answer_that_is_packed_twice_is_not_unpacked(tmp_path: Path, packed: str) -> None:
    """Packed twice, a gigabyte is a kilobyte, and each piece of it is unpacked as a whole."""
    inner = gzip.compress(b'{"metadata": {}, "items": ["' + b"a" * (64 << 20))
    answer = Answer(gzip.compress(inner), headers=(("Content-Encoding", packed),))
    with server(tmp_path, only("/configmaps", answer)) as running:
        done = cmlint(tmp_path, "audit", "--kubeconfig", str(running.kubeconfig))
    why = f"the answer is packed in a way that was not asked for: {packed}"
    assert done.stderr == f"cmlint: warning: c: ConfigMaps in `shop` could not be listed: {why}\n"
    assert len(running.of("/configmaps")) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(tmp_path: Path, status: int) -> None:
    (tmp_path / "other").mkdir()
    with server(tmp_path / "other", lambda path: Answer()) as other:
        elsewhere = json.loads(other.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
        moved = Answer({}, status, (("Location", f"{elsewhere}/api/v1/configmaps"),))
        with server(tmp_path, only("s", moved)) as running:
            done = cmlint(tmp_path, "audit", "--kubeconfig", str(running.kubeconfig))
    assert done.returncode == 2
    assert f"does not answer: the server answered {status}\n" in done.stderr
    assert {token for _, token in running.asked} == {f"Bearer {TOKEN}"}
    assert other.asked == []


@pytest.mark.parametrize("command", [*COMMANDS, "audit --metadata-only-secrets"])
def test_no_error_about_secrets_is_quoted(tmp_path: Path, command: str) -> None:
    error = Answer({"kind": "Status", "message": f"cannot convert {SECRET}"}, 400)
    with server(tmp_path, only("/secrets", error)) as running:
        done = cmlint(tmp_path, *command.split(), "--kubeconfig", str(running.kubeconfig))
    why = "the server answered 400"
    assert done.stderr == f"cmlint: warning: c: Secrets in `shop` could not be listed: {why}\n"
    assert SECRET not in done.stdout


def test_an_error_about_anything_else_is_quoted_as_far_as_it_helps(tmp_path: Path) -> None:
    error = Answer({"kind": "Status", "message": "no quorum " + "x" * 100_000}, 400)
    with server(tmp_path, only("/configmaps", error)) as running:
        done = cmlint(tmp_path, "audit", "--kubeconfig", str(running.kubeconfig))
    why = f"no quorum {'x' * 490}…"
    assert done.stderr == f"cmlint: warning: c: ConfigMaps in `shop` could not be listed: {why}\n"


BROKEN: dict[str, tuple[bytes, str]] = {
    "types": (b'{"metadata": {}, "items": [{"metadata": {"name": 5}}]}', "`$.items[0].metadata.name`"),
    "deep": (b'{"items": [' + b"[" * 100_000, "`$.items[0]`"),
    "bytes": (b'{"items": ["\xff', "DecodeError"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_answer_of_nonsense_is_one_line(tmp_path: Path, case: str) -> None:
    body, why = BROKEN[case]
    with server(tmp_path, only("/configmaps", Answer(body))) as running:
        done = cmlint(tmp_path, "audit", "--kubeconfig", str(running.kubeconfig))
    said = f"the answer cannot be read: {why}"
    assert done.stderr == f"cmlint: warning: c: ConfigMaps in `shop` could not be listed: {said}\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("version", ["", "latest", "v2", "1.31\x1b[2J", 7, None])
def test_a_version_that_is_none_is_taken_for_the_newest(
    tmp_path: Path, command: str, version: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERSION, "gitVersion", version)
    some = Answer({"metadata": {}, "items": [{"metadata": {"name": "m", "namespace": "shop"}}]})
    with server(tmp_path, only("/configmaps", some)) as running:
        done = cmlint(tmp_path, command, "--kubeconfig", str(running.kubeconfig))
    said = "the version could not be read (it is not understood): taken for the newest, 1.37"
    assert (done.returncode, done.stderr) == (0, f"cmlint: warning: c: {said}\n")


# kubeconfigs of a repository

PLUGIN = f"#!{sys.executable}\nopen('{{}}', 'w').close()\n"
PLACES = ("kubeconfig", ".kube/config", "config", "kubeconfig.yaml")


def plugin(command: str) -> dict[str, object]:
    """A user whose credentials a program gives."""
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": command, "interactiveMode": "Never"}}


@pytest.mark.parametrize("words", ["check .", "audit", "snapshot", "check . --live"])
def test_no_kubeconfig_of_a_repository_is_used(tmp_path: Path, words: str) -> None:
    project, mark = tmp_path / "project", tmp_path / "mark"
    planted = json.dumps(kubeconfig("http://127.0.0.1:9", plugin("./plugin")))
    write(project, {"plugin": PLUGIN.format(mark), "pod.yaml": "", **dict.fromkeys(PLACES, planted)})
    (project / "plugin").chmod(0o755)
    with server(tmp_path, lambda path: Answer()) as running:
        done = cmlint(project, *words.split(), KUBECONFIG=str(running.kubeconfig), HOME=str(tmp_path))
    assert "Traceback" not in done.stderr
    assert bool(running.asked) == (words != "check .")
    assert not mark.exists()


@pytest.mark.parametrize("setting", ["kubeconfig: ./kubeconfig", "context: c", "live: true"])
def test_a_configuration_cannot_name_a_cluster(tmp_path: Path, setting: str) -> None:
    mark = tmp_path / "mark"
    planted = json.dumps(kubeconfig("http://127.0.0.1:9", plugin("./plugin")))
    write(tmp_path, {"plugin": PLUGIN.format(mark), "kubeconfig": planted, ".cmlint.yaml": f"{setting}\n"})
    (tmp_path / "plugin").chmod(0o755)
    for words in (("check", "."), ("audit",)):
        done = cmlint(tmp_path, *words, HOME=str(tmp_path / "home"))
        assert done.returncode == 2, done.stderr
    assert not mark.exists()


def test_a_plugin_of_the_users_own_kubeconfig_is_not_looked_for_in_the_repository(tmp_path: Path) -> None:
    project, mark = tmp_path / "project", tmp_path / "mark"
    write(project, {"login-helper": PLUGIN.format(mark)})
    (project / "login-helper").chmod(0o755)
    for command in ("login-helper", "./login-helper"):
        with server(tmp_path, lambda path: Answer(), plugin(command)) as running:
            done = cmlint(project, "audit", "--kubeconfig", str(running.kubeconfig))
        assert done.returncode == 2
        assert "no credentials: " in done.stderr
        assert running.asked == []
    assert not mark.exists()
