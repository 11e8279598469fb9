"""Small texts that would become huge: each ends soon, in little memory, and says what it leaves out."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from cmlint.kube import expansion
from cmlint.kube.expansion import LARGEST, TooLargeError
from tests.hostile.planted import limited
from tests.support.command import cmlint
from tests.support.run import write

LIMITED = "import resource\nfor kind, most in ((resource.RLIMIT_AS, 1_500_000_000), (resource.RLIMIT_CPU, 60)):\n"
LIMITED += "    resource.setrlimit(kind, (most, most))\n"
"""What a process is given: 1.5 GB and a minute."""

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: web\n      image: a/b:1.0.0\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
POD_WITH_MAP = """---
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec: {containers: [{name: c, image: 'r/a:1.0.0', envFrom: [{configMapRef: {name: m}}]}]}
"""
CLEAN = "no problems in 1 file (1 document, 1 container, 0 references)\n"
LEFT_OUT = "the environment of container `web` is larger than 4 MiB: not expanded further"


def entries(names: str, repeat: int = 10) -> str:
    """Entries of `env` that each repeat the one before."""
    lines = [f"        - {{name: {b}, value: {f'$({a})' * repeat}}}\n" for a, b in pairwise(names)]
    return f"      env:\n        - {{name: {names[0]}, value: '0123456789'}}\n{''.join(lines)}"


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    """A command in a process with little memory."""
    done = cmlint(folder, *words, before=LIMITED)
    return done.returncode, done.stdout, done.stderr


def test_entries_that_repeat_each_other_are_not_expanded(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD + entries("ABCDEFGHIJK") + "        - {name: Z, value: $(NOTHING)}\n"})
    told = f"cmlint: warning: a.yaml:6: {LEFT_OUT}\n"
    code, report, errors = run(tmp_path, "check", ".", "--no-cache", "--select", "undefined-expansion")
    assert (code, errors) == (0, told)
    assert report.startswith("no problems in 1 file")
    code, shown, errors = run(tmp_path, "env", "a.yaml")
    assert (code, errors) == (0, told)
    lines = shown.splitlines()
    assert lines[2].split() == ["A", "0123456789", "env"]
    (last,) = (line for line in lines if line.strip().startswith("Z "))
    assert last.split() == ["Z", *["(not", "expanded:", "the", "environment", "is", "too", "large)", "env"]]
    assert len(shown) < LARGEST
    variables = json.loads(run(tmp_path, "env", "a.yaml", "--format", "json")[1])["workloads"][0]["containers"][0]
    known = [variable["value"] is not None for variable in variables["variables"]]
    assert known == [True] * 6 + [False] * 6


def test_a_large_environment_that_can_start_is_expanded(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": POD + entries("ABCDEF") + "      args: [$(F), $(Z)]\n"})
    code, report, errors = run(tmp_path, "check", ".", "--no-cache", "--select", "undefined-expansion", "--quiet")
    assert (code, errors) == (1, "")
    assert "nothing defines `Z`" in report
    container = json.loads(run(tmp_path, "env", "a.yaml", "--format", "json")[1])["workloads"][0]["containers"][0]
    assert container["variables"][-1]["value"] == "0123456789" * 100_000
    assert container["args"] == ["0123456789" * 100_000, "$(Z)"]


@pytest.mark.parametrize("field", ["command", "args"])
def test_words_of_a_command_count(tmp_path: Path, field: str) -> None:
    words = ", ".join(["$(F)$(F)$(F)"] * 100)
    write(tmp_path, {"a.yaml": POD + entries("ABCDEF") + f"      {field}: [{words}]\n"})
    code, shown, errors = run(tmp_path, "env", "a.yaml", "--format", "json")
    assert (code, errors) == (0, f"cmlint: warning: a.yaml:6: {LEFT_OUT}\n")
    assert len(shown) < 2 * LARGEST


def test_a_source_that_is_taken_again_and_again(tmp_path: Path) -> None:
    """Ten thousand times a thousand keys would be ten million variables."""
    keys = ", ".join(f"key{number}: value" for number in range(1000))
    sources = "".join(f"        - {{prefix: p{n}_, configMapRef: {{name: m}}}}\n" for n in range(10_000))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{{keys}}}\n---\n{POD}      envFrom:\n"
    write(tmp_path, {"a.yaml": text + sources + "      args: [$(X)]\n"})
    code, _, errors = run(tmp_path, "check", ".", "--no-cache", "--select", "undefined-expansion")
    assert (code, errors) == (0, f"cmlint: warning: a.yaml:11: {LEFT_OUT}\n")


def test_large_environments_are_not_all_held_at_once(tmp_path: Path) -> None:
    keys = "".join(f"  K{number}: v\n" for number in range(4000))
    pods = "".join(POD_WITH_MAP.replace("NAME", f"p{number}") for number in range(200))
    write(tmp_path, {"a.yaml": f"{MAP}data:\n{keys}{pods}"})
    ended = limited(tmp_path, "check", ".", "--no-cache", "--quiet", "--jobs", "1", memory=256 << 20)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_bound_holds_exactly() -> None:
    assert expansion.expand("$(A)", lambda _: "x" * LARGEST) == "x" * LARGEST
    with pytest.raises(TooLargeError):
        expansion.expand("$(A)y", lambda _: "x" * LARGEST)
    assert expansion.expand("$(A)", lambda _: None, 4) == "$(A)"
    with pytest.raises(TooLargeError):
        expansion.expand("$(A)", lambda _: None, 3)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)
HUGE = {
    "aliases": MAP + LAUGHS + "data: *k\n",
    "aliases-of-maps": MAP
    + "x: &a {k: v}\n"
    + "".join(
        f"x{b}: &{b} {{p: *{a}, q: *{a}, r: *{a}, s: *{a}}}\n"
        for a, b in zip("abcdefghijklmn", "bcdefghijklmno", strict=True)
    )
    + "data: *o\n",
    "merges": MAP
    + "x0: &x0 {a: b}\n"
    + "".join(f"x{n}: &x{n} {{<<: *x{n - 1}}}\n" for n in range(1, 900))
    + "data: {<<: *x899}\n",
    "merge-lists": MAP
    + "x0: &x0 {a: b}\n"
    + "".join(f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}, *x{n - 1}]}}\n" for n in range(1, 40))
    + "data: {<<: *x39}\n",
    "an-alias-of-itself": MAP + "data: &a {k: *a}\n",
    "deep-flow": MAP + "data: " + "[" * 50_000 + "]" * 50_000 + "\n",
    "deep-block": MAP + "data:\n" + "".join(" " * n + "a:\n" for n in range(1, 1500)),
    "lists-in-lists": "{apiVersion: v1, kind: List, items: [" * 1000 + "]}" * 1000 + "\n",
    "many-documents": "---\n" * 1_000_000 + MAP,
    "base64": "apiVersion: v1\nkind: Secret\nmetadata: {name: m}\ndata: {k: " + "QUJD" * 2_000_000 + "}\n",
    "a-long-name": MAP.replace("{name: m}", "{name: " + "a" * 2_000_000 + "}"),
    "placeholders": MAP.replace("{name: m}", "{name: '" + "${x}a" * 20_000 + "'}"),
    "directives": "# x\r\n" * 5000 + "%a\r\n" * 5000 + MAP,
}


@pytest.mark.parametrize("name", HUGE)
def test_a_text_that_would_become_huge(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.yaml": HUGE[name], "good.yaml": MAP.replace("name: m", "name: good")})
    code, report, errors = run(tmp_path, "check", ".", "--no-cache", "--quiet")
    assert code in (0, 1), errors
    assert "mistake" not in errors + report
    assert "Traceback" not in errors


HEREDOCS = "".join(f"cat <<E{n}\nkind: ConfigMap\n" for n in range(2000)) + "".join(
    f"E{n}\n" for n in reversed(range(2000))
)
SCRIPTS = {
    "options": "kl " + "--a " * 5000 + "@ create configmap x --from-literal=a=b\n",
    "programs": "kubectl" * 10_000 + "( create configmap x\n",
    "opened": "kubectl create configmap x " + "$(a" * 30_000 + "\n",
    "heredocs": HEREDOCS,
    "unended": "kubectl create configmap x\n" + "<<a" * 100_000,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_would_take_for_ever(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.sh": "#!/bin/sh\n" + SCRIPTS[name], "good.yaml": MAP})
    code, _, errors = run(tmp_path, "check", ".", "--no-cache", "--quiet")
    assert (code, errors) == (0, "")


def test_variables_of_make_that_repeat_each_other_are_not_filled(tmp_path: Path) -> None:
    variables = "".join(f"{a} ?= {f'$({b})' * 150}\n" for a, b in pairwise("abcdefgh"))
    write(
        tmp_path,
        {
            "a.yaml": POD,
            "Makefile": f"{variables}push:\n\tdocker push r/$(a):$(TAG)\n",
            "ci.sh": "#!/bin/sh\nmake push TAG=dev\n",
        },
    )
    assert run(tmp_path, "check", ".", "--no-cache", "--select", "mutable-tag") == (0, CLEAN, "")


def test_all_environments_together_have_a_bound(tmp_path: Path) -> None:
    """One ConfigMap can be read by as many containers as fit into a file."""
    keys = "".join(f"  k{i}: '{'v' * 100}'\n" for i in range(50))
    config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata:\n{keys}"
    reads = "      envFrom: [{configMapRef: {name: m}}]\n"
    pods = [POD.replace("name: a}", f"name: {name}}}") + reads for name in "abc"]
    write(tmp_path, {"a.yaml": "---\n".join((config, *pods))})
    before = f"{LIMITED}import cmlint.bundle.bundle as b\nb.ALL, b.LATER = 6000, 1024\n"
    done = cmlint(tmp_path, "check", ".", "--no-cache", "--select", "undefined-expansion", before=before)
    lines = [number for number, line in enumerate("---\n".join((config, *pods)).splitlines(), 1) if "name: web" in line]
    reason = "the environment of container `web` is larger than 1 KiB: not expanded further"
    assert done.stderr.splitlines() == [f"cmlint: warning: a.yaml:{lines[2]}: {reason}"]
    assert done.returncode == 0
