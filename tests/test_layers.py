"""Configurations in several folders: the topmost is the run's, each below adds to it for the findings there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cmlint.config.layers import find
from cmlint.config.settings import SETTINGS
from cmlint.system.filesystem import FileSystem
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.repository import Repository
from tests.support.run import inside, layers_of, write

BAD = pod("env:", "  - {name: A, value: 1}", "envFrom: [{configMapRef: {name: made}}]", image="web:dev-1")
"""A Pod with findings of three rules, the last of which a configuration asks for."""

NUMBER = "error[non-string-env] the value of `A` must be a string, but it is a number"
ABSENT = "error[missing-configmap] nothing defines the ConfigMap `made`"
BOTH = [f"9:28: {NUMBER}", f"10:39: {ABSENT}"]


def found(folder: Path, *words: str, **environment: str) -> list[str]:
    """The findings of a run in which nothing is told besides."""
    done = cmlint(folder, "check", "--format", "concise", "-q", "--no-cache", *words, **environment)
    assert done.stderr == ""
    return done.stdout.splitlines()


def at(path: str, *messages: str) -> list[str]:
    """Findings in a file."""
    return [f"{path}:{message}" for message in messages]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the same Pod in two folders."""
    folder = tmp_path / "project"
    write(folder, {".git/x": "", "a/pod.yaml": BAD, "b/pod.yaml": BAD})
    return folder


def test_a_configuration_is_found_from_the_argument_upwards(project: Path) -> None:
    write(project, {"a/.cmlint.yaml": "external: [made]\n"})
    assert found(project, "a") == at("a/pod.yaml", BOTH[0])
    assert found(project, "a/pod.yaml", "--no-context") == at("a/pod.yaml", BOTH[0])
    assert found(project / "b", "../a") == at("../a/pod.yaml", BOTH[0])
    assert found(project.parent, "project/a") == at("project/a/pod.yaml", BOTH[0])
    assert found(project, "b") == at("b/pod.yaml", *BOTH)


def test_a_configuration_below_counts_in_its_folder(project: Path) -> None:
    write(project, {"a/.cmlint.yaml": "external: [made]\n"})
    assert found(project) == [*at("a/pod.yaml", BOTH[0]), *at("b/pod.yaml", *BOTH)]
    assert found(project, "a/pod.yaml", "b/pod.yaml") == found(project)
    write(project, {"b/pyproject.toml": "[tool.cmlint]\nignore = ['references']\n"})
    assert found(project) == [*at("a/pod.yaml", BOTH[0]), *at("b/pod.yaml", BOTH[0])]


def test_a_configuration_below_adds_to_those_above(project: Path) -> None:
    write(
        project, {".cmlint.yaml": "ignore: [non-string-env]\nexternal: [other]\nseverity: {missing-configmap: info}\n"}
    )
    low = ABSENT.replace("error", "info")
    assert found(project) == [*at("a/pod.yaml", f"10:39: {low}"), *at("b/pod.yaml", f"10:39: {low}")]
    write(
        project, {"a/.cmlint.yaml": "external: [made]\n", "b/.cmlint.yaml": "severity: {missing-configmap: warning}\n"}
    )
    middle = ABSENT.replace("error", "warning")
    assert found(project) == at("b/pod.yaml", f"10:39: {middle}")
    assert found(project / "b") == at("pod.yaml", f"10:39: {middle}")
    write(project, {"b/c/.cmlint.yaml": "ignore: [references]\n", "b/c/pod.yaml": BAD})
    assert found(project) == at("b/pod.yaml", f"10:39: {middle}")
    with inside(project):
        layers = layers_of(find(FileSystem(), ["b/c"], []))
        assert layers.at("b/c/pod.yaml").ignore == ("non-string-env", "references")
        assert layers.at("b/c/pod.yaml").severity == {"missing-configmap": "warning"}
        assert layers.at("a/pod.yaml") == layers.config


def test_other_settings_are_replaced(project: Path) -> None:
    write(project, {".cmlint.yaml": "select: [non-string-env]\n", "a/.cmlint.yaml": "select: [missing-configmap]\n"})
    assert found(project) == [*at("a/pod.yaml", BOTH[1]), *at("b/pod.yaml", BOTH[0])]
    assert found(project, "--select", "references") == [*at("a/pod.yaml", BOTH[1]), *at("b/pod.yaml", BOTH[1])]
    assert found(project, "--ignore", "references") == at("b/pod.yaml", BOTH[0])


def test_options_of_rules_differ_by_folder(project: Path) -> None:
    write(project, {".cmlint.yaml": "select: [images]\n", "a/.cmlint.yaml": "mutable-tags: [dev-*]\n"})
    assert [line.partition("]")[0] for line in found(project)] == ["a/pod.yaml:7:14: warning[mutable-tag"]
    write(project, {"a/.cmlint.yaml": "digest: required\n", "b/.cmlint.yaml": "mutable-tags: [dev-*]\n"})
    assert [line.partition("]")[0] for line in found(project)] == [
        "a/pod.yaml:7:14: info[unpinned-image",
        "b/pod.yaml:7:14: warning[mutable-tag",
    ]


def test_references_differ_by_folder(project: Path) -> None:
    secret = pod("envFrom: [{secretRef: {name: hidden}}]")
    write(project, {"a/pod.yaml": secret, "b/pod.yaml": secret, "b/.cmlint.yaml": "secrets: all\n"})
    assert found(project) == at("b/pod.yaml", "8:36: error[missing-secret] nothing defines the Secret `hidden`")
    maker = "apiVersion: example.com/v1\nkind: Maker\nmetadata: {name: x}\n"
    write(project, {"a/pod.yaml": BAD, "b/pod.yaml": BAD, "a/maker.yaml": maker, "b/maker.yaml": maker})
    write(
        project, {"b/.cmlint.yaml": "references: strict\nignore: [non-string-env]\n", "a/.cmlint.yaml": "pedantic: no"}
    )
    assert found(project) == [*at("a/pod.yaml", BOTH[0]), *at("b/pod.yaml", BOTH[1])]


def test_pedantic_and_paths_differ_by_folder(project: Path) -> None:
    unread = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: unread}\ndata: {a: b}\n"
    own = {"a/map.yaml": unread, "b/map.yaml": unread.replace("unread", "idle")}
    write(project, {**own, "a/.cmlint.yaml": "pedantic: true\n"})
    tidy = [line.partition(" ")[0] for line in found(project) if ": info[" in line]
    assert tidy and all(line.startswith("a/map.yaml:") for line in tidy)
    write(project, {"a/.cmlint.yaml": "per-path-ignore: {pod.yaml: [all]}\n"})
    assert found(project) == at("b/pod.yaml", *BOTH)


def test_a_built_object_is_looked_up_as_its_kustomization_says(project: Path) -> None:
    write(
        project, {"prod/kustomization.yaml": "resources: [../a]\n", "a/kustomization.yaml": "resources: [pod.yaml]\n"}
    )
    assert found(project, "prod") == at("a/pod.yaml", *BOTH)
    write(project, {"prod/.cmlint.yaml": "external: [made]\nignore: [non-string-env]\n"})
    assert found(project, "a/pod.yaml") == at("a/pod.yaml", BOTH[0])
    write(project, {"a/.cmlint.yaml": "ignore: [non-string-env]\n"})
    assert found(project, "a/pod.yaml") == []


def test_a_comment_is_unused_only_where_its_rule_runs(project: Path) -> None:
    text = BAD.replace("value: 1}", "value: a}  # cmlint: ignore[non-string-env]")
    write(project, {"a/pod.yaml": text, "b/pod.yaml": text, ".cmlint.yaml": "external: [made]\n"})
    write(project, {"a/.cmlint.yaml": "ignore: [non-string-env]\n"})
    lines = found(project, "--pedantic", "--select", "all")
    assert [line.partition("] ")[0] for line in lines if "unused-ignore" in line] == [
        "b/pod.yaml:9:49: info[unused-ignore"
    ]


OF_RUN = [name for name, setting in SETTINGS.items() if not setting.of_findings and "repository" in setting.files]


def test_what_is_about_the_run_comes_from_the_topmost(project: Path) -> None:
    assert [
        *("exclude", "providers", "kubernetes-version", "sources", "build", "helm", "build-timeout", "baseline"),
        "fail-on",
    ] == OF_RUN
    write(project, {".cmlint.yaml": "fail-on: never\n", "a/.cmlint.yaml": "exclude: [pod.yaml]\nexternal: [made]\n"})
    done = cmlint(project, "check", "--format", "concise", "-q", "--no-cache")
    assert (done.returncode, done.stdout.splitlines()) == (0, [*at("a/pod.yaml", BOTH[0]), *at("b/pod.yaml", *BOTH)])
    warning = "`exclude` is about the run and does not count below .cmlint.yaml; set it in .cmlint.yaml"
    assert done.stderr == f"cmlint: warning: a/.cmlint.yaml:1:1: {warning}\n"
    done = cmlint(project / "a", "check", "--no-cache")
    assert done.returncode == 0
    assert done.stderr == f"cmlint: warning: .cmlint.yaml:1:1: {warning.replace('.cmlint', '../.cmlint')}\n"
    (project / ".cmlint.yaml").unlink()
    assert "no Kubernetes object in 1 file" in cmlint(project / "a", "check", "--no-cache").stderr
    done = cmlint(project, "check", "-q", "--no-cache")
    warning = "`exclude` is about the run and does not count below what is checked; set it in one above"
    assert (done.returncode, done.stderr) == (1, f"cmlint: warning: a/.cmlint.yaml:1:1: {warning}\n")


def test_of_several_topmost_the_first_arguments_is_the_runs(project: Path) -> None:
    write(
        project,
        {"a/.cmlint.yaml": "fail-on: never\nignore: [references]\n", "b/.cmlint.yaml": "ignore: [missing-configmap]\n"},
    )
    assert cmlint(project, "check", "a", "b", "--no-cache").returncode == 0
    assert cmlint(project, "check", "b", "a", "--no-cache").returncode == 1
    done = cmlint(project, "check", "a", "b", "--format", "concise", "-q", "--no-cache")
    assert done.stdout.splitlines() == [*at("a/pod.yaml", BOTH[0]), *at("b/pod.yaml", BOTH[0])]
    assert done.stderr == ""
    write(project, {"b/.cmlint.yaml": "fail-on: error\n"})
    warning = "`fail-on` is about the run and does not count below a/.cmlint.yaml; set it in a/.cmlint.yaml"
    done = cmlint(project, "check", "a", "b", "-q", "--no-cache")
    assert (done.returncode, done.stderr) == (0, f"cmlint: warning: b/.cmlint.yaml:1:1: {warning}\n")


def test_a_repository_ends_the_way_up(project: Path) -> None:
    write(project.parent, {".cmlint.yaml": "ignore: [references]\n"})
    assert found(project, "a") == at("a/pod.yaml", BOTH[0])
    write(project, {".cmlint.yaml": "ignore: [non-string-env]\n"})
    assert found(project, "a") == at("a/pod.yaml", BOTH[1])
    done = cmlint(project, "check", "a", "--verbose", "--no-cache")
    assert done.stderr == "cmlint: note: ../.cmlint.yaml: not used: a nearer configuration is used\n"


def test_the_configuration_of_the_working_directory_counts_for_what_has_none(project: Path) -> None:
    write(project.parent, {"other/pod.yaml": BAD, "other/.git/x": ""})
    write(project, {".cmlint.yaml": "ignore: [references]\n"})
    assert found(project, "../other") == at("../other/pod.yaml", BOTH[0])
    write(project.parent, {"other/.cmlint.yaml": "ignore: [non-string-env]\n"})
    assert found(project, "../other") == at("../other/pod.yaml", BOTH[1])
    done = cmlint(project, "check", "../other", "-v", "--no-cache")
    assert done.stderr == "cmlint: note: .cmlint.yaml: not used: it is not above the checked paths\n"


def test_a_pipe_has_the_configuration_of_the_working_directory(project: Path) -> None:
    write(project, {".cmlint.yaml": "ignore: [references]\n"})
    done = cmlint(project, "check", "-", "--format", "concise", "-q", stdin=BAD)
    assert done.stdout.splitlines() == at("<stdin>", BOTH[0])
    done = cmlint(project, "check", "/dev/stdin", "--format", "concise", "-q", stdin=BAD)
    assert done.stdout.splitlines() == at("/dev/stdin", BOTH[0])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--config", "b/.cmlint.yaml"), "`--config` names another one"),
        (("--isolated",), "`--isolated` leaves it out"),
    ],
)
def test_what_does_not_count_is_listed(project: Path, words: tuple[str, ...], why: str) -> None:
    write(project, {"a/.cmlint.yaml": "ignore: [non-string-env]\n", "a/.cmlint.yml": "ignore: [all]\n"})
    write(project, {"b/.cmlint.yaml": "{}\n"})
    assert found(project, "a", *words) == at("a/pod.yaml", *BOTH)
    done = cmlint(project, "check", "a", "-v", "--no-cache", *words)
    expected = [f"cmlint: note: a/{name}: not used: {why}" for name in (".cmlint.yaml", ".cmlint.yml")]
    assert done.stderr.splitlines() == expected
    done = cmlint(project, "check", "a", "-v", "--no-cache")
    assert done.stderr == "cmlint: note: a/.cmlint.yml: not used: a nearer configuration is used\n"


def test_a_configuration_below_that_is_wrong_ends_the_run(project: Path) -> None:
    write(project, {"a/.cmlint.yaml": "ignroe: []\n"})
    done = cmlint(project, "check", "--no-cache")
    error = "cmlint: error: a/.cmlint.yaml:1:1: unknown setting `ignroe`\nhelp: did you mean `ignore`?\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", error)
    assert found(project, "b/pod.yaml", "--no-context") == at("b/pod.yaml", *BOTH)


def test_a_configuration_below_opens_nothing(project: Path) -> None:
    write(project, {"a/.cmlint.yaml": "enable-helm: true\nkustomize: ./evil\nignore: [references]\n"})
    done = cmlint(project, "check", "--format", "concise", "-q", "--no-cache")
    assert [line.partition(" does not")[0] for line in done.stderr.splitlines()] == [
        "cmlint: warning: a/.cmlint.yaml:1:1: `enable-helm`",
        "cmlint: warning: a/.cmlint.yaml:2:1: `kustomize`",
    ]
    (project / "a/.cmlint.yaml").unlink()
    (project / "a/.cmlint.yaml").symlink_to("/etc/hostname")
    done = cmlint(project, "check", "--no-cache")
    link = "a link that leads out of the folder is not followed; name it to check what it leads to"
    assert done.stderr == f"cmlint: warning: a/.cmlint.yaml: {link}\n"
    assert cmlint(project, "check", "a", "--no-cache").returncode == 2


def test_a_change_below_is_noticed(project: Path, tmp_path: Path) -> None:
    kept = {"CMLINT_CACHE_DIR": str(tmp_path / "cache")}

    def kept_lines() -> list[str]:
        time.sleep(0.2)
        done = cmlint(project, "check", "--format", "concise", "-q", **kept)
        return done.stdout.splitlines()

    both = [*at("a/pod.yaml", *BOTH), *at("b/pod.yaml", *BOTH)]
    assert kept_lines() == kept_lines() == both
    write(project, {"a/.cmlint.yaml": "ignore: [all]\n"})
    assert kept_lines() == kept_lines() == both[2:]
    write(project, {"a/.cmlint.yaml": "ignore: []\n"})
    assert kept_lines() == both
    write(
        project,
        {
            "pyproject.toml": "[tool.cmlint]\nignore = ['references', 'environment']\n",
            "a/.cmlint.yaml": "exclude: [x]\n",
        },
    )
    for _ in range(2):
        done = cmlint(project, "check", "-q", **kept)
        assert (done.stdout, done.stderr.count("`exclude` is about the run")) == ("", 1)


def test_other_states_have_the_present_configurations(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {"a/pod.yaml": BAD, "b/pod.yaml": "{}\n", "a/.cmlint.yaml": "ignore: [all]\n"})
    shop.write({"a/.cmlint.yaml": "external: [made]\nper-path-ignore: {late.yaml: [all]}\n"})
    shop.write({"a/late.yaml": BAD.replace("name: web", "name: late")})
    shop.git("add", "a/late.yaml")
    shop.write({"b/pod.yaml": BAD})
    assert found(shop.folder, "--staged") == at("a/pod.yaml", BOTH[0])
    assert found(shop.folder, "--since", "HEAD") == at("b/pod.yaml", *BOTH)


def test_a_commit_has_its_own_configurations(tmp_path: Path) -> None:
    files = {"a/pod.yaml": BAD, "b/pod.yaml": BAD, "a/.cmlint.yaml": "external: [made]\n"}
    shop = Repository(tmp_path / "shop", {**files, ".cmlint.yaml": "ignore: [non-string-env]\n"})
    shop.write(
        {
            "a/.cmlint.yaml": "ignore: [all]\n",
            ".cmlint.yaml": "ignore: [references, environment]\n",
            "b/.cmlint.yaml": "ignore: [all]",
        }
    )
    assert found(shop.folder) == []
    assert found(shop.folder, "--config-from", "main") == at("b/pod.yaml", BOTH[1])
    assert found(shop.folder / "b", "--config-from", "main", "../a", "../b") == at("../b/pod.yaml", BOTH[1])
    done = cmlint(shop.folder, "check", "--config-from", "main", "-v", "--no-cache")
    assert done.stderr.splitlines() == [
        f"cmlint: note: {path}: not used: `--config-from` takes all from a commit"
        for path in (".cmlint.yaml", "a/.cmlint.yaml", "b/.cmlint.yaml")
    ]


def test_env_takes_the_configuration_of_its_argument(project: Path) -> None:
    assert "ConfigMap made: missing" in cmlint(project, "env", "a").stdout
    write(project, {"a/.cmlint.yaml": "external: [made]\n"})
    assert "ConfigMap made: missing" not in cmlint(project, "env", "a").stdout


def test_folders_that_are_left_out_are_counted(project: Path) -> None:
    write(project, {"a/testdata/pod.yaml": BAD, "vendor/modules.txt": "", "vendor/pod.yaml": BAD, ".gitignore": "old/"})
    write(project, {"old/testdata/pod.yaml": BAD})
    done = cmlint(project, "check", "--no-cache")
    line = "left out: 2 folders of tests' data, copies or templates of projects; `--verbose` lists them"
    assert line in " ".join(done.stdout.split())
    done = cmlint(project, "check", "--no-cache", "-v")
    assert "left out; name a folder to check it:\n  vendor\n  a/testdata\n" in done.stdout
    assert cmlint(project, "check", "a/testdata", "--no-cache").returncode == 1
    assert "left out" not in cmlint(project, "check", "b", "--no-cache").stdout
    assert (
        '"left_out": [\n      "vendor",\n      "a/testdata"\n    ]'
        in cmlint(project, "check", "--no-cache", "--format", "json").stdout
    )
