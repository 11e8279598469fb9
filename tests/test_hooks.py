"""The hooks, installed by the real programs from a clone of this repository: what is committed is what is judged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from cmlint import __version__
from tests.support.manifests import pod
from tests.support.repository import Repository, hooks
from tests.support.run import FIXTURES, ROOT

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '80', HOST: db}\n"
POD = pod("env:", "  - name: PORT", "    valueFrom: {configMapKeyRef: {name: app, key: PORT}}")
SHOP = {"config.yaml": CONFIG, "pod.yaml": POD}
FOUND = "error[missing-key]: the ConfigMap `app` has no key `PORT`"
STOPPED = "1 error in 3 files (2 documents, 1 container, 1 reference)"

RUNNERS = ("pre-commit", "prek", "lefthook")


def configuration(runner: str, *ids: str) -> dict[str, str]:
    """The configuration of a program that runs hooks."""
    if runner == "lefthook":
        return {"lefthook.yml": "pre-commit:\n  commands:\n    cmlint:\n      run: cmlint check --staged\n"}
    source = hooks() / "repository"
    revision = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=source, text=True).strip()
    listed = "".join(f"      - id: {name}\n" for name in ids)
    text = f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n{listed}"
    return {".pre-commit-config.yaml": text}


Make = Callable[..., Repository]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a repository of manifests in which the hook is installed."""

    def make_one(runner: str, files: dict[str, str], *ids: str) -> Repository:
        homes = {"PRE_COMMIT_HOME": str(hooks() / "pre-commit"), "PREK_HOME": str(hooks() / "prek")}
        repository = Repository(tmp_path / "shop", {**configuration(runner, *(ids or ("cmlint",))), **files}, **homes)
        installed = repository.run(runner, "install")
        assert installed.returncode == 0, installed.stdout
        return repository

    return make_one


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_renamed_key_is_stopped_because_of_a_file_that_did_not_change(make: Make, runner: str) -> None:
    shop = make(runner, SHOP)
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    done = shop.commit()
    assert done.returncode == 1
    assert FOUND in done.stdout and "--> pod.yaml:10:57" in done.stdout
    assert shop.git("log", "--format=%s") == "Begin\n"
    shop.edit("pod.yaml", "key: PORT", "key: HTTP_PORT")
    assert shop.commit().returncode == 0
    assert shop.git("log", "--format=%s") == "Go on\nBegin\n"


@pytest.mark.parametrize("runner", RUNNERS)
def test_what_is_staged_is_judged_and_not_what_is_written(make: Make, runner: str) -> None:
    shop = make(runner, SHOP)
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.git("add", "--all")
    shop.edit("config.yaml", "HTTP_PORT:", "PORT:")
    done = shop.commit(add=False)
    assert done.returncode == 1 and FOUND in done.stdout and STOPPED in done.stdout
    assert (shop.folder / "config.yaml").read_text(encoding="utf-8") == CONFIG


@pytest.mark.parametrize("runner", RUNNERS)
def test_what_is_written_and_not_staged_stops_nothing(make: Make, runner: str) -> None:
    shop = make(runner, SHOP)
    shop.edit("pod.yaml", "web:1.2.3", "web:1.2.4")
    shop.git("add", "--all")
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    done = shop.commit(add=False)
    assert done.returncode == 0, done.stdout
    assert "HTTP_PORT" in (shop.folder / "config.yaml").read_text(encoding="utf-8")
    assert shop.git("diff", "--name-only") == "config.yaml\n"


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_configmap_that_is_not_added_does_not_count(make: Make, runner: str) -> None:
    shop = make(runner, {"README.md": "A shop.\n"})
    shop.write({"pod.yaml": POD, "config.yaml": CONFIG})
    shop.git("add", "pod.yaml")
    done = shop.commit(add=False)
    assert done.returncode == 1
    assert "error[missing-configmap]: nothing defines the ConfigMap `app`" in done.stdout
    assert shop.commit().returncode == 0


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_configmap_that_goes_is_missed(make: Make, runner: str) -> None:
    shop = make(runner, SHOP)
    (shop.folder / "config.yaml").unlink()
    done = shop.commit()
    assert done.returncode == 1
    assert "error[missing-configmap]: nothing defines the ConfigMap `app`" in done.stdout


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_part_of_what_is_changed_can_be_committed_by_name(make: Make, runner: str) -> None:
    shop = make(runner, SHOP)
    shop.edit("config.yaml", "PORT:", "HTTP_PORT:")
    shop.edit("pod.yaml", "key: PORT", "key: HTTP_PORT")
    done = shop.run("git", "commit", "--message", "Half", "config.yaml")
    assert done.returncode == 1 and FOUND in done.stdout
    assert shop.run("git", "commit", "--message", "Both", "config.yaml", "pod.yaml").returncode == 0


@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_a_repository_without_manifests_is_let_through(make: Make, runner: str) -> None:
    shop = make(runner, {"README.md": "A shop.\n"})
    shop.write({"main.py": "print()\n"})
    assert shop.commit().returncode == 0


def test_the_demo_tells_its_story(make: Make) -> None:
    """As docs/pre-commit.md tells it."""
    shop = make("pre-commit", {"README.md": "A shop.\n"})
    demo = {path.name: path.read_text(encoding="utf-8") for path in (FIXTURES / "demo").glob("*.yaml")}
    shop.write(demo)
    done = shop.commit("Open the shop")
    assert done.returncode == 1
    assert "13 errors, 5 warnings in 9 files (13 documents, 7 containers, 11 references)" in done.stdout

    assert shop.run("cmlint", "check", "--quiet", "--write-baseline", "baseline.json").returncode == 0
    shop.write({".cmlint.yaml": "baseline: baseline.json\n"})
    assert shop.commit("Open the shop").returncode == 0

    shop.edit("config.yaml", "ORDERS_HOST", "ORDER_HOST")
    done = shop.commit("Speak of one order")
    assert done.returncode == 1
    assert done.stdout.count("error[") == 1
    assert "error[missing-key]: the ConfigMap `shop-config` has no key `ORDERS_HOST`" in done.stdout
    assert "--> checkout.yaml:26:24" in done.stdout
    shop.edit("checkout.yaml", "key: ORDERS_HOST", "key: ORDER_HOST")
    assert shop.commit("Speak of one order").returncode == 0


@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_the_hook_that_fixes_mends_and_stops(make: Make, runner: str) -> None:
    shop = make(runner, {"README.md": "A shop.\n"}, "cmlint-fix")
    reference = "valueFrom: {configMapKeyRef: {name: app, key: PORT}}"
    shop.write({"config.yaml": CONFIG, "pod.yaml": POD.replace(reference, "value: 80")})
    done = shop.commit()
    assert done.returncode == 1, done.stdout
    assert 'value: "80"' in (shop.folder / "pod.yaml").read_text(encoding="utf-8")
    assert shop.commit().returncode == 0


def test_a_mirror_has_the_hooks_and_installs_the_release(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "mirror.py", tmp_path / "mirror"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    mirror = tmp_path / "mirror"
    assert {path.name for path in mirror.iterdir()} == {
        ".pre-commit-hooks.yaml",
        "LICENSE",
        "README.md",
        "pyproject.toml",
    }
    bin_ = Path(sys.executable).parent
    subprocess.run([bin_ / "pre-commit", "validate-manifest", mirror / ".pre-commit-hooks.yaml"], check=True)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    subprocess.run([*pip, "--wheel-dir", tmp_path, mirror], check=True)
    (wheel,) = tmp_path.glob("cmlint_pre_commit-*.whl")
    with ZipFile(wheel) as packed:
        (name,) = (each for each in packed.namelist() if each.endswith("/METADATA"))
        metadata = packed.read(name).decode()
    assert f"Requires-Dist: cmlint[kustomize]=={__version__}\n" in metadata
