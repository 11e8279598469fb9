"""By what a finding is known again when lines move and messages are reworded, and which findings are one problem.

Findings are one problem if they have one cause, or if the folder that they are in is not applied as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from cmlint.engine.rules import Rule
from cmlint.model import facts
from cmlint.model.findings import Finding, Location
from cmlint.model.outcome import Heap

INDEX = r"\[\d+\]"
IMAGES = "images"
MISSING = ("missing-configmap", "missing-secret")

FEWEST = 5
"""The number of documents that make a heap."""

DIFFERENT = 3
"""The number of different names that a heap lacks. Five workloads that read one missing object have one cause."""

LISTED = 5
"""The number of names that a help lists."""


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


def cause_of(rule: Rule, node: object, message: str, text: str) -> str:
    """What findings of a rule with one cause have in common; empty where each finding has its own cause.

    It is the missing object, the image, or what the rule has one finding for; `text` is what is written
    at the finding's place.
    """
    if isinstance(node, facts.Reference):
        return f"{name_of(node)}\0{message}"
    if rule.causes:
        return message
    return f"{text}\0{message}" if rule.family == IMAGES and text else ""


def groups_of(findings: Iterable[Finding]) -> dict[Finding, str]:
    """For each finding the id of its group.

    Findings of one rule at one place are also one group: one line of a template writes several objects.
    Those about one container there are not: each is about something else.
    """
    first: dict[tuple[str, Location, str], str] = {}
    found: dict[Finding, str] = {}
    ordered = sorted(findings, key=lambda finding: (finding.location, finding.message))
    said = Counter((each.rule, each.location, each.object, each.container) for each in {*ordered})
    for finding in ordered:
        namespace = finding.object.namespace if finding.object else None
        seed = (finding.group, namespace or "") if finding.group else (str(finding.location),)
        several = said[finding.rule, finding.location, finding.object, finding.container] > 1
        apart = finding.message if several and not finding.group else ""
        found[finding] = first.setdefault(
            (finding.rule, finding.location, apart),
            digest("\0".join((finding.rule, *seed, *filter(None, [apart]))))[:16],
        )
    return found


def heaps_in(findings: Sequence[Finding]) -> Iterator[tuple[Heap, list[Finding]]]:
    """The heaps among findings, each with its own: many documents of one folder that have the same fault."""
    by_folder: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        folder = finding.location.path.rpartition("/")[0]
        if folder and (finding.rule in MISSING or finding.consequence == "rejected"):
            by_folder.setdefault((folder, finding.rule), []).append(finding)
    for (folder, rule), found in by_folder.items():
        documents = {(finding.location.path, str(finding.object)) for finding in found}
        names = {finding.message for finding in found}
        if len(documents) >= FEWEST and (rule not in MISSING or len(names) >= DIFFERENT):
            yield Heap(folder, rule, len(documents), tuple(sorted(names_in(found)))), found


def names_in(findings: Iterable[Finding]) -> set[str]:
    """The names of the objects that findings miss."""
    return {finding.message.split("`")[1] for finding in findings if finding.rule in MISSING and "`" in finding.message}


def in_heap(finding: Finding, heap: Heap) -> Finding:
    """A finding as a part of a heap: its help begins with the advice about the heap."""
    advice = f"if nobody applies this folder as it is, add `exclude: [{heap.folder}/]` to the configuration"
    if heap.names:
        listed = ", ".join(heap.names[:LISTED]) + (", ..." if len(heap.names) > LISTED else "")
        advice += f"; if something else creates these objects, add `external: [{listed}]`"
    return replace(finding, help="\n".join(filter(None, (advice, finding.help))), group=f"{heap.folder}\0heap")
