"""Which names Kubernetes accepts.

The patterns are those of `staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go`. Every function returns
the reason why a name is refused, as the rest of a sentence, or None when it is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z"
DATA_KEY = r"[-._a-zA-Z0-9]+\Z"
ENV_NAME = r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z"
QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z"

MANIFESTS = (".yaml", ".yml", ".json")
"""How the names of files end that kubectl takes out of a folder.

`FileExtensions` in `staging/src/k8s.io/cli-runtime/pkg/resource/builder.go`.
"""


def gaps(written: Sequence[str], text: str) -> list[str] | None:
    """What is between the parts of a text that has all of them, in order; each part is taken where it comes first.

    None where the text does not have them. A pattern with `.*` between the parts would say the same, and could take
    very long to say no.
    """
    if len(written) == 1 or not text.startswith(written[0]):
        return [] if [text] == written else None
    found: list[str] = []
    position = len(written[0])
    for part in written[1:-1]:
        at = text.find(part, position)
        if at < 0:
            return None
        found.append(text[position:at])
        position = at + len(part)
    end = len(text) - len(written[-1])
    if position > end or not text.endswith(written[-1]):
        return None
    return [*found, text[position:end]]


def glob(pattern: str, text: str) -> bool:
    """Whether a pattern with `*` fits a text."""
    return gaps(pattern.split("*"), text) is not None


def bare_path(path: str) -> str:
    """A path of folders without `./`, `../` and what is only a `/`; a name may begin with a point, as `.helm` does."""
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def why_not_subdomain(name: str) -> str | None:
    """Why a name is not an RFC 1123 subdomain, as names of ConfigMaps and Secrets must be."""
    if len(name) > 253:
        return "must be no longer than 253 characters"
    if not SUBDOMAIN.match(name):
        return "must consist of lower case letters, digits, `-` and `.`, and start and end with a letter or digit"
    return None


def why_not_release(name: str) -> str | None:
    """Why helm refuses the name of a release (`ValidateReleaseName` in `pkg/chartutil/validate_name.go`, helm/helm)."""
    return "must be no longer than 53 characters" if len(name) > 53 else why_not_subdomain(name)


def why_not_subdomain_prefix(name: str) -> str | None:
    """Why a text cannot begin a subdomain: a `-` at its end is allowed (NameIsDNSSubdomain, maskTrailingDash)."""
    return why_not_subdomain(f"{name[:-2]}a" if len(name) > 1 and name.endswith("-") else name)


def why_not_label(name: str) -> str | None:
    """Why a name is not an RFC 1123 label, as names of volumes and namespaces must be."""
    if len(name) > 63:
        return "must be no longer than 63 characters"
    if not re.match(LABEL, name):
        return "must consist of lower case letters, digits and `-`, and start and end with a letter or digit"
    return None


def why_not_data_key(key: str) -> str | None:
    """Why a name is not a key of a ConfigMap or Secret."""
    if len(key) > 253:
        return "must be no longer than 253 characters"
    if not re.match(DATA_KEY, key):
        return "must consist of letters, digits, `-`, `_` and `.`"
    if key in (".", ".."):
        return f"must not be `{key}`"
    if key.startswith(".."):
        return "must not start with `..`"
    return None


def why_not_env_name(name: str, relaxed: bool) -> str | None:
    """Why a name is not a name of an environment variable, under the relaxed rule of 1.34 or the one before."""
    if relaxed:
        if name.isascii() and name.isprintable() and "=" not in name:
            return None
        return "must consist of printable ASCII characters other than `=`"
    if not re.match(ENV_NAME, name):
        return "must consist of letters, digits, `_`, `-` and `.`, and must not start with a digit"
    if name in (".", ".."):
        return f"must not be `{name}`"
    if name.startswith(".."):
        return "must not start with `..`"
    return None


def why_not_qualified(name: str) -> str | None:
    """Why a name is not a qualified name, as the names of labels and annotations must be (`prefix/name` or `name`)."""
    prefix, slash, rest = name.rpartition("/")
    if slash and (not prefix or "/" in prefix or why_not_subdomain(prefix)):
        return "must have a DNS subdomain before its only `/`"
    if len(rest) > 63:
        return "must have a name of no more than 63 characters"
    if not re.match(QUALIFIED, rest):
        return "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
    return None


def why_not_finalizer(name: str) -> str | None:
    """Why a name is not a finalizer (`pkg/apis/core/validation/validation.go`, validateKubeFinalizerName)."""
    if "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
        return "must have a domain, as in `example.com/cleanup`"
    return why_not_qualified(name)


def why_not_label_value(value: str) -> str | None:
    """Why a text is not a value of a label."""
    if len(value) > 63:
        return "must be no longer than 63 characters"
    if value and not re.match(QUALIFIED, value):
        return "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
    return None


def why_not_local_path(path: str) -> str | None:
    """Why a path may not be in a volume (`pkg/apis/core/validation/validation.go`, validateLocalDescendingPath)."""
    if path.startswith("/"):
        return "must be a relative path"
    if ".." in path.split("/"):
        return "must not contain `..`"
    return None


def why_not_item_path(path: str) -> str | None:
    """Why a path may not be that of a volume's item (the same file, ValidateLocalNonReservedPath)."""
    if reason := why_not_local_path(path):
        return reason
    return "must not start with `..`" if path.startswith("..") else None
