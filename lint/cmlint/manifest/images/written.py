"""Kustomizations that a script or a pipeline writes in a here-document: `cat > kustomization.yaml <<EOF`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.variables import UNKNOWN
from cmlint.model.facts import ImageFact

HERE = r"(?m)<<(?<!<<<)-?[ \t]*[\"']?(\w+)[\"']?[^\n]*\n((?:(?![ \t]*\1[ \t]*\r?$)[^\n]*\n)*)"
"""A here-document: the word at its end, and its lines."""

IMAGES = r"(?m)^([ \t]*)images:[ \t]*\r?\n((?:\1[ \t]*(?:-[ \t]+)?(?:name|newName|newTag|digest):[^\n]*\n)+)"
ENTRY = r"(?m)^[ \t]*-[ \t]+"
FIELD = r"(?m)^[ \t]*(?:-[ \t]+)?(name|newName|newTag|digest):[ \t]*(.*?)[ \t]*\r?$"
"""https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/"""


def read(place: Text) -> Iterator[ImageFact]:
    """The images that the entries of `images` replace, each at the line of its name."""
    for document in re.finditer(HERE, place.text):
        for images in re.compile(IMAGES).finditer(place.text, *document.span(2)):
            starts = [found.start() for found in re.compile(ENTRY).finditer(place.text, *images.span(2))]
            for start, end in zip(starts, [*starts[1:], images.end()], strict=True):
                yield from entry(place, start, end)


def entry(place: Text, start: int, end: int) -> Iterator[ImageFact]:
    """What one entry puts in the place of an image, if it changes its tag."""
    fields = {
        found[1]: (place.variables.fill(found[2].strip("\"'")), found.start(1))
        for found in re.compile(FIELD).finditer(place.text, start, end)
    }
    if "name" in fields and ("newTag" in fields or "digest" in fields):
        (was, at), (name, _) = fields["name"], fields.get("newName", fields["name"])
        tag = UNKNOWN if "digest" in fields else fields["newTag"][0]
        yield from place.fact("replaced", "kustomize", f"{name}:{tag}", at, was=was)
