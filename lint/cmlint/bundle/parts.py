"""Workloads that something else completes before they reach a cluster: no container in them has an image.

An image that is forgotten is refused at once, so that nobody keeps such a file. Where several files have none, an
operator or a script puts them in; where a kustomization lies beside, the file is a patch that it does not use now.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cmlint.model.facts import KUSTOMIZATION, FileFacts, Skip

COMPLETED = "completed elsewhere: no container has an image"

Files = list[tuple[str, FileFacts]]


def without_parts(files: Files, beside: Iterable[tuple[str, FileFacts]]) -> Files:
    """The files of a bundle, in which such workloads are skipped; `beside` says where kustomizations lie."""
    parts = {path for path, facts in files if any(document.imageless for document in facts.documents)}
    if len(parts) == 1:
        folders = {path.rpartition("/")[0] for path, facts in beside if is_kustomization(facts)}
        parts = {path for path in parts if path.rpartition("/")[0] in folders}
    return [(path, skipping(facts) if path in parts else facts) for path, facts in files] if parts else files


def is_kustomization(facts: FileFacts) -> bool:
    """Whether kustomize reads a file."""
    return any(skip.reason == KUSTOMIZATION for skip in facts.skipped)


def skipping(facts: FileFacts) -> FileFacts:
    """The facts of a file without such workloads."""
    skipped = (Skip(COMPLETED, document.span) for document in facts.documents if document.imageless)
    kept = tuple(document for document in facts.documents if not document.imageless)
    return msgspec.structs.replace(facts, documents=kept, skipped=(*facts.skipped, *skipped))
