"""pom.xml: the images of Jib, of the plugins of fabric8 and JKube, of Spotify and of Spring Boot.

Jib pushes what it builds. The others push with a goal of its own, in `mvn docker:push` or in the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from cmlint.manifest.images import builds
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.variables import UNKNOWN
from cmlint.model.facts import Deed, ImageFact

JIB = r"(?s)<to>\s*(?:<auth>(?:(?!<to>).)*?</auth>\s*)?<image>\s*([^<\s]+)\s*</image>((?:(?!</to>).)*)"
"""https://github.com/GoogleContainerTools/jib/tree/master/jib-maven-plugin#extended-usage"""

IMAGE = r"(?s)<image>\s*(?:<alias>[^<]*</alias>\s*)?<name>\s*([^<\s]+)\s*</name>((?:(?!</image>).)*)"
"""https://dmp.fabric8.io/#image-configuration and https://docs.spring.io/spring-boot/maven-plugin/build-image.html"""

REPOSITORY = r"<repository>\s*([^<\s]+)\s*</repository>\s*(?:<tag>\s*([^<\s]+)\s*</tag>)?"
"""https://github.com/spotify/dockerfile-maven#usage"""

BY_PROPERTY = r"<(jib\.to\.image|jkube\.image\.name|docker\.image)>\s*([^<\s]+)\s*<"
"""https://eclipse.dev/jkube/docs/kubernetes-maven-plugin/#image-configuration"""

TAG = r"<tag>\s*([^<\s]+)\s*</tag>"
REGISTRY = r"<(?:registry|docker\.registry|jkube\.docker\.registry)>\s*([^<\s]+)\s*<"
PUSHES = r"<goal>\s*push\s*</goal>"
PUBLISHES = r"<publish>\s*true\s*<"
USED = r"\$\{([\w.-]+)\}"
PROPERTY = r"<([\w.-]+)>([^<]*)(?=<)"
PARENT = r"(?s)<parent>.*?</parent>"
INNER = r"<(?:dependenc|build|plugin|propert|profiles|modules|repositor)"
PERCENT = r"%[a-z]"
"""The parts of a name in the plugins of fabric8: https://dmp.fabric8.io/#image-name"""

PLUGINS = ("docker-maven-plugin", "kubernetes-maven-plugin", "openshift-maven-plugin")
TOOL = "Maven"
DEEPEST = 5


def read(place: Text) -> Iterator[ImageFact]:
    """The images of a pom.xml."""
    text, project = place.text, Project(place)
    yield from project.by_jib()
    yield from project.by_property()
    if "<publish>" in text or any(plugin in text for plugin in PLUGINS):
        yield from project.named()
    if "dockerfile-maven-plugin" in text:
        yield from project.by_spotify()


class Project:
    """A pom.xml: its properties, and the images in it."""

    def __init__(self, place: Text) -> None:
        self.text, self.place = place.text, place
        self.deed: Deed = "pushed" if re.search(PUSHES, place.text) else "built"

    @cached_property
    def head(self) -> str:
        """What the project says of itself, before all that it consists of."""
        inner = re.search(INNER, self.text)
        return self.text[: inner.start()] if inner else self.text

    @cached_property
    def properties(self) -> dict[str, str]:
        """What is written in elements, of several of one name the first; `project.version` and the like are its own."""
        found, inherited, own = map(elements, (self.text, self.head, re.sub(PARENT, "", self.head)))
        for name in ("groupId", "artifactId", "version", "name"):
            found[f"project.{name}"] = own.get(name, "" if name == "artifactId" else inherited.get(name, ""))
        return found

    def fill(self, text: str, depth: int = 0) -> str:
        """A text with the properties that the file sets itself; `*` for all others."""

        def value(found: re.Match[str]) -> str:
            written = self.properties.get(found[1], "")
            return self.fill(written, depth + 1) if written and depth < DEEPEST and len(written) < 200 else UNKNOWN

        return re.sub(USED, value, text)

    def name(self, text: str) -> str:
        """The name of an image of the plugins of fabric8, with its registry."""
        version = self.fill("${project.version}")
        parts = {
            "%a": self.fill("${project.artifactId}"),
            "%g": self.fill("${project.groupId}").rpartition(".")[2],
            "%v": version,
            "%l": "latest" if version.endswith("-SNAPSHOT") else version,
        }
        name = re.sub(PERCENT, lambda found: parts.get(found[0], UNKNOWN), self.fill(text))
        registry = re.search(REGISTRY, self.text)
        hosted = "." in name.partition("/")[0] or not registry
        return name if hosted or registry is None else f"{self.fill(registry[1])}/{name}"

    def by_jib(self) -> Iterator[ImageFact]:
        """`<to><image>` of Jib."""
        for found in re.finditer(JIB, self.text) if "<to>" in self.text else ():
            name = self.fill(found[1])
            of = builds.of_jib(name, self.text)
            yield from self.place.fact("pushed", "jib", name, found.start(1), builds=of)
            for tag in re.finditer(TAG, found[2]):
                image = tagged(name, self.fill(tag[1]))
                yield from self.place.fact("pushed", "jib", image, found.start(1), builds=of)

    def by_property(self) -> Iterator[ImageFact]:
        """The properties that name an image for a plugin."""
        for found in re.finditer(BY_PROPERTY, self.text):
            if found[1] == "jib.to.image":
                name = self.fill(found[2])
                of = builds.of_jib(name, self.text)
                yield from self.place.fact("pushed", "jib", name, found.start(2), builds=of)
            else:
                yield from self.place.fact(self.deed, TOOL, self.name(found[2]), found.start(2))

    def named(self) -> Iterator[ImageFact]:
        """`<image><name>`, and the tags of its build."""
        for found in re.finditer(IMAGE, self.text):
            deed: Deed = "pushed" if re.search(PUBLISHES, found[2]) else self.deed
            name = self.name(found[1])
            yield from self.place.fact(deed, TOOL, name, found.start(1))
            for tag in re.finditer(TAG, found[2]):
                yield from self.place.fact(deed, TOOL, tagged(name, self.fill(tag[1])), found.start(1))

    def by_spotify(self) -> Iterator[ImageFact]:
        """`<repository>` with `<tag>`, without which it is `latest`."""
        for found in re.finditer(REPOSITORY, self.text):
            image = tagged(self.fill(found[1]), self.fill(found[2] or "latest"))
            yield from self.place.fact(self.deed, TOOL, image, found.start(1))


def elements(text: str) -> dict[str, str]:
    """What is written in the elements of a text, of several of one name the first."""
    return {name: written.strip() for name, written in reversed(re.findall(PROPERTY, text))}


def tagged(image: str, tag: str) -> str:
    """An image with another tag."""
    head, colon, old = image.rpartition(":")
    return f"{head if colon and '/' not in old else image}:{tag}"
