"""The files of a revision, read from git's objects under the paths of the working tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cmlint.adopt.git import Repository as Own
from cmlint.system.files import OutsideError
from cmlint.system.filesystem import FileSystem
from cmlint.system.git_files import GitFiles
from tests.support.manifests import pod
from tests.support.repository import Repository
from tests.support.run import inside, write
from tests.support.tools import KUSTOMIZE
from tests.test_since import CONFIG, KUSTOMIZATION, POD, found

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
READER = pod("env: [{name: PORT, valueFrom: {configMapKeyRef: {name: app, key: PORT}}}]")


@contextmanager
def files_at(shop: Repository, revision: str | None = "HEAD") -> Iterator[GitFiles]:
    """The files of a revision of a repository, or of what is staged."""
    with inside(shop.folder):
        repository = Own()
        with repository.files_at(repository.commit(revision) if revision else None) as disk:
            yield disk


def names(disk: FileSystem, folder: str = ".") -> list[str]:
    """The names in a folder."""
    return [entry.name for entry in disk.entries(folder)]


def test_what_is_committed_is_there_and_nothing_else(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"a/b/c.yaml": "a", "a/gone.yaml": "b", "d.yaml": "c"})
    shop.git("rm", "--quiet", "a/gone.yaml")
    shop.write({"a/b/c.yaml": "changed", "a/new.yaml": "new", "e/f.yaml": "new"})
    with files_at(shop) as disk:
        assert (names(disk), names(disk, "a"), names(disk, "a/b")) == (["a", "d.yaml"], ["b", "gone.yaml"], ["c.yaml"])
        assert [disk.read(path) for path in ("a/b/c.yaml", str(shop.folder / "a/gone.yaml"))] == [b"a", b"b"]
        assert not any(map(disk.lexists, ("a/new.yaml", "e", "e/f.yaml", "a/b/c.yaml/d")))
        assert [disk.is_folder("a"), disk.is_file("a"), disk.is_file("d.yaml"), disk.exists("..")] == [
            True,
            False,
            True,
            True,
        ]
        with pytest.raises(FileNotFoundError):
            disk.read("a/new.yaml")
        with pytest.raises(OSError, match="not a regular file"):
            disk.read("a")
        with pytest.raises(NotADirectoryError):
            disk.entries("d.yaml")
    with files_at(shop, None) as disk:
        assert (names(disk, "a"), disk.read("a/b/c.yaml")) == (["b"], b"a")


def test_what_git_ignores_is_there_where_a_build_may_read_it(tmp_path: Path) -> None:
    shop = Repository(
        tmp_path / "shop",
        {
            ".gitignore": "*.env\ncharts/\n__pycache__/\n",
            "k/kustomization.yaml": "",
            "c/Chart.yaml": CHART,
            "n/a.yaml": "",
        },
    )
    shop.write(
        {"k/a/b.env": "a", "n/b.env": "b", "c/charts/d/Chart.yaml": CHART, "c/__pycache__/x": "", "n/charts/x": ""}
    )
    with files_at(shop) as disk:
        assert (names(disk), names(disk, "n")) == ([".gitignore", "c", "k", "n"], ["a.yaml"])
        assert (names(disk, "k/a"), disk.read("k/a/b.env")) == (["b.env"], b"a")
        assert (names(disk, "c"), names(disk, "c/charts/d")) == (["Chart.yaml", "charts"], ["Chart.yaml"])
        assert disk.root_of("k") == str(shop.folder)
        assert disk.is_folder(".git") and not disk.lexists("n/.git")
        assert not disk.is_changed_below("c/charts")


def test_links_lead_where_they_led(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"base/a.yaml": "a", "other/a.yaml": "b"})
    write(tmp_path, {"out/a.yaml": "out"})
    links = {"file.yaml": "base/a.yaml", "folder": "base", "twice": "folder", "in/up.yaml": "../folder/a.yaml"}
    links |= {"whole": str(shop.folder / "base"), "out": "../out", "loop": "loop", "nowhere": "none"}
    (shop.folder / "in").mkdir()
    for name, target in links.items():
        (shop.folder / name).symlink_to(target)
    assert shop.commit().returncode == 0
    for name in links:
        (shop.folder / name).unlink()
        (shop.folder / name).symlink_to(shop.folder / ("other/a.yaml" if name.endswith(".yaml") else "other"))
    inner = ["file.yaml", "folder/a.yaml", "twice/a.yaml", "in/up.yaml", "whole/a.yaml"]
    with files_at(shop) as disk:
        assert {disk.real_path(path) for path in inner} == {str(shop.folder / "base/a.yaml")}
        assert [disk.read(path, str(shop.folder)) for path in inner] == [b"a"] * 5
        assert all(map(disk.is_changed, inner)) and not disk.is_changed("base/a.yaml")
        assert (disk.read("out/a.yaml"), disk.is_folder("out"), disk.real_path("out")) == (
            b"out",
            True,
            str(tmp_path / "out"),
        )
        with pytest.raises(OutsideError):
            disk.read("out/a.yaml", str(shop.folder))
        assert [disk.lexists(name) and not disk.exists(name) for name in ("loop", "nowhere")] == [True, True]
        kinds = {entry.name: (entry.is_symlink(), entry.is_dir(), entry.is_file()) for entry in disk.entries(".")}
        assert kinds["folder"] == (True, True, False) and kinds["file.yaml"] == (True, False, True)
        assert kinds["loop"] == (True, False, False) and kinds["base"] == (False, True, False)
        full = str(shop.folder / "twice/a.yaml")
        assert [(Path(path).name, held) for path, held in disk.links_on(full)] == [
            ("twice", "folder"),
            ("folder", "base"),
        ]


@pytest.mark.parametrize(
    ("path", "change", "below"),
    [
        ("c/a.yaml", "rm c/a.yaml", True),
        ("c/a.yaml", "echo b > c/a.yaml", True),
        ("c/a.yaml", "rm c/a.yaml; ln -s b.yaml c/a.yaml", True),
        ("c/a.yaml", "mkfifo pipe; rm c/a.yaml; mv pipe c/a.yaml", True),
        ("c", "mv c d; ln -s d c", True),
        ("c", "rm -r c; echo > c", True),
        ("c/none", "echo a > c/none", True),
        ("c/a.yaml", "touch c/a.yaml; echo > new; echo >> d/a.yaml", False),
    ],
)
def test_what_differs_from_the_disk(tmp_path: Path, path: str, change: str, below: bool) -> None:
    shop = Repository(tmp_path / "shop", {"c/a.yaml": "a\n", "c/b.yaml": "a\n", "d/a.yaml": "a\n"})
    with files_at(shop) as disk:
        assert not disk.is_changed(path) and not disk.is_changed_below("c")
    shop.run("sh", "-c", change)
    with files_at(shop) as disk:
        assert (disk.is_changed(path), disk.is_changed_below("c")) == (below, below)


def test_a_revision_is_built_through_its_links(tmp_path: Path) -> None:
    files = {"shared/pod.yaml": READER, "k/kustomization.yaml": "resources: [link/pod.yaml, other]\n"}
    files |= {"base/kustomization.yaml": "resources: [config.yaml]\n", "base/config.yaml": CONFIG}
    shop = Repository(tmp_path / "shop", files)
    (shop.folder / "k/inner").mkdir()
    (shop.folder / "k/inner/pod.yaml").write_text(READER, encoding="utf-8")
    (shop.folder / "k/link").symlink_to("inner")
    (shop.folder / "k/other").symlink_to("../base")
    assert shop.commit().returncode == 0
    assert found(shop, "k") == []
    shop.edit("k/inner/pod.yaml", "key: PORT", "key: POTR")
    assert len(found(shop, "k")) == 1
    assert len(found(shop, "k", "--since", "HEAD")) == 1
    assert shop.commit().returncode == 0
    shop.edit("k/inner/pod.yaml", "web:1.2.3", "web:1.2.4")
    assert found(shop, "k", "--since", "HEAD") == []


def test_only_what_differs_is_built_again(tmp_path: Path) -> None:
    """A build of a revision that uses nothing that is changed now is the one of the working tree."""
    files = {"kustomization.yaml": KUSTOMIZATION, "pod.yaml": POD, "app.env": "HOST=db\nPORT=80\n"}
    shop = Repository(tmp_path / "shop", {f"{name}/{path}": text for name in "abc" for path, text in files.items()})
    program = tmp_path / "kustomize"
    program.write_text(f'#!/bin/sh\necho >> {tmp_path}/runs\nexec {KUSTOMIZE} "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    def runs(*words: str) -> int:
        (tmp_path / "runs").write_text("", encoding="utf-8")
        assert found(shop, "--since", "HEAD", "--kustomize", str(program), *words) == []
        return (tmp_path / "runs").read_text(encoding="utf-8").count("\n")

    shop.edit("b/app.env", "HOST=db", "HOST=database")
    assert [runs("--no-cache"), runs(), runs()] == [6, 4, 1]


def test_values_that_are_not_committed_count_for_every_revision(tmp_path: Path) -> None:
    template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {"{{ .Values.key }}": a}\n'
    shop = Repository(
        tmp_path / "shop", {"c/Chart.yaml": CHART, "c/values.yaml": "key: A\n", "c/templates/config.yaml": template}
    )
    shop.write({"c/templates/pod.yaml": READER})
    assert shop.commit().returncode == 0
    write(tmp_path, {"shop/mine.yaml": "key: PORT\n", "mine.yaml": "key: PORT\n"})
    assert len(found(shop, "c")) == 1
    for values in ("mine.yaml", "../mine.yaml"):
        shop.edit("c/templates/pod.yaml", "web:1.2.3", "web:1.2.4")
        assert found(shop, "c", "--since", "HEAD", "--helm-values", values) == []
        assert found(shop, "c", "--helm-values", values) == []
        assert shop.git("checkout", "--quiet", ".") == ""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_chart_of_a_kustomization_is_built_in_every_revision(tmp_path: Path, allowed: bool) -> None:
    files = {
        "k/kustomization.yaml": "helmCharts: [{name: web, releaseName: web}]\n",
        "k/charts/web/Chart.yaml": CHART,
        "k/charts/web/templates/pod.yaml": POD,
        "k/charts/web/templates/config.yaml": CONFIG,
    }
    shop = Repository(tmp_path / "shop", files)
    shop.edit("k/charts/web/templates/pod.yaml", "web:1.2.3", "web:1.2.4")
    words = ("--enable-helm",) if allowed else ()
    assert bool(found(shop, "k", *words))
    assert found(shop, "k", "--since", "HEAD", *words) == []
