"""The configuration's JSON Schema: what it says is what cmlint takes, and an editor completes and validates with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cmlint.errors import FatalError
from tests.support import schema
from tests.support.editor import Editor
from tests.support.run import inside, loaded, write

SCHEMA: dict[str, Any] = json.loads(schema.FILE.read_text(encoding="utf-8"))


def parts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting in a schema, also those inside of others, with its dotted name."""
    for name, field in node.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from parts(field, f"{path}{name}.")
        yield from parts(field.get("items", {}), f"{path}{name}[].")


def test_it_is_published_as_it_is_made() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.render(), "`make docs` writes it anew"
    Draft202012Validator.check_schema(SCHEMA)


def test_every_setting_is_described_in_a_sentence() -> None:
    described = dict(parts(SCHEMA))
    assert {"helm.values", "providers[].names", "baseline"} < described.keys()
    assert [name for name, field in described.items() if not field.get("description", "").endswith(".")] == []
    words = described["select"]["items"]
    assert len(words["enum"]) == len(words["enumDescriptions"])
    assert dict(zip(words["enum"], words["enumDescriptions"], strict=True))["missing-key"] == (
        "A reference to a missing key of a ConfigMap."
    )


@pytest.mark.parametrize(
    "text",
    [
        "select: [all]",
        "select: missing-key",
        "select: [mising-key]",
        "ignore: [images, missing-key]",
        "exclude: [old/]",
        "exclude: [1]",
        "per-path-ignore: {tests/: [references]}",
        "per-path-ignore: {tests/: references}",
        "per-path-ignore: {tests/: [reference]}",
        "external: [ConfigMap/made, 'kube-*']",
        "providers: [{kind: Claim, group: example.com}]",
        "providers: [{kind: Claim}]",
        "providers: [{kind: Claim, group: example.com, target: Pod}]",
        "providers: [{kind: Claim, group: example.com, name: [a]}]",
        "secrets: all",
        "secrets: none",
        "pedantic: true",
        "pedantic: 1",
        "pedantic:",
        "kubernetes-version: '1.31'",
        "kubernetes-version: 1.31",
        "kubernetes-version: newest",
        "kubernetes-version:",
        "kustomize: kustomize-5",
        "kustomize: ./kustomize",
        "helm-program: helm3",
        "helm-program: sh",
        "helm: {values: {'charts/*': [a.yaml, 'a.yaml,b.yaml']}}",
        "helm: {values: {'charts/*': a.yaml}}",
        "helm: {value: {}}",
        "build-timeout: 5",
        "build-timeout: 0",
        "build-timeout: '5'",
        "build-timeout: 600",
        "build-timeout: 86401",
        "cache-dir: kept",
        "enable-helm: true",
        "baseline: .cmlint-baseline.json",
        "baseline: [a]",
        "fail-on: info",
        "fail-on: fatal",
        "fial-on: info",
    ],
)
def test_it_takes_what_cmlint_takes(tmp_path: Path, text: str) -> None:
    write(tmp_path, {".cmlint.yaml": text})
    try:
        with inside(tmp_path):
            loaded()
        taken = True
    except FatalError:
        taken = False
    assert Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text)) == taken


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """yaml-language-server with the schema as it lies in the package."""
    with Editor(tmp_path_factory.mktemp("project"), {schema.FILE.as_uri(): [".cmlint.yaml"]}) as one:
        yield one


def test_an_editor_proposes_settings(editor: Editor) -> None:
    proposed = editor.complete(".cmlint.yaml", "fail-on: error\n", 1, 0)
    assert set(SCHEMA["properties"]) - {"fail-on"} <= proposed.keys()
    assert SCHEMA["properties"]["baseline"]["description"] in proposed["baseline"]


def test_an_editor_proposes_rules_with_what_they_find(editor: Editor) -> None:
    proposed = editor.complete(".cmlint.yaml", "ignore:\n  - \n", 1, 4)
    assert set(SCHEMA["properties"]["ignore"]["items"]["enum"]) <= proposed.keys()
    assert "A reference to a missing key of a ConfigMap." in proposed["missing-key"]


def test_an_editor_shows_what_a_setting_means(editor: Editor) -> None:
    shown = editor.hover(".cmlint.yaml", "fail-on: error\n", 0, 2)
    assert SCHEMA["properties"]["fail-on"]["description"] in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail-on: error\n", []),
        ("fial-on: error\n", [(0, "Property fial-on is not allowed.")]),
        ("ignore:\n  - images\n  - mising-key\n", [(2, "Value is not accepted.")]),
        ("pedantic: 1\n", [(0, 'Incorrect type. Expected "boolean".')]),
        ("kubernetes-version: 1.31\n", [(0, 'Incorrect type. Expected "string".')]),
    ],
)
def test_an_editor_marks_what_is_wrong(editor: Editor, text: str, said: list[tuple[int, str]]) -> None:
    marked = editor.diagnose(".cmlint.yaml", text)
    assert [(line, message[: len(said[0][1])]) for line, message in marked] == said
