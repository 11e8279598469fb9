"""Which bundles go to the same cluster and namespace, as far as GitOps objects in the files say so."""

from __future__ import annotations

from collections.abc import Sequence

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.deployed import Deploys
from cmlint.knowledge.placeholders import is_placeholder

Destination = tuple[str, str, str]
"""A cluster, the folder in which that is said, and a namespace, empty where each object names its own.

The same objects are often written once for each cluster, in a folder for each, and all of them call it "this cluster":
only what is in one folder surely means the same one.
"""


def bring_together(bundles: Sequence[Bundle], deploys: Deploys, kustomized: frozenset[str]) -> None:
    """Tells each bundle which others surely are beside it, so that its references may lead into them.

    Each learns, too, whether GitOps brings anything of the run to a cluster, and which folders it brings as they are:
    then no kustomization adds to them. `kustomized` are the folders with a kustomization.
    """
    if not deploys.by_path:
        return
    for bundle in bundles:
        bundle.has_gitops = True
        folders = () if bundle.index.whole else bundle.index.by_folder
        brought = (folder for folder in folders if any(deploys.around(folder, kustomized, built=False)))
        bundle.scope.around.as_they_are = frozenset(brought)
    whole = (bundle for bundle in bundles if bundle.index.whole and bundle.settled)
    brought = [(bundle, destinations_of(bundle, deploys)) for bundle in whole]
    for bundle, destinations in brought:
        beside = ((other.index, destinations & theirs) for other, theirs in brought if other is not bundle)
        bundle.scope.siblings = tuple((index, all(map(names_namespace, shared))) for index, shared in beside if shared)


def names_namespace(destination: Destination) -> bool:
    """Whether everything that goes there goes to one namespace."""
    return bool(destination[2])


def destinations_of(bundle: Bundle, deploys: Deploys) -> set[Destination]:
    """Where a bundle goes, which is built in one folder."""
    brought = deploys.at(bundle.placed[0].directory if bundle.placed else "")
    found = ((said.deploy.cluster, said.folder, said.deploy.namespace) for said in brought)
    return {destination for destination in found if not any(map(is_placeholder, destination))}
