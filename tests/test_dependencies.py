"""Charts whose dependencies are not there: helm fetches them into a copy, where the user allows it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.command import cmlint
from tests.support.run import write
from tests.test_helm import CHART, FOUND, chart

NEEDS = "dependencies:\n  - {{name: cache, version: 1.0.0, repository: '{}'}}\n"
LACKING = "shop/Chart.yaml:5:5: warning[not-built] the chart is built without `cache`: it is not in `charts/`\n"


def said(folder: Path, *words: str, **environment: str) -> str:
    """What a check finds and says; helm has an own home."""
    home = {"HOME": str(folder / "home"), **environment}
    done = cmlint(folder, "check", "-q", "--no-cache", "--allow-empty", "--format", "concise", "shop", *words, **home)
    return done.stdout + done.stderr


def tree_of(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def archive(name: str) -> bytes:
    """A packed chart with a Pod whose port is a number."""
    stream = io.BytesIO()
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
    pod += "      image: registry.example.com/web:1.2.3\n      env: [{name: PORT, value: 8080}]\n"
    with tarfile.open(fileobj=stream, mode="w:gz") as packed:
        for path, text in ((f"{name}/Chart.yaml", CHART.format(name)), (f"{name}/templates/pod.yaml", pod)):
            member = tarfile.TarInfo(path)
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text.encode()))
    return stream.getvalue()


@contextmanager
def served(files: dict[str, bytes], asked: list[str]) -> Iterator[str]:
    """A server of charts, and what it is asked for."""

    class Handler(BaseHTTPRequestHandler):
        """Gives the files."""

        def do_GET(self) -> None:
            asked.append(self.path)
            body = files.get(self.path)
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_dependencies_are_fetched_into_a_copy_when_asked(tmp_path: Path) -> None:
    index = "apiVersion: v1\nentries:\n  cache:\n    - {name: cache, version: 1.0.0, urls: [cache-1.0.0.tgz]}\n"
    asked: list[str] = []
    with served({"/index.yaml": index.encode(), "/cache-1.0.0.tgz": archive("cache")}, asked) as address:
        write(tmp_path, {"shop/Chart.yaml": CHART.format("shop") + NEEDS.format(address), "shop/values.yaml": "{}\n"})
        before = tree_of(tmp_path / "shop")
        assert (said(tmp_path), asked) == (LACKING, [])
        message = "error[non-string-env] the value of `PORT` must be a string, but it is a number\n"
        found = f"shop/Chart.yaml:1:1: {message}"
        assert said(tmp_path, "--build-dependencies") == found
        assert {"/index.yaml", "/cache-1.0.0.tgz"} == set(asked)
        assert said(tmp_path, CMLINT_BUILD_DEPENDENCIES="true") == found
        write(tmp_path.parent, {"user/cmlint/config.yaml": "build-dependencies: true\n"})
        assert said(tmp_path, XDG_CONFIG_HOME=str(tmp_path.parent / "user")) == found
        assert tree_of(tmp_path / "shop") == before
        asked.clear()
        (tmp_path / "shop/charts").mkdir()
        (tmp_path / "shop/charts/cache-1.0.0.tgz").write_bytes(archive("cache"))
        assert (said(tmp_path, "--build-dependencies"), asked) == (found, []), "what is vendored is used"


def test_a_repository_cannot_ask_for_it(tmp_path: Path) -> None:
    asked: list[str] = []
    with served({}, asked) as address:
        write(tmp_path, {"shop/Chart.yaml": CHART.format("shop") + NEEDS.format(address)})
        write(tmp_path, {".cmlint.yaml": "build-dependencies: true\n"})
        refused = (
            "cmlint: warning: .cmlint.yaml:1:1: `build-dependencies` does not count in a repository's configuration;"
        )
        first, second = said(tmp_path).splitlines(keepends=True)
        assert (first, asked) == (LACKING, [])
        assert second.startswith(refused)


@pytest.mark.parametrize("alias", ["", "memory"])
def test_a_finding_in_a_chart_beside_is_shown_there(alias: str, tmp_path: Path) -> None:
    needs = NEEDS.format("file://../common/cache")
    write(
        tmp_path,
        {"shop/Chart.yaml": CHART.format("shop") + needs.replace("}", f", alias: {alias}}}" if alias else "}")},
    )
    chart(tmp_path / "common/cache", "cache")
    before = tree_of(tmp_path)
    for words in ((), ("--build-dependencies",)):
        assert said(tmp_path, *words) == f"common/cache/{FOUND}\n"
    left = tree_of(tmp_path)
    assert {path: raw for path, raw in left.items() if not path.startswith("home")} == before


@pytest.mark.parametrize(
    ("place", "files", "reason"),
    [
        ("file://../../outside", {}, "`../outside` leads out of the folder"),
        ("http://127.0.0.1:1/charts", {}, "its dependencies cannot be fetched; `helm dependency build` says why"),
        ("@nowhere", {}, "helm does not know the repository of a dependency; `helm repo add` adds it"),
        (
            "http://anna:hunter2@127.0.0.1:1/charts",
            {"shop/Chart.lock": "dependencies: []\ndigest: sha256:0\ngenerated: 2024-01-01T00:00:00Z\n"},
            "the lock file is out of sync with the dependencies; `helm dependency update` renews it",
        ),
    ],
)
def test_what_cannot_be_fetched_is_said(place: str, files: dict[str, str], reason: str, tmp_path: Path) -> None:
    chart(tmp_path / "outside", "cache")
    project = tmp_path / "project"
    write(project, {"shop/Chart.yaml": CHART.format("shop") + NEEDS.format(place), **files})
    found = "shop/Chart.yaml:1:1: warning[not-built] the chart is not built"
    assert said(project, "--build-dependencies") == f"{found}: {reason}\n"
