"""What the words in image tags say: which tags move, which follow a release line, which name one build."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from cmlint.kube.images import Image

Movement = Literal["pinned", "follows", "moves", "unknown"]
"""Whether a tag names one build, follows a version or a release line, moves by its name, or says none of these."""

ARCHITECTURE = (
    r"(?:^|(?<=[-_.]))"
    r"(?:x86[-_]64|x86|x64|i?386|amd64|aarch64|armhf|arm(?:32|64)?(?:v\d)?|ppc64le|s390x|riscv64)(?=[-_.]|\Z)"
)
FULL_VERSION = r"\d+[-_.]\d+[-_.]\d+"
BUILD = r"(?:v|b|r|build)?\d{3,}\Z"
HASH = r"g?(?:[0-9a-f]{7,40}|[0-9a-f]{64})\Z"
VERSION = r"\d|.*\d\Z"

_MOVING = """
    latest snapshot dev devel develop development main master trunk head nightly daily weekly edge canary unstable
    rolling rawhide tip next current staging stage stg preprod prod production qa uat test testing integration preview
    beta alpha ci experimental insiders
"""
MOVING = frozenset(_MOVING.split())
"""The words for what is built again under the same name: branches, environments, schedules."""

COUNTED = MOVING - frozenset(
    ["latest", "snapshot", "nightly", "daily", "weekly", "edge", "canary", "unstable", "rolling", "rawhide", "current"]
)
"""The words of branches and environments, behind which a number of two digits counts builds: `dev-28`."""

_LINES = """
    stable oldstable lts mainline alpine slim debian ubuntu fedora centos rocky ubi minimal distroless static scratch
    buster bullseye bookworm trixie forky sid stretch jessie wheezy xenial bionic focal jammy noble
    windowsservercore nanoserver ltsc2019 ltsc2022 ltsc2025
    management dind rootless fpm apache cli zts jre jdk jdk8 jdk11 jdk17 jdk21 nonroot cuda cudnn gpu cpu perl otel
    community enterprise oss full lite base runtime debug fat server client
"""
LINES = frozenset(_LINES.split())
"""The words for a release line, a distribution or a variant: their publishers build these again with each release."""


def movement(image: Image, mutable: tuple[str, ...] = (), pinned: tuple[str, ...] = ()) -> Movement:
    """What a reference says of itself; patterns that the configuration calls mutable or pinned come first."""
    return configured(image, mutable, pinned) or ("pinned" if image.digest else movement_of_tag(image.tag or "latest"))


def configured(image: Image, mutable: tuple[str, ...], pinned: tuple[str, ...]) -> Movement | None:
    """What the configuration says of a reference; a digest is always pinned."""
    tag = image.tag or "latest"
    if image.digest:
        return None
    if any(matches(pattern, image, tag) for pattern in mutable):
        return "moves"
    return "pinned" if any(matches(pattern, image, tag) for pattern in pinned) else None


def matches(pattern: str, image: Image, tag: str) -> bool:
    """Whether a pattern fits a tag, or `repository:tag` where it has a `:` or `/`."""
    if ":" not in pattern and "/" not in pattern:
        return fnmatchcase(tag, pattern)
    return any(fnmatchcase(f"{name}:{tag}", pattern) for name in (image.repository, image.short))


@lru_cache(maxsize=1024)
def movement_of_tag(tag: str) -> Movement:
    """What a tag says of itself, part by part and without regard to case.

    It is pinned by a full version (three numeric parts), a build number or a date (three digits or more alone, six or
    more inside a part) or a commit hash (7 to 40 hexadecimal digits as a complete part). Else it moves with one of the
    words for that, unless that is a branch with a number of two digits behind it, and as a snapshot; it follows a line
    with less of a version, or a word for a line.
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
    if not MOVING.isdisjoint(parts):
        return "unknown" if re.fullmatch(r"\d\d", parts[-1]) and parts[-2] in COUNTED else "moves"
    if not LINES.isdisjoint(parts) or any(re.match(VERSION, part) for part in parts):
        return "follows"
    return "unknown"


def has_version(tag: str) -> bool:
    """Whether a tag has a number of a version in it."""
    return any(re.match(VERSION, part) for part in re.split("[-_.]", re.sub(ARCHITECTURE, "", tag.lower())))
