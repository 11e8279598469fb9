"""What stays in a cluster when its installation no longer has it: by what annotations say, and not by their names."""

from __future__ import annotations

import json

import pytest

from tests.support import clusters

ARGO, HELM, FLUX = (
    "argocd.argoproj.io/sync-options",
    "helm.sh/resource-policy",
    "kustomize.toolkit.fluxcd.io/prune",
)


@pytest.mark.parametrize(
    ("annotation", "value", "stays"),
    [
        (ARGO, "Delete=false", True),
        (ARGO, "Validate=false, Prune=false", True),
        (ARGO, "Validate=false,ServerSideApply=true", False),
        (ARGO, "Prune=true", False),
        (ARGO, "PrunePropagationPolicy=foreground", False),
        (HELM, "keep", True),
        (HELM, "delete", False),
        (FLUX, "disabled", True),
        (FLUX, "enabled", False),
        ("example.com/note", "keep", False),
    ],
)
def test_an_object_stays_where_its_annotation_says_so(annotation: str, value: str, stays: bool) -> None:
    labels = {"argocd.argoproj.io/instance": "shop"}
    meta = {"name": "theme", "labels": labels, "annotations": {annotation: value}}
    cluster = clusters.cluster(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {}}))
    installed = cluster.installed("ConfigMap", "the Argo CD application `shop`", clusters.NAMESPACE)
    assert installed == ([] if stays else ["theme"])
