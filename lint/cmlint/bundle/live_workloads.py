"""The workloads that clusters have besides those of the manifests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.material import Material


def only_live(bundles: Sequence[Bundle]) -> Iterator[Bundle]:
    """Workloads that only the clusters of the manifests have, one bundle for each namespace."""
    for cluster in bundles[0].clusters if bundles else ():
        for _, live in sorted(cluster.workloads.items()):
            bundle = Bundle(Material(files=[(each.path, each.facts) for each in live], live=True))
            bundle.placed = [placed for placed in bundle.placed if not cluster.brings(placed)]
            cluster.listings.update((each.path, each.text) for each in live)
            bundle.use_clusters(cluster)
            yield bundle
