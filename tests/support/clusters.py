"""Clusters that a page writes down: objects as `kubectl get -o yaml` shows them, read as the API server's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from cmlint.bundle.cluster import Cluster
from cmlint.clusters import cluster_of
from cmlint.model.cluster import Inventory
from cmlint.sources.cluster.kinds import CONFIG_MAPS, EVENTS, PODS, SECRETS, WORKLOADS, taking_of
from cmlint.sources.cluster.lists import Resource
from cmlint.sources.cluster.read import Taken, together

LISTED = {resource.kind: resource for resource in (CONFIG_MAPS, SECRETS, PODS, EVENTS, *WORKLOADS)}
NAMESPACE = "shop"
"""The namespace of objects that name none."""


class Loader(yaml.SafeLoader):
    """Leaves moments as they are written."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def cluster(text: str, name: str = "prod", prefix: str = "") -> Cluster:
    """The cluster with the objects of a text, which are all that there are; `prefix` is before their paths."""
    objects = list(objects_in(text))
    taken = [
        Taken(resource, None, [kept(resource, each, prefix) for each in objects if each["kind"] == kind])
        for kind, resource in LISTED.items()
    ]
    return cluster_of(together(Inventory(name, "1.37.2", NAMESPACE, True), taken, (), prefix), prefix)


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a text, each in a namespace."""
    for document in yaml.load_all(text, Loader):
        for found in document["items"] if document["kind"] == "List" else [document]:
            found["metadata"].setdefault("namespace", NAMESPACE)
            yield found


def kept(resource: Resource, found: dict[str, Any], prefix: str) -> Any:
    """What is kept of an object that the API server sends."""
    taking = taking_of(resource, prefix)
    page = msgspec.json.encode({"metadata": {}, "items": [found]})
    return taking.keep(taking.page(page).items[0])
