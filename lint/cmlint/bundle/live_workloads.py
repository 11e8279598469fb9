"""The workloads that clusters have besides those of the manifests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material


def only_live(bundles: Sequence[Bundle]) -> Iterator[Bundle]:
    """What only the clusters have on which manifests stand, a bundle for each namespace."""
    for cluster in bundles[0].clusters if bundles else ():
        for _, live in sorted(cluster.workloads.items()):
            bundle = Bundle(Material(files=[(each.path, each.facts) for each in live], live=True))
            bundle.placed = [
                placed
                for placed in bundle.placed
                if (placed.document.kind, placed.namespace or "", placed.identity[2] or "") not in cluster.brought
            ]
            cluster.listings.update((each.path, each.text) for each in live)
            bundle.stand_on(cluster)
            yield bundle
