"""Files that are named one by one: the rest of their project is known, and only what concerns them is reported."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.model.findings import Finding
from cmlint.pipeline.check import check
from cmlint.pipeline.result import Result
from cmlint.sources.files import KUSTOMIZATIONS
from cmlint.sources.request import Request
from tests.support.command import cmlint
from tests.support.manifests import POD, pod
from tests.support.repository import Repository
from tests.support.run import FIXTURES, concise, inside, rules, run, write
from tests.support.tools import HELM, KUSTOMIZE

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVEL: info}\n"


def reader(key: str, name: str = "web", config: str = "settings") -> str:
    """A Pod that reads a key of a ConfigMap."""
    return pod("env:", f"  - {{name: X, valueFrom: {{configMapKeyRef: {{name: {config}, key: {key}}}}}}}", name=name)


def missing(path: str, config: str = "settings") -> str:
    """What is said of a Pod whose ConfigMap nothing defines."""
    return f"{path}:9:57: error[missing-configmap] nothing defines the ConfigMap `{config}`"


def lacking(path: str, key: str, column: int = 72) -> str:
    """What is said of a Pod that reads a key which its ConfigMap lacks."""
    return f"{path}:9:{column}: error[missing-key] the ConfigMap `settings` has no key `{key}`"


def named(folder: Path, *paths: str, config: Config | None = None) -> Result:
    """What is found in files of a folder, with their context."""
    with inside(folder):
        return check(Request(paths=paths, config=config or Config(), rules=dict(rules()), context=True))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which two Pods read one ConfigMap, one of them a key that it lacks."""
    folder = tmp_path / "project"
    write(folder, {"a/config.yaml": CONFIG_MAP, "a/good.yaml": reader("LEVEL"), "b/bad.yaml": reader("PORT", "other")})
    (folder / ".git").mkdir()
    return folder


def test_what_another_file_defines_is_not_missing(project: Path) -> None:
    result = named(project, "a/good.yaml")
    assert concise(result) == []
    assert (result.outcome.files, result.outcome.documents, result.outcome.references) == (1, 1, 1)
    assert result.outcome.linted == ["a/good.yaml"]
    assert concise(run(project, "a/good.yaml")) == [missing("a/good.yaml")]


def test_only_what_concerns_the_named_file_is_reported(project: Path) -> None:
    assert concise(named(project, "b/bad.yaml")) == [lacking("b/bad.yaml", "PORT")]
    (found,) = named(project, "b/bad.yaml").outcome.findings
    assert [place.location.path for place in found.related] == ["a/config.yaml"]
    write(project, {"c/worse.yaml": POD.replace("image: a/b:1.0.0", "env: [{name: A, value: 1}]")})
    assert concise(named(project, "a/good.yaml")) == []


def test_what_a_named_file_takes_away_from_others_is_reported(project: Path) -> None:
    assert concise(named(project, "a/config.yaml")) == [lacking("b/bad.yaml", "PORT")]
    assert concise(run(project, "a/config.yaml")) == []


def test_what_nothing_defines_is_missing(project: Path) -> None:
    write(project, {"d.yaml": reader("LEVEL", config="absent")})
    assert concise(named(project, "d.yaml")) == [missing("d.yaml", "absent")]


def test_paths_are_shown_from_the_working_directory(project: Path) -> None:
    def places(folder: Path, path: str) -> list[str]:
        (found,) = named(folder, path).outcome.findings
        return [found.location.path, *(related.location.path for related in found.related)]

    assert places(project / "b", "bad.yaml") == ["bad.yaml", "../a/config.yaml"]
    assert places(project / "a", "../b/bad.yaml") == ["../b/bad.yaml", "config.yaml"]
    assert places(project.parent, "project/b/bad.yaml") == ["project/b/bad.yaml", "project/a/config.yaml"]
    top = str(project).removeprefix("/")
    assert places(Path("/"), str(project / "b/bad.yaml")) == [f"{top}/b/bad.yaml", f"{top}/a/config.yaml"]


MAKER = "apiVersion: example.com/v1\nkind: Maker\nmetadata: {name: maker}\n"
FLUX = (
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec:\n"
    "  path: ./other\n  postBuild: {substitute: {NAME: settings}}\n"
)
AROUND = {
    "a custom resource above": ({"maker.yaml": MAKER}, ["custom-resource"], []),
    "a custom resource beside": ({"sub/maker.yaml": MAKER}, [], ["missing-configmap"]),
    "a definition beside": ({"sub/config.yaml": CONFIG_MAP}, [], ["missing-key"]),
    "one beside, and a custom resource above": (
        {"sub/config.yaml": CONFIG_MAP, "maker.yaml": MAKER},
        ["custom-resource"],
        [],
    ),
    "one beside, and one above": (
        {"sub/config.yaml": CONFIG_MAP, "config.yaml": CONFIG_MAP.replace("LEVEL", "PORT")},
        [],
        [],
    ),
    "a name that Flux fills in": (
        {"clusters/apps.yaml": FLUX, "other/config.yaml": CONFIG_MAP.replace("settings", "'${NAME}'")},
        [],
        ["missing-key"],
    ),
}
"""What is around a Pod in the folder `other` that reads the key PORT of `settings`, and what is said of it."""


@pytest.mark.parametrize("below", ["", "other", "sub", "sub/deep", "clusters"])
@pytest.mark.parametrize("name", AROUND)
def test_the_working_directory_changes_nothing(tmp_path: Path, name: str, below: str) -> None:
    files, codes, found = AROUND[name]
    write(tmp_path, {"other/pod.yaml": reader("PORT"), ".git/HEAD": "", **files})
    (tmp_path / below).mkdir(parents=True, exist_ok=True)
    shown = os.path.relpath(tmp_path / "other/pod.yaml", tmp_path / below)
    outcome = named(tmp_path / below, shown).outcome
    assert [each.code for each in outcome.unverified] == codes
    assert [(each.rule, each.location.path) for each in outcome.findings] == [(rule, shown) for rule in found]


def test_without_a_repository_the_folder_is_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"app/pod.yaml": reader("PORT"), "app/sub/config.yaml": CONFIG_MAP, "other.yaml": "kind: ["})
    assert concise(named(tmp_path, "app/pod.yaml")) == [lacking("app/pod.yaml", "PORT")]
    write(tmp_path, {"other/pod.yaml": reader("PORT")})
    assert concise(named(tmp_path, "other/pod.yaml")) == [missing("other/pod.yaml")]


def test_a_folder_in_which_everybody_writes_is_no_project(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": reader("PORT"), "config.yaml": CONFIG_MAP})
    tmp_path.chmod(0o1777)
    assert concise(named(tmp_path, "pod.yaml")) == [missing("pod.yaml")]


def test_a_folder_with_somebodys_home_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"pod.yaml": reader("PORT"), "config.yaml": CONFIG_MAP, "me/pod.yaml": reader("PORT")})
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert concise(named(tmp_path, "pod.yaml")) == [missing("pod.yaml")]
    assert concise(named(tmp_path, "me/pod.yaml")) == [missing("me/pod.yaml")]


@pytest.mark.parametrize("way", ["link/base", "shop/overlay/../base"])
def test_a_file_that_is_built_may_be_named_in_any_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    base = {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": reader("PORT", "other")}
    write(tmp_path / "shop", {".git/HEAD": "", "overlay/kustomization.yaml": "resources: [../base]\n", **base})
    (tmp_path / "link").symlink_to("shop")
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    found = lines(Path.cwd(), str(tmp_path / way / "pod.yaml"))
    assert found == [missing(str(tmp_path / "shop/base/pod.yaml"))]


def test_files_of_two_projects_have_their_own_context(project: Path) -> None:
    write(project.parent, {"second/.git/x": "", "second/pod.yaml": reader("PORT")})
    paths = "project/b/bad.yaml", "second/pod.yaml"
    assert concise(named(project.parent, *paths)) == [lacking(paths[0], "PORT"), missing(paths[1])]


def test_context_is_for_files_alone(project: Path) -> None:
    assert concise(named(project, "b")) == [missing("b/bad.yaml")]
    assert concise(named(project, "a", "b/bad.yaml")) == [missing("b/bad.yaml")]


def test_a_named_file_is_read_wherever_it_is(project: Path) -> None:
    ignored = {"out/pod.yaml": reader("PORT"), "out/config.yaml": CONFIG_MAP.replace("LEVEL", "PORT")}
    write(project, {".gitignore": "out/\n", **ignored})
    assert concise(named(project, "out/pod.yaml")) == []
    write(project, {"testdata/pod.yaml": reader("PORT"), "testdata/config.yaml": CONFIG_MAP.replace("LEVEL", "PORT")})
    assert concise(named(project, "testdata/pod.yaml")) == []
    assert concise(named(project, "a/good.yaml")) == []


def test_a_link_is_named_as_it_is(project: Path) -> None:
    (project / "a/link.yaml").symlink_to("../b/bad.yaml")
    assert concise(named(project, "a/link.yaml")) == [lacking("a/link.yaml", "PORT")]


def test_what_cannot_be_read_in_the_context_is_not_the_named_files_fault(project: Path) -> None:
    (project / "a/broken.yaml").write_bytes(b"kind: \xff\n")
    (project / "a/out.yaml").symlink_to("/etc/hostname")
    assert named(project, "b/bad.yaml").problems == []
    (problem,) = named(project, "a/broken.yaml").problems
    assert (problem.path, problem.fatal) == ("a/broken.yaml", True)


def test_context_is_not_read_where_it_decides_nothing(project: Path) -> None:
    write(project, {"plain.yaml": POD})
    with inside(project):
        plain = Request(paths=("plain.yaml",), rules=dict(rules()), context=True)
        assert not check(plain).outcome.named and not plain.seen.walked
        reading = Request(paths=("a/good.yaml",), rules=dict(rules()), context=True)
        assert check(reading).outcome.named == {"a/good.yaml"} and reading.seen.walked


# what is built


def counting(folder: Path, name: str) -> Path:
    """A program that writes down how often it is called."""
    program = {"kustomize": KUSTOMIZE, "helm": HELM}[name]
    script = folder / name
    script.write_text(f'#!/bin/sh\necho "$@" >> {folder}/{name}.log\nexec {program} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def calls(script: Path) -> int:
    """How often it was called since it was last asked; it forgets them."""
    log = script.with_suffix(".log")
    number = len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0
    log.unlink(missing_ok=True)
    return number


KUSTOMIZED = {
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "base/pod.yaml": reader("LEVEL"),
    "dev/kustomization.yaml": "resources: [../base]\nconfigMapGenerator: [{name: settings, literals: [LEVEL=a]}]\n",
    "prod/kustomization.yaml": "resources: [../base]\nconfigMapGenerator: [{name: settings, literals: [PORT=1]}]\n",
    "far/kustomization.yaml": "resources: [config.yaml]\nnamePrefix: far-\n"
    "configMapGenerator: [{name: made, literals: [A=b], options: {disableNameSuffixHash: true}}]\n",
    "far/config.yaml": CONFIG_MAP.replace("settings", "distant"),
}


def test_only_builds_that_use_the_named_file_are_made(tmp_path: Path) -> None:
    program = counting(tmp_path, "kustomize")
    folder = tmp_path / "project"
    write(folder, {**KUSTOMIZED, ".git/x": "", "loose.yaml": reader("PORT", config="far-made")})
    config = Config(kustomize=str(program))
    assert concise(named(folder, "base/pod.yaml", config=config)) == [lacking("base/pod.yaml", "LEVEL")]
    assert calls(program) == 2
    assert concise(named(folder, "prod/kustomization.yaml", config=config)) == [lacking("base/pod.yaml", "LEVEL")]
    assert calls(program) == 1
    assert concise(named(folder, "dev/kustomization.yaml", config=config)) == []
    assert calls(program) == 1
    assert concise(named(folder, "far/config.yaml", config=config)) == []
    assert calls(program) == 1
    assert concise(named(folder, "loose.yaml", config=config)) == []
    assert calls(program) == 0


@pytest.mark.parametrize("name", ["distant", "made", "far-made", "far-distant"])
def test_what_a_build_may_make_that_is_not_made_is_not_missing(tmp_path: Path, name: str) -> None:
    write(tmp_path, {**KUSTOMIZED, ".git/x": "", "loose.yaml": reader("PORT", config=name)})
    result = named(tmp_path, "loose.yaml")
    assert concise(result) == []
    (unverified,) = result.outcome.unverified
    assert (unverified.name, unverified.code) == (f"ConfigMap/{name}", "defined-elsewhere")
    write(tmp_path, {"loose.yaml": reader("PORT", config="nowhere")})
    assert concise(named(tmp_path, "loose.yaml")) == [missing("loose.yaml", "nowhere")]


@pytest.mark.parametrize("folder", ["far", "chart"])
def test_a_comment_in_what_a_build_takes_in_counts_for_a_named_file(tmp_path: Path, folder: str) -> None:
    path = "far/config.yaml" if folder == "far" else "chart/templates/pod.yaml"
    files = {**KUSTOMIZED, **CHART, ".git/x": "", "loose.yaml": reader("PORT", config="by-hand")}
    write(tmp_path, files)
    assert concise(named(tmp_path, "loose.yaml")) == [missing("loose.yaml", "by-hand")]
    write(tmp_path, {path: f"# kubectl create configmap by-hand --from-literal=PORT=1\n{files[path]}"})
    assert concise(named(tmp_path, "loose.yaml")) == []
    write(tmp_path, {"loose.yaml": reader("LEVEL", config="by-hand")})
    assert concise(named(tmp_path, "loose.yaml")) == [lacking("loose.yaml", "LEVEL", 71).replace("settings", "by-hand")]


def test_another_overlay_of_one_base_is_an_alternative(tmp_path: Path) -> None:
    write(tmp_path, {**KUSTOMIZED, ".git/x": "", "prod/patch.yaml": reader("LEVEL", config="of-dev")})
    write(tmp_path, {"dev/kustomization.yaml": "resources: [../base, config.yaml]\n"})
    write(tmp_path, {"dev/config.yaml": CONFIG_MAP.replace("settings", "of-dev")})
    write(tmp_path, {"prod/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n"})
    assert concise(named(tmp_path, "prod/patch.yaml")) == [missing("prod/patch.yaml", "of-dev")]


CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "chart/values.yaml": "key: PORT\n",
    "chart/templates/pod.yaml": reader("{{ .Values.key }}"),
    "chart/templates/config.yaml": f"{CONFIG_MAP}---\n{CONFIG_MAP.replace('settings', 'fixed')}",
}


def test_only_charts_that_use_the_named_file_are_rendered(tmp_path: Path) -> None:
    program = counting(tmp_path, "helm")
    folder = tmp_path / "project"
    write(folder, {**CHART, ".git/x": "", "loose.yaml": reader("PORT", config="fixed")})
    config = Config(helm_program=str(program))
    found = ["chart/templates/pod.yaml:9:72: error[missing-key] the ConfigMap `settings` has no key `PORT`"]
    for name in ("templates/pod.yaml", "templates/config.yaml", "Chart.yaml"):
        assert concise(named(folder, f"chart/{name}", config=config)) == found
        assert calls(program) == 1
    assert concise(named(folder, "chart/values.yaml", config=config)) == found
    assert calls(program) == 1
    result = named(folder, "loose.yaml", config=config)
    assert concise(result) == []
    assert [each.code for each in result.outcome.unverified] == ["defined-elsewhere"]
    assert calls(program) == 0


def key(finding: Finding) -> tuple[str, str, int, str]:
    """What a finding is."""
    return finding.rule, finding.location.path, finding.location.start.line, finding.message


@pytest.mark.parametrize("name", sorted(path.name for path in (FIXTURES / "projects").iterdir()))
def test_a_file_has_the_findings_that_it_has_in_its_project(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(FIXTURES / "projects" / name, folder)
    (folder / ".git").mkdir()
    whole = run(folder).outcome
    assert whole.documents
    for path in sorted(path for path in folder.rglob("*.y*ml") if path.name not in (*KUSTOMIZATIONS, "Chart.yaml")):
        shown = path.relative_to(folder).as_posix()
        expected = {key(finding) for finding in whole.findings if shown in paths_of(finding)}
        outcome = named(folder, shown).outcome
        assert {key(finding) for finding in outcome.findings} == expected
        unverified = {each for each in whole.unverified if each.location.path == shown}
        assert {each.name for each in outcome.unverified} == {each.name for each in unverified}


def paths_of(finding: Finding) -> set[str]:
    """The paths of a finding and of its related places."""
    return {finding.location.path, *(related.location.path for related in finding.related)}


# the command


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """The same project as a repository, with one commit."""
    files = {"a/config.yaml": CONFIG_MAP, "a/good.yaml": reader("LEVEL"), "b/bad.yaml": reader("PORT", "other")}
    return Repository(tmp_path / "shop", files)


def lines(folder: Path, *words: str, **environment: str) -> list[str]:
    """The findings of a run of the command."""
    return cmlint(folder, "check", "--format", "concise", "-q", *words, **environment).stdout.splitlines()


def test_the_command_reads_the_context_unless_it_must_not(shop: Repository) -> None:
    assert lines(shop.folder, "a/good.yaml") == []
    assert lines(shop.folder, "a/good.yaml", "--no-context") == [missing("a/good.yaml")]
    done = cmlint(shop.folder, "check", "a/good.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "no problems in 1 file (1 document, 1 container, 1 reference)\n"


def test_env_shows_what_the_rest_of_the_project_gives(shop: Repository) -> None:
    shown = cmlint(shop.folder, "env", "a/good.yaml").stdout
    assert shown == "Pod web  a/good.yaml\n  container web\n    X  info  ConfigMap settings:LEVEL\n"
    assert "ConfigMap settings key LEVEL: missing" in cmlint(shop.folder, "env", "a/good.yaml", "--no-context").stdout


def test_standard_input_and_pipes_have_no_context(shop: Repository) -> None:
    text = (shop.folder / "a/good.yaml").read_text(encoding="utf-8")
    done = cmlint(shop.folder, "check", "-", "--format", "concise", "-q", stdin=text)
    assert done.stdout.splitlines() == [missing("<stdin>")]
    done = shop.run("bash", "-c", "cmlint check --format concise -q <(cat a/good.yaml)")
    assert done.stdout.partition(":")[2] == missing("").removeprefix(":") + "\n"


def test_what_is_staged_has_its_context(shop: Repository) -> None:
    shop.edit("a/config.yaml", "LEVEL", "LEVELS")
    shop.git("add", "--all")
    shop.edit("a/config.yaml", "LEVELS", "LEVEL")
    both = [lacking("a/good.yaml", "LEVEL"), lacking("b/bad.yaml", "PORT")]
    assert lines(shop.folder, "--staged", "a/config.yaml") == both
    assert lines(shop.folder, "--staged", "a/good.yaml") == both[:1]
    assert lines(shop.folder, "a/good.yaml") == []
    assert lines(shop.folder, "--staged", "--since", "HEAD", "a/config.yaml") == both[:1]


def test_what_is_older_than_the_change_has_its_context(shop: Repository) -> None:
    assert lines(shop.folder, "--since", "HEAD", "b/bad.yaml") == []
    shop.edit("a/config.yaml", "LEVEL", "LEVELS")
    assert lines(shop.folder, "--since", "HEAD", "a/config.yaml") == [lacking("a/good.yaml", "LEVEL")]
    assert lines(shop.folder, "--since", "HEAD", "a/good.yaml") == [lacking("a/good.yaml", "LEVEL")]


def test_only_named_files_are_fixed(shop: Repository) -> None:
    shop.edit("a/config.yaml", "LEVEL", "LEVELS")
    config, good = shop.folder / "a/config.yaml", shop.folder / "a/good.yaml"
    before = good.read_text(encoding="utf-8")
    lines(shop.folder, "--fix", "--unsafe-fixes", "a/config.yaml")
    assert (config.read_text(encoding="utf-8"), good.read_text(encoding="utf-8")) == (
        CONFIG_MAP.replace("LEVEL", "LEVELS"),
        before,
    )
    lines(shop.folder, "--add-ignores", "a/config.yaml")
    assert "# cmlint: ignore[missing-key]" in config.read_text(encoding="utf-8")
    assert good.read_text(encoding="utf-8") == before
    assert lines(shop.folder, "--fix", "--unsafe-fixes", "--no-ignores", "a/good.yaml") == []
    assert good.read_text(encoding="utf-8") == before.replace("key: LEVEL", "key: LEVELS")


def test_what_is_kept_changes_no_answer(shop: Repository, tmp_path: Path) -> None:
    kept = {"CMLINT_CACHE_DIR": str(tmp_path / "cache")}
    time.sleep(0.2)
    for _ in range(2):
        assert lines(shop.folder, "a/good.yaml", **kept) == []
    assert [name.suffix for name in (tmp_path / "cache").rglob("*.facts")] == [".facts"]
    shop.edit("a/config.yaml", "LEVEL", "LEVELS")
    assert lines(shop.folder, "a/good.yaml", **kept) == [lacking("a/good.yaml", "LEVEL")]
    both = [lacking("a/good.yaml", "LEVEL"), lacking("b/bad.yaml", "PORT")]
    assert lines(shop.folder, ".", **kept) == both
    assert lines(shop.folder, "b/bad.yaml", "--no-cache", **kept) == both[1:]


def test_a_part_of_the_builds_leaves_the_others_kept(tmp_path: Path) -> None:
    program = counting(tmp_path, "kustomize")
    kept = {"CMLINT_CACHE_DIR": str(tmp_path / "cache"), "CMLINT_KUSTOMIZE": str(program)}
    folder = tmp_path / "project"
    write(folder, {**KUSTOMIZED, ".git/x": ""})
    time.sleep(0.2)
    whole = lines(folder, ".", **kept)
    assert (whole, calls(program)) == ([lacking("base/pod.yaml", "LEVEL")], 3)
    assert lines(folder, "far/config.yaml", **kept) == []
    assert calls(program) == 0
    assert lines(folder, ".", "--pedantic", "--select", "missing-key", **kept) == whole
    assert calls(program) == 0
    os.utime(folder / "far/config.yaml", (0, 0))
    assert lines(folder, "far/config.yaml", **kept) == []
    assert calls(program) == 1
