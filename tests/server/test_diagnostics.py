"""What is shown while one types: the same as the command line finds, also in files that are not open."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from cmlint.server.diagnostics import FileRange, faults_of
from cmlint.server.settings import Settings
from tests.support.desk import CONFIG, POD, SHOP, Desk

WITHOUT = CONFIG.replace("  SPECIAL_LEVEL: very\n", "")


def test_breaking_another_file_shows_there_and_goes_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, SHOP, "config.yaml")
    assert desk.shown() == {}
    desk.type("config.yaml", WITHOUT)
    assert desk.shown() == {"pod.yaml": ["missing-key"]}
    desk.type("config.yaml", CONFIG)
    assert desk.shown() == {}


def test_a_diagnostic_says_everything(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {**SHOP, "config.yaml": WITHOUT})
    [found] = desk.diagnostics()["pod.yaml"]
    assert found.message.splitlines() == [
        "the ConfigMap `special-config` has no key `SPECIAL_LEVEL`",
        "accepted, but the pod does not start",
        "it has the key `LOG_LEVEL`",
    ]
    assert (found.severity, found.rule, found.unnecessary) == (1, "missing-key", False)
    assert found.url.endswith("missing-key") and len(found.fingerprint) == 32
    [(place, label)] = found.related
    assert (desk.places([place]), label) == (["config.yaml:4: special-config"], "defined here, without it")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("open", {"config.yaml": []}),
        ("new", {"pod.yaml": ["missing-key"]}),
        ("workspace", {"pod.yaml": ["missing-key"], "old.yaml": ["missing-key"]}),
    ],
)
def test_which_files_are_shown(tmp_path: Path, shown: str, expected: dict[str, list[str]]) -> None:
    old = POD.replace("name: web\nspec", "name: old\nspec").replace("key: SPECIAL_LEVEL", "key: OLD")
    settings = Settings(diagnostics="open" if shown == "open" else "new" if shown == "new" else "workspace")
    desk = Desk(tmp_path, {**SHOP, "old.yaml": old}, "config.yaml", settings=settings)
    desk.type("config.yaml", WITHOUT)
    assert desk.shown() == {name: rules for name, rules in expected.items() if rules}


def test_what_is_excluded_or_ignored_by_git_is_not_read(tmp_path: Path) -> None:
    broken = POD.replace("SPECIAL_LEVEL", "NONE")
    files = {
        **SHOP,
        "a/pod.yaml": broken,
        "b/pod.yaml": broken,
        ".gitignore": "/a/\n",
        ".cmlint.yaml": "exclude: [/b/]\n",
    }
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    desk = Desk(tmp_path, files, "pod.yaml", settings=Settings(diagnostics="workspace"))
    assert desk.shown() == {}
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".cmlint.yaml").unlink()
    desk.read()
    assert desk.shown() == {"a/pod.yaml": ["missing-key"], "b/pod.yaml": ["missing-key"]}


def test_what_is_unused_is_shown_as_unnecessary(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {**SHOP, ".cmlint.yaml": "pedantic: true\n"}, "config.yaml")
    found = {each.rule: each.unnecessary for each in desk.diagnostics()["config.yaml"]}
    assert found == {"unused-key": True}


def test_a_finding_moves_with_its_text_and_goes_with_its_line(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {**SHOP, "config.yaml": WITHOUT})
    broken = POD
    desk.edit("pod.yaml", f"# a comment\n\n{broken}")
    [found] = desk.diagnostics()["pod.yaml"]
    assert desk.text_at(FileRange(desk.path("pod.yaml"), found.range)) == "SPECIAL_LEVEL"
    assert found.range.start.line == broken[: broken.index("SPECIAL_LEVEL")].count("\n") + 2
    desk.edit("pod.yaml", broken.replace("key: SPECIAL_LEVEL", "key: SPECIAL"))
    assert desk.diagnostics() == {}


@pytest.mark.parametrize(
    ("value", "beside", "told"),
    [
        ("8080", (), True),
        ("8080", ("kubernetes-schema",), False),
        ("yes", ("kubernetes-schema",), True),
        ("012", ("kubernetes-schema",), True),
    ],
)
def test_beside_a_schema(tmp_path: Path, value: str, beside: tuple[str, ...], told: bool) -> None:
    pod = POD[: POD.index("          valueFrom")] + f"          value: {value}\n"
    settings = Settings(beside=tuple(each for each in ("kubernetes-schema",) if each in beside))
    desk = Desk(tmp_path, {"pod.yaml": pod}, settings=settings)
    assert ("non-string-env" in desk.shown().get("pod.yaml", [])) is told


def test_updates_find_what_a_new_session_finds(tmp_path: Path) -> None:
    """Many edits of one session, each compared with a check that knows nothing of it."""
    other = POD.replace("special-config", "other-config").replace("name: web\nspec", "name: other\nspec")
    kustomization = "resources: [deployed.yaml]\nconfigMapGenerator:\n  - name: built\n    literals: [A=1]\n"
    deployed = (
        POD.replace("special-config", "built").replace("SPECIAL_LEVEL", "A").replace("name: web\nspec", "name: d\nspec")
    )
    files = {
        **SHOP,
        "other/pod.yaml": other,
        "other/config.yaml": CONFIG.replace("special-config", "other-config"),
        "app/kustomization.yaml": kustomization,
        "app/deployed.yaml": deployed,
    }
    texts = {
        "config.yaml": [CONFIG, WITHOUT, CONFIG.replace("special-config", "other-config"), "", "kind: ["],
        "other/config.yaml": [files["other/config.yaml"], WITHOUT, "a: 1\n"],
        "pod.yaml": [POD, POD.replace("special-config", "other-config"), POD.replace("nginx:1.25.3", "nginx")],
        "other/pod.yaml": [other, other.replace("SPECIAL_LEVEL", "NONE")],
    }
    desk = Desk(tmp_path, files, settings=Settings(diagnostics="workspace"))
    choose = random.Random(3)
    for _ in range(25):
        name = choose.choice(sorted(texts))
        now = desk.type(name, choose.choice(texts[name]))
        fresh = desk.project.checked({})
        assert now.findings == fresh.outcome.findings


def test_a_text_that_a_build_reads_waits_for_it(tmp_path: Path) -> None:
    kustomization = (
        "resources: [pod.yaml]\nconfigMapGenerator:\n  - name: special-config\n    literals: [SPECIAL_LEVEL=1]\n"
    )
    desk = Desk(tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": POD})
    assert desk.shown() == {}
    snapshot = desk.type("kustomization.yaml", kustomization.replace("SPECIAL_LEVEL", "LEVEL"))
    assert snapshot.stale == {desk.path("kustomization.yaml")} and desk.shown() == {}
    desk.read()
    assert desk.shown() == {"pod.yaml": ["missing-key"]}
    path, comment = desk.path("pod.yaml"), "# kubectl create configmap other-config --from-literal=LEVEL=1\n"
    assert path in desk.type("pod.yaml", comment + POD).stale


def test_an_untrusted_workspace_builds_nothing(tmp_path: Path) -> None:
    kustomization = "resources: [pod.yaml]\n"
    desk = Desk(
        tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": POD.replace("key: SPECIAL_LEVEL", "key: 1")}
    )
    assert any(bundle.built for bundle in desk.project.snapshot.bundles)  # type: ignore[union-attr]
    desk.project.trusted = False
    assert not any(bundle.built for bundle in desk.read().bundles)


def test_of_a_folder_with_too_many_documents_only_open_folders_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmlint.server.project.LARGEST", 3)
    files = {f"{name}/{file}": text for name in ("a", "b") for file, text in SHOP.items()}
    desk = Desk(tmp_path, {**files, "b/config.yaml": WITHOUT}, "a/pod.yaml", settings=Settings(diagnostics="workspace"))
    assert desk.project.partial and desk.project.paths == ("a",)
    assert desk.shown() == {}


def test_opening_a_file_as_it_is_on_the_disk_reads_nothing_again(tmp_path: Path) -> None:
    kustomization = "resources: [pod.yaml]\nconfigMapGenerator:\n  - name: special-config\n    literals: [A=1]\n"
    desk = Desk(tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": POD}, "kustomization.yaml")
    before = desk.project.snapshot
    desk.workspace.add_file(desk.uri("pod.yaml"), POD, 1)
    now = desk.type("pod.yaml", POD)
    assert before and now.result is before.result and not now.stale
    assert desk.shown() == {"pod.yaml": ["missing-key"]}


def test_a_template_shows_nothing_of_itself(tmp_path: Path) -> None:
    template = POD.replace("name: web\nspec", "name: {{ .Release.Name }}\nspec").replace("image:", "imag:")
    desk = Desk(tmp_path, {"chart/templates/pod.yaml": template, "pod.yaml": template.replace("web", "other")})
    assert desk.shown() == {}
    assert [*faults_of(desk.project, desk.workspace.opened[desk.uri("pod.yaml")])] == []
