"""ConfigMaps and Secrets themselves: what the API server refuses, stores otherwise, or nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from cmlint.api import Bundle, Definition, Document, Placed, names, references_of

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

QUIET_ANNOTATIONS = ("cmlint.dev/ignore", "description", "kubectl.kubernetes.io/last-applied-configuration")


class Readers:
    """Who may read the ConfigMaps of a bundle: by a reference, by name in a text, or by the API."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.keys: dict[str, set[str]] = {}
        self.whole: set[str] = set()
        for placed in bundle.placed:
            for reference in references_of(placed):
                if reference.target == "ConfigMap":
                    name = pattern_of(reference.name.value)
                    self.keys.setdefault(name, set()).update(pattern_of(key.value) for key in reference.keys)
                    if not reference.keys:
                        self.whole.add(name)
        self.texts = "\0".join(text for placed in bundle.placed for text in texts_of(placed.document))
        self.patterns = [name for name in self.keys if is_pattern(name)]
        granting = [tuple(placed.folders) for placed in bundle.placed if grants_reading(placed.document)]
        self.by_api = set(granting)
        self.above_api = {folders[:depth] for folders in self.by_api for depth in range(len(folders))}

    def unseen(self) -> Iterator[Definition]:
        """The ConfigMaps whose readers the bundle shows: pods stand beside them, and nothing else reads them whole."""
        with_pods = {placed.directory for placed in self.bundle.placed if placed.document.pods}
        for placed in self.bundle.placed:
            for provider in placed.document.providers:
                if provider.kind == "ConfigMap" and placed.directory in with_pods:
                    partly = self.read_keys(provider.name.value) is not None
                    if partly and not self.may_be_read(placed):
                        yield Definition(placed, provider)

    def may_be_read(self, placed: Placed) -> bool:
        """Whether something that is no reference may read a ConfigMap."""
        name = placed.document.name.value if placed.document.name else ""
        return (
            names.is_placeholder(name)
            or any(fnmatchcase(name, pattern) for pattern in READ_BY_NAME)
            or any(fnmatchcase(placed.namespace or "", pattern) for pattern in SYSTEM_NAMESPACES)
            or is_marked(placed.document)
            or self.is_near_api(placed)
            or self.bundle.why_unknown(placed) is not None
            or name in self.texts
        )

    def is_near_api(self, placed: Placed) -> bool:
        """Whether a program that may read by the API is allowed to in the document's folder, above or below."""
        folders = tuple(placed.folders)
        above = (folders[:depth] for depth in range(len(folders) + 1))
        return folders in self.above_api or any(folder in self.by_api for folder in above)

    def read_keys(self, name: str) -> set[str] | None:
        """The keys that are read of a ConfigMap, as patterns; None when it is read whole."""
        found = [pattern for pattern in self.patterns if fnmatchcase(name, pattern)]
        if name in self.keys and not is_pattern(name):
            found.append(name)
        if not self.whole.isdisjoint(found):
            return None
        return {key for pattern in found for key in self.keys[pattern]}


def is_pattern(name: str) -> bool:
    """Whether a name may match others than itself."""
    return any(character in name for character in "*?[")


def pattern_of(text: str) -> str:
    """A pattern for what a text with placeholders may become."""
    if not names.is_placeholder(text):
        return text
    return re.sub(r"\$\{[^}]*\}|\$\([^)]*\)|\{\{.*?\}\}|<[^<>]*>|\$\w+|__\w+__|@\w+@|%\w+%", "*", text)


def texts_of(document: Document) -> Iterator[str]:
    """Every text of an object in which the name of a ConfigMap may stand."""
    yield from document.mentions
    for pod in document.pods:
        for container in pod.containers:
            yield from (text.value for text in (*container.command, *container.args))
            yield from (entry.value.value for entry in container.env if entry.value)
    for provider in document.providers:
        yield from (key.value for key in provider.keys if key.value)


def grants_reading(document: Document) -> bool:
    """Whether an object allows a program to read ConfigMaps by the API."""
    return document.kind in ("Role", "ClusterRole") and "configmaps" in document.mentions


def is_marked(document: Document) -> bool:
    """Whether a label or annotation may be how a controller finds the object."""
    for label in document.labels:
        name, _, value = label.partition("=")
        product = name == "app.kubernetes.io/part-of" and any(fnmatchcase(value, pattern) for pattern in PRODUCTS)
        if product or not any(fnmatchcase(name, pattern) for pattern in PLAIN_LABELS):
            return True
    return any(annotation not in QUIET_ANNOTATIONS for annotation in document.annotations)
