"""Other names in all places at once, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmlint.server import rename
from tests.server.test_complete import VOLUMES
from tests.support.desk import CONFIG, POD, SHOP, Desk

GENERATOR = """\
resources: [pod.yaml]
configMapGenerator:
  - name: special-config
    literals: [SPECIAL_LEVEL=1]
"""


def renamed(desk: Desk, name: str, mark: str, new: str, offset: int = 1, *, confirms: bool = False) -> dict[str, str]:
    """The texts with another name."""
    return desk.made(rename.rename(desk.spot(name, mark, offset), new, confirms=confirms).edits)


def why_not(desk: Desk, name: str, mark: str, new: str, offset: int = 1) -> str:
    """Why a rename is refused."""
    with pytest.raises(rename.RefusedError) as refused:
        renamed(desk, name, mark, new, offset)
    return str(refused.value)


@pytest.mark.parametrize(("name", "offset"), [("config.yaml", 1), ("pod.yaml", 1)])
def test_an_object(tmp_path: Path, name: str, offset: int) -> None:
    desk = Desk(tmp_path, SHOP)
    made = renamed(desk, name, "special-config", "app-config", offset)
    assert made == {each: text.replace("special-config", "app-config") for each, text in SHOP.items()}


def test_an_object_about_which_something_is_wrong(tmp_path: Path) -> None:
    files = {**SHOP, "pod.yaml": f"# special-config\n{POD}".replace("SPECIAL_LEVEL", "SPECIAL_LEVL")}
    made = renamed(Desk(tmp_path, files), "config.yaml", "special-config", "a-much-longer-name")
    expected = {name: text.replace("name: special-config", "name: a-much-longer-name") for name, text in files.items()}
    assert made == expected


def test_a_name_with_which_something_is_wrong(tmp_path: Path) -> None:
    other = POD.replace("name: web\nspec", "name: other\nspec").replace("special-config", "app-confg")
    files = {**SHOP, "other.yaml": f"{other}              optional: true\n"}
    why = why_not(Desk(tmp_path, files), "config.yaml", "special-config", "app-config")
    assert why == "with the name `app-config` `optional-missing` would be found at other.yaml:13:21"


def test_a_key_keeps_its_quotes(tmp_path: Path) -> None:
    files = {name: text.replace("SPECIAL_LEVEL", '"SPECIAL_LEVEL"') for name, text in SHOP.items()}
    made = renamed(Desk(tmp_path, files), "config.yaml", "SPECIAL_LEVEL", "yes")
    assert made == {name: text.replace("SPECIAL_LEVEL", "yes") for name, text in files.items()}


def test_a_key_that_needs_quotes_gets_some(tmp_path: Path) -> None:
    made = renamed(Desk(tmp_path, SHOP), "config.yaml", "SPECIAL_LEVEL", "yes")
    assert made == {name: text.replace("SPECIAL_LEVEL", '"yes"') for name, text in SHOP.items()}


def test_what_kustomize_generates(tmp_path: Path) -> None:
    files = {"kustomization.yaml": GENERATOR, "pod.yaml": POD}
    made = renamed(Desk(tmp_path, files), "pod.yaml", "special-config", "app-config")
    assert made == {name: text.replace("special-config", "app-config") for name, text in files.items()}


def test_what_is_prepared(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG.replace("SPECIAL_LEVEL", '"SPECIAL_LEVEL"'), "pod.yaml": POD})
    found, name = rename.prepare(desk.spot("config.yaml", "SPECIAL_LEVEL", 1))
    assert name == "SPECIAL_LEVEL"
    assert (found.start, found.end) == ((5, 3), (5, 16))


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            "Special",
            "the name must consist of lower case letters, digits, `-` and `.`, and start and end with a letter",
        ),
        ("other", "there already is a ConfigMap `other`"),
    ],
)
def test_names_that_are_refused(tmp_path: Path, new: str, expected: str) -> None:
    desk = Desk(tmp_path, {**SHOP, "other.yaml": CONFIG.replace("special-config", "other")})
    assert why_not(desk, "config.yaml", "special-config", new).startswith(expected)


def test_a_key_that_is_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHOP)
    assert (
        why_not(desk, "config.yaml", "SPECIAL_LEVEL", "LOG_LEVEL") == "`special-config` already has a key `LOG_LEVEL`"
    )


def test_a_variable_that_would_change_its_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": VOLUMES.replace("items:", "items: # all")})
    why = why_not(desk, "config.yaml", "SPECIAL_LEVEL", "OTHER")
    assert why == "`SPECIAL_LEVEL` is also the name of a variable in Pod `web`"
    assert renamed(desk, "config.yaml", "SPECIAL_LEVEL", "OTHER", confirms=True)["config.yaml"] == CONFIG.replace(
        "SPECIAL_LEVEL", "OTHER"
    )


def test_what_a_controller_makes(tmp_path: Path) -> None:
    kind = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: login\n"
    sealed = f"{kind}spec:\n  encryptedData:\n    PASSWORD: Ag\n"
    pod = (
        POD.replace("configMapKeyRef", "secretKeyRef")
        .replace("special-config", "login")
        .replace("SPECIAL_LEVEL", "PASSWORD")
    )
    desk = Desk(tmp_path, {"sealed.yaml": sealed, "pod.yaml": pod})
    assert why_not(desk, "pod.yaml", "name: login", "other", 7) == "a controller makes `login` of SealedSecret"


def test_what_a_command_makes(tmp_path: Path) -> None:
    script = "#!/bin/sh\nkubectl create configmap special-config --from-literal=SPECIAL_LEVEL=very\n"
    desk = Desk(tmp_path, {"pod.yaml": POD, "make.sh": script}, "pod.yaml")
    assert why_not(desk, "pod.yaml", "special-config", "other") == "a command makes `special-config`"


def test_what_is_defined_twice(tmp_path: Path) -> None:
    files = {**SHOP, "dev/config.yaml": CONFIG}
    why = why_not(Desk(tmp_path, files), "config.yaml", "special-config", "other")
    assert why == "`special-config` is also defined in dev/config.yaml"


def test_nothing_to_rename(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHOP)
    assert why_not(desk, "pod.yaml", "nginx", "x") == "only names and keys of ConfigMaps and Secrets can be renamed"
