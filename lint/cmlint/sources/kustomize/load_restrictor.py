"""Kustomizations that read files outside of their own folders, and what shows that they are built so.

kustomize refuses such files by default (`api/internal/loader/loadrestrictions.go` in kubernetes-sigs/kustomize). Flux
builds with `LoadRestrictionsNone` in a copy of the source (`kustomize/kustomize_generator.go` in fluxcd/pkg), and Argo
CD does where `kustomize.buildOptions` in its ConfigMap `argocd-cm` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cmlint.sources import files, outside
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.system.files import is_within

SIGN = r"\bapiVersion:\s*[\"']?kustomize\.toolkit\.fluxcd\.io/|\bLoadRestrictionsNone\b"
"""What shows in a file that kustomizations may read files outside of their folders where they are built."""


def widen(project: Project, kustomizations: Iterable[Kustomization], paths: Iterable[str]) -> None:
    """Lets kustomizations read files of the project outside of their folders, if a file at a path shows it.

    Those that may name more than is known stay as they are; what kustomize then refuses, it does not refuse elsewhere.
    """
    straying = [one for one in kustomizations if strays(one)]
    if straying and any(shows_it(project, path) for path in paths):
        project.is_wide = True
        for one in straying:
            if is_closed(project, one):
                one.reach = project.roots


def is_wide(project: Project, leaf: Kustomization) -> bool:
    """Whether a leaf is built with leave to read files outside of folders: nothing that it uses may name any other."""
    tree = project.tree(leaf)
    return any(one.reach != (one.folder,) for one in tree) and all(is_closed(project, one) for one in tree)


def is_closed(project: Project, one: Kustomization) -> bool:
    """Whether all that a kustomization reads is known and in the project.

    What is remote, plugins and charts name more than it does itself.
    """
    if not one.is_read or one.remotes or one.charts or any(one.root.entries(field) for field in outside.PLUGINS):
        return False
    names = (name for part in one.documents for name in outside.texts(part, outside.READ))
    return all(project.is_inside(one.full(name)) for name in names)


def strays(one: Kustomization) -> bool:
    """Whether a kustomization names a file outside of its folder."""
    paths = (one.full(name) for part in one.documents for name in outside.texts(part, outside.READ))
    return any(one.disk.is_file(path) and not is_within(path, one.folder) for path in paths)


def shows_it(project: Project, path: str) -> bool:
    """Whether a file shows it."""
    try:
        return re.search(SIGN, files.read(project.disk, path, project.roots)) is not None
    except (OSError, UnicodeDecodeError):
        return False
