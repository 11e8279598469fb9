"""Long CustomResourceDefinitions are built without what they define, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.trees import definition

from cmlint.config.config import Config
from cmlint.sources.kustomize import definitions
from cmlint.sources.kustomize.kustomization import Project
from cmlint.sources.request import Request
from tests.support.manifests import POD
from tests.support.run import failures, run, write

LONG = definition(1)
POD_AND_CRD = {"kustomization.yaml": "resources: [pod.yaml, crd.yaml]\n", "pod.yaml": POD, "crd.yaml": LONG}
PATCH = "patches:\n- target: {kind: CustomResourceDefinition}\n  patch: |\n"
DROP_VERSION = "    - {op: remove, path: /spec/versions/0}\n"
ADD_LABEL = "    - {op: add, path: /metadata/labels, value: {a: b}}\n"


@pytest.fixture
def built_with(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The lengths of the long files, of each build that has any."""
    lengths: list[list[int]] = []
    shortened = definitions.shortened

    def noted(*given: object) -> dict[str, str]:
        short = shortened(*given)  # type: ignore[arg-type]
        lengths.append([len(text) for text in short.values()])
        return short

    monkeypatch.setattr("cmlint.sources.kustomize.build.shortened", noted)
    return lengths


def test_a_long_definition_is_built_without_its_spec(tmp_path: Path, built_with: list[list[int]]) -> None:
    write(tmp_path, POD_AND_CRD)
    outcome = run(tmp_path).outcome
    assert (failures(run(tmp_path)), outcome.containers, outcome.documents) == ([], 1, 1)
    assert built_with == [[len(LONG.partition("spec:")[0])]] * 2


@pytest.mark.parametrize("patch", [DROP_VERSION, ADD_LABEL])
def test_a_patch_of_a_definition_is_applied(patch: str, tmp_path: Path) -> None:
    text = f"{POD_AND_CRD['kustomization.yaml']}{PATCH}{patch}"
    write(tmp_path, POD_AND_CRD | {"kustomization.yaml": text})
    result = run(tmp_path)
    assert (failures(result), result.outcome.containers) == ([], 1)


def test_what_is_wrong_with_definitions_is_still_reported(tmp_path: Path) -> None:
    write(tmp_path, POD_AND_CRD | {"crd.yaml": LONG.replace("maxLength: 253", "maxLength: [", 1)})
    write(tmp_path, {"twice/kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "twice/pod.yaml": POD})
    write(tmp_path, {"twice/a.yaml": LONG, "twice/b.yaml": LONG})
    broken, twice = failures(run(tmp_path))
    assert broken.startswith("kustomization.yaml:1: ") and "crd.yaml" in broken
    assert twice.startswith("twice/kustomization.yaml:1: ") and "already registered id" in twice


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (LONG, LONG.partition("spec:")[0]),
        (f"# made\n---\n{LONG}status: {{}}\n---\n", f"# made\n---\n{LONG.partition('spec:')[0]}status: {{}}\n---\n"),
        (f"{LONG}---\n{POD}", ""),
        (LONG.replace("maxLength: 253", "maxLength: [", 1), ""),
        (LONG[: definitions.LONG - 1], ""),
        (POD.ljust(definitions.LONG + 1), ""),
    ],
)
def test_which_texts_are_shorter(text: str, short: str, tmp_path: Path) -> None:
    path = tmp_path / "crd.yaml"
    path.write_text(text, encoding="utf-8")
    project = Project(Request(config=Config()), (str(tmp_path),), absolute=True)
    assert definitions.shorter(project, str(path)) == short
