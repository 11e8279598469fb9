"""Files of tools that build or deploy: Tiltfiles, Earthfiles, bake files, helmfiles, and Jib in Gradle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text, combinations
from cmlint.model.facts import Build, ImageFact

TILT = re.compile(
    r"(?m)^[^#\n]*\b(?:docker|custom|podman|nerdctl|ko|earthly)_build(?:_with_restart|_sub)?\("
    r"(?:[^()]{0,300}?\bref[ \t]*=)?[ \t\n]*"
    r"[\"']([^\"'\n]+)[\"']"
)
"""https://docs.tilt.dev/api.html, and extensions in https://github.com/tilt-dev/tilt-extensions"""

TILT_CONTEXT = re.compile(r"[ \t\n]*,[ \t\n]*(?:context[ \t]*=[ \t]*)?[\"']([^\"'\n]+)[\"']")
TILT_DOCKERFILE = re.compile(r"\bdockerfile[ \t]*=[ \t]*[\"']([^\"'\n]+)[\"']")
BAKE_CONTEXT = re.compile(r"(?m)^[ \t]*context[ \t]*=[ \t]*\"([^\"\n]+)\"")
BAKE_DOCKERFILE = re.compile(r"(?m)^[ \t]*dockerfile[ \t]*=[ \t]*\"([^\"\n]+)\"")

EARTH = re.compile(r"(?m)^[ \t]*SAVE IMAGE[ \t]+((?:--[\w-]+(?:=\S+)?[ \t]+|\\\n[ \t]*)*)((?:[^\n#\\]|\\\n)+)")
"""https://docs.earthly.dev/docs/earthfile#save-image"""

BAKE = re.compile(r"(?m)^[ \t]*tags[ \t]*=[ \t]*\[([^\]]{0,2000})\]|\"tags\"[ \t]*:[ \t]*\[([^\]]{0,2000})\]")
REGISTRY = re.compile(r"(?m)(?:^[ \t]*output[ \t]*=|\"output\"[ \t]*:)[ \t]*\[[^\]]{0,2000}?type=registry")
TARGET = re.compile(r"(?m)^target[ \t]+\"|\"target\"[ \t]*:[ \t]*\{")
"""https://docs.docker.com/build/bake/reference/#targettags"""

RELEASE = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?chart:[ \t]*[\"']?([\w./-]+)")
VALUES = re.compile(r"(?m)^[ \t]+(?:values|set):")
"""https://helmfile.readthedocs.io/en/latest/#configuration"""

GRADLE = re.compile(r"\bto\s*\{([^{}]*)\}|\bto\.(image[^\n]*)")
GRADLE_IMAGE = re.compile(r"\bimage\s*(?:=|\.set\()?\s*[\"']([^\"'\n]+)[\"']")
GRADLE_TAGS = re.compile(r"\btags\s*(?:=|\.set\()?\s*(?:\[|setOf\(|listOf\()([^\])]*)")
STRING = re.compile(r"[\"']([^\"'\n]+)[\"']")
"""https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage"""


def read(text: str) -> Iterator[ImageFact]:
    """What these files build, push or put in place of a name."""
    place = Text(text)
    for found in TILT.finditer(text) if "_build" in text else ():
        name = found[1].rpartition(":")[0] or found[1]
        yield place.of("replaced", "Tilt", name, "*", found.start(1), builds=tilt_build(text, found, place))
    yield from earthly(text, place) if "SAVE IMAGE" in text else ()
    if TARGET.search(text):
        pushes = REGISTRY.search(text) is not None
        for found in BAKE.finditer(text):
            for image in STRING.finditer(text, *found.span(1 if found[1] is not None else 2)):
                name, build = place.variables.fill(image[1]), bake_build(text, found.start(), image[1], place)
                yield from place.fact("pushed" if pushes else "built", "bake", name, image.start(), builds=(build,))
    if "\nreleases:" in text or text.startswith("releases:"):
        yield from helmfile(text, place)
    if "jib" in text:
        yield from gradle(text, place)


def tilt_build(text: str, found: re.Match[str], place: Text) -> tuple[Build, ...]:
    """Of what `docker_build(ref, context, dockerfile=...)` builds; nothing where the context is not a string."""
    behind = TILT_CONTEXT.match(text, found.end())
    if "docker_build" not in found[0] or behind is None:
        return ()
    dockerfile = TILT_DOCKERFILE.search(text, behind.end(), behind.end() + 300)
    path = dockerfile[1] if dockerfile and ")" not in text[behind.end() : dockerfile.start()] else ""
    return (Build(builds.named(builds.partly(place.variables, found[1])), behind[1], path),)


def bake_build(text: str, at: int, image: str, place: Text) -> Build:
    """Of what the target of a bake file is built in which a tag is."""
    start, end = text.rfind("\ntarget", 0, at), text.find("\ntarget", at)
    block = text[max(start, 0) : end if end >= 0 else None]
    context, dockerfile = BAKE_CONTEXT.search(block), BAKE_DOCKERFILE.search(block)
    folder = builds.partly(place.variables, context[1]) if context else "."
    path = builds.partly(place.variables, dockerfile[1]) if dockerfile else ""
    return Build(builds.named(builds.partly(place.variables, image)), folder, builds.below(folder, path))


def earthly(text: str, place: Text) -> Iterator[ImageFact]:
    """What an Earthfile saves, and pushes if earthly is called with `--push`."""
    for found in EARTH.finditer(text):
        for image in found[2].replace("\\\n", " ").split():
            pushes = "--push" in found[1]
            yield from place.fact(
                "pushed" if pushes else "built", "Earthly", place.variables.fill(image), found.start()
            )
            if pushes and "$" in image:
                opened = place.fact("pushed", "Earthly", place.variables.left_open(image), found.start())
                yield from map(place.opened, opened)


def helmfile(text: str, place: Text) -> Iterator[ImageFact]:
    """The charts that helmfile gives other values: which ones, other files say."""
    charts = list(RELEASE.finditer(text))
    ends = [*(found.start() for found in charts[1:]), len(text)]
    for found, end in zip(charts, ends, strict=False):
        if VALUES.search(text, found.end(), end):
            yield place.of("replaced", "helmfile", "", "*", found.start(1), was="*", files=(found[1],))


def gradle(text: str, place: Text) -> Iterator[ImageFact]:
    """`jib { to { image = ... } }`."""
    for found in GRADLE.finditer(text):
        block = found[1] or found[2]
        names = [place.variables.fill(image[1]) for image in GRADLE_IMAGE.finditer(block)]
        lists = (tags[1] for tags in GRADLE_TAGS.finditer(block))
        tags = [place.variables.fill(tag[1]) for listed in lists for tag in STRING.finditer(listed)]
        for image in (*names, *map(":".join, combinations(names, tags))):
            yield from place.fact("pushed", "jib", image, found.start())
