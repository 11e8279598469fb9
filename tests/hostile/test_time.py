"""No input takes long: processor time is bounded, where a square or a backtracking pattern would take minutes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import islice, product
from pathlib import Path
from time import process_time

import pytest

from cmlint.bundle.test_expectations import without_compared
from cmlint.kube.selecting import may_match
from cmlint.manifest import pods
from cmlint.manifest.documents import read_text
from cmlint.manifest.images import functions
from cmlint.model.facts import FileFacts
from cmlint.sources import disclosure
from cmlint.sources.helm import template, template_places
from cmlint.sources.kustomize import origins
from tests.hostile.planted import limited
from tests.support.run import write

SECONDS = 20
"""The processor time that a check may take; each of these took more, and needs less than a third now."""

BEFORE = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))"

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {containers: [{name: web, image: registry.example/web:1.0.0, env: [
"""


def pod(entries: str, name: str = "web") -> str:
    """A pod with variables."""
    return f"{POD.replace('NAME', name)}{entries}]}}]}}\n"


def missing_keys() -> str:
    """Many keys, and as many references to others."""
    keys = "".join(f"  k{i}: v\n" for i in range(8000))
    refers = "valueFrom: {configMapKeyRef: {name: a, key: "
    entries = "".join(f"{{name: E{i}, {refers}x{i}}}}}}},\n" for i in range(8000))
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{keys}---\n{pod(entries)}"


def one_line() -> str:
    """Many findings on one line, behind which a comment is."""
    entries = ", ".join(f"{{name: E{i}, value: 1}}" for i in range(9000))
    return f"{pod(entries).rstrip()} # cmlint: ignore[non-string-env]\n"


def one_annotation() -> str:
    """Many names in one annotation, none of them known."""
    names = ",".join(f"x{i}" for i in range(6000))
    metadata = f'{{name: a, annotations: {{cmlint.dev/ignore: "{names}"}}}}'
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata: {{a: b}}\n"


def long_word() -> str:
    """A very long word on the line of what can be fixed."""
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {"
    return f"{head}{'a' * 300_000}: 1, containers: [{{name: web, image: nginx}}]}}\n"


def line(text: str, number: int) -> str:
    """Many lines that differ in their numbers."""
    return "".join(f"{text.replace('@', str(i))}\n" for i in range(number))


def indents() -> str:
    """Objects in comments, each of which is indented in its own way."""
    return "".join(f"# {''.join(blanks)}kind: Secret\n" for blanks in islice(product(" \t", repeat=14), 15_000))


def heredoc(value: str) -> str:
    """A command that makes a ConfigMap with a value."""
    made = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  k: '{value}'\n"
    return f"#!/bin/sh\nkubectl apply -f - <<EOF\n{made}EOF\n"


def workflow() -> str:
    """A workflow with many images, many rules for tags and many branches."""
    return (
        f"on:\n  push:\n    branches:\n{line('      - b@', 5000)}jobs:\n  a:\n    steps:\n"
        "    - id: m\n      uses: docker/metadata-action@v5\n      with:\n        images: |\n"
        + line("          r/i@", 4000)
        + "        tags: |\n"
        + "          type=ref,event=branch\n" * 2000
        + "    - uses: docker/build-push-action@v5\n"
        "      with: {push: true, tags: '${{ steps.m.outputs.tags }}'}\n"
    )


def reloaded(names: str) -> str:
    """A workload with names of ConfigMaps for Reloader."""
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\n"
        f"  annotations: {{configmap.reloader.stakater.com/reload: '{names}'}}\n"
        "spec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n"
        "    spec:\n      containers: [{name: c, image: 'r/a:1.0.0', envFrom: [{configMapRef: {name: a}}]}]\n"
    )


JENKINS = line("docker.image('r/a@')", 3000) + line("withRegistry('h@')", 3000) + ".push('x')\n" * 6000
JENKINS_WITHOUT_IMAGES = line("docker.image('!@')", 5000) + ".push('x')\n" * 10_000
GRADLE = "jib { to {\n" + line("image = 'r/a@'", 7000) + line("tags = ['t@']", 7000) + "}}\n"
GRADLE_WITHOUT_NAMES = "jib { to {\n" + "image = '!'\ntags = ['!']\n" * 9000 + "}}\n"
SED = "sed -e " + "".join(f"s{chr(0x2190 + number)}" for number in range(7000)) + ".yaml image.yaml\n"
LIST = "apiVersion: v1\r\nkind: List\r\n# kind: ConfigMap\r\nitems:\r\n"
TEXTS = {
    "jenkins": ("Jenkinsfile", JENKINS),
    "jenkins-without-images": ("Jenkinsfile", JENKINS_WITHOUT_IMAGES),
    "gradle": ("build.gradle", GRADLE),
    "gradle-without-names": ("build.gradle", GRADLE_WITHOUT_NAMES),
    "maven-open": ("pom.xml", "jib" + "<to><auth>" * 28_000),
    "maven-properties": ("pom.xml", "jib<to><image>a/${x}</image>" + "<tag>${x}</tag>" * 19_000 + "</to>"),
    "bake-tags": ("docker-bake.hcl", 'target "a" {\n' + "tags = [\n" * 32_000),
    "bake-output": ("docker-bake.hcl", 'target "a" {\n' + "output = [\n" * 26_000),
    "variables-on-one-line": ("ci.sh", "docker push a:$b\nenv: {" + "${a}" * 40 + "x\n"),
    "dollars": ("ci.sh", "docker push r/a:$A\n" + "$" * 290_000 + "\n"),
    "program-in-a-variable": ("ci.sh", "docker push a\n$" + "DOCKER" * 45_000 + "\n"),
    "assignments-on-one-line": ("ci.sh", "docker push r/a:$A\n" + "value: x " * 32_000 + "\n"),
    "lists-on-one-line": ("ci.sh", "for i in $L; do\n docker push r/$i\ndone\n" + "L=" * 140_000 + "\n"),
    "includes-on-one-line": ("a.mk", "IMAGE = r/a\n" + "include a " * 29_000 + "\n"),
    "options-of-buildkit": ("ci.sh", "docker push a push=true\n" + "name=a," * 40_000 + "\n"),
    "names-of-buildkit": ("ci.sh", "docker push a push=true\n" + "name=" * 56_000 + "\n"),
    "marks-of-sed": ("ci.sh", SED * 18),
    "workflow": (".github/workflows/ci.yml", workflow()),
    "resources-of-terraform": ("main.tf", 'resource "kubernetes_secret" "" {\n' * 29_000),
    "indents": ("README.md", indents()),
    "braces-in-a-heredoc": ("ci.sh", heredoc("{{" * 130_000)),
    "arrows-in-a-heredoc": ("ci.sh", heredoc("<" * 260_000)),
    "pattern-of-reloader": ("d.yaml", reloaded("a" * 30_000 + "(")),
    "patterns-of-reloader": ("d.yaml", reloaded("a.*b.*c," * 30_000)),
    "files-of-a-command": ("ci.sh", "> " + ".env" * 70_000 + "%\n"),
    "lines-in-terraform": ("main.tf", 'resource "local_file" "a" {' + "\n" * 280_000),
    "comments-in-a-list": ("l.yaml", LIST + "# a\r\n" * 60 + f"x: {'a' * 3_200_000}\r\n"),
    "variables-of-services": ("p.yaml", pod("{name: A, value: $(" + "A_PORT_1_TCP_" * 12_000 + "-)}")),
}
"""Names of files, and texts in which much was tried from many places to the end, or each with each."""


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_takes_more_steps_than_it_is_long(tmp_path: Path, name: str) -> None:
    file, text = TEXTS[name]
    good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n"
    write(tmp_path, {file: text, "good.yaml": good})
    ended = limited(tmp_path, "check", ".", "--no-cache", "--quiet", before=BEFORE)
    assert (ended.returncode, ended.stderr) in ((0, ""), (1, ""))


MANY = 40_000
PATTERNS: dict[str, tuple[Callable[[str, str], object], str, str]] = {
    "source-of-a-template": (re.findall, template_places.SOURCE, "# Source: a" + " " * MANY + "x\rb"),
    "field-of-a-template": (re.match, template.FIELD, "a" + " " * MANY + "x"),
    "action-in-a-field": (re.match, template.FIELD, "{{" + "}" * MANY),
    "lines-in-an-origin": (re.findall, origins.ENTRY, "\n" * MANY),
    "blanks-behind-fail": (re.findall, disclosure.LITERAL, "fail" + " " * MANY),
    "blanks-behind-a-function": (re.findall, functions.FUNCTION.pattern, "a ()" + " " * MANY + "x"),
    "subscripts": (re.match, pods.SUBSCRIPT, "['A" * MANY),
}
"""Patterns as they are used, each with a text over which it went back from every place."""


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_goes_back_from_every_place(name: str) -> None:
    look, pattern, text = PATTERNS[name]
    before = process_time()
    assert not look(pattern, text)
    assert process_time() - before < 1


def test_a_fix_looks_at_the_blanks_behind_a_value_once(tmp_path: Path) -> None:
    image = f"image: 'r/a:main'{' ' * 150_000}, tty: true"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{containers: [{{name: c, {image}}}]}}\n"
    write(tmp_path, {"a.yaml": text, ".cmlint.yaml": "mutable-tags: ['*']\n"})
    ended = limited(tmp_path, "check", ".", "--no-cache", "--format", "json", before=BEFORE)
    assert (ended.returncode, ended.stderr) == (1, "")
    (finding,) = json.loads(ended.stdout)["findings"]
    assert [edit["text"] for fix in finding["fixes"] for edit in fix["edits"]] == [", imagePullPolicy: Always"]


def test_commands_and_images_are_compared_with_few(tmp_path: Path) -> None:
    """Many commands that put images in place, in many files, and as many images."""
    for number in range(12):
        commands = line(f"kubectl set image deploy/x{number}-@ c=r/b@:1", 2000)
        write(tmp_path, {f"{number}.sh": f"#!/bin/sh\n{commands}"})
    image = "apiVersion: v1\nkind: Pod\nmetadata: {name: p@}\nspec: {containers: [{name: c, image: 'r/a@:1.0.0'}]}\n---"
    write(tmp_path, {"a.yaml": line(image, 1500)})
    ended = limited(tmp_path, "check", ".", "--no-cache", "--quiet", before=BEFORE)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_files_that_tests_compare_are_found_in_one_look(tmp_path: Path) -> None:
    head = "apiVersion: chainsaw.kyverno.io/v1alpha1\nkind: Test\nmetadata: {name: a}\nspec:\n  steps:\n  - try:\n"
    write(tmp_path, {"chainsaw-test.yaml": head + line("    - assert: {file: 'a*@*.yaml'}", 20_000)})
    facts = read_text((tmp_path / "chainsaw-test.yaml").read_text())
    before = process_time()
    without_compared([("t.yaml", facts), *((f"f{i}.yaml", FileFacts(())) for i in range(2000))])
    assert process_time() - before < SECONDS / 4


@pytest.mark.parametrize("text", [missing_keys, one_line, one_annotation, long_word])
def test_many_of_something_take_no_square(tmp_path: Path, text: Callable[[], str]) -> None:
    write(tmp_path, {"a.yaml": text()})
    ran = limited(tmp_path, "check", "--pedantic", "--no-cache", "--jobs", "1", before=BEFORE)
    assert ran.returncode in (0, 1), (ran.returncode, ran.stderr[-500:])


HANGING = (
    "(a+)+$",
    "(a|a)*$",
    "(.*)*$",
    ".*.*.*.*.*.*.*.*.*.*.*.*x",
    "a?" * 40 + "a" * 40 + "$",
    "([a-z]+){9}!",
    "(?:a{1,9}){1,9}b",
)


@pytest.mark.parametrize("pattern", HANGING)
@pytest.mark.parametrize("field", ["name", "kind"])
def test_a_pattern_for_the_target_of_a_patch_takes_no_time(tmp_path: Path, field: str, pattern: str) -> None:
    patch = '[{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]'
    entry = f"{{target: {{kind: Pod, {field}: '{pattern}'}}, patch: '{patch}'}}"
    entry = entry.replace("kind: Pod, kind:", "kind:")
    name = "a" * 60 + "-x"
    write(
        tmp_path,
        {
            "kustomization.yaml": f"resources: [pod.yaml]\npatches: [{entry}]\n",
            "pod.yaml": pod("{name: A, valueFrom: {configMapKeyRef: {name: nope, key: a}}}", name),
        },
    )
    ran = limited(tmp_path, "check", "--no-cache", before=BEFORE)
    assert ran.returncode == 1
    assert "pod.yaml:5:47" in ran.stdout
    assert "nothing defines the ConfigMap `nope`" in ran.stdout


@pytest.mark.parametrize(
    ("pattern", "text", "whole", "matches"),
    [
        ("web", "my-web-app", False, True),
        ("web", "api", False, False),
        ("^web$", "my-web", False, False),
        ("web.*", "web-1", True, True),
        (".*-web-.*", "a-web-b", False, True),
        ("(web|api)", "db", True, False),
        ("(?i)WEB", "web", True, True),
        (r"a\+b", "a+b", True, True),
        (r"a\+\*\?\{b", "x", False, False),
        ("[", "web", False, True),
        ("(a+)+$", "b", False, True),
        (".*.*.*x", "b", False, True),
        ("web", "x" * 254, False, True),
    ],
)
def test_ordinary_patterns_match_as_they_did(pattern: str, text: str, whole: bool, matches: bool) -> None:
    assert may_match(pattern, text, whole=whole) is matches
