"""Every reference ends in exactly one way, and the counts of a run add up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cmlint.config.config import Config
from cmlint.model.evidence import NOT_LOOKED_AT
from cmlint.model.outcome import Ending, Outcome
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from tests.support import report
from tests.support.manifests import pod
from tests.support.repository import Repository
from tests.support.run import FIXTURES, REAL, inside, lint, run, write

FOLDERS = sorted(
    [
        *(FIXTURES / name for name in ("demo", "ok", "report", "secrets", "seeds")),
        *(path for name in ("err", "mutation", "projects") for path in (FIXTURES / name).iterdir() if path.is_dir()),
    ]
)

UNVERIFIED: tuple[Ending, ...] = ("optional", "excused", "not-looked-at")

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {PORT: '1'}\n"
KEY = pod("env:", "  - {name: A, valueFrom: {configMapKeyRef: {name: app, key: %s%s}}}")
"""A pod that reads a key, which may be optional."""


def ends(outcome: Outcome) -> dict[str, int]:
    """How references end, and the codes of those that are neither resolved nor reported."""
    assert_that_it_adds_up(outcome)
    return {kind: number for kind, number in outcome.ends.items() if kind not in UNVERIFIED} | {
        each.code: 1 for each in outcome.unverified
    }


def assert_that_it_adds_up(outcome: Outcome) -> None:
    """The ends are as many as the references, and what is neither resolved nor reported is listed with a code."""
    assert sum(outcome.ends.values()) == outcome.references
    unseen = sum(each.code in NOT_LOOKED_AT for each in outcome.unverified)
    optional = sum(each.code == "optional" for each in outcome.unverified)
    counts = [outcome.ends.get(kind, 0) for kind in UNVERIFIED]
    assert counts == [optional, len(outcome.unverified) - optional - unseen, unseen]
    assert all(each.why for each in outcome.unverified)


def assert_that_the_report_agrees(result: Result) -> None:
    """The report is as its schema says, and its counts and its entries add up, too."""
    printed = json.loads(formatter("json")(result, View()))
    assert not list(Draft202012Validator(json.loads(report.render())).iter_errors(printed))
    counts = printed["summary"]
    named = [counts[name] for name in ("resolved", "reported", "optional", "excused", "not_looked_at")]
    assert sum(named) == counts["references"]
    assert sum(named[2:]) == sum(entry["times"] for entry in printed["unverified"])
    assert all(len(finding["group"]) == 16 for finding in printed["findings"])


@pytest.mark.parametrize("folder", [*FOLDERS, *REAL], ids=lambda path: path.name)
def test_the_counts_add_up(folder: Path) -> None:
    for config in (Config(pedantic=True), Config(references="strict"), Config(select=("mutable-tag",))):
        result = run(folder, config=config)
        assert_that_it_adds_up(result.outcome)
        assert_that_the_report_agrees(result)
        off = {each.code for each in result.outcome.unverified} & {"rule-off"}
        assert not off or config.select, "a reference is not reported although all rules run"


BACKSTAGE = (
    "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: web}\n"
    "spec:\n  steps:\n    - action: fetch:template\n      input:\n        url: ./skeleton\n"
)
LEFT_OUT = {
    "testdata": {},
    "vendor": {"vendor/modules.txt": ""},
    "{{cookiecutter.name}}": {},
    "skeleton": {"template.yaml": BACKSTAGE},
    "template": {"copier.yml": "_subdirectory: template\n"},
    "a/archetype-resources": {},
}
"""Folders that nobody applies as they are, and the files that show it."""


@pytest.mark.parametrize("folder", LEFT_OUT)
def test_what_is_left_out_is_counted_and_defines_nothing(tmp_path: Path, folder: str) -> None:
    lacking = "resources: [pod.yaml, gone.yaml]\nconfigMapGenerator: [{name: app, literals: [PORT=1]}]\n"
    inside = {
        "pod.yaml": KEY % ("HOST", ""),
        "app.yaml": CONFIG,
        "broken.yaml": "kind: ConfigMap\n a: b\napiVersion: v1\n",
    }
    files = {f"{folder}/{name}": text for name, text in {**inside, "k/kustomization.yaml": lacking}.items()}
    write(tmp_path, {**files, **LEFT_OUT[folder], "pod.yaml": KEY % ("PORT", "")})
    outcome = run(tmp_path).outcome
    assert ends(outcome) == {"reported": 1, "left-out": 1}
    assert [(each.rule, each.location.path) for each in outcome.findings] == [("missing-configmap", "pod.yaml")]
    assert outcome.left_out == [folder]


@pytest.mark.parametrize(
    ("folder", "beside"),
    [("skeleton", {}), ("content", {"template.yaml": BACKSTAGE}), ("template", {"copier.yml": "name: {type: str}\n"})],
)
def test_what_no_tool_copies_is_checked(tmp_path: Path, folder: str, beside: dict[str, str]) -> None:
    write(tmp_path, {f"{folder}/pod.yaml": KEY % ("PORT", ""), **beside})
    assert ends(run(tmp_path).outcome) == {"reported": 1}


BLANKS = {
    "a name to be filled in": ("web/kustomization.yaml", "resources: [pod.yaml, <name>.yaml]\n"),
    "a word to be replaced": ("web/kustomization.yaml", "resources: [pod.yaml, YOUR_APP.yaml]\n"),
    "a folder of templates": ("_template/kustomization.yaml", "resources: [pod.yaml, ../../base]\n"),
}


@pytest.mark.parametrize("name", BLANKS)
def test_a_kustomization_to_be_copied_is_not_built(tmp_path: Path, name: str) -> None:
    path, text = BLANKS[name]
    folder = path.partition("/")[0]
    write(tmp_path, {path: text, f"{folder}/pod.yaml": KEY % ("PORT", "")})
    outcome = run(tmp_path).outcome
    assert not outcome.findings
    assert ends(outcome) == {"not-built": 1}
    assert (path, "a template, not rendered") in outcome.skipped
    write(tmp_path, {path: "resources: [pod.yaml, gone.yaml]\n".replace("gone", "gone" if "web" in path else "pod2")})
    write(tmp_path, {} if "web" in path else {f"{folder}/pod2.yaml": CONFIG.replace("app", "other")})
    found = [each.rule for each in run(tmp_path).outcome.findings]
    assert found == (["not-built"] if "web" in path else ["missing-configmap"])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.yaml": CONFIG, "pod.yaml": KEY % ("PORT", "")}, {"resolved": 1}),
        ({"a.yaml": CONFIG, "pod.yaml": KEY % ("HOST", "")}, {"reported": 1}),
        ({"a.yaml": CONFIG, "pod.yaml": KEY % ("HOST", ", optional: true")}, {"optional": 1}),
        ({"a.yaml": CONFIG, "pod.yaml": KEY % ("'${HOST}'", "")}, {"placeholder": 1}),
        ({"a.yaml": CONFIG, "pod.yaml": KEY % ("PORTS", ", optional: true")}, {"reported": 1}),
        ({"a.yaml": CONFIG.replace("data", "binaryData"), "pod.yaml": KEY % ("PORT", "")}, {"reported": 1}),
        ({"pod.yaml": KEY % ("PORT", "")}, {"reported": 1}),
        ({"pod.yaml": KEY % ("PORT", ", optional: true")}, {"optional": 1}),
        ({"pod.yaml": (KEY % ("PORT", "")).replace("name: app", "name: '${NAME}'")}, {"placeholder": 1}),
        ({"pod.yaml": (KEY % ("ca.crt", "")).replace("name: app", "name: kube-root-ca.crt")}, {"well-known": 1}),
        (
            {"pod.yaml": KEY % ("PORT", ""), "up.sh": "kubectl create configmap app --from-literal=PORT=1\n"},
            {"command": 1},
        ),
        (
            {
                "a.yaml": "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app}\n"
                "spec: {dataFrom: [{extract: {key: x}}]}\n",
                "pod.yaml": (KEY % ("PORT", "")).replace("configMap", "secret"),
            },
            {"open-object": 1},
        ),
        (
            {"base/pod.yaml": KEY % ("PORT", ""), "dev/a.yaml": CONFIG, "prod/a.yaml": CONFIG.replace("PORT", "HOST")},
            {"several-definitions": 1},
        ),
        (
            {"pod.yaml": KEY % ("PORT", ""), "kustomization.yaml": "resources: [pod.yaml, 'https://example.com/x']\n"},
            {"not-built": 1},
        ),
    ],
)
def test_how_a_reference_ends(tmp_path: Path, files: dict[str, str], expected: dict[str, int]) -> None:
    write(tmp_path, files)
    assert ends(lint(tmp_path).outcome) == expected


@pytest.mark.parametrize(
    ("of_open", "of_other", "why"),
    [
        ("HOST", "PORT", "the ExternalSecret in dev/a.yaml may give it more keys"),
        ("PORT", "HOST", "several objects have this name, and it is not known that the one in dev/a.yaml is read"),
    ],
    ids=["open", "closed"],
)
def test_a_definition_that_lacks_a_key_may_have_it_if_it_is_open(
    tmp_path: Path, of_open: str, of_other: str, why: str
) -> None:
    spec = f"{{dataFrom: [{{extract: {{key: x}}}}], data: [{{secretKey: {of_open}, remoteRef: {{key: x}}}}]}}"
    files = {
        "base/pod.yaml": (KEY % ("PORT", "")).replace("configMap", "secret"),
        "dev/a.yaml": "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: app}\n"
        f"spec: {spec}\n",
        "prod/a.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: app}}\nstringData: {{{of_other}: '1'}}\n",
    }
    write(tmp_path, files)
    assert [each.why for each in lint(tmp_path).outcome.unverified] == [why]


def test_external_names_are_listed(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY % ("PORT", "")})
    outcome = lint(tmp_path, config=Config(external=("ConfigMap/app",))).outcome
    assert [(each.code, each.why) for each in outcome.unverified] == [("external", "the setting `external` names it")]


def test_suppressed_and_related_places_are_reported(tmp_path: Path) -> None:
    twice = pod(
        "envFrom:",
        "  - {configMapRef: {name: app}}  # cmlint: ignore[missing-configmap]",
        "  - {configMapRef: {name: app}}",
    )
    write(tmp_path, {"pod.yaml": twice})
    outcome = lint(tmp_path).outcome
    assert (len(outcome.findings), len(outcome.suppressed)) == (0, 1)
    assert ends(outcome) == {"reported": 2}


def test_more_places_than_a_finding_shows_are_reported(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": pod("envFrom:", *["  - {configMapRef: {name: app}}"] * 150)})
    assert ends(lint(tmp_path).outcome) == {"reported": 150}


def test_a_rule_that_does_not_run_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": KEY % ("PORT", "")})
    outcome = lint(tmp_path, config=Config(ignore=("missing-configmap",))).outcome
    assert ends(outcome) == {"rule-off": 1}
    assert outcome.ends == {"not-looked-at": 1}


def test_a_baseline_and_older_findings_count_as_reported(tmp_path: Path) -> None:
    shop = Repository(tmp_path, {"pod.yaml": KEY % ("PORT", "")})
    shop.run("cmlint", "check", "--write-baseline", "known.json")
    for words in (("--baseline", "known.json"), ("--since", "HEAD")):
        done = shop.run("cmlint", "check", "--format", "json", *words)
        printed = json.loads(done.stdout)
        assert (printed["findings"], printed["summary"]["reported"], printed["unverified"]) == ([], 1, [])


def test_the_schema_is_up_to_date() -> None:
    assert report.FILE.read_text(encoding="utf-8") == report.render(), "run `make docs`"


def test_the_schema_sees_what_is_wrong() -> None:
    printed = json.loads(formatter("json")(lint(FIXTURES / "report"), View()))
    del printed["findings"][0]["location"]["start"]["line"]
    printed["summary"]["references"] = "six"
    errors = Draft202012Validator(json.loads(report.render())).iter_errors(printed)
    assert sorted(error.json_path for error in errors) == ["$.findings[0].location.start", "$.summary.references"]


def test_findings_with_one_cause_have_one_group(tmp_path: Path) -> None:
    reads = pod("envFrom:", "  - {configMapRef: {name: %s}}")
    write(tmp_path, {f"{name}.yaml": reads.replace("web", name) % read for name, read in NAMES.items()})
    groups: dict[str, list[str]] = {}
    for finding in lint(tmp_path).outcome.findings:
        groups.setdefault(finding.group, []).append(finding.location.path)
    assert sorted(groups.values()) == [["a.yaml", "b.yaml"], ["c.yaml"]]


NAMES = {"a": "app", "b": "app", "c": "other"}
"""The ConfigMap that each Pod reads."""


def test_references_to_one_name_for_one_reason_are_one_line(tmp_path: Path) -> None:
    custom = "apiVersion: example.com/v1\nkind: Database\nmetadata: {name: orders}\n"
    reading = "envFrom: [{configMapRef: {name: made}}]"
    write(tmp_path, {"app/database.yaml": custom})
    for name in ("one", "two", "three"):
        write(tmp_path, {f"app/{name}.yaml": pod(reading, name=name)})
    with inside(tmp_path):
        lines = formatter("text")(lint(Path()), View(verbose=True)).splitlines()
    start = lines.index("references that are neither resolved nor reported:")
    why = "the custom resource Database in app/database.yaml may create it [custom-resource]"
    places = "also at 2 more places: app/three.yaml:8:39, app/two.yaml:8:39"
    assert lines[start + 1 : start + 3] == [f"  app/one.yaml:8:39: ConfigMap/made: {why}; {places}", ""]
