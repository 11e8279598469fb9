"""Which bundles go to the same cluster and namespace, as far as GitOps objects in the files say so."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from cmlint.bundle.bundle import Bundle
from cmlint.model.facts import Deploy

Destination = tuple[str, str, str]
"""A cluster, the folder in which that is said, and a namespace, empty where each object names its own.

The same objects are often written once for each cluster, in a folder for each, and all of them call it "this cluster":
only what stands in one folder surely means the same one.
"""


def bring_together(bundles: Sequence[Bundle]) -> None:
    """Tells each bundle which others surely stand beside it, so that its references may lead into them."""
    deploys = [
        (item.directory, deploy) for bundle in bundles for item in bundle.placed for deploy in item.document.deploys
    ]
    if not deploys:
        return
    brought = [(bundle, destinations_of(bundle, deploys)) for bundle in bundles if bundle.index.whole]
    for bundle, destinations in brought:
        beside = ((other.index, destinations & theirs) for other, theirs in brought if other is not bundle)
        bundle.resolver.siblings = tuple(
            (index, all(map(names_namespace, shared))) for index, shared in beside if shared
        )


def names_namespace(destination: Destination) -> bool:
    """Whether everything that goes there goes to one namespace."""
    return bool(destination[2])


def destinations_of(bundle: Bundle, deploys: Sequence[tuple[str, Deploy]]) -> set[Destination]:
    """Where a bundle goes, which is built in one folder."""
    folder = bundle.placed[0].directory if bundle.placed else ""
    return {(deploy.cluster, said, deploy.namespace) for said, deploy in deploys if leads_to(deploy.path, folder)}


def leads_to(path: str, folder: str) -> bool:
    """Whether a path in a repository is a folder, which is shown relative to where cmlint was called."""
    wanted = posixpath.normpath(path.lstrip("/") or ".")
    return folder == wanted or folder.endswith(f"/{wanted}")
