"""Workloads without any image: mistakes, or parts that something else completes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material
from cmlint.manifest.documents import read_text
from cmlint.pipeline.check import check
from cmlint.sources.request import Request
from tests.support.run import concise, inside, rules, run, write

LACKING = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a}]}
"""
WHOLE = LACKING.replace("{name: a}", "{name: a, image: web:1.2.3}")

TREES = [
    (["one/m.yaml"], [], ["one/m.yaml"]),
    (["m.yaml"], ["n.yaml"], ["m.yaml"]),
    (["one/m.yaml", "two/m.yaml"], ["three/m.yaml"], ["one/m.yaml", "two/m.yaml"]),
    (["one/m.yaml", "two/m.yaml"], [], []),
    (["assets/one/m.yaml", "assets/two/m.yaml"], ["docs/m.yaml"], []),
    (["assets/one/m.yaml", "assets/one/n.yaml"], ["assets/one/o.yaml"], []),
    (["web/part.yaml"], [], ["web/part.yaml"]),
]


@pytest.mark.parametrize(("lacking", "whole", "found"), TREES)
def test_an_image_is_forgotten_once(tmp_path: Path, lacking: list[str], whole: list[str], found: list[str]) -> None:
    texts = {**dict.fromkeys(lacking, LACKING), **dict.fromkeys(whole, WHOLE)}
    write(tmp_path, {path: text.replace("NAME", f"p{i}") for i, (path, text) in enumerate(texts.items())})
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert concise(result) == [f"{path}:8:32: error[invalid-image] `image` must be set" for path in found]


def test_a_patch_beside_a_kustomization_is_a_part(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"web/part.yaml": LACKING, "web/kustomization.yaml": "resources: [pod.yaml]\n", "web/pod.yaml": WHOLE},
    )
    with inside(tmp_path):
        result = check(Request(rules=dict(rules())))
    assert concise(result) == []
    assert ("web/part.yaml", "completed elsewhere: no container has an image") in result.outcome.skipped


def test_a_part_is_set_aside_with_its_reason() -> None:
    files = {path: read_text(LACKING) for path in ("one/m.yaml", "two/m.yaml")}
    bundle = Bundle(Material(files=list(files.items())))
    why = "no container has an image, so that something else completes it"
    assert [(placed.path, evidence.code, evidence.sentence) for placed, evidence in bundle.aside] == [
        ("one/m.yaml", "part", why),
        ("two/m.yaml", "part", why),
    ]
    assert Bundle(Material(files=[("one/m.yaml", files["one/m.yaml"])])).aside == []


@pytest.mark.parametrize(("how", "aside"), [({}, 2), ({"unbuilt": "it cannot be built"}, 0), ({"live": True}, 0)])
def test_only_files_as_they_are_have_parts(how: dict[str, Any], aside: int) -> None:
    files = [(path, read_text(LACKING)) for path in ("one/m.yaml", "two/m.yaml")]
    assert len(Bundle(Material(files=files, **how)).aside) == aside


def test_what_is_built_has_no_parts(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": WHOLE})
    (built,) = filter(None, (bundle.built for bundle in run(tmp_path).bundles))
    files = [(path, read_text(LACKING)) for path in ("one/m.yaml", "two/m.yaml")]
    assert Bundle(Material(files=files, built=built)).aside == []
