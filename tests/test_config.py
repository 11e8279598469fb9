"""The configuration: where it is found, what it does, and what is said of one that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from cmlint.config import Config, anchored
from cmlint.errors import FatalError
from cmlint.sources.files import spec_of
from tests.support.command import cmlint
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
        ("selct: []", "1:1", "there is no setting `selct`", "did you mean `select`?"),
        (
            "pedantic: true\nper_path_ignore: {}",
            "2:1",
            "there is no setting `per_path_ignore`",
            "did you mean `per-path-ignore`?",
        ),
        ("zzzzzz: 1", "1:1", "there is no setting `zzzzzz`", ALL),
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
        ("kubernetes-version: '2'", "1:21", "`2` is no Kubernetes version", "write it like `1.31`"),
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
        ("select: [missing-keys]", "1:10", "there is no rule or family `missing-keys`", "did you mean `missing-key`?"),
        ("ignore:\n- all\n- zzzzzz", "3:3", "there is no rule or family `zzzzzz`", "`cmlint rule` lists them"),
        (
            "per-path-ignore: []",
            "1:18",
            "`per-path-ignore` must be a mapping of patterns to lists, but it is a list",
            "write it like `'tests/': [missing-key]`",
        ),
        (
            "per-path-ignore:\n  a: all",
            "2:6",
            "`per-path-ignore.a` must be a list of strings, but it is a string",
            "put it in brackets: `[...]`",
        ),
        ("per-path-ignore:\n  a: [imagse]", "2:7", "there is no rule or family `imagse`", "did you mean `images`?"),
        ("per-path-ignore:\n  '!': [all]", "2:3", "`!` is no pattern of paths", "write it as in `.gitignore`"),
        ("exclude: ['!']", "1:11", "`!` is no pattern of paths", "write it as in `.gitignore`"),
        (
            "external: [Deployment/a]",
            "1:12",
            "`Deployment` is neither ConfigMap nor Secret",
            "write `ConfigMap/name`, `Secret/name` or `name`",
        ),
        ("select: [all]\nselect: []", "2:1", "`select` stands twice", "it is first in line 1"),
        ("select: [all\nignore: []", "2:7", "not valid YAML: did not find expected ',' or ']'", "mend it there"),
        ("a:\n\tb: 1", "2:1", "not valid YAML: found character that cannot start any token", "mend it there"),
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
        ("[tool.cmlint]\nselct = []", ":2:1", "there is no setting `selct`"),
        ("[tool.x]\nselect = 1\n\n[tool.cmlint]\n  select = ['zzzzzz']", ":5:3", "there is no rule or family `zzzzzz`"),
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
    spec = spec_of([anchored(pattern, folder)])
    assert spec is not None
    assert spec.match_file(os.path.join(folder, path)) is matches
    assert folder == "/" or not spec.match_file(os.path.join("/elsewhere", path))


def test_a_negated_pattern_stays_one() -> None:
    spec = spec_of([anchored("*.yaml", "/a"), anchored("!keep.yaml", "/a")])
    assert spec is not None
    assert spec.match_file("/a/b/x.yaml")
    assert not spec.match_file("/a/b/keep.yaml")


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
