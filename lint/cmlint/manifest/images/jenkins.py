"""Jenkinsfiles: `docker.build('name').push('tag')` of the plugin Docker Pipeline.

https://www.jenkins.io/doc/book/pipeline/docker/#building-containers
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.images.facts import Text, split
from cmlint.model.facts import ImageFact

MADE = re.compile(
    r"docker\.(?:build|image)[ \t]*\(?[ \t]*(?P<image>\"[^\"\n]*\"|'[^'\n]*'|[\w.]+(?:[ \t]*\+[ \t]*[\w.\"':/-]+)*)"
)
PUSH = re.compile(r"\.push[ \t]*\([ \t]*(?P<tag>\"[^\"\n]*\"|'[^'\n]*'|[\w.]*)[ \t]*\)")
REGISTRY = re.compile(r"withRegistry[ \t]*\(?[ \t]*[\"'](?:https?://)?([^\"'/\n]*)")


def read(text: str) -> Iterator[ImageFact]:
    """What a pipeline pushes: each image that it makes, with each tag under which it pushes one."""
    place = Text(text)
    made = {split(string(found["image"], place)) for found in MADE.finditer(text)}
    images = sorted((name, own) for name, own in made if name)
    hosts = sorted({place.variables.fill(found[1]) for found in REGISTRY.finditer(text)} - {""})
    for found in PUSH.finditer(text) if images else ():
        given = string(found["tag"], place) if found["tag"] else None
        for name, own in images:
            for full in (name, *(f"{host}/{name}" for host in hosts)):
                yield place.of("pushed", "docker.image.push", full, own if given is None else given, found.start())


def string(written: str, place: Text) -> str:
    """What a string, a variable, or several of them joined with `+` are."""
    parts = [part.strip() for part in written.split("+")]
    filled = [part.strip("\"'") if part[:1] in "\"'" else f"${{{part.removeprefix('env.')}}}" for part in parts]
    return place.variables.fill(re.sub(r"\$\{(?:env|params)\.", "${", "".join(filled)))
