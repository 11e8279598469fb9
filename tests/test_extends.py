"""`extends`: one configuration for many repositories, from an installed package or a file that may be pinned."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.support.command import cmlint
from tests.support.repository import Repository
from tests.support.run import write

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:develop
      env: [{name: A, valueFrom: {configMapKeyRef: {name: no-such, key: A}}}]
"""
TAG = "web.yaml:7:14: warning[mutable-tag] "
MISSING = "web.yaml:8:59: error[missing-configmap] "


def found(folder: Path, *words: str, **environment: str) -> tuple[int, list[str], str]:
    """The exit status of a check, how its lines begin, and what it says besides."""
    done = cmlint(folder, "check", "--format", "concise", "--quiet", *words, **environment)
    return done.returncode, [f"{line.partition('] ')[0]}] " for line in done.stdout.splitlines()], done.stderr


def package(folder: Path, *files: str) -> str:
    """A folder of installed packages with `acme-settings`, which ignores mutable tags; gives the folder."""
    info = "acme_settings-1.0.dist-info"
    record = "".join(f"{file},,\n" for file in (*files, f"{info}/METADATA", f"{info}/RECORD"))
    metadata = "Metadata-Version: 2.1\nName: acme-settings\nVersion: 1.0\n"
    write(folder, {f"{info}/METADATA": metadata, f"{info}/RECORD": record})
    write(folder, {file: "ignore: [mutable-tag]\n" for file in files if file.endswith("yaml")})
    write(folder, {"acme_settings/__init__.py": "raise SystemExit('imported')\n"})
    return str(folder)


def test_without_it_both_are_found(tmp_path: Path) -> None:
    write(tmp_path, {"web.yaml": POD})
    assert found(tmp_path) == (1, [TAG, MISSING], "")


def test_a_file_is_the_base(tmp_path: Path) -> None:
    base = "ignore: [mutable-tag]\nseverity: {missing-configmap: info}\nfail-on: info\n"
    own = "extends: [platform/cmlint.yaml]\nfail-on: warning\n"
    write(tmp_path, {"web.yaml": POD, "platform/cmlint.yaml": base, ".cmlint.yaml": own})
    assert found(tmp_path) == (0, [MISSING.replace("error", "info")], "")
    write(tmp_path, {".cmlint.yaml": f"{own}ignore: [missing-configmap]\n"})
    assert found(tmp_path) == (0, [], "")
    write(tmp_path, {".cmlint.yaml": f"{own}severity: {{missing-configmap: warning}}\n"})
    assert found(tmp_path) == (1, [MISSING.replace("error", "warning")], "")


def test_later_files_replace_earlier_ones(tmp_path: Path) -> None:
    bases = {"a.cm.yaml": "fail-on: never\nselect: [references]\n", "b.cm.yaml": "fail-on: info\n"}
    write(tmp_path, {"web.yaml": POD, **bases, "pyproject.toml": '[tool.cmlint]\nextends = ["a.cm.yaml", "b.cm.yaml"]'})
    assert found(tmp_path) == (1, [MISSING], "")
    write(tmp_path, {"pyproject.toml": '[tool.cmlint]\nextends = ["b.cm.yaml", "a.cm.yaml"]'})
    assert found(tmp_path) == (0, [MISSING], "")


def test_a_changed_file_is_noticed_by_a_repeated_run(tmp_path: Path) -> None:
    base = "ignore: [mutable-tag]\n"
    write(tmp_path, {"web.yaml": POD, "base.yaml": base, ".cmlint.yaml": "extends: [base.yaml]\n"})
    cache = {"CMLINT_CACHE_DIR": str(tmp_path.parent / "cache")}
    assert found(tmp_path, **cache) == found(tmp_path, **cache) == (1, [MISSING], "")
    write(tmp_path, {"base.yaml": "ignore: [missing-configmap]\n"})
    assert found(tmp_path, **cache) == (1, [TAG], "")


def test_a_pin_holds_a_file_to_its_text(tmp_path: Path) -> None:
    base = "ignore: [mutable-tag]\n"
    digest = hashlib.sha256(base.encode()).hexdigest()
    write(tmp_path, {"web.yaml": POD, "base.yaml": base, ".cmlint.yaml": f"extends: ['base.yaml@sha256:{digest}']\n"})
    assert found(tmp_path) == (1, [MISSING], "")
    write(tmp_path, {"base.yaml": "ignore: [all]\n"})
    new = hashlib.sha256(b"ignore: [all]\n").hexdigest()
    error = f".cmlint.yaml:1:11: `base.yaml` has changed: its digest is `sha256:{new}`"
    assert found(tmp_path) == (2, [], f"cmlint: error: {error}\nhelp: review the file, then pin this digest\n")


def test_a_package_is_read_and_not_imported(tmp_path: Path) -> None:
    site = package(tmp_path / "site", "acme_settings/cmlint.yaml")
    write(tmp_path / "work", {"web.yaml": POD, ".cmlint.yaml": "extends: [Acme_Settings]\n"})
    assert found(tmp_path / "work", PYTHONPATH=site) == (1, [MISSING], "")


@pytest.mark.parametrize("files", [(), ("acme_settings/deep/cmlint.yaml",), ("cmlint.yaml",)])
def test_a_package_without_a_configuration(tmp_path: Path, files: tuple[str, ...]) -> None:
    site = package(tmp_path / "site", *files)
    write(tmp_path / "work", {"web.yaml": POD, ".cmlint.yaml": "extends: [acme-settings]\n"})
    error = ".cmlint.yaml:1:11: the package `acme-settings` has no `cmlint.yaml`"
    expected = f"cmlint: error: {error}\nhelp: name a package that holds one\n"
    assert found(tmp_path / "work", PYTHONPATH=site) == (2, [], expected)


def test_a_package_in_the_working_directory_is_not_installed(tmp_path: Path) -> None:
    package(tmp_path, "acme_settings/cmlint.yaml")
    write(tmp_path, {"web.yaml": POD, ".cmlint.yaml": "extends: [acme-settings]\n"})
    error = ".cmlint.yaml:1:11: the package `acme-settings` is not installed"
    expected = f"cmlint: error: {error}\nhelp: install it beside cmlint\n"
    assert found(tmp_path, PYTHONPATH=str(tmp_path)) == (2, [], expected)


def test_a_package_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    site = package(tmp_path / "site", "acme_settings/cmlint.yaml")
    write(tmp_path, {"elsewhere.yaml": "ignore: [all]\n"})
    held = tmp_path / "site" / "acme_settings" / "cmlint.yaml"
    held.unlink()
    held.symlink_to(tmp_path / "elsewhere.yaml")
    write(tmp_path / "work", {"web.yaml": POD, ".cmlint.yaml": "extends: [acme-settings]\n"})
    status, lines, said = found(tmp_path / "work", PYTHONPATH=site)
    assert (status, lines) == (2, [])
    assert said.endswith("a link that leads out of the repository\nhelp: .cmlint.yaml:1:11 extends it\n")


@pytest.mark.parametrize("name", ["../base.yaml", "/etc/cmlint.yaml", "link.yaml"])
def test_a_file_outside_of_the_repository_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"base.yaml": "ignore: [all]\n"})
    work = Repository(tmp_path / "work", {"web.yaml": POD, ".cmlint.yaml": f"extends: [{name}]\n"}).folder
    (work / "link.yaml").symlink_to(tmp_path / "base.yaml")
    error = f".cmlint.yaml:1:11: `extends` names `{name}`, which is not in the repository"
    expected = f"cmlint: error: {error}\nhelp: name a file of the repository or an installed package\n"
    assert found(work) == (2, [], expected)


@pytest.mark.parametrize(
    ("own", "base", "said"),
    [
        ("extends: [no.yaml]\n", "", "no.yaml: no such file or directory\nhelp: .cmlint.yaml:1:11 extends it\n"),
        ("extends: [.]\n", "", ".: not a regular file\nhelp: .cmlint.yaml:1:11 extends it\n"),
        (
            f"extends: [{', '.join(['base.yaml'] * 21)}]\n",
            "",
            ".cmlint.yaml:1:10: `extends` has more than 20 entries\nhelp: name fewer\n",
        ),
        (
            "extends: base.yaml\n",
            "",
            ".cmlint.yaml:1:10: `extends` must be a list of strings, but it is a string\n"
            "help: put it in brackets: `[...]`\n",
        ),
        (
            "extends: [base.yaml]\n",
            "pedantic: true\nextends: [other.yaml]\n",
            "base.yaml:2:1: a configuration that is extended cannot extend others\n"
            "help: name what it extends in .cmlint.yaml\n",
        ),
        (
            "extends: [base.yaml]\n",
            "ignore: [mutable-tags]\n",
            "base.yaml:1:10: unknown rule or family `mutable-tags`\nhelp: did you mean `mutable-tag`?\n",
        ),
    ],
)
def test_what_is_wrong_is_one_error_at_its_place(tmp_path: Path, own: str, base: str, said: str) -> None:
    write(tmp_path, {"web.yaml": POD, ".cmlint.yaml": own, "base.yaml": base})
    assert found(tmp_path) == (2, [], f"cmlint: error: {said}")


def test_a_base_has_the_rights_of_a_repository(tmp_path: Path) -> None:
    write(tmp_path, {"base.yaml": "allow-remote: true\nkustomize: ./evil\n", "work/web.yaml": POD})
    for config in ("work/.cmlint.yaml", "mine.yaml"):
        write(tmp_path, {config: "extends: [base.yaml]\n", "work/base.yaml": "allow-remote: true\nkustomize: ./evil\n"})
    for words, base in (((), "base.yaml"), (("--config", "../mine.yaml"), "../base.yaml")):
        status, _, said = found(tmp_path / "work", *words)
        begins = [line.partition(" in a repository's")[0] for line in said.splitlines()]
        refused = [(1, "allow-remote"), (2, "kustomize")]
        assert begins == [f"cmlint: warning: {base}:{line}:1: `{name}` does not count" for line, name in refused]
        assert status == 1


def test_a_base_of_a_folder_below_says_nothing_about_the_run(tmp_path: Path) -> None:
    base = "exclude: ['*']\nignore: [mutable-tag]\n"
    own = "extends: [../base.yaml]\n"
    files = {"web.yaml": POD, "app/web.yaml": POD.replace("name: web}", "name: app}"), "base.yaml": base}
    write(tmp_path, {**files, ".cmlint.yaml": "", "app/.cmlint.yaml": own})
    status, lines, said = found(tmp_path)
    assert (status, lines) == (1, [f"app/{MISSING}", TAG, MISSING])
    why = "`exclude` is about the run and does not count below .cmlint.yaml; set it in .cmlint.yaml"
    assert said == f"cmlint: warning: base.yaml:1:1: {why}\n"


def test_the_user_s_configuration_extends_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"work/web.yaml": POD, "home/cmlint/config.yaml": "extends: [base.yaml]\n"})
    _, lines, said = found(tmp_path / "work", XDG_CONFIG_HOME=str(tmp_path / "home"))
    assert lines == [TAG, MISSING]
    assert "config.yaml:1:1: `extends` does not count in the user's configuration" in said


def test_files_of_a_trusted_commit_are_read_from_it(tmp_path: Path) -> None:
    base, own = "ignore: [mutable-tag]\n", "extends: [platform/base.yaml]\n"
    repository = Repository(tmp_path, {"web.yaml": POD, "platform/base.yaml": base, ".cmlint.yaml": own})
    write(tmp_path, {"platform/base.yaml": "ignore: [missing-configmap]\n"})
    assert found(tmp_path) == (1, [TAG], "")
    assert found(tmp_path, "--config-from", "HEAD") == (1, [MISSING], "")
    repository.git("rm", "--quiet", "--cached", "platform/base.yaml")
    repository.git("commit", "--quiet", "--message", "Forget the base")
    error = "cmlint: error: HEAD:platform/base.yaml: no such file\nhelp: commit it\n"
    assert found(tmp_path, "--config-from", "HEAD") == (2, [], error)
