"""Kustomizations that Rancher's Fleet lays over what a Helm chart renders (https://fleet.rancher.io/ref-fleet-yaml).

Fleet writes what the chart renders beside the kustomization and names it in `resources` (`internal/manifest` and
`internal/helmdeployer/kustomize` in rancher/fleet), so such a kustomization mostly fails when it is built alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cmlint.sources import files
from cmlint.sources.kustomize.kustomization import Project
from cmlint.sources.yaml_tree import Part, read_parts

NAME = "fleet.yaml"


def post_rendering(project: Project, paths: Iterable[str]) -> set[str]:
    """The real paths of the folders whose kustomizations Fleet lays over a chart."""
    found: set[str] = set()
    for path in paths:
        if os.path.basename(path) == NAME:
            folder = project.disk.real_path(os.path.dirname(path) or os.curdir)
            for part in parts_of(project, path):
                if takes_chart(project, part, folder):
                    found.update(project.disk.real_path(os.path.join(folder, name)) for name in folders_in(part))
    return found


def parts_of(project: Project, path: str) -> list[Part]:
    """The documents of a file; none where it cannot be read."""
    try:
        return read_parts(path, files.read(project.disk, path, project.roots))
    except (OSError, UnicodeDecodeError):
        return []


def takes_chart(project: Project, part: Part, folder: str) -> bool:
    """Whether a chart is rendered: one that is named, or the one in the folder itself."""
    named = part.word("helm", "chart") or part.word("helm", "repo")
    return bool(named) or project.disk.is_file(os.path.join(folder, files.CHART))


def folders_in(part: Part) -> Iterator[str]:
    """The folders of kustomizations that a `fleet.yaml` names; without any, its own."""
    named = (each.word("kustomize", "dir") for each in (part, *part.entries("targetCustomizations")))
    yield part.word("kustomize", "dir") or "."
    yield from filter(None, named)
