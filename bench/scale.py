"""How cost grows with the number of manifests: trees of several sizes, made in the proportions of public repositories.

    python -m bench.scale [--sizes 1000 10000 100000] [--rounds N]

Kustomizations are not built and charts not rendered (`--no-build`): that is the work of kustomize and helm, and costs
the same for each. Of every twenty files five are kustomizations, four hold nothing of Kubernetes, five hold objects
outside of cmlint's ground, and six hold workloads, ConfigMaps and Secrets; every tenth application has a chart, a tenth
refer to a ConfigMap that is not there, and one has the same name in every folder. The slope is that of log(cost) over
log(files); 1 means that cost grows as the files do. Memory is that of all processes together.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import COMMAND, Cost, best

SETTLED = 0.2
"""So many seconds after a change another one surely shows."""

KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [{}]\n"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: {name}}}
spec:
  replicas: 2
  selector:
    matchLabels: {{app.kubernetes.io/name: {name}}}
  template:
    metadata:
      labels: {{app.kubernetes.io/name: {name}}}
    spec:
      serviceAccountName: {name}
      containers:
        - name: app
          image: registry.example.com/{name}:1.4.2
          ports: [{{name: http, containerPort: 8080}}]
          envFrom:
            - configMapRef: {{name: settings}}
          env:
            - name: DB_HOST
              valueFrom:
                configMapKeyRef: {{name: {reads}, key: host}}
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef: {{name: {name}-db, key: password}}
            - {{name: URL, value: "http://$(DB_HOST):8080"}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
          volumeMounts:
            - {{name: config, mountPath: /etc/app}}
      volumes:
        - name: config
          configMap: {{name: {name}-config}}
"""

CONFIG = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  host: db.example.com\n  app.yaml: |\n{lines}"
)
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}-db}}\nstringData: {{password: example}}\n"
SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec:\n  selector: {{app.kubernetes.io/name: {name}}}\n"
    "  ports: [{{name: http, port: 80, targetPort: http}}]\n"
)
ROLE = (
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: {name}}}\n"
    "rules:\n  - {{apiGroups: [apps], resources: [deployments], verbs: [get, list]}}\n"
)
MONITOR = (
    "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{name: {name}}}\n"
    "spec: {{endpoints: [{{port: http}}]}}\n"
)
VALUES = "".join(f"setting{number}: value of number {number}\n" for number in range(40))
LINES = "".join(f"    setting{number}: value of number {number}\n" for number in range(20))


def word(number: int) -> str:
    """A name that is near no other."""
    return "".join(random.Random(number).choices("bcdfghjklmnpqrstvwxz", k=10))


def app(number: int) -> Iterator[tuple[str, str]]:
    """The files of one application: twenty, in every tenth one two more."""
    name = word(number)
    folder = f"team-{number % 97:02}/{name}"
    reads = f"{word(-number - 1)}-config" if number % 10 == 0 else f"{name}-config"
    words = {"name": name, "reads": reads}
    for part in ("base", "overlays/dev", "overlays/prod", "monitoring", "policies"):
        yield f"{folder}/{part}/kustomization.yaml", KUSTOMIZATION.format("service.yaml")
    for part in ("base", "policies"):
        yield f"{folder}/{part}/service.yaml", SERVICE.format(**words)
        yield f"{folder}/{part}/role.yaml", ROLE.format(**words)
    yield f"{folder}/monitoring/monitor.yaml", MONITOR.format(**words)
    for part in ("ci", "docs", "test", "app"):
        yield f"{folder}/{part}/values.yaml", VALUES
    for part in ("run", "batch"):
        words["name"] = f"{name}-{part}"
        yield (
            f"{folder}/{part}/deployment.yaml",
            DEPLOYMENT.format(**words | {"reads": reads.replace(name, words["name"])}),
        )
        yield f"{folder}/{part}/config.yaml", CONFIG.format(name=f"{name}-{part}-config", lines=LINES)
    yield f"{folder}/run/settings.yaml", CONFIG.format(name="settings", lines=LINES)
    yield f"{folder}/run/secret.yaml", SECRET.format(name=f"{name}-run")
    if number % 10 == 0:
        yield f"{folder}/chart/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        for part in ("deployment", "service"):
            yield f"{folder}/chart/templates/{part}.yaml", "kind: {{ .Values.kind }}\n" + SERVICE.format(**words)


def manifests() -> Iterator[tuple[str, str]]:
    """Files without end."""
    number = 0
    while True:
        yield from app(number)
        number += 1


def make(folder: Path, size: int) -> None:
    """Makes a tree of so many files."""
    made: set[Path] = set()
    for name, text in islice(manifests(), size):
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_text(text, encoding="utf-8")


def together(*words: str | Path, folder: Path) -> Cost:
    """Runs a command, and measures the memory of all its processes together, shared pages once."""
    peak, ended = 0.0, threading.Event()

    def watch(group: int) -> None:
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, sum(map(memory_of, processes_of(group))))

    start = time.perf_counter()
    running = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True
    )
    watcher = threading.Thread(target=watch, args=(running.pid,))
    watcher.start()
    _, status, used = os.wait4(running.pid, 0)
    wall = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    if running.returncode not in (0, 1):
        raise SystemExit(f"exit status {running.returncode}: {' '.join(map(str, words))}")
    return Cost(used.ru_utime + used.ru_stime, wall, peak)


def processes_of(group: int) -> Iterator[str]:
    """The folders of `/proc` of a group of processes."""
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdecimal() and os.getpgid(int(entry.name)) == group:
                yield entry.path
        except OSError:
            continue


def memory_of(process: str) -> float:
    """The megabytes of a process, of what it shares its part; none when it has just ended."""
    try:
        lines = Path(process, "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e3


def measure(folder: Path, cache: Path) -> dict[str, Cost]:
    """What the ways to check a tree cost."""
    check: list[str | Path] = [COMMAND, "check", ".", "--no-build"]
    cached: list[str | Path] = [*check, "--cache-dir", cache]
    costs = {
        "one process": together(*check, "--no-cache", "--jobs", "1", folder=folder),
        "two processes": together(*check, "--no-cache", "--jobs", "2", folder=folder),
    }
    fresh = ("--no-build", "--no-cache")
    costs["impact of one"] = together(COMMAND, "impact", f"configmap/{word(0)}-run-config", *fresh, folder=folder)
    costs["impact of many"] = together(COMMAND, "impact", "configmap/settings", *fresh, folder=folder)
    costs["graph as JSON"] = together(COMMAND, "graph", "--format", "json", *fresh, folder=folder)
    time.sleep(SETTLED)
    costs["nothing known"] = together(*cached, folder=folder)
    costs["nothing changed"] = together(*cached, folder=folder)
    changed = next(folder.rglob("deployment.yaml"))
    changed.write_text(changed.read_text(encoding="utf-8").replace("1.4.2", "1.4.3"), encoding="utf-8")
    time.sleep(SETTLED)
    costs["one file changed"] = together(*cached, folder=folder)
    return costs


def slope(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of the line that fits log(cost) over log(size) best."""
    xs, ys = [[math.log(value) for value in values] for values in (sizes, costs)]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def main() -> None:
    """Makes the trees, measures in turns and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    given = parser.parse_args()
    found: dict[int, dict[str, Cost]] = {}
    for size in given.sizes:
        with TemporaryDirectory(prefix="cmlint-scale-") as temporary:
            folder = Path(temporary) / "tree"
            make(folder, size)
            rounds = [measure(folder, Path(temporary) / f"cache-{number}") for number in range(given.rounds)]
        found[size] = {way: best([costs[way] for costs in rounds]) for way in rounds[0]}
        for way, cost in found[size].items():
            each = f"{cost.cpu / size * 1e3:8.3f} ms each"
            print(f"{size:8} files, {way:16}{cost.cpu:9.2f} s of CPU{cost.wall:9.2f} s{cost.memory:7.0f} MB{each}")
    for way in found[given.sizes[0]] if len(given.sizes) > 1 else ():
        print(f"slope, {way:16}{slope(given.sizes, [found[size][way].cpu for size in given.sizes]):6.2f}")


if __name__ == "__main__":
    main()
