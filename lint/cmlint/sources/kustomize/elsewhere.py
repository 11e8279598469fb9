"""Texts that kustomize has built elsewhere, and the kustomizations that may have built them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cmlint.manifest.documents import read_text
from cmlint.model.problems import Problem
from cmlint.sources import files
from cmlint.sources.kustomize.build import METADATA, Build
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.origins import Origin, take_origins
from cmlint.sources.kustomize.places import BuiltText, names_in
from cmlint.sources.kustomize.program import kustomize_of
from cmlint.sources.request import Request
from cmlint.system.folders import temporary
from cmlint.system.programs import NotBuiltError, Programs


def lead_back(text: str, request: Request, problems: list[Problem]) -> BuiltText | None:
    """What leads back from a text that kustomize has built elsewhere, if only one kustomization can have built it.

    It is a kustomization in the working directory or below that uses all files that the text names. If several do,
    such as overlays that add no objects, it is the one that builds the very text; with `--no-build`, none is built.
    """
    clean, origins = take_origins(text)
    project = Project(request, (request.disk.root_of(os.curdir),), absolute=False)
    folders = request.disk.tree(request.disk.real_path(os.curdir), files.NEVER)
    found = [one for folder, _ in folders if (one := project.in_folder(folder)) and may_build(project, one, origins)]
    same = found if len(found) == 1 else [one for one in found if builds(project, one, text, request)]
    if len(same) == 1:
        (leaf,) = same
        named = names_in(read_text(clean))
        return BuiltText(files.STDIN, clean, origins, folder=leaf.folder, project=project, leaf=leaf, names=named)
    if found:
        names = " or ".join(f"`{one.shown}`" for one in same or found)
        message = f"{names} may have built it, so findings are not led back; build it with `cmlint check FOLDER`"
        problems.append(Problem(files.STDIN, 0, message, fatal=False))
    return None


def may_build(project: Project, leaf: Kustomization, origins: Sequence[Origin]) -> bool:
    """Whether a kustomization asks for origins, and uses all that they name."""
    asks = any(item.text == METADATA[0] for item in leaf.root.entries("buildMetadata"))
    used = project.used_by(project.tree(leaf))
    paths = {path for one in origins if not one.repo for path in (one.path, one.configured_in, *one.transformed_in)}
    return asks and all(leaf.full(path) in used for path in paths if path)


def builds(project: Project, leaf: Kustomization, text: str, request: Request) -> bool:
    """Whether a kustomization builds the very text."""
    if not request.config.build:
        return False
    try:
        with temporary() as above, Programs() as programs:
            program = kustomize_of(request.config, programs)
            build = Build(project, leaf, request, program, folder=os.path.join(above, "0"))
            os.makedirs(build.home)
            build.refuse()
            return program is not None and program.build(leaf.folder, request.config, build.home) == text
    except NotBuiltError:
        return False
