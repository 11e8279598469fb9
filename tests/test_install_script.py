"""The install script of the container image: verified downloads, and programs that run."""

from __future__ import annotations

import hashlib
import http.server
import os
import subprocess
import tarfile
import threading
import venv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cmlint import __version__
from tests.support.run import ROOT
from tests.support.tools import HELM, KUSTOMIZE

SCRIPT = ROOT / "scripts" / "install.sh"
MACHINE = "arm64" if os.uname().machine in ("aarch64", "arm64") else "amd64"


def pack(archive: Path, program: Path, name: str) -> str:
    """Packs a program as its publisher does, but quickly, and gives the line of its checksum."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as file:
        file.add(program, name)
    return f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A mirror of helm and kustomize: its folder and its address."""
    folder = tmp_path_factory.mktemp("mirror")
    helm, kustomize = f"helm-v1-linux-{MACHINE}.tar.gz", f"kustomize_v1_linux_{MACHINE}.tar.gz"
    (folder / f"{helm}.sha256sum").write_text(pack(folder / helm, HELM, f"linux-{MACHINE}/helm"))
    (folder / "checksums.txt").write_text(pack(folder / kustomize, KUSTOMIZE, "kustomize"))
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def install(folder: Path, address: str, *, pip: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs the script with an environment of its own in the place of the system's Python."""
    venv.create(folder / "python", symlinks=True, with_pip=pip)
    environment = {
        **os.environ,
        "PATH": f"{folder / 'python' / 'bin'}:{os.environ['PATH']}",
        "CMLINT_PACKAGE": str(ROOT),
        **{"HELM_VERSION": "v1", "KUSTOMIZE_VERSION": "v1", "HELM_URL": address, "KUSTOMIZE_URL": address},
        **more,
    }
    words = [str(SCRIPT), str(folder / "bin")]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_it_installs_what_a_check_needs(tmp_path: Path, mirror: tuple[Path, str]) -> None:
    done = install(tmp_path, mirror[1], pip=True)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "bin").iterdir()) == ["helm", "kustomize"]
    for name in ("helm", "kustomize"):
        subprocess.run([str(tmp_path / "bin" / name), "version"], capture_output=True, check=True)
    cmlint = tmp_path / "python" / "bin" / "cmlint"
    version = subprocess.run([cmlint, "--version"], capture_output=True, text=True, check=True).stdout
    assert version == f"cmlint {__version__}\n"
    client = [str(tmp_path / "python" / "bin" / "python"), "-c", "import kubernetes; print(kubernetes.__version__)"]
    assert subprocess.run(client, capture_output=True, text=True, check=True).stdout.startswith("34."), "not light"


@pytest.mark.parametrize("name", ["helm-v1-linux-{}.tar.gz.sha256sum", "checksums.txt"])
def test_a_download_with_another_checksum_is_not_installed(tmp_path: Path, mirror: tuple[Path, str], name: str) -> None:
    sums = mirror[0] / name.format(MACHINE)
    right = sums.read_text()
    sums.write_text(f"{'0' * 64}{right[64:]}")
    try:
        done = install(tmp_path, mirror[1])
    finally:
        sums.write_text(right)
    assert done.returncode != 0
    assert "FAILED" in done.stdout + done.stderr
    wrong = "helm" if "helm" in name else "kustomize"
    assert not (tmp_path / "bin" / wrong).exists() and not (tmp_path / "python" / "bin" / "cmlint").exists()


def test_the_image_runs_without_privileges() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER 10001"] and lines.index(users[0]) > lines.index(next(x for x in lines if "install.sh" in x))
    copied = {word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
