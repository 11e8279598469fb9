"""What `docs/ci.md` shows, and what it includes: valid by each service's own schema, and run as the service runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from cmlint.__main__ import parse_plainly
from tests.support.command import COMMAND, cmlint
from tests.support.manifests import pod
from tests.support.repository import Repository, environment
from tests.support.run import ROOT, write

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"(?m)^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))

POD = pod("env:", "  - {name: PORT, value: 8080}")
MESSAGE = "the value of `PORT` must be a string, but it is a number"


def validate(schema: str, path: Path, *words: str) -> None:
    """Holds a file against a service's schema."""
    program = str(COMMAND.with_name("check-jsonschema"))
    command = [program, "--builtin-schema", f"vendor.{schema}", *words, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "schema", "words"),
    [
        (".github/workflows/cmlint.yml", "github-workflows", ()),
        (".github/workflows/impact.yml", "github-workflows", ()),
        (".gitlab-ci.yml", "gitlab-ci", ("--data-transform", "gitlab-ci")),
        (".circleci/config.yml", "circle-ci", ()),
        (
            "azure-pipelines.yml",
            "azure-pipelines",
            ("--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
        ),
    ],
)
def test_what_the_page_shows_is_valid(tmp_path: Path, name: str, schema: str, words: tuple[str, ...]) -> None:
    write(tmp_path, {name: BLOCKS[name]})
    validate(schema, tmp_path / name, *words)


def test_what_is_included_is_valid() -> None:
    validate("github-actions", ROOT / "action.yml")
    validate("gitlab-ci", ROOT / "ci" / "gitlab.yml", "--data-transform", "gitlab-ci")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Jenkinsfile", "Jenkinsfile"),
        (".circleci/config.yml", "circleci.yml"),
        ("azure-pipelines.yml", "azure-pipelines.yml"),
        ("cmlint-workflow.yaml", "argo-workflow.yaml"),
    ],
)
def test_the_page_shows_the_recipes(name: str, file: str) -> None:
    assert BLOCKS[name] == (ROOT / "ci" / file).read_text(encoding="utf-8")


def test_every_recipe_has_the_programs_that_build() -> None:
    for file in ("Jenkinsfile", "circleci.yml", "argo-workflow.yaml"):
        assert "ghcr.io/OWNER/cmlint:" in (ROOT / "ci" / file).read_text(encoding="utf-8")
    assert "vmImage: ubuntu-latest" in (ROOT / "ci" / "azure-pipelines.yml").read_text(encoding="utf-8")
    assert "helm" in str(GITLAB["cmlint"]["before_script"]) and "kustomize" in str(GITLAB["cmlint"]["script"])


def test_every_action_is_pinned_by_its_commit() -> None:
    paths = [ROOT / "action.yml", *(ROOT / ".github" / "workflows").glob("*.yml")]
    used = [found for path in paths for found in re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))]
    assert len(used) > 10
    for action, comment in used:
        assert action.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert action.startswith("./") or re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_a_wrong_one_is_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"action.yml": (ROOT / "action.yml").read_text(encoding="utf-8").replace("shell: bash", "shall: bash")},
    )
    with pytest.raises(AssertionError, match="Schema validation errors"):
        validate("github-actions", tmp_path / "action.yml")


def test_the_page_is_about_everything_that_is_shown() -> None:
    assert set(BLOCKS) == {
        *(
            ".github/workflows/cmlint.yml",
            ".github/workflows/impact.yml",
            ".gitlab-ci.yml",
            "Jenkinsfile",
            ".circleci/config.yml",
            "azure-pipelines.yml",
        ),
        "cmlint-workflow.yaml",
    }
    given = yaml.safe_load(BLOCKS[".github/workflows/cmlint.yml"])["jobs"]["cmlint"]["steps"][1]["with"]
    commented = yaml.safe_load(BLOCKS[".github/workflows/impact.yml"])["jobs"]["impact"]["steps"][1]["with"]
    assert {*given, *commented} <= set(ACTION["inputs"])
    assert re.findall(r"(?m)^\| `(\w+)` \|", PAGE) == list(ACTION["inputs"])


def test_every_command_on_the_page_is_understood() -> None:
    lines = re.findall(r"\bcmlint (check [^'\n`]+)", "\n".join(BLOCKS.values()))
    assert len(lines) == 3
    for line in lines:
        assert parse_plainly(line.split()) is not None, line


def test_the_workflow_of_argo_is_a_good_manifest(tmp_path: Path) -> None:
    write(tmp_path, {"workflow.yaml": BLOCKS["cmlint-workflow.yaml"]})
    done = cmlint(tmp_path, "check", "--pedantic", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# the action


class Runner:
    """A runner of GitHub's, as far as an action's shell steps see it: its variables, and the files that they write."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder, self.temporary = folder / "work", folder / "temp"
        self.inputs = {name: inputs.get(name, given["default"]) for name, given in ACTION["inputs"].items()}
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        self.values = {**self.inputs, **GITHUB, "temp": str(self.temporary)}
        for path in (self.folder, self.temporary):
            path.mkdir()
        for path in self.files.values():
            path.touch()

    def step(self, name: str) -> dict[str, Any]:
        """A step of the action."""
        (found,) = (step for step in ACTION["runs"]["steps"] if step["name"] == name)
        return dict(found)

    def run(self, name: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a shell step, as the runner does."""
        step = self.step(name)
        given = {
            variable: re.sub(
                r"\$\{\{ (?:inputs|github|runner)\.([\w.]+) \}\}", lambda found: self.values[found[1]] or "", value
            )
            for variable, value in step["env"].items()
        }
        own = {"GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(self.temporary)}
        own |= {"GITHUB_REPOSITORY": "shop/deploy", "COMMENTS": str(self.temporary / "comments")}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env=environment(**own, **given, **{name: str(path) for name, path in self.files.items()}, **more),
            capture_output=True,
            text=True,
            check=False,
        )

    def take_command(self) -> None:
        """Puts the installed command where the first step installs it."""
        (self.temporary / "cmlint" / "bin").mkdir(parents=True)
        (self.temporary / "cmlint" / "bin" / "cmlint").symlink_to(COMMAND)

    def read(self, name: str) -> str:
        """What a step has written to one of the runner's files."""
        return self.files[name].read_text(encoding="utf-8")


def test_the_action_installs_itself_and_runs(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    write(runner.folder, {"pod.yaml": POD})
    installed = runner.run("Install cmlint")
    assert installed.returncode == 0, installed.stderr
    done = runner.run("Run cmlint")
    assert done.returncode == 1, done.stderr
    assert re.search(rf"(?m)^::error .*file=pod\.yaml,line=9,.*::.*{re.escape(MESSAGE)}", done.stdout)
    assert MESSAGE in runner.read("GITHUB_STEP_SUMMARY")
    assert runner.read("GITHUB_OUTPUT") == f"sarif={runner.temporary}/cmlint.sarif\n"
    report = json.loads((runner.temporary / "cmlint.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in report["runs"][0]["results"]] == ["non-string-env"]


def test_the_action_passes_on_paths_and_arguments(tmp_path: Path) -> None:
    runner = Runner(tmp_path, paths="a\nb", arguments="--ignore non-string-env  --fail-on info", summary="false")
    runner.take_command()
    write(runner.folder, {"a/pod.yaml": POD, "b/pod.yaml": POD, "c/pod.yaml": POD.replace("web:1.2.3", "Web")})
    done = runner.run("Run cmlint")
    assert (done.returncode, done.stderr, runner.read("GITHUB_STEP_SUMMARY")) == (0, "", "")


def test_arguments_in_several_lines_may_contain_blanks(tmp_path: Path) -> None:
    runner = Runner(tmp_path, paths="a b\nc\n", arguments="--ignore=non-string-env\n--exclude=c/d e\n", summary="false")
    runner.take_command()
    write(runner.folder, {"a b/pod.yaml": POD, "c/pod.yaml": POD, "c/d e/pod.yaml": POD.replace("web:1.2.3", "Web")})
    done = runner.run("Run cmlint")
    assert (done.returncode, done.stderr) == (0, "")
    runner.inputs["arguments"] = runner.values["arguments"] = ""
    done = runner.run("Run cmlint")
    assert done.returncode == 1
    assert sorted(set(re.findall(r"file=([\w /]+\.yaml)", done.stdout))) == [
        "a b/pod.yaml",
        "c/d e/pod.yaml",
        "c/pod.yaml",
    ]


def test_the_action_keeps_the_cache(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    runner.take_command()
    write(runner.folder, {"pod.yaml": POD})
    runner.run("Run cmlint")
    kept = runner.step("Restore the cache")["with"]["path"]
    assert kept == runner.step("Run cmlint")["env"]["CMLINT_CACHE_DIR"] == "${{ runner.temp }}/cmlint-cache"
    assert (runner.temporary / "cmlint-cache" / "cmlint-cache").is_file()


def test_the_action_runs_no_words_of_its_inputs(tmp_path: Path) -> None:
    runner = Runner(tmp_path, paths="$(touch ran) `touch ran` ; touch ran")
    runner.take_command()
    done = runner.run("Run cmlint")
    assert done.returncode == 2
    assert not (runner.folder / "ran").exists()
    assert runner.read("GITHUB_OUTPUT") in ("", f"sarif={runner.temporary}/cmlint.sarif\n")


def test_the_action_shows_what_a_pull_request_brings_in(tmp_path: Path) -> None:
    runner = Runner(tmp_path, arguments="--since main")
    runner.take_command()
    shop = Repository(runner.folder, {"old.yaml": POD})
    shop.git("switch", "--quiet", "--create", "topic")
    assert runner.run("Run cmlint").returncode == 0
    shop.write({"new.yaml": POD})
    done = runner.run("Run cmlint")
    assert done.returncode == 1
    assert re.findall(r"file=(\w+\.yaml)", done.stdout) == ["new.yaml"]


def test_the_action_installs_a_version_of_pypi(tmp_path: Path) -> None:
    runner = Runner(tmp_path, version="0.0.0.dev0")
    done = runner.run("Install cmlint")
    assert done.returncode == 1
    assert "cmlint[kustomize]==0.0.0.dev0" in done.stderr


def test_nothing_of_an_input_stands_in_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 4
    assert not any("${{" in script for script in scripts)


GITHUB = {"base_ref": "main", "token": "a-token", "event.pull_request.number": "7"}
"""What GitHub says of a pull request."""

GH = """\
#!/usr/bin/env python3
import json, os, sys
words = sys.argv[2:]
file = os.environ["COMMENTS"]
known = json.load(open(file)) if os.path.exists(file) else []
if "--method" in words:
    if os.environ.get("REFUSED"):
        sys.exit("HTTP 403: Resource not accessible by integration")
    body = open(words[words.index("--field") + 1].removeprefix("body=@")).read()
    if words[words.index("--method") + 1] == "POST":
        known.append([0, body])
    else:
        known[int(words[0].rpartition("/")[2]) - 1][0] += 1
        known[int(words[0].rpartition("/")[2]) - 1][1] = body
    json.dump(known, open(file, "w"))
elif "--paginate" in words:
    mark = words[words.index("--jq") + 1].split('startswith("')[1].split('"')[0]
    print(*(number for number, (_, body) in enumerate(known, 1) if body.startswith(mark)), sep="\\n")
else:
    print(known[int(words[0].rpartition("/")[2]) - 1][1])
"""
"""Answers as GitHub's own command does, and keeps comments with the number of their edits in a file."""


def test_the_action_keeps_one_comment(tmp_path: Path) -> None:
    runner = Runner(tmp_path, impact="true")
    runner.take_command()
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: '1'}\n"
    reader = pod("envFrom: [{configMapRef: {name: app}}]")
    shop = Repository(runner.folder, {"app.yaml": config, "pod.yaml": reader})
    shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    gh = runner.temporary / "cmlint" / "bin" / "gh"
    gh.write_text(GH, encoding="utf-8")
    gh.chmod(0o755)
    comments = runner.temporary / "comments"

    def go(**more: str) -> list[tuple[int, str]]:
        assert runner.run("Write the impact").returncode == 0
        done = runner.run("Comment on the pull request", PATH=f"{gh.parent}:{os.environ['PATH']}", **more)
        assert done.returncode == 0, done.stderr
        return [(edits, body) for edits, body in json.loads(comments.read_text())] if comments.exists() else []

    shop.edit("app.yaml", "'1'", "'2'")
    assert go(REFUSED="1") == []
    assert runner.read("GITHUB_STEP_SUMMARY").startswith("<!-- cmlint impact -->\n### cmlint: 1 change")
    ((edits, body),) = go()
    assert (edits, body.splitlines()[0]) == (0, "<!-- cmlint impact -->")
    assert "| ConfigMap `app` | `A` changes | Pod `web` |" in body
    assert go() == [(0, body)]
    shop.edit("app.yaml", "A:", "B: x\n  A:")
    ((edits, second),) = go()
    assert (edits, second != body) == (1, True)


# the template


def test_the_template_of_gitlab_writes_its_reports(tmp_path: Path) -> None:
    write(tmp_path, {"deploy/pod.yaml": POD, "other/pod.yaml": POD})
    install, check = GITLAB["cmlint"]["script"]
    assert install == 'python3 -I -m pip install --quiet "cmlint[kustomize]${CMLINT_VERSION:+==$CMLINT_VERSION}"'
    given = environment(CMLINT_PATHS="deploy", CMLINT_ARGUMENTS="--fail-on error")
    done = subprocess.run(["sh", "-ec", check], cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert MESSAGE in done.stdout
    reports = GITLAB["cmlint"]["artifacts"]["reports"]
    quality = json.loads((tmp_path / reports["codequality"]).read_text(encoding="utf-8"))
    assert [entry["location"]["path"] for entry in quality] == ["deploy/pod.yaml"]
    assert MESSAGE in (tmp_path / reports["junit"]).read_text(encoding="utf-8").replace("&#96;", "`")
    everything = subprocess.run(["sh", "-ec", check], cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert b"2 errors" in everything.stdout
