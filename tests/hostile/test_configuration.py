"""A stranger's configuration: it opens nothing, reads nothing outside of its repository, and ends soon in one line."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cmlint.system.files import CONFIGURATION
from tests.support.command import COMMAND, cmlint, needed
from tests.support.repository import Repository
from tests.support.run import write

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
CHART = {
    "a.yaml": SERVICE,
    "k/kustomization.yaml": "helmCharts: [{name: web}]\n",
    "k/charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "r/kustomization.yaml": "resources: ['https://127.0.0.1:9/base']\n",
}
NOT_BUILT = (
    "k/kustomization.yaml:1:14: warning[not-built] the kustomization is not built: a Helm chart is rendered only with "
    "`--enable-helm`\n"
    "r/kustomization.yaml:1:13: warning[not-built] the kustomization is built without `https://127.0.0.1:9/base`: "
    "cmlint fetches nothing by default\n"
)
UNBUILT = (
    "cmlint: warning: k/kustomization.yaml: not built: a Helm chart is rendered only with `--enable-helm`\n"
    "cmlint: warning: r/kustomization.yaml: built without `https://127.0.0.1:9/base`: cmlint fetches nothing by "
    "default\n"
)
"""What `env` says of the same."""

CHECK = ("check", "--format", "concise", "-q")
OWN = "~/.config/cmlint/config.yaml"
SECRET = "hunter2-outside"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment with a home of the test's own, outside of the repository."""
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": ""}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with kustomizations that ask for helm and for the net."""
    write(tmp_path / "shop", CHART)
    (tmp_path / "shop/.git").mkdir()
    return tmp_path / "shop"


def refused(place: str, setting: str, ways: str) -> str:
    """The warning about a setting in a repository."""
    reason = f"`{setting}` does not count in a repository's configuration; set it with {ways}"
    return f"cmlint: warning: {place}: {reason} or {OWN}\n"


SETTINGS = [
    ("enable-helm", "true", "`--enable-helm`, CMLINT_ENABLE_HELM"),
    ("enable-helm", "'yes'", "`--enable-helm`, CMLINT_ENABLE_HELM"),
    ("enable-helm", "false", "`--enable-helm`, CMLINT_ENABLE_HELM"),
    ("allow-remote", "true", "`--allow-remote`, CMLINT_ALLOW_REMOTE"),
    ("build-dependencies", "true", "`--build-dependencies`, CMLINT_BUILD_DEPENDENCIES"),
    ("kustomize", "./kustomize", "`--kustomize`, CMLINT_KUSTOMIZE"),
    ("kustomize", "kustomize-mine", "`--kustomize`, CMLINT_KUSTOMIZE"),
    ("kustomize", "[a, b]", "`--kustomize`, CMLINT_KUSTOMIZE"),
    ("helm-program", "bin/helm", "`--helm`, CMLINT_HELM"),
    ("helm-program", "", "`--helm`, CMLINT_HELM"),
    ("cache-dir", ".", "`--cache-dir`, CMLINT_CACHE_DIR"),
]


@pytest.mark.parametrize(("setting", "value", "ways"), SETTINGS)
def test_what_opens_the_machine_is_one_warning(
    shop: Path, home: dict[str, str], setting: str, value: str, ways: str
) -> None:
    write(shop, {".cmlint.yaml": f"# Ours.\nfail-on: error\n{setting}: {value}\n"})
    done = cmlint(shop, *CHECK, **home)
    assert (done.returncode, done.stdout, done.stderr) == (0, NOT_BUILT, refused(".cmlint.yaml:3:1", setting, ways))


def test_every_refused_setting_is_told_once(shop: Path, home: dict[str, str]) -> None:
    write(shop, {".cmlint.yaml": "enable-helm: true\nallow-remote: true\nkustomize: ./k\n"})
    said = (
        refused(".cmlint.yaml:1:1", *SETTINGS[0][::2])
        + refused(".cmlint.yaml:2:1", *SETTINGS[3][::2])
        + refused(".cmlint.yaml:3:1", *SETTINGS[5][::2])
    )
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, said)
    assert cmlint(shop, "env", **home).stderr.startswith(said + UNBUILT)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (".cmlint.yml", "enable-helm: true\n", ".cmlint.yml:1:1"),
        (".cmlint.yaml", "{fail-on: error, 'enable-helm': true}\n", ".cmlint.yaml:1:18"),
        (".cmlint.yaml", '"enable\\u002dhelm": true\n', ".cmlint.yaml:1:1"),
        (".cmlint.yaml", "a: &a true\n".replace("a: &a true", "pedantic: &a true") + "enable-helm: *a\n", "2:1"),
        ("pyproject.toml", "[tool.cmlint]\nfail-on = 'error'\nenable-helm = true\n", "pyproject.toml:3:1"),
        ("pyproject.toml", "[tool.cmlint]\n  'enable-helm' = true\n", "pyproject.toml:2:4"),
    ],
)
def test_it_is_refused_however_it_is_written(
    shop: Path, home: dict[str, str], name: str, text: str, place: str
) -> None:
    write(shop, {name: text})
    place = place if ":" in place.removesuffix(place[-3:]) or "." in place else f"{name}:{place}"
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, refused(place, *SETTINGS[0][::2]))
    assert done.returncode == (0 if "fail-on" in text else 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Enable-Helm: true", "1:1: unknown setting `Enable-Helm`"),
        ("enable_helm: true", "1:1: unknown setting `enable_helm`"),
        ("ENABLE-HELM: true", "1:1: unknown setting `ENABLE-HELM`"),
        ("enable-helm : true\nenable-helm: true", "2:1: `enable-helm` is set twice"),
        ("x: &x {enable-helm: true}\n<<: *x", "1:1: unknown setting `x`"),
        ("<<: {enable-helm: true}", "1:1: unknown setting `<<`"),
        ("? {enable-helm: true}\n: 1", "1:3: a key must be a string"),
        ("helm: {enable-helm: true}", "1:8: unknown setting `helm.enable-helm`"),
    ],
)
def test_another_spelling_is_no_setting(shop: Path, home: dict[str, str], text: str, error: str) -> None:
    write(shop, {".cmlint.yaml": text})
    done = cmlint(shop, "check", **home)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cmlint: error: .cmlint.yaml:{error}\nhelp: ")
    assert done.stderr.count("\n") == 2


def test_a_configuration_below_grants_nothing(shop: Path, home: dict[str, str]) -> None:
    write(shop, {"k/.cmlint.yaml": "enable-helm: true\n"})
    helm = NOT_BUILT.splitlines(keepends=True)[0].replace("k/kust", "kust")
    done = cmlint(shop / "k", *CHECK, "--allow-empty", **home)
    assert (done.stdout, done.stderr) == (helm, refused(".cmlint.yaml:1:1", *SETTINGS[0][::2]))
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, refused("k/.cmlint.yaml:1:1", *SETTINGS[0][::2]))


def granted(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether a run let kustomize call helm."""
    assert "kustomization.yaml" in done.stdout
    return "rendered only with `--enable-helm`" not in done.stdout


def test_a_file_that_the_line_names_grants_only_from_outside(shop: Path, home: dict[str, str]) -> None:
    write(shop, {"ci/cmlint.yaml": "enable-helm: true\n", "sub/x.txt": ""})
    write(shop.parent, {"ours.yaml": "enable-helm: true\n", "other/a.yaml": SERVICE})
    inside, ours = str(shop / "ci/cmlint.yaml"), str(shop.parent / "ours.yaml")
    (shop.parent / "link.yaml").symlink_to(inside)
    (shop / "ci/out.yaml").symlink_to(ours)
    (shop / "away").symlink_to(shop.parent)
    (shop.parent / "in").symlink_to(shop)
    assert granted(cmlint(shop, "check", "--config", ours, **home))
    assert granted(cmlint(shop / "sub", "check", "..", "--config", "../../ours.yaml", **home))
    for folder, path, checked in (
        (shop, "ci/cmlint.yaml", "."),
        (shop, inside, "k"),
        (shop, "sub/../ci/cmlint.yaml", "."),
        (shop / "sub", "../ci/cmlint.yaml", ".."),
        (shop.parent / "other", inside, "../shop"),
        (shop.parent, "link.yaml", "shop"),
        (shop.parent, "in/ci/cmlint.yaml", "shop"),
        (shop.parent, "shop/ci/cmlint.yaml", "in"),
    ):
        done = cmlint(folder, "check", checked, "--config", path, **home)
        assert (granted(done), done.stderr.count("`enable-helm` does not count")) == (False, 1), path
    for path in ("ci/out.yaml", "away/ours.yaml"):
        done = cmlint(shop, "check", "--config", path, **home)
        assert (done.returncode, done.stdout, done.stderr) == (
            2,
            "",
            f"cmlint: error: {path}: a link that leads out of the repository\n"
            "help: `--config` takes the path of a file that can be read\n",
        )


def test_a_pipe_grants_nothing(shop: Path, home: dict[str, str]) -> None:
    line = f"{COMMAND} check --config <(echo 'enable-helm: true')"
    done = subprocess.run(
        ["bash", "-c", line], cwd=shop, env=needed() | home, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1 and not granted(done)
    assert "`enable-helm` does not count in a repository's configuration" in done.stderr


def test_a_home_in_the_repository_is_not_the_users(shop: Path, home: dict[str, str]) -> None:
    write(shop, {".config/cmlint/config.yaml": "enable-helm: true\ncache-dir: kept\n"})
    for variables in ({"HOME": str(shop)}, {"XDG_CONFIG_HOME": ".config"}, {"XDG_CONFIG_HOME": str(shop / ".config")}):
        done = cmlint(shop, "check", **(home | variables))
        assert not granted(done)
        assert done.stderr.count("does not count in a repository's configuration") == 2
        assert not (shop / ".config/cmlint/kept").exists()
    write(shop.parent, {"home/.config/cmlint/config.yaml": "enable-helm: true\n"})
    assert granted(cmlint(shop, "check", **home))


def test_a_pipe_in_the_users_place_is_one_line(shop: Path, home: dict[str, str]) -> None:
    path = shop.parent / "home/.config/cmlint/config.yaml"
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    error = "../home/.config/cmlint/config.yaml: not a regular file\nhelp: `--isolated` reads no configuration\n"
    assert cmlint(shop, "check", **home).stderr == f"cmlint: error: {error}"
    assert cmlint(shop, "cache", "dir", **home).returncode == 0
    done = cmlint(shop, *CHECK, "--isolated", **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, "")


def test_a_commit_grants_nothing(shop: Path, home: dict[str, str]) -> None:
    (shop / ".git").rmdir()
    Repository(shop, {**CHART, ".cmlint.yaml": "enable-helm: true\n"})
    done = cmlint(shop, "check", "--config-from", "HEAD", **home)
    assert not granted(done)
    assert done.stderr.startswith(refused("HEAD:.cmlint.yaml:1:1", *SETTINGS[0][::2]))


def test_a_change_cannot_switch_off_its_checks(shop: Path, home: dict[str, str]) -> None:
    (shop / ".git").rmdir()
    one = Repository(shop, {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n"})
    one.git("checkout", "--quiet", "-b", "change")
    for text in ("ignore: [all]\n", "exclude: ['*']\n", "fail-on: never\n", "selct: [", "\0"):
        one.write({".cmlint.yaml": text})
        assert cmlint(shop, "check", "--config-from", "main", **home).returncode == 1
    one.write({"pyproject.toml": "[tool.cmlint]\nignore = ['all']\n", "b.json": "", ".cmlint.yaml": "ignore: [all]\n"})
    one.commit()
    assert cmlint(shop, "check", "--config-from", "main", **home).returncode == 1
    done = cmlint(shop, "check", "--config-from", "change", **home)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "cmlint: error: no rule is selected")


def test_a_link_in_a_commit_is_not_followed(shop: Path, home: dict[str, str]) -> None:
    (shop / ".git").rmdir()
    (shop / ".cmlint.yaml").symlink_to("ci.yaml")
    Repository(shop, {"ci.yaml": "ignore: [all]\n"})
    done = cmlint(shop, "check", "--config-from", "HEAD", **home)
    assert (done.returncode, done.stderr) == (
        2,
        "cmlint: error: HEAD:.cmlint.yaml: not a regular file\nhelp: commit the file itself, not a link to it\n",
    )


@pytest.mark.parametrize("revision", ["--output=x", "-h", "HEAD:a.yaml", "HEAD^{tree}", "main..main", "", "\x1b[31m"])
def test_a_revision_is_only_a_revision(shop: Path, home: dict[str, str], revision: str) -> None:
    (shop / ".git").rmdir()
    Repository(shop, CHART)
    done = cmlint(shop, "check", f"--config-from={revision}", **home)
    if revision:
        assert done.returncode == 2 and done.stderr.startswith("cmlint: error: git cannot find the commit `")
    assert not (shop / "x").exists()


def outside(path: Path) -> None:
    """A link to a file outside, with something that must not be printed."""
    (path.parent.parent / "outside.yaml").write_text(f"{SECRET}: [\n", encoding="utf-8")
    path.symlink_to("../outside.yaml")


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "outside": (outside, "a link that leads out of the repository"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "a link that leads out of the repository"),
    "pipe": (os.mkfifo, "not a regular file"),
    "folder": (Path.mkdir, "not a regular file"),
    "loop": (lambda path: path.symlink_to(path.name), "too many levels of symbolic links"),
    "nowhere": (lambda path: path.symlink_to("nowhere"), "no such file or directory"),
    "large": (
        lambda path: path.write_text("#" * (CONFIGURATION + 1), encoding="utf-8"),
        "larger than 4 MB",
    ),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("words", [(), ("--config", ".cmlint.yaml")])
def test_a_configuration_that_is_no_file_of_the_repository_is_not_read(
    shop: Path, home: dict[str, str], kind: str, words: tuple[str, ...]
) -> None:
    make, reason = FILES[kind]
    make(shop / ".cmlint.yaml")
    for command in ("check", "env"):
        done = cmlint(shop, command, *words, **home)
        assert (done.returncode, done.stdout, done.stderr) == (
            2,
            "",
            f"cmlint: error: .cmlint.yaml: {reason}\nhelp: `--config` takes the path of a file that can be read\n",
        )


@pytest.mark.parametrize("kind", ["outside", "device", "pipe", "folder", "loop", "nowhere"])
def test_a_pyproject_that_is_no_file_of_the_repository_is_left_out(shop: Path, home: dict[str, str], kind: str) -> None:
    FILES[kind][0](shop / "pyproject.toml")
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (
        NOT_BUILT,
        "cmlint: warning: pyproject.toml: not read: it is not a regular file of the repository\n",
    )


def test_a_link_inside_the_repository_is_followed(shop: Path, home: dict[str, str]) -> None:
    write(shop, {"ci/shared.yaml": "pedantic: 1\n"})
    (shop / ".cmlint.yaml").symlink_to("ci/shared.yaml")
    done = cmlint(shop, "check", **home)
    assert done.stderr.startswith(
        "cmlint: error: .cmlint.yaml:1:11: `pedantic` must be a boolean, but it is a number\n"
    )


PATHS = ["../outside.yaml", "{top}/outside.yaml", "sub/../../outside.yaml", "link.yaml", "folder/outside.yaml"]


@pytest.mark.parametrize("path", [*PATHS, "/etc/passwd", "~/../../../etc/passwd", "/dev/stdin"])
@pytest.mark.parametrize(
    ("setting", "text"),
    [("baseline", 'baseline: "{}"\n'), ("helm.values", 'helm: {{values: {{web: ["a.yaml, {}"]}}}}\n')],
)
def test_a_setting_names_no_file_outside(shop: Path, home: dict[str, str], setting: str, text: str, path: str) -> None:
    outside(shop / "link.yaml")
    (shop / "folder").symlink_to(shop.parent)
    (shop / "sub").mkdir()
    path = path.replace("{top}", str(shop.parent))
    write(shop, {".cmlint.yaml": text.format(path)})
    done = cmlint(shop, "check", **home)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"`{setting}` names `" in done.stderr and ", which is not in the repository\n" in done.stderr
    assert done.stderr.startswith("cmlint: error: .cmlint.yaml:1:")
    assert done.stderr.endswith("\nhelp: a repository's configuration names only files of the repository\n")
    assert SECRET not in done.stderr


@pytest.mark.parametrize("text", ["baseline: pipe\n", "helm: {values: {web: [pipe]}}\n"])
def test_a_setting_names_no_pipe(shop: Path, home: dict[str, str], text: str) -> None:
    os.mkfifo(shop / "pipe")
    write(shop, {".cmlint.yaml": text})
    done = cmlint(shop, "check", **home)
    assert done.returncode == 2 and "names `pipe`, which is not a regular file\n" in done.stderr


def test_a_setting_names_files_anywhere_in_the_repository(shop: Path, home: dict[str, str]) -> None:
    write(shop, {"b.json": '{"version": 1, "findings": []}', "app/.cmlint.yaml": "baseline: ../b.json\n"})
    write(shop, {"app/a.yaml": SERVICE, "app/sub/x.txt": ""})
    assert cmlint(shop / "app", "check", **home).returncode == 0
    assert cmlint(shop / "app/sub", "check", "..", **home).returncode == 0
    (shop / ".git").rmdir()
    done = cmlint(shop / "app", "check", **home)
    assert done.returncode == 2 and "`baseline` names `../b.json`, which is not in the repository" in done.stderr


def test_a_timeout_has_a_bound(shop: Path, home: dict[str, str]) -> None:
    write(shop, {".cmlint.yaml": "build-timeout: 86400\n"})
    done = cmlint(shop, "check", **home)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "cmlint: warning: .cmlint.yaml:1:1: `build-timeout` counts as 600, the most that a repository's configuration "
        f"sets; set more in {OWN}\n"
    )
    write(shop, {".cmlint.yaml": "build-timeout: 600\n"})
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, "")


DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (".cmlint.yaml", f"build-timeout: {DIGITS}", ":1:16: a text of 5000 characters is too long"),
        (".cmlint.yaml", f"build-timeout: {'9' * 18}", ":1:16: `build-timeout` must be from 1 to 86400 seconds"),
        (
            ".cmlint.yaml",
            f"build-timeout: 0x{'f' * 4000}",
            ":1:16: `build-timeout` must be an integer number of seconds, but it is a string",
        ),
        (".cmlint.yaml", "build-timeout: -1", ":1:16: `build-timeout` must be from 1 to 86400 seconds"),
        (".cmlint.yaml", "build-timeout: !!int x", ":1:16: `x` is tagged `!!int` but is not one"),
        (".cmlint.yaml", f"? {'x' * 5000}\n: 1", ":1:3: a text of 5000 characters is too long"),
        (".cmlint.yaml", f"external: [{'x' * 5000}]", ":1:12: a text of 5000 characters is too long"),
        (
            ".cmlint.yaml",
            f"select: {'[' * 100_000}",
            ":1:1008: not valid YAML: exceeded maximum nesting depth|: nested too deeply",
        ),
        (".cmlint.yaml", f"select: {'[' * 400}{']' * 400}", ": nested too deeply"),
        (".cmlint.yaml", "".join(f"{' ' * depth}a:\n" for depth in range(1000)), ": nested too deeply"),
        ("pyproject.toml", f"[tool.cmlint]\nbuild-timeout = {DIGITS}\n", ": a number has too many digits"),
        ("pyproject.toml", f"[tool.cmlint]\nselect = {'[' * 100_000}\n", ": nested too deeply"),
        ("pyproject.toml", f"[tool.cmlint]\n{'a.' * 200_000}a = 1\n", ": nested too deeply"),
        ("pyproject.toml", "[tool.cmlint]\n" + "'a'.\t\"b\" . " * 20_000 + "a = 1\n", ": nested too deeply"),
    ],
    ids=range(14),
)
def test_an_absurd_setting_is_one_line(shop: Path, home: dict[str, str], name: str, text: str, reason: str) -> None:
    write(shop, {name: text})
    started = time.monotonic()
    done = cmlint(shop, "check", **home)
    assert time.monotonic() - started < 20
    assert (done.returncode, done.stdout) == (2, "")
    error, help_ = done.stderr.splitlines()
    assert error in [f"cmlint: error: {name}{each}" for each in reason.split("|")]
    assert help_.startswith("help: ") and "mistake" not in done.stderr


@pytest.mark.parametrize("text", ["tool = 1 # [tool.cmlint", "[[tool]] # [tool.cmlint\n", "# [tool.cmlint]\n"])
def test_a_pyproject_without_a_table_is_no_configuration(shop: Path, home: dict[str, str], text: str) -> None:
    write(shop, {"pyproject.toml": text})
    done = cmlint(shop, *CHECK, **home)
    assert (done.stdout, done.stderr) == (NOT_BUILT, "")


def test_many_keys_take_no_longer_than_they_are_many(shop: Path, home: dict[str, str]) -> None:
    keys = "".join(f"'p{number}' = ['all']\n" for number in range(30_000))
    write(shop, {"pyproject.toml": f"[tool.cmlint.per-path-ignore]\n{keys}'q' = ['nope']\n"})
    started = time.monotonic()
    done = cmlint(shop, "check", **home)
    assert time.monotonic() - started < 30
    assert done.stderr.startswith("cmlint: error: pyproject.toml:30002:2: unknown rule or family `nope`\n")


def test_init_writes_nothing_outside(shop: Path, home: dict[str, str]) -> None:
    write(shop.parent, {"theirs.yaml": "repos: []\n"})
    (shop / ".cmlint.yaml").symlink_to("../new.yaml")
    done = cmlint(shop, "init", **home)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "cmlint: error: .cmlint.yaml: there is a configuration already",
    )
    done = cmlint(shop, "init", "--force", **home)
    error = "cmlint: error: {}: a link that leads out of the repository is not written\nhelp: remove it first\n"
    assert (done.returncode, done.stderr) == (2, error.format(".cmlint.yaml"))
    assert not (shop.parent / "new.yaml").exists()
    (shop / ".cmlint.yaml").unlink()
    (shop / ".pre-commit-config.yaml").symlink_to("../theirs.yaml")
    done = cmlint(shop, "init", "--pre-commit", **home)
    assert done.returncode == 2 and done.stderr.endswith(error.format(".pre-commit-config.yaml"))
    assert (shop.parent / "theirs.yaml").read_text(encoding="utf-8") == "repos: []\n"


def test_what_init_proposes_is_not_refused(shop: Path, home: dict[str, str]) -> None:
    assert cmlint(shop, "init", "--force", **home).returncode == 0
    text = (shop / ".cmlint.yaml").read_text(encoding="utf-8")
    proposed = [line.removeprefix("# ").partition(":")[0] for line in text.splitlines() if line.startswith("# ")]
    assert not {"kustomize", "helm-program", "enable-helm", "allow-remote", "cache-dir"} & {*proposed}
    assert "CMLINT_KUSTOMIZE" in text
