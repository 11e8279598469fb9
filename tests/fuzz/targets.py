"""What is fuzzed: for each part that reads something, its inputs and the command lines that read them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

from cmlint.cache.file_state import SECOND, TICK
from tests.fuzz.changes import SIGNS, changed
from tests.fuzz.running import SECRET, SECRET_FORMS, UNPRINTABLE, Files, FoundError, Ran, Run, command, no_secret
from tests.support.run import FIXTURES
from tests.support.strategies import texts

SEEDS = "CMLINT_FUZZ_SEEDS"
"""The variable that names a folder with more texts to begin with."""

LARGEST = 8_000
"""The bytes of a text that is begun with."""

Inputs = st.SearchStrategy[Files]


class Target(NamedTuple):
    """A part that reads something; `slow` where programs are run or waited for.

    Of several mistakes in a chart, helm names now one and now another, so what is slow need not say the same twice.
    """

    inputs: Callable[[], Inputs]
    run: Run
    slow: bool = False


# what is begun with


@cache
def seeds(*patterns: str) -> tuple[str, ...]:
    """The texts of files whose names match."""
    folders = [FIXTURES, *([Path(os.environ[SEEDS])] if os.environ.get(SEEDS) else [])]
    paths = sorted({path for folder in folders for pattern in patterns for path in folder.rglob(pattern)})
    found = (path.read_bytes().decode("utf-8", "surrogateescape") for path in paths if is_seed(path))
    return tuple(dict.fromkeys(found))


def is_seed(path: Path) -> bool:
    """Whether a file is small enough to begin with."""
    return path.is_file() and path.stat().st_size <= LARGEST


@cache
def own_seeds(pattern: str) -> tuple[str, ...]:
    """The texts of the files in `seeds` whose paths match."""
    paths = sorted(Path(__file__).with_name("seeds").glob(pattern))
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def manifests() -> tuple[str, ...]:
    """Manifests, well written and badly."""
    return tuple(text for text in seeds("*.yaml", "*.yml", "*.json") if "apiVersion" in text and "kind" in text)


@cache
def folders(name: str) -> tuple[Files, ...]:
    """The folders of fixtures that hold a file of a name at their top or below, each as an input."""
    tops = sorted({path.parent for path in FIXTURES.rglob(name)})
    roots = [top for top in tops if not any(other in top.parents for other in tops)]
    wider = dict.fromkeys(
        root.parent if root.parent.parent.name in ("projects", "kustomizations") else root for root in roots
    )
    return tuple(found for root in wider if 0 < len(found := files_below(root)) < 30)


def files_below(folder: Path) -> Files:
    """All files below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "expected.txt")
    return {str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "surrogateescape") for path in paths}


@st.composite
def with_one_changed(draw: st.DrawFn, given: Sequence[Files]) -> Files:
    """A folder in which some files are damaged, and may have another name."""
    files = dict(draw(st.sampled_from(given)))
    for _ in range(draw(st.sampled_from((1, 1, 2)))):
        name = draw(st.sampled_from(sorted(files)))
        files[name] = draw(changed([files[name], *list(files.values())[:5]]))
    return files


# command lines


def checks(*words: str) -> Run:
    """Checks a folder in the forms that people and machines read."""
    written = ("annotations", "report.json")
    forms = [word for form in ("text", "github", "json") for word in ("--format", form)]
    outputs = [word for path in ("-", *written) for word in ("--output", path)]
    options = ("--no-cache", "--jobs", "1", "--pedantic", "-v", *forms, *outputs)

    def run(_: Path) -> Iterator[Ran]:
        status, said = command("check", *words, *options)
        reports = {name: Path(name).read_text(encoding="utf-8") for name in written if Path(name).is_file()}
        json.loads(reports.get("report.json", "{}"))
        yield Ran(status, said + reports.get("annotations", ""))

    return run


def env_and_fixes(_: Path) -> Iterator[Ran]:
    """Shows environments, and what fixes would change."""
    yield command("env")
    diff = command("check", "--no-cache", "--jobs", "1", "--diff", "--unsafe-fixes")
    yield Ran(diff.status, UNPRINTABLE.sub("", diff.said))  # a diff holds the text of a file as it is


# manifests


def manifest_files() -> Inputs:
    """Some manifests, and a Secret that is well written."""
    name = st.sampled_from(("a.yaml", "b.yml", "c.json", "sub/d.yaml"))
    texts_of = changed(manifests()) | changed(manifests()) | texts()
    files = st.dictionaries(name, texts_of, min_size=1, max_size=2)
    return st.builds(lambda found, text: {**found, **text}, files, planted())


def planted() -> Inputs:
    """A Secret of its own or behind a damaged manifest."""
    behind = changed(manifests()).map(lambda text: {"planted.yaml": f"{text}\n---\n{SECRET}"})
    return st.just({"planted.yaml": SECRET}) | behind


NAMES = ("a.yaml", "values.yaml", "kustomization.yaml", "README.md", "run.sh", "Makefile", "x.tpl", ".gitignore")


@st.composite
def named_badly(draw: st.DrawFn) -> Files:
    """Files with names that nobody gives."""
    files = {"planted.yaml": SECRET}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)):
        before = "".join(draw(st.lists(st.sampled_from(SIGNS), max_size=2)))
        files[before[:100].replace("\x00", "") + name] = draw(changed(manifests()))
    return files


# kustomizations and charts

PLANTED_KUSTOMIZATION = {
    "planted/kustomization.yaml": "secretGenerator:\n- name: planted\n  envs: [planted.env]\n",
    "planted/planted.env": f"password={SECRET_FORMS[0]}\n",
}


def kustomizations() -> Inputs:
    """Kustomizations beside one that makes a Secret."""
    return with_one_changed(folders("kustomization.yaml")).map(lambda files: {**files, **PLANTED_KUSTOMIZATION})


def charts() -> Inputs:
    """Charts that have a Secret, unless their values look like a manifest."""
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: planted}\nstringData: {password: {{ .Values.planted }}}\n"

    def plant(files: Files) -> Files:
        tops = {name.rpartition("Chart.yaml")[0] for name in files if name.endswith("Chart.yaml")}
        top = min(tops, key=len)
        values = files.get(f"{top}values.yaml", "")
        if "kind" in values:
            return files
        values = f"planted: {SECRET_FORMS[0]}\n{values}"
        return {**files, f"{top}values.yaml": values, f"{top}templates/planted.yaml": secret}

    return with_one_changed(folders("Chart.yaml")).map(plant)


# what people settle and keep

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: registry.example.com/app:develop
    env:
    - {name: A, value: 8080}
    - {name: B, valueFrom: {configMapKeyRef: {name: app, key: b}}}
    - {name: C, valueFrom: {secretKeyRef: {name: planted, key: pasword}}}
"""
PLAIN = {"pod.yaml": POD, "sub/x.yaml": POD, "planted.yaml": SECRET}


def configurations() -> Inputs:
    """A folder with a configuration."""
    files = {**PLAIN, "x.json": kept_baseline()}
    of_yaml = changed((*own_seeds("configurations/*"), *seeds(".cmlint.yaml"))).map(
        lambda text: {**files, ".cmlint.yaml": text}
    )
    return of_yaml | changed(own_seeds("tables/*")).map(lambda text: {**files, "pyproject.toml": text})


def ignored() -> Inputs:
    """A repository with files of what git ignores."""
    text = changed(
        ("*.json\n!keep.json\nsub/\n/pod.yaml\n# x\n\\#y\n**/a/*\n[a-c]?.y*ml\nx\\ \n", "*a" * 40, "*\n!*/\n")
    )
    files = st.dictionaries(st.sampled_from((".gitignore", "sub/.gitignore", ".git/info/exclude")), text, min_size=1)
    return files.map(lambda found: {**PLAIN, ".git/HEAD": "ref: refs/heads/main\n", **found})


def baselines() -> Inputs:
    """A folder with a baseline."""
    return changed((*own_seeds("baseline.json"), kept_baseline())).map(lambda text: {**PLAIN, "baseline.json": text})


@cache
def kept_baseline() -> str:
    """A baseline as cmlint writes it."""
    from tempfile import TemporaryDirectory

    from tests.fuzz.running import once

    def run(folder: Path) -> Iterator[Ran]:
        yield command("check", "--no-cache", "--jobs", "1", "--write-baseline", "baseline.json")

    with TemporaryDirectory() as folder:
        list(once(run, PLAIN, Path(folder, "work")))
        return Path(folder, "work", "baseline.json").read_text(encoding="utf-8")


SNAPSHOT = """\
{
  "version": 1,
  "cluster": "test",
  "server": "v1.31.0",
  "taken": "2026-01-01T00:00:00Z",
  "namespace": "default",
  "whole": true,
  "spaces": {"default": {"configMaps": {"app": {"keys": ["a", "b"]}}, "secrets": {"planted": {"keys": ["password"]}}}}
}
"""


def snapshots() -> Inputs:
    """A folder with a snapshot of a cluster."""
    return changed((SNAPSHOT, kept_snapshot())).map(lambda text: {**PLAIN, "snapshot.json": text})


COMMENTS = (
    POD.replace(
        "registry.example.com/app:develop", "registry.example.com/app:develop  # cmlint: ignore[mutable-tag] known"
    ),
    f"# cmlint: ignore[all]\n{POD}",
    POD.replace("    env:", "    # cmlint: ignore[images, missing-key]: why\n    env:"),
    POD.replace("{name: p}", "{name: p, annotations: {cmlint.dev/ignore: 'mutable-tag,missing-key'}}"),
    f"# cmlint: ignore-file[images]\n{POD}---\n{POD}",
)


def comments() -> Inputs:
    """Manifests with comments that ignore what is found."""
    text = changed((*COMMENTS, *seeds("*ignore*.yaml")))
    return text.map(lambda found: {"pod.yaml": found, "planted.yaml": SECRET})


def scripts() -> Inputs:
    """Scripts and documents with commands."""
    name = st.sampled_from(("run.sh", "README.md", "Makefile", "deploy", "x.bash", "ci.yml"))
    files = st.dictionaries(name, changed((*own_seeds("scripts/*"), *seeds("*.sh", "*.md"))), min_size=1, max_size=2)
    return files.map(lambda found: {**PLAIN, **found})


# what is kept between runs


def cached() -> Inputs:
    """Some manifests, and how the files of the cache are damaged."""
    damage = st.tuples(
        st.integers(0, 2), st.integers(0, 100_000), st.sampled_from(("", "\x00", "\xff", "\x81\xc1", "a" * 50))
    )
    how = st.lists(st.one_of(damage), min_size=1, max_size=3).map(json.dumps)
    text = st.sampled_from(manifests())
    return st.builds(lambda found, damages: {**PLAIN, "a.yaml": found, "damages": damages}, text, how)


SETTLED = 2 * TICK / SECOND
"""So long after a change, seconds, another one surely shows, and what was read is kept."""


def with_damaged_cache(folder: Path) -> Iterator[Ran]:
    """Checks, damages what is kept, and checks again: the answers must be alike, and nothing kept may be a Secret."""
    line = ("check", "pod.yaml", "a.yaml", "planted.yaml", "--jobs", "1", "--cache-dir", "../kept")
    kept = folder.parent / "kept"
    for path in kept.glob("*") if kept.is_dir() else ():
        path.unlink()
    time.sleep(SETTLED)
    plain = command(*line[:-2], "--no-cache")
    first = command(*line)
    for path in kept.glob("*"):
        no_secret(path.read_bytes().decode("latin-1"), "the cache holds a Secret's value")
    names = sorted(path for path in kept.glob("*") if path.suffix in (".run", ".facts", ".builds"))
    for which, where, put in json.loads((folder / "damages").read_text(encoding="utf-8")):
        if names:
            path = names[which % len(names)]
            raw = path.read_bytes()
            start = where % (len(raw) + 1)
            path.write_bytes(raw[:start] + put.encode("latin-1") + raw[start + max(len(put), 1) :])
    second, third = command(*line), command(*line)
    yield from (plain, first, second, third)
    if not plain.status == first.status == second.status == third.status:
        raise FoundError("a damaged cache changes the exit status", f"{plain}\n{second}\n{third}")


# clusters

KINDS = {
    "ConfigMap": "/api/v1/configmaps",
    "Secret": "/api/v1/secrets",
    "Pod": "/api/v1/pods",
    "Event": "/api/v1/events",
    "Deployment": "/apis/apps/v1/deployments",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "ReplicationController": "/api/v1/replicationcontrollers",
    "Job": "/apis/batch/v1/jobs",
    "CronJob": "/apis/batch/v1/cronjobs",
}
STATUS = {
    "phase": "Pending",
    "containerStatuses": [
        {
            "name": "c",
            "image": "app:1",
            "imageID": "app@sha256:0",
            "ready": False,
            "restartCount": 3,
            "state": {"waiting": {"reason": "CreateContainerConfigError", "message": 'configmap "app" not found'}},
        }
    ],
}


@cache
def pages() -> dict[str, tuple[str, ...]]:
    """Lists of objects as an API server sends them, by their paths."""
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for text in seeds("*.yaml"):
        try:
            documents = list(yaml.safe_load_all(text))
        except (yaml.YAMLError, ValueError):
            continue
        for tree in documents:
            if isinstance(tree, dict) and tree.get("kind") in found and isinstance(tree.get("metadata"), dict):
                tree["metadata"].update(namespace="default", uid=str(len(text)), resourceVersion="1")
                tree["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"}
                found[tree["kind"]].append(tree | ({"status": STATUS} if tree["kind"] == "Pod" else {}))
    about = {"kind": "Pod", "namespace": "default", "name": "p"}
    found["Event"] = [
        {"metadata": {"name": "e"}, "involvedObject": about, "message": "no key", "reason": "FailedMount"}
    ]
    return {
        KINDS[kind]: tuple(as_page(kind, items[start : start + 3]) for start in range(0, max(len(items), 1), 3))[:40]
        for kind, items in found.items()
    }


def as_page(kind: str, items: list[Any]) -> str:
    """A page of a list."""
    meta = {"resourceVersion": "1", "continue": ""}
    return json.dumps(
        {"kind": f"{kind}List", "apiVersion": "v1", "metadata": meta, "items": items}, default=str, indent=0
    )


PLANTED_PAGE = as_page(
    "Secret",
    [
        {
            "metadata": {"name": "planted", "namespace": "default", "annotations": {"last": SECRET_FORMS[0]}},
            "data": {"password": SECRET_FORMS[1]},
        }
    ],
)


@st.composite
def answers(draw: st.DrawFn) -> Files:
    """What an API server answers, by path."""
    files = {path: draw(st.sampled_from(texts_of)) for path, texts_of in pages().items()}
    files["/api/v1/secrets"] = PLANTED_PAGE
    for _ in range(draw(st.sampled_from((1, 1, 2, 4)))):
        path = draw(st.sampled_from(sorted(set(files) | {"/version", "/apis"})))
        if path != "/api/v1/secrets":
            files[path] = draw(changed(pages().get(path, ('{"gitVersion": "v1.31.0", "major": "1", "minor": "31"}',))))
    return {path.removeprefix("/"): text for path, text in files.items()}


def from_server(folder: Path) -> Iterator[Ran]:
    """Audits a cluster that answers what the files of a folder hold, and writes a snapshot of it."""
    kubeconfig = folder.parent / "kubeconfig"
    with_server(kubeconfig, folder)
    yield command("audit", "--all-namespaces", "--kubeconfig", str(kubeconfig), "--pedantic", "-v", "--qps", "1000000")
    yield without_time(command("snapshot", "--all-namespaces", "--kubeconfig", str(kubeconfig), "--qps", "1000000"))


def without_time(ran: Ran) -> Ran:
    """What a snapshot holds but for the time at which it was taken."""
    lines = [line for line in ran.said.splitlines() if '"taken"' not in line]
    return Ran(ran.status, "\n".join(lines))


@cache
def with_server(kubeconfig: Path, folder: Path) -> None:
    """Starts a server that answers with the files of a folder, and writes the kubeconfig that leads to it."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.partition("?")[0].lstrip("/")
            raw = path.read_bytes() if path.is_file() else b'{"kind": "Status", "message": "not found", "code": 404}'
            if self.path == "/version" and not path.is_file():
                raw = b'{"gitVersion": "v1.31.0", "major": "1", "minor": "31"}'
            self.send_response(200 if path.is_file() or self.path == "/version" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = {"server": f"http://127.0.0.1:{server.server_port}"}
    tree = {
        "clusters": [{"name": "test", "cluster": where}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "users": [{"name": "test", "user": {}}],
        "current-context": "test",
    }
    kubeconfig.write_text(json.dumps(tree), encoding="utf-8")


@cache
def kept_snapshot() -> str:
    """A snapshot as cmlint writes it."""
    from tempfile import TemporaryDirectory

    from tests.fuzz.running import once

    files = {path.removeprefix("/"): text[0] for path, text in pages().items()}
    with TemporaryDirectory() as folder:
        *_, snapshot = once(from_server, files, Path(folder, "work"))
    return snapshot.said


TARGETS = {
    "manifests": Target(manifest_files, checks()),
    "fixes": Target(manifest_files, env_and_fixes),
    "names": Target(named_badly, checks()),
    "kustomizations": Target(kustomizations, checks("--no-build")),
    "builds": Target(kustomizations, checks(), slow=True),
    "charts": Target(charts, checks("--no-build")),
    "renderings": Target(charts, checks(), slow=True),
    "configurations": Target(configurations, checks()),
    "ignored": Target(ignored, checks()),
    "baselines": Target(baselines, checks("--baseline", "baseline.json")),
    "snapshots": Target(snapshots, checks("--against", "snapshot.json")),
    "comments": Target(comments, checks()),
    "scripts": Target(scripts, checks()),
    "caches": Target(cached, with_damaged_cache, slow=True),
    "clusters": Target(answers, from_server),
}
