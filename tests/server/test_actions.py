"""What can be done about a finding, in which order, and what the files become."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.server.actions import Actions
from cmlint.server.settings import Actions as Offered
from cmlint.server.settings import Settings
from tests.support.desk import CONFIG, POD, SHOP, Desk

NEAR = POD.replace("SPECIAL_LEVEL", "SPECIAL_LEVL")
NUMBER = POD[: POD.index("          valueFrom")] + "          value: 8080\n"


def titles(desk: Desk, mark: str) -> list[str]:
    """The titles of the actions at a place."""
    return [each.title for each in desk.actions("pod.yaml", mark)]


def test_fixes_come_first_and_ignoring_last(tmp_path: Path) -> None:
    assert titles(Desk(tmp_path, {**SHOP, "pod.yaml": NEAR}), "SPECIAL_LEVL") == [
        "write `SPECIAL_LEVEL`",
        "add key `SPECIAL_LEVL` to `config.yaml`",
        "`external`: `ConfigMap/special-config` is made elsewhere",
        "ignore `missing-key` here",
        "ignore `missing-key` in this object",
    ]


@pytest.mark.parametrize(
    ("number", "name", "old", "new"),
    [
        (0, "pod.yaml", "SPECIAL_LEVL", "SPECIAL_LEVEL"),
        (1, "config.yaml", "info\n", 'info\n  SPECIAL_LEVL: ""\n'),
        (2, ".cmlint.yaml", "", "external:\n  - ConfigMap/special-config\n"),
        (3, "pod.yaml", "key: SPECIAL_LEVL", "key: SPECIAL_LEVL  # cmlint: ignore[missing-key] TODO: say why"),
        (4, "pod.yaml", "  name: web\nspec", "  annotations:\n    cmlint.dev/ignore: missing-key\n  name: web\nspec"),
    ],
    ids=["near", "key", "external", "line", "object"],
)
def test_what_an_action_writes(tmp_path: Path, number: int, name: str, old: str, new: str) -> None:
    desk = Desk(tmp_path, {**SHOP, "pod.yaml": NEAR})
    before = {**SHOP, "pod.yaml": NEAR, ".cmlint.yaml": ""}[name]
    made = desk.made(desk.actions("pod.yaml", "SPECIAL_LEVL")[number].edits)
    assert made == {name: before.replace(old, new, 1) if old else new}
    for changed, text in made.items():
        (desk.folder / changed).write_text(text)
        if opened := desk.workspace.at(desk.path(changed)):
            opened.text = text
    assert "missing-key" not in {each.rule for each in desk.read().findings} or number == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("external:\n  - Secret/a\n", "external:\n  - ConfigMap/special-config\n  - Secret/a\n"),
        ("external: [Secret/a]\n", "external: [ConfigMap/special-config, Secret/a]\n"),
        ("pedantic: false\n", "pedantic: false\nexternal:\n  - ConfigMap/special-config\n"),
        ("pedantic: false", "pedantic: false\nexternal:\n  - ConfigMap/special-config\n"),
    ],
)
def test_external_is_added_to_what_is_there(tmp_path: Path, before: str, after: str) -> None:
    desk = Desk(tmp_path, {"pod.yaml": POD, ".cmlint.yaml": before})
    made = [desk.made(each.edits) for each in desk.actions("pod.yaml", "special-config") if "external" in each.title]
    assert made == [{".cmlint.yaml": after}]


def test_a_safe_fix_is_preferred(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"pod.yaml": NUMBER})
    first, *others = desk.actions("pod.yaml", "8080")
    assert first.preferred and not any(each.preferred for each in others)
    assert desk.made(first.edits) == {"pod.yaml": NUMBER.replace("8080", '"8080"')}


def test_all_that_is_safe(tmp_path: Path) -> None:
    text = NUMBER + "        - name: OTHER\n          value: true\n"
    desk = Desk(tmp_path, {"pod.yaml": text})
    done = Actions(desk.locator, desk.path("pod.yaml"), desk.settings).all_safe()
    assert done and desk.made(done.edits) == {"pod.yaml": text.replace("8080", '"8080"').replace("true", '"true"')}
    assert len(done.fingerprints) == 2


@pytest.mark.parametrize(
    ("offered", "expected"),
    [(Offered(suppress=False), 3), (Offered(fix=False), 2), (Offered(suppress=False, fix=False), 0)],
)
def test_kinds_can_be_switched_off(tmp_path: Path, offered: Offered, expected: int) -> None:
    desk = Desk(tmp_path, {**SHOP, "pod.yaml": NEAR}, settings=Settings(actions=offered))
    assert len(desk.actions("pod.yaml", "SPECIAL_LEVL")) == expected


def test_nothing_while_the_text_is_another_one_or_broken(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {**SHOP, "pod.yaml": NEAR})
    desk.edit("pod.yaml", f"# moved\n{NEAR}")
    assert desk.actions("pod.yaml", "SPECIAL_LEVL") == []
    desk.type("pod.yaml", NEAR.replace("name: web\nspec", "name: [web\nspec"))
    assert desk.actions("pod.yaml", "SPECIAL_LEVL") == []


def test_an_annotation_is_added_to(tmp_path: Path) -> None:
    pod = NEAR.replace("  name: web\nspec", "  annotations:\n    cmlint.dev/ignore: mutable-tag\n  name: web\nspec")
    desk = Desk(tmp_path, {**SHOP, "pod.yaml": pod})
    done = desk.made(desk.actions("pod.yaml", "SPECIAL_LEVL")[-1].edits)
    assert done == {"pod.yaml": pod.replace("ignore: mutable-tag", "ignore: mutable-tag, missing-key")}


def test_a_key_beside_a_block(tmp_path: Path) -> None:
    config = CONFIG + "  app.conf: |\n    a=1\n"
    desk = Desk(tmp_path, {"config.yaml": config, "pod.yaml": NEAR})
    done = next(each for each in desk.actions("pod.yaml", "SPECIAL_LEVL") if each.title.startswith("add key"))
    assert desk.made(done.edits)["config.yaml"] == config.replace("\ndata:\n", '\ndata:\n  SPECIAL_LEVL: ""\n')
