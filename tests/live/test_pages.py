"""No page lies: what a rule's page calls rejected is refused by the API server, and everything else is accepted."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from cmlint.kube.names import why_not_label
from cmlint.sources.files import SUFFIXES
from tests.support import assertions, pages
from tests.support.apiserver import API, KUBECTL, Cluster, Tree, path_of, plural, version_of
from tests.support.run import CONFIG, write
from tests.support.tools import HELM
from tests.support.verdicts import STRICT, Written, objects_in, target, verdicts

SECTIONS = {
    f"{page.rule}: {section.title}": section
    for page in map(pages.read, pages.rule_pages() + pages.extra_pages())
    for section in page.sections
    if section.runs
}
ELSEWHERE = re.compile(r"(?:.*/)?(?:compose|skaffold|kustomization)\.yaml")
"""Files of a page that no server gets."""

UNFINISHED = re.compile(r"(?m)\$\{|\{\{|@[A-Z]+@|^\$[A-Z]+$|^ +\.\.\.$|\bresourceVersion:")
"""What a text holds that is not what the server will see: something is still to be put in, or left out.

What has a `resourceVersion` is a copy of what a server gave out, with fields that nobody sets when it is created.
"""
POD = ("spec", "template", "spec", "containers", "[]", "env", "[]", "value")


def schema(*path: str) -> Tree:
    """What a kind must be: anything, but for a string in some place."""
    if not path:
        return {"type": "string"}
    if path[0] == "[]":
        return {"type": "array", "items": schema(*path[1:])}
    inner = {path[0]: schema(*path[1:])}
    return {"type": "object", "properties": inner, "x-kubernetes-preserve-unknown-fields": True}


def manifests(section: pages.Section, folder: Path) -> dict[str, str]:
    """What a section sends to the cluster: its files, or what its kustomization or chart builds, where it can be built.

    Nothing in it is suppressed.
    """
    files = {
        name: assertions.read(name, text)[0].replace("cmlint: ignore", "cmlint, do not ignore")
        for name, text in section.files.items()
        if name not in (CONFIG, pages.CLUSTER) and name.endswith(SUFFIXES) and not name.startswith(".")
    }
    if "Chart.yaml" in files:
        write(folder, {**section.files, **files})
        words = [str(HELM), "template", str(folder)]
        return {"rendered.yaml": subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout}
    if "kustomization.yaml" not in files:
        return {name: text for name, text in files.items() if not ELSEWHERE.fullmatch(name)}
    if "not-built" in section.files["kustomization.yaml"]:
        return {}
    write(folder, {**section.files, **files})
    words = [str(KUBECTL), "kustomize", str(folder)]
    return {"built.yaml": subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Written]]:
    """The objects of each section of each page, without those that are not yet what the server will see."""
    found = {}
    for title, section in SECTIONS.items():
        written = objects_in(manifests(section, tmp_path_factory.mktemp("section")))
        found[title] = [one for one in written if not UNFINISHED.search(one.text)]
    return found


@pytest.fixture(scope="module")
def prepared(cluster: Cluster, objects: Mapping[str, list[Written]]) -> Cluster:
    """A cluster with the namespaces and the kinds that pages use."""
    every = [written for section in objects.values() for written in section]
    for namespace in sorted({written.head("namespace") for written in every}):
        if why_not_label(namespace) is None:
            cluster.namespace(namespace)
    for api_version, kind in sorted({(written.head("apiVersion"), written.head("kind")) for written in every}):
        if api_version != version_of(kind) if kind in API else api_version:
            define(cluster, api_version, kind)
    return cluster


def define(cluster: Cluster, api_version: str, kind: str) -> None:
    """Makes a kind of custom resources, with pods like everywhere, and waits until it is there."""
    group, _, version = api_version.partition("/")
    names = {"kind": kind, "plural": plural(kind)}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema(*POD)}}
    spec = {"group": group, "names": names, "scope": "Namespaced", "versions": [served]}
    metadata = {"name": f"{plural(kind)}.{group}", "annotations": {"api-approved.kubernetes.io": "unapproved"}}
    cluster.create({"kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec})
    end = time.monotonic() + 120
    while not cluster.send("GET", target(api_version, kind, "default")).ok:
        assert time.monotonic() < end, f"{kind} is not served"
        time.sleep(0.05)


@pytest.mark.parametrize("title", SECTIONS)
def test_the_server_refuses_exactly_what_is_called_rejected(
    prepared: Cluster, objects: Mapping[str, list[Written]], title: str
) -> None:
    wrong = [verdict for verdict in verdicts(prepared, objects[title]) if verdict.differs]
    assert not wrong, "\n" + "\n".join(map(str, wrong))


def test_the_server_refuses_to_change_what_is_immutable(cluster: Cluster) -> None:
    section = SECTIONS["immutable-change: Example"]
    stored, changed = (yaml.safe_load(text) for text in section.files.values())
    for found in (stored, changed):
        found["metadata"]["namespace"] = "immutable"
    cluster.namespace("immutable")
    cluster.create(stored)
    answer = cluster.send("PUT", f"{path_of('ConfigMap', 'immutable', 'settings')}?{STRICT}", changed)
    assert answer.status == 422
    assert "data: Forbidden: field is immutable when `immutable` is set" in answer.message
