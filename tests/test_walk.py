"""How files are found below folders, and under which name each is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.kube import names
from cmlint.sources import files
from cmlint.sources.request import Request
from cmlint.system.files import shown

TOPS = (".", "./", "sub", "sub/", "./sub/../sub", "..", "../here", "{}", "{}/", "{}/sub", "{}/..", "{}/../here")


@pytest.mark.parametrize("top", TOPS)
def test_a_file_is_shown_in_one_way_however_it_is_come_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, top: str
) -> None:
    here = tmp_path / "here"
    for path in (here / "a.yaml", here / "sub" / "b.yaml", tmp_path / "beside" / "c.yaml"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(here)
    _, group = files.find(Request(paths=(top.format(here),)), [])
    assert group.paths
    assert all(name == shown(path) for name, path in group.paths.items())


@pytest.mark.parametrize(
    ("folder", "left_out"),
    [
        ("app/src/test/resources/k8s", ["app/src/test/resources"]),
        ("src/test/resources", ["src/test/resources"]),
        ("src/main/resources", []),
        ("test/resources", []),
        ("src/test/k8s", []),
    ],
)
def test_resources_of_tests_in_java_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, left_out: list[str]
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    _, group = files.find(Request(paths=(".",)), [])
    assert [shown(path) for path in group.left_out] == left_out
    assert list(group.paths) == ([] if left_out else [f"{folder}/a.yaml"])


def test_the_files_that_are_read_are_those_that_kubectl_takes() -> None:
    assert files.SUFFIXES == names.MANIFESTS
