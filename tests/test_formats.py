"""Every format is read by somebody else, who is as strict as those that it is for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import msgspec
import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from markdown_it import MarkdownIt

from cmlint.config.config import Config
from cmlint.engine.engine import INTERNAL
from cmlint.model.findings import RANKS, Edit, Fix
from cmlint.report import FORMATS, formatter
from cmlint.report.problems import problems
from cmlint.report.sarif import rule_json
from cmlint.report.view import View
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, ROOT, inside, lint, rules, write
from tests.support.tools import NPM

Json = dict[str, Any]

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '1'}\n"
POD = pod("env:", "  - {name: A, value: 1}")


def reported(folder: Path, form: str) -> str:
    """A report about a folder, with all that there is to find in it."""
    result = lint(folder, config=Config(pedantic=True))
    with inside(folder):
        return formatter(form)(result, View())


FOLDERS = [FIXTURES / "report", FIXTURES / "demo", *sorted((FIXTURES / "err").iterdir())]


# sarif


def validated(*files: Path) -> str:
    """What the validator of SARIF says about logs, by the standard and by what GitHub takes."""
    program = NPM / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    done = subprocess.run(
        [program, "validate", *files, "--rule-kind", "Sarif;Gh"],
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert f"{len(files)} files scanned" in done.stdout, done.stdout + done.stderr
    return "\n".join(line for line in done.stdout.split("\n") if re.search(r": (error|warning|note) ", line))


def log_of(folder: Path, *words: str, **environment: str) -> Json:
    """The only run in what `check` says in SARIF."""
    done = cmlint(folder, "check", *words, "--format", "sarif", **environment)
    (run,) = json.loads(done.stdout)["runs"]
    return dict(run)


def test_sarif_is_valid(tmp_path: Path) -> None:
    write(tmp_path, {f"{folder.name}.sarif": reported(folder, "sarif") for folder in FOLDERS})
    assert validated(*sorted(tmp_path.iterdir())) == ""


def test_the_validator_sees_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, {"a.sarif": reported(FIXTURES / "report", "sarif").replace('"startLine": 45', '"startLine": 0')})
    assert "startLine" in validated(tmp_path / "a.sarif")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_sarif_counts_columns_as_utf_16_does(folder: Path) -> None:
    result = lint(folder, config=Config(pedantic=True))
    with inside(folder):
        (run,) = json.loads(formatter("sarif")(result, View()))["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    for finding, found in zip(result.outcome.findings, run["results"], strict=False):
        place = finding.location
        text = result.texts.get(place.path).text
        region = found["locations"][0]["physicalLocation"]["region"]
        assert cut_out(text, region) == text[place.start.offset : place.end.offset]


def cut_out(text: str, region: Json) -> str:
    """The stretch of a text that a region means, found by lines and columns alone."""
    lines = [*re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text.removeprefix("\ufeff")), ""]
    first, last = region["startLine"] - 1, region["endLine"] - 1
    units = ["".join(lines[:number]).encode("utf-16-le") for number in (first, last)]
    start, end = (
        len(before) + 2 * (column - 1)
        for before, column in zip(units, (region["startColumn"], region["endColumn"]), strict=True)
    )
    return text.removeprefix("\ufeff").encode("utf-16-le")[start:end].decode("utf-16-le")


def test_sarif_has_a_rule_s_page_and_where_else_to_look() -> None:
    run = log_of(FIXTURES / "report", "--select", "missing-key")
    (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
    assert (rule["id"], rule["helpUri"]) == ("missing-key", "https://cmlint.dev/rules/missing-key")
    assert rule["shortDescription"]["text"] == rules()["missing-key"].summary
    assert [line for line in rule["help"]["markdown"].split("\n") if line.startswith("## ")] == [
        "## What it does",
        "## Why is this bad?",
        "## Example",
        "## Use instead",
        "## When not to use it",
        "## Kubernetes",
    ]
    assert rule["defaultConfiguration"]["level"] == result["level"] == "error"
    related = {place["id"]: place["message"]["text"] for place in result["relatedLocations"]}
    assert related == {1: "defined here, without it", 2: "a similar key is defined here"}
    assert "See [defined here, without it](1), [a similar key is defined here](2)" in result["message"]["text"]


def test_sarif_describes_every_rule_as_briefly_as_github_takes_it() -> None:
    for rule in rules().values():
        described = rule_json(rule)
        assert len(described["fullDescription"]["text"]) <= 1024
        assert described["help"]["markdown"].startswith("## What it does\n")


def test_sarif_names_files_from_the_root_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {"repo/.git/HEAD": "", "repo/deploy/ü %.yaml": POD, "outside.yaml": POD})
    run = log_of(tmp_path / "repo" / "deploy", ".", "../../outside.yaml")
    uris = [artifact["location"] for artifact in run["artifacts"]]
    assert uris == [
        {"uri": (tmp_path / "outside.yaml").as_uri()},
        {"uri": "deploy/%C3%BC%20%25.yaml", "uriBaseId": "%SRCROOT%"},
    ]
    assert set(run["originalUriBaseIds"]) == {"%SRCROOT%"}
    assert unquote(uris[1]["uri"]) == "deploy/ü %.yaml"


def test_sarif_keeps_what_is_suppressed_but_not_for_github(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.yaml": POD.replace("1}", "1} # cmlint: ignore[non-string-env] a webhook quotes it"),
            "b.yaml": POD,
            "c.yaml": POD,
            ".cmlint.yaml": "per-path-ignore: {b.yaml: [non-string-env]}\n",
        },
    )
    cmlint(tmp_path, "check", "c.yaml", "--write-baseline", "known.json")
    words = (".", "--baseline", "known.json")
    assert [result["suppressions"] for result in log_of(tmp_path, *words)["results"]] == [
        [{"kind": "inSource", "status": "accepted", "justification": "a webhook quotes it"}],
        [{"kind": "external", "status": "accepted"}],
        [{"kind": "external", "status": "accepted", "justification": "in the baseline"}],
    ]
    assert log_of(tmp_path, *words, GITHUB_ACTIONS="true")["results"] == []


def test_sarif_tells_what_could_not_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD, "b.yaml": ""})
    (tmp_path / "b.yaml").write_bytes(b"kind: \xff\n")
    (invocation,) = log_of(tmp_path)["invocations"]
    (told,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert told["level"] == "error"
    assert told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.yaml"
    assert "UTF-8" in told["message"]["text"]
    write(tmp_path, {"b.yaml": CONFIG})
    (invocation,) = log_of(tmp_path)["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_the_crash_of_a_rule_is_told_in_sarif_and_is_no_result(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD})
    result = lint(tmp_path)
    (finding,) = result.outcome.findings
    result.outcome.findings = [msgspec.structs.replace(finding, rule=INTERNAL, message="crashed")]
    (run,) = json.loads(formatter("sarif")(result, View()))["runs"]
    assert run["results"] == []
    assert [told["message"]["text"] for told in run["invocations"][0]["toolExecutionNotifications"]] == ["crashed"]


def fixed(folder: Path, name: str, *edits: tuple[int, int, str]) -> list[Json]:
    """The fixes in SARIF of the only finding in a folder, when it has one with these edits of a file."""
    result = lint(folder)
    (finding,) = result.outcome.findings
    fix = Fix("mend it", True, tuple(Edit(name, *edit) for edit in edits))
    result.outcome.findings = [msgspec.structs.replace(finding, fixes=(fix,))]
    (run,) = json.loads(formatter("sarif")(result, View()))["runs"]
    return list(run["results"][0].get("fixes", ()))


def test_sarif_has_fixes(tmp_path: Path) -> None:
    line = "      env: [{name: B, value: 🎉}, {name: A, value: 1}]"
    text = f"{POD.partition('      env:')[0]}{line}\n"
    write(tmp_path, {"a.yaml": text})
    start = text.index("1}")
    (fix,) = fixed(tmp_path, "a.yaml", (start, start, '"'), (start + 1, start + 1, '"'))
    (change,) = fix["artifactChanges"]
    assert (fix["description"], change["artifactLocation"]["uri"]) == ({"text": "mend it"}, "a.yaml")
    column = line.index("1}") + 2
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 8, "startColumn": at, "endLine": 8, "endColumn": at},
            "insertedContent": {"text": '"'},
        }
        for at in (column, column + 1)
    ]


def test_sarif_has_no_fix_that_may_repeat_the_value_of_a_secret(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: 1234567}\n"
    write(tmp_path, {"s.yaml": text})
    start = text.index("1234567")
    assert fixed(tmp_path, "s.yaml", (start, start + 7, '"1234567"')) == []
    assert len(fixed(tmp_path, "s.yaml", (start, start, '"'), (start + 7, start + 7, '"'))) == 1


# github

ANNOTATION = re.compile(r"::(error|warning|notice) ([^:\r\n]*)::([^\r\n]*)")


def commands_in(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner of GitHub Actions reads them."""
    found = []
    for line in text.splitlines():
        match = ANNOTATION.fullmatch(line)
        assert match, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        found.append((match[1], {name: unquote(value) for name, value in pairs}, unquote(match[3])))
    return found


def test_annotations_stand_at_their_place(tmp_path: Path) -> None:
    odd = "a,b:c%41.yaml"
    write(
        tmp_path, {".git/HEAD": "", f"k/{odd}": POD, "k/b.yaml": POD.replace("web:1.2.3", "ghcr.io/acme/web:develop")}
    )
    done = cmlint(tmp_path / "k", "check", "--format", "github")
    first, second, third = commands_in(done.stdout)
    assert first == (
        "error",
        {
            "file": f"k/{odd}",
            "line": "9",
            "endLine": "9",
            "col": "28",
            "endColumn": "29",
            "title": "cmlint: non-string-env",
        },
        'the value of `A` must be a string, but it is a number\nthe API server refuses it\nquote it: `value: "1"`\n'
        "see cmlint rule non-string-env",
    )
    assert (second[0], second[1]["file"]) == ("error", "k/b.yaml")
    assert (third[0], third[1]["title"]) == ("warning", "cmlint: mutable-tag")


def test_nothing_in_a_manifest_makes_an_annotation_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD.replace("name: A", 'name: "A\\r\\n::error::b%0A::"')})
    done = cmlint(tmp_path, "check", "--format", "github", "--select", "non-string-env")
    ((_, _, message),) = commands_in(done.stdout)
    assert message.startswith("the value of `A␍␊::error::b%0A::` must be a string")


def test_what_could_not_be_read_is_annotated(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "a.yaml", "gone.yaml", "--format", "github")
    places = {"file": "gone.yaml", "line": "1", "title": "cmlint"}
    assert commands_in(done.stdout) == [("error", places, "no such file or folder")]


def test_in_github_actions_annotations_come_by_themselves(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD.replace("}\n", "} # ::warning::not one\n")})
    text = cmlint(tmp_path, "check").stdout
    done = cmlint(tmp_path, "check", GITHUB_ACTIONS="true")
    stop, rest = done.stdout.split("\n", 1)
    word = stop.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", word)
    fenced, after = rest.split(f"::{word}::\n")
    assert (fenced, after) == (text, cmlint(tmp_path, "check", "--format", "github").stdout)
    assert word not in cmlint(tmp_path, "check", GITHUB_ACTIONS="true").stdout


@pytest.mark.parametrize("form", ["text", "concise"])
def test_in_github_actions_what_is_made_for_people_is_fenced(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"a.yaml": POD})
    plain, there = (cmlint(tmp_path, "check", "--format", form, GITHUB_ACTIONS=value) for value in ("", "true"))
    assert re.fullmatch(r"::stop-commands::([0-9a-f]{32})\n(.*)::\1::\n", there.stdout, re.DOTALL)
    assert there.stdout.split("\n", 1)[1].rpartition("::\n")[0].rpartition("::")[0] == plain.stdout


@pytest.mark.parametrize("words", [("--format", "json"), ("--format", "markdown"), ("--output", "out.txt")])
def test_in_github_actions_what_was_asked_for_stays_as_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, {"a.yaml": POD})
    plain, there = cmlint(tmp_path, "check", *words), cmlint(tmp_path, "check", *words, GITHUB_ACTIONS="true")
    assert plain.stdout == there.stdout


# gitlab


class Lines(msgspec.Struct, forbid_unknown_fields=True):
    """Where a violation begins and ends."""

    begin: int
    end: int


class Location(msgspec.Struct, forbid_unknown_fields=True):
    """The place of a violation, as GitLab documents it."""

    path: str
    lines: Lines


class Violation(msgspec.Struct, forbid_unknown_fields=True):
    """A violation, as GitLab documents it."""

    description: str
    check_name: str
    fingerprint: str
    severity: Literal["info", "minor", "major", "critical", "blocker"]
    location: Location


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_gitlab_gets_what_it_documents(folder: Path) -> None:
    found = msgspec.json.decode(reported(folder, "gitlab"), type=list[Violation])
    assert len(found) == len(lint(folder, config=Config(pedantic=True)).outcome.findings)
    assert len({violation.fingerprint for violation in found}) == len(found)
    for violation in found:
        assert not violation.location.path.startswith(("/", "."))
        assert 1 <= violation.location.lines.begin <= violation.location.lines.end


def test_gitlab_gets_severities_by_consequence() -> None:
    done = cmlint(FIXTURES / "demo", "check", "--pedantic", "--format", "gitlab")
    found = msgspec.json.decode(done.stdout, type=list[Violation])
    severities = {violation.severity: rules()[violation.check_name].consequence for violation in found}
    assert severities["blocker"] == "rejected"
    assert severities["critical"] == "stuck"
    assert severities["major"] in ("stale", "silent")


# junit


def cases_in(text: str) -> dict[str, TestCase]:
    """The cases of a report by file and name, as a parser of JUnit reads them."""
    return {f"{case.classname}: {case.name}": case for suite in JUnitXml.fromstring(text.encode()) for case in suite}


def test_junit_says_what_fails_and_what_passes(tmp_path: Path) -> None:
    ignored = POD.replace("web", "api").replace("1}", "1} # cmlint: ignore[environment] a webhook quotes it")
    write(tmp_path, {"a.yaml": f"{POD}---\n{ignored}", "b.yaml": CONFIG, "c.yaml": "kind: of another sort\n"})
    (tmp_path / "d.yaml").write_bytes(b"kind: \xff\n")
    done = cmlint(tmp_path, "check", "--format", "junit")
    whole = JUnitXml.fromstring(done.stdout.encode())
    assert (whole.tests, whole.failures, whole.errors, whole.skipped) == (4, 1, 1, 1)
    ends = {name: [type(end) for end in case.result] for name, case in cases_in(done.stdout).items()}
    assert ends == {
        "a.yaml: non-string-env at 9:28": [Failure],
        "a.yaml: non-string-env at 19:28": [Skipped],
        "b.yaml: has no problems": [],
        "d.yaml: can be read": [Error],
    }
    (failure,) = cases_in(done.stdout)["a.yaml: non-string-env at 9:28"].result
    assert (failure.type, failure.message) == ("error", "the value of `A` must be a string, but it is a number")
    assert (failure.text or "").endswith("see cmlint rule non-string-env")


def test_an_info_is_no_failure_in_junit(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD.replace("value: 1", "value: a"), "b.yaml": CONFIG})
    cases = cases_in(cmlint(tmp_path, "check", "--format", "junit", "--pedantic").stdout)
    assert cases.keys() == {"a.yaml: has no problems", "b.yaml: unused-configmap at 3:18"}
    case = cases["b.yaml: unused-configmap at 3:18"]
    assert case.result == []
    assert (case.system_out or "").startswith("nothing reads the ConfigMap `app`")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_junit_can_be_parsed(folder: Path) -> None:
    found = lint(folder, config=Config(pedantic=True)).outcome.findings
    whole = JUnitXml.fromstring(reported(folder, "junit").encode())
    assert whole.failures == sum(finding.severity != "info" for finding in found)


def test_junit_holds_no_character_that_xml_cannot(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD.replace("name: A", 'name: "A\\0\\x1b\\uffff<]]>&"')})
    done = cmlint(tmp_path, "check", "--format", "junit")
    messages = [case.result[0].message for case in cases_in(done.stdout).values()]
    assert "the value of `A␀␛\\uffff<]]>&` must be a string, but it is a number" in messages


# markdown


def table_in(text: str) -> list[list[str]]:
    """The cells of the only table in a text, each as HTML, as a parser of Markdown reads them."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert html.count("<table>") == 1
    return [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_markdown_is_a_table_of_the_findings(folder: Path) -> None:
    found = lint(folder, config=Config(pedantic=True)).outcome.findings
    rows = table_in(reported(folder, "markdown"))
    assert all(len(row) == 3 for row in rows)
    ranked = problems(sorted(found, key=lambda finding: -RANKS[finding.severity]))
    places = ((f, f.location.start) for f, _ in ranked)
    wanted = Counter((f.severity, f"{f.location.path}:{start.line}:{start.column}") for f, start in places)
    assert Counter((row[0], re.sub("</?code>", "", row[1])) for row in rows) == wanted
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=["error", "warning", "info"].index)


@pytest.mark.parametrize(
    "name", ["a|b", "<script>x</script>", "@team", "a`@team`b", "[x](http://evil)", "a\\nb", "**b**", "a`|`<b>", "`"]
)
def test_a_name_means_nothing_to_markdown(name: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD.replace("name: A", f'name: "{name}"')})
    done = cmlint(tmp_path, "check", "--format", "markdown", "--select", "non-string-env")
    ((_, _, what),) = table_in(done.stdout)
    assert set(re.findall("<[^/>]*>", what)) <= {"<code>", "<br>", '<a href="https://cmlint.dev/rules/non-string-env">'}
    assert "@team" not in re.sub("<code>.*?</code>", "", what)


def test_markdown_fits_into_a_comment(tmp_path: Path) -> None:
    entries = "".join(f"        - {{name: '{'🎉<|' * 50}{number}', value: {number}}}\n" for number in range(1000))
    write(tmp_path, {"a.yaml": POD + entries})
    text = cmlint(tmp_path, "check", "--format", "markdown", "--select", "non-string-env").stdout
    assert 60_000 < len(text) <= 65_000
    rows = table_in(text)
    assert f"\n\n{1001 - len(rows)} more problems not shown: the report is too long.\n" in text
    write(tmp_path, {"a.yaml": POD.replace("name: A", f"name: {'x' * 100_000}")})
    assert len(cmlint(tmp_path, "check", "--format", "markdown").stdout) < 3000


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SHA": "abc"},
            "https://github.com/acme/shop/blob/abc/k/a%20b.yaml#L9",
        ),
        (
            {"CI_PROJECT_URL": "https://gitlab.com/acme/shop", "CI_COMMIT_SHA": "abc"},
            "https://gitlab.com/acme/shop/-/blob/abc/k/a%20b.yaml#L9",
        ),
    ],
)
def test_in_a_pipeline_markdown_leads_to_the_line(tmp_path: Path, environment: dict[str, str], address: str) -> None:
    write(tmp_path, {".git/HEAD": "", "k/a b.yaml": POD})
    done = cmlint(tmp_path / "k", "check", "--format", "markdown", **environment)
    ((_, where, _),) = table_in(done.stdout)
    assert where == f'<a href="{address}"><code>a b.yaml:9:28</code></a>'


def test_clean_manifests_need_no_table(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": CONFIG})
    done = cmlint(tmp_path, "check", "--format", "markdown")
    assert done.stdout == "### cmlint: no problems in 1 file (1 document, 0 containers, 0 references)\n"


# several reports of one run


def test_each_report_goes_where_it_should(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD})
    alone = {form: cmlint(tmp_path, "check", "--format", form).stdout for form in ("text", "gitlab", "github")}
    done = cmlint(
        tmp_path, "check", "--format", "gitlab", "--output=a.out", "--format=text", "--output", "-", "--format=github",
        "--output", "annotations",
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (1, alone["text"], "")
    assert (tmp_path / "a.out").read_text() == alone["gitlab"]
    assert (tmp_path / "annotations").read_text() == alone["github"]
    done = cmlint(tmp_path, "check", "--format", "gitlab", "--output", "a.out", "--format", "text")
    assert done.stdout == alone["text"]


FIRST = "the first `--output` belongs to the first `--format`, and so on"


@pytest.mark.parametrize(
    ("line", "message", "help_"),
    [
        (
            "--format text --format json",
            "`text` and `json` both go to standard output",
            f"give all but one an `--output`: {FIRST}",
        ),
        ("--format text --output a --output b", "2 outputs for 1 format", "give each `--output` a `--format`"),
        (
            "--format text --format json --output a --output a",
            "two reports go to `a`",
            "give each its own `--output`",
        ),
        (
            "--format text --format sarif --output a.sarif",
            "`text` would go to `a.sarif`, although `sarif` is wanted too",
            f"{FIRST}; `-` is standard output",
        ),
    ],
)
def test_reports_that_cannot_be_told_apart(tmp_path: Path, line: str, message: str, help_: str) -> None:
    write(tmp_path, {"a.yaml": POD})
    done = cmlint(tmp_path, "check", *line.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"cmlint: error: {message}\nhelp: {help_}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_no_format_is_imported_that_is_not_wanted(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD})
    script = "import sys; from cmlint.__main__ import main; main(['check', '--format', 'concise']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    modules = {name for name in done.stdout.split() if name.startswith("cmlint.report.")}
    assert modules == {f"cmlint.report.{name}" for name in ("view", "concise", "characters", "paint", "summary")}


def test_the_page_about_formats_has_them_all() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(FORMATS)
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == list(FORMATS[2:])


@pytest.mark.parametrize("form", FORMATS)
def test_a_run_that_is_repeated_says_the_same(tmp_path: Path, form: str) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: 1234567} # cmlint: ignore[all] here\n"
    write(tmp_path, {"a.yaml": POD, "b.yaml": CONFIG, "c.yaml": secret})
    words = ("check", "--format", form, "--cache-dir", str(tmp_path / "cache"))
    first = cmlint(tmp_path, *words)
    while not list((tmp_path / "cache").rglob("*.run")):
        cmlint(tmp_path, *words)  # Files that have just been written may still change unseen, so that no run is kept.
    again = cmlint(tmp_path, *words)
    assert (again.returncode, again.stdout) == (1, first.stdout)
    assert cmlint(tmp_path, "check", "--format", form, "--no-cache").stdout == first.stdout
