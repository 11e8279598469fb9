"""Objects that something else completes before they reach a cluster: no container in them has an image, or they have
no name.

An image that is forgotten is refused at once, so that nobody keeps such a file. Where a kustomization is beside, the
file is a patch that it does not use now; where several files of a folder have none, or all around it, an operator or a
script puts them in. What a program in Java has among its resources it completes itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from cmlint.model.facts import Document, FileFacts, Skip, SkipCode

Files = list[tuple[str, FileFacts]]


def without_parts(files: Files, beside: Iterable[tuple[str, FileFacts]]) -> Files:
    """The files of a bundle, in which such workloads are skipped; `beside` says where kustomizations lie."""
    lacking = [path for path, facts in files if any(document.imageless for document in facts.documents)]
    kustomized = {folder_of(path) for path, facts in beside if facts.kustomized}
    count = Counter(map(folder_of, lacking))
    parts = {path for path in lacking if folder_of(path) in kustomized or count[folder_of(path)] > 1}
    parts.update(alike(lacking, files))
    return [
        (path, skipping(facts, is_imageless, "completed-elsewhere") if path in parts else facts)
        for path, facts in files
    ]


def without_blanks(files: Files) -> Files:
    """The files of a bundle, in which objects without an image or a name are skipped that a program reads."""
    return [(path, skipping(facts, is_blank, "filled-in") if is_resource(path) else facts) for path, facts in files]


def is_resource(path: str) -> bool:
    """Whether a file is packed into a program in Java, which reads it when it runs.

    https://maven.apache.org/guides/introduction/introduction-to-the-standard-directory-layout.html
    """
    return "/src/main/resources/" in f"/{path}"


def is_imageless(document: Document) -> bool:
    """Whether no container of a workload has an image."""
    return document.imageless


def is_blank(document: Document) -> bool:
    """Whether an object has no name, or a workload no image."""
    return document.imageless or any(each.path == "metadata.name" and not each.text for each in document.faults)


def alike(lacking: Sequence[str], files: Files) -> Iterator[str]:
    """Those of several files around which no other workload has an image: in the folders beside theirs, and below."""
    whole = [f"/{folder_of(path)}/" for path, facts in files if any(map(has_image, facts.documents))]
    around = {path: f"/{folder_of(folder_of(path))}/".replace("//", "/") for path in lacking}
    for path, folder in around.items():
        several = sum(other.startswith(folder) for other in around.values()) > 1
        if several and not any(other.startswith(folder) for other in whole):
            yield path


def has_image(document: Document) -> bool:
    """Whether a document is a workload that may be run as it is."""
    return any(container.image for pod in document.pods for container in pod.containers)


def folder_of(path: str) -> str:
    """The folder that a path is in; empty at the top."""
    return path.rpartition("/")[0]


def skipping(facts: FileFacts, is_part: Callable[[Document], bool], code: SkipCode) -> FileFacts:
    """The facts of a file without such objects."""
    parts = [document for document in facts.documents if is_part(document)]
    if not parts:
        return facts
    skipped = (Skip(code, document.span) for document in parts)
    kept = tuple(document for document in facts.documents if not is_part(document))
    return msgspec.structs.replace(facts, documents=kept, skipped=(*facts.skipped, *skipped))
