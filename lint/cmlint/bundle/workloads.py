"""Pod specs with the environments and volumes that their containers will have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cmlint.bundle.bundle import Bundle
from cmlint.bundle.documents import Placed
from cmlint.bundle.environment import Environment
from cmlint.bundle.stops import Stop, stops_of
from cmlint.bundle.volumes import Contents
from cmlint.model.facts import Container, PodSpec


class Workload(msgspec.Struct, frozen=True):
    """One pod spec, and the document and bundle that hold it."""

    bundle: Bundle
    placed: Placed
    pod: PodSpec

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.placed.document.kind

    @property
    def name(self) -> str | None:
        """The name of the object."""
        name = self.placed.document.name
        return name.value if name else None

    @property
    def paths(self) -> tuple[str, str]:
        """The paths of the text that it is in, and of the one in which it is written."""
        return self.placed.path, self.placed.written(self.placed.document.head)[0]

    @property
    def shown(self) -> str | None:
        """The name as it is shown: a release that has no name is called `RELEASE`."""
        return self.reword(self.name) if self.name else None

    @property
    def values(self) -> str | None:
        """The file of values with which its chart is rendered, where it is rendered with several."""
        return self.placed.built.values if self.placed.built else None

    def reword(self, text: str) -> str:
        """A text of what helm renders, with names that the reader knows; any other text as it is."""
        return self.placed.reword(text)

    def environments(self) -> Iterator[tuple[Container, Environment]]:
        """Its containers in order, with what the environment of each will be."""
        return ((container, self.bundle.environment(container, self.placed)) for container in self.pod.containers)

    def stops(self, container: Container, environment: Environment) -> tuple[Stop, ...]:
        """What keeps one of its containers from starting although every reference leads somewhere."""
        return tuple(stops_of(container, self.pod, environment))

    def volumes(self) -> Iterator[tuple[str | None, Contents]]:
        """Its volumes by name, with what each will hold."""
        for volume in self.pod.volumes:
            yield (volume.name.value if volume.name else None), self.bundle.contents(volume, self.placed)


def workloads(bundles: Iterable[Bundle]) -> Iterator[Workload]:
    """Every pod spec of some bundles."""
    for bundle in bundles:
        for placed in bundle.placed:
            for pod in placed.document.pods:
                yield Workload(bundle, placed, pod)
