"""What stays the same about a finding when lines move and messages are reworded: by it, two runs are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from cmlint.model import facts
from cmlint.model.findings import Finding

INDEX = r"\[\d+\]"


def fingerprints(findings: Iterable[Finding], path_of: Callable[[str], str] = str) -> dict[Finding, str]:
    """A fingerprint for each of the findings of one run; of those that are alike, the first, the second and so on.

    `path_of` gives the path that a file counts with.
    """
    return numbered(findings, lambda finding: likeness(finding, path_of(finding.location.path)))


def numbered(findings: Iterable[Finding], likeness_of: Callable[[Finding], str]) -> dict[Finding, str]:
    """A digest of each finding's likeness and its number among those that are alike, in the order of their places."""
    seen: Counter[str] = Counter()
    found: dict[Finding, str] = {}
    for finding in sorted(dict.fromkeys(findings), key=lambda finding: finding.location):
        alike = likeness_of(finding)
        seen[alike] += 1
        found[finding] = digest(f"{alike}\0{seen[alike]}")
    return found


def likeness(finding: Finding, path: str) -> str:
    """What alike findings have in common: nothing in it changes with an edit elsewhere in the file, or with a message.

    The namespace is left out, for one mistake that is seen through several overlays has several.
    """
    identity = finding.object
    kind, name = (identity.kind, identity.name) if identity else ("", "")
    return "\0".join((finding.rule, path, kind, name or "", finding.container or "", finding.subject))


def subject_of(node: object, text: str) -> str:
    """A digest of what a finding is about: the node that its rule was called for, and the text at its place."""
    return digest(f"{name_of(node)}\0{text}")[:16]


def name_of(node: object) -> str:
    """The name, key or field that a node is about, without the indices of lists; empty where its place says it all."""
    if isinstance(node, facts.Reference):
        return f"{node.target}/{node.name.value}"
    if isinstance(node, facts.Fault):
        return f"{re.sub(INDEX, '[]', node.path)}\0{node.text or ''}"
    name = getattr(node, "name", None)
    return name.value if isinstance(name, facts.Scalar) else ""


def older_fingerprints(findings: Iterable[Finding], path_of: Callable[[str], str] = str) -> dict[Finding, str]:
    """The fingerprints that baselines of version 1 hold; they depend on messages."""

    def older_likeness(finding: Finding) -> str:
        identity = finding.object
        kind, name = (identity.kind, identity.name) if identity else ("", "")
        message = re.sub(INDEX, "[]", finding.message)
        for other in {related.location.path for related in finding.related}:
            message = message.replace(f"`{other}`", "``")
        path = path_of(finding.location.path)
        return "\0".join((finding.rule, path, kind, name or "", finding.container or "", message))

    return numbered(findings, older_likeness)


def digest(text: str) -> str:
    """A short name for a text."""
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
