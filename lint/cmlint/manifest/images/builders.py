"""Files of tools that build or deploy: Tiltfiles, Earthfiles, bake files, helmfiles, and plugins of Gradle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from cmlint.manifest.images import builds, has_any
from cmlint.manifest.images.facts import MOST_COMBINED, Text, combinations, passed_on
from cmlint.manifest.images.kinds import BUILDERS
from cmlint.model.facts import Build, ImageFact

TILT = (
    r"(?m)^[^#\n]*\b(?:docker|custom|podman|nerdctl|ko|earthly)_build(?:_with_restart|_sub)?\("
    r"(?:[^()]{0,300}?\bref[ \t]*=)?[ \t\n]*"
    r"[\"']([^\"'\n]+)[\"']"
)
"""https://docs.tilt.dev/api.html, and extensions in https://github.com/tilt-dev/tilt-extensions"""

TILT_CONTEXT = r"[ \t\n]*,[ \t\n]*(?:context[ \t]*=[ \t]*)?[\"']([^\"'\n]+)[\"']"
TILT_DOCKERFILE = r"\bdockerfile[ \t]*=[ \t]*[\"']([^\"'\n]+)[\"']"
BAKE_TARGET = r"(?m)^target[ \t]+\"([^\"\n]+)\""
BAKE_PATH = r"(?m)(?:^[ \t]*{0}[ \t]*=|\"{0}\"[ \t]*:)[ \t]*\"([^\"\n]+)\""
NEAR = 400
"""The number of characters behind the beginning of an image in which its name is."""

BAKE_MATRIX = r"\bmatrix[ \t]*=[ \t]*\{([^{}]{0,2000})\}"
BAKE_AXIS = r"(\w+)[ \t]*[=:][ \t]*\[([^\]]{0,1000})\]"
"""https://docs.docker.com/build/bake/matrices/"""

BAKE_INHERITS = r"(?:^|[\s\"])inherits\"?[ \t]*[=:][ \t]*\[([^\]\n]{0,500})\]"
MOST_INHERITED = 20
"""The most targets of a bake file that one target inherits from."""

EARTH = r"(?m)^[ \t]*SAVE IMAGE[ \t]+((?:--[\w-]+(?:=\S+)?[ \t]+|\\\n[ \t]*)*)((?:[^\n#\\]|\\\n)+)"
"""https://docs.earthly.dev/docs/earthfile#save-image"""

EARTH_CALL = r"(?m)^[ \t]*BUILD[ \t]+(?:--[\w-]+[ \t]+)*\+([\w.-]+)((?:[ \t]+--\w+=[\w./:-]+)+)"
"""https://docs.earthly.dev/docs/earthfile#build"""

BAKE = r"(?m)^[ \t]*tags[ \t]*=[ \t]*\[([^\]]{0,2000})\]|\"tags\"[ \t]*:[ \t]*\[([^\]]{0,2000})\]"
BAKE_CALLED = r"(?m)^[ \t]*tags[ \t]*=[ \t]*([^\[\n]*\)|\[[^\]\n]*\w\([^\n]*\])[ \t]*$"
BAKE_CALL = r"(?<![\w.])(\w+)\(([^()]*)\)"
BAKE_FUNCTION = (
    r"(?m)^function[ \t]+\"(\w+)\"[ \t]*\{\s*params[ \t]*=[ \t]*\[([^\]\n]*)\]\s*"
    r"result[ \t]*=[ \t]*((?:\[[^\]]*\]|\"[^\"\n]*\")(?:\s*:\s*(?:\[[^\]]*\]|\"[^\"\n]*\"))?)\s*\}"
)
"""A function, whose conditions are left out: https://docs.docker.com/build/bake/funcs/"""

BAKE_CONDITION = r"(?:\w+\([^()?]*\)|[\w.]+[ \t]*[!=]=[ \t]*\"[^\"\n]*\"|\"[^\"\n]*\"[ \t]*[!=]=[ \t]*[\w.]+)[ \t]*\?"
"""What decides which of two strings it is: `notequal("", TAG) ?`. Each of them may be pushed."""

BAKE_STRING = r"\"([^\"\n]*)\""

REGISTRY = r"(?m)(?:^[ \t]*output[ \t]*=|\"output\"[ \t]*:)[ \t]*\[[^\]]{0,2000}?type=registry"
TARGET = r"(?m)^target[ \t]+\"|\"target\"[ \t]*:[ \t]*\{"
"""https://docs.docker.com/build/bake/reference/#targettags"""

RELEASE = r"(?m)^[ \t]*(?:-[ \t]+)?chart:[ \t]*[\"']?([\w./-]+)"
VALUES = r"(?m)^[ \t]+(?:values|set):"
"""https://helmfile.readthedocs.io/en/latest/#configuration"""

INNER = r"((?:[^{}]|\{[^{}]{0,2000}\})*)"
"""What is in a block, with blocks in it and with `${variables}`."""

GRADLE = rf"to(?<!\wto)(?:\s*\{{{INNER}\}}|\.(image[^\n]*))"
GRADLE_IMAGE = r"\bimage\s*(?:=|\.set\()?\s*[\"']([^\"'\n]+)[\"']"
GRADLE_TAGS = r"\btags\s*(?:=|\.set\()?\s*(?:\[|setOf\(|listOf\()([^\])]*)"
GRADLE_NAME = r"\b(?:name|imageName)\s*(?:=|\.set\()\s*[\"']([^\"'\n]+)[\"']"
JKUBE = r"\bimage\s*\{"
"""https://eclipse.dev/jkube/docs/kubernetes-gradle-plugin/#image-configuration"""

BOOT = rf"\bbootBuildImage\b[\"')]*\s*\{{{INNER}\}}"
PUBLISHES = r"\bpublish\s*(?:=|\.set\()\s*true\b"
"""https://docs.spring.io/spring-boot/gradle-plugin/packaging-oci-image.html#build-image.examples.publish"""

STRING = r"[\"']([^\"'\n]+)[\"']"
"""https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage"""


def read(place: Text) -> Iterator[ImageFact]:
    """What these files build, push or put in place of a name."""
    text = place.text
    for found in re.finditer(TILT, text) if has_any(text, BUILDERS["build"]) else ():
        name = found[1].rpartition(":")[0] or found[1]
        yield place.of("replaced", "Tilt", name, "*", found.start(1), builds=tilt_build(text, found, place))
    yield from earthly(text, place) if "SAVE IMAGE" in text else ()
    if has_any(text, BUILDERS["target"]) and re.search(TARGET, text):
        pushes = re.search(REGISTRY, text) is not None
        text = re.sub(BAKE_CONDITION, lambda found: " " * len(found[0]), text) if "?" in text else text
        for found in re.finditer(BAKE, text):
            begin, end = found.span(1 if found[1] is not None else 2)
            for image in re.compile(BAKE_STRING).finditer(text, begin, end):
                if text.count("(", begin, image.start()) > text.count(")", begin, image.start()):
                    continue
                build = bake_build(text, image[1], place)
                for one in by_matrix(text, image[1]):
                    name = place.variables.fill(one)
                    yield from place.fact("pushed" if pushes else "built", "bake", name, image.start(), builds=(build,))
        yield from by_functions(text, pushes, place) if "\nfunction " in text or text.startswith("function ") else ()
    if "\nreleases:" in text or text.startswith("releases:"):
        yield from helmfile(text, place)
    yield from gradle(text, place)


def tilt_build(text: str, found: re.Match[str], place: Text) -> tuple[Build, ...]:
    """Of what `docker_build(ref, context, dockerfile=...)` builds; nothing where the context is not a string."""
    behind = re.compile(TILT_CONTEXT).match(text, found.end())
    if "docker_build" not in found[0] or behind is None:
        return ()
    dockerfile = re.compile(TILT_DOCKERFILE).search(text, behind.end(), behind.end() + 300)
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


def by_matrix(text: str, image: str) -> list[str]:
    """A tag of a bake file, once for each value that the matrix of its target gives to a variable in it."""
    block = next((block for block in targets_in(text).values() if f'"{image}"' in block), "")
    found = re.search(BAKE_MATRIX, block)
    images = [image]
    for axis in re.finditer(BAKE_AXIS, found[1]) if found else ():
        values = re.findall(STRING, axis[2])
        if f"${{{axis[1]}}}" in image and values:
            several = (one.replace(f"${{{axis[1]}}}", value) for one in images for value in values)
            images = list(islice(several, MOST_COMBINED))
    return images


def by_functions(text: str, pushes: bool, place: Text) -> Iterator[ImageFact]:
    """The tags that functions of a bake file make of strings."""
    functions = {found[1]: found for found in re.finditer(BAKE_FUNCTION, text)}
    for tags in re.finditer(BAKE_CALLED, text):
        for call in re.compile(BAKE_CALL).finditer(text, *tags.span(1)):
            for image in made_by(functions.get(call[1]), parts_of(call[2])):
                yield from place.fact(
                    "pushed" if pushes else "built", "bake", place.variables.fill(image), call.start()
                )


def made_by(function: re.Match[str] | None, given: list[str]) -> Iterator[str]:
    """The strings of a function's result with what is given to it."""
    names = parts_of(function[2]) if function else []
    if function and len(names) == len(given):
        for image in re.findall(BAKE_STRING, function[3]):
            for name, value in zip(names, given, strict=True):
                image = image.replace(f"${{{name}}}", value.strip('"') if value[0] == '"' else f"${{{value}}}")  # noqa: PLW2901
            yield image


def parts_of(listed: str) -> list[str]:
    """What is between the commas of a list."""
    return [part.strip() for part in listed.split(",") if part.strip()]


@lru_cache(maxsize=1)
def targets_in(text: str) -> dict[str, str]:
    """The targets of a bake file by their names."""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)["target"]
            return {name: json.dumps(target) for name, target in found.items()}
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            return {}
    begins = list(re.finditer(BAKE_TARGET, text))
    ends = [*(begin.start() for begin in begins[1:]), len(text)]
    return {begin[1]: text[begin.end() : end] for begin, end in zip(begins, ends, strict=False)}


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
        found = re.search(BAKE_INHERITS, block)
        left = [*(re.findall(STRING, found[1])[::-1] if found else ()), *left]


def earthly(text: str, place: Text) -> Iterator[ImageFact]:
    """What an Earthfile saves, and pushes if earthly is called with `--push`."""
    for found in re.finditer(EARTH, text):
        for image in found[2].replace("\\\n", " ").split():
            pushes = "--push" in found[1]
            yield from place.fact(
                "pushed" if pushes else "built", "Earthly", place.variables.fill(image), found.start()
            )
            if pushes and "$" in image:
                opened = place.fact("pushed", "Earthly", place.variables.left_open(image), found.start())
                yield from map(place.opened, opened)

    for call in re.finditer(EARTH_CALL, text):
        given = tuple(passed_on(*word[2:].split("=", 1)) for word in call[2].split())
        yield place.of("calls", "earthly", "", "", call.start(1), was=call[1], files=("Earthfile",), given=given)


def helmfile(text: str, place: Text) -> Iterator[ImageFact]:
    """The charts that helmfile gives other values: which ones, other files say."""
    charts = list(re.finditer(RELEASE, text))
    ends = [*(found.start() for found in charts[1:]), len(text)]
    for found, end in zip(charts, ends, strict=False):
        if re.compile(VALUES).search(text, found.end(), end):
            yield place.of("replaced", "helmfile", "", "*", found.start(1), was="*", files=(found[1],))


def gradle(text: str, place: Text) -> Iterator[ImageFact]:
    """The images of Jib, of JKube, which a task of its own pushes, and of Spring Boot."""
    yield from by_jib(text, place) if "jib" in text else ()
    for begin in re.finditer(JKUBE, text) if "jkube" in text else ():
        if name := re.compile(GRADLE_NAME).search(text, begin.end(), begin.end() + NEAR):
            yield from place.fact("built", "Gradle", place.variables.fill(name[1]), name.start())
    for block in re.finditer(BOOT, text) if "bootBuildImage" in text else ():
        if (name := re.search(GRADLE_NAME, block[1])) and re.search(PUBLISHES, block[1]):
            image = place.variables.fill(name[1])
            yield from place.fact("pushed", "bootBuildImage", image, block.start(1) + name.start())


def by_jib(text: str, place: Text) -> Iterator[ImageFact]:
    """`jib { to { image = ... } }`."""
    for found in re.finditer(GRADLE, text):
        block = found[1] or found[2]
        written = [image[1] for image in re.finditer(GRADLE_IMAGE, block)]
        for image in (image for image in written if "$" in image):
            yield from map(place.opened, place.fact("pushed", "jib", place.variables.left_open(image), found.start()))
        names = [place.variables.fill(image) for image in written]
        lists = (tags[1] for tags in re.finditer(GRADLE_TAGS, block))
        tags = [place.variables.fill(tag[1]) for listed in lists for tag in re.finditer(STRING, listed)]
        for image in (*names, *map(":".join, combinations(names, tags))):
            yield from place.fact("pushed", "jib", image, found.start(), builds=builds.of_jib(image, text))
