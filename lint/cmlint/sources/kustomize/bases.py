"""Bases: what overlays complete, and what is built of them where an overlay cannot be built."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from cmlint.bundle.material import Material
from cmlint.model.evidence import Evidence
from cmlint.model.facts import Document, FileFacts, Target
from cmlint.sources.kustomize.kustomization import Kustomization, Project
from cmlint.sources.kustomize.manifests import generated_by, named_by
from cmlint.system.files import is_within

ANY = "*"
"""Represents every object, where a patch does not say which one it is for."""


class Completion(msgspec.Struct, frozen=True):
    """What may complete a base: overlays, here or elsewhere, for which it is written."""

    path: str

    def evidence(self, target: Target, name: str, namespace: str | None, made: Sequence[str]) -> Evidence | None:
        """How an object that the base lacks may be there."""
        return Evidence("base", f"{self.path} is a base, which may be completed elsewhere", self.path)

    def may_make(self, target: Target, name: str) -> bool:
        """Whether an object that the base lacks may be made."""
        return True

    def always_makes(self, target: Target, name: str) -> bool:
        """None: a command may also make what a kustomization has."""
        return False


class Overlays(msgspec.Struct, frozen=True):
    """What overlays add to the bases that a kustomization above all of them lists, with the path of the first one."""

    added: dict[tuple[Target, str], str]

    def evidence(self, target: Target, name: str, namespace: str | None, made: Sequence[str]) -> Evidence | None:
        """Which overlay adds an object; people apply that one."""
        path = self.added.get((target, name))
        return Evidence("base", f"{path} adds it to the same base", path) if path else None

    def may_make(self, target: Target, name: str) -> bool:
        """Whether an overlay adds an object."""
        return (target, name) in self.added

    def always_makes(self, target: Target, name: str) -> bool:
        """None: a command may also make what a kustomization has."""
        return False


def overlays_below(project: Project, leaf: Kustomization) -> Overlays | None:
    """The overlays below a kustomization that lists their bases below it; None where they add nothing."""
    own = {one.folder for one in project.tree(leaf)}
    bases = {folder for folder in own if folder != leaf.folder and is_within(folder, leaf.folder)}
    below = (one for one in project.kustomizations if one.folder not in own and is_within(one.folder, leaf.folder))
    added: dict[tuple[Target, str], str] = {}
    for one in below:
        if any(base.folder in bases for base in project.below(one)):
            read = (document for path in named_by(one, project) for document in project.facts(path).documents)
            for provider in (provider for document in (*generated_by(one), *read) for provider in document.providers):
                added.setdefault((provider.target, provider.name.value), one.shown)
    return Overlays(added) if added else None


def bases_of(project: Project, failed: Sequence[Kustomization], leaves: Iterable[Kustomization]) -> list[Kustomization]:
    """What kustomizations that cannot be built are made of, unless it is a part of one that can be built."""
    good = {one.folder for leaf in leaves if leaf not in failed for one in project.tree(leaf)}
    below = dict.fromkeys(one for leaf in failed for one in project.below(leaf))
    return [one for one in below if not one.is_component and one.folder not in good]


def touched_by(project: Project, base: Kustomization, overlays: Iterable[Kustomization]) -> set[str]:
    """The names of the objects of a base that overlays change or add to."""
    names: set[str] = set()
    for one in overlays:
        if base not in project.below(one):
            continue
        if not one.is_read or any(
            one.root.entries(field) for field in ("components", "transformers", "replacements", "vars")
        ):
            names.add(ANY)
        for where, target in one.patches:
            targets = [target.word("name")] if target else []
            own = [document.word("metadata", "name") for document in project.documents(one, where)]
            names.update(name or ANY for name in targets or own or [ANY])
        names.update(generator.word("name") for _, generator in one.generators)
    return names


def as_base(material: Material, touched: Collection[str]) -> Iterator[Material]:
    """What a base builds; what an overlay changes is apart from what is as it will be."""
    path, facts = material.files[0]
    base = replace(material, supply=Completion(path), is_base=True)
    changing = replace(base, complete=False, changed_by="an overlay that is not built may change it")
    if ANY in touched:
        yield changing
        return
    changed = [each for each in facts.documents if is_touched(each, touched)]
    yield replace(base, files=[(path, opened(facts, touched))])
    if changed:
        yield replace(changing, files=[(path, FileFacts(tuple(changed)))])


def is_touched(document: Document, touched: Collection[str]) -> bool:
    """Whether an overlay changes an object that reads others."""
    return document.name is not None and document.name.value in touched and not document.providers


def opened(facts: FileFacts, touched: Collection[str]) -> FileFacts:
    """Facts without what an overlay changes; a ConfigMap or Secret that it changes may have any keys."""
    documents = tuple(
        replace(each, providers=tuple(replace(p, open=p.open or p.name.value in touched) for p in each.providers))
        for each in facts.documents
        if not is_touched(each, touched)
    )
    return replace(facts, documents=documents)
