"""Fingerprints: what changes them, and what does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmlint.engine.rules import Context, Draft, Rule
from tests.support.manifests import pod
from tests.support.run import FIXTURES, lint, rules, write

PROJECTS = ("demo", *(f"err/{folder.name}" for folder in sorted((FIXTURES / "err").iterdir()) if folder.is_dir()))
POD = pod(
    "envFrom: [{configMapRef: {name: first}}, {configMapRef: {name: second}}]", image="registry.example/web:1.0.0"
)


def names(folder: Path) -> dict[tuple[str, str, int], str]:
    """The fingerprints in a folder, by rule and place."""
    found = lint(folder).outcome.findings
    return {(each.rule, each.location.path, each.location.start.offset): each.fingerprint for each in found}


@pytest.mark.parametrize("project", PROJECTS)
def test_no_word_of_a_message_is_part_of_a_fingerprint(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(FIXTURES / project)
    for rule in rules().values():
        monkeypatch.setitem(rules(), rule.name, reworded(rule))
    found = lint(FIXTURES / project).outcome.findings
    assert all(each.message.startswith("in other words: ") for each in found)
    assert names(FIXTURES / project) == before


def reworded(rule: Rule) -> Rule:
    """A rule that says the same in other words."""

    def check(node: object, ctx: Context) -> Iterator[Draft]:
        for draft in rule.check(node, ctx):
            draft.message = f"in other words: {draft.message.upper()}"
            draft.help_text = None
            yield draft

    from msgspec.structs import replace

    return replace(rule, check=check)


def test_what_is_referred_to_tells_findings_apart(tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD})
    first, second = names(tmp_path).values()
    write(tmp_path, {"pod.yaml": POD.replace("{configMapRef: {name: first}}, ", "")})
    assert list(names(tmp_path).values()) == [second]
    write(tmp_path, {"pod.yaml": "# moved\n" + POD.replace("second", "third")})
    again, third = names(tmp_path).values()
    assert again == first
    assert third not in (first, second)


@pytest.mark.parametrize("change", [("web}", "shop}"), ("name: web\n", "name: app\n"), ("kind: Pod", "kind: Pods")])
def test_object_and_container_are_a_part_of_it(tmp_path: Path, change: tuple[str, str]) -> None:
    write(tmp_path, {"pod.yaml": POD})
    before = set(names(tmp_path).values())
    write(tmp_path, {"pod.yaml": POD.replace(*change)})
    assert before.isdisjoint(names(tmp_path).values())


def test_the_value_of_a_secret_is_no_part_of_it(tmp_path: Path) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: VALUE\n"
    write(tmp_path, {"secret.yaml": secret.replace("VALUE", "not base64")})
    before = names(tmp_path)
    assert [rule for rule, *_ in before] == ["invalid-base64"]
    write(tmp_path, {"secret.yaml": secret.replace("VALUE", "any other!")})
    assert names(tmp_path) == before
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in before.values())
