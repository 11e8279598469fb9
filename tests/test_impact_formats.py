"""What `cmlint impact` writes for a pull request and for a shell, with a great many readers and with hostile names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.support.command import cmlint
from tests.support.repository import Repository
from tests.support.run import write

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: shop}\ndata: {A: one}\n"
HEAD = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-%d, namespace: shop}\nspec:\n"
HEAD += "  template:\n    spec:\n"
CONTAINER = "      - {name: c%d, image: 'web:1.2.3', envFrom: [{configMapRef: {name: app}}]}\n"


def many(workloads: int, containers: int) -> str:
    each = "      containers:\n" + "".join(CONTAINER % number for number in range(containers))
    return MAP + "".join(HEAD % number + each for number in range(workloads))


@pytest.mark.parametrize(("workloads", "containers"), [(50, 100), (5000, 1)])
def test_five_thousand_readers_fit_into_a_comment(tmp_path: Path, workloads: int, containers: int) -> None:
    write(tmp_path, {"all.yaml": many(workloads, containers)})
    line = ("impact", "cm/app", "--format", "markdown")
    first, second = cmlint(tmp_path, *line), cmlint(tmp_path, *line)
    assert first.stdout == second.stdout
    assert len(first.stdout) <= 60_000
    head, sentence, *_ = first.stdout.splitlines()
    assert head == "<!-- cmlint impact -->"
    number = f"{workloads} workloads ({workloads} pods) in 1 namespace: {workloads} need a restart"
    assert sentence == f"### cmlint: 1 change of ConfigMaps and Secrets, read by {number}"
    commands = re.findall(r"```console\n(.*?)```", first.stdout, re.DOTALL)
    expected = cmlint(tmp_path, "impact", "cm/app", "--format", "commands").stdout
    if workloads == 50:
        assert commands == [expected]
        assert "| Deployment `shop/web-49` |" in first.stdout
        assert re.search(r"\nand \d+ more, see `--format json`\n\n</details>\n\Z", first.stdout)
    else:
        assert re.search(r"\n# and \d+ more, see `--format commands`\n\Z", commands[0])
        assert re.search(r"\nand \d+ more, see `--format json`\n", first.stdout)


def test_a_comment_says_where_there_may_be_more_readers(tmp_path: Path) -> None:
    write(tmp_path, {"app.yaml": MAP} | {f"k{n}/kustomization.yaml": f"resources: [{n}.yaml]\n" for n in range(7)})
    lines = cmlint(tmp_path, "impact", "cm/app", "--format", "markdown").stdout.splitlines()
    named = ", ".join(f"`k{n}/kustomization.yaml`" for n in range(5))
    assert lines[2:4] == [
        "",
        f"There may be more readers in what could not be read or built completely: {named} and 2 more",
    ]
    whole = cmlint(tmp_path, "impact", "cm/app", "--format", "markdown", "--no-build").stdout
    assert "There may be more readers" not in whole


TAGS = ("h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code")
NAMES = ("a|b", "`x`", "<b>", "@team", "#12", "https://example.com", "<!-- -->", "</details>", "```", "x\ny", "![i](u)")


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_taken_for_markup(tmp_path: Path, name: str) -> None:
    quoted = name.replace("\n", "\\n")
    text = MAP.replace("A: one", f'"{quoted}": one')
    reader = (
        (HEAD % 1 + "      containers:\n" + CONTAINER % 1).replace("web-1", f'"{quoted}"').replace("c1", f'"{quoted}"')
    )
    write(tmp_path, {"all.yaml": f"{text}{reader}"})
    done = cmlint(tmp_path, "impact", "cm/app", "--format", "markdown")
    assert done.returncode == 0, done.stderr
    html = MarkdownIt("commonmark", {"linkify": False}).enable("table").render(done.stdout)
    tags = set(re.findall(r"<(/?\w+)", html))
    allowed = {*TAGS, "pre", "ul", "li", "details", "summary", "br"}
    assert {tag.removeprefix("/") for tag in tags} <= allowed
    assert html.count("<td>") == 4
    assert html.count("<details>") == html.count("</details>") == 1
    assert "@team" not in re.sub("<code.*?</code>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["text", "concise", "commands"])
def test_every_line_is_one(tmp_path: Path, form: str, name: str) -> None:
    quoted = name.replace("\n", "\\n")
    reader = (HEAD % 1 + "      containers:\n" + CONTAINER % 1).replace("web-1", f'"{quoted}\\e[31m"')
    write(tmp_path, {"all.yaml": f"{MAP}{reader}"})
    done = cmlint(tmp_path, "impact", "cm/app", "--format", form)
    assert "\033" not in done.stdout
    assert not any(line.startswith("y") for line in done.stdout.splitlines())


def test_keys_that_do_the_same_are_one_row(tmp_path: Path) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: c, image: 'web:1.2.3', HOW}]\n"
    )
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n"
    keys = [f"K{n:02}" for n in range(12)]
    env = (
        "env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: GONE}}}], envFrom: [{configMapRef: {name: app}}]"
    )
    before = head + "  GONE: x\n" + "".join(f"  {key}: one\n" for key in keys)
    Repository(tmp_path, {"pod.yaml": pod.replace("HOW", env), "map.yaml": before})
    write(tmp_path, {"map.yaml": head + "".join(f"  {key}: two\n" for key in keys)})
    shown = ", ".join(f"`{key}` changes" for key in keys[:10])
    assert rows_since(tmp_path) == [
        "| ConfigMap `app` | `GONE` is removed | Pod `web` "
        "| new pods do not start (pods need \\`GONE\\`; those that run go on until they start again) |",
        f"| ConfigMap `app` | {shown} and 2 more | Pod `web` "
        "| not before the container starts again; until then, replicas may differ |",
    ]


def test_what_may_read_an_object_is_one_row(tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: "
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-%d}\nspec:\n  containers:\n"
    pods = "---\n".join(f"{pod}{CONTAINER}" % (n, n) for n in range(7))
    Repository(tmp_path, {"pods/all.yaml": pods, "a/map.yaml": f"{head}{{A: b}}\n", "b/map.yaml": f"{head}{{A: b}}\n"})
    write(tmp_path, {"a/map.yaml": f"{head}{{A: c}}\n"})
    out = cmlint(tmp_path, "impact", "--since", "HEAD", "--format", "markdown").stdout
    assert "### cmlint: 1 change of ConfigMaps and Secrets, and 7 workloads may read it\n" in out
    perhaps = ", ".join(f"Pod `web-{n}`" for n in range(5)) + " and 2 more"
    may = "may read it (it may read another object of this name)"
    assert rows_since(tmp_path) == [f"| ConfigMap `app` | `A` changes | {perhaps} | {may} |"]
    write(tmp_path, {"b/map.yaml": f"{head}{{A: c}}\n"})
    assert rows_since(tmp_path) == [
        f"| ConfigMap `app` in `{name}/map.yaml` | `A` changes | {perhaps} | {may} |" for name in ("a", "b")
    ]


def rows_since(folder: Path) -> list[str]:
    """The rows of the table about what is not committed."""
    out = cmlint(folder, "impact", "--since", "HEAD", "--format", "markdown").stdout
    return [line for line in out.splitlines() if line.startswith("| ConfigMap")]


def test_a_comment_about_nothing(tmp_path: Path) -> None:
    Repository(tmp_path, {"map.yaml": MAP})
    out = cmlint(tmp_path, "impact", "--since", "HEAD", "--format", "markdown").stdout
    assert out == "<!-- cmlint impact -->\n### cmlint: no ConfigMap or Secret changes\n"
    write(tmp_path, {"map.yaml": MAP.replace("one", "two")})
    out = cmlint(tmp_path, "impact", "--since", "HEAD", "--format", "markdown").stdout
    assert "### cmlint: 1 change of ConfigMaps and Secrets, and no workload reads it\n" in out
