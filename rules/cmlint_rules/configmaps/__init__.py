"""ConfigMaps and Secrets themselves: what the API server refuses, stores otherwise, or nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from cmlint.api import Bundle, Context, Document, Placed, Provider, Target, placeholders, references_of

if TYPE_CHECKING:
    from cmlint.api import Cluster

PLAIN_LABELS = (
    "app", "app.kubernetes.io/*", "chart", "component", "env", "environment", "helm.sh/chart", "heritage", "k8s-app",
    "name", "project", "release", "run", "service", "stage", "tag", "team", "tier", "version",
)  # fmt: skip
"""Labels, as patterns, that tell people what an object belongs to; by any other a controller may find it."""

PRODUCTS = ("argocd", "knative-*", "tekton-*", "flux*", "istio*", "kubeflow*")
"""Values of `app.kubernetes.io/part-of`, and namespaces, of programs that find their ConfigMaps by the name alone."""

SYSTEM_NAMESPACES = (*PRODUCTS, "kube-*", "openshift*", "ingress-nginx", "metallb-system", "cert-manager")

READ_BY_NAME = (
    "argocd-*", "aws-auth", "cluster-info", "cluster-monitoring-config", "coredns*", "extension-apiserver-*",
    "ingress-nginx-*", "istio*", "kube-*", "kubeadm-config", "*leader*", "nginx-configuration", "openshift-*",
    "tcp-services", "udp-services", "user-workload-monitoring-config", "workflow-controller-configmap",
)  # fmt: skip
"""Names, as patterns, that a program of the platform looks for."""

INSTALLING = (
    "meta.helm.sh/*", "helm.sh/*", "argocd.argoproj.io/*", "*.toolkit.fluxcd.io/*", "applyset.kubernetes.io/*",
    "config.kubernetes.io/*", "kapp.k14s.io/*", "objectset.rio.cattle.io/*",
)  # fmt: skip
"""Labels and annotations, as patterns, that those leave on live objects who have installed them, and who read none."""

QUIET_ANNOTATIONS = ("cmlint.dev/ignore", "description", "kubectl.kubernetes.io/last-applied-configuration")


class Readers:
    """Who may read the ConfigMaps, or the Secrets, of a bundle: by a reference, by name in a text, or by the API."""

    def __init__(self, bundle: Bundle, target: Target = "ConfigMap") -> None:
        self.bundle = bundle
        self.target: Target = target
        self.keys: dict[str, set[str]] = {}
        self.complete: set[str] = set()
        for placed in bundle.placed:
            for reference in references_of(placed):
                if reference.target == self.target:
                    name = placeholders.pattern_of(reference.name.value)
                    keys = self.keys.setdefault(name, set())
                    keys.update(placeholders.pattern_of(key.value) for key in reference.keys)
                    if not reference.keys:
                        self.complete.add(name)
        self.texts = "\0".join(text for placed in bundle.placed for text in texts_of(placed.document))
        for cluster in bundle.clusters if bundle.live else ():
            self.add_pods(cluster)
        self.patterns = [name for name in self.keys if is_pattern(name)]
        granting = [tuple(placed.folders) for placed in bundle.placed if grants_reading(placed.document, target)]
        self.by_api = set(granting)
        self.above_api = {folders[:depth] for folders in self.by_api for depth in range(len(folders))}

    def add_pods(self, cluster: Cluster) -> None:
        """Adds what all pods of the namespace read, and the templates of earlier revisions, which may come back."""
        namespaces = {placed.namespace for placed in self.bundle.placed}
        for readers in (cluster.readers[name] for name in namespaces if name in cluster.readers):
            for (target, name), keys in readers.keys.items():
                if target == self.target:
                    self.keys.setdefault(name, set()).update(keys or ())
                    if keys is None:
                        self.complete.add(name)

    def unseen(self) -> Iterator[tuple[Placed, Provider]]:
        """The ConfigMaps whose readers the bundle shows: pods are beside them, and nothing else reads them."""
        if self.bundle.live:
            yield from self.unseen_live()
            return
        with_pods = {placed.directory for placed in self.bundle.placed if placed.document.pods}
        for placed in self.bundle.placed:
            for provider in placed.document.providers:
                if provider.kind == self.target and placed.directory in with_pods:
                    partly = self.read_keys(provider.name.value) is not None
                    if partly and not self.may_be_read(placed):
                        yield placed, provider

    def unseen_live(self) -> Iterator[tuple[Placed, Provider]]:
        """The same in a cluster, which shows all that has pods, but not which programs read by the API."""
        for placed in self.bundle.placed:
            for provider in placed.document.providers:
                if provider.kind != self.target or self.may_be_read(placed):
                    continue
                if self.is_free(provider.name.value, placed.namespace or ""):
                    yield placed, provider

    def is_free(self, name: str, namespace: str) -> bool:
        """Whether every cluster shows who reads in a namespace, and no controller owns the object."""
        return all(
            cluster.shows_readers(namespace) and not cluster.owner(self.target, name, namespace)
            for cluster in self.bundle.clusters
        )

    def may_be_read(self, placed: Placed) -> bool:
        """Whether something that is not a reference may read a ConfigMap."""
        name = placed.document.name.value if placed.document.name else ""
        return (
            placeholders.is_placeholder(name)
            or any(fnmatchcase(name, pattern) for pattern in READ_BY_NAME)
            or any(fnmatchcase(placed.namespace or "", pattern) for pattern in SYSTEM_NAMESPACES)
            or is_marked(placed.document, live=self.bundle.live)
            or self.is_near_api(placed)
            or (not self.bundle.live and self.bundle.maker(placed) is not None)
            or name in self.texts
        )

    def is_near_api(self, placed: Placed) -> bool:
        """Whether a program that may read by the API is allowed to in the document's folder, above or below."""
        folders = tuple(placed.folders)
        above = (folders[:depth] for depth in range(len(folders) + 1))
        return folders in self.above_api or any(folder in self.by_api for folder in above)

    def read_keys(self, name: str) -> set[str] | None:
        """The keys that are read of a ConfigMap, as patterns; None if all keys are read."""
        found = [pattern for pattern in self.patterns if fnmatchcase(name, pattern)]
        if name in self.keys and not is_pattern(name):
            found.append(name)
        if not self.complete.isdisjoint(found):
            return None
        return {key for pattern in found for key in self.keys[pattern]}


def is_example(ctx: Context) -> bool:
    """Whether the file is one to be copied and completed, by its name (`secret.template.yaml`)."""
    path, _ = ctx.placed.written(ctx.document.head)
    words = re.split(r"[._-]", path.rpartition("/")[2].lower())
    return not {"template", "tmpl", "tpl", "example", "examples", "sample", "dist", "skeleton"}.isdisjoint(words)


def is_pattern(name: str) -> bool:
    """Whether a name may match others than itself."""
    return any(character in name for character in "*?[")


def texts_of(document: Document) -> Iterator[str]:
    """Every text of an object in which the name of a ConfigMap may be."""
    yield from document.mentions
    for pod in document.pods:
        for container in pod.containers:
            yield from (text.value for text in (*container.command, *container.args))
            yield from (entry.value.value for entry in container.env if entry.value)
    for provider in document.providers:
        yield from (key.value for key in provider.keys if key.value)


def grants_reading(document: Document, target: Target) -> bool:
    """Whether an object allows a program to read ConfigMaps, or Secrets, by the API."""
    return document.kind in ("Role", "ClusterRole") and f"{target.lower()}s" in document.mentions


def is_marked(document: Document, *, live: bool = False) -> bool:
    """Whether a label or annotation may be how a controller finds the object."""
    installing = INSTALLING if live else ()
    plain, quiet = (*PLAIN_LABELS, *installing), (*QUIET_ANNOTATIONS, *installing)
    for label in document.labels:
        name, _, value = label.partition("=")
        product = name == "app.kubernetes.io/part-of" and any(fnmatchcase(value, pattern) for pattern in PRODUCTS)
        if product or not any(fnmatchcase(name, pattern) for pattern in plain):
            return True
    return any(not any(fnmatchcase(found, pattern) for pattern in quiet) for found in document.annotations)


def cure(placed: Placed, ctx: Context) -> str:
    """What to do about what nothing reads; in a cluster, where it comes from and who may read it after all."""
    name = placed.document.name.value if placed.document.name else ""
    for cluster in ctx.bundle.clusters if ctx.bundle.live else ():
        kind: Target = "Secret" if placed.document.kind == "Secret" else "ConfigMap"
        group = cluster.group(kind, name, placed.namespace)
        where = f"take it out of {group}" if group else "remove it"
        seen = "" if cluster.shows_custom_resources else "; custom resources were not read (`--custom-resources`)"
        return f"{where}, unless a program reads it by the API{seen}"
    return "remove it, or fix the reference that should name it"
