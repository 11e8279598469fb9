"""Compose files: a service with `build` and `image` says how an image of this repository is called.

https://docs.docker.com/reference/compose-file/build/
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import Mapping, documents
from cmlint.model.facts import Build, ImageFact

TOOL = "compose"


def read(place: Text) -> Iterator[ImageFact]:
    """The images that services are built as."""
    for document in documents(place.text):
        services = document.get("services")
        for service_name, service in ((name, services.get(name)) for name in services.entries):
            if "build" in service.entries and service.text("image"):
                image = place.variables.fill(service.text("image"))
                build = build_of(service, place)
                yield from place.fact("built", TOOL, image, service.at("image"), builds=(build,))
                yield from tags(service, place, build)
            elif "build" in service.entries:
                yield from unnamed(service, service_name, place, document.text("name"))


def unnamed(service: Mapping, name: str, place: Text, project: str) -> Iterator[ImageFact]:
    """The image of a service that has no name for it: compose makes one of the project and the service.

    The project is the folder of the file where the file has no name for it; the old docker-compose joins them with `_`.
    """
    project = builds.partly(place.variables, project) or "{folder}"
    build = build_of(service, place)
    for image in (f"{project}-{name}", f"{project}_{name}"):
        own = structs.replace(build, image=image)
        yield place.of("built", TOOL, builds.unknown(image), "", service.at("build"), builds=(own,))
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
