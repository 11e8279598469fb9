"""Jenkinsfiles: `docker.build('name').push('tag')` of the plugin Docker Pipeline, and commands joined of strings.

https://www.jenkins.io/doc/book/pipeline/docker/#building-containers and
https://groovy-lang.org/syntax.html#_string_concatenation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import structs

from cmlint.manifest.images import builds
from cmlint.manifest.images.builds import following
from cmlint.manifest.images.cutting import COMMENT, PRINTS, REACH, inside
from cmlint.manifest.images.facts import Text, split
from cmlint.model.facts import Build, ImageFact

MADE = (
    r"docker\.(?P<verb>build|image)[ \t]*\(?\s*"
    r"(?P<image>\"[^\"\n]*\"|'[^'\n]*'|[\w.]+(?:[ \t]*\+[ \t]*[\w.\"':/-]+)*)"
    r"(?:[ \t]*,\s*(?P<arguments>\"[^\"\n]*\"|'[^'\n]*'))?"
)
PUSH = r"\.push[ \t]*\(\s*(?P<tag>\"[^\"\n]*\"|'[^'\n]*'|[\w.]*)\s*\)"
JOINED = (
    r"push(?:(?<=docker push)|(?<=podman push))[ \t]+([^\"'\n;&|]*)[\"']"
    r"((?:\s*\+\s*(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.]+))+)(?![ \t]*[+(\[?]|[\w.])"
)
REGISTRY = r"withRegistry[ \t]*\(?[ \t]*[\"'](?:https?://)?([^\"'/\n]*)"


def read(place: Text) -> Iterator[ImageFact]:
    """What a pipeline pushes: each image that it makes, with each tag under which it pushes one."""
    text = place.text
    yield from joined(place)
    made: dict[tuple[str, str], dict[Build, None]] = {}
    for found in re.finditer(MADE, text):
        for image in place.variables.in_loops(string(found["image"], str), found.start()):
            name, own = split(image)
            if name:
                made.setdefault((name, own), {}).update(dict.fromkeys(builds_of(found, place)))
    images = sorted(made)
    hosts = sorted({place.variables.fill(found[1]) for found in re.finditer(REGISTRY, text)} - {""})
    for found in re.finditer(PUSH, text) if images else ():
        given = string(found["tag"], place.variables.fill) if found["tag"] else None
        for name, own in images:
            for full in (name, *(f"{host}/{name}" for host in hosts)):
                tag, of = own if given is None else given, registered(made[name, own], full.removesuffix(name))
                yield place.of("pushed", "docker.image.push", full, tag, found.start(), builds=of)


def joined(place: Text) -> Iterator[ImageFact]:
    """What `sh "docker push " + image + ":dev"` pushes."""
    for found in re.finditer(JOINED, place.text) if "+" in place.text else ():
        before = place.text[place.text.rfind("\n", 0, found.start()) + 1 : found.start()][-REACH:]
        if not (COMMENT.match(before) or PRINTS.search(before)):
            written = string(f'"{found[1]}"{found[2]}', str)
            for image in place.variables.in_loops(written, found.start()):
                yield from place.fact("pushed", "docker push", (image.split() or [""])[0], found.start())


def builds_of(found: re.Match[str], place: Text) -> Iterator[Build]:
    """Of what `docker.build(name, arguments)` builds: the last argument of `docker build` is the context."""
    if found["verb"] != "build":
        return
    fill = partial(builds.partly, place.variables)
    words = fill((found["arguments"] or "").strip("\"'")).split()
    folder, dockerfiles = inside(place.text, found.start()), following(words, "-f") + following(words, "--file")
    context, dockerfile = words[-1] if words else ".", dockerfiles[0] if dockerfiles else ""
    image = builds.named(string(found["image"], fill))
    yield Build(image, builds.below(folder, context), builds.below(folder, dockerfile))


def registered(found: Iterable[Build], host: str) -> tuple[Build, ...]:
    """Builds of images with their registry before their names."""
    return tuple(structs.replace(build, image=host + build.image) for build in found)


def string(written: str, fill: Callable[[str], str]) -> str:
    """What a string, a variable, or several of them joined with `+` are."""
    parts = [part.strip() for part in written.split("+")]
    filled = [part.strip("\"'") if part[:1] in "\"'" else f"${{{part.removeprefix('env.')}}}" for part in parts]
    return fill(re.sub(r"\$\{(?:env|params)\.", "${", "".join(filled)))
