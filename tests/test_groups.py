"""Findings that are one problem: how they are told together, and what makes a heap."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from cmlint.adopt.propose import configuration
from cmlint.engine.identity import groups_of
from cmlint.report import formatter
from cmlint.report.view import View
from tests.support.run import inside, lint, write

WEB = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  containers:
    - name: web
      image: {image}
      envFrom: [{{configMapRef: {{name: {settings}}}}}]
"""


def pods(folder: Path, *settings: str, image: str = "registry.example.com/web:1.2.3") -> None:
    """Writes a Pod for each name of a ConfigMap that one reads."""
    for number, name in enumerate(settings):
        write(folder, {f"app/pod-{number}.yaml": WEB.format(name=f"web-{number}", image=image, settings=name)})


def test_one_missing_object_is_one_problem(tmp_path: Path) -> None:
    pods(tmp_path, "settings", "settings", "settings")
    result = lint(tmp_path)
    assert len(result.outcome.findings) == 3
    assert len({finding.group for finding in result.outcome.findings}) == 1
    text = formatter("text")(result, View())
    assert text.count("error[missing-configmap]") == 1
    assert "  = note: also at 2 more places: app/pod-1.yaml:8:39, app/pod-2.yaml:8:39\n" in text
    assert text.splitlines()[-1].startswith("1 problem at 3 places: 3 errors in 3 files (")
    assert formatter("text")(result, View(verbose=True)).count("error[missing-configmap]") == 3
    assert formatter("concise")(result, View(quiet=True)).count("\n") == 3


@pytest.mark.parametrize("form", ["github", "markdown", "html"])
def test_reports_for_people_show_the_others_as_places(tmp_path: Path, form: str) -> None:
    pods(tmp_path, "settings", "settings")
    result = lint(tmp_path)
    shown = formatter(form)(result, View())
    assert shown.count("nothing defines the ConfigMap") == 1
    assert "also at 1 more place: " in shown and "app/pod-1.yaml" in shown


def test_more_than_ten_places_are_counted(tmp_path: Path) -> None:
    pods(tmp_path, *["settings"] * 14)
    also = next(line for line in formatter("text")(lint(tmp_path), View()).splitlines() if "also at" in line)
    assert "also at 13 more places: " in also and also.endswith("app/pod-6.yaml:8:39, ...")


def test_what_has_causes_of_its_own_is_not_joined(tmp_path: Path) -> None:
    pods(tmp_path, "one", "other")
    container = "    - {name: NAME, image: 'a.example.com/b:1.0.0', env: [{name: A, value: 1}]}\n"
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n"
    write(tmp_path, {"app/x.yaml": head + container.replace("NAME", "x") + container.replace("NAME", "y")})
    groups = [(finding.rule, finding.group) for finding in lint(tmp_path).outcome.findings]
    assert len(groups) == len(set(groups))
    assert {rule for rule, _ in groups} >= {"missing-configmap", "non-string-env"}


def test_different_findings_about_one_container_are_not_joined(tmp_path: Path) -> None:
    pods(tmp_path, "settings")
    (finding,) = (replace(each, group="") for each in lint(tmp_path).outcome.findings)
    assert finding.object
    elsewhere = replace(finding, object=replace(finding.object, name="other"), message="other")
    assert len({*groups_of([finding, elsewhere]).values()}) == 1
    assert len({*groups_of([finding, replace(finding, message="other")]).values()}) == 2


def test_one_image_is_one_problem_and_another_is_not(tmp_path: Path) -> None:
    pods(tmp_path / "a", "s", image="registry.example.com/web:latest@sha256:x")
    for name, image in (("a", "web:develop"), ("b", "web:develop"), ("c", "api:develop")):
        pod = WEB.format(
            name=name, image=f"registry.example.com/{image}\n      imagePullPolicy: IfNotPresent", settings="s"
        )
        write(tmp_path, {f"{name}.yaml": pod.rpartition("      envFrom")[0]})
    found = [finding for finding in lint(tmp_path).outcome.findings if finding.rule == "mutable-tag"]
    assert len(found) == 3
    assert found[0].group == found[1].group != found[2].group


def test_many_different_names_in_one_folder_are_a_heap(tmp_path: Path) -> None:
    names = [f"{letter}-settings" for letter in ("alpha", "beta", "gamma", "delta", "epsilon")]
    pods(tmp_path, *names)
    result = lint(tmp_path)
    first = result.outcome.findings[0]
    assert len({finding.group for finding in result.outcome.findings}) == 1
    assert first.help and first.help.splitlines()[0] == (
        "if nobody applies this folder as it is, add `exclude: [app/]` to the configuration; if something else "
        "creates these objects, add `external: [alpha-settings, beta-settings, delta-settings, epsilon-settings, "
        "gamma-settings]`"
    )
    (heap,) = result.outcome.heaps
    assert (heap.folder, heap.rule, heap.documents) == ("app", "missing-configmap", 5)


def test_four_documents_are_no_heap_and_one_name_is_none(tmp_path: Path) -> None:
    pods(tmp_path, "alpha", "bravo", "charlie", "delta")
    assert not lint(tmp_path).outcome.heaps
    pods(tmp_path, *["settings"] * 5)
    assert not lint(tmp_path).outcome.heaps


def test_a_reference_that_resolves_shows_that_the_folder_is_applied(tmp_path: Path) -> None:
    pods(tmp_path, "alpha", "bravo", "charlie", "delta", "echo", "there")
    assert lint(tmp_path).outcome.heaps
    write(tmp_path, {"app/there.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there}\ndata: {A: b}\n"})
    assert not lint(tmp_path).outcome.heaps


def test_init_proposes_to_leave_a_heap_out(tmp_path: Path) -> None:
    pods(tmp_path, "alpha", "bravo", "charlie", "delta", "echo")
    with inside(tmp_path):
        proposed = configuration(lint(Path()))
    assert (
        "# exclude:\n#   - app/  # 5 documents have `missing-configmap`, and none of their references resolves\n"
    ) in proposed


READERS = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: a
      image: registry.example.com/a:1.2.3
      env:
        - {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
        - {name: LOG_LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
    - name: b
      image: registry.example.com/b:1.2.3
      env:
        - {name: LEVEL_OF_B, valueFrom: {configMapKeyRef: {name: settings, key: level}}}
"""


def test_a_value_is_reported_once_for_all_variables_that_read_it(tmp_path: Path) -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  level: |\n    debug\n"
    write(tmp_path, {"pod.yaml": READERS, "settings.yaml": settings})
    (finding,) = lint(tmp_path).outcome.findings
    assert (finding.rule, finding.location.path, finding.location.start.line) == (
        "trailing-line-break",
        "settings.yaml",
        5,
    )
    labels = [(place.location.start.line, place.label) for place in finding.related]
    assert labels == [(9, "read here as `LEVEL`"), (10, "read here as `LOG_LEVEL`"), (14, "read here as `LEVEL_OF_B`")]
