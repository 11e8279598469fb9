"""What the engine promises whatever the rules do: a crash is seen, the order is stable, nothing is said twice."""

from __future__ import annotations

from pathlib import Path

from cmlint.config import Config
from tests.support.command import cmlint
from tests.support.run import FIXTURES, concise, lint, write

RULES = {
    "acme-1.0.dist-info/entry_points.txt": "[cmlint.rules]\nacme = acme\n",
    "acme/__init__.py": "",
    "acme/bad_luck.py": '''\
"""A rule that crashes at every second container."""

from collections.abc import Iterator

from cmlint.api import Container, Context, Draft, rule


@rule(name="bad-luck", summary="crashes", consequence="silent", since="1.0.0")
def bad_luck(container: Container, ctx: Context) -> Iterator[Draft]:
    yield ctx.finding(container.span, "before the crash")
    if container.name.value == "unlucky":
        raise LookupError(container.image.value)
''',
    "acme/said_twice.py": '''\
"""A rule that repeats itself."""

from collections.abc import Iterator

from cmlint.api import Context, Document, Draft, rule


@rule(name="said-twice", summary="repeats itself", consequence="silent", since="1.0.0")
def said_twice(document: Document, ctx: Context) -> Iterator[Draft]:
    yield ctx.finding(document.head, "said")
    yield ctx.finding(document.head, "said")
''',
}

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: unlucky
      image: confidential
    - name: lucky
      image: web:1.0.0
      env:
        - {name: PORT, value: 8080}
"""


def test_a_crash_is_a_finding_and_the_run_goes_on(tmp_path: Path) -> None:
    write(tmp_path, RULES | {"k/pods.yaml": PODS})
    words = ("check", "k", "--format", "concise", "--quiet", "--select", "bad-luck,non-string-env")
    done = cmlint(tmp_path, *words, PYTHONPATH=str(tmp_path))
    assert done.stdout.splitlines() == [
        "k/pods.yaml:6:7: warning[bad-luck] before the crash",
        "k/pods.yaml:6:7: error[internal-error] the rule `bad-luck` has crashed: LookupError in bad_luck, line 12",
        "k/pods.yaml:8:7: warning[bad-luck] before the crash",
        "k/pods.yaml:11:31: error[non-string-env] the value of `PORT` must be a string, but it is a number",
    ]
    assert (done.stderr, done.returncode) == ("", 2)


def test_equal_findings_are_shown_once(tmp_path: Path) -> None:
    write(tmp_path, RULES | {"pod.yaml": PODS})
    words = ("check", "pod.yaml", "./pod.yaml", ".", "--format", "concise", "--quiet", "--select", "said-twice")
    done = cmlint(tmp_path, *words, PYTHONPATH=str(tmp_path))
    assert done.stdout == "pod.yaml:3:18: warning[said-twice] said\n"


def test_files_that_are_named_reach_the_cluster_together() -> None:
    seeds = FIXTURES / "seeds"
    assert concise(lint(seeds, "pod-key.yaml", "special-config.yaml")) == []
    assert concise(lint(seeds, "pod-key.yaml")) == [
        "pod-key.yaml:14:21: error[missing-configmap] nothing defines the ConfigMap `special-config`"
    ]


def test_findings_stand_by_path_and_place_however_files_are_given(tmp_path: Path) -> None:
    names = ("b/pod.yaml", "a.yaml", "b.yaml")
    write(tmp_path, dict.fromkeys(names, PODS + "        - {name: HOST, value: 1}\n"))
    config = Config(select=("non-string-env",))
    expected = [
        f"{path}:{place}: error[non-string-env] the value of `{name}` must be a string, but it is a number"
        for path in ("a.yaml", "b.yaml", "b/pod.yaml")
        for place, name in (("11:31", "PORT"), ("12:31", "HOST"))
    ]
    assert concise(lint(tmp_path, *names, config=config)) == expected
    assert concise(lint(tmp_path, *reversed(names), config=config)) == expected
    assert concise(lint(tmp_path, config=config)) == expected
