"""Manifests that stand on a real cluster, or on a snapshot of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support import assertions, pages
from tests.support.apiserver import Cluster, path_of
from tests.support.command import cmlint
from tests.support.live import Ran, audit, config_map, deployment, env, run, secret, spec
from tests.support.proxy import proxy
from tests.support.run import CONFIG, ROOT, write

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      env:
        - name: HOST
          valueFrom:
            configMapKeyRef:
              name: settings
              key: HOST
        - name: PASSWORD
          valueFrom:
            secretKeyRef:
              name: login
              key: password
"""
NO_MAP = "pod.yaml:13:21: error[missing-configmap] nothing defines the ConfigMap `settings`"
NO_SECRET = "pod.yaml:18:21: error[missing-secret] nothing defines the Secret `login`"


def check(cluster: Cluster, folder: Path, *words: str) -> Ran:
    """Checks the manifests of a folder, one line a finding."""
    return run(cluster.admin, "check", "--format", "concise", *words, folder=folder)


def snapshot(cluster: Cluster, path: Path, *words: str) -> Path:
    """Writes a snapshot."""
    done = cmlint(path.parent, "snapshot", *words, "-o", str(path), KUBECONFIG=str(cluster.admin))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return path


def test_what_the_manifests_do_not_define_is_looked_up(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("standing")
    write(tmp_path, {"pod.yaml": POD})
    alone = check(cluster, tmp_path)
    assert alone.lines == [NO_MAP]  # without a cluster, Secrets are taken to be kept elsewhere
    here = ("--live", "-n", space)
    assert check(cluster, tmp_path, *here).lines == [NO_MAP, NO_SECRET]
    config_map(cluster, space, "settings", "HOTS")
    secret(cluster, space, "login", "pasword")
    assert check(cluster, tmp_path, *here).lines == [
        "pod.yaml:14:20: error[missing-key] the ConfigMap `settings` has no key `HOST`",
        "pod.yaml:19:20: error[missing-secret-key] the Secret `login` has no key `password`",
    ]
    text = cmlint(tmp_path, "check", *here, KUBECONFIG=str(cluster.admin)).stdout
    frame = " | metadata.name: settings\n   |                -------- defined here, without it"
    assert f"::: configmap/{space}/settings\n   |\n  {frame}" in text
    assert cluster.send(
        "PATCH", path_of("ConfigMap", space, "settings"), {"data": {"HOST": "x"}}, media="application/merge-patch+json"
    ).ok
    assert cluster.send(
        "PATCH",
        path_of("Secret", space, "login"),
        {"stringData": {"password": "x"}},
        media="application/merge-patch+json",
    ).ok
    assert check(cluster, tmp_path, *here).lines == []


def test_namespaces_left_open_are_the_contexts_and_only_needed_ones_are_read(cluster: Cluster, tmp_path: Path) -> None:
    here, there = cluster.namespace("open"), cluster.namespace("named")
    config_map(cluster, here, "settings", "HOST")
    secret(cluster, here, "login", "password")
    config_map(cluster, there, "settings", "HOST")
    named = POD.replace("name: web\nspec", f"name: web\n  namespace: {there}\nspec")
    write(tmp_path, {"pod.yaml": POD, "named.yaml": named})
    with proxy(cluster) as between:
        found = run(
            between.kubeconfig(cluster, namespace=here), "check", "--live", "--format", "concise", folder=tmp_path
        )
    said = f"the Secret `login` is defined in the namespace `{here}`, but not in `{there}`"
    assert found.lines == [f"named.yaml:19:21: error[wrong-namespace] {said}"]
    assert {path.split("/namespaces/")[1].split("/")[0] for path in between.paths() if "/namespaces/" in path} == {
        here,
        there,
    }


def test_what_has_a_namespace_is_not_looked_up_elsewhere(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("only-here")
    config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: {space}}}\ndata: {{HOST: db}}\n"
    write(tmp_path, {"all.yaml": config})
    with proxy(cluster) as between:
        run(between.kubeconfig(cluster, namespace="default"), "check", "--live", folder=tmp_path)
    assert {path.split("/namespaces/")[1].split("/")[0] for path in between.paths() if "/namespaces/" in path} == {
        space
    }


def test_a_name_that_is_only_near_is_offered(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("near")
    config_map(cluster, space, "setings", "HOST")
    secret(cluster, space, "login", "password")
    write(tmp_path, {"pod.yaml": POD})
    text = cmlint(tmp_path, "check", "--live", "-n", space, KUBECONFIG=str(cluster.admin)).stdout
    assert "did you mean `setings`?" in text
    assert f"::: configmap/{space}/setings\n" in text


def test_the_pull_policy_that_a_live_object_was_created_with_counts(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("policy")
    deployment(cluster, space, "web", spec(image="registry.example.com/web:1.4.2"))
    written = deployment_text(image="registry.example.com/web:latest")
    write(tmp_path, {"web.yaml": written})
    assert check(cluster, tmp_path).lines == []
    assert check(cluster, tmp_path, "--live", "-n", space).lines == [
        "web.yaml:12:18: warning[mutable-tag] the tag `latest` moves by its name, but the live object was created with "
        "`IfNotPresent` and keeps it, so that nodes pull it only once: a newer push does not arrive"
    ]
    # and so it is: what is applied leaves the policy as it is stored
    assert cluster.kubectl("apply", "-n", space, "-f", "-", stdin=written).returncode == 0
    (container,) = cluster.get("Deployment", space, "web")["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["imagePullPolicy"]) == ("registry.example.com/web:latest", "IfNotPresent")


def deployment_text(image: str) -> str:
    """A Deployment like those that tests create."""
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: {image}
"""


def test_keys_that_a_live_workload_still_reads(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("removed")
    live = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings"},
        "data": {"HOST": "x", "PORT": "y"},
    }
    assert cluster.kubectl("apply", "-n", space, "-f", "-", stdin=json.dumps(live)).returncode == 0
    deployment(cluster, space, "reports", spec(env("configMapKeyRef", "settings", "HOST")))
    write(
        tmp_path, {"settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  NAME: x\n"}
    )
    found = check(cluster, tmp_path, "--live", "-n", space)
    message = f"the ConfigMap `settings` drops the key `HOST`, which the live Deployment `{space}/reports` still reads"
    assert found.lines == [f"settings.yaml:4:9: error[live-key-removed] {message}"]
    drift = check(cluster, tmp_path, "--live", "-n", space, "--select", "live-drift").lines
    message = "in the cluster `test`, the ConfigMap `settings` has the keys `HOST`, `PORT` more and not the key `NAME`"
    assert drift == [f"settings.yaml:4:9: info[live-drift] {message}"]


IMMUTABLE = {
    section.title: section
    for section in pages.read(ROOT / "rules/cmlint_rules/cluster/immutable_change.md").sections
    if section.runs
}


@pytest.mark.parametrize("title", IMMUTABLE)
def test_the_server_refuses_what_is_called_an_immutable_change(cluster: Cluster, tmp_path: Path, title: str) -> None:
    section = IMMUTABLE[title]
    space = cluster.namespace(f"immutable-{list(IMMUTABLE).index(title)}")
    live, *written = (assertions.read(name, text)[0] for name, text in section.files.items() if name != CONFIG)
    way = ("apply", "--server-side") if title.endswith("on the server") else ("apply",)
    live = re.sub(r"  managedFields:\n(    - .*\n)+", "", live)  # those are the server's own affair
    assert cluster.kubectl(*way, "-n", space, "-f", "-", stdin=live).returncode == 0
    write(tmp_path, {name: text for name, text in section.files.items() if name != pages.CLUSTER})
    found = check(cluster, tmp_path, "--live", "-n", space, "--select", "immutable-change")
    for text in written:
        if title.startswith(("Case: one of several", "Case: values of Secrets")):
            continue  # what is not known, or must not be looked at, is not called rejected
        for part in text.split("---\n"):
            applied = cluster.kubectl(*way, "-n", space, "--dry-run=server", "-f", "-", stdin=part)
            name = part.split("name: ")[1].split("\n")[0].strip(" }")
            said = [line for line in found.lines if f"`{name}` is immutable" in line]
            assert bool(said) == bool(applied.returncode), (part, applied.stderr)
            assert not said or "field is immutable when `immutable` is set" in applied.stderr


def test_a_snapshot_stands_for_the_cluster(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("written")
    config_map(cluster, space, "settings", "HOTS")
    secret(cluster, space, "login", "password")
    write(tmp_path, {"pod.yaml": POD})
    path = snapshot(cluster, tmp_path / "prod.json", "-n", space)
    for words in (("--against", "prod.json"), ("--against", "prod.json", "-n", space)):
        assert check(cluster, tmp_path, *words).lines == [
            "pod.yaml:14:20: error[missing-key] the ConfigMap `settings` has no key `HOST`"
        ]
    whole = snapshot(cluster, tmp_path / "whole.json", "-A")
    assert json.loads(whole.read_text(encoding="utf-8"))["clusters"][0]["complete"]
    elsewhere = check(cluster, tmp_path, "--against", "prod.json", "-n", "default")
    assert elsewhere.lines == []  # the snapshot does not know that namespace
    write(tmp_path, {"pod.yaml": POD.replace("name: settings", "name: no-such-name")})
    missing = "pod.yaml:13:21: error[missing-configmap] nothing defines the ConfigMap `no-such-name`"
    assert check(cluster, tmp_path, "--against", "whole.json").lines == [missing]
    assert check(cluster, tmp_path, "--against", "prod.json", "--against", "whole.json", "-n", space).lines == [missing]
    assert path.is_file()


def test_a_snapshot_is_sorted_and_the_same_again(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("sorted")
    for name in ("b", "a", "c"):
        config_map(cluster, space, name, "Z A")
    first, second = (
        json.loads(snapshot(cluster, tmp_path / f"{number}.json", "-n", space).read_text(encoding="utf-8"))
        for number in range(2)
    )
    assert first.pop("taken") <= second.pop("taken")
    assert first == second
    maps = first["clusters"][0]["namespaces"][space]["configMaps"]
    assert [(name, list(held["keys"])) for name, held in maps.items()] == [(name, ["A", "Z"]) for name in "abc"]
    assert (first["version"], first["clusters"][0]["version"], first["clusters"][0]["name"]) == (1, "1.37.2", "test")


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        (("2", '"taken": "2020'), (), "the snapshot is {} days old, and may no longer be true"),
        (("2", '"taken": "2020'), ("--max-age", "999999"), ""),
        (("", ""), (), ""),
    ],
)
def test_an_old_snapshot_is_told(
    cluster: Cluster, tmp_path: Path, change: tuple[str, str], words: tuple[str, ...], said: str
) -> None:
    path = snapshot(cluster, tmp_path / "prod.json", "-n", "default")
    text = path.read_text(encoding="utf-8")
    if change[0]:
        taken = json.loads(text)["taken"]
        text = text.replace(f'"taken": "{taken[:4]}', change[1])
    write(tmp_path, {"prod.json": text, "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"})
    found = check(cluster, tmp_path, "--against", "prod.json", *words)
    days = found.said.partition("snapshot is ")[2].partition(" ")[0]
    assert found.said == (f"cmlint: warning: prod.json: {said.format(days)}\n" if said else "")
    assert not said or int(days) > 365 * 5


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "no such file or directory"),
        ("{", "not a snapshot: input data was truncated"),
        ("{}", "not a snapshot: object missing required field `version`"),
        ('{"version": 2}', "a snapshot of version 2, and this cmlint reads version 1"),
    ],
)
def test_what_is_no_snapshot(cluster: Cluster, tmp_path: Path, text: str | None, why: str) -> None:
    write(tmp_path, {"pod.yaml": POD} | ({"prod.json": text} if text is not None else {}))
    found = check(cluster, tmp_path, "--against", "prod.json")
    help_ = "help: `cmlint snapshot --output FILE` writes one\n"
    assert (found.status, found.said) == (2, f"cmlint: error: prod.json: {why}\n{help_}")


def test_nothing_is_asked_without_being_told_to(cluster: Cluster, tmp_path: Path) -> None:
    write(tmp_path, {"pod.yaml": POD})
    with proxy(cluster) as between:
        run(between.kubeconfig(cluster), "check", folder=tmp_path)
    assert between.asked == []
    found = check(cluster, tmp_path, "--context", "test")
    assert (found.status, found.said) == (
        2,
        "cmlint: error: `--context` needs `--live`\nhelp: add `--live`\n",
    )


def test_json_only_grows(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("json")
    deployment(cluster, space, "web", spec(env("configMapKeyRef", "settings", "HOST")))
    words = ("audit", "-n", space, "--format", "json")
    report = json.loads(cmlint(tmp_path, *words, KUBECONFIG=str(cluster.admin)).stdout)
    (found,) = report["findings"]
    assert report["version"] == 1
    assert found["location"]["path"] == f"deployment/{space}/web"
    assert found["location"]["field"] == "spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.name"
    assert found["object"] == {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": space, "name": "web"}
    write(tmp_path, {"pod.yaml": POD})
    (found,) = json.loads(cmlint(tmp_path, "check", "--format", "json").stdout)["findings"]
    assert set(found["location"]) == {"path", "start", "end"}


def test_an_audit_of_nothing(cluster: Cluster, tmp_path: Path) -> None:
    space = cluster.namespace("empty")
    assert audit(cluster.admin, "-n", space) == Ran(0, [], "")
    done = cmlint(tmp_path, "audit", "-n", space, KUBECONFIG=str(cluster.admin))
    said = f"no pods or workloads in the namespace `{space}`; `-n` names another one, and `-A` audits all"
    assert (done.returncode, done.stderr) == (0, f"cmlint: note: test: {said}\n")
