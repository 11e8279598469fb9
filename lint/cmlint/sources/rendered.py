"""Templates of which the files that a program makes of them are here as well."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from cmlint.bundle.material import Material
from cmlint.sources.found import Found

TEMPLATES = (".j2", ".jinja", ".jinja2")
"""How the names of templates end; what is made of one has the same name without that."""

BOTH = 2
"""How many folders of one name around two files show that one is made of the other."""


def without_rendered(found: Found) -> list[Material]:
    """The materials without the templates of files that are here: such a file has all that its template shows."""
    materials = found.together
    if not any(path.endswith(TEMPLATES) for material in materials for path, _ in material.scripts):
        return materials
    folders: dict[str, list[list[str]]] = {}
    for path in paths_in(found):
        *around, name = path.split("/")
        folders.setdefault(name, []).append(around)

    def is_rendered(path: str) -> bool:
        *around, name = path.split("/")
        made = folders.get(name.rpartition(".")[0], ()) if name.endswith(TEMPLATES) else ()
        return any(is_made_in(folder, around) for folder in made)

    return [
        replace(each, scripts=[(path, facts) for path, facts in each.scripts if not is_rendered(path)])
        for each in materials
    ]


def paths_in(found: Found) -> Iterator[str]:
    """The paths of all files that nothing has taken, or of which something is built, as they are shown."""
    for group in found.groups:
        yield from (*group.paths, *group.scripts)
    for material in found.together:
        yield from material.built.paths() if material.built else ()


def is_made_in(folder: list[str], around: list[str]) -> bool:
    """Whether a folder is that of a template, or the same way leads to both at the end."""
    alike = around[len(around) - len(folder) :] == folder if folder else not around
    return alike or (len(folder) >= BOTH and folder[-BOTH:] == around[-BOTH:])
