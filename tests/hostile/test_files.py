"""Files that are none, links that lead out, and trees that have no end: what is read is bounded and lies inside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from bisect import bisect_right
from pathlib import Path
from types import FrameType

import pytest

from cmlint.manifest import documents
from cmlint.manifest.documents import REQUEST, read_text
from cmlint.model.facts import Packed, Skip, Span
from cmlint.patterns import LONGEST, MOST, WILDCARDS, Patterns
from cmlint.sources import files
from cmlint.sources import reader as reading
from cmlint.system import files as system
from tests.hostile.planted import LINK, LOOP, PLANTED, SECRET, limited
from tests.support.command import COMMAND, ENTRY, needed
from tests.support.manifests import POD
from tests.support.run import write

WRONG = POD.replace("1.0.0}", "1.0.0, env: [{name: A, value: 1}]}")
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CLEAN = "no problems in 1 file (1 document, 1 container, 0 references)\n"
NOT_FOLLOWED = "a link that leads out of the folder is not followed; name it to check what it leads to"

KUSTOMIZATIONS = {
    "a-resource": "resources: [x]\n",
    "b-patch": "resources: [pod.yaml]\npatches: [{path: x}]\n",
    "c-variables": "configMapGenerator: [{name: a, envs: [x]}]\n",
    "d-secret": "secretGenerator: [{name: a, files: [x]}]\n",
    "e-definitions": "crds: [x]\n",
    "f-transformer": "transformers: [x]\n",
}
IN_CHART = ("values.yaml", "ci/a-values.yaml", ".helmignore", "templates/x.tpl", "values.schema.json", "README.md")
SPECIAL = ("pipe", "socket", "sparse")
"""What kustomize and helm would open and never come to an end with."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty repository."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    return folder


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is said besides the report, after it was looked through for what nobody may see."""
    assert "mistake" not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
    return [line.removeprefix("cmlint: ") for line in done.stderr.splitlines()]


def not_built(project: Path, *words: str) -> list[str]:
    """What is not built in a repository, without the place in each file."""
    done = limited(project, "check", ".", "--format", "concise", "-q", *words)
    told(done)
    found = (line for line in done.stdout.splitlines() if "[not-built]" in line)
    return [re.sub(r":\d+:\d+: \w+\[not-built\]", ":", line) for line in found]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_gitignore_that_is_no_file_does_not_count(project: Path, kind: str) -> None:
    plant, said = PLANTED[kind]
    write(project, {"pod.yaml": POD})
    plant(project / ".gitignore")
    done = limited(project, "check", ".")
    assert told(done) == [f"warning: .gitignore: not used: {said.format(1)}"]
    assert (done.returncode, done.stdout) == (0, CLEAN)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_configuration_that_is_no_file_ends_the_run(project: Path, kind: str) -> None:
    plant, said = PLANTED[kind]
    write(project, {"pod.yaml": POD})
    plant(project / ".cmlint.yaml")
    done = limited(project, "check", ".")
    assert told(done) == [
        f"error: .cmlint.yaml: {said.format(4)}",
        "help: `--config` takes the path of a file that can be read",
    ]
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("kind", ["environment", "outside"])
def test_a_pyproject_outside_is_not_read(project: Path, kind: str) -> None:
    PLANTED[kind][0](project / "pyproject.toml")
    warning = "warning: pyproject.toml: not read: it is not a regular file of the repository"
    assert told(limited(project, "check", "."))[0] == warning


def test_a_pyproject_is_bounded(project: Path) -> None:
    plant, said = PLANTED["sparse"]
    plant(project / "pyproject.toml")
    assert told(limited(project, "check", "."))[0] == f"error: pyproject.toml: {said.format(4)}"


@pytest.mark.parametrize("kind", PLANTED)
def test_other_files_are_read_all_the_same(project: Path, kind: str) -> None:
    plant, said = PLANTED[kind]
    write(project, {"pod.yaml": POD})
    for name in ("a.yaml", "README.md", "Makefile", "run.sh"):
        plant(project / name)
    done = limited(project, "check", ".")
    expected = {
        "environment": [f"warning: a.yaml: {NOT_FOLLOWED}"],
        "memory": [f"warning: a.yaml: {NOT_FOLLOWED}"],
        "outside": [f"warning: a.yaml: {NOT_FOLLOWED}"],
        "loop": [f"error: a.yaml: {said}"],
        "sparse": ["error: a.yaml: larger than 200 MB"],
    }
    assert told(done) == expected.get(kind, [])
    assert done.returncode == (2 if kind in ("loop", "sparse") else 0)
    assert done.stdout.splitlines()[0].startswith("no problems in ")


@pytest.mark.parametrize("kind", SPECIAL)
def test_kustomize_gets_no_file_that_has_no_end(project: Path, kind: str) -> None:
    plant, said = PLANTED[kind]
    for name, text in KUSTOMIZATIONS.items():
        write(project, {f"{name}/kustomization.yaml": text, f"{name}/pod.yaml": POD})
        plant(project / name / "x")
    write(project, {"g-base/kustomization.yaml": "resources: [../base]\n", "base/pod.yaml": POD})
    plant(project / "base/kustomization.yaml")
    names = {name: f"{name}/x" for name in KUSTOMIZATIONS} | {"g-base": "base/kustomization.yaml"}
    reasons = {name: f"`{path}` is {said.format(200)}" for name, path in names.items()}
    if kind == "sparse":
        reasons["f-transformer"] = f"a file of plugins cannot be read: {said.format(200)}"
    assert not_built(project) == [
        f"{name}/kustomization.yaml: the kustomization is not built: {reason}" for name, reason in reasons.items()
    ]


def test_kustomize_reads_no_kustomization_outside_of_the_repository(project: Path) -> None:
    write(project.parent, {"private/kustomization.yaml": "resources: [pod.yaml]\n", "private/pod.yaml": WRONG})
    write(project, {"a/kustomization.yaml": "resources: [../../private]\n", "b/kustomization.yaml": "bases: [x]\n"})
    (project / "b/x").symlink_to(project.parent / "private")
    done = limited(project, "check", ".", "--format", "concise", "-q")
    told(done)
    reasons = ("the folder `../../private` is outside the repository", "the folder `x` is outside the repository")
    assert done.stdout.splitlines() == [
        f"{name}/kustomization.yaml:1:1: warning[not-built] the kustomization is not built: {reason}"
        for name, reason in zip("ab", reasons, strict=True)
    ]
    private = limited(project.parent, "check", "private", "--format", "concise", "-q")
    assert "private/pod.yaml:4:72: error[non-string-env]" in private.stdout


@pytest.mark.parametrize("kind", [*SPECIAL, "outside", "endless"])
def test_helm_gets_no_chart_with_a_file_that_is_none(project: Path, kind: str) -> None:
    plant, said = PLANTED[kind]
    for number, name in enumerate(IN_CHART):
        write(project, {f"{number}/Chart.yaml": CHART, f"{number}/templates/pod.yaml": POD, f"{number}/ci/x": ""})
        plant(project / str(number) / name)
    said = said.format(200).replace("repository", "folder")
    assert not_built(project) == [
        f"{number}/Chart.yaml: the chart is not built: `{number}/{name}` is {said}"
        for number, name in enumerate(IN_CHART)
    ]


def test_helm_gets_no_chart_whose_links_lead_to_such_a_file(project: Path) -> None:
    write(project, {"web/Chart.yaml": CHART, "web/templates/pod.yaml": POD, "shared/a/b.tpl": ""})
    (project / "web/templates/shared").symlink_to("../../shared")
    assert told(limited(project, "check", ".")) == []
    os.mkfifo(project / "shared/a/pipe")
    where = "web/Chart.yaml: the chart is not built: `web/templates/shared/a/pipe`"
    assert not_built(project) == [f"{where} is not a regular file"]
    (project / "shared/a/pipe").unlink()
    (project / "shared/a/pipe").symlink_to("../..")
    assert not_built(project) == [f"{where} is a link that leads to a folder around it"]


def test_helm_gets_no_such_chart_from_kustomize(project: Path) -> None:
    write(project, {"app/kustomization.yaml": "helmCharts: [{name: web}]\n", "app/charts/web/Chart.yaml": CHART})
    os.mkfifo(project / "app/charts/web/values.yaml")
    said = "app/kustomization.yaml: the kustomization is not built: `app/charts/web/values.yaml` is not a regular file"
    assert said in not_built(project, "--enable-helm")
    write(project, {"app/kustomization.yaml": "helmGlobals: {chartHome: ./charts}\nhelmCharts: [{name: web}]\n"})
    assert said in not_built(project, "--enable-helm")


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/passwd", "link/values.yaml"])
def test_a_configuration_names_no_file_outside(project: Path, name: str) -> None:
    write(project, {"pod.yaml": POD})
    (project / "link").symlink_to("/etc")
    for setting, text in (
        ("baseline", f"baseline: {name}\n"),
        ("helm.values", f"helm: {{values: {{x: ['a,{name}']}}}}\n"),
    ):
        write(project, {".cmlint.yaml": text})
        column = text.index(name if setting == "baseline" else "'a,") + 1
        assert told(limited(project, "check", ".")) == [
            f"error: .cmlint.yaml:1:{column}: `{setting}` names `{name}`, which is not in the repository",
            "help: a repository's configuration names only files of the repository",
        ]


def test_a_baseline_of_the_configuration_is_a_file(project: Path) -> None:
    write(project, {"pod.yaml": POD, ".cmlint.yaml": "baseline: known\n"})
    os.mkfifo(project / "known")
    assert told(limited(project, "check", "."))[0] == (
        "error: .cmlint.yaml:1:11: `baseline` names `known`, which is not a regular file"
    )


# what is named on the command line


def shell(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash in which `cmlint` is the command."""
    return subprocess.run(
        ["bash", "-c", f'cmlint() {{ {COMMAND} "$@"; }}; {line}'],
        cwd=folder,
        env=needed(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "line",
    [
        "cmlint check <(cat pod.yaml)",
        "cat pod.yaml | cmlint check /dev/stdin",
        "cmlint check /dev/stdin < pod.yaml",
        "cmlint check /dev/fd/9 9< pod.yaml",
        "mkfifo pipe; cat pod.yaml > pipe & cmlint check pipe",
        "cmlint check link.yaml",
        "cmlint check folder",
        "cd folder && cmlint check .",
        "cmlint check --config <(echo 'select: [all]') pod.yaml",
    ],
)
def test_what_is_named_is_read_as_it_is(tmp_path: Path, line: str) -> None:
    write(tmp_path, {"pod.yaml": WRONG, "releases/7/pod.yaml": WRONG})
    (tmp_path / "work").mkdir()
    (tmp_path / "work/link.yaml").symlink_to("../pod.yaml")
    (tmp_path / "work/folder").symlink_to("../releases/7")
    write(tmp_path, {"work/pod.yaml": WRONG})
    done = shell(tmp_path / "work", line)
    assert done.stderr == ""
    assert done.returncode == 1
    assert "error[non-string-env]" in done.stdout
    assert "image: a/b:1.0.0, env: [{name: A, value: 1}]}]}" in done.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check /dev/zero", "error: /dev/zero: larger than 200 MB"),
        ("check pipe-socket", "error: pipe-socket: no such device or address"),
        ("check loop", f"error: loop: {LOOP}"),
        ("check pod.yaml/x", "error: pod.yaml/x: no such file or folder"),
        ("check none", "error: none: no such file or folder"),
        (f"check {'x' * 300}", f"error: {'x' * 300}: file name too long"),
        ("check --config /dev/zero pod.yaml", "error: ../../dev/zero: larger than 4 MB"),
        ("check --baseline /dev/zero pod.yaml", "error: /dev/zero: larger than 256 MB"),
        ("check --against /dev/zero pod.yaml", "error: /dev/zero: larger than 512 MB"),
    ],
)
def test_what_is_named_and_cannot_be_read_ends_in_one_line(project: Path, line: str, said: str) -> None:
    write(project, {"pod.yaml": POD})
    PLANTED["socket"][0](project / "pipe-socket")
    (project / "loop").symlink_to("loop")
    said = said.replace("../../dev/zero", os.path.relpath("/dev/zero", project))
    done = limited(project, *line.split())
    assert told(done)[0] == said
    assert len(told(done)) <= 2
    assert done.returncode == 2


def test_standard_input_is_bounded(project: Path) -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = limited(project, "check", "-", stdin=endless)
    assert (told(done), done.returncode) == (["error: <stdin>: larger than 200 MB"], 2)


def test_little_memory_is_no_mistake(project: Path) -> None:
    write(project, {"pod.yaml": POD})
    with (project / "a.yaml").open("wb") as file:
        file.truncate(190 << 20)
    done = limited(project, "check", ".", memory=180 << 20)
    assert told(done) == ["error: a.yaml: there is not enough memory to read it"]
    assert done.returncode == 2


# what is not there any more


def test_a_working_directory_that_is_deleted_ends_in_one_line(tmp_path: Path) -> None:
    for line in ("check", "check /tmp", "env --workload x", "init"):
        done = shell(tmp_path, f"mkdir gone && cd gone && rmdir ../gone && cmlint {line}")
        assert done.stderr.splitlines() == [
            "cmlint: error: the working directory has been deleted",
            "help: change to a folder that exists",
        ]
        assert done.returncode == 2


VANISH = """\
import os
from cmlint.sources import {module}
before = {module}.{name}
def after(*given):
    {what}
    return before(*given)
{module}.{name} = after
"""
"""Lets something happen just before a function is called."""


@pytest.mark.parametrize(
    ("module", "name", "what", "said"),
    [
        (
            "reader",
            "content_of",
            "os.path.exists('b.yaml') and os.remove('b.yaml')",
            ["b.yaml: no such file or directory"],
        ),
        (
            "files",
            "read_again",
            "os.path.exists('a.yaml') and os.remove('a.yaml')",
            ["a.yaml: changed while it was checked: no such file or directory"],
        ),
        (
            "files",
            "is_foreign",
            "os.path.exists('sub/c.yaml') and (os.remove('sub/c.yaml'), os.rmdir('sub'))",
            ["sub: no such file or directory"],
        ),
    ],
)
def test_what_vanishes_meanwhile_is_told(project: Path, module: str, name: str, what: str, said: list[str]) -> None:
    write(project, {"a.yaml": WRONG, "b.yaml": POD, "sub/c.yaml": POD, "z.yaml": WRONG})
    before = VANISH.format(module=module, name=name, what=what)
    done = limited(project, "check", ".", "--no-cache", "--jobs", "1", before=before)
    assert told(done) == [f"error: {line}" for line in said]
    assert "--> z.yaml:4:72" in done.stdout
    assert done.returncode == 2


SWAPPING = """
import os
while True:
    os.rename("inner", "kept")
    os.symlink("../outside", "inner")
    os.unlink("inner")
    os.rename("kept", "inner")
    os.mkfifo("x.yaml")
    os.unlink("x.yaml")
    os.symlink("../outside/f1.yaml", "x.yaml")
    os.unlink("x.yaml")
"""


def test_what_is_swapped_all_the_time_shows_nothing_from_elsewhere(project: Path) -> None:
    pods = {f"f{number}.yaml": WRONG for number in range(30)}
    write(project / "inner", pods)
    write(project.parent / "outside", {name: f"{text}{SECRET}: [" for name, text in pods.items()})
    with subprocess.Popen([sys.executable, "-c", SWAPPING], cwd=project) as swapping:
        try:
            for _ in range(5):
                done = limited(project, "check", ".", "--no-cache", "--format", "json")
                told(done)
                assert done.returncode in (0, 1, 2)
        finally:
            swapping.kill()


def test_a_folder_is_walked_only_so_deep(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(5000):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    write(tmp_path, {"pod.yaml": POD, "d/kustomization.yaml": "resources: [d]\n", "d/Chart.yaml": CHART})
    done = limited(tmp_path, "check", ".")
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # Python cannot, also at the end of a later run of pytest
    deepest = "/".join("d" * files.DEEPEST)
    line = f"error: {deepest}: more than {files.DEEPEST} folders deep; what is below is not read"
    assert line in told(done)
    assert done.returncode == 2


@pytest.mark.parametrize("name", [b"a\nb.yaml", b"\xff\xfe.yaml", b"\xe2\x80\xae.yaml"])
def test_any_name_is_read(project: Path, name: bytes) -> None:
    Path(os.fsdecode(os.path.join(os.fsencode(project), name))).write_text(POD, encoding="utf-8")
    done = limited(project, "check", ".")
    assert (told(done), done.stdout, done.returncode) == ([], CLEAN, 0)


# reading


def test_reading_opens_no_link_that_leads_out(tmp_path: Path) -> None:
    write(tmp_path, {"root/a": "a", "root/sub/b": "b", "secret": SECRET})
    root = str(tmp_path / "root")
    for name, target in {"out": "../secret", "in": "sub/b", "through": "sub", "around": ".."}.items():
        (tmp_path / "root" / name).symlink_to(target)
    for name in ("a", "sub/b", "in", "through/b", "around/root/a"):
        assert system.read(f"{root}/{name}", 10, root)
    for name in ("out", "around/secret", "sub/../../secret"):
        with pytest.raises(system.OutsideError, match=LINK):
            system.read(f"{root}/{name}", 100, root)
        assert system.read(f"{root}/{name}", 100).decode() == SECRET
        assert system.read(f"{root}/{name}", 100, (root, str(tmp_path))).decode() == SECRET


def test_the_limit_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert system.read(str(path), 100) == b"x" * 100
    with pytest.raises(system.TooLargeError, match="larger than 0 MB"):
        system.read(str(path), 99)


def test_a_file_that_grows_is_read_to_the_limit_only(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    number = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(system.TooLargeError):
            system.content(number, 10, 50)
    finally:
        os.close(number)


def test_no_name_is_a_mistake(tmp_path: Path) -> None:
    for name in ("a\0b", "\ud800", "x" * 5000, "a/" * 5000):
        with pytest.raises(OSError, match=r"no file can have this name|name too long|No such file"):
            system.read(str(tmp_path / name), 10, str(tmp_path))


# patterns


DEEP = "a/" * (files.DEEPEST - 1)


@pytest.mark.parametrize(
    ("pattern", "path", "matched"),
    [
        ("*a" * 25 + "*b", "a" * 255, "a" * 254 + "b"),
        ("*?" * 49 + "*b", "a" * 255, "a" * 254 + "b"),
        ("**/a/" * 20 + "**/b", f"{DEEP}a", f"{DEEP}b"),
        ("**/*a*a*a/" * 9 + "**/b", "aaaa/" * files.DEEPEST, "aaaa/" * files.DEEPEST + "b"),
        ("a/**/" * 20 + "*b", f"{DEEP}a", f"{DEEP}b"),
    ],
)
def test_no_pattern_goes_back(project: Path, pattern: str, path: str, matched: str) -> None:
    assert Patterns([pattern]).decide(path) is None
    assert Patterns([pattern]).decide(matched) is True
    settings = f"exclude: ['{pattern}']\nper-path-ignore: {{'{pattern}': [all]}}\n"
    write(project, {"a" * 200 + ".yaml": WRONG, ".gitignore": f"{pattern}\n", ".cmlint.yaml": settings})
    done = limited(project, "check", ".")
    assert told(done) == []
    assert done.stdout.startswith("error[non-string-env]: ")


def test_patterns_in_excess_do_not_count(project: Path) -> None:
    lines = ["# comment", "x" * (LONGEST + 1), "*a" * WILDCARDS + "*", "pod.yaml", *(f"*{n}" for n in range(MOST))]
    write(project, {"pod.yaml": WRONG, "other.yaml": POD, ".gitignore": "\n".join(lines)})
    done = limited(project, "check", ".")
    said = f"warning: .gitignore:2: ignored: a pattern of more than {LONGEST} characters"
    assert (told(done), done.returncode) == ([said], 0)
    write(project, {".gitignore": "pod.yaml\n" + "*1\n" * 100_000})
    done = limited(project, "check", ".")
    said = f"warning: .gitignore:{MOST + 1}: more than {MOST} patterns: the rest is ignored"
    assert (told(done), done.stdout) == ([said], CLEAN)


@pytest.mark.parametrize("line", ["!", "[z-a]", "\\!["])
def test_a_line_that_is_no_pattern_does_not_count(project: Path, line: str) -> None:
    write(project, {"pod.yaml": POD, "other.yaml": WRONG, ".gitignore": f"# {line}\n{line}\nother.yaml\n"})
    done = limited(project, "check", ".")
    said = [] if line == "\\![" else ["warning: .gitignore:2: ignored: not a valid pattern"]
    assert (told(done), done.stdout) == (said, CLEAN)
    write(project, {".cmlint.yaml": f"exclude: ['{line}']\n"})
    if said:
        problem = f"error: .cmlint.yaml:1:11: `{line}` is not a valid path pattern"
        assert told(limited(project, "check", ".")) == [problem, "help: use the syntax of `.gitignore`"]


def test_a_configuration_has_no_patterns_in_excess(project: Path) -> None:
    write(project, {"pod.yaml": POD})
    stars = f"ignored: a pattern with more than {WILDCARDS} `*`"
    for text, said in {
        f"exclude: ['{'*a' * WILDCARDS}*']\n": f"1:11: {stars}",
        f"exclude: ['{'x' * LONGEST}x']\n": f"1:11: ignored: a pattern of more than {LONGEST} characters",
        f"per-path-ignore: {{'{'*a' * WILDCARDS}*': [all]}}\n": f"1:19: {stars}",
        "exclude:\n" + "- a\n" * (MOST + 1): f"1:1: `exclude` has more than {MOST} patterns",
    }.items():
        write(project, {".cmlint.yaml": text})
        assert told(limited(project, "check", "."))[0] == f"error: .cmlint.yaml:{said}"


# memory and steps

BYSTANDER = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n" + "  a: some text\n" * 700 + "---\n"
"""A document of some 10 kB that cmlint has nothing to say about."""

LARGE = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: "a/b:1.0.0", env: [{name: A, value: b}, {name: C, value: $(A)}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: m}
data: {a: b}
---
"""


def test_a_large_file_takes_three_times_its_size_at_most(project: Path) -> None:
    size = 60 << 20
    (project / "large.yaml").write_text(BYSTANDER * (size // len(BYSTANDER)), encoding="utf-8")
    # A process begins with the peak of the one that starts it, so a small one does.
    code = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    words = [sys.executable, "-c", code, str(COMMAND), "check", "."]
    peak = subprocess.run(words, cwd=project, env=needed(), capture_output=True, check=True).stdout
    assert int(peak) * 1024 < 3 * size + (200 << 20)


DENSE = {
    "pods": lambda i: (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}}}\n"
        "spec: {containers: [{name: c, image: 'a/b:1.0.0', args: [a]}]}\n---\n"
    ),
    "keys": lambda i: (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m{i}}}\ndata:\n"
        + "".join(f"  key{k}: value{k}\n" for k in range(50))
        + "---\n"
    ),
    "variables": lambda i: (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}}}\nspec:\n  containers:\n"
        "    - name: c\n      image: a/b:1.0.0\n      env:\n"
        + "".join(f"        - {{name: VAR_{k}, value: value-{k}}}\n" for k in range(20))
        + "---\n"
    ),
}
"""Documents of which nearly all is kept as facts."""

MOST_BYTES = (3 * system.MANIFEST + (200 << 20)) // system.MANIFEST
"""How many bytes of memory each byte of a file may take, so that the largest file keeps the limit in SECURITY.md."""

PACKED = 200_000
"""From so many characters on facts are packed in these tests."""


def peak(folder: Path, *words: str) -> int:
    """The most memory that a check of a folder takes, in bytes."""
    places = ("manifest.documents", "sources.reader")
    before = "".join(f"import cmlint.{each}\ncmlint.{each}.LARGE = {PACKED}\n" for each in places)
    line = [sys.executable, "-c", f"{before}{ENTRY}", "check", ".", "--jobs", "1", *words]
    with subprocess.Popen(line, cwd=folder, env=needed(), stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss * 1024


@pytest.mark.parametrize(("shape", "files"), [("pods", 1), ("keys", 1), ("keys", 40), ("variables", 1)])
def test_facts_of_small_objects_take_little_memory(project: Path, shape: str, files: int) -> None:
    """What the second half of a text adds is compared, so that no constant hides what each object takes."""
    size, each = 2 << 20, [0]
    texts: list[str] = []
    while each[-1] < size:
        texts.append(DENSE[shape](len(texts)))
        each.append(each[-1] + len(texts[-1]))
    peaks: list[int] = []
    for most in (size // 2, size):
        chosen = texts[: bisect_right(each, most) - 1]
        for number in range(files):
            (project / f"{number}.yaml").write_text("".join(chosen[number::files]), encoding="utf-8")
        peaks.append(peak(project, "--no-cache"))
    assert peaks[1] - peaks[0] < MOST_BYTES * size / 2, peaks


def test_packed_facts_are_those_of_a_small_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(DENSE[shape](i) for shape in DENSE for i in range(30))
    plain = read_text(text)
    monkeypatch.setattr(documents, "LARGE", 100)
    monkeypatch.setattr(reading, "LARGE", 100)
    packed = read_text(text)
    assert isinstance(packed.documents, Packed)
    assert (tuple(packed.documents), packed.documents[-1]) == (plain.documents, plain.documents[-1])
    assert list(packed.documents[5:8]) == list(plain.documents[5:8])
    raw = reading.encode(packed)
    again = reading.decode(raw)
    assert isinstance(again.documents, Packed)
    assert tuple(again.documents) == plain.documents
    assert reading.encode(again) == raw
    monkeypatch.undo()
    assert reading.decode(raw) == plain


def test_packed_facts_give_the_same_findings(project: Path) -> None:
    """Also where one pod refers to another document, and its containers are looked up again."""
    refers = "{name: X, valueFrom: {configMapKeyRef: {name: m7, key: kex3}}}"
    containers = f"[{{name: c, image: a, env: [{refers}]}}]"
    tail = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: {containers}}}\n"
    body = "".join(DENSE[shape](i) for shape in DENSE for i in range(30))
    for number in range(3):
        write(project, {f"{number}/a.yaml": body + tail})
    line = ("check", ".", "--format", "json", "--pedantic", "--no-cache")
    plain = limited(project, *line)
    before = "import cmlint.model.facts as f\nf.LARGE, f.HELD = 1000, 2000\n"
    packed = limited(project, *line, before=before)
    assert "has no key `kex3`" in plain.stdout
    assert packed.stdout == plain.stdout


def test_a_document_that_no_api_server_takes_is_not_composed(project: Path) -> None:
    keys = "".join(f"  k{i}: v\n" for i in range(REQUEST // 10))
    large = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata:\n{keys}"
    facts = read_text(large)
    (found,) = facts.documents
    assert (found.broken, found.providers, found.head) == (True, (), Span(15, 19))
    assert [(fault.code, fault.kind) for fault in found.faults] == [("size", "unread")]
    other = large.replace("ConfigMap", "SealedSecret")
    assert read_text(other).skipped == (Skip("too-large", Span(0, len(other))),)
    item = f"- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{k: {'x' * (REQUEST // 2)}}}}}\n"
    assert len(read_text(f"apiVersion: v1\nkind: List\nitems:\n{item * 2}").documents) == 2
    aside = f"apiVersion: v1\nkind: List\n# {'x' * REQUEST}\nitems:\n- {{}}\n"
    assert read_text(aside).skipped == (Skip("too-large", Span(0, len(aside))),)
    containers = "[{name: c, image: a/b:1.0.0, envFrom: [{configMapRef: {name: m}}]}]"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: {containers}}}\n"
    write(project, {"large.yaml": large, "pod.yaml": pod})
    ran = limited(project, "check", ".", "--format", "concise", "--quiet", "--no-cache")
    why = "`ConfigMap` is larger than 3 MiB, and the API server reads no more"
    assert (ran.stdout, ran.returncode) == (f"large.yaml:2:1: error[too-large] {why}\n", 1)
    write(project, {"large.yaml": other, "pod.yaml": pod})
    ran = limited(project, "check", ".", "--verbose", "--no-cache")
    assert ran.returncode == 0
    assert "large.yaml: larger than any object that the API server accepts" in ran.stdout
    assert "nothing defines" not in ran.stdout


def steps(text: str) -> int:
    """How many functions are called to read a text."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        read_text(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("text", [LARGE, BYSTANDER])
def test_reading_takes_steps_in_proportion_to_the_size(text: str) -> None:
    assert steps(text * 400) < 2.2 * steps(text * 200)
