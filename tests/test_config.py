"""The configuration: where it is found, what it does, and what is said of one that is wrong."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import msgspec
import platformdirs
import pytest

from cmlint.cli.check import PARAMETERS
from cmlint.cli.inputs import users_file
from cmlint.cli.refusals import option_of, variable_of
from cmlint.config.config import Config
from cmlint.config.patterns import anchored
from cmlint.config.settings import SETTINGS
from cmlint.errors import FatalError
from cmlint.patterns import Patterns
from tests.support import schema, settings
from tests.support.command import cmlint
from tests.support.repository import Repository
from tests.support.run import inside, loaded, write

FULL = """\
select: [all]
ignore: [images, missing-key]
exclude: [old/, "*.tmp.yaml"]
per-path-ignore:
  tests/: [references]
external: [ConfigMap/made-elsewhere, "kube-*"]
secrets: all
references: strict
assume-always-pull: true
mutable-tags: [dev-*]
pinned-tags: ["v*"]
kubernetes-version: "1.31"
pedantic: yes
fail-on: info
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"

FULL_TOML = """\
[tool.other]
select = 1

[tool.cmlint]
select = ["all"]
ignore = ["images", "missing-key"]
exclude = ["old/", "*.tmp.yaml"]
external = ["ConfigMap/made-elsewhere", "kube-*"]
secrets = "all"
references = "strict"
assume-always-pull = true
mutable-tags = ["dev-*"]
pinned-tags = ["v*"]
kubernetes-version = "1.31"
pedantic = true
fail-on = "info"

[tool.cmlint.per-path-ignore]
"tests/" = ["references"]
"""


def configured(folder: Path, path: str | None = None) -> Config:
    """The configuration as the command finds it in a folder."""
    with inside(folder):
        return loaded(path)


@pytest.mark.parametrize(
    ("name", "text"), [(".cmlint.yaml", FULL), (".cmlint.yml", FULL), ("pyproject.toml", FULL_TOML)]
)
def test_every_setting_is_read(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text})
    assert configured(tmp_path) == Config(
        select=("all",),
        ignore=("images", "missing-key"),
        exclude=(f"{tmp_path}/**/old/", f"{tmp_path}/**/*.tmp.yaml"),
        per_path_ignore={f"{tmp_path}/**/tests/": ("references",)},
        external=("ConfigMap/made-elsewhere", "kube-*"),
        secrets="all",
        references="strict",
        assume_always_pull=True,
        mutable_tags=("dev-*",),
        pinned_tags=("v*",),
        kubernetes_version="1.31",
        pedantic=True,
        fail_on="info",
    )


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    write(tmp_path, {".cmlint.yaml": "pedantic: true", "a/b/c.txt": "", "a/.cmlint.yaml": "secrets: all"})
    write(tmp_path, {"a/pyproject.toml": "[tool.cmlint]\nfail-on = 'error'\n", "a/b/pyproject.toml": "[tool.x]\n"})
    assert configured(tmp_path) == Config(pedantic=True)
    assert configured(tmp_path / "a" / "b") == Config(secrets="all")
    assert configured(tmp_path / "a" / "b", "../pyproject.toml") == Config(fail_on="error")


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "---\n", "\ufeffpedantic: false\n"])
def test_an_empty_configuration_changes_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, {".cmlint.yaml": text})
    assert configured(tmp_path) == Config()


ALL = "there are " + ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(Config))


@pytest.mark.parametrize(
    ("text", "place", "message", "help_"),
    [
        ("selct: []", "1:1", "unknown setting `selct`", "did you mean `select`?"),
        (
            "pedantic: true\nper_path_ignore: {}",
            "2:1",
            "unknown setting `per_path_ignore`",
            "did you mean `per-path-ignore`?",
        ),
        ("zzzzzz: 1", "1:1", "unknown setting `zzzzzz`", ALL),
        ("- a", "1:1", "must be a mapping, but it is a list", "`cmlint schema` says what it may hold"),
        ("a", "1:1", "must be a mapping, but it is a string", "`cmlint schema` says what it may hold"),
        ("pedantic: 1", "1:11", "`pedantic` must be a boolean, but it is a number", "write `true` or `false`"),
        ("pedantic: 'true'", "1:11", "`pedantic` must be a boolean, but it is a string", "write `true` or `false`"),
        (
            "kubernetes-version: 1.30",
            "1:21",
            "`kubernetes-version` must be a string, but it is a number",
            "put it in quotes",
        ),
        ("kubernetes-version: '2'", "1:21", "`2` is not a Kubernetes version", "write it like `1.31`"),
        ("fail-on: warn", "1:10", "`fail-on` cannot be `warn`", "did you mean `warning`?"),
        ("fail-on: fatal", "1:10", "`fail-on` cannot be `fatal`", "there are `error`, `warning`, `info`, `never`"),
        ("secrets: true", "1:10", "`secrets` cannot be a boolean", "there are `evidence`, `all`"),
        ("secrets:", "1:9", "`secrets` cannot be nothing", "there are `evidence`, `all`"),
        ("select:", "1:8", "`select` must be a list of strings, but it is nothing", "give it a value, or leave it out"),
        (
            "exclude: old/",
            "1:10",
            "`exclude` must be a list of strings, but it is a string",
            "put it in brackets: `[...]`",
        ),
        ("select: [all, 1]", "1:15", "`select[1]` must be a string, but it is a number", "put it in quotes"),
        ("select: [missing-keys]", "1:10", "unknown rule or family `missing-keys`", "did you mean `missing-key`?"),
        ("ignore:\n- all\n- zzzzzz", "3:3", "unknown rule or family `zzzzzz`", "`cmlint rule` lists them"),
        (
            "per-path-ignore: []",
            "1:18",
            "`per-path-ignore` must be a mapping of patterns to lists, but it is a list",
            "write it like `'tests/': [missing-key]`",
        ),
        (
            "sources: [app]",
            "1:10",
            "`sources` must be a mapping of images to folders, but it is a list",
            "write it like `'ghcr.io/org/app*': services/app`",
        ),
        (
            "per-path-ignore:\n  a: all",
            "2:6",
            "`per-path-ignore.a` must be a list of strings, but it is a string",
            "put it in brackets: `[...]`",
        ),
        ("per-path-ignore:\n  a: [imagse]", "2:7", "unknown rule or family `imagse`", "did you mean `images`?"),
        ("per-path-ignore:\n  '!': [all]", "2:3", "`!` is not a valid path pattern", "use the syntax of `.gitignore`"),
        ("exclude: ['!']", "1:11", "`!` is not a valid path pattern", "use the syntax of `.gitignore`"),
        (
            "external: [Deployment/a]",
            "1:12",
            "`Deployment` is neither ConfigMap nor Secret",
            "write `ConfigMap/name`, `Secret/name` or `name`",
        ),
        ("select: [all]\nselect: []", "2:1", "`select` is set twice", "it is first in line 1"),
        ("select: [all\nignore: []", "2:7", "not valid YAML: did not find expected ',' or ']'", "fix it there"),
        ("a:\n\tb: 1", "2:1", "not valid YAML: found character that cannot start any token", "fix it there"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, place: str, message: str, help_: str) -> None:
    write(tmp_path, {".cmlint.yaml": text})
    with pytest.raises(FatalError) as error:
        configured(tmp_path)
    assert (error.value.message, error.value.help) == (f".cmlint.yaml:{place}: {message}", help_)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[tool.cmlint]\nselct = []", ":2:1", "unknown setting `selct`"),
        ("[tool.x]\nselect = 1\n\n[tool.cmlint]\n  select = ['zzzzzz']", ":5:3", "unknown rule or family `zzzzzz`"),
        ("[tool]\ncmlint.pedantic = 1", ":2:8", "`pedantic` must be a boolean, but it is a number"),
        (
            "[tool.cmlint.per-path-ignore]\n'a' = [1]",
            ":2:2",
            "`per-path-ignore.a[0]` must be a string, but it is a number",
        ),
        ("[tool.cmlint]\nfail-on = 2024-01-31", ":2:1", "`fail-on` cannot be a date or time"),
        ("[tool.cmlint]\nselect = ?", ":2:10", "not valid TOML: Invalid value"),
        ("[[tool.cmlint]]\nselect = []", ":1:1", "must be a mapping, but it is a list"),
    ],
)
def test_what_is_wrong_in_a_pyproject_is_named_with_its_place(
    tmp_path: Path, text: str, place: str, message: str
) -> None:
    write(tmp_path, {"pyproject.toml": text})
    with pytest.raises(FatalError) as error:
        configured(tmp_path, "pyproject.toml")
    assert error.value.message == f"pyproject.toml{place}: {message}"


def test_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".cmlint.yaml").write_bytes(b"a: \xff")
    done = cmlint(tmp_path, "check")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "cmlint: error: .cmlint.yaml: not valid UTF-8 at byte 3\nhelp: save the file as UTF-8\n"
    assert cmlint(tmp_path, "env").stderr == done.stderr
    assert cmlint(tmp_path, "rule").returncode == 0


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("old/", "a/old/x.yaml", True),
        ("old/", "old/x.yaml", True),
        ("old/", "old", False),
        ("/old", "a/old/x.yaml", False),
        ("/old", "old/x.yaml", True),
        ("a/*.yaml", "a/x.yaml", True),
        ("a/*.yaml", "b/a/x.yaml", False),
        ("**/a/*.yaml", "b/a/x.yaml", True),
        ("x.yaml", "a/b/x.yaml", True),
        ("[xy].yaml", "a/y.yaml", True),
    ],
)
@pytest.mark.parametrize("folder", ["/", "/srv/it's [a] *folder*!", "/a"])
def test_a_pattern_is_relative_to_its_folder(folder: str, pattern: str, path: str, matches: bool) -> None:
    patterns = Patterns([anchored(pattern, folder)])
    assert patterns.match(os.path.join(folder, path)) is matches
    assert folder == "/" or not patterns.match(os.path.join("/elsewhere", path))


def test_a_negated_pattern_stays_one() -> None:
    patterns = Patterns([anchored("*.yaml", "/a"), anchored("!keep.yaml", "/a")])
    assert patterns.match("/a/b/x.yaml")
    assert not patterns.match("/a/b/keep.yaml")


MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: "app:dev-1", env: [{name: A, value: 1}]}]}
"""


def rules_in(folder: Path, *words: str) -> list[str]:
    """The findings of a run, as `path rule`."""
    lines = cmlint(folder, "check", "--format", "concise", "-q", *words).stdout.splitlines()
    return [f"{line.partition(':')[0]} {line.partition('[')[2].partition(']')[0]}" for line in lines]


def test_what_is_settled_is_done(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MANIFEST, "tests/b.yaml": MANIFEST, "old/c.yaml": MANIFEST})
    write(tmp_path, {".cmlint.yaml": "exclude: [/old]\nper-path-ignore: {tests/: [all]}\nmutable-tags: [dev-*]\n"})
    assert rules_in(tmp_path) == ["a.yaml mutable-tag", "a.yaml non-string-env"]
    assert rules_in(tmp_path / "tests") == []
    assert rules_in(tmp_path / "tests", "..") == ["../a.yaml mutable-tag", "../a.yaml non-string-env"]
    assert rules_in(tmp_path, "--no-ignores", "tests") == ["tests/b.yaml mutable-tag", "tests/b.yaml non-string-env"]
    assert rules_in(tmp_path, "old/c.yaml") == ["old/c.yaml mutable-tag", "old/c.yaml non-string-env"]


def test_the_line_comes_before_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": MANIFEST, "b.yaml": MANIFEST})
    write(
        tmp_path, {".cmlint.yaml": "select: [mutable-tag]\nmutable-tags: [dev-*]\nfail-on: never\nexclude: [b.yaml]\n"}
    )
    assert rules_in(tmp_path) == ["a.yaml mutable-tag"]
    assert cmlint(tmp_path, "check").returncode == 0
    assert cmlint(tmp_path, "check", "--fail-on", "warning").returncode == 1
    assert rules_in(tmp_path, "--select", "non-string-env") == ["a.yaml non-string-env"]
    assert rules_in(tmp_path, "--ignore", "images") == []
    assert rules_in(tmp_path, "--exclude", "a.yaml") == []
    write(tmp_path, {"other.yaml": "ignore: [mutable-tag]\n"})
    assert rules_in(tmp_path, "--config", "other.yaml", "a.yaml") == ["a.yaml non-string-env"]


# where settings may be set


def test_the_table_names_every_setting_and_every_option_of_theirs() -> None:
    assert [*SETTINGS] == [field.encode_name for field in msgspec.structs.fields(Config)]
    options = {parameter.field: parameter for parameter in PARAMETERS}
    for name, setting in SETTINGS.items():
        assert setting.files
        if setting.option:
            assert options[setting.option].flags[0] == option_of(name)
            assert options[setting.option].variable == variable_of(name)
    assert {parameter.field for parameter in PARAMETERS if parameter.variable} == {
        SETTINGS[name].option
        for name in ("kustomize", "allow-remote", "enable-helm", "build-dependencies", "helm-program", "cache-dir")
    }


def test_the_docs_and_the_schema_say_where_a_setting_may_be_set() -> None:
    page = settings.FILE.read_text(encoding="utf-8")
    assert page == settings.render(), "`make docs` writes it anew"
    assert "| `enable-helm` |  |  | yes | `CMLINT_ENABLE_HELM` | `--enable-helm` |\n" in page
    assert "| `baseline` | yes |  |  |  | `--baseline` |\n" in page
    fields = json.loads(schema.FILE.read_text(encoding="utf-8"))["properties"]
    assert fields["enable-helm"]["x-cmlint-places"] == ["user", "environment", "command line"]
    assert fields["enable-helm"]["description"].endswith("It counts only in the user's configuration.")
    assert fields["external"]["x-cmlint-places"] == ["user", "repository"]
    assert fields["exclude"]["description"].endswith("It counts only in the repository's configuration.")


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    """The environment with a folder for the user's configuration, beside the project."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "user")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a finding of `mutable-tag` by its configuration, and one of `non-string-env`."""
    write(tmp_path / "project", {"a.yaml": MANIFEST})
    return tmp_path / "project"


def found(folder: Path, *words: str, **environment: str) -> list[str]:
    """The rules of what a run finds, in which nothing is warned of."""
    done = cmlint(folder, "check", "--format", "concise", "-q", "--no-cache", *words, **environment)
    assert done.stderr == ""
    return re.findall(r"\[([\w-]+)\]", done.stdout)


def test_a_setting_counts_from_the_nearest_place(project: Path, user: dict[str, str]) -> None:
    both = ["mutable-tag", "non-string-env"]
    own = {"user/cmlint/config.yaml": "ignore: [non-string-env]\nmutable-tags: [dev-*]\nfail-on: error\n"}
    assert found(project, **user) == ["non-string-env"]
    write(project.parent, own)
    assert found(project, **user) == ["mutable-tag"]
    assert cmlint(project, "check", **user).returncode == 0
    assert cmlint(project, "check", "--fail-on", "warning", **user).returncode == 1
    assert found(project, "--isolated", **user) == ["non-string-env"]
    write(project, {".cmlint.yaml": "ignore: []\n"})
    assert found(project, **user) == both
    assert cmlint(project, "check", **user).returncode == 1
    assert found(project, "--ignore", "images", **user) == ["non-string-env"]
    write(project, {".cmlint.yaml": "ignore: [mutable-tag]\nmutable-tags: [dev-*]\n"})
    assert found(project, **user) == ["non-string-env"]
    assert found(project, "--ignore", "environment", **user) == []
    assert found(project, "--config", "/dev/null", **user) == ["mutable-tag"]
    write(project, {".cmlint.yaml": "ignore: [all]\n"})
    assert found(project, "--isolated", **user) == ["non-string-env"]


CHARTS = {
    "kustomization.yaml": "helmCharts: [{name: web}]\n",
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/templates/a.yaml": SERVICE,
}
NOT_ALLOWED = "a Helm chart is rendered only with `--enable-helm`"


@pytest.mark.parametrize("command", ["check", "env"])
def test_what_opens_the_machine_counts_from_the_line_the_environment_and_the_user(
    project: Path, user: dict[str, str], command: str
) -> None:
    write(project, CHARTS)

    def allowed(*words: str, **environment: str) -> bool:
        done = cmlint(project, command, *words, **user, **environment)
        return NOT_ALLOWED not in done.stdout + done.stderr

    assert not allowed()
    assert allowed("--enable-helm")
    assert [allowed(CMLINT_ENABLE_HELM=word) for word in ("true", "1", "Yes", "false", "0", "")] == [True] * 3 + [
        False
    ] * 3
    write(project.parent, {"user/cmlint/config.yaml": "enable-helm: true\n"})
    assert allowed()
    assert not allowed(CMLINT_ENABLE_HELM="off")
    assert allowed("--enable-helm", CMLINT_ENABLE_HELM="off")
    assert not allowed("--isolated")
    assert allowed("--isolated", CMLINT_ENABLE_HELM="on")


def test_a_variable_that_is_neither_true_nor_false_is_wrong(project: Path) -> None:
    done = cmlint(project, "check", CMLINT_ALLOW_REMOTE="maybe")
    error = "cmlint: error: CMLINT_ALLOW_REMOTE must be `true` or `false`\nhelp: set it to one of them, or unset it\n"
    assert (done.returncode, done.stderr) == (2, error)
    assert cmlint(project, "check", "--help", CMLINT_ALLOW_REMOTE="maybe").returncode == 0
    assert cmlint(project, "rule", CMLINT_ALLOW_REMOTE="maybe").returncode == 0


@pytest.mark.parametrize(("setting", "option"), [("kustomize", "--kustomize"), ("helm-program", "--helm")])
def test_the_user_names_programs(project: Path, user: dict[str, str], setting: str, option: str) -> None:
    write(project, {**CHARTS, "kustomization.yaml": "resources: [a.yaml]\n"})
    write(project.parent, {"user/cmlint/config.yaml": f"{setting}: ./own\n"})
    for place, given in (
        (project.parent / "user/cmlint/own", {}),
        ("sought", {option.replace("--", "CMLINT_").upper(): "sought"}),
    ):
        done = cmlint(project, "check", **user, **given)
        assert (done.returncode, f"cannot find the program `{place}` to " in done.stderr) == (2, True)
    assert "cannot find the program `line` to" in cmlint(project, "check", option, "line", **user).stderr


def test_the_cache_lies_where_the_line_the_environment_or_the_user_says(project: Path, user: dict[str, str]) -> None:
    def folder(*words: str, **environment: str) -> str:
        return cmlint(project, "cache", *words, **user, **environment).stdout.strip()

    write(project.parent, {"user/cmlint/config.yaml": "cache-dir: kept\n"})
    assert folder() == f"{project.parent}/user/cmlint/kept"
    assert folder(CMLINT_CACHE_DIR="/a/b") == "/a/b"
    assert folder("--cache-dir", "/c", CMLINT_CACHE_DIR="/a/b") == "/c"
    cmlint(project, "check", "--isolated", **user)
    assert not (project.parent / "user/cmlint/kept").exists()
    assert cmlint(project, "check", **user).stderr == ""
    assert list((project.parent / "user/cmlint/kept").glob("*.facts"))


def test_a_setting_of_one_project_does_not_count_in_the_users_configuration(
    project: Path, user: dict[str, str]
) -> None:
    write(project.parent, {"user/cmlint/config.yaml": "exclude: ['*']\nbaseline: b.json\nbuild-timeout: 3600\n"})
    done = cmlint(project, "check", "--format", "concise", "-q", **user)
    assert done.returncode == 1 and "non-string-env" in done.stdout
    assert done.stderr == (
        "cmlint: warning: ../user/cmlint/config.yaml:1:1: `exclude` does not count in the user's configuration; "
        "set it with `--exclude` or the repository's configuration\n"
        "cmlint: warning: ../user/cmlint/config.yaml:2:1: `baseline` does not count in the user's configuration; "
        "set it with `--baseline` or the repository's configuration\n"
    )


def test_a_mistake_in_the_users_configuration_is_named_with_its_place(project: Path, user: dict[str, str]) -> None:
    write(project.parent, {"user/cmlint/config.yaml": "pedantic: 1\n"})
    done = cmlint(project, "check", **user)
    error = "cmlint: error: ../user/cmlint/config.yaml:1:11: `pedantic` must be a boolean, but it is a number\n"
    assert (done.returncode, done.stderr) == (2, f"{error}help: write `true` or `false`\n")


def test_a_run_that_is_repeated_notices_the_users_configuration_and_the_environment(
    project: Path, user: dict[str, str]
) -> None:
    write(project, {**CHARTS, ".cmlint.yaml": "enable-helm: true\n"})
    time.sleep(0.2)

    def told(**environment: str) -> tuple[str, bool]:
        done = cmlint(project, "check", "--cache-dir", str(project.parent / "cache"), **user, **environment)
        return done.stderr, NOT_ALLOWED in done.stdout

    first = told()
    assert first[1] and "`enable-helm` does not count in a repository's configuration" in first[0]
    assert list((project.parent / "cache").glob("*.run"))
    assert told() == first
    assert not told(CMLINT_ENABLE_HELM="true")[1]
    assert told() == first
    write(project.parent, {"user/cmlint/config.yaml": "enable-helm: true\n"})
    assert not told()[1]
    (project.parent / "user/cmlint/config.yaml").unlink()
    assert told() == first


# another configuration


def test_a_commit_has_its_own_configuration(tmp_path: Path) -> None:
    one = Repository(tmp_path / "shop", {"app/a.yaml": MANIFEST, ".cmlint.yaml": "mutable-tags: [dev-*]\n"})
    one.write({".cmlint.yaml": "select: [too-large]\n", "app/.cmlint.yaml": "selct: [all]\n"})
    app = tmp_path / "shop/app"
    both = ["mutable-tag", "non-string-env"]
    assert found(app, "--config-from", "main") == found(app, "--config-from", "HEAD") == both
    assert cmlint(tmp_path / "shop", "check").stderr.startswith("cmlint: error: app/.cmlint.yaml:1:1: unknown setting")
    one.write({"app/pyproject.toml": "[tool.cmlint]\nignore = ['images']\n", "app/.cmlint.yaml": "ignore: [all]"})
    one.git("rm", "--quiet", "--cached", ".cmlint.yaml")
    one.git("add", "app/pyproject.toml")
    one.git("commit", "--quiet", "--message", "Move")
    assert found(app, "--config-from", "main") == ["non-string-env"]
    assert found(app, "--config-from", "main~") == both
    done = cmlint(tmp_path / "shop", "check", "--config-from", "main", "--verbose", "--no-cache")
    assert "cmlint: note: no configuration in `main`: using the defaults\n" in done.stderr
    assert "non-string-env" in done.stdout


def test_a_commits_configuration_is_named_in_errors(tmp_path: Path) -> None:
    one = Repository(tmp_path, {"a.yaml": MANIFEST, ".cmlint.yaml": "# Ours.\nselct: []\n"})
    one.git("branch", "old")
    one.write({".cmlint.yaml": "allow-remote: true\n"})
    one.commit()
    done = cmlint(tmp_path, "check", "--config-from", "old")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "cmlint: error: old:.cmlint.yaml:2:1: unknown setting `selct`\nhelp: did you mean `select`?\n"
    )
    done = cmlint(tmp_path, "check", "--config-from", "main")
    assert done.returncode == 1
    assert done.stderr.startswith("cmlint: warning: main:.cmlint.yaml:1:1: `allow-remote` does not count in a repo")
    done = cmlint(tmp_path, "check", "--config-from", "nope")
    assert (done.returncode, done.stderr) == (
        2,
        "cmlint: error: git cannot find the commit `nope`\nhelp: give a branch, a tag or a commit of this repository; "
        "`git fetch` gets new ones from the remote\n",
    )


def test_a_commits_baseline_is_read_from_the_commit(tmp_path: Path) -> None:
    one = Repository(tmp_path, {"a.yaml": MANIFEST, ".cmlint.yaml": "baseline: ci/b.json\n"})
    (tmp_path / "ci").mkdir()
    cmlint(tmp_path, "check", "--write-baseline", "ci/b.json")
    assert found(tmp_path) == []
    done = cmlint(tmp_path, "check", "--config-from", "main")
    assert (done.returncode, done.stderr) == (
        2,
        "cmlint: error: main:ci/b.json: no such file\nhelp: commit the file that the configuration names\n",
    )
    one.write({"ci/b.json": '{"version": 1, "findings": []}\n'})
    one.commit()
    cmlint(tmp_path, "check", "--write-baseline", "ci/b.json")
    assert found(tmp_path) == []
    assert found(tmp_path, "--config-from", "main") == ["non-string-env"]
    assert found(tmp_path, "--config-from", "main", "--baseline", "ci/b.json") == []


@pytest.mark.parametrize("command", ["check", "env", "audit"])
@pytest.mark.parametrize(
    ("words", "first", "second"),
    [
        (("--config-from", "HEAD", "--config", "a"), "--config", "--config-from"),
        (("--isolated", "--config-from", "HEAD"), "--config-from", "--isolated"),
        (("--isolated", "--config", "a"), "--config", "--isolated"),
    ],
)
def test_only_one_configuration_can_be_named(
    tmp_path: Path, command: str, words: tuple[str, ...], first: str, second: str
) -> None:
    done = cmlint(tmp_path, command, *words)
    error = f"cmlint: error: `{first}` and `{second}` exclude each other\nhelp: give one of them\n"
    assert (done.returncode, done.stderr) == (2, error)


@pytest.mark.parametrize("base", [None, "", " ", "/a/b"])
def test_the_users_configuration_lies_where_the_platform_has_it(
    monkeypatch: pytest.MonkeyPatch, base: str | None
) -> None:
    if base is None:
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CONFIG_HOME", base)
    assert users_file() == os.path.join(platformdirs.user_config_dir("cmlint", appauthor=False), "config.yaml")
