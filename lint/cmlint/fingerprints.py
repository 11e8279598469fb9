"""What stays the same about a finding when lines move: by it, the findings of two runs are told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from cmlint.model.findings import Finding


def fingerprints(findings: Iterable[Finding], path_of: Callable[[str], str] = str) -> dict[Finding, str]:
    """A fingerprint for each of the findings of one run; of those that are alike, the first, the second and so on.

    `path_of` gives the path that a file shall count with.
    """
    seen: Counter[str] = Counter()
    found: dict[Finding, str] = {}
    for finding in sorted(dict.fromkeys(findings), key=lambda finding: finding.location):
        alike = likeness(finding, path_of(finding.location.path))
        seen[alike] += 1
        found[finding] = digest(f"{alike}\0{seen[alike]}")
    return found


def likeness(finding: Finding, path: str) -> str:
    """What findings have in common that are alike: nothing in it changes with an edit elsewhere in the file.

    The namespace is left out, for one mistake that is seen through several overlays has several. So are what the
    message counts (`env[3]`) and the other files that it names.
    """
    identity = finding.object
    kind, name = (identity.kind, identity.name) if identity else ("", "")
    message = re.sub(r"\[\d+\]", "[]", finding.message)
    for other in {related.location.path for related in finding.related}:
        message = message.replace(f"`{other}`", "``")
    return "\0".join((finding.rule, path, kind, name or "", finding.container or "", message))


def digest(text: str) -> str:
    """A short name for a text."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
