"""Which bundles go to the same cluster and namespace, as far as GitOps objects in the files say so."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from cmlint.bundle.bundle import Bundle
from cmlint.model.facts import Deploy

Destination = tuple[str, str]
"""A cluster and a namespace."""


def bring_together(bundles: Sequence[Bundle]) -> None:
    """Tells each bundle which others surely stand beside it, so that its references may lead into them."""
    deploys = [deploy for bundle in bundles for item in bundle.placed for deploy in item.document.deploys]
    if not deploys:
        return
    brought = [(bundle, destinations_of(bundle, deploys)) for bundle in bundles if bundle.index.whole]
    for bundle, destinations in brought:
        beside = (other.index for other, theirs in brought if other is not bundle and destinations & theirs)
        bundle.resolver.siblings = tuple(beside)


def destinations_of(bundle: Bundle, deploys: Sequence[Deploy]) -> set[Destination]:
    """Where a bundle goes, which is built in one folder."""
    folder = bundle.placed[0].directory if bundle.placed else ""
    return {(deploy.cluster, deploy.namespace) for deploy in deploys if leads_to(deploy.path, folder)}


def leads_to(path: str, folder: str) -> bool:
    """Whether a path in a repository is a folder, which is shown relative to where cmlint was called."""
    wanted = posixpath.normpath(path.lstrip("/") or ".")
    return folder == wanted or folder.endswith(f"/{wanted}")
