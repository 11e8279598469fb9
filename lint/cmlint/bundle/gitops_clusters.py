"""Which bundles go to the same cluster and namespace, as far as GitOps objects in the files say so."""

from __future__ import annotations

from collections.abc import Iterable

from cmlint.bundle.gitops import Deploys
from cmlint.bundle.index import Index
from cmlint.knowledge.placeholders import is_placeholder

Destination = tuple[str, str, str]
"""A cluster, the folder of the object that names it, and a namespace, empty where each object names its own.

The same objects are often written once for each cluster, in a folder for each, and all of them call it "this cluster":
only what is in one folder surely means the same one.
"""


class Destinations:
    """The clusters to which GitOps objects bring bundles; `kustomized` are the folders with a kustomization."""

    def __init__(self, deploys: Deploys | None = None, kustomized: frozenset[str] = frozenset()) -> None:
        self.deploys, self.kustomized = deploys or Deploys(()), kustomized
        self.brought: dict[int, tuple[Index, set[Destination]]] = {}

    @property
    def has_gitops(self) -> bool:
        """Whether GitOps brings anything of the run to a cluster."""
        return bool(self.deploys.by_path)

    def add(self, index: Index) -> None:
        """Adds a bundle, which is built in one folder."""
        said = self.deploys.at(index.placed[0].directory if index.placed else "") if self.has_gitops else ()
        found = {(each.deploy.cluster, each.folder, each.deploy.namespace) for each in said}
        self.brought[id(index)] = index, {each for each in found if not any(map(is_placeholder, each))}

    def as_they_are(self, folders: Iterable[str]) -> frozenset[str]:
        """Those of some folders whose files GitOps brings as they are, so that no kustomization adds to them."""
        if not self.has_gitops:
            return frozenset()
        return frozenset(each for each in folders if any(self.deploys.around(each, self.kustomized, built=False)))

    def beside(self, index: Index) -> tuple[tuple[Index, bool], ...]:
        """The bundles that go to the same cluster as one, each with whether both go to one namespace."""
        _, destinations = self.brought.get(id(index), (index, set[Destination]()))
        if not destinations:
            return ()
        shared = ((other, destinations & theirs) for other, theirs in self.brought.values() if other is not index)
        return tuple((other, all(map(names_namespace, both))) for other, both in shared if both)


def names_namespace(destination: Destination) -> bool:
    """Whether everything that goes there goes to one namespace."""
    return bool(destination[2])
