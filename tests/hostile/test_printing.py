"""Names, values and messages of strangers: a terminal and a log show them, and obey none of them."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cmlint.bundle import renewal
from cmlint.kube.versions import parse_version
from cmlint.manifest.documents import read_text
from cmlint.report import FORMATS
from cmlint.system.text import json_of, printable
from tests.support.command import COMMAND, cmlint, needed
from tests.support.run import ROOT, write

ESCAPES = "\x1b[31m\x1b]0;owned\x07\x08\x7f\x85\x9b2J\r\n"
UNSEEN = "\u061c\u200b\u200e\u202e\u2028\u2029\u2066\u2069\u00ad\ufeff\u3164\ue000\U000e0041\ufe0f\u2060\ufff9"
COMMANDS = (
    "::error::x",
    " \u3000::add-mask::x",
    "\n::set-output name=a::b\n",
    "##[add-mask]x",
    "#\u200b#[error]x",
    "##vso[task.setvariable variable=a]b",
    "##v\u200dso[task.complete]b",
    "##teamcity[buildStop]",
)
HOSTILE = tuple(f"{command}{ESCAPES}{command}{UNSEEN}" for command in COMMANDS)

OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2061-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
WORD_JOINER = "\u2060"
LOG_COMMAND = re.compile(r"##\w*\[")
ARROW = re.compile(r" *::: ")
"""What leads to another file in a frame; GitHub's runner would take a colon for the command's name, and knows none."""
OURS = re.compile(r"::(error|warning|notice) (file=|title=cmlint).*::")


def yaml(text: str) -> str:
    """A text as a double-quoted scalar."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'


def file_name(text: str) -> str:
    """A text as the name of a file."""
    return text.replace("/", "|")[:60] + ".yaml"


def harmless(text: str, *, annotations: bool = False, joiners: bool = False) -> None:
    """Fails for whatever a terminal or a log would obey."""
    found = OBEYED.search(text)
    assert not found, text[max(found.start() - 60, 0) : found.end() + 60]
    assert joiners or WORD_JOINER not in text
    assert not LOG_COMMAND.search(text)
    commands = [line for line in text.split("\n") if line.lstrip().startswith("::")]
    assert not [line for line in commands if not (annotations and OURS.match(line)) and not ARROW.match(line)]


def pod(name: str, **fields: str) -> str:
    """A pod with a wrong reference; `fields` replace parts of it."""
    parts = {"meta": "", "container": "web", "image": "a/b:1.0.0", "env": "A", "config": "x", "key": "k", **fields}
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{parts['meta']}}}\n"
        f"spec:\n  containers:\n  - name: {parts['container']}\n    image: {parts['image']}\n    env:\n"
        f"    - {{name: {parts['env']}, valueFrom: {{configMapKeyRef: {{name: {parts['config']},"
        f" key: {parts['key']}}}}}}}\n"
        "    - {name: B, value: 1}\n"
    )


def project(text: str) -> dict[str, str]:
    """Files in which a text stands wherever a repository can put it, with another number in each place."""
    named = {f"{i:02}": yaml(f"{text}place{i:02}") for i in range(20)}
    return {
        "good.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\ndata: {a: b}\n",
        file_name(f"{text[:30]}place50"): pod("a"),
        f"{file_name(text[:30] + 'place51')}/b.yaml": pod("b"),
        "c.yaml": pod(named["01"]),
        "d.yaml": pod("d", container=named["02"]),
        "e.yaml": pod("e", image=named["03"]),
        "f.yaml": pod("f", env=named["04"]),
        "g.yaml": pod("g", config=named["05"]),
        "h.yaml": pod("h", config="good", key=named["06"]),
        "i.yaml": pod("i", meta=f", namespace: {named['07']}"),
        "j.yaml": pod("j", meta=f", annotations: {{cmlint.dev/ignore: {named['08']}}}"),
        "k.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: k}}\ndata: {{{named['09']}: 1}}\n",
        "l.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: l, {named['10']}: 1}}\n",
        "m.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m}}\ndata: {{a: b}}\n{named['11']}: 1\n",
        "n.yaml": f"{pod('n')}  unknown: *{re.sub('[^!-~]', '', text)}place12\n",
        "o.yaml": f"{pod('o')} # cmlint: ignore[{re.sub('[^ -~]', '', text)}place13]\n",
        "built/kustomization.yaml": f"resources: [{named['14']}]\n",
        "chart/Chart.yaml": f"apiVersion: v2\nname: {named['15']}\nversion: 1.0.0\n",
        "chart/templates/p.yaml": pod("p"),
        "q.yaml": "\n".join(
            (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: q}\ndata:\n  a: |",
                *(f"    {line}" for line in re.sub("[^\n -~\u2028\u202e\u200b]", "", text).split("\n")),
                "  b: 1",
                *(f"  # {line}" for line in re.sub("[^\n -~\u2028\u202e\u200b]", "", text).split("\n")),
            )
        )
        + "\n",
    }


SHOWN = ("01", "02", "04", "05", "06", "07", "09", "10", "11", "12", "50", "51")
"""The places of which the text report speaks; a reason of kustomize leaves out names such as number 14."""


@pytest.fixture(scope="module", params=range(len(HOSTILE)))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project full of one hostile text."""
    made = tmp_path_factory.mktemp("project")
    write(made, project(HOSTILE[request.param]))
    return made


def test_every_place_is_reached(folder: Path) -> None:
    done = cmlint(folder, "check", ".", "--verbose", "--pedantic")
    shown = done.stdout + done.stderr
    assert [place for place in SHOWN if f"place{place}" not in shown] == []


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_prints_what_is_obeyed(folder: Path, form: str) -> None:
    done = cmlint(folder, "check", ".", "--pedantic", "--verbose", "--format", form)
    assert done.returncode in (1, 2)
    assert ("place06" in done.stdout) == (form != "prometheus"), "gauges have no paths"
    harmless(done.stdout, annotations=form == "github", joiners=form == "markdown")
    harmless(done.stderr)


@pytest.mark.parametrize(
    "words",
    [
        ("env", "."),
        ("env", ".", "--format", "json"),
        ("explain", "configmap/x"),
        ("explain", "configmap/x", "--format", "json"),
        ("check", ".", "--diff", "--unsafe-fixes"),
        ("check", ".", "--pedantic", "--verbose", "--statistics"),
    ],
    ids=" ".join,
)
def test_no_other_command_prints_what_is_obeyed(folder: Path, words: tuple[str, ...]) -> None:
    done = cmlint(folder, *words)
    assert len(done.stdout) > 1000
    harmless(done.stdout)
    harmless(done.stderr)


def test_files_that_are_written_can_be_printed(folder: Path, tmp_path: Path) -> None:
    cmlint(folder, "check", ".", "--write-baseline", str(tmp_path / "known.json"))
    text = (tmp_path / "known.json").read_text(encoding="utf-8")
    assert "place06" in text
    harmless(text)
    again = cmlint(folder, "check", ".", "--baseline", str(tmp_path / "known.json"), "--quiet")
    assert "place06" not in again.stdout


def fences(text: str) -> Iterator[str]:
    """The lines of a log that its runner looks at for commands, as GitHub's does."""
    word = None
    for line in text.split("\n"):
        if word is None and line.startswith("::stop-commands::"):
            word = line.removeprefix("::stop-commands::")
        elif word is not None and line == f"::{word}::":
            word = None
        elif word is None:
            yield line
    assert word is None


@pytest.mark.parametrize(
    "words",
    [
        ("check", "."),
        ("check", ".", "gone.yaml", "--format", "text"),
        ("check", ".", "--format", "concise", "--verbose"),
        ("check", ".", "--diff"),
        ("env", "."),
        ("explain", "configmap/x"),
        ("rule", "missing-key"),
        ("rule",),
        ("rule", "::error::x"),
        ("cache", "dir"),
        ("init", "--force", "--no-pre-commit"),
        ("audit", "--kubeconfig", "::error::x"),
    ],
    ids=" ".join,
)
def test_in_github_actions_both_streams_are_fenced(tmp_path: Path, words: tuple[str, ...]) -> None:
    write(tmp_path, project(HOSTILE[0]))
    done = cmlint(tmp_path, *words, GITHUB_ACTIONS="true")
    assert done.stdout or done.stderr
    assert [line for line in fences(done.stderr) if line] == []
    assert [line for line in fences(done.stdout) if line and not OURS.match(line)] == []


def test_a_report_for_a_machine_is_not_fenced(tmp_path: Path) -> None:
    write(tmp_path, project(HOSTILE[0]))
    done = cmlint(tmp_path, "check", ".", "--format", "json", GITHUB_ACTIONS="true")
    assert json.loads(done.stdout)["version"] == 1


def test_json_says_exactly_what_was_written(tmp_path: Path) -> None:
    names = [f"{text}\u200d🎉\U0001f600" for text in HOSTILE]
    files = {f"{i}.yaml": pod("a", container=yaml(name)) for i, name in enumerate(names)}
    write(tmp_path, files)
    found = json.loads(cmlint(tmp_path, "check", ".", "--format", "json").stdout)["findings"]
    assert {finding["container"] for finding in found} == set(names)


# words of the line


LINES: tuple[tuple[str, ...], ...] = (
    ("rule", "HOSTILE"),
    ("check", "HOSTILE"),
    ("check", "good.yaml", "--select", "HOSTILE"),
    ("check", "good.yaml", "--ignore", "HOSTILE"),
    ("check", "good.yaml", "--config", "HOSTILE"),
    ("check", "good.yaml", "--baseline", "HOSTILE"),
    ("check", "good.yaml", "--against", "HOSTILE"),
    ("check", "good.yaml", "--since", "HOSTILE"),
    ("check", "good.yaml", "--kubernetes-version", "HOSTILE"),
    ("check", "good.yaml", "--jobs", "HOSTILE"),
    ("check", "good.yaml", "--output", "HOSTILE/gone"),
    ("check", "good.yaml", "--write-baseline", "HOSTILE/gone"),
    ("check", "good.yaml", "--format", "HOSTILE"),
    ("check", "good.yaml", "--fail-on", "HOSTILE"),
    ("check", ".", "--kustomize", "HOSTILE"),
    ("check", ".", "--helm", "HOSTILE"),
    ("check", "good.yaml", "--HOSTILE"),
    ("check", "good.yaml", "--live", "--kubeconfig", "HOSTILE"),
    ("env", "good.yaml", "--workload", "HOSTILE"),
    ("env", "good.yaml", "--namespace", "HOSTILE"),
    ("explain", "HOSTILE"),
    ("explain", "HOSTILE:1"),
    ("explain", "secret/HOSTILE"),
    ("explain", "good.yaml:1", "--within", "HOSTILE"),
    ("audit", "--kubeconfig", "HOSTILE"),
    ("audit", "--qps", "HOSTILE"),
    ("cache", "HOSTILE"),
    ("HOSTILE",),
)


@pytest.mark.parametrize("words", LINES, ids=" ".join)
@pytest.mark.parametrize("text", [f"a{HOSTILE[2]}", f"{HOSTILE[4]}\udcff\ud800".replace("\ud800", "")], ids=["a", "b"])
def test_words_of_the_line_are_shown(tmp_path: Path, words: tuple[str, ...], text: str) -> None:
    write(tmp_path, {"good.yaml": pod("good"), "a/kustomization.yaml": "resources: [b.yaml]\n", "a/b.yaml": pod("b")})
    write(tmp_path, {"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "c/templates/p.yaml": pod("p")})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    done = cmlint(tmp_path, *(word.replace("HOSTILE", text) for word in words))
    assert "mistake" not in done.stderr
    assert done.stderr.startswith("cmlint: ")
    harmless(done.stdout)
    harmless(done.stderr)


# configurations, baselines and snapshots


SETTINGS = (
    "HOSTILE: [x]",
    "select: [HOSTILE]",
    "exclude: HOSTILE",
    "external: [HOSTILE/a]",
    "fail-on: HOSTILE",
    "kubernetes-version: HOSTILE",
    "baseline: HOSTILE",
    "providers: [{kind: a, group: b, names: [HOSTILE]}]",
    "providers: [{HOSTILE: a}]",
    "per-path-ignore: {a: [HOSTILE]}",
    "build-timeout: HOSTILE",
    "a: !!int HOSTILE",
    "a: 1\nHOSTILE: 1\nHOSTILE: 2",
)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("text", HOSTILE[:4:3], ids=["colons", "hashes"])
def test_settings_are_shown(tmp_path: Path, setting: str, text: str) -> None:
    write(tmp_path, {"a.yaml": pod("a"), ".cmlint.yaml": setting.replace("HOSTILE", yaml(text)) + "\n"})
    done = cmlint(tmp_path, "check", "a.yaml")
    assert done.returncode == 2
    assert "\nhelp: " in done.stderr
    assert "mistake" not in done.stderr
    harmless(done.stderr)


@pytest.mark.parametrize("text", HOSTILE[:4:3], ids=["colons", "hashes"])
def test_contents_of_baselines_and_snapshots_are_shown(tmp_path: Path, text: str) -> None:
    known = {"path": text, "rule": "missing-key", "object": text, "message": text, "fingerprint": text}
    space = {"configMaps": {text: {"keys": [text]}}}
    files = {
        "known.json": json.dumps({"version": 1, "findings": [known]}),
        "unknown.json": json.dumps({"version": 1, "findings": [], text: 1}),
        "cluster.json": json.dumps(
            {"version": 1, "taken": text, "clusters": [{"name": text, "spaces": {text: space}}]}
        ),
        "wrong.json": json.dumps({"version": 1, "taken": "a", "clusters": [{text: 1}]}),
        "a.yaml": pod("a"),
    }
    write(tmp_path, files)
    for words in (("--baseline", "known.json"), ("--baseline", "unknown.json")):
        done = cmlint(tmp_path, "check", ".", "--verbose", *words)
        assert "mistake" not in done.stderr
        harmless(done.stdout + done.stderr)
    for name in ("cluster.json", "wrong.json"):
        done = cmlint(tmp_path, "check", ".", "--verbose", "--against", name)
        assert "mistake" not in done.stderr
        harmless(done.stdout + done.stderr)


# clusters


@contextmanager
def serving(answers: Mapping[str, tuple[int, object]], folder: Path) -> Iterator[Path]:
    """The kubeconfig of a server that gives these answers to the ends of paths, and empty lists to the others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            empty: tuple[int, object] = (200, {"items": [], "metadata": {}})
            status, body = next((answer for end, answer in answers.items() if path.endswith(end)), empty)
            raw = json.dumps(body).encode()
            self.send_response(status, f"{ESCAPES[:5]}::error::x".replace("\n", ""))
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "u", "user": {"token": "x"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config), encoding="utf-8")
    try:
        yield path
    finally:
        server.shutdown()
        server.server_close()


def deployment(text: str) -> dict[str, object]:
    """A deployment with a hostile text in every name."""
    reference = {"name": text, "valueFrom": {"configMapKeyRef": {"name": text, "key": text}}}
    container = {"name": text, "image": text, "env": [reference]}
    return {
        "metadata": {"name": text, "namespace": text, "uid": "u", "annotations": {"cmlint.dev/ignore": text}},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", HOSTILE[::3], ids=["colons", "hashes", "vso"])
def test_names_of_a_cluster_are_shown(tmp_path: Path, form: str, text: str) -> None:
    objects = {"items": [deployment(text)], "metadata": {}}
    with serving({"/version": (200, {"gitVersion": "v1.31.0"}), "/deployments": (200, objects)}, tmp_path) as path:
        words = ("--all-namespaces", "--kubeconfig", str(path), "--pedantic", "--format", form)
        done = cmlint(tmp_path, "audit", *words)
    assert done.returncode == 1, done.stderr
    assert "missing-configmap" in done.stdout
    harmless(done.stdout, annotations=form == "github", joiners=form == "markdown")
    harmless(done.stderr)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_a_cluster_answers_is_shown(tmp_path: Path, status: int) -> None:
    text = "".join(HOSTILE)
    answer = (status, {"kind": "Status", "message": text, "reason": text})
    for answers in ({"/deployments": answer}, {"s": answer}, {"": answer}):
        with serving(answers, tmp_path) as path:
            for words in (("audit", "--kubeconfig", str(path)), ("snapshot", "--kubeconfig", str(path))):
                done = cmlint(tmp_path, *words)
                assert "mistake" not in done.stderr
                harmless(done.stdout)
                harmless(done.stderr)


# Markdown


@pytest.mark.parametrize(
    "name",
    [
        "`@team`",
        "a`b",
        "a\\`@team`",
        "x|@team",
        "x\\|@team|`",
        "a` fixes #1 `",
        "![a](http://b/c)",
        "` https://b/c `",
        "` GH-1 `",
    ],
)
def test_names_stay_names_in_markdown(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.yaml": pod("a", container=yaml(name), key=yaml(name))})
    write(tmp_path, {f"{name.replace('/', '')}.yaml": pod("b")})
    text = cmlint(
        tmp_path, "check", ".", "--format", "markdown", "--select", "missing-configmap,invalid-env-name"
    ).stdout
    html = MarkdownIt("commonmark").enable("table").render(text)
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]]
    assert {len(row) for row in rows} == {3}
    shown = unescape(re.sub("<.*?>", "", " ".join(cell for row in rows for cell in row[1:])))
    assert name.replace("/", "") in shown.replace("\N{WORD JOINER}", "")
    links = re.findall('href="(.*?)"', html)
    assert all(link.startswith("https://cmlint.dev/rules/") for link in links)
    plain = unescape(re.sub(r"<code>.*?</code>|<.*?>", "", html))
    assert not re.search(r"@\w|#\d|GH-\d|://", plain)
    assert "<img" not in html


# commands


NO_NAMES = ("--kubeconfig=./evil", "x;touch ran;'", "$(touch ran)", "a`touch ran`", "-n x", "a b", "a'`;touch ran;`'")


@pytest.mark.parametrize("kind", ["Rollout", "Deployment", "StatefulSet", "ReplicaSet", "Pod", "CronJob"])
@pytest.mark.parametrize("name", NO_NAMES)
def test_a_command_for_an_object_has_its_name_as_one_word(kind: str, name: str) -> None:
    """A name that a command cannot have as one word, or that it would take for an option, is left out of it."""
    api = {"Rollout": "argoproj.io/v1alpha1", "Pod": "v1", "CronJob": "batch/v1"}.get(kind, "apps/v1")
    pod = {"containers": [{"name": "c", "image": "a:1"}]}
    inner = {"spec": pod}
    spec = {"CronJob": {"jobTemplate": {"spec": {"template": inner}}}, "Pod": pod}.get(kind, {"template": inner})
    meta = {"name": name, "namespace": name}
    owned = {
        **meta,
        "uid": "1",
        "ownerReferences": [{"kind": kind, "name": name, "apiVersion": api, "controller": True}],
    }
    texts = (
        {"apiVersion": api, "kind": kind, "metadata": meta, "spec": spec},
        {"apiVersion": "v1", "kind": "Pod", "metadata": owned, "spec": pod},
    )
    for version in ("1.14", "1.35"):
        for text in texts:
            (document,) = read_text(json.dumps(text)).documents
            said = renewal.renewal(document, parse_version(version), "after that")
            for command in (*re.findall(renewal.COMMAND, said), renewal.named(document)):
                words = shlex.split(command)
                assert [word for word in words if word.startswith("-") and word not in ("-n", "-p")] == []
                places = {name, f"{kind.lower()}/{name}", f"pod/{name}"}
                assert {word for word in words if "ran" in word or "evil" in word} <= places
                assert not re.search("[;`$]", re.sub(r"'[^']*'|\"[^\"]*\"", "", command.replace("$(date +%s)", "")))


def test_no_command_of_an_impact_has_a_name_for_an_option(tmp_path: Path) -> None:
    template = {"spec": {"containers": [{"name": "c", "image": "a:1", "envFrom": [{"configMapRef": {"name": "web"}}]}]}}
    files = {"config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {A: b}\n"}
    for number, name in enumerate(NO_NAMES):
        rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": name}}
        files[f"{number}.yaml"] = json.dumps({**rollout, "spec": {"template": template}})
    write(tmp_path, files)
    done = cmlint(tmp_path, "impact", "configmap/web", "--format", "commands")
    commands = [line for line in done.stdout.splitlines() if "argo" in line]
    assert sorted(shlex.split(line)[-1] for line in commands) == sorted(
        "NAME" if name.startswith("-") or "`" in name else name for name in NO_NAMES
    )


@pytest.mark.parametrize("key", ["$(touch ran)", "a;touch ran;", "`touch ran`", "a b", "a'$(touch ran)'"])
def test_a_command_in_a_help_runs_nothing_of_a_name(tmp_path: Path, key: str) -> None:
    write(tmp_path, {"a.yaml": pod("a", container="a", key=yaml(key))})
    report = json.loads(cmlint(tmp_path, "check", ".", "--format", "json", "--select", "missing-configmap").stdout)
    ((command,),) = [re.findall("create it: `(.*)`", each["help"]) for each in report["findings"]]
    assert shlex.split(command)[-1] == f"--from-literal={key}=..."
    assert shlex.quote(key) in command


# normal text


NORMAL = (
    "إعدادات",
    "می‌خواهم",
    "הגדרות",
    "שָׁלוֹם",
    "配置",
    "設定ファイル",
    "सेटिंग्स",
    "क्‍ष",
    "ക്‍",
    "การตั้งค่า",
    "Việt Nam",
    "e\u0301",
    "ё",
    "👩‍👩‍👧‍👦",
    "❤️‍🔥",
    "👍🏽",
    "🏳️‍🌈",
    "🇩🇪",
    "1️⃣",
    "葛\U000e0100",
    "©️",
    "a b",
    "a\u00a0b",
    "a##b",
    "std::vector",
    "C:\\new",
)


@pytest.mark.parametrize("text", NORMAL)
def test_normal_text_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text
    assert json_of([text], 0) == json.dumps([text], ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m\x07\x7f", "␛[31m␇␡"),
        ("a\r\nb\tc", "a␍␊b    c"),
        ("\x85\x9b", "\\x85\\x9b"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("\u202ea\u2066b", "\\u202ea\\u2066b"),
        ("a\u200bb\u200dc\ufe0f", "a\\u200bb\\u200dc\\ufe0f"),
        ("é\u200d🎉\u200da", "é\\u200d🎉\\u200da"),
        ("🎉\ufe0f\ufe0f", "🎉\ufe0f\\ufe0f"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\ue000\uffff", "\\ue000\\uffff"),
        ("\U000e0041", "\\U000e0041"),
        ("::error::a", "\\x3a:error::a"),
        ("\u00a0 ::error::a", "\u00a0 \\x3a:error::a"),
        ("a ##[error]b", "a #\\x23[error]b"),
        ("###vso[a.b]", "##\\x23vso[a.b]"),
        ("#\u200b#[error]", "#\\u200b#[error]"),
    ],
)
def test_visible_escapes(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


@given(st.text(st.one_of(st.characters(), st.sampled_from("#[]:vso \u200d\ufe0f\x1b\n"))))
def test_any_text_is_harmless(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(each) in ("Cc", "Cs", "Co", "Zl", "Zp") for each in shown)
    assert not LOG_COMMAND.search(shown)
    assert not shown.lstrip().startswith("::")
    assert printable(shown) == shown
    assert not {"\u202e", "\u200b", "\u2066"} & set(shown)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_the_same_in_json(text: str) -> None:
    assert json.loads(json_of({text: [text]}, 2)) == {text: [text]}


# streams


def ends(words: tuple[str, ...], folder: Path, redirection: str) -> int:
    """The exit status of a line with streams as a shell redirects them."""
    line = f'exec "$0" "$@" {redirection}'
    return subprocess.run(["sh", "-c", line, str(COMMAND), *words], cwd=folder, env=needed(), check=False).returncode


@pytest.mark.parametrize(
    "redirection", ["2>/dev/full", "2>&-", "2>/dev/full >/dev/full", "2>&- >&-", "<&- 2>/dev/full"]
)
@pytest.mark.parametrize(
    "words", [("check", "gone.yaml"), ("rule", "gone"), ("check", "--gone"), ("gone",)], ids=" ".join
)
def test_an_error_that_cannot_be_said_is_an_error(tmp_path: Path, words: tuple[str, ...], redirection: str) -> None:
    assert ends(words, tmp_path, redirection) == 2


def test_a_warning_that_cannot_be_said_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.yaml": "a: b\n"})
    assert ends(("check", "."), tmp_path, "2>/dev/full >/dev/null") == 0


def test_a_report_that_cannot_be_written_keeps_no_other_from_it(tmp_path: Path) -> None:
    write(tmp_path, {os.fsdecode(b"\xff\xfe.yaml"): pod("a")})
    words = ["check", ".", "--select", "missing-configmap"]
    for form, output in (("json", "gone/a.json"), ("sarif", "/dev/full"), ("markdown", "a.md"), ("junit", "a.xml")):
        words += ["--format", form, "--output", output]
    done = cmlint(tmp_path, *words, "--format", "html", "--output", "a.html", "--format", "text", "--output", "-")
    assert done.returncode == 2
    help_ = "help: name a file that can be written with `--output`\n"
    assert done.stderr == (
        f"cmlint: error: gone/a.json: cannot be written: no such file or directory\n{help_}"
        f"cmlint: error: /dev/full: cannot be written: no space left on device\n{help_}"
    )
    for text in (done.stdout, *((tmp_path / name).read_text(encoding="utf-8") for name in ("a.md", "a.xml", "a.html"))):
        assert "\\xff\\xfe.yaml" in unescape(text)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_name_that_is_no_text_in_every_format(tmp_path: Path, form: str) -> None:
    write(tmp_path, {os.fsdecode(b"\xff.yaml"): pod("a"), os.fsdecode(b"dir-\xff/b.yaml"): "a: b: c\n"})
    on_github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "c"}
    done = cmlint(tmp_path, "check", ".", "--format", form, "--output", "out", **on_github)
    assert done.returncode == 1
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert ("xff" in text or "%FF" in text) == (form != "prometheus"), "gauges have no paths"
    harmless(text, annotations=form == "github", joiners=form == "markdown")


STREAMS = {
    "__main__": {"stdout"},
    "cli.graph": {"stdout"},
    "cli.init": {"stdin", "stdout"},
    "cli.rule": {"stdout"},
    "cli.terminal": {"stdout"},
    "server.protocol": {"stdin"},
    "system.files": {"stdin"},
    "system.progress": {"stderr"},
    "system.streams": {"stderr"},
}
"""The modules that name a stream of the process. Only `system.streams` writes to standard error, and only
`cli.terminal` to standard output; the others look for a terminal, read an answer or messages, or open what is
closed."""

WRITERS = {"system.streams": 1, "cli.terminal": 1, "sources.workers": 1}
"""How often each writes; a worker writes what it has read into a pipe of its own."""


def uses(path: Path) -> Iterator[tuple[str, str]]:
    """What a module does with the streams of the process."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            yield "names", node.attr
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "print" or re.fullmatch(r"sys\.(stdout|stderr)(\.buffer)?\.write(lines)?|os\.write", called):
                yield "writes", called


def test_only_the_writers_write() -> None:
    lint = ROOT / "lint/cmlint"
    found = {".".join(path.relative_to(lint).with_suffix("").parts): list(uses(path)) for path in lint.rglob("*.py")}
    streams = {"stdin", "stdout", "stderr"}
    named = {module: {name for _, name in used} & streams for module, used in found.items()}
    assert {module: names for module, names in named.items() if names} == STREAMS
    written = {module: sum(kind == "writes" for kind, _ in used) for module, used in found.items()}
    assert {module: number for module, number in written.items() if number} == WRITERS


@pytest.mark.parametrize("words", [("--help",), ("check", "--help"), ("rule",), ("schema",)], ids=" ".join)
def test_a_reader_that_is_gone_is_no_finding(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Exit status 1 would say that there are findings."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [COMMAND, *words],
            cwd=tmp_path,
            env=needed(),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, "")
