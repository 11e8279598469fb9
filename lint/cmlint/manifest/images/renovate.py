"""Configuration of Renovate that puts a digest in place of each tag in manifests.

`pinDigests`, or a preset with it, pins images: https://docs.renovatebot.com/docker/#digest-pinning. Manifests are
those for which a pattern of the manager `kubernetes` fits: https://docs.renovatebot.com/modules/manager/kubernetes/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmlint.manifest.images.commands import glob_of
from cmlint.manifest.images.facts import Text
from cmlint.manifest.images.trees import documents
from cmlint.model.facts import ImageFact

PRESETS = ("docker:pinDigests", "config:best-practices")
PINS = re.compile(r"[\"']?pinDigests[\"']?[ \t]*:[ \t]*true|" + "|".join(map(re.escape, PRESETS)))


def read(place: Text) -> Iterator[ImageFact]:
    """The files in which Renovate pins images, as patterns of their paths."""
    if not PINS.search(place.text):
        return
    for document in documents(place.text):
        manager = document.get("kubernetes")
        for pattern in (*manager.items("managerFilePatterns"), *manager.items("fileMatch")):
            written = pattern.text()
            files = glob_of(written.removeprefix("/").removesuffix("/"))
            if files is not None:
                begin, end = "*" * ("^" not in written), "*" * ("$" not in written)
                yield place.of("replaced", "Renovate", "", "*", pattern.at(), was=f"{begin}{files}{end}")
