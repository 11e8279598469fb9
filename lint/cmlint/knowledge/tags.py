"""What the words in image tags say: which tags move, which name one build."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from cmlint.kube.images import Image

Movement = Literal["pinned", "floats", "moves"]
"""Whether a reference names one build for good, follows a version, or simply moves."""

ARCHITECTURE = (
    r"(?:^|(?<=[-_.]))"
    r"(?:x86[-_]64|x86|x64|i?386|amd64|aarch64|armhf|arm(?:32|64)?(?:v\d)?|ppc64le|s390x|riscv64)(?=[-_.]|\Z)"
)
FULL_VERSION = r"\d+[-_.]\d+[-_.]\d+"
BUILD = r"(?:v|b|r|build)?\d{3,}\Z"
HASH = r"g?(?:[0-9a-f]{7,40}|[0-9a-f]{64})\Z"
VERSION = r"\d|.*\d\Z"


def movement(image: Image, mutable: tuple[str, ...] = (), pinned: tuple[str, ...] = ()) -> Movement:
    """Whether a reference moves; patterns that the configuration calls mutable or pinned come first."""
    if image.digest:
        return "pinned"
    tag = image.tag or "latest"
    if any(matches(pattern, image, tag) for pattern in mutable):
        return "moves"
    if any(matches(pattern, image, tag) for pattern in pinned):
        return "pinned"
    return movement_of_tag(tag)


def matches(pattern: str, image: Image, tag: str) -> bool:
    """Whether a pattern fits a tag, or `repository:tag` where it has a `:` or `/`."""
    if ":" not in pattern and "/" not in pattern:
        return fnmatchcase(tag, pattern)
    return any(fnmatchcase(f"{name}:{tag}", pattern) for name in (image.repository, image.short))


@lru_cache(maxsize=1024)
def movement_of_tag(tag: str) -> Movement:
    """Whether a tag moves.

    It is pinned by a full version (three numeric parts), a build number or a date (three digits or more alone, six or
    more inside a part) or a commit hash (7 to 40 hexadecimal digits as a whole part); it floats with less of a version
    than that, and moves without any, as `latest` and as a snapshot. The name of an architecture is no version.
    """
    lowered = tag.lower()
    if lowered.endswith(("latest", "snapshot")):
        return "moves"
    bare = re.sub(ARCHITECTURE, "", lowered)
    parts = re.split("[-_.]", bare)
    if re.search(FULL_VERSION, bare) or re.search(r"\d{6}", bare):
        return "pinned"
    if any(re.match(BUILD, part) or re.match(HASH, part) for part in parts):
        return "pinned"
    if "latest" in parts or not any(re.match(VERSION, part) for part in parts):
        return "moves"
    return "floats"
