"""What an apply takes away from a live ConfigMap or Secret: cmlint says before what kubectl does then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.apiserver import Cluster, Tree, path_of
from tests.support.live import deployment, env, run, spec
from tests.support.run import write


class Step(NamedTuple):
    """How an object came to what it is: a way (`create`, `apply`, `server`, `edit`), and the fields that it set."""

    way: str
    fields: Tree


A, B = "bm90LXJlYWwtYQ==", "bm90LXJlYWwtYg=="

CASES: dict[str, tuple[str, tuple[Step, ...], Tree]] = {
    "applied": ("ConfigMap", (Step("apply", {"data": {"A": A, "B": B}}),), {"data": {"A": A}}),
    "applied without data next": ("ConfigMap", (Step("apply", {"data": {"A": A}}),), {}),
    "created": ("ConfigMap", (Step("create", {"data": {"A": A, "B": B}}),), {"data": {"A": A}}),
    "edited": (
        "ConfigMap",
        (Step("apply", {"data": {"A": A}}), Step("edit", {"data": {"B": B}})),
        {"data": {"A": A}},
    ),
    "a Secret that somebody fills": (
        "Secret",
        (Step("apply", {}), Step("edit", {"data": {"A": A}})),
        {},
    ),
    "a Secret": ("Secret", (Step("apply", {"data": {"A": A, "B": B}}),), {"data": {"A": A}}),
    "strings of a Secret": (
        "Secret",
        (Step("apply", {"stringData": {"A": "x", "B": "y"}}),),
        {"stringData": {"A": "x"}},
    ),
    "binary": ("ConfigMap", (Step("apply", {"data": {"A": A}, "binaryData": {"B": B}}),), {"data": {"A": A}}),
    "applied on the server": ("ConfigMap", (Step("server", {"data": {"A": A, "B": B}}),), {"data": {"A": A}}),
    "taken over by an edit": (
        "ConfigMap",
        (Step("server", {"data": {"A": A, "B": B}}), Step("edit", {"data": {"B": "other"}})),
        {"data": {"A": A}},
    ),
}


def taken(cluster: Cluster, space: str, kind: str, step: Step) -> None:
    """Takes a step."""
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "it", "namespace": space}, **step.fields}
    if step.way == "edit":
        media, path = "application/merge-patch+json", f"{path_of(kind, space, 'it')}?fieldManager=kubectl-edit"
        answer = cluster.send("PATCH", path, step.fields, media=media)
        assert answer.ok, answer.message
        return
    words = {"create": ("create",), "apply": ("apply",), "server": ("apply", "--server-side", "--force-conflicts")}
    done = cluster.kubectl(*words[step.way], "-f", "-", stdin=json.dumps(manifest))
    assert done.returncode == 0, done.stderr


def keys(cluster: Cluster, space: str, kind: str) -> set[str]:
    """The keys that the live object has."""
    found = cluster.get(kind, space, "it")
    return {*found.get("data", {}), *found.get("binaryData", {})}


@pytest.mark.parametrize("on_server", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_what_goes_away_is_what_kubectl_takes_away(
    cluster: Cluster, tmp_path: Path, name: str, on_server: bool
) -> None:
    kind, steps, fields = CASES[name]
    space = cluster.namespace(f"apply-{sorted(CASES).index(name)}-{on_server}".lower())
    for step in steps:
        taken(cluster, space, kind, step)
    before = keys(cluster, space, kind)
    field = "configMapKeyRef" if kind == "ConfigMap" else "secretKeyRef"
    deployment(cluster, space, "reader", spec(*(env(field, "it", key) for key in sorted(before))))
    manifest = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "it"}, **fields}
    settings = "server-side-apply: true\n" if on_server else "# the default\n"
    write(tmp_path, {"it.json": json.dumps(manifest), ".cmlint.yaml": settings})
    words = ("check", "it.json", "--live", "-n", space, "--select", "live-key-removed", "--format", "concise")
    said = run(cluster.admin, *words, folder=tmp_path)
    assert said.said == ""
    taken(cluster, space, kind, Step("server" if on_server else "apply", fields))
    gone = before - keys(cluster, space, kind)
    assert [line.split("drops the key `")[1][0] for line in said.lines] == sorted(gone)
