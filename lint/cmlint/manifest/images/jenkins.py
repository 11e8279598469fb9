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
    images = {split(string(found["image"], place)) for found in MADE.finditer(text)}
    hosts = {place.variables.fill(found[1]) for found in REGISTRY.finditer(text)} - {""}
    for found in PUSH.finditer(text):
        for name, own in sorted((name, own) for name, own in images if name):
            tag = string(found["tag"], place) if found["tag"] else own
            yield place.of("pushed", "docker.image.push", name, tag, found.start())
            for host in sorted(hosts):
                yield place.of("pushed", "docker.image.push", f"{host}/{name}", tag, found.start())


def string(written: str, place: Text) -> str:
    """What a string, a variable, or several of them joined with `+` are."""
    parts = [part.strip() for part in written.split("+")]
    filled = [part.strip("\"'") if part[:1] in "\"'" else f"${{{part.removeprefix('env.')}}}" for part in parts]
    return place.variables.fill(re.sub(r"\$\{(?:env|params)\.", "${", "".join(filled)))
