"""Files of tools that build or deploy: Tiltfiles, Earthfiles, bake files, helmfiles, and Jib in Gradle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

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
BAKE_TARGET = re.compile(r"(?m)^target[ \t]+\"([^\"\n]+)\"")
BAKE_PATH = r"(?m)(?:^[ \t]*{0}[ \t]*=|\"{0}\"[ \t]*:)[ \t]*\"([^\"\n]+)\""
BAKE_INHERITS = re.compile(r"(?:^|[\s\"])inherits\"?[ \t]*[=:][ \t]*\[([^\]\n]{0,500})\]")
MOST_INHERITED = 20
"""The most targets of a bake file that one target inherits from."""

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
                name, build = place.variables.fill(image[1]), bake_build(text, image[1], place)
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


def bake_build(text: str, image: str, place: Text) -> Build:
    """Of what the target of a bake file is built in which a tag is."""
    blocks = targets_in(text)
    own = [name for name, block in blocks.items() if f'"{image}"' in block][:1]
    folder, path = (
        builds.partly(place.variables, next(values_in(blocks, own, key), default))
        for key, default in (("context", "."), ("dockerfile", ""))
    )
    return Build(builds.named(builds.partly(place.variables, image)), folder, builds.below(folder, path))


@lru_cache(maxsize=1)
def targets_in(text: str) -> dict[str, str]:
    """The targets of a bake file by their names."""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)["target"]
            return {name: json.dumps(target) for name, target in found.items()}
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            return {}
    begins = list(BAKE_TARGET.finditer(text))
    ends = [*(begin.start() for begin in begins[1:]), len(text)]
    return {begin[1]: text[begin.end() : end] for begin, end in zip(begins, ends, strict=True)}


def values_in(blocks: Mapping[str, str], names: Sequence[str], key: str) -> Iterator[str]:
    """The values of a key in targets and in those that they inherit from, of which the last counts first.

    https://docs.docker.com/build/bake/reference/#targetinherits
    """
    left, seen = list(names), set[str]()
    while left and len(seen) < MOST_INHERITED:
        name = left.pop(0)
        block = blocks.get(name, "") if name not in seen else ""
        seen.add(name)
        yield from re.findall(BAKE_PATH.format(key), block)[:1]
        found = BAKE_INHERITS.search(block)
        left = [*(STRING.findall(found[1])[::-1] if found else ()), *left]


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
            yield from place.fact("pushed", "jib", image, found.start(), builds=builds.of_jib(image, text))
