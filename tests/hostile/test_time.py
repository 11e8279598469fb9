"""No input takes long: processor time is bounded, where a square or a backtracking pattern would take minutes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cmlint.kube.selecting import may_match
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
