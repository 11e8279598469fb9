"""What GitOps objects bring to which cluster and namespace: Flux' Kustomizations and Argo CD's Applications."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.kube.fields import group_of
from cmlint.kube.names import is_placeholder
from cmlint.manifest.decode import Decoder
from cmlint.manifest.made import first_string, walk
from cmlint.manifest.nodes import Node
from cmlint.model.facts import Deploy

FLUX = ("kustomize.toolkit.fluxcd.io", "Kustomization")
"""https://fluxcd.io/flux/components/kustomize/kustomizations/"""

ARGO = ("argoproj.io", "Application")
"""https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml"""

DEPLOYERS = frozenset((FLUX, ARGO))


def read_deploys(decoder: Decoder, root: Node, api_version: str, kind: str) -> tuple[Deploy, ...]:
    """The folders that an object brings to a cluster; none where it does not say which."""
    found = {FLUX: flux, ARGO: argo}.get((group_of(api_version), kind))
    deploys = found(decoder, root) if found else ()
    return tuple(deploy for deploy in deploys if not any(map(is_placeholder, (deploy.path, deploy.namespace))))


def flux(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """`spec.path` goes to `spec.targetNamespace`, or each object to its own; `spec.kubeConfig` may name a cluster."""
    cluster = text(decoder, root, "spec.kubeConfig.secretRef.name")
    path, namespace = text(decoder, root, "spec.path"), text(decoder, root, "spec.targetNamespace")
    if path:
        yield Deploy(path, namespace, f"flux:{cluster}")


def argo(decoder: Decoder, root: Node) -> Iterator[Deploy]:
    """Each source's path goes to the namespace and the cluster of `spec.destination`."""
    server, name = text(decoder, root, "spec.destination.server"), text(decoder, root, "spec.destination.name")
    namespace = text(decoder, root, "spec.destination.namespace")
    for route in ("spec.source.path", "spec.sources[].path"):
        for leaf in walk(root, route):
            path = decoder.scalar(leaf).value if decoder.is_scalar(leaf, "string") else ""
            if path and namespace:
                yield Deploy(path, namespace, f"argocd:{server or name}")


def text(decoder: Decoder, root: Node, route: str) -> str:
    """The string at a route; empty where there is none."""
    found = first_string(decoder, root, root, (route,))
    return found.value if found else ""
