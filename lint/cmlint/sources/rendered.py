"""Templates of which the files that a program makes of them are here as well."""

from __future__ import annotations

from collections.abc import Iterator

from cmlint.sources.files import Group
from cmlint.sources.found import Found

TEMPLATES = (".j2", ".jinja", ".jinja2")
"""How the names of templates end; what is made of one has the same name without that."""

BOTH = 2
"""How many folders of one name around two files show that one is made of the other."""


def rendered_in(group: Group, found: Found) -> set[str]:
    """The templates of a group of which the files are here: these have all that a template shows."""
    folders: dict[str, list[list[str]]] = {}
    for path in paths_in(found):
        *around, name = path.split("/")
        folders.setdefault(name, []).append(around)
    templates = ((path, path.split("/")) for path in group.scripts if path.endswith(TEMPLATES))
    return {
        path
        for path, (*around, name) in templates
        if any(is_made_in(folder, around) for folder in folders.get(name.rpartition(".")[0], ()))
    }


def paths_in(found: Found) -> Iterator[str]:
    """The paths of all files that nothing has taken, or of which something is built, as they are shown."""
    for group in found.groups:
        yield from (*group.paths, *group.scripts)
    for material in found.materials:
        yield from material.built.paths() if material.built else ()


def is_made_in(folder: list[str], around: list[str]) -> bool:
    """Whether a folder is that of a template, or the same way leads to both at the end."""
    alike = around[len(around) - len(folder) :] == folder if folder else not around
    return alike or (len(folder) >= BOTH and folder[-BOTH:] == around[-BOTH:])
