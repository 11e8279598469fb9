"""What a newcomer tries first: short options, typos, statistics, marks, links, pages of rules, an unsaved file."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from cmlint import __version__
from cmlint.cli import terminal
from cmlint.cli.rule import page
from cmlint.engine.registry import load_rules
from cmlint.model import site
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, write

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {PATTERN: a}\n"
TYPO = pod(
    "env:",
    "  - {name: PORT, value: 8080}",
    "  - {name: P, valueFrom: {configMapKeyRef: {name: web, key: PATERN}}}",
)
FILES = {"config.yaml": CONFIG, "pod.yaml": TYPO}


def test_short_options(tmp_path: Path) -> None:
    assert cmlint(tmp_path, "-V").stdout == f"cmlint {__version__}\n"
    for words in ((), ("check",), ("rule",)):
        assert cmlint(tmp_path, *words, "-h").stdout == cmlint(tmp_path, *words, "--help").stdout != ""


@pytest.mark.parametrize(
    ("words", "error", "help_"),
    [
        (("chek",), "no such command `chek`", "did you mean `check`?"),
        (("xyzzy",), "no such command `xyzzy`", "`cmlint --help` shows what it takes"),
        (("check", "--fomat", "json"), "no such option `--fomat`", "did you mean `--format`?"),
        (("check", "--selct=a"), "no such option `--selct`", "did you mean `--select`?"),
        (("check", "--zzzz"), "no such option `--zzzz`", "`cmlint check --help` shows what it takes"),
        (("check", "--out", "a"), "no such option `--out`", "did you mean `--output`?"),
        (("graph", "--path", "a"), "no such option `--path`", "write it without an option: `cmlint graph PATH`"),
        (("env", "--paths", "a"), "no such option `--paths`", "write it without an option: `cmlint env PATH`"),
        (("cache", "--path", "a"), "no such option `--path`", "`cmlint cache --help` shows what it takes"),
        (("rule", "refrences"), "unknown rule or family `refrences`", "did you mean `references`?"),
        (("--install-completion", "zhs"), "unknown shell `zhs`", "use `bash`, `zsh`, `fish`, `powershell`, `pwsh`"),
        (
            ("graph", "--format", "htm"),
            "invalid value for '--format': 'htm' is not one of 'mermaid', 'dot', 'json', 'html'",
            "did you mean `html`?",
        ),
        (
            ("graph", "--format", ""),
            "invalid value for '--format': '' is not one of 'mermaid', 'dot', 'json', 'html'",
            "`cmlint graph --help` shows what it takes",
        ),
        (("check", "--max-age", "3"), "`--max-age` needs `--against`", "add `--against FILE`"),
        (("check", "--context", "a"), "`--context` needs `--live`", "add `--live`"),
        (
            ("check", "--select", "all", "--ignore", "all"),
            "no rule is selected",
            "`--ignore` or the setting `ignore` removes all selected rules",
        ),
        (
            ("check", "--live", "--kubeconfig", "nope"),
            "nope: not found",
            "name a kubeconfig with `--kubeconfig` or KUBECONFIG, and a context with `--context`",
        ),
        (
            ("check", "--stdin-filename", "a.yaml"),
            "`--stdin-filename` needs standard input as the only path",
            "write `-` instead of the paths",
        ),
        (
            ("check", "--stdin-filename", "a.yaml", "--staged", "-"),
            "`--stdin-filename` and `--staged` exclude each other",
            "give one of them",
        ),
    ],
)
def test_a_mistake_is_one_line_with_a_suggestion(
    tmp_path: Path, words: tuple[str, ...], error: str, help_: str
) -> None:
    write(tmp_path, FILES)
    done = cmlint(tmp_path, *words)
    assert (done.returncode, done.stderr) == (2, f"cmlint: error: {error}\nhelp: {help_}\n")


def test_a_version_that_is_not_known_yet_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"config.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--kubernetes-version", "1.99")
    said = "cmlint: warning: Kubernetes 1.99 is newer than 1.37, the newest known: using 1.37\n"
    assert (done.returncode, done.stderr) == (0, said)
    assert cmlint(tmp_path, "check", "--kubernetes-version", "1.37").stderr == ""


def test_statistics_are_counts_only(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "other.yaml": TYPO.replace("name: p\n", "name: q\n")})
    lines = cmlint(tmp_path, "check", "--statistics").stdout.splitlines()
    assert lines[:3] == [
        "2 error   missing-key    [unsafe fix] a reference to a missing key of a ConfigMap",
        "2 error   non-string-env [fix]        the value of a variable that is not a string",
        "",
    ]
    assert lines[3].startswith("3 problems at 4 places: 4 errors in 3 files ")
    brief = cmlint(tmp_path, "check", "--statistics", "--format", "concise", "-q").stdout.splitlines()
    assert brief == lines[:2]


def test_findings_carry_their_consequence_and_their_fix(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    key, port = "the ConfigMap `web` has no key `PATERN`", "the value of `PORT` must be a string, but it is a number"
    assert cmlint(tmp_path, "check", "--format", "concise").stdout.splitlines()[:2] == [
        f"pod.yaml:9:31: error[non-string-env] {port} (rejected) [fix]",
        f"pod.yaml:10:67: error[missing-key] {key} (stuck) [unsafe fix]",
    ]
    assert cmlint(tmp_path, "check", "--format", "concise", "--quiet").stdout.splitlines() == [
        f"pod.yaml:9:31: error[non-string-env] {port}",
        f"pod.yaml:10:67: error[missing-key] {key}",
    ]
    text = cmlint(tmp_path, "check").stdout
    assert f"error[non-string-env]: {port} [fix]\n" in text
    assert f"error[missing-key]: {key} [unsafe fix]\n" in text
    assert "   = see: cmlint rule missing-key\n" in text
    happens = "accepted, but the pod does not start"
    for form in ("github", "gitlab", "markdown", "junit", "html"):
        shown = cmlint(tmp_path, "check", "--format", form).stdout
        assert happens in shown and "cmlint rule missing-key" in shown, form


def test_the_name_of_a_report_decides_its_format(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    done = cmlint(tmp_path, "check", "--output", "a.json", "--output", "a.md", "--output", "-")
    assert json.loads((tmp_path / "a.json").read_text())["version"] == 1
    assert (tmp_path / "a.md").read_text().startswith("### cmlint: ")
    assert done.stdout.startswith("error[")
    assert cmlint(tmp_path, "check", "--output", "report").stdout == ""
    assert (tmp_path / "report").read_text().startswith("error[")
    assert cmlint(tmp_path, "check", "--format", "text", "--output", "b.json").stdout == ""
    assert (tmp_path / "b.json").read_text().startswith("error[")


def test_a_page_says_when_and_of_what_it_is(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    cmlint(tmp_path, "check", "--output", "a.html")
    run = re.search(r'<p class="run">(.*)</p>', (tmp_path / "a.html").read_text())
    assert run and re.fullmatch(rf"cmlint {re.escape(__version__)}, \d{{4}}-\d\d-\d\d \d\d:\d\d UTC", run[1])
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    cmlint(tmp_path, "check", "--output", "a.html")
    assert f", commit {commit.stdout[:12]}</p>" in (tmp_path / "a.html").read_text()


def test_an_unsaved_file_is_checked_in_its_project(tmp_path: Path) -> None:
    write(tmp_path, {"config.yaml": CONFIG, "pod.yaml": TYPO})
    words = ("check", "--format", "concise", "-q", "--stdin-filename", "pod.yaml", "-")
    fixed = TYPO.replace("PATERN", "PATTERN")
    done = cmlint(tmp_path, *words, stdin=fixed)
    said = "the value of `PORT` must be a string, but it is a number"
    assert (done.returncode, done.stdout) == (1, f"pod.yaml:9:31: error[non-string-env] {said}\n")
    assert (tmp_path / "pod.yaml").read_text() == TYPO
    new = cmlint(tmp_path, *words[:-2], "new.yaml", "-", stdin=TYPO.replace("8080", "'8080'"))
    assert new.stdout == "new.yaml:10:67: error[missing-key] the ConfigMap `web` has no key `PATERN`\n"
    assert cmlint(tmp_path, *words, stdin=fixed.replace("8080", "'8080'")).returncode == 0


@pytest.mark.parametrize("name", load_rules())
def test_a_rules_page_is_short_and_without_the_notation_of_tests(name: str) -> None:
    rule = load_rules()[name]
    short, complete = page(rule), page(rule, cases=True)
    assert not re.search(r"# (?:error|warning|info): \[", complete)
    assert "## Case: " not in short
    assert short.startswith(f"# {name}\n") and "## Why is this bad?\n" in short and "## Example\n" in short
    assert len(short.splitlines()) <= 190
    assert complete.count("## Case: ") == rule.page().count("\n## Case: ")


def test_a_correction_shows_only_the_files_that_change() -> None:
    correction = page(load_rules()["missing-key"]).partition("## Use instead\n")[2].partition("\n## ")[0]
    assert "`pod.yaml`:" in correction and "`config.yaml`:" not in correction


def test_a_family_is_listed(tmp_path: Path) -> None:
    lines = cmlint(tmp_path, "rule", "images").stdout.splitlines()
    families = load_rules()
    assert lines[0] == "images"
    assert {line.split()[0] for line in lines[1:] if line.startswith("  ") and line[2] != " "} == {
        name for name, rule in families.items() if rule.family == "images"
    }


@pytest.mark.parametrize(
    ("environment", "linked"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"VTE_VERSION": "6003"}, True),
        ({"VTE_VERSION": "4205"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"TERM": "tmux-256color", "VTE_VERSION": "6003"}, False),
        ({"TERM": "xterm-kitty", "CI": "true"}, False),
        ({"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, False),
        ({"TERM": "dumb", "FORCE_HYPERLINK": "1"}, True),
    ],
)
def test_links_only_where_they_are_known_to_work(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], linked: bool
) -> None:
    for name in ("CI", "TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KONSOLE_VERSION", "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.shows_links(True) == linked
    assert terminal.shows_links(False) == (environment.get("FORCE_HYPERLINK") == "1")


def test_once_the_site_is_online_reports_lead_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    url = site.page_of("missing-key")
    assert (url, site.see("missing-key", url)) == ("https://cmlint.dev/rules/missing-key", "cmlint rule missing-key")
    monkeypatch.setattr(site, "PUBLISHED", True)
    assert site.see("missing-key", url) == url
    assert site.see("acme", f"{site.BASE}/rules") == "cmlint rule acme"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_for_a_shell_that_is_named(tmp_path: Path, shell: str) -> None:
    done = cmlint(tmp_path, "--install-completion", shell, HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    path = re.search(rf"^{shell} completion installed in (.*)$", done.stdout, re.MULTILINE)
    assert path and "_CMLINT_COMPLETE" in Path(path[1]).read_text(encoding="utf-8")
    shown = cmlint(tmp_path, "--show-completion", shell).stdout
    assert "_CMLINT_COMPLETE" in shown


def test_the_demo_is_counted_as_its_findings_are() -> None:
    demo = FIXTURES / "demo"
    counts = cmlint(demo, "check", "--statistics", "-q").stdout.splitlines()
    findings = cmlint(demo, "check", "--format", "concise", "-q").stdout.splitlines()
    assert sum(int(line.split()[0]) for line in counts) == len(findings) > 10
