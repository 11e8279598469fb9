"""What a GitOps object applies again when something changes that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.bundle.gitops import brought_with, wanted_by
from cmlint.bundle.gitops_clusters import Destinations

MOST = 200
"""The most objects that are listed for one GitOps object."""


class Reconciled:
    """The objects of all bundles by the folders that GitOps objects name, each folder with its repository."""

    def __init__(self, bundles: Sequence[Bundle]) -> None:
        found = next((bundle.destinations for bundle in bundles if not bundle.live), Destinations())
        self.deploys = found.deploys
        self.brought: dict[str, list[tuple[str, list[Placed]]]] = {}
        for (directory, built), objects in by_directory(bundles).items():
            for folder in brought_with(directory, found.kustomized, built=built):
                for wanted, root in self.deploys.named(folder):
                    self.brought.setdefault(wanted, []).append((root, objects))

    def of(self, placed: Placed) -> tuple[tuple[Placed, ...], bool]:
        """What one object applies, without itself, and whether there is more than is listed."""
        found = tuple(islice((each for each in self.all_of(placed) if each is not placed), MOST + 1))
        return found[:MOST], len(found) > MOST

    def all_of(self, placed: Placed) -> Iterator[Placed]:
        """All that one object applies."""
        here = self.deploys.place(placed.path)
        for wanted in dict.fromkeys(map(wanted_by, placed.document.deploys)):
            for root, objects in self.brought.get(wanted, ()):
                if here.startswith(root):
                    yield from objects


def by_directory(bundles: Sequence[Bundle]) -> dict[tuple[str, bool], list[Placed]]:
    """The objects with a name, by their folder and by whether they are built."""
    found: dict[tuple[str, bool], list[Placed]] = {}
    for bundle in bundles:
        for placed in bundle.placed:
            if placed.document.name:
                found.setdefault((placed.directory, placed.built is not None), []).append(placed)
    return found
