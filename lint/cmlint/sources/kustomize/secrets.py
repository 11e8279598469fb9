"""What must not be shown of the texts that a kustomization uses: the values of Secrets, wherever they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cmlint.manifest.documents import read_text
from cmlint.model.facts import Span
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.writers import values_in_keys, written_by
from cmlint.sources.outside import GENERATORS
from cmlint.sources.yaml_tree import FileSpan, Part

FIELDS = ("data", "stringData")
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
"""What an entry of a JSON patch may do (RFC 6902)."""


def masked_in(project: Project, shown: str) -> tuple[Span, ...]:
    """The places of a text that must not be shown."""
    if shown not in project.masks:
        documents = read_text(project.texts[shown]).documents
        project.masks[shown] = [span for document in documents for span in document.masked]
    return (*project.masks[shown], *values_by_path(project).get(shown, ()))


def values_by_path(project: Project) -> dict[str, list[Span]]:
    """Where the kustomizations that are known so far write values of Secrets."""
    known = len(project.known)
    if project.masked_by[0] != known:
        places: dict[str, list[Span]] = {}
        for kustomization in project.kustomizations:
            for place in values_in(project, kustomization):
                places.setdefault(place.path, []).append(place.span)
        project.masked_by = known, places
    return project.masked_by[1]


def values_in(project: Project, kustomization: Kustomization) -> list[FileSpan]:
    """Where a kustomization and its patches write values of Secrets."""
    if kustomization.folder not in project.values:
        project.values[kustomization.folder] = list(find_values(project, kustomization))
    return project.values[kustomization.folder]


def find_values(project: Project, kustomization: Kustomization) -> Iterator[FileSpan]:
    """The same, looked for."""
    for generator in kustomization.root.entries(GENERATORS["Secret"]):
        made = written_by(project, kustomization, generator).at("data")
        yield from (field.value.place for field in made.fields.values()) if made else ()
    yield from (key for _, key in values_in_keys(project, [kustomization]))
    yield from (patch.place for patch in kustomization.inline_patches if not is_patch(project, kustomization, patch))
    for where, target in kustomization.patches:
        for document in project.documents(kustomization, where):
            for part in secret_parts(document, target):
                yield from (scalar.place for scalar in part.scalars())


def keys_written(kustomization: Kustomization) -> Iterator[FileSpan]:
    """Where its replacements name keys of data: such a key may be a line of a Secret's file."""
    for entry in kustomization.root.entries("replacements"):
        for target in entry.entries("targets"):
            paths = target.entries("fieldPaths")
            yield from (path.place for path in paths if (path.text or "").split(".")[0] in FIELDS)


def is_patch(project: Project, kustomization: Kustomization, patch: Part) -> bool:
    """Whether a text is a patch by its form; one that is not may be anything, also the value of a Secret."""
    documents = project.documents(kustomization, patch)
    return bool(documents) and all(
        document.word("kind") or (document.items and all(item.word("op") in OPERATIONS for item in document.items))
        for document in documents
    )


def secret_parts(document: Part, target: Part | None) -> Iterator[Part]:
    """What a patch writes into a Secret, or may write into one."""
    kind = target.word("kind") if target else ""
    if document.word("kind") == "Secret" or kind == "Secret":
        yield from (part for field in FIELDS if (part := document.at(field)))
    for item in document.items:
        inside = item.word("path").split("/")[1:2]
        if kind in ("", "Secret") and inside and inside[0] in FIELDS and (value := item.at("value")):
            yield value


def secret_texts(project: Project, tree: Iterable[Kustomization]) -> Iterator[str]:
    """The texts that are hidden in what kustomizations use."""
    for kustomization in tree:
        places = [*values_in(project, kustomization)]
        for path in kustomization.manifests:
            shown = project.shown(path)
            places += [FileSpan(shown, span.start, span.end) for span in hidden_in(project, path)]
        yield from (project.texts[place.path][place.start : place.end] for place in places)


def hidden_in(project: Project, path: str) -> list[Span]:
    """What is hidden in a file by itself."""
    try:
        return [span for document in project.facts(path).documents for span in document.masked]
    except (OSError, UnicodeDecodeError):
        return []
