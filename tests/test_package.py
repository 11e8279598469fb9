"""What is published: the wheel, built from the source distribution and installed where nothing else is."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from cmlint import __version__
from tests.support.command import cmlint
from tests.support.run import FIXTURES, ROOT, write

KEPT = {".css", ".html", ".js", ".json", ".md", ".py", ".typed"}

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.acme.example/web:1.0.0
      env:
        - name: PORT
          value: 8080
"""
FINDING = "pod.yaml:11:18: error[non-string-env] the value of `PORT` must be a string, but it is a number\n"


def python(*words: str | Path) -> None:
    """Runs a module of this environment's Python, and shows what it said when it fails."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def build(project: Path, folder: Path) -> Path:
    """The wheel of a project, built from its source distribution."""
    python("build", "--no-isolation", "--outdir", folder, project)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cmlint's wheel."""
    return build(ROOT, tmp_path_factory.mktemp("cmlint"))


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands in an environment that holds the wheel, what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python("pip", "--python", folder, "install", "--quiet", wheel)
    return folder / "bin"


@pytest.fixture
def third_party(scripts: Path, tmp_path: Path) -> Iterator[None]:
    """Installs another package with rules and a source beside cmlint, for one test."""
    pip = ("pip", "--python", scripts.parent)
    python(*pip, "install", "--quiet", "--no-deps", build(FIXTURES / "third_party", tmp_path / "acme"))
    yield
    python(*pip, "uninstall", "--quiet", "--yes", "acme-cmlint")


def files_in(wheel: Path) -> set[PurePosixPath]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {PurePosixPath(name) for name in archive.namelist()}


def test_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    assert {file.parts[0] for file in files_in(wheel)} == {"cmlint", "cmlint_rules", f"cmlint-{__version__}.dist-info"}


def test_wheel_holds_every_file_of_both_packages(wheel: Path) -> None:
    tracked = (path for top in ("lint", "rules") for path in (ROOT / top).rglob("*.*") if path.suffix in KEPT)
    own = {path.relative_to(ROOT).as_posix().partition("/")[2] for path in tracked}
    assert own == {str(file) for file in files_in(wheel) if file.parts[0] in {"cmlint", "cmlint_rules"}}
    assert {"cmlint/py.typed", "cmlint_rules/py.typed", "cmlint/config.schema.json"} <= own


def test_every_rule_in_the_wheel_has_its_page(wheel: Path) -> None:
    files = {file for file in files_in(wheel) if file.parts[0] == "cmlint_rules"}
    modules = {file for file in files if file.suffix == ".py" and file.name != "__init__.py"}
    assert modules
    assert {file.with_suffix(".md") for file in modules} == {file for file in files if file.suffix == ".md"}


@pytest.mark.parametrize("name", ["cmlint", "kubectl-cmlint"])
def test_commands_are_installed(scripts: Path, tmp_path: Path, name: str) -> None:
    done = cmlint(tmp_path, "--version", command=scripts / name)
    assert (done.stdout, done.stderr, done.returncode) == (f"cmlint {__version__}\n", "", 0)


def test_checks_a_file_outside_the_repository(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    done = cmlint(tmp_path, "check", "pod.yaml", "--format", "concise", "--quiet", command=scripts / "cmlint")
    assert (done.stdout, done.stderr, done.returncode) == (FINDING, "", 1)


def test_shows_the_page_of_a_rule(scripts: Path, tmp_path: Path) -> None:
    done = cmlint(tmp_path, "rule", "missing-key", command=scripts / "cmlint")
    assert done.returncode == 0, done.stderr
    assert "What it does" in done.stdout


@pytest.mark.usefixtures("third_party")
def test_rules_of_another_package_run_like_our_own(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(POD.replace("registry.acme.example/", ""), encoding="utf-8")
    done = cmlint(tmp_path, "check", "pod.yaml", "--format", "concise", "--quiet", command=scripts / "cmlint")
    ours = "pod.yaml:8:14: error[foreign-registry] our clusters cannot pull from `docker.io`\n"
    assert (done.stdout, done.stderr, done.returncode) == (ours + FINDING, "", 1)
    page = cmlint(tmp_path, "rule", "foreign-registry", command=scripts / "cmlint")
    assert "Acme's clusters reach no other registry" in page.stdout


STACK = f"""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  LEVEL: info
---
{POD}        - name: LEVEL
          valueFrom: {{configMapKeyRef: {{name: settings, key: LEVEL}}}}
        - name: DEPTH
          valueFrom: {{configMapKeyRef: {{name: settings, key: DEPTH}}}}  # cmlint: ignore[missing-key]
        - name: HEIGHT
          valueFrom: {{configMapKeyRef: {{name: settings, key: HEIGHT}}}}
"""


@pytest.mark.usefixtures("third_party")
def test_a_source_of_another_package_is_read_like_our_own(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.stack").write_text(STACK, encoding="utf-8")
    (tmp_path / "broken.stack").write_bytes(b"kind: \xff\n")
    done = cmlint(tmp_path, "check", "--format", "concise", "--quiet", command=scripts / "cmlint")
    assert done.stdout == (
        "shop.stack:18:18: error[non-string-env] the value of `PORT` must be a string, but it is a number\n"
        "shop.stack:24:62: error[missing-key] the ConfigMap `settings` has no key `HEIGHT`\n"
    )
    assert (done.stderr, done.returncode) == ("cmlint: error: broken.stack: not valid UTF-8 at byte 6\n", 2)
    (tmp_path / "broken.stack").unlink()
    fixed = cmlint(tmp_path, "check", "--fix", "--quiet", "--format", "concise", command=scripts / "cmlint")
    assert fixed.stdout == "shop.stack:24:62: error[missing-key] the ConfigMap `settings` has no key `HEIGHT`\n"
    assert (tmp_path / "shop.stack").read_text(encoding="utf-8") == STACK.replace("8080", '"8080"')
    shown = cmlint(tmp_path, "env", "--format", "json", command=scripts / "cmlint")
    assert '"value": "info"' in shown.stdout


def test_a_source_that_cannot_be_loaded_is_one_line(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "site/acme-1.0.dist-info/entry_points.txt": "[cmlint.sources]\nacme = acme_broken\n",
            "site/acme_broken.py": "import acme_not_there\n",
            "shop/pod.yaml": POD,
        },
    )
    done = cmlint(tmp_path / "shop", "check", PYTHONPATH=str(tmp_path / "site"))
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr == (
        "cmlint: error: the source `acme_broken` cannot be loaded: ModuleNotFoundError: No module named "
        "'acme_not_there'\nhelp: fix the package that has the source, or uninstall it\n"
    )


def test_a_source_that_crashes_is_one_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "site/acme-1.0.dist-info/entry_points.txt": "[cmlint.sources]\nacme = acme_crashes\n",
            "site/acme_crashes.py": "def take(found, request):\n    raise ValueError('hunter2')\n    yield\n",
            "shop/pod.yaml": POD,
        },
    )
    site = str(tmp_path / "site")
    done = cmlint(tmp_path / "shop", "check", "--format", "concise", "--quiet", PYTHONPATH=site)
    said = "this source has crashed (ValueError); report that to its authors"
    assert (done.stdout, done.stderr) == (FINDING, f"cmlint: error: acme_crashes: {said}\n")
    assert done.returncode == 2


SOURCE = """\
from cmlint.sources.api import Material, read, read_text


def take(found, request):
    for group in found.groups:
        for path in [path for path in group.others if path.endswith(".list")]:
            group.others.remove(path)
            names = read(request.disk, path, group.root).split()
            names += [entry.path for entry in request.disk.entries("more") if request.disk.is_file(entry.path)]
            yield Material(files=[(name, read_text(read(request.disk, name, group.root))) for name in names])
"""


def test_a_run_with_a_source_is_repeated_only_while_its_files_and_its_code_are_as_they_were(tmp_path: Path) -> None:
    shop, site = tmp_path / "shop", tmp_path / "site"
    write(site, {"acme-1.0.dist-info/entry_points.txt": "[cmlint.sources]\nacme = acme_list\n"})
    write(site, {"acme_list.py": SOURCE})
    write(shop, {"all.list": "a.pod\n", "a.pod": POD, "b.pod": POD, "more/README": ""})
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(site)}

    def found() -> list[str]:
        done = cmlint(shop, "check", "--format", "concise", "--quiet", **cache)
        assert done.stderr == ""
        return [line.partition(":")[0] for line in done.stdout.splitlines()]

    assert found() == found() == ["a.pod"]
    write(shop, {"a.pod": POD.replace("8080", "'8080'")})
    assert found() == []
    write(shop, {"all.list": "a.pod b.pod\n"})
    assert found() == ["b.pod"]
    write(shop, {"more/c.pod": POD, "more/README": ""})
    assert found() == ["b.pod", "more/c.pod"]
    write(site, {"acme_list.py": SOURCE.replace('"more"', '"."').replace("is_file(entry.path)", "is_file('nothing')")})
    assert found() == ["b.pod"]
