"""Which rules run, by their status and the configuration, and with which severities."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cmlint.config.config import Config
from cmlint.config.selection import select
from tests.support.command import cmlint
from tests.support.manifests import POD
from tests.support.run import rules, write

RULE = '''\
"""A rule."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule


@rule(name="bad-NAME", summary="bad", consequence="silent", since="1.0.0", MORE)
def bad_NAME(container: Container, ctx: Context) -> Iterator[Draft]:
    """Every container."""
    yield ctx.finding(container.span, "NAME")
'''
DECLARED = {
    "plain": "",
    "new": 'status="preview"',
    "old": 'status="deprecated", replacement="bad-plain"',
    "gone": 'status="removed", replacement="bad-plain"',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A pod, and a package with one rule of each status."""
    entry = "[cmlint.rules]\nacme = acme\n"
    write(tmp_path, {"p/pod.yaml": POD, "acme-1.0.dist-info/entry_points.txt": entry, "acme/__init__.py": ""})
    for name, more in DECLARED.items():
        write(
            tmp_path, {f"acme/bad_{name}.py": RULE.replace("NAME", name).replace(", MORE", f", {more}" if more else "")}
        )
    return tmp_path


def run(project: Path, *words: str) -> tuple[list[str], str]:
    """The findings of rules of the package, each with its severity, and what is said of errors."""
    done = cmlint(project / "p", "check", *words, "--no-cache", "--format", "json", PYTHONPATH=str(project))
    found = json.loads(done.stdout)["findings"] if done.stdout else []
    return [f"{each['severity']} {each['message']}" for each in found], done.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["warning old", "warning plain"]),
        (("--preview",), ["warning new", "warning old", "warning plain"]),
        (("--select", "bad-new"), ["warning new"]),
        (("--select", "acme"), ["warning old", "warning plain"]),
        (("--select", "all", "--ignore", "bad-old"), ["warning plain"]),
    ],
)
def test_a_preview_runs_only_when_asked_for_and_a_removed_rule_never(
    project: Path, words: tuple[str, ...], found: list[str]
) -> None:
    assert run(project, *words) == (found, "")


def test_the_configuration_turns_previews_on(project: Path) -> None:
    write(project, {"p/.cmlint.yaml": "preview: true\nselect: [acme]\n"})
    assert run(project) == (["warning new", "warning old", "warning plain"], "")


def test_a_removed_rule_names_the_one_to_use(project: Path) -> None:
    message = "the rule `bad-gone` was removed"
    assert run(project, "--select", "bad-gone") == ([], f"cmlint: error: {message}\nhelp: use `bad-plain`\n")


def test_severity_by_rule(project: Path) -> None:
    write(project, {"p/.cmlint.yaml": "severity:\n  bad-plain: error\n  bad-old: info\n"})
    assert run(project) == (["info old", "error plain"], "")
    done = cmlint(project / "p", "check", "--select", "bad-old", "--no-cache", PYTHONPATH=str(project))
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("severity: {bad-plan: error}", "1:12: unknown rule `bad-plan`", "did you mean `bad-plain`?"),
        (
            "severity: {bad-plain: fatal}",
            "1:23: `severity.bad-plain` cannot be `fatal`",
            "there are `error`, `warning`, `info`",
        ),
        (
            "severity: error",
            "1:11: `severity` must be a mapping of rules to severities, but it is a string",
            "write it like `mutable-tag: error`",
        ),
    ],
)
def test_a_severity_that_is_not_one(project: Path, text: str, message: str, help_: str) -> None:
    write(project, {"p/.cmlint.yaml": text + "\n"})
    assert run(project) == ([], f"cmlint: error: .cmlint.yaml:{message}\nhelp: {help_}\n")


def test_the_page_of_a_rule_shows_its_status(project: Path) -> None:
    write(project, {f"acme/bad_{name}.md": f"# bad-{name}\n" for name in DECLARED})
    pages = {name: cmlint(project / "p", "rule", f"bad-{name}", PYTHONPATH=str(project)).stdout for name in DECLARED}
    shown = {name: page.splitlines()[2] for name, page in pages.items()}
    says = "*warning, silent: it runs, but with a different value than intended; family `acme`, since 1.0.0"
    assert shown == {
        "plain": f"{says}*",
        "new": f"{says}; preview*",
        "old": f"{says}; deprecated; use `bad-plain` instead*",
        "gone": f"{says}; removed; use `bad-plain` instead*",
    }


@pytest.mark.parametrize("word", ["no/such", "not-built/such", "missing-key/broken"])
def test_a_cause_that_no_rule_has_is_not_ignored_in_silence(word: str) -> None:
    with pytest.raises(ValueError, match=f"unknown rule or family `{word}`"):
        select(dict(rules()), Config(ignore=(word,)))


def test_a_cause_leaves_its_rule_running() -> None:
    selected, _ = select(dict(rules()), Config(ignore=("not-built/remote",)))
    assert "not-built" in {rule.name for rule in selected}
