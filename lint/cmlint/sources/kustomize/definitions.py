"""CustomResourceDefinitions without what they define: kustomize takes longer for a megabyte of them than for all else.

They keep their names, labels and annotations, so that they meet patches, replacements and other objects as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cmlint.manifest.documents import cut, is_yaml
from cmlint.manifest.heads import head_of
from cmlint.sources import files
from cmlint.sources.kustomize.kustomization import Kustomization, Project

LONG = 50_000
"""The length of a file in bytes from which on it is worth reading: shorter ones cost kustomize little time."""

SPEC = r"(?m)^spec:[ \t]*\r?\n(?:(?:[ \t#].*)?\r?\n)*(?:[ \t#].*)?"


def shortened(project: Project, tree: Iterable[Kustomization]) -> dict[str, str]:
    """The long files of definitions that kustomizations take in, by their real paths: their texts without `spec`."""
    paths = {path for one in tree for path in one.manifests}
    for path in sorted(paths - project.short.keys()):
        project.short[path] = shorter(project, path)
    return {path: text for path in sorted(paths) if (text := project.short[path])}


def shorter(project: Project, path: str) -> str:
    """The text of a long file of definitions without `spec`; empty for any other file."""
    try:
        text = files.read(project.disk, path, project.roots) if project.disk.status(path).size >= LONG else ""
    except (OSError, UnicodeDecodeError):
        return ""
    return re.sub(SPEC, "", text) if text and are_definitions(text) else ""


def are_definitions(text: str) -> bool:
    """Whether a text is valid, and holds nothing but definitions."""
    heads = [head_of(chunk) for start, end in cut(text) if "kind" in (chunk := text[start:end])]
    return all(head and head.kind == "CustomResourceDefinition" for head in heads) and is_yaml(text)
