"""`cmlint init`: what it proposes is true, can be taken as it is, and overwrites nothing."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from cmlint import __version__
from cmlint.adopt.propose import DECISIONS
from cmlint.model.failures import CAUSES
from tests.support.command import COMMAND, cmlint
from tests.support.manifests import pod
from tests.support.repository import Repository, environment
from tests.support.run import FIXTURES, ROOT, write
from tests.test_groups import pods

CUSTOM = "apiVersion: example.com/v1\nkind: Database\nmetadata: {name: orders}\n"
POD = pod(
    "envFrom:",
    "  - configMapRef: {name: made}",
    "env:",
    "  - {name: PORT, value: 8080}",
    "  - name: HOST",
    "    valueFrom: {configMapKeyRef: {name: made, key: HOST}}",
)
HINT = "`cmlint init --pre-commit` also adds the hook to .pre-commit-config.yaml\n"
HOOK = f"""\
  - repo: local
    hooks:
      - id: cmlint
        name: cmlint
        entry: cmlint check --staged --allow-empty
        language: python
        additional_dependencies: ["cmlint[kustomize]=={__version__}"]
        always_run: true
        pass_filenames: false
"""
OTHER = "  - repo: https://example.com/hooks\n    rev: v1\n    hooks:\n      - id: other\n"


def read(path: Path) -> str:
    """A file's text."""
    return path.read_text(encoding="utf-8")


def test_an_empty_folder(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "init")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "wrote .cmlint.yaml\n" + HINT
    assert read(tmp_path / ".cmlint.yaml") == ("# The configuration of cmlint. `cmlint schema` lists all settings.\n")
    assert cmlint(tmp_path, "check", "--allow-empty").returncode == 0


def test_what_may_be_made_elsewhere_is_proposed_with_the_evidence(tmp_path: Path) -> None:
    write(tmp_path, {"deploy/database.yaml": CUSTOM, "deploy/pod.yaml": POD})
    done = cmlint(tmp_path, "init", "--no-pre-commit")
    assert done.stdout.splitlines()[1:] == [
        "`cmlint check` reports 1 finding here; `cmlint check --write-baseline .cmlint-baseline.json` records them"
    ]
    text = read(tmp_path / ".cmlint.yaml")
    assert (
        "# external:\n"
        "#   - ConfigMap/made  # deploy/pod.yaml:9 and 1 more: "
        "the custom resource Database in deploy/database.yaml may create it\n"
    ) in text
    assert "# Findings: 1. " in text
    assert "references: 2 excused" in cmlint(tmp_path, "check").stdout
    settings = re.findall(r"(?m)^# (external:|  - .*|baseline: .*)$", text)
    write(tmp_path, {".cmlint.yaml": "".join(f"{line}\n" for line in settings)})
    assert cmlint(tmp_path, "check", "--write-baseline", ".cmlint-baseline.json").returncode == 0
    done = cmlint(tmp_path, "check")
    assert done.returncode == 0
    assert "references: 2 excused" in done.stdout and "in the baseline: 1 finding" in done.stdout
    verbose = cmlint(tmp_path, "check", "--verbose").stdout
    assert (
        "ConfigMap/made: the setting `external` names it [external]; also at 1 more place: deploy/pod.yaml:" in verbose
    )


def test_findings_with_one_cause_are_counted_as_check_counts_them(tmp_path: Path) -> None:
    pods(tmp_path, "settings", "settings")
    summary = cmlint(tmp_path, "check").stdout.splitlines()
    assert any(line.startswith("1 problem at 2 places: 2 errors in ") for line in summary)
    assert cmlint(tmp_path, "init", "--no-pre-commit").stdout.splitlines()[1:] == [
        "`cmlint check` reports 1 problem at 2 places here; "
        "`cmlint check --write-baseline .cmlint-baseline.json` records them"
    ]
    assert "# Findings: 1 problem at 2 places. `cmlint check " in read(tmp_path / ".cmlint.yaml")


def test_names_are_patterns_that_match_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, {"database.yaml": CUSTOM, "pod.yaml": POD.replace("name: made", "name: 'a[b'")})
    assert cmlint(tmp_path, "init").returncode == 0
    assert "'ConfigMap/a[[]b'" in read(tmp_path / ".cmlint.yaml") or "a[b" not in read(tmp_path / ".cmlint.yaml")


@pytest.mark.parametrize(
    ("name", "said"), [("kustomize-overlays", "# Kustomizations: 3; "), ("helm-values", "# Charts: 2; ")]
)
def test_what_builds_it_is_named(tmp_path: Path, name: str, said: str) -> None:
    for path in (FIXTURES / "projects" / name).rglob("*"):
        if path.is_file() and path.name != ".cmlint.yaml":
            write(tmp_path, {str(path.relative_to(FIXTURES / "projects" / name)): read(path)})
    done = cmlint(tmp_path, "init")
    assert done.returncode == 0, done.stderr
    text = read(tmp_path / ".cmlint.yaml")
    assert said in text
    assert cmlint(tmp_path, "check", "--fail-on", "never").returncode == 0
    uncommented = "".join(f"{line}\n" for line in re.findall(r"(?m)^# ((?:kustomize|helm):.*|  .*)$", text))
    write(tmp_path, {".cmlint.yaml": uncommented})
    assert cmlint(tmp_path, "check", "--fail-on", "never", "--allow-empty").stderr.count("setting") == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [(".cmlint.yaml", ""), (".cmlint.yml", ""), ("pyproject.toml", "[tool.cmlint]\npedantic = true\n")],
)
def test_nothing_is_overwritten(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text})
    done = cmlint(tmp_path, "init")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"cmlint: error: {name}: there is a configuration already\nhelp: edit it, or replace it with `--force`\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == [name] and read(tmp_path / name) == text
    forced = cmlint(tmp_path, "init", "--force")
    assert forced.returncode == (2 if text else 0)
    if text:
        assert forced.stderr == (
            f"cmlint: error: {name}: it has settings, and is not replaced\nhelp: edit it, or delete it first\n"
        )


def test_a_configured_repository_gets_the_hook_alone(tmp_path: Path) -> None:
    write(tmp_path, {".cmlint.yaml": "pedantic: true\n"})
    done = cmlint(tmp_path, "init", "--pre-commit")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        ".cmlint.yaml: kept",
        ".pre-commit-config.yaml: the hook is added; `pre-commit install` makes git run it",
    ]
    assert read(tmp_path / ".cmlint.yaml") == "pedantic: true\n"
    assert read(tmp_path / ".pre-commit-config.yaml") == f"repos:\n{HOOK}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"repos:\n{HOOK}"),
        ("", f"repos:\n{HOOK}"),
        ("# Ours.\nfail_fast: true", f"# Ours.\nfail_fast: true\nrepos:\n{HOOK}"),
        ("repos: []\n", f"repos:\n{HOOK}"),
        ("repos: []\nfail_fast: true\n", f"repos:\n{HOOK}fail_fast: true\n"),
        (f"repos:\n{OTHER}", f"repos:\n{OTHER}{HOOK}"),
        (f"repos:\n{OTHER.rstrip()} # it is", f"repos:\n{OTHER.rstrip()} # it is\n{HOOK}"),
        (f"repos:\n{OTHER}\n# Last.\nfail_fast: true\n", f"repos:\n{OTHER}\n# Last.\n{HOOK}fail_fast: true\n"),
        (
            f"repos:\n{OTHER.replace(chr(10) + '  ', chr(10)).removeprefix('  ')}",
            f"repos:\n{OTHER.replace(chr(10) + '  ', chr(10)).removeprefix('  ')}"
            f"{HOOK.replace(chr(10) + '  ', chr(10)).removeprefix('  ')}",
        ),
    ],
    ids=[
        "none",
        "empty",
        "no-list",
        "empty-list",
        "empty-list-first",
        "others",
        "comment",
        "list-first",
        "not-indented",
    ],
)
def test_the_hook_is_added_to_what_is_there(tmp_path: Path, before: str | None, after: str) -> None:
    if before is not None:
        write(tmp_path, {".pre-commit-config.yaml": before})
    done = cmlint(tmp_path, "init", "--pre-commit")
    assert (done.returncode, done.stderr) == (0, "")
    assert ".pre-commit-config.yaml: the hook is added; `pre-commit install` makes git run it\n" in done.stdout
    assert read(tmp_path / ".pre-commit-config.yaml") == after
    validated = [str(COMMAND.with_name("pre-commit")), "validate-config", ".pre-commit-config.yaml"]
    assert subprocess.run(validated, cwd=tmp_path, check=False).returncode == 0
    again = cmlint(tmp_path, "init", "--pre-commit")
    assert ".pre-commit-config.yaml: it has the hook already\n" in again.stdout
    assert read(tmp_path / ".pre-commit-config.yaml") == after


def test_where_there_is_no_room_the_hook_is_shown(tmp_path: Path) -> None:
    text = "repos: [{repo: local, hooks: []}]\n"
    write(tmp_path, {".pre-commit-config.yaml": text})
    done = cmlint(tmp_path, "init", "--pre-commit")
    assert done.returncode == 2
    assert "cannot find where to add the hook\nhelp: add it by hand:\n- repo: local\n" in done.stderr
    assert read(tmp_path / ".pre-commit-config.yaml") == text


def test_the_hook_is_what_the_repository_offers() -> None:
    (offered,) = (hook for hook in yaml.safe_load(read(ROOT / ".pre-commit-hooks.yaml")) if hook["id"] == "cmlint")
    (entry,) = yaml.safe_load(HOOK)[0]["hooks"]
    assert {key: entry[key] for key in entry if key != "additional_dependencies"} == {
        key: offered[key] for key in entry if key != "additional_dependencies"
    }


@pytest.mark.parametrize(("answer", "added"), [("y\n", True), ("yes\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks(tmp_path: Path, answer: str, added: bool) -> None:
    main, side = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "init"], cwd=tmp_path, env=environment(), stdin=side, stdout=side, stderr=side
    ) as run:
        os.close(side)
        shown = b""
        while b"[y/N] " not in shown:
            shown += os.read(main, 1000)
        os.write(main, answer.encode())
        while True:
            try:
                part = os.read(main, 1000)
            except OSError:
                break
            if not part:
                break
        run.wait()
    os.close(main)
    assert b"Add the hook to .pre-commit-config.yaml? [y/N] " in shown
    assert (tmp_path / ".pre-commit-config.yaml").exists() == added


def test_both_answers_at_once_are_none(tmp_path: Path) -> None:
    done = cmlint(tmp_path, "init", "--pre-commit", "--no-pre-commit")
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr.startswith("cmlint: error: `--pre-commit` and `--no-pre-commit` are opposites\n")


def test_in_the_demo_it_is_a_matter_of_two_commands(tmp_path: Path) -> None:
    shop = Repository(tmp_path / "shop", {path.name: read(path) for path in (FIXTURES / "demo").glob("*.yaml")})
    assert shop.run("cmlint", "init", "--pre-commit").returncode == 0
    assert shop.run("cmlint", "check", "--write-baseline", ".cmlint-baseline.json").returncode == 0
    assert shop.run("cmlint", "check", "--baseline", ".cmlint-baseline.json").returncode == 0


def test_what_is_not_built_is_a_decision_for_each_cause(tmp_path: Path) -> None:
    resources = "resources:\n  - https://example.com/base?ref=v1\n  - gone.yaml\n"
    write(tmp_path, {"kustomization.yaml": resources, "other/kustomization.yaml": "resources: [gone.yaml]\n"})
    cmlint(tmp_path, "init")
    assert (
        "# Not built (remote): kustomization.yaml:2.\n"
        "#   `--allow-remote` fetches it; or ignore the finding: `ignore: [not-built/remote]`\n\n"
        "# Not built (missing-file): kustomization.yaml:3 and 1 more.\n"
        "#   add the file, or ignore the finding: `ignore: [not-built/missing-file]`\n"
    ) in read(tmp_path / ".cmlint.yaml")


def test_what_only_a_build_would_define_is_no_proposal(tmp_path: Path) -> None:
    charts = "helmCharts: [{name: made, repo: 'https://example.org'}]\n"
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml]\n{charts}", "pod.yaml": POD})
    cmlint(tmp_path, "init")
    text = read(tmp_path / ".cmlint.yaml")
    assert (
        "# Not built (refused): kustomization.yaml:2.\n"
        "#   `--enable-helm` renders its charts; or ignore the finding: `ignore: [not-built/refused]`\n"
    ) in text
    assert "external" not in text
    assert "2 not looked at" in cmlint(tmp_path, "check").stdout
    write(tmp_path, {"database.yaml": CUSTOM, "kustomization.yaml": "resources: [pod.yaml, database.yaml]\n"})
    cmlint(tmp_path, "init", "--force")
    text = read(tmp_path / ".cmlint.yaml")
    assert "# Not built" not in text and "#   - ConfigMap/made  # pod.yaml:" in text


def test_every_cause_has_a_decision() -> None:
    assert set(DECISIONS) == set(CAUSES)
