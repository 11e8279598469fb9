"""What stands beside the text."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cmlint.model.facts import Span
from cmlint.server import lens, navigate, settings
from tests.server.test_complete import SECRET, VOLUMES
from tests.support.desk import CONFIG, POD, Desk


def lenses(desk: Desk) -> list[lens.Lens]:
    """The lenses of the ConfigMap."""
    ranges = lens.ranges(desk.spot("config.yaml", "apiVersion"))
    offsets = [desk.lines(desk.path("config.yaml")).offset(*each.start) for each in ranges]
    found = [lens.lens_at(desk.spot("config.yaml", "", offset)) for offset in offsets]
    return [each for each in found if each]


def test_a_lens_counts_readers(tmp_path: Path) -> None:
    other = VOLUMES.replace("name: web\nspec", "name: other\nspec")
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "pod.yaml": POD, "other.yaml": other})
    [found] = lenses(desk)
    assert found.title == "2 readers, 2 need a restart"
    assert desk.places(list(found.places)) == [
        "other.yaml:30: special-config",
        "other.yaml:9: special-config",
        "pod.yaml:13: special-config",
    ]


def test_a_lens_of_what_nobody_reads(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {"config.yaml": CONFIG})
    assert [each.title for each in lenses(desk)] == ["0 readers"]


def test_who_is_in_another_namespace_reads_nothing(tmp_path: Path) -> None:
    config, pod = (text.replace("\nmetadata:\n", "\nmetadata:\n  namespace: {}\n") for text in (CONFIG, POD))
    for namespace, title, hint in (("shop", "1 reader, 1 needs a restart", ['= "very"']), ("other", "0 readers", [])):
        desk = Desk(tmp_path / namespace, {"config.yaml": config.format("shop"), "pod.yaml": pod.format(namespace)})
        assert [each.title for each in lenses(desk)] == [title]
        told = desk.hover("config.yaml", "special-config") or ""
        assert ("Pod web" in told, "nothing here reads it" in told) == (bool(hint), not hint)
        found = list(lens.hints(desk.spot("pod.yaml", "apiVersion"), Span(0, len(POD) * 2)))
        assert [each.label for each in found] == hint
        references = desk.places(navigate.references(desk.spot("config.yaml", "special-config", 1), declared=False))
        assert references == ["pod.yaml:14: special-config"]


def test_hints_show_no_secret(tmp_path: Path) -> None:
    pod = POD + "        - name: P\n          valueFrom: {secretKeyRef: {name: login, key: PASSWORD}}\n"
    pod += "      envFrom:\n        - configMapRef:\n            name: special-config\n"
    desk = Desk(tmp_path, {"config.yaml": CONFIG, "secret.yaml": SECRET, "pod.yaml": pod})
    found = list(lens.hints(desk.spot("pod.yaml", "apiVersion"), Span(0, len(pod))))
    assert [each.label for each in found] == ["2 variables", '= "very"']


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (None, []),
        ({}, []),
        ({"hints": None}, []),
        ({"diagnostcs": "open"}, ["`cmlint.diagnostcs` is not a setting; did you mean `cmlint.diagnostics`?"]),
        (
            {"actions": {"supress": 1}},
            ["`cmlint.actions.supress` is not a setting; did you mean `cmlint.actions.suppress`?"],
        ),
        ({"diagnostics": "all"}, ["`cmlint.diagnostics` must be `open`, `new` or `workspace`; the default counts"]),
        ({"hints": "yes"}, ["`cmlint.hints` must be true or false; the default counts"]),
        ({"actions": {"fix": 1}}, ["`cmlint.actions.fix` must be true or false; the default counts"]),
        ({"actions": []}, ["`cmlint.actions` must be an object; the default counts"]),
        ({"actions": {"fix": None}}, []),
        ({"against": "live.json"}, ["`cmlint.against` must be a list of paths; the default counts"]),
        ({"references": 5}, ["`cmlint.references` must be the name of a command; the default counts"]),
        (
            {"beside": ["yamlls"]},
            [
                "`cmlint.beside` must be a list of `yaml-language-server`, `kubernetes-schema` or `helm-ls`;"
                " the default counts"
            ],
        ),
        ("open", ["the settings of cmlint must be an object"]),
    ],
)
def test_settings_that_are_wrong_are_told(given: object, wrong: list[str]) -> None:
    found, told = settings.read(given)
    assert (found, told) == (settings.Settings(), wrong)


def test_each_type_of_a_setting_has_words() -> None:
    kinds = [field.type for kind in (settings.Settings, settings.Actions) for field in msgspec.structs.fields(kind)]
    assert set(kinds) == set(settings.EXPECTED)


def test_settings_that_are_right_count_beside_wrong_ones() -> None:
    found, _ = settings.read({"hints": True, "nothing": 1, "actions": {"suppress": False}, "beside": ["helm-ls"]})
    assert found == settings.Settings(hints=True, actions=settings.Actions(suppress=False), beside=("helm-ls",))


@pytest.mark.parametrize(
    ("given", "trusted"),
    [({}, True), ({"trusted": None}, True), ({"trusted": "no"}, False), ({"trusted": False}, False)],
)
def test_a_wrong_value_of_trusted_lets_no_program_run(given: dict[str, object], trusted: bool) -> None:
    assert settings.read(given)[0].trusted is trusted


def test_a_wrong_value_of_trusted_is_named() -> None:
    assert settings.read({"trusted": "no"})[1] == ["`cmlint.trusted` must be true or false; `false` counts"]
