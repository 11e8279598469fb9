"""Compose files: a service with `build` and `image` says how an image of this repository is called.

https://docs.docker.com/reference/compose-file/build/
"""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import Mapping, mappings
from cmlint.model.facts import ImageFact

TOOL = "compose"


def read(text: str) -> Iterator[ImageFact]:
    """The images that services are built as."""
    place = Text(text)
    for node, top in mappings(text):
        if node.node is top.node:
            services = node.get("services")
            for service in (services.get(name) for name in services.entries):
                if "build" in service.entries and service.text("image"):
                    image = place.variables.fill(service.text("image"))
                    yield from place.fact("built", TOOL, image, service.at("image"))
                    yield from tags(service, place)


def tags(service: Mapping, place: Text) -> Iterator[ImageFact]:
    """Further names under `build.tags`."""
    for word, at in service.get("build").words("tags"):
        yield from place.fact("built", TOOL, place.variables.fill(word), at)
