"""From a name to its definition and to its readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.server import navigate
from tests.server.test_complete import VOLUMES
from tests.support.desk import CONFIG, POD, SHOP, Desk


def defined(desk: Desk, name: str, mark: str, offset: int = 1) -> list[str]:
    """Where what is at a place is defined."""
    found = navigate.definitions(desk.spot(name, mark, offset))
    return desk.places(found.places) if found else []


def read(desk: Desk, name: str, mark: str, offset: int = 1, *, declared: bool = False) -> list[str]:
    """What reads it."""
    return desk.places(navigate.references(desk.spot(name, mark, offset), declared=declared))


@pytest.mark.parametrize(
    ("mark", "offset", "expected"),
    [
        ("name: special-config", 7, ["config.yaml:4: special-config"]),
        ("key: SPECIAL_LEVEL", 6, ["config.yaml:6: SPECIAL_LEVEL"]),
        ("nginx", 1, []),
    ],
)
def test_definition(tmp_path: Path, mark: str, offset: int, expected: list[str]) -> None:
    assert defined(Desk(tmp_path, SHOP), "pod.yaml", mark, offset) == expected


def test_definition_of_a_variable_and_a_volume(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES})
    assert defined(desk, "pod.yaml", '"$(LEVEL)"', 4) == ["pod.yaml:21: LEVEL"]
    assert defined(desk, "pod.yaml", "- name: settings\n          mountPath", 9) == ["pod.yaml:7: settings"]


def test_several_where_they_are_equally_near(tmp_path: Path) -> None:
    files = {"a/config.yaml": CONFIG, "b/config.yaml": CONFIG, "pod.yaml": POD}
    found = defined(Desk(tmp_path, files), "pod.yaml", "key: SPECIAL_LEVEL", 6)
    assert found == ["a/config.yaml:6: SPECIAL_LEVEL", "b/config.yaml:6: SPECIAL_LEVEL"]


def test_definition_leads_to_what_is_generated(tmp_path: Path) -> None:
    generator = "configMapGenerator:\n  - name: special-config\n    literals:\n      - SPECIAL_LEVEL=1\n"
    files = {"kustomization.yaml": f"resources: [pod.yaml]\n{generator}", "pod.yaml": POD}
    desk = Desk(tmp_path, files)
    assert defined(desk, "pod.yaml", "key: SPECIAL_LEVEL", 6)[0].startswith("kustomization.yaml:5: SPECIAL_LEVEL")
    assert defined(desk, "pod.yaml", "name: special-config", 7) == ["kustomization.yaml:3: special-config"]


def test_definition_leads_to_the_line_of_an_env_file(tmp_path: Path) -> None:
    generator = "configMapGenerator:\n  - name: special-config\n    envs: [app.env]\n"
    files = {"kustomization.yaml": f"resources: [pod.yaml]\n{generator}", "pod.yaml": POD}
    desk = Desk(tmp_path, {**files, "app.env": "OTHER=1\nSPECIAL_LEVEL=high\n"})
    assert defined(desk, "pod.yaml", "key: SPECIAL_LEVEL", 6) == ["app.env:2: SPECIAL_LEVEL"]


def test_references_of_a_key_with_those_that_take_all(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": POD, "volumes.yaml": VOLUMES})
    assert read(desk, "config.yaml", "LOG_LEVEL") == ["volumes.yaml:30: special-config", "volumes.yaml:11: LOG_LEVEL"]
    assert read(desk, "config.yaml", "SPECIAL_LEVEL", declared=True) == [
        "config.yaml:6: SPECIAL_LEVEL",
        "pod.yaml:14: SPECIAL_LEVEL",
        "volumes.yaml:30: special-config",
    ]


def test_highlights_are_in_the_file_at_hand(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path, {"all.yaml": f"{CONFIG}---\n{POD}", "other.yaml": POD.replace("name: web\nspec", "name: o\nspec")}
    )
    found = desk.places(navigate.highlights(desk.spot("all.yaml", "special-config", 1)))
    assert found == ["all.yaml:4: special-config", "all.yaml:21: special-config"]


def test_symbols(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHOP)
    found = list(navigate.symbols(desk.project.snapshot.bundles, "configmap special", desk.locator))  # type: ignore[union-attr]
    assert [(each.kind, each.name, *desk.places([each.place])) for each in found] == [
        ("ConfigMap", "special-config", "config.yaml:4: special-config")
    ]
