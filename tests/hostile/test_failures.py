"""What is missing: nothing is written, read, fetched or shown because of it that must not be."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmlint.config.config import Config
from cmlint.report import FORMATS
from cmlint.sources.kustomize.absent_files import MOST
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.request import Request
from tests.hostile.test_programs import CHART, Listener, listener
from tests.support.command import cmlint
from tests.support.manifests import POD
from tests.support.run import concise, failures, run, told, write
from tests.support.tools import KUSTOMIZE

__all__ = ["listener"]

SECRET = "swordfish-4711"
PORT = POD.replace("image: a/b:1.0.0", "image: a/b:1.0.0, env: [{name: A, value: 1}]")

NAMES = {
    "above": "../../../../../../../../OUTSIDE/gone.yaml",
    "absolute": "/OUTSIDE/gone.yaml",
    "nul": "a\\0b.yaml",
    "long": "x" * 300,
    "long-path": "x/" * 3000,
    "below-a-file": "pod.yaml/gone.yaml",
    "link-to-nowhere": "link.yaml",
    "link-out-to-nowhere": "out.yaml",
    "itself": "loop",
    "folder": "gone/",
    "home": "~/gone.yaml",
    "variable": "$HOME/gone.yaml",
    "option": "--help",
}


@pytest.mark.parametrize("field", ["resources", "patchesStrategicMerge"])
@pytest.mark.parametrize("name", NAMES)
def test_what_stands_for_a_missing_file_is_written_to_no_other_place(tmp_path: Path, name: str, field: str) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    outside.mkdir()
    missing = NAMES[name].replace("/OUTSIDE", str(outside))
    write(
        project, {"kustomization.yaml": f'resources: [pod.yaml]\n{field}: [pod.yaml, "{missing}"]\n', "pod.yaml": POD}
    )
    (project / "link.yaml").symlink_to("gone.yaml")
    (project / "out.yaml").symlink_to(outside / "gone.yaml")
    (project / "loop").symlink_to("loop")
    before = sorted(os.listdir(project))
    result = run(project)
    places = [failure.split(": ")[0] for failure in failures(result)]
    if name == "variable":
        assert places == [], "what has a placeholder is not built as it is"
    else:
        (place,) = places
        assert place == "kustomization.yaml:2" or (name == "nul" and place == "kustomization.yaml:1")
    assert (sorted(os.listdir(project)), os.listdir(outside)) == (before, [])


def test_a_missing_file_and_one_below_it_are_both_told(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [gone, gone/x.yaml]\n"})
    reason = "no such file or folder"
    assert failures(run(tmp_path)) == [
        f"kustomization.yaml:1: missing-file: the kustomization is not built, because it needs `gone`: {reason}",
        f"kustomization.yaml:1: missing-file: the kustomization is not built, because it needs `gone/x.yaml`: {reason}",
    ]


def test_outside_of_the_repository_no_names_and_no_patterns_are_looked_at(tmp_path: Path) -> None:
    write(tmp_path, {"outside/secret.yaml": "", "outside/.gitignore": "secre.yaml\n", "project/.git/HEAD": ""})
    write(tmp_path, {"project/kustomization.yaml": "configMapGenerator: [{name: a, files: [../outside/secre.yaml]}]\n"})
    done = cmlint(tmp_path / "project", "check", "--no-cache")
    reason = "it is outside of the repository, where something else may put it"
    assert f"not built, because it needs `../outside/secre.yaml`: {reason}\n" in done.stdout
    assert "= help: skip it with `exclude`, or ignore this finding\n" in done.stdout
    assert "secret.yaml" not in done.stdout and "gitignore" not in done.stdout


def test_a_copy_without_charts_makes_nobody_fetch_them(tmp_path: Path, listener: Listener) -> None:
    charts = f"helmCharts: [{{name: web, repo: 'http://{listener.address}', releaseName: a}}]\n"
    write(tmp_path, {"kustomization.yaml": f"resources: [gone.yaml]\n{charts}", "charts/web/Chart.yaml": CHART})
    write(tmp_path, {"charts/web/templates/pod.yaml": POD})
    (line,) = told(tmp_path, Config(kustomize=str(KUSTOMIZE), enable_helm=True))
    assert line == "kustomization.yaml: not built, because it needs `gone.yaml`: no such file or folder"
    assert listener.hits == 0


def test_a_remote_component_is_left_out_and_not_fetched(tmp_path: Path, listener: Listener) -> None:
    url = f"http://{listener.address}/a.yaml"
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml]\ncomponents: ['{url}']\n", "pod.yaml": POD})
    assert told(tmp_path) == [f"kustomization.yaml: built without `{url}`: cmlint fetches nothing by default"]
    assert listener.hits == 0


@pytest.mark.parametrize("more", ["crds: [URL]", "patches: [{path: URL}]", "openapi: {path: URL}"])
def test_what_is_built_without_a_part_is_refused_all_the_same(tmp_path: Path, listener: Listener, more: str) -> None:
    url = f"http://{listener.address}/a.yaml"
    text = f"resources: ['http://{listener.address}/b.yaml', gone.yaml]\n{more.replace('URL', url)}\n"
    write(tmp_path, {"kustomization.yaml": text})
    reason = f"not built: `{url}` would have to be fetched, which `--allow-remote` allows"
    assert told(tmp_path) == [f"kustomization.yaml: {reason}"]
    assert listener.hits == 0


KEPT = {
    "address": f"resources: [pod.yaml, 'https://user:{SECRET}@a.example/b.yaml']",
    "component": f"components: ['https://a.example/b?token={SECRET}']",
    "variables": f"configMapGenerator: [{{name: a, envs: [token={SECRET}]}}]\nresources: [pod.yaml]",
    "file": f"secretGenerator: [{{name: a, files: [{SECRET}]}}]\nresources: [pod.yaml]",
    "named-like-a-value": f"secretGenerator: [{{name: a, literals: [b={SECRET}]}}]\nresources: [gone-{SECRET}]",
}


@pytest.mark.parametrize("name", KEPT)
def test_no_cache_keeps_an_entry_that_may_be_a_secret(tmp_path: Path, name: str) -> None:
    write(tmp_path / "project", {"kustomization.yaml": f"{KEPT[name]}\n", "pod.yaml": PORT})
    done = cmlint(tmp_path / "project", "check", "--kustomize", str(KUSTOMIZE), "--cache-dir", str(tmp_path / "cache"))
    assert done.returncode == 1, done.stderr
    kept = (path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert [path.name for path in kept if SECRET.encode() in path.read_bytes()] == []


LACKING = f"{CHART}dependencies: [{{name: gone, version: 1.0.0, repository: 'https://a.example'}}]\n"


def test_the_copy_of_a_chart_holds_no_link_and_no_giant(tmp_path: Path) -> None:
    write(tmp_path, {"web/Chart.yaml": LACKING, "web/templates/a.yaml": "", "shared/pod.yaml": PORT})
    (tmp_path / "web/templates/shared").symlink_to("../../shared")
    with (tmp_path / "web/big.bin").open("wb") as file:
        file.truncate(150 << 20)
    expected = "web/Chart.yaml:4:16: warning[not-built] the chart is built without `gone`: it is not in `charts/`"
    lines = concise(run(tmp_path))
    assert expected in lines and any("[non-string-env]" in line for line in lines)
    (tmp_path / "web/nowhere").symlink_to("gone")
    reason = "`web/nowhere` cannot be read: no such file or directory"
    assert failures(run(tmp_path)) == [f"web/Chart.yaml:1: refused: the chart is not built: {reason}"]


@pytest.mark.parametrize("more", ["", "{{ fail (printf .Values.a) }}"])
def test_a_dependency_with_the_name_of_a_secret_is_not_named(tmp_path: Path, more: str) -> None:
    write(tmp_path, {"Chart.yaml": LACKING.replace("gone", SECRET), "values.yaml": f"password: {SECRET}\n"})
    write(tmp_path, {"templates/a.yaml": more})
    done = cmlint(tmp_path, "check", "--no-cache", "--verbose")
    assert any(words in done.stdout for words in ("without `...`", "lacks `...`", "not built: template: "))
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("target", ["/etc/passwd", "/dev/zero"])
def test_a_chart_that_lacks_another_is_not_copied_with_what_is_outside(tmp_path: Path, target: str) -> None:
    write(tmp_path, {"Chart.yaml": LACKING, "templates/a.yaml": ""})
    (tmp_path / "out").symlink_to(target)
    assert told(tmp_path) == ["Chart.yaml: not built: `out` is a link that leads out of the folder"]


ENTRIES = {
    "file": f"secretGenerator: [{{name: a, files: [{SECRET}]}}]",
    "keyed-file": f"secretGenerator: [{{name: a, files: [password={SECRET}]}}]",
    "variables": f"secretGenerator: [{{name: a, envs: [password={SECRET}]}}]",
    "one-file-of-variables": f"secretGenerator: [{{name: a, env: '{SECRET}'}}]",
    "variables-of-a-config-map": f"configMapGenerator: [{{name: a, envs: [password={SECRET}]}}]",
    "address": f"resources: ['https://user:{SECRET}@a.example/b.yaml']",
    "component": f"components: ['https://user:{SECRET}@a.example/b']",
    "broken": f"secretGenerator: [{{name: a, literals: [b={SECRET}, {SECRET}]}}]",
    "wrong-type": f"secretGenerator: [{{name: a, type: [{SECRET}]}}]",
    "no-yaml": f"secretGenerator: [{{name: a, literals: [b={SECRET}]}}",
    "values": f"helmCharts: [{{name: a, valuesInline: {{password: {SECRET}}}}}]",
}


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_shows_a_secret_in_an_entry_or_beside_it(tmp_path: Path, format_: str) -> None:
    for name, text in ENTRIES.items():
        write(tmp_path, {f"{name}/kustomization.yaml": f"{text}\n", f"{name}-too/kustomization.yaml": f"{text}\n"})
    done = cmlint(tmp_path, "check", "--no-cache", "--verbose", "--format", format_)
    assert done.returncode == 1, done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_no_chart_shows_values_that_it_is_tested_with(tmp_path: Path) -> None:
    write(tmp_path, {"Chart.yaml": CHART, "templates/a.yaml": "{{ fail (printf .Values.a) }}"})
    write(tmp_path, {"ci/a-values.yaml": f"a: {SECRET}\n"})
    done = cmlint(tmp_path, "check", "--no-cache", "--verbose")
    assert "the chart is not built" in done.stdout
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("entries", [MOST, MOST + 1])
def test_what_lacks_hundreds_of_files_is_not_built(tmp_path: Path, entries: int) -> None:
    names = "".join(f"- gone-{number}.yaml\n" for number in range(entries))
    write(tmp_path, {"kustomization.yaml": f"resources:\n- pod.yaml\n{names}", "pod.yaml": POD})
    found = failures(run(tmp_path))
    if entries <= MOST:
        assert len(found) == entries
    else:
        reason = f"of what it names, more than {MOST} files are not there"
        assert found == [f"kustomization.yaml:1: limit: the kustomization is not built: {reason}"]


def test_a_kustomization_is_looked_through_once_for_all_that_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(text: str) -> Iterator[str]:
        looked.append(text)
        return iter(())

    monkeypatch.setattr("cmlint.sources.failures.secrets_in", look)
    names = ", ".join(f"gone-{number}.yaml" for number in range(50))
    write(tmp_path, {"kustomization.yaml": f"resources: [pod.yaml, {names}]\n", "pod.yaml": POD})
    assert len(failures(run(tmp_path))) == 50
    assert len(looked) == 1


def test_a_long_chain_of_kustomizations_is_no_mistake(tmp_path: Path) -> None:
    chain = {f"k{number}/kustomization.yaml": f"resources: [../k{number + 1}]\n" for number in range(1500)}
    write(tmp_path, chain | {"k1500/kustomization.yaml": "resources: [pod.yaml]\n", "k1500/pod.yaml": POD})
    ended = cmlint(tmp_path, "check", ".", "--no-cache", "--no-build")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("no problems in 1502 files (1 document, 1 container, 0 references)\n")


def below_by_definition(edges: Mapping[int, Sequence[int]], start: int) -> set[int]:
    """All that a number leads to."""
    found: set[int] = set()
    while more := {end for one in found | {start} for end in edges[one]} - found:
        found |= more
    return found


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=8, max_size=8), st.sets(st.integers(0, 7)))
def test_unused_is_what_nobody_uses_but_in_a_circle(lists: list[list[int]], given_: set[int]) -> None:
    edges = dict(enumerate(lists))
    project = Project(Request(), ("/",), absolute=True)
    nodes = [Kustomization(f"/{number}/kustomization.yaml", "", "", project.disk) for number in edges]
    project.uses = {nodes[number].folder: [nodes[end] for end in ends] for number, ends in edges.items()}
    below = {number: below_by_definition(edges, number) for number in edges}
    used = {end for user in given_ for end in below[user] if end != user and user not in below[end]}
    unused = project.unused(nodes[number] for number in sorted(given_))
    assert unused == [nodes[number] for number in sorted(given_ - used)]
