"""Compose files: a service with `build` and `image` says how an image of this repository is called.

https://docs.docker.com/reference/compose-file/build/
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import Mapping, mappings
from cmlint.model.facts import Build, ImageFact

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
                    build = build_of(service, place)
                    yield from place.fact("built", TOOL, image, service.at("image"), builds=(build,))
                    yield from tags(service, place, build)


def tags(service: Mapping, place: Text, build: Build) -> Iterator[ImageFact]:
    """Further names under `build.tags`."""
    for word, at in service.get("build").words("tags"):
        named = structs.replace(build, image=builds.named(builds.partly(place.variables, word)))
        yield from place.fact("built", TOOL, place.variables.fill(word), at, builds=(named,))


def build_of(service: Mapping, place: Text) -> Build:
    """Of what a service is built, and which variables it gets."""
    build = service.get("build")
    context = build.text() or build.text("context") or "."
    image, context, dockerfile = (
        builds.partly(place.variables, text)
        for text in (service.text("image"), context, builds.below(context, build.text("dockerfile")))
    )
    given = service.get("environment")
    names = [*given.entries, *(word.text().partition("=")[0] for word in service.items("environment"))]
    return Build(builds.named(image), context, dockerfile, gives=tuple(name for name in names if name))
