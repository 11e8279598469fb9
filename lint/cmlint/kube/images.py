"""Image references, and the pull policy that follows from them.

The grammar is that of `github.com/distribution/reference` (ParseNormalizedNamed), which the kubelet uses by way of
`pkg/util/parsers/parsers.go`, ParseImageName; the defaults are those of `pkg/apis/core/v1/defaults.go`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

HOST = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
REGISTRY = rf"(?:{HOST}(?:\.{HOST})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
REFERENCE = rf"(?:({REGISTRY})/)?({PART}(?:/{PART})*)(?::({TAG}))?(?:@({DIGEST}))?\Z"
DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
LONGEST_NAME = 255

ODD = {
    "\u00a0": "a non-breaking space (U+00A0)",
    "\u2007": "a figure space (U+2007)",
    "\u202f": "a narrow non-breaking space (U+202F)",
    "\u200b": "a zero-width space (U+200B)",
    "\ufeff": "a byte order mark (U+FEFF)",
    "\u201c": "a curly quote (U+201C)",
    "\u201d": "a curly quote (U+201D)",
    "\u201e": "a curly quote (U+201E)",
    "\u2018": "a curly quote (U+2018)",
    "\u2019": "a curly quote (U+2019)",
}
"""Characters that come along when a text is copied from a web page or a document, and look like others."""


class Image(msgspec.Struct, frozen=True):
    """A valid reference: `repository` with its registry, `tag` and `digest` or None."""

    repository: str
    tag: str | None
    digest: str | None

    @property
    def registry(self) -> str:
        """The registry's host, with its port; `docker.io` where none is written."""
        return self.repository.partition("/")[0]

    @property
    def short(self) -> str:
        """The repository without what Docker's short names leave out."""
        return self.repository.removeprefix("docker.io/").removeprefix("library/")


class BadImageError(ValueError):
    """Not a valid reference; the message says why, in words that follow "because"."""


@lru_cache(maxsize=1024)
def parse_image(text: str) -> Image:
    """Reads a reference as the kubelet does; raises BadImageError."""
    if re.fullmatch("[a-f0-9]{64}", text):
        raise BadImageError("64 hexadecimal digits are an image id, not a name")
    normal = normalize(text)
    found = re.match(REFERENCE, normal)
    if not found:
        raise BadImageError(why_not(text))
    registry, path, tag, digest = found.groups()
    if len(path) > LONGEST_NAME:
        raise BadImageError(f"its name is longer than {LONGEST_NAME} characters")
    if digest and (reason := why_not_digest(digest)):
        raise BadImageError(reason)
    return Image(f"{registry}/{path}" if registry else path, tag, digest)


def name_of(text: str) -> str:
    """The name of an image as it is written, without its tag and digest."""
    folder, slash, last = text.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def normalize(text: str) -> str:
    """A reference with the registry and the `library/` that Docker's short names leave out (splitDockerDomain)."""
    first, slash, rest = text.partition("/")
    named = slash and (first == "localhost" or "." in first or ":" in first or first.lower() != first)
    registry, name = (first, rest) if named else ("docker.io", text)
    if registry == "index.docker.io":
        registry = "docker.io"
    if registry == "docker.io" and "/" not in name:
        name = f"library/{name}"
    return f"{registry}/{name}"


def why_not(text: str) -> str:
    """What is wrong with a reference that does not fit the grammar."""
    if found := re.match(r"[a-z]+://", text):
        return f"it begins with `{found[0]}`"
    if odd := next((ODD[character] for character in text if character in ODD), None):
        return f"it contains {odd}"
    if re.search(r"\s", text):
        return "it contains a space"
    name, _, digest = text.partition("@")
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag:
        name = head
        if not re.fullmatch(TAG, tag):
            return why_not_tag(tag)
    if name != name.lower():
        return f"its name `{name}` is not in lower case"
    if digest or text.endswith("@"):
        return f"`{digest}` is not a digest"
    if "//" in name:
        return "it contains `//`"
    return "it does not have the form `[registry/]name[:tag][@digest]`"


def why_not_tag(tag: str) -> str:
    """What is wrong with a tag."""
    if not tag:
        return "nothing follows its `:`"
    if len(tag) > 128:
        return "its tag is longer than 128 characters"
    odd = next((character for character in tag if not re.match("[A-Za-z0-9_.-]", character)), None)
    return f"its tag `{tag}` contains `{odd}`" if odd else f"its tag `{tag}` begins with `{tag[0]}`"


def why_not_digest(digest: str) -> str | None:
    """Why a text of a digest's form is none: its algorithm, length and case (`github.com/opencontainers/go-digest`)."""
    algorithm, _, encoded = digest.partition(":")
    length = DIGEST_LENGTHS.get(algorithm)
    if length is None:
        return f"its digest's algorithm `{algorithm}` is none of {', '.join(f'`{name}`' for name in DIGEST_LENGTHS)}"
    if len(encoded) != length:
        return f"its {algorithm} digest has {len(encoded)} digits instead of {length}"
    return None if encoded == encoded.lower() else "its digest is not in lower case"


def default_pull_policy(image: Image) -> str:
    """The policy that the API server sets when none is given (SetDefaults_Container, SetDefaults_Volume)."""
    return "Always" if (image.tag or image.digest or "latest") == "latest" else "IfNotPresent"
