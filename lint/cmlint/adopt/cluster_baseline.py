"""The baseline of an audit: what was wrong before, so that only what is new is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmlint.adopt.baseline import Baseline, Scope, begun, read
from cmlint.bundle.cluster import Cluster
from cmlint.model.findings import Known

EVERYWHERE = "*"


class ClusterBaseline(Baseline):
    """A baseline whose paths are those of live objects, `kind/namespace/name`, and relative to no folder.

    In the scope of a run, paths are the namespaces that it has read, each behind the prefix of its cluster.
    """

    @classmethod
    def of(cls, other: Baseline) -> ClusterBaseline:
        """The same entries as those of live objects."""
        made = cls(other.file)
        made.entries, made.by_fingerprint = other.entries, other.by_fingerprint
        return made

    def path_of(self, path: str) -> str:
        """A path as the baseline has it."""
        return path

    def seen(self, scope: Scope) -> Iterator[Known]:
        """The entries that a run would have found, were they still true."""
        for entry in self.entries:
            *prefix, _, namespace, _ = ("", "", *entry.path.split("/"))
            before = "".join(f"{part}/" for part in prefix if part)
            looked = scope.wholly if entry.pedantic else scope.rules
            if entry.rule in looked and not {f"{before}{namespace}", f"{before}{EVERYWHERE}"}.isdisjoint(scope.paths):
                yield entry


def loaded(file: str) -> ClusterBaseline:
    """The baseline in a file; raises FatalError."""
    return ClusterBaseline.of(read(file))


def started(file: str) -> ClusterBaseline:
    """The baseline that is to be written to a file."""
    return ClusterBaseline.of(begun(file))


def spaces_of(clusters: Iterable[Cluster]) -> tuple[str, ...]:
    """The namespaces that were read, as a scope has them."""
    found = {
        f"{cluster.prefix}{name}"
        for cluster in clusters
        for name in (
            *cluster.inventory.spaces,
            *cluster.workloads,
            *((EVERYWHERE,) if cluster.inventory.complete else ()),
        )
    }
    return tuple(sorted(found))
